"""Lines of a loose table body -> rows: names that are wrapped over lines are put together again.

A name's remainder may stand before its figures, behind them, or behind a page break; a line of words
alone may also be a row without figures. Codes, account names known from other tables, brackets left
open and the width of the column tell which.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from index.columns import is_total
from index.forms import is_row_label
from index.readers.layout_lines import Line, split_amounts, unglued
from index.text import fold, squash, strip_enumeration

_CLASS_CODE = re.compile(r"[1-5]\d{2}")
_LOWER_CODE = re.compile(r"\d{2}")
_WHOLE_CODE = re.compile(r"([1-5]\d{2})(\d{2})(\d{2})?")
_CODED_NAME = re.compile(r"([1-5]\d{2})(\d{2})?(\d{2})?(?=[\u4e00-\u9fff])(?!\d*[年个项月])")
CODE_DEPTH = 3
"""类, 款 and 项."""
SHORT_REMAINDER = 2
"""So few characters after a row are the rest of its name, not a row."""
COLUMN_SLACK = 3
"""A wrapped line may stop this much (in half-width characters) short of the column's width."""

Names = Mapping[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a name; `fresh` when the print shows that a new cell begins with it."""

    text: str
    number: int
    fresh: bool


@dataclass(slots=True)
class Draft:
    """A row being put together; `before` counts the pieces that stood above its codes."""

    codes: tuple[str, ...]
    pieces: list[Piece]
    amounts: list[str]
    numbers: list[int] = field(default_factory=list)
    before: int = 0

    @property
    def label(self) -> str:
        """The pieces in one."""
        return joined(self.pieces)

    @property
    def first(self) -> int:
        """The first line that the row takes."""
        return min([*self.numbers, *(piece.number for piece in self.pieces)])

    @property
    def last(self) -> int:
        """The last line that the row takes."""
        return max([*self.numbers, *(piece.number for piece in self.pieces)])


def joined(pieces: Sequence[Piece]) -> str:
    """Return the text of the pieces without the spaces of the print."""
    return squash("".join(piece.text for piece in pieces))


def read_codes(tokens: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return (codes of 类 款 项 at the start, the other tokens)."""
    if not tokens:
        return (), []
    whole = _WHOLE_CODE.fullmatch(tokens[0])
    named = _CODED_NAME.match(tokens[0])
    if whole and len(tokens) > 1:
        return tuple(code for code in whole.groups() if code), list(tokens[1:])
    if named:
        return tuple(code for code in named.groups() if code), [tokens[0][named.end() :], *tokens[1:]]
    if not _CLASS_CODE.fullmatch(tokens[0]):
        return (), list(tokens)
    depth = 1
    while depth < min(CODE_DEPTH, len(tokens)) and _LOWER_CODE.fullmatch(tokens[depth]):
        depth += 1
    return tuple(tokens[:depth]), list(tokens[depth:])


def assemble_rows(body: Sequence[Line], coded: bool, names: Names, decimals: bool) -> list[Draft]:
    """Return the rows of a table body in order; lines of words alone wait until their row is known."""
    rows: list[Draft] = []
    held: list[Piece] = []
    widest = max((_width(joined(_words(line, coded, decimals)[1])) for line in body), default=0)
    for line in body:
        codes, pieces, amounts = _words(line, coded, decimals)
        if codes:
            above = _share_above(rows, held, codes, names, wanted=not pieces)
            rows.append(Draft(codes, above + pieces, amounts, [line.number], len(above)))
        elif not amounts:
            held += pieces
            continue
        elif rows and _is_open(rows[-1]) and not _own_row(rows[-1], pieces, names):
            rows[-1].pieces += held + pieces
            rows[-1].amounts += amounts
            rows[-1].numbers.append(line.number)
        elif not pieces and not held:
            if rows:
                rows[-1].amounts += amounts
                rows[-1].numbers.append(line.number)
        else:
            label = _without_codes(rows, held, pieces, coded, widest, names)
            rows.append(Draft((), label, amounts, [line.number]))
        held = []
    if held and coded and rows:
        rows[-1].pieces += held
    elif held and (last := _without_codes(rows, held, [], coded, widest, names)):
        rows.append(Draft((), last, []))
    return rows


def label_and_project(row: Draft, names: Names) -> tuple[str, str]:
    """Split the pieces of a row into account name and project name."""
    if not row.codes:
        return row.label, ""
    label = _known_pieces(row, names)
    if label and fold(joined(label)) == fold(names[row.codes]):
        return joined(label), joined([piece for piece in row.pieces if piece not in label])
    cut = next((at for at in range(1, len(row.pieces)) if row.pieces[at].fresh), 1)
    return joined(row.pieces[:cut]), joined(row.pieces[cut:])


def _known_pieces(row: Draft, names: Names) -> list[Piece]:
    """Return the pieces that spell the row's account name; both names of a row may go on below."""
    known = fold(names.get(row.codes, ""))
    label: list[Piece] = []
    for piece in row.pieces:
        if known and known.startswith(fold(joined([*label, piece]))):
            label.append(piece)
    return label


def learn_names(rows: Sequence[Draft], names: Names) -> Names:
    """Return `names` with the longer names that these rows show."""
    found = dict(names)
    for row in rows:
        if row.codes and row.label and row.label.startswith(found.get(row.codes, "")):
            found[row.codes] = row.label
    return found


def _words(line: Line, coded: bool, decimals: bool) -> tuple[tuple[str, ...], list[Piece], list[str]]:
    """Return a line's codes, pieces of names and amounts."""
    tokens = unglued(line.tokens)
    codes, rest = read_codes(tokens) if coded else ((), tokens)
    words, amounts = split_amounts(rest, decimals)
    pieces = [
        Piece(word, line.number, fresh=at > 0 or not (line.apart or codes)) for at, word in enumerate(words)
    ]
    return codes, pieces, amounts


def _is_open(row: Draft) -> bool:
    return bool(row.codes) and not row.amounts


def _own_row(row: Draft, pieces: Sequence[Piece], names: Names) -> bool:
    """Tell whether words with figures below a coded row without figures are a row of their own."""
    if not pieces:
        return False
    complete = bool(row.pieces) and fold(row.label) == fold(names.get(row.codes, ""))
    return complete or is_total(joined(pieces))


def _share_above(
    rows: list[Draft], held: list[Piece], codes: tuple[str, ...], names: Names, wanted: bool
) -> list[Piece]:
    """Give the pieces between two coded rows to the upper one; return those that belong to the lower."""
    if not held:
        return []
    if not wanted and rows:
        rows[-1].pieces += held
        return []
    known = fold(names.get(codes, ""))
    cut = next((at for at in range(len(held)) if known and known.startswith(fold(joined(held[at:])))), -1)
    if cut < 0:  # names centred on their figures have as many lines below as above
        cut = min(rows[-1].before, len(held) - 1) if rows else 0
    if cut:
        rows[-1].pieces += held[:cut]
    return held[cut:]


def _without_codes(
    rows: list[Draft], held: list[Piece], own: list[Piece], coded: bool, widest: int, names: Names
) -> list[Piece]:
    """Settle the pieces above a row without codes; return that row's label."""
    rest = list(held)
    while rest and rows and _completes(rows[-1], rest[0], names):
        rows[-1].pieces.append(rest.pop(0))
    if coded:
        starts = {row.label[:2] for row in rows if not row.codes and not is_total(row.label)}
        cut = next((at for at, piece in enumerate(rest + own) if piece.text[:2] in starts), 0)
        if cut and rows[-1].codes:  # units of one table have names that begin alike
            rows[-1].pieces += rest[:cut]
            rest = rest[cut:]
        return rest + own
    label: list[Piece] = []
    for at, piece in enumerate(rest):
        label.append(piece)
        below = rest[at + 1] if at + 1 < len(rest) else (own[0] if own else None)
        if below and not _goes_on(label, below, widest if own else _widest(rest) // 2):
            rows.append(Draft((), label, []))
            label = []
    return label + own


def _completes(row: Draft, piece: Piece, names: Names) -> bool:
    """Tell whether a piece is the remainder of the finished row above it."""
    if row.codes:
        label = _known_pieces(row, names)
        return bool(label) and fold(names[row.codes]).startswith(fold(joined([*label, piece])))
    return _unclosed(row.label) or len(squash(piece.text)) <= SHORT_REMAINDER


def _goes_on(label: Sequence[Piece], below: Piece, widest: int) -> bool:
    """Tell whether a line of words goes on below: it fills its column or leaves a bracket open."""
    text = joined(label)
    if _unclosed(text):
        return True
    if is_row_label(text) or is_row_label(below.text) or strip_enumeration(below.text) != below.text:
        return False
    return _width(label[-1].text) >= widest - COLUMN_SLACK


def _widest(pieces: Sequence[Piece]) -> int:
    """Return the column's width as these pieces show it.

    They stand above figures without a name, so they are parts of one name rather than rows.
    """
    return max((_width(squash(piece.text)) for piece in pieces), default=0)


def _unclosed(text: str) -> bool:
    return sum(text.count(mark) for mark in "（(") > sum(text.count(mark) for mark in "）)")


def _width(text: str) -> int:
    """Return the printed width in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WFA" else 1 for mark in text)
