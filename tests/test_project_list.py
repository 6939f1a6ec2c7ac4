"""Which projects there are, and the largest of them."""

from __future__ import annotations

import pytest
from disclosures import COUNTY_PAGE

from index.build import build_index
from qa import Assistant

TEXT = """### 表3 部门支出总体情况表

单位：万元

| 科目名称 | 合计 | 基本支出 | 项目支出 |
|---|---|---|---|
| 农林水支出 | 290.00 | 100.00 | 190.00 |
| 住房保障支出 | 40.00 | 30.00 | 10.00 |
| 合计 | 330.00 | 130.00 | 200.00 |

{projects}
"""
PROJECTS = """### 表7 一般公共预算项目支出情况表

单位：万元

| 类 | 款 | 项 | 科目名称 | 项目名称 | 项目支出合计 | 商品和服务支出 |
|---|---|---|---|---|---|---|
| 213 | 03 | 01 | 行政运行 | 河道保洁经费 | 30.00 | 30.00 |
| 213 | 03 | 02 | 一般行政管理事务 | 河道保洁经费 | 60.00 | 60.00 |
| 213 | 03 | 05 | 水利工程建设 | 水库除险加固 | 80.00 | |
| 213 | 03 | 08 | 水利前期工作 | 农村供水项目 2026 | 30.00 | 30.00 |
| | | | 合计 | | 200.00 | 120.00 |
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("projects")
    (folder / "甲县.md").write_text(COUNTY_PAGE + TEXT.format(projects=PROJECTS), encoding="utf-8")
    other = (COUNTY_PAGE + TEXT.format(projects="")).replace("甲县", "乙县")
    (folder / "乙县.md").write_text(other, encoding="utf-8")
    build_index([folder / "甲县.md", folder / "乙县.md"], folder / "index")
    return Assistant.open(folder / "index")


@pytest.mark.parametrize(
    "question",
    [
        "甲县水务局有哪些项目", "甲县水务局2026年安排了哪些项目，各多少钱", "列出甲县水务局的项目",
        "甲县水务局项目支出明细", "甲县水务局的项目都有哪些",
    ],
)  # fmt: skip
def test_projects_are_listed_each_once_with_its_sum(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    told = [(value.label, str(value.value)) for value in answer.values]
    assert told == [("河道保洁经费", "90.00"), ("水库除险加固", "80.00"), ("农村供水项目2026", "30.00")]
    assert "3 个项目" in answer.text and len(answer.citations) == 4
    assert any("30.00 万元 + " in step for step in answer.steps)


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("甲县水务局哪个项目花钱最多", "河道保洁经费", "90.00"),
        ("甲县水务局哪笔项目的预算最大", "河道保洁经费", "90.00"),
        ("甲县水务局金额最小的项目是什么", "农村供水项目2026", "30.00"),
        ("甲县水务局项目支出里最大的一项是什么", "河道保洁经费", "90.00"),
    ],
)
def test_the_largest_is_a_project_and_no_account(
    assistant: Assistant, question: str, name: str, value: str
) -> None:
    answer = assistant.ask(question)
    assert (answer.value and str(answer.value), answer.unit) == (value, "万元")
    assert name in answer.text
    assert name in answer.citations[0].quote.replace(" ", "")


def test_projects_are_counted_and_chosen_by_their_names(assistant: Assistant) -> None:
    assert assistant.ask("甲县水务局有几个项目").value == 3
    answer = assistant.ask("甲县水务局有哪些供水方面的项目")
    assert [value.label for value in answer.values] == ["农村供水项目2026"]
    assert assistant.ask("甲县水务局有哪些防汛方面的项目").status == "not_found"


def test_where_no_project_is_named_none_is_the_largest(assistant: Assistant) -> None:
    assert assistant.ask("乙县水务局哪个项目花钱最多").status == "not_found"
    assert assistant.ask("乙县水务局项目支出里哪个科目最多").value == 190


@pytest.mark.parametrize(
    "question",
    [
        "甲县水务局第二大的项目是什么", "甲县水务局有哪些重点项目", "甲县水务局多少项目资金用于培训",
        "甲县水务局最高的项目比最低的项目多多少", "甲县水务局项目金额是什么时候下达的",
    ],
)  # fmt: skip
def test_other_questions_with_the_word_list_no_projects(assistant: Assistant, question: str) -> None:
    assert "个项目" not in assistant.ask(question).text


def test_a_term_is_explained_and_of_several_departments_all_are_told(sample_assistant: Assistant) -> None:
    for asked in ("巴州人社局什么是项目支出", "巴州人社局项目支出是什么意思"):
        assert "特定行政任务" in sample_assistant.ask(asked).text
    each = sample_assistant.ask("四家单位各有几个项目")
    assert each.text.count("个项目：") == 4
    assert sample_assistant.ask("有几个项目").status == "clarify"


def test_the_largest_project_of_each_of_several(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("巴州人社局和乌鲁木齐市人社局，各自最大的项目是什么，多少钱")
    ours, theirs = answer.text.splitlines()[:2]
    assert "331.34 万元" in ours and "6,342.00 万元" in theirs and answer.value is None
