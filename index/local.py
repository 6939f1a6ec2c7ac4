"""An index in a folder: SQLite, postings in memory-mapped files, FAISS; written atomically as a whole.

`index.folder` keeps the folder whole, `index.schema` writes its SQLite file, `index.bm25` its keyword
postings. Opening imports nothing heavy, and each part is read when it is first asked for: one question
about one department reads that department's facts and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import finalize

from index.errors import StoreCorrupt, StoreError
from index.folder import Manifest, check_files, corrupt, hold, new_generation, publish, read_manifest, release
from index.rows import DocumentRows, searched_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.bm25 import Bm25, Hits, Within

DATABASE = "index.sqlite"
VECTORS = "vectors.faiss"
POSTINGS = "bm25"
WORDS = "words.txt"
_RAW = "vectors.raw"
"""Vectors as they come, while a build does not know how many there will be."""


def write_folder(
    out: Path,
    sources: Iterable[tuple[DocumentRows, NDArray[np.float32]]],
    *,
    encoder_name: str,
    dim: int,
    model: str | None,
) -> dict[str, int]:
    """Write an index of `sources` to the folder `out`, in place of the one that may be there.

    As `index.store.write_store` says; a build holds the tokens of all documents, but the facts, texts and
    vectors of no more than a few, until the vectors are put in order at the end.
    """
    import faiss
    import numpy as np
    from sqlalchemy.exc import SQLAlchemyError

    from index.bm25 import write_bm25
    from index.schema import open_database
    from index.tokens import dictionary_words, write_words
    from index.vectors import kind_for, make_index

    counts = dict.fromkeys(("documents", "passages", "facts"), 0)
    words: set[str] = set()
    tokens = []
    try:
        with new_generation(out) as folder:
            raw = folder / _RAW
            with open_database(folder / DATABASE) as add, raw.open("wb") as embedded:
                for rows, vectors in sources:
                    if vectors.shape != (len(rows.passages), dim):
                        raise ValueError(
                            f"{len(rows.passages)} passages, but vectors of shape {vectors.shape}"
                        )
                    add(rows)
                    embedded.write(np.ascontiguousarray(vectors, dtype=np.float32).tobytes())
                    tokens.append(rows.tokens)
                    words |= searched_words(rows.document, rows.labels, rows.fact_labels)
                    counts["documents"] += 1
                    counts["passages"] += len(rows.passages)
                    counts["facts"] += len(rows.facts)
            index = make_index(_mapped(raw, dim), kind_for(counts["passages"]))
            faiss.write_index(index, str(folder / VECTORS))
            del index
            raw.unlink()
            write_words(folder / WORDS, dictionary_words(words))
            write_bm25(folder / POSTINGS, tokens)
            publish(folder, encoder_name, model, dim, counts)
    except (OSError, SQLAlchemyError) as error:
        reason = getattr(error, "orig", error)  # SQLAlchemy's own text has many lines
        raise StoreError(f"{out}: 索引无法写入（{reason}），请检查磁盘空间和目录权限") from error
    return counts


def _mapped(raw: Path, dim: int) -> NDArray[np.float32]:
    """Return the vectors of a file, shape (n, dim), without loading it."""
    import numpy as np

    if not raw.stat().st_size:
        return np.empty((0, dim), np.float32)
    return np.memmap(raw, np.float32, "r").reshape(-1, dim)


def open_folder(path: Path) -> Folder:
    """Open the index in the folder `path`; raise StoreMissing or StoreCorrupt."""
    while True:
        manifest = read_manifest(path)
        held = None
        try:
            with suppress(FileNotFoundError):
                held = hold(path / manifest.generation)
            check_files(path, manifest)
            return Folder(path, manifest, held)
        except StoreCorrupt:
            release(held)
            # a build may have replaced the index between the two looks
            if read_manifest(path) == manifest:
                raise


class Folder:
    """The engines of one generation; every one raises StoreCorrupt when its files prove damaged."""

    def __init__(self, path: Path, manifest: Manifest, held: int | None) -> None:
        """Read a generation that is kept by a handle (see `index.folder.hold`)."""
        self.path = path
        self._kept = finalize(self, release, held)
        self.manifest = manifest
        self._folder = path / manifest.generation
        self.database = SqliteFile(path, self._folder / DATABASE)

    def close(self) -> None:
        """Close the database file, and let the generation go."""
        self.database.close()
        self._kept()

    @cached_property
    def keywords(self) -> Bm25:
        """The keyword search over passages."""
        from index.bm25 import load_bm25
        from index.tokens import load_words

        try:
            words = load_words(self._folder / WORDS)
            return load_bm25(self._folder / POSTINGS, self.manifest.counts["passages"], words)
        except (OSError, ValueError, KeyError) as error:
            raise self._damaged(POSTINGS, error) from error

    @cached_property
    def vectors(self) -> FaissVectors:
        """The FAISS index, memory-mapped where this FAISS can (so that one department costs one read)."""
        import faiss

        from index.vectors import mapping

        try:
            index = faiss.read_index(str(self._folder / VECTORS), mapping(self.manifest.counts["passages"]))
        except RuntimeError as error:
            raise self._damaged(VECTORS, error) from error
        if (index.ntotal, index.d) != (self.manifest.counts.get("passages"), self.manifest.dim):
            raise self._damaged(VECTORS, ValueError("shape"))
        return FaissVectors(index)

    def _damaged(self, name: str, error: Exception) -> StoreError:
        return corrupt(self.path, f"{name}: {error}")


class SqliteFile:
    """A database that no build ever changes; may be shared by threads."""

    def __init__(self, path: Path, file: Path) -> None:
        self._path = path
        # immutable: no lock files, so that the folder may be read-only
        uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise corrupt(path, f"{DATABASE}: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def select(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Return the rows of a query."""
        try:
            return iter(self._connection.execute(sql, values).fetchall())
        except sqlite3.DatabaseError as error:
            raise corrupt(self._path, f"{DATABASE}: {error}") from error


class FaissVectors:
    """Vectors in a FAISS index."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def take(self, ids: Iterable[int] | None) -> NDArray[np.float32]:
        """Return the vectors of these passages in the order asked, or of all: shape (n, dim)."""
        import numpy as np

        if ids is None:
            return np.asarray(self._index.reconstruct_n(0, self._index.ntotal), dtype=np.float32)
        wanted = np.fromiter(ids, dtype=np.int64)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < self._index.ntotal:
            raise IndexError(f"passage ids {wanted.min()} to {wanted.max()} of {self._index.ntotal}")
        return np.asarray(self._index.reconstruct_batch(wanted), dtype=np.float32)

    def nearest(self, vector: NDArray[np.float32], k: int, within: Within | None = None) -> Hits:
        """Return the `k` passages with the highest inner product, ranked among `within` only."""
        import numpy as np

        from index.bm25 import best, passage_ids

        size = self._index.ntotal
        query = np.ascontiguousarray(vector, dtype=np.float32).ravel()
        if within is None and min(k, size) > 0:
            scores, found = self._index.search(query[None], min(k, size))
            return found[0], scores[0]
        ids = passage_ids(within, size)
        ids = np.arange(0) if ids is None else ids
        return best(ids, self.take(ids) @ query, k)
