"""txtai: its hybrid of vectors and BM25, over pieces of whole lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from txtai import Embeddings

from eval.peers import PAIRS, Found, Peer, Text
from index.encoder import load_encoder

SIZE, OVERLAP = 500, 50
"""Characters that a piece holds if no line is longer; a last line so short opens the next piece, too."""


class Txtai:
    """A hybrid index over pieces that begin with the title of their document."""

    def build(self, documents: Sequence[Text]) -> None:
        """Split, embed and index."""
        encoder = load_encoder()
        chunks = [
            (f"{document.title}\n{chunk}", document.name)
            for document in documents
            for chunk in pieces(document.text)
        ]
        self._documents = [name for _, name in chunks]
        self._texts = [text for text, _ in chunks]
        self._index = Embeddings(
            method="external",
            transform=lambda texts: encoder.encode(
                texts
            ),  # a bound method would be called without its object
            scoring={"method": "bm25", "terms": True, "normalize": "bayes", "tokenizer": {"regexp": PAIRS}},
            hybrid=True,
        )
        self._index.index(enumerate(self._texts))

    def search(self, question: str, k: int) -> Sequence[Found]:
        """Return the best passages."""
        return [Found(self._documents[at], self._texts[at]) for at, _ in self._index.search(question, k)]


def pieces(text: str) -> Iterator[str]:
    """Yield the lines of a text, as many together as a piece holds."""
    kept: list[str] = []
    for line in filter(None, text.split("\n")):
        if kept and sum(map(len, kept)) + len(kept) + len(line) > SIZE:
            yield "\n".join(kept)
            kept = [last for last in kept[-1:] if len(last) <= OVERLAP]
        kept.append(line)
    if kept:
        yield "\n".join(kept)


def make() -> Peer:
    """Return the system."""
    return Txtai()
