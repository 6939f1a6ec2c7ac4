"""Several questions in one: 计划租几套，房租最多多少. Each clause that asks is answered by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.text import fold
from qa.answer import Answer, Value
from qa.calculate import COUNTED
from qa.matching import content_of
from qa.operations import SUM
from qa.question import BLANK, Query, part_of

_ASKS = re.compile(
    r"多[少大高长久深]|几(?!乎)|什么|啥|谁|哪[些个里]|百分之|呢$|吗|是否|有没有|有无|为何|原因"
)
_BOUNDARY = re.compile(r"[，?？]")


def parts(query: Query) -> list[Query]:
    """Return one query for each clause that asks, with the clauses that do not ask as context; or []."""
    asking = _asking(query)
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


def added_apart(query: Query) -> bool:
    """Tell whether only one of several asking clauses asks for a sum: 水费多少，电费和邮电费一共多少."""
    asked = [query.rest[start:end] for start, end in _asking(query)]
    sums = [text for text in asked if SUM.search(text)]
    own = (content_of(COUNTED.sub("", SUM.sub("", text)).replace(BLANK, "")) for text in asked)
    return 0 < len(sums) < len(asked) and all(len(words) > 1 for words in own)


def asks(text: str) -> bool:
    """Tell whether words ask for something."""
    return bool(_ASKS.search(text))


def _asking(query: Query) -> list[tuple[int, int]]:
    """Return the (start, end) of the clauses that ask."""
    spans = []
    start = 0
    for end in [*(match.start() for match in _BOUNDARY.finditer(query.rest)), len(query.rest)]:
        if end > start:
            spans.append((start, end))
        start = end + 1
    return [span for span in spans if _ASKS.search(query.rest[slice(*span)])]


def answered_apart(
    query: Query, whole: Answer | None, answer: Callable[[Query], Answer | None]
) -> Answer | None:
    """Return the answers to all clauses together when each has one and `whole` told less; else None."""
    asked = parts(query)
    if not asked or (whole and len(whole.values) >= len(asked)):
        return None
    answers: list[Answer] = []
    for part, (start, end) in zip(asked, _asking(query), strict=True):
        found = answer(part)
        own = query.rest[start:end]
        if not _answers(found) and answers and answers[0].facts and not SUM.search(own):
            about = answers[0].facts[0].project or answers[0].facts[0].item  # 由谁承担，钱花在什么上
            rest = f"{fold(about)}{'' if own.startswith('占') else '的'}{own}"
            found = answer(replace(part_of(query, rest), folded=rest))
        if found is None or not _answers(found):
            return None
        answers.append(found)
    if whole and len({(answer.value, answer.unit, answer.citations) for answer in answers}) == 1:
        return None  # asked twice: 准备买车吗，买车预算多少
    return _together(query, answers)


def _answers(answer: Answer | None) -> bool:
    return answer is not None and answer.status == "answered"


def _together(query: Query, answers: Sequence[Answer]) -> Answer:
    values: list[Value] = []
    for answer in answers:
        values += answer.values or (
            [Value("", answer.value, answer.unit or "")] if answer.value is not None else []
        )
    figures = {(answer.value, answer.unit) for answer in answers if answer.value is not None}
    value, unit = figures.pop() if len(figures) == 1 else (None, None)  # beside words: 多少，为什么
    return Answer(
        query.question,
        "answered",
        "\n".join(dict.fromkeys(answer.text for answer in answers)),
        value,
        unit,
        values=tuple(values),
        citations=tuple(dict.fromkeys(c for answer in answers for c in answer.citations)),
        steps=tuple(dict.fromkeys(step for answer in answers for step in answer.steps)),
    )
