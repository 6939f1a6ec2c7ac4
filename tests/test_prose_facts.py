"""Sentences -> facts: what each figure says, and which figures are only part of a name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from disclosures import NAME, said, sentence_facts, tab_document
from hypothesis import example, given
from hypothesis import strategies as st

from index.document import Fact
from index.facts import document_facts
from index.text import squash

FUND = "八、政府性基金预算拨款情况说明"
ACCOUNTS = "五、一般公共预算当年拨款情况说明"
PROJECTS = "七、一般公共预算项目支出情况说明"
ASSETS = "（三）国有资产占用使用情况"
OFFICES = "二、机构设置"


def statements(facts: Sequence[Fact], measure: str) -> list[tuple[str, str]]:
    """Return (item, text) of the facts that say something in words."""
    return [(fact.item, fact.text) for fact in facts if fact.measure == measure and fact.value is None]


def test_amount_share_change_and_rate_belong_to_the_subject_before_them() -> None:
    facts = sentence_facts("巡河经费 36.50 万元，占 12.30%，比上年预算增加 4.20 万元，增长 13.00%。")
    assert list(said(facts)) == [
        ("巡河经费", "预算数", "36.50万元"),
        ("巡河经费", "占比", "12.30%"),
        ("巡河经费", "增减额", "4.20万元"),
        ("巡河经费", "增减率", "13.00%"),
    ]


@pytest.mark.parametrize(
    "wording",
    [
        "比上年预算减少 4.20 万元，下降 13.00%",
        "较上年减少 4.20 万元，下降 13.00%",
        "与上年相比减少 4.20 万元，降低 13.00%",
        "比 2024 年预算数减少 4.20 万元，下降 13.00%",
        "同比减少 4.20 万元，下降 13.00%",
    ],
)
def test_a_fall_has_a_negative_value_in_every_wording(wording: str) -> None:
    facts = sentence_facts(f"巡河经费 36.50 万元，{wording}，主要原因是：船只减少。")
    assert list(said(facts))[1:] == [("巡河经费", "增减额", "-4.20万元"), ("巡河经费", "增减率", "-13.00%")]
    assert statements(facts, "原因") == [("巡河经费", "船只减少。")]


@pytest.mark.parametrize("mark", ["主要原因是：", "主要原因是", "主要原因：", "原因是", "主要是由于"])
def test_a_reason_is_cited_without_the_words_that_announce_it(mark: str) -> None:
    facts = sentence_facts(f"巡河经费 36.50 万元，比上年增加 4.20 万元，{mark}新增两条河道的巡查任务。")
    assert statements(facts, "原因") == [("巡河经费", "新增两条河道的巡查任务。")]


def test_a_reason_ends_where_the_next_subject_begins() -> None:
    facts = sentence_facts(
        "“三公”经费比上年减少 1.00 万元，其中：公务接待费增加 0.50 万元，主要原因是来访增多；"
        "公务用车运行费减少 1.50 万元，主要原因是报废一辆车。"
    )
    assert statements(facts, "原因") == [("公务接待费", "来访增多"), ("公务用车运行费", "报废一辆车。")]
    assert ("公务用车运行费", "增减额", "-1.50万元") in said(facts)


def test_a_new_sentence_about_another_item_is_no_part_of_a_reason() -> None:
    facts = sentence_facts(
        "印刷费 3.00 万元，较上年减少 1.00 万元，主要原因：少印一册年鉴。"
        "差旅费 8.00 万元，较上年增加 2.00 万元，主要原因：跨县调水。"
    )
    assert ("差旅费", "预算数", "8.00万元") in said(facts)
    assert [item for item, _ in statements(facts, "原因")] == ["印刷费", "差旅费"]


def test_parts_after_of_which_are_items_of_their_own() -> None:
    facts = sentence_facts(
        "青岭市水务局 2025 年支出预算 900.00 万元，其中：基本支出 400.00 万元，占 44.44%；"
        "项目支出 500.00 万元，占 55.56%。"
    )
    assert list(said(facts)) == [
        ("支出预算", "预算数", "900.00万元"),
        ("基本支出", "预算数", "400.00万元"),
        ("基本支出", "占比", "44.44%"),
        ("项目支出", "预算数", "500.00万元"),
        ("项目支出", "占比", "55.56%"),
    ]


def test_staff_and_its_changes() -> None:
    facts = sentence_facts(
        "青岭市水务局编制数 45，实有人数 52 人，其中：在职 40 人，增加 2 人；退休 12 人，减少 1 人。", OFFICES
    )
    assert list(said(facts)) == [
        ("编制数", "数量", "45人"),
        ("实有人数", "数量", "52人"),
        ("在职", "数量", "40人"),
        ("在职", "增减额", "2人"),
        ("退休", "数量", "12人"),
        ("退休", "增减额", "-1人"),
    ]


def test_assets_have_a_number_and_a_value() -> None:
    facts = sentence_facts(
        "1. 房屋 2,300.50 平方米，价值 800.00 万元。\n\n"
        "2. 车辆 12 辆，价值 310.50 万元；其中：一般公务用车 4 辆，价值 90.00 万元；"
        "执法执勤用车 8 辆，价值 220.50 万元。",
        ASSETS,
    )
    assert list(said(facts)) == [
        ("房屋", "数量", "2300.50平方米"),
        ("房屋", "价值", "800.00万元"),
        ("车辆", "数量", "12辆"),
        ("车辆", "价值", "310.50万元"),
        ("一般公务用车", "数量", "4辆"),
        ("一般公务用车", "价值", "90.00万元"),
        ("执法执勤用车", "数量", "8辆"),
        ("执法执勤用车", "价值", "220.50万元"),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "1. 农林水支出（类）水利（款）河湖管护（项）",
        "1. 河湖管护（项），属农林水支出（类）水利（款）",
    ],
)
def test_account_steps_in_both_wordings_give_the_same_path(head: str) -> None:
    facts = sentence_facts(
        f"{head}：2025 年预算数为 50.00 万元，比上年预算增加 5.00 万元，增长 11.11%，主要原因是：新增河段。",
        ACCOUNTS,
    )
    assert {fact.item for fact in facts} == {"河湖管护"}
    assert {fact.row_path for fact in facts} == {("农林水支出", "水利", "河湖管护")}
    assert [figure for _, _, figure in said(facts)] == ["50.00万元", "5.00万元", "11.11%"]
    assert statements(facts, "原因") == [("河湖管护", "新增河段。")]
    assert {fact.scope for fact in facts} == {"一般公共预算"}


PROJECT = """项目名称：巡河经费

设立的政策依据：《青岭市河湖管护办法》（青水〔2021〕24 号）

预算安排规模：36.50 万元

项目承担单位：青岭市水文信息中心

资金分配情况：委托业务费 30.00 万元；差旅费 4.50 万元，印刷费 2.00 万元。

资金执行时间：2025 年 1 月至 12 月

项目名称：清淤经费

预算安排规模：9.00 万元"""


def test_a_project_block_is_read_key_by_key() -> None:
    facts = sentence_facts(PROJECT, PROJECTS)
    keyed = {(fact.project, fact.measure): fact for fact in facts if fact.measure != "分配金额"}
    assert str(keyed["巡河经费", "预算安排规模"].value) == "36.50"
    assert str(keyed["清淤经费", "预算安排规模"].value) == "9.00"
    assert keyed["巡河经费", "项目承担单位"].text == "青岭市水文信息中心"
    assert "青岭市河湖管护办法" in keyed["巡河经费", "设立的政策依据"].text
    assert squash(keyed["巡河经费", "资金执行时间"].text) == "2025年1月至12月"


def test_dates_and_document_numbers_of_a_project_are_no_figures() -> None:
    figures = list(said(sentence_facts(PROJECT, PROJECTS)))
    assert [figure for _, _, figure in figures] == [
        "36.50万元",
        "30.00万元",
        "4.50万元",
        "2.00万元",
        "9.00万元",
    ]


def test_the_parts_of_an_allocation_name_their_project() -> None:
    facts = sentence_facts(PROJECT, PROJECTS)
    parts = {fact.item: fact for fact in facts if fact.measure == "分配金额"}
    assert {name: str(fact.value) for name, fact in parts.items()} == {
        "委托业务费": "30.00",
        "差旅费": "4.50",
        "印刷费": "2.00",
    }
    assert {fact.project for fact in parts.values()} == {"巡河经费"}


def test_a_basis_over_several_paragraphs_is_one_statement() -> None:
    text = PROJECT.replace("（青水〔2021〕24 号）", "；\n\n1. 《青岭市防汛条例》。")
    (basis,) = [f for f in sentence_facts(text, PROJECTS) if f.measure == "设立的政策依据"]
    assert "河湖管护办法" in basis.text
    assert "防汛条例" in basis.text
    assert basis.span.last > basis.span.first


def test_a_definition_is_the_words_after_the_term() -> None:
    facts = sentence_facts(
        "一、巡河经费：指沿河巡查所需的人员与船只费用。\n\n二、“河长”：负责一段河道的人。",
        "第四部分 名词解释",
    )
    assert statements(facts, "名词解释") == [
        ("巡河经费", "指沿河巡查所需的人员与船只费用。"),
        ("“河长”", "负责一段河道的人。"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "政府性基金预算未安排。",
        "政府性基金预算：本年没有安排。",
        "2025 年没有安排政府性基金预算支出。",
        "青岭市水务局 2025 年没有政府性基金预算的支出，相应的表是空表。",
        "本年无政府性基金预算支出。",
    ],
)
def test_what_is_not_arranged_is_nought_and_named_by_its_item(sentence: str) -> None:
    facts = [fact for fact in sentence_facts(sentence, FUND) if fact.value is not None]
    assert [(fact.item, fact.value) for fact in facts] == [("政府性基金预算", 0)]
    assert squash(facts[0].quote) in squash(sentence)


def test_an_arranged_amount_is_not_said_to_be_nought() -> None:
    facts = sentence_facts("公务接待费 1.40 万元，均为国内接待。因公出国（境）费未安排。")
    assert set(said(facts)) == {
        ("公务接待费", "预算数", "1.40万元"),
        ("因公出国（境）费", "预算数", "0万元"),
    }


def test_units_are_counted_and_listed() -> None:
    facts = sentence_facts("青岭市水务局下设 3 个科室，分别是：办公室、工程科、河湖科。", OFFICES)
    assert ("科室", "数量", "3个") in said(facts)
    assert statements(facts, "名单") == [("科室", "办公室、工程科、河湖科")]


def test_a_numbered_list_of_units_is_one_statement() -> None:
    facts = sentence_facts("预算单位包括：\n\n1. 青岭市水务局本级\n\n2. 青岭市水文信息中心", OFFICES)
    (names,) = [text for _, text in statements(facts, "名单")]
    assert "青岭市水务局本级" in names
    assert "青岭市水文信息中心" in names


def test_what_a_sum_is_made_of_and_used_for() -> None:
    facts = sentence_facts(
        "人员经费 30.00 万元，主要包括：基本工资、津贴补贴。"
        "公务接待费 1.40 万元，主要用于接待调研人员 30 人次。"
    )
    assert statements(facts, "组成") == [("人员经费", "基本工资、津贴补贴")]
    assert [(item, squash(text)) for item, text in statements(facts, "用途")] == [
        ("公务接待费", "接待调研人员30人次")
    ]


def test_a_limit_inside_a_name_is_no_figure() -> None:
    facts = sentence_facts(
        "单价 50 万元以上通用设备 2 台（套），单位价值 100 万元以上大型设备 1 台。", ASSETS
    )
    assert [figure for _, _, figure in said(facts)] == ["2台", "1台"]


@pytest.mark.parametrize(
    "words",
    [
        "依照《关于推进 24 项改革的通知》",
        "自 2024 年 6 月 1 日起",
        "依照青水〔2023〕18 号文件",
        "经“十四五”第 3 次会议研究",
    ],
)
def test_numbers_inside_names_and_dates_are_no_figures(words: str) -> None:
    facts = sentence_facts(f"{words}，安排巡河经费 36.50 万元。")
    assert [figure for _, _, figure in said(facts)] == ["36.50万元"]


def test_a_sentence_broken_over_lines_is_read_whole_and_cites_its_lines() -> None:
    facts = sentence_facts("青岭市水务局安排的巡河经费 36.50 万元，比上年预算增\n\n加 4.20 万元。")
    change = next(fact for fact in facts if fact.measure == "增减额")
    assert (str(change.value), change.unit) == ("4.20", "万元")
    assert change.span.last == change.span.first + 2


def test_every_fact_says_whose_it_is_and_where_it_stands() -> None:
    for fact in sentence_facts("巡河经费 36.50 万元。"):
        assert (fact.doc, fact.entity, fact.year, fact.account) == (NAME, "青岭市水务局", 2025, "预算")
        assert fact.section[-1] == "二、支出预算情况说明"


WORDS = st.sampled_from(
    ["巡河经费", "青岭市水务局", "其中：", "比上年预算", "增加", "减少", "增长", "下降", "占", "主要原因是"]
    + ["用于", "包括：", "未安排", "项目名称：", "资金分配情况：", "预算数为", "（类）", "（项）", "属"]
    + ["一、", "（二）", "1.", "2025年", "万元", "%", "个", "辆", "36.50", "1,234", "0", "，", "。", "；"]
    + ["、", "《", "》", "〔", "<p>", "$\\geq$", "\n", "\n\n", " "]
)
NOISE = st.text(st.characters(exclude_characters="\t"), max_size=5)
ANY_TEXT = st.lists(WORDS | NOISE, max_size=40).map("".join)
HEADINGS = st.sampled_from([FUND, ACCOUNTS, PROJECTS, ASSETS, OFFICES, "第四部分 名词解释", "一、主要职能"])


@example("青岭市水务局未安排", FUND)
@given(ANY_TEXT, HEADINGS)
def test_whatever_is_printed_every_quote_stands_in_the_lines_it_cites(text: str, heading: str) -> None:
    document = tab_document(f"第三部分 情况说明\n\n{heading}\n\n{text}")
    for fact in document_facts(document):
        assert 1 <= fact.span.first <= fact.span.last <= len(document.lines)
        cited = "".join(document.lines[fact.span.first - 1 : fact.span.last])
        assert squash(fact.quote) in squash(cited)
        assert fact.item or fact.value is None
