"""Tables of amounts in layout text: find where they end, rebuild their header and hand over their rows.

The printed header is a heap of fragments, so the grid gets a proper header made from the standard form
that the title names (or the best guess); rows stay loose, and `index.columns` finds their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.columns import is_total
from index.forms import fit_form, is_header_fragment, is_row_label, leaf_names
from index.header import is_column_numbers
from index.items import Grid, GridRow
from index.outline import caption_kind
from index.readers.layout_lines import Line, is_amount, is_page_number, is_prose, split_amounts, unglued
from index.readers.layout_rows import (
    Draft,
    Names,
    assemble_rows,
    label_and_project,
    learn_names,
    read_codes,
)
from index.readers.layout_sides import has_sides, side_rows
from index.text import fold, is_han, squash

HEADER_LINES = 120
"""A broken header takes many lines, one a fragment; beyond this no table is expected."""
MIN_HEADER_PARTS = 4
"""An empty table's header has at least so many fragments."""
LABEL_LINES = 3
"""A name takes at most so many lines before its figures."""
REPEATED_LINES = 3
"""So many lines equal to the header's first ones mean that the header is printed again."""

Paths = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Head:
    """The printed header: its lines, all its text, and how many figure columns it numbers."""

    lines: tuple[Line, ...]
    end: int
    numbered: int

    @property
    def text(self) -> str:
        return "".join(squash(line.text) for line in self.lines)

    @property
    def coded(self) -> bool:
        """Whether the rows begin with account codes."""
        return any(word in self.text for word in ("编码", "代码", "类款"))


def known_names(printed: Sequence[Line]) -> Names:
    """Return code -> account name from all rows that print both on one line; the longest name wins.

    The same accounts return in several tables, and where a table breaks a name another one does not.
    """
    names: dict[tuple[str, ...], str] = {}
    for line in printed:
        codes, rest = read_codes(unglued(line.tokens))
        words, amounts = split_amounts(rest)
        if codes and amounts and len(words) == 1 and is_han(words[0]):
            names[codes] = max(names.get(codes, ""), squash(words[0]), key=len)
    return names


def read_accounts(
    printed: Sequence[Line], start: int, title: str, names: Names
) -> tuple[Grid | None, int, Names]:
    """Return the table of amounts that begins at `start`, the index behind it, and the names known then.

    Where no table begins the grid is None.
    """
    head = _read_head(printed, start)
    if head is None:
        return None, start, names
    body, end = _read_body(printed, head, title)
    sides = [fit_form(title, _as_rows(head), side) for side in (0, 1)]
    first, last = printed[start].number, printed[head.end - 1].number
    decimals = any("." in token for line in body for token in line.tokens)
    if sides[1] or (not sides[0] and has_sides(body)):
        labels, rows = [["项目"], ["项目"]], side_rows(body, max(len(sides[0]), 1), decimals)
        sides = [sides[0] or [("金额",)], sides[1] or [("金额",)]]
    else:
        project = head.coded and "项目名称" in head.text
        drafts = assemble_rows(body, head.coded, names, decimals)
        names = names if project else learn_names(drafts, names)
        rows = [_loose_row(draft, project, names) for draft in drafts]
        sides = [sides[0] or _guess_columns(head, rows)]
        labels = [["科目编码", "科目名称", *(["项目名称"] if project else [])] if head.coded else ["项目"]]
    if not body and not any(sides):
        return None, start, names
    return Grid((*_header_rows(labels, sides, first, last), *rows)), end, names


def _read_head(printed: Sequence[Line], start: int) -> _Head | None:
    """Return the header lines from `start` up to the column numbers or the first row; None without rows."""
    for at in range(start, min(start + HEADER_LINES, len(printed))):
        line = printed[at]
        if is_column_numbers(line.tokens):
            numbered = sum(token.isdigit() for token in line.tokens)
            return _Head(tuple(printed[start:at]), at + 1, numbered) if at > start else None
        codes, words = read_codes(line.tokens)
        if any(is_amount(token) for token in unglued(line.tokens)) or (codes and words and is_han(words[0])):
            end = _first_row(printed, start, at, any(map(is_han, words)))
            return _Head(tuple(printed[start:end]), end, 0) if end > start else None
        if caption_kind(line.text) not in ("", "year") or is_prose(line):
            return _empty_head(printed, start, at)
    return None


def _empty_head(printed: Sequence[Line], start: int, at: int) -> _Head | None:
    """Return the header of a table without figures, which ends at `at`; None when it is none."""
    lines = printed[start:at]
    if sum(len(line.tokens) for line in lines) < MIN_HEADER_PARTS or not all(map(_is_header_line, lines)):
        return None
    end = at - 1 if is_total(printed[at - 1].text) and at - 1 > start else at
    return _Head(tuple(printed[start:end]), end, 0)


def _first_row(printed: Sequence[Line], start: int, at: int, named: bool) -> int:
    """Return where the rows begin, given the first line with figures and whether it is `named`.

    Rows without figures and a name on lines of its own may stand before it.
    """
    for row in range(start + 1, at):
        if is_row_label(printed[row].text) and not is_total(printed[row].text):
            return row
    end = at
    while not named and end > max(start, at - LABEL_LINES) and not _is_header_line(printed[end - 1]):
        end -= 1
    return end


def _read_body(printed: Sequence[Line], head: _Head, title: str) -> tuple[list[Line], int]:
    """Return the lines of the rows, pages joined, and the index of the first line behind the table."""
    body: list[Line] = []
    at = head.end
    while at < len(printed):
        line = printed[at]
        if caption_kind(line.text):
            behind = _next_page(printed, at, title)
            if behind is None:
                break
            at = behind
        elif _repeats(printed, at, head):
            at += len(head.lines)
        elif is_prose(line):
            break
        else:
            if not is_page_number(line) and not is_column_numbers(line.tokens):
                body.append(line)
            at += 1
    return body, at


def _is_header_line(line: Line) -> bool:
    return all(map(is_header_fragment, line.tokens)) or is_column_numbers(line.tokens)


def _next_page(printed: Sequence[Line], at: int, title: str) -> int | None:
    """Return where the rows go on when the caption at `at` repeats this table's, else None."""
    while at < len(printed) and (kind := caption_kind(printed[at].text)):
        if kind == "title" and not _same_caption(printed[at], title):
            return None
        if kind == "number" and not any(_same_caption(line, title) for line in printed[at : at + 2]):
            return None
        at += 1
    again = _read_head(printed, at)
    if again is None:
        return None
    end = again.end
    while not again.numbered and end > at and not _is_header_line(printed[end - 1]):
        end -= 1  # the rest of a row that the page broke
    return end


def _same_caption(line: Line, title: str) -> bool:
    return caption_kind(line.text) == "title" and fold(line.text) in fold(title)


def _repeats(printed: Sequence[Line], at: int, head: _Head) -> bool:
    """Tell whether the header stands here once more (a new page without a caption)."""
    again = [line.text for line in printed[at : at + REPEATED_LINES]]
    return len(head.lines) >= 2 and again == [line.text for line in head.lines[:REPEATED_LINES]]


def _as_rows(head: _Head) -> list[list[str]]:
    return [[head.text], [str(number + 1) for number in range(head.numbered)]]


def _loose_row(row: Draft, project: bool, names: Names) -> GridRow:
    """Return codes, label, project where the table has that column, and figures in printed order."""
    label, own = label_and_project(row, names) if project else (row.label, "")
    named = [label, own] if project else [label]
    return GridRow(row.first, row.last, (*row.codes, *named, *row.amounts), loose=True)


def _header_rows(
    labels: Sequence[Sequence[str]], sides: Sequence[Paths], first: int, last: int
) -> Iterator[GridRow]:
    """Yield header rows as a clean print would have them, the column numbers last."""
    columns: Paths = []
    for names, paths in zip(labels, sides, strict=True):
        columns += [(name,) for name in names] + list(paths)
    for depth in range(max(map(len, columns))):
        cells = tuple(path[depth] if depth < len(path) else "" for path in columns)
        yield GridRow(first, last, cells)
    if len(sides) == 1:
        numbers = [str(number + 1) for number in range(len(sides[0]))]
        yield GridRow(first, last, (*("※" for _ in labels[0]), *numbers))


def _guess_columns(head: _Head, rows: Sequence[GridRow]) -> Paths:
    """Name the columns of an unknown form: the known column names in the header, else their numbers."""
    width = head.numbered or max((sum(is_amount(cell) for cell in row.cells) for row in rows), default=0)
    text, found = fold(head.text), []
    while text:
        name = next((name for name in leaf_names() if text.startswith(fold(name))), "")
        if name:
            found.append(name)
        text = text[len(fold(name)) or 1 :]
    if len(found) == width:
        return [(name,) for name in found]
    return [(f"第{number + 1}栏",) for number in range(width)]
