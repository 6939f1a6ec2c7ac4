"""Ruling lines of a page -> tables of areas: an area, one cell or some merged ones, has no rule inside."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.document import Box
from index.readers.pdf_page import Page, Rule

SAME_RULE = 1.5
"""Rules this near are one: double lines, a line drawn cell by cell."""
JOINED = 3.0
"""Rules this near end to end go on, and cross when they come so near."""
NARROWEST = 4.0
"""A strip this narrow between two rules holds no text: both are one border."""
COVERED = 0.6
"""An area has a border where rules cover this share of its side."""
MAX_STRIPS = 400
"""A drawing with more rows or columns is no table."""


@dataclass(frozen=True, slots=True)
class Area:
    """A cell: its first row and column, how many it covers, and where it stands."""

    row: int
    column: int
    rows: int
    columns: int
    box: Box


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table as its rules draw it; `owner[row][column]` is the place in `areas` of what covers it."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    areas: tuple[Area, ...]
    owner: tuple[tuple[int, ...], ...]

    def at(self, x: float, y: float) -> int | None:
        """Return the area that holds a point, None outside the table."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[0] <= y < self.ys[-1]):
            return None
        return self.owner[bisect_right(self.ys, y) - 1][bisect_right(self.xs, x) - 1]


def ruled_tables(page: Page) -> list[RuledTable]:
    """Return the tables that rules draw on a page, inner ones before those around them."""
    tables = [_table(across, down) for across, down in _drawings(_merged(page.across), _merged(page.down))]
    found = [table for table in tables if table is not None]
    return sorted(found, key=lambda table: (table.xs[-1] - table.xs[0]) * (table.ys[-1] - table.ys[0]))


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules with neighbours on one line joined."""
    lines: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if lines and rule.at - lines[-1][0].at <= SAME_RULE:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    joined: list[Rule] = []
    for line in lines:
        at = sum(rule.at for rule in line) / len(line)
        start = end = None
        for rule in sorted(line, key=lambda rule: rule.start):
            if start is None or end is None:
                start, end = rule.start, rule.end
            elif rule.start <= end + JOINED:
                end = max(end, rule.end)
            else:
                joined.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        if start is not None and end is not None:
            joined.append(Rule(at, start, end))
    return joined


def _drawings(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return the groups of rules that hang together by crossing."""
    group = list(range(len(across) + len(down)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    for one, level in enumerate(across):
        for other, upright in enumerate(down, len(across)):
            if _cross(level, upright):
                group[root(one)] = root(other)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for at, rule in enumerate([*across, *down]):
        found.setdefault(root(at), ([], []))[at >= len(across)].append(rule)
    return [(level, upright) for level, upright in found.values() if level and upright]


def _cross(level: Rule, upright: Rule) -> bool:
    return (
        level.start - JOINED <= upright.at <= level.end + JOINED
        and upright.start - JOINED <= level.at <= upright.end + JOINED
    )


def _table(across: Sequence[Rule], down: Sequence[Rule]) -> RuledTable | None:
    """Return the table of one drawing; None for a mere frame and for anything that is no table."""
    xs = _borders(down, [end for rule in across for end in (rule.start, rule.end)])
    ys = _borders(across, [end for rule in down for end in (rule.start, rule.end)])
    if not (2 <= len(ys) <= MAX_STRIPS and 3 <= len(xs) <= MAX_STRIPS):
        return None
    rows, columns = len(ys) - 1, len(xs) - 1
    beside = _bordered(xs, ys, down)
    below = _bordered(ys, xs, across)
    owner = [[-1] * columns for _ in range(rows)]
    areas: list[Area] = []
    for row in range(rows):
        for column in range(columns):
            if owner[row][column] >= 0:
                continue
            held = [(row, column)]
            owner[row][column] = len(areas)
            for r, c in held:
                for r2, c2, border in (
                    (r, c + 1, c + 1 == columns or beside[c + 1][r]),
                    (r, c - 1, beside[c][r]),
                    (r + 1, c, r + 1 == rows or below[r + 1][c]),
                    (r - 1, c, below[r][c]),
                ):
                    if not border and owner[r2][c2] < 0:
                        owner[r2][c2] = len(areas)
                        held.append((r2, c2))
            first_row, last_row = min(r for r, _ in held), max(r for r, _ in held)
            first, last = min(c for _, c in held), max(c for _, c in held)
            box = xs[first], ys[first_row], xs[last + 1], ys[last_row + 1]
            areas.append(Area(first_row, first, last_row - first_row + 1, last - first + 1, box))
    if len(areas) < 2:
        return None
    return RuledTable(tuple(xs), tuple(ys), tuple(areas), tuple(map(tuple, owner)))


def _borders(rules: Iterable[Rule], ends: Sequence[float]) -> list[float]:
    """Return the borders of strips: the places of rules and the outermost ends of those across them."""
    borders: list[float] = []
    for at in sorted([*(rule.at for rule in rules), min(ends), max(ends)]):
        if not borders or at - borders[-1] > NARROWEST:
            borders.append(at)
    return borders


def _bordered(borders: Sequence[float], strips: Sequence[float], rules: Sequence[Rule]) -> list[list[bool]]:
    """Tell for each border and each strip across it whether rules cover it; outer borders always count."""
    covered = [[0.0] * (len(strips) - 1) for _ in borders]
    for rule in rules:
        border = min(range(len(borders)), key=lambda at: abs(borders[at] - rule.at))
        for strip, (start, end) in enumerate(zip(strips, strips[1:], strict=False)):
            covered[border][strip] += max(0.0, min(end, rule.end) - max(start, rule.start))
    lengths = [end - start for start, end in zip(strips, strips[1:], strict=False)]
    outer = (0, len(borders) - 1)
    return [
        [at in outer or length >= COVERED * full for length, full in zip(row, lengths, strict=True)]
        for at, row in enumerate(covered)
    ]
