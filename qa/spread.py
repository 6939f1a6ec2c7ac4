"""One question to very many departments: understood on a few of them, looked up for all at once.

The figures that the few answer with have an item, a measure and a scope; every other department is
asked for exactly these, in one read of the index. Those that print nothing of the kind are asked by
themselves while they are few, and said to be missing otherwise: none is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from index.document import Fact
from index.rows import DocumentInfo
from index.store import Store
from index.text import fold
from qa.across import Part, answered
from qa.answer import Answer, amount, cite
from qa.features import CHANGES
from qa.groups import Task
from qa.question import Query
from qa.wording import figure_of

MANY = 24
"""More departments than this are looked up together."""
SAMPLE = 6
"""Departments, spread over the list, on which a question is understood."""

Ask = Callable[[Query, DocumentInfo], Answer]
Kind = tuple[str, str, str, str]
"""What makes figures of two departments the same: item, measure, scope, subject of the table."""


def spread(
    task: Task, infos: Sequence[DocumentInfo], store: Store, titles: dict[str, str], ask: Ask
) -> list[Part]:
    """Return what each department answers, in the order of `infos`."""
    step = max(1, len(infos) // SAMPLE)
    sample = {info.name: answered(task, info, ask) for info in infos[::step][:SAMPLE]}
    facts = [
        part.answer.facts[0]
        for part in sample.values()
        if part.operand and (len(part.answer.facts) == 1 or part.answer.facts[0].measure in CHANGES)
    ]
    if not facts:
        return [sample.get(info.name) or answered(task, info, ask) for info in infos[: MANY + SAMPLE]]
    found = _figures(facts, store)
    parts: list[Part] = []
    alone = 0
    for info in infos:
        fact = found.get(info.name)
        if info.name in sample:
            parts.append(sample[info.name])
        elif fact is not None:
            parts.append(Part(info, _answer(task, fact, titles)))
        elif alone < MANY:
            alone += 1
            parts.append(answered(task, info, ask))
        else:
            parts.append(Part(info, Answer(task.query.question, "not_found", "")))
    return parts


def _figures(facts: Sequence[Fact], store: Store) -> dict[str, Fact]:
    """Return one fact of the commonest kinds for each document that has any, the commonest kind first."""
    kinds = Counter(_kind(fact) for fact in facts)
    labels = dict.fromkeys((fact.item, fact.measure) for fact in facts)
    found: dict[str, tuple[int, Fact]] = {}
    rank = {kind: place for place, (kind, _) in enumerate(kinds.most_common())}
    years = {info.name: info.year for info in store.documents}
    for item, measure in labels:
        for fact in store.facts(item, measure):
            place = rank.get(_kind(fact))
            own = fact.year == years[fact.doc] and (
                not fact.subunit or fold(fact.subunit) == fold(fact.entity)
            )
            if place is not None and own and (fact.doc not in found or place < found[fact.doc][0]):
                found[fact.doc] = place, fact
    return {doc: fact for doc, (_, fact) in found.items()}


def _kind(fact: Fact) -> Kind:
    return fold(fact.item), fold(fact.measure), fact.scope, "表" if fact.table else ""


def _answer(task: Task, fact: Fact, titles: dict[str, str]) -> Answer:
    value, unit = figure_of(fact)
    text = f"{fact.item}为 {amount(value, unit)}"
    cited = (cite(fact, titles),)
    return Answer(task.query.question, "answered", text, abs(value), unit, (), cited, facts=(fact,))
