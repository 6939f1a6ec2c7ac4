"""A reader's items -> one `Document`: outline, identity, tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from index.document import Document, Paragraph
from index.identity import GIVEN, Finding, Places, find_account, find_entity, find_year, full_names
from index.items import Item, TextLine
from index.outline import CaptionedGrid, outline
from index.tables import build_tables
from index.text import fold, parse_figure, squash, strip_enumeration

HEAD_LINES = 12
"""The title page: the first text lines, where department, year and account stand."""
_NAMED_FIGURE = re.compile(r"([\u4e00-\u9fff（）“”]{2,30})([\d,]+\.\d+)万?元")


def assemble(
    name: str,
    lines: Sequence[str],
    items: list[Item],
    override: Mapping[str, str],
    pages: Sequence[int] = (),
    running: Sequence[str] = (),
) -> Document:
    """Return the document; `override` may fix entity, year and account. `running` are heads of pages."""
    blocks = list(outline(items, name))
    paragraphs = tuple(block for block in blocks if isinstance(block, Paragraph))
    grids = [block for block in blocks if isinstance(block, CaptionedGrid)]
    headings = [step for block in blocks for step in block.section[-1:]]
    head = [item.text for item in items if isinstance(item, TextLine)][:HEAD_LINES]
    places = Places(head, grids, headings, running, name)
    given = {key: Finding(value, (GIVEN,)) for key, value in override.items() if value}
    if not given.get("year", Finding("")).value.isdigit():
        given.pop("year", None)
    found_entity = given.get("entity") or find_entity(places)
    found_year = given.get("year") or find_year(places)
    found_account = given.get("account") or find_account(places)
    entity, account = found_entity.value, found_account.value
    year = int(found_year.value) if found_year.value else None
    tables = build_tables(grids, name, entity, _witnesses(paragraphs, grids))
    labels = [
        label for table in tables for label in (squash(table.subunit), *(row.path[-1] for row in table.rows))
    ]
    subunits = tuple(dict.fromkeys(row.subunit for table in tables for row in table.rows if row.subunit))
    return Document(
        name=name,
        title=_title(head, entity, year, account),
        entity=entity,
        year=year,
        account=account,
        lines=tuple(lines),
        paragraphs=paragraphs,
        tables=tuple(tables),
        aliases=(*full_names(labels, entity), *_own_short_names(paragraphs, entity)),
        subunits=subunits,
        pages=tuple(pages),
        findings=(str(found_entity), str(found_year), str(found_account)),
    )


def _own_short_names(paragraphs: Sequence[Paragraph], entity: str) -> tuple[str, ...]:
    """Return how the document calls its department: （以下简称“市卫健委”）."""
    found = (
        re.search(rf"{re.escape(entity)}[（(]以下简称[：:]?[“\"]?([\u4e00-\u9fff]{{2,12}})", squash(p.text))
        for p in paragraphs
    )
    return tuple(dict.fromkeys(match.group(1) for match in found if match)) if entity else ()


def _title(head: Sequence[str], entity: str, year: int | None, account: str) -> str:
    if entity and year:
        return f"{entity}{year}年部门{account}"
    return squash("".join(head[:2])) or entity


def _witnesses(paragraphs: Sequence[Paragraph], grids: Sequence[CaptionedGrid]):  # type: ignore[no-untyped-def]
    """Return a function that tells how surely a label and a figure belong together in this document.

    Witnesses are the prose (「单位资金 610.00 万元」) and rows with a single figure, where no column
    can be mistaken.
    """
    known: dict[Decimal, set[str]] = {}
    for paragraph in paragraphs:
        for label, figure in _NAMED_FIGURE.findall(squash(paragraph.text)):
            value = parse_figure(figure)
            if value:
                known.setdefault(value, set()).add(fold(label))
    for captioned in grids:
        for row in captioned.grid.rows:
            cells = [cell for cell in row.cells if cell]
            for label, figure in zip(cells, cells[1:], strict=False):
                value = parse_figure(figure)
                if value and parse_figure(label) is None and "总体情况" in captioned.title:
                    known.setdefault(value, set()).add(fold(strip_enumeration(label)))

    def evidence(label: str, value: Decimal) -> float:
        grams = _bigrams(fold(label))
        if not grams:
            return 0.0
        return max(
            (len(grams & _bigrams(other)) / len(grams | _bigrams(other)) for other in known.get(value, ())),
            default=0.0,
        )

    return evidence


@lru_cache(maxsize=1 << 14)
def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
