"""The ruling lines of tables in the picture of a page: long thin runs of ink that form a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from index.readers.pdf_page import Rule

if TYPE_CHECKING:
    from index.readers.ocr import Picture

SHORTEST = 20.0
"""Shorter runs of ink are strokes of characters, in points of the page."""
THICKEST = 3.5
"""Thicker runs are bars and pictures."""
TABLE_WIDTH = 100.0
"""A group of runs narrower than this is a large character or a stamp."""
GAP = 1.0
"""A printed line may be broken by so much in the scan."""
INK = 160
"""A point darker than this is ink."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules of a picture, in points of the page, and the picture without them."""

    across: tuple[Rule, ...]
    down: tuple[Rule, ...]
    rest: Picture


def find_rules(picture: Picture, scale: float) -> Ruling:
    """Return the rules of a picture that has `scale` points to each point of the page."""
    ink = (picture < INK).astype(np.uint8)
    level = _runs(ink, scale, upright=False)
    upright = _runs(ink, scale, upright=True)
    both = cv2.dilate(level | upright, np.ones((3, 3), np.uint8))
    count, groups, boxes, _ = cv2.connectedComponentsWithStats(both)
    grids = np.zeros(count, bool)
    for group in range(1, count):
        inside = groups == group if boxes[group, cv2.CC_STAT_WIDTH] >= TABLE_WIDTH * scale else None
        grids[group] = inside is not None and bool(level[inside].any() and upright[inside].any())
    kept = grids[groups]
    rest = picture.copy()
    rest[cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 255
    across = _rules(level * kept, scale, upright=False)
    down = _rules(upright * kept, scale, upright=True)
    return Ruling(tuple(across), tuple(down), rest)


def _runs(ink: Picture, scale: float, upright: bool) -> Picture:
    """Return the ink that belongs to long thin runs in one direction."""
    # odd sizes have a middle: others would move the picture by a point
    length, gap, thick = (round(size * scale) // 2 * 2 + 1 for size in (SHORTEST, 2 * GAP, THICKEST))

    def block(along: int, across: int = 1) -> Picture:
        return np.ones((along, across) if upright else (across, along), np.uint8)

    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, block(gap))
    long = cv2.morphologyEx(closed, cv2.MORPH_OPEN, block(length))
    bars = cv2.morphologyEx(long, cv2.MORPH_OPEN, block(1, thick))
    return np.asarray(long & ~bars & 1, np.uint8)


def _rules(runs: Picture, scale: float, upright: bool) -> list[Rule]:
    _, _, boxes, _ = cv2.connectedComponentsWithStats(runs)
    rules = []
    for x, y, width, height, _ in boxes[1:].tolist():
        if upright:
            x, y, width, height = y, x, height, width
        rules.append(Rule((y + height / 2) / scale, x / scale, (x + width) / scale))
    return rules
