"""How good a ranking is, and whether one way of ranking beats another on the same questions.

A ranking is judged by what stands at its first places: `Judged.hits` says which of them are relevant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

DEPTH = 10
"""Places of a ranking that are looked at."""
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Judged:
    """The first places of one question's ranking, and how many texts are relevant in all."""

    hits: tuple[bool, ...]
    relevant: int = 1


Metric = Callable[[Judged], float]


def recall(k: int) -> Metric:
    """Return the metric: the share of the relevant texts that stand among the first `k`."""
    return lambda judged: sum(judged.hits[:k]) / judged.relevant


def reciprocal_rank(judged: Judged) -> float:
    """Return 1 over the place of the first relevant text; 0 when none is among the first places."""
    return next((1 / place for place, hit in enumerate(judged.hits[:DEPTH], 1) if hit), 0.0)


def ndcg(judged: Judged) -> float:
    """Return the discounted gain of the first places over that of the best possible ranking."""
    gains = [1 / math.log2(place + 1) for place in range(1, DEPTH + 1)]
    gained = sum(gain for gain, hit in zip(gains, judged.hits, strict=False) if hit)
    return gained / sum(gains[: judged.relevant])


METRICS: dict[str, Metric] = {
    "R@1": recall(1),
    "R@5": recall(5),
    "R@10": recall(10),
    "MRR@10": reciprocal_rank,
    "nDCG@10": ndcg,
}


def mean(metric: Metric, rankings: Sequence[Judged]) -> float:
    """Return the mean of a metric over rankings."""
    return float(np.mean([metric(judged) for judged in rankings]))


def gain_interval(
    metric: Metric, rankings: Sequence[Judged], others: Sequence[Judged], seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % interval of the mean gain of `rankings` over `others` on the same questions.

    Questions are drawn anew with replacement, both rankings of a question together (paired bootstrap).
    """
    gains = np.array([metric(ours) - metric(theirs) for ours, theirs in zip(rankings, others, strict=True)])
    draws = np.random.default_rng(seed).integers(0, len(gains), (_DRAWS, len(gains)))
    low, high = np.quantile(gains[draws].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)
