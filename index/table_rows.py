"""One grid row -> what it says: its codes and label, and its cells with the columns they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.document import Cell, Span
from index.header import CODE, CODED_NAME, Header
from index.items import GridRow
from index.text import is_han, parse_figure, squash

ALIGNED_SHARE = 0.9
"""Rows that keep to their header's columns, from which on a table is read column by column."""


@dataclass(slots=True)
class Entry:
    """One body row before its columns are settled."""

    source: GridRow
    codes: tuple[str, ...]
    label: str
    project: str
    figures: list[tuple[int, Cell]]
    loose: bool
    code: str = ""
    """The account of a row that is no account itself: a project's."""
    words: list[tuple[int, Cell]] = field(default_factory=list)
    """Cells that hold words: a project's kind, a purchase's category."""
    unit: bool = False
    level: int = 0
    parent: int = -1


@dataclass(frozen=True, slots=True)
class Part:
    """One of the tables that stand side by side in a grid."""

    side: int
    labels: tuple[int, ...]
    figures: tuple[int, ...]
    end: int


def side_by_side(header: Header) -> list[Part]:
    """Split the columns where a new label column follows figure columns."""
    parts: list[tuple[list[int], list[int]]] = [([], [])]
    for column, path in enumerate(header.paths):
        if not path:
            continue
        if column in header.labels:
            if parts[-1][1]:
                parts.append(([], []))
            parts[-1][0].append(column)
        else:
            parts[-1][1].append(column)
    kept = [(labels, figures) for labels, figures in parts if labels and figures]
    if not kept:
        return []
    ends = [labels[0] for labels, _ in kept[1:]] + [10**6]
    return [
        Part(side, tuple(labels), tuple(figures), end)
        for side, ((labels, figures), end) in enumerate(zip(kept, ends, strict=True))
    ]


def read_row(row: GridRow, part: Part, header: Header, aligned: bool) -> Entry | None:
    """Read one row within a part: codes, label, project and positioned figures.

    `aligned` rows stand under their header cell by cell; of others only the order is sure.
    """
    start = part.labels[0] if part.side else 0
    cells = row.cells[start : part.end]
    at = 0
    codes: list[str] = []
    while at < len(cells) and (not cells[at] or squash(cells[at]).isdigit()):
        code = squash(cells[at])
        if CODE.fullmatch(code):
            codes.append(code)
        elif code and codes:  # 302 | 2: the zero before it was lost
            codes.append(code.zfill(2))
        at += 1
    if at == len(cells):
        return None
    label = squash(cells[at])
    coded = CODED_NAME.match(label)
    if coded:
        codes.append(coded.group(1))
        label = label[coded.end() :]
    if not is_han(label):
        return None
    if aligned and _stands_under(row, part):
        return _aligned_entry(row, part, header, start + at, tuple(codes), label)
    names = [header.paths[column][-1] for column in part.labels]
    project = ""
    rest = at + 1
    if names and names[-1].endswith("项目名称") and len(names) > 1:
        if rest < len(cells) and parse_figure(cells[rest]) is None:
            project = squash(cells[rest])
            rest += 1
        elif not row.loose and rest < len(cells) and not cells[rest]:
            rest += 1
    if not row.loose and start + at in part.labels and _stands_under(row, part):
        rest = max(rest, part.figures[0] - start)  # 合计 in the first of several label columns
    figures = [
        (position, Cell(squash(cell), cell_span(row, start + rest + position)))
        for position, cell in enumerate(cells[rest:])
        if cell and parse_figure(cell) is not None
    ]
    return Entry(row, tuple(codes), label, project, figures, row.loose)


def _aligned_entry(
    row: GridRow, part: Part, header: Header, at: int, codes: tuple[str, ...], label: str
) -> Entry:
    code = next(
        (
            squash(row.cells[c])
            for c in part.labels
            if at < c < len(row.cells) and CODE.fullmatch(squash(row.cells[c]))
        ),
        "",
    )
    figures: list[tuple[int, Cell]] = []
    words: list[tuple[int, Cell]] = []
    for position, column in enumerate(part.figures):
        if at < column < len(row.cells) and (text := squash(row.cells[column])):
            cell = Cell(text, cell_span(row, column))
            (words if parse_figure(text) is None else figures).append((position, cell))
    project = next(
        (
            squash(row.cells[c])
            for c in part.labels
            if at < c < len(row.cells) and header.paths[c][-1].endswith("项目名称") and is_han(row.cells[c])
        ),
        "",
    )
    return Entry(row, codes, label, project, figures, False, code, words)


def cell_span(row: GridRow, column: int) -> Span:
    """Return where one cell of a row stands; the document is filled in later."""
    return Span("", row.first, row.last, row.page, row.boxes[column] if column < len(row.boxes) else None)


def _stands_under(row: GridRow, part: Part) -> bool:
    """Tell whether all figures of a row stand in figure columns of the header."""
    filled = [at for at, cell in enumerate(row.cells) if cell and parse_figure(cell) is not None]
    return all(
        at in part.figures or (at in part.labels and squash(row.cells[at]).isdigit())
        for at in filled
        if part.labels[0] <= at < part.end
    )


def is_aligned(body: Sequence[GridRow], part: Part) -> bool:
    """Tell whether a table has columns between its names and figures, and its rows keep to them."""
    apart = (
        part.figures[0] != part.labels[-1] + 1
        or any(
            sum(bool(row.cells[column : column + 1] and is_han(row.cells[column])) for row in body) * 2
            > len(body)
            for column in part.figures
        )
        or _code_after_name(body, part)
    )
    fitting = sum(not row.loose and _stands_under(row, part) for row in body)
    return apart and fitting >= ALIGNED_SHARE * len(body)


def _code_after_name(body: Sequence[GridRow], part: Part) -> bool:
    """Tell whether codes stand in a label column that is not the first: a project and its account."""
    coded = [
        row
        for row in body
        if any(
            CODE.fullmatch(squash(row.cells[column])) for column in part.labels[1:] if column < len(row.cells)
        )
        and is_han(row.cells[part.labels[0]])
    ]
    return 2 * len(coded) > len(body)
