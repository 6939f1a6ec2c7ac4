"""The tables of an index, and how they are written to `index.sqlite`.

Only builds import this module: reading a folder goes through the standard library's `sqlite3`, because
importing SQLAlchemy costs a tenth of a second that a cold question does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from index.codec import dump_numbers, dump_strings
from index.departments import KEPT, PLACE, Joined
from index.rows import FACT_LABELS, DocumentRows, Row, department_of

_metadata = sa.MetaData()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _label(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _span() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer) for name in ("first_line", "last_line", "page")]


# A document's number is its place in source order; tuples of strings are JSON, empty ones ''.
# What facts and passages share with others, names and paths, stands once in `labels`.
# A document's passages and facts are numbered on, so that the first numbers of it and the next bound them.
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
    _text("findings"),
    _text("notes"),
    _text("keys"),
    sa.Column("department", sa.Integer, nullable=False),
    sa.Column("first_passage", sa.Integer, nullable=False),
    sa.Column("first_fact", sa.Integer, nullable=False),
)

# Names and units are JSON like tuples of strings elsewhere; the keys are those of `index.departments`.
departments = sa.Table(
    "departments",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("entity"),
    _text("short"),
    _text("names"),
    _text("subunits"),
    _text("place"),
    _text("function"),
)

department_keys = sa.Table(
    "department_keys",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("kind"),
    _text("text"),
    sa.Column("department", sa.Integer, nullable=False),
    _text("unit"),
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

labels = sa.Table(
    "labels",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("text"),
)

passages = sa.Table(
    "passages",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document", sa.Integer, nullable=False),
    _label("heading_path"),
    _text("text"),
    *_span(),
)

# a fact without a quote quotes its lines whole
facts = sa.Table(
    "facts",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document", sa.Integer, nullable=False),
    *map(_label, FACT_LABELS),
    sa.Column("year", sa.Integer),
    sa.Column("value", sa.Text),
    _text("text"),
    sa.Column("quote", sa.Text),
    *_span(),
    _text("code"),
    sa.Column("total", sa.Integer, nullable=False),
    _text("comparator"),
)
# Of each document once more, packed: what a question looks through to know which of its facts it means. The
# labels are numbers in `labels`, in the order of the numbers that the columns hold.
fact_columns = sa.Table(
    "fact_columns",
    _metadata,
    sa.Column("document", sa.Integer, primary_key=True, autoincrement=False),
    _text("labels"),
    sa.Column("columns", sa.LargeBinary, nullable=False),
)

# made last: sorting once is several times faster than keeping an index in order through all insertions
_INDEXES = (
    sa.Index("documents_by_department", documents.c.department),
    sa.Index("keys_by_text", department_keys.c.text),
    sa.Index("departments_by_entity", departments.c.entity),
    sa.Index("departments_by_place", departments.c.place),
    sa.Index("departments_by_function", departments.c.function),
    sa.Index("facts_by_item", facts.c.item, facts.c.measure),
    # only ever asked for one text; where texts may be long, only their hashes fit an index
    sa.Index("labels_by_text", labels.c.text, postgresql_using="hash"),
)


# each document brings the keys of its department; and what many departments are called names none of them
_SPARE_KEYS = f"""
DELETE FROM department_keys WHERE id IN (
  SELECT id FROM (
    SELECT id, kind,
      row_number() OVER (PARTITION BY kind, text, department, unit ORDER BY id) AS again,
      dense_rank() OVER (PARTITION BY kind, text ORDER BY department) AS place
    FROM department_keys
  ) AS ranked WHERE again > 1 OR place > {KEPT} AND kind <> '{PLACE}'
)"""


def create_tables(connection: sa.Connection) -> None:
    """Create the empty tables, without their indexes."""
    for table in _metadata.sorted_tables:
        connection.execute(sa.schema.CreateTable(table))


def finish_tables(connection: sa.Connection) -> None:
    """Remove the keys of departments that are not needed, and create the indexes of filled tables."""
    connection.exec_driver_sql(_SPARE_KEYS)
    for index in _INDEXES:
        connection.execute(sa.schema.CreateIndex(index))


class Numbering:
    """Numbers documents, passages, facts and labels through an index, from 0 in the order of their coming."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(_metadata.sorted_tables, 0)
        self._known: dict[str, int] = {}
        self._joined = Joined()

    def rows(self, source: DocumentRows) -> dict[sa.Table, list[Row]]:
        """Return the rows that one more document adds to each table, in the order of its columns."""
        number = self.counts[documents]
        starts = self.counts[passages], self.counts[facts]
        known = self._known
        new = [text for text in dict.fromkeys(source.labels) if text not in known]
        known.update((text, at) for at, text in enumerate(new, len(known)))
        place = [known[text] for text in source.labels]
        fact_labels = np.array(place, np.int64)[source.fact_labels].tolist()
        owner, keys = self._joined.add(*department_of(source.document))
        content: dict[sa.Table, list[Row]] = {
            documents: [(number, *source.document, owner, *starts)],
            department_keys: [
                (at, kind, text, owner, unit)
                for at, (kind, text, unit) in enumerate(keys, self.counts[department_keys])
            ],
            lines: [(number, at, *row) for at, row in enumerate(source.lines, 1)],
            tables: [(number, at, *row) for at, row in enumerate(source.tables)],
            labels: [(known[text], text) for text in new],
            passages: [
                (at, number, place[heading], *row)
                for at, (heading, *row) in enumerate(source.passages, starts[0])
            ],
            facts: [
                (at, number, *named, *row)
                for at, (named, row) in enumerate(zip(fact_labels, source.facts, strict=True), starts[1])
            ],
            fact_columns: [(number, dump_numbers(place), source.columns)],
        }
        for table, rows in content.items():
            self.counts[table] += len(rows)
        return content

    def departments(self) -> list[Row]:
        """Return the rows of the departments of all documents, once these are numbered."""
        return [
            (
                d.number, d.entity, d.short, dump_strings(d.names), dump_strings(d.subunits), d.place,
                d.function,
            )
            for d in self._joined.departments()
        ]  # fmt: skip


@contextmanager
def open_database(file: Path) -> Iterator[Callable[[DocumentRows], None]]:
    """Give a function that adds a document to a new SQLite file; all is on disk at the end."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)))
    try:
        with engine.connect() as connection:
            # the whole folder is thrown away when a build fails, so no journal is needed
            connection.exec_driver_sql("PRAGMA journal_mode=OFF")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            create_tables(connection)
            # plain tuples in column order: dictionaries take twice as long for this many rows
            inserts = {table: str(table.insert().compile(connection)) for table in _metadata.sorted_tables}
            numbering = Numbering()

            def add(source: DocumentRows) -> None:
                for table, rows in numbering.rows(source).items():
                    if rows:
                        connection.exec_driver_sql(inserts[table], rows)

            yield add
            if rows := numbering.departments():
                connection.exec_driver_sql(inserts[departments], rows)
            finish_tables(connection)
            connection.commit()
    finally:
        engine.dispose()
