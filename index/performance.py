"""Performance target tables (绩效目标表): key-value head, then indicators × target, last year, weight.

Rows slip sideways in print, so a row is read by what its cells say: known 一级/二级 names first, the
indicator next, then its target; what follows is counted from the target.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from index.document import Cell, Row, Span, Table
from index.items import GridRow
from index.outline import CaptionedGrid
from index.text import fold, is_han, parse_figure, squash, strip_enumeration

_FILE = Path(__file__).parent / "rules" / "performance.json"
_GOALS = ("项目总体目标", "年度绩效目标", "年度总体目标", "总体目标", "绩效目标")
_OWNERS = ("实施单位", "项目单位", "预算单位", "部门名称", "主管部门")
"""Keys that name the unit a table is of, the most special one first."""
_TARGET = re.compile(r"[<>=≥≤＜＞]|\d")


@cache
def terms(kind: str) -> tuple[str, ...]:
    """Return the vocabulary of one kind: levels1, levels2, bases, rules, evidence, header, private."""
    rules: dict[str, list[str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(rules[kind])


@cache
def closed_terms() -> frozenset[str]:
    """Return the words of fixed cells: a cell that holds one is complete."""
    return frozenset(terms("levels2") + terms("bases") + terms("rules") + terms("evidence"))


@cache
def _level_names() -> frozenset[str]:
    return frozenset(squash(name) for name in terms("levels1") + terms("levels2"))


def is_performance(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a grid has the header of an indicator table."""
    return any(_is_indicator_header(row) for row in rows)


def _is_indicator_header(row: Sequence[str]) -> bool:
    names = {squash(cell) for cell in row}
    return "三级指标" in names and "指标值" in names


def performance_table(rows: Sequence[GridRow], caption: CaptionedGrid, doc: str, entity: str) -> list[Table]:
    """Return the head (funds, goal) and the indicators of one performance table."""
    start = next(at for at, row in enumerate(rows) if _is_indicator_header(row.cells))
    owner, project, head = _read_head(rows[:start], doc)
    names = [squash(cell) for cell in rows[start].cells]
    levels = names.index("三级指标"), names.index("指标值")
    # a merged header cell leaves a blank column behind it, which its figures leave too
    shown = [at for at in range(levels[1], len(names)) if names[at]]
    columns = tuple((names[at],) for at in shown)
    body = _read_indicators(rows[start + 1 :], levels, [at - levels[1] for at in shown], doc, project, owner)
    span = Span(doc, rows[0].first, rows[-1].last, rows[0].page)
    title = caption.title or "绩效目标表"
    of = caption.entity or entity

    def table(unit: str, header: tuple[tuple[str, ...], ...], rows: Sequence[Row]) -> Table:
        return Table(
            caption.number, title, unit, of, header, tuple(rows), span, caption.section, project, owner
        )

    tables = [table("万元", (("金额",),), head), table("", columns, body)]
    return [table for table in tables if table.rows]


def _read_head(rows: Sequence[GridRow], doc: str) -> tuple[str, str, list[Row]]:
    """Return the owner, the project and the rows of funds and goals; persons are left out."""
    owners: dict[str, str] = {}
    project = ""
    found: list[Row] = []
    for row in rows:
        filled = [cell for cell in row.cells if cell]
        span = Span(doc, row.first, row.last, row.page)
        for key, value in zip(filled, filled[1:], strict=False):
            name = strip_enumeration(squash(key)).rstrip(":：")
            plain = name.partition("（")[0].partition("(")[0]
            if plain in terms("private"):
                continue
            if plain in _OWNERS and squash(value) not in _OWNERS:
                owners.setdefault(plain, squash(value))
            elif plain == "项目名称" and not project:
                project = squash(value)
            elif plain in _GOALS:
                found.append(Row((plain,), (Cell(value, span),), span))
            elif parse_figure(value) is not None and is_han(name):
                found.append(Row((plain,), (Cell(squash(value), span),), span, total=plain == "合计"))
    owner = next((owners[key] for key in _OWNERS if key in owners), "")
    return owner, project, found


def joins_after(rows: Sequence[GridRow]) -> Sequence[GridRow]:
    """Return the indicator rows of a continuation page: those after its repeated header."""
    start = next((at for at, row in enumerate(rows) if _is_indicator_header(row.cells)), -1)
    return rows[start + 1 :]


def _is_aligned(cells: Sequence[str], levels: tuple[int, int]) -> bool:
    """Tell whether a row stands under its header: names before the target, the target where it belongs."""
    third, target = levels
    if not third < target < len(cells) or not cells[third] or not cells[target]:
        return False
    upper = [squash(cell) for cell in cells[:third]]
    slipped = not (upper and upper[0]) and any(
        name in terms("levels1") and name not in terms("levels2") for name in upper[1:]
    )
    return (
        not slipped and not _TARGET.match(squash(cells[third])) and squash(cells[third]) not in closed_terms()
    )


def _mended(rows: Sequence[GridRow], levels: tuple[int, int]) -> list[GridRow]:
    """Join rows that the print broke in two: 效益|社会|… above 指标|效益指标|…, a name above its rest."""
    known = _level_names()
    mended: list[GridRow] = []
    for row in rows:
        before = mended[-1] if mended else None
        heads = zip(before.cells[:2], row.cells[:2], strict=False) if before else ()
        parts = [(squash(one), squash(other)) for one, other in heads if one or other]
        broken = bool(parts) and all(a and b and a not in known and a + b in known for a, b in parts)
        if before and (broken or _is_rest(row.cells, before.cells, levels)):
            width = max(len(before.cells), len(row.cells))
            padded = [tuple(cells) + ("",) * (width - len(cells)) for cells in (before.cells, row.cells)]
            cells = tuple(one + other for one, other in zip(*padded, strict=True))
            mended[-1] = replace(before, last=row.last, cells=cells)
        else:
            mended.append(row)
    return mended


def _is_rest(cells: Sequence[str], before: Sequence[str], levels: tuple[int, int]) -> bool:
    """Tell whether a row only goes on with cells of the aligned row before: it has no target or no name."""
    third, target = levels
    if third > target:
        return False
    filled = [at for at, cell in enumerate(cells) if cell]
    whole = len(cells) > target and cells[third] and cells[target]
    known = _level_names()
    return (
        bool(filled)
        and not whole
        and len(filled) <= 2
        and _is_aligned(before, levels)
        and all(at < len(before) and before[at] and squash(cells[at]) not in known for at in filled)
        and not any(squash(cells[at]) in closed_terms() for at in filled)
    )


def _only_second(name: str) -> bool:
    return name in terms("levels2") and name not in terms("levels1")


def _read_indicators(
    rows: Sequence[GridRow],
    levels: tuple[int, int],
    offsets: Sequence[int],
    doc: str,
    project: str,
    owner: str,
) -> list[Row]:
    """Return one row an indicator, with its 一级 and 二级 names carried down.

    `offsets` tells where its values stand, counted from the target.
    """
    first = second = ""
    found: list[Row] = []
    for row in _mended(rows, levels):
        at = 0
        cells = row.cells
        if _is_aligned(cells, levels):
            at, value_at = levels
            upper = [squash(cell) for cell in cells[:at]]
            if upper and upper[0] and not _only_second(upper[0]):
                first, second = upper[0], ""
                upper = upper[1:]
            second = next((name for name in upper if name), second)
        else:
            while at < len(cells):
                name = squash(cells[at])
                after = next((squash(cell) for cell in cells[at + 1 :] if cell), "")
                if name in terms("levels1") and (name not in terms("levels2") or after in terms("levels2")):
                    first = name
                elif name in terms("levels2"):
                    second = name
                elif name:
                    break
                at += 1
            if at >= len(cells) - 1:
                continue
            value_at = next((i for i in range(at + 1, len(cells)) if cells[i]), -1)
            if value_at < 0:
                continue
        span = Span(doc, row.first, row.last, row.page)
        places = [value_at + offset for offset in offsets]
        values = tuple(
            Cell(squash(cells[place]), span) if place < len(cells) and cells[place] else None
            for place in places
        )
        path = tuple(name for name in (first, second, squash(cells[at])) if name)
        if fold(path[-1]) in {fold(name) for name in terms("header")}:
            continue
        found.append(Row(path, values, span, subunit=owner, project=project))
    return found
