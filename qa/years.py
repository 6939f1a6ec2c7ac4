"""The same item in two years of one department: the change that no document prints."""

from __future__ import annotations

from qa.answer import Answer, Value, amount, convert
from qa.compute import Operand, difference, share
from qa.question import Query
from qa.wording import Desk, name_of


def between(query: Query, now: Answer, then: Answer) -> Answer | None:
    """Return the change from one answer to the other; None unless both give a figure of one item."""
    if not (now.facts and then.facts and now.value is not None and then.value is not None):
        return None
    one, other = now.facts[0], then.facts[0]
    value, unit = convert(then.value, then.unit or "", now.unit or "")
    if (one.item, one.measure, one.scope) != (other.item, other.measure, other.scope) or unit != now.unit:
        return None
    years = [f"{fact.year} 年" for fact in (one, other)]
    result = difference(Operand(years[0], now.value, unit), Operand(years[1], value, unit))
    word = "持平" if not result.value else "增加" if result.value > 0 else "减少"
    change = f"{word} {amount(abs(result.value), unit)}" if result.value else word
    steps: tuple[str, ...] = (result.formula,)
    found, found_unit = abs(result.value), unit
    if query.units[-1:] == ("%",) and value and unit != "%":
        rate = share(Operand("增减额", found, unit), Operand(years[1], value, unit))
        change += f"，{'增长' if result.value > 0 else '下降'} {amount(rate.value, '%')}"
        steps, found, found_unit = (*steps, rate.formula), rate.value, "%"
    text = (
        f"{Desk.who(one)}{name_of(one)}为 {amount(now.value, unit)}，比 {years[1]}{other.account}的"
        f" {amount(value, unit)} {change}（{result.formula}；文件未直接列出）。"
    )
    return Answer(
        query.question,
        "answered",
        text,
        found,
        found_unit,
        tuple(Value(year, figure, unit) for year, figure in zip(years, (now.value, value), strict=True)),
        (*now.citations, *then.citations),
        steps,
        facts=(one, other),
    )
