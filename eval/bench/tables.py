"""What was measured by size, as Markdown tables and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from eval.bench.contest import Score
from eval.bench.sizes import Kind, Size

Contests = Mapping[int, Sequence[Score]]
NOTHING = "—"


def as_json(machine: Mapping[str, Any], sizes: Sequence[Size], contests: Contests) -> dict[str, Any]:
    """Return everything that was measured."""
    return {
        "machine": dict(machine),
        "sizes": [
            {**asdict(size), "documents_per_s": size.documents_per_s, "mb_per_s": size.mb_per_s}
            for size in sizes
        ],
        "contests": {str(count): [asdict(score) for score in scores] for count, scores in contests.items()},
    }


def as_markdown(machine: Mapping[str, Any], sizes: Sequence[Size], contests: Contests) -> str:
    """Return all tables, with the machine below."""
    parts = [_by_size(sizes), _by_kind(sizes), *(_contest(n, scores) for n, scores in contests.items())]
    versions = "，".join(f"{name} {version}" for name, version in machine["versions"].items())
    on = f"{machine['cores']} 核 {machine['processor']}，内存 {machine['memory_gb']} GB"
    return "\n\n".join([*parts, f"{machine['date']}；{on}；{versions}。"])


def _by_size(sizes: Sequence[Size]) -> str:
    head = (
        *("文件数", "原文 MB", "建索引 秒", "文件/秒", "MB/秒", "索引 MB", "打开 秒", "首答 秒"),
        *("打开后内存 MB", "问后内存 MB", "p50 ms", "p95 ms", "p99 ms", "正确率", "数字错", "编造"),
    )
    rows = []
    for size in sizes:
        a = size.answers
        speed = (size.build_s, size.documents_per_s, size.mb_per_s)
        memory = (_number(a.opened_mb, 0), _number(a.resident_mb, 0))
        built = (_number(size.text_mb), *map(_number, speed), _number(size.index_mb))
        opened = (_number(a.open_s, 2), _number(a.first_s, 2), *memory)
        shares = (a.all.accuracy, a.all.wrong_figures, a.all.inventions)
        rows.append((f"{size.documents:,}", *built, *opened, *_latency(a.all), *map(_share, shares)))
    return _table(head, rows)


def _by_kind(sizes: Sequence[Size]) -> str:
    """Return latency and accuracy, a row for each kind of question, columns for each size."""
    kinds = list(dict.fromkeys(kind for size in sizes for kind in size.answers.kinds))
    head = ["p50 / p95 / p99 ms（正确率）", *(f"{size.documents:,} 份" for size in sizes)]
    rows = []
    for kind in kinds:
        measured = [size.answers.kinds.get(kind) for size in sizes]
        rows.append(
            (
                kind,
                *(f"{' / '.join(_latency(m))}（{_share(m.accuracy)}）" if m else NOTHING for m in measured),
            )
        )
    return _table(head, rows)


def _contest(count: int, scores: Sequence[Score]) -> str:
    """Return the comparison at one size; ratios are to the first system."""
    head = (
        *(f"{count:,} 份文件", "建索引 秒", "可用时内存 MB", "p50 ms", "p95 ms", "p50 倍数"),
        *("首段含答案", "前五段含答案", "答案精确"),
    )
    first = scores[0]
    rows = []
    for score in scores:
        ratio = score.p50_ms / first.p50_ms if score.p50_ms and first.p50_ms else None
        ready = (_number(score.build_s), _number(score.ready_mb, 0))
        latency = map(_number, (score.p50_ms, score.p95_ms, ratio))
        rows.append((score.system, *ready, *latency, *map(_share, (score.top1, score.top5, score.exact))))
    faults = [f"{score.system}：{score.fault}。" for score in scores if score.fault]
    told = f"{first.questions} 题，每题一段原文即可作答。" + "".join(faults)
    return f"{_table(head, rows)}\n\n{told}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _latency(kind: Kind) -> tuple[str, str, str]:
    return _number(kind.p50_ms), _number(kind.p95_ms), _number(kind.p99_ms)


def _number(value: float | None, places: int = 1) -> str:
    return NOTHING if value is None else f"{value:,.{places}f}"


def _share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1%}"
