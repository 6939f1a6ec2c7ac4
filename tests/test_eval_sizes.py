"""eval.bench by size: what is made and kept, what is measured, how it is written; never how long it takes."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from eval.bench.__main__ import main
from eval.bench.contest import Score
from eval.bench.machine import apart, machine
from eval.bench.sizes import Answers, Kind, Plan, Size, one_of_each, prepare
from eval.bench.tables import as_json, as_markdown
from eval.errors import BenchError, UsageError
from eval.questions import read_questions

PLAN = Plan(2, 2, 0)
KIND = Kind(20, 1.26, 2.0, 3.5, 0.95, None, 0.0, None)
SIZE = Size(1000, 15.0, 30.0, 120.0, Answers(0.5, 0.1, 57.0, 200.0, KIND, {"lookup": KIND}))
ON = {"date": "2026-01-02", "processor": "某", "cores": 2, "memory_gb": 8.0, "versions": {"Python": "3.11"}}


def broken() -> None:
    raise ValueError("坏了")


def test_work_apart_returns_what_it_returns_and_tells_how_it_failed() -> None:
    assert apart(None, os.getpid) != os.getpid()
    with pytest.raises(BenchError, match="ValueError: 坏了"):
        apart(None, broken)
    with pytest.raises(BenchError, match="退出码 3"):
        apart(None, os._exit, 3)
    with pytest.raises(BenchError, match="已停止"):
        apart(0.5, time.sleep, 600)


def test_a_corpus_is_made_once_and_again_when_asked_otherwise(tmp_path: Path) -> None:
    corpus, asked = prepare(tmp_path / "5", 5, PLAN)
    assert len(list(corpus.iterdir())) == 5
    kinds = [question.turns[0].kind for question in read_questions([asked])]
    assert len(one_of_each(read_questions([asked]))) == len(set(kinds)) > 8
    first = next(corpus.iterdir())
    first.write_text("改过", encoding="utf-8")
    prepare(tmp_path / "5", 5, PLAN)
    assert first.read_text(encoding="utf-8") == "改过"
    prepare(tmp_path / "5", 4, Plan(2, 2, 1))
    assert len(list(corpus.iterdir())) == 4
    assert not first.exists() or first.read_text(encoding="utf-8") != "改过"


def test_files_of_others_are_not_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "5" / "corpus" / "重要.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("重要", encoding="utf-8")
    with pytest.raises(UsageError, match="不敢覆盖"):
        prepare(tmp_path / "5", 5, PLAN)
    assert mine.read_text(encoding="utf-8") == "重要"


def test_rates_follow_from_time() -> None:
    assert (round(SIZE.documents_per_s, 1), SIZE.mb_per_s) == (33.3, 0.5)
    found = as_json(ON, [SIZE], {})
    assert found["sizes"][0]["documents_per_s"] == SIZE.documents_per_s
    assert found["machine"]["versions"] == {"Python": "3.11"}


def test_the_tables_hold_a_row_a_size_a_row_a_kind_and_ratios_to_this_system() -> None:
    contests = {
        1000: [
            Score("budget-qa", 160, 30.0, 60.0, 20.0, 40.0, 0.95, 0.97, 0.94),
            Score("甲", 160, 15.0, 600.0, 30.0, 45.0, 0.5, 0.75),
            Score("乙", fault="超过 600 秒，已停止"),
        ]
    }
    text = as_markdown(ON, [SIZE], contests)
    assert (
        "| 1,000 | 15.0 | 30.0 | 33.3 | 0.5 | 120.0 | 0.50 | 0.10 | 57 | 200 | 1.3 | 2.0 | 3.5 | 95.0% |"
        in text
    )
    assert "| lookup | 1.3 / 2.0 / 3.5（95.0%） |" in text
    assert "| 甲 | 15.0 | 600 | 30.0 | 45.0 | 1.5 | 50.0% | 75.0% | — |" in text
    assert "| 乙 | — | — |" in text and "乙：超过 600 秒" in text
    assert "2026-01-02；2 核 某" in text
    for table in text.split("\n\n"):
        widths = {line.count("|") for line in table.splitlines() if line.startswith("|")}
        assert len(widths) <= 1


def test_what_was_measured_on_is_told() -> None:
    told = machine(["numpy", "no-such-package"])
    assert told["cores"] >= 1
    assert "numpy" in told["versions"] and "no-such-package" not in told["versions"]


def test_one_small_size_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "b.json"
    argv = ["--sizes", "5", "--work", str(tmp_path / "w"), "--each", "2", "--json", str(out)]
    assert main(argv) == 0
    told = capsys.readouterr()
    assert told.out.startswith("| 文件数 |")
    assert "建索引" in told.err
    (size,) = json.loads(out.read_text(encoding="utf-8"))["sizes"]
    assert size["documents"] == 5
    answers = size["answers"]
    assert answers["all"]["count"] == sum(kind["count"] for kind in answers["kinds"].values())
    assert answers["all"]["accuracy"] > 0.8
    assert answers["all"]["wrong_figures"] == 0
    assert size["index_mb"] > 0 and answers["open_s"] > 0


@pytest.mark.parametrize("sizes", ["0", "5,x", "", "5,"])
def test_sizes_that_are_none_are_refused_in_one_line(sizes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--sizes", sizes])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "正整数" in told


def test_what_was_measured_is_kept_when_a_later_size_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(folder: Path, count: int, plan: Plan, tell: object) -> Size:
        if count > 1000:
            raise BenchError("内存不足")
        return SIZE

    monkeypatch.setattr("eval.bench.__main__.measure_size", measured)
    out = tmp_path / "b.json"
    assert main(["--sizes", "1000,10000", "--json", str(out)]) == 1
    told = capsys.readouterr()
    assert "| 1,000 |" in told.out
    assert "内存不足" in told.err
    assert [size["documents"] for size in json.loads(out.read_text(encoding="utf-8"))["sizes"]] == [1000]
