"""The data model: what a disclosure is once it has been read.

Frozen values without behaviour beyond themselves. Readers make `Document`s, `index.facts` turns
them into `Fact`s, `index.passages` into `Passage`s, and `index.store` keeps all three on disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

Box = tuple[float, float, float, float]
"""An area of a page: left, top, right and bottom in points from its upper left corner."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: 1-based inclusive lines of `Document.lines`, and the page of a paged file."""

    doc: str
    first: int | None = None
    last: int | None = None
    page: int | None = None
    box: Box | None = None

    @property
    def lines(self) -> tuple[int, int] | None:
        """The lines by which a reader finds it; None where the page tells the place."""
        if self.page is not None or self.first is None or self.last is None:
            return None
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: its text as printed (spaces inside figures removed) and its place."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Row:
    """One body row of a table.

    `path` leads from the outermost group (类, unit, 一级指标 ...) down to the row's own label;
    `cells` runs parallel to the table's `header` and holds None where nothing is printed.
    """

    path: tuple[str, ...]
    cells: tuple[Cell | None, ...]
    span: Span
    code: str = ""
    subunit: str = ""
    project: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table after continuation pages are joined; `header` has one path per figure column."""

    number: str
    title: str
    unit: str
    entity: str
    header: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    span: Span
    section: tuple[str, ...] = ()
    project: str = ""
    subunit: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `pieces` are its (line number, text) parts in the original file."""

    pieces: tuple[tuple[int, str], ...]
    section: tuple[str, ...]
    doc: str
    pages: tuple[int | None, ...] = ()
    """The page of each piece; empty in files without pages."""

    @property
    def text(self) -> str:
        """The paragraph's text with the line breaks taken out."""
        return "".join(text for _, text in self.pieces)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Return the lines that hold characters `start` to `end` of `text`, and the page of most of them."""
        end = len(self.text) if end is None else end
        hit, at = [], 0
        shares: dict[int | None, int] = {}
        for (line, text), page in zip_longest(self.pieces, self.pages):
            share = min(end, at + len(text)) - max(start, at)
            if share > 0:
                hit.append(line)
                shares[page] = shares.get(page, 0) + share
            at += len(text)
        if not hit:
            return Span(self.doc, self.pieces[0][0], self.pieces[0][0], next(iter(self.pages), None))
        return Span(self.doc, hit[0], hit[-1], max(shares, key=lambda page: shares[page]))


@dataclass(frozen=True, slots=True)
class Document:
    """One disclosure as read: what it is about, its paragraphs and its tables.

    `lines` are the file's own, or those printed on its pages in reading order.
    """

    name: str
    title: str
    entity: str
    year: int | None
    account: str
    lines: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...]
    aliases: tuple[str, ...] = ()
    subunits: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    """The page of each line, 1-based; empty in files without pages."""
    findings: tuple[str, ...] = ()
    """How sure department, year and account are, and where they were found."""
    notes: tuple[str, ...] = ()
    """What of the file was not read, or not read from text, in words for a reader."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that is embedded and searched; `id` counts from 0 within an index.

    `gist` is what a builder embeds in place of `text`, where that is less; the index does not keep it.
    """

    id: int
    doc: str
    heading_path: tuple[str, ...]
    text: str
    span: Span
    gist: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure or one statement, with everything needed to find, compare and cite it.

    `item` is what the figure is about, `measure` what the number says (预算数, 合计, 基本支出,
    增减额, 增减率, 占比, 指标值, 原因 ...), `scope` the 口径. `value` is None for a statement and
    for a cell that holds words; a blank cell has value None and empty text. `quote` is the text as
    it stands at `span`. `id` counts from 0 within an index.
    """

    id: int
    doc: str
    entity: str
    year: int | None
    account: str
    item: str
    measure: str
    value: Decimal | None
    unit: str
    text: str
    quote: str
    span: Span
    table: str = ""
    section: tuple[str, ...] = ()
    row_path: tuple[str, ...] = ()
    column_path: tuple[str, ...] = ()
    subunit: str = ""
    project: str = ""
    scope: str = ""
    code: str = ""
    total: bool = False
    comparator: str = ""
