"""Which departments a question means: places that share a function, sets by region, one that is missing."""

from __future__ import annotations

import pytest
from registers import register_of

from qa import Assistant
from qa.question import understand

SHANGHAI = register_of(
    "上海市普陀区商务委员会",
    "上海市普陀区财政局",
    "上海市浦东新区商务委员会",
    "昌吉回族自治州人力资源和社会保障局",
    "巴音郭楞蒙古自治州人力资源和社会保障局",
)
PREFECTURES = {"昌吉回族自治州人力资源和社会保障局", "巴音郭楞蒙古自治州人力资源和社会保障局"}


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("乌鲁木齐和巴州人社局三公经费分别是多少", {"91.28", "25.40"}),
        ("乌市、巴州、昌吉州人社局三公经费各是多少", {"91.28", "25.40", "9.20"}),
        ("巴州人社局和昌吉州的三公经费各是多少", {"25.40", "9.20"}),
        ("巴州人社局的三公经费比乌鲁木齐少多少", {"91.28", "25.40"}),
        ("自治区和巴州人社局谁的三公经费高", {"147.41", "25.40"}),
        ("昌吉州2024年和巴州2026年人社局的三公经费谁多", {"25.40", "9.20"}),
        ("两个自治州的人社局三公经费合计多少", {"25.40", "9.20"}),
        ("巴州、昌吉州这两个自治州的人社局，三公经费平均每家多少", {"25.40", "9.20"}),
    ],
)
def test_all_that_are_named_take_part(sample_assistant: Assistant, question: str, figures: set[str]) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert {str(value.value) for value in answer.values} == figures
    assert len({citation.doc for citation in answer.citations}) == len(figures)


@pytest.mark.parametrize(
    "question",
    ["哈密和巴州人社局三公经费合计多少", "哈密、巴州的三公经费合计", "喀什和巴州人社局谁的三公经费多"],
)
def test_a_place_without_its_department_is_missing(sample_assistant: Assistant, question: str) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "not_found"
    assert "哈密" in answer.text or "喀什" in answer.text


@pytest.mark.parametrize(
    ("question", "entities"),
    [
        ("两个自治州的人社局差旅费", PREFECTURES),
        ("普陀区的各单位三公经费", {"上海市普陀区商务委员会", "上海市普陀区财政局"}),
        (
            "上海的几家单位谁的三公经费最多",
            {"上海市普陀区商务委员会", "上海市普陀区财政局", "上海市浦东新区商务委员会"},
        ),
        ("三个自治州的人社局差旅费", set()),
        ("普陀区商务委三公经费", {"上海市普陀区商务委员会"}),
        ("浦东新区和普陀区商务委三公经费", {"上海市普陀区商务委员会", "上海市浦东新区商务委员会"}),
    ],
)
def test_regions(question: str, entities: set[str]) -> None:
    assert set(understand(question, SHANGHAI).departments) == entities


def test_the_name_of_a_function_is_no_kind_of_place() -> None:
    ours = register_of("甲洲市市场监督管理局", "乙湖市市场监督管理局", "甲洲市水务局")
    assert understand("所有市场监督管理局里三公经费最多的是哪家", ours).departments == ()


def test_money_given_to_a_place_names_no_second_department(sample_assistant: Assistant) -> None:
    query = understand("巴州人社局2026年拨给昌吉州的资金是多少", sample_assistant.register)
    assert len(query.departments) == 1


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("乌鲁木齐人社局信息中心的项目支出是多少", "乌鲁木齐市人力资源和社会保障信息中心"),
        ("乌鲁木齐人社局鉴定中心的项目支出是多少", "乌鲁木齐市劳动能力鉴定中心"),
    ],
)
def test_the_end_of_a_name_that_one_unit_has_names_it(
    sample_assistant: Assistant, question: str, unit: str
) -> None:
    query = understand(question, sample_assistant.register)
    assert [found.partition("（")[0] for found in query.subunits] == [unit]
    assert sample_assistant.ask(question).status == "answered"


def test_an_end_that_several_units_have_names_none(sample_assistant: Assistant) -> None:
    query = understand("乌鲁木齐人社局管理中心的项目支出是多少", sample_assistant.register)
    assert query.subunits == ()
