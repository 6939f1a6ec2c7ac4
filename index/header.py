"""Header rows -> one path for each column, and what each column holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.columns import is_total
from index.text import is_han, parse_figure, squash

CODE = re.compile(r"\d{2,3}|\d{5,9}")
"""A code in a cell of its own: one level (208, 05) or all of them (2080505), or a unit's (046001)."""
CODED_NAME = re.compile(r"[（(]?(\d{2,3}|\d{5}|\d{7})[）)]?(?=[\u4e00-\u9fff])(?![年个项月])")
"""A code that stands before its name in one cell: 201 一般公共服务支出, （201）一般公共服务支出."""
_AMOUNT = re.compile(r"[.,]\d|\d{3}")
_COLUMN_NUMBERS = re.compile(r"※|\d{1,2}|栏次|[（(]?\d{1,2}[）)]?(?:=.*)?")
_LABEL_NAMES = re.compile(
    r"科目(?:代码|编码|名称)?$|编码$|代码$|名称$|^[类款项目]$|内容$|分类$|^项目$|^科目$|^单位$|^收入$|^支出$|^序号$"
)
_LEVELS = frozenset("类款项目")
"""Names of code columns, one for each level of the classification."""
_CODE_NAME = re.compile(r"(?:编码|代码)$")
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]$")


@dataclass(frozen=True, slots=True)
class Header:
    """A table's columns: `labels` and `figures` are column numbers, `paths` runs over all columns."""

    rows: int
    paths: tuple[tuple[str, ...], ...]
    labels: tuple[int, ...]
    figures: tuple[int, ...]
    numbered: int
    """How many figure columns the row of column numbers counts; 0 without such a row."""


def is_column_numbers(cells: Sequence[str]) -> bool:
    """Tell whether a row only numbers the columns (※ ※ 1 2 3 ...)."""
    filled = [squash(cell) for cell in cells if cell.strip()]
    if len(filled) < 2 or not all(_COLUMN_NUMBERS.fullmatch(cell) for cell in filled):
        return False
    counts = [int(cell) for cell in filled if cell.isdigit()]
    if not counts:
        return set(filled) == {"※"}
    return "1" in filled and counts == list(range(counts[0], counts[0] + len(counts)))


def is_body_row(cells: Sequence[str], first: bool) -> bool:
    """Tell whether a row belongs to a table's body; `first`: no header row stands before it."""
    filled = [(at, squash(cell)) for at, cell in enumerate(cells) if cell.strip()]
    if not filled:
        return False
    if CODE.fullmatch(filled[0][1]) and filled[0][0] == 0:
        return True
    if any(CODED_NAME.match(text) for _, text in filled):
        return True
    if any(_AMOUNT.search(text) and parse_figure(text) is not None for _, text in filled):
        return True
    if first or _CODE_NAME.search(filled[0][1]):
        return False
    named = is_han(filled[0][1]) and len(filled[0][1]) > 1
    if (
        named
        and len(filled) > 2
        and sum(parse_figure(text) is not None for _, text in filled) > len(filled) / 2
    ):
        return True  # a row of counts
    return len(filled) == 1 and (
        filled[0][0] == 0 and is_han(filled[0][1]) or is_total(filled[0][1]) and len(filled[0][1]) <= 4
    )


def read_header(rows: Sequence[Sequence[str]]) -> Header:
    """Return the header of a grid given as rows of cell texts (the whole grid)."""
    count = 0
    numbered = 0
    while count < len(rows):
        if is_column_numbers(rows[count]):
            numbered = sum(squash(cell).isdigit() for cell in rows[count])
            break
        if is_body_row(rows[count], first=count == 0):
            break
        count += 1
    if count == len(rows) and _is_of_words(rows):
        count = 1
    names = [_spelt([_header_name(cell) for cell in row]) for row in rows[:count]]
    width = max((len(_trimmed(row)) for row in names), default=0)
    names = [(row + [""] * width)[:width] for row in names]
    paths = _paths(names, width)
    labels = tuple(
        c for c, path in enumerate(paths) if path and _LABEL_NAMES.search(_BRACKETED.sub("", path[-1]))
    )
    if not labels and paths:
        labels = (0,)
    figures = tuple(c for c, path in enumerate(paths) if path and c not in labels)
    while count < len(rows) and is_column_numbers(rows[count]):
        count += 1
    return Header(count, paths, labels, figures, numbered)


def _is_of_words(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether rows without amounts are a table of words, not a header: most are as full as the first."""
    full = sum(bool(cell.strip()) for cell in rows[0])
    like = sum(sum(bool(cell.strip()) for cell in row) == full for row in rows)
    amounts = any(_AMOUNT.search(cell) for row in rows for cell in row)
    return full > 1 and len(rows) > 2 and 2 * like > len(rows) and not amounts


def _header_name(cell: str) -> str:
    """Return a header cell's name; column numbers that share a header row are no names."""
    name = squash(cell)
    return "" if _COLUMN_NUMBERS.fullmatch(name) else name


def _spelt(row: list[str]) -> list[str]:
    """Join words that are printed one character a cell: 收 | 入 | 支 | 出."""
    filled = [at for at, name in enumerate(row) if name]
    if len(filled) < 4 or len(filled) % 2 or any(len(row[at]) > 1 or row[at] in _LEVELS for at in filled):
        return row
    joined = [""] * len(row)
    for first, second in zip(filled[::2], filled[1::2], strict=True):
        joined[first] = row[first] + row[second]
    return joined


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _paths(names: list[list[str]], width: int) -> tuple[tuple[str, ...], ...]:
    """Return each column's names from the top.

    A blank above a name means that the cell was merged with its left neighbour's, provided that both
    stand below the same names.
    """
    paths: list[list[str]] = [[] for _ in range(width)]
    wrapped = [""] * width
    for depth, row in enumerate(names):
        above = [list(path) for path in paths]
        for column in range(width):
            name, wrapped[column] = wrapped[column] + row[column], ""
            if name and _goes_on(names, depth, column):
                wrapped[column] = name
                continue
            if not name and any(lower[column] for lower in names[depth + 1 :]):
                left = column
                while left > 0 and not row[left]:
                    left -= 1
                name = row[left] if above[left] == above[column] else ""
            if name and (not paths[column] or paths[column][-1] != name):
                paths[column].append(name)
    return tuple(map(tuple, paths))


def _goes_on(names: list[list[str]], depth: int, column: int) -> bool:
    """Tell whether a name is wrapped: the next row holds its rest, and it spans no other column."""
    row = names[depth]
    rest = names[depth + 1][column] if depth + 1 < len(names) else ""
    own = column + 1 == len(row) or row[column + 1] not in ("", row[column])
    return (
        bool(rest)
        and own
        and column > 0
        and len(rest) > 1
        and not is_total(rest)
        and row[column - 1] != row[column]
    )


def split_levels(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Split a row whose first cells still belong to the header: 类 | 款 | 项 | 合计 | 100.00.

    Returns the header's cells and the row without them, None for any other row.
    """
    names = 0
    while names < len(cells) and squash(cells[names]) in _LEVELS:
        names += 1
    rest = cells[names:]
    if names < 2 or not any(_AMOUNT.search(cell) and parse_figure(cell) is not None for cell in rest):
        return None
    return (*cells[:names], *[""] * len(rest)), (*[""] * names, *rest)
