"""What may be claimed from a file of which a part was not read, or not read with certainty.

A table that touches a missing page gives no figures, for its sums might lack a part; nor does text below the
gap until a heading as high as those above it says what it is about. A table recognised from a picture gives
the figures that are certain, and the doubtful ones that sums prove.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from index.crossfoot import checked_cells
from index.document import Document, Fact, Table
from index.items import Transcript
from index.text import NOT_RECOGNISED

GAP = "（缺页）"
"""The heading that stands for missing pages begins so."""
DOUBT = "〓"
"""Printed for a character that was not recognised with certainty, and behind a doubtful figure."""


def trusted(document: Document, read: Transcript) -> Document:
    """Return the document with what may be claimed of it, and with notes on the rest."""
    if not (read.lost or read.recognised):
        return replace(document, notes=read.notes)
    tables = [table for table in document.tables if not _touches(table, read.lost)]
    if read.recognised:
        part = "" if set(read.pages) <= read.recognised else "部分页"
        document = replace(document, title=f"{document.title}（{part}以图像识别）")
        tables = [_settled(table, read) for table in tables]
    return replace(document, tables=tuple(tables), notes=read.notes)


def is_told(fact: Fact) -> bool:
    """Tell whether prose says a fact for sure: its heading is not missing, and all its words were read."""
    return DOUBT not in fact.quote and not any(step.startswith(GAP) for step in fact.section)


def named_pages(numbers: Iterable[int]) -> str:
    """Return page numbers for a reader: 第 3、5-7 页."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return f"第 {'、'.join(f'{run[0]}-{run[-1]}' if len(run) > 1 else f'{run[0]}' for run in runs)} 页"


def _touches(table: Table, lost: frozenset[int]) -> bool:
    """Tell whether a missing page stands beside, or between, those of a table."""
    pages = [row.span.page for row in table.rows if row.span.page is not None]
    return bool(pages) and any(min(pages) - 1 <= page <= max(pages) + 1 for page in lost)


def _settled(table: Table, read: Transcript) -> Table:
    """Return a table without the figures that are neither certain nor proven by a sum.

    A figure in a sum that does not close may be the wrong one, however surely it was read.
    """
    proven, broken = checked_cells(table)
    rows = []
    for at, row in enumerate(table.rows):
        cells = []
        for column, cell in enumerate(row.cells):
            place = at, column
            recognised = cell is not None and cell.span.page in read.recognised
            doubtful = cell is not None and (cell.span.page, cell.span.box) in read.doubtful
            claimed = place in proven or not (doubtful or place in broken)
            cells.append(replace(cell, text=NOT_RECOGNISED) if cell and recognised and not claimed else cell)
        rows.append(replace(row, cells=tuple(cells)))
    return replace(table, rows=tuple(rows))
