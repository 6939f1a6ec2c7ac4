"""A question -> `Query`: departments, years, account, what is asked, in which unit, and the rest.

Everything recognised is blanked out of the text; what remains (`rest`) is matched against labels.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.quantity import Figure
from index.register import Register
from index.rules import prose
from index.text import fold, parse_figure
from qa.lexicon import MeasureRule, lexicon, phrases_in
from qa.matching import bits, content_of
from qa.names import (
    Mention,
    find_functions,
    find_homophones,
    find_mentions,
    find_owner,
    find_places,
    find_units,
    own_function,
    own_place,
)
from qa.regions import find_region
from qa.shared_function import plain_order, with_shared_function
from qa.spelling import corrected
from qa.strangers import find_strangers

BLANK = "□"
UNIT_MARK = 0xE000
"""The n-th unit inside a department that a question names is replaced by this private character + n."""
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2}(?!\.\d)(?!年?(?:底|末|以前|前|以来|以后))|(?<=\D)[12]\d(?=年(?!以|前|来|内|间|期|度?第)))(?:年度|年|(?=部门|预算|决算|三公|的)|(?=[^\d号〕）)\]-]|$))"
)
_UNIT_ASKED = re.compile(
    r"(?:换算成|折合成?|换成|合|折算成?|算成|以|用|多少|几|是|单位是|单位用|单位为)(?:个)?(亿元|亿|万元|元|块钱)(?!以上|以下|人)"
)
_UNIT_WANTED = re.compile(r"(?:换算成|折合成?|换成|折算?成|算成)(?:多少|几)?(?:个)?(亿元|亿|万元|元|块钱)")
_SCOPES = (
    ("一般公共预算", re.compile(r"一般公共预算(?!拨款收入)")),
    ("政府性基金预算", re.compile(r"政府性基金")),
    ("国有资本经营预算", re.compile(r"国有资本经营|国资(?:经营)?预算")),
    ("财政拨款", re.compile(r"(?<!非)财政拨款(?!结转)")),
    (
        "全口径",
        re.compile(
            r"全口径|(?:全部|所有|各类|各种)(?:的)?资金|含单位资金|(?:连同|加上|包括|算上).{0,10}(?:单位资金|结转)|全算上"
        ),
    ),
)
_ASKED_UNITS = (
    ("平方米", re.compile(r"多少平(?:方)?米?|面积|平方|多大地方")),
    ("米", re.compile(r"多高|多深|几米|多少米|高度")),
    ("辆", re.compile(r"(?:几|多少)(?:台|部)?车|辆数")),
    ("人", re.compile(r"多少(?:个)?人|几(?:个)?人|人数|(?:多少|几)(?:位|名)")),
    ("%", re.compile(r"百分之几|百分之多少|百分比|几个百分点|占比|比例|增幅|降幅|涨幅|比重|幅度|几成")),
    (
        "元",
        re.compile(
            r"多少钱|多少万|多少元|多少亿|花多少|花了多少|几万|几元|几个亿|金额|值多少|花费|几亿|多少.{0,4}(?:资金|经费|预算|款)"
        ),
    ),
    *(
        (unit, re.compile(rf"(?:几|多少){unit}(?!门)"))
        for unit in prose("units")
        if "元" not in unit and "人" not in unit and unit not in ("%", "平方米", "米", "天", "月")
    ),
)
_INCLUDED = re.compile(
    r"(?:把|连)[^?]{0,20}(?:单位资金|结转(?:结余)?)[^，]{0,4}(?:算上|算进去|算在内|算进来|计入|加上|(?:一[起块并道]|都)(?:算|计|加)?(?:进去|进来|上)?|在内)"
)
"""把单位资金也算进去 asks for the widest scope and names no item."""
_MONEY = re.compile(r"(?:费|款|经费|资金)(?!.*(?:率|比|数|指标|月|次)).*多少")
"""离休费有多少 asks for money, though it names no unit."""
_EXCLUDED = re.compile(
    r"(?:不要(?:算|的是|全)|不算|不包括|不含|别算|不是说|而不是|除[了去开]?)[^，?]{2,20}?(?:以外|之外|外|，|还|$|\?)"
)
_AS_OF = re.compile(r"(?:截[至止]到?)?\d{4}年?(?=年[底末])")
"""The year of a balance: 2024年末. The end of the year itself may name it: 年末结转."""
_DAY = re.compile(r"(?:截[至止]到?|到|至)?(20\d{2})年(\d{1,2})月(\d{1,2})[日号]")
"""A day on which something is counted: 截至2024年8月31日."""
_MONTH_END = re.compile(r"(?:截[至止]到?|到|至)(20\d{2})年(1[0-2]|[1-9])月(?:份)?[底末]")
_YEAR_END = re.compile(r"截[至止]到?(20\d{2})年年?[底末]")
_PORTION = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?<![哪这那各大一两几全多个])部分的?(?=[\u4e00-\u9fff]{2})")
"""Inside a name it says nothing: 地下部分建筑面积."""
_ROUGHLY = re.compile(
    r"(?:差不多|将近|接近|大概|大约|约)?[一二两三四五六七八九](?:成|倍)(?:多|左右|以上|半)(?!少)"
)
"""How much, roughly, a question says that it knows: 掉了七成多."""
_BARE_WAN = re.compile(r"(\d)万(以上|以下|以内)")
_CONVERSION = re.compile(r"(?:请)?(?:换算成|折合成?|换成|折算成?)(?:是)?(?:多少)?(?:元|万元|亿元|亿)")
_STATED = re.compile(
    r"(?<![\d.〔])(\d[\d.]*)(万元|亿元|万|亿|元|%|个点|个百分点|人|辆|台|套)(?!以上|以下|以内)"
)
_LIST = re.compile(r"各.{0,3}(?:多少|是|有)|分布|各自|逐项|每(?:个)?(?:项目|单位|科目|部门|块|项)|每家")
_OFFICE = re.compile(r"局|厅|委|中心|院|校|街道|办")
_GLOSS = re.compile(r"([\u4e00-\u9fff]{1,14})\(([\u4e00-\u9fff]{2,20})\)")
_ALL_OF_THEM = re.compile(r"\d{1,3}(?:个|家|项|条|种)都(?:要|列|得有|给我)")
_MEANT = re.compile(r"^.*(?:我是说|我说的是|我指的是|也就是说?|就是指|确切地?说是?)")
_QUOTED = re.compile(r"[“\"「]([^”\"」]{3,30})[”\"」]")
_COMPARED = re.compile(
    r"(?:(?:比|较|相比|相较|相对|对比)于?|(?<![年度\d])[跟和与同]|[跟和与同](?=(?:20)?\d{2}年?[^，]{0,6}?比))"
    r"((?:20)?\d{2})年?(?:度)?(?:的)?(?:预算|年初预算|那年)?(?:数)?(?:相比|比较|比|来说|而言)?"
    r"(?=[^号]{0,10}(?:多|少|增|减|变|怎|涨|降|跌|升|幅|率|如何))"
)
"""A year that the question compares with: 比2025年多多少."""
_OF_LAST_YEAR = re.compile(
    r"(?<![比较跟与同])(?:上年|去年|上一年|上年度)(?:的)?(?!结转|完成|结余|实际)[^，]{0,16}(?:预算|安排|是多少|多少|\??$)|倒推|反推|推算"
)
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?=\.\d|\s*[万亿元千])")
"""14,545.59 is one number; 301,302 are two accounts."""
_RECKONED = re.compile(r"倒推|反推|推算")
_FINAL = re.compile(r"决算")
_PLAN = re.compile(
    r"(?<!一般公共)(?<!政府性基金)(?<!国有资本经营)(?<!国资)(?<!部门)(?<!完成)(?<!完成年初)预算"
    r"(?!单位|绩效|执行|主管|部门|管理|编制)"
)
_DONE = r"(?:实际|决算|执行)[^，?比较跟和与同]{0,4}"
_SAME_YEAR = r"(?!(?:20)?\d\d年|[上去前]一?年)"
_WITH_PLAN = re.compile(
    rf"{_DONE}(?:[比较跟和与同]|相比){_SAME_YEAR}[^，?]{{0,4}}预算"
    rf"|超[出过支了]?(?:年初)?预算|预算[^，?]{{0,3}}[比较跟和与同]{_SAME_YEAR}[^，?]{{0,4}}{_DONE}"
)
"""What was spent is held against what was planned: a final account tells both."""
_SPENT = re.compile(r"实际|执行数|完成|花了|用了|花掉|用掉|支了|支出了|花费了|开销了")
"""What is told after the year has ended."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. `rest` is the folded question with `BLANK` for what is recognised."""

    question: str
    folded: str
    rest: str
    departments: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    subunits: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    excluded: tuple[str, ...] = ()
    """Departments that a question leaves out: 除了某某局以外."""
    compared: tuple[int, ...] = ()
    """Years that a change is asked against."""
    account: str = ""
    """预算 or 决算 where the question says which."""
    day: str = ""
    """The day by which something is counted, as documents write it."""
    spent: bool = False
    """Asked is what has been spent, in whatever words."""
    measures: tuple[MeasureRule, ...] = ()
    cues: int = 0
    """Mask over `rest` of the characters that asked for the measures."""
    scopes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    target_unit: str = ""
    wants_list: bool = False
    of_last_year: bool = False
    """Asked is a figure of the year before, not the change since."""
    one_figure: bool = False
    """One figure is wanted, neither several nor words: an operand."""
    figures: tuple[Figure, ...] = ()
    """Figures that the question itself states, in `rest`: 那笔357.42万元, 少了21万."""
    notes: tuple[str, ...] = field(default=())

    def asks(self, kind: str) -> bool:
        """Tell whether a measure of this kind is asked for."""
        return any(rule.kind == kind for rule in self.measures)

    def asks_measure(self, measure: str) -> bool:
        """Tell whether this measure is asked for."""
        return any(rule.measure == measure for rule in self.measures)


def fold_question(question: str) -> str:
    """Return the question folded like labels, but with list marks kept as commas."""
    joined = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), question)
    text = unicodedata.normalize("NFKC", joined)
    text = re.sub(r"[、，,；;]", "，", text)
    return "".join(_fold_char(text, at) for at in range(len(text)))


def _fold_char(text: str, at: int) -> str:
    char = text[at]
    inside = char == "." and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
    return char if char == "，" or inside else fold(char)


def understand(question: str, register: Register) -> Query:
    """Parse a question against the departments of the index."""
    folded = plain_order(fold_question(question), register)
    rest = _without_exclusions(folded)
    left_out = "，".join(match.group() for match in _EXCLUDED.finditer(folded))
    spoken_of = find_mentions(left_out, register)
    for mention in spoken_of:
        left_out = _blank(left_out, mention.start, mention.end)
    spoken_of = [*spoken_of, *find_places(left_out, register)]
    excluded = list(dict.fromkeys(m.entity for m in spoken_of if m.entity))
    region = find_region(rest, register)
    if region:
        rest = rest[: region.start] + "，" * (region.end - region.start) + rest[region.end :]
    mentions = find_mentions(rest, register) or find_places(rest, register)
    mentions = with_shared_function(rest, mentions, register)
    mentions = mentions or find_owner(rest, register) or find_functions(rest, register)
    mentions = mentions or (find_strangers(rest, register) if not region else [])
    left = _named_out(rest, [mention for mention in mentions if mention.entity])
    if meant := _misspelt(left, register, {mention.entity for mention in mentions}):
        unclear = [
            m for m in mentions if m.entity or not any(m.start < o.end and o.start < m.end for o in meant)
        ]
        mentions = [*unclear, *meant]
    chosen = tuple(dict.fromkeys(mention.entity for mention in mentions if mention.entity))
    if region and len(chosen) < 2:
        chosen = region.entities
    unknown = tuple(mention.text for mention in mentions if not mention.entity)
    subunits: list[str] = []
    for mention in mentions:
        if mention.entity:
            rest = _blank(rest, mention.start, mention.end)
        if mention.subunit:
            rest = _mark(rest, mention.start, mention.end, len(subunits))
            subunits.append(mention.subunit)
    held = register.called(chosen)
    for department in (held[entity] for entity in chosen if entity in held):
        for start, end, unit in find_units(rest, department):
            rest = _mark(rest, start, end, len(subunits))
            subunits.append(unit)
        own = own_function(rest, department)
        rest = _blank(rest, *own) if own else rest
        place = own_place(rest, department)
        rest = _blank(rest, *place) if place else rest
    rest = _YEAR_END.sub(r"截至\1年12月31日", rest)
    rest = _MONTH_END.sub(_last_day, rest)
    day = _DAY.search(rest)
    rest = _DAY.sub(lambda match: "，" * len(match.group()), rest)
    compared = tuple(_full_year(match.group(1)) for match in _COMPARED.finditer(rest))
    rest = _COMPARED.sub("比上年", rest)
    years: list[int] = []
    for match in _YEAR.finditer(rest):
        years.append(_full_year(match.group(1)))
    rest = _CONVERSION.sub("", _AS_OF.sub("", rest))
    rest = _ALL_OF_THEM.sub("，", rest)
    for pattern in lexicon().instructions:
        rest = pattern.sub(lambda match: "，" * len(match.group()), rest)
    rest = _PORTION.sub("", rest)
    rest = _ROUGHLY.sub("", rest)
    rest = _BARE_WAN.sub(r"\1万元\2", rest)
    rest = _YEAR.sub("", rest)  # a year may stand inside a name: 机关运行经费2024年财政拨款预算
    included = _INCLUDED.search(rest)
    if included:
        rest = _blank(rest, *included.span())
    asked = _UNIT_WANTED.search(folded) or _UNIT_ASKED.search(folded)
    target = {"亿": "亿元", "块钱": "元"}.get(asked.group(1), asked.group(1)) if asked else ""
    query = Query(
        question=question,
        folded=folded,
        rest=rest,
        departments=chosen,
        unknown=unknown,
        subunits=tuple(subunits),
        years=tuple(dict.fromkeys(years)),
        excluded=tuple(excluded),
        compared=compared,
        account=_account_of(folded),
        day="{}年{}月{}日".format(*day.groups()) if day else "",
        spent=bool(_SPENT.search(folded)),
        target_unit=target,
    )
    read = part_of(query, rest)
    if _RECKONED.search(folded) and len(set(years)) == 2 and max(years) - min(years) == 1:
        read = replace(read, years=(max(years),), of_last_year=True)  # 2023年的数，按2024年的文件推算
    return replace(read, scopes=("全口径",)) if included else read


def _last_day(found: re.Match[str]) -> str:
    """Return the last day of a month, 截至2024年8月底, as documents write it."""
    year, month = map(int, found.groups())
    return f"截至{year}年{month}月{monthrange(year, month)[1]}日"


def part_of(query: Query, rest: str) -> Query:
    """Return the query with what `rest`, its text or a part of it, asks for."""
    measures, cues = _measures(rest)
    for _, pattern in _SCOPES:
        named = pattern.search(rest)
        cues |= bits(*named.span()) if named else 0
    places = sorted(
        (found.start(), unit) for unit, pattern in _ASKED_UNITS if (found := pattern.search(rest))
    )
    units = tuple(unit for _, unit in places)
    if not units and not measures and _MONEY.search(rest):
        units = ("元",)
    changed = ("change", "rate")
    changes = any(rule.kind in changed for rule in measures)
    last = rest.rstrip("?，").rpartition("，")[2]
    if changes and _OF_LAST_YEAR.search(last) and not any(r.kind in changed for r in _measures(last)[0]):
        changes = False  # …略降，那上年的预算数是多少: the change is told, not asked
        measures = tuple(rule for rule in measures if rule.kind not in changed)
    return replace(
        query,
        rest=rest,
        measures=measures,
        cues=cues,
        scopes=scopes_of(rest),
        units=units,
        figures=tuple(_stated(rest)),
        of_last_year=bool(_OF_LAST_YEAR.search(rest)) and not changes,
        wants_list=bool(_LIST.search(rest)) or any(phrase in rest for phrase in lexicon().intents["list"]),
    )


def _account_of(folded: str) -> str:
    """Return whether a question asks for the budget or the final account, '' where it does not say."""
    if _FINAL.search(folded) or _WITH_PLAN.search(folded):
        return "决算"
    return "预算" if _PLAN.search(folded) else ""


def _full_year(digits: str) -> int:
    year = int(digits)
    return year + 2000 if year < 100 else year


def _stated(rest: str) -> Iterator[Figure]:
    """Yield the figures in a question, 万 and 亿 standing for 万元 and 亿元."""
    for match in _STATED.finditer(rest):
        value = parse_figure(match.group(1))
        if value is not None:
            unit = {"万": "万元", "亿": "亿元", "个点": "%"}.get(match.group(2), match.group(2))
            yield Figure(match.start(), match.end(), value, unit)


def _named_out(text: str, mentions: Sequence[Mention]) -> str:
    for mention in mentions:
        text = _blank(text, mention.start, mention.end)
    return text


def _misspelt(text: str, register: Register, named: Collection[str]) -> list[Mention]:
    """Look for a department written with wrong characters, where the text has the shape of one."""
    return find_homophones(text, register, named) if _OFFICE.search(text) else []


def _without_exclusions(text: str) -> str:
    """Blank what the question says it does not mean: 不要算…, 不含…, 不是…."""
    return _EXCLUDED.sub(lambda match: BLANK * len(match.group()), text)


def other_readings(query: Query, labels: Iterable[str]) -> Iterator[Query]:
    """Yield the question read otherwise: abbreviations in full, a misspelt label put right, a bare total."""
    labels = set(labels)
    gloss = _by_gloss(query, labels)
    if gloss != query.rest:
        yield _reread(query, gloss)
    full = query.rest
    for short, long in lexicon().abbreviations.items():
        full = full.replace(short, long)
    if full != query.rest:
        yield _reread(query, full)
    meant = corrected(query.rest, labels)
    if meant:
        yield _reread(query, meant[0], f"按“{meant[2]}”理解“{meant[1]}”")
    if (
        not query.measures
        and not query.subunits
        and set(query.units) <= {"元"}
        and not any(char.isalnum() for char in content_of(query.rest))
    ):
        words = query.folded
        if re.search("钱|元|支出|收入|预算|花", words) and "项目" not in words:
            side = (
                "收入总计"
                if "收入" in words
                else "支出总计"
                if re.search("支出|花|用", words)
                else "收支总预算"
            )
            yield _reread(query, side)


def _by_gloss(query: Query, labels: Container[str]) -> str:
    """Return the rest without what a question says again in other words.

    Of 「请客吃饭（公务接待）」 the bracket stays, of 「…，我是说收支总预算」 the end, of
    「对应的“某某支出”」 what is quoted.
    """
    rest = query.rest
    for words, gloss in _GLOSS.findall(unicodedata.normalize("NFKC", query.question)):
        if fold(gloss) not in labels and not any(
            end - start == len(gloss) for start, end, _ in phrases_in(gloss)
        ):
            continue  # a scope or a unit
        if any(words[start:] in labels for start in range(len(words) - 2)):
            continue  # an account of another: 宣传事务（一般行政管理事务）
        for start in range(len(words)):  # what stands before may be a department, taken out already
            plain, at = words[start:], rest.find(words[start:] + fold(gloss))
            if at >= 0:
                rest = rest[:at] + "，" * len(plain) + rest[at + len(plain) :]
                break
    meant = _MEANT.search(rest)
    if meant:
        rest = "，" * meant.end() + rest[meant.end() :]
    for quoted in _QUOTED.findall(query.question):
        at = rest.find(fold(quoted))
        if at > 0 and fold(quoted) in labels:
            start = max(rest.rfind(mark, 0, at) for mark in ("，", BLANK)) + 1
            rest = rest[:start] + "，" * (at - start) + rest[at:]
    return rest


def _reread(query: Query, rest: str, note: str = "") -> Query:
    measures, cues = _measures(rest)
    notes = (*query.notes, note) if note else query.notes
    return replace(query, rest=rest, measures=measures, cues=cues, figures=tuple(_stated(rest)), notes=notes)


def _mark(text: str, start: int, end: int, number: int) -> str:
    """Put a unit's own mark in the place of its name, so that each part of a question keeps its unit."""
    return text[:start] + chr(UNIT_MARK + number) * (end - start) + text[end:]


def within(query: Query, words: str) -> Query:
    """Return the query with the scopes and units that a part of its text names itself."""
    units = tuple(unit for number, unit in enumerate(query.subunits) if chr(UNIT_MARK + number) in words)
    return replace(query, subunits=units, scopes=scopes_of(words))


def scopes_of(text: str) -> tuple[str, ...]:
    """Return the 口径 that a text names."""
    return tuple(name for name, pattern in _SCOPES if pattern.search(text))


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + BLANK * (end - start) + text[end:]


def _measures(rest: str) -> tuple[tuple[MeasureRule, ...], int]:
    """Return the measures asked for, the one with the longest cue first, and the cues' mask.

    A cue inside a longer cue of another measure does not count: 百分之几 in 增长了百分之几.
    """
    found = lexicon().cued_in(rest)
    mask = 0
    longest: dict[MeasureRule, int] = {}
    for start, end, rule in found:
        inner = any(
            a <= start and end <= b and b - a > end - start and other is not rule for a, b, other in found
        )
        if not inner:
            mask |= bits(start, end)
            longest[rule] = max(longest.get(rule, 0), end - start)
    return tuple(sorted(longest, key=lambda rule: -longest[rule])), mask


def without_measures(query: Query) -> Query:
    """Return the query as if no measure were asked for: operands and rows are plain figures."""
    return replace(query, measures=())
