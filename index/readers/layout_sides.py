"""Two tables printed side by side: each line is cut into its left and its right half."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.columns import is_total
from index.items import GridRow
from index.readers.layout_lines import Line, is_amount, split_amounts, unglued
from index.readers.layout_rows import read_codes
from index.text import is_han, squash

_ENUMERATED = re.compile(r"([一二三四五六七八九十]{1,3})、")
_DIGITS = "零一二三四五六七八九"
MIN_PAIRS = 3
"""So many lines with words after a figure show two tables side by side."""


def has_sides(body: Sequence[Line]) -> bool:
    """Tell whether words follow figures on several lines."""
    return sum(_after_amounts(unglued(line.tokens)) > 0 for line in body) >= MIN_PAIRS


def side_rows(body: Sequence[Line], left_width: int, decimals: bool) -> list[GridRow]:
    """Return a row a line: left label and figures, padded, then the right codes, label and figures."""
    rows: list[GridRow] = []
    last_right = 0
    for line in body:
        tokens = unglued(line.tokens)
        cut = _cut(tokens, last_right)
        left, left_amounts = split_amounts(tokens[:cut], decimals)
        codes, rest = read_codes(tokens[cut:])
        right, right_amounts = split_amounts(rest, decimals)
        last_right = _rank(right[0]) if right else last_right
        if rows and _is_remainder(rows[-1], left, left_amounts):
            rows[-1] = _with_remainder(rows[-1], "".join(left))
            left = []
        figures = [*left_amounts, *[""] * left_width][:left_width]
        cells = (squash("".join(left)), *figures, *codes, squash("".join(right)), *right_amounts)
        if any(cells):
            rows.append(GridRow(line.number, line.number, cells, loose=True))
        if is_total(cells[0]) and left_amounts and right_amounts:
            break
    return rows


def _cut(tokens: Sequence[str], last_right: int) -> int:
    """Return the index where the right half of a line begins."""
    for at, token in enumerate(tokens):
        codes, rest = read_codes(tokens[at:])
        if codes and rest and is_han(rest[0]) and (at == 0 or not is_han(token) or token[0].isdigit()):
            return at
    after = _after_amounts(tokens)
    if after:
        return after
    for at, token in enumerate(tokens):
        if at and _rank(token):
            return at
    if tokens and last_right and _rank(tokens[0]) == last_right + 1 and last_right > 1:
        return 0
    bare = all(is_han(token) and len(token) > 1 for token in tokens)
    return 1 if bare and len(tokens) == 2 else len(tokens)


def _after_amounts(tokens: Sequence[str]) -> int:
    """Return the index of the first word behind a figure, 0 when there is none."""
    for at in range(1, len(tokens)):
        if is_amount(tokens[at - 1]) and is_han(tokens[at]):
            return at
    return 0


def _rank(word: str) -> int:
    """Return the number of a 一、 mark, 0 without one."""
    mark = _ENUMERATED.match(word)
    if not mark:
        return 0
    tens, ten, ones = mark.group(1).rpartition("十")
    return (_DIGITS.find(tens or "一") * 10 if ten else 0) + (_DIGITS.find(ones) if ones else 0)


def _is_remainder(above: GridRow, left: Sequence[str], amounts: Sequence[str]) -> bool:
    """Tell whether the left words close a bracket that the left label above left open."""
    label = above.cells[0]
    return bool(left) and not amounts and label.count("（") > label.count("）") and "）" in "".join(left)


def _with_remainder(row: GridRow, words: str) -> GridRow:
    return GridRow(row.first, row.last + 1, (row.cells[0] + squash(words), *row.cells[1:]), loose=True)
