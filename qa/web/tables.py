"""The tables and figures of a document as they were read, so that a reader can check the reading."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from index.document import Fact, Table
from index.store import Store
from index.text import fold
from qa.answer import mask
from qa.web.download import csv_link
from qa.web.markup import empty, frame, heads, row, told
from qa.web.source_table import label_columns, labels_of, table_html, table_name

FACTS_SHOWN = 200
"""Figures listed at once; CSV has them all."""
HEADER = ("名称", "口径", "数值", "单位", "说的是", "年度", "所属单位或项目", "表", "位置")
PROSE = "（文字）"
LONG = 12

Choice = tuple[str, int]


def table_choices(store: Store, doc: str) -> list[Choice]:
    """Return the tables of a document as (name, place among them)."""
    return [
        (f"{at + 1}. {table_name(table)}（{_where(table)}）", at)
        for at, table in enumerate(store.tables_of(doc))
    ]


def one_table_html(store: Store, doc: str, at: int | None) -> str:
    """Return one table of a document with a link that saves it."""
    tables = store.tables_of(doc)
    if at is None or not 0 <= at < len(tables):
        return empty("这份文件里没有读出表格。")
    table = tables[at]
    section = f'<p class="bq-note">{told(" › ".join(table.section))}</p>' if table.section else ""
    return f"{section}{table_html(table)}{_table_link(table)}"


def facts_html(store: Store, doc: str, search: str = "") -> str:
    """Return the figures and statements of a document that have all words of `search`."""
    words = [fold(word) for word in search.split()]
    rows = [
        cells
        for cells in map(_fact_row, store.facts_of(doc))
        if all(word in fold("".join(cells)) for word in words)
    ]
    if not rows:
        return empty("没有符合的数据，请换一个词。")
    body = "".join(row([_shown(cell) for cell in cells]) for cells in rows[:FACTS_SHOWN])
    more = f"，列出前 {FACTS_SHOWN} 条" if len(rows) > FACTS_SHOWN else ""
    caption = f"数据（{len(rows):,} 条{more}）"
    return frame("数据", caption, heads(HEADER), body, "bq-list") + csv_link("数据.csv", HEADER, rows)


def _shown(text: str) -> str:
    """Return a cell's text; one that would be broken over many lines is kept wide."""
    return f'<span class="bq-wide">{escape(text)}</span>' if len(text) > LONG else escape(text)


def _table_link(table: Table) -> str:
    labels = label_columns(table)
    header = [*labels, *("/".join(path) for path in table.header)]
    rows: Iterable[list[str]] = (
        [*map(mask, labels_of(one, labels)), *(mask(cell.text) if cell else "" for cell in one.cells)]
        for one in table.rows
    )
    return csv_link(f"{table_name(table)[:40]}.csv", header, rows)


def _where(table: Table) -> str:
    span = table.span
    return f"第 {span.page} 页" if span.page else f"第 {span.first}–{span.last} 行"


def _fact_row(fact: Fact) -> tuple[str, ...]:
    span = fact.span
    place = f"第 {span.page} 页" if span.page else f"第 {span.first} 行" if span.first else ""
    value = format(fact.value, "f") if fact.value is not None else fact.text
    cells = (
        "/".join(fact.row_path) or fact.item,
        fact.scope,
        f"{fact.comparator}{value}",
        fact.unit,
        "/".join(fact.column_path) or fact.measure,
        str(fact.year or ""),
        fact.project or fact.subunit,
        fact.table or PROSE,
        place,
    )
    return tuple(mask(" ".join(text.split())) for text in cells)
