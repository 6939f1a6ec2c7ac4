"""Prose of other authors: projects under headings, ways to give a reason, short names, lists of offices."""

from __future__ import annotations

import pytest
from disclosures import ENTITY, said, sentence_facts, tab_document

from index.document import Fact
from index.prose_facts import prose_facts
from index.text import squash

CENTRE = "青岭市水文信息中心"
DESCRIBED = f"""立项依据：《青岭市河湖管护办法》（青水〔2021〕24 号）。

承担单位：{CENTRE}

年度预算安排：36.50 万元

资金分配：委托业务费 30.00 万元；差旅费 6.50 万元。

补助标准：每公里 1,200 元

实施周期：2025 年 1 月至 12 月"""


def by_measure(facts: list[Fact]) -> dict[str, Fact]:
    """Return the facts of a project's keys by what they say."""
    return {fact.measure: fact for fact in facts if fact.measure != "分配金额"}


def reasons(facts: list[Fact]) -> list[tuple[str, str]]:
    """Return (item, reason) of the facts that give one."""
    return [(fact.item, fact.text) for fact in facts if fact.measure == "原因"]


# -- projects ---------------------------------------------------------------------------------------


def test_keys_in_other_words_have_common_names() -> None:
    found = by_measure(sentence_facts(DESCRIBED, "（一）巡河经费"))
    assert "青岭市河湖管护办法" in found.pop("设立的政策依据").text
    assert (str(found["预算安排规模"].value), found.pop("预算安排规模").unit) == ("36.50", "万元")
    assert {measure: squash(fact.text) for measure, fact in found.items()} == {
        "项目承担单位": CENTRE,
        "资金分配情况": "委托业务费30.00万元；差旅费6.50万元。",
        "补贴标准": "每公里1,200元",
        "资金执行时间": "2025年1月至12月",
    }


@pytest.mark.parametrize("heading", ["（一）巡河经费", "二、巡河经费", "二、2025年巡河经费"])
def test_a_project_without_a_name_of_its_own_has_that_of_its_heading(heading: str) -> None:
    facts = sentence_facts(DESCRIBED, heading)
    assert {fact.project for fact in facts} == {"巡河经费"}
    assert {fact.item for fact in by_measure(facts).values()} == {"巡河经费"}


def test_each_heading_starts_a_project_and_its_unit() -> None:
    text = f"{DESCRIBED}\n\n（二）清淤经费\n\n立项依据：《青岭市清淤办法》。\n\n年度预算安排：9.00 万元"
    amounts = [fact for fact in sentence_facts(text, "（一）巡河经费") if fact.measure == "预算安排规模"]
    assert [(fact.project, fact.subunit, str(fact.value)) for fact in amounts] == [
        ("巡河经费", CENTRE, "36.50"),
        ("清淤经费", "", "9.00"),
    ]


def test_a_name_given_by_its_key_comes_before_the_heading() -> None:
    facts = sentence_facts(f"项目名称：清淤经费\n\n{DESCRIBED}", "（一）巡河经费")
    assert {fact.project for fact in facts} == {"清淤经费"}


def test_the_parts_of_such_a_project_name_it() -> None:
    facts = sentence_facts(DESCRIBED, "（一）巡河经费")
    parts = [fact for fact in facts if fact.measure == "分配金额"]
    assert [(fact.item, str(fact.value)) for fact in parts] == [("委托业务费", "30.00"), ("差旅费", "6.50")]
    assert {(fact.row_path[0], fact.subunit) for fact in parts} == {("巡河经费", CENTRE)}


def test_an_attribute_behind_a_colon_is_that_of_the_thing_before_it() -> None:
    facts = sentence_facts("1. 房屋：面积 120.50 平方米，价值 30 万元。")
    told = [(fact.item, fact.measure, str(fact.value), fact.unit) for fact in facts]
    assert told == [("房屋", "数量", "120.50", "平方米"), ("房屋", "价值", "30", "万元")]


@pytest.mark.parametrize(
    ("allocation", "parts"),
    [
        ("阿克苏地区 10 万元，和田地区 20 万元，和硕县 5 万元", ["阿克苏地区", "和田地区", "和硕县"]),
        ("差旅费 10 万元，和办公费 20 万元", ["差旅费", "办公费"]),
        ("1.数据核验 1 项，预算费用 10 万元；2.第三方评价 2 次，费用 5 万元", ["数据核验", "第三方评价"]),
    ],
)
def test_a_part_of_an_allocation_has_the_name_that_the_text_gives_it(
    allocation: str, parts: list[str]
) -> None:
    text = DESCRIBED.replace("委托业务费 30.00 万元；差旅费 6.50 万元。", f"{allocation}。")
    facts = sentence_facts(text, "（一）巡河经费")
    assert [fact.item for fact in facts if fact.measure == "分配金额"] == parts


@pytest.mark.parametrize(
    ("key", "measure"),
    [
        ("项目依据", "设立的政策依据"),
        ("实施单位", "项目承担单位"),
        ("责任单位", "项目承担单位"),
        ("资金规模", "预算安排规模"),
        ("资金渠道", "资金来源"),
        ("补助对象", "补贴范围"),
        ("申领程序", "发放程序"),
        ("项目周期", "资金执行时间"),
        ("项目概况", "项目概述"),
        ("（一）立项依据", "设立的政策依据"),
        ("2. 实施时间", "资金执行时间"),
    ],
)
def test_every_wording_of_a_key_is_known(key: str, measure: str) -> None:
    (found,) = sentence_facts(f"{key}：沿河三镇", "（三）巡河经费")
    assert (found.project, found.measure, found.text) == ("巡河经费", measure, "沿河三镇")


def test_a_word_before_a_colon_that_is_no_key_makes_no_project() -> None:
    facts = sentence_facts("有关情况：巡河经费 36.50 万元。", "（三）其他说明")
    assert list(said(facts)) == [("巡河经费", "预算数", "36.50万元")]
    assert {fact.project for fact in facts} == {""}


def test_a_paragraph_says_before_its_colon_which_project_it_is_about() -> None:
    facts = sentence_facts("2. 青岭河综合治理规划：结转 15 万元，用于编制河道断面图。")
    assert [(fact.item, fact.measure, fact.project) for fact in facts] == [
        ("结转", "预算数", "青岭河综合治理规划"),
        ("结转", "用途", "青岭河综合治理规划"),
    ]
    assert (str(facts[0].value), facts[0].unit, facts[1].text) == ("15", "万元", "编制河道断面图")


@pytest.mark.parametrize(
    "text",
    [
        "青岭河综合治理规划：结转 15 万元。",
        "2. 青岭河综合治理规划结转 15 万元。",
        "2. 青岭河综合治理规划 20 万元：结转 15 万元。",
        "2. 办公家具：价值 15 万元。",
    ],
)
def test_other_words_before_a_figure_are_no_project(text: str) -> None:
    facts = sentence_facts(text)
    assert any(str(fact.value) == "15" for fact in facts)
    assert {fact.project for fact in facts} == {""}


# -- reasons, shares, no change ---------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["系", "主要是", "主要为", "变动原因：", "原因在于", "增加原因是"])
@pytest.mark.parametrize("stop", ["，", "。", "；"])
def test_a_reason_follows_its_mark(mark: str, stop: str) -> None:
    facts = sentence_facts(f"巡河经费 36.50 万元，比上年增加 4.20 万元{stop}{mark}新增两条河道的巡查任务。")
    assert reasons(facts) == [("巡河经费", "新增两条河道的巡查任务。")]
    assert ("巡河经费", "增减额", "4.20万元") in said(facts)


@pytest.mark.parametrize("words", ["维护系统升级 4.20 万元", "其中主要是差旅费 4.20 万元", "关系 4.20 万元"])
def test_a_mark_inside_a_name_gives_no_reason(words: str) -> None:
    facts = sentence_facts(f"巡河经费 36.50 万元，{words}。")
    assert not reasons(facts)
    assert [figure for _, _, figure in said(facts)] == ["36.50万元", "4.20万元"]


@pytest.mark.parametrize(
    "words", ["与上年持平", "较上年无变化", "与 2024 年相同", "与上年预算数一致", "比去年没有变化"]
)
def test_no_change_against_last_year_is_a_change_of_nought(words: str) -> None:
    facts = sentence_facts(f"公务接待费 1.40 万元，{words}。")
    assert list(said(facts)) == [("公务接待费", "预算数", "1.40万元"), ("公务接待费", "增减额", "0万元")]
    assert squash(words) in facts[-1].text


def test_no_change_may_have_a_reason() -> None:
    facts = sentence_facts("公务接待费 1.40 万元，与上年持平，主要原因是来访人数不变。")
    assert ("公务接待费", "增减额", "0万元") in said(facts)
    assert reasons(facts) == [("公务接待费", "来访人数不变。")]


def test_a_change_in_figures_is_not_said_to_be_nought() -> None:
    facts = sentence_facts("公务接待费 1.40 万元，比上年减少 0.20 万元，人数与上年持平。")
    assert list(said(facts))[1:] == [("公务接待费", "增减额", "-0.20万元")]


@pytest.mark.parametrize("words", ["占比 0.22%", "占比为 0.22%", "占支出的比重为 0.22%", "占总支出的 0.22%"])
def test_a_share_belongs_to_the_item_before_it(words: str) -> None:
    facts = sentence_facts(f"巡河经费 36.50 万元，{words}。")
    assert list(said(facts)) == [("巡河经费", "预算数", "36.50万元"), ("巡河经费", "占比", "0.22%")]


# -- accounts, offices, short names -----------------------------------------------------------------


@pytest.mark.parametrize("lead", ["", "1. ", "（一）"])
def test_a_sentence_that_names_all_three_levels_is_about_the_last(lead: str) -> None:
    facts = sentence_facts(f"{lead}农林水支出（类）水利（款）河湖管护（项）安排 50.00 万元，占比 5.00%。")
    assert list(said(facts)) == [("河湖管护", "预算数", "50.00万元"), ("河湖管护", "占比", "5.00%")]
    assert {fact.row_path for fact in facts} == {("农林水支出", "水利", "河湖管护")}


@pytest.mark.parametrize("name", ["", ENTITY, "本部门"])
@pytest.mark.parametrize("mark", ["具体为：", "分别为：", "包括：", "即："])
def test_offices_are_counted_and_listed(name: str, mark: str) -> None:
    facts = sentence_facts(f"{name}内设 14 个科室，{mark}办公室、工程科、河湖科等。", "二、机构设置")
    assert list(said(facts)) == [("科室", "数量", "14个")]
    (names,) = [fact for fact in facts if fact.measure == "名单"]
    assert (names.item, names.text) == ("科室", "办公室、工程科、河湖科等")


SHORT = f"第一部分 概况\n\n{ENTITY}（以下简称“市水务局”）是市政府工作部门。\n\n二、支出情况\n\n"


@pytest.mark.parametrize("words", ["（以下简称“市水务局”）", "（以下简称市水务局）", "(以下简称：市水务局)"])
def test_the_short_name_that_a_document_gives_its_department_is_an_alias(words: str) -> None:
    document = tab_document(f"第一部分 概况\n\n{ENTITY}{words}是市政府工作部门。")
    assert "市水务局" in document.aliases


@pytest.mark.parametrize(
    "sentence", ["市水务局巡河经费 36.50 万元。", "2025 年市水务局巡河经费 36.50 万元。"]
)
def test_the_short_name_is_no_part_of_an_item(sentence: str) -> None:
    facts = list(prose_facts(tab_document(SHORT + sentence)))
    assert list(said(facts)) == [("巡河经费", "预算数", "36.50万元")]


def test_a_short_name_of_another_unit_is_no_alias() -> None:
    document = tab_document(f"第一部分 概况\n\n{CENTRE}（以下简称“水文中心”）是市水务局所属单位。")
    assert "水文中心" not in document.aliases
