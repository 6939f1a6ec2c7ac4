"""PDF: printed pages -> text lines and cell grids in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium

from index.document import Box
from index.errors import SourceError
from index.items import Grid, GridRow, Item, TextLine
from index.outline import is_numbered
from index.readers.pdf_aligned import aligned_tables
from index.readers.pdf_characters import Character, characters, lacks_fonts
from index.readers.pdf_foreign import ForeignPages
from index.readers.pdf_lines import PrintedLine, printed_lines
from index.readers.pdf_page import read_page
from index.readers.pdf_prose import PrintedPage, Style, heading_goes_on, prose_style, without_furniture
from index.readers.pdf_rules import ruled_tables
from index.readers.pdf_tables import PageTable, goes_on, same_columns, table_of
from index.text import is_han

MAX_PAGES = 3000
"""A longer file is refused: no disclosure is that long."""

Block = PrintedLine | PageTable


@dataclass(frozen=True, slots=True)
class PrintedPages:
    """What a PDF holds: its lines in reading order, the page of each, and the items that they form."""

    lines: tuple[str, ...]
    pages: tuple[int, ...]
    items: tuple[Item, ...]


def read_pdf(data: bytes, name: str) -> PrintedPages:
    """Return the lines and items of a PDF; `name` stands in the error messages.

    Raises SourceError for a file that is damaged, locked, too long, or a scan without text.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "assword" in str(error)
        reason = "有密码保护，请先去掉密码" if locked else "不是完整的 PDF 文件（损坏或未下载完）"
        raise SourceError(f"{name}: {reason}") from None
    try:
        count = len(document)
        if not 0 < count <= MAX_PAGES:
            raise SourceError(f"{name}: PDF 有 {count} 页，可读 1 到 {MAX_PAGES} 页")
        foreign = ForeignPages(data)
        pages = [_printed_page(document, at, name, foreign) for at in range(count)]
    finally:
        document.close()
    if not any(is_han(text) for page in pages for text in _texts(page)):
        raise SourceError(f"{name}: 没有可读的中文文字，像是扫描件；请先做文字识别（OCR），或换有文字的 PDF")
    return _in_order(pages)


def _printed_page(document: pdfium.PdfDocument, at: int, name: str, foreign: ForeignPages) -> PrintedPage:
    try:
        page = document[at]
        content = read_page(page, at + 1, _characters(page, at + 1, foreign))
        page.close()
    except pdfium.PdfiumError:
        raise SourceError(f"{name}: 第 {at + 1} 页损坏，无法读取") from None
    glyphs = list(content.glyphs)
    tables = []
    for ruled in ruled_tables(content):
        table, glyphs = table_of(ruled, glyphs)
        if table.rows:
            tables.append(table)
    aligned, lines = aligned_tables(printed_lines(glyphs))
    return PrintedPage(content.number, content.width, content.height, tuple(lines), (*tables, *aligned))


def _characters(page: pdfium.PdfPage, number: int, foreign: ForeignPages) -> Sequence[Character]:
    if lacks_fonts(page):
        try:
            return list(foreign.characters(number))
        except Exception:  # on damaged bytes its parser raises whatever it likes
            pass
    return list(characters(page))


def _texts(page: PrintedPage) -> Iterator[str]:
    yield from (line.text for line in page.lines)
    yield from (cell.text for table in page.tables for row in table.rows for cell in row)


def _in_order(printed: Sequence[PrintedPage]) -> PrintedPages:
    """Number all lines from the first page to the last and make items of them."""
    pages = without_furniture(printed)
    style = prose_style(pages)
    transcript = _Transcript(style)
    blocks = [(page, block) for page in pages for block in _blocks(page)]
    for where, block in _with_same_columns(blocks):
        if isinstance(block, PageTable):
            transcript.add_table(where, block)
        else:
            transcript.add_line(where, block)
    return PrintedPages(tuple(transcript.lines), tuple(transcript.pages), tuple(transcript.items))


def _blocks(page: PrintedPage) -> list[Block]:
    """Return the lines and tables of a page from the top."""
    return sorted((*page.lines, *page.tables), key=lambda block: block.box[1])


def _with_same_columns(blocks: Sequence[tuple[PrintedPage, Block]]) -> list[tuple[PrintedPage, Block]]:
    """Return the blocks, those tables that go on from page to page with the same columns."""
    found: list[tuple[PrintedPage, Block]] = []
    chain: list[tuple[PrintedPage, PageTable]] = []

    def close() -> None:
        aligned = same_columns([table for _, table in chain])
        found.extend((page, table) for (page, _), table in zip(chain, aligned, strict=True))
        chain.clear()

    for page, block in blocks:
        if isinstance(block, PageTable):
            if chain and not (chain[-1][0] is not page and goes_on(chain[-1][1], block)):
                close()
            chain.append((page, block))
        else:
            close()
            found.append((page, block))
    close()
    return found


class _Transcript:
    """The lines and items of a file while its pages are gone through."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.lines: list[str] = []
        self.pages: list[int] = []
        self.items: list[Item] = []
        self._before: tuple[PrintedPage, PrintedLine] | None = None

    def _number(self, page: PrintedPage, text: str) -> int:
        self.lines.append(text)
        self.pages.append(page.number)
        return len(self.lines)

    def add_table(self, page: PrintedPage, table: PageTable) -> None:
        """Add a grid, a line for each of its rows."""
        rows = []
        for row in table.rows:
            number = self._number(page, " ".join(cell.text for cell in row))
            cells: list[str] = [""] * (len(table.xs) - 1)
            boxes: list[Box | None] = [None] * (len(table.xs) - 1)
            for cell in row:
                cells[cell.first] += cell.text
                boxes[cell.first] = cell.box
            rows.append(GridRow(number, number, tuple(cells), page=page.number, boxes=tuple(boxes)))
        self.items.append(Grid(tuple(rows)))
        self._before = None

    def add_line(self, page: PrintedPage, line: PrintedLine) -> None:
        """Add a line of text: a heading, the opening of a paragraph or its continuation."""
        number = self._number(page, line.text)
        before, self._before = self._before, (page, line)
        display = self.style.display(line, page.width)
        level = int(display and not is_numbered(line.text))
        item = TextLine(number, line.text, level=level, page=page.number)
        if before is None:
            self.items.append(replace(item, opens=True))
            return
        last_page, last = before
        heading = self.style.display(last, last_page.width)
        above = self.items[-1]
        edges = self.style.edges[page.width]
        wrapped = display and heading and last_page is page and heading_goes_on(last, line, edges)
        if wrapped and isinstance(above, TextLine):
            self.items[-1] = replace(above, text=above.text + line.text)
            return
        goes_on = not (display or heading) and self.style.goes_on(last, last_page.width, line, page.width)
        self.items.append(replace(item, opens=not goes_on, joins=goes_on))
