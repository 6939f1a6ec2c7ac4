"""A total is not added to its part, nor a clause's sum to what another clause asks for."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

import qa
from index.text import fold
from qa import Assistant
from qa.lexicon import lexicon

AGGREGATES = Path(qa.__file__).parent / "lexicon" / "aggregates.json"


def test_no_total_is_part_of_itself_and_parts_are_named_as_everywhere_else() -> None:
    aggregates = json.loads(AGGREGATES.read_text(encoding="utf-8"))
    for total, parts in aggregates.items():
        assert len(set(parts)) == len(parts) > 0
        assert fold(total) not in lexicon().totals_over(fold(total))
        assert lexicon().titles_of(fold(total)) or any(total in other for other in aggregates.values())


@pytest.mark.parametrize(
    ("part", "total"),
    [
        ("公务接待费", "财政拨款“三公”经费"), ("公务用车购置", "财政拨款“三公”经费"),
        ("基本工资", "人员经费"), ("水费", "基本支出"), ("项目支出", "支出总计"),
    ],
)  # fmt: skip
def test_what_every_budget_counts_into_what(part: str, total: str) -> None:
    assert fold(total) in lexicon().totals_over(fold(part))
    assert fold(part) not in lexicon().totals_over(fold(total))


@pytest.mark.parametrize(
    ("question", "whole", "part"),
    [
        ("巴州人社局三公经费和公务接待费一共多少", "25.40", "1.40"),
        ("巴州人社局基本支出和人员经费一共多少", "2,453.85", "2,244.36"),
        ("巴州人社局工资福利支出和基本工资合计多少", "2,103.50", "566.59"),
        # accounts of the functional classification: told by the table that has both
        ("巴州人社局就业补助和其他就业补助支出一共多少", "705.27", "705.27"),
    ],
)
def test_a_total_is_not_added_to_its_part(
    sample_assistant: Assistant, question: str, whole: str, part: str
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value) == ("not_found", None)
    assert "不能相加" in answer.text and whole in answer.text and part in answer.text
    assert len(answer.citations) == 2


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("巴州人社局基本支出和项目支出一共多少", "3905.96"),
        ("巴州人社局人员经费、公用经费各多少，一共多少", "2453.85"),
        ("巴州人社局水费多少，电费多少，加起来多少", "2.60"),
    ],
)
def test_what_stands_beside_each_other_is_added(
    sample_assistant: Assistant, question: str, value: str
) -> None:
    assert sample_assistant.ask(question).value == Decimal(value)


def test_a_clause_adds_only_what_it_names(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("巴州人社局办公费多少，水费和电费一共多少")
    assert [str(value.value) for value in answer.values] == ["63.26", "2.42", "0.18"]
    assert "2.60 万元" in answer.text and "65.86" not in answer.text
    both = sample_assistant.ask("巴州人社局有多少辆车，去年买新车了吗")
    assert "5 辆" in both.text and "公务用车购置 2025 年预算推算为 0.00 万元" in both.text
    once = sample_assistant.ask("自治区人社厅2025年准备买车吗，公务用车购置费预算多少")
    assert once.value == 0  # one figure asked for twice


def test_a_sum_of_what_is_not_all_found_is_no_single_figure(sample_assistant: Assistant) -> None:
    asked = "巴州人社局人事考试及岗前培训项目中，笔试和面试的资金合计多少万元"
    assert sample_assistant.ask(asked).status == "not_found"  # one of the two alone is told


def test_a_clause_without_a_subject_asks_of_the_one_before(sample_assistant: Assistant) -> None:
    asked = "巴州人社局2026年人事考试及岗前培训项目由谁承担，钱主要花在什么上面"
    answer = sample_assistant.ask(asked)
    assert "项目承担单位" in answer.text and "岗前培训106万元" in answer.text
