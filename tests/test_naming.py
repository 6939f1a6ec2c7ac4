"""What people call departments and their units: forms derived from full names; the lists of names."""

from __future__ import annotations

import re

import pytest
from test_rules import duplicates

from index.naming import name_forms, short_name
from index.rules import load
from index.text import fold


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


@pytest.mark.parametrize("name", ["functions", "places"])
def test_names_and_their_short_forms_are_different_and_long_enough_to_mean_something(name: str) -> None:
    for full, shorts in load(name).items():
        assert full not in shorts, full
        assert all(len(short) >= 2 for short in shorts), full
    folded = [fold(full) for full in load(name)]
    assert duplicates(folded) == []


def test_places_end_like_places() -> None:
    ends = re.compile(r"(?:自治区|自治州|地区|兵团|新区|省|市|区|州|县|盟|旗|镇|乡|街道|师)$")
    assert [place for place in load("places") if not ends.search(place)] == []


@pytest.mark.parametrize(
    ("place", "short"),
    [
        ("巴音郭楞蒙古自治州", "巴州"),
        ("乌鲁木齐市", "乌市"),
        ("昌吉回族自治州", "昌吉州"),
        ("哈密市", "哈密"),
        ("普陀区", "上海普陀"),
    ],
)
def test_everyday_names_of_places_are_known(place: str, short: str) -> None:
    assert short in load("places")[place]


def test_functions_name_an_office_and_keep_its_kind() -> None:
    for full, shorts in load("functions").items():
        assert not re.search(r"\d|\s", full)
        assert all(set(short) <= set(full) or len(short) <= 8 for short in shorts), full
    assert "人社局" in load("functions")["人力资源和社会保障局"]
    assert "人社局" not in load("functions")["人力资源和社会保障服务中心"]


def test_rewrites_change_what_they_match() -> None:
    for rule in load("names")["rewrites"]:
        assert re.compile(rule["match"]) and rule["forms"]
        assert all(isinstance(form, str) for form in rule["forms"])
    assert duplicates(load("names")["proper"]) == []
