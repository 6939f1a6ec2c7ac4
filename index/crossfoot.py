"""勾稽: check every table's sums, so that a misread cell cannot hide.

Three kinds of promise are checked: a row's total columns equal their parts, a row equals the sum of
its children, and the table's total row equals the sum of the outermost rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from index.columns import equations
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


Place = tuple[int, int]
"""A cell of a table by row and column."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A printed total and the cells that it is the sum of."""

    kind: str
    total: Place
    parts: tuple[Place, ...]
    printed: Decimal
    computed: Decimal
    rounding: Decimal

    @property
    def kept(self) -> bool:
        """Whether the sum closes."""
        return abs(self.printed - self.computed) <= self.rounding * (len(self.parts) + 1)


def audit(table: Table) -> tuple[int, list[Break]]:
    """Return how many sums were checked and those that do not close."""
    promises = list(_promises(table))
    return len(promises), [_break(table, promise) for promise in promises if not promise.kept]


def checked_cells(table: Table) -> tuple[set[Place], set[Place]]:
    """Return the cells that sums of several parts prove, and those in sums that do not close."""
    promises = list(_promises(table))
    proven, broken = (
        {place for promise in some for place in (promise.total, *promise.parts)}
        for some in (
            [promise for promise in promises if promise.kept and len(promise.parts) > 1],
            [promise for promise in promises if not promise.kept],
        )
    )
    return proven, broken


def _break(table: Table, promise: Promise) -> Break:
    at, column = promise.total
    row = table.rows[at]
    name = "/".join(table.header[column])
    place = f"{table.number} {table.title}"
    label = "/".join(row.path)
    return Break(
        promise.kind, place, label, name, promise.printed, promise.computed, row.span.first, row.span.last
    )


def _last_place(table: Table) -> Decimal:
    """Return the unit of the last place that the table prints: 0.01, or 1 where it prints whole 元."""
    values = (_value(row, column) for row in table.rows for column in range(len(table.header)))
    places = [int(value.as_tuple().exponent) for value in values if value is not None]
    return Decimal(1).scaleb(min(places, default=0))


def _value(row: Row, column: int) -> Decimal | None:
    cell = row.cells[column]
    return parse_figure(cell.text) if cell else None


def _promises(table: Table) -> Iterator[Promise]:
    """Yield every sum that a table of amounts promises."""
    if not table.unit.endswith("元") or not table.header:
        return
    rounding = ROUNDING * _last_place(table)
    for kind, total, places in _sums(table):
        printed = _value(table.rows[total[0]], total[1])
        values = {place: _value(table.rows[place[0]], place[1]) for place in places}
        parts = {place: value for place, value in values.items() if value is not None}
        if printed is not None and parts:
            computed = sum(parts.values(), Decimal(0))
            yield Promise(kind, total, tuple(parts), printed, computed, rounding)


def _sums(table: Table) -> Iterator[tuple[str, Place, list[Place]]]:
    """Yield (kind, place of the total, places of its parts) for every sum, blank cells included."""
    sums = equations(table.header)
    for at in range(len(table.rows)):
        for equation in sums:
            yield "行合计", (at, equation.total), [(at, part) for part in equation.parts]
    numbers = {id(row): at for at, row in enumerate(table.rows)}
    for at in range(len(table.rows)):
        children = [numbers[id(child)] for child in _children(table.rows, at)]
        for column in range(len(table.header)):
            yield "下级之和", (at, column), [(child, column) for child in children]


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
