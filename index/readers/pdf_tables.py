"""Tables on the pages of a PDF -> rows of cells, and pages of one table brought to the same columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.document import Box
from index.readers.pdf_lines import PrintedLine, printed_lines
from index.readers.pdf_page import Glyph
from index.readers.pdf_rules import RuledTable

SAME_BORDER = 4.0
"""Borders of two pages this near are the same column's."""
AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
"""A cell that holds one figure as tables print it."""


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell: the columns `first` to `last` that it covers, its text and its area."""

    first: int
    last: int
    text: str
    box: Box
    sure: bool = True


@dataclass(frozen=True, slots=True)
class PageTable:
    """The rows of a table on one page; `xs` are the borders of its columns."""

    xs: tuple[float, ...]
    rows: tuple[tuple[PageCell, ...], ...]
    box: Box


def table_of(ruled: RuledTable, glyphs: Iterable[Glyph]) -> tuple[PageTable, list[Glyph]]:
    """Return the table with its text, and the characters that stand outside it."""
    held: list[list[Glyph]] = [[] for _ in ruled.areas]
    outside: list[Glyph] = []
    for glyph in glyphs:
        place = ruled.at(*glyph.middle)
        (outside if place is None else held[place]).append(glyph)
    lines = [printed_lines(inside) for inside in held]
    rows: list[tuple[PageCell, ...]] = []
    for row in range(len(ruled.ys) - 1):
        starting = [at for at, area in enumerate(ruled.areas) if area.row == row and lines[at]]
        baselines = _rows_inside([lines[at] for at in starting if ruled.areas[at].rows == 1])
        for step in range(max(len(baselines), 1)):
            cells = []
            for at in starting:
                area = ruled.areas[at]
                part = _nearest(lines[at], baselines, step) if baselines else lines[at]
                if part:
                    text = "".join(line.text for line in part)
                    sure = all(glyph.sure for glyph in held[at])
                    cells.append(PageCell(area.column, area.column + area.columns - 1, text, area.box, sure))
            if cells:
                rows.append(tuple(sorted(cells, key=lambda cell: cell.first)))
    box = ruled.xs[0], ruled.ys[0], ruled.xs[-1], ruled.ys[-1]
    return PageTable(ruled.xs, tuple(rows), box), outside


def _rows_inside(cells: Sequence[list[PrintedLine]]) -> list[float]:
    """Return the baselines of the rows that stand in one strip without rules between them; [] for one row.

    Two cells must hold as many lines at the same heights, one of them an amount on every line.
    """
    several = [lines for lines in cells if len(lines) > 1]
    for lines in several:
        if not all(AMOUNT.fullmatch(line.text) for line in lines):
            continue
        beside = [other for other in several if other is not lines and len(other) == len(lines)]
        if any(
            all(abs(a.baseline - b.baseline) < a.size / 2 for a, b in zip(lines, other, strict=True))
            for other in beside
        ):
            return [line.baseline for line in lines]
    return []


def _nearest(lines: Sequence[PrintedLine], baselines: Sequence[float], step: int) -> list[PrintedLine]:
    """Return the lines that are nearer to this baseline than to the others."""
    return [
        line
        for line in lines
        if min(range(len(baselines)), key=lambda at: abs(baselines[at] - line.baseline)) == step
    ]


def same_columns(tables: Sequence[PageTable]) -> list[PageTable]:
    """Return the pages of one table with columns that all of them share."""
    borders: list[float] = []
    for x in sorted(x for table in tables for x in table.xs):
        if not borders or x - borders[-1] > SAME_BORDER:
            borders.append(x)

    def strip(x: float) -> int:
        return min(range(len(borders)), key=lambda at: abs(borders[at] - x))

    aligned = []
    for table in tables:
        places = [strip(x) for x in table.xs]
        rows = tuple(
            tuple(replace(cell, first=places[cell.first], last=places[cell.last + 1] - 1) for cell in row)
            for row in table.rows
        )
        aligned.append(PageTable(tuple(borders), rows, table.box))
    return aligned


def goes_on(above: PageTable, below: PageTable) -> bool:
    """Tell whether a table on the next page may be the rest of the one above: both are equally wide."""
    ends = zip((above.xs[0], above.xs[-1]), (below.xs[0], below.xs[-1]), strict=True)
    return all(abs(one - other) <= SAME_BORDER for one, other in ends)
