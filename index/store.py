"""The index on disk: written atomically as a whole, opened read-only.

`index.folder` keeps the folder whole, `index.schema` writes its SQLite file, `index.bm25` its
keyword postings. Opening imports nothing heavy, and each part is read when it is first asked for:
one question about one department reads that department's facts and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.codec import Strings, load_table
from index.document import Document, Fact, Passage, Span, Table
from index.errors import SourceError, StoreCorrupt, StoreError
from index.folder import Manifest, check_files, corrupt, new_generation, publish, read_manifest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.bm25 import Bm25, Hits, Within

DATABASE = "index.sqlite"
VECTORS = "vectors.faiss"
POSTINGS = "bm25"
WORDS = "words.txt"

_DOCUMENTS = "SELECT name, title, entity, year, account, aliases, subunits, line_count FROM documents"
_PASSAGES = "SELECT id, document, heading_path, text, first_line, last_line, page FROM passages"
_FACTS = """
    SELECT id, document, entity, year, account, item, measure, value, unit, text, quote, first_line,
           last_line, page, table_title, section, row_path, column_path, subunit, project, scope, code,
           total, comparator, tags
    FROM facts"""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a document is about, without its content; `name` is unique in an index."""

    name: str
    title: str
    entity: str
    year: int | None
    account: str
    aliases: tuple[str, ...] = ()
    subunits: tuple[str, ...] = ()
    line_count: int = 0

    @classmethod
    def of(cls, document: Document) -> DocumentInfo:
        """Return the description of a document as read."""
        return cls(
            document.name,
            document.title,
            document.entity,
            document.year,
            document.account,
            document.aliases,
            document.subunits,
            len(document.lines),
        )


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Everything the index keeps of one source file; `sha256` tells whether the file has changed.

    All spans lie in `document.name`. Ids of passages and facts are given by `write_store`.
    """

    path: str
    sha256: str
    document: DocumentInfo
    tables: tuple[Table, ...] = ()
    passages: tuple[Passage, ...] = ()
    facts: tuple[Fact, ...] = ()
    lines: tuple[str, ...] = ()


def write_store(
    out: Path,
    sources: Sequence[SourceRecord],
    *,
    encoder_name: str,
    vectors: NDArray[np.float32],
    model: str | None = None,
) -> None:
    """Write an index of `sources` to the folder `out`, in place of the one that may be there.

    Passages and facts are numbered from 0 in source order; `vectors` has shape (passages, dim) and
    runs parallel to them. `model` says where the encoder was loaded from, None for the shipped one.
    Readers see the old index until the new one is complete and on disk.
    Raises SourceError for two documents of one name, StoreError when `out` cannot be written or is
    not an index, ValueError for a wrong number of vectors.
    """
    import faiss
    import numpy as np
    from sqlalchemy.exc import SQLAlchemyError

    from index.bm25 import write_bm25
    from index.passages import searched_text
    from index.schema import write_database
    from index.tokens import dictionary_words, load_words, tokenize, write_words
    from index.vectors import kind_for, make_index

    passages = [passage for source in sources for passage in source.passages]
    if vectors.ndim != 2 or len(vectors) != len(passages):
        raise ValueError(f"{len(passages)} passages, but vectors of shape {vectors.shape}")
    _refuse_duplicates(sources)
    try:
        with new_generation(out) as folder:
            counts = write_database(folder / DATABASE, sources)
            index = make_index(np.ascontiguousarray(vectors, dtype=np.float32), kind_for(len(vectors)))
            faiss.write_index(index, str(folder / VECTORS))
            write_words(folder / WORDS, dictionary_words(_labels(sources)))
            words = load_words(folder / WORDS)
            write_bm25(
                folder / POSTINGS, [tokenize(searched_text(p.heading_path, p.text), words) for p in passages]
            )
            publish(folder, encoder_name, model, vectors.shape[1], counts)
    except (OSError, SQLAlchemyError) as error:
        reason = getattr(error, "orig", error)  # SQLAlchemy's own text has many lines
        raise StoreError(f"{out}: 索引无法写入（{reason}），请检查磁盘空间和目录权限") from error


def open_store(path: Path) -> Store:
    """Open the index at `path`; raise StoreMissing or StoreCorrupt."""
    while True:
        manifest = read_manifest(path)
        try:
            check_files(path, manifest)
            return Store(path, manifest)
        except StoreCorrupt:
            # a build may have replaced the index between the two looks
            if read_manifest(path) == manifest:
                raise


class Store:
    """An open index: read-only, safe to use from several threads; use `open_store` to get one.

    Every method raises StoreCorrupt when the files turn out to be damaged, and KeyError for a
    document name or source path that the index does not hold.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._folder = path / manifest.generation
        # immutable: no lock files, so that the folder may be read-only; no build ever changes it
        uri = f"{(self._folder / DATABASE).absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise corrupt(path, f"{DATABASE}: {error}") from None
        self._strings = Strings()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database file."""
        self._connection.close()

    @property
    def encoder_name(self) -> str:
        """The embedding model that made the vectors."""
        return self.manifest.encoder

    @cached_property
    def documents(self) -> list[DocumentInfo]:
        """All documents in source order."""
        strings = self._strings
        rows = self._select(f"{_DOCUMENTS} ORDER BY id")
        return [
            DocumentInfo(name, title, entity, year, account, strings[aliases], strings[subunits], line_count)
            for name, title, entity, year, account, aliases, subunits, line_count in rows
        ]

    @cached_property
    def sources(self) -> dict[str, str]:
        """The SHA-256 of each source file by its path, in source order."""
        return dict(self._select("SELECT path, sha256 FROM documents ORDER BY id"))

    def source_record(self, path: str) -> SourceRecord:
        """Return all that the index holds of one source file, as `write_store` takes it."""
        found = list(self._select("SELECT id FROM documents WHERE path = ?", path))
        if not found:
            raise KeyError(path)
        about = self.documents[found[0][0]]
        return SourceRecord(
            path,
            self.sources[path],
            about,
            tuple(self.tables_of(about.name)),
            tuple(self.passages_of(about.name)),
            tuple(self.facts_of(about.name)),
            self.lines(about.name, 1, about.line_count),
        )

    def facts(self, item: str | None = None, measure: str | None = None) -> list[Fact]:
        """Return all facts in order of id, or those about exactly this item and of this measure."""
        asked = {"item": item, "measure": measure}
        columns = {name: value for name, value in asked.items() if value is not None}
        where = f" WHERE {' AND '.join(f'{name} = ?' for name in columns)}" if columns else ""
        return self._facts(where, *columns.values())

    def facts_of(self, doc: str) -> list[Fact]:
        """Return the facts of one document in order of id."""
        return self._facts(" WHERE document = ?", self._numbers[doc])

    def passages(self) -> list[Passage]:
        """Return all passages; a passage's id is its place in the list."""
        return self._passages("")

    def passages_of(self, doc: str) -> list[Passage]:
        """Return the passages of one document in order of id."""
        return self._passages(" WHERE document = ?", self._numbers[doc])

    def tables_of(self, doc: str) -> list[Table]:
        """Return the tables of one document in the order in which they stand there."""
        query = "SELECT body FROM tables WHERE document = ? ORDER BY position"
        return [load_table(doc, body) for (body,) in self._select(query, self._numbers[doc])]

    def lines(self, doc: str, first: int, last: int) -> tuple[str, ...]:
        """Return the original lines `first` to `last` (1-based, inclusive), as far as they exist."""
        query = "SELECT text FROM lines WHERE document = ? AND number BETWEEN ? AND ? ORDER BY number"
        return tuple(text for (text,) in self._select(query, self._numbers[doc], first, last))

    @cached_property
    def bm25(self) -> Bm25:
        """The keyword search over passages."""
        from index.bm25 import load_bm25
        from index.tokens import load_words

        try:
            words = load_words(self._folder / WORDS)
            return load_bm25(self._folder / POSTINGS, self.manifest.counts["passages"], words)
        except (OSError, ValueError, KeyError) as error:
            raise self._damaged(POSTINGS, error) from error

    def vectors(self, ids: Iterable[int] | None = None) -> NDArray[np.float32]:
        """Return the vectors of these passages in the order asked, or of all: shape (n, dim)."""
        import numpy as np

        if ids is None:
            return np.asarray(self._vectors.reconstruct_n(0, self._vectors.ntotal), dtype=np.float32)
        wanted = np.fromiter(ids, dtype=np.int64)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < self._vectors.ntotal:
            raise IndexError(f"passage ids {wanted.min()} to {wanted.max()} of {self._vectors.ntotal}")
        return np.asarray(self._vectors.reconstruct_batch(wanted), dtype=np.float32)

    def nearest(self, vector: NDArray[np.float32], k: int, within: Within | None = None) -> Hits:
        """Return the `k` passages with the highest inner product, ranked among `within` only."""
        import numpy as np

        from index.bm25 import best, passage_ids

        size = self._vectors.ntotal
        query = np.ascontiguousarray(vector, dtype=np.float32).ravel()
        if within is None and min(k, size) > 0:
            scores, found = self._vectors.search(query[None], min(k, size))
            return found[0], scores[0]
        ids = passage_ids(within, size)
        ids = np.arange(0) if ids is None else ids
        return best(ids, self.vectors(ids) @ query, k)

    @cached_property
    def _vectors(self) -> Any:
        """The FAISS index, memory-mapped where this FAISS can (so that one department costs one read)."""
        import faiss

        try:
            index = faiss.read_index(str(self._folder / VECTORS), getattr(faiss, "IO_FLAG_MMAP_IFC", 0))
        except RuntimeError as error:
            raise self._damaged(VECTORS, error) from error
        if (index.ntotal, index.d) != (self.manifest.counts.get("passages"), self.manifest.dim):
            raise self._damaged(VECTORS, ValueError("shape"))
        return index

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {about.name: number for number, about in enumerate(self.documents)}

    def _facts(self, where: str, *values: object) -> list[Fact]:
        names, strings = [about.name for about in self.documents], self._strings
        rows = self._select(f"{_FACTS}{where} ORDER BY id", *values)
        # unpacked and built by position: this loop is most of the time of a cold question
        return [
            Fact(
                id_,
                doc := names[document],
                entity,
                year,
                account,
                item,
                measure,
                None if value is None else Decimal(value),
                unit,
                text,
                quote,
                Span(doc, first, last, page),
                table,
                strings[section],
                strings[row_path],
                strings[column_path],
                subunit,
                project,
                scope,
                code,
                total == 1,
                comparator,
                strings[tags],
            )
            for (
                id_, document, entity, year, account, item, measure, value, unit, text, quote, first,
                last, page, table, section, row_path, column_path, subunit, project, scope, code,
                total, comparator, tags,
            ) in rows
        ]  # fmt: skip

    def _passages(self, where: str, *values: object) -> list[Passage]:
        names, strings = [about.name for about in self.documents], self._strings
        return [
            Passage(id_, doc := names[document], strings[path], text, Span(doc, first, last, page))
            for id_, document, path, text, first, last, page in self._select(
                f"{_PASSAGES}{where} ORDER BY id", *values
            )
        ]

    def _select(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise corrupt(self.path, f"{DATABASE}: {error}") from error

    def _damaged(self, name: str, error: Exception) -> StoreError:
        return corrupt(self.path, f"{name}: {error}")


def _labels(sources: Iterable[SourceRecord]) -> set[str]:
    """Return the corpus's own names and labels: the words that keyword search knows."""
    labels: set[str] = set()
    for source in sources:
        about = source.document
        labels.update((about.entity, *about.aliases, *about.subunits))
        for fact in source.facts:
            labels.update((fact.item, fact.measure, fact.project, fact.subunit, fact.entity))
    return labels


def _refuse_duplicates(sources: Iterable[SourceRecord]) -> None:
    """Citations name a document by its name alone, so no two may share one."""
    seen: dict[str, str] = {}
    for source in sources:
        name = source.document.name
        if name in seen:
            raise SourceError(
                f"{source.path}: 与 {seen[name]} 重名（{name}），请改名后重新运行 budget-qa index build"
            )
        seen[name] = source.path
