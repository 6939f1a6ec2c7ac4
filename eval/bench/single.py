"""One corpus: warm and cold questions, building, memory and disk, beside the limits of the design."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from eval.asking import Asker, ask_all, open_assistant, opened
from eval.bench.machine import MEGABYTE, folder_size, resident_memory
from eval.errors import BenchError, UsageError
from eval.metrics import percentile
from eval.questions import Question

CORPUS = Path(__file__).parents[1] / "corpus"
WARM_UP = 10
BUILDS = 3
TABLE_KINDS = ("lookup",)
PASSAGE_KINDS = ("reason", "policy", "duty", "definition")
ASK = "import sys; from qa.cli import main; sys.exit(main())"  # what the console script does


@dataclass(frozen=True, slots=True)
class Measured:
    """All that is measured; None where there was nothing to measure it on."""

    questions: int
    warm_p50_ms: float | None
    warm_p95_ms: float | None
    cold_table_s: float | None
    cold_passage_s: float | None
    text_mb: float | None
    build_mb_per_s: float | None
    resident_mb: float | None
    index_mb: float | None


ROWS: tuple[tuple[str, str, str, str], ...] = (
    # field, what it is, how it is written, the limit of the design
    ("warm_p50_ms", "热启动提问 p50", "{:.1f} 毫秒", "≤ 10 毫秒"),
    ("warm_p95_ms", "热启动提问 p95", "{:.1f} 毫秒", "≤ 40 毫秒"),
    ("cold_table_s", "冷启动提问，表格题（整个进程）", "{:.2f} 秒", "≤ 1.5 秒"),
    ("cold_passage_s", "冷启动提问，文字题（整个进程）", "{:.2f} 秒", "≤ 2.5 秒"),
    ("build_mb_per_s", "建索引，每秒原文量", "{:.2f} MB", "≥ 1 MB"),
    ("resident_mb", "常驻内存", "{:.0f} MB", "≤ 500 MB"),
    ("index_mb", "索引大小", "{:.1f} MB", "—"),
)


def measure(
    index: Path | None,
    sources: Sequence[Path] | None,
    questions: Sequence[Question],
    runs: int,
    opener: Callable[[Path | None], Asker] = open_assistant,
) -> Measured:
    """Measure everything; questions go to `index`, else to one built from `sources`, else the sample.

    Building is measured on `sources`, and on the sample corpus when neither they nor `index` are given.
    """
    with tempfile.TemporaryDirectory() as scratch:
        corpus = [CORPUS] if sources is None and index is None else sources
        built = Path(scratch) / "index"
        rate = text = None
        if corpus:
            # In a process of its own: what building needs must not count as memory of the assistant.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                rate, text = pool.submit(build_rate, corpus, built).result()
        asked = index or (built if sources else None)
        p50, p95, resident = warm(asked, questions, opener)
        table, passage = (cold(asked, pick(questions, kinds), runs) for kinds in (TABLE_KINDS, PASSAGE_KINDS))
        folder = index or (built if corpus else None)
        size = folder_size(folder) / MEGABYTE if folder else None
        count = sum(len(question.turns) for question in questions)
        return Measured(count, p50, p95, table, passage, text, rate, resident, size)


def warm(
    index: Path | None, questions: Sequence[Question], opener: Callable[[Path | None], Asker]
) -> tuple[float | None, float | None, float | None]:
    """Return p50 and p95 of a question in milliseconds, and the resident memory in MB after them all."""
    assistant = opened(opener, index)
    for _ in ask_all(assistant, questions[:WARM_UP]):
        pass
    cases = [case for answered in ask_all(assistant, questions) for case in answered]
    if broken := next((case for case in cases if case.error), None):
        raise BenchError(f"提问出错：{broken.id}：{broken.error}")
    seconds = [case.seconds for case in cases]
    return _ms(percentile(seconds, 0.5)), _ms(percentile(seconds, 0.95)), resident_memory()


def cold(index: Path | None, question: str | None, runs: int) -> float | None:
    """Return the median time in seconds of a whole `budget-qa ask` process; BenchError when it fails."""
    if question is None or not runs:
        return None
    options = [] if index is None else ["--index", str(index)]
    command = [sys.executable, "-c", ASK, "ask", *options, "--json", question]
    return median(_timed(command) for _ in range(runs))


def build_rate(sources: Sequence[Path], out: Path) -> tuple[float, float]:
    """Build an index at `out`; return MB of text a second after start-up, and MB of text.

    Start-up is what an index of one line a core takes: starting the readers, loading the embedding model,
    putting the files on disk. Text is counted as UTF-8 of the lines that the documents were read into, so
    that a PDF counts what it says and not its fonts.
    """
    from index.build import build_index
    from index.errors import IndexingError
    from index.store import open_store
    from index.workers import core_count

    one_line = out.with_name("一行")
    one_line.mkdir()
    for number in range(core_count()):
        (one_line / f"{number}.txt").write_text("某局2026年部门预算", encoding="utf-8")
    try:
        build_index(sources, out.with_name("first"))  # imports, and fills the disk cache
        building = []
        for number in range(BUILDS):
            target = out if number == 0 else out.with_name(f"again{number}")
            whole = _seconds(partial(build_index, sources, target))
            building.append(
                whole - _seconds(partial(build_index, [one_line], out.with_name(f"line{number}")))
            )
        with open_store(out) as store:
            size = sum(
                len(line.encode()) + 1
                for document in store.documents
                for line in store.lines(document.name, 1, document.line_count)
            )
    except IndexingError as error:
        raise UsageError(str(error)) from error
    return size / MEGABYTE / max(median(building), 1e-6), size / MEGABYTE


def pick(questions: Iterable[Question], kinds: Sequence[str]) -> str | None:
    """Return the first single question of one of the kinds, or None."""
    return next((q.turns[0].question for q in questions if not q.dialogue and q.turns[0].kind in kinds), None)


def as_markdown(measured: Measured) -> str:
    """Return the table, with a line on what it was measured on."""
    cores = os.cpu_count()
    text = "" if measured.text_mb is None else f"，建索引的原文 {measured.text_mb:.2f} MB"
    lines = ["| 指标 | 实测 | 目标 |", "|---|---:|---:|"]
    for name, label, written, limit in ROWS:
        value = getattr(measured, name)
        lines.append(f"| {label} | {'—' if value is None else written.format(value)} | {limit} |")
    machine = f"{cores} 核 {platform.machine()}，Python {platform.python_version()}"
    return "\n".join([*lines, "", f"{machine}；{measured.questions} 问{text}。"])


def _timed(command: Sequence[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
        raise BenchError(f"budget-qa ask 失败（退出码 {done.returncode}）：{last}")
    return seconds


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
