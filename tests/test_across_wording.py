"""The words that name sets, operators, conditions and follow-ups, as data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from registers import register_of

import qa
from qa.groups import task_of
from qa.question import Query, understand

QA = Path(qa.__file__).parent


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (where, pattern) of a wording file."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for at, entry in enumerate(value):
            yield from strings(entry, f"{path}/{at}")
    else:
        assert isinstance(value, dict), path
        for key, entry in value.items():
            yield from strings(entry, f"{path}/{key}")


def wording(name: str) -> Any:
    return json.loads((QA / "lexicon" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["across", "followups"])
def test_every_pattern_compiles_and_none_is_empty(name: str) -> None:
    patterns = dict(strings(wording(name)))
    assert len(patterns) > 10
    for where, pattern in patterns.items():
        assert pattern.strip() == pattern and pattern, where
        re.compile(pattern)


def test_no_pattern_of_a_set_an_operator_or_a_condition_matches_nothing() -> None:
    loose = {where: p for where, p in strings(wording("across")) if re.search(p, "") is not None}
    assert loose == {}


def test_no_pattern_of_a_list_is_given_twice() -> None:
    for kind, patterns in wording("across").items():
        for group in [patterns] if isinstance(patterns, list) else list(getattr(patterns, "values", list)()):
            assert len(set(group)) == len(group), kind


def test_limits_have_a_figure_and_a_unit() -> None:
    conditions = wording("across")["conditions"]
    for pattern in (*conditions["over"], *conditions["under"]):
        groups = set(re.compile(pattern).groupindex)
        assert {name for name in groups if f"{name}_unit" in groups}, pattern
        assert len(groups) == 2, pattern


CONDITIONS = {
    "flat": ("哪几家与上年持平", [0], [1, -1]),
    "up": ("哪几家比上年增加", [1], [0, -1]),
    "down": ("哪几家比上年减少", [-1], [0, 1]),
    "over": ("哪几家超过5万元", [6], [5, 4]),
    "under": ("哪几家不到5万元", [4], [5, 6]),
    "zero": ("哪几家的办公费为零", [0], [1]),
    "some": ("哪几家安排了办公费", [1], [0]),
}


def test_every_condition_of_the_wording_is_tried_below() -> None:
    assert set(wording("across")["conditions"]) == set(CONDITIONS)


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_holds_for_what_it_says(name: str) -> None:
    question, holds, fails = CONDITIONS[name]
    query: Query = understand(question, register_of())
    task = task_of(query, 4)
    assert task.operator == "filter" and task.condition is not None
    assert task.words and task.words in question
    assert all(task.condition(Decimal(value), "万元") for value in holds)
    assert not any(task.condition(Decimal(value), "万元") for value in fails)


def test_every_followup_rule_that_the_program_names_exists() -> None:
    source = "".join((QA / name).read_text(encoding="utf-8") for name in ("dialogue.py", "followups.py"))
    named = set(re.findall(r'\brule\("(\w+)"\)', source))
    assert len(named) > 10
    assert named <= set(wording("followups"))


@pytest.mark.parametrize(
    ("rule", "groups"),
    [
        ("correction", {"meant"}),
        ("correction_after", {"meant"}),
        ("convert", {"unit", "asked"}),
        ("share", {"whole"}),
        ("against", {"other"}),
    ],
)
def test_followup_rules_name_the_words_they_catch(rule: str, groups: set[str]) -> None:
    assert groups <= set(re.compile(wording("followups")[rule]).groupindex)
