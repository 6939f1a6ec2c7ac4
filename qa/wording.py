"""How facts are named, written and cited in answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from index.document import Fact
from index.naming import short_name
from index.text import fold
from qa.answer import Citation, cite
from qa.fact_base import FactBase
from qa.features import CHANGES, DEFAULT_MEASURES, is_planned, is_sum

_PLAIN = frozenset(
    fold(m)
    for m in (
        "合计",
        "总计",
        "小计",
        "预算数",
        "决算数",
        "本年支出合计",
        "金额",
        "数量",
        "项目支出合计",
        "指标值",
        "预算安排规模",
        "分配金额",
    )
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What composing an answer needs: the facts of a department and the titles of its documents."""

    base: FactBase
    titles: dict[str, str]

    @staticmethod
    def who(fact: Fact) -> str:
        """Write whose figure it is: department, unit inside it, year and account."""
        year = f" {fact.year} 年" if fact.year else ""
        unit = fact.subunit if fact.subunit and fold(fact.subunit) != fold(fact.entity) else ""
        inside = f"（{unit}）" if unit and short_name(unit) != short_name(fact.entity) else ""
        return f"{short_name(fact.entity)}{inside}{year}{fact.account}："

    def cite(self, facts: Sequence[Fact]) -> tuple[Citation, ...]:
        """Return the places of the facts, each once."""
        citations: list[Citation] = []
        for fact in facts:
            citation = cite(fact, self.titles)
            if not any(
                (c.doc, c.lines, c.quote) == (citation.doc, citation.lines, citation.quote) for c in citations
            ):
                citations.append(citation)
        return tuple(citations)


def figure_of(fact: Fact) -> tuple[Decimal, str]:
    """Return a fact's figure; a blank cell of a table of amounts counts as zero."""
    return (fact.value if fact.value is not None else Decimal(0)), fact.unit


def _is_plain(fact: Fact) -> bool:
    """Tell whether a figure needs no word on what it says of its item."""
    return fold(fact.measure) in _PLAIN and not is_planned(fact)


def name_of(fact: Fact) -> str:
    """Write what a figure is: item, and the column where it is not the plain amount."""
    project = f"{fact.project}·" if fact.project and fold(fact.project) != fold(fact.item) else ""
    column = "" if _is_plain(fact) else f"（{fact.measure}）"
    return f"{project}{fact.item}{column}"


NARROW_SCOPES = ("一般公共预算", "政府性基金预算", "国有资本经营预算")
"""Scopes that must be named with a figure: unasked, the widest would be taken."""


def subject_of(fact: Fact) -> str:
    """Return what a figure is of: in a table's total it is the column's name, 项目支出 of 支出总计."""
    by_column = fact.table and is_sum(fact) and fold(fact.measure) not in DEFAULT_MEASURES
    if not by_column or fact.measure in CHANGES:
        return fact.item
    scope = fact.scope if fact.scope in NARROW_SCOPES else ""
    return f"{scope}{fact.measure}"


def label_of(fact: Fact) -> str:
    """Write the short label of a figure among others."""
    if _is_plain(fact) and fact.measure not in ("指标值", "数量"):
        return fact.item
    measure = "面积" if fact.measure == "数量" and fact.unit == "平方米" else fact.measure
    return fact.item if fact.item.endswith(measure) else f"{fact.item}{measure}"


def statement_name(fact: Fact) -> str:
    """Write what a statement is about."""
    if fold(fact.item) == fold(fact.measure):
        return fact.item
    return f"{fact.item}·{fact.measure}" if fact.measure != "名词解释" else f"“{fact.item.strip('“”')}”"


def describe(fact: Fact) -> str:
    """Write how another reading differs: its scope and column."""
    parts = [part for part in (fact.scope, fact.table or "文字说明") if part]
    return f"另：{fact.item}（{'，'.join(parts)}）"


def kindred(one: Fact, other: Fact) -> bool:
    """Tell whether two facts can be compared: one document, scope and kind of place."""
    return (one.doc, one.table, one.scope) == (other.doc, other.table, other.scope)


def same_matter(one: Fact, other: Fact) -> bool:
    """Tell whether two facts of a section are about one item: 财政拨款支出预算 and 财政拨款支出."""
    items = {fold(fact.item).removesuffix("预算") for fact in (one, other)}
    places = {(fact.doc, fact.section, fact.row_path) for fact in (one, other)}
    return len(items) == 1 and len(places) == 1  # 一般行政管理事务 stands under several 款
