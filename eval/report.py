"""Cases -> figures by kind and in total, as a table for the terminal and as JSON for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from eval import metrics
from eval.asking import Case
from eval.metrics import Lines
from eval.questions import Gold

VERDICTS = {
    "right": "正确", "refused": "正确拒答", "wrong figure": "数字错", "missing": "缺要点",
    "abstained": "误拒答", "invented": "编造", "failed": "出错",
}  # fmt: skip
PASSED = ("right", "refused")
COLUMNS = {  # the report's name of a figure -> its heading; counts of faults stand as counts
    "cases": "题数", "accuracy": "正确率", "wrong_figures": "数字错", "inventions": "编造",
    "wrong_refusals": "误拒答", "missing_parts": "缺要点", "failed": "出错", "right_refusals": "该拒已拒",
    "citation_right": "引用对", "right_and_cited": "对且有据", "quote_faithfulness": "引文属实",
    "p50_ms": "p50 ms", "p95_ms": "p95 ms",
}  # fmt: skip
COUNTS = ("wrong_figures", "inventions", "wrong_refusals", "missing_parts")
WIDTH_OF_TEXT = 120

Summary = dict[str, float | int | None]


def summarize(cases: Sequence[Case], lines: Lines) -> Summary:
    """Return all figures over the cases; shares are 0 to 1, None where they apply to no case.

    `cases` counts all of them, the faults are numbers of cases.
    """
    shares = {
        "accuracy": metrics.accuracy, "right_refusals": metrics.right_refusals,
        "citation_right": metrics.citation_right, "right_and_cited": metrics.right_and_cited,
    }  # fmt: skip
    faults = {name: getattr(metrics, name)(cases)["individual"] for name in COUNTS}
    speed = metrics.latency(cases)
    return {
        "cases": len(cases),
        "scored": sum(case.gold is not None for case in cases),
        "failed": sum(bool(case.error) for case in cases),
        **{name: metric(cases)["score"] for name, metric in shares.items()},
        **{name: sum(value == 1 for value in individual) for name, individual in faults.items()},
        "quote_faithfulness": metrics.quote_faithfulness(cases, lines)["score"],
        "p50_ms": _milliseconds(speed["score"]),
        "p95_ms": _milliseconds(speed["p95"]),
    }


def by_kind(cases: Sequence[Case], lines: Lines) -> dict[str, Summary]:
    """Return the figures of each kind of question, in order of name."""
    kinds = sorted({case.kind for case in cases})
    return {kind: summarize([case for case in cases if case.kind == kind], lines) for kind in kinds}


def as_json(cases: Sequence[Case], lines: Lines) -> dict[str, Any]:
    """Return the whole report: total, kinds and each case with its verdict and its time."""
    cited = metrics.citation_right(cases)["individual"]
    faithful = metrics.quote_faithfulness(cases, lines)["individual"]
    return {
        "total": summarize(cases, lines),
        "kinds": by_kind(cases, lines),
        "cases": [
            {
                "id": case.id, "turn": case.turn, "kind": case.kind, "question": case.question,
                "verdict": metrics.judge(case), "citation_right": hit, "quote_faithfulness": quotes,
                "ms": _milliseconds(case.seconds), "error": case.error or None,
            }
            for case, hit, quotes in zip(cases, cited, faithful, strict=True)
        ],
    }  # fmt: skip


def as_table(cases: Sequence[Case], lines: Lines) -> Table:
    """Return a table with one row a kind and the total at the end.

    Columns in which nothing was measured are left out, that of failures when there is none.
    """
    rows = {**by_kind(cases, lines), "合计": summarize(cases, lines)}
    total = rows["合计"]
    shown = [name for name in COLUMNS if _measured(name, total)]
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("类别", no_wrap=True)
    for name in shown:
        table.add_column(COLUMNS[name], justify="right")
    for kind, figures in rows.items():
        if kind == "合计":
            table.add_section()
        table.add_row(escape(kind), *(_written(name, figures[name]) for name in shown))
    return table


def misses(cases: Sequence[Case], most: int) -> list[str]:
    """Return one paragraph for each of the first `most` cases that are not right."""
    missed = [(case, verdict) for case in cases if (verdict := metrics.judge(case)) and verdict not in PASSED]
    return [_miss(case, VERDICTS[verdict]) for case, verdict in missed[:most]]


def _measured(name: str, total: Summary) -> bool:
    if name in COUNTS:
        return bool(total["scored"])
    return bool(total["failed"]) if name == "failed" else total[name] is not None


def _miss(case: Case, verdict: str) -> str:
    place = f"{case.id}/{case.turn}" if case.turn else str(case.id)
    text = " ".join(str(case.answer.get("text") or "").split())
    given = case.error or _figure(case.answer) or str(case.answer.get("status"))
    return (
        f"[{verdict}] {place}（{case.kind}）{case.question}\n"
        f"    应为：{_expected(case.gold) if case.gold else ''}\n"
        f"    答为：{given}｜{text[:WIDTH_OF_TEXT]}"
    )


def _expected(gold: Gold) -> str:
    if gold.status != "answered":
        return gold.status
    figures = ([gold.figure] if gold.figure else []) + list(gold.figures)
    parts = [f"{figure.value} {figure.unit}".strip() for figure in figures]
    return "；".join(parts + ["/".join(options) for options in gold.phrases])


def _figure(answer: Mapping[str, Any]) -> str:
    if answer.get("value") is None:
        return ""
    return f"{answer['value']} {answer.get('unit') or ''}".strip()


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _written(name: str, value: float | int | None) -> str:
    if value is None:
        return "—"
    if name in ("p50_ms", "p95_ms"):
        return f"{value:.1f}"
    return str(value) if isinstance(value, int) else f"{value:.1%}"


def plain(value: object) -> object:
    """Make a value fit for JSON where an assistant hands out `Decimal`."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"not JSON: {value!r}")
