"""python -m eval.vectors: what each kind of vector index finds."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from eval.vectors import main, measure, passages


def test_passages_are_invented_again_from_the_same_seed() -> None:
    texts = passages(50, Random(3), 3)
    assert texts == passages(50, Random(3), 3)
    assert len(set(texts)) == 50


def test_the_exact_kind_finds_all_and_the_graph_nearly_all() -> None:
    vectors = np.random.default_rng(0).standard_normal((2000, 16), dtype=np.float32)
    found = {measured.kind: measured for measured in measure(vectors, vectors[:20])}
    assert found["Flat"].recall == 1
    assert found["HNSW32"].recall > 0.95
    assert any(kind.endswith("SQfp16") for kind in found)
    assert all(0 <= measured.recall <= 1 for measured in found.values())


def test_a_size_too_small_to_search_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--size", "3"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
