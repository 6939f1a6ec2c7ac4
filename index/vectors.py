"""The vector index by size: exact while reading all vectors is quick, a graph of neighbours above.

Both keep the vectors as they are, since an update of the index takes those of unchanged files from it; that
rules out the smaller kinds that round them (IVF-PQ). `python -m eval.vectors` measures the kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCANNED = 50_000
"""Up to so many vectors are compared one by one."""
GRAPH = "HNSW32"
SEARCHED = 128
"""Candidates that a search of the graph keeps: more find more and take longer."""


def kind_for(count: int) -> str:
    """Return the kind of index for so many vectors, in the words of FAISS's index factory."""
    return "Flat" if count <= SCANNED else GRAPH


def make_index(vectors: NDArray[np.float32], kind: str) -> Any:
    """Return a FAISS index of this kind over vectors that are compared by inner product."""
    import faiss

    index: Any = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if kind == GRAPH:
        index.hnsw.efSearch = SEARCHED
    index.train(vectors)
    index.add(vectors)
    return index
