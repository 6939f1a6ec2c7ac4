"""Tables of other layouts: codes in one cell, units with codes, wrapped names, columns of words and years."""

from __future__ import annotations

import pytest
from disclosures import ENTITY, caption, leaf_figures, tab_document, tab_table, tabbed

from index.crossfoot import audit
from index.document import Fact, Table
from index.facts import document_facts
from index.text import squash

CENTRE = "青岭市水文信息中心"
ONE_CODE = "科目编码|科目名称|合计|基本支出|项目支出"


def codes_and_paths(table: Table) -> list[tuple[str, tuple[str, ...]]]:
    """Return the code and the path of every row."""
    return [(row.code, row.path) for row in table.rows]


def facts_of(rows: str, title: str = "部门支出总体情况表") -> list[Fact]:
    """Return the facts of one captioned table."""
    return document_facts(tab_document(caption(title=title) + tabbed(rows)))


def fact_of(facts: list[Fact], item: str, measure: str) -> Fact:
    """Return the one fact of an item's measure."""
    (found,) = [fact for fact in facts if (fact.item, fact.measure) == (item, measure)]
    return found


# -- codes ------------------------------------------------------------------------------------------


def test_a_code_that_holds_all_levels_nests_its_row() -> None:
    table = tab_table(
        ONE_CODE
        + """
205|教育支出|3.00|1.00|2.00
20508|进修及培训|3.00|1.00|2.00
2050801|教师进修|1.00|1.00|
2050803|培训支出|2.00||2.00
213|农林水支出|2.00|2.00|
|合计|5.00|3.00|2.00
"""
    )
    assert codes_and_paths(table) == [
        ("205", ("教育支出",)),
        ("20508", ("教育支出", "进修及培训")),
        ("2050801", ("教育支出", "进修及培训", "教师进修")),
        ("2050803", ("教育支出", "进修及培训", "培训支出")),
        ("213", ("农林水支出",)),
        ("", ("合计",)),
    ]
    assert not audit(table)[1]


def test_an_economic_code_of_five_digits_is_nested_in_that_of_three() -> None:
    table = tab_table(
        """
科目编码|科目名称|合计|人员经费|公用经费
301|工资福利支出|3.00|3.00|
30101|基本工资|2.00|2.00|
30113|住房公积金|1.00|1.00|
302|商品和服务支出|1.00||1.00
30201|办公费|1.00||1.00
|合计|4.00|3.00|1.00
"""
    )
    assert codes_and_paths(table)[1:5] == [
        ("30101", ("工资福利支出", "基本工资")),
        ("30113", ("工资福利支出", "住房公积金")),
        ("302", ("商品和服务支出",)),
        ("30201", ("商品和服务支出", "办公费")),
    ]


@pytest.mark.parametrize("brackets", ["（）", "()", ["", ""]])
def test_a_code_in_front_of_the_name_is_taken_off_brackets_and_all(brackets: str) -> None:
    left, right = brackets
    table = tab_table(
        f"""
科目|合计|基本支出|项目支出
{left}201{right}一般公共服务支出|9.00|4.00|5.00
{left}20103{right}政府办公厅及相关机构事务|9.00|4.00|5.00
{left}2010301{right}行政运行|4.00|4.00|
{left}2010302{right}一般行政管理事务|5.00||5.00
合计|9.00|4.00|5.00
"""
    )
    assert codes_and_paths(table)[:3] == [
        ("201", ("一般公共服务支出",)),
        ("20103", ("一般公共服务支出", "政府办公厅及相关机构事务")),
        ("2010301", ("一般公共服务支出", "政府办公厅及相关机构事务", "行政运行")),
    ]


@pytest.mark.parametrize(("column", "name"), [("", ""), ("|科目名称", "|水利行业业务管理")])
def test_a_code_after_the_name_of_a_project_is_its_code_and_not_its_level(column: str, name: str) -> None:
    table = tab_table(
        f"""
项目名称|科目编码{column}|合计|一般公共预算|政府性基金
巡河经费|2130304{name}|5.00|5.00|
清淤经费|213{name}|4.00|1.00|3.00
堤防经费|21303{name}|1.00|1.00|
合计|{column and "|"}|10.00|7.00|3.00
"""
    )
    coded = [("2130304", ("巡河经费",)), ("213", ("清淤经费",)), ("21303", ("堤防经费",)), ("", ("合计",))]
    assert codes_and_paths(table) == coded
    assert leaf_figures(table, "清淤经费") == {"合计": "4.00", "一般公共预算": "1.00", "政府性基金": "3.00"}


# -- departments and their units --------------------------------------------------------------------

BY_UNIT = f"""{ONE_CODE}
|合计|9.00|4.00|5.00
046|{ENTITY}|9.00|4.00|5.00
046001|{ENTITY}本级|6.00|3.00|3.00
213|农林水支出|6.00|3.00|3.00
21303|水利|6.00|3.00|3.00
2130301|行政运行|6.00|3.00|3.00
046002|{CENTRE}|3.00|1.00|2.00
213|农林水支出|3.00|1.00|2.00
21303|水利|3.00|1.00|2.00
2130304|水利行业业务管理|3.00|1.00|2.00
"""


def test_rows_under_a_unit_with_a_code_are_that_units_accounts() -> None:
    steps = [(row.subunit, "/".join(row.path)) for row in tab_table(BY_UNIT).rows]
    assert steps[3:6] == [
        (f"{ENTITY}本级", "农林水支出"),
        (f"{ENTITY}本级", "农林水支出/水利"),
        (f"{ENTITY}本级", "农林水支出/水利/行政运行"),
    ]
    assert steps[7:] == [
        (CENTRE, "农林水支出"),
        (CENTRE, "农林水支出/水利"),
        (CENTRE, "农林水支出/水利/水利行业业务管理"),
    ]


def test_the_row_of_a_unit_is_about_the_units_whole_spending() -> None:
    facts = facts_of(BY_UNIT, "支出总表")
    units = {fact.subunit: fact for fact in facts if fact.code.startswith("046") and fact.measure == "合计"}
    figures = {unit: str(fact.value) for unit, fact in units.items()}
    assert figures == {ENTITY: "9.00", f"{ENTITY}本级": "6.00", CENTRE: "3.00"}
    assert {fact.item for fact in units.values()} == {"支出总计"}


def test_units_alone_are_no_accounts_of_each_other() -> None:
    table = tab_table(
        f"""
单位代码|单位名称|合计|基本支出|项目支出
046|{ENTITY}|9.00|4.00|5.00
046001|{ENTITY}本级|6.00|3.00|3.00
046002|{CENTRE}|3.00|1.00|2.00
|合计|9.00|4.00|5.00
"""
    )
    assert [row.path for row in table.rows] == [(ENTITY,), (f"{ENTITY}本级",), (CENTRE,), ("合计",)]
    assert [row.subunit for row in table.rows] == [ENTITY, f"{ENTITY}本级", CENTRE, ""]


def test_units_without_codes_stand_above_accounts_too() -> None:
    table = tab_table(
        f"""
科目名称|合计|基本支出|项目支出
合计|9.00|4.00|5.00
{ENTITY}本级|6.00|3.00|3.00
农林水支出|6.00|3.00|3.00
{CENTRE}|3.00|1.00|2.00
农林水支出|3.00|1.00|2.00
"""
    )
    assert [row.subunit for row in table.rows] == ["", f"{ENTITY}本级", f"{ENTITY}本级", CENTRE, CENTRE]
    assert [row.path for row in table.rows][2::2] == [("农林水支出",), ("农林水支出",)]


# -- columns of words and quantities ----------------------------------------------------------------

PURCHASES = """
项目名称|项目类别|采购类别|是否预留|采购数量|采购金额
巡查无人机|特定目标类|货物|是|12台|3.60
水质监测服务|其他运转类|服务|否|2 项|1.40
"""


def test_columns_of_words_beside_figures_are_cells() -> None:
    table = tab_table(PURCHASES)
    kept = {"项目类别": "特定目标类", "采购类别": "货物", "是否预留": "是"}
    assert leaf_figures(table, "巡查无人机") == {**kept, "采购数量": "12台", "采购金额": "3.60"}
    assert leaf_figures(table, "水质监测服务")["采购类别"] == "服务"


def test_words_are_statements_without_figure_and_unit() -> None:
    found = fact_of(facts_of(PURCHASES, "政府采购预算表"), "水质监测服务", "项目类别")
    assert (found.text, found.value, found.unit) == ("其他运转类", None, "")


@pytest.mark.parametrize(("item", "value", "unit"), [("巡查无人机", "12", "台"), ("水质监测服务", "2", "项")])
def test_a_quantity_has_its_own_unit(item: str, value: str, unit: str) -> None:
    facts = facts_of(PURCHASES, "政府采购预算表")
    found = fact_of(facts, item, "采购数量")
    assert (str(found.value), found.unit) == (value, unit)
    assert fact_of(facts, item, "采购金额").unit == "万元"


# -- headers ----------------------------------------------------------------------------------------


def test_a_header_cell_wrapped_over_two_rows_is_one_name() -> None:
    table = tab_table(
        """
单位名称|因公出国（境）费|公务用车购置及运|公务
||行维护费|接待费
青岭市水务局|1.00|2.00|3.00
合计|1.00|2.00|3.00
"""
    )
    assert table.header == (("因公出国（境）费",), ("公务用车购置及运行维护费",), ("公务接待费",))
    assert leaf_figures(table, "合计")["公务接待费"] == "3.00"


def test_a_group_of_columns_is_not_taken_for_a_wrapped_name() -> None:
    table = tab_table("单位名称|公务用车||公务\n|购置费|运行费|接待费\n合计|1.00|2.00|3.00")
    assert table.header == (("公务用车", "购置费"), ("公务用车", "运行费"), ("公务接待费",))


def test_header_words_printed_one_character_a_cell_name_both_sides() -> None:
    income, spending = tab_document(
        caption("表 1", "部门收支总体情况表")
        + tabbed(
            """
收|入|支|出
项目|预算数|项目|预算数
一、一般公共预算拨款|8.00|一、农林水支出|9.00
二、单位资金|1.00||
收入总计|9.00|支出总计|9.00
"""
        )
    ).tables
    assert (income.header, spending.header) == ((("收入", "预算数"),), (("支出", "预算数"),))
    assert [row.path[-1] for row in income.rows] == ["一般公共预算拨款", "单位资金", "收入总计"]
    assert [row.path[-1] for row in spending.rows] == ["农林水支出", "支出总计"]


# -- wrapped names and children ---------------------------------------------------------------------


@pytest.mark.parametrize("rest", ["）费用|||", "）费用"])
def test_the_rest_of_a_name_that_closes_its_bracket_is_given_back(rest: str) -> None:
    table = tab_table(
        f"""
科目名称|预算数|基本支出|项目支出
因公出国（境|1.00|1.00|
{rest}
水费|1.00|1.00|
合计|2.00|2.00|
"""
    )
    assert [row.path for row in table.rows] == [("因公出国（境）费用",), ("水费",), ("合计",)]
    assert leaf_figures(table, "因公出国（境）费用") == {"预算数": "1.00", "基本支出": "1.00"}
    assert table.rows[0].span.last == table.rows[0].span.first + 1


def test_a_name_glued_to_its_code_gets_its_rest_back() -> None:
    table = tab_table(
        """
科目|合计|基本支出|项目支出
213农林水支出|9.00|4.00|5.00
2130301机关运行（参公|4.00|4.00|
管理）支出
2130304水利行业业务管理|5.00||5.00
总计|9.00|4.00|5.00
"""
    )
    names = [row.path[-1] for row in table.rows]
    assert names == ["农林水支出", "机关运行（参公管理）支出", "水利行业业务管理", "总计"]


def test_a_whole_name_without_figures_is_no_rest_of_the_name_above() -> None:
    table = tab_table("科目名称|预算数|基本支出\n因公出国（境）费|1.00|1.00\n水费||\n合计|1.00|1.00")
    assert [row.path[-1] for row in table.rows] == ["因公出国（境）费", "水费", "合计"]


def test_children_that_are_indented_below_of_which_share_their_parent() -> None:
    table = tab_table(
        """
项目|预算数|上年数
一、本年收入|9.00|8.00
　　其中：一般财力|6.00|5.00
　　　　　上级转移支付|3.00|3.00
二、上年结转|1.00|1.00
收入总计|10.00|9.00
"""
    )
    paths = ["/".join(row.path) for row in table.rows]
    assert paths == ["本年收入", "本年收入/一般财力", "本年收入/上级转移支付", "上年结转", "收入总计"]


# -- columns of years, changes and counts -----------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "measure", "year"),
    [
        ("2024年预算数", "预算数", 2024),
        ("2023年度决算数", "决算数", 2023),
        ("上年预算数", "上年预算数", 2024),
        ("2025年预算数", "预算数", 2025),
        ("预算数", "预算数", 2025),
    ],
)
def test_a_column_of_another_year_gives_facts_of_that_year(column: str, measure: str, year: int) -> None:
    found = fact_of(facts_of(f"项目|{column}|余额\n水费|8.00|3.00\n合计|8.00|3.00"), "水费", measure)
    assert (found.year, str(found.value)) == (year, "8.00")


def test_two_years_side_by_side_are_told_apart() -> None:
    facts = facts_of("科目编码|科目名称|2024年预算数|2025年预算数\n213|农林水支出|8.00|10.00")
    told = [(fact.measure, fact.year, str(fact.value)) for fact in facts]
    assert told == [("预算数", 2024, "8.00"), ("预算数", 2025, "10.00")]


@pytest.mark.parametrize(
    ("column", "measure", "unit"),
    [
        ("增减额", "增减额", "万元"),
        ("增减金额", "增减额", "万元"),
        ("增减额（元）", "增减额", "元"),
        ("增减率（%）", "增减率", "%"),
        ("增减率", "增减率", "%"),
        ("增减比例", "增减率", "%"),
        ("增减幅度（%）", "增减率", "%"),
        ("占比", "占比", "%"),
    ],
)
def test_columns_of_changes_have_a_common_name_and_their_unit(column: str, measure: str, unit: str) -> None:
    facts = facts_of(f"项目|预算数|{column}\n水费|8.00|2.00\n合计|8.00|2.00")
    assert fact_of(facts, "水费", measure).unit == unit


@pytest.mark.parametrize(
    ("column", "unit"),
    [("在职人数", "人"), ("编制数", "人"), ("车辆数", "辆"), ("办公用房面积", "平方米"), ("经费", "万元")],
)
def test_a_count_has_its_own_unit(column: str, unit: str) -> None:
    facts = facts_of(f"单位名称|{column}|预算数\n青岭河管护站|38|9.50\n丙河站|20|1.50", "人员情况表")
    found = fact_of(facts, "青岭河管护站", column)
    assert (str(found.value), found.unit) == ("38", unit)


# -- tables of words, tables without a title --------------------------------------------------------

NATURES = f"单位名称|单位性质|经费保障\n{ENTITY}本级|行政单位|财政全额拨款\n{CENTRE}|公益一类|财政定额补助"


@pytest.mark.parametrize("heading", ["机构设置", "部门预算单位构成"])
def test_a_table_of_words_about_units_is_a_list_of_them(heading: str) -> None:
    document = tab_document(f"第一部分 概况\n\n二、{heading}\n\n" + tabbed(NATURES))
    (names,) = [fact for fact in document_facts(document) if fact.measure == "名单"]
    assert names.item == "预算单位"
    assert names.text == f"{ENTITY}本级，行政单位，财政全额拨款；{CENTRE}，公益一类，财政定额补助"
    assert squash(names.quote) in squash("".join(document.lines))
    assert CENTRE in document.lines[names.span.last - 1]


def test_every_word_of_such_a_table_is_a_statement() -> None:
    facts = document_facts(tab_document("第一部分 概况\n\n二、机构设置\n\n" + tabbed(NATURES)))
    found = fact_of(facts, CENTRE, "单位性质")
    assert (found.text, found.value, found.subunit) == ("公益一类", None, CENTRE)


def test_a_table_of_words_under_another_heading_is_read_but_is_no_list() -> None:
    document = tab_document("第一部分 概况\n\n三、其他说明\n\n" + tabbed(NATURES))
    (table,) = document.tables
    assert table.header == (("单位性质",), ("经费保障",))
    assert not [fact for fact in document_facts(document) if fact.measure == "名单"]


def test_a_table_without_a_title_has_that_of_its_section() -> None:
    rows = f"{ONE_CODE}\n213|农林水支出|9.00|4.00|5.00\n|合计|9.00|4.00|5.00"
    document = tab_document("第三部分 情况说明\n\n二、一般公共预算支出情况\n\n" + tabbed(rows))
    (table,) = document.tables
    assert table.title == "一般公共预算支出情况"
    total = fact_of(document_facts(document), "一般公共预算支出", "合计")
    assert (total.scope, str(total.value)) == ("一般公共预算", "9.00")


def test_a_title_of_its_own_comes_before_that_of_the_section() -> None:
    text = "第三部分 情况说明\n\n二、一般公共预算支出情况\n\n" + caption() + tabbed("项目|预算数\n水费|1.00")
    assert tab_document(text).tables[0].title == "部门支出总体情况表"
