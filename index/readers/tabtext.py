"""Text whose table cells are separated by tabs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.items import Grid, GridRow, Item, TextLine
from index.text import clean


def is_tab_text(lines: Sequence[str]) -> bool:
    """Tell whether tables in these lines are written with tabs."""
    return sum(line.count("\t") >= 2 for line in lines) >= 3


def read_tab_text(lines: Sequence[str]) -> Iterator[Item]:
    """Yield text lines and grids; a grid is a run of adjacent lines that hold a tab."""
    rows: list[GridRow] = []
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            rows.append(GridRow(number, number, tuple(clean(cell) for cell in line.split("\t"))))
            continue
        if rows:
            yield Grid(tuple(rows))
            rows = []
        text = clean(line)
        if text:
            yield TextLine(number, text.removeprefix("- "))
    if rows:
        yield Grid(tuple(rows))
