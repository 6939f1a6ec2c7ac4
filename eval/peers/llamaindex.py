"""LlamaIndex: sentence splitter, a vector index on FAISS, BM25, fused by reciprocal rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import faiss
from llama_index.core import Settings, StorageContext, VectorStoreIndex, set_global_tokenizer
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import Document
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

from eval.peers import PAIRS, Found, Peer, Text
from index.encoder import Encoder, load_encoder

SIZE, OVERLAP = 500, 50
DEPTH = 5
"""So many passages each retriever hands to the fusion."""
BATCH = 2048


class Encoded(BaseEmbedding):
    """The embedding model of this project."""

    encoder: Any

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        encoder: Encoder = self.encoder
        vectors: list[list[float]] = encoder.encode(texts).tolist()
        return vectors

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class LlamaIndex:
    """Fused retrieval over nodes that carry the title of their document, as metadata does here."""

    def build(self, documents: Sequence[Text]) -> None:
        """Split, embed and index."""
        # one character is one token, else a tokenizer is fetched; and no language model rewrites questions
        set_global_tokenizer(list)
        Settings.llm = MockLLM()
        encoder = load_encoder()
        splitter = SentenceSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP, paragraph_separator="\n\n")
        nodes = splitter.get_nodes_from_documents(
            [
                Document(
                    text=document.text,
                    metadata={"title": document.title, "doc": document.name},
                    excluded_embed_metadata_keys=["doc"],
                    excluded_llm_metadata_keys=["doc"],
                )
                for document in documents
            ]
        )
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(encoder.dim))
        index = VectorStoreIndex(
            nodes,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=Encoded(model_name=encoder.name, encoder=encoder, embed_batch_size=BATCH),
        )
        words = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=DEPTH, token_pattern=PAIRS, skip_stemming=True
        )
        self._fusion = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=DEPTH), words],
            similarity_top_k=DEPTH,
            num_queries=1,
            mode="reciprocal_rerank",
            use_async=False,
        )

    def search(self, question: str, k: int) -> Sequence[Found]:
        """Return the best passages of the fusion."""
        found = self._fusion.retrieve(question)[:k]
        return [Found(hit.node.metadata["doc"], hit.node.get_content()) for hit in found]


def make() -> Peer:
    """Return the system."""
    return LlamaIndex()
