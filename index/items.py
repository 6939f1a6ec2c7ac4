"""What every reader produces: a stream of text lines and cell grids in reading order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.document import Box


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of running text; `level` > 0 marks a heading that the format itself declares."""

    number: int
    text: str
    level: int = 0
    page: int | None = None
    opens: bool = False
    """A new paragraph begins here for sure: the format says so."""
    joins: bool = False
    """The paragraph of the line before goes on here: its place on the page says so."""
    gap: bool = False
    """Pages are missing here: the headings before it do not tell what follows is about."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One printed table row over lines `first`..`last`.

    With `loose` set the print lost its blank cells: figures stand in order, their columns unknown.
    """

    first: int
    last: int
    cells: tuple[str, ...]
    loose: bool = False
    page: int | None = None
    boxes: tuple[Box | None, ...] = ()
    """Where each cell stands on the page, parallel to `cells`; empty in files without pages."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows that stand together; headers are still ordinary rows."""

    rows: tuple[GridRow, ...]


Item = TextLine | Grid

PagesRead = Callable[[int, int, bool], None]
"""Called with (pages read, pages in all, whether the last was recognised from a picture)."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A file as its reader gives it: its lines, the items that they form, and how they were come by."""

    lines: tuple[str, ...]
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()
    """What was not read, or not read from text, in words for a reader."""
    pages: tuple[int, ...] = ()
    """The page of each line; empty in files without pages."""
    running: tuple[str, ...] = ()
    """What stands at the edge of many pages."""
    lost: frozenset[int] = frozenset()
    """Pages that could not be read."""
    recognised: frozenset[int] = frozenset()
    """Pages that are pictures, their text recognised."""
    doubtful: frozenset[tuple[int, Box]] = frozenset()
    """Page and place of table cells whose figures were not recognised with certainty."""
