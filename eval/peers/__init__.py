"""Other systems that find passages, each behind the same two calls, for comparison on the same documents.

They are given the embedding model of this project, and what their makers advise for Chinese text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from eval.errors import PeerMissing

PAIRS = r"(?=([\u4e00-\u9fff]{2}|(?<![\d.,])\d[\d.,]*\d))"
"""Every two neighbouring Chinese characters, and every number: for systems that take a pattern for words."""


@dataclass(frozen=True, slots=True)
class Text:
    """A document as it is handed to a system: its file name, its title, its text."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, and the document it is from."""

    doc: str
    text: str


class Peer(Protocol):
    """A system that finds passages."""

    def build(self, documents: Sequence[Text]) -> None:
        """Index the documents, ready for searching."""

    def search(self, question: str, k: int) -> Sequence[Found]:
        """Return the best `k` passages, best first."""


@dataclass(frozen=True, slots=True)
class System:
    """How a system is called, the module that drives it, and the packages it needs to be installed."""

    name: str
    module: str
    packages: tuple[str, ...]
    imports: tuple[str, ...]


PEERS = (
    System(
        "LangChain",
        "eval.peers.langchain",
        (
            "langchain-core",
            "langchain-classic",
            "langchain-community",
            "langchain-text-splitters",
            "rank-bm25",
        ),
        ("langchain_classic", "langchain_community", "langchain_text_splitters", "rank_bm25"),
    ),
    System(
        "LlamaIndex",
        "eval.peers.llamaindex",
        ("llama-index-core", "llama-index-retrievers-bm25", "llama-index-vector-stores-faiss"),
        ("llama_index.core", "llama_index.retrievers.bm25", "llama_index.vector_stores.faiss"),
    ),
    System("txtai", "eval.peers.txtai", ("txtai",), ("txtai",)),
)


def missing(system: System) -> str:
    """Return why a system cannot be compared with, or nothing when it is installed."""
    for name in system.imports:
        try:
            found = find_spec(name) is not None
        except ModuleNotFoundError:
            found = False
        if not found:
            return f'{system.name} 未安装（缺 {name}），略去；安装：pip install -e ".[bench]"'
    return ""


def load(system: System) -> Peer:
    """Return a system ready to be built. Raises PeerMissing when it is not installed."""
    if why := missing(system):
        raise PeerMissing(why)
    made: Peer = import_module(system.module).make()
    return made
