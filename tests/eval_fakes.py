"""Stand-ins for the assistant, and short ways to write cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.asking import Case
from eval.questions import Figure, Gold, as_decimal


class FakeAnswer:
    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = fields

    def to_dict(self) -> dict[str, Any]:
        return dict(self.fields)


class FakeStore:
    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        self.documents = documents

    def lines(self, doc: str, first: int, last: int) -> Sequence[str]:
        return self.documents[doc][first - 1 : last]


class FakeAssistant:
    """Answers by a function; notes what it was asked, and in which conversation (0 is none)."""

    def __init__(self, reply: Callable[[str], Mapping[str, Any]], documents: Mapping[str, Any] | None = None):
        self.reply = reply
        self.store = FakeStore(documents or {})
        self.asked: list[tuple[int, str]] = []
        self.chats = 0

    def ask(self, question: str) -> FakeAnswer:
        return self._ask(0, question)

    def chat(self) -> FakeChat:
        self.chats += 1
        return FakeChat(self, self.chats)

    def _ask(self, chat: int, question: str) -> FakeAnswer:
        self.asked.append((chat, question))
        return FakeAnswer(self.reply(question))


class FakeChat:
    def __init__(self, assistant: FakeAssistant, number: int) -> None:
        self.assistant, self.number = assistant, number

    def ask(self, question: str) -> FakeAnswer:
        return self.assistant._ask(self.number, question)


def answered(value: object = None, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "status": "answered",
        "text": "",
        "value": value,
        "unit": unit,
        "values": [],
        "citations": [],
        **more,
    }


def refused() -> dict[str, Any]:
    return {
        "status": "not_found",
        "text": "没有找到",
        "value": None,
        "unit": None,
        "values": [],
        "citations": [],
    }


def case(gold: Gold | None, answer: Mapping[str, Any], kind: str = "lookup", **more: Any) -> Case:
    return Case(
        more.pop("id", "q1"),
        more.pop("turn", None),
        kind,
        "问题",
        gold,
        answer,
        more.pop("seconds", 0.001),
        **more,
    )


def figure(value: object, unit: str = "") -> Figure:
    number = as_decimal(value)
    assert number is not None
    return Figure(number, unit)


def write_jsonl(path: Path, *rows: object) -> Path:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path
