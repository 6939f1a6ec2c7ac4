"""Tables without rules: lines whose pieces stand below each other, with figures in most of them."""

from __future__ import annotations

from collections.abc import Sequence

from index.outline import caption_kind
from index.readers.pdf_lines import Piece, PrintedLine
from index.readers.pdf_tables import AMOUNT, PageCell, PageTable

FEWEST_ROWS = 3
"""Fewer lines with figures are no table."""
FARTHEST = 2.6
"""Lines of one table follow each other within so many sizes of their characters."""
SLACK = 1.0
"""Pieces of one column may stand this far apart sideways, in points, and count as overlapping."""


def aligned_tables(lines: Sequence[PrintedLine]) -> tuple[list[PageTable], list[PrintedLine]]:
    """Return the tables that lines from the top of a page form, and the lines outside them."""
    tables: list[PageTable] = []
    outside: list[PrintedLine] = []
    at = 0
    while at < len(lines):
        end = _run_end(lines, at)
        run = lines[at:end]
        if sum(_has_amounts(line) for line in run) < FEWEST_ROWS:
            outside += lines[at : max(end, at + 1)]
        else:
            tables.append(_table(run))
        at = max(end, at + 1)
    return tables, outside


def _run_end(lines: Sequence[PrintedLine], start: int) -> int:
    """Return the line after the last one of those in several pieces that begin at `start`.

    A line in one piece belongs to them when it stands between two of them: the rest of a wrapped name.
    """
    end = start
    for at in range(start, len(lines)):
        line = lines[at]
        if at > start and line.baseline - lines[at - 1].baseline > FARTHEST * line.size:
            break
        if caption_kind(line.text):
            break
        if len(line.pieces) > 1:
            end = at + 1
        elif at > end or end == start:
            break
    return end


def _has_amounts(line: PrintedLine) -> bool:
    """Tell whether a line in several pieces ends with a figure."""
    return len(line.pieces) > 1 and bool(AMOUNT.fullmatch(line.pieces[-1].text))


def _table(run: Sequence[PrintedLine]) -> PageTable:
    columns: list[tuple[float, float]] = []
    spans = sorted((piece.x0, piece.x1) for line in run if _has_amounts(line) for piece in line.pieces)
    for x0, x1 in spans:
        if columns and x0 <= columns[-1][1] + SLACK:
            columns[-1] = columns[-1][0], max(columns[-1][1], x1)
        else:
            columns.append((x0, x1))
    middles = [(one[1] + other[0]) / 2 for one, other in zip(columns, columns[1:], strict=False)]
    left = min(line.x0 for line in run)
    xs = (left, *middles, max(line.x1 for line in run))
    rows = []
    for line in run:
        rows.append(tuple(_cell(piece, columns, line) for piece in line.pieces))
    box = left, run[0].box[1], xs[-1], run[-1].box[3]
    return PageTable(xs, tuple(rows), box)


def _cell(piece: Piece, columns: Sequence[tuple[float, float]], line: PrintedLine) -> PageCell:
    """Return the cell of a piece: it covers the columns that it stands over, or the nearest one."""
    over = [at for at, (x0, x1) in enumerate(columns) if piece.x0 < x1 and x0 < piece.x1]
    middle = (piece.x0 + piece.x1) / 2
    nearest = min(range(len(columns)), key=lambda at: abs(sum(columns[at]) / 2 - middle))
    first, last = (over[0], over[-1]) if over else (nearest, nearest)
    _, top, _, bottom = line.box
    return PageCell(first, last, piece.text, (piece.x0, top, piece.x1, bottom))
