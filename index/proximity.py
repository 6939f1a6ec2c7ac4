"""How near to each other the keywords of a question stand in a passage.

A passage that answers says the words of the question in one breath; one that holds as many of them all over
its length often speaks of something else, and BM25 cannot tell the two apart. What counts is the best stretch
of a text, by the weight of the keywords in it: of the measures of proximity of Tao & Zhai 2007 ("An
Exploration of Proximity Measures in Information Retrieval") one that copes with keywords that are missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.bm25 import END, code_points, is_spelled, plain, spelled

BLOCK = 20
"""Characters; at every block a stretch begins."""
BLOCKS = 3
"""Blocks of a stretch: two short sentences. Whatever is no longer than two blocks stands in one stretch."""
_BEFORE = np.arange(BLOCKS)


class Stretches:
    """Some texts, overlapping stretch by stretch: which Chinese characters and pairs stand in each."""

    def __init__(self, texts: Sequence[str]) -> None:
        plain_texts = [plain(text) for text in texts]
        lengths = np.array([len(text) + 1 for text in plain_texts], np.int64)
        begins = np.cumsum(lengths) - lengths
        # the stretches that begin before a text are its own too, so that each block lies in BLOCKS of them
        sizes = (lengths - 1) // BLOCK + BLOCKS
        self._firsts = np.cumsum(sizes) - sizes
        self._count = int(sizes.sum())
        at, codes = spelled(code_points(END.join(plain_texts)))
        text = np.searchsorted(begins, at, "right") - 1
        last = self._firsts[text] + (at - begins[text]) // BLOCK + BLOCKS - 1
        order = np.argsort(codes, kind="stable")
        self._codes, self._last = codes[order], last[order]

    def share(self, weights: Mapping[int, float]) -> NDArray[np.float32]:
        """Return for each text the largest part of the keywords' weight that one stretch of it holds.

        `weights` are those of `Keywords.weights`. Figures and labels, which are no characters or pairs, are
        not looked for, nor is their weight held against a text.
        """
        if not self._count:
            return np.zeros(0, np.float32)
        codes = np.array([code for code in weights if is_spelled(code)], np.uint64)
        starts, ends = (np.searchsorted(self._codes, codes, side) for side in ("left", "right"))
        held = np.zeros(self._count, np.float32)
        total = 0.0
        for code, start, end in zip(codes.tolist(), starts, ends, strict=True):
            stretches = self._last[start:end, None] - _BEFORE
            held[stretches] += weights[code]  # once for each stretch, however often it stands there
            total += weights[code]
        return np.asarray(np.maximum.reduceat(held, self._firsts) / (total or 1.0), np.float32)
