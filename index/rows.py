"""What the index keeps of one source file: as values, and as the rows of `index.sqlite`.

Files are read into rows in worker processes, and unchanged files are taken over as rows from the index
that is there: plain tuples pass between processes and files several times faster than values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from index.codec import StringTexts, dump_table, load_strings
from index.document import Document, Fact, Passage, Table

if TYPE_CHECKING:
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
    (title, body);
    `passages` and `facts` lack id and document. `tokens` are those of the passages.
    """

    path: str
    document: Row
    lines: list[Row]
    tables: list[Row]
    passages: list[Row]
    facts: list[Row]
    tokens: PassageTokens


FACT_COLUMNS = (
    "entity", "year", "account", "item", "measure", "value", "unit", "text", "quote", "first_line",
    "last_line", "page", "table_title", "section", "row_path", "column_path", "subunit", "project", "scope",
    "code", "total", "comparator", "tags",
)  # fmt: skip
PASSAGE_COLUMNS = ("heading_path", "text", "first_line", "last_line", "page")
DOCUMENT_COLUMNS = (
    "path", "sha256", "name", "title", "entity", "year", "account", "aliases", "subunits", "line_count",
    "findings", "notes",
)  # fmt: skip
_LABELS_AT = [FACT_COLUMNS.index(name) for name in ("item", "measure", "project", "subunit", "entity")]
_NAMES_AT = [DOCUMENT_COLUMNS.index(name) for name in ("aliases", "subunits")]
_NOTES_AT = DOCUMENT_COLUMNS.index("notes")


def document_rows(source: SourceRecord) -> DocumentRows:
    """Return the rows of one source file."""
    from index.bm25 import count_tokens
    from index.passages import searched_text
    from index.tokens import dictionary_words, words_of

    texts = StringTexts()
    about = source.document
    document = (
        source.path,
        source.sha256,
        about.name,
        about.title,
        about.entity,
        about.year,
        about.account,
        texts[about.aliases],
        texts[about.subunits],
        about.line_count,
        texts[about.findings],
        texts[about.notes],
    )
    facts = [_fact_row(fact, texts) for fact in source.facts]
    words = words_of(dictionary_words(labels(document, facts)))
    return DocumentRows(
        source.path,
        document,
        list(zip_longest(source.lines, source.pages)),
        [(table.title, dump_table(table)) for table in source.tables],
        [(texts[p.heading_path], p.text, p.span.first, p.span.last, p.span.page) for p in source.passages],
        facts,
        count_tokens((searched_text(p.heading_path, p.text) for p in source.passages), words),
    )


def notes_of(rows: DocumentRows) -> tuple[str, ...]:
    """Return what of the file was not read, or not read from text."""
    return load_strings(rows.document[_NOTES_AT])


def labels(document: Row, facts: Sequence[Row]) -> set[str]:
    """Return a document's own names and labels: the words that keyword search knows."""
    found = {name for at in _NAMES_AT for name in load_strings(document[at])}
    for at in _LABELS_AT:
        found.update(row[at] for row in facts)
    return found


def _fact_row(fact: Fact, texts: StringTexts) -> Row:
    return (
        fact.entity,
        fact.year,
        fact.account,
        fact.item,
        fact.measure,
        None if fact.value is None else str(fact.value),
        fact.unit,
        fact.text,
        fact.quote,
        fact.span.first,
        fact.span.last,
        fact.span.page,
        fact.table,
        texts[fact.section],
        texts[fact.row_path],
        texts[fact.column_path],
        fact.subunit,
        fact.project,
        fact.scope,
        fact.code,
        int(fact.total),
        fact.comparator,
        texts[fact.tags],
    )
