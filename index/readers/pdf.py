"""PDF: printed pages -> text lines and cell grids in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pypdfium2 as pdfium

from index.document import Box
from index.errors import SourceError
from index.items import Grid, GridRow, Item, PagesRead, TextLine, Transcript
from index.outline import is_numbered
from index.readers.pdf_lines import PrintedLine
from index.readers.pdf_prose import PrintedPage, State, Style, heading_goes_on, prose_style, without_furniture
from index.readers.pdf_source import PdfSource
from index.readers.pdf_tables import PageTable, goes_on, same_columns
from index.text import is_han
from index.trust import DOUBT, GAP, named_pages

MAX_PAGES = 3000
"""A longer file is refused: no disclosure is that long."""
LONG = 300
"""The characters of a file with more pages are counted before it is read."""
MAX_PICTURES = 200
"""A file with more scanned pages is refused: recognising one takes seconds."""
MAX_CHARACTERS = 6_000_000
"""More of them do not fit into a worker's memory with all that is made of them."""
RECOGNISE = "装上识别组件后可读（pip install rapidocr onnxruntime）"
"""What to do about pages that are pictures."""

Block = PrintedLine | PageTable | State
"""What stands on a page, from the top; for a page that was not read its state."""


def read_pdf(data: bytes, name: str, progress: PagesRead | None = None) -> Transcript:
    """Return the lines and items of a PDF; `name` stands in the error messages.

    Pages that cannot be read are left out and noted. Raises SourceError for a file that is damaged as a
    whole, locked, too long, or a scan that cannot be recognised.
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
        source = PdfSource(document, data)
        if count > LONG and source.prints_more_than(MAX_CHARACTERS):
            raise SourceError(f"{name}: PDF 的文字超过 {MAX_CHARACTERS:,} 个，请拆分后重试")
        pages = []
        pictures = 0
        for number in range(1, count + 1):
            pages.append(source.page(number))
            recognised = pages[-1].state is State.RECOGNISED
            pictures += recognised
            if pictures > MAX_PICTURES:
                raise SourceError(f"{name}: 扫描图像超过 {MAX_PICTURES} 页，请拆分后重试")
            if progress:
                progress(number, count, recognised)
    finally:
        document.close()
    lost = sum(page.state.lost for page in pages)
    if not any(is_han(text) for page in pages for text in _texts(page)) or 2 * lost > count:
        raise SourceError(f"{name}: {_why_unreadable(pages)}")
    return _in_order(pages)


def _why_unreadable(pages: Sequence[PrintedPage]) -> str:
    """Return why too little of a file could be read, and what to do."""
    states = {page.state for page in pages}
    if State.PICTURE in states:
        return f"没有可读的中文文字，像是扫描件；{RECOGNISE}，或换有文字的 PDF"
    if State.DAMAGED in states:
        return "大半页面损坏，无法读取，请重新下载"
    return "没有可读的中文文字，请换有文字的 PDF"


def _texts(page: PrintedPage) -> Iterator[str]:
    yield from (line.text for line in page.lines)
    yield from (cell.text for table in page.tables for row in table.rows for cell in row)


def _in_order(printed: Sequence[PrintedPage]) -> Transcript:
    """Number all lines from the first page to the last and make items of them."""
    pages, heads = without_furniture(printed)
    style = prose_style(pages)
    scribe = _Scribe(style)
    blocks = [(page, block) for page in pages for block in _blocks(page)]
    for where, block in _with_same_columns(blocks):
        if isinstance(block, PageTable):
            scribe.add_table(where, block)
        elif isinstance(block, PrintedLine):
            scribe.add_line(where, block)
        else:
            scribe.add_gap(where, block)
    by_state = {state: frozenset(page.number for page in pages if page.state is state) for state in State}
    return Transcript(
        tuple(scribe.lines),
        tuple(scribe.items),
        tuple(_note(state, numbers) for state, numbers in by_state.items() if state.value and numbers),
        tuple(scribe.pages),
        heads,
        by_state[State.DAMAGED] | by_state[State.PICTURE],
        by_state[State.RECOGNISED],
        frozenset(scribe.doubtful),
    )


def _note(state: State, numbers: Iterable[int]) -> str:
    """Return what to know about pages that were not read from text."""
    rest = {
        State.RECOGNISED: "，文字以图像识别，没有把握的数字不作数据",
        State.PICTURE: f"（{RECOGNISE}），相接的表格和文字不作数据",
        State.DAMAGED: "，相接的表格和文字不作数据",
    }
    return f"{named_pages(numbers)}{state.value}{rest[state]}"


def _blocks(page: PrintedPage) -> Sequence[Block]:
    """Return the lines and tables of a page from the top; its state for a page that was not read."""
    if page.state.lost:
        return [page.state]
    standing: list[PrintedLine | PageTable] = [*page.lines, *page.tables]
    standing.sort(key=lambda block: block.box[1])
    return standing


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


class _Scribe:
    """The lines and items of a file while its pages are gone through."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.lines: list[str] = []
        self.pages: list[int] = []
        self.items: list[Item] = []
        self.doubtful: set[tuple[int, Box]] = set()
        self._before: tuple[PrintedPage, PrintedLine] | None = None

    def _number(self, page: PrintedPage, text: str) -> int:
        self.lines.append(text)
        self.pages.append(page.number)
        return len(self.lines)

    def add_table(self, page: PrintedPage, table: PageTable) -> None:
        """Add a grid, a line for each of its rows."""
        rows = []
        for row in table.rows:
            number = self._number(page, " ".join(cell.text + DOUBT * (not cell.sure) for cell in row))
            self.doubtful.update((page.number, cell.box) for cell in row if not cell.sure)
            cells: list[str] = [""] * (len(table.xs) - 1)
            boxes: list[Box | None] = [None] * (len(table.xs) - 1)
            for cell in row:
                cells[cell.first] += cell.text
                boxes[cell.first] = cell.box
            rows.append(GridRow(number, number, tuple(cells), page=page.number, boxes=tuple(boxes)))
        self.items.append(Grid(tuple(rows)))
        self._before = None

    def add_gap(self, page: PrintedPage, state: State) -> None:
        """Add a heading in the place of a page that was not read."""
        text = f"{GAP}第 {page.number} 页{state.value}"
        self.items.append(TextLine(self._number(page, text), text, level=1, page=page.number, gap=True))
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
