"""Figures with units in running text and in performance cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from index.rules import prose
from index.text import parse_figure, squash

_COMPARATOR = re.compile(r"^(?:[＞>]\s*[=＝]|[＜<]\s*[=＝]|[≥≧]|[≤≦]|[＝=]|[＞>]|[＜<])")
_TITLE = re.compile(r"《[^》]*》")
_SIGNS = {"＞": ">", "＜": "<", "＝": "=", "≧": "≥", "≦": "≤"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as a cell states it: `≥5000个` is comparator ≥, value 5000, unit 个."""

    comparator: str
    value: Decimal
    unit: str


def parse_quantity(text: str) -> Quantity | None:
    """Return the quantity that the whole cell states, None when it holds words or a date."""
    text = squash(text)
    comparator = ""
    mark = _COMPARATOR.match(text)
    if mark:
        comparator = "".join(_SIGNS.get(c, c) for c in mark.group())
        comparator = {">=": "≥", "<=": "≤"}.get(comparator, comparator)
        text = text[mark.end() :]
    match = re.match(r"-?\d[\d,]*(?:\.\d+)?", text)
    if not match:
        return None
    value = parse_figure(match.group())
    unit = text[match.end() :]
    if value is None or re.search(r"\d", unit) or unit.startswith(("年", "月")) or len(unit) > 8:
        return None
    return Quantity(comparator, value, unit)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in squashed text: its place, its value and its unit (人 for a bare 编制数 515)."""

    start: int
    end: int
    value: Decimal
    unit: str


@cache
def _pattern() -> re.Pattern[str]:
    units = "|".join(re.escape(unit) for unit in sorted(prose("units"), key=len, reverse=True))
    bare = "|".join(rf"(?<={word})" for word in prose("bare_counts"))
    return re.compile(
        rf"(?<![\d.,〔（(\[【第-])(?P<digits>\d[\d,]*(?:\.\d+)*)(?P<unit>(?:{units})(?:/(?:{units}))?|万(?=[，,。；;、）]|$))(?!(?:[（(]含[）)])?(?:以上|以下|以内)|左右|单价|/)"
        rf"|(?:{bare})(?P<bare>\d+)(?=[，。,；、])"
    )


def figures(text: str, start: int = 0, end: int | None = None) -> Iterator[Figure]:
    """Yield the figures of squashed text; `50万元以上` is part of a name, not a figure."""
    titles = [match.span() for match in _TITLE.finditer(text)]
    for match in _pattern().finditer(text, start, len(text) if end is None else end):
        if any(first < match.start() < last for first, last in titles):
            continue
        value = parse_figure(match.group("digits") or match.group("bare"))
        if value is not None:
            unit = match.group("unit") or "人"
            yield Figure(match.start(), match.end(), value, "万元" if unit == "万" else unit)


def has_figure(text: str) -> bool:
    """Tell whether squashed text holds a figure with its unit."""
    return next(figures(text), None) is not None
