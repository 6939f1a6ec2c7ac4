"""python -m eval.retrieval: pools and question files in, a table and a report out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from eval.evidence import stands_in
from eval.pools import rank, read_pools, score
from eval.questions import Evidence
from eval.retrieval import main
from index.document import Passage, Span
from index.encoder import MODEL_DIR, load_encoder
from qa.retrieve import Legs

TEXTS = {
    7: "机关事业单位工作人员应当参加基本养老保险，由单位和个人共同缴费。",
    "b": "公务接待实行公函制度，接待单位应当控制陪餐人数。",
    9: "森林防火期内禁止野外用火。" * 40 + "因公出国的人员应当按计划出访。",
}
QUESTIONS = {
    "单位给职工交养老保险吗": [7],
    "公务接待陪餐有什么规定": ["b"],
    "因公出国的人员按计划出访吗": [9],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "small.passages.jsonl.gz", [{"id": n, "text": text} for n, text in TEXTS.items()])
    write(
        tmp_path / "small.queries.jsonl.gz",
        [{"question": q, "relevant": ids} for q, ids in QUESTIONS.items()],
    )
    return tmp_path


def write(path: Path, lines: list[dict[str, object]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def test_a_pool_is_ranked_by_each_leg(folder: Path) -> None:
    (pool,) = read_pools(folder)
    scores = score(pool, load_encoder())
    parts = scores.parts
    legs = (Legs(1, 0, 0, 0), Legs(0, 0, 1, 0), Legs(0, 0, 0, 1), Legs())
    assert parts.keywords.shape == scores.whole.shape == scores.pieces.shape == parts.words.shape == (3, 3)
    ways = [scores.pieces, *(parts.fused(each) for each in legs)]
    for found in ways:
        assert [judged.hits[0] for judged in rank(pool, found)] == [True] * 3


def test_a_long_text_counts_by_its_best_piece(folder: Path) -> None:
    (pool,) = read_pools(folder)
    scores = score(pool, load_encoder())
    question, long_text = 2, 2
    assert scores.pieces[question, long_text] > scores.whole[question, long_text]


def test_the_report_holds_each_way_with_its_interval(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    assert main(["--sets", str(folder), "--model", str(MODEL_DIR), "--report", str(report)]) == 0
    lines = json.loads(report.read_text(encoding="utf-8"))
    assert {line["model"] for line in lines} == {"自带", str(MODEL_DIR)}
    assert {line["questions"] for line in lines} == {3}
    assert [line["nDCG@10 gain"] is None for line in lines[:4]] == [True, False, False, False]
    assert "small" in capsys.readouterr().out


def test_half_of_the_questions_can_be_held_out(folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert main(["--sets", str(folder), "--held-out", "--report", str(report)]) == 0
    assert {line["questions"] for line in json.loads(report.read_text(encoding="utf-8"))} == {1}


def test_evidence_in_the_sample_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert main(["--report", str(report)]) == 0
    ways = {line["way"]: line for line in json.loads(report.read_text(encoding="utf-8"))}
    assert ways["融合"]["R@10"] > 0.8
    assert ways["融合"]["R@1"] > ways["向量"]["R@1"]


def test_everyday_names_are_looked_for_among_those_of_the_file_and_all_titles(tmp_path: Path) -> None:
    names = tmp_path / "names.jsonl"
    lines = [
        {"phrase": "请客吃饭的开销", "official": "公务接待费"},
        {"phrase": "这个科目的会议费", "official": "从未见过的科目"},
    ]
    names.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    report = tmp_path / "report.json"
    assert main(["--names", str(names), "--report", str(report)]) == 0
    found = {
        line["set"]: line["R@1"]
        for line in json.loads(report.read_text(encoding="utf-8"))
        if line["way"] == "融合"
    }
    assert found == {"names": 1.0, "names（全部名称）": 0.5}  # 会议费 is a title, too
    names.write_text('{"phrase": "甲"}', encoding="utf-8")
    assert main(["--names", str(names)]) == 2


@pytest.mark.parametrize("content", [None, b"not gzip", gzip.compress(b'{"id": 1}\n', mtime=0)])
def test_pools_that_cannot_be_read_are_told_in_one_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "x.passages.jsonl.gz").write_bytes(content)
        (tmp_path / "x.queries.jsonl.gz").write_bytes(content)
    assert main(["--sets", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (Evidence("a.txt", 11, 12), True),
        (Evidence("a.txt", 12, 14), False),
        (Evidence("", 5, 6), True),
        (Evidence("b.txt", 10, 10), False),
        (Evidence("a.txt", page=3), True),
        (Evidence("a.txt", page=4), False),
    ],
)
def test_a_passage_stands_in_a_place_that_it_shares_a_line_or_page_with(place: Evidence, found: bool) -> None:
    passage = Passage(0, "a.txt", (), "文", Span("a.txt", 7, 10, 3))
    assert stands_in(passage, place) is found
