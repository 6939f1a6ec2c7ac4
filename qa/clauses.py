"""Several questions in one: 计划租几套，房租最多多少. Each clause that asks is answered by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.answer import Answer, Value
from qa.question import Query, part_of

_ASKS = re.compile(
    r"多[少大高长久深]|几(?!乎)|是什么|哪[些个里]|百分之|呢$|(?:做|干)(?:什么|啥)|为(?:什么|何|啥)|原因"
)
_BOUNDARY = re.compile(r"[，?？]")


def parts(query: Query) -> list[Query]:
    """Return one query for each clause that asks, with the clauses that do not ask as context; or []."""
    spans = []
    start = 0
    for end in [*(match.start() for match in _BOUNDARY.finditer(query.rest)), len(query.rest)]:
        if end > start:
            spans.append((start, end))
        start = end + 1
    asking = [span for span in spans if _ASKS.search(query.rest[slice(*span)])]
    if len(asking) < 2:
        return []
    found = []
    for own in asking:
        other = [span for span in asking if span != own]
        rest = "".join(
            "，" if any(a <= at < b for a, b in other) else char for at, char in enumerate(query.rest)
        )
        found.append(replace(part_of(query, rest), folded=rest))  # the other clause asks for its own
    return found


def answered_apart(
    query: Query, whole: Answer | None, answer: Callable[[Query], Answer | None]
) -> Answer | None:
    """Return the answers to all clauses together when each has one and `whole` told less; else None."""
    asked = parts(query)
    if not asked or (whole and len(whole.values) >= len(asked)):
        return None
    answers: list[Answer] = []
    for part in asked:
        found = answer(part)
        if found is None or found.status != "answered":
            return None
        answers.append(found)
    return _together(query, answers)


def _together(query: Query, answers: Sequence[Answer]) -> Answer:
    values: list[Value] = []
    for answer in answers:
        values += answer.values or (
            [Value("", answer.value, answer.unit or "")] if answer.value is not None else []
        )
    return Answer(
        query.question,
        "answered",
        "\n".join(dict.fromkeys(answer.text for answer in answers)),
        values=tuple(values),
        citations=tuple(dict.fromkeys(c for answer in answers for c in answer.citations)),
        steps=tuple(dict.fromkeys(step for answer in answers for step in answer.steps)),
    )
