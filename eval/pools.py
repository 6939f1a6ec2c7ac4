"""Pools of texts with questions, each with the ids of the texts that answer it, and rankings of them.

NAME.passages.jsonl.gz holds `id` and `text` a line, NAME.queries.jsonl.gz `question` and `relevant`.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.errors import UsageError
from eval.rankings import DEPTH, Judged
from index.bm25 import count_tokens, load_bm25, write_bm25
from index.encoder import Encoder
from index.passages import cut
from index.proximity import Stretches
from qa.retrieve import FUSED, Legs, Parts

WINDOW = 160
"""Characters of a piece of a long text that gets a vector of its own; the text counts by its best piece."""

_PASSAGES = ".passages.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts by id, each with its pieces, and questions with the ids of the texts that are relevant.

    `legs` are those that its texts are ranked by.
    """

    name: str
    ids: tuple[Any, ...]
    texts: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]
    questions: tuple[str, ...]
    relevant: tuple[frozenset[Any], ...]
    legs: Legs = FUSED


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of all texts for all questions, each of shape (questions, texts).

    `parts` as in a search, but a text's cosine is the mean of the two that stand beside it: that of the
    `whole` and that of the best of its `pieces`.
    """

    parts: Parts
    whole: NDArray[np.float32]
    pieces: NDArray[np.float32]


def read_pools(folder: Path) -> tuple[Pool, ...]:
    """Read all pools of a folder; raise UsageError where there is none, or one cannot be read."""
    paths = sorted(folder.glob(f"*{_PASSAGES}"))
    if not paths:
        raise UsageError(f"{folder}：没有检索题集（*{_PASSAGES}）")
    return tuple(_read_pool(path) for path in paths)


def score(pool: Pool, encoder: Encoder) -> Scores:
    """Score all texts of a pool for all its questions."""
    asked = encoder.encode(pool.questions)
    pieces = [piece for of_text in pool.pieces for piece in of_text]
    firsts = np.cumsum([0, *(len(of_text) for of_text in pool.pieces[:-1])])
    whole = asked @ encoder.encode(pool.texts).T
    best = np.maximum.reduceat(asked @ encoder.encode(pieces).T, firsts, axis=1)
    keywords, together = _by_keywords(pool)
    words = encoder.overlap(pool.questions, pool.texts)
    return Scores(Parts(keywords, np.asarray((whole + best) / 2, np.float32), words, together), whole, best)


def rank(pool: Pool, scores: NDArray[np.float32]) -> tuple[Judged, ...]:
    """Judge the ranking of the texts for each question by scores of shape (questions, texts)."""
    judged = []
    for of_texts, relevant in zip(scores, pool.relevant, strict=True):
        order = np.argsort(-of_texts, kind="stable")[:DEPTH]
        judged.append(Judged(tuple(pool.ids[place] in relevant for place in order), len(relevant)))
    return tuple(judged)


def _by_keywords(pool: Pool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return which part of the keywords all texts hold, and hold together, each (questions, texts)."""
    found = np.zeros((len(pool.questions), len(pool.texts)), dtype=np.float32)
    together = np.zeros_like(found)
    stretches = Stretches(pool.texts)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bm25"
        write_bm25(folder, [count_tokens(pool.texts, None)])
        keywords = load_bm25(folder, len(pool.texts), None)
        for number, question in enumerate(pool.questions):
            ids, points = keywords.search(question, len(pool.texts))
            weights = keywords.weights(question)
            found[number, ids] = points / (sum(weights.values()) or 1.0)
            together[number] = stretches.share(weights)
        del keywords  # its files are mapped into memory
    return found, together


def _read_pool(path: Path) -> Pool:
    name = path.name.removesuffix(_PASSAGES)
    other = path.with_name(f"{name}.queries.jsonl.gz")
    try:
        passages, queries = list(_lines(path)), list(_lines(other))
        texts = tuple(line["text"] for line in passages)
        return Pool(
            name,
            tuple(line["id"] for line in passages),
            texts,
            tuple(tuple(text[start:end] for start, end in cut(text, WINDOW)) or (text,) for text in texts),
            tuple(line["question"] for line in queries),
            tuple(frozenset(line["relevant"]) for line in queries),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path.parent}：题集 {name} 无法读取（{error}）") from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
