"""What the index keeps of one source file: as values, and as the rows of `index.sqlite`.

Files are read into rows in worker processes, and unchanged files are taken over as rows from the index
that is there: plain tuples pass between processes and files several times faster than values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from index.codec import Labels, dump_columns, dump_keys, dump_strings, dump_table, load_keys, load_strings
from index.document import Document, Fact, Passage, Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.bm25 import PassageTokens

Row = tuple[Any, ...]


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
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

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
            document.findings,
            document.notes,
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """How much an index holds of a document; `pages` is 0 for files without pages."""

    pages: int
    lines: int
    tables: int
    passages: int
    facts: int


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
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """A `SourceRecord` as rows of the database, without the numbers that only a whole index gives.

    `document` is a row of the table of that name without its id, `lines` are (text, page), `tables`
    (title, body). `passages` and `facts` lack id and document; what most of them share with others stands
    once in `labels`, and they hold its place there: `passages` in their first column, facts in a row of
    `fact_labels`, shape (facts, FACT_LABELS). `columns` are those of LOOKED_AT once more, packed. `tokens`
    are those of the passages, `embedded` the texts that their vectors are made of; rows taken from an index
    come with the vectors, and without these texts.
    """

    path: str
    document: Row
    lines: list[Row]
    tables: list[Row]
    labels: list[str]
    passages: list[Row]
    fact_labels: NDArray[np.int32]
    facts: list[Row]
    columns: bytes
    tokens: PassageTokens
    embedded: list[str]


FACT_LABELS = (
    "entity", "account", "item", "measure", "unit", "table_title", "section", "row_path", "column_path",
    "subunit", "project", "scope",
)  # fmt: skip
FACT_VALUES = (
    "year", "value", "text", "quote", "first_line", "last_line", "page", "code", "total", "comparator",
)  # fmt: skip
LOOKED_LABELS = (
    "item", "measure", "project", "subunit", "table_title", "section", "row_path", "column_path", "scope",
)  # fmt: skip
LOOKED_NUMBERS = ("year", "first_line", "total")
LOOKED_TEXTS = ("value", "code")
LOOKED_AT = (*LOOKED_LABELS, *LOOKED_NUMBERS, *LOOKED_TEXTS)
"""Columns by which the facts are found that a question looks at."""
PASSAGE_COLUMNS = ("heading_path", "text", "first_line", "last_line", "page")
DOCUMENT_COLUMNS = (
    "path", "sha256", "name", "title", "entity", "year", "account", "aliases", "subunits", "line_count",
    "findings", "notes", "keys",
)  # fmt: skip
_WORDS_AT = [FACT_LABELS.index(name) for name in ("item", "measure", "project", "subunit", "entity")]
_LABELS_AT = [FACT_LABELS.index(name) for name in LOOKED_LABELS]
_NUMBERS_AT, _TEXTS_AT = (
    [FACT_VALUES.index(name) for name in names] for names in (LOOKED_NUMBERS, LOOKED_TEXTS)
)
_NAMES_AT = [DOCUMENT_COLUMNS.index(name) for name in ("aliases", "subunits")]
_DEPARTMENT_AT = [DOCUMENT_COLUMNS.index(name) for name in ("entity", "subunits", "keys")]
_NOTES_AT = DOCUMENT_COLUMNS.index("notes")


def document_rows(source: SourceRecord) -> DocumentRows:
    """Return the rows of one source file."""
    import numpy as np

    from index.bm25 import count_tokens
    from index.departments import keys_of
    from index.passages import searched_text
    from index.tokens import dictionary_words, words_of

    labels = Labels()
    about = source.document
    document = (
        source.path,
        source.sha256,
        about.name,
        about.title,
        about.entity,
        about.year,
        about.account,
        dump_strings(about.aliases),
        dump_strings(about.subunits),
        about.line_count,
        dump_strings(about.findings),
        dump_strings(about.notes),
        dump_keys(keys_of(about.entity, about.aliases, about.subunits)),
    )
    passages = [
        (labels[p.heading_path], p.text, p.span.first, p.span.last, p.span.page) for p in source.passages
    ]
    fact_labels = np.array([_labels_of(fact, labels) for fact in source.facts], np.int32)
    fact_labels = fact_labels.reshape(-1, len(FACT_LABELS))
    texts = labels.texts()
    values = [_values_of(fact, source.lines) for fact in source.facts]
    numbers = [*fact_labels[:, _LABELS_AT].T.tolist(), *_columns(values, _NUMBERS_AT)]
    columns = dump_columns(numbers, _columns(values, _TEXTS_AT))
    words = words_of(dictionary_words(searched_words(document, texts, fact_labels)))
    return DocumentRows(
        source.path,
        document,
        list(zip_longest(source.lines, source.pages)),
        [(table.title, dump_table(table)) for table in source.tables],
        texts,
        passages,
        fact_labels,
        values,
        columns,
        count_tokens((searched_text(p.heading_path, p.text) for p in source.passages), words),
        [searched_text(p.heading_path, p.gist or p.text) for p in source.passages],
    )


def notes_of(rows: DocumentRows) -> tuple[str, ...]:
    """Return what of the file was not read, or not read from text."""
    return load_strings(rows.document[_NOTES_AT])


def department_of(document: Row) -> tuple[str, tuple[str, ...], list[tuple[str, str, str]]]:
    """Return the department of a document's row, its units and the keys that may mean it."""
    entity, subunits, keys = (document[at] for at in _DEPARTMENT_AT)
    return entity, load_strings(subunits), load_keys(keys)


def searched_words(document: Row, labels: Sequence[str], fact_labels: NDArray[np.int32]) -> set[str]:
    """Return a document's own names and labels: the words that keyword search knows."""
    import numpy as np

    found = {name for at in _NAMES_AT for name in load_strings(document[at])}
    found.update(labels[number] for number in np.unique(fact_labels[:, _WORDS_AT]))
    return found


def _columns(rows: Sequence[Row], places: Iterable[int]) -> list[list[Any]]:
    return [[row[at] for row in rows] for at in places]


def _labels_of(fact: Fact, labels: Labels) -> tuple[int, ...]:
    return (
        labels[fact.entity],
        labels[fact.account],
        labels[fact.item],
        labels[fact.measure],
        labels[fact.unit],
        labels[fact.table],
        labels[fact.section],
        labels[fact.row_path],
        labels[fact.column_path],
        labels[fact.subunit],
        labels[fact.project],
        labels[fact.scope],
    )


def quoted(lines: Sequence[str]) -> str:
    """Return what a fact quotes whose place is whole lines: a row that print broke is one again."""
    return "".join(lines)


def _values_of(fact: Fact, lines: Sequence[str]) -> Row:
    first, last = fact.span.first, fact.span.last
    whole = first is not None and last is not None and fact.quote == quoted(lines[first - 1 : last])
    return (
        fact.year,
        None if fact.value is None else str(fact.value),
        fact.text,
        None if whole else fact.quote,
        first,
        last,
        fact.span.page,
        fact.code,
        int(fact.total),
        fact.comparator,
    )
