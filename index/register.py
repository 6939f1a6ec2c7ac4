"""The departments of an open index, found by what a text says: reads no more than the text can name.

All pieces of a text are looked for at once among the keys of `index.departments`, so that a question costs
the same in an index of five departments and of a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from index.codec import load_strings
from index.departments import KEPT, LEAST, LEAST_SOUNDS, PLACE, SOUND, Department, sound_of

LONGEST = 40
"""Characters of a key that is looked for; longer names have shorter forms."""
_TEXTS = 32
_DEPARTMENTS = 4096
"""So many texts and departments are remembered."""
_COLUMNS = "id, entity, short, names, subunits, place, function"
_LISTED = 10_000
"""Values listed in one statement: engines bound their number."""

Select = Callable[..., Iterable[tuple[Any, ...]]]
"""Runs a query with its values and yields the rows."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of a text that may mean a department, or the `unit` of it."""

    kind: str
    text: str
    department: Department
    unit: str


class Register:
    """What an index knows of its departments; safe to use from several threads."""

    def __init__(self, select: Select) -> None:
        self._select = select
        self._known: dict[int, Department] = {}
        self.hits = lru_cache(_TEXTS)(self._hits)
        self.named = lru_cache(_TEXTS)(self._named)

    def _hits(self, text: str) -> tuple[Hit, ...]:
        """Return the keys that stand in folded `text`, the longest first; of a place, some departments."""
        found: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for kind, key, number, unit in self._keys(_pieces(text, LEAST, LONGEST)):
            found.setdefault((kind, key), []).append((number, unit))
        bearers = {key: sorted(rows)[:KEPT] for key, rows in found.items()}
        departments = self._departments({number for rows in bearers.values() for number, _ in rows})
        return tuple(
            Hit(kind, key, departments[number], unit)
            for (kind, key), rows in sorted(bearers.items(), key=lambda item: (-len(item[0][1]), item[0]))
            for number, unit in rows
        )

    def near(self, text: str) -> tuple[Department, ...]:
        """Return the departments that a piece of folded `text` may mean."""
        return tuple({hit.department.entity: hit.department for hit in self.hits(text)}.values())

    def at(self, places: Collection[str]) -> list[Department]:
        """Return all departments that are, or have a unit, in a place that is called so."""
        numbers = {number for kind, _, number, _ in self._keys(places) if kind == PLACE}
        return list(self._departments(numbers).values())

    def sounding(self, text: str) -> Iterator[tuple[int, int, Department]]:
        """Yield (start, end, department) of pieces of `text` that sound like a name, the longest first."""
        sounds = [sound_of(char) for char in text]
        pieces: dict[str, list[tuple[int, int]]] = {}
        for size in range(min(len(text), LONGEST), LEAST_SOUNDS - 1, -1):
            for at in range(len(text) - size + 1):
                pieces.setdefault(" ".join(sounds[at : at + size]), []).append((at, at + size))
        rows = [(key, number) for kind, key, number, _ in self._keys(pieces) if kind == SOUND]
        departments = self._departments({number for _, number in rows})
        for key, number in sorted(rows, key=lambda row: -row[0].count(" ")):
            for start, end in pieces[key]:
                yield start, end, departments[number]

    def _named(self, entity: str) -> Department | None:
        """Return the department of exactly this name, as the index writes it."""
        return next(iter(self._read("entity", [entity])), None)

    def called(self, entities: Collection[str]) -> dict[str, Department]:
        """Return the departments of exactly these names, by name."""
        return {department.entity: department for department in reversed(self._read("entity", entities))}

    def functions(self, among: Collection[str]) -> list[str]:
        """Return those of the folded texts that are what a department does."""
        query = "SELECT DISTINCT function FROM departments WHERE function"
        return [function for (function,) in self._among(query, among)]

    def bearing(self, functions: Collection[str]) -> list[Department]:
        """Return all departments that do one of these, by their own folded words for it."""
        return self._read("function", functions)

    def within(self, places: Collection[str]) -> list[Department]:
        """Return all departments of these folded places, as they are written in names."""
        return self._read("place", places)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """All places that names of departments begin with, folded."""
        return tuple(
            place
            for (place,) in self._select("SELECT DISTINCT place FROM departments ORDER BY place")
            if place
        )

    def _keys(self, texts: Iterable[str]) -> Iterator[tuple[str, str, int, str]]:
        yield from self._among("SELECT kind, text, department, unit FROM department_keys WHERE text", texts)

    def _departments(self, numbers: Collection[int]) -> dict[int, Department]:
        known = self._known
        if lacking := [number for number in numbers if number not in known]:
            if len(known) + len(lacking) > _DEPARTMENTS:
                known = self._known = {number: known[number] for number in numbers if number in known}
            known.update((department.number, department) for department in self._read("id", lacking))
        return {number: known[number] for number in sorted(numbers)}

    def _read(self, column: str, values: Collection[object]) -> list[Department]:
        query = f"SELECT {_COLUMNS} FROM departments WHERE {column}"
        found = [
            Department(number, entity, short, load_strings(names), load_strings(subunits), place, function)
            for number, entity, short, names, subunits, place, function in self._among(query, values)
        ]
        return sorted(found, key=lambda department: department.number)

    def _among(self, query: str, values: Iterable[object]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query that ends with a column, where that is one of the values."""
        left = iter(values)
        while piece := list(islice(left, _LISTED)):
            yield from self._select(f"{query} IN ({','.join('?' * len(piece))})", *piece)


def _pieces(text: str, least: int, longest: int) -> set[str]:
    """Return all pieces of a text of these sizes."""
    return {
        text[at : at + size]
        for size in range(least, min(len(text), longest) + 1)
        for at in range(len(text) - size + 1)
    }
