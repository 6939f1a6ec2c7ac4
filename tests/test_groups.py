"""Questions to several departments: each figure is looked up in the documents, the rest is reckoned here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from index.text import squash
from qa import Answer, Assistant
from qa.answer import proven

CORPUS = Path(__file__).parents[1] / "eval" / "corpus"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.md"))}
YEARS = {"乌鲁木齐": 2026, "巴州": 2026, "昌吉州": 2024, "自治区": 2025}
PLACES = list(YEARS)
OF_2026 = ["乌鲁木齐", "巴州"]
FIGURE = r"([\d,]+(?:\.\d+)?)"
PRINTED = {
    "三公经费": rf"财政拨款“三公”经费支出情况表(?:(?!\n表 11).)*?\n\| (?:总计|合计) \| {FIGURE} \|",
    "公务接待费": r"财政拨款“三公”经费支出情况表(?:(?!\n表 11).)*?\n\| 公务接待费 \| ([\d,.]*) *\|",
    "政府采购预算": rf"年政府采购预算 {FIGURE} 万元",
    "机关运行经费": rf"机关运行经费财政拨款 {FIGURE} 万元",
    "车辆": rf"车辆：{FIGURE} 辆",
    "支出总计": rf"\| 收入总计 \| [\d,.]+ \| 支出总计 \| {FIGURE} \|",
    "退休费": rf"\| 303 \| 02 \| 退休费 \| {FIGURE} \|",
}
CHANGES = {
    "三公经费": rf"财政拨款“三公”经费 [\d,.]+ 万元，较上年(增加|减少) {FIGURE} 万元",
    "机关运行经费": rf"机关运行经费财政拨款 [\d,.]+ 万元，较上年预算(增加|减少) {FIGURE} 万元",
}


def text_of(place: str) -> str:
    """Return the document of a place."""
    (text,) = [text for name, text in TEXTS.items() if name.startswith(place)]
    return text


def number(figure: str) -> Decimal:
    """Read a printed figure; a blank cell is zero."""
    return Decimal(figure.replace(",", "") or "0")


def printed(item: str) -> dict[str, Decimal]:
    """Return what the documents print of an item, in their order."""
    found = {place: re.search(PRINTED[item], text_of(place), re.DOTALL) for place in PLACES}
    return {place: number(match.group(1)) for place, match in found.items() if match}


def changed(item: str) -> dict[str, Decimal]:
    """Return how an item changed against the year before, a decrease negative."""
    found = {place: re.search(CHANGES[item], text_of(place)) for place in PLACES}
    return {
        place: number(match.group(2)) * (1 if match.group(1) == "增加" else -1)
        for place, match in found.items()
        if match
    }


def by_place(answer: Answer) -> dict[str, Decimal]:
    """Return the values of an answer by department, in their order."""
    values = {}
    for value in answer.values:
        (place,) = [place for place in PLACES if place in value.label]
        assert place not in values
        values[place] = value.value
    return values


def first_named(answer: Answer) -> str:
    """Return the department that the answer names first."""
    places = {answer.text.find(place): place for place in PLACES if place in answer.text}
    return places[min(places)]


def hundredths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def in_order(figures: dict[str, Decimal], largest: bool = True) -> list[tuple[str, Decimal]]:
    return sorted(figures.items(), key=lambda entry: entry[1], reverse=largest)


def without(figures: dict[str, Decimal], *places: str) -> dict[str, Decimal]:
    return {place: value for place, value in figures.items() if place not in places}


def test_the_documents_print_what_is_looked_up() -> None:
    assert printed("三公经费") == {
        "乌鲁木齐": Decimal("91.28"),
        "巴州": Decimal("25.40"),
        "昌吉州": Decimal("9.20"),
        "自治区": Decimal("147.41"),
    }
    assert all(list(printed(item)) == PLACES for item in PRINTED)
    assert all(list(changed(item)) == PLACES for item in CHANGES)


# -- two departments ------------------------------------------------------------------------------------

COMPARED = [
    ("乌鲁木齐人社局和巴州人社局的三公经费谁更多，多多少", "三公经费", "乌鲁木齐", "巴州"),
    ("巴州人社局和昌吉州人社局公务接待费相差多少", "公务接待费", "巴州", "昌吉州"),
    ("昌吉州人社局和巴州人社局公务接待费相差多少", "公务接待费", "昌吉州", "巴州"),
    ("乌鲁木齐人社局的政府采购预算比巴州人社局多多少", "政府采购预算", "乌鲁木齐", "巴州"),
    ("2026年哪家三公经费更高", "三公经费", "乌鲁木齐", "巴州"),
    ("2026年两家的政府采购预算相差多少", "政府采购预算", "乌鲁木齐", "巴州"),
]
QUOTIENTS = [
    ("自治区人社厅的三公经费是昌吉州人社局的几倍", "三公经费", "自治区", "昌吉州", 1, "倍"),
    ("自治区人社厅的车辆是乌鲁木齐人社局的几倍", "车辆", "自治区", "乌鲁木齐", 1, "倍"),
    ("巴州人社局的三公经费相当于乌鲁木齐人社局的百分之几", "三公经费", "巴州", "乌鲁木齐", 100, "%"),
    (
        "巴州人社局的机关运行经费相当于乌鲁木齐人社局的百分之几",
        "机关运行经费",
        "巴州",
        "乌鲁木齐",
        100,
        "%",
    ),
]


@pytest.mark.parametrize(("question", "item", "one", "other"), COMPARED)
def test_two_are_compared(
    sample_assistant: Assistant, question: str, item: str, one: str, other: str
) -> None:
    figures = {place: printed(item)[place] for place in (one, other)}
    (larger, most), (smaller, least) = in_order(figures)
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("answered", most - least, "万元"), answer.text
    assert by_place(answer) == figures
    claim = answer.text.splitlines()[0]
    assert -1 < claim.find(larger) < claim.find(smaller)
    assert [larger, smaller] == sorted((larger, smaller), key=answer.steps[-1].find)
    assert {citation.doc for citation in answer.citations} == {
        name for name in TEXTS if name.startswith((one, other))
    }


@pytest.mark.parametrize(("question", "item", "one", "other", "scale", "unit"), QUOTIENTS)
def test_one_is_so_many_times_the_other(
    sample_assistant: Assistant, question: str, item: str, one: str, other: str, scale: int, unit: str
) -> None:
    figures = {place: printed(item)[place] for place in (one, other)}
    answer = sample_assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert (answer.value, answer.unit) == (hundredths(figures[one] * scale / figures[other]), unit)
    assert by_place(answer) == figures
    assert first_named(answer) == one


# -- all departments ------------------------------------------------------------------------------------

RANKED = [
    ("各单位三公经费排名", "三公经费", True),
    ("把各家的三公经费排个序", "三公经费", True),
    ("各单位三公经费从低到高排个序", "三公经费", False),
    ("这四家的政府采购预算从少到多排一下", "政府采购预算", False),
]
TOP = [
    ("三公经费排前两名的是哪几家", "三公经费", True, 2),
    ("三公经费最高的前三家", "三公经费", True, 3),
    ("机关运行经费最高的前两家", "机关运行经费", True, 2),
    ("政府采购预算最少的两家", "政府采购预算", False, 2),
]
PLACED = [
    ("三公经费排第二的是哪家", "三公经费", 2),
    ("三公经费排第三的是谁", "三公经费", 3),
    ("机关运行经费排第二的是哪家", "机关运行经费", 2),
]
OWN_PLACE = [
    ("乌鲁木齐人社局在四家里三公经费排第几", "三公经费", "乌鲁木齐"),
    ("巴州人社局的三公经费在四家里排第几", "三公经费", "巴州"),
]
EXTREMES = [
    ("哪家的三公经费最高", "三公经费", True, "万元"),
    ("哪家的三公经费最少", "三公经费", False, "万元"),
    ("三公经费倒数第一的是哪家", "三公经费", False, "万元"),
    ("机关运行经费最少的是哪家", "机关运行经费", False, "万元"),
    ("四家里机关运行经费最省的是谁", "机关运行经费", False, "万元"),
    ("支出总计最大的是哪家", "支出总计", True, "万元"),
    ("车辆最多的是哪家", "车辆", True, "辆"),
    ("哪家的车辆最少", "车辆", False, "辆"),
]
TOTALS = [
    ("四家三公经费一共多少", "三公经费", "万元"),
    ("四家的三公经费合计是多少", "三公经费", "万元"),
    ("四家机关运行经费一共多少", "机关运行经费", "万元"),
    ("四家的车辆一共多少辆", "车辆", "辆"),
]
AVERAGES = [
    ("四家的政府采购预算平均是多少", "政府采购预算", "万元"),
    ("这四家平均每家三公经费是多少", "三公经费", "万元"),
    ("四家机关运行经费平均是多少", "机关运行经费", "万元"),
    ("四家的车辆平均多少辆", "车辆", "辆"),
]
SHARES = [
    ("自治区人社厅的三公经费占四家合计的百分之几", "三公经费", "自治区"),
    ("乌鲁木齐人社局的三公经费占四家合计的多少", "三公经费", "乌鲁木齐"),
    ("巴州人社局的政府采购预算占四家总额的比重是多少", "政府采购预算", "巴州"),
    ("乌鲁木齐人社局的车辆占四家合计的比例是多少", "车辆", "乌鲁木齐"),
]
TABLES = [
    ("各单位的机关运行经费分别是多少", "机关运行经费", "万元"),
    ("各家的政府采购预算各是多少", "政府采购预算", "万元"),
    ("各单位退休费", "退休费", "万元"),
    ("四家的支出总计分别是多少", "支出总计", "万元"),
    ("列出各单位的车辆数", "车辆", "辆"),
]


@pytest.mark.parametrize(("question", "item", "largest"), RANKED)
def test_all_are_ranked(sample_assistant: Assistant, question: str, item: str, largest: bool) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert list(by_place(answer).items()) == in_order(printed(item), largest)
    assert len({citation.doc for citation in answer.citations}) == 4


@pytest.mark.parametrize(("question", "item", "largest", "count"), TOP)
def test_the_first_of_a_ranking_are_shown_and_no_more(
    sample_assistant: Assistant, question: str, item: str, largest: bool, count: int
) -> None:
    answer = sample_assistant.ask(question)
    order = in_order(printed(item), largest)
    assert list(by_place(answer).items()) == order[:count]
    assert [place for place, _ in order if place in answer.text] == [place for place, _ in order[:count]]


@pytest.mark.parametrize(("question", "item", "place"), PLACED)
def test_the_department_of_a_place_is_named(
    sample_assistant: Assistant, question: str, item: str, place: int
) -> None:
    answer = sample_assistant.ask(question)
    department, value = in_order(printed(item))[place - 1]
    assert (first_named(answer), answer.value, answer.unit) == (department, value, "万元")


@pytest.mark.parametrize(("question", "item", "department"), OWN_PLACE)
def test_the_place_of_a_department_is_named(
    sample_assistant: Assistant, question: str, item: str, department: str
) -> None:
    answer = sample_assistant.ask(question)
    order = [place for place, _ in in_order(printed(item))]
    assert re.findall(r"第\s*(\d)", answer.text) == [str(order.index(department) + 1)]
    assert (first_named(answer), answer.value) == (department, printed(item)[department])
    assert list(by_place(answer)) == order


@pytest.mark.parametrize(("question", "item", "largest", "unit"), EXTREMES)
def test_the_highest_and_the_lowest(
    sample_assistant: Assistant, question: str, item: str, largest: bool, unit: str
) -> None:
    answer = sample_assistant.ask(question)
    order = in_order(printed(item), largest)
    assert (answer.status, answer.value, answer.unit) == ("answered", order[0][1], unit), answer.text
    assert first_named(answer) == order[0][0]
    assert list(by_place(answer).items()) == order


@pytest.mark.parametrize(("question", "item", "unit"), TOTALS)
def test_the_total_of_all(sample_assistant: Assistant, question: str, item: str, unit: str) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("answered", sum(printed(item).values()), unit)
    assert by_place(answer) == printed(item)
    assert len({citation.doc for citation in answer.citations}) == 4


def test_a_total_is_told_in_the_unit_asked_for(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("四家的三公经费合计是多少元")
    assert (answer.value, answer.unit) == (sum(printed("三公经费").values()) * 10000, "元")


@pytest.mark.parametrize(("question", "item", "unit"), AVERAGES)
def test_the_average_of_all(sample_assistant: Assistant, question: str, item: str, unit: str) -> None:
    answer = sample_assistant.ask(question)
    figures = printed(item)
    assert (answer.status, answer.value) == ("answered", hundredths(sum(figures.values(), Decimal(0)) / 4))
    assert answer.unit == unit
    assert by_place(answer) == figures


@pytest.mark.parametrize(("question", "item", "department"), SHARES)
def test_the_share_of_the_total(
    sample_assistant: Assistant, question: str, item: str, department: str
) -> None:
    answer = sample_assistant.ask(question)
    figures = printed(item)
    share = hundredths(figures[department] * 100 / sum(figures.values()))
    assert (answer.status, answer.value, answer.unit) == ("answered", share, "%")
    assert first_named(answer) == department
    assert by_place(answer) == figures


@pytest.mark.parametrize(("question", "item", "unit"), TABLES)
def test_one_item_of_all_is_tabulated(
    sample_assistant: Assistant, question: str, item: str, unit: str
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value) == ("answered", None)
    assert by_place(answer) == printed(item)
    assert {value.unit for value in answer.values} == {unit}


# -- conditions -----------------------------------------------------------------------------------------

Condition = Callable[[Decimal], bool]
FILTERS: list[tuple[str, str, Condition]] = [
    ("哪些单位的公务接待费为零", "公务接待费", lambda value: value == 0),
    ("哪几家没有公务接待费", "公务接待费", lambda value: value == 0),
    ("哪些单位安排了公务接待费", "公务接待费", lambda value: value != 0),
    ("哪几家的三公经费超过50万元", "三公经费", lambda value: value > 50),
    ("哪些单位的三公经费不到100万元", "三公经费", lambda value: value < 100),
    ("哪几家的政府采购预算在1000万元以上", "政府采购预算", lambda value: value > 1000),
    ("哪几家的政府采购预算低于0.1亿元", "政府采购预算", lambda value: value < 1000),
    ("哪几家机关运行经费超过1000万元", "机关运行经费", lambda value: value > 1000),
    ("哪几家的车辆超过10辆", "车辆", lambda value: value > 10),
    ("三公经费超过50万元的单位有哪些", "三公经费", lambda value: value > 50),
    ("没有公务接待费的部门有哪几个", "公务接待费", lambda value: value == 0),
]
CHANGED: list[tuple[str, str, Condition]] = [
    ("哪几家的三公经费比上年增加", "三公经费", lambda value: value > 0),
    ("哪几家的三公经费比上年减少", "三公经费", lambda value: value < 0),
    ("三公经费同比下降的有哪些单位", "三公经费", lambda value: value < 0),
    ("哪几家的三公经费与上年持平", "三公经费", lambda value: value == 0),
    ("哪几家的机关运行经费比上年增加", "机关运行经费", lambda value: value > 0),
    ("哪几家的机关运行经费比上年减少", "机关运行经费", lambda value: value < 0),
]
NONE_FULFILS = "哪几家的政府采购预算超过1亿元"


@pytest.mark.parametrize(("question", "item", "condition"), FILTERS)
def test_those_that_fulfil_a_condition(
    sample_assistant: Assistant, question: str, item: str, condition: Condition
) -> None:
    kept = {place: value for place, value in printed(item).items() if condition(value)}
    assert 0 < len(kept) < 4
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value) == ("answered", None), answer.text
    assert by_place(answer) == kept
    claim = answer.text.splitlines()[0]
    assert [place for place in PLACES if place in claim] == list(kept)


@pytest.mark.parametrize(("question", "item", "condition"), CHANGED)
def test_those_whose_figure_rose_fell_or_stayed(
    sample_assistant: Assistant, question: str, item: str, condition: Condition
) -> None:
    kept = {place: value for place, value in changed(item).items() if condition(value)}
    assert 0 < len(kept) < 4
    answer = sample_assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert by_place(answer) == kept


def test_that_none_fulfils_a_condition_is_an_answer(sample_assistant: Assistant) -> None:
    assert max(printed("政府采购预算").values()) < 10000
    answer = sample_assistant.ask(NONE_FULFILS)
    assert (answer.status, answer.value, answer.values) == ("answered", None, ())
    assert len({citation.doc for citation in answer.citations}) == 4


def test_cars_are_not_held_against_money(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("哪几家的车辆超过10万元")
    assert (answer.status, answer.value, answer.values) == ("not_found", None, ())


# -- which departments ----------------------------------------------------------------------------------

LEFT_OUT = [
    ("除了自治区人社厅，其他几家三公经费一共多少", "三公经费", "自治区", "total"),
    ("除乌鲁木齐人社局以外，各单位三公经费合计多少", "三公经费", "乌鲁木齐", "total"),
    ("除了乌鲁木齐人社局，机关运行经费最高的是哪家", "机关运行经费", "乌鲁木齐", "highest"),
    ("不算自治区人社厅，三公经费最高的是哪家", "三公经费", "自治区", "highest"),
    ("除昌吉州人社局外，各单位三公经费分别是多少", "三公经费", "昌吉州", "table"),
    ("除了自治区人社厅，各单位机关运行经费分别是多少", "机关运行经费", "自治区", "table"),
]
UNKNOWN = [
    ("乌鲁木齐人社局和哈密市人社局的三公经费分别是多少", "三公经费", ["乌鲁木齐"], "哈密市"),
    ("哈密市人社局和巴州人社局的政府采购预算分别是多少", "政府采购预算", ["巴州"], "哈密市"),
    (
        "乌鲁木齐人社局、巴州人社局和吐鲁番市人社局的政府采购预算分别是多少",
        "政府采购预算",
        OF_2026,
        "吐鲁番市",
    ),
]
ONE_YEAR = [
    ("2026年的两家三公经费一共多少", "三公经费", "total"),
    ("2026年各单位三公经费合计多少", "三公经费", "total"),
    ("2026年的两家车辆一共多少辆", "车辆", "total"),
    ("2026年的两家，政府采购预算分别是多少", "政府采购预算", "table"),
    ("各单位2026年三公经费分别是多少", "三公经费", "table"),
]


@pytest.mark.parametrize(
    "question",
    [
        "除乌鲁木齐人社局和昌吉州外，哪家的三公经费最高",
        "除了昌吉州和乌鲁木齐，其他单位谁的三公经费最高",
    ],
)
def test_several_are_left_out(sample_assistant: Assistant, question: str) -> None:
    rest = without(without(printed("三公经费"), "乌鲁木齐"), "昌吉州")
    answer = sample_assistant.ask(question)
    assert answer.value == max(rest.values()), answer.text
    assert by_place(answer) == rest


@pytest.mark.parametrize(("question", "item", "department", "asked"), LEFT_OUT)
def test_a_department_is_left_out(
    sample_assistant: Assistant, question: str, item: str, department: str, asked: str
) -> None:
    rest = without(printed(item), department)
    value = {"total": sum(rest.values()), "highest": max(rest.values()), "table": None}[asked]
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value) == ("answered", value), answer.text
    assert by_place(answer) == rest
    assert department not in answer.text


@pytest.mark.parametrize(("question", "item", "known", "unknown"), UNKNOWN)
def test_a_department_that_the_index_lacks_is_said_to_be_missing(
    sample_assistant: Assistant, question: str, item: str, known: list[str], unknown: str
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value) == ("answered", None), answer.text
    assert by_place(answer) == {place: printed(item)[place] for place in known}
    assert unknown in answer.text
    assert not any(unknown in value.label for value in answer.values)


def test_nothing_is_compared_with_a_department_that_the_index_lacks(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("巴州人社局与吐鲁番市人社局的三公经费相差多少")
    assert (answer.status, answer.value, answer.values) == ("not_found", None, ())
    assert "吐鲁番市" in answer.text


@pytest.mark.parametrize(("question", "item", "asked"), ONE_YEAR)
def test_only_the_departments_of_a_year_are_asked(
    sample_assistant: Assistant, question: str, item: str, asked: str
) -> None:
    figures = {place: printed(item)[place] for place in OF_2026}
    answer = sample_assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert by_place(answer) == figures
    assert answer.value == (sum(figures.values()) if asked == "total" else None)
    assert "年度" not in answer.text


def test_no_department_has_a_year_that_the_index_lacks(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("2023年各单位三公经费分别是多少")
    assert (answer.status, answer.values) == ("not_found", ())


MIXED_YEARS = [rows[0] for rows in (*TOTALS, *AVERAGES, *RANKED, *EXTREMES, *TABLES, *SHARES)]


@pytest.mark.parametrize("question", MIXED_YEARS)
def test_every_figure_bears_its_year_and_mixed_years_are_noted(
    sample_assistant: Assistant, question: str
) -> None:
    answer = sample_assistant.ask(question)
    for value in answer.values:
        (year,) = [year for place, year in YEARS.items() if place in value.label]
        assert re.findall(r"20\d\d", value.label) == [str(year)]
    assert "年度" in answer.text


def test_mixed_scopes_are_noted(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("各单位委托业务费是多少")
    assert len({fact.scope for fact in answer.facts}) == 2
    assert all(fact.scope in answer.text for fact in answer.facts)


# -- what is not computed -------------------------------------------------------------------------------

ONLY_ONE_HAS = "手续费"
ONLY_ONE = ["哪家的手续费最高", "各单位手续费从低到高排名", "四家的手续费平均是多少"]
DIFFERENT = [
    "巴州人社局和昌吉州人社局的印刷费谁更多",
    "巴州人社局的办公费和昌吉州人社局的公务接待费相差多少",
    "巴州人社局的水费比昌吉州人社局的电费多多少",
    "乌鲁木齐人社局的三公经费和巴州人社局的车辆数相差多少",
]
INCOMPLETE = [
    ("四家的委托业务费合计多少", ["自治区"]),
    ("四家的印刷费合计多少", ["昌吉州"]),
    ("四家的手续费合计多少", ["乌鲁木齐", "昌吉州", "自治区"]),
]


@pytest.mark.parametrize("question", ONLY_ONE)
def test_one_figure_alone_is_neither_highest_nor_average(sample_assistant: Assistant, question: str) -> None:
    having = [place for place in PLACES if f"| {ONLY_ONE_HAS} |" in text_of(place)]
    assert having == ["巴州"]
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("not_found", None, None), answer.text
    assert "巴州" in answer.text


@pytest.mark.parametrize("question", DIFFERENT)
def test_different_items_are_not_compared(sample_assistant: Assistant, question: str) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("not_found", None, None), answer.text


@pytest.mark.parametrize(("question", "lacking"), INCOMPLETE)
def test_a_total_that_lacks_a_department_has_no_headline(
    sample_assistant: Assistant, question: str, lacking: list[str]
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.value, answer.unit) == (None, None), answer.text
    assert all(place in answer.text for place in lacking)


def test_a_department_without_the_item_is_told_beside_the_others(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("哪家的印刷费最高")
    assert "昌吉州" not in by_place(answer)
    assert "昌吉州" in answer.text
    assert first_named(answer) == "乌鲁木齐"


# -- as people ask ---------------------------------------------------------------------------------------


def test_an_account_that_none_of_the_named_has_is_refused(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("乌鲁木齐人社局和昌吉州人社局的决算分别是多少")
    assert (answer.status, answer.value, answer.values) == ("not_found", None, ())


def test_those_that_fulfil_a_condition_are_added_and_no_others(sample_assistant: Assistant) -> None:
    above = {place: value for place, value in printed("公务接待费").items() if value > 1}
    answer = sample_assistant.ask("公务接待费超过1万元的有几家，一共多少")
    assert (answer.value, answer.unit) == (sum(above.values()), "万元") and len(above) < len(PLACES)
    risen = [value for value in changed("机关运行经费").values() if value > 0]
    answer = sample_assistant.ask("机关运行经费比上年增加的有几家？这几家一共增加了多少")
    assert answer.value == sum(risen) and answer.steps


def test_each_department_is_asked_for_its_own_year(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("昌吉州人社局2024年和巴州人社局2026年，谁的公用经费多")
    assert answer.status == "answered" and first_named(answer) == "巴州"
    absent = sample_assistant.ask("昌吉州人社局2026年和巴州人社局2026年，谁的公用经费多，多多少")
    assert absent.status == "not_found" and "昌吉州人社局 2026 年" in absent.text


@pytest.mark.parametrize(
    ("question", "value"),
    [("自治区人社厅截至2024年底有多少辆车", "73"), ("自治区人社厅截至2025年底有多少辆车", None)],
)
def test_what_is_counted_at_the_end_of_a_year_is_not_that_of_another(
    sample_assistant: Assistant, question: str, value: str | None
) -> None:
    assert sample_assistant.ask(question).value == (Decimal(value) if value else None)


def test_who_fell_by_more_is_not_who_is_higher(sample_assistant: Assistant) -> None:
    asked = "自治区人社厅和昌吉州人社局的机关运行经费，谁下降的幅度大，降了百分之几"
    answer = sample_assistant.ask(asked)
    assert (answer.value, answer.unit) == (Decimal("41.40"), "%")
    assert "自治区人社厅(2025年)的" in answer.text.partition("下降更多")[0]


def test_a_question_to_all_is_not_answered_with_words_of_one(sample_assistant: Assistant) -> None:
    assert sample_assistant.ask("哪些人社部门没有下属预算单位").status != "answered"


def test_what_is_asked_of_a_department_that_is_not_held_is_not_answered_by_another(
    sample_assistant: Assistant,
) -> None:
    said = "巴州人社局说2026年中央就业补助资金项目改由库尔勒市人社局实施，"
    answer = sample_assistant.ask(f"{said}那库尔勒市人社局2026年拿到多少就业补助资金")
    assert answer.status == "not_found" and "库尔勒市人社局" in answer.text
    assert sample_assistant.ask("库尔勒市人社局不算，巴州人社局2026年水费多少").value == Decimal("2.42")


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("四家单位里三公经费最多的和最少的相差多少", "138.21", "万元"),
        ("差旅费哪家最多，是最少那家的多少倍", "41.71", "倍"),
        ("巴州人社局和昌吉州人社局谁的公务接待费高，多少", "1.40", "万元"),
        ("巴州人社局和昌吉州人社局谁的公务接待费高，高多少", "1.00", "万元"),
        ("这几家人社部门里，车辆超过10辆的有几家", "2", "家"),
    ],
)
def test_what_is_asked_of_several_is_the_figure_given(
    sample_assistant: Assistant, question: str, value: str, unit: str
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.value, answer.unit) == (Decimal(value), unit), answer.text


def test_reasons_of_several_are_told_side_by_side(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("乌鲁木齐和巴州的机关运行经费都涨了，两家分别怎么解释的")
    assert answer.value is None and "体检费" in answer.text and "工会经费" in answer.text
    why = sample_assistant.ask("巴州人社局和昌吉州人社局的水费为什么不一样")
    assert why.status == "not_found"


# -- proof ----------------------------------------------------------------------------------------------

ANSWERED = [
    row[0]
    for rows in (
        *(COMPARED, QUOTIENTS, RANKED, TOP, PLACED, OWN_PLACE, EXTREMES, TOTALS, AVERAGES, SHARES, TABLES),
        *(FILTERS, CHANGED, LEFT_OUT, UNKNOWN, ONE_YEAR),
    )
    for row in rows
] + [NONE_FULFILS]


@pytest.mark.parametrize("question", ANSWERED)
def test_every_figure_of_the_text_is_cited_or_derived(sample_assistant: Assistant, question: str) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "answered"
    assert proven(answer)
    assert not proven(replace(answer, text=f"{answer.text}另有 7,654.32 万元。"))
    assert not proven(replace(answer, citations=(), steps=()))


@pytest.mark.parametrize("question", ANSWERED)
def test_every_value_stands_in_a_quote_and_every_quote_in_its_lines(
    sample_assistant: Assistant, question: str
) -> None:
    answer = sample_assistant.ask(question)
    quotes: dict[str, str] = {}
    for citation in answer.citations:
        assert citation.lines is not None
        first, last = citation.lines
        lines = TEXTS[citation.doc].splitlines()[first - 1 : last]
        assert squash(citation.quote) in squash("\n".join(lines))
        quotes[citation.doc] = quotes.get(citation.doc, "") + f" {citation.quote}"
    for place, value in by_place(answer).items():
        (quoted,) = [quote for doc, quote in quotes.items() if doc.startswith(place)]
        found = {number(figure) for figure in re.findall(FIGURE, quoted)}
        assert abs(value) in found or value == 0
