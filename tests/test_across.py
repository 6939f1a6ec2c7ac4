"""The operators over what departments answer, on made answers: what may be compared, added and ranked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from registers import register_of

from index.document import Fact, Span
from index.rows import DocumentInfo
from qa import Answer
from qa.across import Part, combined
from qa.answer import Citation
from qa.groups import Task
from qa.question import understand


def made(name: str, value: str, item: str = "办公费", unit: str = "万元") -> Part:
    """Return what an invented department answers; an empty value is no answer."""
    info = DocumentInfo(name, f"{name}水务局2026年部门预算", f"{name}水务局", 2026, "预算")
    if not value:
        return Part(info, Answer("问", "not_found", "没有"))
    fact = Fact(
        id=0,
        entity=f"{name}水务局",
        year=2026,
        account="预算",
        item=item,
        measure="合计",
        value=Decimal(value),
        unit=unit,
        text=value,
        quote=value,
        doc=name,
        span=Span(name, 1, 1),
        table="表1",
        row_path=(item,),
        column_path=("合计",),
    )
    cited = Citation(name, name, (1, 1), None, "表1", item, "合计", f"{item} {value} {unit}")
    return Part(info, Answer("问", "answered", value, Decimal(value), unit, (), (cited,), facts=(fact,)))


def asked(operator: str, *parts: Part, missing: tuple[str, ...] = ()) -> Answer:
    """Apply an operator to what invented departments answer."""
    query = understand("问", register_of())
    return combined(query, Task(operator, query), parts, missing)


@pytest.mark.parametrize("operator", ["compare", "ratio", "percent"])
def test_two_different_items_are_refused_and_both_named(operator: str) -> None:
    answer = asked(operator, made("青岭市", "2"), made("白泽市", "1", "政府采购预算"))
    assert (answer.status, answer.value) == ("not_found", None)
    assert "办公费" in answer.text and "政府采购预算" in answer.text
    same = asked(operator, made("青岭市", "2"), made("白泽市", "1"))
    assert same.value == {"compare": 1, "ratio": 2, "percent": 200}[operator]


@pytest.mark.parametrize("operator", ["compare", "ratio", "percent", "total", "average", "rank", "extreme"])
def test_money_and_people_are_refused(operator: str) -> None:
    answer = asked(operator, made("青岭市", "2"), made("白泽市", "1", unit="人"))
    assert (answer.status, answer.value, answer.values) == ("not_found", None, ())


@pytest.mark.parametrize("operator", ["ratio", "percent", "share"])
def test_no_share_of_nothing(operator: str) -> None:
    answer = asked(operator, made("青岭市", "0"), made("白泽市", "0"))
    assert (answer.status, answer.value) == ("not_found", None)


@pytest.mark.parametrize("operator", ["compare", "ratio", "percent", "average", "rank", "extreme"])
def test_one_found_figure_is_refused(operator: str) -> None:
    answer = asked(operator, made("青岭市", "2"), made("白泽市", ""))
    assert (answer.status, answer.value, answer.values) == ("not_found", None, ())


@pytest.mark.parametrize("operator", ["compare", "ratio", "percent"])
def test_nothing_is_compared_while_one_named_is_missing(operator: str) -> None:
    answer = asked(operator, made("青岭市", "2"), made("白泽市", "1"), missing=("松湾市水务局",))
    assert (answer.status, answer.value, answer.values) == ("not_found", None, ())
    assert "松湾市水务局" in answer.text


def test_equals_are_told_as_equal() -> None:
    answer = asked("compare", made("青岭市", "2.00"), made("白泽市", "2"))
    assert (answer.status, answer.value) == ("answered", Decimal(0))


def test_all_that_share_the_highest_are_named() -> None:
    answer = asked("extreme", made("青岭市", "2"), made("白泽市", "1"), made("松湾市", "2.00"))
    claim = answer.text.splitlines()[0]
    assert "青岭市" in claim and "松湾市" in claim and "白泽市" not in claim
    assert answer.value == 2


def test_nothing_found_is_no_answer() -> None:
    answer = asked("table", made("青岭市", ""), made("白泽市", ""))
    assert (answer.status, answer.value, answer.values) == ("not_found", None, ())
