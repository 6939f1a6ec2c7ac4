"""Invented disclosures: a department's document of one year, and folders full of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eval.synthetic.budget import Budget
from eval.synthetic.drawing import budget
from eval.synthetic.offices import Office, offices
from eval.synthetic.page import Page, Place
from eval.synthetic.prose import Prose
from eval.synthetic.tables import write_tables

LATEST = 2026
"""Every department published the budget of this year."""
PRINTED = 0.2
"""This share of the departments publishes layout text, the others tab text."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One document: its file name, what it tells, and what was planned the year before."""

    name: str
    layout: bool
    now: Budget
    last: Budget

    @property
    def entity(self) -> str:
        """The department."""
        return self.now.office.entity

    @property
    def text(self) -> str:
        """The whole document."""
        return _page(self).text

    @property
    def places(self) -> Mapping[str, Sequence[Place]]:
        """Where each fact stands in it."""
        return _page(self).places


def disclosures(count: int, seed: int = 0, years: int = 1) -> Iterator[Disclosure]:
    """Yield `count` documents: each department's of the latest year, then of the years before.

    Raises ValueError when there are not so many departments.
    """
    chosen: list[Office] = offices(-(-count // years), seed)
    for number in range(count):
        at, back = divmod(number, years)
        office, year = chosen[at], LATEST - back
        layout = random.Random(f"{seed}/{office.entity}/版式").random() < PRINTED
        yield Disclosure(
            f"{number:06d}_{office.entity}{year}年部门预算.txt",
            layout,
            budget(office, year, seed),
            budget(office, year - 1, seed),
        )


def write_corpus(folder: Path, count: int, seed: int = 0, years: int = 1) -> Iterator[Disclosure]:
    """Write `count` documents to a folder, yielding each when it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    for made in disclosures(count, seed, years):
        (folder / made.name).write_text(made.text, encoding="utf-8", newline="\n")
        yield made


@lru_cache(maxsize=8)
def _page(made: Disclosure) -> Page:
    page = Page(made.layout)
    prose = Prose(page, made.now, made.last)
    prose.opening()
    write_tables(page, made.now)
    prose.explanations()
    return page
