"""A printed page as a picture, turned as it was read, so that the boxes of its cells fit."""

from __future__ import annotations

import io
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from index.document import Box
from index.readers.pdf_characters import characters, lacks_fonts
from index.readers.pdf_page import read_page

WIDTH = 1000
"""Pixels across: wide enough to read the small print of a table."""

_one_at_a_time = threading.Lock()  # pdfium itself is not safe to share between threads


@dataclass(frozen=True, slots=True)
class PageImage:
    """A PNG of a page, and the page's size in points."""

    png: bytes
    width: float
    height: float


def page_image(file: Path, number: int, box: Box, text: str) -> PageImage | None:
    """Return page `number` of a PDF, None unless `text` is printed there inside `box`.

    So a file that was moved or replaced after it was read shows nothing rather than something else.
    """
    try:
        with _one_at_a_time, pdfium.PdfDocument(file) as document:
            return _drawn(document[number - 1], number, box, text)
    except (OSError, IndexError, pdfium.PdfiumError):
        return None


def _drawn(page: pdfium.PdfPage, number: int, box: Box, text: str) -> PageImage | None:
    if lacks_fonts(page):  # it would be drawn in other characters than it is read in
        return None
    printed = list(characters(page))
    content = read_page(page, number, printed)
    left, top, right, bottom = box
    inside = (g.text for g in content.glyphs if left <= g.middle[0] <= right and top <= g.middle[1] <= bottom)
    if Counter(text.split()) and Counter("".join(text.split())) - Counter(inside):
        return None
    quarter = Counter(char.quarter for char in printed).most_common(1)[0][0] if printed else 0
    turned = (90 * quarter - page.get_rotation()) % 360
    bitmap = page.render(scale=WIDTH / content.width, rotation=turned)
    out = io.BytesIO()
    bitmap.to_pil().convert("L").quantize(16).save(out, "PNG", optimize=False)
    return PageImage(out.getvalue(), content.width, content.height)
