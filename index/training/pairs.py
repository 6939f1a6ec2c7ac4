"""Texts that belong together, drawn anew for every batch.

A pair is a short text as a person would ask it and a longer text that answers it. Few real pairs exist, so
most are made: a headline stands for its article, a clause for the paragraph around it or for the sentences
after it.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from index.training.asked import asked_about, asked_batches
from index.training.lay import lay_pair
from index.training.lexicon import Lexicon, Pair, batches

# What people put around the thing they ask for: made questions get some of it, so that it weighs little.
_OPENINGS = ("请问", "关于", "我想知道", "想了解一下", "对于", "今年", "根据规定，", "")
_ENDINGS = (
    "是什么？", "有哪些？", "是多少？", "有什么规定？", "怎么办？", "怎么规定的？", "如何办理？",
    "是什么意思？", "为什么？", "应该怎么做？", "可以吗？", "是否合法？", "有什么要求？", "有哪些措施？",
    "在哪里？", "什么时候？", "由谁负责？", "吗？", "",
)  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[。！？；!?;\n])")
_CLAUSE_END = re.compile(r"[，,、：:。；;！!？?\s]+")
# Longest text of a pair's longer side, in characters; a few are left longer, as whole documents are.
_LONG, _VERY_LONG, _VERY_LONG_SHARE = 300, 1200, 0.25
_SHORT = 60
# Articles of a statute that stand together in a batch.
_NEIGHBOURS = 24

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """Where pairs of one kind come from and how much of each stage of the training they fill.

    `draw` gives a whole batch: what stands beside a pair is what it must be told apart from. A batch holds
    `crowd` times as many pairs as usual.
    """

    name: str
    shares: tuple[float, float]
    draw: Callable[[Random, int], list[Pair]]
    crowd: int = 1


def read_rows(path: Path) -> list[list[str]]:
    """Rows of a gzip file of tab-separated columns."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def training_texts(data: Path) -> list[str]:
    """All texts, for counting words and pieces."""
    texts: list[str] = []
    names = "broadcast_headline_body", "law_title_article", "policy_question_answer", "paraphrase_pairs"
    for name in names:
        texts.extend(text[:_VERY_LONG] for row in read_rows(data / f"{name}.tsv.gz") for text in row)
    texts.extend(row[0][:_VERY_LONG] for row in read_rows(data / "news_articles.tsv.gz"))
    texts.extend(_report_paragraphs(data))
    return texts


def sources(data: Path, lexicon: Lexicon) -> list[Source]:
    """Everything that pairs are drawn from."""
    headlines = _two_columns(data / "broadcast_headline_body.tsv.gz")
    laws = _two_columns(data / "law_title_article.tsv.gz")
    answers = _two_columns(data / "policy_question_answer.tsv.gz")
    paraphrases = _two_columns(data / "paraphrase_pairs.tsv.gz")
    news = [re.sub(r"^[\d-]+，正文：", "", row[0]) for row in read_rows(data / "news_articles.tsv.gz")]
    reports = _report_paragraphs(data)
    bodies = [body for body in [*(row[1] for row in headlines), *news] if len(body) > _SHORT]
    return [
        Source("headline", (10, 20), singly(headlines, _headline)),
        Source("law", (45, 30), lambda rng, size: _law_batch(rng, laws, size)),
        Source("news clause", (30, 40), singly(bodies, clause_and_text)),
        Source("answer", (8, 16), singly(answers, lambda _, pair: pair)),
        Source("paraphrase", (8, 8), singly(paraphrases, lambda _, pair: pair)),
        Source("report", (5, 5), singly(reports, clause_and_text)),
        Source("lexicon", (10, 10), batches(lexicon)),
        # Few articles have written questions: they come last, so that they are not seen too often.
        Source("asked", (0, 120), asked_batches([article for _, article in laws], asked_about()), crowd=2),
    ]


def singly(rows: Sequence[T], make: Callable[[Random, T], Pair]) -> Callable[[Random, int], list[Pair]]:
    """A batch of pairs, each made from one row drawn at random."""
    return lambda rng, size: [make(rng, rng.choice(rows)) for _ in range(size)]


def clause_and_text(rng: Random, text: str) -> Pair:
    """A made question out of one sentence of `text`, and the sentences around it, often without that one."""
    sentences = [part for part in _SENTENCE_END.split(text) if len(part) > 4]
    if not sentences:
        return _short(text), text
    limit = _VERY_LONG if rng.random() < _VERY_LONG_SHARE else _LONG
    at = rng.randrange(len(sentences))
    first = at
    size = len(sentences[at])
    while first > 0 and size < limit * rng.random():
        first -= 1
        size += len(sentences[first])
    around = sentences[first:]
    if len(around) > 1 and rng.random() < 0.5:
        # Without its own sentence: what stands together must be learned, not only what is spelled alike.
        around = around[: at - first] + around[at - first + 1 :]
    return as_question(rng, sentences[at]), "".join(around)[:limit]


def as_question(rng: Random, sentence: str) -> str:
    """Some clauses of a sentence in the dress of a question."""
    clauses = [part for part in _CLAUSE_END.split(sentence) if part]
    if not clauses:
        return sentence
    first = rng.randrange(len(clauses))
    count = 1 if len(clauses[first]) > 8 else rng.randint(1, 3)
    words = _short("，".join(clauses[first : first + count]))
    if rng.random() < 0.5:
        words = rng.choice(_OPENINGS) + words + rng.choice(_ENDINGS)
    return words


def _headline(rng: Random, row: Pair) -> Pair:
    headline, body = row
    limit = _VERY_LONG if rng.random() < _VERY_LONG_SHARE else _LONG
    return headline, body[:limit]


def _law_batch(rng: Random, laws: Sequence[Pair], size: int) -> list[Pair]:
    """Runs of articles that follow each other: those of one chapter are the hardest to tell apart."""
    found: list[Pair] = []
    while len(found) < size:
        start = rng.randrange(len(laws))
        found += (_law(rng, row) for row in laws[start : start + _NEIGHBOURS])
    return found[:size]


def _law(rng: Random, row: Pair) -> Pair:
    title, article = row
    kind = rng.random()
    if kind < 0.1:
        return title + as_question(rng, article), article
    if kind < 0.2:
        return as_question(rng, article), f"{title} {article}"
    if kind < 0.4:
        return clause_and_text(rng, article)
    return lay_pair(rng, article)


def _short(text: str) -> str:
    return text[:_SHORT]


def _two_columns(path: Path) -> list[Pair]:
    return [(row[0], row[1]) for row in read_rows(path) if len(row) == 2 and row[0] and row[1]]


def _report_paragraphs(data: Path) -> list[str]:
    """Paragraphs of the reports; the file's header and address lines are left out."""
    texts = (row[0].strip() for row in read_rows(data / "work_report_paragraphs.tsv.gz"))
    return [text for text in texts if len(text) > _SHORT and "http" not in text]
