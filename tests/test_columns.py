"""Figures that lost their columns find them again, because totals equal their parts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.columns import Equation, Line, Placement, equations, is_total, place

PLAIN = (("合计",), ("基本支出",), ("项目支出",))
WIDE = (("合计",), ("工资福利支出",), ("商品和服务支出",), ("资本性支出",))
FUNDS = (
    ("总计",),
    ("财政拨款", "小计"),
    ("财政拨款", "一般公共预算"),
    ("财政拨款", "政府性基金"),
    ("单位资金",),
)
HEADERS = (PLAIN, WIDE, FUNDS)
Cells = tuple[int, ...]
Tables = tuple[tuple[tuple[str, ...], ...], list[Cells]]


def no_evidence(column: int, value: Decimal) -> float:
    return 0.0


def settle(lines: Sequence[Line], header: tuple[tuple[str, ...], ...]) -> list[Placement]:
    return place(lines, len(header), equations(header), no_evidence, [0.0] * len(header))


def line(cells: Cells, parent: int, columns: Placement | None = None) -> Line:
    """Return a row without its blank cells (zeros)."""
    return Line(tuple(Decimal(value) for value in cells if value), columns, parent)


def filled(cells: Cells) -> Placement:
    return tuple(column for column, value in enumerate(cells) if value)


def with_totals(header: tuple[tuple[str, ...], ...], leaves: Sequence[int]) -> Cells:
    """Fill the total columns of a row from the leaf columns, inner totals first."""
    sums = {equation.total: equation.parts for equation in equations(header)}
    given_leaves = iter(leaves)
    cells = [0 if column in sums else next(given_leaves) for column in range(len(header))]
    for column in sorted(sums, reverse=True):
        cells[column] = sum(cells[part] for part in sums[column])
    return tuple(cells)


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    """Draw a header and rows that keep all its promises; zeros stand for blank cells."""
    header = draw(st.sampled_from(HEADERS))
    leaves = len(header) - len(equations(header))
    row = st.lists(st.integers(0, 6), min_size=leaves, max_size=leaves).filter(any)
    return header, [with_totals(header, found) for found in draw(st.lists(row, min_size=1, max_size=4))]


def sum_of(rows: Sequence[Cells]) -> Cells:
    return tuple(sum(column) for column in zip(*rows, strict=True))


def keeps_promises(header: tuple[tuple[str, ...], ...], cells: Cells) -> bool:
    return all(cells[eq.total] == sum(cells[part] for part in eq.parts) for eq in equations(header))


def solutions(header: tuple[tuple[str, ...], ...], rows: Sequence[Cells], total: Cells) -> list[list[Cells]]:
    """Return all ways to spread the figures of the rows that keep every promise."""
    ways = []
    for row in rows:
        figures = [value for value in row if value]
        spread = []
        for columns in combinations(range(len(header)), len(figures)):
            cells = [0] * len(header)
            for column, value in zip(columns, figures, strict=True):
                cells[column] = value
            if keeps_promises(header, tuple(cells)):
                spread.append(tuple(cells))
        ways.append(spread)
    return [list(way) for way in product(*ways) if sum_of(way) == total]


@given(tables())
def test_rows_without_their_blanks_are_recovered_when_there_is_one_solution(table: Tables) -> None:
    header, rows = table
    total = sum_of(rows)
    assume(len(solutions(header, rows, total)) == 1)
    lines = [line(total, -1, filled(total)), *(line(row, 0) for row in rows)]
    assert settle(lines, header) == [filled(total), *map(filled, rows)]


@given(tables(), st.data())
def test_slipped_rows_are_recovered_when_there_is_one_solution(table: Tables, data: st.DataObject) -> None:
    header, rows = table
    total = sum_of(rows)
    assume(len(solutions(header, rows, total)) == 1)
    lines = [line(total, -1, filled(total))]
    for row in rows:
        slipped = list(combinations(range(len(header)), len(filled(row))))
        lines.append(line(row, 0, data.draw(st.sampled_from(slipped))))
    assert settle(lines, header) == [filled(total), *map(filled, rows)]


@given(tables())
def test_what_is_placed_keeps_every_promise_even_when_several_ways_do(table: Tables) -> None:
    header, rows = table
    total = sum_of(rows)
    placed = settle([line(total, -1, filled(total)), *(line(row, 0) for row in rows)], header)
    spread = []
    for row, columns in zip(rows, placed[1:], strict=True):
        cells = dict(zip(columns, filter(None, row), strict=True))
        spread.append(tuple(cells.get(column, 0) for column in range(len(header))))
    assert all(keeps_promises(header, cells) for cells in spread)
    assert sum_of(spread) == total


@given(tables())
def test_grandchildren_are_placed_below_their_own_parent(table: Tables) -> None:
    header, rows = table
    total = sum_of(rows)
    assume(len(solutions(header, rows, total)) == 1)
    lines = [line(total, -1, filled(total)), *(line(row, 0) for row in rows)]
    lines += [line(row, at) for at, row in enumerate(rows, 1)]
    assert settle(lines, header) == [filled(total), *map(filled, rows), *map(filled, rows)]


figures = st.decimals(-999, 99999, places=2).map(Decimal)


@given(st.sampled_from(HEADERS), st.data())
def test_no_figure_is_lost_or_reordered_whatever_is_printed(
    header: tuple[tuple[str, ...], ...], data: st.DataObject
) -> None:
    lines: list[Line] = []
    for at in range(data.draw(st.integers(0, 6))):
        values = tuple(data.draw(st.lists(figures, max_size=len(header) + 2)))
        places = st.lists(st.integers(0, 9), min_size=len(values), max_size=len(values), unique=True)
        printed = data.draw(st.none() | places.map(lambda found: tuple(sorted(found))))
        lines.append(Line(values, printed, data.draw(st.integers(-1, at - 1))))
    placed = settle(lines, header)
    assert len(placed) == len(lines)
    for columns, read in zip(placed, lines, strict=True):
        assert len(columns) == len(read.values)
        assert list(columns) == sorted(set(columns))


@pytest.mark.parametrize(
    ("header", "sums"),
    [
        (PLAIN, (Equation(0, (1, 2)),)),
        (FUNDS, (Equation(1, (2, 3)), Equation(0, (1, 4)))),
        ((("预算数",),), ()),
        ((("一般公共预算",), ("政府性基金",)), ()),
        (
            (("支出", "合计"), ("支出", "基本", "人员"), ("支出", "基本", "公用"), ("支出", "项目")),
            (Equation(0, (1, 2, 3)),),
        ),
    ],
    ids=["total", "subtotal", "one", "no-total", "group-without-subtotal"],
)
def test_a_header_promises_its_sums(header: tuple[tuple[str, ...], ...], sums: tuple[Equation, ...]) -> None:
    assert set(equations(header)) == set(sums)


def test_rounding_of_printed_sums_does_not_break_a_placement() -> None:
    rows = [("10.00", "3.33", "6.68"), ("5.00", "5.00")]
    total = Line(tuple(map(Decimal, ("15.00", "8.33", "6.67"))), (0, 1, 2), -1)
    lines = [total, *(Line(tuple(map(Decimal, row)), None, 0) for row in rows)]
    assert settle(lines, PLAIN)[1:] == [(0, 1, 2), (0, 1)]


def test_a_blank_of_the_parent_is_a_blank_of_its_children() -> None:
    lines = [line((5, 0, 5), -1, (0, 2)), line((3, 0, 3), 0)]
    assert settle(lines, PLAIN)[1] == (0, 2)


def test_where_sums_leave_a_choice_witnesses_decide_then_the_usual_column() -> None:
    lone = [line((5, 5, 0), -1)]
    sums = equations(PLAIN)
    assert place(lone, 3, sums, lambda column, value: float(column == 2), [0, 0, 0]) == [(0, 2)]
    assert place(lone, 3, sums, no_evidence, [0, 0, 1]) == [(0, 2)]
    assert place(lone, 3, sums, lambda column, value: float(column == 1), [0, 0, 1]) == [(0, 1)]


def test_a_row_that_fits_no_placement_keeps_its_printed_columns() -> None:
    assert settle([Line((Decimal(7), Decimal(5)), (0, 2), -1)], PLAIN) == [(0, 2)]
    assert settle([Line((Decimal(7), Decimal(5)), None, -1)], PLAIN) == [(0, 1)]


@pytest.mark.parametrize("label", ["合计", "总 计", "支出合计", "财政拨款（补助）小计", "收入总计"])
def test_total_labels_are_known(label: str) -> None:
    assert is_total(label)


@pytest.mark.parametrize("label", ["基本支出", "计划标准", "会计服务", "总工会经费"])
def test_other_labels_are_no_totals(label: str) -> None:
    assert not is_total(label)
