"""Choose the reader for a file by what it holds and assemble what it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from index.assemble import assemble
from index.document import Document
from index.errors import SourceError
from index.items import PagesRead, Transcript
from index.readers.blocks import Block, LeftOut, transcribe
from index.readers.filetype import file_kind
from index.readers.layout import read_layout
from index.readers.markdown import front_matter, read_markdown
from index.readers.source import decode_lines, read_bytes
from index.readers.tabtext import is_tab_text, read_tab_text
from index.trust import trusted

SUFFIXES = (
    ".txt", ".md", ".markdown", ".pdf", ".docx", ".docm", ".xlsx", ".xlsm", ".xls", ".html", ".htm",
    ".doc", ".rtf", ".wps", ".et", ".ofd", ".mht", ".mhtml", ".xlsb", ".odt", ".ods",
)  # fmt: skip
"""File name endings that a build picks up from a folder; those of the last line only to say what to do."""


def read_document(
    path: Path,
    called: str = "",
    about: Mapping[str, str] | None = None,
    progress: PagesRead | None = None,
) -> Document:
    """Read one disclosure. Raises SourceError with one clear line when the file cannot be read.

    `called` is the document's name where the file's own is not enough; `about` fixes its `entity`, `year` or
    `account` against what the document says.
    """
    name, called, about = str(path), called or path.name, about or {}
    data = read_bytes(path)
    kind = file_kind(data, name)
    if path.suffix.lower() in (".md", ".markdown") and kind in ("text", "html"):
        lines = decode_lines(data, name)
        override, _ = front_matter(lines)
        return assemble(called, lines, list(read_markdown(lines)), {**override, **about})
    if kind == "pdf":
        from index.readers.pdf import read_pdf  # its library is loaded when the first PDF is read

        return made_of(read_pdf(data, name, progress), called, about)
    return made_of(
        _read_text(data, name) if kind == "text" else _read_blocks(kind, data, name), called, about
    )


def made_of(read: Transcript, called: str, about: Mapping[str, str]) -> Document:
    """Return what a file is once it has been read; see `read_document`."""
    found = assemble(called, read.lines, list(read.items), about, read.pages, read.running)
    return trusted(found, read)


def _read_text(data: bytes, name: str) -> Transcript:
    lines = decode_lines(data, name)
    return Transcript(tuple(lines), tuple(read_tab_text(lines) if is_tab_text(lines) else read_layout(lines)))


def _read_blocks(kind: str, data: bytes, name: str) -> Transcript:
    try:
        return transcribe(_reader(kind)(data, name), name)
    except (SourceError, MemoryError):
        raise
    except Exception as error:  # on damaged bytes the parsers of these formats raise whatever they like
        raise SourceError(
            f"{name}: 文件已损坏或不完整，无法读取，请重新下载或另存后再读（{type(error).__name__}）"
        ) from error


def _reader(kind: str) -> Callable[[bytes, str], Iterator[Block | LeftOut]]:
    """Return the reader of a kind; its libraries are loaded when the first such file is read."""
    if kind == "docx":
        from index.readers.docx import read_docx

        return read_docx
    if kind == "xlsx":
        from index.readers.xlsx import read_xlsx

        return read_xlsx
    if kind == "xls":
        from index.readers.xls import read_xls

        return read_xls
    from index.readers.html import read_html

    return read_html
