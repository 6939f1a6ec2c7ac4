"""Keyword search over passages: BM25 on memory-mapped postings, within the asked documents only.

The weights are those of Lucene's variant (Kamphuis et al. 2020, "Which BM25 do you mean?"; also the default
of the bm25s package, against which it is tested). They are computed when asked: a search within one
department reads that department's postings, and a build takes those of unchanged files over as they are.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.tokens import HAN_RANGES, is_chinese, normalize, piece_tokens, pieces, tokenize

if TYPE_CHECKING:
    import jieba

Within = NDArray[np.int64] | NDArray[np.bool_]
"""Which passages to consider: their ids, or one bool for each passage of the index."""

Hits = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Passage ids and their scores, best first; equal scores in order of id."""


K1 = 1.2
"""How soon more of the same token stops counting."""
B = 0.75
"""How much a long passage is held against it."""
END = "\0"
"""Set between texts: part of no token."""
_SHIFT = 21
"""Bits of a character."""
_HASHED = 1 << 2 * _SHIFT + 1
"""Set in the codes of tokens that are neither a Chinese character nor a pair."""
_BITS = np.uint64(2 * _SHIFT + 2)
"""Bits of a code; those above number a passage within its batch, so that one sort groups both."""
_CODE = (np.uint64(1) << _BITS) - np.uint64(1)
_BATCH = 1 << 12
"""Passages counted at once."""

Codes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """The distinct tokens of a run of passages.

    Those of passage n are `starts[n]:starts[n + 1]` in `tokens` (codes of 44 bits) and `counts` (how often
    each occurs there).
    """

    starts: NDArray[np.int64]
    tokens: NDArray[np.uint64]
    counts: NDArray[np.int32]


@dataclass(frozen=True)
class Bm25:
    """The postings of an index.

    `tokens` holds the sorted codes of the vocabulary. The postings of token number t are
    `starts[t]:starts[t + 1]` in `passages` (ids, ascending) and `counts`; `lengths` counts each passage's.
    """

    tokens: NDArray[np.uint64]
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]
    mean_length: float
    words: jieba.Tokenizer | None

    def search(self, text: str, k: int, within: Within | None = None) -> Hits:
        """Return at most `k` passages that share a token with `text`, ranked among `within` only."""
        size = len(self.lengths)
        ids = passage_ids(within, size)
        if not size or (ids is not None and not len(ids)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        bounds = np.array([0, size] if ids is None else [ids[0], ids[-1] + 1], dtype=np.int32)
        low, high = int(bounds[0]), int(bounds[1])
        scores = np.zeros(high - low, dtype=np.float32)
        damping = damping_of(self.lengths[low:high], self.mean_length)
        for token in self._numbers(tokenize(text, self.words)):
            start, end = self.starts[token], self.starts[token + 1]
            first, last = start + np.searchsorted(self.passages[start:end], bounds)
            at, counts = self.passages[first:last] - low, self.counts[first:last]
            scores[at] += self._rarity(token) * counts / (counts + damping[at])
        found = np.flatnonzero(scores) + low if ids is None else ids[scores[ids - low] > 0]
        return best(found, scores[found - low], k)

    def weights(self, text: str) -> dict[int, float]:
        """Return the code and weight of each token of `text` that is known; no score reaches their sum."""
        numbers = self._numbers(tokenize(text, self.words))
        return dict(zip(self.tokens[numbers].tolist(), map(self._rarity, numbers), strict=True))

    def _rarity(self, token: int) -> float:
        return rarity_of(int(self.starts[token + 1] - self.starts[token]), len(self.lengths))

    def between(self, first: int, last: int) -> PassageTokens:
        """Return the tokens of the passages `first` to `last` (inclusive)."""
        return take(self.by_passage, first, last + 1)

    @cached_property
    def by_passage(self) -> PassageTokens:
        """The tokens passage by passage."""
        order = np.argsort(self.passages, kind="stable")
        numbers = np.repeat(np.arange(len(self.tokens)), np.diff(self.starts))
        starts = np.searchsorted(self.passages[order], np.arange(len(self.lengths) + 1))
        return PassageTokens(starts, self.tokens[numbers[order]], self.counts[order])

    def _numbers(self, tokens: Iterable[str]) -> list[int]:
        """Return the numbers of the distinct tokens that the index knows."""
        hashes = codes_of(tokens)
        at = np.searchsorted(self.tokens, hashes)
        known = at < len(self.tokens)
        at, hashes = at[known], hashes[known]
        return [int(number) for number in at[self.tokens[at] == hashes]]


def rarity_of(holding: int, size: int) -> float:
    """Return the weight of a token that `holding` of `size` passages hold."""
    return float(np.log1p((size - holding + 0.5) / (holding + 0.5)))


def damping_of(lengths: NDArray[np.int32], mean_length: float) -> NDArray[np.float64]:
    """Return of passages with these lengths at what count a token weighs half."""
    return np.asarray(K1 * (1 - B + B * lengths / (mean_length or 1)), np.float64)


def codes_of(tokens: Iterable[str]) -> Codes:
    """Return the codes of the distinct tokens, ascending."""
    return np.unique(np.array([_code(token) for token in set(tokens)], dtype=np.uint64))


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


def count_tokens(texts: Iterable[str], words: jieba.Tokenizer | None) -> PassageTokens:
    """Return the tokens of passages with these texts: what `tokenize` gives of each, counted."""
    known: dict[str, tuple[int, ...]] = {}  # the same labels stand in passage after passage
    plains = [plain(text) for text in texts]
    parts = [_keys(plains[at : at + _BATCH], words, known) for at in range(0, len(plains), _BATCH)]
    counted = [np.unique(part, return_counts=True) for part in parts]
    keys = np.concatenate([np.empty(0, np.uint64), *(found for found, _ in counted)])
    counts = np.concatenate([np.empty(0, np.int32), *(count.astype(np.int32) for _, count in counted)])
    sizes = [np.bincount((found >> _BITS).astype(np.int64), minlength=_BATCH) for found, _ in counted]
    starts = np.cumsum(np.concatenate([[0], *sizes])[: len(plains) + 1])
    return PassageTokens(starts, keys & _CODE, counts)


def plain(text: str) -> str:
    """Return the normalized text without END."""
    return normalize(text).replace(END, " ")


def code_points(text: str) -> Codes:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)


def spelled(chars: Codes) -> tuple[NDArray[np.int64], Codes]:
    """Return where each Chinese character and pair begins among code points, and its code."""
    chinese = np.zeros(len(chars), np.bool_)
    for first, last in HAN_RANGES:
        chinese |= (first <= chars) & (chars <= last)
    single, paired = np.flatnonzero(chinese), np.flatnonzero(chinese[:-1] & chinese[1:])
    pairs = chars[paired] << np.uint64(_SHIFT) | chars[paired + 1]
    return np.concatenate([single, paired]), np.concatenate([chars[single], pairs])


def is_spelled(code: int) -> bool:
    """Tell whether a code is that of a Chinese character or pair."""
    return code < _HASHED


def _keys(plains: Sequence[str], words: jieba.Tokenizer | None, known: dict[str, tuple[int, ...]]) -> Codes:
    """Return all tokens of a batch of plain texts: the number of the text above, its code below.

    Characters and pairs, nine tokens of ten, are coded for all texts at once; `known` remembers the others.
    """
    joined = END.join(plains)
    chars = code_points(joined)
    owner = np.cumsum(chars == ord(END), dtype=np.uint64) << _BITS
    begins, codes = spelled(chars)
    rarer, at = array("Q"), array("q")
    for piece in pieces(joined):
        found = piece[0]
        if found not in known:
            known[found] = tuple(map(_code, piece_tokens(found, words)))
        for code in known[found]:
            rarer.append(code)
            at.append(piece.start())
    others = owner[np.array(at, np.int64)] | np.array(rarer, np.uint64)
    return np.concatenate([owner[begins] | codes, others])


def take(tokens: PassageTokens, first: int, last: int) -> PassageTokens:
    """Return the tokens of the passages `first` to `last` (exclusive)."""
    starts = tokens.starts[first : last + 1]
    inside = slice(starts[0], starts[-1])
    return PassageTokens(starts - starts[0], tokens.tokens[inside], tokens.counts[inside])


def write_bm25(folder: Path, parts: Sequence[PassageTokens]) -> None:
    """Write the postings of passages, numbered through all `parts`, to a new folder."""
    tokens = np.concatenate([np.empty(0, np.uint64), *(part.tokens for part in parts)])
    counts = np.concatenate([np.empty(0, np.int32), *(part.counts for part in parts)])
    distinct = np.concatenate([np.empty(0, np.int64), *(np.diff(part.starts) for part in parts)])
    passages = np.repeat(np.arange(len(distinct), dtype=np.int32), distinct)
    order = np.argsort(tokens, kind="stable")
    vocabulary, starts = np.unique(tokens[order], return_index=True)
    folder.mkdir()
    np.save(folder / "tokens.npy", vocabulary)
    np.save(folder / "starts.npy", np.append(starts, len(tokens)))
    np.save(folder / "passages.npy", passages[order])
    np.save(folder / "counts.npy", counts[order])
    lengths = np.bincount(passages, weights=counts, minlength=len(distinct))
    np.save(folder / "lengths.npy", lengths.astype(np.int32))


def load_bm25(folder: Path, size: int, words: jieba.Tokenizer | None) -> Bm25:
    """Open the postings of `size` passages; raise OSError or ValueError for damaged files."""
    names = ("tokens", "starts", "passages", "counts", "lengths")
    # asarray: slices of the memmap subclass are many times slower than those of a plain array
    tokens, starts, passages, counts, lengths = (
        np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in names
    )
    if len(lengths) != size:
        raise ValueError(f"{len(lengths)} passages, not {size}")
    return Bm25(tokens, starts, passages, counts, lengths, float(lengths.mean()) if size else 0.0, words)


def _code(token: str) -> int:
    """Return the number that stands for a token: characters and pairs spell theirs, others are hashed."""
    if is_chinese(token) and len(token) <= 2:
        return ord(token) if len(token) == 1 else ord(token[0]) << _SHIFT | ord(token[1])
    digest = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _HASHED | _HASHED
