"""What files without printed lines are made of, and how it becomes lines, text and grids.

A paragraph is one line, a table row is one line with its cells between tabs: the lines of the
document are numbered so, from the top, and quotes are taken from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.errors import SourceError
from index.items import Grid, GridRow, Item, TextLine, Transcript
from index.outline import HEADING_LENGTH, caption_kind, numbering_level
from index.performance import is_performance
from index.readers.source import check_lines
from index.text import clean, is_han, parse_figure, squash

MAX_SPAN = 200
"""No cell is taken to cover more rows than this, or columns beyond it."""
MAX_CELLS = 4_000_000
"""Rows times columns of one table, blank ones counted."""
MAX_TEXT = 20_000_000
"""Characters of a whole document; the longest disclosures have a million."""
NOTE_LENGTH = 30
"""A row with a single cell at least this long, or a full sentence, is a note below the table."""
_NOTE = re.compile(r"^(?:备?注|说明)[\d一二三四五六]?[:：]|。$")
_UNIT = re.compile(r"单位[:：]")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `opens` when a paragraph begins here, `level` > 0 for a declared heading."""

    text: str
    level: int = 0
    opens: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cell texts of one row, '' where a cell is blank or covered by a merged one."""

    cells: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table, captions inside its borders included."""

    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What of the file is not read, in words for a reader."""

    note: str


Block = Text | Rows


@dataclass(frozen=True, slots=True)
class SpannedCell:
    """A table cell as Word and HTML declare it: what it holds and how much it covers."""

    blocks: tuple[Block, ...]
    columns: int = 1
    rows: int = 1


def transcribe(blocks: Iterable[Block | LeftOut], name: str) -> Transcript:
    """Return what a document's blocks hold. Raises SourceError when there is nothing or too much."""
    lines: list[str] = []
    items: list[Item] = []
    notes: list[str] = []
    length = 0
    for block in blocks:
        rows = block.rows if isinstance(block, Rows) else ()
        length += len(block.text) if isinstance(block, Text) else 0
        length += sum(len(cell) for row in rows for cell in row.cells)
        if length > MAX_TEXT or sum(len(row.cells) for row in rows) > MAX_CELLS:
            raise SourceError(
                f"{name}: 内容过多（表格超过 {MAX_CELLS} 格或全文超过 {MAX_TEXT} 字），请拆分后重试"
            )
        if isinstance(block, LeftOut):
            notes.append(block.note)
        elif isinstance(block, Text):
            items += _text_item(block, lines)
        else:
            for part in _without_captions(block):
                items += _text_item(part, lines) if isinstance(part, Text) else _grid_item(part, lines)
    check_lines(lines, name)
    return Transcript(tuple(lines), tuple(items), tuple(notes))


def table_blocks(rows: Sequence[Sequence[SpannedCell]]) -> Iterator[Block]:
    """Yield a table of merged and nested cells as rows; the frame of a page as what it frames."""
    own = sum(any(isinstance(block, Text) for block in cell.blocks) for row in rows for cell in row)
    nested = sum(_filled(block) for row in rows for cell in row for block in cell.blocks)
    if all(len(row) <= 1 for row in rows) or nested > own:
        for row in rows:
            for cell in row:
                yield from cell.blocks
        return
    laid_out = tuple(TableRow(cells) for cells in _laid_out(rows))
    if laid_out:
        yield Rows(laid_out)


def _filled(block: Block) -> int:
    return sum(bool(cell) for row in block.rows for cell in row.cells) if isinstance(block, Rows) else 0


def _laid_out(rows: Sequence[Sequence[SpannedCell]]) -> Iterator[tuple[str, ...]]:
    """Yield the texts of each row; what a cell covers beyond its first row and column is blank."""
    covered: dict[int, int] = {}  # column -> rows that a cell above still covers
    for row in rows:
        texts: list[str] = []
        below: dict[int, int] = {}
        for cell in row:
            while covered.get(len(texts), 0):
                texts.append("")
            columns = max(min(cell.columns, MAX_SPAN - len(texts)), 1)
            for column in range(len(texts), len(texts) + columns):
                below[column] = min(max(cell.rows, 1), MAX_SPAN) - 1
            texts += [_cell_text(cell.blocks)] + [""] * (columns - 1)
        still = {column: left - 1 for column, left in covered.items() if left > 1 and column not in below}
        covered = still | {column: left for column, left in below.items() if left}
        yield tuple(texts)


def _cell_text(blocks: Iterable[Block]) -> str:
    parts: list[str] = []
    for block in blocks:
        if isinstance(block, Text):
            parts.append(block.text)
        else:
            parts += [cell for row in block.rows for cell in row.cells if cell]
    return clean(" ".join(parts))


def _text_item(block: Text, lines: list[str]) -> list[Item]:
    text = clean(block.text)
    if not text:
        return []
    lines.append(f"{block.place}\t{text}" if block.place else text)
    return [TextLine(len(lines), text, level=_level(text, block.level), opens=block.opens)]


def _level(text: str, declared: int) -> int:
    """Return a heading's level; numbering is a surer sign of it than styles, which are set carelessly."""
    if not declared or len(text) >= HEADING_LENGTH or text[-1] in "。；;":
        return 0
    return numbering_level(text) or declared


def _grid_item(block: Rows, lines: list[str]) -> list[Item]:
    """Return the grid of rows that hold anything, without the columns in which no row does."""
    rows = [(row.place, [clean(cell) for cell in row.cells]) for row in block.rows]
    rows = [(place, cells) for place, cells in rows if any(cells)]
    used = sorted({at for _, cells in rows for at, cell in enumerate(cells) if cell})
    grid = []
    for place, cells in rows:
        kept = tuple(cells[at] if at < len(cells) else "" for at in used)
        lines.append("\t".join((place, *kept) if place else kept).rstrip("\t"))
        grid.append(GridRow(len(lines), len(lines), kept))
    return [Grid(tuple(grid))] if grid else []


def _without_captions(block: Rows) -> Iterator[Text | Rows]:
    """Yield a table with the captions and notes inside its borders taken out of it as text."""
    performs = is_performance([row.cells for row in block.rows])
    table: list[TableRow] = []
    for row in block.rows:
        filled = [(at, cell) for at, cell in enumerate(row.cells) if cell.strip()]
        if not filled:
            continue
        text = " ".join(cell for _, cell in filled)
        aside = not performs and (bool(_caption(filled)) or (filled[0][0] == 0 and _is_note(filled)))
        if aside or (not table and len(filled) == 1):
            if table:
                yield Rows(tuple(table))
                table = []
            yield Text(text, place=row.place)
        else:
            table.append(row)
    if table:
        yield Rows(tuple(table))


def _caption(filled: Sequence[tuple[int, str]]) -> str:
    """Return what a row says as a caption: department and unit may stand in cells of their own."""
    if len(filled) == 1:
        kind = caption_kind(filled[0][1])
        return "" if kind == "year" else kind
    amounts = any(parse_figure(cell) is not None for _, cell in filled)
    if len(filled) > 6 or amounts or not any(_UNIT.search(cell) for _, cell in filled):
        return ""
    return caption_kind(" ".join(cell for _, cell in filled))


def _is_note(filled: Sequence[tuple[int, str]]) -> bool:
    text = squash(filled[0][1])
    return len(filled) == 1 and is_han(text) and (len(text) >= NOTE_LENGTH or bool(_NOTE.search(text)))
