"""Tables -> facts: one for each cell, blank ones too (a blank cell means: nothing arranged)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from index.columns import is_total
from index.document import Document, Fact, Row, Table
from index.quantity import parse_quantity
from index.rows import quoted
from index.rules import load, prose
from index.scope import title_rule
from index.text import parse_figure

_YEAR = re.compile(r"(20\d{2})年(?:度)?")
_UNIT_NOTE = re.compile(r"[（(](%|％|亿元|万元|千元|元|人|辆|平方米|台|套|个)[）)]$")
_RATE = re.compile(r"(?:率|比|占比|比例|比重)$")
_AMOUNTS = ("金额", "数额")
"""Columns that only their parent tells: 比上年增减 / 金额."""
_COUNTED = ((r"人数|编制数?$", "人"), (r"车辆数|辆数", "辆"), (r"面积", "平方米"))
_PLAIN_TOTAL = re.compile(r"^(?:总计|合计|小计|总\s*计|收入总计|支出总计|收支总计)$")


def table_facts(document: Document, table: Table) -> Iterator[Fact]:
    """Yield the facts of one table, ids left at 0."""
    subject, scope = title_rule(table.title)
    if not any(cell and parse_figure(cell.text) is not None for row in table.rows for cell in row.cells):
        yield from _name_list(document, table)
    targets = "绩效" in table.title
    title = f"{table.number} {table.title}".strip()
    columns = [
        (path, _measure(path), _unit(path, table.unit), _year(path, document.year)) for path in table.header
    ]
    for row in table.rows:
        about = row.project if row.project and not targets else _item(table, row, subject)
        quote = quoted(document.lines[(row.span.first or 1) - 1 : row.span.last])
        for (path, measure, unit, year), cell in zip(columns, row.cells, strict=True):
            text, item, comparator = cell.text if cell else "", about, ""
            if targets and not text:
                continue
            value = parse_figure(text)
            if targets:
                quantity = parse_quantity(text)
                if quantity and path != ("金额",):
                    value, unit, comparator = quantity.value, quantity.unit, quantity.comparator
                elif value is None:
                    unit = ""
            elif text and value is None:
                counted = parse_quantity(text)  # 12台
                known = counted and counted.unit.partition("（")[0] in prose("units")
                value, unit = (counted.value, counted.unit) if counted and known else (None, "")
            if measure == "增减率" and not _UNIT_NOTE.search(path[-1]):
                unit = "%"
            if targets and path == ("金额",) and value is None:  # a goal in words stands among the amounts
                measure, item = item, table.project or "整体绩效目标"
            # by position, as names take twice as long and most of a build's facts are made here
            yield Fact(
                0,
                document.name,
                document.entity,
                year,
                document.account,
                item,
                measure,
                value,
                unit,
                text,
                quote,
                row.span,
                title,
                table.section,
                row.path,
                path,
                row.subunit or table.subunit,
                row.project or table.project,
                scope,
                row.code,
                row.total,
                comparator,
            )


def _name_list(document: Document, table: Table) -> Iterator[Fact]:
    """Yield the list that a table of words is: 单位名称, 单位性质, 经费保障方式."""
    if not re.search(r"机构|单位构成|预算单位", "".join(table.section[-1:])) or not table.rows:
        return
    rows = ["，".join((row.path[-1], *(cell.text for cell in row.cells if cell))) for row in table.rows]
    quote = "\n".join(document.lines[(table.rows[0].span.first or 1) - 1 : table.rows[-1].span.last])
    span = replace(table.span, first=table.rows[0].span.first, last=table.rows[-1].span.last)
    yield Fact(
        id=0,
        doc=document.name,
        entity=document.entity,
        year=document.year,
        account=document.account,
        item="预算单位",
        measure="名单",
        value=None,
        unit="",
        text="；".join(rows),
        quote=quote,
        span=span,
        section=table.section,
    )


@lru_cache(maxsize=1 << 12)
def _measure(path: tuple[str, ...]) -> str:
    """Return what a column says, without its year and unit, under the name that all documents share."""
    plain = [_UNIT_NOTE.sub("", _YEAR.sub("", name)) or name for name in path]
    for name in plain[-2:][::-1] if plain[-1] in _AMOUNTS else plain[-1:]:
        for measure, names in load("columns").items():
            if name in names or name == measure:
                return str(measure)
    return plain[-1]


@lru_cache(maxsize=1 << 12)
def _unit(path: tuple[str, ...], unit: str) -> str:
    """Return a column's unit: its own note （%）, a rate's percent, a count's, else the table's."""
    note = _UNIT_NOTE.search(path[-1])
    if note:
        return note.group(1)
    if _RATE.search(path[-1]) and (unit.endswith("元") or not unit):
        return "%"
    return next((counted for name, counted in _COUNTED if re.search(name, path[-1])), unit)


@lru_cache(maxsize=1 << 12)
def _year(path: tuple[str, ...], year: int | None) -> int | None:
    """Return the year that a column is about: 2025年预算数 and 上年预算数 stand in the budget of 2026."""
    named = next((match for step in path if (match := _YEAR.search(step))), None)
    if named:
        return int(named.group(1))
    before = year and any(step.startswith(("上年预算", "上年决算", "上年数", "上年执行")) for step in path)
    return year - 1 if before and year else year


def _item(table: Table, row: Row, subject: str) -> str:
    """Return what the row is about; total rows and unit rows are about the table's subject."""
    label = row.path[-1]
    if row.total and is_total(label):
        side = table.header[0][0] if table.header else ""
        if subject == "财政拨款收支" or subject.startswith("收支总"):
            return ("财政拨款" if subject == "财政拨款收支" else "") + label
        if side and _PLAIN_TOTAL.match(label):
            return subject or label
    if row.subunit and label == row.subunit and subject:
        return subject
    return label
