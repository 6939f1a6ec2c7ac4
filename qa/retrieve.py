"""`Query` -> passages: keywords and meaning together, within the documents asked about.

The score of a passage adds up, by the weights of `Legs`, the part of the keywords' weight that it holds
(BM25), its cosine, the part of the question's words that it holds, the part of the keywords that stand
together in it, and what agrees exactly. Keywords are the strong leg: a vector leg of equal weight makes
results worse, one with a weight of its own makes them better; it counts for more where no passage holds many
of the keywords. A word counts by what the model has learned that it weighs, however long the passage and
however often it stands there: BM25 holds length against a passage, and a mean is blurred.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from index.document import Passage
from index.encoder import Encoder
from index.proximity import Stretches
from index.rows import DocumentInfo
from index.store import Store
from index.text import fold
from qa.lexicon import lexicon, phrases_in
from qa.question import BLANK, UNIT_MARK, Query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

POOL = 100
"""So many passages of each leg are scored by all legs."""
NO_FIGURE, SAME_TITLE, SAME_MEASURE, CUE = 0.5, 0.15, 0.6, 0.35
"""What a passage loses without any figure where one is asked for, and gains as the table row of exactly
the item asked for, as the paragraph headed by what is asked of it (资金分配情况：…), and with words that an
answer of the kind asked for holds (a change: 比上年增加)."""
_DIGIT = re.compile(r"\d")
_AMOUNT = re.compile(r"多少|几|金额")
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")


@dataclass(frozen=True, slots=True)
class Legs:
    """How much each leg counts; a leg of 0 is left out."""

    keywords: float = 1.0
    vectors: float = 0.5
    words: float = 0.2
    together: float = 0.2
    exact: float = 0.5


FUSED = Legs()


@dataclass(frozen=True, slots=True)
class Parts:
    """What each leg gives passages, arrays of one shape: about 0 to 1 each."""

    keywords: Scores
    vectors: Scores
    words: Scores
    together: Scores

    def fused(self, legs: Legs) -> Scores:
        """Return one score a passage."""
        total: Scores = (
            legs.keywords * self.keywords
            + legs.vectors * self.vectors
            + legs.words * self.words
            + legs.together * self.together
        )
        return total


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words, the folded titles and measures that they name, whether a figure.

    Each of `cues` is a group of words, one of which an answer of the kind asked for would hold.
    """

    text: str
    titles: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()
    figure: bool = False
    cues: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its fused score."""

    passage: Passage
    score: float


def wanted(query: Query) -> Wanted:
    """Return what a question looks for inside the documents that it means."""
    text = "".join(_spelled(query, char, at) for at, char in enumerate(query.rest))
    asked = lexicon()
    return Wanted(
        text.replace(BLANK, " ").replace("，", " "),
        frozenset(title for _, _, titles in phrases_in(query.rest) for title in titles),
        frozenset(fold(rule.measure) for rule in query.measures if rule.kind == "text"),
        bool(query.units or _AMOUNT.search(query.rest)),
        tuple(
            words
            for intent, words in asked.passage_cues.items()
            if any(phrase in query.rest for phrase in asked.intents[intent])
        ),
    )


def documents_meant(query: Query, infos: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Return the documents of the departments, accounts and years asked; without a year, of the latest."""
    found = [info for info in infos if not query.departments or info.entity in query.departments]
    found = [info for info in found if query.account in ("", info.account)]
    dated = [info for info in found if info.year in query.years]
    if dated or not query.departments:
        return dated or found
    latest = max((info.year or 0 for info in found), default=0)
    return [info for info in found if (info.year or 0) == latest]


@dataclass(frozen=True, slots=True)
class Scored:
    """The passages that keywords or vectors bring up, by id, with what each leg gives them."""

    ids: NDArray[np.int64]
    parts: Parts
    exact: Scores

    def best(self, passages: Mapping[int, Passage], limit: int, legs: Legs = FUSED) -> list[Hit]:
        """Return the best of them, of `passages` that hold them all."""
        import numpy as np

        scores = self.parts.fused(legs) + legs.exact * self.exact
        order = np.argsort(-scores, kind="stable")[:limit]
        found = zip(self.ids[order].tolist(), scores[order].tolist(), strict=True)
        return [Hit(passages[number], score) for number, score in found]


def search(
    store: Store, encoder: Encoder, asked: Wanted, passages: Mapping[int, Passage], limit: int = 8
) -> list[Hit]:
    """Return the best of these passages, given by their ids."""
    return scored(store, encoder, asked, passages).best(passages, limit) if passages else []


def scored(store: Store, encoder: Encoder, asked: Wanted, passages: Mapping[int, Passage]) -> Scored:
    """Score the likeliest of these passages, of which there is one at least, by all legs."""
    import numpy as np

    ids = np.fromiter(passages, dtype=np.int64)
    vector = encoder.encode([asked.text])[0]
    keyed, _ = store.bm25.search(asked.text, POOL, ids)
    near, _ = store.nearest(vector, POOL, ids)
    pool = np.union1d(keyed, near)
    points = np.zeros(len(pool), dtype=np.float32)
    found, values = store.bm25.search(asked.text, len(pool), pool)
    points[np.searchsorted(pool, found)] = values
    likely = [passages[number] for number in pool.tolist()]
    texts = [passage.text for passage in likely]
    weights = store.bm25.weights(asked.text)
    parts = Parts(
        points / (sum(weights.values()) or 1.0),
        store.vectors(pool) @ vector,
        encoder.overlap([asked.text], texts)[0],
        Stretches(texts).share(weights),
    )
    return Scored(pool, parts, np.array([agreement(asked, passage) for passage in likely], np.float32))


def resembling(store: Store, encoder: Encoder, query: Query) -> list[int]:
    """Return the passages of the whole index that resemble a question most, the best first."""
    asked = wanted(query)
    keyed, _ = store.bm25.search(asked.text, POOL)
    near, _ = store.nearest(encoder.encode([asked.text])[0], POOL)
    pairs = zip_longest(keyed.tolist(), near.tolist())
    return [number for number in dict.fromkeys(chain.from_iterable(pairs)) if number is not None]


def agreement(asked: Wanted, passage: Passage) -> float:
    """Return what a passage gains or loses by agreeing exactly with what is asked."""
    score = 0.0
    if asked.figure and not _DIGIT.search(passage.text):
        score -= NO_FIGURE
    label = _label(passage)
    score += SAME_TITLE * (label in asked.titles) + SAME_MEASURE * (label in asked.measures)
    return score + CUE * sum(any(word in passage.text for word in words) for words in asked.cues)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence of a passage."""
    return [match.span() for match in _SENTENCE.finditer(text)]


def _label(passage: Passage) -> str:
    """Return the folded label of a table row or headed paragraph: of 公用经费/公务接待费：… 公务接待费."""
    return fold(passage.text.partition("：")[0].rpartition("/")[2])


def _spelled(query: Query, char: str, at: int) -> str:
    """Write the name of a unit inside the department where its mark begins; marks are no words."""
    number = ord(char) - UNIT_MARK
    if not 0 <= number < len(query.subunits):
        return char
    return "" if at and query.rest[at - 1] == char else f" {query.subunits[number]} "
