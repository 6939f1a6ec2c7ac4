"""eval.bench: what is measured on what, and how it is written; never how long anything takes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from eval_fakes import FakeAssistant, answered, write_jsonl

from eval.bench import single as bench
from eval.bench.__main__ import main
from eval.bench.machine import folder_size, resident_memory
from eval.bench.single import Measured, as_markdown, cold, measure, pick
from eval.errors import BenchError
from eval.questions import read_questions

ROWS = [
    {"id": "d", "turns": [{"question": "对话", "kind": "lookup"}, {"question": "那呢"}]},
    {"id": "r", "question": "为什么", "kind": "reason"},
    {"id": "t", "question": "多少", "kind": "lookup"},
]


def test_cold_questions_are_single_ones_of_the_kind(tmp_path: Path) -> None:
    questions = read_questions([write_jsonl(tmp_path / "q.jsonl", *ROWS)])
    assert pick(questions, bench.TABLE_KINDS) == "多少"
    assert pick(questions, bench.PASSAGE_KINDS) == "为什么"
    assert pick(questions, ("compare",)) is None


def test_an_index_given_is_asked_and_weighed_but_not_built(tmp_path: Path) -> None:
    questions = read_questions([write_jsonl(tmp_path / "q.jsonl", *ROWS)])
    index = tmp_path / "index"
    index.mkdir()
    (index / "f").write_bytes(b"x" * 2_000_000)
    fake = FakeAssistant(lambda question: answered(1))
    measured = measure(index, None, questions, 0, opener=lambda path: fake)
    assert measured.questions == 4
    assert measured.index_mb == 2
    assert measured.warm_p50_ms is not None
    assert measured.build_mb_per_s is measured.text_mb is measured.cold_table_s is None
    assert fake.chats == 2  # a warm-up and a measured conversation


def test_a_cold_run_is_a_whole_process_and_its_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        bench, "ASK", "import sys; assert sys.argv[1:] == ['ask', '--index', 'i', '--json', 'q']"
    )
    assert (cold(Path("i"), "q", 1) or 0) > 0
    assert cold(Path("i"), None, 1) is None
    monkeypatch.setattr(bench, "ASK", "import sys; sys.exit('前因\\n没有索引')")
    with pytest.raises(BenchError, match="退出码 1）：没有索引"):
        cold(None, "q", 1)


def test_the_table_names_what_was_not_measured() -> None:
    table = as_markdown(Measured(3, 1.26, 2.0, 0.5, None, None, None, 123.4, None)).splitlines()
    assert table[0].count("|") == 4
    assert "| 热启动提问 p50 | 1.3 毫秒 | ≤ 10 毫秒 |" in table
    assert "| 冷启动提问，文字题（整个进程） | — | ≤ 2.5 秒 |" in table
    assert "3 问。" in table[-1]


def test_memory_and_size(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"12345")
    assert folder_size(tmp_path) == 5
    if sys.platform.startswith("linux"):
        assert (resident_memory() or 0) > 1


def test_statuses_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions, out = write_jsonl(tmp_path / "q.jsonl", *ROWS), tmp_path / "b.json"
    argv = ["--index", str(tmp_path), "--questions", str(questions), "--runs", "0", "--json", str(out)]
    assert main(argv, opener=lambda path: FakeAssistant(lambda question: answered(1))) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["questions"] == 4
    assert capsys.readouterr().out.startswith("| 指标 |")

    def broken(question: str) -> dict[str, object]:
        raise ValueError("坏了")

    assert main(argv, opener=lambda path: FakeAssistant(broken)) == 1
    assert "坏了" in capsys.readouterr().err
    assert main(["--questions", str(tmp_path / "no.jsonl")]) == 2
    assert main(["--json", str(tmp_path)]) == 2
