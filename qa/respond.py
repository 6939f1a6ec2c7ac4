"""Candidates -> an answer, or None: then nothing is answered.

One figure, a change against last year and a statement are composed here; lists, several figures and
arithmetic have modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from index.document import Fact
from index.quantity import figures
from index.text import fold, squash
from qa.acceptance import acceptable, supports
from qa.answer import Answer, Value, amount, convert
from qa.answer_kinds import unnamed
from qa.calculate import COUNTED, computed
from qa.clauses import answered_apart
from qa.features import CHANGES, TEXT_MEASURES, near, same_kind
from qa.lexicon import lexicon
from qa.listing import EXTREME, listed_rows
from qa.lookup import Candidate
from qa.matching import WHOLE, content_of
from qa.operations import asked_operation
from qa.question import Query, without_measures
from qa.several import several
from qa.wording import Desk, describe, figure_of, name_of, statement_name

EQUAL = 0.01
"""Accounts of one name this close in score are equally meant."""
FRONT = 0.6
"""An acceptable fact this close behind better-scored but unexplained ones may still answer."""
_AGAINST_LAST_YEAR = re.compile(
    r"比(?:上年|去年|上一年|前一年)(?!完成值)[^，]{0,8}"
    r"(?:多|少|高|低|增加?|增长|减少?|下降|降低?|提高|涨|跌|变化|变动|相差)(?:了|出)?(?:多少|几|百分之)"
)
IN_WORDS = frozenset(
    {
        "原因", "用途", "设立的政策依据", "发放程序", "主要职能", "资金来源", "补贴范围", "补贴方式",
        "项目承担单位", "资金执行时间", "受益人群和社会效益",
    }
)  # fmt: skip
_WHICH = re.compile(r"哪|谁")
_HOW_MANY = re.compile(r"(?:几|多少)(?:个|家)")
_OF_A_KIND = re.compile(
    r"项目|金额|预算|支出|一般公共|财政拨款|安排|里|中|钱|花|最|多|大|高|少|小|低|哪个|哪"
)
"""Words that say no more than which project is the largest; others name a kind: 结转."""
_TARGETS = re.compile(r"目标|指标|绩效")
_EACH = re.compile(r"各.{0,3}多少|分别.{0,4}多少")


def respond(desk: Desk, query: Query) -> Answer | None:
    """Return an answer, or None when the facts do not explain the question."""
    answer = _decide(desk, query)
    if not query.one_figure:
        answer = answered_apart(query, answer, partial(_decide, desk)) or answer
    return replace(answer, steps=(*query.notes, *answer.steps)) if answer and query.notes else answer


def _decide(desk: Desk, query: Query) -> Answer | None:
    extreme = EXTREME.search(query.folded)
    each = query.wants_list and ("元" in query.units or _EACH.search(query.folded))
    if extreme or each:  # 分别安排在哪些项目、各多少: rows, not words
        plain = without_measures(query)
        figures_only = desk.base.candidates(plain)
        first = next((c for c in figures_only if acceptable(c)), None)
        rows = listed_rows(desk, plain, first, figures_only) if first else None
        if not rows and extreme and "项目" in query.folded and not _OF_A_KIND.sub("", content_of(query.rest)):
            figures_only = desk.base.candidates(replace(plain, scopes=()), "一般公共预算项目支出情况表")
            rows = listed_rows(desk, plain, figures_only[0], figures_only) if figures_only else None
        if rows or (extreme and _WHICH.search(query.folded)):
            return rows  # which one is largest: no single figure tells
    found = desk.base.candidates(query)
    if not found:
        return None
    words_only = bool(query.measures) and all(rule.kind == "text" for rule in query.measures)
    if words_only and not query.units and not extreme:
        told = [c for c in found if c.fact.measure in TEXT_MEASURES]
        if told and acceptable(told[0]) and not unnamed(query.folded, told[0].fact.text):
            return _statement(desk, query, told[0], told)
        if all(rule.measure in IN_WORDS for rule in query.measures):
            return None  # why and what for are not answered with a figure
    result = computed(desk, query, found)
    if result:
        return result
    operation = asked_operation(query)
    against = _AGAINST_LAST_YEAR.search(query.folded) or _AGAINST_LAST_YEAR.search(query.rest)
    if against and query.asks("change") and "绩效" not in found[0].fact.table:
        operation = "difference"  # only a stated change answers it
    if (query.asks("rate") or query.asks("change")) and not operation:
        operation = "difference"
    if query.units == ("%",) and not operation:
        operation = "percent"  # an amount is no percentage
    if _TARGETS.search(query.rest) and query.asks("performance"):  # a target is no budget
        found = [
            c
            for c in found
            if "绩效" in c.fact.table or c.item.quality >= WHOLE or not c.fact.unit.endswith("元")
        ]
    if query.asks_measure("补贴标准"):  # what one person gets is no amount for all
        found = [c for c in found if c.fact.measure in ("补贴标准", "指标值") or c.fact.value is None]
    of_target = bool(found) and "绩效" in found[0].fact.table and acceptable(found[0])
    if query.of_last_year and not of_target and (derived := last_year(desk, query)):
        return derived
    found = [c for c in found if _gives(c.fact, operation) and not unnamed(query.folded, _words(c.fact))]
    if not found or operation == "ratio" or (operation == "sum" and COUNTED.search(query.folded)):
        return None  # a sum of two that were not found is no single figure
    # what could not be computed is no list of figures
    items = operation not in ("sum", "share", "ratio", "per_head")
    front = next((at for at, c in enumerate(found) if acceptable(c)), None)
    if front is None or found[front].score < found[0].score - FRONT:
        return None if query.one_figure else several(desk, query, found, items)
    found = found[front:]
    best = found[0]
    if not query.one_figure:
        composed = listed_rows(desk, query, best, found) or several(desk, query, found, items)
        if composed:
            return composed
    if best.fact.measure in ("增减额", "增减率"):
        return _change(desk, query, best)
    if best.fact.measure in TEXT_MEASURES or (best.fact.value is None and best.fact.text):
        return _statement(desk, query, best, found)
    return _figure(desk, query, best, found)


def _words(fact: Fact) -> str:
    """Return what a fact says in words, '' for a figure."""
    return fact.text if fact.value is None else ""


def _gives(fact: Fact, operation: str) -> bool:
    """Tell whether a fact by itself may answer an operation that could not be computed."""
    in_words = (
        fact.value is None and bool(fact.text) and operation not in ("share", "percent", "ratio", "per_head")
    )
    return in_words or {
        "per_head": "均" in fact.item,
        "percent": fact.unit == "%",
        "share": fact.unit == "%" and (fact.measure == "占比" or "占" in fact.item),
        "ratio": fact.unit in ("倍", "%") and fact.measure not in CHANGES,
        "difference": fact.measure in ("增减额", "增减率"),
    }.get(operation, True)


def _figure(desk: Desk, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer:
    fact = best.fact
    if namesakes := _namesakes(best, found):
        choices = tuple("·".join(f.row_path[-2:]) for f in namesakes)
        text = f"{desk.who(fact)}有几个“{fact.item}”，请说明是哪一个：" + "；".join(choices)
        return Answer(query.question, "clarify", text, choices=choices)
    value, unit = figure_of(fact)
    shown, shown_unit = convert(value, unit, query.target_unit) if query.target_unit else (value, unit)
    steps = []
    text = f"{desk.who(fact)}{name_of(fact)}为 {amount(value, unit)}"
    if (shown, shown_unit) != (value, unit):
        text += f"，即 {amount(shown, shown_unit)}"
        steps.append(f"{amount(value, unit)} = {amount(shown, shown_unit)}")
    if not value:
        text += "（未安排）" if not fact.text or fact.unit.endswith("元") else ""
    if fact.comparator:
        text = text.replace("为 ", f"为 {fact.comparator} ", 1)
    text += _scope_note(desk, fact)
    support = [c for c in found if supports(c, best)]
    other = _other_readings(desk, best, found)
    if other:
        text += "\n" + "；".join(f"{describe(f)} {amount(*figure_of(f))}" for f in other) + "。"
    citations = desk.cite([c.fact for c in support][:4] + other)
    return Answer(
        query.question,
        "answered",
        text,
        shown,
        shown_unit or None,
        citations=citations,
        steps=tuple(steps),
        facts=(fact,),
    )


def _scope_note(desk: Desk, fact: Fact) -> str:
    notes = [part for part in (fact.scope, fact.table) if part]
    return f"（口径：{'，'.join(notes)}）。" if notes else "。"


def _one_account(one: Fact, other: Fact) -> bool:
    """Tell whether two facts are of the same account: under the same 款 where both tell it."""
    above = [tuple(map(fold, fact.row_path[-2:-1])) for fact in (one, other)]
    return above[0] == above[1] or not all(above)


def _namesakes(best: Candidate, found: Sequence[Candidate]) -> list[Fact]:
    """Return accounts of one name that are equally meant: 一般行政管理事务 of this and of another 款."""
    fact = best.fact
    told: dict[tuple[str, ...], Fact] = {fact.row_path: fact}
    for candidate in found[1:]:
        other = candidate.fact
        alike = (other.doc, other.table, other.item, other.measure, other.subunit) == (
            fact.doc,
            fact.table,
            fact.item,
            fact.measure,
            fact.subunit,
        )
        if alike and candidate.score >= best.score - EQUAL and other.code != fact.code:
            told.setdefault(other.row_path, other)
    figures = {figure_of(one) for one in told.values()}
    return list(told.values()) if len(figures) > 1 else []


def _other_readings(desk: Desk, best: Candidate, found: Sequence[Candidate]) -> list[Fact]:
    """The same item in another scope or table with another figure: shown, so that a reader sees both."""
    others: list[Fact] = []
    seen = {figure_of(best.fact)}
    for candidate in found[1:]:
        fact = candidate.fact
        same = fold(fact.item) == fold(best.fact.item) and fact.subunit == best.fact.subunit
        same = same and fact.year == best.fact.year and _one_account(fact, best.fact)
        plain = candidate.features["measure_unasked"] == 0 and candidate.features["text_unasked"] == 0
        if same and plain and fact.value and fact.project == best.fact.project:
            pair = figure_of(fact)
            if pair[1].endswith("元") and best.fact.unit.endswith("元") and pair not in seen:
                if fact.measure in ("增减额", "分配金额", "价值", "涉及金额"):
                    continue
                seen.add(pair)
                others.append(fact)
    return others[:2]


def _change(desk: Desk, query: Query, best: Candidate) -> Answer:
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


def _reason(desk: Desk, fact: Fact) -> Fact | None:
    """Return why an item has changed: told beside it, or the only reason for it in the section."""
    told = [f for f in desk.base.facts if f.measure == "原因" and _same_matter(f, fact)]
    beside = [f for f in told if near(f, fact)]
    return beside[0] if beside else told[0] if len(told) == 1 else None


def _part_that_changed(desk: Desk, fact: Fact) -> tuple[Fact, Fact] | None:
    """Return the change of a part by the whole amount, with its reason: a total's own may be left out."""
    for part in desk.base.facts:
        same = (part.doc, part.section, part.measure, part.value) == (
            fact.doc,
            fact.section,
            fact.measure,
            fact.value,
        )
        if same and part.value and (reason := _reason(desk, part)):
            return part, reason
    return None


def _same_matter(one: Fact, other: Fact) -> bool:
    """Tell whether two facts of a section are about one item: 财政拨款支出预算 and 财政拨款支出."""
    items = {fold(fact.item).removesuffix("预算") for fact in (one, other)}
    places = {(fact.doc, fact.section, fact.row_path) for fact in (one, other)}
    return len(items) == 1 and len(places) == 1  # 一般行政管理事务 stands under several 款


def last_year(desk: Desk, query: Query) -> Answer | None:
    """Return last year's figure, reckoned from this year's and the change that the document tells."""
    changes = tuple(rule for rule in lexicon().measures if rule.kind == "change")
    found = desk.base.candidates(replace(query, measures=changes, of_last_year=False, years=()))
    best = next((c for c in found if acceptable(c)), None)
    if best is None or best is not found[0] or best.fact.measure not in CHANGES or best.fact.year is None:
        return None
    by = _told_of_change(desk, best.fact)
    change, now = by.get("增减额"), _amount_of(by)
    if not change or not now or change.value is None or now.value is None or change.unit != now.unit:
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
        f"{desk.who(now)}{now.item} {before} 年预算推算为 {amount(value, now.unit)}"
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
        for f in desk.base.facts
        if f.item == fact.item
        and f.row_path == fact.row_path
        and f.table == fact.table
        and f.section == fact.section
        and f.row_path == fact.row_path
        and (f.span == fact.span if fact.table else near(f, fact))
    ]
    return {f.measure: f for f in reversed(kin) if f.value is not None and f.year == fact.year}


def _amount_of(by: dict[str, Fact]) -> Fact | None:
    return by.get("预算数") or by.get("决算数") or by.get("合计") or by.get("数量")


def _statement(desk: Desk, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer:
    fact = best.fact
    text = f"{desk.who(fact)}{statement_name(fact)}：{fact.text.strip()}"
    cited = [fact]
    if fact.measure == "原因":
        changes = [f for f in desk.base.facts if f.measure in CHANGES and _same_matter(f, fact)]
        kin = [f for f in changes if near(f, fact)] or changes[:1]
        change = "，".join(
            f"{'增加' if (f.value or 0) >= 0 else '减少'} {amount(abs(f.value or Decimal(0)), f.unit)}"
            for f in kin
        )
        if change:
            base = "比上年预算" if fact.account == "预算" else "比上年"
            text = f"{desk.who(fact)}{fact.item}{base}{change}，主要原因：{fact.text.strip()}"
            cited += kin
    asked = [rule.measure for rule in query.measures if rule.measure in TEXT_MEASURES]
    for further in found[1:]:
        same = further.fact.project == fact.project and fold(further.fact.item) == fold(fact.item)
        if same and further.fact.measure in asked and further.fact.measure not in {f.measure for f in cited}:
            text += f"\n{further.fact.measure}：{further.fact.text.strip()}"
            cited.append(further.fact)
    values: tuple[Value, ...] = ()
    if fact.measure in ("资金分配情况", "用途"):
        parts = [
            f
            for f in desk.base.facts
            if f.measure == "分配金额"
            and f.doc == fact.doc
            and f.span.first
            and fact.span.first
            and fact.span.last
            and fact.span.first <= f.span.first <= fact.span.last
        ]
        values = tuple(Value(f.item, f.value, f.unit) for f in parts if f.value is not None)
    if re.fullmatch(r"[^。]{0,6}不(?:予)?公开[。]?", fact.text.strip()):
        text = f"{text.rstrip('。')}（文件写明此项不公开）。"
    stated = list(figures(squash(fact.text)))
    kind = query.units[0] if query.units else "元"
    money = (
        [f for f in stated if same_kind(kind, f.unit)] if query.units or fact.measure == "补贴标准" else []
    )
    value, unit = (money[0].value, money[0].unit) if len(money) == 1 else (None, None)
    if not money and kind == "元" and query.units:  # 花多少，用在哪
        amounts = [f for f in desk.base.facts if f.measure in ("预算数", "决算数") and _same_matter(f, fact)]
        told = next((f for f in amounts if near(f, fact) and f.value is not None), None)
        if told and told.value is not None:
            value, unit = told.value, told.unit
            text += f"\n{name_of(told)}为 {amount(told.value, told.unit)}。"
            cited.append(told)
    steps: tuple[str, ...] = ()
    if fact.measure == "名单" and _HOW_MANY.search(query.rest):
        count = len(listed_names(fact.text))
        value, unit, steps = Decimal(count), "个", (f"名单共列 {count} 个",)
        text = f"{desk.who(fact)}{fact.item}共 {count} 个：{fact.text.strip()}"
    others = [
        c.fact
        for c in found[1:6]
        if c.fact.measure == fact.measure
        and fold(c.fact.item) == fold(fact.item)
        and c.fact.text == fact.text
    ]
    citations = desk.cite([*cited, *others])
    return Answer(query.question, "answered", text, value, unit, values, citations, steps, facts=tuple(cited))


def listed_names(text: str) -> list[str]:
    """Return the names of a list, one a line or parted by 、 outside of brackets."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return lines
    return [name for name in re.split(r"[、；;](?![^（(]*[）)])", text.strip("。 ")) if name]
