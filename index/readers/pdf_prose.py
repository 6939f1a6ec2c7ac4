"""What the place and size of a printed line say: running head, heading, new paragraph, or the rest of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from index.outline import HEADING_LENGTH, caption_kind, is_numbered
from index.readers.pdf_lines import PrintedLine
from index.readers.pdf_tables import PageTable

MARGIN = 62.0
"""Running heads and page numbers stand within so many points of the upper or lower edge."""
REPEATED = 3
"""A line in the margin of so many pages is no text of theirs."""
DISPLAY = 1.15
"""Lines larger than the running text by this factor are headings."""
INDENT = 0.8
"""A line that begins further right (in characters) opens a paragraph."""
SHORT = 2.5
"""A line that leaves room for more (in characters) was not broken by the print."""
WIDE = 0.75
"""A heading that takes this share of the width may go on in the next line."""
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"[-—–－\s]*第?\s*\d{1,4}\s*页?(?:\s*[,，/／]?\s*共?\s*\d{1,4}\s*页?)?[-—–－\s]*")
_UNBROKEN = re.compile(r"[\dA-Za-z.,%]*")
_STOP = "。；！？：;:!?"


class State(Enum):
    """What became of a page: its value says what is wrong with a page that was not read."""

    PRINTED = ""
    RECOGNISED = "是扫描图像"
    PICTURE = "是扫描图像，未读"
    DAMAGED = "损坏，未读"

    @property
    def lost(self) -> bool:
        """Whether nothing is known of the page."""
        return self in (State.PICTURE, State.DAMAGED)


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page's text lines, those of tables left out, and its tables."""

    number: int
    width: float
    height: float
    lines: tuple[PrintedLine, ...]
    tables: tuple[PageTable, ...]
    state: State = State.PRINTED


def without_furniture(pages: Sequence[PrintedPage]) -> tuple[list[PrintedPage], tuple[str, ...]]:
    """Return the pages without page numbers and repeated lines in the margin, and those running heads."""
    seen = Counter(
        (mark, page.width) for page in pages for mark in {_mark(line) for line in _in_margin(page)}
    )
    kept = []
    heads: dict[str, None] = {}
    for page in pages:
        margin = set()
        for line in _in_margin(page):
            repeated = seen[_mark(line), page.width] >= REPEATED and not caption_kind(line.text)
            number = _PAGE_NUMBER.fullmatch(line.text)
            if repeated or number:
                margin.add(id(line))
            if repeated and not number:
                heads[line.text] = None
        kept.append(replace(page, lines=tuple(line for line in page.lines if id(line) not in margin)))
    return kept, tuple(heads)


def _in_margin(page: PrintedPage) -> Iterable[PrintedLine]:
    return (line for line in page.lines if not MARGIN < line.baseline < page.height - MARGIN)


def _mark(line: PrintedLine) -> tuple[str, int]:
    """Return what a line has in common with the same running head on another page."""
    return _DIGITS.sub("#", line.text), round(line.baseline / 4)


@dataclass(frozen=True, slots=True)
class Style:
    """How running text is set: the size of its characters, and its edges on pages of each width."""

    size: float
    edges: dict[float, tuple[float, float]]
    indents: bool
    """Paragraphs begin with an indented line."""

    def indented(self, line: PrintedLine, width: float) -> bool:
        """Tell whether a line begins to the right of the others."""
        return line.x0 > self.edges[width][0] + INDENT * line.size

    def goes_on(self, last: PrintedLine, last_width: float, line: PrintedLine, width: float) -> bool:
        """Tell whether a line of running text is the rest of the paragraph that the last one left open."""
        if self.indented(line, width):
            return False
        word = _UNBROKEN.match(line.text)  # the last line had no room for it
        room = SHORT * last.size + (len(word.group()) if word else 0) * last.size / 2
        left, right = self.edges[last_width]
        if last.x1 >= right - room:
            return True
        long = last.x1 - left >= WIDE * (right - left)  # a shorter one may be a heading
        return self.indents and long and last.text[-1] not in _STOP and not is_numbered(line.text)

    def display(self, line: PrintedLine, width: float) -> bool:
        """Tell whether a line is a heading by its size or by standing alone in the middle."""
        if len(line.pieces) > 1 or len(line.text) >= HEADING_LENGTH or line.text[-1] in _STOP:
            return False
        left, right = self.edges[width]
        central = abs((line.x0 + line.x1) - (left + right)) < 2 * line.size
        centred = central and line.x0 > left + 4 * line.size and line.size >= self.size
        return line.size >= DISPLAY * self.size or centred


def prose_style(pages: Sequence[PrintedPage]) -> Style:
    """Return the style of the running text of all pages."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    edges = {}
    for width in {page.width for page in pages}:
        body = [
            line
            for page in pages
            for line in page.lines
            if page.width == width and abs(line.size - size) < 0.5 and len(line.pieces) == 1
        ]
        edges[width] = _edges(body, width)
    return Style(size, edges, _indents(pages, size, edges))


def _indents(pages: Sequence[PrintedPage], size: float, edges: dict[float, tuple[float, float]]) -> bool:
    """Tell whether most lines after the end of a sentence at a line's end are indented."""
    starts = [
        line.x0 > edges[page.width][0] + INDENT * size
        for page in pages
        for last, line in zip(page.lines, page.lines[1:], strict=False)
        if abs(line.size - size) < 0.5 and last.text[-1] in _STOP
    ]
    return 2 * sum(starts) > len(starts)


def _edges(body: Sequence[PrintedLine], width: float) -> tuple[float, float]:
    """Return the left and right edge of running text: where its lines begin and its longest ones end."""
    if not body:
        return width * 0.1, width * 0.9
    ends = sorted(line.x1 for line in body)
    right = ends[int(0.95 * (len(ends) - 1))]
    starts = Counter(round(line.x0) for line in body)
    common = [x for x, count in starts.items() if count >= max(2, 0.05 * len(body))]
    return float(min(common or starts)), right


def heading_goes_on(above: PrintedLine, below: PrintedLine, edges: tuple[float, float]) -> bool:
    """Tell whether a heading is too long for its line and goes on in the one below."""
    near = below.baseline - above.baseline < 2.5 * above.size and abs(below.size - above.size) < 0.5
    return near and above.x1 - above.x0 >= WIDE * (edges[1] - edges[0])
