"""Which column does a figure belong to? Arithmetic decides.

Print loses blank cells (layout text) or lets a row slip a column (tab text). A row's figures are
therefore placed so that totals equal their parts (合计 = 基本支出 + 项目支出, 总计 = the funds),
a row fills no column that its parent leaves blank, and the children of a row add up to it column by
column. Where arithmetic leaves a choice, the same figure standing beside the same label elsewhere in
the document decides, then the column that such tables usually fill.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from index.text import fold

TOLERANCE = Decimal("0.05")
"""Printed sums may differ from their parts by rounding: half a cent for each part, a few parts."""
MIN_EVIDENCE = 0.5
"""Weaker witnesses share a common word (支出) and prove nothing."""
MAX_CHOICES = 4000
"""More placements than this for one row are not weighed; such a row keeps its printed columns."""
_TOTALS = ("总计", "合计", "小计")

Placement = tuple[int, ...]
Evidence = Callable[[int, Decimal], float]


@dataclass(frozen=True, slots=True)
class Equation:
    """Column `total` equals the sum of columns `parts`."""

    total: int
    parts: tuple[int, ...]


@dataclass(slots=True)
class Line:
    """One row to place: its figures in printed order, their printed columns (None: lost), its parent.

    `parent` indexes the list of lines; -1 stands for none.
    """

    values: tuple[Decimal, ...]
    columns: Placement | None
    parent: int


def is_total(label: str) -> bool:
    """Tell whether a label names a total (总计, 合计, 小计, 支出合计 ...)."""
    return any(word in fold(label) for word in _TOTALS)


def equations(header: Sequence[tuple[str, ...]]) -> tuple[Equation, ...]:
    """Return the sums that a header promises: in each group its 合计/小计 is the sum of the rest.

    A group counts in its parent's sum through its own subtotal, or through its members if it has none.
    """
    found: list[Equation] = []

    def visit(columns: list[int], depth: int) -> tuple[int, ...]:
        groups: dict[str, list[int]] = {}
        for column in columns:
            path = header[column]
            groups.setdefault(path[depth] if depth < len(path) else "", []).append(column)
        total: int | None = None
        parts: list[int] = []
        for name, members in groups.items():
            if len(members) == 1:
                path = header[members[0]]
                if total is None and is_total(path[-1]) and len(columns) > 1:
                    total = members[0]
                else:
                    parts += members
            elif name:
                parts += visit(members, depth + 1)
            else:
                parts += members
        if total is None:
            return tuple(parts)
        if parts:
            found.append(Equation(total, tuple(parts)))
        return (total,)

    visit(list(range(len(header))), 0)
    return tuple(found)


def place(
    lines: Sequence[Line],
    width: int,
    sums: Sequence[Equation],
    evidence: Evidence,
    usual: Sequence[float],
) -> list[Placement]:
    """Return for each line the columns of its figures, in the order of `values`.

    `evidence(column, value)` is 0..1, `usual[column]` a small preference. A line that cannot be
    placed consistently keeps its printed columns, or fills from the left when those are lost.
    """
    children: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        children.setdefault(line.parent, []).append(at)
    placed: list[Placement] = [line.columns or tuple(range(len(line.values))) for line in lines]
    _settle(-1, None, lines, width, sums, evidence, usual, children, placed)
    return placed


def _settle(
    parent: int,
    cells: dict[int, Decimal] | None,
    lines: Sequence[Line],
    width: int,
    sums: Sequence[Equation],
    evidence: Evidence,
    usual: Sequence[float],
    children: dict[int, list[int]],
    placed: list[Placement],
) -> None:
    """Place the children of `parent`, whose own filled columns are `cells`, then theirs."""
    family = children.get(parent, [])
    values = [lines[at].values for at in family]

    def options(every: bool) -> list[list[Placement]]:
        return [
            sorted(
                _choices(lines[at], width, sums, cells, every),
                key=lambda option: -_score(option, lines[at], evidence, usual),
            )
            or [placed[at]]
            for at in family
        ]

    trusted = options(every=False)
    chosen = [choice[0] for choice in trusted]
    if cells is not None and family:
        # a slipped row can still satisfy its own sums: then only its parent's columns betray it
        chosen = (
            _match_sums(trusted, values, cells) or _match_sums(options(every=True), values, cells) or chosen
        )
    for at, option in zip(family, chosen, strict=True):
        placed[at] = option
        own = dict(zip(option, lines[at].values, strict=True)) if lines[at].values else cells
        _settle(at, own, lines, width, sums, evidence, usual, children, placed)


def _choices(
    line: Line, width: int, sums: Sequence[Equation], cells: dict[int, Decimal] | None, every: bool
) -> list[Placement]:
    """Return the placements of a line that satisfy the row sums and its parent's blanks.

    Unless `every` one is wanted, a printed placement that satisfies them is the only one.
    """
    allowed = [column for column in range(width) if cells is None or column in cells]
    printed = line.columns
    fits = printed is not None and set(printed) <= set(allowed) and _holds(printed, line.values, sums)
    if not every and fits and printed is not None:
        return [printed]
    count = len(line.values)
    if count > len(allowed):
        return []
    options = []
    for tried, option in enumerate(combinations(allowed, count)):
        if tried > MAX_CHOICES:
            return []
        if _holds(option, line.values, sums):
            options.append(option)
    return options


def _holds(option: Placement, values: Sequence[Decimal], sums: Sequence[Equation]) -> bool:
    """Tell whether the row sums hold; a sum whose total and parts are all blank holds."""
    cells = dict(zip(option, values, strict=True))
    for equation in sums:
        parts = [cells[column] for column in equation.parts if column in cells]
        total = cells.get(equation.total)
        if total is None and not parts:
            continue
        if total is None or not parts or abs(total - sum(parts)) > TOLERANCE:
            return False
    return True


def _score(option: Placement, line: Line, evidence: Evidence, usual: Sequence[float]) -> float:
    """Weigh one placement: witnesses first, then nearness to the print, then the usual columns."""
    score = 0.0
    for column, value in zip(option, line.values, strict=True):
        witness = evidence(column, value)
        score += (witness if witness >= MIN_EVIDENCE else 0.0) + 0.1 * usual[column] - 0.001 * column
    if line.columns is not None:
        score -= 0.05 * sum(abs(a - b) for a, b in zip(option, line.columns, strict=True))
    return score


def _match_sums(
    options: list[list[Placement]], values: list[tuple[Decimal, ...]], cells: dict[int, Decimal]
) -> list[Placement] | None:
    """Return the first combination, best options first, whose column sums equal `cells`."""
    rest = dict(cells)
    picked: list[Placement] = []
    budget = [20000]

    def search(at: int) -> bool:
        if at == len(options):
            return all(abs(value) <= TOLERANCE for value in rest.values())
        for option in options[at]:
            budget[0] -= 1
            if budget[0] < 0:
                return False
            pairs = list(zip(option, values[at], strict=True))
            if all(column in rest and rest[column] >= value - TOLERANCE for column, value in pairs):
                for column, value in pairs:
                    rest[column] -= value
                picked.append(option)
                if search(at + 1):
                    return True
                picked.pop()
                for column, value in pairs:
                    rest[column] += value
        return False

    return picked if search(0) else None
