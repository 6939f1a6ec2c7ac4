"""A question is answered by the kind of thing that it asks for, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qa import Assistant
from qa.answer import proven
from qa.answer_kinds import unnamed


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("委托给了哪家公司", "", True),
        ("委托给了哪家公司", "委托某某咨询有限公司承办", False),
        ("委托给了哪家公司", "用于委托业务", True),
        ("请的是哪家会计师事务所", "", True),
        ("哪家单位的人员经费高", "", False),
        ("哪些人能领", "", True),
        ("哪些人能领", "企业退休人员", False),
        ("谁可以申请", "", True),
        ("谁可以申请", "企业退休人员", False),
        ("谁的三公经费高", "", False),
        ("谁发放的抚恤金多", "", False),
        ("局长叫什么名字", "负责全面工作", True),
        ("花了多少钱", "", False),
    ],
)
def test_names_that_are_not_told(question: str, text: str, missing: bool) -> None:
    assert unnamed(question, text) is missing


@pytest.mark.parametrize(
    "question",
    [
        "乌鲁木齐人社局委托业务费付给了哪家公司",
        "占巴州人社局委托业务费总额的比例",
        "巴州人社局物业管理费比上年增减多少",
        "巴州人社局公务接待费占天文台总额的百分之几",
        "自治区人社厅什么原因",
        "巴州人社局的就业补助谁可以申请",
    ],
)
def test_no_figure_of_another_kind(sample_assistant: Assistant, question: str) -> None:
    assert sample_assistant.ask(question).status == "not_found"


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("乌鲁木齐人社局1995年以前退休人员生活补贴，一个人一年能领多少元", "1440", "元/人/年"),
        ("乌鲁木齐市人社局和巴州人社局2026年的基本支出涨幅相差多少个百分点", "2.86", "个百分点"),
        ("乌市和巴州人社局2026年基本支出都比上年涨了，谁的涨幅大，涨幅相差多少个百分点", "2.86", "个百分点"),
        ("自治区人社厅车辆比巴州人社局多几辆", "68", "辆"),
        ("公用经费在一般公共预算基本支出中的占比，巴州人社局2026年是百分之几", "8.54", "%"),
        ("巴州人社局三公经费里，公务接待费占总额的百分之几", "5.51", "%"),
        ("巴州人社局行政、事业两块单位医疗加起来多少", "91.04", "万元"),  # not 行政事业单位医疗
        ("乌鲁木齐人社局水费电费合计多少", "64.40", "万元"),
    ],
)
def test_reckoned(sample_assistant: Assistant, question: str, value: str, unit: str) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("answered", Decimal(value), unit)
    assert answer.steps and proven(answer)


def test_a_condition_is_not_judged_without_all_figures(sample_assistant: Assistant) -> None:
    whole = sample_assistant.ask("四家单位谁没有单价50万元以上的大型设备")
    assert whole.status == "answered" and "昌吉州" in whole.text
    partly = sample_assistant.ask("巴州人社局和昌吉州人社局哪家没有安排物业管理费支出的绩效奖")
    assert partly.status == "not_found"


@pytest.mark.parametrize(
    "question",
    [
        "巴州人社局在职人员有多少",
        "乌鲁木齐人社局离休费是多少",
        "乌鲁木齐人社局退休费和离休费合计多少",
        "巴州人社局离休费加退休费一共多少",
    ],
)
def test_a_likeness_is_not_the_thing_named(sample_assistant: Assistant, question: str) -> None:
    assert sample_assistant.ask(question).status == "not_found"  # neither 公职人员 nor 退休费


def test_what_stands_inside_an_account_is_asked_for_not_the_account(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("乌市人社局基本支出里租赁费是多少元")
    assert (answer.value, answer.unit) == (Decimal(24300), "元")
    meetings = sample_assistant.ask("乌鲁木齐人社局基本支出里开会花了多少")
    assert meetings.status == "not_found"  # the sample prints no 会议费
    grants = sample_assistant.ask("巴州人社局对个人和家庭的补助中，医疗费补助有多少")
    assert grants.status == "not_found"  # 医疗费 is printed, and another account


def test_an_indicator_in_percent_is_no_share(sample_assistant: Assistant) -> None:
    asked = "巴州人社局2026年人力资源和社会保障项目两项合计占公用经费的百分之几"
    assert sample_assistant.ask(asked).status == "not_found"  # not the failure rate of its network


def test_a_share_of_what_was_reckoned_shows_and_cites_all_of_it(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    total = chat.ask("乌鲁木齐人社局2026年基本工资和奖金一共多少万元")
    part = chat.ask("这个合计占工资福利支出的百分之多少")
    assert part.status == "answered" and proven(part)
    assert set(total.citations) < set(part.citations) and part.steps[:-1] == total.steps
