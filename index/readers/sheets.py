"""The sheets of a workbook -> blocks: each row is placed by sheet and row number, as the program shows it.

Hidden rows and columns belong to their table (its sums count them): they are read and marked in what is
quoted. Hidden sheets are working copies that were not meant to be published: they are left out, and a note
says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.errors import SourceError
from index.outline import caption_kind
from index.readers.blocks import MAX_CELLS, Block, LeftOut, Rows, TableRow, Text

MAX_OPEN = 200
"""Merged areas that run through one row; more of them can only lie over each other."""
_CONTENTS = re.compile(r"目\s*[录次]")
_UNNAMED = re.compile(r"(?:sheet|工作表)?\s*\d*", re.I)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that holds anything: its 1-based number and the shown texts by 0-based column."""

    number: int
    cells: Mapping[int, str]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A merged area by first and last 1-based row and 0-based column."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as stored; rows in order."""

    name: str
    rows: Sequence[SheetRow]
    merged: Sequence[Area] = ()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False


def book_blocks(sheets: Iterable[Sheet], name: str) -> Iterator[Block | LeftOut]:
    """Yield the blocks of all sheets that are shown. Raises SourceError for a sheet too large to lay out."""
    left_out = []
    for sheet in sheets:
        if not sheet.hidden:
            yield from _sheet_blocks(sheet, name)
        elif sheet.rows:
            left_out.append(sheet.name)
    if left_out:
        yield LeftOut(f"隐藏的工作表未读：{'、'.join(left_out)}")


def _sheet_blocks(sheet: Sheet, name: str) -> Iterator[Block]:
    rows = _without_covered(sheet, name)
    columns = sorted({column for row in rows for column, text in row.cells.items() if text.strip()})
    if len(rows) * len(columns) > MAX_CELLS:
        raise SourceError(
            f"{name}: 工作表“{sheet.name}”过大（{len(rows)} 行 × {len(columns)} 列），请删去空白区域后重试"
        )
    shown = [
        TableRow(tuple(row.cells.get(column, "") for column in columns), _place(sheet, row)) for row in rows
    ]
    shown = [row for row in shown if any(cell.strip() for cell in row.cells)]
    if not shown or _CONTENTS.fullmatch(" ".join(shown[0].cells).strip()) or _CONTENTS.fullmatch(sheet.name):
        return
    if not _UNNAMED.fullmatch(sheet.name) and (caption_kind(sheet.name) or not _is_titled(shown)):
        yield Text(sheet.name, level=2)
    yield Rows(tuple(shown))


def _is_titled(rows: Iterable[TableRow]) -> bool:
    """Tell whether a title stands above the first row with several cells."""
    for row in rows:
        filled = [cell for cell in row.cells if cell.strip()]
        if len(filled) > 1:
            return False
        if caption_kind(filled[0]) == "title" or len(filled[0]) > 8:
            return True
    return True


def _place(sheet: Sheet, row: SheetRow) -> str:
    hidden = [_letters(at) for at in sorted(sheet.hidden_columns) if row.cells.get(at, "").strip()]
    marks = (["隐藏行"] if row.hidden else []) + ([f"含隐藏列 {'、'.join(hidden)}"] if hidden else [])
    return f"{sheet.name}!{row.number}" + (f"（{'，'.join(marks)}）" if marks else "")


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _without_covered(sheet: Sheet, name: str) -> list[SheetRow]:
    """Return the rows without what stands unseen below merged areas."""
    starting: dict[int, list[Area]] = {}
    for area in set(sheet.merged):
        starting.setdefault(area.top, []).append(area)
    tops = sorted(starting, reverse=True)
    open_areas: list[Area] = []
    rows = []
    for row in sheet.rows:
        while tops and tops[-1] <= row.number:
            open_areas += starting[tops.pop()]
        open_areas = [area for area in open_areas if area.bottom >= row.number]
        if len(open_areas) > MAX_OPEN:
            raise SourceError(f"{name}: 工作表“{sheet.name}”的合并单元格互相重叠，可能已损坏，请修复后重试")
        covered = {
            column
            for area in open_areas
            for column in row.cells
            if area.left <= column <= area.right and (column > area.left or row.number > area.top)
        }
        cells = {column: text for column, text in row.cells.items() if column not in covered}
        rows.append(SheetRow(row.number, cells, row.hidden) if covered else row)
    return rows
