"""勾稽: check every table's sums, so that a misread cell cannot hide.

Three kinds of promise are checked: a row's total columns equal their parts, a row equals the sum of
its children, and the table's total row equals the sum of the outermost rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from index.columns import Equation, equations
from index.document import Row, Table
from index.text import parse_figure

ROUNDING = Decimal("0.6")
"""Each printed figure is off by half a unit in its last place, and a little; sums of n parts by n of them."""


@dataclass(frozen=True, slots=True)
class Break:
    """A sum that does not close: which promise, where, what is printed and what the parts give."""

    kind: str
    table: str
    row: str
    column: str
    printed: Decimal
    computed: Decimal
    first: int | None
    last: int | None


def audit(table: Table) -> tuple[int, list[Break]]:
    """Return how many sums were checked and those that do not close."""
    if not table.unit.endswith("元") or not table.header:
        return 0, []
    sums = equations(table.header)
    rounding = ROUNDING * _last_place(table)
    checked = 0
    breaks: list[Break] = []
    for kind, row, column, printed, parts in _promises(table, sums):
        checked += 1
        computed = sum(parts, Decimal(0))
        if abs(printed - computed) > rounding * (len(parts) + 1):
            name = "/".join(table.header[column])
            place = f"{table.number} {table.title}"
            label = "/".join(row.path)
            breaks.append(Break(kind, place, label, name, printed, computed, row.span.first, row.span.last))
    return checked, breaks


def _last_place(table: Table) -> Decimal:
    """Return the unit of the last place that the table prints: 0.01, or 1 where it prints whole 元."""
    values = (_value(row, column) for row in table.rows for column in range(len(table.header)))
    places = [int(value.as_tuple().exponent) for value in values if value is not None]
    return Decimal(1).scaleb(min(places, default=0))


def _value(row: Row, column: int) -> Decimal | None:
    cell = row.cells[column]
    return parse_figure(cell.text) if cell else None


def _promises(
    table: Table, sums: tuple[Equation, ...]
) -> Iterator[tuple[str, Row, int, Decimal, list[Decimal]]]:
    """Yield (kind, row, column, printed total, parts) for every sum the table promises."""
    width = len(table.header)
    for row in table.rows:
        for equation in sums:
            total = _value(row, equation.total)
            parts = [value for part in equation.parts if (value := _value(row, part)) is not None]
            if total is not None and parts:
                yield "行合计", row, equation.total, total, parts
    for at, row in enumerate(table.rows):
        children = _children(table.rows, at)
        for column in range(width):
            total = _value(row, column)
            parts = [value for child in children if (value := _value(child, column)) is not None]
            if total is not None and parts:
                yield "下级之和", row, column, total, parts


def _children(rows: tuple[Row, ...], at: int) -> list[Row]:
    """Return the rows one level below row `at`; for a total row those that it sums up."""
    row = rows[at]
    if row.total:
        return _summed(rows, at)
    if _is_unit_row(row):
        inside = []
        for other in rows[at + 1 :]:
            if other.subunit != row.subunit or other.total:
                break
            inside.append(other)
        depth = min((len(other.path) for other in inside), default=0)
        return [other for other in inside if len(other.path) == depth]
    children = []
    for other in rows[at + 1 :]:
        if len(other.path) <= len(row.path) or other.path[: len(row.path)] != row.path:
            break
        if len(other.path) == len(row.path) + 1:
            children.append(other)
    return children


def _summed(rows: tuple[Row, ...], at: int) -> list[Row]:
    """Return the rows that the total `at` is of.

    A single total is of all outermost rows. Of several, the last sums up the others and the rows between
    (本年收入合计 + 年初结转 = 总计), each other one the rows since the total before it.
    """
    totals = [number for number, row in enumerate(rows) if row.total]
    if len(totals) == 1:
        return _outermost(rows)
    before = [number for number in totals if number < at]
    start = before[-1] + 1 if before else 0
    if at == totals[-1]:
        return [*(rows[number] for number in before), *_outermost(rows[start:])]
    if start == at:  # a total that stands first
        return _outermost(rows[at + 1 : next(number for number in totals if number > at)])
    return _outermost(rows[start:at])


def _outermost(rows: tuple[Row, ...]) -> list[Row]:
    body = [other for other in rows if not other.total]
    units = [other for other in body if _is_unit_row(other)]
    depth = min((len(other.path) for other in body), default=0)
    return units or [other for other in body if len(other.path) == depth]


def _is_unit_row(row: Row) -> bool:
    return bool(row.subunit) and row.path[-1] == row.subunit
