"""Which projects a department has, and which of them is the largest: 有哪些项目, 哪个项目花钱最多.

Only what a document names as a project is one: an account below 项目支出 is none. A project that stands in
several rows of a table (it pays for several accounts, or in several units) counts once, with their sum.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from index.document import Fact
from index.text import fold, is_unknown
from qa.answer import Answer, Value, amount
from qa.compute import Operand, total
from qa.listing import EXTREME, MAX_ROWS
from qa.matching import content_of
from qa.operations import operation_of
from qa.question import BLANK, Query
from qa.wording import NARROW_SCOPES, Desk, figure_of

_FILE = Path(__file__).parent / "lexicon" / "project_list.json"


@dataclass(frozen=True, slots=True)
class Wording:
    """How projects are asked for; `generic` words say no more than that."""

    asked: re.Pattern[str]
    not_asked: re.Pattern[str]
    counted: re.Pattern[str]
    generic: re.Pattern[str]


@cache
def wording() -> Wording:
    """Return the patterns of `lexicon/project_list.json`."""
    told = json.loads(_FILE.read_text(encoding="utf-8"))
    return Wording(**{name: re.compile("|".join(patterns)) for name, patterns in told.items()})


@dataclass(frozen=True, slots=True)
class ProjectsWanted:
    """Which projects are asked for: those whose name holds `about`; all when it is empty."""

    about: str
    largest: bool | None
    """Asked is the largest (True) or smallest (False); None asks for the list."""
    counted: bool


@dataclass(frozen=True, slots=True)
class Project:
    """A project with the figures that tell its amount."""

    name: str
    facts: tuple[Fact, ...]

    @property
    def amount(self) -> Decimal:
        """The sum of its figures, in the unit of each."""
        return sum((figure_of(fact)[0] for fact in self.facts), Decimal(0))


def projects_asked(query: Query) -> ProjectsWanted | None:
    """Tell which projects a question asks for; None when it asks for something else."""
    text, words = query.rest.replace(BLANK, ""), wording()
    asked = words.asked.search(text)
    if not asked or words.not_asked.search(query.folded) or query.of_last_year or query.compared:
        return None
    if operation_of(query.folded) in ("difference", "ratio", "share", "per_head"):
        return None
    clause = text[: asked.end()] + text[asked.end() :].partition("，")[0]
    about = fold(content_of(words.generic.sub("，", clause)))
    extreme = EXTREME.search(clause)
    largest = extreme.group(1) in "多大高" if extreme else None
    return ProjectsWanted(about, largest, bool(words.counted.search(asked[0])))


def told_projects(desk: Desk, query: Query, wanted: ProjectsWanted) -> Answer | None:
    """Return the list of projects, their number, or the largest; None where the document tells none."""
    told = [project for project in _projects(desk, query) if wanted.about in fold(project.name)]
    facts = [fact for project in told for fact in project.facts]
    if not told or len(facts) > MAX_ROWS:
        return None
    first = facts[0] if len({fact.subunit for fact in facts}) == 1 else replace(facts[0], subunit="")
    where = f"{first.table.partition(' ')[2] or first.table}列出" if first.table else "文件中说明"
    values = tuple(Value(project.name, project.amount, first.unit) for project in told)
    steps = (*_sums(told), f"按名称计 {len(told)} 个项目")
    if wanted.largest is None:
        lines = "；".join(f"{value.label}：{amount(value.value, value.unit)}" for value in values)
        text = f"{desk.who(first)}{where} {len(told)} 个项目：{lines}。"
        value, unit = (Decimal(len(told)), "个") if wanted.counted else (None, None)
    elif len(told) < 2 or any(is_unknown(fact.text) for fact in facts):
        return None
    else:
        values = tuple(sorted(values, key=lambda value: value.value, reverse=wanted.largest))
        value, unit = values[0].value, values[0].unit
        names = [each.label for each in values if each.value == value]
        most = "多" if wanted.largest else "少"
        text = (
            f"{desk.who(first)}{where}的 {len(told)} 个项目中最{most}的是{'、'.join(names)}，"
            f"{amount(value, unit)}。"
        )
        facts.sort(key=lambda fact: fact.project not in names)  # its own place is cited first
    return Answer(
        query.question, "answered", text, value, unit, values, desk.cite(facts), steps, facts=tuple(facts)
    )


def _projects(desk: Desk, query: Query) -> list[Project]:
    """Return the projects of the place that tells most of them, in its order."""
    cells = zip(*map(desk.base.facts.column, ("project", "item", "year", "table_title")), strict=True)
    own = [
        at
        for at, (project, item, year, table) in enumerate(cells)
        if project and project == item and year == desk.base.year and "绩效" not in table
    ]
    scopes = (*query.scopes, *NARROW_SCOPES) if "财政拨款" in query.scopes else query.scopes
    places: dict[tuple[str, str], list[Fact]] = {}
    for fact in desk.base.facts.take(own):
        fitting = fact.scope in ("", *scopes) or not scopes
        fitting &= fact.subunit in query.subunits or not query.subunits
        if fitting and fact.value is not None and fact.unit.endswith("元"):
            places.setdefault((fact.table, fact.measure), []).append(fact)
    best = max(places.values(), key=lambda facts: len({fact.project for fact in facts}), default=[])
    projects: dict[str, list[Fact]] = {}
    for fact in best:
        projects.setdefault(fold(fact.project), []).append(fact)
    if len({fact.unit for fact in best}) > 1:
        return []
    return [Project(facts[0].project, tuple(facts)) for facts in projects.values()]


def _sums(projects: Sequence[Project]) -> tuple[str, ...]:
    """Return the sums of the projects that stand in several rows."""
    several = (project for project in projects if len(project.facts) > 1)
    return tuple(
        total([Operand(fact.subunit or fact.item, *figure_of(fact)) for fact in project.facts]).formula
        for project in several
    )
