"""Sets of departments by where they are: 两个自治州的人社局, 上海的各街道, 新疆的几家单位."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.text import fold
from qa.names import Department, function_forms, place_forms, place_names, split_name

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


def find_region(text: str, known: Sequence[Department]) -> Region | None:
    """Return the set of departments that folded `text` names by kind of place or by the place around them.

    A count that does not agree (三个自治州, of two) names no set; neither does a place with one department.
    """
    kinds, inside = _patterns(tuple(known))
    found = kinds.search(text)
    if found:
        endings = _KINDS[found.group("kind")]
        there = [d.entity for d in known if _is_kind(split_name(fold(d.entity))[0], endings)]
        count = _NUMBERS.get(found.group("count"), 0)
        if len(there) > 1 and count in (0, len(there)):
            return Region(*found.span(), tuple(there))
    found = inside.search(text) if inside else None
    if found:
        there = [d.entity for d in known if _lies_in(fold(d.entity), found.group("place"))]
        if len(there) > 1:
            return Region(found.start(), found.end("place"), tuple(there))
    return None


def _is_kind(place: str, endings: tuple[str, ...]) -> bool:
    forms = place_forms(place) if place else ()
    return any(form.endswith(endings) and not form.endswith("自治区") for form in forms)


def _lies_in(entity: str, place: str) -> bool:
    own = split_name(entity)[0]
    return (
        entity.startswith(place)
        or own.endswith(place)
        or any(form.startswith(place) for form in place_forms(own))
    )


@lru_cache(maxsize=8)
def _patterns(known: tuple[Department, ...]) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """Return the patterns of sets by kind of place, and by a place that several departments lie in."""
    splits = [split_name(fold(d.entity)) for d in known]
    functions = {form for _, function in splits for form in function_forms(function) if len(form) > 2}
    whom = "|".join([*sorted(map(re.escape, functions), key=len, reverse=True), _WHOM])
    kinds = re.compile(
        rf"(?:这|那)?(?P<count>[两二三四五六七八九十几各]|所有|全部)个?(?P<kind>{'|'.join(_KINDS)})(?:级)?的?(?:{whom})?"
    )
    heads = {place[:size] for place, _ in splits for size in range(2, len(place) + 1)}
    heads |= {place[len(name) :] for place, _ in splits for name in place_names() if place.startswith(name)}
    around = [
        head for head in heads if len(head) > 1 and sum(_lies_in(fold(d.entity), head) for d in known) > 1
    ]
    if not around:
        return kinds, None
    places = "|".join(sorted(map(re.escape, around), key=len, reverse=True))
    return kinds, re.compile(rf"(?P<place>{places}){_SET}(?:{whom})")
