"""Parts of what a question asks for first: 政府采购一共多少，其中货物和服务各多少."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.document import Fact
from index.text import fold
from qa.answer import Answer, Value, amount
from qa.features import near, same_kind
from qa.lexicon import lexicon
from qa.matching import content_of
from qa.question import Query, part_of
from qa.wording import Desk, figure_of, label_of

_AMONG = re.compile(
    r"^(?P<whole>[^?]{2,}?)[，?](?:这)?(?:其中|里面?|里头|当中)(?:的|，)?"
    r"(?P<parts>[^?]{2,30}?)(?:分别|各自?|又|共|能|要)*(?:是|有|为|占|花|用|安排|预算)*了?(?:多少|几)[^，?]{0,4}\??$"
)
_LISTED = re.compile(r"[，和与跟及]|以及|还有")


def with_parts(desk: Desk, query: Query, answer: Callable[[Query], Answer | None]) -> Answer | None:
    """Return the whole with its named parts; None unless the document tells the whole and each part."""
    asked = _AMONG.search(query.rest)
    if not asked:
        return None
    end = asked.end("whole")
    first = answer(part_of(query, query.rest[:end] + "，" * (len(query.rest) - end)))
    whole = first.facts[0] if first and first.facts and first.value is not None else None
    names = [content_of(name) or name for name in _LISTED.split(asked.group("parts")) if len(name) > 1]
    if first is None or whole is None or not names:
        return None
    again = (f for f in desk.base.facts.having(item=(whole.item,)) if figure_of(f) == figure_of(whole))
    told: list[Fact] = []
    for place in (whole, *again):  # one figure may stand in several tables, of which one tells the parts
        parts = [part for name in names if (part := _part(desk, place, name))]
        if len(parts) == len(names):
            told = [place, *parts]
            break
    else:
        return None
    values = tuple(Value(label_of(fact), *figure_of(fact)) for fact in told)
    shown = "；".join(f"{value.label} {amount(value.value, value.unit)}" for value in values[1:])
    return Answer(
        query.question,
        "answered",
        f"{first.text.partition('（口径')[0].rstrip('。')}；其中{shown}。",
        first.value,
        first.unit,
        values,
        desk.cite(told),
        facts=tuple(told),
    )


def _part(desk: Desk, whole: Fact, name: str) -> Fact | None:
    """Return the one part of a figure that a name tells, beside it or in the rows below it."""
    names = {fold(name), *lexicon().titles_of(fold(name))}
    found: dict[tuple[str, str], Fact] = {}
    for fact in desk.base.facts:
        below = bool(whole.row_path) and fact.row_path[: len(whole.row_path)] == whole.row_path
        beside = near(fact, whole) and bool(fact.table) == bool(whole.table)
        if fact is whole or fact.value is None or not (below and fact.table == whole.table or beside):
            continue
        unit = "元" if whole.unit.endswith("元") else whole.unit
        item, measure = fold(fact.item), fold(fact.measure)
        of_item = fact.measure == whole.measure and any(word in item for word in names)
        of_column = fact.item == whole.item and any(word in measure for word in names)
        if (of_item or of_column) and same_kind(unit, fact.unit) and fact.year == whole.year:
            found.setdefault((fact.item, fact.measure), fact)
    exact = [fact for fact in found.values() if fold(fact.item) in names or fold(fact.measure) in names]
    options = exact or list(found.values())
    return options[0] if len(options) == 1 else None
