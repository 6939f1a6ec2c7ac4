"""Many readers at once: who asks what, and what is said of it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from eval_fakes import write_jsonl

from eval.errors import BenchError
from eval.load import Loaded, load, main, questions_of, served, table


class Fake:
    """A reader who notes what it asks; questions about 坏 fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.names: set[str] = set()
        self.thread = 0

    def predict(self, question: str, /, *, api_name: str) -> str:
        self.asked.append(question)
        self.names.add(api_name)
        self.thread = threading.get_ident()
        if "坏" in question:
            raise RuntimeError("broken")
        return ""


def test_the_readers_share_the_questions_and_errors_are_told() -> None:
    readers = [Fake(), Fake()]
    loaded = load(readers, ["一", "二", "三坏", "四", "五"])
    assert [reader.asked for reader in readers] == [["一", "三坏", "五"], ["二", "四"]]
    assert len(loaded.seconds) == 4 and loaded.errors == ("RuntimeError: broken",) and loaded.whole > 0
    assert readers[0].names == {"/ask"}


def test_questions_begin_again_where_they_are_too_few(tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "q.jsonl", {"id": "1", "question": "甲"}, {"id": "2", "question": "乙"})
    assert questions_of([file], 3) == ["甲", "乙", "甲"]


def test_the_table_says_what_was_measured() -> None:
    text = table(Loaded((0.1, 0.2, 0.4), ("x",), 2.0), 20)
    assert "| 题数 | 4 |" in text and "| 答案用时 p50 | 0.20 秒 |" in text and "| 每秒答题 | 2.0 |" in text
    assert "p50" not in table(Loaded((), ("x",), 1.0), 1)


@pytest.mark.parametrize(
    ("option", "value"), [("--users", "0"), ("--users", "101"), ("--count", "0"), ("--pause", "61")]
)
def test_the_load_is_bounded(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([option, value]) == 2
    assert f"{option} 应在" in capsys.readouterr().err


def test_a_page_that_does_not_open_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="还没有索引"), served(tmp_path / "nothing"):
        pass
