"""The index on disk: written atomically as a whole, opened read-only.

`index.folder` keeps the folder whole, `index.schema` writes its SQLite file, `index.bm25` its
keyword postings. Opening imports nothing heavy, and each part is read when it is first asked for:
one question about one department reads that department's facts and nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.codec import Strings, load_table
from index.document import Fact, Passage, Span, Table
from index.errors import StoreCorrupt, StoreError
from index.folder import Manifest, check_files, corrupt, new_generation, publish, read_manifest
from index.rows import (
    DOCUMENT_COLUMNS,
    FACT_LABELS,
    FACT_VALUES,
    PASSAGE_COLUMNS,
    DocumentInfo,
    DocumentRows,
    Extent,
    quoted,
    searched_words,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.bm25 import Bm25, Hits, PassageTokens, Within

DATABASE = "index.sqlite"
VECTORS = "vectors.faiss"
POSTINGS = "bm25"
WORDS = "words.txt"

_DOCUMENTS = (
    "SELECT name, title, entity, year, account, aliases, subunits, line_count, findings, notes FROM documents"
)
_PASSAGES = f"SELECT id, document, {', '.join(PASSAGE_COLUMNS)} FROM passages"
_BETWEEN = "WHERE id BETWEEN ? AND ?"
_FACTS = f"SELECT id, document, {', '.join((*FACT_LABELS, *FACT_VALUES))} FROM facts"
_LABELS = slice(2, 2 + len(FACT_LABELS))


def write_store(
    out: Path,
    sources: Iterable[tuple[DocumentRows, NDArray[np.float32]]],
    *,
    encoder_name: str,
    dim: int,
    model: str | None = None,
) -> dict[str, int]:
    """Write an index of `sources` to the folder `out`, in place of the one that may be there.

    Each document comes with one vector a passage: shape (passages, dim). They are taken one by one, so
    that a build holds the vectors and tokens of all, but the facts and texts of no more than a few; passages
    and facts are numbered from 0 in that order.
    `model` says where the encoder was loaded from, None for the shipped one. Returns the number of rows of
    each kind. Readers see the old index until the new one is complete and on disk.
    Raises StoreError when `out` cannot be written or is not an index, ValueError for a wrong number of
    vectors.
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
    embedded = [np.empty((0, dim), np.float32)]
    try:
        with new_generation(out) as folder:
            with open_database(folder / DATABASE) as add:
                for rows, vectors in sources:
                    if vectors.shape != (len(rows.passages), dim):
                        raise ValueError(
                            f"{len(rows.passages)} passages, but vectors of shape {vectors.shape}"
                        )
                    add(rows)
                    embedded.append(np.ascontiguousarray(vectors, dtype=np.float32))
                    tokens.append(rows.tokens)
                    words |= searched_words(rows.document, rows.labels, rows.fact_labels)
                    counts["documents"] += 1
                    counts["passages"] += len(rows.passages)
                    counts["facts"] += len(rows.facts)
            index = make_index(np.concatenate(embedded), kind_for(counts["passages"]))
            faiss.write_index(index, str(folder / VECTORS))
            write_words(folder / WORDS, dictionary_words(words))
            write_bm25(folder / POSTINGS, tokens)
            publish(folder, encoder_name, model, dim, counts)
    except (OSError, SQLAlchemyError) as error:
        reason = getattr(error, "orig", error)  # SQLAlchemy's own text has many lines
        raise StoreError(f"{out}: 索引无法写入（{reason}），请检查磁盘空间和目录权限") from error
    return counts


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
            DocumentInfo(
                name, title, entity, year, account, strings[aliases], strings[subunits], line_count,
                strings[findings], strings[notes],
            )
            for name, title, entity, year, account, aliases, subunits, line_count, findings, notes in rows
        ]  # fmt: skip

    @cached_property
    def sources(self) -> dict[str, str]:
        """The SHA-256 of each source file by its path, in source order."""
        return dict(self._select("SELECT path, sha256 FROM documents ORDER BY id"))

    def rows_of(self, path: str) -> tuple[DocumentRows, NDArray[np.float32]]:
        """Return what the index holds of one source file, and its vectors, as `write_store` takes them."""
        import numpy as np

        from index.bm25 import take

        number = self._paths[path]
        passages, facts = self._ranges[number]
        (document,) = self._select(
            f"SELECT {', '.join(DOCUMENT_COLUMNS)} FROM documents WHERE id = ?", number
        )
        texts = list(self._select(f"{_PASSAGES} {_BETWEEN} ORDER BY id", *passages))
        found = list(self._select(f"{_FACTS} {_BETWEEN} ORDER BY id", *facts))
        # numbered anew, as in a document of its own
        place: dict[int, int] = {}
        for label in chain((row[2] for row in texts), *(row[_LABELS] for row in found)):
            place.setdefault(label, len(place))
        known = self._labels(place)
        rows = DocumentRows(
            path,
            document,
            list(self._select("SELECT text, page FROM lines WHERE document = ? ORDER BY number", number)),
            list(self._select("SELECT title, body FROM tables WHERE document = ? ORDER BY position", number)),
            [known[label] for label in place],
            [(place[heading], *row) for _, _, heading, *row in texts],
            np.array([[place[label] for label in row[_LABELS]] for row in found], np.int32).reshape(
                -1, len(FACT_LABELS)
            ),
            [row[_LABELS.stop :] for row in found],
            take(self._tokens, passages[0], passages[1] + 1),
            [],
        )
        return rows, self.vectors(range(passages[0], passages[1] + 1))

    def source_of(self, doc: str) -> Path:
        """Return the file that a document was read from; it may have moved or changed since."""
        return Path(list(self.sources)[self._numbers[doc]])

    def extent(self, doc: str) -> Extent:
        """Return how much the index holds of one document."""
        number = self._numbers[doc]
        ((pages, tables),) = self._select(
            "SELECT (SELECT max(page) FROM lines WHERE document = ?),"
            " (SELECT count(*) FROM tables WHERE document = ?)",
            number,
            number,
        )
        passages, facts = (last - first + 1 for first, last in self._ranges[number])
        return Extent(pages or 0, self.documents[number].line_count, tables, passages, facts)

    def facts(self, item: str | None = None, measure: str | None = None) -> list[Fact]:
        """Return all facts in order of id, or those about exactly this item and of this measure."""
        asked = {"item": item, "measure": measure}
        columns = {name: value for name, value in asked.items() if value is not None}
        is_text = "= (SELECT id FROM labels WHERE text = ?)"
        where = f"WHERE {' AND '.join(f'{name} {is_text}' for name in columns)}" if columns else ""
        return self._facts(where, *columns.values())

    def facts_of(self, doc: str) -> list[Fact]:
        """Return the facts of one document in order of id."""
        return self._facts(_BETWEEN, *self._ranges[self._numbers[doc]][1])

    def passages(self) -> list[Passage]:
        """Return all passages; a passage's id is its place in the list."""
        return self._passages("")

    def passages_of(self, doc: str) -> list[Passage]:
        """Return the passages of one document in order of id."""
        return self._passages(_BETWEEN, *self._ranges[self._numbers[doc]][0])

    def passages_at(self, doc: str, first: int, last: int) -> list[Passage]:
        """Return the passages of one document that hold any of these lines, in order of id."""
        within = f"{_BETWEEN} AND first_line <= ? AND last_line >= ?"
        return self._passages(within, *self._ranges[self._numbers[doc]][0], last, first)

    def tables_of(self, doc: str, named: str | None = None) -> list[Table]:
        """Return the tables of one document in their order, or those that facts call `named`."""
        ends = "AND title IN ('', substr(?, -length(title)))" if named is not None else ""
        query = f"SELECT body FROM tables WHERE document = ? {ends} ORDER BY position"
        values = (self._numbers[doc], named)[: 1 if named is None else 2]
        return [load_table(doc, body) for (body,) in self._select(query, *values)]

    def lines(self, doc: str, first: int, last: int) -> tuple[str, ...]:
        """Return the original lines `first` to `last` (1-based, inclusive), as far as they exist."""
        query = "SELECT text FROM lines WHERE document = ? AND number BETWEEN ? AND ? ORDER BY number"
        return tuple(text for (text,) in self._select(query, self._numbers[doc], first, last))

    def page(self, doc: str, number: int) -> tuple[str, ...]:
        """Return the lines of a page in reading order; none in files without pages."""
        query = "SELECT text FROM lines WHERE document = ? AND page = ? ORDER BY number"
        return tuple(text for (text,) in self._select(query, self._numbers[doc], number))

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

    @cached_property
    def _tokens(self) -> PassageTokens:
        return self.bm25.by_passage()

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
    def _ranges(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """The first and last ids of each document's passages and facts."""
        starts = list(self._select("SELECT first_passage, first_fact FROM documents ORDER BY id"))
        ends = [*starts[1:], (self.manifest.counts["passages"], self.manifest.counts["facts"])]
        return [
            ((passage, next_passage - 1), (fact, next_fact - 1))
            for (passage, fact), (next_passage, next_fact) in zip(starts, ends, strict=True)
        ]

    @cached_property
    def _paths(self) -> dict[str, int]:
        return {path: number for number, path in enumerate(self.sources)}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {about.name: number for number, about in enumerate(self.documents)}

    def _facts(self, where: str, *values: object) -> list[Fact]:
        names, strings = [about.name for about in self.documents], self._strings
        rows = list(self._select(f"{_FACTS} {where} ORDER BY id", *values))
        label = self._labels(set().union(*(row[_LABELS] for row in rows)))
        quotes = _Quotes(self)
        # unpacked and built by position: this loop is most of the time of a cold question
        return [
            Fact(
                id_,
                doc := names[document],
                label[entity],
                year,
                label[account],
                label[item],
                label[measure],
                None if value is None else Decimal(value),
                label[unit],
                text,
                quotes[doc, first, last] if quote is None else quote,
                Span(doc, first, last, page),
                label[table],
                strings[label[section]],
                strings[label[row_path]],
                strings[label[column_path]],
                label[subunit],
                label[project],
                label[scope],
                code,
                total == 1,
                comparator,
            )
            for (
                id_, document, entity, account, item, measure, unit, table, section, row_path, column_path,
                subunit, project, scope, year, value, text, quote, first, last, page, code, total, comparator,
            ) in rows
        ]  # fmt: skip

    def _passages(self, where: str, *values: object) -> list[Passage]:
        names, strings = [about.name for about in self.documents], self._strings
        rows = list(self._select(f"{_PASSAGES} {where} ORDER BY id", *values))
        label = self._labels({row[2] for row in rows})
        return [
            Passage(id_, doc := names[document], strings[label[path]], text, Span(doc, first, last, page))
            for id_, document, path, text, first, last, page in rows
        ]

    def _labels(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the texts of labels."""
        query = "SELECT id, text FROM labels WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._select(query, json.dumps(list(ids))))

    def _select(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise corrupt(self.path, f"{DATABASE}: {error}") from error

    def _damaged(self, name: str, error: Exception) -> StoreError:
        return corrupt(self.path, f"{name}: {error}")


class _Quotes(dict[tuple[str, int, int], str]):
    """What facts quote that stand in whole lines: the cells of a row share one string."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __missing__(self, place: tuple[str, int, int]) -> str:
        self[place] = quote = quoted(self._store.lines(*place))
        return quote
