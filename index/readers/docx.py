"""Word files: paragraphs and tables in the order of the body, as they are printed.

What is deleted, hidden or part of the table of contents is left out; text boxes follow the paragraph
that they hang on, and numbers that Word counts are written before their text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from index.errors import SourceError
from index.readers.blocks import Block, SpannedCell, Text, table_blocks
from index.readers.numbering import LEVELS, counter, read_lists
from index.readers.ooxml import child, local_name, open_package, value

_WRAPPERS = frozenset(("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_INLINE = _WRAPPERS | {"r", "hyperlink", "fldSimple", "oMath", "oMathPara", "ruby", "rubyBase", "dir", "bdo"}
_CONTENTS = "toc"
STYLE_DEPTH = 20
"""Styles based on styles: Word allows fewer, and a circle must end."""


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says: heading level (0 for none), list, and whether it sets a contents entry."""

    level: int = 0
    list_id: str = ""
    depth: int = 0
    contents: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    styles: Mapping[str, _Style]
    number: Callable[[str, int], str]


def read_docx(data: bytes, name: str) -> Iterator[Block]:
    """Yield the paragraphs and tables of a DOCX file. Raises SourceError for a hostile or broken one."""
    package = open_package(data, name)
    main = package.related("", "officeDocument") or "word/document.xml"
    body = child(package.tree(main), "body")
    if body is None:
        raise SourceError(f"{name}: 不是完整的 Word 文件（没有正文），请重新下载或另存后再读")
    styles = _read_styles(package.tree(package.related(main, "styles")))
    lists = read_lists(package.tree(package.related(main, "numbering")))
    yield from _blocks(body, _Context(styles, counter(lists)))


def _read_styles(root: etree._Element | None) -> dict[str, _Style]:
    """Return all paragraph styles; what a style does not say itself it takes from the one it is based on."""
    own = {value(style, "styleId"): style for style in (root if root is not None else ())}
    resolved: dict[str, _Style] = {}

    def resolve(key: str, depth: int = 0) -> _Style:
        if key not in own or depth > STYLE_DEPTH:
            return _Style()
        if key not in resolved:
            style = own[key]
            base = resolve(value(child(style, "basedOn")), depth + 1)
            resolved[key] = _style(style, base)
        return resolved[key]

    for key in own:
        resolve(key)
    return resolved


def _style(style: etree._Element, base: _Style) -> _Style:
    name = value(child(style, "name")).lower()
    outline = value(child(style, "pPr", "outlineLvl"))
    level = base.level
    if outline.isdecimal():
        level = int(outline) + 1 if int(outline) < LEVELS else 0
    elif name.startswith("heading ") and name[8:].isdecimal():
        level = int(name[8:])
    list_id = value(child(style, "pPr", "numPr", "numId")) or base.list_id
    depth = value(child(style, "pPr", "numPr", "ilvl"))
    return _Style(level, list_id, int(depth) if depth.isdecimal() else base.depth, name.startswith(_CONTENTS))


def _blocks(container: etree._Element, context: _Context) -> Iterator[Block]:
    for element in container:
        kind = local_name(element)
        if kind == "p":
            yield from _paragraph(element, context)
        elif kind == "tbl":
            yield from table_blocks([list(_cells(row, context)) for row in _inside(element, "tr")])
        elif kind in _WRAPPERS and not _is_contents(element):
            yield from _blocks(element, context)


def _is_contents(element: etree._Element) -> bool:
    return value(child(element, "sdtPr", "docPartObj", "docPartGallery")) == "Table of Contents"


def _inside(element: etree._Element, kind: str) -> Iterator[etree._Element]:
    """Yield the parts of a kind, also those that content controls and insertions wrap."""
    for part in element:
        if local_name(part) == kind:
            yield part
        elif local_name(part) in _WRAPPERS:
            yield from _inside(part, kind)


def _cells(row: etree._Element, context: _Context) -> Iterator[SpannedCell]:
    properties = child(row, "trPr")
    if child(properties, "del") is not None or _is_on(child(properties, "hidden")):
        return
    before = value(child(properties, "gridBefore"))
    if before.isdecimal() and int(before):
        yield SpannedCell((), _number(before))
    for cell in _inside(row, "tc"):
        merged = child(cell, "tcPr", "vMerge")
        goes_on = merged is not None and value(merged) != "restart"
        blocks = () if goes_on else tuple(_blocks(cell, context))
        yield SpannedCell(blocks, _number(value(child(cell, "tcPr", "gridSpan"))))


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and value(switch) not in ("0", "false", "off")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < LEVELS else 1


def _paragraph(element: etree._Element, context: _Context) -> Iterator[Block]:
    properties = child(element, "pPr")
    style = context.styles.get(value(child(properties, "pStyle")), _Style())
    boxes: list[etree._Element] = []
    text = "".join(_pieces(element, boxes))
    if text.strip() and not style.contents:
        outline = value(child(properties, "outlineLvl"))
        level = int(outline) + 1 if outline.isdecimal() and int(outline) < LEVELS else style.level
        numbered = child(properties, "numPr")
        list_id = value(child(numbered, "numId")) or style.list_id
        depth = value(child(numbered, "ilvl"))
        text = context.number(list_id, int(depth) if depth.isdecimal() else style.depth) + text.lstrip()
        for at, line in enumerate(text.split("\n")):
            yield Text(line, level=level, opens=at == 0)
    for box in boxes:
        yield from _blocks(box, context)


def _pieces(element: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
    """Yield the visible text below an element; text boxes are collected instead."""
    for part in element:
        kind = local_name(part)
        if kind == "t":
            yield part.text or ""
        elif kind in ("tab", "ptab"):
            yield " "
        elif kind in ("br", "cr"):
            yield "\n"
        elif kind == "noBreakHyphen":
            yield "-"
        elif kind in ("drawing", "pict", "object", "AlternateContent"):
            boxes += _boxes(part)
        elif kind in _INLINE and not _is_on(child(part, "rPr", "vanish")):
            yield from _pieces(part, boxes)


def _boxes(element: etree._Element) -> list[etree._Element]:
    """Return the text boxes of a drawing; a second form of it for old programs is not read again."""
    if local_name(element) == "txbxContent":
        return [element]
    if local_name(element) == "AlternateContent":
        return next((found for part in element if (found := _boxes(part))), [])
    return [box for part in element for box in _boxes(part)]
