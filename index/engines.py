"""What a `Store` stands on: three engines, each small enough to be had from elsewhere.

`index.local` has them in one folder: SQLite, postings in files, FAISS; `index.remote` on servers: PostgreSQL
and Milvus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.bm25 import Hits, PassageTokens, Within
    from index.folder import Manifest


Place = Path | str
"""Where an index is: a folder, or the URL of servers (`index.remote.address`)."""


_PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")


def place_of(text: str) -> Place:
    """Return the place that a user names."""
    return text if "://" in text else Path(text)


def shown(place: Place) -> str:
    """Return a place as it may be printed: without passwords."""
    return _PASSWORD.sub("***", str(place))


class Database(Protocol):
    """The tables of `index.schema`."""

    def select(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Return the rows of a query in the SQL that all engines share; each ? stands for a value."""


class Keywords(Protocol):
    """Keyword search over passages, with the scores of `index.bm25`."""

    def search(self, text: str, k: int, within: Within | None = None) -> Hits:
        """Return at most `k` passages that share a token with `text`, ranked among `within` only."""

    def weights(self, text: str) -> dict[int, float]:
        """Return the code and weight of each token of `text` that is known; no score reaches their sum."""

    def between(self, first: int, last: int) -> PassageTokens:
        """Return the tokens of the passages `first` to `last` (inclusive) of one document."""


class Vectors(Protocol):
    """The vectors of passages."""

    def take(self, ids: Iterable[int] | None) -> NDArray[np.float32]:
        """Return the vectors of these passages in the order asked, or of all: shape (n, dim)."""

    def nearest(self, vector: NDArray[np.float32], k: int, within: Within | None = None) -> Hits:
        """Return the `k` passages with the highest inner product, ranked among `within` only."""


class Engines(Protocol):
    """One complete generation of an index, open for reading; each engine is opened when first asked for."""

    @property
    def path(self) -> Place:
        """Where the index is, as a reader may be told."""

    @property
    def manifest(self) -> Manifest:
        """What was built."""

    @property
    def database(self) -> Database:
        """Documents, their lines and tables, passages and facts."""

    @property
    def keywords(self) -> Keywords:
        """The keyword search."""

    @property
    def vectors(self) -> Vectors:
        """The vectors."""

    def close(self) -> None:
        """Let go of files and connections."""
