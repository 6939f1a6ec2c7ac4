"""LangChain: recursive splitter, FAISS and BM25 side by side in an ensemble."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import jieba
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from eval.peers import Found, Peer, Text
from index.encoder import load_encoder

SEPARATORS = ["\n\n", "\n", "。", "！", "？", "；", "，", "、", " ", ""]
SIZE, OVERLAP = 500, 50
DEPTH = 5
"""So many passages each retriever hands to the ensemble."""


class Encoded(Embeddings):
    """The embedding model of this project."""

    def __init__(self) -> None:
        self._encoder = load_encoder()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of texts."""
        vectors: list[list[float]] = self._encoder.encode(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self.embed_documents([text])[0]


class LangChain:
    """An ensemble over chunks that begin with the title of their document."""

    def build(self, documents: Sequence[Text]) -> None:
        """Split, embed and index."""
        splitter = RecursiveCharacterTextSplitter(
            separators=SEPARATORS, chunk_size=SIZE, chunk_overlap=OVERLAP
        )
        chunks = [
            Document(f"{document.title}\n{chunk}", metadata={"doc": document.name})
            for document in documents
            for chunk in splitter.split_text(document.text)
        ]
        vectors = FAISS.from_documents(chunks, Encoded())
        words = BM25Retriever.from_documents(chunks, k=DEPTH, preprocess_func=jieba.lcut)
        retrievers = [words, vectors.as_retriever(search_kwargs={"k": DEPTH})]
        self._ensemble = EnsembleRetriever(retrievers=retrievers, weights=[0.5, 0.5])

    def search(self, question: str, k: int) -> Sequence[Found]:
        """Return the best passages of the ensemble."""
        found = self._ensemble.invoke(question)[:k]
        return [Found(chunk.metadata["doc"], chunk.page_content) for chunk in found]


def make() -> Peer:
    """Return the system."""
    jieba.setLogLevel(logging.WARNING)
    return LangChain()
