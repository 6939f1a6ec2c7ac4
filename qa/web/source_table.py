"""A table as it was read, as HTML: header paths over its columns, and the cited cell marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.document import Cell, Row, Table
from qa.answer import Citation
from qa.web.markup import frame, told

AROUND = 60
"""Rows shown before and after a cited one."""
MOST_ROWS = 1000
"""Rows shown of a table; CSV has them all."""
DEEPEST = 4
"""Levels of account that are indented; deeper ones stand with these."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a table."""

    table: Table
    row: int
    column: int

    @property
    def cell(self) -> Cell | None:
        """What is printed there, None for a blank."""
        return self.table.rows[self.row].cells[self.column]


def place_of_cell(citation: Citation, tables: Sequence[Table]) -> Place | None:
    """Return the cell that a citation names among tables, None for running text."""
    for table in tables:
        columns = [at for at, path in enumerate(table.header) if "/".join(path) == citation.column]
        for number, row in enumerate(table.rows):
            if not columns or "/".join(row.path) != citation.row:
                continue
            if (row.span.lines, row.span.page) == (citation.lines, citation.page):
                return Place(table, number, columns[0])
    return None


def table_name(table: Table) -> str:
    """Return how a table is called: its number and title, and the project that it is about."""
    named = " ".join(part for part in (table.number, table.title) if part) or "（无标题的表）"
    return f"{named}：{table.project}" if table.project else named


def table_html(table: Table, place: Place | None = None) -> str:
    """Return the table; around a cited place only its neighbourhood, with a word on what is left out."""
    labels = label_columns(table)
    first, last = 0, min(len(table.rows), MOST_ROWS)
    if place:
        first, last = max(0, place.row - AROUND), min(last, place.row + AROUND + 1)
    parents = {row.path for row in table.rows}
    body = "".join(
        _row(row, labels, parents, place.column if place and number == place.row else None)
        for number, row in enumerate(table.rows[first:last], first)
    )
    left_out = len(table.rows) - (last - first)
    note = f'<p class="bq-note">另有 {left_out} 行未显示，可在“表格”页下载全表。</p>' if left_out else ""
    unit = f'<span class="bq-unit">单位：{told(table.unit)}</span>' if table.unit else ""
    name = table_name(table)
    return frame(name, told(name) + unit, _header(table, labels), body) + note


def label_columns(table: Table) -> tuple[str, ...]:
    """Return the columns that name a row: its code and unit where any row has one, and its label."""
    has_code = any(row.code for row in table.rows)
    has_unit = len({row.subunit for row in table.rows}) > 1
    has_project = any(row.project and row.project != row.path[-1] for row in table.rows)
    kept = (has_code, has_unit, has_project, True)
    return tuple(name for name, has in zip(("编码", "单位", "项目", "名称"), kept, strict=True) if has)


def labels_of(row: Row, columns: Sequence[str]) -> list[str]:
    """Return a row's texts in its label columns, the name with all that stands above it."""
    names = {"编码": row.code, "单位": row.subunit, "项目": row.project, "名称": " / ".join(row.path)}
    return [names[name] for name in columns]


def _header(table: Table, labels: Sequence[str]) -> str:
    """Return the header rows: equal neighbours of one level are one cell."""
    depth = max((len(path) for path in table.header), default=1)
    rows = ["".join(_header_cells(table.header, level, depth)) for level in range(depth)]
    rows[0] = "".join(_label_cell(name, depth, name == labels[-1]) for name in labels) + rows[0]
    return "".join(f"<tr>{cells}</tr>" for cells in rows)


def _label_cell(name: str, depth: int, last: bool) -> str:
    corner = ' class="bq-corner"' if last else ""
    return f'<th{corner} rowspan="{depth}" scope="col">{name}</th>'


def _header_cells(header: Sequence[tuple[str, ...]], level: int, depth: int) -> Iterator[str]:
    at = 0
    while at < len(header):
        path, start = header[at], at
        at += 1
        while at < len(header) and len(header[at]) > level and header[at][: level + 1] == path[: level + 1]:
            at += 1
        if level < len(path):
            down = depth - level if len(path) == level + 1 else 1
            yield f'<th scope="col" colspan="{at - start}" rowspan="{down}">{told(path[level])}</th>'


def _row(row: Row, labels: Sequence[str], parents: set[tuple[str, ...]], cited: int | None) -> str:
    cells = [f"<td>{told(text)}</td>" for text in labels_of(row, labels)[:-1]]
    above = row.path[:-1]
    name = row.path[-1] if above in parents or not above else " / ".join(row.path)
    indent = min(len(above), DEEPEST) if above in parents else 0
    cells.append(f'<th scope="row" class="bq-in{indent}">{told(name)}</th>')
    for at, cell in enumerate(row.cells):
        text = told(cell.text) if cell else ""
        if at == cited:
            cells.append(f'<td class="bq-hit"><mark>{text or "（空白）"}</mark></td>')
        else:
            cells.append(f"<td>{text}</td>")
    kind = "bq-cited" if cited is not None else "bq-total" if row.total else ""
    return f'<tr class="{kind}">{"".join(cells)}</tr>'
