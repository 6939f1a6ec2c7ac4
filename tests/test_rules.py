"""The reading rules are data: their shape is checked, and no rule lies about unused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import index
from index.columns import equations
from index.forms import fit_form, known_forms, leaf_names
from index.quantity import figures
from index.rules import load
from index.scope import title_rule

FOLDER = Path(index.__file__).parent
FILES = sorted((FOLDER / "rules").glob("*.json"))
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))


def without_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), sorted({key for key in keys if keys.count(key) > 1})
    return dict(pairs)


def duplicates(entries: Iterable[str]) -> list[str]:
    entries = list(entries)
    return sorted({entry for entry in entries if entries.count(entry) > 1})


def word_lists(rules: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, entry in rules.items():
        if isinstance(entry, list) and entry and isinstance(entry[0], str):
            yield name, entry


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_key_of_a_rule_file_is_given_twice(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=without_duplicate_keys)


@pytest.mark.parametrize("name", ["prose", "performance"])
def test_word_lists_hold_each_word_once_and_without_spaces(name: str) -> None:
    for key, words in word_lists(load(name)):
        assert duplicates(words) == [], key
        assert all(word and word == "".join(word.split()) for word in words), key


@pytest.mark.parametrize("name", ["prose", "performance", "forms"])
def test_every_entry_of_a_rule_file_is_read_by_the_program(name: str) -> None:
    assert [key for key in load(name) if not re.search(rf"[\"']{key}[\"']", SOURCE)] == []


def test_prose_patterns_compile() -> None:
    rules = load("prose")
    for key in ("change", "reason", "use"):
        assert not re.compile(rules[key]).match("公务接待费")
    for rule in rules["measures"]:
        assert set(rule) == {"match", "measure"}
        re.compile(rule["match"])


@pytest.mark.parametrize(
    ("label", "measure"),
    [
        ("约占支出预算的比重", "占比"),
        ("占", "占比"),
        ("价值", "价值"),
        ("共涉及资金", "涉及金额"),
        ("河湖管护预算数", "预算数"),
        ("2025年预算数为", "预算数"),
        ("河湖管护支出年初预算为", "年初预算数"),
        ("全年预算数为", "全年预算数"),
        ("2024年当年预算执行数为", "执行数"),
        ("公务接待费支出决算为", "决算数"),
        ("完成年初预算的", "完成率"),
        ("平均得分", "得分"),
        ("河湖管护", None),
    ],
)
def test_the_words_before_a_figure_choose_its_measure(label: str, measure: str | None) -> None:
    found = [rule["measure"] for rule in load("prose")["measures"] if re.search(rule["match"], label)]
    assert found[:1] == ([measure] if measure else [])


def test_every_measure_rule_has_an_example_above() -> None:
    (mark,) = test_the_words_before_a_figure_choose_its_measure.pytestmark
    tried = {measure for _, measure in mark.args[1]}
    assert {rule["measure"] for rule in load("prose")["measures"]} <= tried


@pytest.mark.parametrize("unit", load("prose")["units"])
def test_every_unit_is_recognised_behind_a_figure(unit: str) -> None:
    (found,) = figures(f"共12.5{unit}，")
    assert (str(found.value), found.unit) == ("12.5", unit)


def test_words_for_more_and_less_do_not_overlap() -> None:
    rules = load("prose")
    assert not set(rules["more"]) & set(rules["less"])


def test_title_rules_are_complete_and_each_can_be_reached() -> None:
    rules = load("titles")
    for rule in rules:
        assert set(rule) == {"match", "subject", "scope"}
        re.compile(rule["match"])
    assert duplicates(rule["match"] for rule in rules) == []
    titles = [
        "项目支出绩效目标表", "财政拨款“三公”经费支出情况表", "财政拨款委托业务费支出情况表",
        "上年结转结余情况表", "政府性基金预算支出情况表", "国有资本经营预算支出情况表",
        "一般公共预算基本支出情况表", "一般公共预算项目支出情况表", "一般公共预算支出情况表",
        "财政拨款收支预算总体情况表", "部门收支总体情况表", "部门收入总体情况表", "部门支出总体情况表",
        "部门项目支出表", "部门政府采购预算表", "收入支出决算总表", "机关运行经费支出情况",
        "收入决算表", "支出决算表",
    ]  # fmt: skip
    reached = [(rule["subject"], rule["scope"]) for rule in rules]
    assert {title_rule(title) for title in titles} == set(reached)


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("部门收支总体情况表", "全口径"),
        ("一般公共预算支出情况表", "一般公共预算"),
        ("关于某局 2025 年政府性基金预算拨款情况说明", "政府性基金预算"),
        ("财政拨款 “三公” 经费支出情况表", "财政拨款"),
        ("主要职能", ""),
    ],
)
def test_a_title_tells_which_money_it_speaks_of(title: str, scope: str) -> None:
    assert title_rule(title)[1] == scope


def test_forms_are_wellformed() -> None:
    forms = load("forms")["columns"]["forms"]
    for form in forms:
        assert set(form) == {"title", "side", "columns"}
        assert form["side"] in (0, 1)
        paths = [tuple(path) for path in form["columns"]]
        assert paths and len(paths) == len(set(paths))
        assert all(all(isinstance(name, str) and name for name in path) for path in paths)
    assert duplicates(json.dumps(form, ensure_ascii=False) for form in forms) == []


def test_forms_with_a_total_column_promise_a_sum() -> None:
    for title, _, paths in known_forms():
        totals = [path for path in paths if path[-1] in ("合计", "小计", "总计", "项目支出合计")]
        if totals and len(paths) > 1:
            assert equations(paths), title


def test_each_form_fits_its_own_printed_header() -> None:
    for title, side, paths in known_forms():
        header = [[name for path in paths for name in path], [str(n) for n in range(1, len(paths) + 1)]]
        assert fit_form(title, header, side) == paths


def test_usual_columns_are_columns_of_some_form() -> None:
    assert set(load("forms")["usual"]["columns"]) <= set(leaf_names())


def test_fixed_row_names_are_given_once() -> None:
    assert duplicates(load("forms")["rows"]["labels"]) == []


def test_private_fields_are_never_indicator_words() -> None:
    rules = load("performance")
    private = set(rules["private"])
    for name, words in word_lists(rules):
        assert name == "private" or not private & set(words), name
    assert {"项目负责人", "联系人", "联系电话"} <= private
