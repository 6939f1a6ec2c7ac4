"""The kind of vector index by size, and an index of the larger kind on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import vectors as kinds
from index.document import Passage, Span
from index.rows import DocumentInfo, SourceRecord, document_rows
from index.store import open_store, write_store


def test_the_kind_follows_the_size() -> None:
    assert kinds.kind_for(0) == kinds.kind_for(kinds.SCANNED) == "Flat"
    assert kinds.kind_for(kinds.SCANNED + 1) == "IVF256,SQfp16"
    assert kinds.kind_for(1_000_000) == "IVF1024,SQfp16"


def test_lists_on_disk_find_and_give_back_the_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "SCANNED", 10)
    rows = np.random.default_rng(1).standard_normal((300, 8), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows.astype(np.float16).astype(np.float32)  # what the lists keep comes back as it was
    pieces = tuple(
        Passage(n, "a.txt", ("一、收入",), f"第{n}段", Span("a.txt", n + 1, n + 1)) for n in range(300)
    )
    record = SourceRecord("a.txt", "0", DocumentInfo("a.txt", "甲", "甲局", 2025, "预算"), passages=pieces)
    write_store(tmp_path / "index", [(document_rows(record), rows)], encoder_name="none", dim=8)
    monkeypatch.setattr(kinds, "PROBED", 1)
    with open_store(tmp_path / "index") as store:
        np.testing.assert_array_equal(store.vectors(), rows)
        np.testing.assert_array_equal(store.vectors([299, 0]), rows[[299, 0]])
        for number in (0, 150, 299):
            ids, scores = store.nearest(rows[number], 3)
            assert ids[0] == number
            assert scores[0] == pytest.approx(1, abs=1e-3)
        ids, _ = store.nearest(rows[5], 2, np.array([5, 7]))
        assert ids.tolist() == [5, 7]
