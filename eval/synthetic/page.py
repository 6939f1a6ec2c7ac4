"""A document while it is written: its lines, and the places in which each of its facts stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

WIDTH = 46
"""Characters a printed line of layout text holds."""
_WORD = re.compile(r"[\u4e00-\u9fff]")
_PIECES = re.compile(r"[\d.,%]+|[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Lines (1-based, inclusive) in which a fact stands, and the words that tell it."""

    first: int
    last: int
    quote: str


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; `facts` names what a column tells, by the column's number."""

    cells: Sequence[str]
    facts: Mapping[int, str] = field(default_factory=dict)


def money(value: Decimal) -> str:
    """Write an amount as disclosures print it."""
    return f"{value:,.2f}"


def blank(value: Decimal) -> str:
    """Write an amount of a table, where nothing is a blank cell."""
    return money(value) if value else ""


class Page:
    """Writes tab text, or layout text as print gives it: no tabs, no blank cells, wrapped prose."""

    def __init__(self, layout: bool) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self._places: dict[str, list[Place]] = defaultdict(list)

    @property
    def places(self) -> Mapping[str, Sequence[Place]]:
        """Where each fact stands."""
        return dict(self._places)

    @property
    def text(self) -> str:
        """The whole document."""
        return "\n".join(self.lines) + "\n"

    def prose(self, sentence: str, facts: Mapping[str, str] | None = None) -> None:
        """Add a paragraph; `facts` gives the words in which it tells each fact."""
        first = len(self.lines) + 1
        printed = _wrapped(sentence) if self.layout else [sentence]
        for line in printed:
            self.lines += [line, ""]
        ends = list(accumulate(map(len, printed)))
        for fact, quote in (facts or {}).items():
            at = sentence.index(quote)
            lines = [2 * bisect_right(ends, place) for place in (at, at + len(quote) - 1)]
            self._places[fact].append(Place(first + lines[0], first + lines[1], quote))

    def table(
        self, title: str, owner: str, header: Sequence[Sequence[str]], rows: Sequence[Row], total: str = ""
    ) -> None:
        """Add a table; the row labelled `total` comes last in tab text and first in print."""
        number, _, name = title.partition(" ")
        for line in (number, name):
            self.prose(line)
        for line in (f"{owner} 单位：万元",) if self.layout else (owner, "单位：万元"):
            self.prose(line)
        ordered = list(rows)
        if self.layout and total:
            ordered.sort(key=lambda row: total not in row.cells)
        for cells in header:
            self._line(cells)
        if self.layout and total:
            figures = _figures(rows)
            labels = len(header[0]) - figures
            self._line([*("※" * labels), *(str(n) for n in range(1, figures + 1))])
        for row in ordered:
            self._row(row)
        self._gap()

    def grid(self, title: str, subtitle: str, rows: Sequence[Row]) -> None:
        """Add a form: a caption and rows without a header of their own."""
        for line in (title, subtitle):
            self.prose(line)
        for row in rows:
            self._row(row)
        self._gap()

    def _row(self, row: Row) -> None:
        self._line(row.cells)
        number = len(self.lines) - self.layout
        label = next((at for at, cell in enumerate(row.cells) if cell and not cell.isdigit()), 0)
        for column, fact in row.facts.items():
            told = row.cells[label : column + 1 if row.cells[column] else label + 1]
            quote = " ".join(filter(None, told)) if self.layout else "\t".join(told)
            self._places[fact].append(Place(number, number, quote))

    def _line(self, cells: Sequence[str]) -> None:
        if self.layout:
            self.lines += [" ".join(filter(None, cells)), ""]
        else:
            self.lines.append("\t".join(cells))

    def _gap(self) -> None:
        if not self.layout:
            self.lines.append("")


def _figures(rows: Sequence[Row]) -> int:
    """Return how many columns behind the last one with words there are."""
    columns = list(zip(*(row.cells for row in rows), strict=True))
    worded = [at for at, cells in enumerate(columns) if any(_WORD.search(cell) for cell in cells)]
    return len(columns) - 1 - max(worded)


def _wrapped(text: str) -> list[str]:
    """Return a paragraph in printed lines; a figure is never broken."""
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if line and len(line) + len(piece) > WIDTH:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line]
