"""The departments of an index, and the keys by which a question finds those that it may name.

Each document's keys are made where it is read, since deriving what a department may be called takes a
millisecond; documents of one department are joined when the index is written. A key that many departments
bear names none of them: a few are enough to see that, so no more are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.naming import (
    function_forms,
    name_forms,
    place_forms,
    short_name,
    split_name,
    unit_forms,
    unit_tails,
    written_ways,
)
from index.text import fold

NAME, UNIT, PART, PLACE, FUNCTION, SOUND = KINDS = ("name", "unit", "part", "place", "function", "sound")
"""What a key is: a name of the department, a full name of a unit in it, a shorter one that its department
uses, where it is, what it does, and how a name of it sounds."""
KEPT = 8
"""So many departments are kept for a key of what they are called; those of a place all."""
LEAST = 2
LEAST_SOUNDS = 4
"""A shorter text is no key."""

Key = tuple[str, str, str]
"""Kind, text, and the unit that it names or ''."""


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the index: its folded names, the longest first, and what it is made of.

    `number` is its place among them; `place` and `function` are the parts of its folded name.
    """

    number: int
    entity: str
    short: str
    names: tuple[str, ...]
    subunits: tuple[str, ...]
    place: str
    function: str


def keys_of(entity: str, aliases: Sequence[str], subunits: Sequence[str]) -> list[Key]:
    """Return the keys of a document's department: each text that may mean it in a question."""
    if not entity:
        return []
    place, function = split_name(fold(entity))
    _, usual = split_name(fold(written_ways(entity)[0]))
    names = dict.fromkeys(form for name in (entity, *aliases) for form in name_forms(name))
    places = dict.fromkeys(split_name(fold(name).partition("（")[0])[0] for name in (entity, *subunits))
    keys: list[Key] = [(NAME, name, "") for name in names]
    keys += ((SOUND, sound_of(name), "") for name in names if len(name) >= LEAST_SOUNDS)
    keys += ((PLACE, form, "") for where in (place, *places) if where for form in place_forms(where))
    keys += ((FUNCTION, form, "") for what in (function, usual) for form in function_forms(what))
    for unit in subunits:
        keys += ((UNIT, form, unit) for form in name_forms(unit))
        keys += ((PART, form, unit) for form in (*unit_forms(unit), *unit_tails(unit)))
    return [key for key in dict.fromkeys(keys) if len(key[1]) >= LEAST]


def sound_of(text: str) -> str:
    """Return how a text sounds, syllable by syllable: texts of one sound are written alike."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(char)[0] for char in text)


@dataclass(slots=True)
class _Joined:
    """A department while documents are still added."""

    entity: str
    names: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)


class Joined:
    """Departments out of documents: those whose departments share a name are of one."""

    def __init__(self) -> None:
        self._all: list[_Joined] = []
        self._bearers: dict[str, int] = {}

    def add(self, entity: str, subunits: Sequence[str], keys: Sequence[Key]) -> tuple[int, list[Key]]:
        """Return the number of a document's department and those of the keys that mean it."""
        number = self._bearers.get(fold(entity)) if entity else None
        if number is None:
            number = len(self._all)
            self._all.append(_Joined(entity))
        one = self._all[number]
        names = {text for kind, text, _ in keys if kind == NAME}
        for name in names:
            self._bearers.setdefault(name, number)
        one.names |= names
        # the department itself is no unit of its own
        units = {u for u in subunits if fold(u) not in names and not fold(entity).endswith(fold(u))}
        one.units |= units
        return number, [key for key in keys if not key[2] or key[2] in units]

    def departments(self) -> Iterator[Department]:
        """Yield the departments in the order of their first documents."""
        for number, one in enumerate(self._all):
            place, function = split_name(fold(one.entity))
            yield Department(
                number,
                one.entity,
                short_name(one.entity) if one.entity else "",
                tuple(sorted(one.names, key=lambda name: (-len(name), name))),
                tuple(sorted(one.units)),
                place,
                function,
            )
