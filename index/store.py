"""The index: written atomically as a whole, opened read-only.

A `Store` is what the three engines of `index.engines` tell, as values; `index.local` has them in a folder,
`index.remote` on servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from index.codec import Strings, load_table
from index.document import Fact, Passage, Span, Table
from index.engines import Engines, Keywords, Place
from index.errors import StoreError
from index.local import open_folder, write_folder
from index.rows import (
    DOCUMENT_COLUMNS,
    FACT_LABELS,
    FACT_VALUES,
    PASSAGE_COLUMNS,
    DocumentInfo,
    DocumentRows,
    Extent,
    quoted,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.bm25 import Hits, Within

_DOCUMENTS = (
    "SELECT name, title, entity, year, account, aliases, subunits, line_count, findings, notes FROM documents"
)
_PASSAGES = f"SELECT id, document, {', '.join(PASSAGE_COLUMNS)} FROM passages"
_BETWEEN = "WHERE id BETWEEN ? AND ?"
_FACTS = f"SELECT id, document, {', '.join((*FACT_LABELS, *FACT_VALUES))} FROM facts"
_LABELS = slice(2, 2 + len(FACT_LABELS))
_QUOTE = _LABELS.stop + FACT_VALUES.index("quote")
_PLACE = slice(_LABELS.stop + FACT_VALUES.index("first_line"), _LABELS.stop + FACT_VALUES.index("page"))
_EXTRA = ("pg8000", "pymilvus")
"""What only an index on servers needs."""
_LISTED = 10_000
"""So many numbers are listed in one statement: engines bound its length."""


def write_store(
    out: Place,
    sources: Iterable[tuple[DocumentRows, NDArray[np.float32]]],
    *,
    encoder_name: str,
    dim: int,
    model: str | None = None,
) -> dict[str, int]:
    """Write an index of `sources` to `out`, in place of the one that may be there.

    Each document comes with one vector a passage: shape (passages, dim). They are taken one by one; passages
    and facts are numbered from 0 in that order. `model` says where the encoder was loaded from, None for the
    shipped one. Returns the number of rows of each kind. Readers see the old index until the new one is
    complete and stored.
    Raises StoreError when `out` cannot be written or is not an index, ValueError for a wrong number of
    vectors.
    """
    if isinstance(out, Path):
        return write_folder(out, sources, encoder_name=encoder_name, dim=dim, model=model)
    _check_extra()
    from index.remote.writing import write_servers

    return write_servers(out, sources, encoder_name=encoder_name, dim=dim, model=model)


def open_store(path: Place) -> Store:
    """Open the index at `path`; raise StoreMissing, StoreCorrupt or, of servers, StoreUnreachable."""
    if isinstance(path, Path):
        return Store(open_folder(path))
    _check_extra()
    from index.remote.reading import open_servers

    return Store(open_servers(path))


def _check_extra() -> None:
    """Raise StoreError unless the packages are installed that servers need."""
    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise StoreError(
            f'服务器上的索引要用到 {"、".join(missing)}，请先运行 pip install "budget-qa[scale]"'
        )


class Store:
    """An open index: read-only, safe to use from several threads; use `open_store` to get one.

    Every method raises StoreCorrupt when the files turn out to be damaged, and KeyError for a
    document name or source path that the index does not hold.
    """

    def __init__(self, engines: Engines) -> None:
        self.path = engines.path
        self.manifest = engines.manifest
        self._engines = engines
        self._select = engines.database.select
        self._strings = Strings()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and connections."""
        self._engines.close()

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
            self.bm25.between(*passages),
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
        ends = "AND title = substr(?, length(?) - length(title) + 1)" if named is not None else ""
        query = f"SELECT body FROM tables WHERE document = ? {ends} ORDER BY position"
        values = () if named is None else (named, named)
        return [load_table(doc, body) for (body,) in self._select(query, self._numbers[doc], *values)]

    def lines(self, doc: str, first: int, last: int) -> tuple[str, ...]:
        """Return the original lines `first` to `last` (1-based, inclusive), as far as they exist."""
        query = "SELECT text FROM lines WHERE document = ? AND number BETWEEN ? AND ? ORDER BY number"
        return tuple(text for (text,) in self._select(query, self._numbers[doc], first, last))

    def page(self, doc: str, number: int) -> tuple[str, ...]:
        """Return the lines of a page in reading order; none in files without pages."""
        query = "SELECT text FROM lines WHERE document = ? AND page = ? ORDER BY number"
        return tuple(text for (text,) in self._select(query, self._numbers[doc], number))

    @property
    def bm25(self) -> Keywords:
        """The keyword search over passages."""
        return self._engines.keywords

    def vectors(self, ids: Iterable[int] | None = None) -> NDArray[np.float32]:
        """Return the vectors of these passages in the order asked, or of all: shape (n, dim)."""
        return self._engines.vectors.take(ids)

    def nearest(self, vector: NDArray[np.float32], k: int, within: Within | None = None) -> Hits:
        """Return the `k` passages with the highest inner product, ranked among `within` only."""
        return self._engines.vectors.nearest(vector, k, within)

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
        quotes = self._quotes((row[1], *row[_PLACE]) for row in rows if row[_QUOTE] is None)
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
                quotes[document, first, last] if quote is None else quote,
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
        known: dict[int, str] = {}
        for piece in _listed(ids):
            known.update(self._select(f"SELECT id, text FROM labels WHERE id IN ({piece})"))
        return known

    def _quotes(self, places: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int, int], str]:
        """Return what stands in whole lines (document, first, last): the cells of a row share one string."""
        lines: dict[tuple[int, int, int], list[str]] = {place: [] for place in places}
        for piece in _listed(sorted(place for place in lines if None not in place)):
            asked = f"WITH asked (doc, first, last) AS (VALUES {piece})"
            found = "asked JOIN lines ON document = doc AND number BETWEEN first AND last ORDER BY number"
            for doc, first, last, text in self._select(f"{asked} SELECT doc, first, last, text FROM {found}"):
                lines[doc, first, last].append(text)
        return {place: quoted(texts) for place, texts in lines.items()}


def _listed(values: Iterable[object]) -> Iterator[str]:
    """Yield numbers, or tuples of them, as SQL lists them, in pieces that every engine takes."""
    left = map(str, values)
    while piece := ",".join(islice(left, _LISTED)):
        yield piece
