"""One page of a PDF -> its characters and ruling lines, turned so that the text stands upright.

Everything is measured in points from the upper left corner. Characters that run in another direction
than most (a watermark, a stamp) are left out.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

ASCENT, DESCENT = 0.86, 0.14
"""What a Chinese character takes above and below its baseline, in parts of its size."""
THIN = 3.0
"""A filled rectangle this thin is a ruling line."""
SLANT = 1.0
"""A ruling line may be off by so much over its whole length."""
SHORTEST = 2.0
"""Shorter strokes are parts of drawings, not of tables."""
MAX_GLYPHS = 60_000
MAX_RULES = 40_000
"""A page that holds more is a drawing or an attack: what is beyond is not read."""
MAX_DEPTH = 8
"""Drawings may contain drawings; deeper ones are not looked into."""
_OVERLAP = 0.2
"""The same character printed again this near (in parts of its size) only looks bold."""

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
Turn = Callable[[float, float], Point]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character; `size` is its height in points."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float

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


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """Return what stands on a page of an open file."""
    left, bottom, right, top = page.get_cropbox()
    found = list(_characters(page))
    quarter = Counter(quarter for quarter, *_ in found).most_common(1)[0][0] if found else 0
    turn = _turns(left, bottom, right, top)[quarter]
    glyphs = []
    seen: set[tuple[str, int, int]] = set()
    for direction, text, box, origin, size in found:
        if direction != quarter or not size:
            continue
        (x0, _), (x1, _) = turn(box[0], box[1]), turn(box[2], box[3])
        glyph = Glyph(text, min(x0, x1), max(x0, x1), turn(*origin)[1], size)
        if not _again(glyph, seen):
            glyphs.append(glyph)
    across, down = _rules(page, turn)
    sides = abs(right - left), abs(top - bottom)
    width, height = sides if quarter % 2 == 0 else sides[::-1]
    return Page(number, width, height, tuple(glyphs), tuple(across), tuple(down))


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


Character = tuple[int, str, tuple[float, float, float, float], Point, float]


def _characters(page: pdfium.PdfPage) -> Iterator[Character]:
    """Yield (quarter turns, text, box, origin, size) of each printed character."""
    text_page = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    try:
        for at in range(min(text_page.count_chars(), MAX_GLYPHS)):
            code = raw.FPDFText_GetUnicode(text_page, at)
            if code <= 32 or 0xD800 <= code < 0xE000 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF):
                continue
            if raw.FPDFText_IsGenerated(text_page, at) == 1:
                continue
            raw.FPDFText_GetCharOrigin(text_page, at, x, y)
            raw.FPDFText_GetLooseCharBox(text_page, at, box)
            raw.FPDFText_GetMatrix(text_page, at, matrix)
            size = raw.FPDFText_GetFontSize(text_page, at) * math.hypot(matrix.c, matrix.d)
            angle = math.degrees(math.atan2(matrix.b, matrix.a)) / 90
            if abs(angle - round(angle)) > 0.1:
                continue
            yield (
                round(angle) % 4,
                chr(code),
                (box.left, box.bottom, box.right, box.top),
                (x.value, y.value),
                size,
            )
    finally:
        text_page.close()


def _rules(page: pdfium.PdfPage, turn: Turn) -> tuple[list[Rule], list[Rule]]:
    """Return the horizontal and the vertical rules of a page."""
    across: list[Rule] = []
    down: list[Rule] = []
    for one, other in _strokes(page):
        (x0, y0), (x1, y1) = turn(*one), turn(*other)
        wide, high = abs(x1 - x0), abs(y1 - y0)
        if high <= SLANT and wide >= SHORTEST:
            across.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif wide <= SLANT and high >= SHORTEST:
            down.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        if len(across) + len(down) >= MAX_RULES:
            break
    return across, down


def _strokes(page: pdfium.PdfPage) -> Iterator[tuple[Point, Point]]:
    """Yield the straight strokes of all drawings: outlines, and thin filled rectangles as one stroke."""
    count = raw.FPDFPage_CountObjects(page)
    yield from _strokes_of(
        (raw.FPDFPage_GetObject(page, at) for at in range(count)), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0
    )


def _strokes_of(
    objects: Iterator[raw.FPDF_PAGEOBJECT], outer: Matrix, depth: int
) -> Iterator[tuple[Point, Point]]:
    matrix = raw.FS_MATRIX()
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for drawn in objects:
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM):
            continue
        raw.FPDFPageObj_GetMatrix(drawn, matrix)
        own = _product((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
        if kind == raw.FPDF_PAGEOBJ_FORM:
            if depth < MAX_DEPTH:
                inside = range(raw.FPDFFormObj_CountObjects(drawn))
                yield from _strokes_of(
                    (raw.FPDFFormObj_GetObject(drawn, at) for at in inside), own, depth + 1
                )
            continue
        raw.FPDFPath_GetDrawMode(drawn, fill, stroke)
        for outline in _outlines(drawn, own):
            if stroke.value:
                yield from zip(outline, outline[1:], strict=False)
            elif fill.value:
                yield from _thin(outline)


def _outlines(path: raw.FPDF_PAGEOBJECT, matrix: Matrix) -> Iterator[list[Point]]:
    """Yield the corners of each outline of a path; curves end one."""
    x, y = ctypes.c_float(), ctypes.c_float()
    a, b, c, d, e, f = matrix
    corners: list[Point] = []
    for at in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = a * x.value + c * y.value + e, b * x.value + d * y.value + f
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind != raw.FPDF_SEGMENT_LINETO and corners:
            yield corners
            corners = []
        corners.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and len(corners) > 1:
            corners.append(corners[0])
    if corners:
        yield corners


def _thin(outline: list[Point]) -> Iterator[tuple[Point, Point]]:
    """Yield a thin filled rectangle as the stroke through its middle."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    if min(right - left, top - bottom) > THIN:
        return
    if right - left > top - bottom:
        middle = (bottom + top) / 2
        yield (left, middle), (right, middle)
    else:
        middle = (left + right) / 2
        yield (middle, bottom), (middle, top)


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that does `inner` first, then `outer`."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u
