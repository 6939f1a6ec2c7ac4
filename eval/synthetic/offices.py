"""Departments that do not exist: an invented place and a function as real departments have it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words() -> Mapping[str, Any]:
    """Return the vocabulary that documents are made of."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Office:
    """A department by its place and function; `short` is how people shorten its function."""

    place: str
    function: str
    short: str

    @property
    def entity(self) -> str:
        """The full name."""
        return self.place + self.function

    @property
    def called(self) -> str:
        """The name as people say it."""
        return self.place + self.short


@cache
def _places() -> tuple[str, ...]:
    """Return all place names, each of one kind, without those that exist."""
    w = words()
    real, kinds = set(w["real"]), w["kinds"]
    pairs = [a + b for a in w["first"] for b in w["second"]]
    return tuple(pair + kinds[at % len(kinds)] for at, pair in enumerate(pairs) if pair not in real)


def most() -> int:
    """Return how many different departments there are."""
    return len(_places()) * len(words()["functions"])


def functions() -> tuple[str, ...]:
    """Return the functions that departments have."""
    return tuple(function["name"] for function in words()["functions"])


def offices(count: int, seed: int) -> list[Office]:
    """Return `count` different departments, drawn at random. ValueError when there are not so many."""
    if count > most():
        raise ValueError(f"最多 {most()} 个部门")
    kinds = words()["functions"]
    made = []
    for number in random.Random(f"{seed}/部门").sample(range(most()), count):
        function = kinds[number % len(kinds)]
        short = (function["short"] or [function["name"]])[0]
        made.append(Office(_places()[number // len(kinds)], function["name"], short))
    return made
