"""`python -m eval.retrieval`: how well passages are found, leg by leg, model by model."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rich import box
from rich.console import Console
from rich.table import Table

from eval.console import DONE, UNUSABLE, Parser, complain, writable
from eval.errors import UsageError
from eval.evidence import rank_evidence, with_evidence
from eval.naming import names_pools
from eval.pools import Pool, rank, read_pools, score
from eval.questions import Question, default_files, read_questions
from eval.rankings import METRICS, Judged, gain_interval, mean, ndcg
from index.encoder import Encoder, load_encoder
from index.errors import IndexingError
from qa import Assistant
from qa.retrieve import FUSED, Legs

PROG = "python -m eval.retrieval"
KEYWORDS, VECTORS, BOTH = "关键词（BM25）", "向量", "融合"
WITH_VECTORS = "关键词＋向量"
WITHOUT = {"words": "融合，不计词", "together": "融合，不计邻近", "exact": "融合，不计精确"}
OWN = "自带"
USAGE = f"""{PROG} [--index 目录] [--questions 文件.jsonl]... [--sets 目录]...
                              [--names 文件.jsonl]... [--model 模型]... [--held-out] [--report 输出.json]"""
DESCRIPTION = """测量检索：关键词、向量、各路融合各能把有答案的文段排到第几位。

  问题文件   有 evidence 的单题：先按部门、年份筛文件，再看排在前面的文段是否压着证据所在的行；
             向量模型是建索引时用的那个（换模型：budget-qa index build --model）
  公开题集   目录里的 名称.passages.jsonl.gz（id、text）与 名称.queries.jsonl.gz（question、relevant）
  日常叫法   每行 phrase（怎么叫）与 official（正式名称）：先在文件的名称里找，
             再在全部已知名称里找，R@1 即找对的比例

每行后面是 nDCG@10 相对只用关键词的增减及其 95% 区间（成对自助法，2000 次）。"""
EPILOG = """示例：
  python -m eval.retrieval                                  自带样例和题目
  python -m eval.retrieval --index idx --questions q.jsonl --sets 题集目录
  python -m eval.retrieval --sets 题集目录 --model 模型目录    换一个向量模型（目录或名称，可多次给出）
  python -m eval.retrieval --sets 题集目录 --held-out        只算第 2、4、6…题：权重是在另一半上选的

退出码：0 完成；2 用法有误或输入无法读取。"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One way of ranking on one set of questions."""

    where: str
    model: str
    way: str
    judged: tuple[Judged, ...]
    interval: tuple[float, float] | None


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and return the exit status."""
    parser = Parser(PROG, USAGE, DESCRIPTION, EPILOG)
    add = parser.options.add_argument
    add("--index", type=Path, metavar="目录", help="索引目录；不给则用自带的样例语料")
    add("--questions", type=Path, action="append", metavar="文件", help="问题文件；默认用自带的")
    add("--sets", type=Path, action="append", metavar="目录", help="公开题集所在的目录，可多次给出")
    add("--names", type=Path, action="append", metavar="文件", help="日常叫法的文件，可多次给出")
    add("--model", action="append", metavar="模型", help="另外比较的向量模型：目录或名称，可多次给出")
    add("--held-out", action="store_true", help="只算排在偶数位的题")
    add("--report", type=Path, metavar="文件", help="另把结果写成 JSON")
    args = parser.parse_args(argv)
    try:
        if args.report is not None and (why := writable(args.report, never=args.questions or ())):
            raise UsageError(why)
        pools = [pool for folder in args.sets or () for pool in read_pools(folder)]
        pools += [pool for path in args.names or () for pool in names_pools(path)]
        models = {name: load_encoder(name) for name in (None, *(args.model or ()))}
        lines: list[Line] = []
        if args.questions or args.index or not pools:
            questions = with_evidence(read_questions(args.questions or default_files()))
            lines += on_evidence(Assistant.open(args.index), _half(questions, args.held_out))
        for pool in pools:
            for name, encoder in models.items():
                lines += on_pool(pool, name or OWN, encoder, args.held_out)
        if args.report is not None:
            report = json.dumps([as_json(line) for line in lines], ensure_ascii=False, indent=1)
            args.report.write_text(report + "\n", encoding="utf-8")
    except (UsageError, IndexingError) as error:
        complain(PROG, str(error))
        return UNUSABLE
    console = Console(width=max(110, Console().width))
    console.print(as_table(lines))
    return DONE


def on_evidence(assistant: Assistant, questions: Sequence[Question]) -> Iterator[Line]:
    """Rank the passages of an index for questions with evidence, by its own model."""
    if not questions:
        raise UsageError("问题文件里没有带 evidence 的单题")
    ways = {
        KEYWORDS: Legs(1, 0, 0, 0, 0),
        VECTORS: Legs(0, 1, 0, 0, 0),
        WITH_VECTORS: replace(FUSED, words=0, together=0, exact=0),
        "关键词＋精确": replace(FUSED, vectors=0, words=0, together=0),
        **_without(FUSED, WITHOUT),
        BOTH: FUSED,
    }
    rankings = rank_evidence(assistant, assistant.encoder, questions, ways)
    model = str(assistant.store.manifest.model or OWN)
    yield from _lines("证据", model, rankings)


def on_pool(pool: Pool, name: str, encoder: Encoder, held_out: bool) -> Iterator[Line]:
    """Rank the texts of a pool for its questions."""
    scores = score(pool, encoder)
    legs = {
        WITH_VECTORS: replace(pool.legs, words=0, together=0),
        **_without(pool.legs, ("words", "together")),
        BOTH: pool.legs,
    }
    ways = {
        KEYWORDS: scores.parts.keywords,
        VECTORS: scores.whole,
        "向量（分段）": scores.pieces,
        **{way: scores.parts.fused(weights) for way, weights in legs.items()},
    }
    rankings = {way: _half(rank(pool, found), held_out) for way, found in ways.items()}
    yield from _lines(pool.name, name, rankings)


def as_json(line: Line) -> Mapping[str, object]:
    """Return the figures of a line for the report."""
    figures = {name: mean(metric, line.judged) for name, metric in METRICS.items()}
    about = {"set": line.where, "model": line.model, "way": line.way, "questions": len(line.judged)}
    return {**about, **figures, "nDCG@10 gain": line.interval}


def as_table(lines: Sequence[Line]) -> Table:
    """Return the lines as a table."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("题集", "题数", "模型", "方式"):
        table.add_column(name, justify="right" if name == "题数" else "left")
    for name in (*METRICS, "nDCG@10 增减"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in lines:
        figures = [f"{mean(metric, line.judged):.3f}" for metric in METRICS.values()]
        gain = "" if line.interval is None else "{:+.3f} … {:+.3f}".format(*line.interval)
        table.add_row(line.where, str(len(line.judged)), line.model, line.way, *figures, gain)
    return table


def _lines(where: str, model: str, rankings: Mapping[str, Sequence[Judged]]) -> Iterator[Line]:
    base = rankings[KEYWORDS]
    for way, judged in rankings.items():
        interval = None if way == KEYWORDS else gain_interval(ndcg, judged, base)
        yield Line(where, model, way, tuple(judged), interval)


def _without(legs: Legs, names: Iterable[str]) -> dict[str, Legs]:
    """Return ways of ranking that leave out one leg each, of those that count at all."""
    return {WITHOUT[name]: replace(legs, **{name: 0}) for name in names if getattr(legs, name)}


def _half(items: Sequence[T], held_out: bool) -> Sequence[T]:
    return items[1::2] if held_out else items


if __name__ == "__main__":
    sys.exit(main())
