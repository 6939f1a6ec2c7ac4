"""One generation of an index on servers, open for reading."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from index.remote.address import Address, parse
from index.remote.generations import Published, collection_of, latest, schema_of
from index.remote.postgres import Postgres

if TYPE_CHECKING:
    from index.remote.keywords import MilvusKeywords
    from index.remote.milvus import Milvus, MilvusVectors


def open_servers(url: str) -> Servers:
    """Open the index at a URL; raise StoreMissing, StoreCorrupt or StoreUnreachable."""
    address = parse(url)
    return Servers(address, latest(address))


class Servers:
    """The engines of one generation."""

    def __init__(self, address: Address, published: Published) -> None:
        self.path = str(address)
        self.manifest = published.manifest
        self.database = Postgres(address, schema_of(published.number))
        self._address = address
        self._published = published

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
        if "_milvus" in self.__dict__:
            self._milvus.close()

    @cached_property
    def keywords(self) -> MilvusKeywords:
        """The keyword search over passages."""
        from index.remote.keywords import MilvusKeywords
        from index.remote.milvus import SPARSE

        return MilvusKeywords(self._milvus, self._collection(SPARSE), self._passages, self.database)

    @cached_property
    def vectors(self) -> MilvusVectors:
        """The vectors of passages."""
        from index.remote.milvus import DENSE, MilvusVectors

        return MilvusVectors(self._milvus, self._collection(DENSE), self._passages, self.manifest.dim)

    @cached_property
    def _milvus(self) -> Milvus:
        """Milvus: only questions that look for passages need it, and its client takes half a second."""
        from index.remote.milvus import Milvus

        return Milvus(self._address)

    @property
    def _passages(self) -> int:
        return self.manifest.counts["passages"]

    def _collection(self, kind: str) -> str:
        return collection_of(self._published.name, self._published.number, kind)
