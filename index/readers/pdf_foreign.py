"""Characters of a page whose fonts are not in the file.

pdfium measures characters by their drawing. Where a font is neither in the file nor on the machine it finds
no extent and passes over such text; there, pdfminer tells characters by code and width table alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTItem
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser

from index.readers.pdf_characters import Character, character

_UPRIGHT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class ForeignPages:
    """The pages of a file, parsed when the first of them needs it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pages: list[PDFPage] | None = None
        self._resources = PDFResourceManager()

    def characters(self, number: int) -> Iterator[Character]:
        """Yield the characters of a page, counted from 1, in the file's own coordinates."""
        if self._pages is None:
            self._pages = list(PDFPage.create_pages(PDFDocument(PDFParser(io.BytesIO(self._data)))))
        page = self._pages[number - 1]
        device = PDFPageAggregator(self._resources, laparams=None)
        interpreter = PDFPageInterpreter(self._resources, device)
        device.begin_page(page, _UPRIGHT)
        interpreter.render_contents(page.resources, page.contents, ctm=_UPRIGHT)
        device.end_page(page)
        for item in _inside(device.get_result()):
            a, b, _, _, x, y = item.matrix
            end = x + a * item.adv, y + b * item.adv
            size = item.height if abs(a) >= abs(b) else item.width
            found = character(item.get_text(), (x, y), end, (a, b), size)
            if found:
                yield found


def _inside(item: LTItem) -> Iterator[LTChar]:
    if isinstance(item, LTChar):
        yield item
    elif isinstance(item, LTContainer):
        for inner in item:
            yield from _inside(inner)
