"""Excel workbooks (XLSX): read as a stream, so that a sheet of a million blank rows costs no memory.

A cell's text is what the sheet shows: numbers by their format, formulas by the result that was saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.parsers import expat

from index.errors import SourceError
from index.readers.blocks import Block, LeftOut
from index.readers.numbers import BUILT_IN, shown
from index.readers.ooxml import Package, child, local_name, open_package, value
from index.readers.sheets import Area, Sheet, SheetRow, book_blocks
from index.text import NOT_COMPUTED

MAX_MERGED = 100_000
MAX_DEPTH = 256
MAX_DIGITS = 40
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


def read_xlsx(data: bytes, name: str) -> Iterator[Block | LeftOut]:
    """Yield the blocks of an XLSX file. Raises SourceError for a hostile or broken one."""
    return book_blocks(_sheets(open_package(data, name)), name)


def _sheets(package: Package) -> Iterator[Sheet]:
    main = package.related("", "officeDocument") or "xl/workbook.xml"
    listed = child(package.tree(main), "sheets")
    if listed is None:
        raise SourceError(f"{package.name}: 不是完整的 Excel 文件（没有工作表），请重新下载或另存后再读")
    relations = package.relations(main)
    texts = _shared_texts(package.part(package.related(main, "sharedStrings")))
    formats = _formats(package, package.related(main, "styles"))
    for sheet in listed:
        relation = relations.get(value(sheet, "id"))
        if relation is not None and relation.kind == "worksheet":
            hidden = value(sheet, "state") in ("hidden", "veryHidden")
            yield _read_sheet(package.part(relation.target), value(sheet, "name"), hidden, texts, formats)


def _formats(package: Package, path: str) -> list[str]:
    """Return the number format of each cell style."""
    root = package.tree(path)
    own = {value(form, "numFmtId"): value(form, "formatCode") for form in _each(child(root, "numFmts"))}
    ids = [value(style, "numFmtId") for style in _each(child(root, "cellXfs"))]
    return [own.get(key) or BUILT_IN.get(int(key) if key.isdecimal() else 0, "General") for key in ids]


def _each(element: Any) -> Iterator[Any]:
    yield from (part for part in (element if element is not None else ()) if local_name(part))


def _parse(
    data: bytes, start: Callable[[str, Mapping[str, str]], None], end: Callable[[str, str], None]
) -> None:
    """Call `start` with (name, attributes) and `end` with (name, own text) for each element, in order."""
    if not data:
        return
    texts: list[list[str]] = [[]]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def opened(name: str, attributes: dict[str, str]) -> None:
        if len(texts) > MAX_DEPTH:
            raise ValueError("elements nested too deeply")
        texts.append([])
        start(name.rpartition(":")[2], attributes)

    def closed(name: str) -> None:
        end(name.rpartition(":")[2], "".join(texts.pop()))

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = lambda text: texts[-1].append(text)
    parser.Parse(data, True)


def _shared_texts(data: bytes) -> list[str]:
    """Return the texts that cells refer to by number; how words are read out (rPh) is no part of them."""
    found: list[str] = []
    parts: list[str] = []
    aside = False

    def start(name: str, _: Mapping[str, str]) -> None:
        nonlocal aside
        aside = aside or name == "rPh"

    def end(name: str, text: str) -> None:
        nonlocal aside
        if name == "t" and not aside:
            parts.append(text)
        elif name == "rPh":
            aside = False
        elif name == "si":
            found.append("".join(parts))
            parts.clear()

    _parse(data, start, end)
    return found


def _read_sheet(data: bytes, name: str, hidden: bool, texts: list[str], formats: list[str]) -> Sheet:
    rows: list[SheetRow] = []
    merged: list[Area] = []
    hidden_columns: set[int] = set()
    cells: dict[int, str] = {}
    at = {"row": 0, "column": -1}
    row: Mapping[str, str] = {}
    cell: Mapping[str, str] = {}
    parts: dict[str, str] = {}

    def start(kind: str, attributes: Mapping[str, str]) -> None:
        nonlocal row, cell
        if kind == "row":
            row = attributes
            at["row"] = _whole(row.get("r", ""), at["row"] + 1)
            at["column"] = -1
            cells.clear()
        elif kind == "c":
            cell = attributes
            place = _REFERENCE.fullmatch(cell.get("r", ""))
            at["column"] = _column(place[1]) if place else at["column"] + 1
            parts.clear()
        elif kind == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = _whole(attributes.get("min", ""), 1), _whole(attributes.get("max", ""), 1)
            hidden_columns.update(range(first - 1, min(last, 16384)))
        elif kind == "mergeCell" and len(merged) < MAX_MERGED:
            corners = [_REFERENCE.fullmatch(part) for part in attributes.get("ref", "").split(":")]
            if len(corners) == 2 and corners[0] and corners[1]:
                (left, top), (right, bottom) = corners[0].groups(), corners[1].groups()
                merged.append(Area(int(top), int(bottom), _column(left), _column(right)))

    def end(kind: str, text: str) -> None:
        if kind in ("v", "f", "t"):
            parts[kind] = parts.get(kind, "") + text if kind == "t" else text
        elif kind == "c":
            shown_text = _cell_text(cell, parts, texts, formats)
            if shown_text.strip():
                cells[at["column"]] = shown_text
        elif kind == "row" and cells:
            rows.append(SheetRow(at["row"], dict(cells), row.get("hidden") in ("1", "true")))

    _parse(data, start, end)
    return Sheet(name, rows, merged, frozenset(hidden_columns), hidden)


def _cell_text(
    cell: Mapping[str, str], parts: Mapping[str, str], texts: list[str], formats: list[str]
) -> str:
    kind, stored = cell.get("t", "n"), parts.get("v", "")
    if not stored and "f" in parts:
        return NOT_COMPUTED
    if kind == "s":
        return texts[_whole(stored, len(texts))]  # a text that is missing must not look like a blank cell
    if kind == "inlineStr":
        return parts.get("t", "")
    if kind == "b":
        return "是" if stored == "1" else "否"
    if kind != "n" or not stored or len(stored) > MAX_DIGITS:
        return stored
    try:
        number = Decimal(stored)
    except InvalidOperation:
        return stored
    style = _whole(cell.get("s", ""), 0)
    return shown(number, formats[style] if style < len(formats) else "") if number.is_finite() else stored


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else default


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
