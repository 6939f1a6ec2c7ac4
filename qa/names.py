"""Departments named in a question, by any of their names.

A name that has the shape of a department but is none of ours is reported, so that nobody is answered
about somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from index.departments import FUNCTION, KEPT, NAME, PART, PLACE, UNIT, Department
from index.naming import (
    ORGANISATION,
    REMEMBERED,
    function_forms,
    function_table,
    place_forms,
    place_table,
    split_name,
    unit_forms,
    unit_tails,
)
from index.register import Register
from index.text import fold
from qa.matching import is_subsequence

_FOLLOWED = re.compile(r"(?:[两二三四五六七八九十几]家|和|与|，|的|这|人社|[局厅委])")
_OPENS = re.compile(r"(?:^|[，□?\d年月问下看知道解查比和与跟同及是把对在说讲给拿请要让帮找占于那这换有])$")
"""What may stand before a place that means its department; 参加自治区大赛 names none."""
_DATED = re.compile(r"(?:20)?\d\d年")
_LINKED = re.compile(r"(?:20\d\d年?)?(?:的)?(?:和|与|跟|同|，|比|及|以及)")
_BESIDE = re.compile(r"和|与|跟|，|及")
OWN_OFFICE = (
    "局本级",
    "厅本级",
    "委本级",
    "机关本级",
    "本级机关",
    "局机关",
    "厅机关",
    "委机关",
    "本级的",
    "本级自己",
)
"""What a department's own office is called among its units."""
SHORTEST = 3
"""Characters that a name needs; a shorter form of a function is a common word."""
LONGEST_PLACE = 18
LONG_NAME = 5
"""A unit's name this long tells its department by itself."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A department named in a question, by a name of its own or of a unit inside it.

    `entity` is '' for a department that the index does not hold.
    """

    start: int
    end: int
    text: str
    entity: str
    subunit: str = ""


def find_mentions(text: str, register: Register) -> list[Mention]:
    """Return the departments named in folded `text`, unknown ones with an empty entity."""
    mentions: list[Mention] = []
    taken = [False] * len(text)

    def take(start: int, end: int, entity: str, subunit: str = "") -> None:
        mentions.append(Mention(start, end, text[start:end], entity, subunit))
        for at in range(start, end):
            taken[at] = True

    meant: dict[str, set[tuple[str, str]]] = {}
    for kind in (NAME, UNIT):  # the name of a department is no unit of another
        found: dict[str, set[tuple[str, str]]] = {}
        for hit in register.hits(text):
            if hit.kind == kind and len(hit.text) >= SHORTEST and hit.text not in meant:
                found.setdefault(hit.text, set()).add((hit.department.entity, hit.unit))
        meant.update(found)
    for name in sorted(meant, key=lambda name: (-len(name), name)):
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if not any(taken[start:end]) and not _goes_on(name, text[end:]) and len(meant[name]) == 1:
                take(start, end, *next(iter(meant[name])))
            start = text.find(name, start + 1)
    for start, end in _shaped_like_department(text, taken, places_near(text, register)):
        take(start, end, *(_abbreviated(text[start:end], register) or ("",)))
    return sorted(mentions, key=lambda mention: mention.start)


def _abbreviated(name: str, register: Register) -> tuple[str, str] | None:
    """Return the (entity, unit) that `name` shortens: its characters stand in that order in the full name."""
    hits = set()
    for department in register.at({name[:size] for size in range(2, len(name))}):
        for full, unit in [(department.entity, ""), *((unit, unit) for unit in department.subunits)]:
            place, _ = split_name(fold(full).partition("（")[0])
            local = place and any(name.startswith(form) for form in place_forms(place))
            if local and is_subsequence(name, fold(full)):
                hits.add((department.entity, unit))
    return next(iter(hits)) if len(hits) == 1 else None


def _goes_on(name: str, after: str) -> bool:
    """Tell whether a name is only the head of a longer one: 昌吉州人社 of 昌吉州人社服务中心."""
    if ORGANISATION.search(name[-3:]):
        return False
    match = ORGANISATION.search(after[:10])
    return match is not None and not re.search(r"[的是在有多少和与，年]", after[: match.end()])


def find_homophones(text: str, register: Register, besides: Collection[str] = ()) -> list[Mention]:
    """Return the department whose name is written with characters of the same sound: 巴洲人社局.

    None of those `besides` is meant, and none when several sound alike.
    """
    found: dict[str, Mention] = {}
    for start, end, department in register.sounding(text):
        if department.entity not in besides:
            found.setdefault(department.entity, Mention(start, end, text[start:end], department.entity))
    return list(found.values()) if len(found) == 1 else []


def find_places(text: str, register: Register) -> list[Mention]:
    """Return the departments that places alone name: the only ones of the index that lie there.

    Several places must be named side by side (昌吉州和巴州): 自治区给巴州的 names no two departments. Else it
    is the one that a question begins with, if a year follows: 巴州2026年自治区补助.
    """
    hits: dict[str, Mention] = {}
    for hit in register.hits(text):
        entity = hit.department.entity
        if hit.kind == PLACE and entity not in hits and hit.text in place_forms(hit.department.place):
            at = text.find(hit.text)
            end = at + len(hit.text)
            if _OPENS.search(text[:at]) or _FOLLOWED.match(text[end:]):
                hits[entity] = Mention(at, end, hit.text, entity)
    found = sorted(hits.values(), key=lambda mention: mention.start)
    for link in _BESIDE.finditer(text) if found else ():
        at = link.end()
        name = place_at(text, at, place_table())
        if name and not any(m.start <= at < m.end for m in found) and _FOLLOWED.match(text[at + len(name) :]):
            found.append(Mention(at, at + len(name), name, ""))  # a place of none of ours
    found.sort(key=lambda mention: mention.start)
    linked = all(_LINKED.fullmatch(text[a.end : b.start]) for a, b in zip(found, found[1:], strict=False))
    if linked:
        return found
    return [mention for mention in found if not mention.start and _DATED.match(text[mention.end :])]


def places_near(text: str, register: Register) -> Collection[str]:
    """Return the names of places that stand in a text: those that are known, and those of departments."""
    return {hit.text for hit in register.hits(text) if hit.kind == PLACE} | known_places(text)


@lru_cache(maxsize=64)
def known_places(text: str) -> frozenset[str]:
    """Return the names of places that stand in a text, of those that are known without any document."""
    sizes = range(2, LONGEST_PLACE + 1)
    pieces = {text[at : at + size] for size in sizes for at in range(len(text) - size + 1)}
    return frozenset(pieces & place_table().keys())


def place_at(text: str, at: int, places: Collection[str]) -> str:
    """Return the longest of the places that begins there, '' for none."""
    sizes = range(min(len(text) - at, LONGEST_PLACE), 1, -1)
    return next((name for size in sizes if (name := text[at : at + size]) in places), "")


def place_before(text: str, at: int, places: Collection[str]) -> str:
    """Return the longest of the places that ends there, '' for none."""
    sizes = range(min(at, LONGEST_PLACE), 1, -1)
    return next((name for size in sizes if (name := text[at - size : at]) in places), "")


def own_function(text: str, department: Department) -> tuple[int, int] | None:
    """Return where a department is called by its function alone, its place being named elsewhere: 人社局."""
    for form in function_forms(department.function):
        at = text.find(form) if len(form) >= SHORTEST else -1
        if at >= 0:
            return at, at + len(form)
    return None


def own_place(text: str, department: Department) -> tuple[int, int] | None:
    """Return where a clause of its own tells the place of a department: …是多少？普陀区的."""
    forms = place_forms(department.place) if department.place else ()
    for form in (form for form in forms if len(form) > 1 and form in text):
        found = re.search(rf"(?:^|(?<=[，?□])){re.escape(form)}(?:的|这边|那边)?(?=[，?]|$)", text)
        if found:
            return found.span()
    return None


def find_functions(text: str, register: Register) -> list[Mention]:
    """Return the departments that their functions alone name, each the only one of its kind: 区财政局."""
    found = sharing_function(text, register)
    return found if len({mention.start for mention in found}) == len(found) else []


def doing_what_is_named(text: str, register: Register) -> list[Department]:
    """Return the departments, of those that a text may mean, whose function it names anywhere."""
    hits = (hit for hit in register.hits(text) if hit.kind == FUNCTION and len(hit.text) >= SHORTEST)
    found = {hit.department.entity: hit.department for hit in hits}
    return list(found.values()) if len(found) < KEPT else []  # of so many, some are not told


def sharing_function(text: str, register: Register) -> list[Mention]:
    """Return departments of the function that a text names without a place: where there are many, some."""
    found: dict[str, Mention] = {}
    for hit in register.hits(text):
        entity = hit.department.entity
        if hit.kind == FUNCTION and len(hit.text) >= SHORTEST and entity not in found:
            match = re.search(
                rf"(?:^|[^\u4e00-\u9fff]|[和与跟同及比年度问下看道解查请那])[本省市区县州]?({re.escape(hit.text)})",
                text,
            )
            if match:
                found[entity] = Mention(*match.span(1), hit.text, entity)
    return sorted(found.values(), key=lambda mention: mention.start)


@lru_cache(REMEMBERED)
def _names_inside(department: Department) -> tuple[tuple[str, str], ...]:
    """Return what units are called in their department, the longest first, and the unit of each name.

    The end of a unit's name stands for it where no other's ends so: 基金监测中心 of 医疗保障基金监测中心.
    """
    units = department.subunits
    forms = {(form, unit) for unit in units for form in unit_forms(unit)}
    own = [unit for unit in units if fold(unit).replace("本级", "") == fold(department.entity)]
    if units:
        forms |= {(form, own[0] if own else department.entity) for form in OWN_OFFICE}
    owners: dict[str, dict[str, str]] = {}
    for unit in units:
        for tail in unit_tails(unit):
            owners.setdefault(tail, {}).setdefault(fold(unit), unit)
    forms |= {(tail, next(iter(found.values()))) for tail, found in owners.items() if len(found) == 1}
    return tuple(sorted(forms, key=lambda pair: (-len(pair[0]), pair)))


def find_units(text: str, department: Department) -> list[tuple[int, int, str]]:
    """Return (start, end, unit) of the department's own units named in folded `text`."""
    found: list[tuple[int, int, str]] = []
    for form, unit in _names_inside(department):
        at = text.find(form)
        if at >= 0 and not any(start < at + len(form) and at < end for start, end, _ in found):
            found.append((at, at + len(form), unit))
    return found


def find_owner(text: str, register: Register) -> list[Mention]:
    """Return the department that a unit of its own names, though it is not named itself: 妇幼保健院."""
    owners = {
        hit.department.entity: found
        for hit in register.hits(text)
        if hit.kind == PART
        and (found := [unit for unit in find_units(text, hit.department) if unit[1] - unit[0] >= LONG_NAME])
    }
    if len(owners) != 1:
        return []
    entity, ((start, end, unit), *_) = next(iter(owners.items()))
    return [Mention(start, end, text[start:end], entity, unit)]


def _shaped_like_department(
    text: str, taken: list[bool], places: Collection[str]
) -> Iterable[tuple[int, int]]:
    """Yield stretches that read place + organisation but are no department of ours."""
    at = 0
    while at < len(text):
        place = "" if taken[at] else place_at(text, at, places)
        if not place:
            at += 1
            continue
        after = at + len(place)
        tail = text[after : after + 18]
        direct = place_at(tail, 0, function_table())
        end = after + len(direct) if direct else None
        match = None if direct else ORGANISATION.search(tail)
        if (
            match
            and match.end() >= SHORTEST
            and not re.search(r"[的是在有多少和与，]|[两二三四五六七八九十几]家", tail[: match.end()])
        ):
            end = after + match.end()
        if end and not any(taken[at:end]):
            yield at, end
            at = end
        else:
            at = after
