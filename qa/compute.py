"""The operators: a fixed set of functions over labelled figures, each result with its formula.

Figures of different kinds (万元 and 人) are refused with ValueError, never combined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from qa.answer import amount, convert

T = TypeVar("T")
LISTED = 1000
"""A formula writes out so many figures; an answer's values hold them all."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure with its name."""

    label: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Result:
    """A computed figure and the formula that gave it."""

    value: Decimal
    unit: str
    formula: str


def total(operands: Sequence[Operand]) -> Result:
    """Add figures of one kind of unit. Raises ValueError for 万元 + 人."""
    if not operands:
        raise ValueError("没有可相加的数")
    unit = operands[0].unit
    values = [_in_unit(operand, unit) for operand in operands]
    terms = list(zip(operands, values, strict=True))
    formula = written(terms, lambda term: f"{term[0].label} {amount(term[1], unit)}", " + ")
    result = sum(values, Decimal(0))
    return Result(result, unit, f"{formula} = {amount(result, unit)}")


def difference(first: Operand, second: Operand) -> Result:
    """Subtract two figures of one kind of unit; of percentages, in 个百分点.

    Raises ValueError when the units differ.
    """
    value = _in_unit(second, first.unit)
    result = first.value - value
    unit = "个百分点" if first.unit == "%" else first.unit
    return Result(
        result,
        unit,
        f"{first.label} {amount(first.value, first.unit)} − {second.label} {amount(value, first.unit)}"
        f" = {amount(result, unit)}",
    )


def share(part: Operand, whole: Operand) -> Result:
    """Return part ÷ whole in percent. Raises ValueError for a zero whole or different units."""
    base = _in_unit(whole, part.unit)
    if not base:
        raise ValueError("除数为 0")
    result = _rounded(part.value / base * 100, "0.01")
    return Result(
        result,
        "%",
        _quotient(part, Operand(whole.label, base, part.unit), amount(result, "%")),
    )


def ratio(part: Operand, whole: Operand) -> Result:
    """Return how many times `whole` goes into `part`. Raises ValueError for zero or different units."""
    base = _in_unit(whole, part.unit)
    if not base:
        raise ValueError("除数为 0")
    result = _rounded(part.value / base, "0.01")
    return Result(
        result,
        "倍",
        _quotient(part, Operand(whole.label, base, part.unit), amount(result, "倍")),
    )


def per_unit(top: Operand, count: Operand) -> Result:
    """Return an amount for each of a number of people, cars or square metres."""
    if not count.value:
        raise ValueError("除数为 0")
    result = _rounded(top.value / count.value, "0.01" if top.value / count.value > 1 else "0.0001")
    unit = f"{top.unit}/{count.unit}"
    return Result(
        result,
        unit,
        _quotient(top, count, amount(result, unit)),
    )


def average(operands: Sequence[Operand]) -> Result:
    """Return the mean of figures of one kind of unit, to two places. Raises ValueError for none or mixed."""
    if not operands:
        raise ValueError("没有可平均的数")
    whole = total(operands)
    result = _rounded(whole.value / len(operands), "0.01")
    parts = written(operands, lambda o: amount(_in_unit(o, whole.unit), whole.unit), " + ")
    return Result(result, whole.unit, f"（{parts}）÷ {len(operands)} = {amount(result, whole.unit)}")


def ranked(operands: Sequence[Operand], largest_first: bool = True) -> list[Operand]:
    """Return figures of one kind of unit in order of size; equal ones stay in the order given."""
    if not operands:
        return []
    unit = operands[0].unit
    sizes = [_in_unit(operand, unit) for operand in operands]
    order = sorted(range(len(operands)), key=lambda at: -sizes[at] if largest_first else sizes[at])
    return [operands[at] for at in order]


def written(things: Sequence[T], write: Callable[[T], str], mark: str) -> str:
    """Write the figures of a formula out; of very many the first, and how many there are."""
    more = f"{mark}……（共 {len(things)} 项）" if len(things) > LISTED else ""
    return mark.join(map(write, things[:LISTED])) + more


def _quotient(top: Operand, bottom: Operand, result: str) -> str:
    dividend, divisor = amount(top.value, top.unit), amount(bottom.value, bottom.unit)
    return f"{top.label} {dividend} ÷ {bottom.label} {divisor} = {result}"


def _in_unit(operand: Operand, unit: str) -> Decimal:
    if operand.unit == unit:
        return operand.value
    value, got = convert(operand.value, operand.unit, unit)
    if got != unit:
        raise ValueError(f"单位不同：{operand.unit} 与 {unit}")
    return value


def _rounded(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)
