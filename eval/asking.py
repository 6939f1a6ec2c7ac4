"""Putting questions to an assistant: what it answered, how long it took, whether it broke."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from eval.errors import UsageError
from eval.questions import DIALOGUE, Gold, Question
from index.engines import Place

T = TypeVar("T")
"""Whatever says where an index is."""


class Answering(Protocol):
    """An answer that can be written as JSON."""

    def to_dict(self) -> Mapping[str, Any]:
        """Return the answer in the JSON shape of the command line."""


class Asker(Protocol):
    """Whatever answers questions: the assistant, one conversation with it, or a test's stand-in."""

    def ask(self, question: str, /) -> Answering:
        """Return the answer to one question."""


@dataclass(frozen=True, slots=True)
class Case:
    """One turn with its answer; `turn` counts from 1 in a dialogue and is None outside one."""

    id: str | int
    turn: int | None
    kind: str
    question: str
    gold: Gold | None
    answer: Mapping[str, Any]
    seconds: float
    error: str = ""


def open_assistant(index: Place | None) -> Asker:
    """Open the assistant on an index, or on the sample corpus that ships with the project."""
    from qa import Assistant  # here, because --help and the tests do without it

    return Assistant.open(index)


def opened(opener: Callable[[T], Asker], index: T) -> Asker:
    """Open the assistant; whatever keeps the index from opening becomes a `UsageError` with its words."""
    try:
        return opener(index)
    except Exception as error:
        raise UsageError(str(error) or f"索引无法打开（{type(error).__name__}）") from error


def source_lines(assistant: Asker) -> Callable[[str, int, int], Sequence[str] | None]:
    """Return how to look up source lines (document, first, last) in the assistant's own index.

    The function returns None for a document that is not at hand.
    """
    store = getattr(assistant, "store", None)

    def lines(doc: str, first: int, last: int) -> Sequence[str] | None:
        try:
            found: Sequence[str] | None = store.lines(doc, first, last) if store is not None else None
        except KeyError:
            return None
        return found

    return lines


def ask_all(assistant: Asker, questions: Sequence[Question]) -> Iterator[tuple[Case, ...]]:
    """Ask one question after the other and yield its cases; an exception becomes a failed case."""
    for question in questions:
        chat = getattr(assistant, "chat", None)
        asker: Asker = chat() if question.dialogue and chat is not None else assistant
        cases = []
        for number, turn in enumerate(question.turns, 1):
            started = time.perf_counter()
            answer, error = _ask(asker, turn.question)
            seconds = time.perf_counter() - started
            kind = DIALOGUE if question.dialogue else turn.kind
            place = number if question.dialogue else None
            cases.append(Case(question.id, place, kind, turn.question, turn.gold, answer, seconds, error))
        yield tuple(cases)


def prediction(cases: Sequence[Case]) -> dict[str, Any]:
    """Return the prediction line of one question: its id with the answer, or with those of its turns."""
    first = cases[0]
    if first.turn is None:
        return {"id": first.id, **first.answer}
    return {"id": first.id, "turns": [dict(case.answer) for case in cases]}


def _ask(asker: Asker, question: str) -> tuple[Mapping[str, Any], str]:
    # One broken question must not cost the answers to all the others, whatever it raised.
    try:
        return asker.ask(question).to_dict(), ""
    except Exception as error:
        fault = " ".join(f"{type(error).__name__}: {error}".split())
        empty: dict[str, Any] = {"status": "not_found", "text": "", "value": None, "unit": None}
        return {
            "question": question,
            **empty,
            "values": [],
            "citations": [],
            "steps": [],
            "choices": [],
            "error": fault,
        }, fault
