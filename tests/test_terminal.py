"""What a reader at a terminal sees: tables of figures, and the dialogue, piped and typed."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from qa import Assistant
from qa.answer import Answer, Value
from qa.cli import main
from qa.terminal import (
    COMMANDS,
    Dialogue,
    csv_table,
    figures_of,
    history_file,
    markdown_table,
    print_table,
)

ROOT = Path(__file__).parents[1]
FOUR = "四家单位的三公经费分别是多少"
ONE = "乌鲁木齐人社局2026年三公经费是多少"
LIST = "巴州人社局有哪些职能"


@pytest.fixture
def run(
    sample_assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line on the sample, with lines of input where there are any."""

    def run(*arguments: str, typed: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="ascii"))
        command, *others = arguments
        path = str(sample_assistant.store.path)
        monkeypatch.setattr(sys, "argv", ["budget-qa", command, "--index", path, *others])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return int(stopped.value.code or 0), captured.out, captured.err

    return run


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def dialogue(sample_assistant: Assistant) -> Dialogue:
    """A fresh dialogue over the sample."""
    return Dialogue(sample_assistant.chat())


def said(dialogue: Dialogue, *lines: str) -> str:
    """Say lines and return the reply to the last."""
    replies = [dialogue.reply(line) for line in lines]
    assert replies[-1] is not None
    return replies[-1]


# -- tables of figures ----------------------------------------------------------------------------


def test_csv_holds_the_figures_alone(run: Run) -> None:
    status, out, err = run("ask", "--table", "csv", FOUR)
    header, *rows = csv.reader(io.StringIO(out))
    assert (status, err, header) == (0, "", ["名称", "数值", "单位"])
    assert ["乌鲁木齐人社局(2026年)", "91.28", "万元"] in rows
    assert [row[1] for row in rows] == ["91.28", "25.40", "9.20", "147.41"]


def test_markdown_holds_the_figures_alone(run: Run) -> None:
    status, out, err = run("ask", "--table", "md", FOUR)
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[:2] == ["| 名称 | 数值 | 单位 |", "| --- | ---: | --- |"]
    assert "| 新疆维吾尔自治区人社厅(2025年) | 147.41 | 万元 |" in lines and len(lines) == 6


def test_a_single_figure_is_labelled_with_its_question(run: Run) -> None:
    assert run("ask", "--table", "csv", ONE)[1] == f"名称,数值,单位\n{ONE},91.28,万元\n"


def test_the_result_stands_beside_its_parts() -> None:
    part = Value("项目支出", Decimal("1452.11"), "万元")
    answer = Answer("占比", "answered", "", Decimal("37.18"), "%", (part,))
    assert figures_of(answer) == (part, Value("占比", Decimal("37.18"), "%"))
    largest = Answer("最大的", "answered", "", part.value, part.unit, (part,))
    assert figures_of(largest) == (part,)


def test_figures_of_several_questions_name_their_question(run: Run) -> None:
    other = "四家单位的公务接待费分别是多少"
    _, out, _ = run("ask", "--table", "csv", FOUR, other, ONE)
    labels = [row[0] for row in csv.reader(io.StringIO(out))]
    assert len(labels) == 1 + 4 + 4 + 1 and len(set(labels)) == len(labels)
    assert f"{FOUR}：巴州人社局(2026年)" in labels and f"{other}：巴州人社局(2026年)" in labels
    assert labels[-1] == ONE


def test_no_figures_are_told_on_stderr(run: Run) -> None:
    assert run("ask", "--table", "csv", LIST) == (0, "", f"没有可列的数值：{LIST}\n")
    status, out, err = run("ask", "--table", "md", "拉萨市人社局公务接待费是多少", ONE)
    assert status == 0 and len(out.splitlines()) == 3
    assert err.startswith("没有可列的数值：拉萨市人社局") and "索引中没有" in err and err.count("\n") == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", " ="])
def test_no_label_is_a_formula(sign: str) -> None:
    table = csv_table([Value(f"{sign}1+1", Decimal("-3.50"), "")])
    (label, value, _) = list(csv.reader(io.StringIO(table)))[1]
    assert label == f"'{sign.strip()}1+1" and value == "-3.50"


def test_labels_cannot_break_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer("甲|乙,\n“丙” 13800000000", "answered", "", Decimal("1234567.5"), "元")
    assert markdown_table(figures_of(answer)).splitlines()[2:] == [
        "| 甲\\|乙, “丙” 138****0000 | 1,234,567.5 | 元 |"
    ]
    print_table([answer], "csv")
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[1] == ["甲|乙, “丙” 138****0000", "1234567.5", "元"]


# -- dialogue: what is replied --------------------------------------------------------------------


def test_a_follow_up_is_understood_and_shown(dialogue: Dialogue) -> None:
    assert "91.28 万元" in said(dialogue, ONE)
    understood, told = said(dialogue, "换成元").splitlines()
    assert understood.startswith("（理解为：") and "912,800 元" in told


def test_choices_are_numbered_and_can_be_picked(dialogue: Dialogue) -> None:
    assert "\n  2. 巴州人社局 2026 年\n" in said(dialogue, "三公经费是多少")
    assert "25.40 万元" in said(dialogue, "2")


def test_clearing_forgets(dialogue: Dialogue) -> None:
    said(dialogue, ONE, "/clear")
    assert "还没有回答" in said(dialogue, "/sources")
    assert "912,800" not in said(dialogue, "换成元")


def test_sources_and_figures_of_the_last_answer(dialogue: Dialogue) -> None:
    assert "还没有回答" in said(dialogue, "/table")
    sources = said(dialogue, ONE, "/sources")
    assert sources.startswith("来源：\n  [1] ") and "第 420 行" in sources
    assert said(dialogue, "/table").endswith(f"| {ONE} | 91.28 | 万元 |")
    assert said(dialogue, "/clear", FOUR, "/table").count("\n") == 5
    assert "没有可列的数值" in said(dialogue, "/clear", LIST, "/table")
    assert "没有来源" in said(dialogue, "/clear", "拉萨市人社局公务接待费是多少", "/sources")


def test_commands(dialogue: Dialogue) -> None:
    assert all(command in said(dialogue, "/help") for command in COMMANDS)
    assert said(dialogue, "／HELP") == said(dialogue, "/help")
    unknown = said(dialogue, "/foo")
    assert "/foo" in unknown and "\n" not in unknown and all(command in unknown for command in COMMANDS)
    assert said(dialogue, " \t") == ""
    assert dialogue.reply("/quit") is None and dialogue.reply("/exit") is None


def test_a_bad_question_does_not_end_the_dialogue(dialogue: Dialogue) -> None:
    said(dialogue, ONE)
    refused = said(dialogue, "费" * 2000)
    assert "问题太长" in refused and "\n" not in refused
    assert "912,800 元" in said(dialogue, "换成元")


# -- dialogue: over a pipe and at a terminal ------------------------------------------------------


def test_piped_questions(run: Run) -> None:
    status, out, err = run("chat", typed=f"{ONE}\n\n换成元\n".encode() + b"\xff\n")
    assert (status, err) == (0, "")
    assert out.startswith("乌鲁木齐人社局 2026 年预算") and "912,800 元" in out and "问>" not in out


def test_piped_questions_end_with_quit(run: Run) -> None:
    assert run("chat", typed=f"/quit\n{ONE}\n".encode()) == (0, "", "")
    assert run("chat") == (0, "", "")


def test_where_history_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert history_file() == tmp_path / "state" / "budget-qa" / "history"
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_STATE_HOME", value)
        assert history_file() == tmp_path / ".local" / "state" / "budget-qa" / "history"


class Terminal:
    """The command `budget-qa chat` at a terminal of its own."""

    def __init__(self, index: Path, state: Path) -> None:
        import pty

        self._shown = b""
        self._terminal, inside = pty.openpty()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "XDG_STATE_HOME": str(state)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qa.cli", "chat", "--index", str(index)],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=environment,
        )
        os.close(inside)

    def wait_for(self, text: str) -> None:
        """Read until a text is shown."""
        import select

        end = time.monotonic() + 60
        while text.encode() not in self._shown and time.monotonic() < end:
            if select.select([self._terminal], [], [], 1)[0]:
                try:
                    self._shown += os.read(self._terminal, 65536)
                except OSError:  # the other end is closed
                    break
        before, found, self._shown = self._shown.partition(text.encode())
        assert found, before.decode("utf-8", "replace")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode())

    def status(self, again: Callable[[], None] = lambda: None) -> int:
        """Return the exit status at the end; what ends it is done `again` where it came too early."""
        for _ in range(60):
            try:
                self.process.wait(1)
                break
            except subprocess.TimeoutExpired:
                again()
        assert self.process.returncode is not None
        os.close(self._terminal)
        return self.process.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_typed_questions_with_history(sample_assistant: Assistant, tmp_path: Path) -> None:
    pytest.importorskip("readline")
    index, history = sample_assistant.store.path, tmp_path / "state" / "budget-qa" / "history"
    terminal = Terminal(index, tmp_path / "state")
    terminal.wait_for("问> ")
    terminal.type(ONE + "\n")
    terminal.wait_for("91.28 万元")
    terminal.wait_for("问> ")
    terminal.type("\x04")  # Ctrl-D
    assert terminal.status(lambda: terminal.type("\x04")) == 0
    assert ONE in history.read_text(encoding="utf-8")

    terminal = Terminal(index, tmp_path / "state")
    terminal.wait_for("问> ")
    terminal.type("\x1b[A\n")  # arrow up: the question of the dialogue before
    terminal.wait_for("91.28 万元")
    terminal.wait_for("问> ")
    terminal.process.send_signal(signal.SIGINT)  # Ctrl-C
    assert terminal.status(lambda: terminal.process.send_signal(signal.SIGINT)) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_history_that_cannot_be_kept_is_no_matter(sample_assistant: Assistant, tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("a file where the folder should be")
    terminal = Terminal(sample_assistant.store.path, blocked)
    terminal.wait_for("问> ")
    terminal.type("/quit\n")
    assert terminal.status() == 0
