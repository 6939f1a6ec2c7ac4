"""Questions to begin with, grouped by kind: only such as the documents at hand answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from index.naming import short_name
from qa.web.markup import button, told

if TYPE_CHECKING:
    from qa.assistant import Assistant

PATTERNS = Path(__file__).with_name("examples.json")
A_KIND = 2
"""Questions shown of each kind."""
DOCUMENTS = 4
"""So many documents are asked about: a large index has enough in a few."""


@dataclass(frozen=True, slots=True)
class Examples:
    """The questions of one kind."""

    kind: str
    questions: tuple[str, ...]


def examples(assistant: Assistant) -> tuple[Examples, ...]:
    """Return example questions that this assistant answers, kinds without any left out."""
    found = []
    for group in json.loads(PATTERNS.read_text(encoding="utf-8")):
        answered = (q for q in _asked(assistant, group["asks"]) if assistant.ask(q).status == "answered")
        questions = tuple(islice(dict.fromkeys(answered), A_KIND))
        if questions:
            found.append(Examples(group["kind"], questions))
    return tuple(found)


def examples_html(groups: tuple[Examples, ...]) -> str:
    """Return the questions as buttons under the names of their kinds."""
    parts = (
        f"<section><h4>{escape(group.kind)}</h4>{''.join(map(_button, group.questions))}</section>"
        for group in groups
    )
    return f'<div class="bq-examples">{"".join(parts)}</div>'


def _button(question: str) -> str:
    return button("bq-chip", "ask", told(question), question=question)


def _asked(assistant: Assistant, patterns: list[str]) -> Iterator[str]:
    """Yield questions made from patterns, the documents taking turns."""
    documents = [about for about in assistant.store.documents if about.entity][:DOCUMENTS]
    names = list(dict.fromkeys(short_name(about.entity) for about in documents))
    for first in range(len(documents)):
        turns = islice(cycle(documents), first, None)
        for pattern, about in zip(patterns, turns, strict=False):
            who = short_name(about.entity)
            other = next((name for name in names if name != who), "")
            if "{other}" in pattern and not other:
                continue
            year = f"{about.year}年" if about.year else ""
            yield pattern.format(who=who, year=year, other=other)
