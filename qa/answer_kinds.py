"""What kind of thing a question asks for by name: 委托给哪家公司 is not answered with a figure."""

from __future__ import annotations

import re

_OF_A_NAME = re.compile(
    r"(?:哪(?:一?家|一?个|些|几家|几个)|什么)(公司|企业|厂家|厂商|供应商|机构|银行|事务所|学校|医院|平台|人员|人)"
)
_OF_A_FIRM = re.compile(r"哪(?:一?家|几家)[^的，?]{1,4}(公司|企业|供应商|银行|事务所)")
_OF_PEOPLE = re.compile(
    r"谁(?:可以|可|能|才能|有资格|来|负责|批|审|发放|申请|申领|领取|享受|符合)(?!.*(?:最|更|多|少|高|低|大|小))"
)
_PERSONAL = re.compile(
    r"(?:局长|厅长|主任|书记|处长|科长|所长|领导|负责人|联系人|一把手)[^，?]{0,4}(?:叫什么|是谁)"
    r"|姓名|电话|手机号|联系方式|邮箱|网址|地址"
)
_REASON = re.compile(
    r"因|由于|旨在|目的|以便|根据|依据|按照"
    r"|为(?:了|进一步|深入|更好|全面|切实|贯彻|落实|保障|推动|推进|促进|提高|提升|加强|加快|确保|做好|支持|适应|满足)"
)


def gives_reason(text: str) -> bool:
    """Tell whether a text says why something is done: what caused it, what it is for or based on."""
    return bool(_REASON.search(text))


def unnamed(question: str, text: str) -> bool:
    """Tell whether a question asks for the name of something of which a text says nothing.

    `question` is folded, `text` the words of a possible answer, '' for a figure alone.
    """
    kind = _OF_A_NAME.search(question) or _OF_A_FIRM.search(question)
    if kind and kind.group(1) not in ("人", "人员"):
        return kind.group(1) not in text
    people = kind or _OF_PEOPLE.search(question)
    return bool(people and not text) or bool(_PERSONAL.search(question) and not _PERSONAL.search(text))
