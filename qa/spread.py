"""One question to very many departments: understood on a few of them, looked up for all at once.

The figures that the few answer with have an item, a measure and a scope; every other department is
asked for exactly these, in one read of the index, of which the figures alone are reckoned with; what else
their sources say is read only for those that the answer cites. Departments that print nothing of the kind
are asked by themselves while they are few, and said to be missing otherwise: none is guessed.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from index.document import Fact
from index.rows import DocumentInfo
from index.store import Store
from index.text import fold
from qa.across import SHOWN, Part, answered, combined
from qa.answer import Answer, cite
from qa.features import CHANGES
from qa.groups import Task
from qa.question import Query

MANY = 24
"""More departments than this are looked up together."""
SAMPLE = 6
"""Departments, spread over the list, on which a question is understood."""
SOURCES = 300
"""So many figures of an answer are cited: those that it names first."""

Figure = tuple[Decimal, str]
Ask = Callable[[Query, DocumentInfo], Answer]
Kind = tuple[str, str, str, str]
"""What makes figures of two departments the same: item, measure, scope, subject of the table."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the garbage collector rest: it would look at thousands of values that all live on."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
def spread(
    query: Query,
    task: Task,
    infos: Sequence[DocumentInfo],
    store: Store,
    titles: dict[str, str],
    ask: Ask,
    missing: Sequence[str] = (),
    focus: Sequence[str] = (),
) -> Answer:
    """Apply the operator to what all these departments answer; the rest as in `qa.across.across`."""
    step = max(1, len(infos) // SAMPLE)
    sample = {info.name: answered(task, info, ask) for info in infos[::step][:SAMPLE]}
    facts = [
        part.answer.facts[0]
        for part in sample.values()
        if part.operand and (len(part.answer.facts) == 1 or part.answer.facts[0].measure in CHANGES)
    ]
    if not facts:
        few = [sample.get(info.name) or answered(task, info, ask) for info in infos[: MANY + SAMPLE]]
        return combined(query, task, few, missing, focus)
    found = _figures(task, facts, store)
    parts: list[Part] = []
    sources: dict[str, int] = {}
    alone = 0
    for info in infos:
        figure = found.get(info.name)
        if info.name in sample:
            part = sample[info.name]
        elif figure is not None:
            number, answer, told = figure
            part = Part(info, answer, told)
            sources[part.label] = number
        elif alone < MANY:
            alone += 1
            part = answered(task, info, ask)
        else:
            part = Part(info, Answer(task.query.question, "not_found", ""))
        parts.append(part)
    return _cited(combined(query, task, parts, missing, focus), parts, sources, store, titles)


def _figures(task: Task, facts: Sequence[Fact], store: Store) -> dict[str, tuple[int, Answer, Figure]]:
    """Return a figure of the commonest kind that each document has.

    Each is the number of its fact, the answer that stands for all of its kind, and the figure itself.
    """
    kinds = Counter(map(_kind, facts))
    wordings = {(_kind(fact), fact.item, fact.measure): fact for fact in reversed(facts)}
    found: dict[str, tuple[int, Answer, Figure]] = {}
    for wanted, _ in kinds.most_common():
        for (kind, *_), fact in wordings.items():
            if kind == wanted:
                answer = Answer(task.query.question, "answered", "", facts=(fact,))
                for number, doc, value, unit in store.figures_like(fact):
                    if doc not in found:
                        found[doc] = number, answer, (value, unit)
    return found


def _kind(fact: Fact) -> Kind:
    return fold(fact.item), fold(fact.measure), fact.scope, "表" if fact.table else ""


def _cited(
    answer: Answer, parts: Sequence[Part], sources: dict[str, int], store: Store, titles: dict[str, str]
) -> Answer:
    """Return an answer with the facts and citations of the figures that it names first."""
    if answer.status != "answered":
        return answer
    values, others = [value.label for value in answer.values], [part.label for part in parts]
    named = dict.fromkeys([*values[:SHOWN], *others[:SHOWN], *values, *others])
    cited = islice((label for label in named if label in sources), SOURCES)
    wanted = {label: sources[label] for label in cited}
    known = {fact.id: fact for fact in store.facts_at(wanted.values())}
    facts: list[Fact] = []
    citations = list(answer.citations)
    for part in parts:
        if part.label not in sources:
            facts += part.answer.facts[:1]
        elif part.label in wanted:
            facts.append(known[wanted[part.label]])
            citations.append(cite(facts[-1], titles))
    return replace(answer, citations=tuple(dict.fromkeys(citations)), facts=tuple(facts))
