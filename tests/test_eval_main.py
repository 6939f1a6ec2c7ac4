"""python -m eval: files in, files out, exit statuses, and gold that never reaches the assistant."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import FakeAssistant, answered, refused, write_jsonl

from eval.__main__ import main

DOCUMENTS = {"a.txt": ["标题", "公务接待费 1.40 万元"]}
PLACE = {"doc": "a.txt", "lines": [2, 2], "page": None, "quote": "公务接待费 1.40"}
SCORED = {
    "id": "q1", "question": "接待费", "kind": "lookup", "value": 1.4, "unit": "万元", "doc": "a.txt",
    "evidence": [{"start": 2, "end": 2}], "status": "answered",
}  # fmt: skip


def reply(question: str) -> Mapping[str, Any]:
    if "坏" in question:
        raise RuntimeError("两行\n错误")
    if "没有" in question:
        return refused()
    return answered(Decimal("1.40"), "万元", text="公务接待费 1.40 万元", citations=[PLACE])


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(reply, DOCUMENTS)


def run(assistant: object, *argv: object) -> int:
    return main([str(arg) for arg in argv], opener=lambda index: assistant)  # type: ignore[arg-type,return-value]


def test_scores_by_kind_and_in_total(
    tmp_path: Path, assistant: FakeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = write_jsonl(
        tmp_path / "q.jsonl",
        SCORED,
        {"id": "q2", "question": "没有的", "kind": "unanswerable", "status": "not_found"},
        {
            "id": "d1",
            "turns": [{"question": "甲", "value": 14000, "unit": "元"}, {"question": "乙", "value": 3}],
        },
    )
    report = tmp_path / "r.json"
    assert run(assistant, "--questions", questions, "--report", report, "--misses", 5) == 0
    got = json.loads(report.read_text(encoding="utf-8"))
    assert list(got["kinds"]) == ["dialogue", "lookup", "unanswerable"]
    assert got["kinds"]["dialogue"]["cases"] == 2
    assert got["kinds"]["dialogue"]["wrong_figures"] == 1
    total = got["total"]
    assert (total["cases"], total["scored"], total["failed"], total["accuracy"]) == (4, 4, 0, 0.75)
    assert (total["right_refusals"], total["inventions"], total["quote_faithfulness"]) == (1, 0, 1)
    assert (total["citation_right"], total["right_and_cited"]) == (1, 1)
    assert [entry["verdict"] for entry in got["cases"]] == ["right", "refused", "right", "wrong figure"]
    out, err = capsys.readouterr()
    assert "合计" in out
    assert "[数字错] d1/2" in out
    assert err == ""  # no progress where standard error is no terminal


def test_the_assistant_sees_questions_only_and_one_conversation_a_dialogue(
    tmp_path: Path, assistant: FakeAssistant
) -> None:
    questions = write_jsonl(
        tmp_path / "q.jsonl", SCORED, {"id": "d1", "turns": [{"question": "甲"}, {"question": "乙"}]},
        {"id": "d2", "turns": [{"question": "丙"}]},
    )  # fmt: skip
    assert run(assistant, "--questions", questions) == 0
    assert assistant.asked == [(0, "接待费"), (1, "甲"), (1, "乙"), (2, "丙")]


def test_without_conversations_turns_are_asked_one_by_one(tmp_path: Path, assistant: FakeAssistant) -> None:
    class Plain:
        ask = assistant.ask

    questions = write_jsonl(
        tmp_path / "q.jsonl", {"id": "d1", "turns": [{"question": "甲"}, {"question": "乙"}]}
    )
    assert run(Plain(), "--questions", questions) == 0
    assert assistant.asked == [(0, "甲"), (0, "乙")]


def test_predictions_of_unscored_files(
    tmp_path: Path, assistant: FakeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write_jsonl(tmp_path / "a.jsonl", {"id": 1, "question": "接待费"})
    second = write_jsonl(
        tmp_path / "b.jsonl", {"id": "d", "turns": [{"question": "甲"}, {"question": "没有"}]}
    )
    out, report = tmp_path / "p.jsonl", tmp_path / "r.json"
    argv = ["--questions", first, "--questions", second, "--predictions", out, "--report", report]
    assert run(assistant, *argv) == 0
    single, dialogue = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert single == {"id": 1, **answered(1.4, "万元", text="公务接待费 1.40 万元", citations=[PLACE])}
    assert set(dialogue) == {"id", "turns"}
    assert [turn["status"] for turn in dialogue["turns"]] == ["answered", "not_found"]
    total = json.loads(report.read_text(encoding="utf-8"))["total"]
    assert (total["scored"], total["accuracy"]) == (0, None)
    assert "正确率" not in capsys.readouterr().out


def test_a_broken_question_costs_only_itself(
    tmp_path: Path, assistant: FakeAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = write_jsonl(tmp_path / "q.jsonl", {"id": "bad", "question": "坏"}, SCORED)
    out = tmp_path / "p.jsonl"
    assert run(assistant, "--questions", questions, "--predictions", out) == 1
    bad, good = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert bad["status"] == "not_found"
    assert bad["error"] == "RuntimeError: 两行 错误"
    assert good["status"] == "answered"
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "bad" in err


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        (["--questions", "no.jsonl"], "没有这个问题文件"),
        (["--questions", "bad.jsonl"], "第 1 行"),
        (["--questions", "q.jsonl", "--predictions", "q.jsonl"], "输入文件"),
        (["--questions", "q.jsonl", "--predictions", "o", "--report", "o"], "另一个输出"),
        (["--questions", "q.jsonl", "--predictions", "no/o"], "文件夹不存在"),
        (["--questions", "q.jsonl", "--report", "."], "是文件夹"),
    ],
)
def test_unusable_input_is_status_2_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant,
    capsys: pytest.CaptureFixture[str], argv: list[str], what: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    write_jsonl(tmp_path / "q.jsonl", SCORED)
    (tmp_path / "bad.jsonl").write_text("{", encoding="utf-8")
    assert run(assistant, *argv) == 2
    err = capsys.readouterr().err
    assert what in err
    assert err.count("\n") == 1
    assert assistant.asked == []
    assert json.loads((tmp_path / "q.jsonl").read_text(encoding="utf-8")) == SCORED


def test_an_index_that_does_not_open_is_status_2_and_leaves_old_predictions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def opener(index: Path | None) -> FakeAssistant:
        raise LookupError(f"{index}：没有索引")

    questions, out = write_jsonl(tmp_path / "q.jsonl", SCORED), tmp_path / "p.jsonl"
    out.write_text("旧\n", encoding="utf-8")
    argv = ["--index", "nowhere", "--questions", str(questions), "--predictions", str(out)]
    assert main(argv, opener=opener) == 2
    assert capsys.readouterr().err == "python -m eval：nowhere：没有索引\n"
    assert out.read_text(encoding="utf-8") == "旧\n"


@pytest.mark.parametrize("module", ["eval", "eval.bench"])
@pytest.mark.parametrize("argv", [["--nonsense"], ["--index"], ["extra"]])
def test_wrong_usage_is_status_2_and_one_chinese_line(module: str, argv: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *argv], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"python -m {module}：")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("module", ["eval", "eval.bench"])
def test_help_teaches(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith(f"用法：python -m {module}")
    assert "退出码" in done.stdout
    assert "示例" in done.stdout
