"""The lines around a cited sentence as HTML, the sentence marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from index.store import Store
from qa.answer import Citation, mask

CONTEXT = 4
"""Lines shown before and after a cited place."""
LONGEST = 60
"""Lines shown of one cited place."""

Stretch = tuple[int, int]


def passage_html(citation: Citation, store: Store) -> str:
    """Return the cited lines with their neighbours; the quotation alone where it is not found there."""
    quote = mask(citation.quote)
    if citation.page is not None:
        lines, first = [mask(line) for line in store.page(citation.doc, citation.page)], None
        stretches = found_in(lines, quote)
    elif citation.lines:
        start, last = citation.lines
        first = max(1, start - CONTEXT)
        lines = [
            mask(line) for line in store.lines(citation.doc, first, min(last, start + LONGEST) + CONTEXT)
        ]
        cited = range(start - first, min(last - first + 1, len(lines)))
        inside = found_in([lines[at] for at in cited], quote)
        stretches = {start - first + at: stretch for at, stretch in inside.items()}
        stretches = stretches or {at: (0, len(lines[at])) for at in cited if lines[at].strip()}
    else:
        lines, first, stretches = [], None, {}
    if not stretches:
        return f'<blockquote class="bq-passage"><mark>{escape(quote)}</mark></blockquote>'
    shown = range(max(0, min(stretches) - CONTEXT), min(len(lines), max(stretches) + CONTEXT + 1))
    rows = "".join(
        f"<li{_number(first, at)}>{_marked(lines[at], stretches.get(at))}</li>"
        for at in shown
        if lines[at].strip()
    )
    return f'<ol class="bq-passage{"" if first else " bq-unnumbered"}" tabindex="0">{rows}</ol>'


def found_in(lines: Sequence[str], quote: str) -> dict[int, Stretch]:
    """Return which part of each line belongs to a quotation: blanks and line breaks do not count."""
    places = [(at, x) for at, line in enumerate(lines) for x, char in enumerate(line) if not char.isspace()]
    text = "".join(lines[at][x] for at, x in places)
    wanted = "".join(quote.split())
    start = text.find(wanted) if wanted else -1
    found: dict[int, Stretch] = {}
    if start >= 0:
        for at, x in places[start : start + len(wanted)]:
            found[at] = (found[at][0] if at in found else x, x + 1)
    return found


def _number(first: int | None, at: int) -> str:
    return f' value="{first + at}"' if first else ""


def _marked(line: str, stretch: Stretch | None) -> str:
    if stretch is None:
        return escape(line)
    start, end = stretch
    return f'{escape(line[:start])}<mark class="bq-hit">{escape(line[start:end])}</mark>{escape(line[end:])}'
