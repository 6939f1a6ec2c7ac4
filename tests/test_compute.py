"""The operators against plain Python arithmetic: any figures, any units of money, every formula shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import amount, convert
from qa.compute import (
    Operand,
    Result,
    average,
    difference,
    per_unit,
    ranked,
    ratio,
    share,
    total,
)

YUAN = {"元": 1, "万元": 10**4, "亿元": 10**8}
NOT_MONEY = ["人", "辆", "平方米", "%"]
_FIGURE = re.compile(r"-?\d[\d,]*(?:\.\d+)?")

cents = st.integers(-(10**9), 10**9).map(lambda hundredths: Decimal(hundredths) / 100)
few = st.integers(-3, 3).map(lambda tenths: Decimal(tenths) / 10)
units = st.sampled_from(sorted(YUAN))
labels = st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=4)
operands = st.builds(Operand, labels, cents, units)
nonzero = operands.filter(lambda operand: operand.value != 0)
lists = st.lists(operands, min_size=1, max_size=8)
tied = st.lists(st.builds(Operand, labels, few, units), max_size=12)
people = st.builds(Operand, labels, cents, st.sampled_from(NOT_MONEY))


def yuan(operand: Operand | Result) -> Fraction:
    """Return an amount in yuan, exactly."""
    return Fraction(operand.value) * YUAN[operand.unit]


def half_up(value: Fraction, places: int) -> Fraction:
    """Round as people do: halves away from zero."""
    scaled = abs(value) * 10**places + Fraction(1, 2)
    return Fraction(scaled.numerator // scaled.denominator, 10**places) * (1 if value >= 0 else -1)


def figures(text: str) -> list[Decimal]:
    """Return the figures of a text without names."""
    return [Decimal(figure.replace(",", "")) for figure in _FIGURE.findall(text)]


def sides(result: Result) -> tuple[list[Decimal], list[Decimal]]:
    """Return the figures on both sides of a formula."""
    left, equals, right = result.formula.rpartition(" = ")
    assert equals, result.formula
    return figures(left), figures(right)


@given(lists)
def test_a_total_is_the_sum_in_the_unit_of_the_first(given_: list[Operand]) -> None:
    result = total(given_)
    assert result.unit == given_[0].unit
    assert yuan(result) == sum(map(yuan, given_))


@given(lists, st.randoms())
def test_a_total_does_not_depend_on_the_order(given_: list[Operand], chance: Random) -> None:
    shuffled = list(given_)
    chance.shuffle(shuffled)
    assert yuan(total(shuffled)) == yuan(total(given_))


@given(lists)
def test_an_average_is_the_total_over_the_number_to_two_places(given_: list[Operand]) -> None:
    result = average(given_)
    exact = sum(map(yuan, given_), Fraction(0)) / YUAN[given_[0].unit] / len(given_)
    assert result.unit == given_[0].unit
    assert Fraction(result.value) == half_up(exact, 2)


@given(operands, operands)
def test_a_difference_is_exact_and_turns_its_sign_with_the_order(one: Operand, other: Operand) -> None:
    result = difference(one, other)
    assert result.unit == one.unit
    assert yuan(result) == yuan(one) - yuan(other)
    assert yuan(difference(other, one)) == -yuan(result)


@given(operands, nonzero)
def test_a_ratio_and_a_share_are_the_quotient_to_two_places(part: Operand, whole: Operand) -> None:
    exact = yuan(part) / yuan(whole)
    times, percent = ratio(part, whole), share(part, whole)
    assert (times.unit, percent.unit) == ("倍", "%")
    assert Fraction(times.value) == half_up(exact, 2)
    assert Fraction(percent.value) == half_up(exact * 100, 2)


@given(
    st.builds(Operand, labels, cents.filter(lambda value: value > 0), units),
    st.integers(1, 10**6),
    st.sampled_from(["人", "辆", "平方米"]),
)
def test_an_amount_for_each_is_the_quotient_and_names_both_units(top: Operand, count: int, unit: str) -> None:
    result = per_unit(top, Operand("数", Decimal(count), unit))
    exact = Fraction(top.value) / count
    assert result.unit == f"{top.unit}/{unit}"
    assert Fraction(result.value) == half_up(exact, 2 if exact > 1 else 4)
    assert sides(result) == ([top.value, Decimal(count)], [result.value])
    assert result.formula.endswith(amount(result.value, result.unit))


@given(st.one_of(tied, lists), st.booleans())
def test_ranking_is_a_stable_permutation_in_order_of_size(given_: list[Operand], largest: bool) -> None:
    numbered = [Operand(f"{at}", o.value, o.unit) for at, o in enumerate(given_)]
    found = ranked(numbered, largest)
    assert found == sorted(numbered, key=yuan, reverse=largest)
    assert sorted(found, key=lambda o: int(o.label)) == numbered


def test_equal_amounts_in_different_units_stay_in_the_order_given() -> None:
    given_ = [
        Operand("甲", Decimal(10000), "元"),
        Operand("乙", Decimal(2), "万元"),
        Operand("丙", Decimal("0.0001"), "亿元"),
        Operand("丁", Decimal("1.00"), "万元"),
    ]
    assert [o.label for o in ranked(given_)] == ["乙", "甲", "丙", "丁"]
    assert [o.label for o in ranked(given_, largest_first=False)] == ["甲", "丙", "丁", "乙"]


@given(cents, units, units)
def test_units_are_converted_to_and_fro_exactly(value: Decimal, unit: str, target: str) -> None:
    converted, got = convert(value, unit, target)
    assert got == target
    assert Fraction(converted) * YUAN[target] == Fraction(value) * YUAN[unit]
    assert convert(converted, target, unit) == (value, unit)


@given(cents, units, st.sampled_from(NOT_MONEY))
def test_money_is_not_converted_to_people_nor_people_to_money(value: Decimal, unit: str, other: str) -> None:
    assert convert(value, unit, other) == (value, unit)
    assert convert(value, other, unit) == (value, other)


MIXED: list[Callable[[Operand, Operand], object]] = [
    lambda money, heads: total([money, heads]),
    lambda money, heads: average([money, heads]),
    lambda money, heads: ranked([money, heads]),
    difference,
    ratio,
    share,
]


@pytest.mark.parametrize("operator", MIXED)
@given(money=nonzero, heads=people.filter(lambda operand: operand.value != 0))
def test_money_and_people_are_never_combined(
    operator: Callable[[Operand, Operand], object], money: Operand, heads: Operand
) -> None:
    for pair in ((money, heads), (heads, money)):
        with pytest.raises(ValueError, match=".+"):
            operator(*pair)


@pytest.mark.parametrize("operator", [ratio, share, per_unit])
@given(top=operands, unit=units)
def test_nothing_is_divided_by_zero(
    operator: Callable[[Operand, Operand], Result], top: Operand, unit: str
) -> None:
    for zero in (Decimal(0), Decimal("0.00"), Decimal("-0")):
        with pytest.raises(ValueError, match=".+"):
            operator(top, Operand("零", zero, unit))


def test_nothing_has_no_average_and_no_order() -> None:
    with pytest.raises(ValueError, match=".+"):
        average([])
    assert ranked([]) == []


@given(cents, units)
def test_a_written_amount_reads_back_as_the_figure(value: Decimal, unit: str) -> None:
    written = amount(value, unit)
    assert figures(written) == [value]
    assert written.endswith(unit)


@given(lists)
def test_the_formula_of_a_total_adds_up_as_printed(given_: list[Operand]) -> None:
    result = total(given_)
    left, right = sides(result)
    assert right == [result.value] == [sum(left)]
    assert len(left) == len(given_)
    assert result.formula.endswith(amount(result.value, result.unit))
    assert all(operand.label in result.formula for operand in given_)


@given(lists)
def test_the_formula_of_an_average_divides_by_the_number(given_: list[Operand]) -> None:
    result = average(given_)
    left, right = sides(result)
    assert right == [result.value]
    assert left[-1] == len(given_)
    exact = sum(map(Fraction, left[:-1]), Fraction(0)) / len(given_)
    assert Fraction(right[0]) == half_up(exact, 2)
    assert result.formula.endswith(amount(result.value, result.unit))


@given(operands, operands)
def test_the_formula_of_a_difference_subtracts_as_printed(one: Operand, other: Operand) -> None:
    result = difference(one, other)
    (first, second), right = sides(result)
    assert right == [result.value] == [first - second]
    assert result.formula.endswith(amount(result.value, result.unit))
    assert one.label in result.formula and other.label in result.formula


@pytest.mark.parametrize(("operator", "scale"), [(ratio, 1), (share, 100)])
@given(part=operands, whole=nonzero)
def test_the_formula_of_a_quotient_divides_as_printed(
    operator: Callable[[Operand, Operand], Result], scale: int, part: Operand, whole: Operand
) -> None:
    result = operator(part, whole)
    (dividend, divisor), right = sides(result)
    assert right == [result.value]
    assert Fraction(result.value) == half_up(Fraction(dividend) / Fraction(divisor) * scale, 2)
    assert result.formula.endswith(amount(result.value, result.unit))
    assert part.label in result.formula and whole.label in result.formula
