"""`python -m eval.bench`: how fast and how big, measured on this machine, as Markdown tables."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.asking import Asker, open_assistant
from eval.bench.contest import Score, contest
from eval.bench.machine import machine
from eval.bench.single import Measured, as_markdown, measure
from eval.bench.sizes import Plan, Size, measure_size
from eval.bench.tables import as_json
from eval.bench.tables import as_markdown as as_tables
from eval.console import DONE, FAILED, UNUSABLE, Parser, complain, natural, writable
from eval.errors import BenchError, UsageError
from eval.peers import PEERS
from eval.questions import default_files, read_questions

PROG = "python -m eval.bench"
PACKAGES = ("budget-qa", "faiss-cpu", "numpy", "jieba", *(name for peer in PEERS for name in peer.packages))
YEARS, EACH = 2, 20
PEER_SECONDS = 600

Result = tuple[dict[str, Any], str]
"""What was measured, for JSON and as Markdown."""

USAGE = f"""{PROG} [--index 目录] [--source 路径]... [--questions 文件.jsonl]...
                            [--runs 次数] [--json 输出.json]
       {PROG} --sizes 份数,份数,... [--work 目录] [--each 题数] [--seed 种子] [--peers]
                            [--peer-seconds 秒] [--json 输出.json]"""
DESCRIPTION = """测量速度与体积，打印 Markdown 表。

一个语料（不给 --sizes）：
  热启动提问   助手已打开、先热身，再把题目逐一问一遍，取 p50 与 p95
  冷启动提问   整个 budget-qa ask 进程的用时，表格题、文字题各取数次的中位数
  建索引       每秒处理的原文量（程序与模型装载之后）
  内存与磁盘   提问之后本进程的常驻内存；索引目录的大小

各种规模（--sizes）：按份数生成虚构文件和题目，每种规模量一遍：
  建索引       用时、每秒份数、每秒原文量（进程启动计入），索引大小
  打开         新进程打开索引的用时，以及到第一题答出的用时；常驻内存
  提问         热身后逐题提问，各类题目的 p50、p95、p99 与正确率
  --peers      已安装的其他系统在同样的文件和题目上：建索引、内存、用时，首段、前五段是否含答案"""
EPILOG = """示例：
  python -m eval.bench                                   自带的样例语料和题目
  python -m eval.bench --source 文件夹 --questions q.jsonl   先建临时索引，再在其上提问
  python -m eval.bench --sizes 5,1000,10000 --work 工作目录 --peers --json 规模.json

退出码：0 完成；1 已运行但有测量失败；2 用法有误或输入无法读取。"""


def main(argv: Sequence[str] | None = None, opener: Callable[[Path | None], Asker] = open_assistant) -> int:
    """Measure, print the tables and return the exit status."""
    parser = Parser(PROG, USAGE, DESCRIPTION, EPILOG)
    add = parser.options.add_argument
    add("--index", type=Path, metavar="目录", help="在这个索引上提问；不给则用 --source 建的或自带的索引")
    add("--source", type=Path, action="append", metavar="路径", help="用来测建索引的文件或文件夹，可多次给出")
    add("--questions", type=Path, action="append", metavar="文件", help="问题文件，可多次给出；默认用自带的")
    add("--runs", type=natural, default=5, metavar="次数", help="冷启动各测几次（默认 5；0 为不测）")
    add("--json", type=Path, metavar="文件", help="另把结果写成 JSON")
    add("--sizes", type=sizes, metavar="份数", help="量这些规模，用逗号分开，如 5,1000,10000")
    add("--work", type=Path, metavar="目录", help="语料和索引放在这里，语料下次再用；不给则用临时目录")
    add("--each", type=natural, default=EACH, metavar="题数", help=f"每类几题（默认 {EACH}）")
    add("--seed", type=int, default=0, metavar="种子", help="语料和题目的随机种子（默认 0）")
    add("--peers", action="store_true", help='与其他系统比较（安装：pip install -e ".[bench]"）')
    add("--peer-seconds", type=natural, default=PEER_SECONDS, metavar="秒",
        help=f"其他系统各最多用多久（默认 {PEER_SECONDS}）")  # fmt: skip
    args = parser.parse_args(argv)
    status, text = DONE, ""
    try:
        if args.json is not None and (why := writable(args.json, never=args.questions or ())):
            raise UsageError(why)
        if args.sizes:
            plan = Plan(YEARS, args.each, args.seed)
            results = _by_size(args.sizes, args.work, plan, args.peer_seconds if args.peers else None)
        else:
            questions = read_questions(args.questions or default_files())
            results = _single(measure(args.index, args.source, questions, args.runs, opener))
        for found, tables in results:  # kept size by size: the largest may take hours, or fail
            text = tables
            if args.json is not None:
                args.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except BenchError as error:
        complain(PROG, str(error))
        status = FAILED
    except (UsageError, OSError, ValueError) as error:
        complain(PROG, str(error))
        status = UNUSABLE
    if text:
        print(text)
    return status


def _single(measured: Measured) -> Iterator[Result]:
    yield asdict(measured), as_markdown(measured)


def _by_size(
    counts: Sequence[int], work: Path | None, plan: Plan, peer_seconds: int | None
) -> Iterator[Result]:
    """Measure one size after the other, and the peers for so many seconds; yield all there is after each."""
    on = machine(PACKAGES)
    measured: list[Size] = []
    contests: dict[int, list[Score]] = {}
    with ExitStack() as stack:
        folder = work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count in counts:
            measured.append(measure_size(folder / str(count), count, plan, _tell))
            if peer_seconds is not None:
                contests[count] = contest(folder / str(count), measured[-1], peer_seconds, _tell)
            yield as_json(on, measured, contests), as_tables(on, measured, contests)


def _tell(progress: str) -> None:
    complain(PROG, progress)


def sizes(text: str) -> list[int]:
    """Read numbers of documents from the command line."""
    counts = [natural(part) for part in text.split(",")]
    if 0 in counts:
        raise ValueError(text)
    return counts


if __name__ == "__main__":
    sys.exit(main())
