"""A printed page as a picture, turned as it was read, so that the boxes of its cells fit."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from index.document import Box
from index.readers.pdf_characters import characters, lacks_fonts
from index.readers.pdf_page import ASCENT, DESCENT, Glyph, read_page

WIDTH = 1000
"""Pixels across: wide enough to read the small print of a table."""
LINE = 4.0
"""Baselines that differ by less, in points, are of one line."""

_one_at_a_time = threading.Lock()  # pdfium itself is not safe to share between threads


@dataclass(frozen=True, slots=True)
class PageImage:
    """A PNG of a page, the page's size in points, and what is to be looked at on it."""

    png: bytes
    width: float
    height: float
    boxes: tuple[Box, ...]


def page_image(file: Path, number: int, text: str, box: Box | None = None) -> PageImage | None:
    """Return page `number` of a PDF with the place of `text`: the `box`, or wherever it is printed.

    None when it is not printed there: so a file that was moved or replaced after it was read shows
    nothing rather than something else.
    """
    try:
        with _one_at_a_time, pdfium.PdfDocument(file) as document:
            return _drawn(document[number - 1], number, "".join(text.split()), box)
    except (OSError, IndexError, pdfium.PdfiumError):
        return None


def _drawn(page: pdfium.PdfPage, number: int, text: str, box: Box | None) -> PageImage | None:
    if lacks_fonts(page):  # it would be drawn in other characters than it is read in
        return None
    printed = list(characters(page))
    content = read_page(page, number, printed)
    boxes = _lines_of(content.glyphs, text) if box is None else (box,) * _holds(content.glyphs, text, box)
    if not boxes:
        return None
    quarter = Counter(char.quarter for char in printed).most_common(1)[0][0] if printed else 0
    turned = (90 * quarter - page.get_rotation()) % 360
    bitmap = page.render(scale=WIDTH / content.width, rotation=turned)
    out = io.BytesIO()
    bitmap.to_pil().convert("L").quantize(16).save(out, "PNG")
    return PageImage(out.getvalue(), content.width, content.height, tuple(boxes))


def _holds(glyphs: Sequence[Glyph], text: str, box: Box) -> bool:
    """Tell whether all characters of a text stand in a box."""
    left, top, right, bottom = box
    inside = (g.text for g in glyphs if left <= g.middle[0] <= right and top <= g.middle[1] <= bottom)
    return not Counter(text) - Counter(inside)


def _lines_of(glyphs: Sequence[Glyph], text: str) -> tuple[Box, ...]:
    """Return one box for each printed line that a text stands on, none where it is not printed."""
    start = "".join(glyph.text for glyph in glyphs).find(text) if text else -1
    if start < 0 or any(len(glyph.text) != 1 for glyph in glyphs):
        return ()
    lines: dict[int, list[Glyph]] = {}
    for glyph in glyphs[start : start + len(text)]:
        lines.setdefault(round(glyph.baseline / LINE), []).append(glyph)
    return tuple(
        (
            min(glyph.x0 for glyph in line),
            min(glyph.baseline - ASCENT * glyph.size for glyph in line),
            max(glyph.x1 for glyph in line),
            max(glyph.baseline + DESCENT * glyph.size for glyph in line),
        )
        for line in lines.values()
    )
