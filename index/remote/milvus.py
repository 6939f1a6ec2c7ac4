"""Vectors and keywords in Milvus: one collection each, the passage's number as key.

Keyword search is an inner product of sparse vectors: a passage holds for each token how far its count weighs,
a question the rarity of its tokens, so that the scores are those of `index.bm25`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
import numpy as np
from numpy.typing import NDArray
from pymilvus import DataType, MilvusClient, MilvusException
from pymilvus.exceptions import ErrorCode

from index.bm25 import Hits, Within, best, passage_ids
from index.errors import StoreCorrupt, StoreError, StoreUnreachable
from index.remote.address import Address, replaced
from index.vectors import SCANNED

DENSE, SPARSE = "dense", "sparse"
"""The two collections of a generation, and their fields."""

_BATCH = 1_000
"""Passages in one message."""
_MOST = 16_384
"""Milvus gives no more hits than this."""
_TIES = 16
"""So many hits more than wanted are asked for first: Milvus orders equal scores by chance."""
_SECONDS = 20
"""Milvus must answer the first call within this time."""
_LINKS = {"M": 32, "efConstruction": 200}
_SEARCHED = 128
"""Candidates that a search of a graph keeps: more find more and take longer."""
_QUIET = {"grpc.keepalive_time_ms": 300_000, "grpc.keepalive_permit_without_calls": False}
"""An idle connection is not asked every ten seconds whether it lives: servers may hang up on that."""


class Milvus:
    """A connection to Milvus."""

    def __init__(self, address: Address) -> None:
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it would log what ends in a line of ours
        self._address = address
        with self.told():
            self._client = MilvusClient(
                address.milvus, token=address.token, timeout=_SECONDS, grpc_options=_QUIET
            )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what Milvus or its client says into one line that says what to do."""
        try:
            yield
        except (MilvusException, grpc.RpcError, ValueError, OSError) as error:
            if getattr(error, "code", None) == ErrorCode.COLLECTION_NOT_FOUND:
                raise replaced(self._address) from error
            reason = " ".join(str(getattr(error, "message", "") or error).split())[:200]
            raise StoreUnreachable(
                f"{self._address}: Milvus 无法使用（{reason}），请检查地址和服务是否在运行"
            ) from error

    def collections(self, prefix: str) -> list[str]:
        """Return the names of all collections that begin so."""
        with self.told():
            return [str(name) for name in self._client.list_collections() if name.startswith(prefix)]

    def drop(self, name: str) -> None:
        """Remove a collection."""
        with self.told():
            self._client.drop_collection(name)

    def create(self, name: str, dim: int | None) -> None:
        """Make an empty collection for vectors of this length, or for sparse ones."""
        schema = MilvusClient.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        if dim is None:
            schema.add_field(SPARSE, DataType.SPARSE_FLOAT_VECTOR)
        else:
            schema.add_field(DENSE, DataType.FLOAT_VECTOR, dim=dim)
        with self.told():
            # whoever reads it sees all that was written before the index was published
            self._client.create_collection(name, schema=schema, consistency_level="Strong")

    def insert(self, name: str, rows: list[Mapping[str, Any]]) -> None:
        """Add rows to a collection."""
        with self.told():
            self._client.insert(name, rows)

    def finish(self, name: str, field: str, count: int) -> None:
        """Index a filled collection of `count` rows and make it ready to be searched."""
        params = MilvusClient.prepare_index_params()
        if field == SPARSE:
            params.add_index(field, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        elif count > SCANNED:
            params.add_index(field, index_type="HNSW", metric_type="IP", params=_LINKS)
        else:
            params.add_index(field, index_type="FLAT", metric_type="IP")
        with self.told():
            self._client.flush(name)
            self._client.create_index(name, params, sync=False)  # loading waits for what it needs of it
            self.load(name)
            ((found,),) = (row.values() for row in self._client.query(name, output_fields=["count(*)"]))
        if found != count:
            raise StoreError(f"{self._address}: Milvus 只存下 {found} 行，应有 {count} 行，请重新建立索引")

    def load(self, name: str) -> None:
        """Have Milvus hold a collection ready, if it does not already; one of files forgets it at its end."""
        with self.told():
            self._client.load_collection(name)

    def rows(self, name: str, field: str, expression: str) -> list[tuple[int, Any]]:
        """Return id and content of the rows that an expression holds for."""
        with self.told():
            found = self._client.query(name, filter=expression, output_fields=[field])
        return [(row["id"], row[field]) for row in found]

    def ranked(self, name: str, field: str, query: Any, k: int, ids: NDArray[np.int64] | None) -> Hits:
        """Return the `k` rows with the highest inner product among `ids` (ascending), ties in order of id."""
        if k <= 0 or (ids is not None and not len(ids)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        limit = min(k + _TIES, _MOST)
        while True:
            found, scores = self._hits(name, field, query, limit, "" if ids is None else _among(ids))
            # more rows than were given may be as good as the last that is wanted
            if len(found) < limit or scores[k - 1 if k < limit else -1] > scores[-1] or limit == _MOST:
                break
            limit = min(2 * limit, _MOST)
        order = np.argsort(found)
        return best(found[order], scores[order], k)

    def _hits(self, name: str, field: str, query: Any, limit: int, expression: str) -> Hits:
        params = {"metric_type": "IP", "params": {"ef": max(_SEARCHED, limit)} if field == DENSE else {}}
        with self.told():
            (hits,) = self._client.search(
                name, [query], expression, limit, anns_field=field, search_params=params
            )
        ids, scores = [hit["id"] for hit in hits], [hit["distance"] for hit in hits]
        return np.array(ids, np.int64), np.array(scores, np.float32)


class Filling:
    """Rows on their way into a collection."""

    def __init__(self, milvus: Milvus, name: str) -> None:
        self._milvus = milvus
        self._name = name
        self._rows: list[Mapping[str, Any]] = []
        self._sent = 0

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take rows, and send them when they are many."""
        self._rows += rows
        if len(self._rows) >= _BATCH:
            self._send()

    def finish(self, field: str) -> None:
        """Send what is left and make the collection ready to be searched."""
        if self._rows:
            self._send()
        self._milvus.finish(self._name, field, self._sent)

    def _send(self) -> None:
        for at in range(0, len(self._rows), _BATCH):
            self._milvus.insert(self._name, self._rows[at : at + _BATCH])
        self._sent += len(self._rows)
        self._rows = []


class MilvusVectors:
    """The vectors of `count` passages."""

    def __init__(self, milvus: Milvus, name: str, count: int, dim: int) -> None:
        milvus.load(name)
        self._milvus = milvus
        self._name = name
        self._count = count
        self._dim = dim

    def take(self, ids: Iterable[int] | None) -> NDArray[np.float32]:
        """Return the vectors of these passages in the order asked, or of all: shape (n, dim)."""
        wanted = np.arange(self._count) if ids is None else np.fromiter(ids, dtype=np.int64)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < self._count:
            raise IndexError(f"passage ids {wanted.min()} to {wanted.max()} of {self._count}")
        distinct = np.unique(wanted)
        vectors = np.empty((len(distinct), self._dim), np.float32)
        for at in range(0, len(distinct), _BATCH):
            part = distinct[at : at + _BATCH]
            found = self._milvus.rows(self._name, DENSE, _among(part))
            if len(found) != len(part):
                raise StoreCorrupt(f"{self._name}: Milvus 里缺少向量，请重新运行 budget-qa index build")
            vectors[np.searchsorted(distinct, [number for number, _ in found])] = [row for _, row in found]
        return vectors[np.searchsorted(distinct, wanted)]

    def nearest(self, vector: NDArray[np.float32], k: int, within: Within | None = None) -> Hits:
        """Return the `k` passages with the highest inner product, ranked among `within` only."""
        query = np.ascontiguousarray(vector, dtype=np.float32).ravel()
        return self._milvus.ranked(self._name, DENSE, query, k, passage_ids(within, self._count))


def _among(ids: NDArray[np.int64]) -> str:
    """Return the expression that holds for these ids, which ascend: mostly those of one document."""
    first, last = int(ids[0]), int(ids[-1])
    if last - first + 1 == len(ids):
        return f"id >= {first} and id <= {last}"
    return f"id in {ids.tolist()}"
