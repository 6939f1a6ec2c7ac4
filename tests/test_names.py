"""Departments named in questions, by their names, functions and units."""

from __future__ import annotations

import pytest
from registers import register_of

from qa.names import doing_what_is_named, find_functions, find_mentions
from qa.strangers import find_strangers


def test_a_sub_district_of_another_name_is_not_ours() -> None:
    (mention,) = find_mentions("普陀区长寿路街道三公经费", register_of("上海市普陀区人民政府万里街道办事处"))
    assert mention.entity == ""


def test_another_department_of_a_place_that_no_list_knows_is_not_ours() -> None:
    ours = register_of("榴堡区民政局")
    (mention,) = find_mentions("榴堡区财政局2026年三公经费有多少", ours)
    assert (mention.text, mention.entity) == ("榴堡区财政局", "")
    (mention,) = find_mentions("榴堡区民政局2026年三公经费有多少", ours)
    assert mention.entity == "榴堡区民政局"


def test_a_function_alone_names_the_only_department_that_has_it() -> None:
    both = register_of("上海市普陀区财政局", "上海市普陀区商务委员会")
    assert [m.entity for m in find_functions("财政局2024年办公费", both)] == ["上海市普陀区财政局"]
    for asked in ("2024年财政局哪个科目支出最多", "请问财政局2024年办公费"):
        assert [m.entity for m in find_functions(asked, both)] == ["上海市普陀区财政局"]
    named = doing_what_is_named("我关心商务委花钱最多的科目", both)
    assert [d.entity for d in named] == ["上海市普陀区商务委员会"]
    two = register_of("上海市普陀区财政局", "上海市静安区财政局")
    assert find_functions("财政局2024年办公费", two) == []
    assert find_functions("向财政局报送的项目", both) == []


def test_functions_named_side_by_side_are_each_the_only_one_of_their_kind() -> None:
    ours = register_of(
        "上海市普陀区财政局", "上海市普陀区商务委员会", "上海市静安区民政局", "上海市普陀区民政局"
    )
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
    ours = register_of("上海市普陀区人民政府万里街道办事处", "上海市普陀区财政局")
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
    assert find_strangers(question, register_of("上海市普陀区财政局")) == []


def test_a_department_of_a_place_that_no_list_knows_is_told_by_its_shape() -> None:
    ours = register_of("松畴县财政局", "榴堡区民政局", "岫洞区民政局")
    (mention,) = find_strangers("请问菱坪区民政局2025年的三公经费是多少", ours)
    assert mention.text == "菱坪区民政局"
    assert find_strangers("三公经费最高的民政局", ours) == []


def test_a_unit_that_several_departments_have_belongs_to_none_by_itself() -> None:
    one, other = ("甲州人社局", (), ["甲州人事考试中心"]), ("乙市人社局", (), ["乙市人事考试中心"])
    ours = register_of(one, other)
    assert [m.text for m in find_strangers("人事考试中心2026年项目支出", ours)] == ["人事考试中心"]
    assert find_strangers("人事考试中心2026年项目支出", register_of(one)) == []
