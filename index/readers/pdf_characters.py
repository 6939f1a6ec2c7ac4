"""The printed characters of a PDF page, with their places in the file's own coordinates."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from index.readers.pdf_strokes import Point, drawn_objects

MAX_CHARACTERS = 60_000
"""A page that holds more is a drawing or an attack: what is beyond is not read."""
_NO_EXTENT = 0.01
_NOT_PRINTED = frozenset("\xa0\u3000\ufffd\ufffe\uffff")


@dataclass(frozen=True, slots=True)
class Character:
    """A character that runs from `start` to `end` on its baseline, in quarter turns to the left."""

    text: str
    start: Point
    end: Point
    quarter: int
    size: float


def character(text: str, start: Point, end: Point, slope: Point, size: float) -> Character | None:
    """Return the character, None for a blank, and for one that runs aslant (a watermark) or is nowhere."""
    angle = math.degrees(math.atan2(slope[1], slope[0])) / 90
    if not math.isfinite(size + sum(start) + sum(end)):
        return None
    if not size or not text.isprintable() or text.isspace() or text in _NOT_PRINTED:
        return None
    return Character(text, start, end, round(angle) % 4, size) if abs(angle - round(angle)) <= 0.1 else None


def characters(page: pdfium.PdfPage) -> Iterator[Character]:
    """Yield the printed characters of a page."""
    text_page = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    try:
        for at in range(min(text_page.count_chars(), MAX_CHARACTERS)):
            code = raw.FPDFText_GetUnicode(text_page, at)
            if code <= 32 or 0xD800 <= code < 0xE000 or raw.FPDFText_IsGenerated(text_page, at) == 1:
                continue
            raw.FPDFText_GetCharOrigin(text_page, at, x, y)
            raw.FPDFText_GetLooseCharBox(text_page, at, box)
            raw.FPDFText_GetMatrix(text_page, at, matrix)
            size = raw.FPDFText_GetFontSize(text_page, at) * math.hypot(matrix.c, matrix.d)
            across = abs(matrix.a) >= abs(matrix.b)
            forward = (matrix.a if across else matrix.b) > 0
            end = box.right if forward else box.left
            top = box.top if forward else box.bottom
            found = character(
                chr(code),
                (x.value, y.value),
                (end, y.value) if across else (x.value, top),
                (matrix.a, matrix.b),
                size,
            )
            if found:
                yield found
    finally:
        text_page.close()


def lacks_fonts(page: pdfium.PdfPage) -> bool:
    """Tell whether text of a page has no extent, because its font is neither in the file nor at hand."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for drawn, _ in drawn_objects(page, raw.FPDF_PAGEOBJ_TEXT):
        raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
        flat = min(right.value - left.value, top.value - bottom.value) < _NO_EXTENT
        if flat and raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(drawn)) == 0:
            return True
    return False
