"""What is part of what: 公务接待费 of 三公经费, 基本工资 of 工资福利支出; a total is not added to a part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from index.document import Fact
from index.text import fold
from qa.fact_base import FactBase
from qa.features import is_sum
from qa.lexicon import lexicon
from qa.wording import subject_of


def whole_with_part(base: FactBase, facts: Sequence[Fact]) -> tuple[Fact, Fact] | None:
    """Return one of the facts with another that it contains; None where all stand beside each other."""
    pairs = permutations(facts, 2)
    return next(((whole, part) for whole, part in pairs if contains(base, whole, part)), None)


def contains(base: FactBase, whole: Fact, part: Fact) -> bool:
    """Tell whether a figure is of a part of what another is of: by its name, or by a table that has both."""
    if whole.subunit != part.subunit and whole.subunit and part.subunit:
        return False  # of two units
    names, inside = (_titles(fact) for fact in (whole, part))
    if names & inside:
        return False
    if part.project and fold("项目支出") in names:
        return True
    above = {total for name in inside for total in lexicon().totals_over(name)}
    return bool(names & above) or _in_a_table(base, whole, part)


def _titles(fact: Fact) -> frozenset[str]:
    """Return the official titles that a figure goes by."""
    names = {fold(subject_of(fact)), fold(fact.item)} if not is_sum(fact) else {fold(subject_of(fact))}
    return frozenset(names).union(*map(lexicon().titles_of, names))


def _in_a_table(base: FactBase, whole: Fact, part: Fact) -> bool:
    """Tell whether some table has the part in a row below the whole, or below the total that it is."""
    rows = [
        {
            (fact.table, fact.row_path): is_sum(fact)
            for fact in base.facts.having(item=(of.item,))
            if fact.table
        }
        for of in (whole, part)
    ]
    return any(
        table == other and len(path) < len(below) and below[: len(path)] == path
        for table, path in rows[0]
        for (other, below), total in rows[1].items()
        if not total
    )
