"""The text of an answer as HTML: behind each figure the mark of the citation that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import islice

from qa.answer import Answer, Citation, mask
from qa.web.markup import button

MARKS_AT_END = 12
"""More citations than these are found in the evidence panel."""

_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(?:\s?(?:[万亿千]?元|%|平方米|辆|人|倍|台|套|个|次))")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def text_html(answer: Answer, turn: int) -> str:
    """Return the escaped text; each figure is followed by a button that opens its evidence.

    Citations without a figure in the text follow at its end.
    """
    text = mask(answer.text)
    held = [_numbers(citation) for citation in answer.citations]
    parts: list[str] = []
    placed: set[int] = set()
    at = 0
    for match in _FIGURE.finditer(text):
        value = _plain(_NUMBER.match(match.group()).group())  # type: ignore[union-attr]
        number = next((n for n, numbers in enumerate(held, 1) if value in numbers), 0)
        parts.append(escape(text[at : match.end()]))
        at = match.end()
        if number and number not in placed:
            parts.append(mark_html(answer.citations[number - 1], turn, number))
            placed.add(number)
    parts.append(escape(text[at:]))
    rest = (n for n in range(1, len(answer.citations) + 1) if n not in placed)
    return "".join((*parts, *_at_end(answer, turn, rest)))


def mark_html(citation: Citation, turn: int, number: int) -> str:
    """Return the mark [1] as a button."""
    what = f"出处 {number}：{citation.table or citation.title}"
    return button("bq-mark", "cite", f"[{number}]", what, turn=turn, number=number)


def _at_end(answer: Answer, turn: int, numbers: Iterator[int]) -> Iterator[str]:
    for number in islice(numbers, MARKS_AT_END):
        yield mark_html(answer.citations[number - 1], turn, number)


def _numbers(citation: Citation) -> set[str]:
    """Return the figures of a quotation, also those printed with blanks inside."""
    quote = citation.quote
    cells = (quote, *("".join(cell.split()) for cell in re.split(r"[\t|]", quote)))
    return {_plain(figure) for text in cells for figure in _NUMBER.findall(text)}


def _plain(figure: str) -> str:
    bare = figure.replace(",", "")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare
