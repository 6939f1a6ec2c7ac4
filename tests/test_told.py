"""Follow-ups that ask about the last answer itself: the largest of a list, and where it stands."""

from __future__ import annotations

import pytest

from qa import Assistant
from qa.answer import proven


@pytest.mark.parametrize(
    ("first", "extreme", "label", "value"),
    [
        ("巴州人社局2026年有哪些项目", "最大的呢", "2026年自治区就业补助资金项目", "331.34"),
        ("昌吉州人社局2024年一般公共预算安排了几个项目？", "哪个最少", "10.00", "10.00"),
        ("四家单位的三公经费各是多少", "最多的是谁", "自治区人社厅(2025年)", "147.41"),
    ],
)
def test_the_largest_of_what_was_listed(
    sample_assistant: Assistant, first: str, extreme: str, label: str, value: str
) -> None:
    chat = sample_assistant.chat()
    listed = chat.ask(first)
    answer = chat.ask(extreme)
    assert (str(answer.value), answer.unit) == (value, "万元") and label in answer.text
    assert proven(answer) and set(answer.citations) >= set(listed.citations)


def test_what_was_chosen_goes_on_and_so_does_the_list(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    chat.ask("昌吉州人社局2024年有哪些项目")
    assert "机关运行补助经费" in chat.ask("最大的呢").text
    assert chat.ask("它占一般公共预算项目支出的多少").text.startswith("机关运行补助经费占")
    chat = sample_assistant.chat()
    chat.ask("巴州人社局2026年有哪些项目")
    chat.ask("最小的是哪个")
    assert str(chat.ask("最大的呢").value) == "331.34"


def test_a_single_figure_has_no_largest(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    chat.ask("巴州人社局水费多少")
    assert chat.ask("最大的呢").status == "not_found"
    assert chat.ask("第二大的呢").status == "not_found"


def test_what_a_thing_is_asks_for_no_source(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    chat.ask("巴州人社局2026年最大的项目是多少")
    for asked in ("是什么", "这是什么", "是哪个"):
        assert "出自" not in chat.ask(asked).text


def test_a_share_without_its_whole_is_of_what_was_spoken_of(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    chat.ask("乌鲁木齐市人社局2026年政府采购预算多少")
    assert str(chat.ask("服务类占多大比例").value) == "97.96"


def test_where_an_answer_stands(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    figure = chat.ask("巴州人社局2026年水费是多少")
    for asked in ("是哪个文件里的", "出自哪里", "这个数是从哪来的", "是第几行的"):
        source = chat.ask(asked)
        assert source.citations == figure.citations and source.value is None
        assert "巴州人社局-2026年部门预算.md" in source.text and "第 276 行" in source.text


@pytest.mark.parametrize("question", ["巴州人社局2026年三公经费实际花了多少", "巴州人社局水费实际支出多少"])
def test_a_budget_tells_nothing_of_what_was_spent(sample_assistant: Assistant, question: str) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "not_found" and "没有实际支出数" in answer.text


def test_units_below_a_department_are_listed_without_its_own_office(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("自治区人社厅有几家下属预算单位")
    assert (answer.value, answer.unit) == (4, "个")
    assert "本级" not in answer.text.partition("个：")[2] and answer.text.count("；") == 3
