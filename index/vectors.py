"""The vector index by size: exact while reading all vectors is quick, lists of near ones above.

An update of an index takes the vectors of unchanged files from it. Half precision, which lists keep, gives
the same numbers when it is written again; kinds that round further (IVF-PQ) would drift, and a graph of
neighbours (HNSW) takes some twenty times as long to build. `python -m eval.vectors` measures the kinds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCANNED = 50_000
"""Up to so many vectors are compared one by one."""
PROBED = 8
"""One list in so many is searched: more find more and take longer."""
_SAMPLE, _ROUNDS = 64, 10
"""Vectors a list that its centre is worked out from, and how often it is moved."""
_CHUNK = 1 << 16
_BY_NUMBER = 1
"""FAISS's DirectMap.Array."""


def kind_for(count: int) -> str:
    """Return the kind of index for so many vectors, in the words of FAISS's index factory."""
    return "Flat" if count <= SCANNED else f"IVF{2 ** round(math.log2(count) / 2)},SQfp16"


def mapping(count: int) -> int:
    """Return how FAISS maps the file of so many vectors into memory, so that reading some costs no more."""
    import faiss

    flags: int = getattr(faiss, "IO_FLAG_MMAP_IFC", 0) if kind_for(count) == "Flat" else faiss.IO_FLAG_MMAP
    return flags


def make_index(vectors: NDArray[np.float32], kind: str) -> Any:
    """Return a FAISS index of this kind over vectors that are compared by inner product."""
    import faiss
    import numpy as np

    index: Any = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if kind.startswith("IVF"):
        index.by_residual = False  # the vectors themselves are kept, not how far from a centre they are
        index.cp.max_points_per_centroid, index.cp.niter = _SAMPLE, _ROUNDS
        index.cp.min_points_per_centroid = 1
        index.nprobe = max(1, index.nlist // PROBED)
        some = np.random.default_rng(0).choice(len(vectors), min(len(vectors), _SAMPLE * index.nlist), False)
        index.train(np.ascontiguousarray(vectors[np.sort(some)]))
        index.set_direct_map_type(_BY_NUMBER)  # vectors are asked for by their numbers, too
    else:
        index.train(vectors)
    for start in range(0, len(vectors), _CHUNK):
        index.add(np.ascontiguousarray(vectors[start : start + _CHUNK]))
    return index
