"""Bounds that a question sets: a figure outside of them is no answer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from disclosures import COUNTY_PAGE

from index.build import build_index
from qa import Assistant

TEXT = """### 表6 一般公共预算基本支出情况表

单位：万元

| 科目名称 | 合计 | 人员经费 | 公用经费 |
|---|---|---|---|
| 办公费 | 12.00 | | 12.00 |
| 取暖费 | 8.00 | | 8.00 |
| 合计 | 20.00 | | 20.00 |

### 二、说明

2026 年公务接待费 1.25 万元，比上年减少 0.25 万元。

（一）项目名称：河道保洁经费

项目总额：90 万元

资金分配情况：物业管理费 30 万元；喀什地区 40 万元；和田地区 20 万元。

用款计划：第一季度用款计划 15 万元，第二季度用款计划 75 万元。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("bounds")
    (folder / "甲县.md").write_text(COUNTY_PAGE + TEXT, encoding="utf-8")
    build_index([folder / "甲县.md"], folder / "index")
    return Assistant.open(folder / "index")


@pytest.mark.parametrize(
    "question",
    [
        "甲县水务局2026年河道保洁经费5月的用款计划是多少万元",
        "甲县水务局2026年公务接待费的预算执行数是多少",
        "甲县水务局基本支出里物业管理费是多少",
        "甲县水务局20万元的基本支出里，用于会议的是多少",
        "甲县水务局河道保洁经费石河子分了多少",
        "甲县水务局每年看病的钱，基本支出里安排了多少",
    ],
)
def test_what_lies_outside_is_no_answer(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.value) == ("not_found", None), answer.text


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("甲县水务局河道保洁经费和田地区分了多少", "20"),
        ("甲县水务局2026年公务接待费是多少", "1.25"),
        ("甲县水务局基本支出里取暖费是多少", "8.00"),
        ("甲县水务局河道保洁经费里物业管理费是多少", "30"),
        ("甲县水务局河道保洁经费喀什分了多少", "40"),
        ("甲县水务局2025年公务接待费，按2026年的说明推算是多少", "1.50"),
        ("甲县水务局2026年公务接待费降了一点，那上年的预算数是多少", "1.50"),
    ],
)
def test_what_lies_inside_is(assistant: Assistant, question: str, value: str) -> None:
    answer = assistant.ask(question)
    assert answer.value == Decimal(value), answer.text


def test_a_share_is_of_the_whole_that_is_stated(sample_assistant: Assistant) -> None:
    asked = "昌吉州人社局2024年机关运行补助经费项目中，物业管理占项目预算135万元的百分之几"
    assert sample_assistant.ask(asked).value == Decimal("51.85")


def test_thousands_in_a_question_are_one_number(sample_assistant: Assistant) -> None:
    with_mark = sample_assistant.ask("乌鲁木齐人社局1,985.18万元的政府采购预算里，服务采购占百分之几")
    without = sample_assistant.ask("乌鲁木齐人社局1985.18万元的政府采购预算里，服务采购占百分之几")
    assert with_mark.value == without.value == Decimal("97.96")


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("巴州人社局2026年1月公开的预算，水费多少", "2.42"),
        ("巴州人社局2026年二月公布的部门预算，公务接待费是多少", "1.40"),
        ("新疆的巴州人社局水费多少", "2.42"),
        ("昌吉州人社局物业和安保费", "0.75"),  # 和安 is a place, too
        ("巴州人社局三公经费实际支出是不是包括公务接待费", "1.40"),
        ("巴州人社局公用经费占2454万元基本支出的百分之几", "8.54"),  # rounded
        ("巴州人社局基本支出内的水费多少", "2.42"),
        ("巴州人社局水费和电费一共多少，哪个多", "2.24"),
    ],
)
def test_ordinary_words_set_no_bounds(sample_assistant: Assistant, question: str, value: str) -> None:
    answer = sample_assistant.ask(question)
    assert answer.value == Decimal(value), answer.text


@pytest.mark.parametrize(
    "question",
    [
        "乌鲁木齐人社局项目支出中差旅费多少",  # printed among the basic expenditure
        "昌吉州人社局135万元里机关运行补助经费有多少",  # the whole itself
        "巴州人社局2026年五月的公务接待费是多少",
    ],
)
def test_the_sample_tells_nothing_within_these_bounds(sample_assistant: Assistant, question: str) -> None:
    assert sample_assistant.ask(question).status != "answered"


def test_lists_of_account_codes_are_no_number(sample_assistant: Assistant) -> None:
    assert "工资福利支出" in sample_assistant.ask("巴州人社局301，302科目各多少").text
