"""Keyword search over passages: BM25 weights computed by bm25s, read straight from disk.

bm25s computes the whole weight of every (token, passage) pair when it builds, so a search only adds
up the columns of the asked tokens. That addition is done here on memory-mapped arrays: it needs no
bm25s import (0.2 s), and a search within one department reads only that department's postings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.tokens import tokenize

if TYPE_CHECKING:
    import jieba

Within = NDArray[np.int64] | NDArray[np.bool_]
"""Which passages to consider: their ids, or one bool for each passage of the index."""

Hits = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Passage ids and their scores, best first; equal scores in order of id."""


@dataclass(frozen=True, slots=True)
class Bm25:
    """The postings of an index.

    `tokens` holds the sorted 64-bit hashes of the vocabulary. The postings of token number t are
    `starts[t]:starts[t + 1]` in `passages` (ids, ascending) and `weights`.
    """

    size: int
    tokens: NDArray[np.uint64]
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    weights: NDArray[np.float32]
    words: jieba.Tokenizer | None

    def search(self, text: str, k: int, within: Within | None = None) -> Hits:
        """Return at most `k` passages that share a token with `text`, ranked among `within` only."""
        ids = passage_ids(within, self.size)
        if ids is not None and not len(ids):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        bounds = np.array([0, self.size] if ids is None else [ids[0], ids[-1] + 1], dtype=np.int32)
        low, high = int(bounds[0]), int(bounds[1])
        scores = np.zeros(high - low, dtype=np.float32)
        for token in self._numbers(tokenize(text, self.words)):
            start, end = self.starts[token], self.starts[token + 1]
            first, last = start + np.searchsorted(self.passages[start:end], bounds)
            scores[self.passages[first:last] - low] += self.weights[first:last]
        found = np.flatnonzero(scores) + low if ids is None else ids[scores[ids - low] > 0]
        return best(found, scores[found - low], k)

    def _numbers(self, tokens: Iterable[str]) -> list[int]:
        """Return the numbers of the distinct tokens that the index knows."""
        hashes = np.unique(np.array([_hash(token) for token in set(tokens)], dtype=np.uint64))
        at = np.searchsorted(self.tokens, hashes)
        known = at < len(self.tokens)
        at, hashes = at[known], hashes[known]
        return [int(number) for number in at[self.tokens[at] == hashes]]


def passage_ids(within: Within | None, size: int) -> NDArray[np.int64] | None:
    """Return a filter over `size` passages as ascending ids, or None for no filter."""
    if within is None:
        return None
    if within.dtype != np.bool_:
        return np.unique(within.astype(np.int64))
    if len(within) != size:
        raise ValueError(f"a mask of {len(within)} for {size} passages")
    return np.flatnonzero(within)


def best(ids: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> Hits:
    """Return the `k` highest scores and their ids, highest first; `ids` ascend."""
    order = np.argsort(-scores, kind="stable")[: max(k, 0)]
    return ids[order], scores[order]


def write_bm25(folder: Path, texts: Sequence[Sequence[str]]) -> None:
    """Write the postings of the passages with these tokens to a new folder."""
    numbers = {token: n for n, token in enumerate(sorted(set().union(*texts), key=_hash))}
    scores: dict[str, Any] = {
        "indptr": np.zeros(1, np.int64),
        "indices": np.empty(0, np.int32),
        "data": np.empty(0, np.float32),
    }
    if numbers:  # bm25s divides by the mean length
        import bm25s

        scorer = bm25s.BM25()
        ids = [[numbers[token] for token in tokens] for tokens in texts]
        scorer.index((ids, numbers), create_empty_token=False, show_progress=False)
        scores = scorer.scores
    folder.mkdir()
    np.save(folder / "tokens.npy", np.array([_hash(token) for token in numbers], dtype=np.uint64))
    np.save(folder / "starts.npy", scores["indptr"])
    np.save(folder / "passages.npy", scores["indices"])
    np.save(folder / "weights.npy", scores["data"])


def load_bm25(folder: Path, size: int, words: jieba.Tokenizer | None) -> Bm25:
    """Open the postings of `size` passages; raise OSError or ValueError for damaged files."""
    names = ("tokens", "starts", "passages", "weights")
    # asarray: slices of the memmap subclass are many times slower than those of a plain array
    tokens, starts, passages, weights = (
        np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in names
    )
    return Bm25(size, tokens, starts, passages, weights, words)


def _hash(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "big")
