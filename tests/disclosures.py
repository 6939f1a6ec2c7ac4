"""Small invented disclosures, and short ways to look at what was read from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import index.readers
from index.assemble import assemble
from index.document import Document, Fact, Row, Table
from index.prose_facts import prose_facts

ENTITY = "青岭市水务局"
NAME = "青岭市水务局.txt"
TITLE_PAGE = f"{ENTITY} 2025 年部门预算公开\n\n"
COUNTY_PAGE = """---
entity: 甲县水务局
year: 2026
account: 预算
---

# 甲县水务局 2026 年部门预算公开

"""
ACCOUNT_HEADER = """
科目代码|||科目名称|支出预算||
类|款|项||合计|基本支出|项目支出
"""


def tabbed(text: str) -> str:
    """Return rows of cells written with `|` as a print has them: with tabs."""
    return text.strip("\n").replace("|", "\t") + "\n"


def caption(number: str = "表 3", title: str = "部门支出总体情况表", unit: str = "万元") -> str:
    """Return the lines above a table."""
    return f"\n{number}\n\n{title}\n\n编制部门：{ENTITY}\n\n单位：{unit}\n\n"


def tab_document(text: str) -> Document:
    """Read tab text under the title page of an invented department."""
    lines = (TITLE_PAGE + text).split("\n")
    return assemble(NAME, lines, list(index.readers.tabtext.read_tab_text(lines)), {})


def tab_table(*pages: str) -> Table:
    """Return the one table of one or more pages of rows, each below the same caption."""
    (table,) = tab_document("".join(caption() + tabbed(page) for page in pages)).tables
    return table


def markdown_document(text: str) -> Document:
    """Read markdown as it stands."""
    lines = text.split("\n")
    override, _ = index.readers.markdown.front_matter(lines)
    return assemble("样本.md", lines, list(index.readers.markdown.read_markdown(lines)), override)


def row_of(table: Table, *path: str) -> Row:
    """Return the row whose path ends so."""
    (row,) = [row for row in table.rows if row.path[-len(path) :] == path]
    return row


def figures_of(table: Table, row: Row) -> dict[str, str]:
    """Return the printed cells of a row by the path of their column."""
    pairs = zip(table.header, row.cells, strict=True)
    return {"/".join(path): cell.text for path, cell in pairs if cell}


def leaf_figures(table: Table, *path: str) -> dict[str, str]:
    """Return the printed cells of the row with this path by the last name of their column."""
    return {name.split("/")[-1]: text for name, text in figures_of(table, row_of(table, *path)).items()}


def sentence_facts(text: str, heading: str = "二、支出预算情况说明") -> list[Fact]:
    """Return the facts of prose lines under a heading."""
    return list(prose_facts(tab_document(f"第三部分 情况说明\n\n{heading}\n\n{text}")))


def said(facts: Iterable[Fact]) -> Iterator[tuple[str, str, str]]:
    """Yield (item, measure, figure with unit) of the facts that state a figure."""
    for fact in facts:
        if fact.value is not None:
            yield fact.item, fact.measure, format(fact.value, "f") + fact.unit
