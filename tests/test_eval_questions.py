"""eval.questions: what a question file may hold, and what is said of one that may not."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from eval_fakes import write_jsonl
from hypothesis import given
from hypothesis import strategies as st

from eval.errors import QuestionError
from eval.questions import UNSORTED, Evidence, Figure, Gold, default_files, read_questions


def read_one(tmp_path: Path, row: object):  # type: ignore[no-untyped-def]
    return read_questions([write_jsonl(tmp_path / "q.jsonl", row)])[0]


def test_a_full_line_is_read_with_exact_figures(tmp_path: Path) -> None:
    question = read_one(
        tmp_path,
        {
            "id": "q1",
            "question": "多少",
            "kind": "lookup",
            "doc": "a.txt",
            "value": 331.34,
            "unit": "万元",
            "values": [{"label": "其中", "value": "1,188.00", "unit": "元"}],
            "must_include": ["甲", ["乙", "丙"]],
            "status": "answered",
            "note": "不理会的字段",
            "evidence": [{"start": 3, "end": 5, "quote": "…"}, {"doc": "b.pdf", "page": 2}],
            "need": 2,
        },
    )
    assert not question.dialogue
    assert question.turns[0].kind == "lookup"
    assert question.turns[0].gold == Gold(
        "answered",
        Figure(Decimal("331.34"), "万元"),
        (Figure(Decimal("1188.00"), "元"),),
        (("甲",), ("乙", "丙")),
        (Evidence("a.txt", 3, 5), Evidence("b.pdf", page=2)),
        2,
    )


@pytest.mark.parametrize(
    "extra", [{}, {"kind": "lookup"}, {"value": None, "must_include": [], "values": None}]
)
def test_a_question_without_expectation_has_no_gold(tmp_path: Path, extra: dict[str, object]) -> None:
    turn = read_one(tmp_path, {"id": 7, "question": "多少", **extra}).turns[0]
    assert turn.gold is None
    assert turn.kind == extra.get("kind", UNSORTED)


def test_dialogue_turns_inherit_the_document(tmp_path: Path) -> None:
    turns = [{"question": "一"}, {"question": "二", "value": 1, "evidence": [{"start": 4}]}]
    question = read_one(tmp_path, {"id": "d1", "doc": "a.txt", "turns": turns})
    assert question.dialogue
    assert [turn.question for turn in question.turns] == ["一", "二"]
    assert question.turns[0].gold is None
    assert question.turns[1].gold is not None
    assert question.turns[1].gold.evidence == (Evidence("a.txt", 4, 4),)


def test_a_part_that_is_a_word_becomes_a_phrase(tmp_path: Path) -> None:
    gold = (
        read_one(tmp_path, {"id": "q", "question": "?", "values": [{"value": "巴州"}, {"value": 2}]})
        .turns[0]
        .gold
    )
    assert gold is not None
    assert gold.phrases == (("巴州",),)
    assert gold.figures == (Figure(Decimal(2)),)


def test_byte_order_mark_blank_lines_and_odd_separators_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(
        '\ufeff{"id": "a", "question": "一\u2028二"}\r\n\n {"id": "b", "question": ""} \n', encoding="utf-8"
    )
    assert [q.turns[0].question for q in read_questions([path])] == ["一\u2028二", ""]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ([1], "JSON 对象"),
        ({"question": "?"}, "缺少 id"),
        ({"id": True, "question": "?"}, "缺少 id"),
        ({"id": "a"}, "缺少 question"),
        ({"id": "a", "question": 3}, "缺少 question"),
        ({"id": "a", "turns": []}, "turns"),
        ({"id": "a", "turns": ["?"]}, "turns"),
        ({"id": "a", "turns": [{"kind": "x"}]}, "缺少 question"),
        ({"id": "a", "question": "?", "value": "很多"}, "value 不是数字"),
        ({"id": "a", "question": "?", "value": 1, "unit": 2}, "unit 须是文字"),
        ({"id": "a", "question": "?", "values": 5}, "values 须是列表"),
        ({"id": "a", "question": "?", "values": [5]}, "values 的每一项"),
        ({"id": "a", "question": "?", "values": [{"label": "x"}]}, "value 不是数字"),
        ({"id": "a", "question": "?", "status": "maybe"}, "status 须是"),
        ({"id": "a", "question": "?", "must_include": [[]]}, "must_include"),
        ({"id": "a", "question": "?", "must_include": [" "]}, "must_include"),
        ({"id": "a", "question": "?", "evidence": [{"doc": "x"}]}, "evidence"),
        ({"id": "a", "question": "?", "evidence": [{"start": 5, "end": 4}]}, "evidence"),
        ({"id": "a", "question": "?", "value": 1, "need": -1}, "need"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, row: object, what: str) -> None:
    path = write_jsonl(tmp_path / "q.jsonl", {"id": "fine", "question": "?"}, row)
    with pytest.raises(QuestionError) as caught:
        read_questions([path])
    message = str(caught.value)
    assert message.startswith(f"{path} 第 2 行：")
    assert what in message
    assert "\n" not in message


def test_broken_json_and_duplicates_are_named(tmp_path: Path) -> None:
    first = write_jsonl(tmp_path / "a.jsonl", {"id": "x", "question": "?"})
    second = write_jsonl(tmp_path / "b.jsonl", {"id": "x", "question": "?"})
    with pytest.raises(QuestionError, match=r"b\.jsonl 第 1 行：id 'x' 与 .*a\.jsonl 第 1 行 重复"):
        read_questions([first, second])
    first.write_text('{"id": "x", ', encoding="utf-8")
    with pytest.raises(QuestionError, match="第 1 行：不是合法的 JSON"):
        read_questions([first])
    first.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(QuestionError, match="第 1 行：不是可用的 JSON"):
        read_questions([first])


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.jsonl", tmp_path / "binary.jsonl"
    empty.write_text("\n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    faults = [
        (empty, "没有问题"),
        (binary, "UTF-8"),
        (tmp_path / "no.jsonl", "没有这个"),
        (tmp_path, "无法读取"),
    ]
    for path, what in faults:
        with pytest.raises(QuestionError, match=what):
            read_questions([path])


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "id",
    "question",
    "turns",
    "kind",
    "status",
    "value",
    "unit",
    "values",
    "must_include",
    "evidence",
    "need",
]


@given(row=st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES), cut=st.integers(0, 30))
def test_any_line_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, row: dict[str, object], cut: int
) -> None:
    text = json.dumps(row)
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(text[: len(text) - cut], encoding="utf-8")
    try:
        assert len(read_questions([path])) == 1
    except QuestionError as error:
        assert len(str(error).splitlines()) == 1


def test_the_shipped_questions_can_be_read() -> None:
    files = default_files()
    if not files:
        pytest.skip("no questions ship yet")
    assert all(turn.gold for question in read_questions(files) for turn in question.turns)
