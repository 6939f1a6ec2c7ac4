"""A page that is a picture -> its characters and ruling lines, by recognition (the optional extra `ocr`).

A figure with one doubtful digit is marked as not sure as a whole. Other doubtful characters are printed as
〓, and so is ink that nobody could read: a blank cell would mean that nothing was arranged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import cv2
import numpy as np

from index.readers.ocr import Reading, Recogniser
from index.readers.pdf_page import ASCENT, DESCENT, Glyph, Page, Rule
from index.readers.scan_rules import Ruling, find_rules
from index.text import is_han
from index.trust import DOUBT

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray

    from index.readers.ocr import LineBox, Picture

RESOLUTION = 200 / 72
"""Picture points for each point of the page."""
LONGEST_SIDE = 3600
"""A larger page is rendered smaller."""
STEEPEST = 3.0
"""A page that lies aslant by so many degrees is put straight."""
ANGLE_STEP = 0.1
SURE_FIGURE, SURE_TEXT = 0.9, 0.5
"""A character less sure than this is doubtful; those of a figure must be read twice alike, too."""
SURE_PAGE = 0.8
"""A page read less surely than this on average may lie on its side or stand on its head."""
SAMPLE = 8
INK_HEIGHT, DIGIT_HEIGHT = 0.92, 0.76
"""How high a line of Chinese text and a line of figures are, in parts of the size."""
SAME_SIZE = 0.25
"""Sizes this near to the page's usual one are the usual one: the ink of a line tells it only roughly."""
NEAR = 0.4
"""Ink that is this near to a line (in parts of its height) belongs to it."""
FAINT = 25
"""Ink is darker than the paper by this much, after smoothing."""
SPECK = 0.4
"""Ink lower than this part of the usual size is a speck or a mark of punctuation."""
_FIGURE = re.compile(r"[-+]?[\d.,%％]*\d[\d.,%％]*")
_GROUPED = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)*[.,]?[%％]?")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line or a part of it inside one cell: the box of its ink, and what was read there twice."""

    left: int
    top: int
    right: int
    bottom: int
    first: tuple[Reading, ...] = ()
    second: tuple[Reading, ...] = ()


def scanned_page(page: pdfium.PdfPage, number: int, recogniser: Recogniser) -> Page:
    """Return what stands on a page that is a picture."""
    scale = min(RESOLUTION, LONGEST_SIDE / max(page.get_size()))
    picture = page.render(scale=scale, grayscale=True).to_numpy()
    picture = _straight(np.ascontiguousarray(picture.reshape(picture.shape[:2])))
    picture, boxes = _upright(picture, recogniser)
    ruling = find_rules(picture, scale)
    pieces = _read(boxes, ruling, scale, recogniser)
    sizes = [_size(piece) for piece in pieces]
    usual = median(sizes) if sizes else 0.0
    glyphs = [
        glyph
        for piece, size in zip(pieces, sizes, strict=True)
        for glyph in _glyphs(piece, usual if abs(size - usual) < SAME_SIZE * usual else size, scale)
    ]
    glyphs += [_mark(box, usual, scale) for box in _left_over(ruling.rest, pieces, usual)]
    height, width = picture.shape
    return Page(number, width / scale, height / scale, tuple(glyphs), ruling.across, ruling.down)


def _straight(picture: Picture) -> Picture:
    """Return the picture turned so that its lines run level, or upright where it lies on its side."""
    small = cv2.resize(255 - picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)

    def sharpness(angle: float) -> float:
        turned = _turned(small, angle, 0)
        return float(sum(np.var(np.diff(turned.sum(axis, dtype=float))) for axis in (0, 1)))

    steps = round(STEEPEST / ANGLE_STEP)
    best = max((step * ANGLE_STEP for step in range(-steps, steps + 1)), key=sharpness)
    return _turned(picture, best, 255) if best else picture


def _turned(picture: Picture, angle: float, paper: int) -> Picture:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    turned = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=paper)
    return np.asarray(turned, np.uint8)


def _upright(picture: Picture, recogniser: Recogniser) -> tuple[Picture, list[LineBox]]:
    """Return the picture in the quarter turn in which it is read most surely, and where its lines stand."""
    boxes = recogniser.lines(picture)
    steep = sum(bottom - top > right - left for left, top, right, bottom in boxes)
    surest, best = 0.0, (picture, boxes)
    for turn in (1, 3) if 2 * steep > len(boxes) else (0, 2):
        turned = np.ascontiguousarray(np.rot90(picture, turn))
        lines = recogniser.lines(turned) if turn else boxes
        longest = sorted(lines, key=lambda box: box[0] - box[2])[:SAMPLE]
        read = recogniser.read([_cut(turned, *map(int, box)) for box in longest])
        sure = [reading.sure for line in read for reading in line if is_han(reading.text)]
        if sum(sure) > surest * len(sure):
            surest, best = sum(sure) / len(sure), (turned, lines)
        if surest > SURE_PAGE:
            break
    return best


def _read(boxes: Sequence[LineBox], ruling: Ruling, scale: float, recogniser: Recogniser) -> list[_Piece]:
    """Return the pieces of text of a picture, none across a rule."""
    parts = [part for box in boxes for part in _between_rules(box, ruling, scale)]
    ink = _inked(ruling.rest)
    free = ink.copy()
    for left, top, right, bottom in parts:
        free[max(top, 0) : bottom, max(left, 0) : right] = False
    grown = (_grown(part, free, ruling, scale) for part in parts)
    found = [piece for part in grown if (piece := _tight(ink, *part))]
    pictures = [_cut(ruling.rest, *_box(piece)) for piece in found]
    first = recogniser.read([_framed(picture, 0.12) for picture in pictures])
    with_figures = [at for at, line in enumerate(first) if any(reading.text.isdigit() for reading in line)]
    second = dict(
        zip(with_figures, recogniser.read([_framed(pictures[at], 0.3) for at in with_figures]), strict=True)
    )
    return [
        _Piece(*_box(piece), line, second.get(at, ()))
        for at, (piece, line) in enumerate(zip(found, first, strict=True))
    ]


def _box(piece: _Piece) -> tuple[int, int, int, int]:
    return piece.left, piece.top, piece.right, piece.bottom


def _cut(picture: Picture, left: int, top: int, right: int, bottom: int) -> Picture:
    return picture[max(top, 0) : bottom, max(left, 0) : right]


def _framed(picture: Picture, part: float) -> Picture:
    """Return a picture of a line with white around it, in parts of its height."""
    return np.pad(picture, max(2, round(part * picture.shape[0])), constant_values=255)


def _between_rules(box: LineBox, ruling: Ruling, scale: float) -> Iterator[tuple[int, int, int, int]]:
    """Yield the parts of a box between the rules that run through it."""
    left, top, right, bottom = box
    slack = (bottom - top) / 4
    xs = [left, *_crossing(ruling.down, scale, (left + slack, right - slack), (top + bottom) / 2), right]
    ys = [top, *_crossing(ruling.across, scale, (top + slack, bottom - slack), (left + right) / 2), bottom]
    for x0, x1 in zip(xs, xs[1:], strict=False):
        for y0, y1 in zip(ys, ys[1:], strict=False):
            yield int(x0), int(y0), int(x1) + 1, int(y1) + 1


def _grown(
    part: tuple[int, int, int, int], free: NDArray[np.bool_], ruling: Ruling, scale: float
) -> tuple[int, int, int, int]:
    """Return a part of a line with the ink close to it: thin characters at its ends (一、) may be missed."""
    left, top, right, bottom = part
    height, middle = bottom - top, (top + bottom) / 2
    borders = [0.0, float(free.shape[1])]
    borders += [rule.at * scale for rule in ruling.down if rule.start <= middle / scale <= rule.end]
    low = int(max((x for x in borders if x < left + height / 4), default=left))
    high = int(min((x for x in borders if x > right - height / 4), default=right))
    inked = np.asarray(free[max(top, 0) : bottom].any(0))
    near = round(NEAR * height)
    while left > low and (ink := np.flatnonzero(inked[max(left - near, low) : left])).size:
        left = max(left - near, low) + int(ink[0])
    while right < high and (ink := np.flatnonzero(inked[right : min(right + near, high)])).size:
        right += int(ink[-1]) + 1
    return left, top, right, bottom


def _crossing(
    rules: Sequence[Rule], scale: float, between: tuple[float, float], middle: float
) -> list[float]:
    low, high = between
    places = (rule.at * scale for rule in rules if rule.start <= middle / scale <= rule.end)
    return sorted(place for place in places if low < place < high)


def _inked(picture: Picture) -> NDArray[np.bool_]:
    """Tell where there is ink, the faint ink of thin strokes too."""
    smooth = cv2.blur(picture, (3, 3))  # a single dark point is dirt
    return np.asarray(smooth < np.median(picture) - FAINT)


def _tight(ink: NDArray[np.bool_], left: int, top: int, right: int, bottom: int) -> _Piece | None:
    """Return the area of the ink inside a box, None for a box without any."""
    left, top = max(left, 0), max(top, 0)
    inside = ink[top:bottom, left:right]
    columns, rows = np.flatnonzero(inside.any(0)), np.flatnonzero(inside.any(1))
    if not len(columns):
        return None
    return _Piece(
        left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1
    )


def _size(piece: _Piece) -> float:
    """Return the size of a piece's characters in points of the picture."""
    han = any(is_han(reading.text) for reading in piece.first)
    return (piece.bottom - piece.top) / (INK_HEIGHT if han else DIGIT_HEIGHT)


def _glyphs(piece: _Piece, size: float, scale: float) -> Iterator[Glyph]:
    """Yield the characters of a piece, each reaching to the middle between its neighbours."""
    doubtful = _doubtful(piece)
    frame = max(2, round(0.12 * (piece.bottom - piece.top)))
    width = piece.right - piece.left + 2 * frame
    middles = [piece.left - frame + reading.at * width for reading in piece.first]
    baseline = (piece.top + piece.bottom) / 2 + (ASCENT - DESCENT) / 2 * size
    for at, reading in enumerate(piece.first):
        before = (middles[at - 1] + middles[at]) / 2 if at else float(piece.left)
        after = (middles[at] + middles[at + 1]) / 2 if at + 1 < len(middles) else float(piece.right)
        x0, x1 = max(before, middles[at] - size), min(after, middles[at] + size)
        if not reading.text.strip():
            continue
        text = reading.text if at in doubtful or reading.sure >= SURE_TEXT else DOUBT
        yield Glyph(
            text, x0 / scale, x1 / scale, baseline / scale, round(size / scale, 1), at not in doubtful
        )


def _doubtful(piece: _Piece) -> set[int]:
    """Return which characters of a piece belong to figures that are not certain."""
    text = "".join(reading.text[:1] for reading in piece.first)
    found: set[int] = set()
    again = _FIGURE.findall("".join(reading.text for reading in piece.second))
    for number, figure in enumerate(_FIGURE.finditer(text)):
        place = range(*figure.span())
        sure = min(piece.first[at].sure for at in place) >= SURE_FIGURE
        alike = number < len(again) and again[number] == figure.group()
        if not (sure and alike and _GROUPED.fullmatch(figure.group())):
            found.update(place)
    return found


def _left_over(picture: Picture, pieces: Sequence[_Piece], usual: float) -> Iterator[_Piece]:
    """Yield the areas of ink as high as characters that belong to no piece."""
    ink = _inked(picture).astype(np.uint8)
    for piece in pieces:
        if piece.first:
            ink[piece.top : piece.bottom, piece.left : piece.right] = 0
    near = max(1, round(usual / 2))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, near), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(joined)
    for x, y, width, height, _ in boxes[1:].tolist():
        if SPECK * usual < height < 2 * usual:
            yield _Piece(x, y, x + width, y + height)


def _mark(piece: _Piece, size: float, scale: float) -> Glyph:
    baseline = (piece.top + piece.bottom) / 2 + (ASCENT - DESCENT) / 2 * size
    return Glyph(DOUBT, piece.left / scale, piece.right / scale, baseline / scale, round(size / scale, 1))
