"""Sets of departments by where they are: 两个自治州的人社局, 上海的各街道, 新疆的几家单位."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from index.departments import FUNCTION, Department
from index.naming import function_table, place_forms
from index.register import Register
from qa.names import LONGEST_PLACE, place_at

_NUMBERS = {char: at for at, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
_KINDS = {
    "自治州": ("自治州",),
    "地州市": ("自治州", "地区", "市"),
    "地州": ("自治州", "地区", "市"),
    "州": ("自治州",),
    "地区": ("地区",),
    "区县": ("区", "县"),
    "市": ("市",),
    "县": ("县",),
    "区": ("区",),
    "镇": ("镇",),
    "乡": ("乡",),
}
"""What people call a kind of place, and how the names of such places end."""
_SET = (
    r"(?:的|这|那|里|内|下面|所有|全部|已收录)*"
    r"(?:各个?|哪(?:些|几)?(?=家|个)|几|所有|全部|[两二三四五六七八九十]|\d{1,3})(?:家|个)?"
)
_WHOM = r"(?:单位|部门|街道(?:办事处)?|委办局|局|厅)"


@dataclass(frozen=True, slots=True)
class Region:
    """The departments of a region and where the question names it."""

    start: int
    end: int
    entities: tuple[str, ...]


def find_region(text: str, register: Register) -> Region | None:
    """Return the set of departments that folded `text` names by kind of place or by the place around them.

    A count that does not agree (三个自治州, of two) names no set; neither does a place with one department.
    """
    kinds, several = _patterns()
    found = kinds.search(text)
    if found and not place_at(text, found.start("kind"), function_table()):  # 所有市场监督管理局 is of no 市
        endings = _KINDS[found.group("kind")]
        there = register.within([place for place in register.places if _is_kind(place, endings)])
        count = _NUMBERS.get(found.group("count"), 0)
        if len(there) > 1 and count in (0, len(there)):
            return Region(found.start(), _with_function(text, found.end(), register), _entities(there))
    for found in several.finditer(text):
        for start in range(max(found.start() - LONGEST_PLACE, 0), found.start() - 1):
            place = text[start : found.start()]
            there = register.within([own for own in register.places if _lies_in(own, place)])
            if len(there) > 1:
                return Region(start, found.start(), _entities(there))
    return None


def _entities(departments: Sequence[Department]) -> tuple[str, ...]:
    return tuple(department.entity for department in departments)


def _with_function(text: str, end: int, register: Register) -> int:
    """Return where a function ends that begins at `end`: 各区的万里街道."""
    forms = (hit.text for hit in register.hits(text) if hit.kind == FUNCTION)
    return end + max((len(form) for form in forms if text.startswith(form, end)), default=0)


def _is_kind(place: str, endings: tuple[str, ...]) -> bool:
    return any(form.endswith(endings) and not form.endswith("自治区") for form in place_forms(place))


def _lies_in(own: str, place: str) -> bool:
    """Tell whether a department's own place is in a place, or is it."""
    return own.endswith(place) or any(form.startswith(place) for form in place_forms(own))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of sets by kind of place, and of what follows a place that several lie in."""
    functions = sorted((form for form in function_table() if len(form) > 2), key=len, reverse=True)
    whom = "|".join([*map(re.escape, functions), _WHOM])
    kinds = re.compile(
        rf"(?<![给到往向拨付])(?:这|那)?(?P<count>[两二三四五六七八九十几各]|所有|全部)个?(?P<kind>{'|'.join(_KINDS)})(?:级)?的?(?:{whom})?"
    )
    return kinds, re.compile(rf"{_SET}(?:{whom})")
