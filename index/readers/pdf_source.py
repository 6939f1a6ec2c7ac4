"""An open PDF -> its pages one by one, each printed, recognised from a picture, or lost with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pypdfium2 as pdfium

from index.readers.ocr import Recogniser, recogniser
from index.readers.pdf_aligned import aligned_tables
from index.readers.pdf_characters import Character, characters, lacks_fonts
from index.readers.pdf_foreign import ForeignPages
from index.readers.pdf_lines import printed_lines
from index.readers.pdf_page import Page, is_picture, read_page
from index.readers.pdf_prose import PrintedPage, State
from index.readers.pdf_rules import ruled_tables
from index.readers.pdf_tables import table_of
from index.text import is_han
from index.trust import DOUBT


class PdfSource:
    """The pages of an open file; each is closed before the next is read."""

    def __init__(self, document: pdfium.PdfDocument, data: bytes) -> None:
        self._document = document
        self._foreign = ForeignPages(data)

    def prints_more_than(self, limit: int) -> bool:
        """Tell whether the file prints more characters, without reading them."""
        count = 0
        for number in range(len(self._document)):
            try:
                page = self._document[number]
                text = page.get_textpage()
                count += text.count_chars()
                text.close()
                page.close()
            except pdfium.PdfiumError:  # a damaged page prints nothing
                continue
            if count > limit:
                return True
        return False

    def page(self, number: int) -> PrintedPage:
        """Return a page, counted from 1."""
        try:
            page = self._document[number - 1]
            try:
                return self._read(page, number)
            finally:
                page.close()
        except pdfium.PdfiumError:
            return PrintedPage(number, 0.0, 0.0, (), (), State.DAMAGED)

    def _read(self, page: pdfium.PdfPage, number: int) -> PrintedPage:
        found = self._characters(page, number)
        if any(is_han(character.text) for character in found) or not is_picture(page):
            return _printed(read_page(page, number, found), State.PRINTED)
        reader = recogniser()
        if reader is None:
            return PrintedPage(number, 0.0, 0.0, (), (), State.PICTURE)
        return _printed(_recognised(page, number, reader), State.RECOGNISED)

    def _characters(self, page: pdfium.PdfPage, number: int) -> Sequence[Character]:
        if lacks_fonts(page):
            try:
                return list(self._foreign.characters(number))
            except Exception:  # on damaged bytes its parser raises whatever it likes
                pass
        return list(characters(page))


def _recognised(page: pdfium.PdfPage, number: int, reader: Recogniser) -> Page:
    from index.readers.scan import scanned_page  # OpenCV comes with the extra

    return scanned_page(page, number, reader)


def _printed(content: Page, state: State) -> PrintedPage:
    """Return the lines and tables of a page; a doubtful figure outside a ruled table is not shown at all."""
    glyphs = list(content.glyphs)
    tables = []
    for ruled in ruled_tables(content):
        table, glyphs = table_of(ruled, glyphs)
        if table.rows:
            tables.append(table)
    glyphs = [glyph if glyph.sure else replace(glyph, text=DOUBT) for glyph in glyphs]
    aligned, lines = aligned_tables(printed_lines(glyphs))
    return PrintedPage(
        content.number, content.width, content.height, tuple(lines), (*tables, *aligned), state
    )
