"""Tables for spreadsheets: CSV that runs nothing when it is opened."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# a spreadsheet takes a cell with one of these in front for a formula, the wide ones too
_FORMULA = tuple("=+-@＝＋－＠")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write rows of figures and labels as CSV, figures as they are and labels inert."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def inert(text: str) -> str:
    """Return a cell's text on one line, quoted when a spreadsheet would take it for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULA) and not _is_number(line) else line


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(",", "").replace(".", "", 1).isdecimal()
