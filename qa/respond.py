"""Candidates -> an answer, or None: then nothing is answered.

One figure is composed here; changes, statements, lists, several figures and arithmetic have modules of
their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from index.document import Fact
from index.text import fold
from qa.acceptance import EQUAL, acceptable, supports
from qa.among import with_parts
from qa.answer import Answer, amount, convert
from qa.answer_kinds import unnamed
from qa.bounds import states_whole
from qa.calculate import COUNTED, TAKEN_TOGETHER, computed, joined_apart
from qa.changes import last_year, told_change, why_changed
from qa.clauses import added_apart, answered_apart
from qa.features import CHANGES, TEXT_MEASURES
from qa.labels import ALIKE, WHOLE
from qa.listing import BY_ACCOUNT, EXTREME, listed_rows
from qa.lookup import Candidate, candidates
from qa.matching import content_of
from qa.operations import asked_operation
from qa.project_list import projects_asked, told_projects
from qa.question import Query, without_measures
from qa.several import several
from qa.statements import statement
from qa.wording import Desk, describe, figure_of, name_of

FRONT = 0.6
"""An acceptable fact this close behind better-scored but unexplained ones may still answer."""
WHOLES = 6
"""So many totals are looked at for one whose parts are told."""
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
_WHICH = re.compile(r"哪|谁|什么")
_MOST_CHANGED = re.compile(
    r"(?:增加?|增长|减少?|下降|降低?|涨|跌|变化|变动)得?最(?:多|大|少|小|快|高)|(?:增|降|涨|跌)幅最"
)
_OF_A_KIND = re.compile(
    r"项目|金额|预算|决算|支出|一般公共|财政拨款|安排|里|中|钱|花|最|多|大|高|少|小|低|哪个|哪|[一笔项]|科目"
)
"""Words that say no more than which project is the largest; others name a kind: 结转."""
_LAST_YEAR = re.compile(r"[上去前]一?年|同期|20\d\d")
_SIDES = re.compile(r"[^，]+(?<![同环])比(?P<other>[^，]{2,}?)(?:多|少|高|低)")
_DATED = re.compile(r"[去上]一?年度?(20\d\d)")
"""去年（2024年）: the year is told, and may be that of the document."""
_CARRIED = re.compile(r"结转|结余|上年|年初")
_TARGETS = re.compile(r"目标|指标|绩效")
_EACH = re.compile(r"各.{0,3}多少|分别.{0,4}多少")


def respond(desk: Desk, query: Query) -> Answer | None:
    """Return an answer, or None when the facts do not explain the question."""
    answer = None if query.one_figure else with_parts(desk, query, partial(_decide, desk))
    apart = not query.one_figure and added_apart(query)
    answer = answer or (None if apart else _decide(desk, query))
    if not query.one_figure:
        answer = answered_apart(query, answer, partial(_decide, desk)) or answer
    if answer and states_whole(query, answer.value, answer.unit):
        return None
    return replace(answer, steps=(*query.notes, *answer.steps)) if answer and query.notes else answer


def _decide(desk: Desk, query: Query) -> Answer | None:
    reckoned = asked_operation(query) in ("difference", "ratio") or query.asks_measure("原因")
    extreme = None if reckoned else EXTREME.search(query.folded)
    if projects := projects_asked(query):
        told_of = told_projects(desk, query, projects)
        if told_of or not projects.about and projects.largest is not None:
            return told_of  # of what is no project, none is the largest
    each = query.wants_list and ("元" in query.units or _EACH.search(query.folded))
    if extreme and _MOST_CHANGED.search(query.folded):
        return None  # the largest change is not the change of the largest
    if extreme or each or BY_ACCOUNT.search(query.folded):  # 分别安排在哪些项目、各多少: rows, not words
        plain = without_measures(query)
        figures_only = candidates(desk.base, plain)
        first = next((c for c in figures_only if acceptable(c)), None)
        rows = listed_rows(desk, plain, first, figures_only) if first else None
        if (
            not rows
            and extreme
            and "收入" not in query.folded
            and not _OF_A_KIND.sub("", content_of(query.rest))
        ):
            whole = "一般公共预算项目支出情况表" if "项目" in query.folded else "支出总计"
            wholes = candidates(desk.base, replace(plain, scopes=()), whole)[:WHOLES]
            rows = next((r for c in wholes if (r := listed_rows(desk, plain, c, [c]))), None)
        if rows or (extreme and _WHICH.search(query.folded)):
            return rows  # which one is largest: no single figure tells
    found = candidates(desk.base, query)
    if not found:
        return computed(desk, query, found)
    words_only = bool(query.measures) and all(rule.kind == "text" for rule in query.measures)
    if words_only and not query.units and not extreme:
        told = [c for c in found if c.fact.measure in TEXT_MEASURES]
        term = bool(told) and told[0].fact.measure == "名词解释" and "多少" in query.rest
        if told and acceptable(told[0]) and not term and not unnamed(query.folded, told[0].fact.text):
            return statement(desk, query, told[0], told)
        if all(rule.measure in IN_WORDS for rule in query.measures):
            # why and what for are not answered with a figure alone
            return why_changed(desk, query) if query.asks_measure("原因") else None
    result = computed(desk, query, found)
    if result:
        return result
    operation = asked_operation(query)
    against = _AGAINST_LAST_YEAR.search(query.folded) or _AGAINST_LAST_YEAR.search(query.rest)
    if against and query.asks("change") and "绩效" not in found[0].fact.table:
        operation = "difference"  # only a stated change answers it
    sides = _SIDES.search(query.rest) if operation == "difference" and not against else None
    if sides and not query.compared and not _LAST_YEAR.search(sides.group("other")):
        found = [c for c in found if c.fact.measure not in CHANGES]  # 收入比支出多: no change since last year
    if (query.asks("rate") or query.asks("change")) and not operation:
        operation = "difference"
    if query.units == ("%",) and not operation:
        operation = "percent"  # an amount is no percentage
    if _TARGETS.search(query.rest) and query.asks("performance"):  # a target is no budget
        found = [
            c
            for c in found
            if "绩效" in c.fact.table
            or c.item.quality >= WHOLE
            or c.features["measure_first"]
            or not c.fact.unit.endswith("元")
        ]
    if query.asks_measure("补贴标准"):  # what one person gets is no amount for all
        found = [c for c in found if c.fact.measure in ("补贴标准", "指标值") or c.fact.value is None]
    of_target = bool(found) and "绩效" in found[0].fact.table and acceptable(found[0])
    told_year = _DATED.search(query.folded)
    this_year = told_year and int(told_year.group(1)) == desk.base.year
    if query.of_last_year and not of_target and not this_year:
        if derived := last_year(desk, query):
            return derived
        found = [c for c in found if _of_last_year(c.fact, desk)]  # this year's figure is not last year's
    found = [c for c in found if _gives(c.fact, operation) and not unnamed(query.folded, _words(c.fact))]
    if not found or operation == "ratio":
        return None
    several_asked = COUNTED.search(query.folded) or TAKEN_TOGETHER.search(query.folded)
    if operation == "sum" and (several_asked or joined_apart(query, found[0])):
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
        return told_change(desk, query, best)
    if best.fact.measure in TEXT_MEASURES or (best.fact.value is None and best.fact.text):
        return statement(desk, query, best, found)
    return _figure(desk, query, best, found)


def _of_last_year(fact: Fact, desk: Desk) -> bool:
    """Tell whether a figure is of the year before the document's, or carried over from it."""
    named = (fact.item, fact.measure, *fact.row_path, *fact.column_path)
    carried = any(map(_CARRIED.search, named))
    return fact.year != desk.base.year or carried or fact.value is None and bool(fact.text)


def _words(fact: Fact) -> str:
    """Return what a fact says in words, '' for a figure."""
    return fact.text if fact.value is None else ""


def _gives(fact: Fact, operation: str) -> bool:
    """Tell whether a fact by itself may answer an operation that could not be computed."""
    reckoned = operation in ("share", "percent", "ratio", "per_head")
    reckoned |= operation == "difference" and fact.measure not in TEXT_MEASURES
    in_words = fact.value is None and bool(fact.text) and not reckoned
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
    if rivals := _rivals(best, found):
        choices = tuple(map(name_of, rivals))
        text = f"{desk.who(fact)}问的可能是几项中的一项，请说明是哪一项：" + "；".join(choices)
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
    made_of = [f for f in desk.base.facts.having(measure=("组成",)) if fold(f.item) == fold(fact.item)]
    if made_of and query.wants_list:
        text += f"\n包括：{made_of[0].text.rstrip('。')}。"
        other = [*other, made_of[0]]
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


def _rivals(best: Candidate, found: Sequence[Candidate]) -> list[Fact]:
    """Return items of other names that a question names no better and no worse, with other figures."""
    by_total = best.features["total_by_column"] or best.features["total_by_subject"]
    if best.item.quality >= ALIKE or by_total:
        return []
    told = {best.fact.item: best.fact}
    for other in found[1:]:
        equal = other.score >= best.score - EQUAL and other.item.quality == best.item.quality
        if equal and acceptable(other) and other.fact.unit == best.fact.unit:
            told.setdefault(other.fact.item, other.fact)
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
