"""Questions that no fact answers: the sentences that do, from the best passage.

A sentence answers when enough of the question's content stands in it or around it; rare words count
for more than common ones, words that the document never uses for most.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.document import Passage
from index.rows import DocumentInfo
from index.text import fold
from qa.answer import Answer, Citation
from qa.answer_kinds import gives_reason, unnamed
from qa.leftovers import plain_text
from qa.listing import EXTREME
from qa.matching import bigrams, content_of
from qa.operations import asked_operation
from qa.question import Query
from qa.retrieve import search, sentences, wanted

if TYPE_CHECKING:
    from qa.assistant import Assistant

COVER = 0.55
"""So much of the weight of a question's content must stand in the sentences given and their headings."""
AROUND = 0.7
"""How much a word counts that stands in the heading or elsewhere in the passage."""
NEWS = 6
"""So many pairs of characters an answer has that its question has not: a heading says nothing new."""
_FIGURE = re.compile(r"多少|几|金额|数额|(?:预算|决算|完成|执行|指标)(?:数|值)|公共预算")
LONGEST_ANSWER = 240
"""A passage up to this long is given whole where its sentences tell more together than the best alone."""


@dataclass(frozen=True, slots=True)
class Rarity:
    """How many passages of a document hold each pair of characters."""

    counts: Counter[str]
    total: int

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> Rarity:
        """Count the pairs of all passages."""
        counts: Counter[str] = Counter()
        total = 0
        for passage in passages:
            counts.update(set(bigrams(fold(passage.text))))
            total += 1
        return cls(counts, total)

    def weight(self, gram: str) -> float:
        """Return the weight of a pair: its inverse document frequency."""
        return math.log((self.total + 1) / (self.counts[gram] + 0.5))


def from_passages(assistant: Assistant, query: Query, info: DocumentInfo) -> Answer | None:
    """Return the sentences that answer a question in words; None for figures and for weak matches."""
    if (
        query.units
        or asked_operation(query)
        or _FIGURE.search(query.rest)
        or EXTREME.search(query.folded)
        or any(rule.kind != "text" for rule in query.measures)
    ):
        return None
    content = _content(query)
    words = ("原因", "用途", "名词解释")
    needed = 2 if not query.measures or any(map(query.asks_measure, words)) else 1
    if len(content) < needed:  # why, what for and what are asked of something
        return None
    passages = assistant.passages_of(info.name)
    rarity = Rarity.of(passages.values())
    weights = {gram: rarity.weight(gram) for gram in content}
    whole = sum(weights.values())
    best: tuple[float, Passage, int, int] | None = None
    for hit in search(assistant.store, assistant.encoder, wanted(query), passages):
        passage = hit.passage
        if passage.heading_path and passage.heading_path[-1].endswith("表"):
            continue
        around = set(bigrams(fold("，".join((*passage.heading_path, passage.text)))))
        for start, end in sentences(passage.text):
            inside = set(bigrams(fold(passage.text[start:end])))
            cover = sum(
                weight * (1.0 if gram in inside else AROUND * (gram in around))
                for gram, weight in weights.items()
            )
            if best is None or cover > best[0]:
                best = cover, passage, start, end
    if best is None or best[0] < COVER * whole:
        return None
    _, passage, start, end = best
    quote = passage.text if len(passage.text) <= LONGEST_ANSWER else passage.text[start:end]
    news = [gram for gram in bigrams(fold(quote)) if len(gram) == 2 and gram not in fold(query.question)]
    if len(news) < NEWS or unnamed(query.folded, quote):
        return None
    if query.asks_measure("原因") and not gives_reason(quote):
        return None
    span = passage.span
    title = assistant.titles[passage.doc]
    citation = Citation(passage.doc, title, span.lines, span.page, None, None, None, quote)
    return Answer(query.question, "answered", f"{info.title}：{quote.strip()}", citations=(citation,))


def _content(query: Query) -> set[str]:
    """Return the bigrams of the question that are not mere asking."""
    found: set[str] = set()
    for piece in plain_text(query.rest).split("，"):
        found |= {gram for gram in bigrams(content_of(piece)) if len(gram) == 2}
    return found
