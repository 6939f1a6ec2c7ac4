"""This system and its peers on the same documents: does the answer stand in what comes first, and how soon?

A passage holds the answer when it is of the right document and contains the words of a place given as
evidence: the label of a row with its figure, or a clause. The passages of this system are the citations of
its answer.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.asking import Case, ask_all
from eval.bench.machine import apart, resident_memory
from eval.bench.sizes import CORPUS, INDEX, QUESTIONS, Size, one_of_each
from eval.errors import BenchError
from eval.metrics import accuracy, percentile, squeeze
from eval.peers import PEERS, Found, System, Text, load, missing
from eval.questions import Gold, Question, read_questions

OURS = "budget-qa"
DEPTH = 5
ONE_PASSAGE = frozenset({"lookup", "prose", "performance", "policy", "reason", "use", "year", "yoy"})
"""Kinds of questions that one passage answers; the others need two documents, all of them, or a refusal."""


@dataclass(frozen=True, slots=True)
class Score:
    """One system at one size.

    `ready_mb` is its memory when it has been warmed up, `exact` the share of exact answers, which only this
    system gives; `fault` says why a system was not measured to the end.
    """

    system: str
    questions: int = 0
    build_s: float | None = None
    ready_mb: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    top1: float | None = None
    top5: float | None = None
    exact: float | None = None
    fault: str = ""


def contest(folder: Path, size: Size, limit: float, tell: Callable[[str], None]) -> list[Score]:
    """Return the scores of this system and of the peers that are installed, each in a process of its own.

    A peer that takes more than `limit` seconds, from its start to its last answer, is stopped.
    """
    corpus, asked = folder / CORPUS, folder / QUESTIONS
    tell(f"{size.documents} 份：{OURS} 检索")
    scores = [replace(apart(None, ours, folder / INDEX, asked), build_s=size.build_s)]
    for system in PEERS:
        if why := missing(system):
            tell(why)
            continue
        tell(f"{size.documents} 份：{system.name} 建索引并检索")
        try:
            scores.append(apart(limit, theirs, system, corpus, asked))
        except BenchError as error:
            scores.append(Score(system.name, fault=str(error)))
    return scores


def ours(index: Path, path: Path) -> Score:
    """Ask this system all questions and score what it cites."""
    from qa import Assistant

    asked = one_passage(read_questions([path]))
    assistant = Assistant.open(index)
    for _ in ask_all(assistant, one_of_each(asked)):
        pass
    ready = resident_memory()
    cases = [case for answered in ask_all(assistant, asked) for case in answered]
    assistant.store.close()
    score = scored(OURS, asked, [cited(case) for case in cases], [case.seconds for case in cases])
    return replace(score, ready_mb=ready, exact=accuracy(cases)["score"])


def theirs(system: System, corpus: Path, path: Path) -> Score:
    """Build a peer, search for all questions and score what it finds."""
    asked = one_passage(read_questions([path]))
    peer = load(system)
    started = time.perf_counter()
    peer.build(texts(corpus))
    built = time.perf_counter() - started
    for question in one_of_each(asked):
        peer.search(question.turns[0].question, DEPTH)
    gc.collect()
    ready = resident_memory()
    found, seconds = [], []
    for question in asked:
        started = time.perf_counter()
        found.append(peer.search(question.turns[0].question, DEPTH))
        seconds.append(time.perf_counter() - started)
    return replace(scored(system.name, asked, found, seconds), build_s=built, ready_mb=ready)


def texts(corpus: Path) -> list[Text]:
    """Return the documents of a folder; the first line of each is its title."""
    read = ((path.name, path.read_text(encoding="utf-8")) for path in sorted(corpus.iterdir()))
    return [Text(name, text.partition("\n")[0], text) for name, text in read]


def one_passage(asked: Iterable[Question]) -> list[Question]:
    """Return the questions that one passage answers."""
    return [q for q in asked if not q.dialogue and q.turns[0].gold and q.turns[0].kind in ONE_PASSAGE]


def cited(case: Case) -> list[Found]:
    """Return the citations of an answer as passages."""
    return [Found(str(place["doc"]), str(place["quote"])) for place in case.answer["citations"]]


def scored(
    system: str, asked: Sequence[Question], found: Sequence[Sequence[Found]], seconds: Sequence[float]
) -> Score:
    """Return the shares of questions whose answer stands in the first passage, and in the first five."""

    def share(depth: int) -> float | None:
        golds = (question.turns[0].gold for question in asked)
        hits = [
            gold is not None and any(holds(passage, gold) for passage in passages[:depth])
            for gold, passages in zip(golds, found, strict=True)
        ]
        return sum(hits) / len(hits) if hits else None

    p50, p95 = (percentile(seconds, part) for part in (0.5, 0.95))
    return Score(
        system,
        len(asked),
        p50_ms=None if p50 is None else p50 * 1000,
        p95_ms=None if p95 is None else p95 * 1000,
        top1=share(1),
        top5=share(DEPTH),
    )


def holds(passage: Found, gold: Gold) -> bool:
    """Tell whether a passage contains a place that proves the answer: its document and its words."""
    text = squeeze(passage.text)
    return any(
        passage.doc == place.doc and bool(place.quote) and squeeze(place.quote) in text
        for place in gold.evidence
    )
