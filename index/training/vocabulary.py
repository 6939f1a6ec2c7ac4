"""The tokenizer and the rows that training starts from.

The pieces are words: their frequencies, counted over the training text, are the scores of a Unigram model,
which then finds the likeliest way to cut a text. That takes a minute; learning pieces from raw text takes
far longer, since without spaces a whole clause is one word to the learner.
"""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "<unk>"
_LONGEST_PIECE = 4
# What a text is cut at before its pieces are sought: digits, Latin and other letters apart, all else dropped.
_RUN = r"\d+|[a-z]+|[^\W\d_a-z]+"
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d")
_YEAR = re.compile(r"20[0-4]\d")
# Share of a row that a piece has in common with the pieces made of the same characters.
_SPELLING = 0.5


def count_words(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in the texts, cut by jieba, in the normal form that the tokenizer uses."""
    import jieba

    jieba.setLogLevel(logging.ERROR)
    words: Counter[str] = Counter()
    for text in texts:
        for word in jieba.cut(unicodedata.normalize("NFKC", text).lower()):
            words.update(_WORD.findall(word))
    return words


def build_tokenizer(words: Counter[str], size: int) -> Tokenizer:
    """A Unigram tokenizer of `size` pieces: every character seen twice, then the most frequent words."""
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    total = sum(words.values())
    pieces = {UNKNOWN: -30.0}
    for character, count in sorted(characters.items()):
        if count > 1:
            pieces[character] = math.log(max(words[character], 1) / total)
    for word, count in sorted(words.items(), key=lambda item: (-item[1], item[0])):
        if len(pieces) >= size:
            break
        if 1 < len(word) <= _LONGEST_PIECE and (not _DIGITS.search(word) or _YEAR.fullmatch(word)):
            pieces[word] = math.log(count / total)
    tokenizer = Tokenizer(models.Unigram(list(pieces.items()), 0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_RUN), "removed", invert=True)
    return tokenizer


def tokenize(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Piece numbers of each text."""
    return [code.ids for code in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


def cuts(tokenizer: Tokenizer) -> dict[int, list[tuple[int, int]]]:
    """All ways to cut a piece into two others, for each piece that two others spell."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number in range(tokenizer.get_vocab_size()):
        piece = tokenizer.id_to_token(number) or ""
        halves = ((piece[:at], piece[at:]) for at in range(1, len(piece)))
        numbers = [(tokenizer.token_to_id(left), tokenizer.token_to_id(right)) for left, right in halves]
        if known := [(left, right) for left, right in numbers if left is not None and right is not None]:
            found[number] = known
    return found


def divide(
    rng: Random, ids: Sequence[int], divisions: Mapping[int, Sequence[tuple[int, int]]], share: float
) -> list[int]:
    """Pieces of a text, some of them cut in two: rows of parts learn from texts that hold the whole."""
    found: list[int] = []
    for number in ids:
        if number in divisions and rng.random() < share:
            found += rng.choice(divisions[number])
        else:
            found.append(number)
    return found


def rarity(tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float32]:
    """Inverse document frequency of each piece, shape (pieces,); 0 for the unknown piece."""
    holding = np.zeros(tokenizer.get_vocab_size())
    for start in range(0, len(texts), 1000):
        for ids in tokenize(tokenizer, texts[start : start + 1000]):
            holding[list(set(ids))] += 1
    weights = np.log((len(texts) + 1) / (holding + 1))
    weights[tokenizer.token_to_id(UNKNOWN)] = 0
    return weights.astype(np.float32)


def initial_rows(
    tokenizer: Tokenizer, weights: NDArray[np.float32], dim: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Random rows, shape (pieces, dim): long for rare pieces, near each other for pieces spelled alike."""
    rows = rng.standard_normal((len(weights), dim), dtype=np.float32)
    parts: dict[str, NDArray[Any]] = {}

    def part(text: str) -> NDArray[Any]:
        if text not in parts:
            parts[text] = rng.standard_normal(dim, dtype=np.float32)
        return parts[text]

    for number in range(len(weights)):
        piece = tokenizer.id_to_token(number) or UNKNOWN
        if len(piece) == 1:
            rows[number] = part(piece)
        elif piece != UNKNOWN:
            grams = list(piece)
            if len(piece) > 2:
                grams += [piece[at : at + 2] for at in range(len(piece) - 1)]
            spelled = np.sum([part(gram) for gram in grams], axis=0) / math.sqrt(len(grams))
            rows[number] = math.sqrt(1 - _SPELLING) * rows[number] + math.sqrt(_SPELLING) * spelled
    scaled: NDArray[np.float32] = rows * weights[:, None]
    return scaled
