"""The facts of one document, prepared for matching: names, totals, statements, what stands beside what.

Nothing is made of a fact that no question looks at; what only some questions need is made for the first.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from itertools import chain

from index.document import Fact
from index.fact_table import FactTable
from index.quantity import Figure
from index.scope import title_rule
from index.text import fold
from qa.features import TEXT_MEASURES, is_total, near
from qa.labels import Labels
from qa.question import Query

MIN_TITLE = 6
"""A shorter table title is a common word."""


class FactBase:
    """The facts of one document by what questions ask of them."""

    def __init__(self, facts: FactTable) -> None:
        self.facts = facts
        column = facts.column
        self.years: set[int | None] = set(column("year"))
        self.year: int | None = max((year for year in self.years if year), default=None)
        """The year that the document is of: the latest that a fact is about."""
        paths = dict.fromkeys(chain(column("row_path"), column("column_path")))
        steps = (step for path in paths for step in path[:-1])
        self.named = {name: fold(name) for name in dict.fromkeys(chain(column("item"), column("project")))}
        """The names of items and projects, each with its folded form."""
        self.measures = {measure: fold(measure) for measure in dict.fromkeys(column("measure"))}
        labels = chain(self.named, self.measures, column("subunit"), self.subjects.values(), steps)
        self.labels = Labels(filter(None, dict.fromkeys(labels)))

    @cached_property
    def subjects(self) -> dict[str, str]:
        """What each table is about, by its title."""
        return {title: title_rule(title)[0] for title in dict.fromkeys(self.facts.column("table_title"))}

    @cached_property
    def titles(self) -> list[str]:
        """The folded titles of the tables by which a question may name one."""
        titles = {fold(title.rpartition(" ")[2]) for title in self.subjects}
        return sorted(title for title in titles if len(title) >= MIN_TITLE)

    @cached_property
    def totals(self) -> list[int]:
        """The places of facts that stand in a total row."""
        names = ("total", "table_title", "subunit", "row_path")
        cells = enumerate(zip(*map(self.facts.column, names), strict=True))
        return [number for number, of in cells if (of[0] or of[2]) and is_total(*of)]

    @cached_property
    def statements(self) -> dict[str, list[int]]:
        """The places of statements in words, by their measure."""
        found: dict[str, list[int]] = {}
        for number, measure in enumerate(self.facts.column("measure")):
            if measure in TEXT_MEASURES:
                found.setdefault(measure, []).append(number)
        return found

    @cached_property
    def told_of(self) -> dict[str, str]:
        """What the prose says of a project, by its name."""
        found: dict[str, str] = {}
        for fact in self.facts.having(measure=TEXT_MEASURES, table_title=("",)):
            if fact.project:
                found[fact.project] = f"{found.get(fact.project, '')}，{fold(fact.text)}"
        return found

    @cached_property
    def projects(self) -> frozenset[str]:
        """The folded names of the projects that the prose speaks of."""
        return frozenset(map(fold, self.told_of))

    @cached_property
    def uses(self) -> dict[str, str]:
        """What the document says that an item is used for."""
        found: dict[str, str] = {}
        for fact in self.facts.having(measure=("用途",)):
            found[fold(fact.item)] = f"{found.get(fold(fact.item), '')}，{fold(fact.text)}"
        return found

    @cached_property
    def beside(self) -> dict[int | None, str]:
        """What the prose of a line says in all."""
        found: dict[int | None, str] = {}
        for fact in self.facts.having(table_title=("",)):
            found[fact.span.first] = f"{found.get(fact.span.first, '')}，{fold(fact.quote)}"
        return found

    @cached_property
    def _figures(self) -> dict[tuple[Decimal, str], list[Fact]]:
        """The facts by their figure."""
        found: dict[tuple[Decimal, str], list[Fact]] = {}
        for fact in self.facts:
            if fact.value:
                found.setdefault((abs(fact.value), fact.unit), []).append(fact)
        return found

    @cached_property
    def _rows(self) -> dict[tuple[str, str], set[tuple[str, int | None]]]:
        """The rows of a table that name one project, each with its unit."""
        names = ("table_title", "project", "value", "item", "subunit", "first_line")
        found: dict[tuple[str, str], set[tuple[str, int | None]]] = {}
        for table, project, value, item, subunit, line in zip(*map(self.facts.column, names), strict=True):
            if table and project and value is not None and "绩效" not in table:
                found.setdefault((table, item), set()).add((subunit, line))
        return found

    def years_of(self, query: Query) -> set[int | None]:
        """Return the years whose facts may answer: asked ones that are told of, else the document's own.

        The budget of a year also prints columns of the year before.
        """
        asked: set[int | None] = {year for year in query.years if year in self.years}
        if self.year in asked and not query.asks_measure("执行数"):
            asked = set()  # what another year named beside it is compared with
        before = self.year - 1 if self.year else None
        if query.of_last_year and before in self.years:
            asked = {before}
        return asked | {self.year, None} if self.year in asked else asked or {self.year, None}

    def states(self, fact: Fact, figure: Figure) -> bool:
        """Tell whether a figure of the question is the fact's own or its project's or sentence's."""
        return any(
            (fact.project and fact.project in (other.project, other.item))
            or (fact.item == other.item and (bool(fact.table) or near(fact, other)))
            for other in self._figures.get((figure.value, figure.unit), ())
        )

    def one_of_many(self, fact: Fact, query: Query) -> bool:
        """Tell whether a row is but a part of a project that stands in several rows: by unit, by account."""
        rows = self._rows.get((fact.table, fact.item), ()) if fact.table and fact.project else ()
        units = [unit for unit, _ in rows]
        return (units.count(fact.subunit) if query.subunits else len(units)) > 1
