"""One page of a PDF -> its characters and ruling lines, turned so that the text stands upright.

Everything is measured in points from the upper left corner. Characters that run in another direction
than most (a watermark, a stamp) are left out.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from index.readers.pdf_characters import Character
from index.readers.pdf_strokes import Point, drawn_objects, strokes

ASCENT, DESCENT = 0.86, 0.14
"""What a Chinese character takes above and below its baseline, in parts of its size."""
SLANT = 1.0
"""A ruling line may be off by so much over its whole length."""
SHORTEST = 2.0
"""Shorter strokes are parts of drawings, not of tables."""
MAX_RULES = 40_000
"""A page with more is a drawing or an attack: what is beyond is not read."""
PICTURE = 0.3
"""Pictures that cover this share of a page without Chinese text are a scan."""
_OVERLAP = 0.2
"""The same character printed again this near (in parts of its size) only looks bold."""

Turn = Callable[[float, float], Point]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character; `size` is its height in points."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    sure: bool = True
    """False for a digit of a figure that was recognised in a picture without certainty."""

    @property
    def middle(self) -> Point:
        """The centre of the character's square."""
        return (self.x0 + self.x1) / 2, self.baseline - (ASCENT - DESCENT) / 2 * self.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruling line: at `at` across its direction, from `start` to `end` along it."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page; `across` are horizontal rules, `down` vertical ones."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]


def read_page(page: pdfium.PdfPage, number: int, printed: Iterable[Character]) -> Page:
    """Return what stands on a page of an open file: the characters given, and its rules."""
    left, bottom, right, top = page.get_cropbox()
    found = list(printed)
    quarter = Counter(char.quarter for char in found).most_common(1)[0][0] if found else 0
    turn = _turns(left, bottom, right, top)[quarter]
    glyphs = []
    seen: set[tuple[str, int, int]] = set()
    for char in found:
        (x0, baseline), (x1, _) = turn(*char.start), turn(*char.end)
        glyph = Glyph(char.text, min(x0, x1), max(x0, x1), baseline, char.size)
        if char.quarter == quarter and not _again(glyph, seen):
            glyphs.append(glyph)
    across, down = _rules(page, turn)
    sides = abs(right - left), abs(top - bottom)
    width, height = sides if quarter % 2 == 0 else sides[::-1]
    return Page(number, width, height, tuple(glyphs), tuple(across), tuple(down))


def is_picture(page: pdfium.PdfPage) -> bool:
    """Tell whether pictures cover much of a page."""
    width, height = page.get_size()
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    covered = 0.0
    for drawn, _ in drawn_objects(page, raw.FPDF_PAGEOBJ_IMAGE):  # scanners may cut a page into strips
        raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
        covered += (right.value - left.value) * (top.value - bottom.value)
    return bool(covered > PICTURE * width * height)


def _turns(left: float, bottom: float, right: float, top: float) -> tuple[Turn, Turn, Turn, Turn]:
    """Return how to turn a page upright whose text runs at 0, 90, 180 or 270 degrees."""
    return (
        lambda x, y: (x - left, top - y),
        lambda x, y: (y - bottom, x - left),
        lambda x, y: (right - x, y - bottom),
        lambda x, y: (top - y, right - x),
    )


def _again(glyph: Glyph, seen: set[tuple[str, int, int]]) -> bool:
    """Tell whether the same character stands in this place already, and note it."""
    step = _OVERLAP * glyph.size
    column, row = int(glyph.x0 / step), int(glyph.baseline / step)
    near = ((glyph.text, column + dx, row + dy) for dx in (0, -1, 1) for dy in (0, -1, 1))
    again = any(place in seen for place in near)
    seen.add((glyph.text, column, row))
    return again


def _rules(page: pdfium.PdfPage, turn: Turn) -> tuple[list[Rule], list[Rule]]:
    """Return the horizontal and the vertical rules of a page."""
    across: list[Rule] = []
    down: list[Rule] = []
    for one, other in strokes(page):
        (x0, y0), (x1, y1) = turn(*one), turn(*other)
        wide, high = abs(x1 - x0), abs(y1 - y0)
        if high <= SLANT and wide >= SHORTEST:
            across.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif wide <= SLANT and high >= SHORTEST:
            down.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        if len(across) + len(down) >= MAX_RULES:
            break
    return across, down
