"""What readers think of answers becomes a question set."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.questions import read_questions
from qa import Assistant
from qa.web.feedback import GOOD, LARGEST, REASONS, keep, record
from qa.web.session import Turn

ASKED = "巴州人社局2026年水费是多少"


@pytest.fixture
def turns(sample_assistant: Assistant) -> list[Turn]:
    chat = sample_assistant.chat()
    return [Turn(question, chat.ask(question)) for question in (ASKED, "电费呢")]


def test_a_good_answer_is_expected_again(turns: list[Turn], tmp_path: Path) -> None:
    file = tmp_path / "new" / "feedback.jsonl"
    keep(file, record(turns[:1], GOOD, "index"))
    keep(file, record(turns, GOOD, "index"))
    plain, follow = read_questions([file])
    assert plain.turns[0].question == ASKED and not plain.dialogue
    gold = plain.turns[0].gold
    assert gold and gold.status == "answered" and gold.figure and str(gold.figure.value) == "2.42"
    assert [turn.question for turn in follow.turns] == [ASKED, "电费呢"] and follow.dialogue
    assert follow.turns[0].gold is None and follow.turns[1].gold


@pytest.mark.parametrize("reason", REASONS)
def test_of_a_wrong_answer_only_a_refusal_is_expected(turns: list[Turn], tmp_path: Path, reason: str) -> None:
    keep(tmp_path / "f.jsonl", record(turns[:1], reason, "index"))
    (question,) = read_questions([tmp_path / "f.jsonl"])
    gold = question.turns[0].gold
    assert question.turns[0].kind == f"反馈·{reason}"
    assert (gold.status if gold else None) == ("not_found" if reason == "应拒答" else None)


def test_private_numbers_are_not_kept(sample_assistant: Assistant) -> None:
    asked = "13800000000 巴州人社局2026年水费是多少"
    line = record([Turn(asked, sample_assistant.ask(asked))], GOOD, "index")
    assert "13800000000" not in str(line)


def test_a_full_file_is_left_alone(turns: list[Turn], tmp_path: Path) -> None:
    file = tmp_path / "f.jsonl"
    with file.open("wb") as full:
        full.truncate(LARGEST + 1)
    with pytest.raises(OSError, match="已满"):
        keep(file, record(turns[:1], GOOD, "index"))
