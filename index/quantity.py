"""Figures with units in running text and in performance cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from index.rules import prose
from index.text import parse_figure, squash

_COMPARATOR = re.compile(r"^(?:[＞>]\s*[=＝]|[＜<]\s*[=＝]|[≥≧]|[≤≦]|[＝=]|[＞>]|[＜<])")
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


def _figure_pattern() -> re.Pattern[str]:
    units = "|".join(re.escape(unit) for unit in sorted(prose("units"), key=len, reverse=True))
    return re.compile(rf"(?<![\d.,〔（(\[【第-])(\d[\d,]*(?:\.\d+)*)({units})(?!以上|以下|以内|左右|单价|/)")


FIGURE = _figure_pattern()
"""A figure with its unit in squashed text; `50万元以上` is part of a name, not a figure."""
