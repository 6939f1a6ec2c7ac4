"""Characters of a page -> printed lines and, where a line has wide gaps, its pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from index.document import Box
from index.readers.pdf_page import ASCENT, DESCENT, Glyph
from index.text import is_han

SAME_LINE = 0.45
"""Baselines this near (in parts of the larger character) are one line: figures may be set apart."""
WORD_GAP = 0.2
"""Latin words and figures further apart than this (in parts of the size) are separate words."""
PIECE_GAP = 1.0
"""A gap this wide separates pieces of a line: cells of a table without rules, a caption and its unit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a printed line without wide gaps."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One printed line: its pieces from left to right; `size` is that of most of its characters."""

    pieces: tuple[Piece, ...]
    baseline: float
    size: float

    @property
    def text(self) -> str:
        """The whole line, its pieces separated by a space."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def x0(self) -> float:
        """Where the line begins."""
        return self.pieces[0].x0

    @property
    def x1(self) -> float:
        """Where the line ends."""
        return self.pieces[-1].x1

    @property
    def box(self) -> Box:
        """The area that the line takes."""
        top = self.baseline - ASCENT * self.size
        return self.x0, top, self.x1, self.baseline + DESCENT * self.size


def printed_lines(glyphs: Iterable[Glyph]) -> list[PrintedLine]:
    """Return the lines that characters form, from the top."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.baseline):
        if lines:
            first = lines[-1][0]
            if glyph.baseline - first.baseline <= SAME_LINE * max(first.size, glyph.size):
                lines[-1].append(glyph)
                continue
        lines.append([glyph])
    return [_line(sorted(line, key=lambda glyph: glyph.x0)) for line in lines]


def _line(glyphs: Sequence[Glyph]) -> PrintedLine:
    size = _usual([round(glyph.size, 1) for glyph in glyphs])
    baseline = _usual([round(glyph.baseline, 1) for glyph in glyphs])
    pieces: list[list[Glyph]] = [[glyphs[0]]]
    for last, glyph in zip(glyphs, glyphs[1:], strict=False):
        if glyph.x0 - last.x1 > PIECE_GAP * max(last.size, glyph.size):
            pieces.append([])
        pieces[-1].append(glyph)
    parts = (Piece(_joined(piece), piece[0].x0, max(glyph.x1 for glyph in piece)) for piece in pieces)
    return PrintedLine(tuple(parts), baseline, size)


def _joined(glyphs: Sequence[Glyph]) -> str:
    """Return the text of characters in a row; a gap is a space between Latin words and figures only."""
    text = glyphs[0].text
    for last, glyph in zip(glyphs, glyphs[1:], strict=False):
        apart = glyph.x0 - last.x1 > WORD_GAP * glyph.size
        if apart and not is_han(last.text) and not is_han(glyph.text) and (last.text + glyph.text).isalnum():
            text += " "
        text += glyph.text
    return text


def _usual(values: Sequence[float]) -> float:
    """Return the most frequent value."""
    counts = ((len(list(same)), value) for value, same in groupby(sorted(values)))
    return max(counts)[1]
