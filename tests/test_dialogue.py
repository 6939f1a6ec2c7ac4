"""Follow-ups: what they take over from before, what they replace, and what is shown of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import Answer, Assistant
from qa.answer import proven
from qa.dialogue import Conversation
from qa.errors import QuestionError

WUQI = "乌鲁木齐人社局三公经费是多少"
BAZHOU = "巴州人社局三公经费是多少"
RECEPTION = "巴州人社局公务接待费是多少"
NO_DEPARTMENT = "三公经费是多少"
REFUSED = ["养猪场改造经费呢", "哈密市人社局呢", "那2023年呢"]

Step = tuple[str, str | None, str]
"""A question, the figure expected (None: an answer in words) and its unit."""

DIALOGUES: dict[str, list[Step]] = {
    "the same item, of other money": [
        ("巴州人社局2026年部门支出总表里其他就业补助支出多少", "705.27", "万元"),
        ("只看一般公共预算拨款呢", "331.34", "万元"),
    ],
    "of one money, then of another": [
        ("自治区人社厅2025年信息化建设一共多少", "2079", "万元"),
        ("其中单位资金出多少", "1000", "万元"),
        ("一般公共预算呢", "1079", "万元"),
    ],
    "two figures together": [
        ("巴州人社局办公费是多少", "63.26", "万元"),
        ("电费呢", "0.18", "万元"),
        ("这两项合计占公用经费的百分之几", "30.28", "%"),
    ],
    "against the one told before": [
        ("昌吉州人社局三公经费是多少", "9.20", "万元"),
        ("巴州的比它多多少", "16.20", "万元"),
    ],
    "times another department's": [(WUQI, "91.28", "万元"), ("是巴州的几倍", "3.59", "倍")],
    "one unit, not the whole": [
        ("乌鲁木齐人社局2026年一般公共预算项目支出是多少", "14900.94", "万元"),
        ("不要全局的，只看社会保险中心", "10199.08", "万元"),
        ("占全局的比重", "68.45", "%"),
    ],
    "last year, then the change": [
        ("自治区人社厅2025年信息化建设的一般公共预算数是多少", "1079.00", "万元"),
        ("上年预算数是多少", "1100.00", "万元"),
        ("降了百分之几", "1.91", "%"),
    ],
    "another department": [
        (WUQI, "91.28", "万元"),
        ("那巴州呢", "25.40", "万元"),
        ("那昌吉州人社局呢", "9.20", "万元"),
        ("那么自治区人社厅呢？", "147.41", "万元"),
    ],
    "another department, cars": [("乌鲁木齐人社局车辆有几辆", "42", "辆"), ("巴州呢", "5", "辆")],
    "another department, people": [("自治区人社厅实有人数是多少", "1060", "人"), ("那昌吉州呢", "111", "人")],
    "a part": [(BAZHOU, "25.40", "万元"), ("其中公务接待费呢", "1.40", "万元")],
    "a part that is all": [(WUQI, "91.28", "万元"), ("其中公务用车运行维护费呢", "91.28", "万元")],
    "parts of purchases": [
        ("乌鲁木齐人社局2026年政府采购预算是多少", "1985.18", "万元"),
        ("其中货物采购呢", "40.56", "万元"),
        ("工程采购呢", "0", "万元"),
        ("服务采购呢", "1944.62", "万元"),
    ],
    "a part of a project": [
        ("乌鲁木齐人社局人才事业发展经费是多少", "304.80", "万元"),
        ("其中租赁费呢", "291.00", "万元"),
        ("占总额的比例是多少", "95.47", "%"),
    ],
    "another item": [
        ("巴州人社局办公费是多少", "63.26", "万元"),
        ("电费呢", "0.18", "万元"),
        ("水费呢", "2.42", "万元"),
    ],
    "the change and its reason": [
        ("乌鲁木齐人社局2026年行政运行是多少", "8115.18", "万元"),
        ("比上年增加多少", "790.98", "万元"),
        ("为什么", None, ""),
    ],
    "a decrease and its reason": [
        ("乌鲁木齐人社局2026年项目支出是多少", "18209.39", "万元"),
        ("比上年减少多少", "2200.63", "万元"),
        ("为什么减少", None, ""),
    ],
    "the reason, then the amount": [
        ("乌鲁木齐人社局2026年一般行政管理事务为什么减少", None, ""),
        ("减少了多少", "986.28", "万元"),
    ],
    "the change of another item": [
        ("乌鲁木齐人社局行政运行比上年增加多少", "790.98", "万元"),
        ("那一般行政管理事务呢", "986.28", "万元"),
    ],
    "the difference of two departments": [
        (WUQI, "91.28", "万元"),
        ("那巴州呢", "25.40", "万元"),
        ("两家差多少", "65.88", "万元"),
    ],
    "the difference of what is alike": [
        ("乌鲁木齐人社局三公经费是多少", "91.28", "万元"),
        ("政府采购预算呢", "1985.18", "万元"),
        ("那巴州三公经费呢", "25.40", "万元"),
        ("两家差多少", "65.88", "万元"),
    ],
    "the difference of two told together": [
        ("乌鲁木齐人社局和巴州人社局的三公经费分别是多少", None, ""),
        ("两家差多少", "65.88", "万元"),
    ],
    "the difference of two figures": [
        ("巴州人社局基本支出是多少", "2453.85", "万元"),
        ("项目支出呢", "1452.11", "万元"),
        ("这两个数差多少", "1001.74", "万元"),
    ],
    "against one told before": [
        ("昌吉州人社局三公经费是多少", "9.20", "万元"),
        ("那自治区人社厅呢", "147.41", "万元"),
        ("比昌吉州的多多少", "138.21", "万元"),
    ],
    "against one not told": [(BAZHOU, "25.40", "万元"), ("它比昌吉州的多多少", "16.20", "万元")],
    "another unit": [
        (RECEPTION, "1.40", "万元"),
        ("换成元", "14000", "元"),
        ("占三公经费的比例是多少", "5.51", "%"),
    ],
    "another unit, then another department": [
        (WUQI, "91.28", "万元"),
        ("换成亿元", "0.009128", "亿元"),
        ("那巴州呢", "25.40", "万元"),
    ],
    "how many 亿元": [
        ("乌鲁木齐人社局2026年项目支出是多少", "18209.39", "万元"),
        ("那基本支出呢", "14197.84", "万元"),
        ("合多少亿元", "1.419784", "亿元"),
    ],
    "a share": [
        ("乌鲁木齐人社局2026年项目支出是多少", "18209.39", "万元"),
        ("占总支出的比例是多少", "56.19", "%"),
    ],
    "a share of the whole told before": [
        (BAZHOU, "25.40", "万元"),
        ("其中公务接待费呢", "1.40", "万元"),
        ("占总额的比例", "5.51", "%"),
    ],
    "a share of all departments": [(WUQI, "91.28", "万元"), ("它占四家合计的比例是多少", "33.40", "%")],
    "the item was another": [
        (RECEPTION, "1.40", "万元"),
        ("我问的是办公费，不是公务接待费", "63.26", "万元"),
    ],
    "not that item": [(RECEPTION, "1.40", "万元"), ("不是公务接待费，我问的是差旅费", "33.00", "万元")],
    "no, another item": [(RECEPTION, "1.40", "万元"), ("不对，我问的是差旅费", "33.00", "万元")],
    "the department was another": [(WUQI, "91.28", "万元"), ("我问的是昌吉州，不是乌鲁木齐", "9.20", "万元")],
    "the place among all": [(WUQI, "91.28", "万元"), ("四家里排第几", "91.28", "万元")],
}


@pytest.fixture
def chat(sample_assistant: Assistant) -> Conversation:
    """A new dialogue over the sample corpus."""
    return sample_assistant.chat()


@pytest.mark.parametrize("name", DIALOGUES)
def test_each_turn_is_answered_with_its_figure(chat: Conversation, name: str) -> None:
    for question, value, unit in DIALOGUES[name]:
        answer = chat.ask(question)
        assert answer.status == "answered", (question, answer.text)
        assert answer.question == question
        assert answer.value == (None if value is None else Decimal(value)), (question, answer.text)
        assert (answer.unit or "") == unit
        assert answer.citations
        assert proven(answer)


@pytest.mark.parametrize("name", DIALOGUES)
def test_the_first_turn_shows_no_other_reading_and_each_later_one_does(chat: Conversation, name: str) -> None:
    (first, *_), *later = DIALOGUES[name]
    assert chat.ask(first).resolved == ""
    for question, _, _ in later:
        answer = chat.ask(question)
        assert answer.resolved
        assert answer.to_dict()["resolved"] == answer.resolved != question


SELF_CONTAINED = [
    name for name in DIALOGUES if name not in ("another unit", "a part of a project", "how many 亿元")
]


@pytest.mark.parametrize("name", SELF_CONTAINED)
def test_what_was_understood_asked_by_itself_gives_the_same_figure(
    sample_assistant: Assistant, chat: Conversation, name: str
) -> None:
    answers = [chat.ask(question) for question, _, _ in DIALOGUES[name]]
    for answer in answers[1:]:
        again = sample_assistant.ask(answer.resolved)
        assert (again.status, again.value) == ("answered", answer.value), answer.resolved


@pytest.mark.parametrize(
    ("turns", "named"),
    [
        ([WUQI, "那巴州呢"], ["巴州", "三公"]),
        ([WUQI, "那昌吉州人社局呢"], ["昌吉州", "三公"]),
        ([BAZHOU, "其中公务接待费呢"], ["巴州", "公务接待费"]),
        ([WUQI, "去年呢"], ["乌鲁木齐", "三公", "去年"]),
        ([WUQI, "那巴州呢", "两家差多少"], ["乌鲁木齐", "巴州", "三公", "差多少"]),
        ([RECEPTION, "换成元"], ["巴州", "公务接待费", "元"]),
        ([RECEPTION, "占三公经费的比例是多少"], ["巴州", "公务接待费", "三公", "比例"]),
        ([RECEPTION, "我问的是办公费，不是公务接待费"], ["巴州", "办公费"]),
        ([WUQI, "我问的是昌吉州，不是乌鲁木齐"], ["昌吉州", "三公"]),
        (
            ["乌鲁木齐人社局人才事业发展经费是多少", "这个项目的政策依据是什么"],
            ["乌鲁木齐", "人才事业发展经费", "依据"],
        ),
    ],
)
def test_the_understood_question_names_department_and_item(
    chat: Conversation, turns: list[str], named: list[str]
) -> None:
    answer = [chat.ask(question) for question in turns][-1]
    assert [word for word in named if word not in answer.resolved] == []


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        (
            ["乌鲁木齐人社局2026年行政运行是多少", "比上年增加多少", "为什么"],
            ["在职人员变多", "缴费基数上调"],
        ),
        (["乌鲁木齐人社局行政运行比上年增加多少", "为什么增加"], ["在职人员变多"]),
        (["乌鲁木齐人社局2026年项目支出是多少", "比上年减少多少", "为什么减少"], ["就业补助资金项目"]),
        (["巴州人社局2026年机关运行经费是多少", "为什么增加"], ["工会经费和福利费的核算标准提高"]),
        ([WUQI, "那机关运行经费呢", "为什么增加"], ["残保金和体检费"]),
        (
            ["乌鲁木齐人社局人才事业发展经费是多少", "这个项目的政策依据是什么"],
            ["乌党发【2017】1号", "新党组【2023】12号"],
        ),
        (["巴州人社局2026年购买社会保险经办服务项目是多少", "这个项目的政策依据"], ["新财社〔2022〕75号"]),
        (
            [
                "巴州人社局2026年就业创业及职业技能综合项目是多少",
                "该项目政策依据是什么",
                "由谁承担",
            ],
            ["巴音郭楞蒙古自治州人力资源和社会保障局"],
        ),
    ],
)
def test_reasons_and_grounds_are_those_of_what_was_spoken_of(
    chat: Conversation, turns: list[str], words: list[str]
) -> None:
    answer = [chat.ask(question) for question in turns][-1]
    assert (answer.status, answer.value) == ("answered", None)
    assert [word for word in words if word not in answer.text] == []
    assert answer.citations


@pytest.mark.parametrize(
    ("first", "question", "own", "change", "value"),
    [
        (WUQI, "去年呢", "91.28", "6.40", "84.88"),
        ("自治区人社厅三公经费是多少", "上年呢", "147.41", "34.90", "182.31"),
    ],
)
def test_the_year_before_is_reckoned_back_and_said_to_be(
    chat: Conversation, first: str, question: str, own: str, change: str, value: str
) -> None:
    chat.ask(first)
    answer = chat.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("answered", Decimal(value), "万元")
    assert "推算" in answer.text
    assert all(figure in answer.steps[-1] for figure in (own, change, value))
    quoted = " ".join(citation.quote for citation in answer.citations)
    assert own in quoted and change in quoted and value not in quoted


def test_a_figure_that_is_printed_is_not_said_to_be_reckoned(chat: Conversation) -> None:
    assert "推算" not in chat.ask(WUQI).text
    assert "推算" not in chat.ask("那巴州呢").text


def test_a_difference_cites_both_and_shows_its_formula(chat: Conversation) -> None:
    for question in (WUQI, "那巴州呢"):
        chat.ask(question)
    answer = chat.ask("两家差多少")
    assert len({citation.doc for citation in answer.citations}) == 2
    assert all(figure in answer.steps[-1] for figure in ("91.28", "25.40", "65.88"))
    assert {value.value for value in answer.values} == {Decimal("91.28"), Decimal("25.40")}


@pytest.mark.parametrize(("first", "second", "word"), [("巴州", "昌吉州", "少"), ("昌吉州", "巴州", "多")])
def test_a_difference_says_which_way_it_goes(chat: Conversation, first: str, second: str, word: str) -> None:
    for question in (f"{first}人社局三公经费是多少", f"那{second}呢"):
        chat.ask(question)
    answer = chat.ask("两家差多少")
    assert answer.value == Decimal("16.20")
    claim, _, _ = answer.text.partition("16.20")
    assert -1 < claim.find(second) < claim.find(first)
    assert claim.rstrip().endswith(word)


def test_two_departments_may_follow_at_once(chat: Conversation) -> None:
    chat.ask(WUQI)
    answer = chat.ask("巴州和昌吉州呢")
    assert answer.status == "answered", answer.text
    assert [value.value for value in answer.values] == [Decimal("25.40"), Decimal("9.20")]


# -- complete questions ---------------------------------------------------------------------------------

COMPLETE = [
    "巴州人社局办公费是多少",
    "昌吉州人社局2024年政府采购预算多少",
    "自治区人社厅2025年实有人数是多少",
    "乌鲁木齐人社局机关运行经费是什么意思",
    "巴州人社局一般公共预算支出按功能分类各多少",
]
BEFORE = [WUQI, RECEPTION, "乌鲁木齐人社局行政运行比上年增加多少", "各单位的三公经费从高到低排一下"]


@pytest.mark.parametrize("question", COMPLETE)
@pytest.mark.parametrize("before", BEFORE)
def test_a_complete_question_inherits_nothing(
    sample_assistant: Assistant, chat: Conversation, before: str, question: str
) -> None:
    chat.ask(before)
    answer = chat.ask(question)
    assert answer.resolved == ""
    assert answer == sample_assistant.ask(question)


def test_the_year_asked_is_kept_for_another_item_and_not_for_another_department(
    chat: Conversation,
) -> None:
    chat.ask("乌鲁木齐人社局2026年三公经费是多少")
    assert "2026" in chat.ask("政府采购预算呢").resolved
    answer = chat.ask("那昌吉州呢")
    assert (answer.value, "2026" in answer.resolved) == (Decimal("612.75"), False)


# -- clarifying -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "value"),
    [
        ("1", "91.28"),
        ("2", "25.40"),
        ("第三个", "9.20"),
        ("四", "147.41"),
        ("乌鲁木齐", "91.28"),
        ("巴州人社局", "25.40"),
        ("昌吉州人社局 2024 年", "9.20"),
    ],
)
def test_a_choice_is_made_by_its_number_or_its_text(chat: Conversation, choice: str, value: str) -> None:
    asked = chat.ask(NO_DEPARTMENT)
    assert (asked.status, len(asked.choices)) == ("clarify", 4)
    answer = chat.ask(choice)
    assert (answer.status, answer.value) == ("answered", Decimal(value)), answer.text
    assert answer.question == choice
    assert "三公经费" in answer.resolved
    assert [offered for offered in asked.choices if offered in answer.resolved]


def test_every_number_chooses_the_choice_of_that_place(sample_assistant: Assistant) -> None:
    for at in range(4):
        chat = sample_assistant.chat()
        choice = chat.ask(NO_DEPARTMENT).choices[at]
        assert choice in chat.ask(str(at + 1)).resolved


def test_what_was_chosen_is_inherited(chat: Conversation) -> None:
    for question in (NO_DEPARTMENT, "第三个"):
        chat.ask(question)
    assert chat.ask("其中公务接待费呢").value == Decimal("0.40")
    assert chat.ask("那巴州呢").value == Decimal("1.40")


def test_a_number_that_offers_nothing_leaves_the_choices_open(chat: Conversation) -> None:
    chat.ask(NO_DEPARTMENT)
    assert chat.ask("9").status == "not_found"
    assert chat.ask("2").value == Decimal("25.40")


def test_choices_end_with_an_answer(chat: Conversation) -> None:
    for question in (NO_DEPARTMENT, "乌鲁木齐人社局办公费是多少"):
        chat.ask(question)
    answer = chat.ask("2")
    assert answer.value != Decimal("25.40")
    assert "巴州" not in answer.resolved


# -- what is remembered ---------------------------------------------------------------------------------


@pytest.mark.parametrize("refused", REFUSED)
def test_a_refused_turn_does_not_change_what_is_inherited(chat: Conversation, refused: str) -> None:
    chat.ask(WUQI)
    assert chat.ask(refused).status == "not_found"
    assert chat.ask("其中公务接待费呢").value == Decimal(0)
    assert chat.ask(refused).status == "not_found"
    assert chat.ask("那巴州呢").value == Decimal("1.40")


@pytest.mark.parametrize("broken", ["", "，。、", "三公经费" * 1000])
def test_a_dialogue_does_not_begin_with_a_question_that_cannot_be_read(
    chat: Conversation, broken: str
) -> None:
    with pytest.raises(QuestionError):
        chat.ask(broken)
    assert chat.turns == []


def test_an_endless_question_changes_nothing(chat: Conversation) -> None:
    chat.ask(WUQI)
    with pytest.raises(QuestionError):
        chat.ask("三公经费" * 25_000)  # refused before its wording is looked at
    assert chat.ask("那巴州呢").value == Decimal("25.40")


def test_clearing_forgets_what_was_said(sample_assistant: Assistant, chat: Conversation) -> None:
    chat.ask(WUQI)
    assert chat.ask("那巴州呢").status == "answered"
    for question in ("那巴州呢", "换成元", "两家差多少", "为什么"):
        chat.clear()
        assert chat.turns == []
        answer = chat.ask(question)
        assert answer.status != "answered"
        assert answer == sample_assistant.ask(question)


def test_whom_a_refused_question_was_about_goes_on(chat: Conversation) -> None:
    assert chat.ask("昌吉州人社局养猪场改造经费多少").status == "not_found"
    assert chat.ask("公务接待费呢").value == Decimal("0.40")


def test_clearing_forgets_the_choices_offered(chat: Conversation) -> None:
    chat.ask(NO_DEPARTMENT)
    chat.clear()
    assert chat.ask("2").status == "not_found"


def test_one_item_of_two_kinds_of_money_differs_by_what_is_told(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    for question, _, _ in DIALOGUES["the same item, of other money"]:
        chat.ask(question)
    answer = chat.ask("差多少")
    assert (answer.value, answer.unit) == (Decimal("373.93"), "万元") and proven(answer)
    assert "全口径" in answer.text and "一般公共预算" in answer.text


def test_what_was_refused_is_neither_told_in_words_nor_converted(sample_assistant: Assistant) -> None:
    chat = sample_assistant.chat()
    assert chat.ask("乌鲁木齐市人社局2026年工会经费多少").value == Decimal("133.22")
    assert chat.ask("福利费呢").status == "not_found"  # a term, not a figure, is all that tells of it
    assert chat.ask("换成元").status == "not_found"


def test_dialogues_do_not_hear_each_other(sample_assistant: Assistant) -> None:
    one, other = sample_assistant.chat(), sample_assistant.chat()
    one.ask(WUQI)
    other.ask(RECEPTION)
    assert one.ask("那昌吉州呢").value == Decimal("9.20")
    assert other.ask("那昌吉州呢").value == Decimal("0.40")


@pytest.mark.parametrize("question", ["那巴州呢", "换成元", "两家差多少", "为什么"])
def test_a_follow_up_to_nothing_is_not_answered(
    sample_assistant: Assistant, chat: Conversation, question: str
) -> None:
    answer: Answer = chat.ask(question)
    assert answer.status != "answered"
    assert answer == sample_assistant.ask(question)


# -- anything said --------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["那", "呢", "其中", "巴州", "乌鲁木齐人社局", "昌吉州", "哈密市人社局", "两家", "四家", "这两个数", "它"]
    + [
        "三公经费",
        "公务接待费",
        "这个项目",
        "政策依据",
        "人才事业发展经费",
        "车",
        "比",
        "占",
        "的比例",
        "差多少",
    ]
    + [
        "多多少",
        "为什么",
        "去年",
        "上年",
        "2024年",
        "换成",
        "元",
        "亿元",
        "我问的是",
        "不是",
        "，",
        "？",
        "2",
        "第三个",
    ]
    + ["是多少", "一共多少", "总额", "比上年增加多少", "最多", "排第几", "人均", "由谁承担"]
)
TURNS = st.lists(st.lists(PIECES | st.text(max_size=4), max_size=5).map("".join), min_size=1, max_size=4)


@settings(deadline=None)
@given(begin=st.sampled_from([WUQI, RECEPTION, NO_DEPARTMENT, "两家的三公经费分别是多少"]), turns=TURNS)
def test_whatever_follows_is_answered_or_refused_but_never_breaks(
    sample_assistant: Assistant, begin: str, turns: list[str]
) -> None:
    chat = sample_assistant.chat()
    chat.ask(begin)
    for question in turns:
        try:
            answer = chat.ask(question)
        except QuestionError:
            continue
        assert answer.question == question
        assert answer.status in {"answered", "not_found", "clarify"}
        if answer.status == "answered":
            assert answer.citations
            assert proven(answer), (question, answer.text)
