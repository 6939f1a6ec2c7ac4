"""Reading in processes: the same rows as here, and whatever happens to one process costs one file."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

import index.workers
from index.build import build_index
from index.errors import SourceError
from index.rows import DocumentRows
from index.worker import answer, read_rows, told
from index.workers import Job, PagesDone, Workers, _Worker, send

CORPUS = sorted((Path(__file__).parents[1] / "eval" / "corpus").glob("*.md"))
needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")


def same(rows: DocumentRows | SourceError, expected: DocumentRows) -> bool:
    return (
        isinstance(rows, DocumentRows)
        and (rows.path, rows.document, rows.lines, rows.tables, rows.labels, rows.passages, rows.facts)
        == (
            expected.path,
            expected.document,
            expected.lines,
            expected.tables,
            expected.labels,
            expected.passages,
            expected.facts,
        )
        and rows.fact_labels.tolist() == expected.fact_labels.tolist()
        and rows.tokens.tokens.tolist() == expected.tokens.tokens.tolist()
    )


def test_files_come_back_in_order_with_their_errors(tmp_path: Path) -> None:
    empty = tmp_path / "空.txt"
    empty.write_text("")
    jobs = [Job(path, "a") for path in (CORPUS[0], empty, CORPUS[1], tmp_path / "没有.txt", CORPUS[2])]
    with Workers(2) as workers:
        first, bad, second, missing, third = workers.read(jobs)
    for rows, path in zip((first, second, third), CORPUS, strict=False):
        assert same(rows, read_rows(Job(path, "a")))
    assert isinstance(bad, SourceError) and "空" in str(bad)
    assert isinstance(missing, SourceError) and "没有.txt" in str(missing)


def test_a_killed_process_costs_one_file() -> None:
    with Workers(1) as workers:
        reading = workers.read([Job(path, "a") for path in CORPUS[:1] * 4])
        assert same(next(reading), read_rows(Job(CORPUS[0], "a")))
        workers._all[0]._process.kill()
        outcomes = list(reading)
    lost = [outcome for outcome in outcomes if isinstance(outcome, SourceError)]
    assert len(lost) <= 1 and all("崩溃" in str(each) for each in lost)
    assert all(same(each, read_rows(Job(CORPUS[0], "a"))) for each in outcomes if each not in lost)


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.workers, "FILE_SECONDS", 0)
    with Workers(1) as workers:
        (late,) = workers.read([Job(CORPUS[0], "a")])
        assert isinstance(late, SourceError) and "超过 0 秒" in str(late)
        monkeypatch.undo()
        (again,) = workers.read([Job(CORPUS[0], "a")])
        assert same(again, read_rows(Job(CORPUS[0], "a")))


@needs_limits
def test_a_file_that_needs_too_much_memory_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.workers, "FILE_MEMORY", 160 << 20)
    big = tmp_path / "大.txt"
    big.write_text("部门预算收支总表\n" * 1_500_000, encoding="utf-8")
    with Workers(1) as workers:
        refused, read = workers.read([Job(big, "a"), Job(CORPUS[0], "a")])
    assert isinstance(refused, SourceError) and "大.txt" in str(refused)
    assert same(read, read_rows(Job(CORPUS[0], "a")))


def test_pages_of_a_long_file_are_told_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.worker.TELL_SECONDS", 0)
    replies = io.BytesIO()
    tell = told(replies)
    tell(1, 2, False)
    tell(2, 2, True)
    send(replies, SourceError("完"))
    replies.seek(0)

    class Process:
        stdin, stdout = io.BytesIO(), replies

        def poll(self) -> None:
            return None

    monkeypatch.setattr("index.workers._Worker._start", lambda self: setattr(self, "_process", Process()))
    heard: list[tuple[Path, PagesDone]] = []
    outcome = _Worker().read(Job(CORPUS[0], "a"), lambda path, pages: heard.append((path, pages)))
    assert str(outcome) == "完"
    assert heard == [(CORPUS[0], PagesDone(1, 2)), (CORPUS[0], PagesDone(2, 2, True))]


def test_short_files_tell_nothing_on_the_way() -> None:
    heard: list[Path] = []
    with Workers(1) as workers:
        (rows,) = workers.read([Job(CORPUS[0], "a")], lambda path, _: heard.append(path))
    assert same(rows, read_rows(Job(CORPUS[0], "a"))) and heard == []


def test_an_unforeseen_error_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("列\n" * 999)

    monkeypatch.setattr("index.worker.read_document", fail)
    outcome = answer(Job(CORPUS[0], "a"))
    assert isinstance(outcome, SourceError) and "KeyError" in str(outcome) and CORPUS[0].name in str(outcome)
    assert "\n" not in str(outcome) and len(str(outcome)) < 500


def test_a_build_goes_on_past_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / "坏.txt").write_bytes(b"\x00\x01\x02" * 100)
    report = build_index([tmp_path / "坏.txt", *CORPUS[:1]], tmp_path / "index")
    assert report.read == (CORPUS[0].name,)
    assert len(report.skipped) == 1 and "坏.txt" in report.skipped[0]
