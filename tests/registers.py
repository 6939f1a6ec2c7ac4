"""Registers of invented departments, for tests of what questions name."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from index.local import DATABASE, SqliteFile
from index.register import Register
from index.rows import DocumentInfo, SourceRecord, document_rows
from index.schema import open_database


def register_of(*departments: str | tuple[str, Sequence[str], Sequence[str]]) -> Register:
    """Return the register of an index with a document of each department: its name, aliases and units."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        with open_database(file) as add:
            for number, given in enumerate(departments):
                name, aliases, units = (given, (), ()) if isinstance(given, str) else given
                about = DocumentInfo(f"{number}.txt", name, name, 2026, "预算", tuple(aliases), tuple(units))
                add(document_rows(SourceRecord(f"{number}.txt", "", about)))
        # an open file outlives its name
        return Register(SqliteFile(Path(folder), file).select)
