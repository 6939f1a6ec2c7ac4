"""Markdown: front matter, headings, pipe tables and their column levels."""

from __future__ import annotations

from disclosures import figures_of, markdown_document

from index.items import Grid
from index.readers.markdown import front_matter, read_markdown

FRONT = """---
entity: 青岭市水务局
year: 2031
account: 决算
---
"""
BODY = """
# 某地某局 2025 年部门预算公开

## 第二部分 部门预算公开表

表 5

一般公共预算支出情况表

单位：万元

| 类 | 款 | 项 | 科目名称 | 支出 / 合计 | 支出 / 基本 / 人员 | 支出 / 基本 / 公用 | 支出 / 专项 |
|---|---|:---|---|---:|---|---|---|
| 213 |  |  | 农林水支出 | 9.00 | 3.00 | 1.00 | 5.00 |
| 213 | 03 |  | 水利 | 9.00 | 3.00 | 1.00 | 5.00 |
| 213 | 03 | 04 | 河湖管护 \\| 巡查 | 5.00 |  |  | 5.00 |
|  |  |  | 总计 | 9.00 | 3.00 | 1.00 | 5.00 |

<!-- 注释不算正文 -->

- 巡河由河长办承担。
"""


def test_front_matter_decides_department_year_and_account() -> None:
    document = markdown_document(FRONT + BODY)
    assert (document.entity, document.year, document.account) == ("青岭市水务局", 2031, "决算")


def test_without_front_matter_nothing_is_overridden_and_no_line_is_lost() -> None:
    assert front_matter(BODY.split("\n")) == ({}, 0)
    assert front_matter(["---", "一条横线不是头部", "正文"]) == ({}, 0)
    assert markdown_document(BODY).year == 2025


def test_front_matter_values_may_hold_colons_and_lines_are_counted_from_the_file_start() -> None:
    lines = ["---", "title: 预算: 公开", "没有冒号", "---", "正文在第五行。"]
    assert front_matter(lines) == ({"title": "预算: 公开"}, 4)
    assert [(item.number, item.text) for item in read_markdown(lines)] == [(5, "正文在第五行。")]


def test_heading_marks_give_the_level_and_leave_the_text() -> None:
    items = list(read_markdown(["# 甲", "### 乙", "丙"]))
    assert [(item.text, item.level) for item in items] == [("甲", 1), ("乙", 3), ("丙", 0)]


def test_paragraphs_know_the_headings_above_them() -> None:
    (paragraph,) = [p for p in markdown_document(BODY).paragraphs if "巡河" in p.text]
    assert paragraph.section[-1] == "第二部分 部门预算公开表"
    assert paragraph.text == "巡河由河长办承担。"


def test_slashes_in_a_header_cell_are_column_levels() -> None:
    (table,) = markdown_document(BODY).tables
    assert table.header == (
        ("支出", "合计"),
        ("支出", "基本", "人员"),
        ("支出", "基本", "公用"),
        ("支出", "专项"),
    )
    assert (table.number, table.title, table.unit) == ("表5", "一般公共预算支出情况表", "万元")


def test_blank_cells_stay_in_their_columns_and_escaped_pipes_are_text() -> None:
    (table,) = markdown_document(BODY).tables
    (row,) = [row for row in table.rows if row.code == "2130304"]
    assert row.path[-1].replace(" ", "") == "河湖管护|巡查"
    assert row.path[:-1] == ("农林水支出", "水利")
    assert figures_of(table, row) == {"支出/合计": "5.00", "支出/专项": "5.00"}


def test_rows_cite_the_line_they_stand_in() -> None:
    document = markdown_document(FRONT + BODY)
    (table,) = document.tables
    for row in table.rows:
        assert row.path[-1].split("|")[0].strip() in document.lines[row.span.first - 1]


def test_a_rule_line_is_no_row_and_a_table_at_the_end_is_kept() -> None:
    (grid,) = read_markdown(["| 项目 | 预算数 |", "| :-- | --: |", "| 水费 | 1.00 |"])
    assert isinstance(grid, Grid)
    assert [row.cells for row in grid.rows] == [("项目", "预算数"), ("水费", "1.00")]


def test_group_names_are_not_carried_over_to_a_column_of_another_group() -> None:
    (grid,) = read_markdown(["| 项目 | 甲 / 数 | 甲 / 额 | 乙 / 数 |", "|---|---|---|---|"])
    assert [row.cells for row in grid.rows] == [("项目", "甲", "", "乙"), ("", "数", "额", "数")]
