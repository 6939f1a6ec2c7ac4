"""Small PDFs written on the fly: text, ruled and unruled tables, turned and locked pages."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
WIDTH, HEIGHT = 595.0, 842.0
MARGIN = 72.0
SIZE = 12.0
ROW = 22.0

pdfmetrics.registerFont(UnicodeCIDFont(FONT))

Row = Sequence[str]


@dataclass
class Pdf:
    """A PDF under construction; heights are measured from the upper edge, as readers see them."""

    rotate: int = 0
    password: str = ""
    compressed: bool = True
    _buffer: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        locked = StandardEncryption(self.password) if self.password else None
        # a fixed date and id: the same test writes the same file
        self._canvas = Canvas(
            self._buffer,
            pagesize=(WIDTH, HEIGHT),
            encrypt=locked,
            invariant=1,
            pageCompression=int(self.compressed),
        )
        self._top = MARGIN
        self._begin()

    def _begin(self) -> None:
        if self.rotate:  # text and table lie on their side, as landscape tables in a portrait file
            self._canvas.translate(WIDTH, 0)
            self._canvas.rotate(90)

    @property
    def height(self) -> float:
        """The upright height of a page."""
        return WIDTH if self.rotate else HEIGHT

    def text(self, x: float, top: float, text: str, size: float = SIZE) -> None:
        """Draw text with its baseline at `top`."""
        self._canvas.setFont(FONT, size)
        self._canvas.drawString(x, self.height - top, text)

    def line(self, text: str, indent: float = 0, size: float = SIZE) -> Pdf:
        """Add a line of text below the last one."""
        self.text(MARGIN + indent, self._top, text, size)
        self._top += 1.6 * size
        return self

    def paragraph(self, text: str, width: int = 36) -> Pdf:
        """Add a paragraph: indented by two characters, `width` characters a line."""
        self.line(text[: width - 2], indent=2 * SIZE)
        rest = text[width - 2 :]
        while rest:
            self.line(rest[:width])
            rest = rest[width:]
        return self

    def centred(self, text: str, size: float = 18) -> Pdf:
        """Add a heading in the middle of the page."""
        width = HEIGHT if self.rotate else WIDTH
        self.text((width - size * len(text)) / 2, self._top, text, size)
        self._top += 2 * size
        return self

    def table(
        self, widths: Sequence[float], rows: Sequence[Row], merged: Sequence[tuple[int, int, int, int]] = ()
    ) -> Pdf:
        """Add a ruled table; `merged` areas are (row, column, rows, columns). `\\n` breaks a cell's line."""
        xs = [MARGIN]
        for width in widths:
            xs.append(xs[-1] + width)
        heights = [ROW + 14 * max(cell.count("\n") for cell in row) for row in rows]
        ys = [self._top]
        for height in heights:
            ys.append(ys[-1] + height)
        inside = {
            (r, c): (row, column)
            for row, column, down, across in merged
            for r in range(row, row + down)
            for c in range(column, column + across)
        }
        for r in range(len(rows) + 1):
            for c in range(len(widths)):
                if 0 < r < len(rows) and inside.get((r, c), (r, c)) == inside.get((r - 1, c), (-1, c)):
                    continue
                self._rule(xs[c], ys[r], xs[c + 1], ys[r])
        for c in range(len(widths) + 1):
            for r in range(len(rows)):
                if 0 < c < len(widths) and inside.get((r, c), (r, c)) == inside.get((r, c - 1), (r, -1)):
                    continue
                self._rule(xs[c], ys[r], xs[c], ys[r + 1])
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                for step, part in enumerate(cell.split("\n")):
                    self.text(xs[c] + 3, ys[r] + 15 + 14 * step, part, 10)
        self._top = ys[-1] + 2 * SIZE
        return self

    def _rule(self, x0: float, top0: float, x1: float, top1: float) -> None:
        self._canvas.line(x0, self.height - top0, x1, self.height - top1)

    def columns(self, lefts: Sequence[float], rows: Sequence[Row]) -> Pdf:
        """Add a table without rules: the first column starts at its place, figures end at theirs."""
        for row in rows:
            for at, (x, cell) in enumerate(zip(lefts, row, strict=True)):
                if at and cell:
                    self._canvas.setFont(FONT, 10)
                    self._canvas.drawRightString(x, self.height - self._top, cell)
                elif cell:
                    self.text(x, self._top, cell, 10)
            self._top += 16
        return self

    def picture(self) -> Pdf:
        """Cover the page with a blank picture."""
        self._canvas.drawInlineImage(Image.new("L", (60, 80), 250), 0, 0, WIDTH, HEIGHT)
        return self

    def page(self) -> Pdf:
        """Begin the next page."""
        self._canvas.showPage()
        self._begin()
        self._top = MARGIN
        return self

    def bytes(self) -> bytes:
        """Return the finished file."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def with_damaged(self, number: int) -> bytes:
        """Return the finished file with a page, counted from 1, that is not there."""
        head, kids, tail = re.split(rb"(/Kids \[[^]]*\])", self.bytes())
        places = list(re.finditer(rb"\d+(?= 0 R)", kids))[number - 1]
        return head + kids[: places.start()] + b"0" * len(places.group()) + kids[places.end() :] + tail
