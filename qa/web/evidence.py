"""Answers and their citations as HTML: each source with the lines around the place, the place marked.

Everything that comes from a question or a document is escaped here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from index.store import Store
from qa.answer import Answer, Citation, mask
from qa.places import cell_of, place_of

CONTEXT = 4
"""Lines shown before and after a cited place."""
LONGEST_PLACE = 40
"""Lines shown of one cited place."""
OPEN_SOURCES = 3
"""So many sources are unfolded from the start."""
SHORTEST_OVERLAP = 4
"""Characters that a line and a quotation must share at their ends to be taken for the same sentence."""

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]*--[\s|:-]*")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_STATUS = {"not_found": "没有找到", "clarify": "需要再问清楚"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source; `cells` is empty for running text."""

    number: int
    text: str
    cells: tuple[str, ...]
    cited: bool


def answer_html(answer: Answer) -> str:
    """Return the answer with its choices and steps."""
    status = _STATUS.get(answer.status, "")
    parts = [
        f'<p class="bq-status">{status}</p>' if status else "",
        f'<p class="bq-text">{_escaped(answer.text)}</p>',
        _list("ul", "可以这样问", answer.choices),
        _list("ol", "计算步骤", answer.steps),
    ]
    return f'<div class="bq-answer">{"".join(parts)}</div>'


def message_html(message: str) -> str:
    """Return a message about a question that could not be taken."""
    return f'<div class="bq-answer"><p class="bq-status">{_escaped(message)}</p></div>'


def evidence_html(answer: Answer, store: Store) -> str:
    """Return the citations of an answer, each with the lines it stands in; nothing without citations."""
    if not answer.citations:
        return ""
    figures = frozenset(_figures(" ".join((answer.text, *answer.steps))))
    sources = [
        _source(number, citation, store, figures) for number, citation in enumerate(answer.citations, 1)
    ]
    return f'<div class="bq-sources"><h3>来源</h3>{"".join(sources)}</div>'


def marked(text: str, quote: str) -> str:
    """Return the escaped text with the part that belongs to the quotation marked.

    Spaces do not count. A line may hold the quotation, lie inside it, or begin or end with one of
    its ends; when it does none of these, the whole line is the place.
    """
    places = [at for at, char in enumerate(text) if not char.isspace()]
    line, wanted = "".join(text[at] for at in places), "".join(quote.split())
    if not line:
        return escape(text)
    start, end = _shared(line, wanted)
    first, last = places[start], places[end - 1] + 1
    return f"{escape(text[:first])}<mark>{escape(text[first:last])}</mark>{escape(text[last:])}"


def _shared(line: str, quote: str) -> tuple[int, int]:
    """Return the part of the line, as (start, end), that belongs to the quotation."""
    found = line.find(quote) if quote else -1
    if found >= 0:
        return found, found + len(quote)
    if line in quote:
        return 0, len(line)
    for length in range(min(len(line), len(quote)) - 1, SHORTEST_OVERLAP - 1, -1):
        if line.endswith(quote[:length]):
            return len(line) - length, len(line)
        if line.startswith(quote[-length:]):
            return 0, length
    return 0, len(line)


def _source(number: int, citation: Citation, store: Store, figures: frozenset[str]) -> str:
    place = "　".join(part for part in (citation.doc, place_of(citation), cell_of(citation)) if part)
    return (
        f"<details{' open' if number <= OPEN_SOURCES else ''}>"
        f"<summary>[{number}] {_escaped(citation.title)}</summary>"
        f'<p class="bq-place">{_escaped(place)}</p>'
        f"{_excerpt(citation, store, figures)}</details>"
    )


def _excerpt(citation: Citation, store: Store, figures: frozenset[str]) -> str:
    """Return the lines around the place as a table; the quotation alone where lines are not known."""
    lines = _lines(citation, store)
    if not any(line.cited for line in lines):
        return f"<blockquote><mark>{_escaped(citation.quote)}</mark></blockquote>"
    width = max(len(line.cells) for line in lines) or 1
    quote = mask(citation.quote)
    # the answer's figures are the place; a cell without figures is shown by its whole row
    found = any(_holds(cell, figures) for line in lines if line.cited for cell in line.cells)
    rows = [_row(line, quote, figures if found else None, width) for line in lines]
    return f'<div class="bq-lines"><table>{"".join(rows)}</table></div>{_left_out(citation)}'


def _lines(citation: Citation, store: Store) -> list[Line]:
    """Return the lines around a place, without empty ones and rules between table rows."""
    if citation.lines is None:
        return []
    first, last = citation.lines
    start, end = max(1, first - CONTEXT), min(last, first + LONGEST_PLACE - 1)
    found = store.lines(citation.doc, start, end if end < last else last + CONTEXT)
    return [
        Line(number, text, _split(text), first <= number <= last)
        for number, text in enumerate(map(mask, found), start)
        if text.strip() and not _RULE.fullmatch(text)
    ]


def _split(text: str) -> tuple[str, ...]:
    """Return the cells of a table line, tabs or Markdown bars between them."""
    if "\t" in text:
        return tuple(text.split("\t"))
    bare = text.strip()
    if bare.startswith("|"):
        cells = _BAR.split(bare.removeprefix("|").removesuffix("|"))
        return tuple(cell.replace("\\|", "|") for cell in cells)
    return ()


def _row(line: Line, quote: str, figures: frozenset[str] | None, width: int) -> str:
    """Return one line of a source; in a cited table row the `figures` are marked, or all for None."""
    if line.cells:
        marks = (line.cited and (figures is None or _holds(cell, figures)) for cell in line.cells)
        cells = "".join(
            f"<td>{_cell(cell.strip(), mark)}</td>" for cell, mark in zip(line.cells, marks, strict=True)
        )
    else:
        text = marked(line.text, quote) if line.cited else escape(line.text)
        cells = f'<td colspan="{width}">{text}</td>'
    tag = '<tr class="bq-cited">' if line.cited else "<tr>"
    return f"{tag}<th>{line.number}</th>{cells}</tr>"


def _cell(text: str, mark: bool) -> str:
    return f"<mark>{escape(text)}</mark>" if mark and text else escape(text)


def _holds(cell: str, figures: frozenset[str]) -> bool:
    """Tell whether a cell holds one of the figures; dirty prints put spaces inside them."""
    return not figures.isdisjoint(_figures("".join(cell.split())))


def _left_out(citation: Citation) -> str:
    assert citation.lines is not None
    more = citation.lines[1] - citation.lines[0] + 1 - LONGEST_PLACE
    return f'<p class="bq-place">（下面还有 {more} 行，见原文）</p>' if more > 0 else ""


def _figures(text: str) -> list[str]:
    """Return the figures of a text, those that are equal written alike."""
    found = (figure.replace(",", "") for figure in _FIGURE.findall(text))
    return [figure.rstrip("0").rstrip(".") if "." in figure else figure for figure in found]


def _list(tag: str, title: str, entries: Sequence[str]) -> str:
    items = "".join(f"<li>{_escaped(entry)}</li>" for entry in entries)
    return f"<h4>{title}</h4><{tag}>{items}</{tag}>" if items else ""


def _escaped(text: str) -> str:
    return escape(mask(text))
