"""What is told of a change against last year, and last year's figure reckoned from it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from index.document import Fact
from qa.acceptance import acceptable
from qa.answer import Answer, Value, amount, convert
from qa.features import CHANGES, asks_such_change, near, rate_missed
from qa.lexicon import lexicon
from qa.lookup import Candidate, candidates
from qa.question import Query
from qa.wording import Desk, name_of, same_matter

_AMOUNTS = ("预算数", "决算数", "合计")


def told_change(desk: Desk, query: Query, best: Candidate) -> Answer:
    """Return how an item has changed since last year, with the reason where it is asked for."""
    fact = best.fact
    by = _told_of_change(desk, fact)
    change, rate, now = by.get("增减额"), by.get("增减率"), _amount_of(by)
    lead = change or rate or fact
    lines = []
    values: list[Value] = []
    if now and now.value is not None:
        lines.append(f"{name_of(now)}为 {amount(now.value, now.unit)}")
    sign = (lead.value or Decimal(0)).compare(Decimal(0))
    word = "增加" if sign > 0 else "减少"
    if change and change.value is not None:
        if not change.value:
            lines.append(f"比上年持平（增加 {amount(abs(change.value), change.unit)}）")
        else:
            planned = change.unit.endswith("元") and change.account == "预算"
            base = "比上年预算" if planned else "比上年"
            lines.append(f"{base}{word} {amount(abs(change.value), change.unit)}")
        values.append(Value(word, abs(change.value), change.unit))
    if rate and rate.value is not None:
        lines.append(f"{'增长' if rate.value >= 0 else '下降'} {amount(abs(rate.value), '%')}")
        values.append(Value("增长" if rate.value >= 0 else "下降", abs(rate.value), "%"))
    wants_rate = (
        next((rule.measure for rule in query.measures if rule.measure in ("增减额", "增减率")), "")
        == "增减率"
    )
    main = (rate if wants_rate and rate else change) or rate or fact
    reason = _reason(desk, fact)
    text = desk.who(fact) + "，".join(lines) + f"（口径：{fact.scope or '见原文'}）。"
    cited = [f for f in (change, rate, now) if f]
    if query.asks_measure("原因"):
        if reason:
            text += f"\n原因：{reason.text.rstrip('。')}。"
        elif part := _part_that_changed(desk, lead):
            part_change, reason = part
            by_part = amount(abs(part_change.value or Decimal(0)), part_change.unit)
            text += f"\n其中{part_change.item}{word} {by_part}，原因：{reason.text.rstrip('。')}。"
            cited = [part_change, *cited]
        cited = [reason, *cited] if reason else cited
    if now and (query.wants_list or "，" in query.rest):
        values.append(Value(now.item, now.value or Decimal(0), now.unit))
    value = abs(main.value) if main.value is not None else None
    shown, unit = (
        convert(value, main.unit, query.target_unit)
        if value is not None and query.target_unit
        else (value, main.unit)
    )
    facts = tuple(dict.fromkeys((main, *cited)))
    return Answer(query.question, "answered", text, shown, unit, tuple(values), desk.cite(cited), facts=facts)


def why_changed(desk: Desk, query: Query) -> Answer | None:
    """Return the change of an item with its reason, where the reason is told of a part or beside it."""
    changes = tuple(rule for rule in lexicon().measures if rule.kind == "change")
    found = candidates(desk.base, replace(query, measures=changes))
    best = next((c for c in found if c.fact.measure == "增减额"), None)
    if best is None or not acceptable(best) or not asks_such_change(best.fact, query):
        return None
    if _reason(desk, best.fact) or _part_that_changed(desk, best.fact):
        return told_change(desk, query, best)
    return None


def _reason(desk: Desk, fact: Fact) -> Fact | None:
    """Return why an item has changed: told beside it, or the only reason for it in the section."""
    told = [f for f in desk.base.facts.having(measure=("原因",)) if same_matter(f, fact)]
    beside = [f for f in told if near(f, fact)]
    return beside[0] if beside else told[0] if len(told) == 1 else None


def _part_that_changed(desk: Desk, fact: Fact) -> tuple[Fact, Fact] | None:
    """Return the change of a part by the whole amount, with its reason: a total's own may be left out."""
    for part in desk.base.facts.having(section=(fact.section,), measure=(fact.measure,)):
        if part.value and part.value == fact.value and (reason := _reason(desk, part)):
            return part, reason
    return None


def last_year(desk: Desk, query: Query) -> Answer | None:
    """Return last year's figure, reckoned from this year's and the change that the document tells."""
    changes = tuple(rule for rule in lexicon().measures if rule.kind == "change")
    found = candidates(desk.base, replace(query, measures=changes, of_last_year=False, years=()))
    best = next((c for c in found if c.fact.measure in CHANGES and acceptable(c)), None)
    if best is None or best.fact.year is None:
        return None
    if best.item.mask != found[0].item.mask:  # what fits best goes by other words: no change is told of it
        return None
    by = _told_of_change(desk, best.fact)
    change = by.get("增减额")
    same = (c.fact for c in found if c.item.mask == best.item.mask and c.fact.measure in _AMOUNTS)
    told = (fact for fact in same if fact.value is not None and fact.scope == best.fact.scope)
    now = _amount_of(by) or next(told, None)
    if not change or not now or change.value is None or now.value is None or change.unit != now.unit:
        return None
    if rate_missed(now, query.rest):
        return None
    value = now.value - change.value
    before = best.fact.year - 1
    sign = "−" if change.value >= 0 else "+"
    word = "增加" if change.value >= 0 else "减少"
    formula = (
        f"{now.item} {best.fact.year} 年 {amount(now.value, now.unit)} {sign} 比上年{word}"
        f" {amount(abs(change.value), change.unit)} = {amount(value, now.unit)}"
    )
    text = (
        f"{desk.who(now)}{now.item} {before} 年{best.fact.account}推算为 {amount(value, now.unit)}"
        f"（{formula}；文件未直接列出）。"
    )
    earlier = replace(now, value=value, year=before)
    return Answer(
        query.question,
        "answered",
        text,
        value,
        now.unit,
        (),
        desk.cite([change, now]),
        (formula,),
        facts=(earlier, change),
    )


def _told_of_change(desk: Desk, fact: Fact) -> dict[str, Fact]:
    """Return what is told of an item beside its change, by measure: the amount, the change, the rate."""
    kin = [
        f
        for f in desk.base.facts.having(
            item=(fact.item,), row_path=(fact.row_path,), table_title=(fact.table,), section=(fact.section,)
        )
        if (f.span == fact.span if fact.table else near(f, fact))
    ]
    return {f.measure: f for f in reversed(kin) if f.value is not None and f.year == fact.year}


def _amount_of(by: dict[str, Fact]) -> Fact | None:
    return by.get("预算数") or by.get("决算数") or by.get("合计") or by.get("数量")
