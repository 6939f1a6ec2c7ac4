"""`Query` -> passages: keywords and meaning together, within the documents asked about.

Scores are fused as bm25/max + WEIGHT × cosine (equal-rank fusion with a weaker leg makes results worse).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Passage
from index.encoder import Encoder
from index.store import Store

VECTOR_WEIGHT = 0.6
"""How much a cosine of 1 counts against the best keyword match of the question."""
POOL = 40
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its fused score."""

    passage: Passage
    score: float


def search(
    store: Store,
    encoder: Encoder,
    text: str,
    within: Sequence[int],
    passages: dict[int, Passage],
    limit: int = 8,
) -> list[Hit]:
    """Return the best passages for a text among the passage ids `within`."""
    import numpy as np

    if not within:
        return []
    ids = np.asarray(within, dtype=np.int64)
    scores: dict[int, float] = {}
    found, points = store.bm25.search(text, POOL, ids)
    top = float(points[0]) if len(points) else 0.0
    for number, point in zip(found.tolist(), points.tolist(), strict=True):
        scores[number] = point / top if top else 0.0
    vector = encoder.encode([text])[0]
    near, cosines = store.nearest(vector, POOL, ids)
    for number, cosine in zip(near.tolist(), cosines.tolist(), strict=True):
        scores[number] = scores.get(number, 0.0) + VECTOR_WEIGHT * cosine
    best = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
    return [Hit(passages[number], scores[number]) for number in best]


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence of a passage."""
    return [match.span() for match in _SENTENCE.finditer(text)]
