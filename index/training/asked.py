"""Questions that were written to articles of the law, for want of real ones.

The articles are not part of the project: `asked.tsv` holds each question behind the mark of its article.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from index.training.lexicon import Pair

_LENGTHS = (420, 420, 420, 1_200)
"""So many characters of a text stand in a pair: those that the questions were written to, sometimes more."""


def asked_about() -> list[Pair]:
    """Questions as people ask them, each with the mark of the article that answers it."""
    text = Path(__file__).with_name("asked.tsv").read_text(encoding="utf-8")
    return [(question, mark) for mark, question in (line.split("\t") for line in text.splitlines())]


def mark_of(text: str) -> str:
    """What stands for the text of an article in `asked.tsv`."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def asked_batches(texts: Sequence[str], asked: Sequence[Pair]) -> Callable[[Random, int], list[Pair]]:
    """How to draw a batch of questions and their texts, each text at most once.

    `asked` pairs a question with the mark of its text; what is asked of others than `texts` is left out.
    """
    known = {mark_of(text): text for text in texts}
    questions: dict[str, list[str]] = {}
    for question, mark in asked:
        if mark in known:
            questions.setdefault(known[mark], []).append(question)
    answers = list(questions)
    if not answers:
        raise ValueError("no text has a written question: are these the texts that they were written to?")

    def draw(rng: Random, size: int) -> list[Pair]:
        chosen = rng.sample(answers, min(size, len(answers)))
        return [(rng.choice(questions[text]), text[: rng.choice(_LENGTHS)]) for text in chosen]

    return draw
