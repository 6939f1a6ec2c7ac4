"""`python -m eval.vectors`: which kind of vector index finds what, how fast, at which size.

The vectors are those of invented passages: clauses of the sample corpus put together at random.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
from numpy.typing import NDArray

from eval.console import DONE, UNUSABLE, Parser, complain, natural
from index.encoder import load_encoder
from index.vectors import make_index

PROG = "python -m eval.vectors"
CORPUS = Path(__file__).parent / "corpus"
QUESTIONS = 200
FOUND = 10
_CLAUSE = re.compile(r"[^，。；：|\n]{4,40}")

USAGE = f"{PROG} [--size 个数]..."
DESCRIPTION = """比较几种向量索引：建多久、占多大、前 10 名找回多少、每次查询多少毫秒，打印一张 Markdown 表；
并给出每秒编码的短文段数。向量由样例语料的分句随机拼成的文段编码而来。"""
EPILOG = """示例：
  python -m eval.vectors                                  一万、十万个
  python -m eval.vectors --size 1000000                   一百万个（约需 6 GB 内存）

退出码：0 完成；2 用法有误。"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of index over so many vectors."""

    kind: str
    size: int
    build_s: float
    megabytes: float
    recall: float
    query_ms: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table and return the exit status."""
    parser = Parser(PROG, USAGE, DESCRIPTION, EPILOG)
    parser.options.add_argument(
        "--size", type=natural, action="append", metavar="个数", help="向量个数，可多次给出"
    )
    sizes = parser.parse_args(argv).size or [10_000, 100_000]
    if min(sizes) < FOUND:
        complain(PROG, f"--size 至少 {FOUND}")
        return UNUSABLE
    encoder = load_encoder()
    asked = encoder.encode(passages(QUESTIONS, Random(1), 1))
    print("| 个数 | 索引 | 建立（秒） | 大小（MB） | 找回前 10 | 每次查询（毫秒） |")
    print("|---:|---|---:|---:|---:|---:|")
    for size in sizes:
        texts = passages(size, Random(0), 3)
        started = time.perf_counter()
        vectors = encoder.encode(texts)
        rate = size / (time.perf_counter() - started)
        for found in measure(vectors, asked):
            print(
                f"| {found.size:,} | {found.kind} | {found.build_s:.1f} | {found.megabytes:,.0f} | "
                f"{found.recall:.3f} | {found.query_ms:.2f} |",
                flush=True,
            )
    print(f"\n编码：每秒 {rate:,.0f} 个短文段（平均 {np.mean([len(text) for text in texts]):.0f} 字）。")
    return DONE


def passages(count: int, random: Random, clauses: int) -> list[str]:
    """Return so many invented passages of some clauses each."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.md")))
    known = sorted(set(_CLAUSE.findall(text)))
    return ["，".join(random.choices(known, k=clauses)) for _ in range(count)]


def measure(vectors: NDArray[np.float32], asked: NDArray[np.float32]) -> Iterator[Measured]:
    """Build and ask each kind of index; the exact one says what was to be found."""
    import faiss

    lists = 2 ** round(np.log2(np.sqrt(len(vectors))))
    kinds = ("Flat", "HNSW32", f"IVF{lists},SQfp16", f"IVF{lists},PQ{vectors.shape[1] // 8}")
    exact: NDArray[np.int64] | None = None
    for kind in kinds:
        started = time.perf_counter()
        index = make_index(vectors, kind)
        seconds = time.perf_counter() - started
        found, times = [], []
        for question in asked:
            started = time.perf_counter()
            found.append(index.search(question[None], FOUND)[1][0])
            times.append(time.perf_counter() - started)
        exact = np.array(found) if exact is None else exact
        recall = np.mean([len(set(a) & set(b)) / FOUND for a, b in zip(found, exact, strict=True)])
        size = len(faiss.serialize_index(index)) / 1e6
        yield Measured(kind, len(vectors), seconds, size, float(recall), 1000 * median(times))


if __name__ == "__main__":
    sys.exit(main())
