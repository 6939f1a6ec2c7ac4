"""The same measures at growing numbers of documents: building, opening, memory, answers and their latency."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import eval.synthetic
from eval.asking import Case, ask_all
from eval.bench.machine import MEGABYTE, apart, folder_size, resident_memory
from eval.errors import BenchError, UsageError
from eval.metrics import accuracy, citation_right, inventions, percentile, wrong_figures
from eval.questions import Question, read_questions
from eval.synthetic import questions, write_corpus, write_questions

CORPUS, QUESTIONS, INDEX, MADE = "corpus", "questions.jsonl", "index", "made.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """How each size is made: years a department, questions a kind, the seed of it all."""

    years: int
    each: int
    seed: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Questions of one kind: how many, milliseconds of an answer, shares of 0 to 1."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    accuracy: float | None
    cited: float | None
    wrong_figures: float | None
    inventions: float | None


@dataclass(frozen=True, slots=True)
class Answers:
    """What a fresh process measured that opened an index and asked all questions.

    `open_s` is the time until the assistant stands, `first_s` that of its first answer.
    """

    open_s: float
    first_s: float
    opened_mb: float | None
    resident_mb: float | None
    all: Kind
    kinds: dict[str, Kind]


@dataclass(frozen=True, slots=True)
class Size:
    """All that is measured at one size."""

    documents: int
    text_mb: float
    build_s: float
    index_mb: float
    answers: Answers

    @property
    def documents_per_s(self) -> float:
        """Documents built a second, start-up included."""
        return self.documents / self.build_s

    @property
    def mb_per_s(self) -> float:
        """Megabytes of text built a second, start-up included."""
        return self.text_mb / self.build_s


def prepare(folder: Path, count: int, plan: Plan) -> tuple[Path, Path]:
    """Return corpus and questions of a size in a folder; what was made before by the same means is kept."""
    corpus, asked, made = folder / CORPUS, folder / QUESTIONS, folder / MADE
    stamp = json.dumps({"documents": count, **asdict(plan), "generator": _generator()})
    if not made.exists() or made.read_text(encoding="utf-8") != stamp:
        if corpus.exists():
            if not made.exists():
                raise UsageError(f"{corpus}：不是由本程序生成的语料，不敢覆盖；请换一个目录")
            shutil.rmtree(corpus)
        folder.mkdir(parents=True, exist_ok=True)
        made.write_text("{}", encoding="utf-8")
        written = write_corpus(corpus, count, plan.seed, plan.years)
        write_questions(asked, questions(written, plan.each, plan.seed))
        made.write_text(stamp, encoding="utf-8")
    return corpus, asked


def measure_size(folder: Path, count: int, plan: Plan, tell: Callable[[str], None]) -> Size:
    """Make, build, open and ask at one size; an index that was there is built anew."""
    tell(f"{count} 份：生成语料")
    corpus, asked = prepare(folder, count, plan)
    index = folder / INDEX
    shutil.rmtree(index, ignore_errors=True)
    tell(f"{count} 份：建索引")
    seconds = apart(None, build, corpus, index)
    tell(f"{count} 份：提问")
    answers = apart(None, ask, index, asked)
    return Size(count, folder_size(corpus) / MEGABYTE, seconds, folder_size(index) / MEGABYTE, answers)


def build(corpus: Path, index: Path) -> float:
    """Build an index and return the seconds it took, start of its processes included."""
    from index.build import build_index

    started = time.perf_counter()
    build_index([corpus], index)
    return time.perf_counter() - started


def ask(index: Path, path: Path) -> Answers:
    """Open an index, ask one question of each kind to warm up, then all; measure the latter."""
    from qa import Assistant

    asked = read_questions([path])
    started = time.perf_counter()
    assistant = Assistant.open(index)
    opened = time.perf_counter()
    opened_mb = resident_memory()
    assistant.ask(asked[0].turns[0].question)
    first = time.perf_counter()
    for _ in ask_all(assistant, one_of_each(asked)):
        pass
    cases = [case for answered in ask_all(assistant, asked) for case in answered]
    resident = resident_memory()
    assistant.store.close()
    if broken := next((case for case in cases if case.error), None):
        raise BenchError(f"提问出错：{broken.id}：{broken.error}")
    kinds = {
        kind: _kind([c for c in cases if c.kind == kind]) for kind in dict.fromkeys(c.kind for c in cases)
    }
    return Answers(opened - started, first - opened, opened_mb, resident, _kind(cases), kinds)


def one_of_each(asked: Sequence[Question]) -> list[Question]:
    """Return the first question of each kind."""
    return list({question.turns[0].kind: question for question in reversed(asked)}.values())


def _kind(cases: Sequence[Case]) -> Kind:
    p50, p95, p99 = (percentile((case.seconds for case in cases), share) for share in (0.5, 0.95, 0.99))
    return Kind(
        len(cases),
        *((seconds or 0) * 1000 for seconds in (p50, p95, p99)),
        *(metric(cases)["score"] for metric in (accuracy, citation_right, wrong_figures, inventions)),
    )


def _generator() -> str:
    """Return what stands for the program that makes the corpora."""
    digest = hashlib.sha256()
    for path in sorted(Path(eval.synthetic.__file__).parent.iterdir()):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
