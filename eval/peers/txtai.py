"""txtai: its own segmentation into paragraphs, and its hybrid of vectors and BM25."""

from __future__ import annotations

from collections.abc import Sequence

from txtai import Embeddings
from txtai.pipeline import Segmentation

from eval.peers import PAIRS, Found, Peer, Text
from index.encoder import load_encoder


class Txtai:
    """A hybrid index over paragraphs that begin with the title of their document."""

    def build(self, documents: Sequence[Text]) -> None:
        """Split, embed and index."""
        encoder = load_encoder()
        segment = Segmentation(paragraphs=True)
        chunks = [
            (f"{document.title}\n{chunk}", document.name)
            for document in documents
            for chunk in segment(document.text)
        ]
        self._documents = [name for _, name in chunks]
        self._texts = [text for text, _ in chunks]
        self._index = Embeddings(
            method="external",
            transform=lambda texts: encoder.encode(
                texts
            ),  # a bound method would be called without its object
            scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"regexp": PAIRS}},
            hybrid=True,
        )
        self._index.index(enumerate(self._texts))

    def search(self, question: str, k: int) -> Sequence[Found]:
        """Return the best passages."""
        return [Found(self._documents[at], self._texts[at]) for at, _ in self._index.search(question, k)]


def make() -> Peer:
    """Return the system."""
    return Txtai()
