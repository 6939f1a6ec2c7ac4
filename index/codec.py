"""How tuples of strings, whole tables and columns of facts stand in one cell: compact JSON.

A document's name is not repeated inside: whoever reads a table knows whose it is.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from index.document import Cell, Row, Span, Table

_NOTHING = -1
"""What stands in a packed column of numbers where there is none."""


class Labels(dict["str | tuple[str, ...]", int]):
    """Numbers a document's labels, strings and tuples of strings, in the order in which they are met."""

    def __missing__(self, label: str | tuple[str, ...]) -> int:
        self[label] = number = len(self)
        return number

    def texts(self) -> list[str]:
        """Return the text of each number."""
        return [label if isinstance(label, str) else dump_strings(label) for label in self]


class Strings(dict[str, tuple[str, ...]]):
    """JSON texts -> tuples of strings, so that equal paths are one object in memory."""

    def __missing__(self, text: str) -> tuple[str, ...]:
        self[text] = strings = load_strings(text)
        return strings


def dump_strings(strings: tuple[str, ...]) -> str:
    """Return a tuple of strings as JSON, an empty text for none."""
    return _compact(strings) if strings else ""


def load_strings(text: str) -> tuple[str, ...]:
    """Return the strings that `dump_strings` wrote."""
    return tuple(json.loads(text)) if text else ()


def dump_numbers(numbers: Sequence[int]) -> str:
    """Return numbers as JSON."""
    return _compact(numbers)


def load_numbers(text: str) -> list[int]:
    """Return the numbers that `dump_numbers` wrote."""
    return list(json.loads(text))


def dump_keys(keys: list[tuple[str, str, str]]) -> str:
    """Return the keys of a department (see `index.departments`) as JSON."""
    return _compact(keys)


def load_keys(text: str) -> list[tuple[str, str, str]]:
    """Return the keys that `dump_keys` wrote."""
    return [(kind, key, unit) for kind, key, unit in json.loads(text)]


def dump_columns(numbers: Sequence[Sequence[int | None]], texts: Sequence[Sequence[str | None]]) -> bytes:
    """Return columns of equal length, compressed: numbers (none below 0) in binary, texts as JSON."""
    cells = [_NOTHING if cell is None else cell for column in numbers for cell in column]
    packed = struct.pack(f"<II{len(cells)}i", len(numbers), len(cells), *cells)
    return zlib.compress(packed + _compact(texts).encode())


def load_columns(packed: bytes) -> list[Sequence[Any]]:
    """Return the columns that `dump_columns` wrote, those of numbers first."""
    content = zlib.decompress(packed)
    count, size = struct.unpack_from("<II", content)
    cells = struct.unpack_from(f"<{size}i", content, 8)
    rows = size // count
    numbers = [cells[at : at + rows] for at in range(0, size, rows or 1)] or [()] * count
    plain: list[Sequence[Any]] = [
        tuple(None if cell == _NOTHING else cell for cell in column) if _NOTHING in column else column
        for column in numbers
    ]
    texts: list[list[str | None]] = json.loads(content[8 + 4 * size :])
    return [*plain, *texts]


def dump_table(table: Table) -> str:
    """Return the table as JSON."""
    content = [
        [table.number, table.title, table.unit, table.entity, table.project, table.subunit],
        table.header,
        [_dump_row(row) for row in table.rows],
        _dump_span(table.span),
        table.section,
    ]
    return _compact(content)


def load_table(doc: str, body: str) -> Table:
    """Return the table of document `doc` that `dump_table` wrote."""
    (number, title, unit, entity, project, subunit), header, rows, span, section = json.loads(body)
    return Table(
        number,
        title,
        unit,
        entity,
        tuple(map(tuple, header)),
        tuple(_load_row(doc, row) for row in rows),
        _load_span(doc, span),
        tuple(section),
        project,
        subunit,
    )


def _compact(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _dump_span(span: Span) -> list[Any]:
    return [span.first, span.last, span.page, *([span.box] if span.box else [])]


def _load_span(doc: str, parts: list[Any]) -> Span:
    first, last, page, *box = parts
    return Span(doc, first, last, page, tuple(box[0]) if box else None)


def _dump_row(row: Row) -> list[Any]:
    cells = [None if cell is None else [cell.text, *_dump_span(cell.span)] for cell in row.cells]
    return [row.path, cells, _dump_span(row.span), row.code, row.subunit, row.project, row.total]


def _load_row(doc: str, row: list[Any]) -> Row:
    path, cells, span, *rest = row
    loaded = tuple(None if cell is None else Cell(cell[0], _load_span(doc, cell[1:])) for cell in cells)
    return Row(tuple(path), loaded, _load_span(doc, span), *rest)
