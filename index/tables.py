"""Captioned grids -> tables: continuations joined, headers read, rows nested, columns settled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from index.columns import Line, Placement, equations, is_total, place
from index.document import Cell, Row, Span, Table
from index.forms import fit_form, usual_columns
from index.header import CODE, CODED_NAME, Header, is_column_numbers, read_header, split_levels
from index.items import GridRow
from index.outline import CaptionedGrid, same_title
from index.performance import closed_terms, is_performance, joins_after, performance_table
from index.pivot import is_without_names, pivot
from index.rules import prose
from index.scope import title_rule
from index.table_rows import Entry, Part, cell_span, is_aligned, read_row, side_by_side
from index.text import fold, is_han, parse_figure, squash, strip_enumeration

_UNIT_NAME = re.compile(
    r"(?:局|厅|委|委员会|院|中心|学校|处|办|办公室|所|站|队|会|部|馆|社|本级)(?:[（(].*[）)])?$"
)
_OPEN, _CLOSE = re.compile(r"[（(]"), re.compile(r"[）)]")
_RANKS = (
    re.compile(r"^[一二三四五六七八九十]{1,3}、"),
    re.compile(r"^(?:[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}(?:[.．](?!\d)|、))"),
    re.compile(r"^(?:其中[:：]|[（(]\d{1,2}[）)]|[①-⑳])"),
)

ACCOUNT_DIGITS = 3
"""A code of more digits in one cell tells all levels at once (2080505) or a unit (046001)."""

Evidence = Callable[[str, Decimal], float]


@dataclass(slots=True)
class _Raw:
    """A table being collected: its caption and the grid rows of all its pages."""

    caption: CaptionedGrid
    rows: list[GridRow]
    header_rows: list[GridRow] = field(default_factory=list)


def build_tables(grids: Iterable[CaptionedGrid], doc: str, entity: str, evidence: Evidence) -> list[Table]:
    """Return the document's tables in order; side-by-side tables come out as two."""
    tables: list[Table] = []
    for raw in _collect(grids):
        if is_performance([row.cells for row in raw.rows]):
            tables += performance_table(raw.rows, raw.caption, doc, entity)
        else:
            tables += _account_tables(raw, doc, entity, evidence)
    return tables


def _collect(grids: Iterable[CaptionedGrid]) -> list[_Raw]:
    """Join each table with its continuation pages."""
    collected: list[_Raw] = []
    for captioned in grids:
        rows = [part for row in captioned.grid.rows for part in _own_rows(row)]
        if not rows:
            continue
        last = collected[-1] if collected else None
        performs = is_performance([row.cells for row in rows])
        if (
            performs
            and last is not None
            and captioned.continued
            and is_performance([r.cells for r in last.rows])
        ):
            last.rows += joins_after(rows)
            continue
        again = last is not None and _is_continuation(captioned, last, rows, performs)
        if not again or last is None:
            header = [] if performs else rows[: read_header([row.cells for row in rows]).rows]
            collected.append(_Raw(captioned, rows, header))
            continue
        body = _without_header(rows, last)
        if body and last.rows and not last.caption.grid.rows[0].loose:
            body = _mend_broken_row(last, body)
        last.rows += body
    return collected


def _own_rows(row: GridRow) -> list[GridRow]:
    """Return the row, none if it is blank, two if the header's last names share it with the first total."""
    shared = split_levels(row.cells)
    if shared:
        return [replace(row, cells=cells) for cells in shared]
    return [row] if any(cell.strip("-— ") for cell in row.cells) else []


def _is_continuation(captioned: CaptionedGrid, last: _Raw, rows: list[GridRow], performs: bool) -> bool:
    if performs:
        return False
    if captioned.continued:
        return True
    title = captioned.title
    return bool(title) and captioned.number == last.caption.number and same_title(title, last.caption.title)


def _without_header(rows: list[GridRow], last: _Raw) -> list[GridRow]:
    """Drop the repeated header of a continuation page."""
    known = {fold(cell) for row in last.header_rows for cell in row.cells if cell}
    start = 0
    while start < len(rows):
        filled = [fold(cell) for cell in rows[start].cells if cell]
        if is_column_numbers(rows[start].cells) or (filled and all(cell in known for cell in filled)):
            start += 1
            continue
        break
    if start == 0 and last.header_rows:
        own = read_header([row.cells for row in rows])
        first = [fold(cell) for cell in rows[0].cells if cell]
        if own.rows and sum(cell in known for cell in first) * 2 > len(first):
            start = own.rows
    return rows[start:]


def _mend_broken_row(last: _Raw, body: list[GridRow]) -> list[GridRow]:
    """Give the remainder of a row broken by the page back to the row it belongs to."""
    first, before = body[0], last.rows[-1]
    filled = [(at, cell) for at, cell in enumerate(first.cells) if cell]
    whole = any(parse_figure(cell) is not None for _, cell in filled) or CODE.fullmatch(first.cells[0])
    names = [cell for cell in (*first.cells, *before.cells) if is_han(cell)]
    numbered = strip_enumeration(filled[0][1]) != filled[0][1]
    if whole or numbered or len(filled) > 3 or any(map(is_total, names)):
        return body
    for shift in (0, -1, 1):  # the remainder may be printed one column aside
        if all(_is_open(before.cells, at + shift, cell) for at, cell in filled):
            cells = list(before.cells)
            for at, cell in filled:
                cells[at + shift] += cell
            last.rows[-1] = replace(before, cells=tuple(cells), last=first.last)
            return body[1:]
    return body


def _mend_wrapped(rows: list[GridRow]) -> list[GridRow]:
    """Join the remainder of a wrapped name to its row.

    Among coded rows a remainder has neither code nor figure; elsewhere it closes a bracket.
    """
    coded = sum(bool(row.cells and CODE.fullmatch(squash(row.cells[0]))) for row in rows) >= 3
    mended: list[GridRow] = []
    for row in rows:
        filled = [(at, cell) for at, cell in enumerate(row.cells) if cell]
        if mended and len(row.cells) == 1 and filled:  # a line without tabs goes on with the name
            name = next((at for at, cell in enumerate(mended[-1].cells) if is_han(cell)), 0)
            filled = [(name, row.cells[0])]
            row = replace(row, cells=("",) * name + row.cells)
        fragment = 0 < len(filled) <= 2 and all(is_han(c) and not CODED_NAME.match(c) for _, c in filled)
        if mended and fragment and not row.loose and not is_total(filled[0][1]):
            before = mended[-1]
            open_names = all(_is_open(before.cells, at, cell) for at, cell in filled)
            if open_names and (coded or all(_closes(before.cells[at], cell) for at, cell in filled)):
                cells = [
                    cell + (row.cells[at] if at < len(row.cells) else "")
                    for at, cell in enumerate(before.cells)
                ]
                mended[-1] = replace(before, cells=tuple(cells), last=row.last)
                continue
        mended.append(row)
    return mended


def _closes(name: str, rest: str) -> bool:
    """Tell whether `rest` closes the bracket that `name` leaves open."""
    opened = len(_OPEN.findall(name)) - len(_CLOSE.findall(name))
    return opened > 0 and len(_CLOSE.findall(rest)) - len(_OPEN.findall(rest)) == opened


def _is_open(cells: Sequence[str], at: int, rest: str) -> bool:
    """Tell whether a cell holds text that may go on with `rest` in the next row, a figure with its unit."""
    if not 0 <= at < len(cells) or not cells[at] or squash(cells[at]) in closed_terms():
        return False
    return parse_figure(cells[at]) is None or squash(rest) in prose("units")


def _account_tables(raw: _Raw, doc: str, entity: str, evidence: Evidence) -> list[Table]:
    """Read a table of amounts; two tables printed side by side come out one after the other."""
    header = read_header([row.cells for row in raw.rows])
    body = _mend_wrapped(raw.rows[header.rows :])
    if not header.paths and raw.rows:
        return []
    if is_without_names(body):
        return [_pivoted(raw, header, body[0], doc, entity)]
    tables = []
    for part in side_by_side(header):
        paths = [header.paths[column] for column in part.figures]
        if any(row.loose for row in body):
            names = [row.cells for row in raw.rows[: header.rows]]
            paths = fit_form(raw.caption.title, names, part.side) or paths
        width = max((at + 1 for row in body for at, cell in enumerate(row.cells) if cell), default=0)
        surplus = max(header.numbered - len(header.figures), width - len(header.paths), 0)
        aligned = is_aligned(body, part)
        entries = [entry for row in body if (entry := read_row(row, part, header, aligned))]
        if surplus and len(part.labels) > 0 and not any(entry.loose for entry in entries):
            for entry in entries:  # the header lacks a column: printed positions mean nothing
                entry.loose = True
        _nest(entries, entity)
        _settle(entries, paths, evidence)
        tables.append(_table(raw, part, paths, entries, doc, entity))
    return tables


def _nest(entries: list[Entry], entity: str) -> None:
    """Set each entry's level and parent from codes, units, numbering marks, or repeated codes."""
    coded = any(entry.codes for entry in entries)
    inner = 1  # the level of a row without any mark
    under = 0  # the level of a row whose parts are numbered from 一、 again
    numbered = False
    stack: list[int] = []
    for at, entry in enumerate(entries):
        rank = next((i for i, mark in enumerate(_RANKS) if mark.match(entry.label)), None)
        entry.unit = _is_unit(entry.label, entity)
        if is_total(entry.label) and not entry.codes and len(strip_enumeration(entry.label)) <= 6:
            entry.level, inner = 0, 1
        elif entry.unit and (not entry.codes or len(entry.codes[0]) != ACCOUNT_DIGITS):
            # 046001 is a unit of department 046
            entry.level = 2 if entry.codes and len(entry.codes[0]) > ACCOUNT_DIGITS else 1
            inner = entry.level + 1
        elif entry.unit and fold(entry.label) == fold(entity):
            entry.level, inner = 1, 2
        elif entry.codes:
            depth = len(entry.codes) if len(entry.codes) > 1 else (len(entry.codes[0]) - 1) // 2
            entry.level = 3 + max(depth, 1) + (1 if entry.project else 0)
            if not entry.project and any(entries[up].codes == entry.codes for up in stack):
                entry.level += 1  # a lost code column: the 项 is printed under its 款's code
        elif coded:
            entry.level, inner = 1, 2
        elif rank == 2:
            beside = at and _RANKS[2].match(entries[at - 1].label)
            entry.level = inner = (entries[at - 1].level if at else 0) + (0 if beside else 1)
        elif rank is not None:
            again = numbered and entry.label.startswith("一、") and entries[at - 1].level == 1
            under = 1 if again else under
            numbered = numbered or rank == 0
            entry.level, inner = 1 + rank + under, 2 + rank + under
        else:
            entry.level, inner, under = (1, 1, 0) if under else (inner, inner, 0)
        while stack and entries[stack[-1]].level >= entry.level:
            stack.pop()
        entry.parent = stack[-1] if stack else -1
        if entry.level > 0:
            stack.append(at)


def _is_unit(label: str, entity: str) -> bool:
    """Tell whether a row label names an organisation rather than an item of money."""
    if not _UNIT_NAME.search(label):
        return False
    return fold(label)[:2] == fold(entity)[:2] or len(label) >= 8


def _settle(entries: list[Entry], paths: Sequence[tuple[str, ...]], evidence: Evidence) -> None:
    """Let arithmetic decide the columns where the print is loose or inconsistent."""
    if not paths:
        return
    total = next((at for at, entry in enumerate(entries) if entry.level == 0 and entry.figures), None)
    order = ([total] if total is not None else []) + [at for at in range(len(entries)) if at != total]
    index = {at: position for position, at in enumerate(order)}
    root = 0 if total is not None else -1
    lines = []
    for at in order:
        entry = entries[at]
        values = tuple(value for _, cell in entry.figures if (value := parse_figure(cell.text)) is not None)
        columns: Placement | None = tuple(position for position, _ in entry.figures)
        if entry.loose or any(column >= len(paths) for column in columns or ()):
            columns = None
        parent = index[entry.parent] if entry.parent >= 0 else (root if at != total else -1)
        lines.append(Line(values, columns, parent))
    placed = place(
        lines,
        len(paths),
        equations(paths),
        lambda column, value: evidence(paths[column][-1], value),
        usual_columns(paths),
    )
    for position, at in enumerate(order):
        entry = entries[at]
        entry.figures = [
            (column, cell) for column, (_, cell) in zip(placed[position], entry.figures, strict=False)
        ]


def _table(
    raw: _Raw, part: Part, paths: Sequence[tuple[str, ...]], entries: list[Entry], doc: str, entity: str
) -> Table:
    """Assemble the frozen table."""
    rows = []
    subunit = ""
    for entry in entries:
        if entry.unit:
            subunit = entry.label
        elif entry.level == 0:
            subunit = ""
        path = [strip_enumeration(entry.label)]
        up = entry.parent
        while up >= 0:
            if not entries[up].unit:
                path.append(strip_enumeration(entries[up].label))
            up = entries[up].parent
        cells: list[Cell | None] = [None] * len(paths)
        if len(entry.figures) <= len(cells):  # more figures than columns: none can be told apart
            for column, cell in entry.figures:
                if column < len(cells):
                    cells[column] = _in(doc, cell)
        for column, cell in entry.words:
            cells[column] = _in(doc, cell)
        row_span = Span(doc, entry.source.first, entry.source.last, entry.source.page)
        rows.append(
            Row(
                tuple(reversed(path)),
                tuple(cells),
                row_span,
                code=entry.code
                or (
                    entry.codes[-1]
                    if len(entry.codes[-1:]) and len(entry.codes[-1]) > ACCOUNT_DIGITS
                    else "".join(entry.codes)
                ),
                subunit=subunit,
                project=entry.project,
                total=entry.level == 0,
            )
        )
    return _captioned(raw, paths, rows, doc, entity)


def _in(doc: str, cell: Cell) -> Cell:
    """Return the cell as one of a document."""
    place = cell.span
    return Cell(cell.text, Span(doc, place.first, place.last, place.page, place.box))


def _pivoted(raw: _Raw, header: Header, row: GridRow, doc: str, entity: str) -> Table:
    """Return the table whose columns are its items."""
    columns = [column for column, path in enumerate(header.paths) if path]
    cells = [
        Cell(text, replace(cell_span(row, column), doc=doc))
        if column < len(row.cells) and (text := squash(row.cells[column]))
        else None
        for column in columns
    ]
    subject, _ = title_rule(raw.caption.title)
    span = Span(doc, row.first, row.last, row.page)
    paths, rows = pivot([header.paths[column] for column in columns], cells, subject, span)
    return _captioned(raw, paths, rows, doc, entity)


def _captioned(
    raw: _Raw, paths: Sequence[tuple[str, ...]], rows: Sequence[Row], doc: str, entity: str
) -> Table:
    """Return a table with what its caption says."""
    caption = raw.caption
    span = Span(doc, raw.rows[0].first, raw.rows[-1].last, raw.rows[0].page)
    title = caption.title or (squash(strip_enumeration(caption.section[-1])) if caption.section else "")
    return Table(
        caption.number,
        title,
        caption.unit,
        caption.entity or entity,
        tuple(paths),
        tuple(rows),
        span,
        caption.section,
    )
