"""The standard disclosure forms, as data: used where print destroyed a table's header."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from index.text import fold, strip_enumeration

_FILE = Path(__file__).parent / "rules" / "forms.json"


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return rules


def known_forms() -> list[tuple[str, int, list[tuple[str, ...]]]]:
    """Return (title ending, side, column paths) of every known form."""
    return [
        (form["title"], form["side"], [tuple(path) for path in form["columns"]])
        for form in _rules()["columns"]["forms"]
    ]


def fit_form(title: str, header: Sequence[Sequence[str]], side: int) -> list[tuple[str, ...]]:
    """Return the column paths of the form that the broken header stems from; [] when none fits.

    The title chooses among the forms, the printed header text and the count of its column numbers
    choose among variants of one form.
    """
    printed = fold("".join(cell for row in header for cell in row if not cell.isdigit() and cell != "※"))
    numbers = max((sum(cell.isdigit() for cell in row) for row in header), default=0)
    best: tuple[float, list[tuple[str, ...]]] = (0.0, [])
    for ending, form_side, columns in known_forms():
        if form_side != side or not _same_form(title, ending):
            continue
        leaves = [fold(path[-1]) for path in columns]
        score = 1.0 + sum(leaf in printed for leaf in leaves) / len(leaves) + len(fold(ending)) / 100
        score += 1.0 if numbers == len(columns) else 0.0
        if score > best[0]:
            best = (score, columns)
    return best[1]


def _same_form(title: str, ending: str) -> bool:
    plain = fold(title).replace("明细表", "表").replace("部门", "")
    return plain.endswith(fold(ending).replace("部门", ""))


def usual_columns(paths: Sequence[tuple[str, ...]]) -> list[float]:
    """Return for each column how strongly such tables tend to fill it (0 to 1)."""
    names = [fold(name) for name in _rules()["usual"]["columns"]]
    weight = {name: 1 - rank / (2 * len(names)) for rank, name in enumerate(names)}
    return [weight.get(fold(path[-1]), 0.0) if path else 0.0 for path in paths]


@cache
def leaf_names() -> tuple[str, ...]:
    """Return every known column name, the longest first."""
    names = {path[-1] for _, _, columns in known_forms() for path in columns}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def is_header_fragment(text: str) -> bool:
    """Tell whether a text is a part of a column or label name of the standard forms."""
    part = fold(text)
    return not part or any(part in name for name in _header_names())


@cache
def _header_names() -> tuple[str, ...]:
    names = {name for _, _, columns in known_forms() for path in columns for name in path}
    return tuple(fold(name) for name in names | set(_rules()["rows"]["header"]))


def is_row_label(label: str) -> bool:
    """Tell whether a text is the whole label of a row that the standard forms print."""
    return fold(strip_enumeration(label)) in _row_labels()


@cache
def _row_labels() -> frozenset[str]:
    return frozenset(fold(strip_enumeration(label)) for label in _rules()["rows"]["labels"])
