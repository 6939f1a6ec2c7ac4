"""Markdown: `#` headings, pipe tables, paragraphs, and a front matter that overrides what is found.

A column header of several levels is written in one cell, its levels separated by ` / `.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.items import Grid, GridRow, Item, TextLine
from index.text import clean

_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
LEVELS = " / "


def front_matter(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """Return the `key: value` pairs before the text and the number of lines they take."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    for end, line in enumerate(lines[1:], 1):
        if line.strip() == "---":
            pairs = (entry.partition(":") for entry in lines[1:end] if ":" in entry)
            return {key.strip(): value.strip() for key, _, value in pairs}, end + 1
    return {}, 0


def read_markdown(lines: Sequence[str]) -> Iterator[Item]:
    """Yield headings, text lines and grids."""
    _, start = front_matter(lines)
    rows: list[GridRow] = []
    opens = True
    for number, line in enumerate(lines[start:], start + 1):
        stripped = line.strip()
        if stripped.startswith("|"):
            if not _RULE.match(stripped):
                rows += _table_row(number, stripped, header=not rows)
            continue
        if rows:
            yield Grid(tuple(rows))
            rows = []
        if not stripped or stripped.startswith("<!--"):
            opens = True
            continue
        marks = len(stripped) - len(stripped.lstrip("#"))
        text = clean(stripped[marks:] if marks else stripped.removeprefix("- "))
        if text:
            yield TextLine(number, text, level=marks, opens=opens)
        opens = False
    if rows:
        yield Grid(tuple(rows))


def _table_row(number: int, line: str, header: bool) -> list[GridRow]:
    """Return the grid row of a line; a header line with levels gives one row a level."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    cells = [clean(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", inner)]
    if not header or not any(LEVELS in cell for cell in cells):
        return [GridRow(number, number, tuple(cells))]
    paths = [cell.split(LEVELS) for cell in cells]
    depth = max(map(len, paths))
    rows = []
    for level in range(depth):
        row = []
        for column, path in enumerate(paths):
            name = path[level] if level < len(path) else ""
            same = column and level + 1 < len(path) and paths[column - 1][: level + 1] == path[: level + 1]
            row.append("" if same else name)
        rows.append(GridRow(number, number, tuple(row)))
    return rows
