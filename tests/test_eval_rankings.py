"""Metrics of rankings, against values worked out by hand, and the paired bootstrap."""

from __future__ import annotations

import math

import pytest

from eval.rankings import METRICS, Judged, gain_interval, mean, ndcg, recall, reciprocal_rank

SECOND = Judged((False, True, False))
BOTH = Judged((True, False, True), relevant=2)
NEVER = Judged((False,) * 10)


def test_recall_is_the_share_found_among_the_first() -> None:
    assert recall(1)(SECOND) == 0
    assert recall(5)(SECOND) == 1
    assert recall(1)(BOTH) == 0.5
    assert recall(10)(NEVER) == 0


def test_reciprocal_rank_is_that_of_the_first_hit() -> None:
    assert (reciprocal_rank(SECOND), reciprocal_rank(BOTH), reciprocal_rank(NEVER)) == (0.5, 1, 0)


def test_ndcg_is_gain_over_the_best_possible() -> None:
    assert ndcg(SECOND) == pytest.approx(1 / math.log2(3))
    assert ndcg(BOTH) == pytest.approx((1 + 0.5) / (1 + 1 / math.log2(3)))
    assert ndcg(Judged((True,) * 10, relevant=30)) == pytest.approx(1)


@pytest.mark.parametrize("name", METRICS)
def test_metrics_lie_between_nothing_and_all(name: str) -> None:
    assert mean(METRICS[name], [NEVER]) == 0
    assert mean(METRICS[name], [Judged((True,))]) == pytest.approx(1)


def test_the_interval_of_equal_rankings_is_nothing_and_a_sure_gain_lies_above() -> None:
    assert gain_interval(ndcg, [SECOND, BOTH], [SECOND, BOTH]) == (0, 0)
    low, high = gain_interval(reciprocal_rank, [Judged((True,))] * 30, [SECOND] * 30)
    assert low == high == 0.5
    low, high = gain_interval(recall(1), [SECOND, BOTH] * 20, [BOTH, SECOND] * 20)
    assert low < 0 < high
