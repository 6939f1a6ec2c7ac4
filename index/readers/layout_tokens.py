"""The fragments of indicator tables, and finding known words that the print broke into fragments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.readers.layout_lines import Line
from index.text import fold

MAX_FRAGMENTS = 8
"""A known word is broken into at most so many fragments."""


@dataclass(frozen=True, slots=True)
class Token:
    """One fragment; `starts` and `ends` its line, `fresh` when the print shows a new cell begins."""

    text: str
    line: int
    starts: bool
    ends: bool
    fresh: bool


def tokens_of(lines: Sequence[Line]) -> list[Token]:
    """Return the fragments of the lines in reading order."""
    found: list[Token] = []
    for line in lines:
        last = len(line.tokens) - 1
        found += [
            Token(text, line.number, at == 0, at == last, at > 0 or not line.apart)
            for at, text in enumerate(line.tokens)
        ]
    return found


@lru_cache(maxsize=64)
def _spellings(words: tuple[str, ...]) -> dict[str, str]:
    """Return the words by their folded form."""
    return {fold(word): word for word in words}


def match_term(tokens: Sequence[Token], at: int, words: Sequence[str]) -> tuple[str, int]:
    """Return (word, number of fragments) of the longest known word spelt from `at`; ("", 0) if none."""
    wanted = _spellings(tuple(words))
    longest = max(map(len, wanted), default=0)
    text = ""
    found = ("", 0)
    for length, token in enumerate(tokens[at : at + MAX_FRAGMENTS], 1):
        part = fold(token.text)
        text += part
        if not part or len(text) > longest:  # a bare comparator is no part of a word
            break
        if text in wanted:
            found = (wanted[text], length)
    return found
