"""`python -m eval.load`: many readers ask the page at once, on this machine; how long each answer takes."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Protocol

from eval.console import DONE, FAILED, UNUSABLE, Parser, complain, natural
from eval.errors import BenchError, UsageError
from eval.metrics import percentile
from eval.questions import default_files, read_questions

PROG = "python -m eval.load"
HOST = "127.0.0.1"
USERS, QUESTIONS = 20, 200
MOST_USERS, MOST_QUESTIONS, MOST_PAUSE = 100, 5000, 60
START_SECONDS = 120
"""A page that is not there by then will not come."""
SERVE = "import sys; from qa.cli import main; sys.exit(main())"  # what the console script does

USAGE = f"{PROG} [--index 目录] [--users 人数] [--count 题数] [--pause 秒] [--questions 文件.jsonl]..."
DESCRIPTION = f"""在本机（{HOST}）打开网页，许多人同时连续提问，打印答案用时的 Markdown 表。
每个人一问接一问，中间平均停 --pause 秒；用时从发出问题到收到整个答案和依据。"""
EPILOG = f"""示例：
  python -m eval.load                     {USERS} 人，共 {QUESTIONS} 题，自带的样例和题目
  python -m eval.load --users 5 --count 50 --index 索引 --questions q.jsonl

退出码：0 完成；1 已运行但有题目出错；2 用法有误或输入无法读取。"""


class Reader(Protocol):
    """One open window of the page."""

    def predict(self, question: str, /, *, api_name: str) -> Any:
        """Ask a question and wait for the whole answer."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was measured: the seconds of each answer, what went wrong, and the seconds of all together."""

    seconds: tuple[float, ...]
    errors: tuple[str, ...]
    whole: float


def main(argv: Sequence[str] | None = None) -> int:
    """Open the page, ask, print the table and return the exit status."""
    parser = Parser(PROG, USAGE, DESCRIPTION, EPILOG)
    add = parser.options.add_argument
    add("--index", type=Path, metavar="目录", help="索引目录；不给则用自带的样例语料")
    add("--users", type=natural, default=USERS, metavar="人数", help=f"同时提问的人数（默认 {USERS}）")
    add("--count", type=natural, default=QUESTIONS, metavar="题数", help=f"一共问多少题（默认 {QUESTIONS}）")
    add("--pause", type=natural, default=0, metavar="秒", help="每问一题之前平均停几秒（默认不停）")
    add("--questions", type=Path, action="append", metavar="文件", help="问题文件，可多次给出；默认用自带的")
    args = parser.parse_args(argv)
    try:
        for name, given, least, most in (
            ("--users", args.users, 1, MOST_USERS),
            ("--count", args.count, 1, MOST_QUESTIONS),
            ("--pause", args.pause, 0, MOST_PAUSE),
        ):
            if not least <= given <= most:
                raise UsageError(f"{name} 应在 {least} 到 {most} 之间，现为 {given}")
        asked = questions_of(args.questions or default_files(), args.count)
        with served(args.index) as address:
            loaded = load([_reader(address) for _ in range(args.users)], asked, args.pause)
    except UsageError as error:
        complain(PROG, str(error))
        return UNUSABLE
    except BenchError as error:
        complain(PROG, str(error))
        return FAILED
    print(table(loaded, args.users))
    if loaded.errors:
        complain(PROG, f"{len(loaded.errors)} 题出错，第一个：{loaded.errors[0]}")
        return FAILED
    return DONE


def questions_of(files: Sequence[Path], count: int) -> list[str]:
    """Return so many questions, those of the files over and over where they are fewer."""
    first = [question.turns[0].question for question in read_questions(files)]
    return list(islice(cycle(first), count))


def load(readers: Sequence[Reader], questions: Sequence[str], pause: float = 0) -> Loaded:
    """Have the readers share the questions, each asking its own one after the other, all at once."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(readers)) as threads:
        shares = [questions[number :: len(readers)] for number in range(len(readers))]
        told = [one for share in threads.map(partial(_asked, pause=pause), readers, shares) for one in share]
    whole = time.perf_counter() - begun
    return Loaded(
        tuple(seconds for seconds, error in told if not error), tuple(e for _, e in told if e), whole
    )


def table(loaded: Loaded, users: int) -> str:
    """Return what was measured as a Markdown table."""
    count = len(loaded.seconds) + len(loaded.errors)
    rows = [("人数", str(users)), ("题数", str(count)), ("出错", str(len(loaded.errors)))]
    if loaded.seconds:
        parts = (("p50", 0.5), ("p95", 0.95), ("最慢", 1))
        rows += [(f"答案用时 {name}", f"{percentile(loaded.seconds, at):.2f} 秒") for name, at in parts]
    rows.append(("每秒答题", f"{count / loaded.whole:.1f}"))
    return "\n".join(("| 项目 | 实测 |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows)))


@contextmanager
def served(index: Path | None) -> Iterator[str]:
    """Serve the page in a process of its own and give its address; BenchError when it does not start."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, "serve", "--host", HOST, "--port", str(port)]
    command += ["--index", str(index)] if index else []
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    try:
        address = f"http://{HOST}:{port}"
        _wait(process, port)
        yield address
    finally:
        process.terminate()
        process.communicate()


def _wait(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            said = (process.stderr.read() if process.stderr else "").strip().splitlines()
            raise BenchError(f"网页没有打开：{said[-1] if said else process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise BenchError(f"{START_SECONDS} 秒内网页没有打开")


def _reader(address: str) -> Reader:
    os.environ["NO_PROXY"] = f"{HOST},localhost"
    from gradio_client import Client

    client: Reader = Client(address, verbose=False)
    return client


def _asked(reader: Reader, questions: Sequence[str], pause: float) -> list[tuple[float, str]]:
    """Return the seconds of each question and what went wrong with it."""
    told = []
    for question in questions:
        time.sleep(pause * random.uniform(0, 2))  # nobody reads in step with the others
        begun, error = time.perf_counter(), ""
        try:
            reader.predict(question, api_name="/ask")
        except Exception as problem:  # one that fails must not end the others
            error = " ".join(f"{type(problem).__name__}: {problem}".split())
        told.append((time.perf_counter() - begun, error))
    return told


if __name__ == "__main__":
    sys.exit(main())
