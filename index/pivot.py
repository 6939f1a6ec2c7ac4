"""A table without row names: one row of figures below columns that name the items.

So the three public expenses are printed: 合计 | 因公出国（境）费 | 公务接待费 | 公务用车购置及运行费 (小计,
购置费, 运行费), each perhaps with 预算数 and 决算数 below. Each item becomes a row, found like others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.columns import is_total
from index.document import Cell, Row, Span
from index.items import GridRow
from index.text import fold, is_han, parse_figure

_MEASURE = re.compile(r"((?:\d{4}年度?)?)(.*?)((?:年初|全年|调整)?(?:预算|决算|执行)数?)$")
_JOINED = re.compile(r"[及和与、]")
_KIND = re.compile(r"(?:费用?|支出|经费)$")


def is_without_names(body: Sequence[GridRow]) -> bool:
    """Tell whether a table's body is one row of figures, none of them with a name beside it."""
    filled = [cell for row in body for cell in row.cells if cell]
    figures = [cell for cell in filled if parse_figure(cell) is not None]
    return len(body) == 1 and len(figures) == len(filled) > 1 and not any(map(is_han, filled))


def pivot(
    paths: Sequence[tuple[str, ...]], cells: Sequence[Cell | None], subject: str, span: Span
) -> tuple[tuple[tuple[str, ...], ...], list[Row]]:
    """Return the header and rows of such a table; `subject` is what its grand total is about."""
    named = [_name(path, subject) for path in paths]
    measures = tuple(dict.fromkeys(measure for _, measure in named))
    rows: dict[tuple[str, ...], list[Cell | None]] = {}
    for (path, measure), cell in zip(named, cells, strict=True):
        if path:  # a column without a name names no item
            rows.setdefault(path, [None] * len(measures))[measures.index(measure)] = cell
    full = {path: _in_full(path, list(rows)) for path in rows}
    return tuple((measure,) for measure in measures), [
        Row(full[path], tuple(row), span) for path, row in rows.items()
    ]


def _name(path: tuple[str, ...], subject: str) -> tuple[tuple[str, ...], str]:
    """Split a column's path into the item's own path and what is said of it: 预算数, 2024年决算数."""
    measure = "预算数"
    steps: list[str] = []
    for step in path:
        match = _MEASURE.match(step)
        if match:
            measure, step = match.group(1) + match.group(3), match.group(2)
        if step and not is_total(step):
            steps.append(subject if subject and fold(subject) in fold(step) else step)
    if not steps or (subject and steps[0] != subject and len(path) > 1):
        steps.insert(0, subject)
    return tuple(step for step in steps if step), measure


def _in_full(path: tuple[str, ...], paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the path with a part's name made complete: 购置费 of 公务用车购置及运行费 is 公务用车购置费."""
    if len(path) < 2:
        return path
    owner = path[-2]
    stems = [_KIND.sub("", other[-1]) for other in paths if other[:-1] == path[:-1]]
    places = [owner.find(stem) for stem in stems if stem and owner.find(stem) > 0]
    head = owner[: min(places)] if places and _JOINED.search(owner) else ""
    own = path[-1] if not head or path[-1].startswith(head) else head + path[-1]
    return (*_in_full(path[:-1], paths), own)
