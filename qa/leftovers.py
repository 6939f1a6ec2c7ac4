"""What words of a question a fact explains beside its item: its table, its project, its item once more."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from index.text import fold
from qa.labels import SHORTER
from qa.lexicon import lexicon, phrases_in
from qa.matching import covered
from qa.question import BLANK, UNIT_MARK

if TYPE_CHECKING:
    from qa.lookup import Candidate

NAME = 4
"""What people call an item, of so many characters, is not cut through: 公职人员 is no match for 在职人员."""


def named_again(candidate: Candidate, text: str) -> int:
    """Return the mask of words that name the item again, whole or in part: 多少平方米的房子."""
    by_column = bool(candidate.features["total_by_column"])
    if candidate.item.quality < 0.9 and not by_column:
        return 0
    item = fold(candidate.fact.measure if by_column else candidate.fact.item)
    titles = lexicon().titles_of(item)
    spans = [(start, end) for start, end, found in phrases_in(text) if found & titles]
    if not by_column and candidate.item.quality < SHORTER:  # a name that stands whole has no words left over
        spans += [(at, at + 2) for at in range(len(text) - 1) if text[at : at + 2] in item]
    return covered(0, spans)


def qualified(candidate: Candidate, use: str, text: str) -> int:
    """Return the mask of words before the item that its `use` speaks of: 下属事业单位的事业运行.

    What comes after the item may ask for a part of it, and is not explained so.
    """
    before = (candidate.item.mask & -candidate.item.mask).bit_length() - 1
    if not use or text[before - 1 : before] != "的":
        return 0
    return covered(0, [(at, at + 2) for at in range(before - 1) if text[at : at + 2] in use])


@lru_cache(maxsize=1024)
def named_around(title: str, section: tuple[str, ...], text: str) -> int:
    """Return the mask of words that name the table, or without one the sections, that a figure stands in."""
    table = fold(title)
    heading = fold("".join(section)) if not table else ""
    spans = [
        (start, end) for start, end, _ in phrases_in(text) if end - start > 3 and text[start:end] in table
    ]
    spans += [(at, at + 2) for at in range(len(text) - 1) if text[at : at + 2] in heading]
    return covered(0, spans)


@lru_cache(maxsize=1024)
def part_of_project(project: str, known: frozenset[str], text: str) -> int:
    """Return the mask of words of a text that stand in this project's name and in no other: 新建工程."""
    runs = ((at, at + NAME) for at in range(len(text) - NAME + 1))
    own = [span for span in runs if text[slice(*span)] in project]
    others = [name for name in known if name != project] if own else []
    return covered(0, [span for span in own if not any(text[slice(*span)] in name for name in others)])


def plain_text(text: str) -> str:
    """Return a question's rest with commas for the names taken out of it."""
    return "".join(
        "，" if char == BLANK or ord(char) >= UNIT_MARK and ord(char) < 0xF000 else char for char in text
    )
