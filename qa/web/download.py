"""A table as a file to take away: a link that holds it, so that nothing is left on the server."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from qa.spreadsheet import csv_text


def csv_link(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a link that saves the rows as CSV; a byte order mark tells Excel that it is UTF-8."""
    data = base64.b64encode(b"\xef\xbb\xbf" + csv_text(header, rows).encode()).decode()
    return (
        f'<a class="bq-button" download="{escape(name, quote=True)}"'
        f' href="data:text/csv;charset=utf-8;base64,{data}">下载 CSV</a>'
    )
