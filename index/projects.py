"""The description of a project -> facts: its basis, executor, amount, how that is divided, its aims.

A description is written key by key: 「项目承担单位：某中心」, or with each key as a heading of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from index.document import Fact, Paragraph
from index.naming import place_table
from index.quantity import figures
from index.rules import prose
from index.statements import MAX_LABEL, Frame, Text, joined, squeeze, statement
from index.text import squash, strip_enumeration

KEYED = re.compile(
    r"^(?:[（(][一二三四五六七八九十]{1,3}[）)]\s*|\d{1,2}[.、．]\s*)?([^：:，。]{2,16})[:：](.*)$", re.S
)
_TITLE_END = re.compile(r"(?:项目)*(?:经费|资金|支出)?(?:预算)?(?:情况)?(?:的)?说明$")
_WORK = re.compile(r"(?:^|[，。：的为是])([^，。：的]{4,30}?(?:工程|项目|专项))(?=[，。；（]|位于|是|为)")
_WHOLE = re.compile(r"(?:预算|总额|安排|资金|经费)(?:共计|合计|为|共|计)?$")
"""What stands before the amount of a whole project; its parts follow."""
_ONLY_AMOUNT = re.compile(r"(?:预算)?(?:费用|金额|资金|经费)?(?:预算)?(?:为|约|共|计)?")
_NO_PART = re.compile(r"(?:\d{4}年)?(?:年?度)?(?:项目)?(?:总预算|预算总额|总额|合计|共计|总计)")


def is_key(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph begins with a key of a project's description."""
    match = KEYED.match(paragraph.text.replace(" ", ""))
    return match is not None and bool(key_of(match.group(1)))


@cache
def _keys() -> dict[str, str]:
    return {name: key for key, names in prose("keys").items() for name in names}


def key_of(name: str) -> str:
    """Return the standard name of a key of a project's description (立项依据: 设立的政策依据), or ''."""
    return _keys().get(name, "")


def section_project(section: Sequence[str], paragraphs: Sequence[Paragraph]) -> str | None:
    """Return the project that a section under one of its keys describes: 某某专项经费情况说明 / 二、立项依据.

    None for other sections. A heading that names no project of its own leaves that to the overview: the
    first work or project named in `paragraphs`, all of the document's.
    """
    if len(section) < 2 or not key_of(strip_enumeration(section[-1])):
        return None
    title = strip_enumeration(squash(section[-2]))
    named = _TITLE_END.sub("", title)
    if named:
        return named
    overview = (
        squash(p.text)
        for p in paragraphs
        if p.section[:-1] == section[:-1] and key_of(strip_enumeration(p.section[-1])) == "项目概述"
    )
    found = (_WORK.search(text) for text in overview)
    return next((match.group(1) for match in found if match), title)


def project_facts(frame: Frame, paragraphs: Sequence[Paragraph], key: str) -> Iterator[Fact]:
    """One key of a project: a figure for its amount, the words, and the parts of its allocation."""
    text = squeeze(paragraphs[0])
    keyed = KEYED.match(text.text)
    body = keyed.group(2) if keyed else text.text
    whole = joined(frame, paragraphs, frame.project, key)
    whole = replace(whole, text="\n".join([body, *(p.text for p in paragraphs[1:])]).strip())
    figure = next(figures(body), None)
    if figure and len(paragraphs) == 1 and (figure.start, figure.end) == (0, len(body.rstrip("。"))):
        yield replace(whole, value=figure.value, unit=figure.unit)
        return
    if figure and not keyed and _WHOLE.search(body[: figure.start]):
        yield replace(whole, value=figure.value, unit=figure.unit)
        whole = replace(whole, measure="资金分配情况")
    yield whole
    if "分配" in key or "安排" in key:
        yield from parts_of(
            replace(frame), text.part(len(text.text) - len(body), len(text.text)), frame.project
        )


def _begins_with_place(label: str) -> bool:
    """Tell whether a label is the name of a place or begins with one of three characters or more."""
    places = place_table()
    return label in places or any(label[:size] in places for size in range(3, len(label)))


def parts_of(frame: Frame, piece: Text, owner: str) -> Iterator[Fact]:
    """The named amounts of an allocation: 「审计费 15.00 万元，差旅费 1.00 万元」."""
    end = 0
    for figure in figures(piece.text):
        if not figure.unit.endswith("元"):
            continue
        before = piece.text[end : figure.start]
        *earlier, label = re.split(r"[，。；：、:;]|其中|分别为|具体分配为|主要包括|万元", before)
        if earlier and _ONLY_AMOUNT.fullmatch(label):  # 数据核验服务 1 项，预算费用 14.8 万元
            label = re.sub(r"\d+(?:项|个|次|场|期|批)$", "", earlier[-1])
        label = label or before
        if before.endswith("）") or "（" in label or not label:
            label = re.split(r"[。；;]|，(?![^（]*）)|、(?![^（]*）)", before)[-1]
        label = label.strip("、，；。：:;")
        if not _begins_with_place(label):  # 和田地区 is no 田地区
            label = re.sub(r"^(?:[一二三四五六七八九十]是|\d{1,2}[.．、]|及|和|用于)", "", label)
        label = re.sub(r"(?:预算费用|费用预算|项目?预算|共计|合计|为|补助)?$", "", label) or label
        if 1 < len(label) <= MAX_LABEL and not _NO_PART.fullmatch(label):
            yield statement(
                frame,
                piece.part(end, figure.end),
                label,
                "分配金额",
                value=figure.value,
                unit=figure.unit,
                text=piece.text[figure.start : figure.end],
                row_path=(owner, label),
            )
        end = figure.end
