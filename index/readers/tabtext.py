"""Text whose table cells are separated by tabs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.items import Grid, GridRow, Item, TextLine
from index.outline import caption_kind
from index.text import clean

REMAINDER = 16
"""A longer line between two rows is a text of its own."""


def is_tab_text(lines: Sequence[str]) -> bool:
    """Tell whether tables in these lines are written with tabs."""
    return sum(line.count("\t") >= 2 for line in lines) >= 3


def read_tab_text(lines: Sequence[str]) -> Iterator[Item]:
    """Yield text lines and grids; a grid is a run of adjacent lines that hold a tab.

    A short line right between two of them is the rest of a name that was wrapped.
    """
    rows: list[GridRow] = []
    for number, line in enumerate(lines, 1):
        if "\t" in line or (rows and _is_remainder(line, lines[number : number + 1])):
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


def _is_remainder(line: str, following: Sequence[str]) -> bool:
    """Tell whether a line without tabs inside a table goes on with the name in the row before."""
    text = clean(line)
    return bool(following and "\t" in following[0] and 0 < len(text) <= REMAINDER and not caption_kind(text))
