"""A document -> the pieces of text that are embedded and searched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.document import Document, Paragraph, Passage, Span, Table
from index.text import squash

LONGEST = 320
"""Characters of one passage: a few sentences, short enough for a static embedding to stay specific."""
_SENTENCE_END = re.compile(r"(?<=[。；])")


def document_passages(document: Document) -> tuple[Passage, ...]:
    """Return the passages of a document in reading order, numbered from 0."""
    pieces = [
        *_text_pieces(document),
        *(piece for table in document.tables for piece in _rows(document, table)),
    ]
    return tuple(
        Passage(number, document.name, path, text, span) for number, (path, text, span) in enumerate(pieces)
    )


def _text_pieces(document: Document) -> Iterator[tuple[tuple[str, ...], str, Span]]:
    for paragraph in document.paragraphs:
        if len(squash(paragraph.text)) < 6:
            continue
        yield from _split(paragraph)


def _split(paragraph: Paragraph) -> Iterator[tuple[tuple[str, ...], str, Span]]:
    """Cut a long paragraph at sentence ends."""
    text = paragraph.text
    start = at = 0
    for sentence in _SENTENCE_END.split(text):
        if at > start and at + len(sentence) - start > LONGEST:
            yield paragraph.section, text[start:at], paragraph.span(start, at)
            start = at
        at += len(sentence)
    if at > start:
        yield paragraph.section, text[start:at], paragraph.span(start, at)


def _rows(document: Document, table: Table) -> Iterator[tuple[tuple[str, ...], str, Span]]:
    """One passage a row that prints something: the labels with the figures beside their columns."""
    for row in table.rows:
        filled = [
            f"{'/'.join(path)} {cell.text}{table.unit}"
            for path, cell in zip(table.header, row.cells, strict=True)
            if cell
        ]
        if filled:
            label = " ".join(part for part in (row.subunit, row.project, "/".join(row.path)) if part)
            yield (f"{table.number} {table.title}".strip(),), f"{label}：{'，'.join(filled)}", row.span
