"""How well vectors alone find passages: nDCG@10 over folders of questions and passages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder

_DEPTH = 10


def measure_folder(encoder: Encoder, folder: Path) -> dict[str, float]:
    """nDCG@10 of each set in `folder`.

    A line of NAME.passages.jsonl.gz holds `id` and `text`, one of NAME.queries.jsonl.gz `question` and the
    ids that are `relevant`.
    """
    found = {}
    for path in sorted(folder.glob("*.passages.jsonl.gz")):
        name = path.name.split(".")[0]
        found[name] = ndcg(encoder, _read(path), _read(folder / f"{name}.queries.jsonl.gz"))
    return found


def ndcg(encoder: Encoder, passages: list[dict[str, Any]], queries: list[dict[str, Any]]) -> float:
    """Mean nDCG@10 of the passages in the order of their dot product with the question."""
    numbers = [passage["id"] for passage in passages]
    scores = (
        encoder.encode([query["question"] for query in queries])
        @ encoder.encode([passage["text"] for passage in passages]).T
    )
    best = np.argsort(-scores, axis=1, kind="stable")[:, :_DEPTH]
    gains = 1 / np.log2(np.arange(2, _DEPTH + 2))
    values = []
    for query, places in zip(queries, best, strict=True):
        relevant = set(query["relevant"])
        hits = np.array([numbers[place] in relevant for place in places])
        values.append(gains[: len(hits)][hits].sum() / gains[: len(relevant)].sum())
    return float(np.mean(values))


def _read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]
