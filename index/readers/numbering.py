"""The numbers that Word counts by itself (一、 （一） 1.): they are printed but not stored in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from index.readers.ooxml import child, local_name, value

LEVELS = 9
_HAN = "〇一二三四五六七八九"
_PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is counted and written: `text` holds %1 .. %9 for the counts."""

    format: str
    text: str
    start: int


Lists = Mapping[str, Mapping[int, Level]]
"""The levels of each list by its id."""


def read_lists(root: etree._Element | None) -> Lists:
    """Return the lists that a numbering part defines."""
    abstract: dict[str, dict[int, Level]] = {}
    lists: dict[str, dict[int, Level]] = {}
    for element in root if root is not None else ():
        if local_name(element) == "abstractNum":
            abstract[value(element, "abstractNumId")] = _levels(element)
    for element in root if root is not None else ():
        if local_name(element) == "num":
            lists[value(element, "numId")] = dict(abstract.get(value(child(element, "abstractNumId")), {}))
    return lists


def _levels(element: etree._Element) -> dict[int, Level]:
    found = {}
    for level in element:
        depth = value(level, "ilvl")
        if local_name(level) == "lvl" and depth.isdecimal():
            start = value(child(level, "start"))
            found[int(depth)] = Level(
                value(child(level, "numFmt")),
                value(child(level, "lvlText")),
                int(start) if start.isdecimal() else 1,
            )
    return found


def counter(lists: Lists) -> Callable[[str, int], str]:
    """Return a function that is called for each numbered paragraph in order and gives its printed number."""
    counts: dict[str, dict[int, int]] = {}

    def number(list_id: str, depth: int) -> str:
        levels = lists.get(list_id, {})
        if depth not in levels:
            return ""
        at = counts.setdefault(list_id, {})
        at[depth] = at.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in at if level > depth]:
            del at[deeper]

        def written(match: re.Match[str]) -> str:
            level = int(match.group(1)) - 1
            if level not in levels:
                return ""
            return _written(at.get(level, levels[level].start), levels[level].format)

        text = levels[depth].text
        return "" if levels[depth].format in ("bullet", "none") else _PLACEHOLDER.sub(written, text)

    return number


def _written(count: int, form: str) -> str:
    if form.startswith(("chinese", "japanese", "ideograph", "taiwanese")):
        return _han(count)
    if form.startswith("decimalEnclosedCircle") and 1 <= count <= 20:
        return chr(ord("①") + count - 1)
    if form in ("upperLetter", "lowerLetter") and 1 <= count <= 26:
        return chr(ord("A" if form == "upperLetter" else "a") + count - 1)
    return str(count)


def _han(count: int) -> str:
    """Return a count below a hundred in Chinese words, a larger one in figures."""
    if not 0 < count < 100:
        return str(count)
    tens, ones = divmod(count, 10)
    head = ("" if tens == 1 else _HAN[tens]) + "十" if tens else ""
    return head + (_HAN[ones] if ones else "")
