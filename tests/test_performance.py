"""Performance tables of other layouts: names outside the vocabulary, wrapped cells, pages, column names."""

from __future__ import annotations

import pytest
from disclosures import figures_of, tab_document, tabbed

from index.document import Table
from index.facts import document_facts

CENTRE = "青岭市水文信息中心"
HEAD = f"""
主管部门|青岭市水务局|实施单位|{CENTRE}|||
项目名称|巡河经费|||||
年度预算|12.50|||||
"""
COLUMNS = "一级指标|二级指标|三级指标|指标值|指标值来源|分值|评分方法"
WORK = "计划标准|10|按比例赋分"
FIRST = f"产出指标|数量指标|巡河次数|≥36 次|{WORK}"


def performance(*body: str, head: str = HEAD, columns: str = COLUMNS) -> str:
    """Return a performance table with these indicator rows."""
    return "\n项目支出绩效目标表\n\n" + tabbed("\n".join((head.strip("\n"), columns, *body)))


def indicators(text: str) -> Table:
    """Return the indicators of the one performance table of a text."""
    head, body = tab_document(text).tables
    assert head.header == (("金额",),)
    return body


def paths(*body: str) -> list[tuple[str, ...]]:
    """Return the paths of these indicator rows."""
    return [row.path for row in indicators(performance(*body)).rows]


# -- names by their position ------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["生态效益", "服务对象满意度", "巡查任务", "经济效益"])
def test_a_second_level_outside_the_vocabulary_is_read_by_its_place(second: str) -> None:
    found = paths(FIRST, f"效益指标|{second}|水质达标|≥90%|{WORK}")
    assert found[1] == ("效益指标", second, "水质达标")


def test_a_first_level_outside_the_vocabulary_is_read_by_its_place() -> None:
    assert paths(FIRST, f"工作成效|河湖面貌|水质达标|≥90%|{WORK}")[1] == ("工作成效", "河湖面貌", "水质达标")


def test_a_blank_second_level_is_that_of_the_row_above() -> None:
    found = paths(f"效益指标|生态效益|水质达标|≥90%|{WORK}", f"||岸线整洁|≥80%|{WORK}")
    assert found[1] == ("效益指标", "生态效益", "岸线整洁")


def test_a_new_first_level_ends_the_second_level_above() -> None:
    found = paths(f"效益指标|生态效益|水质达标|≥90%|{WORK}", f"满意度指标||群众满意|≥95%|{WORK}")
    assert found[1] == ("满意度指标", "群众满意")


def test_a_second_level_in_the_first_column_is_still_a_second_level() -> None:
    assert paths(FIRST, f"质量指标||合格率|≥90%|{WORK}")[1] == ("产出指标", "质量指标", "合格率")


# -- cells wrapped over two rows --------------------------------------------------------------------


def test_the_rest_of_an_indicator_in_the_next_row_is_given_back() -> None:
    table = indicators(
        performance(
            f"产出指标|数量指标|巡查河道堤防|≥36 次|{WORK}",
            "||总长度||||",
            f"|质量指标|沿河村庄（社区）防汛|≥90%|{WORK}",
            "||知识知晓率|||",
        )
    )
    assert [row.path for row in table.rows] == [
        ("产出指标", "数量指标", "巡查河道堤防总长度"),
        ("产出指标", "质量指标", "沿河村庄（社区）防汛知识知晓率"),
    ]
    assert figures_of(table, table.rows[0])["指标值"] == "≥36次"
    assert table.rows[0].span.last == table.rows[0].span.first + 1


def test_the_rest_of_a_second_level_in_the_next_row_is_given_back() -> None:
    found = paths(FIRST, f"效益指标|社会效|群众安全感|明显提高|{WORK}", "|益指标|||||")
    assert found[1:] == [("效益指标", "社会效益指标", "群众安全感")]


def test_the_rest_of_two_cells_in_one_row_goes_to_both() -> None:
    table = indicators(
        performance("产出指标|数量指标|巡查河道|≥36 次|计划标准|10|按完成比", "||总长度||||例赋分")
    )
    (row,) = table.rows
    assert row.path[-1] == "巡查河道总长度"
    assert figures_of(table, row)["评分方法"] == "按完成比例赋分"


def test_a_row_with_a_target_of_its_own_is_no_rest() -> None:
    assert [path[-1] for path in paths(FIRST, "||清淤次数|≥2 次|||")] == ["巡河次数", "清淤次数"]


# -- pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", ["\n\n", "\n— 12 —\n\n"])
def test_a_page_that_repeats_the_header_keeps_the_project_and_the_group(between: str) -> None:
    table = indicators(
        performance(FIRST) + between + tabbed(f"{COLUMNS}\n|质量指标|合格率|≥90%|{WORK}\n||完好率|≥8%|{WORK}")
    )
    assert [row.path for row in table.rows] == [
        ("产出指标", "数量指标", "巡河次数"),
        ("产出指标", "质量指标", "合格率"),
        ("产出指标", "质量指标", "完好率"),
    ]
    assert {(row.project, row.subunit) for row in table.rows} == {("巡河经费", CENTRE)}


def test_a_page_with_a_head_of_its_own_is_of_another_project() -> None:
    other = performance(FIRST, head=HEAD.replace("巡河经费", "清淤经费"))
    projects = [table.project for table in tab_document(performance(FIRST) + other).tables]
    assert projects == ["巡河经费", "巡河经费", "清淤经费", "清淤经费"]


# -- the unit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "owner"),
    [
        ("主管部门|青岭市水务局|实施单位|青岭市水文信息中心|||", CENTRE),
        ("实施单位|青岭市水文信息中心|主管部门|青岭市水务局|||", CENTRE),
        ("部门名称|青岭市水务局|项目单位|青岭市水文信息中心|||", CENTRE),
        ("主管部门及代码|046|实施单位|青岭市水文信息中心|||", CENTRE),
        ("主管部门|青岭市水务局|||||", "青岭市水务局"),
    ],
)
def test_the_unit_that_does_the_work_is_preferred_to_the_department_above_it(keys: str, owner: str) -> None:
    table = indicators(performance(FIRST, head=f"{keys}\n项目名称|巡河经费|||||\n年度预算|12.50|||||"))
    assert table.subunit == owner
    assert {row.subunit for row in table.rows} == {owner}


# -- column names -----------------------------------------------------------------------------------


def test_columns_that_the_header_merges_leave_their_values_where_they_stand() -> None:
    columns = "一级指标|二级指标|三级指标||指标值||分值|上年完成值"
    table = indicators(
        performance(
            "产出指标|数量指标|巡河次数||≥36 次||10|30 次",
            "|质量指标|达标率||≥95%|||94%",
            columns=columns,
        )
    )
    assert table.header == (("指标值",), ("分值",), ("上年完成值",))
    assert [list(figures_of(table, row).values()) for row in table.rows] == [
        ["≥36次", "10", "30次"],
        ["≥95%", "94%"],
    ]


@pytest.mark.parametrize(
    ("columns", "measures"),
    [
        ("指标值来源|分值|评分方法", ["指标值", "指标值设置依据", "指标分值权重", "指标赋分规则"]),
        ("设定依据|权重|计分规则", ["指标值", "指标值设置依据", "指标分值权重", "指标赋分规则"]),
        ("上年实际值|指标权重|评分标准", ["指标值", "上年完成值", "指标分值权重", "指标赋分规则"]),
        ("指标值设置依据|备注|分值", ["指标值", "指标值设置依据", "备注", "指标分值权重"]),
    ],
)
def test_columns_of_indicators_have_common_names(columns: str, measures: list[str]) -> None:
    text = performance(FIRST, columns=f"一级指标|二级指标|三级指标|指标值|{columns}")
    facts = [fact for fact in document_facts(tab_document(text)) if fact.item == "巡河次数"]
    assert [(fact.measure, fact.text) for fact in facts] == list(
        zip(measures, ["≥36次", "计划标准", "10", "按比例赋分"], strict=True)
    )


def test_facts_of_indicators_name_the_unit_and_the_project() -> None:
    facts = [fact for fact in document_facts(tab_document(performance(FIRST))) if fact.item == "巡河次数"]
    assert {(fact.subunit, fact.project) for fact in facts} == {(CENTRE, "巡河经费")}
    (target,) = [fact for fact in facts if fact.measure == "指标值"]
    assert (target.comparator, str(target.value), target.unit) == ("≥", "36", "次")
    (weight,) = [fact for fact in facts if fact.measure == "指标分值权重"]
    assert (str(weight.value), weight.unit) == ("10", "")
