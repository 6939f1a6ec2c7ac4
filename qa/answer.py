"""What an answer is, and how figures and places are written in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from index.document import Fact

_SCALE = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10000),
    "百万元": Decimal(10**6),
    "亿元": Decimal(10**8),
}
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_CLAIMED = re.compile(r"(?<![\d.])(\d[\d,]*(?:\.\d+)?)(?:[万亿千]?元|%|平方米|辆|人|倍|台|套)")
"""A figure that an answer claims: with its unit, so that 表10 and 1995年以前 are names."""
_FIGURES = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something in the answer stands: file, lines or page, table cell, verbatim text."""

    doc: str
    title: str
    lines: tuple[int, int] | None
    page: int | None
    table: str | None
    row: str | None
    column: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class Value:
    """One labelled figure."""

    label: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a question; `status` is answered, not_found or clarify."""

    question: str
    status: str
    text: str
    value: Decimal | None = None
    unit: str | None = None
    values: tuple[Value, ...] = ()
    citations: tuple[Citation, ...] = ()
    steps: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = field(default=(), compare=False)
    """What the answer is about, the fact that answers first: not part of the JSON."""
    resolved: str = ""
    """A follow-up question as it was understood: complete in itself."""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in the shape of the JSON contract."""
        return {
            "question": self.question,
            "status": self.status,
            "text": self.text,
            "value": _plain(self.value),
            "unit": self.unit,
            "values": [{"label": v.label, "value": _plain(v.value), "unit": v.unit} for v in self.values],
            "citations": [
                {
                    "doc": c.doc,
                    "title": c.title,
                    "lines": list(c.lines) if c.lines else None,
                    "page": c.page,
                    "table": c.table,
                    "row": c.row,
                    "column": c.column,
                    "quote": c.quote,
                }
                for c in self.citations
            ],
            "steps": list(self.steps),
            "choices": list(self.choices),
            **({"resolved": self.resolved} if self.resolved else {}),
        }


def masked(answer: Answer) -> Answer:
    """Return the answer with telephone and identity numbers unreadable in every part of it."""
    return replace(
        answer,
        question=mask(answer.question),
        text=mask(answer.text),
        citations=tuple(replace(c, quote=mask(c.quote)) for c in answer.citations),
        steps=tuple(map(mask, answer.steps)),
        resolved=mask(answer.resolved),
    )


def proven(answer: Answer) -> bool:
    """Tell whether each figure of an answer stands in a citation or is the result of a shown step."""
    derived = [_number(figure) for step in answer.steps for figure in _FIGURES.findall(_tight(step))]
    return not unproven(answer.text, answer.citations, derived)


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def mask(text: str) -> str:
    """Return the text with mobile and identity numbers made unreadable."""
    return _IDENTITY.sub(r"\1********\2", _MOBILE.sub(r"\1****\2", text))


def cite(fact: Fact, titles: dict[str, str]) -> Citation:
    """Return the citation of a fact's place."""
    span = fact.span
    return Citation(
        doc=fact.doc,
        title=titles[fact.doc],
        lines=span.lines,
        page=span.page,
        table=fact.table or None,
        row="/".join(fact.row_path) if fact.table else None,
        column="/".join(fact.column_path) if fact.table else None,
        quote=fact.quote,
    )


def convert(value: Decimal, unit: str, target: str) -> tuple[Decimal, str]:
    """Return an amount in another unit of money, exactly; other units stay as they are."""
    if target in _SCALE and unit in _SCALE:
        return value * _SCALE[unit] / _SCALE[target], target
    return value, unit


def amount(value: Decimal, unit: str) -> str:
    """Write a figure as Chinese readers expect it: 1,170.54 万元, 4.01%, 42 辆."""
    digits = format(value.normalize() if value == value.to_integral_value() else value, "f")
    if unit in _SCALE and unit != "元" and "." not in digits:
        digits += ".00"
    whole, _, part = digits.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    text = sign + f"{int(whole):,}" + (f".{part}" if part else "")
    return text + (unit if unit in ("%",) else f" {unit}" if unit else "")


def unproven(text: str, citations: Sequence[Citation], derived: Sequence[Decimal]) -> list[str]:
    """Return the figures in `text` that stand in no citation and are not derived: must be empty."""
    claimed = {match.group(1): _number(match.group(1)) for match in _CLAIMED.finditer(_tight(text))}
    known = {abs(value) for value in derived} | {Decimal(0)}
    left = {figure: value for figure, value in claimed.items() if value not in known}
    for citation in citations:
        if not left:
            break
        quoted = (citation.quote, *re.split(r"[\t|]", citation.quote), (citation.row or "") + citation.title)
        cited = {
            _number(figure)
            for there in quoted
            for figure in (*_FIGURES.findall(there), *_FIGURES.findall(_tight(there)))
        }
        left = {figure: value for figure, value in left.items() if value not in cited}
    return list(left)


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _number(figure: str) -> Decimal:
    return Decimal(figure.replace(",", "") or "0")
