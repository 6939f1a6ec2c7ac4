"""Reading order -> headings, paragraphs and captioned grids.

Disclosures are printed with sentences broken over lines and pages and with the same numbering marks
for headings, list items and definitions; this module decides which is which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from index.document import Paragraph
from index.items import Grid, Item, TextLine
from index.text import fold, is_han, squash

_PART = re.compile(r"^第[一二三四五六七八九十]+部分")
_CHAPTER = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_SECTION = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")
_ITEM = re.compile(r"^(?:\d{1,2}(?:[.．](?!\d)|、)|[（(]\d{1,2}[）)]|[①-⑳])")
_CHAIN = re.compile(r"[（(][类款项][）)][:：]$")
"""卫生健康支出（类）…（项）： what the account got stands on the next line."""
_REASON = re.compile(r"主要原因[是为]")
_KEY = re.compile(r"^(?!其中|分别|主要|包括|具体|如下)[\u4e00-\u9fff“”（）]{2,14}(?<![类款项][）)])[:：]")
_TABLE_NUMBER = re.compile(
    r"^(?:预算)?(?:公开)?表\s*([\d一二三四五六七八九十]{1,3})(?:[-－]\d+)?[:：、]?\s*(?=\D|$)"
)
_TABLE_TITLE = re.compile(
    r"(?:情况|目标|明细|预算|决算|收支|总|结余|经费|支出|收入)表(?:\s*[（(].{1,12}[)）])?$"
)
_ENTITY_LINE = re.compile(
    r"(?:编制部门|编制单位|填报单位|预算部门|部门名称|单位名称|部门|公开部门)[:：]"
    r"\s*(\S+?)(?=\s|单位[:：]|金额单位|$)"
)
_UNIT_LINE = re.compile(r"(?:金额)?单位[:：]\s*(亿元|万元|千元|元)")
_YEAR_LINE = re.compile(r"^[（(]?\d{4}\s*年(?:度)?[）)]?$")
_PAGE_NUMBER = re.compile(r"^[-—–\s]*\d{1,4}[-—–\s]*$")
_LEADER = re.compile(r"\s*[.…·．]{4,}[\s\d]*$")
_CONTENTS = re.compile(r"^目\s*录$")
_END = "。；！？：;:!?"
HEADING_LENGTH = 70
"""A numbered line longer than this is a list item, not a heading."""
CAPTION_LENGTH = 80
"""A longer line is no caption."""
_PROSE_HEADING = re.compile(r"关于|情况|说明|事项|解释")
LONGEST_PARAGRAPH = 200
"""Printed lines after which a paragraph ends at the latest."""
WRAPPED_LENGTH = 18
"""A line shorter than this that lacks a full stop was not broken by the print: it is complete."""


@dataclass(frozen=True, slots=True)
class CaptionedGrid:
    """A grid with what its caption lines say; `continued` when it goes on from the grid before."""

    grid: Grid
    number: str
    title: str
    entity: str
    unit: str
    section: tuple[str, ...]
    continued: bool


@dataclass(slots=True)
class _Caption:
    number: str = ""
    title: str = ""
    entity: str = ""
    unit: str = ""
    other: bool = False
    lines: list[TextLine] = field(default_factory=list)


def outline(items: Iterable[Item], doc: str) -> Iterator[Paragraph | CaptionedGrid]:
    """Yield paragraphs with their section and grids with their captions, in reading order."""
    section: dict[int, str] = {}
    caption = _Caption()
    for unit in _join(_without_contents(list(items))):
        path = tuple(section[level] for level in sorted(section))
        if isinstance(unit, Grid):
            continued = not (caption.title or caption.number or caption.other)
            yield CaptionedGrid(
                unit, caption.number, caption.title, caption.entity, caption.unit, path, continued
            )
            caption = _Caption()
            continue
        text = "".join(line.text for line in unit)
        if _caption_line(text, caption):
            continue
        level = min(section, default=1) if unit[0].gap else _heading_level(unit, text)
        if level:
            for deeper in [known for known in section if known >= level]:
                del section[deeper]
            section[level] = text
            caption = _Caption(other=True)
            continue
        caption.other = True
        pages = tuple(line.page for line in unit) if unit[0].page is not None else ()
        yield Paragraph(tuple((line.number, line.text) for line in unit), path, doc, pages)


def _without_contents(items: list[Item]) -> list[Item]:
    """Return the items without the table of contents: the lines from 目录 to the body's first part."""
    marks = (at for at, item in enumerate(items) if isinstance(item, TextLine) and _CONTENTS.match(item.text))
    start = next(marks, None)
    if start is None:
        return items
    parts = [
        at
        for at, item in enumerate(items)
        if at > start and isinstance(item, TextLine) and re.match(r"^第一部分", item.text)
    ]
    if len(parts) > 1:
        return items[:start] + items[parts[1] :]
    return items[:start] + items[_contents_end(items, start) :]


def _contents_end(items: list[Item], start: int) -> int:
    """Return where contents on a page of their own end: with it, or where their first entry comes again."""
    page = _page(items[start])
    entries: set[str] = set()
    end = start
    while page is not None and end < len(items):
        item = items[end]
        entry = fold(_LEADER.sub("", item.text)) if isinstance(item, TextLine) else ""
        if _page(item) != page and not (isinstance(item, TextLine) and _LEADER.search(item.text)):
            break
        if entry in entries:
            break
        entries.add(entry)
        end += 1
    return end


def _page(item: Item) -> int | None:
    return item.page if isinstance(item, TextLine) else item.rows[0].page


def _join(items: list[Item]) -> Iterator[list[TextLine] | Grid]:
    """Yield grids and groups of text lines that form one paragraph or heading."""
    group: list[TextLine] = []
    listed = False
    """Whether the group stands right below an item of a list that is one line long."""
    for item in items:
        if isinstance(item, Grid):
            if group:
                yield group
                group = []
            yield item
            continue
        if _PAGE_NUMBER.match(item.text):
            continue
        apart = bool(group) and item.number - group[-1].number > 1
        last_item = listed and apart and _ITEM.match(group[0].text)  # a gap ends the list
        ended = last_item or len(group) >= LONGEST_PARAGRAPH
        if group and (ended or not _goes_on(group[-1], item) or _heading_ends(group, item)):
            yield group
            listed = not apart and len(group) == 1 and bool(_ITEM.match(group[0].text))
            group = []
        group.append(item)
    if group:
        yield group


def is_numbered(text: str) -> bool:
    """Tell whether a line begins with the mark of a heading or list item."""
    return any(mark.match(text) for mark in (_PART, _CHAPTER, _SECTION, _ITEM))


def _starts_new(text: str) -> bool:
    return bool(
        is_numbered(text)
        or _KEY.match(text)
        or _TABLE_NUMBER.match(text)
        or _ENTITY_LINE.match(text)
        or _UNIT_LINE.match(text)
        or _YEAR_LINE.match(text)
    )


def _goes_on(last: TextLine, line: TextLine) -> bool:
    """Tell whether `line` continues the sentence that `last` left open."""
    if line.opens or last.level or line.level:
        return False
    if line.joins:
        return last.text[-1] not in _END or not _starts_new(line.text)
    if (_CHAIN.search(last.text) and not _starts_new(line.text)) or _REASON.match(line.text):
        return True
    if last.text[-1] in _END:
        return False
    if _starts_new(line.text) and not _ends_sentence(last.text, line.text):
        return False
    if _TABLE_TITLE.search(last.text) or _ENTITY_LINE.match(last.text) or _UNIT_LINE.match(last.text):
        return False
    if len(squash(last.text)) < WRAPPED_LENGTH:
        return bool(re.search(r"[，、,（(]$", last.text))
    return True


def _ends_sentence(last: str, text: str) -> bool:
    """Tell whether a line that looks like a key (`产总体情况为：`) is the rest of the full line before it."""
    key = _KEY.match(text)
    full = len(squash(last)) > WRAPPED_LENGTH and is_han(last[-1])
    return key is not None and full and key.end() == len(text)


def _heading_ends(group: list[TextLine], line: TextLine) -> bool:
    """Tell whether the group is a heading that `line` no longer belongs to.

    A heading may be broken over lines, but its remainder is short and holds no sentence.
    """
    text = "".join(part.text for part in group)
    if line.joins or not (_CHAPTER.match(text) or _SECTION.match(text) or _PART.match(text)):
        return False
    if re.search(r"[，。；]|[:：].", text):  # a sentence or a definition
        return False
    return len(squash(line.text)) > 24 or bool(re.search(r"[，。；：]", line.text))


def _heading_level(group: list[TextLine], text: str) -> int:
    """Return 1.. for a heading (outermost first), 0 for running text."""
    if group[0].level:
        return group[0].level
    if _PART.match(text) and len(text) < HEADING_LENGTH:
        return 1
    if len(text) >= HEADING_LENGTH or text[-1] in "。；;" or re.search(r"[:：].", text):
        return 0
    if _CHAPTER.match(text):
        return 2
    if _SECTION.match(text):
        return 3
    return 0


def numbering_level(text: str) -> int:
    """Return the level that a heading's own numbering gives it, 0 for none."""
    ranks = (_PART, _CHAPTER, _SECTION, _ITEM)
    return next((level for level, rank in enumerate(ranks, 1) if rank.match(text)), 0)


def _is_heading(text: str) -> bool:
    return bool(_PART.match(text) or _CHAPTER.match(text))


def _caption_line(text: str, caption: _Caption) -> bool:
    """Fold a caption line into `caption`; False when the text is none."""
    if len(text) > CAPTION_LENGTH:
        return False
    entity, unit = _ENTITY_LINE.match(text), _UNIT_LINE.search(text)
    if entity or (unit and len(text) < 60):
        caption.entity = entity.group(1) if entity else caption.entity
        caption.unit = unit.group(1) if unit else caption.unit
        return True
    number = _TABLE_NUMBER.match(text)
    if number:
        caption.number = "表" + number.group(1)
        text = text[number.end() :]
        if not text:
            return True
    if _YEAR_LINE.match(text):
        return bool(caption.title or caption.number)
    if (_TABLE_TITLE.search(text) or number) and text[-1] not in _END and not _is_heading(text):
        caption.title = squash(text)
        return True
    return False


def same_title(one: str, other: str) -> bool:
    """Tell whether two table titles are the same but for spaces and punctuation."""
    return fold(one) == fold(other)


def caption_kind(text: str) -> str:
    """Return what a single line says as a table's caption: number, title, entity, year, or "" for none."""
    if len(text) > CAPTION_LENGTH or text[-1:] in _END:
        return ""
    if _ENTITY_LINE.match(text) or _UNIT_LINE.search(text):
        return "entity"
    if _TABLE_NUMBER.match(text):
        return "number"
    if _YEAR_LINE.match(text):
        return "year"
    if _TABLE_TITLE.search(text) and not _is_heading(text) and not re.search(r"[，。；]", text):
        return "title"
    return ""


def ends_table(text: str) -> bool:
    """Tell whether a line without figures is a heading that cannot stand inside a table."""
    if _PART.match(text):
        return True
    heading = _CHAPTER.match(text) or _SECTION.match(text)
    return bool(heading) and (len(squash(text)) > WRAPPED_LENGTH or bool(_PROSE_HEADING.search(text)))
