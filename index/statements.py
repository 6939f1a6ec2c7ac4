"""What facts from running text are made of: text without spaces, what holds for all of it, bare names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from index.document import Document, Fact, Paragraph, Span
from index.text import squash, strip_enumeration

ACCOUNT_STEP = re.compile(r"([^，。；：、（）“”]+?(?:（[^（）]{2,12}）[^（）]*?)?)[（(]([类款项])[）)]")
_TRAILING = re.compile(
    r"(?:(?<=预算|经费|费用|支出|收入)数)?(?:金额|规模)?(?:约)?(?:共计|合计|总计|总额|为|是|共|达|计)?$"
)
_LEADING = re.compile(
    r"^(?:截至)?(?:\d{4}年(?:\d{1,2}月)?(?:底|末|度)?[，,]?)?(?:的)?(?:本部门|我部门|本单位|部门(?=收入|支出|预算|收支))?(?:当年|全年(?!预算))?(?:的)?(?:纳入)?"
)
_FINAL = re.compile(r"(?<=费)支出决算数?$|决算数?$")
_SUMS = ("合计", "总计", "共计", "累计")
_SIDES = re.compile(r"收入支出$|^(?:收入|支出)$")
"""Names that mean little without the sum they end in: 收入总计."""
_OWN_PART = re.compile(
    r"^[（(](?:部门|本级|本部|汇总)[）)](?:共有)?|^(?:[^，。]{2,24}?共有|共有|本工程|本项目)(?=[\u4e00-\u9fff]{2})|^.{0,30}财政拨款的(?=.{4,}$)"
)
"""What stands between the department and the item: （部门）共有车辆, 下属1家机关财政拨款的机关运行经费."""
_PRINTED = re.compile(r"\S+")
MAX_LABEL = 40
"""A longer run of words before a figure is a clause, not a name."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph with white space out, and for each character its place in the paragraph."""

    paragraph: Paragraph
    text: str
    offsets: Sequence[int]

    def part(self, start: int, end: int) -> Text:
        """Return the characters `start` to `end`."""
        return Text(self.paragraph, self.text[start:end], self.offsets[start:end])


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for every fact of a paragraph."""

    document: Document
    scope: str
    project: str = ""
    subunit: str = ""


def squeeze(paragraph: Paragraph) -> Text:
    """Return a paragraph's text with white space out."""
    text = paragraph.text
    plain = squash(text)
    if len(plain) == len(text):
        return Text(paragraph, text, range(len(text)))
    printed = (range(*run.span()) for run in _PRINTED.finditer(text))
    return Text(paragraph, plain, tuple(chain.from_iterable(printed)))


def statement(frame: Frame, piece: Text, item: str, measure: str, **more: object) -> Fact:
    """Return what a piece of text says; `more` are further fields of the fact."""
    paragraph = piece.paragraph
    start, end = piece.offsets[0], piece.offsets[-1] + 1
    span = paragraph.span(start, end)
    fields: dict[str, Any] = dict(
        id=0,
        doc=frame.document.name,
        entity=frame.document.entity,
        year=frame.document.year,
        account=frame.document.account,
        item=item,
        measure=measure,
        value=None,
        unit="",
        text=piece.text,
        quote=_verbatim(frame.document, paragraph.text[start:end], span),
        span=span,
        section=paragraph.section,
        scope=frame.scope,
        project=frame.project,
        subunit=frame.subunit,
    )
    return Fact(**{**fields, **more})


def joined(frame: Frame, paragraphs: Sequence[Paragraph], item: str, measure: str) -> Fact:
    """Return one statement that runs over several paragraphs."""
    first = squeeze(paragraphs[0])
    last = paragraphs[-1].span()
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    fact = statement(frame, first, item, measure)
    span = replace(fact.span, last=last.last)
    return replace(fact, text=text, quote=_verbatim(frame.document, text, span), span=span)


def _verbatim(document: Document, text: str, span: Span) -> str:
    """Return the text if it stands so in its lines, else the lines: markup was cleaned out of it."""
    if span.first is None:
        return text
    raw = "\n".join(document.lines[span.first - 1 : span.last])
    return text if squash(text) in squash(raw) else raw.strip()


def name_of(label: str, frame: Frame) -> str:
    """Return the bare name of an item: without department, year, numbering and 数为."""
    label = re.sub(r"^\d{1,2}[.．](?=\d{4}年)", "", strip_enumeration(label))
    steps = ACCOUNT_STEP.findall(label)
    if len(steps) > 1:
        return str(
            max(steps, key=lambda step: "类款项".index(step[1]))[0]
        )  # 某某支出（类）某某（款）某某（项）
    for known in (frame.document.entity, *frame.document.aliases):
        label = label.replace(known, "")
    label = _OWN_PART.sub("", _LEADING.sub("", label.lstrip("，,")))
    label = re.sub(rf"(?<=的){frame.document.year}年(?:度)?", "", label)
    label = re.sub(r"^(?:及(?:下属|所属)?(?:各|\d+家)?(?:预算)?单位|本级)", "", label)
    label = re.sub(r"^(?:[^，。]{0,12}(?:单位|部门|本级))?\d{4}年(?:度)?的?", "", label)
    label = re.sub(r"[（(][类款项][）)]$", "", label)
    if frame.document.account == "决算":
        label = _FINAL.sub("", label)
    name = _TRAILING.sub("", label).strip("的 ,，-—") if label not in _SUMS else ""
    kept = label.removeprefix(name) if _SIDES.search(name) else ""
    return name + kept if kept in _SUMS else name
