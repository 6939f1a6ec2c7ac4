"""Keyword search with the scores of `index.bm25`: rarities from PostgreSQL, passages from Milvus.

Milvus numbers the places of a sparse vector with 32 bits, and the code of a token has 44. So the place of a
token is the number of its code among all of the index, which no two share; the table `vocabulary` knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Codes, Hits, PassageTokens, Within, codes_of, damping_of, passage_ids, rarity_of, take
from index.remote.milvus import SPARSE, Milvus
from index.remote.postgres import Postgres
from index.rows import Row
from index.tokens import tokenize, words_of

if TYPE_CHECKING:
    import jieba

_REMEMBERED = 256
"""A question is searched for several times over."""
_PENDING = 1 << 20
"""At least so many codes are merged at once."""


class MilvusKeywords:
    """The keyword search over `count` passages."""

    def __init__(self, milvus: Milvus, name: str, count: int, database: Postgres) -> None:
        milvus.load(name)
        self._milvus = milvus
        self._name = name
        self._count = count
        self._database = database
        self._found = lru_cache(_REMEMBERED)(self._look_up)

    def search(self, text: str, k: int, within: Within | None = None) -> Hits:
        """Return at most `k` passages that share a token with `text`, ranked among `within` only."""
        found = self._found(text)
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        weights = {number: weight for number, _, weight in found}
        return self._milvus.ranked(self._name, SPARSE, weights, k, passage_ids(within, self._count))

    def weights(self, text: str) -> dict[int, float]:
        """Return the code and weight of each token of `text` that is known; no score reaches their sum."""
        return {code: weight for _, code, weight in self._found(text)}

    def between(self, first: int, last: int) -> PassageTokens:
        """Return the tokens of the passages `first` to `last` (inclusive) of one document."""
        query = "SELECT tokens FROM postings WHERE first_passage <= ? ORDER BY document DESC LIMIT 1"
        ((packed,),) = self._database.select(query, first)
        return take(unpacked(packed), 0, last - first + 1)

    def _look_up(self, text: str) -> list[tuple[int, int, float]]:
        """Return the number, code and weight of each known token of a text."""
        codes = codes_of(tokenize(text, self._words))
        if not len(codes):
            return []
        wanted = ",".join(map(str, codes.tolist()))
        query = f"SELECT number, code, holding FROM vocabulary WHERE code IN ({wanted})"
        found = sorted(self._database.select(query))
        return [(number, code, rarity_of(holding, self._count)) for number, code, holding in found]

    @cached_property
    def _words(self) -> jieba.Tokenizer | None:
        return words_of([word for (word,) in self._database.select("SELECT word FROM words")])


class Vocabulary:
    """The tokens of the passages that pass through a build, and how many passages hold each."""

    def __init__(self) -> None:
        self._codes = np.empty(0, np.uint64)
        self._holding = np.empty(0, np.int64)
        self._pending: list[tuple[Codes, NDArray[np.int64]]] = []
        self._waiting = 0
        self._length = self._passages = 0

    def add(self, tokens: PassageTokens) -> None:
        """Count the tokens of more passages."""
        codes, holding = np.unique(tokens.tokens, return_counts=True)
        self._pending.append((codes, holding))
        self._waiting += len(codes)
        self._length += int(tokens.counts.sum())
        self._passages += len(tokens.starts) - 1
        if self._waiting > max(_PENDING, len(self._codes)):
            self._merge()

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the table of that name."""
        self._merge()
        return zip(self._codes.tolist(), range(len(self._codes)), self._holding.tolist(), strict=True)

    def vectors(self, tokens: PassageTokens, first: int) -> Iterator[Mapping[str, object]]:
        """Yield the rows of Milvus for passages numbered from `first` on; those without tokens have none."""
        numbers = np.searchsorted(self._codes, tokens.tokens)
        distinct = np.diff(tokens.starts)
        owner = np.repeat(np.arange(len(distinct)), distinct)
        lengths = np.bincount(owner, weights=tokens.counts, minlength=len(distinct)).astype(np.int32)
        damping = damping_of(lengths, self._length / (self._passages or 1))
        weights = tokens.counts / (tokens.counts + damping[owner])
        for at, (start, end) in enumerate(zip(tokens.starts, tokens.starts[1:], strict=False)):
            if start < end:
                weighed = zip(numbers[start:end].tolist(), weights[start:end].tolist(), strict=True)
                yield {"id": first + at, SPARSE: dict(weighed)}

    def _merge(self) -> None:
        parts = [(self._codes, self._holding), *self._pending]
        codes = np.concatenate([part for part, _ in parts])
        self._codes, place = np.unique(codes, return_inverse=True)
        counts = np.concatenate([part for _, part in parts])
        self._holding = np.zeros(len(self._codes), np.int64)
        np.add.at(self._holding, place, counts)
        self._pending, self._waiting = [], 0


def packed(tokens: PassageTokens) -> bytes:
    """Return the tokens of passages as bytes."""
    sizes = np.array([len(tokens.starts), len(tokens.tokens)], "<i8")
    parts = sizes, tokens.starts.astype("<i8"), tokens.tokens.astype("<u8"), tokens.counts.astype("<i4")
    return b"".join(part.tobytes() for part in parts)


def unpacked(content: bytes) -> PassageTokens:
    """Return the tokens that `packed` wrote."""
    starts, tokens = np.frombuffer(content, "<i8", 2).tolist()
    after = 16 + 8 * starts
    return PassageTokens(
        np.frombuffer(content, "<i8", starts, 16),
        np.frombuffer(content, "<u8", tokens, after),
        np.frombuffer(content, "<i4", tokens, after + 8 * tokens),
    )
