"""What is measured, one function a metric.

Each takes cases and returns `{"score", "individual"}`: the individual figures run parallel to the
cases and are None where the metric does not apply (no expected answer, nothing to cite); the score
is None when it applies to no case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Literal, TypedDict

from eval.asking import Case
from eval.questions import Evidence, Figure, Gold, as_decimal

Verdict = Literal["right", "wrong figure", "missing", "abstained", "refused", "invented", "failed"]
Lines = Callable[[str, int, int], "Sequence[str] | None"]

MAGNITUDES = {"千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
PERCENT = {"%": Decimal(1), "百分点": Decimal(1), "个百分点": Decimal(1), "‰": Decimal("0.1")}
HALF_CENT = Decimal("0.005")
CONVERTED = Decimal("0.0002")  # the share of a figure that rounding in another unit may cost
FEW_VALUES = 4  # so many parts may be listed around the one figure asked for
TEXT_KINDS = frozenset({"reason", "list", "policy", "duty", "definition", "yoy"})
LINE_SLACK = 1
MOST_CITED_LINES = 60  # a citation of more lines than this proves nothing

_UNIT = re.compile(f"({'|'.join(sorted(MAGNITUDES, key=len, reverse=True))})?(.*)", re.DOTALL)
_IN_TEXT = re.compile(
    r"(?<![\d.])((?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)"
    rf"\s*((?:{'|'.join(MAGNITUDES)})?元|[%‰]|个?百分点)?"
)
_DROPPED = re.compile(r"(?<!\d)\.|\.(?!\d)|[,，、。;；:：\"'“”‘’()《》<>〈〉【】\[\]]")


class Result(TypedDict):
    """A metric over some cases."""

    score: float | None
    individual: list[float | None]


class Latency(Result):
    """Seconds per question; the score is the median."""

    p95: float | None


def same_figure(given: Figure, gold: Figure) -> bool:
    """Tell whether two figures agree in the gold unit, to the precision the gold figure is given in.

    A figure without unit is compared as it stands. What a unit is counted per (元/人) and which
    counter it uses (人, 名) is not compared; money, percentages and counts never agree.
    """
    kind, scale = _dimension(given.unit)
    gold_kind, gold_scale = _dimension(gold.unit)
    if not kind or not gold_kind:
        scale = gold_scale = Decimal(1)
    elif kind != gold_kind:
        return False
    places = max(0, -int(gold.value.normalize().as_tuple().exponent))
    slack = Decimal(5).scaleb(-places - 1)
    if not places or gold_kind == "money":
        # JSON drops closing zeros: 0.8 万元 was printed as 0.80, and 25 vehicles are not 25.4.
        slack = min(slack, HALF_CENT)
    ratio = scale / gold_scale
    if ratio != 1:
        slack = max(slack, min(HALF_CENT * ratio, CONVERTED * abs(gold.value)))
    return abs(given.value * ratio - gold.value) <= slack


def figures_in(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text without sign; units of neither money nor share are left empty."""
    found = _IN_TEXT.findall(unicodedata.normalize("NFKC", text))
    return tuple(Figure(Decimal(number.replace(",", "")), unit) for number, unit in found)


def squeeze(text: str) -> str:
    """Return the text without spaces, punctuation, width and case; decimal points stay."""
    joined = "".join(unicodedata.normalize("NFKC", text).split())
    return _DROPPED.sub("", joined).lower()


def judge(case: Case) -> Verdict | None:
    """Return what became of one case, or None when nothing is expected of it."""
    gold, answer = case.gold, case.answer
    if gold is None:
        return None
    if case.error:
        return "failed"
    status = answer.get("status")
    if gold.status != "answered":
        if status == "answered" or _single(answer) is not None:
            return "invented"
        return "abstained" if gold.status == "clarify" and status != "clarify" else "refused"
    if status != "answered":
        return "abstained"
    if gold.figure and not _gives(answer, gold.figure, case.kind):
        return "wrong figure"
    text = str(answer.get("text") or "")
    if all(_lists(answer, text, figure) for figure in gold.figures) and _says(text, gold):
        return "right"
    return "missing"


def accuracy(cases: Sequence[Case]) -> Result:
    """Share of cases answered rightly; a due refusal is right."""
    return _share(cases, ("right", "refused"))


def wrong_figures(cases: Sequence[Case]) -> Result:
    """Share of cases where another figure than the expected one was given."""
    return _share(cases, ("wrong figure",))


def missing_parts(cases: Sequence[Case]) -> Result:
    """Share of cases where an expected figure of several, or an expected phrase, is not there."""
    return _share(cases, ("missing",))


def inventions(cases: Sequence[Case]) -> Result:
    """Share of the unanswerable cases that were answered nevertheless."""
    return _share(cases, ("invented",), among=lambda gold: gold.status != "answered")


def right_refusals(cases: Sequence[Case]) -> Result:
    """Share of the unanswerable cases that were refused."""
    return _share(cases, ("refused",), among=lambda gold: gold.status != "answered")


def wrong_refusals(cases: Sequence[Case]) -> Result:
    """Share of the answerable cases that were refused."""
    return _share(cases, ("abstained",), among=lambda gold: gold.status == "answered")


def citation_right(cases: Sequence[Case]) -> Result:
    """Share of the cases with evidence where a citation hits it, in as many documents as needed."""
    return _mean([_cited(case) for case in cases])


def right_and_cited(cases: Sequence[Case]) -> Result:
    """Share of the cases with evidence that are right and cite it."""
    cited = [_cited(case) for case in cases]
    return _mean(
        [None if c is None else c * (judge(case) == "right") for case, c in zip(cases, cited, strict=True)]
    )


def quote_faithfulness(cases: Sequence[Case], lines: Lines) -> Result:
    """Share of the quotes that stand in the lines they cite.

    `lines(doc, first, last)` returns the source lines, or None for a document that is not at hand;
    its quotes are not counted. The score counts quotes, the individual figures are per case.
    """
    checked = [
        [hit for c in _citations(case.answer) if (hit := _faithful(c, lines)) is not None] for case in cases
    ]
    every = [hit for hits in checked for hit in hits]
    shares = [sum(hits) / len(hits) if hits else None for hits in checked]
    return {"score": sum(every) / len(every) if every else None, "individual": shares}


def latency(cases: Sequence[Case]) -> Latency:
    """Seconds per case: the median as score, and the 95th percentile."""
    seconds: list[float | None] = [case.seconds for case in cases]
    measured = [case.seconds for case in cases]
    return {"score": percentile(measured, 0.5), "p95": percentile(measured, 0.95), "individual": seconds}


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the value that `share` of the values do not exceed, interpolated; None for no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _dimension(unit: str) -> tuple[str, Decimal]:
    """Return what a unit measures ("" for no unit) and how much of it one unit is."""
    head = unicodedata.normalize("NFKC", unit).split("/")[0].strip()
    if head in PERCENT:
        return "percent", PERCENT[head]
    match = _UNIT.fullmatch(head)
    magnitude, base = match.groups() if match else (None, head)
    scale = Decimal(MAGNITUDES.get(magnitude or "", 1))
    return ("money" if base == "元" else "count" if head else ""), scale


def _single(answer: Mapping[str, Any]) -> Figure | None:
    value = as_decimal(answer.get("value"))
    return None if value is None else Figure(value, str(answer.get("unit") or ""))


def _parts(answer: Mapping[str, Any]) -> list[Figure]:
    parts = [part for part in answer.get("values") or [] if isinstance(part, Mapping)]
    return [figure for part in parts if (figure := _single(part)) is not None]


def _gives(answer: Mapping[str, Any], gold: Figure, kind: str) -> bool:
    """Tell whether the answer's figure is the expected one, not merely somewhere in it."""
    single, parts = _single(answer), _parts(answer)
    if single is not None and same_figure(single, gold):
        return True
    if single is None and len(parts) <= FEW_VALUES and any(same_figure(part, gold) for part in parts):
        return True
    return kind in TEXT_KINDS and _written(str(answer.get("text") or ""), gold)


def _lists(answer: Mapping[str, Any], text: str, gold: Figure) -> bool:
    single = _single(answer)
    given = _parts(answer) + ([single] if single else [])
    return any(same_figure(figure, gold) for figure in given) or _written(text, gold)


def _written(text: str, gold: Figure) -> bool:
    # Prose carries the sign in its verb (减少 5 万元), and a dash is as often "to" as minus.
    size = Figure(abs(gold.value), gold.unit)
    return any(same_figure(figure, size) for figure in figures_in(text))


def _says(text: str, gold: Gold) -> bool:
    said = squeeze(text)
    return all(any(squeeze(option) in said for option in options) for options in gold.phrases)


def _citations(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [citation for citation in answer.get("citations") or [] if isinstance(citation, Mapping)]


def _cited(case: Case) -> float | None:
    gold = case.gold
    if gold is None or gold.status != "answered" or not gold.evidence:
        return None
    hit = {
        evidence.doc
        for evidence in gold.evidence
        if any(_hits(citation, evidence) for citation in _citations(case.answer))
    }
    return float(len(hit) >= max(1, gold.need))


def _hits(citation: Mapping[str, Any], evidence: Evidence) -> bool:
    if evidence.doc and _stem(citation.get("doc")) != _stem(evidence.doc):
        return False
    if evidence.page is not None:
        return as_decimal(citation.get("page")) == evidence.page
    lines = _range(citation)
    if lines is None or evidence.first is None or evidence.last is None:
        return False
    first, last = lines
    near = first <= evidence.last + LINE_SLACK and last >= evidence.first - LINE_SLACK
    return near and last - first <= MOST_CITED_LINES


def _faithful(citation: Mapping[str, Any], lines: Lines) -> bool | None:
    cited, quote = _range(citation), str(citation.get("quote") or "")
    if cited is None or not quote.strip():
        return None
    source = lines(str(citation.get("doc") or ""), *cited)
    return None if source is None else squeeze(quote) in squeeze("".join(source))


def _range(citation: Mapping[str, Any]) -> tuple[int, int] | None:
    match citation.get("lines"):
        case [int(first), int(last)]:
            return first, last
    return None


def _stem(doc: object) -> str:
    return squeeze(PurePath(str(doc or "")).stem)


def _share(
    cases: Sequence[Case], verdicts: tuple[Verdict, ...], among: Callable[[Gold], bool] = lambda _: True
) -> Result:
    return _mean(
        [float(judge(case) in verdicts) if case.gold and among(case.gold) else None for case in cases]
    )


def _mean(individual: list[float | None]) -> Result:
    counted = [value for value in individual if value is not None]
    return {"score": sum(counted) / len(counted) if counted else None, "individual": individual}
