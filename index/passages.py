"""A document -> the pieces of text that are embedded and searched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.document import Document, Passage, Span, Table
from index.rules import prose
from index.text import squash, strip_enumeration

LONGEST = 320
"""Characters of one passage: a few sentences, short enough for a static embedding to stay specific."""
_SENTENCE_END = re.compile(r"(?<=[。；])")
_PROJECT = re.compile(
    rf"(?:{'|'.join(map(re.escape, prose('keys')['项目名称']))})\s*[:：]\s*([^。；]{{2,60}})$"
)
_Piece = tuple[tuple[str, ...], str, Span, str]
"""Heading path, text, place and gist of a passage."""


def document_passages(document: Document) -> tuple[Passage, ...]:
    """Return the passages of a document in reading order, numbered from 0."""
    pieces = [
        *_text_pieces(document),
        *(piece for table in document.tables for piece in _rows(document, table)),
    ]
    return tuple(Passage(number, document.name, *piece) for number, piece in enumerate(pieces))


def searched_text(heading_path: Sequence[str], text: str) -> str:
    """Return what is searched of a passage: its nearest heading and its text."""
    return f"{heading_path[-1]} {text}" if heading_path else text


def cut(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the pieces of a text: whole sentences, together `longest` characters at most."""
    start = at = 0
    for sentence in _SENTENCE_END.split(text):
        if at > start and at + len(sentence) - start > longest:
            yield start, at
            start = at
        at += len(sentence)
    if at > start:
        yield start, at


def _text_pieces(document: Document) -> Iterator[_Piece]:
    section: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    for paragraph in document.paragraphs:
        named = _PROJECT.match(strip_enumeration(paragraph.text.strip()))
        if named:  # what follows speaks of this project without naming it again
            project = (named.group(1).strip(),)
        elif paragraph.section != section:
            project = ()
        section = paragraph.section
        if len(squash(paragraph.text)) < 6:
            continue
        for start, end in cut(paragraph.text, LONGEST):
            yield (*section, *project), paragraph.text[start:end], paragraph.span(start, end), ""


def _rows(document: Document, table: Table) -> Iterator[_Piece]:
    """One passage a row that prints something: the labels with the figures beside their columns.

    Its gist are the labels: the columns, alike in every row, and the figures would blur it.
    """
    for row in table.rows:
        filled = [
            f"{'/'.join(path)} {cell.text}{table.unit}"
            for path, cell in zip(table.header, row.cells, strict=True)
            if cell
        ]
        if filled:
            label = " ".join(part for part in (row.subunit, row.project, "/".join(row.path)) if part)
            yield (f"{table.number} {table.title}".strip(),), f"{label}：{'，'.join(filled)}", row.span, label
