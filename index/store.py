"""The index: written atomically as a whole, opened read-only.

A `Store` is what the three engines of `index.engines` tell, as values; `index.local` has them in a folder,
`index.remote` on servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.codec import Strings, load_columns, load_numbers, load_table
from index.departments import Department
from index.document import Fact, Passage, Span, Table
from index.engines import Engines, Keywords, Place
from index.errors import StoreError
from index.fact_table import Decoder, FactTable
from index.local import open_folder, write_folder
from index.register import Register
from index.rows import (
    DOCUMENT_COLUMNS,
    FACT_LABELS,
    FACT_VALUES,
    LOOKED_AT,
    PASSAGE_COLUMNS,
    DocumentInfo,
    DocumentRows,
    Extent,
    quoted,
)
from index.text import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.bm25 import Hits, Within

_DOCUMENTS = (
    "SELECT id, name, title, entity, year, account, aliases, subunits, line_count, findings, notes"
    " FROM documents"
)
_PASSAGES = f"SELECT id, document, {', '.join(PASSAGE_COLUMNS)} FROM passages"
_BETWEEN = "WHERE id BETWEEN ? AND ?"
_COLUMNS = ("id", "document", *FACT_LABELS, *FACT_VALUES)
_FACTS = f"SELECT {', '.join(_COLUMNS)} FROM facts"
_PATHS = ("section", "row_path", "column_path")
_LABELS = slice(2, 2 + len(FACT_LABELS))
_QUOTE = _LABELS.stop + FACT_VALUES.index("quote")
_PLACE = slice(_LABELS.stop + FACT_VALUES.index("first_line"), _LABELS.stop + FACT_VALUES.index("page"))
_EXTRA = ("pg8000", "pymilvus")
"""What only an index on servers needs."""
_REMEMBERED = 1 << 16
"""So many labels are remembered."""
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
        self._known: dict[str, _Held] = {}
        self._texts: dict[int, str] = {}

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
        return self._documents("")

    def first_documents(self, count: int) -> list[DocumentInfo]:
        """Return so many documents, the first in source order."""
        return self._documents("WHERE id < ?", count)

    def documents_of(self, departments: Iterable[Department]) -> list[DocumentInfo]:
        """Return the documents of these departments in source order."""
        numbers = [department.number for department in departments]
        pieces = [self._documents(f"WHERE department IN ({piece})") for piece in _listed(numbers)]
        return list(chain.from_iterable(pieces))

    def documents_with(self, passages: Iterable[int], count: int) -> list[DocumentInfo]:
        """Return the documents of these passages in their order, at most `count`."""
        wanted = list(passages)
        owners: dict[int, int] = {}
        for piece in _listed(wanted):
            owners.update(self._select(f"SELECT id, document FROM passages WHERE id IN ({piece})"))
        numbers = list(dict.fromkeys(owners[number] for number in wanted))[:count]
        pieces = [self._numbered(f"WHERE id IN ({piece})") for piece in _listed(numbers)]
        found = dict(chain.from_iterable(pieces))
        return [found[number] for number in numbers]

    def document(self, name: str) -> DocumentInfo:
        """Return the document of this name."""
        return self._held(name).about

    @cached_property
    def register(self) -> Register:
        """The departments of the index, found by what a question says."""
        return Register(self._select)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The SHA-256 of each source file by its path, in source order."""
        return dict(self._select("SELECT path, sha256 FROM documents ORDER BY id"))

    def rows_of(self, path: str) -> tuple[DocumentRows, NDArray[np.float32]]:
        """Return what the index holds of one source file, and its vectors, as `write_store` takes them."""
        import numpy as np

        query = f"SELECT {', '.join(DOCUMENT_COLUMNS)} FROM documents WHERE path = ?"
        document = next(self._select(query, path), None)
        if document is None:
            raise KeyError(path)
        held = self._held(document[DOCUMENT_COLUMNS.index("name")])
        number, passages, facts = held.number, held.passages, held.facts
        texts = list(self._select(f"{_PASSAGES} {_BETWEEN} ORDER BY id", *passages))
        found = list(self._select(f"{_FACTS} {_BETWEEN} ORDER BY id", *facts))
        labels, columns = self._packed(number)
        # numbered anew, as in a document of its own
        place = {label: at for at, label in enumerate(labels)}
        known = self._labels(labels)
        rows = DocumentRows(
            path,
            document,
            list(self._select("SELECT text, page FROM lines WHERE document = ? ORDER BY number", number)),
            list(self._select("SELECT title, body FROM tables WHERE document = ? ORDER BY position", number)),
            [known[label] for label in labels],
            [(place[heading], *row) for _, _, heading, *row in texts],
            np.array([[place[label] for label in row[_LABELS]] for row in found], np.int32).reshape(
                -1, len(FACT_LABELS)
            ),
            [row[_LABELS.stop :] for row in found],
            columns,
            self.bm25.between(*passages),
            [],
        )
        return rows, self.vectors(range(passages[0], passages[1] + 1))

    def source_of(self, doc: str) -> Path:
        """Return the file that a document was read from; it may have moved or changed since."""
        ((path,),) = self._select("SELECT path FROM documents WHERE id = ?", self._held(doc).number)
        return Path(path)

    def extent(self, doc: str) -> Extent:
        """Return how much the index holds of one document."""
        held = self._held(doc)
        number = held.number
        ((pages, tables),) = self._select(
            "SELECT (SELECT max(page) FROM lines WHERE document = ?),"
            " (SELECT count(*) FROM tables WHERE document = ?)",
            number,
            number,
        )
        passages, facts = (last - first + 1 for first, last in (held.passages, held.facts))
        return Extent(pages or 0, held.about.line_count, tables, passages, facts)

    def facts(self, item: str | None = None, measure: str | None = None) -> list[Fact]:
        """Return all facts in order of id, or those about exactly this item and of this measure."""
        asked = {"item": item, "measure": measure}
        columns = {name: value for name, value in asked.items() if value is not None}
        is_text = "= (SELECT id FROM labels WHERE text = ?)"
        where = f"WHERE {' AND '.join(f'{name} {is_text}' for name in columns)}" if columns else ""
        return self._facts(where, *columns.values())

    def facts_at(self, ids: Iterable[int]) -> list[Fact]:
        """Return the facts of these ids in order of id."""
        return [fact for piece in _listed(sorted(ids)) for fact in self._facts(f"WHERE id IN ({piece})")]

    def figures_like(self, fact: Fact) -> Iterator[tuple[int, str, Decimal, str]]:
        """Yield (id of the fact, document, value, unit) of all figures of one kind, a blank cell as 0.

        They have the item, measure and scope of `fact`, stand in a table if it does, and are each
        document's own: of its year, and of the department itself.
        """
        labels = (fact.item, fact.measure, fact.scope)
        is_text = "= (SELECT id FROM labels WHERE text = ?)"
        rows = list(
            self._select(
                f"SELECT id, document, year, value, unit, subunit, entity FROM facts"
                f" WHERE item {is_text} AND measure {is_text} AND scope {is_text}"
                f" AND {'NOT ' if fact.table else ''}table_title {is_text} ORDER BY id",
                *labels,
                "",
            )
        )
        documents = self.documents
        (blank,) = next(self._select("SELECT id FROM labels WHERE text = ?", ""), (None,))
        inside = {(subunit, entity) for *_, subunit, entity in rows if subunit != blank}
        label = self._labels({row[4] for row in rows} | set(chain.from_iterable(inside)))
        own = {whose for whose in inside if len({fold(label[number]) for number in whose}) == 1}
        for number, document, year, value, unit, subunit, entity in rows:
            about = documents[document]
            if about.year == year and (subunit == blank or (subunit, entity) in own):
                yield number, about.name, Decimal(value or 0), label[unit]

    def facts_of(self, doc: str) -> FactTable:
        """Return the facts of one document in order of id."""
        held, strings = self._held(doc), self._strings
        labels, columns = self._packed(held.number)
        known = self._labels(labels)
        texts = [known[label] for label in labels]
        names = {held.number: doc}
        decoders: dict[str, Decoder | None] = dict.fromkeys(LOOKED_AT)
        decoders.update(dict.fromkeys(set(LOOKED_AT) & set(FACT_LABELS), texts.__getitem__))
        decoders.update(dict.fromkeys(_PATHS, lambda number: strings[texts[number]]))

        def make(ids: Iterable[int]) -> list[Fact]:
            pieces = (self._select(f"{_FACTS} WHERE id IN ({piece}) ORDER BY id") for piece in _listed(ids))
            return self._made(list(chain.from_iterable(pieces)), names, known)

        return FactTable(held.facts[0], load_columns(columns), decoders, make)

    def passages(self) -> list[Passage]:
        """Return all passages; a passage's id is its place in the list."""
        return self._passages("")

    def passages_of(self, doc: str) -> list[Passage]:
        """Return the passages of one document in order of id."""
        return self._passages(_BETWEEN, *self._held(doc).passages)

    def passages_at(self, doc: str, first: int, last: int) -> list[Passage]:
        """Return the passages of one document that hold any of these lines, in order of id."""
        within = f"{_BETWEEN} AND first_line <= ? AND last_line >= ?"
        return self._passages(within, *self._held(doc).passages, last, first)

    def tables_of(self, doc: str, named: str | None = None) -> list[Table]:
        """Return the tables of one document in their order, or those that facts call `named`."""
        ends = "AND title = substr(?, length(?) - length(title) + 1)" if named is not None else ""
        query = f"SELECT body FROM tables WHERE document = ? {ends} ORDER BY position"
        values = () if named is None else (named, named)
        return [load_table(doc, body) for (body,) in self._select(query, self._held(doc).number, *values)]

    def lines(self, doc: str, first: int, last: int) -> tuple[str, ...]:
        """Return the original lines `first` to `last` (1-based, inclusive), as far as they exist."""
        query = "SELECT text FROM lines WHERE document = ? AND number BETWEEN ? AND ? ORDER BY number"
        return tuple(text for (text,) in self._select(query, self._held(doc).number, first, last))

    def page(self, doc: str, number: int) -> tuple[str, ...]:
        """Return the lines of a page in reading order; none in files without pages."""
        query = "SELECT text FROM lines WHERE document = ? AND page = ? ORDER BY number"
        return tuple(text for (text,) in self._select(query, self._held(doc).number, number))

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

    def _documents(self, where: str, *values: object) -> list[DocumentInfo]:
        """Return documents in source order."""
        return [held for _, held in self._numbered(where, *values)]

    def _numbered(self, where: str, *values: object) -> list[tuple[int, DocumentInfo]]:
        """Return documents with their numbers, in source order."""
        strings = self._strings
        rows = self._select(f"{_DOCUMENTS} {where} ORDER BY id", *values)
        return [
            (
                number,
                DocumentInfo(
                    name, title, entity, year, account, strings[aliases], strings[subunits], line_count,
                    strings[findings], strings[notes],
                ),
            )
            for (
                number, name, title, entity, year, account, aliases, subunits, line_count, findings, notes
            ) in rows
        ]  # fmt: skip

    def _held(self, doc: str) -> _Held:
        """Return where the rows of a document are."""
        if doc not in self._known:
            for number, about in self._numbered("WHERE name = ?", doc):
                starts = self._select(
                    "SELECT first_passage, first_fact FROM documents WHERE id BETWEEN ? AND ? ORDER BY id",
                    number,
                    number + 1,
                )
                counts = self.manifest.counts
                passages, facts = zip(*starts, (counts["passages"], counts["facts"]), strict=True)
                self._known[doc] = _Held(
                    number, about, (passages[0], passages[1] - 1), (facts[0], facts[1] - 1)
                )
        return self._known[doc]

    def _names(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the names of documents."""
        known: dict[int, str] = {}
        for piece in _listed(numbers):
            known.update(self._select(f"SELECT id, name FROM documents WHERE id IN ({piece})"))
        return known

    def _facts(self, where: str, *values: object) -> list[Fact]:
        rows = list(self._select(f"{_FACTS} {where} ORDER BY id", *values))
        labels = self._labels(set().union(*(row[_LABELS] for row in rows)))
        return self._made(rows, self._names({row[1] for row in rows}), labels)

    def _packed(self, number: int) -> tuple[list[int], bytes]:
        """Return the labels of a document, and its columns of facts as `index.codec` packs them."""
        ((labels, columns),) = self._select(
            "SELECT labels, columns FROM fact_columns WHERE document = ?", number
        )
        return load_numbers(labels), columns

    def _made(
        self, rows: Sequence[Sequence[Any]], names: Mapping[int, str], label: Mapping[int, str]
    ) -> list[Fact]:
        """Return the facts of rows, given the names of their documents and the texts of their labels."""
        strings = self._strings
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
        strings = self._strings
        rows = list(self._select(f"{_PASSAGES} {where} ORDER BY id", *values))
        names = self._names({row[1] for row in rows})
        label = self._labels({row[2] for row in rows})
        return [
            Passage(id_, doc := names[document], strings[label[path]], text, Span(doc, first, last, page))
            for id_, document, path, text, first, last, page in rows
        ]

    def _labels(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Return the texts of labels, among others: those that a form prints return in every document."""
        known, wanted = self._texts, set(ids)
        if len(known) + len(wanted) > _REMEMBERED:
            known = self._texts = {}
        for piece in _listed(number for number in wanted if number not in known):
            known.update(self._select(f"SELECT id, text FROM labels WHERE id IN ({piece})"))
        return known

    def _quotes(self, places: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int, int], str]:
        """Return what stands in whole lines (document, first, last): the cells of a row share one string."""
        asked = set(places)
        wanted: dict[int, set[int]] = {}
        for doc, first, last in asked:
            wanted.setdefault(doc, set()).update(range(first, last + 1))
        lines: dict[tuple[int, int], str] = {}
        for doc, numbers in wanted.items():
            for piece in _listed(sorted(numbers)):
                found = f"SELECT document, number, text FROM lines WHERE document = ? AND number IN ({piece})"
                lines.update(((doc, number), text) for doc, number, text in self._select(found, doc))
        return {
            (doc, first, last): quoted([lines.get((doc, at), "") for at in range(first, last + 1)])
            for doc, first, last in asked
        }


@dataclass(frozen=True, slots=True)
class _Held:
    """A document with its number and the first and last ids of its passages and facts."""

    number: int
    about: DocumentInfo
    passages: tuple[int, int]
    facts: tuple[int, int]


def _listed(values: Iterable[object]) -> Iterator[str]:
    """Yield numbers, or tuples of them, as SQL lists them, in pieces that every engine takes."""
    left = map(str, values)
    while piece := ",".join(islice(left, _LISTED)):
        yield piece
