"""The tables of `index.sqlite`, and how they are written.

Only builds import this module: reading goes through the standard library's `sqlite3`, because
importing SQLAlchemy costs a tenth of a second that a cold question does not have.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from index.codec import StringTexts, dump_table
from index.document import Fact

if TYPE_CHECKING:
    from index.store import SourceRecord

_metadata = sa.MetaData()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _span() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer) for name in ("first_line", "last_line", "page")]


# A document's number is its place in source order; tuples of strings are JSON, empty ones ''.
documents = sa.Table(
    "documents",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    _text("sha256"),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    _text("title"),
    _text("entity"),
    sa.Column("year", sa.Integer),
    _text("account"),
    _text("aliases"),
    _text("subunits"),
    sa.Column("line_count", sa.Integer, nullable=False),
    sa.Index("documents_by_entity", "entity", "year"),
)

lines = sa.Table(
    "lines",
    _metadata,
    sa.Column("document", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    _text("text"),
    sa.Column("page", sa.Integer),
    sqlite_with_rowid=False,
)

# A table is only ever read whole, so its header and rows are one JSON text.
tables = sa.Table(
    "tables",
    _metadata,
    sa.Column("document", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    _text("title"),
    _text("body"),
)

passages = sa.Table(
    "passages",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document", sa.Integer, nullable=False, index=True),
    _text("heading_path"),
    _text("text"),
    *_span(),
)

facts = sa.Table(
    "facts",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document", sa.Integer, nullable=False, index=True),
    _text("entity"),
    sa.Column("year", sa.Integer),
    _text("account"),
    _text("item"),
    _text("measure"),
    sa.Column("value", sa.Text),
    _text("unit"),
    _text("text"),
    _text("quote"),
    *_span(),
    _text("table_title"),
    _text("section"),
    _text("row_path"),
    _text("column_path"),
    _text("subunit"),
    _text("project"),
    _text("scope"),
    _text("code"),
    sa.Column("total", sa.Integer, nullable=False),
    _text("comparator"),
    _text("tags"),
    sa.Index("facts_by_item", "item"),
)


def write_database(file: Path, sources: Sequence[SourceRecord]) -> dict[str, int]:
    """Write all sources to a new SQLite file and return the number of rows of each table."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)))
    counts = {}
    try:
        with engine.connect() as connection:
            # the whole folder is thrown away when a build fails, so no journal is needed
            connection.exec_driver_sql("PRAGMA journal_mode=OFF")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            _metadata.create_all(connection)
            for table, rows in _rows(sources).items():
                if batch := list(rows):
                    # plain tuples in column order: dictionaries take twice as long for this many rows
                    connection.exec_driver_sql(str(table.insert().compile(connection)), batch)
                counts[table.name] = len(batch)
            connection.commit()
    finally:
        engine.dispose()
    return counts


def _rows(sources: Sequence[SourceRecord]) -> dict[sa.Table, Iterator[tuple[Any, ...]]]:
    """Return the rows of each table; passages and facts are numbered through the whole index."""
    passage_ids, fact_ids = itertools.count(), itertools.count()
    texts = StringTexts()
    numbered = list(enumerate(sources))
    return {
        documents: (_document_row(number, source, texts) for number, source in numbered),
        lines: (
            (n, number, text, page)
            for n, source in numbered
            for number, (text, page) in enumerate(itertools.zip_longest(source.lines, source.pages), 1)
        ),
        tables: (
            (number, position, table.title, dump_table(table))
            for number, source in numbered
            for position, table in enumerate(source.tables)
        ),
        passages: (
            (next(passage_ids), number, texts[p.heading_path], p.text, p.span.first, p.span.last, p.span.page)
            for number, source in numbered
            for p in source.passages
        ),
        facts: (
            (next(fact_ids), number, *_fact_columns(fact, texts))
            for number, source in numbered
            for fact in source.facts
        ),
    }


def _document_row(number: int, source: SourceRecord, texts: StringTexts) -> tuple[Any, ...]:
    about = source.document
    return (
        number,
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
    )


def _fact_columns(fact: Fact, texts: StringTexts) -> tuple[Any, ...]:
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
