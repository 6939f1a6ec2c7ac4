"""What people call departments: forms derived from full names."""

from __future__ import annotations

import re

import pytest

from qa.lexicon import lexicon
from qa.names import Department, departments, find_functions, find_mentions, name_forms, short_name
from qa.strangers import find_strangers


@pytest.mark.parametrize(
    ("name", "forms", "short"),
    [
        (
            "上海市普陀区人民政府万里街道办事处",
            {"万里街道", "万里街道办", "普陀区万里街道", "上海市普陀区万里街道办事处"},
            "普陀万里街道",
        ),
        ("上海市普陀区商务委员会", {"普陀区商务委", "普陀商务委员会"}, "普陀商务委"),
        ("中共上海市普陀区委员会宣传部", {"普陀区委宣传部", "普陀区宣传部"}, None),
        ("上海市普陀区桃浦镇人民政府", {"桃浦镇", "普陀区桃浦镇政府"}, None),
        ("上海市普陀区曹杨第二中学", {"曹杨第二中学", "普陀区曹杨第二中学"}, None),
        ("上海市普陀区中心医院", {"普陀区中心医院"}, None),
        ("上海市普陀区人民政府桃浦镇", {"桃浦镇", "普陀区桃浦镇"}, "普陀桃浦镇"),
        ("上海市普陀区人民政府合作交流办公室", {"普陀区合作交流办"}, None),
        ("中共上海市普陀区委政法委员会", {"普陀区政法委"}, "普陀政法委"),
        ("中国共产主义青年团上海市普陀区委员会", {"普陀区团委", "普陀团区委"}, "普陀团委"),
        ("中国人民政治协商会议上海市普陀区委员会", {"普陀区政协"}, "普陀政协"),
        ("上海市公安局普陀分局", {"普陀公安分局", "普陀区公安局"}, None),
        ("青岭市江湾区水务局", {"江湾区水务局", "江湾水务局"}, None),
        ("青岭市江湾区人民政府柳河街道办事处", {"柳河街道", "江湾区柳河街道办"}, "青岭市江湾区柳河街道"),
    ],
)
def test_the_usual_forms_of_a_name(name: str, forms: set[str], short: str | None) -> None:
    assert forms <= set(name_forms(name))
    assert short is None or short_name(name) == short


def test_the_party_of_a_place_is_no_short_form_of_its_youth_league() -> None:
    assert "普陀区委" not in name_forms("中国共产主义青年团上海市普陀区委员会")


def known(*names: str) -> list[Department]:
    return departments((name, (), ()) for name in names)


def test_a_sub_district_of_another_name_is_not_ours() -> None:
    (mention,) = find_mentions("普陀区长寿路街道三公经费", known("上海市普陀区人民政府万里街道办事处"))
    assert mention.entity == ""


def test_a_function_alone_names_the_only_department_that_has_it() -> None:
    both = known("上海市普陀区财政局", "上海市普陀区商务委员会")
    assert [m.entity for m in find_functions("财政局2024年办公费", both)] == ["上海市普陀区财政局"]
    two = known("上海市普陀区财政局", "上海市静安区财政局")
    assert find_functions("财政局2024年办公费", two) == []
    assert find_functions("向财政局报送的项目", both) == []


def test_rewrites_change_what_they_match_and_never_leave_nothing() -> None:
    for pattern, forms in lexicon().name_rewrites:
        assert isinstance(pattern, re.Pattern) and forms
        assert all(isinstance(form, str) for form in forms)
    assert len(set(lexicon().proper_ends)) == len(lexicon().proper_ends)


def test_functions_named_side_by_side_are_each_the_only_one_of_their_kind() -> None:
    ours = known("上海市普陀区财政局", "上海市普陀区商务委员会", "上海市静安区民政局", "上海市普陀区民政局")
    found = find_functions("财政局和商务委的办公费", ours)
    assert [m.entity for m in found] == ["上海市普陀区财政局", "上海市普陀区商务委员会"]
    assert find_functions("财政局和民政局的办公费", ours) == []


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("石泉路街道2025年办公费多少", "石泉路街道"),
        ("请问一下民政局2025年养老保险缴费是多少", "民政局"),
        ("2025年甘泉路街道办事处电费预算多少", "甘泉路街道办事处"),
        ("桃浦镇2025年办公费", "桃浦镇"),
        ("区委宣传部2025年培训费", "区委宣传部"),
    ],
)
def test_a_department_that_is_not_held_is_known_without_its_place(question: str, name: str) -> None:
    ours = known("上海市普陀区人民政府万里街道办事处", "上海市普陀区财政局")
    assert [(m.text, m.entity) for m in find_strangers(question, ours)] == [(name, "")]


@pytest.mark.parametrize(
    "question",
    [
        "财政局2024年办公费",
        "城镇新增就业目标",
        "各家财政局的办公费",
        "社区服务中心的面积",
        "向民政局报送的项目",
    ],
)
def test_what_is_no_strange_department(question: str) -> None:
    assert find_strangers(question, known("上海市普陀区财政局")) == []


def test_a_unit_that_several_departments_have_belongs_to_none_by_itself() -> None:
    ours = departments([("甲州人社局", (), ("甲州人事考试中心",)), ("乙市人社局", (), ("乙市人事考试中心",))])
    assert [m.text for m in find_strangers("人事考试中心2026年项目支出", ours)] == ["人事考试中心"]
    assert find_strangers("人事考试中心2026年项目支出", ours[:1]) == []
