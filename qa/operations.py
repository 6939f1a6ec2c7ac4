"""The wording of arithmetic: which operator a question asks for, and which words name its operands."""

from __future__ import annotations

import re

from qa.question import Query

SUM = re.compile(
    r"加起来|合计|一共|总共|之和|相加|加总|合起来|共计|加在一起|加一起|(?:合|加|凑)(?:在)?一块|总和|统共|共是多少|共安排|共多少"
)
_DIFFERENCE = re.compile(
    r"差多少|相差|之差|差额|减[去掉]|扣[除掉]|刨[去掉]|多多少|少多少|高多少|低多少|多出多少|少了多少|多了多少|高出多少|超[出过支了]?(?:年初)?预算了?多少|差了多少|哪个多|哪个高|哪个更多|谁多"
)
_COMPARE = re.compile(r"比.+?(?:多|少|高|低|省|降|涨)[出了下花低用支]{0,2}(?:多少|几)")
_LAST_YEAR = re.compile(r"[比较](?:上年|去年|上一年|前一年|\d{4}年)(?!完成值)")
_SHARE = re.compile(
    r"(?P<part>.+?)(?:大概|大约)?占(?![用着有地])(?:了|到|去)?(?P<whole>(?!几成|多少|多大|百分之|比例|比重)[^，]+?)的?(?:百分之|比例|比重|百分比|几成|多少|多大|份额|%)"
)
_SHARE_OF = re.compile(
    r"(?P<whole>.+?)(?:中|里|里面|当中)[，]?(?P<part>.+?)占(?:了|到|去)?(?:比|多大|多少|百分之|几成|的比)"
)
_SHARE_IN = re.compile(
    r"(?P<part>.+?)在(?P<whole>.+?)(?:中|里|里面|当中)所?占(?:了|到|去)?(?:比|多大|多少|百分之|几成|的比)"
)
_SHARE_WITHIN = re.compile(
    r"(?P<part>.+?)在(?P<whole>.+?)(?:中|里|里面|当中)的(?:占比|比例|比重|份额|百分比)"
)
_SHARE_OF_NOTHING = re.compile(r"^[\W的它这]*占(?![用着有地])[^，]*?(?:百分之|比例|比重|百分比|几成|份额)")
"""A share whose part is not named: no figure by itself answers it."""
_SHARE_EQUAL = re.compile(r"(?P<part>.+?)(?:相当于|等于)(?P<whole>.+?)的?(?:百分之|几成|多大比例)")
_OF_MONEY = re.compile(r"占(?:了|到|去|掉)?(?:多少|几)(?:钱|万|元|亿|块)")
"""An amount, not a share: 物业管理占了多少钱."""
_OWN_TOTAL = re.compile(
    r"(?:它|其|这个|该|本)?的?(?:(?:整个|全部|总体)?(?:项目|专项)的?总?(?:预算|资金|金额|经费|投入)?(?:总额|总数|合计)?"
    r"|(?:预算)?(?:总额|总数|总量|总的|合计|全部|整个|总体|总预算))的?"
)
_OF_WHAT = re.compile(r"(?P<whole>.+?)(?:里面?|中|当中|之中|里头)，?(?P<part>[^，]{2,})")
_FRAMED = re.compile(r"^在.+?(?:中|里面?|当中)，(?P<part>[^，]{2,})$")
_SHARES = (_SHARE_EQUAL, _SHARE_WITHIN, _SHARE_IN, _SHARE_OF, _SHARE)
_RATIO = re.compile(r"(?P<part>.+?)(?:是|相当于)(?P<whole>.+?)的?(?:几倍|多少倍|几分之)")
_INSIDE = re.compile(r"[里中内](?:面|的)+|[里中内](?=[^里中内]*$)")
_ELLIPSIS = re.compile(r"[里中内]面?(?:列|安排|写|算|填|印|报|给出?)*的$")
_ENDS_OF_YEAR = re.compile(r"[年期][初末]")
_HEAD = re.compile(
    r"人均|(?:平?摊|分摊)(?:到|下来)?|平均(?:下来|算下来)?(?:一|每)(?:个人|人|辆|台)|平均每(?:个)?人|每人平均|平均到每|按人头|每(?:名|位|个)(?:职工|在职|人员|干部)|平均每辆|每辆车?平均|平均每平方米|每平方米"
)


def per_head(text: str) -> bool:
    """Tell whether a text asks for an average per person, car or square metre."""
    return bool(_HEAD.search(text))


def operation_of(text: str) -> str:
    """Return which operator a question asks for: sum, difference, share, ratio, per_head, or ''."""
    if _HEAD.search(text):
        return "per_head"
    if _RATIO.search(text):
        return "ratio"
    if any(pattern.search(text) for pattern in (*_SHARES, _SHARE_OF_NOTHING)) and not _OF_MONEY.search(text):
        return "share"
    if not _LAST_YEAR.search(text) and (_DIFFERENCE.search(text) or _COMPARE.search(text)):
        return "difference"
    if SUM.search(text):
        return "sum"
    return ""


def asked_operation(query: Query) -> str:
    """Return the operator of a question; a sum that is compared with last year asks for its change."""
    operation = operation_of(query.folded)
    if operation == "sum" and query.asks("change") and _LAST_YEAR.search(query.rest):
        return "difference"
    return operation


def split_operands(text: str, operation: str) -> tuple[str, str] | None:
    """Return the wording of (part, whole) of a share or ratio, (first, second) of a difference."""
    patterns = {
        "share": _SHARES,
        "ratio": (_RATIO,),
        "difference": (
            re.compile(
                r"(?P<part>.+?)(?:比|[减扣刨][去掉除]|减)(?P<whole>.+?)(?:多|少|高|低|还剩|等于|是多少|$)"
            ),
            re.compile(r"(?P<part>.+?)(?:和|与|跟|同|，)(?P<whole>.+?)(?:相差|差|哪个|谁|之差|的差)"),
        ),
        "per_head": (),
    }
    for pattern in patterns.get(operation, ()):
        match = pattern.search(text)
        if match and match.group("part") and match.group("whole"):
            part, whole = match.group("part"), match.group("whole")
            inside = _OWN_TOTAL.fullmatch(whole) and _OF_WHAT.fullmatch(part)
            if inside:  # 三公经费里，公务用车购置占总额的…
                part, whole = inside.group("part"), inside.group("whole")
            elif operation == "share" and (framed := _FRAMED.match(part)):
                part = framed.group("part")  # 在支出预算中，项目支出占…
            if _ENDS_OF_YEAR.fullmatch(whole):  # 年末结余比年初多: the balance at its beginning
                whole = _ENDS_OF_YEAR.sub(whole, part)
            if _ELLIPSIS.search(whole):  # 甲表里的电费比乙表里的多: the electricity again
                whole += _INSIDE.split(part)[-1]
            return part, whole
    return None


def without_per_head(text: str) -> str:
    """Return a question without its 人均, 平均每: what stays names the amount."""
    return _HEAD.sub(lambda found: "，" + ("车" if "车" in found[0] or "辆" in found[0] else ""), text)
