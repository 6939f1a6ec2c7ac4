"""Choose the reader for a file and assemble what it yields."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from index.assemble import assemble
from index.document import Document
from index.items import Item
from index.readers.layout import read_layout
from index.readers.markdown import front_matter, read_markdown
from index.readers.source import read_lines
from index.readers.tabtext import is_tab_text, read_tab_text

SUFFIXES = (".txt", ".md", ".markdown", ".pdf")
"""File name endings that a build picks up from a folder."""


def read_document(path: Path) -> Document:
    """Read one disclosure. Raises SourceError with one clear line when the file cannot be read."""
    if path.suffix.lower() == ".pdf":
        return _read_paged(path)
    lines = read_lines(path)
    override: dict[str, str] = {}
    items: Iterable[Item]
    if path.suffix.lower() in (".md", ".markdown"):
        override, _ = front_matter(lines)
        items = read_markdown(lines)
    elif is_tab_text(lines):
        items = read_tab_text(lines)
    else:
        items = read_layout(lines)
    return assemble(path.name, lines, list(items), override)


def _read_paged(path: Path) -> Document:
    from index.readers.pdf import read_pdf  # its library is loaded when the first PDF is read

    printed = read_pdf(path.read_bytes(), str(path))
    return assemble(path.name, printed.lines, list(printed.items), {}, printed.pages)
