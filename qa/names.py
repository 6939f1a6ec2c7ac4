"""Departments by all their names: derived from place and function, never listed by hand.

巴音郭楞蒙古自治州人力资源和社会保障局 is a place and a function; every short form of the one joined
with every short form of the other names it too: 巴州人社局. A name in a question that has the shape of
a department but is none of ours is reported, so that nobody is answered about somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from index.text import fold
from qa.lexicon import lexicon

_PLACE_END = re.compile(r"(?:维吾尔自治区|壮族自治区|回族自治区|自治区|[\u4e00-\u9fff]{1,4}族自治州|自治州|自治县|地区|省|市|盟|州|区|县|旗|镇|乡)$")
_ORGANISATION = re.compile(
    r"(?:局|厅|委员会|委|办公室|中心|学院|学校|医院|法院|检察院|研究院|研究所|街道|街道办|大队|支队|总队|仲裁院|馆|署|社|党校|大学|中学|小学|幼儿园)"
)


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the index: its folded names and the documents it published."""

    entity: str
    short: str
    names: tuple[str, ...]
    subunits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A department named in a question; `entity` is '' for one that the index does not hold."""

    start: int
    end: int
    text: str
    entity: str


@cache
def _split(name: str) -> tuple[str, str]:
    """Split a folded name into (place, function)."""
    best = ("", name)
    functions = lexicon().functions
    for full, shorts in functions.items():
        for function in (full, *shorts):
            function = fold(function)
            if name.endswith(function) and len(name) > len(function):
                place = name[: -len(function)]
                if not best[0] or len(place) < len(best[0]):
                    best = (place, function)
    if best[0]:
        return best
    for full, shorts in lexicon().places.items():
        for place in (full, *shorts):
            place = fold(place)
            if name.startswith(place) and len(name) > len(place) and len(place) > len(best[0]):
                best = (place, name[len(place) :])
    return best


@cache
def _place_forms(place: str) -> tuple[str, ...]:
    """Return all ways to write a place: full, official short forms, without suffix."""
    forms = {place}
    for full, shorts in lexicon().places.items():
        known = {fold(full), *(fold(short) for short in shorts)}
        if place in known:
            forms |= known
    for full, shorts in lexicon().places.items():  # 新疆巴州: a place inside its province
        for short in (fold(full), *(fold(s) for s in shorts)):
            if place.startswith(short) and len(place) > len(short) + 1:
                forms |= set(_place_forms(place[len(short) :]))
    stem = _PLACE_END.sub("", place)
    if len(stem) >= 2:
        forms.add(stem)
    return tuple(sorted(forms, key=len, reverse=True))


@cache
def _function_forms(function: str) -> tuple[str, ...]:
    """Return all ways to write a function: 人力资源和社会保障局, 人社局."""
    forms = {function}
    for full, shorts in lexicon().functions.items():
        known = {fold(full), *(fold(short) for short in shorts)}
        if function in known:
            forms |= known
    return tuple(sorted(forms, key=len, reverse=True))


@cache
def name_forms(name: str) -> tuple[str, ...]:
    """Return every folded name under which people may know a department."""
    folded = fold(name)
    place, function = _split(folded)
    forms = {folded}
    if place:
        for one in _place_forms(place):
            for other in _function_forms(function):
                forms.add(one + other)
    return tuple(sorted(forms, key=len, reverse=True))


def short_name(name: str) -> str:
    """Return the name by which an answer calls a department."""
    place, function = _split(fold(name))
    if not place:
        return name
    places = [form for form in _place_forms(place) if 2 <= len(form)]
    short_place = min(places, key=lambda form: (form == "自治区", len(form), form)) if places else place
    short_function = min(_function_forms(function), key=len)
    return short_place + short_function


def departments(infos: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> list[Department]:
    """Build the departments from (entity, aliases, subunits) of the documents; same names are merged."""
    merged: dict[str, tuple[str, set[str], set[str]]] = {}
    for entity, aliases, subunits in infos:
        forms = {form for name in (entity, *aliases) for form in name_forms(name)}
        key = next((known for known, (_, names, _) in merged.items() if fold(entity) in names), entity)
        name, names, units = merged.setdefault(key, (entity, set(), set()))
        names |= forms
        units |= {unit for unit in subunits if fold(unit) not in forms}
    return [
        Department(name, short_name(name), tuple(sorted(names, key=len, reverse=True)), tuple(sorted(units)))
        for name, names, units in merged.values()
    ]


@cache
def _places_by_first() -> dict[str, tuple[str, ...]]:
    table: dict[str, set[str]] = {}
    for full, shorts in lexicon().places.items():
        for name in (full, *shorts):
            if len(name) >= 2:
                table.setdefault(fold(name)[0], set()).add(fold(name))
    return {first: tuple(sorted(names, key=len, reverse=True)) for first, names in table.items()}


@cache
def _function_words() -> tuple[str, ...]:
    words = {fold(name) for full, shorts in lexicon().functions.items() for name in (full, *shorts)}
    return tuple(sorted((word for word in words if len(word) >= 2), key=len, reverse=True))


def find_mentions(text: str, known: Sequence[Department]) -> list[Mention]:
    """Return the departments named in folded `text`, unknown ones with an empty entity."""
    mentions: list[Mention] = []
    taken = [False] * len(text)

    def take(start: int, end: int, entity: str) -> None:
        mentions.append(Mention(start, end, text[start:end], entity))
        for at in range(start, end):
            taken[at] = True

    units = {
        form: department.entity
        for department in known
        for unit in department.subunits
        for form in name_forms(unit)
    }
    table = [(name, department.entity) for department in known for name in department.names]
    owners: dict[str, set[str]] = {}
    for name, entity in table:
        owners.setdefault(name, set()).add(entity)
    for name in sorted({*owners, *units}, key=len, reverse=True):
        if len(name) < 3:
            continue
        start = text.find(name)
        while start >= 0:
            if not any(taken[start : start + len(name)]):
                if name in owners:
                    if len(owners[name]) == 1:
                        take(start, start + len(name), next(iter(owners[name])))
                else:
                    take(start, start + len(name), units[name])
            start = text.find(name, start + 1)
    for start, end in _shaped_like_department(text, taken):
        take(start, end, "")
    return sorted(mentions, key=lambda mention: mention.start)


def _shaped_like_department(text: str, taken: list[bool]) -> Iterable[tuple[int, int]]:
    """Yield stretches that read place + organisation but are no department of ours."""
    at = 0
    while at < len(text):
        if taken[at]:
            at += 1
            continue
        place = next((name for name in _places_by_first().get(text[at], ()) if text.startswith(name, at)), None)
        if place:
            after = at + len(place)
            tail = text[after : after + 18]
            direct = next((word for word in _function_words() if tail.startswith(word)), None)
            end = None
            if direct:
                end = after + len(direct)
            else:
                match = _ORGANISATION.search(tail)
                if match and match.end() >= 3 and not re.search(r"[的是在有多少和与]", tail[: match.end()]):
                    end = after + match.end()
            if end and not any(taken[at:end]):
                yield at, end
                at = end
                continue
            at = after if place else at + 1
            continue
        at += 1
