"""Text with tabs: which lines are rows, which are prose, and what a cell says."""

from __future__ import annotations

import pytest

from index.items import Grid, TextLine
from index.readers.tabtext import is_tab_text, read_tab_text


def test_neighbouring_tab_lines_form_one_grid_that_text_and_blank_lines_end() -> None:
    items = list(read_tab_text(["单位：万元", "项目\t预算数", "水费\t1.00", "", "电费\t2.00", "完。"]))
    assert [type(item) for item in items] == [TextLine, Grid, Grid, TextLine]
    assert [row.cells for row in items[1].rows] == [("项目", "预算数"), ("水费", "1.00")]
    assert [(row.first, row.last) for row in items[2].rows] == [(5, 5)]
    assert (items[3].number, items[3].text) == (6, "完。")


def test_blank_cells_keep_their_place() -> None:
    (grid,) = read_tab_text(["\t\t总计\t9.00\t\t5.00"])
    assert grid.rows[0].cells == ("", "", "总计", "9.00", "", "5.00")


@pytest.mark.parametrize(
    ("printed", "cell"),
    [
        (r"$\geq 92\%$", "≥ 92%"),
        (r"$\leq$ 3 天", "≤ 3 天"),
        ("<p>= 100%</p>", "= 100%"),
        ("巡河<br/>次数", "巡河次数"),
        ("**合计**", "合计"),
        ("  农林水   支出 ", "农林水 支出"),
        ("<3 天", "<3 天"),
        ("> = 4000 人", "> = 4000 人"),
    ],
)
def test_markup_is_taken_out_of_a_cell_and_comparisons_are_kept(printed: str, cell: str) -> None:
    (grid,) = read_tab_text([f"指标\t{printed}"])
    assert grid.rows[0].cells == ("指标", cell)


def test_list_dashes_are_no_part_of_the_text() -> None:
    assert [item.text for item in read_tab_text(["- 一、主要职能"])] == ["一、主要职能"]


def test_a_few_stray_tabs_do_not_make_tab_text() -> None:
    assert is_tab_text(["a\tb\tc"] * 3)
    assert not is_tab_text(["一句话。\t\t", "水费  1.00", "电费  2.00"])
    assert not is_tab_text(["目录\t1"] * 9)
