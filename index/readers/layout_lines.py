"""The printed lines of layout text and what a single line can tell about itself.

Layout text (as `pdftotext` writes it) has no cell borders: cells of one printed line stand one space
apart, blank cells are gone, and a cell of several lines comes out as several lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.outline import ends_table
from index.text import clean, is_han, parse_figure

_AMOUNT = re.compile(r"[-－−]?(?:\d[\d,，]*\.\d+|\d{1,3}(?:[,，]\d{3})+|\d{5,}|0)|[（(]\d[\d,，]*\.\d+[)）]")
_GLUED = re.compile(r"(?P<label>.*[\u4e00-\u9fff）)】])(?P<figures>(?:[-－−]?\d[\d,，]*\.\d{2})+)")
_TWO_DECIMALS = re.compile(r"[-－−]?\d[\d,，]*\.\d{2}")
_BROKEN_FIGURE = re.compile(r"(?<=\d\.) (?=\d{2}(?: |$))")
_PAGE_NUMBER = re.compile(r"[-—–\s]*\d{1,3}[-—–\s]*")
_EMPTY = re.compile(r"空表|为空|没有使用|没有安排|未安排|^(?:备注|注|说明)[:：]")
_CLASS_CODE = re.compile(r"[1-5]\d{2}")
_CHAPTER = re.compile(r"[一二三四五六七八九十]{1,3}、")
BLANKS = frozenset("-—–－")
"""What some print in place of a blank cell."""
PROSE_LENGTH = 30
"""A line at least this long with a comma is running text; labels are shorter."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `apart` when a blank line stands before it in the file."""

    number: int
    text: str
    tokens: tuple[str, ...]
    apart: bool


def printed_lines(lines: Sequence[str]) -> list[Line]:
    """Return the lines that hold anything."""
    found: list[Line] = []
    before = 0
    for number, raw in enumerate(lines, 1):
        text = clean(raw)
        if text:
            tokens = _BROKEN_FIGURE.sub("", text).split(" ")
            found.append(Line(number, text, tuple(tokens), number > before + 1))
            before = number
    return found


def is_amount(token: str) -> bool:
    """Tell whether a token can only be an amount (it has decimals or thousands), never a code or year."""
    return bool(_AMOUNT.fullmatch(token))


def is_page_number(line: Line) -> bool:
    """Tell whether a line holds nothing but a small whole number."""
    return line.text != "0" and bool(_PAGE_NUMBER.fullmatch(line.text))


def is_prose(line: Line) -> bool:
    """Tell whether a line is running text or a heading, which ends a table."""
    text = line.text
    if not is_han(text) or is_amount(line.tokens[-1]):
        return False
    if text[-1] in "。；" or (len(text) >= PROSE_LENGTH and re.search("[，。；]", text)):
        return True
    if _EMPTY.search(text):
        return True
    return not _has_cells(line) and ends_table(text)


def _has_cells(line: Line) -> bool:
    """Tell whether a line holds figures or the beginning of a second label, as only table rows do."""
    if any(is_amount(token) for token in line.tokens):
        return True
    pairs = zip(line.tokens, line.tokens[1:], strict=False)
    return any(_CLASS_CODE.fullmatch(one) and is_han(two) or _CHAPTER.match(two) for one, two in pairs)


def unglued(tokens: Sequence[str]) -> list[str]:
    """Return the tokens with figures taken off the label that they stick to."""
    parts: list[str] = []
    for token in tokens:
        glued = _GLUED.fullmatch(token)
        if glued:
            parts += [glued["label"], *_TWO_DECIMALS.findall(glued["figures"])]
        else:
            parts.append(token)
    return parts


def split_amounts(tokens: Sequence[str], decimals: bool = True) -> tuple[list[str], list[str]]:
    """Return (words, amounts): the amounts are the run of figures at the end of the tokens.

    With `decimals` the table prints its amounts with decimals, and a whole number belongs to the words.
    """
    words = [token for token in tokens if token not in BLANKS]
    at = len(words)
    while at and parse_figure(words[at - 1]) is not None:
        at -= 1
    while decimals and at < len(words) and (not is_amount(words[at]) or words[at].strip("0").isdigit()):
        at += 1
    return words[:at], words[at:]
