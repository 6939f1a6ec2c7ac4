"""Characters and pairs of characters as pieces: what the Unigram tokenizer is compared with.

The pieces of a text overlap, which no tokenizer file can say; a model of this kind would need code of its own
wherever it is loaded. It must be much better to be worth that.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.training.vocabulary import UNKNOWN

_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Pieces:
    """The piece numbers of one text."""

    ids: list[int]


class GramTokenizer:
    """As much of a tokenizer as training, measuring and the static encoder ask for."""

    def __init__(self, texts: Iterable[str], size: int) -> None:
        """The `size` most frequent characters and pairs of the texts are the pieces."""
        counts = Counter(gram for text in texts for gram in _grams(text))
        grams = [gram for gram, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
        self._pieces = [UNKNOWN, *grams[: size - 1]]
        self._numbers = {piece: number for number, piece in enumerate(self._pieces)}

    def get_vocab_size(self) -> int:
        """How many pieces there are."""
        return len(self._pieces)

    def token_to_id(self, piece: str) -> int | None:
        """The number of a piece."""
        return self._numbers.get(piece)

    def id_to_token(self, number: int) -> str | None:
        """The piece of a number."""
        return self._pieces[number]

    def encode_batch_fast(self, texts: Sequence[str], add_special_tokens: bool) -> list[Pieces]:
        """The pieces of each text; there are no special ones."""
        known = self._numbers
        return [Pieces([known[gram] for gram in _grams(text) if gram in known]) for text in texts]


def _grams(text: str) -> list[str]:
    grams: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        grams += run
        grams += map(str.__add__, run, run[1:])
    return grams
