"""Questions to the sample corpus: the right figure, its proof, and no answer rather than a wrong one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build_index
from index.text import squash
from qa import Answer, Assistant
from qa.errors import QuestionError

HEADLINE = "乌鲁木齐人社局三公经费是多少"
QUESTION_FILES = sorted((Path(__file__).parents[1] / "eval" / "questions").glob("*.jsonl"))
STATUSES = {"answered", "not_found", "clarify"}
_YEAR = re.compile(r"(?:20\d\d[-—])?20\d\d年")
_FIGURE = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?")

FIGURES = [
    ("乌市人社局公务用车运行维护费的财政拨款三公经费口径是多少", "91.28", "万元"),
    ("乌鲁木齐市人力资源和社会保障局2026年政府采购预算是多少", "1985.18", "万元"),
    ("巴州人社局2026年公务接待费多少", "1.40", "万元"),
    ("巴州人社局基本工资", "566.59", "万元"),
    ("巴州人社局2026年一般公共预算支出中就业补助是多少", "331.34", "万元"),
    ("昌吉州人社局2024年政府采购预算多少", "612.75", "万元"),
    ("自治区人社厅2025年实有人数是多少", "1060", "人"),
    ("巴州人社局2026年车辆有多少辆", "5", "辆"),
    ("乌鲁木齐市人事考试中心2026年一般公共预算项目支出是多少", "190.53", "万元"),
    ("乌鲁木齐人社局劳动保障监察事业发展经费里接待来人来电来信的指标值是多少", "2800", "件"),
    ("乌鲁木齐人社局人才事业发展经费里租赁费是多少", "291", "万元"),
    ("乌鲁木齐人社局2026年行政运行比上年增加多少", "790.98", "万元"),
    ("乌鲁木齐人社局2026年一般行政管理事务比上年减少了百分之几", "67.38", "%"),
    ("把财政拨款、单位资金、结转全算上，昌吉州人社局2024年一般行政管理事务总共安排多少", "880.40", "万元"),
    ("昌吉州人社局2024年功能科目2080107列了多少", "18.00", "万元"),
    ("巴州人社局单价50万以上的大型设备有几套", "2", "套"),
    ("乌鲁木齐市人社局有几辆执法执勤车", "5", "辆"),
    ("乌鲁木齐人事考试中心结转了多少", "25.35", "万元"),
    ("请问昌吉州人社局2024年在劳动保障监察上打算花多少万元", "12.00", "万元"),
    ("自治区公共就业服务中心综合事务项目的预算是多少", "248.00", "万元"),
]
DERIVED = [
    ("巴州人社局2026年水费和电费一共多少", "2.60", "万元", ("2.42", "0.18")),
    ("巴州人社局2026年水费、电费和邮电费加起来多少", "10.30", "万元", ("2.42", "0.18", "7.70")),
    ("巴州人社局2026年办公费比差旅费多多少", "30.26", "万元", ("63.26", "33.00")),
    ("巴州人社局2026年公务接待费占三公经费的比例是多少", "5.51", "%", ("1.40", "25.40")),
    ("巴州人社局2026年三公经费中，公务接待费占比是多少", "5.51", "%", ("1.40", "25.40")),
    ("昌吉州人社局物业管理成本2024年上限比上年完成值省下多少", "11.41", "万元", ("70.00", "81.41")),
    ("自治区人社厅平均每辆车一年运行费多少万元", "2.01", "万元", ("146.51", "73")),
]
TEXTS = [
    ("乌鲁木齐人社局2026年一般行政管理事务为什么减少", ["人才补贴奖励项目被削减"]),
    ("乌鲁木齐人社局2026年财政拨款结转为什么减少", ["享受人数自然减少"]),
    ("乌鲁木齐人社局机关运行经费是什么意思", ["行政单位和参公事业单位的公用经费"]),
    ("乌鲁木齐人社局委托业务费是什么", ["请外单位代办业务时付出的费用"]),
    ("乌鲁木齐人社局有哪些预算单位", ["乌鲁木齐市社会保险中心", "乌鲁木齐市人事考试中心"]),
    ("乌鲁木齐人社局仲裁办案经费由哪个单位承担", ["乌鲁木齐市劳动人事争议仲裁院"]),
    ("乌鲁木齐人社局人才事业发展经费的资金分配情况", ["租赁费", "物业管理费", "取暖费", "劳务费"]),
]
REFUSED = [
    "巴州人社局人均公用经费是多少",
    "哈密市人社局2026年三公经费是多少",
    "乌鲁木齐市教育局2026年三公经费是多少",
    "昌吉州人社服务中心2024年三公经费",
    "乌鲁木齐人社局2023年三公经费是多少",
    "昌吉州人社局2026年公务接待费多少",
    "乌鲁木齐人社局2026年决算的三公经费是多少",
    "乌鲁木齐人社局2026年养猪场改造经费是多少",
    "巴州人社局2026年教育费附加是多少",
    "巴州人社局2026年宠物医疗费是多少",
    "巴州人社局2026年海洋牧场建设费有多少",
]
UNCLEAR = ["公务接待费是多少", "三公经费是多少"]
CONVERTED_SUM = "巴州人社局水费和电费加起来多少元"
ASKED = [
    HEADLINE,
    CONVERTED_SUM,
    *UNCLEAR,
    *REFUSED,
    *(row[0] for group in (FIGURES, DERIVED, TEXTS) for row in group),
]


def figures_in(text: str) -> set[Decimal]:
    """Return the figures of a text; a year is none."""
    plain = _YEAR.sub("", squash(text))
    return {Decimal(figure.replace(",", "")) for figure in _FIGURE.findall(plain)}


def unproven_figures(answer: Answer) -> set[Decimal]:
    """Return the figures of an answer that stand in no citation and follow from no step.

    Numbers inside names (a table's, a project's) and the count of the listed values need no proof.
    """
    proof = " ; ".join(f"{c.table} ; {c.row} ; {c.column} ; {c.quote}" for c in answer.citations)
    names = " ; ".join([answer.question, *(value.label for value in answer.values)])
    proven = figures_in(proof) | figures_in(names) | {Decimal(0), Decimal(len(answer.values))}
    for step in answer.steps:
        operands, _, result = step.rpartition("=")
        if figures_in(operands) <= proven:
            proven |= figures_in(result)
    return figures_in(answer.text) - proven


def shipped_questions() -> Iterator[tuple[str, str]]:
    """Yield (file:id, question) of the question files that ship, turns of dialogues too."""
    for path in QUESTION_FILES:
        for row in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(row) if row.strip() else {}
            for turn in entry.get("turns") or [entry] * bool(entry):
                yield f"{path.name}:{entry['id']}", turn["question"]


def test_the_headline_question_is_answered_from_the_table_and_from_the_prose(
    sample_assistant: Assistant,
) -> None:
    answer = sample_assistant.ask(HEADLINE)
    assert (answer.status, answer.value, answer.unit) == ("answered", Decimal("91.28"), "万元")
    first = answer.text.split("\n")[0]
    assert "91.28" in first and "2026" in first and "乌鲁木齐" in first
    cells = [citation for citation in answer.citations if citation.table]
    prose = [citation for citation in answer.citations if not citation.table]
    assert any("三公" in cell.table and cell.row and cell.column and "91.28" in cell.quote for cell in cells)
    assert any("91.28" in citation.quote for citation in prose)


def test_money_left_over_is_not_what_a_unit_spends(sample_assistant: Assistant) -> None:
    unit = "乌鲁木齐人社局社保中心"
    assert sample_assistant.ask(f"{unit}人员经费是多少").value is None
    assert "结转" in sample_assistant.ask(f"{unit}上年结转结余多少").text


def test_a_share_takes_part_and_whole_of_one_department(sample_assistant: Assistant) -> None:
    """A unit's project spends on 印刷费 as well; the department's own is asked."""
    part, whole = (
        sample_assistant.ask(f"乌鲁木齐人社局{item}是多少").value for item in ("印刷费", "公用经费")
    )
    assert part and whole
    answer = sample_assistant.ask("乌鲁木齐人社局印刷费占公用经费的比重")
    assert answer.value == round(part / whole * 100, 2)


@pytest.mark.parametrize(("question", "value", "unit"), FIGURES)
def test_the_figure_asked_for(sample_assistant: Assistant, question: str, value: str, unit: str) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert answer.value is not None and abs(answer.value) == Decimal(value), answer.text
    assert answer.unit == unit
    assert answer.citations


@pytest.mark.parametrize(("question", "value", "unit", "operands"), DERIVED)
def test_a_derived_figure_shows_its_formula_and_cites_its_operands(
    sample_assistant: Assistant, question: str, value: str, unit: str, operands: tuple[str, ...]
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("answered", Decimal(value), unit), answer.text
    (step,) = answer.steps
    assert {Decimal(operand) for operand in operands} | {Decimal(value)} <= figures_in(step)
    cited = figures_in(" ; ".join(citation.quote for citation in answer.citations))
    assert {Decimal(operand) for operand in operands} <= cited


@pytest.mark.parametrize(("question", "words"), TEXTS)
def test_a_question_about_words_is_answered_with_the_words(
    sample_assistant: Assistant, question: str, words: list[str]
) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert [word for word in words if word not in answer.text] == []
    assert answer.citations


def test_a_change_names_its_direction_and_both_its_figures(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("乌鲁木齐人社局2026年项目支出比上年变化了多少")
    assert "减少" in answer.text
    assert {Decimal("2200.63"), Decimal("10.78")} <= figures_in(answer.text)


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("巴州人社局2026年公务接待费是多少元", "14000", "元"),
        ("巴州人社局2026年支出总计是多少亿元", "0.390596", "亿元"),
        ("巴州人社局2026年支出总计是多少万元", "3905.96", "万元"),
    ],
)
def test_amounts_are_converted_exactly(
    sample_assistant: Assistant, question: str, value: str, unit: str
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.value, answer.unit) == (Decimal(value), unit)
    assert Decimal(value) in figures_in(answer.text)


def test_a_sum_is_converted_exactly_too(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask(CONVERTED_SUM)
    assert (answer.value, answer.unit) == (Decimal(26000), "元")


@pytest.mark.parametrize("question", REFUSED)
def test_what_the_index_does_not_hold_is_not_found_and_never_guessed(
    sample_assistant: Assistant, question: str
) -> None:
    answer = sample_assistant.ask(question)
    assert answer.status == "not_found", answer.text
    assert answer.value is None
    assert answer.unit is None
    assert answer.values == ()
    assert answer.text


@pytest.mark.parametrize("question", UNCLEAR)
def test_a_question_that_names_no_department_offers_the_departments(
    sample_assistant: Assistant, question: str
) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.status, answer.value) == ("clarify", None)
    assert len(answer.choices) == len(set(answer.choices)) == 4
    for choice in answer.choices:
        assert sample_assistant.ask(f"{choice}{question}").status == "answered"


def test_two_departments_are_answered_side_by_side(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("乌鲁木齐人社局和巴州人社局2026年三公经费分别是多少")
    assert answer.status == "answered", answer.text
    assert {Decimal("91.28"), Decimal("25.40")} <= {value.value for value in answer.values}
    assert len({citation.doc for citation in answer.citations}) == 2


@pytest.mark.parametrize("question", ["", "   \n", "，。、", "三公经费" * 25_000])
def test_an_empty_or_endless_question_is_refused_in_one_line(
    sample_assistant: Assistant, question: str
) -> None:
    with pytest.raises(QuestionError) as caught:
        sample_assistant.ask(question)
    assert str(caught.value)
    assert len(str(caught.value)) < 100
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("question", ASKED)
def test_every_answer_keeps_the_contract(sample_assistant: Assistant, question: str) -> None:
    answer = sample_assistant.ask(question).to_dict()
    assert json.loads(json.dumps(answer, ensure_ascii=False, allow_nan=False)) == answer
    assert list(answer) == [
        "question", "status", "text", "value", "unit", "values", "citations", "steps", "choices",
    ]  # fmt: skip
    assert answer["question"] == question
    assert answer["status"] in STATUSES
    assert isinstance(answer["text"], str) and answer["text"]
    assert answer["value"] is None or isinstance(answer["value"], int | float)
    assert answer["unit"] is None or isinstance(answer["unit"], str)
    assert (answer["unit"] is None) >= (answer["value"] is None)
    for value in answer["values"]:
        assert list(value) == ["label", "value", "unit"]
        assert isinstance(value["label"], str) and isinstance(value["unit"], str)
        assert isinstance(value["value"], int | float)
    for citation in answer["citations"]:
        assert list(citation) == ["doc", "title", "lines", "page", "table", "row", "column", "quote"]
        assert citation["doc"].endswith(".md") and citation["title"] and citation["quote"]
        assert citation["page"] is None
        first, last = citation["lines"]
        assert 1 <= first <= last
    assert all(isinstance(entry, str) and entry for entry in [*answer["steps"], *answer["choices"]])
    assert bool(answer["choices"]) == (answer["status"] == "clarify")
    assert bool(answer["citations"]) == (answer["status"] == "answered")


@pytest.mark.parametrize("question", ASKED)
def test_every_quote_stands_in_the_lines_it_cites(sample_assistant: Assistant, question: str) -> None:
    for citation in sample_assistant.ask(question).citations:
        assert citation.lines is not None
        cited = "\n".join(sample_assistant.store.lines(citation.doc, *citation.lines))
        assert squash(citation.quote) in squash(cited)


@pytest.mark.parametrize("question", ASKED)
def test_every_figure_of_an_answer_is_cited_or_derived(sample_assistant: Assistant, question: str) -> None:
    answer = sample_assistant.ask(question)
    if answer.status == "answered":
        assert unproven_figures(answer) == set()


@pytest.mark.skipif(not QUESTION_FILES, reason="no question files ship with this checkout")
def test_every_figure_of_every_answer_to_the_shipped_questions_is_cited_or_derived(
    sample_assistant: Assistant,
) -> None:
    loose = {}
    for name, question in shipped_questions():
        answer = sample_assistant.ask(question)
        if answer.status == "answered" and unproven_figures(answer):
            loose[f"{name} {question}"] = unproven_figures(answer)
    assert loose == {}


def test_a_figure_without_proof_would_be_seen() -> None:
    assert unproven_figures(Answer("问", "answered", "公务接待费为 1.40 万元。")) == {Decimal("1.40")}
    derived = Answer("问", "answered", "合计 3 万元。", steps=("1 万元 + 2 万元 = 3 万元",))
    assert unproven_figures(derived) == {Decimal(3)}


PRIVATE = """---
entity: 青岭市水务局
year: 2025
---

## 第三部分 情况说明

### 二、支出预算情况说明

巡河经费 36.50 万元，比上年增加 4.20 万元，主要原因：热线 13800000000 来电增多，证号 110000190001010000。

## 第四部分 名词解释

一、河长：负责一段河道的人，电话 13800000000。
"""


@pytest.mark.parametrize(
    "question",
    ["青岭市水务局2025年巡河经费为什么增加 13800000000", "青岭市水务局河长是什么意思", "13800000000"],
)
def test_telephone_and_identity_numbers_are_masked_in_every_output(tmp_path: Path, question: str) -> None:
    (tmp_path / "水务局.md").write_text(PRIVATE, encoding="utf-8")
    build_index([tmp_path / "水务局.md"], tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    answer = assistant.ask(question)
    for output in (answer.text, json.dumps(answer.to_dict(), ensure_ascii=False), *answer.steps):
        assert "13800000000" not in output
        assert "110000190001010000" not in output
    assistant.store.close()


PIECES = st.sampled_from(
    ["乌鲁木齐人社局", "巴州", "昌吉州人社局", "自治区人社厅", "哈密市教育局", "2026年", "2024年", "24年"]
    + ["三公经费", "公务接待费", "水费", "电费", "基本支出", "支出预算", "的", "和", "、", "，", "比", "占"]
    + ["是多少", "多少元", "亿元", "为什么", "减少", "增加", "一共", "人均", "哪些单位", "是什么", "用于什么"]
    + ["指标值", "决算", "？", "相差", "不算", "几倍", "前三", "最多", "每个月", "%", "0", "\n"]
)
QUESTIONS = st.lists(PIECES | st.text(max_size=6), max_size=12).map("".join)


@settings(deadline=None)
@given(question=QUESTIONS)
def test_any_text_is_answered_or_refused_but_never_breaks(sample_assistant: Assistant, question: str) -> None:
    try:
        answer = sample_assistant.ask(question)
    except QuestionError:
        return
    assert answer.status in STATUSES
    assert json.dumps(answer.to_dict(), ensure_ascii=False)
    if answer.status == "answered":
        assert answer.citations
        assert unproven_figures(answer) == set()


def test_a_unit_of_several_departments_is_asked_back(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("人事考试中心2026年项目支出多少")
    assert answer.status == "clarify"
    assert set(answer.choices) == {"乌鲁木齐人社局", "新疆维吾尔自治区人社厅"}


def test_a_function_of_several_departments_is_asked_back_or_told_by_the_year(
    sample_assistant: Assistant,
) -> None:
    assert sample_assistant.ask("人社局2026年差旅费").status == "clarify"
    answer = sample_assistant.ask("人社局2024年差旅费多少")
    assert (answer.value, answer.unit) == (Decimal("8.00"), "万元")
    assert answer.text.startswith("昌吉州人社局")


def test_each_clause_asks_for_its_own_kind_of_figure(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("自治区人社厅少数民族特培专项培养多少人，人均成本多少")
    assert [(value.value, value.unit) for value in answer.values] == [(200, "人"), (5, "万元/人")]


def test_a_count_is_not_answered_with_the_total_budget(sample_assistant: Assistant) -> None:
    assert sample_assistant.ask("自治区人社厅2025年有多少个预算文件").value is None


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("自治区人社厅去年三公经费多少", "182.31"),
        ("自治区人社厅上年三公经费", "182.31"),
        ("乌鲁木齐人社局去年三公经费多少", "84.88"),
        ("昌吉州人社局去年办公费多少", None),
        ("乌鲁木齐市人社局企业改革补助中用上年财政拨款结转安排的是多少", "2924.15"),
    ],
)
def test_last_year_is_reckoned_or_refused_never_this_years_figure(
    sample_assistant: Assistant, question: str, value: str | None
) -> None:
    answer = sample_assistant.ask(question)
    assert answer.value == (value and Decimal(value)), answer.text


def test_what_a_project_is_about_is_not_answered_with_its_amount(sample_assistant: Assistant) -> None:
    projects = {
        f.project for d in sample_assistant.store.documents for f in sample_assistant.store.facts_of(d.name)
    }
    assert len(projects) > 5
    for project in sorted(filter(None, projects)):
        answer = sample_assistant.ask(f"{project}的主要内容是什么")
        assert answer.value is None, (project, answer.text)
