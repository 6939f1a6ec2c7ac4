"""Printed grids -> tables: one small invented grid for each thing that print does to tables."""

from __future__ import annotations

import pytest
from disclosures import (
    ACCOUNT_HEADER,
    caption,
    figures_of,
    leaf_figures,
    row_of,
    tab_document,
    tab_table,
    tabbed,
)
from hypothesis import given
from hypothesis import strategies as st

from index.crossfoot import audit
from index.facts import document_facts
from index.text import clean, squash

SPENDING = ("支出预算",)


def test_a_header_of_one_row_names_the_columns() -> None:
    table = tab_table("项目|预算数|执行数\n水费|1.00|0.50\n总计|1.00|0.50")
    assert table.header == (("预算数",), ("执行数",))
    assert leaf_figures(table, "水费") == {"预算数": "1.00", "执行数": "0.50"}


def test_a_merged_cell_over_two_header_rows_names_the_group_of_its_columns() -> None:
    table = tab_table(ACCOUNT_HEADER + "213|||农林水支出|9.00|4.00|5.00")
    assert table.header == ((*SPENDING, "合计"), (*SPENDING, "基本支出"), (*SPENDING, "项目支出"))


def test_three_header_rows_give_paths_of_three_names() -> None:
    table = tab_table(
        """
科目||||基金支出|||
科目代码|||科目名称|合计|基本支出||项目支出
类|款|项|||人员经费|公用经费|
213|||农林水支出|9.00|3.00|1.00|5.00
|||总计|9.00|3.00|1.00|5.00
"""
    )
    assert table.header == (
        ("基金支出", "合计"),
        ("基金支出", "基本支出", "人员经费"),
        ("基金支出", "基本支出", "公用经费"),
        ("基金支出", "项目支出"),
    )


@pytest.mark.parametrize("numbers", ["※|※|※|※|1|2|3", "||||1|2|3", "栏次||||1|2|3"])
def test_a_row_that_numbers_the_columns_is_no_row_of_figures(numbers: str) -> None:
    table = tab_table(f"{ACCOUNT_HEADER}{numbers}\n213|||农林水支出|9.00|4.00|5.00\n|||总计|9.00|4.00|5.00")
    assert [row.path for row in table.rows] == [("农林水支出",), ("总计",)]
    assert leaf_figures(table, "农林水支出") == {"合计": "9.00", "基本支出": "4.00", "项目支出": "5.00"}


def test_names_wrapped_inside_header_cells_are_joined() -> None:
    table = tab_table("项目|上级一般 公共预算|单位 资金\n水费|1.00|2.00\n总计|1.00|2.00")
    assert table.header == (("上级一般公共预算",), ("单位资金",))


def test_code_columns_nest_class_section_and_item() -> None:
    table = tab_table(
        ACCOUNT_HEADER
        + """
213|||农林水支出|9.00|4.00|5.00
213|03||水利|9.00|4.00|5.00
213|03|01|行政运行|4.00|4.00|
213|03|04|水利行业业务管理|5.00||5.00
221|||住房保障支出|2.00|2.00|
|||总计|11.00|6.00|5.00
"""
    )
    assert [(row.code, row.path) for row in table.rows] == [
        ("213", ("农林水支出",)),
        ("21303", ("农林水支出", "水利")),
        ("2130301", ("农林水支出", "水利", "行政运行")),
        ("2130304", ("农林水支出", "水利", "水利行业业务管理")),
        ("221", ("住房保障支出",)),
        ("", ("总计",)),
    ]
    assert [row.total for row in table.rows] == [False] * 5 + [True]
    assert leaf_figures(table, "水利行业业务管理") == {"合计": "5.00", "项目支出": "5.00"}


def test_a_code_glued_to_its_name_is_taken_off() -> None:
    table = tab_table(
        """
科目代码|科目名称|合计|人员经费|公用经费
301|工资福利支出|3.00|3.00|
301|01 基本工资|2.00|2.00|
301|13 住房公积金|1.00|1.00|
|总计|3.00|3.00|
"""
    )
    assert [(row.code, row.path[-1]) for row in table.rows[1:3]] == [
        ("30101", "基本工资"),
        ("30113", "住房公积金"),
    ]
    assert leaf_figures(table, "住房公积金") == {"合计": "1.00", "人员经费": "1.00"}


def test_an_item_printed_under_the_code_of_its_section_is_nested_in_it() -> None:
    table = tab_table(
        """
科目代码||科目名称|合计|基本支出|项目支出
213||农林水支出|9.00|4.00|5.00
213|03|水利|9.00|4.00|5.00
213|03|行政运行|4.00|4.00|
213|03|河湖管护|5.00||5.00
||总计|9.00|4.00|5.00
"""
    )
    assert row_of(table, "河湖管护").path == ("农林水支出", "水利", "河湖管护")
    assert row_of(table, "行政运行").path == ("农林水支出", "水利", "行政运行")
    assert not audit(table)[1]


PAGES = (
    f"""{ACCOUNT_HEADER}
213|||农林水支出|9.00|4.00|5.00
213|03||水利|9.00|4.00|5.00
""",
    f"""{ACCOUNT_HEADER}
213|03|01|行政运行|4.00|4.00|
213|03|04|水利行业业务管理|5.00||5.00
|||总计|9.00|4.00|5.00
""",
)


def test_a_continuation_page_with_its_header_repeated_is_one_table() -> None:
    table = tab_table(*PAGES)
    assert [row.path[-1] for row in table.rows] == [
        "农林水支出", "水利", "行政运行", "水利行业业务管理", "总计",
    ]  # fmt: skip
    assert row_of(table, "行政运行").path == ("农林水支出", "水利", "行政运行")


def test_a_continuation_page_without_a_caption_is_joined_too() -> None:
    text = caption() + tabbed(PAGES[0]) + "\n编制部门：青岭市水务局\n\n单位：万元\n\n" + tabbed(PAGES[1])
    (table,) = tab_document(text).tables
    assert row_of(table, "水利行业业务管理").path == ("农林水支出", "水利", "水利行业业务管理")


def test_a_page_number_between_two_pages_does_not_part_them() -> None:
    (table,) = tab_document(caption() + tabbed(PAGES[0]) + "\n— 12 —\n\n" + tabbed(PAGES[1])).tables
    assert len(table.rows) == 5


def test_a_table_of_another_title_is_another_table() -> None:
    text = caption() + tabbed(PAGES[0]) + caption("表 5", "一般公共预算支出情况表") + tabbed(PAGES[1])
    assert [table.title for table in tab_document(text).tables] == [
        "部门支出总体情况表",
        "一般公共预算支出情况表",
    ]


def test_a_name_broken_by_the_page_is_given_back_to_its_row() -> None:
    table = tab_table(
        """
类|款|项|科目名称|项目名称|合计|商品和服务支出
213|03|04|水利行业业务管理|青岭市河湖巡查与堤防|5.00|5.00
""",
        """
类|款|项|科目名称|项目名称|合计|商品和服务支出
||||日常养护经费||
213|03|05|水利工程建设|水库除险项目|2.00|2.00
|||总计||7.00|7.00
""",
    )
    assert [row.project for row in table.rows] == ["青岭市河湖巡查与堤防日常养护经费", "水库除险项目", ""]
    first = table.rows[0].span
    assert first.last > first.first


def test_a_name_broken_inside_the_page_is_given_back_to_its_row() -> None:
    table = tab_table(
        ACCOUNT_HEADER
        + """
208|||社会保障和就业支出|3.00|3.00|
208|05||行政事业单位养老支出|3.00|3.00|
208|05|05|机关事业单位基本养老|3.00|3.00|
|||保险缴费支出|||
|||总计|3.00|3.00|
"""
    )
    row = row_of(table, "机关事业单位基本养老保险缴费支出")
    assert row.code == "2080505"
    assert row.span.last == row.span.first + 1
    assert len(table.rows) == 4


def test_a_total_row_is_never_the_rest_of_the_row_before() -> None:
    table = tab_table(PAGES[0], f"{ACCOUNT_HEADER}|||总计|9.00|4.00|5.00")
    assert row_of(table, "水利").path[-1] == "水利"
    assert row_of(table, "总计").total


def test_a_row_that_slipped_a_column_is_put_right_by_arithmetic() -> None:
    table = tab_table(
        ACCOUNT_HEADER
        + """
213|||农林水支出|9.00|4.00|5.00
213|03||水利|9.00|4.00|5.00
213|03|01|行政运行|4.00|4.00|
213|03|04|水利行业业务管理|5.00|5.00|
|||总计|9.00|4.00|5.00
"""
    )
    assert leaf_figures(table, "水利行业业务管理") == {"合计": "5.00", "项目支出": "5.00"}
    assert not audit(table)[1]


def test_a_row_whose_own_sum_betrays_the_slip_is_put_right() -> None:
    table = tab_table(
        ACCOUNT_HEADER
        + """
213|||农林水支出||5.00|5.00
|||总计|5.00||5.00
"""
    )
    assert leaf_figures(table, "农林水支出") == {"合计": "5.00", "项目支出": "5.00"}


def test_rows_that_add_up_as_printed_are_left_as_printed() -> None:
    body = "213|||农林水支出|9.00|9.00|\n221|||住房保障支出|9.00||9.00\n|||总计|18.00|9.00|9.00"
    table = tab_table(ACCOUNT_HEADER + body)
    assert leaf_figures(table, "农林水支出") == {"合计": "9.00", "基本支出": "9.00"}
    assert leaf_figures(table, "住房保障支出") == {"合计": "9.00", "项目支出": "9.00"}


def test_sums_that_do_not_close_are_kept_as_printed_and_reported() -> None:
    table = tab_table(ACCOUNT_HEADER + "213|||农林水支出|9.00|4.00|4.00\n|||总计|9.00|4.00|4.00")
    assert leaf_figures(table, "农林水支出") == {"合计": "9.00", "基本支出": "4.00", "项目支出": "4.00"}
    assert {(found.kind, found.printed, found.computed) for found in audit(table)[1]} >= {("行合计", 9, 8)}


def test_rows_that_lost_their_blank_cells_are_placed_by_arithmetic() -> None:
    table = tab_table(
        """
科目编码|科目名称|支出预算|支出预算|支出预算
||合计|基本支出|项目支出
※|※|1|2|3
总计|11.00|6.00|5.00
213|农林水支出|9.00|4.00|5.00
213|03|水利|9.00|4.00|5.00
213|03|01|行政运行|4.00|4.00
213|03|04|水利行业业务管理|5.00|5.00
221|住房保障支出|2.00|2.00
"""
    )
    assert leaf_figures(table, "行政运行") == {"合计": "4.00", "基本支出": "4.00"}
    assert leaf_figures(table, "水利行业业务管理") == {"合计": "5.00", "项目支出": "5.00"}
    assert leaf_figures(table, "住房保障支出") == {"合计": "2.00", "基本支出": "2.00"}
    assert row_of(table, "水利行业业务管理").code == "2130304"


LACKS_A_COLUMN = """
科目代码|||科目名称|总计|财政拨款||单位资金
类|款|项|||小计|一般公共预算|
※|※|※|※|1|2|3|4|5
"""


def test_figures_under_a_header_that_lacks_a_column_are_placed_by_arithmetic() -> None:
    table = tab_table(
        LACKS_A_COLUMN
        + """213|||农林水支出|9.00|7.00|7.00||2.00
221|||住房保障支出|1.00|1.00|1.00||
|||总计|10.00|8.00|8.00||2.00
"""
    )
    assert leaf_figures(table, "农林水支出") == {
        "总计": "9.00", "小计": "7.00", "一般公共预算": "7.00", "单位资金": "2.00",
    }  # fmt: skip
    assert leaf_figures(table, "住房保障支出") == {"总计": "1.00", "小计": "1.00", "一般公共预算": "1.00"}


def test_a_figure_of_a_column_without_a_name_is_never_given_to_its_neighbour() -> None:
    body = "213|||农林水支出|9.00|7.00|4.00|3.00|2.00\n|||总计|9.00|7.00|4.00|3.00|2.00"
    table = tab_table(LACKS_A_COLUMN + body)
    assert leaf_figures(table, "农林水支出").get("单位资金") in ("2.00", None)


SIDES = """
收入||支出|
项目|预算数|科目名称|预算数
一、本年收入|8.00|213 农林水支出|9.00
1. 一般公共预算拨款|7.00|221 住房保障支出|
其中：一般财力|6.00|224 灾害防治及应急管理支出|
上级转移支付|1.00||
2. 单位资金|1.00||
二、上年结转结余|1.00||
收入总计|9.00|支出总计|9.00
"""


def test_two_tables_side_by_side_come_out_as_two() -> None:
    income, spending = tab_document(caption("表 1", "部门收支总体情况表") + tabbed(SIDES)).tables
    assert income.header == (("收入", "预算数"),)
    assert spending.header == (("支出", "预算数"),)
    assert figures_of(income, row_of(income, "收入总计")) == {"收入/预算数": "9.00"}
    assert figures_of(spending, row_of(spending, "支出总计")) == {"支出/预算数": "9.00"}
    assert (row_of(spending, "农林水支出").code, income.rows[0].code) == ("213", "")


def test_rows_after_of_which_belong_to_the_row_above() -> None:
    income, _ = tab_document(caption("表 1", "部门收支总体情况表") + tabbed(SIDES)).tables
    assert row_of(income, "一般财力").path == ("本年收入", "一般公共预算拨款", "一般财力")
    assert row_of(income, "上级转移支付").path == ("本年收入", "一般公共预算拨款", "上级转移支付")
    assert row_of(income, "单位资金").path == ("本年收入", "单位资金")
    assert row_of(income, "上年结转结余").path == ("上年结转结余",)
    assert not audit(income)[1]


def test_unnumbered_rows_after_of_which_are_its_siblings() -> None:
    table = tab_table(
        """
“三公”经费支出内容|合计|一般公共预算|政府性基金
因公出国（境）费用|||
公务接待费|1.40|1.40|
公务用车购置及运行费（小计）|24.00|24.00|
其中：公务用车购置|||
公务用车运行费|24.00|24.00|
总计|25.40|25.40|
"""
    )
    whole = "公务用车购置及运行费（小计）"
    assert row_of(table, "公务用车购置").path == (whole, "公务用车购置")
    assert row_of(table, "公务用车运行费").path == (whole, "公务用车运行费")
    assert row_of(table, "公务接待费").path == ("公务接待费",)
    assert figures_of(table, row_of(table, "因公出国（境）费用")) == {}
    assert not audit(table)[1]


UNITS = """
类|款|项|科目名称|项目名称|合计|商品和服务支出
|||青岭市水务局||5.00|5.00
213|||农林水支出||5.00|5.00
213|03|04|水利行业业务管理|巡河经费|5.00|5.00
|||青岭市水文信息中心||2.00|2.00
213|||农林水支出||2.00|2.00
213|03|04|水利行业业务管理|巡河经费|2.00|2.00
|||总计||7.00|7.00
"""


def test_rows_belong_to_the_unit_named_above_them() -> None:
    table = tab_table(UNITS)
    assert [(row.subunit, row.project) for row in table.rows] == [
        ("青岭市水务局", ""),
        ("青岭市水务局", ""),
        ("青岭市水务局", "巡河经费"),
        ("青岭市水文信息中心", ""),
        ("青岭市水文信息中心", ""),
        ("青岭市水文信息中心", "巡河经费"),
        ("", ""),
    ]
    assert row_of(table, "总计").total
    assert not audit(table)[1]


def test_the_caption_gives_number_title_unit_and_department() -> None:
    (table,) = tab_document(caption("表 3", unit="元") + tabbed(PAGES[0])).tables
    assert (table.number, table.title, table.unit) == ("表3", "部门支出总体情况表", "元")
    assert table.entity == "青岭市水务局"


def test_department_and_unit_on_one_caption_line_are_told_apart() -> None:
    text = "表 3\n\n部门支出总体情况表\n\n编制部门：青岭市水务局 单位：千元\n\n" + tabbed(PAGES[0])
    (table,) = tab_document(text).tables
    assert (table.entity, table.unit) == ("青岭市水务局", "千元")


def test_a_table_said_to_be_empty_keeps_its_columns_and_its_blank_total() -> None:
    text = (
        caption("表 8", "政府性基金预算支出情况表")
        + tabbed(ACCOUNT_HEADER + "|||总计|||")
        + "\n青岭市水务局没有政府性基金预算的支出，相应的表是空表。\n"
    )
    document = tab_document(text)
    (table,) = document.tables
    assert len(table.header) == 3
    assert [row.path for row in table.rows] == [("总计",)]
    facts = document_facts(document)
    blank = [fact for fact in facts if fact.table]
    assert blank and all(fact.value is None and fact.text == "" for fact in blank)
    assert [fact.value for fact in facts if not fact.table and "政府性基金" in fact.item] == [0]


def test_every_cell_is_a_fact_and_a_blank_one_has_no_value() -> None:
    document = tab_document(caption() + tabbed(ACCOUNT_HEADER + "213|||农林水支出|1,234.50||1,234.50"))
    facts = document_facts(document)
    assert [(fact.measure, fact.text, fact.value) for fact in facts] == [
        ("合计", "1,234.50", pytest.approx(1234.5)),
        ("基本支出", "", None),
        ("项目支出", "1,234.50", pytest.approx(1234.5)),
    ]
    for fact in facts:
        assert (fact.entity, fact.year, fact.account, fact.unit) == ("青岭市水务局", 2025, "预算", "万元")
        assert fact.quote == document.lines[fact.span.first - 1]
        assert fact.code == "213"


def test_spaces_inside_figures_are_taken_out_and_the_quote_stays_verbatim() -> None:
    document = tab_document(caption() + tabbed("项目|预算数\n水 费|52544 2.08\n电费|（1.50）"))
    first, second = document_facts(document)
    assert (first.item, str(first.value)) == ("水费", "525442.08")
    assert "52544 2.08" in first.quote
    assert str(second.value) == "-1.50"


@pytest.mark.parametrize(
    "words", ["序号|名称\n一|水文信息中心\n二|河道管护站", "科目代码|科目名称\n213|农林水支出\n221|住房支出"]
)
def test_a_table_of_words_alone_gives_no_figures_and_does_no_harm(words: str) -> None:
    text = "表 13\n\n编码与名称情况表\n\n" + tabbed(words) + caption() + tabbed(PAGES[0])
    figures = [fact for fact in document_facts(tab_document(text)) if fact.value]
    assert {fact.table for fact in figures} == {"表3 部门支出总体情况表"}


CELLS = st.sampled_from(
    ["", "", "科目名称", "合计", "总计", "基本支出", "项目支出", "项目名称", "类", "款", "※", "1", "2", "213"]
    + ["03", "水利", "农林水支出", "01 基本工资", "青岭市水文信息中心", "其中：一般财力", "1. 单位资金"]
    + ["5.00", "4.00", "9.00", "三级指标", "指标值", "产出指标", "数量指标", "≥36 次", "计划标准", "联系电话"]
    + ["<p>", "（1.50）", "—"]
)
ROWS = st.lists(CELLS, min_size=2, max_size=9).map("|".join)
GRIDS = st.lists(ROWS, min_size=1, max_size=12).map("\n".join)


@given(GRIDS, GRIDS)
def test_whatever_a_grid_holds_every_figure_stands_in_the_line_it_cites(one: str, other: str) -> None:
    document = tab_document(caption() + tabbed(one) + "\n\n" + tabbed(other))
    for fact in document_facts(document):
        if fact.table and fact.value is not None:
            cited = "".join(document.lines[fact.span.first - 1 : fact.span.last])
            assert clean(fact.text) in squash(clean(cited))


# -- performance tables -----------------------------------------------------------------------------

HEAD = """
预算单位|青岭市水文信息中心|项目名称|巡河经费||||
项目负责人|张某某|联系电话|13800000000||||
年度预算总额|12.50|||||||
其中：财政拨款|12.50|||||||
其他资金|0.00|||||||
项目总体目标|全年巡河不断线。|||||||
"""
INDICATORS = "一级指标|二级指标|三级指标|指标值|指标值设置依据|上年完成值|指标分值权重|指标赋分规则|佐证资料"
WORK = "计划标准|30 次|10|按照完成比例赋分|工作资料"


def performance(*body: str) -> str:
    """Return a performance table with these indicator rows."""
    rows = (HEAD.strip("\n"), INDICATORS, *body)
    return "\n项目支出绩效目标表\n\n" + tabbed("\n".join(rows))


def indicators(*body: str) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    """Return for each indicator its group and its cells."""
    table = tab_document(performance(*body)).tables[-1]
    return {row.path[-1]: (row.path[:-1], figures_of(table, row)) for row in table.rows}


def test_the_head_of_a_performance_table_gives_unit_project_funds_and_goal() -> None:
    head, body = tab_document(performance(f"产出指标|数量指标|巡河次数|≥36 次|{WORK}")).tables
    assert (head.project, head.subunit) == ("巡河经费", "青岭市水文信息中心")
    assert (body.project, body.subunit) == ("巡河经费", "青岭市水文信息中心")
    funds = {row.path[-1]: row.cells[0].text for row in head.rows}
    assert funds["年度预算总额"] == "12.50"
    assert funds["财政拨款"] == "12.50"
    assert funds["其他资金"] == "0.00"
    assert "全年巡河不断线。" in funds.values()


def test_persons_and_their_numbers_are_left_out_of_everything() -> None:
    facts = document_facts(tab_document(performance(f"产出指标|数量指标|巡河次数|≥36 次|{WORK}")))
    kept = "\n".join(f"{fact.item} {fact.text} {fact.quote}" for fact in facts)
    assert facts
    for private in ("张某某", "13800000000", "负责人", "联系电话"):
        assert private not in kept


def test_group_names_are_carried_down_to_rows_that_leave_them_blank() -> None:
    found = indicators(
        f"产出指标|数量指标|巡河次数|≥36 次|{WORK}",
        f"||堤防养护长度|≥12 公里|{WORK}",
        f"|质量指标|养护合格率|≥95%|{WORK}",
        f"效益指标|社会效益指标|群众安全感|明显提高|{WORK}",
    )
    assert found["堤防养护长度"][0] == ("产出指标", "数量指标")
    assert found["养护合格率"][0] == ("产出指标", "质量指标")
    assert found["群众安全感"][0] == ("效益指标", "社会效益指标")


@pytest.mark.parametrize(
    "row",
    [
        f"产出指标|数量指标||巡河次数|≥36 次|{WORK}",
        f"产出指标||数量指标|巡河次数|≥36 次|{WORK}",
        f"|产出指标|数量指标|巡河次数|≥36 次|{WORK}",
    ],
)
def test_an_indicator_row_that_slipped_sideways_is_read_by_its_words(row: str) -> None:
    path, cells = indicators(row)["巡河次数"]
    assert path == ("产出指标", "数量指标")
    assert (cells["指标值"], cells["上年完成值"], cells["指标分值权重"]) == ("≥36次", "30次", "10")


@pytest.mark.parametrize(
    ("printed", "comparator", "value", "unit"),
    [
        (r"$\geq 95\%$", "≥", "95", "%"),
        ("<p>= 100%</p>", "=", "100", "%"),
        ("> =4000 0 人", "≥", "40000", "人"),
        ("<=3.5 万元", "≤", "3.5", "万元"),
        ("＜2 天", "<", "2", "天"),
    ],
)
def test_a_target_is_a_comparison_a_figure_and_a_unit(
    printed: str, comparator: str, value: str, unit: str
) -> None:
    facts = document_facts(tab_document(performance(f"产出指标|数量指标|巡河次数|{printed}|{WORK}")))
    (target,) = [fact for fact in facts if fact.item == "巡河次数" and fact.measure == "指标值"]
    assert (target.comparator, str(target.value), target.unit) == (comparator, value, unit)
    (before,) = [fact for fact in facts if fact.item == "巡河次数" and fact.measure == "上年完成值"]
    assert (str(before.value), before.unit) == ("30", "次")


@pytest.mark.parametrize("words", ["持续提高", "2025年12月20日前", "—"])
def test_a_target_in_words_has_no_value(words: str) -> None:
    facts = document_facts(tab_document(performance(f"产出指标|时效指标|完成时间|{words}|{WORK}")))
    (target,) = [fact for fact in facts if fact.item == "完成时间" and fact.measure == "指标值"]
    assert (target.value, target.unit, target.text) == (None, "", words)


def test_an_indicator_broken_by_the_page_is_given_back_to_its_row() -> None:
    first = performance(f"产出指标|数量指标|巡河次数|≥36 次|{WORK}", f"||堤防养|≥12 公里|{WORK}")
    second = tabbed(f"||护长度||||||\n||清淤次数|≥2 次|{WORK}")
    table = tab_document(first + "\n\n" + second).tables[-1]
    assert [row.path[-1] for row in table.rows] == ["巡河次数", "堤防养护长度", "清淤次数"]
    assert figures_of(table, table.rows[1])["指标值"] == "≥12公里"


def test_an_indicator_broken_inside_the_page_is_one_row() -> None:
    found = indicators(
        f"产出指标|数量指标|巡河次数|≥36 次|{WORK}",
        "效益|社会|保障沿河群众的用水，|有效|计划标准|有效|20|按评判等级|工作资料",
        "指标|效益指标|促进水环境改善|改善||改善||赋分|",
    )
    path, cells = found["保障沿河群众的用水，促进水环境改善"]
    assert path == ("效益指标", "社会效益指标")
    assert (cells["指标值"], cells["指标分值权重"]) == ("有效改善", "20")
    assert len(found) == 2


def test_a_second_performance_table_starts_a_table_of_its_own() -> None:
    one = performance(f"产出指标|数量指标|巡河次数|≥36 次|{WORK}")
    other = one.replace("巡河经费", "堤防养护经费").replace("巡河次数", "养护长度")
    tables = tab_document(one + other).tables
    assert [table.project for table in tables] == ["巡河经费"] * 2 + ["堤防养护经费"] * 2
