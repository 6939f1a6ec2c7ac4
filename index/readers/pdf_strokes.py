"""The drawings of a PDF page -> straight strokes, of which tables are made."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

THIN = 3.0
"""A filled rectangle this thin is a ruling line."""
MAX_DEPTH = 8
"""Drawings may contain drawings; deeper ones are not looked into."""

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


def drawn_objects(page: pdfium.PdfPage, kind: int) -> Iterator[tuple[raw.FPDF_PAGEOBJECT, Matrix]]:
    """Yield all objects of a kind with the matrix that brings them to the page, those in drawings too."""
    count = raw.FPDFPage_CountObjects(page)
    objects = (raw.FPDFPage_GetObject(page, at) for at in range(count))
    yield from _inside(objects, kind, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0)


def _inside(
    objects: Iterator[raw.FPDF_PAGEOBJECT], kind: int, outer: Matrix, depth: int
) -> Iterator[tuple[raw.FPDF_PAGEOBJECT, Matrix]]:
    matrix = raw.FS_MATRIX()
    for drawn in objects:
        found = raw.FPDFPageObj_GetType(drawn)
        if found not in (kind, raw.FPDF_PAGEOBJ_FORM):
            continue
        raw.FPDFPageObj_GetMatrix(drawn, matrix)
        own = _product((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
        if found == kind:
            yield drawn, own
        elif depth < MAX_DEPTH:
            count = raw.FPDFFormObj_CountObjects(drawn)
            inner = (raw.FPDFFormObj_GetObject(drawn, at) for at in range(count))
            yield from _inside(inner, kind, own, depth + 1)


def strokes(page: pdfium.PdfPage) -> Iterator[tuple[Point, Point]]:
    """Yield the straight strokes of all drawings: outlines, and thin filled rectangles as one stroke."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for path, matrix in drawn_objects(page, raw.FPDF_PAGEOBJ_PATH):
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        for outline in _outlines(path, matrix):
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
