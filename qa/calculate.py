"""Questions that need arithmetic: find the operands, apply the operator, show the formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from operator import and_

from index.document import Fact
from index.naming import short_name
from index.quantity import Figure
from index.text import fold, is_unknown
from qa.acceptance import ANCHOR, SAME_SCORE, acceptable, explained
from qa.answer import Answer, Value, amount, convert
from qa.compute import (
    Operand,
    Result,
    difference,
    per_unit,
    ratio,
    share,
    total,
)
from qa.features import TEXT_MEASURES, is_sum, near
from qa.leftovers import plain_text
from qa.lexicon import phrases_in
from qa.lookup import CONTEXT, Candidate, candidates
from qa.matching import content_of, named_pieces
from qa.nesting import whole_with_part
from qa.operations import SUM, asked_operation, split_operands, without_per_head
from qa.outcome import against_plan, completed
from qa.question import BLANK, Query, within, without_measures
from qa.several import PEEL
from qa.stages import COMPUTE, reached
from qa.wording import Desk, figure_of, kindred, label_of

_LISTED = re.compile(r"[，和与及加跟]|以及|还有")
COUNTED = re.compile(r"(?:这|那|的)?([两二三四五六七八九十])(?:笔|个|项|家|种|样|类|部分|块(?!钱))")
"""这三项, 两个…: how many figures a sum is of."""
TAKEN_TOGETHER = re.compile(r"把[^，?]+[和与跟加、][^，?]+(?:算|加|合)[上进到在起]")
"""把某某和某某都算上: the sum is of what is listed."""


TOTALS = {"支出": "支出总计", "总支出": "支出总计", "收入": "收入总计", "总收入": "收入总计"}
"""What a bare 支出 is, of a department or a unit."""
SURE = 0.8
"""An item named less well than this is averaged only when nothing the documents know stays unexplained."""
_BY_PLAN = re.compile(r"(?:按|照|依)[^，]{0,6}(?:计划|目标|指标|绩效)")
_ONE_YEAR = re.compile(r"一年|每年|全年|年度?合计")
_AND = re.compile(r"[和与跟及]|以及|还有")
_KIND = re.compile(r"(?:费|费用|经费|资金|支出)$")


def computed(desk: Desk, query: Query, found: Sequence[Candidate]) -> Answer | None:
    """Return the result of the operator that a question asks for, None when it asks for none."""
    operation = asked_operation(query)
    if query.asks_measure("完成率") and not any(c.fact.measure == "完成率" and acceptable(c) for c in found):
        return completed(desk, query)
    if not operation:
        return _for_a_year(desk, query, found)
    reached(COMPUTE)
    operands: list[Fact] = _two_measures(query, found) if operation == "difference" else []
    if not operands and operation == "difference":
        operands = against_plan(desk, query)
    pair = split_operands(query.rest, operation)
    if not operands and operation == "difference" and len(query.subunits) == 2:
        operands = _over_units(desk, query)
    if operands:
        pass
    elif pair and operation in ("share", "ratio") and SUM.search(pair[0]):
        return _of_a_sum(desk, query, operation, *pair)
    elif pair and operation == "share" and _bare(pair[1]) in TOTALS and _stated_share(found):
        return None
    elif pair and operation != "sum":
        for words in reversed(pair):  # the whole first: it tells the scope that the part must share
            side = _stated(desk, query, words, _operand(desk, query, words, operands))
            if side is None:
                return None
            operands.insert(0, side)
    elif operation == "sum":
        operands = _over_units(desk, query) if len(query.subunits) > 1 else _enumerated(desk, query)
        operands = operands if len(operands) > 1 else _alike(desk, query, found)
    elif operation == "per_head":
        direct = bool(found) and acceptable(found[0]) and "均" in found[0].fact.item
        return None if direct else _per_head(desk, query)
    if len(operands) < 2 or any(f.value is None and f.text for f in operands):
        return None
    if len({(f.span, f.column_path, f.item, f.value) for f in operands}) < len(operands):
        return None  # a thing is not compared with itself
    if operation == "sum" and (nested := whole_with_part(desk.base, operands)):
        return _not_added(desk, query, *nested) if len(operands) == 2 else None
    distinct = len({label_of(f) for f in operands}) == len(operands)
    named = [
        Operand(
            label_of(f) if distinct else f"{f.subunit or short_name(f.entity)}{label_of(f)}",
            *figure_of(f),
        )
        for f in operands
    ]
    try:
        result: Result = {
            "sum": lambda: total(named),
            "difference": lambda: difference(named[0], named[1]),
            "share": lambda: share(named[0], named[1]),
            "ratio": lambda: ratio(named[0], named[1]),
        }[operation]()
    except ValueError:
        return None
    stated = found[0].fact if operation == "share" and found and found[0].fact.measure == "占比" else None
    if stated and stated.scope in query.scopes and abs((stated.value or 0) - result.value) > Decimal("0.02"):
        return None  # the document itself states the share of that scope
    if operation == "share" and result.value > 100:
        return None  # a part is no larger than the whole: one of them is not what was meant
    value, unit = (
        convert(result.value, result.unit, query.target_unit)
        if query.target_unit
        else (result.value, result.unit)
    )
    value = abs(value) if operation == "difference" else value
    steps = [result.formula]
    if unit != result.unit:
        steps.append(f"{amount(result.value, result.unit)} = {amount(value, unit)}")
    claim = f"{_phrase(operation, named, result)} {amount(value, unit)}"
    text = f"{desk.who(operands[0])}{claim}（{result.formula}）。"
    values = tuple(Value(o.label, o.value, o.unit) for o in named)
    shares = [c.fact for c in found if operation == "share" and c.fact.measure == "占比"]
    alike = [f for f in shares if abs((f.value or 0) - result.value) <= Decimal("0.01")]
    citations = desk.cite([*operands, *alike[:1]])  # the document may state the share, too
    return Answer(
        query.question,
        "answered",
        text,
        value,
        unit,
        values,
        citations,
        tuple(steps),
        facts=tuple(operands),
    )


def _not_added(desk: Desk, query: Query, whole: Fact, part: Fact) -> Answer:
    """Say that one figure is in the other already."""
    held = f"{label_of(whole)} {amount(*figure_of(whole))}里已经有{label_of(part)} {amount(*figure_of(part))}"
    text = f"{desk.who(whole)}{held}，总数和其中的部分不能相加。"
    return Answer(query.question, "not_found", text, citations=desk.cite([whole, part]))


def _for_a_year(desk: Desk, query: Query, found: Sequence[Candidate]) -> Answer | None:
    """Return what a monthly amount comes to in a year: 120元/人/月, 一年能领多少."""
    best = found[0].fact if found and _ONE_YEAR.search(query.folded) and acceptable(found[0]) else None
    if best is None or best.value is None or not best.unit.endswith("/月") or "月" in query.rest:
        return None
    value, unit = best.value * 12, best.unit.removesuffix("/月") + "/年"
    step = f"{label_of(best)} {amount(best.value, best.unit)} × 12 = {amount(value, unit)}"
    text = f"{desk.who(best)}{label_of(best)}一年为 {amount(value, unit)}（{step}）。"
    return Answer(
        query.question, "answered", text, value, unit, (), desk.cite([best]), (step,), facts=(best,)
    )


def _of_a_sum(desk: Desk, query: Query, operation: str, words: str, whole: str) -> Answer | None:
    """Return the share or multiple that several items have together: 办公费和电费合计占公用经费的…"""
    parts = _enumerated(desk, replace(query, rest=SUM.sub(lambda match: "，" * len(match.group()), words)))
    base = _operand(desk, query, whole, parts[:1]) if len(parts) > 1 else None
    if base is None or base in parts:
        return None
    try:
        both = total([Operand(label_of(fact), *figure_of(fact)) for fact in parts])
        sides = Operand("合计", both.value, both.unit), Operand(label_of(base), *figure_of(base))
        result = (share if operation == "share" else ratio)(*sides)
    except ValueError:
        return None
    if operation == "share" and result.value > 100:
        return None
    claim = f"{'、'.join(map(label_of, parts))}合计{'占' if operation == 'share' else '是'}{label_of(base)}的"
    text = (
        f"{desk.who(base)}{claim} {amount(result.value, result.unit)}（{both.formula}；{result.formula}）。"
    )
    return Answer(
        query.question, "answered", text, result.value, result.unit, (), desk.cite([*parts, base]),
        (both.formula, result.formula), facts=(*parts, base),
    )  # fmt: skip


def _two_measures(query: Query, found: Sequence[Candidate]) -> list[Fact]:
    """Return two measures of one item between which a difference is asked: 指标值比上年完成值…"""
    if not found or not acceptable(found[0]):
        return []
    top = found[0].fact
    places = {
        c.fact.measure: c.fact for c in reversed(found) if c.fact.item == top.item and near(c.fact, top)
    }
    named = sorted(
        (query.rest.find(measure), measure)
        for measure in {rule.measure for rule in query.measures}
        if measure in places and places[measure].value is not None
    )
    return [places[measure] for _, measure in named] if len(named) == 2 else []


def _enumerated(desk: Desk, query: Query) -> list[Fact]:
    """Return the items of an enumeration (水费、电费和取暖费): the same column of one table for all."""
    plain = without_measures(query)
    groups: dict[tuple[str, ...], dict[int, Candidate]] = {}
    pieces = _parts(query.rest, set(desk.base.named.values()))
    listed = len(pieces)
    for start, end, titles in phrases_in(query.rest):
        pieces += sorted(titles) if _joint(query.rest[start:end], titles) else []
    for number, piece in enumerate(pieces):
        for candidate in candidates(desk.base, plain, piece):
            fact = candidate.fact
            whole = candidate.item.quality >= PEEL and fact.measure not in TEXT_MEASURES
            if whole and candidate.features["measure_unasked"] == 0:
                project = fact.project if fact.project != fact.item else ""  # projects may be summed
                key = (fact.doc, fact.table, fact.scope, fact.measure, project, fact.subunit)
                groups.setdefault(key, {}).setdefault(number, candidate)
    if not groups:
        return []
    best = max(groups.values(), key=lambda g: (len(g), sum(c.score for c in g.values())))
    told = [number for number in best if number < listed]
    between = range(min(told, default=0), max(told, default=0))
    if any(number not in best and content_of(pieces[number]) for number in between):
        return []  # a part that is not found is not left out of a sum
    return list(dict.fromkeys(c.fact for _, c in sorted(best.items())))


def _parts(text: str, names: Set[str]) -> list[str]:
    """Return the parts of an enumeration, each in full, given the folded names that there are.

    Two of one kind may stand side by side (水费电费), others share their end: 行政、事业两块单位医疗.
    """
    pieces = [piece for piece in _LISTED.split(text) if len(piece) >= 2]
    told = [COUNTED.sub("", plain_text(piece)).strip("，") for piece in pieces if content_of(piece)]
    *heads, last = told or [""]
    for end in range(len(last), 3, -1):
        if heads and last[:end] in names:
            shared = (
                [head + last[at:end] for head in (*heads[first:], last[:at])]
                for first in range(len(heads))  # those before may be what the parts are of: 某专项中
                for at in range(2, end - 1)
            )
            if whole := next((parts for parts in shared if names >= {*parts}), None):
                return whole
        cuts = () if heads or content_of(last[end:]) else range(2, end - 1)
        for at in cuts:
            if last[at - 1] == last[end - 1] and {last[:at], last[at:end]} <= names:
                return [last[:at], last[at:end]]
    return pieces


def joined_apart(query: Query, best: Candidate) -> bool:
    """Tell whether a sum is asked of things joined by an 和 that stands in no name of the best fact."""
    for link in _AND.finditer(query.rest):
        before, after = query.rest[: link.start()], query.rest[link.end() :]
        sides = content_of(before.rpartition("，")[2]), content_of(after.partition("，")[0])
        if all(len(side.replace(BLANK, "")) > 1 for side in sides) and not best.mask >> link.start() & 1:
            return True
    return False


def _joint(phrase: str, titles: Iterable[str]) -> bool:
    """Tell whether a phrase names several items at once (水电费), not one that has several names."""
    names = [_KIND.sub("", title) for title in titles]
    own = [set(name).difference(*(other for other in names if other != name)) for name in names]
    return len(names) > 1 and all(chars & set(phrase) for chars in own)


def _over_units(desk: Desk, query: Query) -> list[Fact]:
    """Return the same item of each unit that the question names."""
    plain = without_measures(query)
    operands = []
    for unit in query.subunits:
        found = candidates(desk.base, replace(plain, subunits=(unit,)))
        fitting = [c for c in found if c.features["subunit_fits"] and acceptable(c)]
        if not fitting:
            return []
        operands.append(fitting[0].fact)
    return operands


def _alike(desk: Desk, query: Query, found: Sequence[Candidate]) -> list[Fact]:
    """Return the rows that 两笔…, 三个… speaks of: as many of one table as counted, no more match."""
    counted = COUNTED.search(query.folded)
    if not counted or not found:
        return []
    number = "两二三四五六七八九十".index(counted.group(1))
    number = 2 if number < 2 else number + 1
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for c in found:
        plain = c.features["measure_unasked"] == 0 and not is_sum(c.fact)
        if plain and c.item.quality >= CONTEXT and c.fact.measure not in TEXT_MEASURES:
            groups.setdefault((c.fact.doc, c.fact.table, c.fact.measure), []).append(c)
    fitting = [
        g
        for g in groups.values()
        if len({c.fact.item for c in g}) == len(g) == number
        and g[0].fact.table
        and reduce(and_, (c.item.mask for c in g))  # the same words name them all
    ]
    best = max(fitting, key=lambda g: sum(c.score for c in g), default=[])
    return [c.fact for c in best] or _series(desk, query, number)


def _series(desk: Desk, query: Query, number: int) -> list[Fact]:
    """Return a run of `number` figures in prose whose names all hold what a question says of them.

    四个季度的用款计划: 第一季度用款计划, 第二季度用款计划, ...
    """
    series: dict[tuple[str, str, str, tuple[str, ...]], list[Fact]] = {}
    for fact in desk.base.facts.having(table_title=("",), year=(desk.base.year,)):
        if fact.value is not None:
            key = (fact.project, fact.measure, fact.unit, fact.section)
            series.setdefault(key, []).append(fact)
    rest = SUM.sub("，", COUNTED.sub("，", query.rest))
    found = []
    for (project, *_), facts in series.items():
        told = [piece for piece in named_pieces(rest) if piece not in fold(project)]
        run = [f for f in facts if told and all(piece in fold(f.item) for piece in told)]
        if len({f.item for f in run}) == len(run) == number:
            found.append(run)
    return found[0] if len(found) == 1 else []


def _per_head(desk: Desk, query: Query) -> Answer | None:
    """Divide an amount by a count that the question states, or by a count of the department."""
    stated = next((f for f in query.figures if f.unit in ("人", "辆", "台", "套")), None)
    valued = tuple(rule for rule in query.measures if rule.measure == "价值")
    plain = replace(query, measures=valued, units=("元",))
    words = without_per_head(query.rest)
    found = [c for c in candidates(desk.base, plain, words) if c.fact.value and c.fact.unit.endswith("元")]
    if not found or found[0].anchor < ANCHOR or (found[0].anchor < SURE and found[0].known):
        return None
    if not explained(found[0]):
        return None
    top = found[0].fact
    facts = [top]
    if stated:
        count = Operand("人数" if stated.unit == "人" else "数量", stated.value, stated.unit)
    else:
        counts = _planned(desk, query, top) if _BY_PLAN.search(query.folded) else _count(desk, query)
        if not counts:
            return None
        facts.append(counts[0])
        count = Operand(label_of(counts[0]), *figure_of(counts[0]))
    unit = query.target_unit or top.unit
    value, unit = convert(*figure_of(top), unit)
    result = per_unit(Operand(label_of(top), value, unit), count)
    steps = [result.formula]
    if unit != top.unit:
        steps.insert(0, f"{amount(*figure_of(top))} = {amount(value, unit)}")
    text = (
        f"{desk.who(top)}{label_of(top)}平均每{count.unit} {amount(result.value, unit)}（{result.formula}）。"
    )
    citations = desk.cite(facts)
    return Answer(
        query.question,
        "answered",
        text,
        result.value,
        unit,
        (),
        citations,
        tuple(steps),
        facts=tuple(facts),
    )


def _count(desk: Desk, query: Query) -> list[Fact]:
    """Return the department's own counts of people, cars or square metres that an average is per."""
    unit, counted = _counted_units(query)
    found = candidates(desk.base, replace(without_measures(query), units=(unit,)), counted)
    return [
        c.fact
        for c in found
        if c.fact.value
        and not c.fact.unit.endswith("元")
        and c.anchor >= ANCHOR
        and "绩效" not in c.fact.table
    ]


def _planned(desk: Desk, query: Query, top: Fact) -> list[Fact]:
    """Return the number of people that the project's targets plan for: 按计划人数."""
    found = candidates(desk.base, replace(without_measures(query), units=("人",)))
    return [
        c.fact
        for c in found
        if "绩效" in c.fact.table
        and c.fact.measure == "指标值"
        and c.fact.unit.startswith("人")
        and c.fact.value
        and top.project in ("", c.fact.project)
        and c.anchor >= ANCHOR
    ]


def _operand(desk: Desk, query: Query, words: str, before: Sequence[Fact]) -> Fact | None:
    plain = within(without_measures(query), words)
    if asked_operation(query) in ("share", "ratio"):
        plain = replace(plain, units=())  # 多少个百分点 is what comes out, not what is put in
    meant = candidates(desk.base, plain, _total_of(desk, query, words))
    if meant and is_unknown(meant[0].fact.text):
        return None  # the next best figure is another
    found = [c for c in meant if not c.fact.text or c.fact.value is not None]
    if not found or not acceptable(found[0]):
        return None
    close = [
        c
        for c in found
        if before
        and c.score >= found[0].score - SAME_SCORE
        and c.anchor >= found[0].anchor - 0.1
        and (c.fact.project, c.fact.subunit) == (found[0].fact.project, found[0].fact.subunit)
    ]
    same_table = [c for c in close if kindred(c.fact, before[0])]
    same_scope = [c for c in close if c.fact.scope == before[0].scope]
    return (same_table or same_scope or found)[0].fact


def _stated(desk: Desk, query: Query, words: str, found: Fact | None) -> Fact | None:
    """Return the fact with the figure that an operand states (占项目预算135万元的), else what was found."""
    told = next((f for f in query.figures if query.rest[f.start : f.end] in words), None)
    if told is None or found is None or _rounds_to(found, told):
        return found
    named = (f for f in desk.base.facts.having(item=tuple(_named(desk, query.rest))) if f.value is not None)
    return next((f for f in named if _rounds_to(f, told)), None)


def _rounds_to(fact: Fact, told: Figure) -> bool:
    """Tell whether a figure is the one that a question states, exactly or rounded."""
    value, unit = convert(*figure_of(fact), told.unit)
    return unit == told.unit and value.quantize(told.value, ROUND_HALF_UP) == told.value


def _named(desk: Desk, text: str) -> list[str]:
    """Return the items whose folded names stand in a text."""
    return [name for name, folded in desk.base.named.items() if len(folded) > 1 and folded in text]


def _bare(words: str) -> str:
    """Return words without the marks of what was taken out of them."""
    return re.sub(r"[□，的?]", "", words)


def _stated_share(found: Sequence[Candidate]) -> bool:
    """Tell whether the document itself states the share that is asked for."""
    return bool(found) and found[0].fact.measure == "占比" and acceptable(found[0])


def _total_of(desk: Desk, query: Query, words: str) -> str:
    """Return the name of the total that a bare 收入 or 支出 means; compared, of the year alone where told."""
    total_name = TOTALS.get(_bare(words), "")
    if asked_operation(query) != "difference" or not total_name:
        return total_name or TOTALS.get(content_of(words), words)
    yearly = f"本年{total_name[:2]}合计"
    return yearly if yearly in desk.base.facts.column("item") else total_name


def _counted_units(query: Query) -> tuple[str, str]:
    """Return what an average is per, as (unit, item): 每辆车 → (辆, 车辆), else people."""
    if "辆" in query.folded:
        return "辆", "车辆"
    if "平方米" in query.folded or "平米" in query.folded:
        return "平方米", "房屋"
    people = next((word for word in ("在职", "编制", "退休", "离休") if word in query.folded), "实有人数")
    return "人", people


def _phrase(operation: str, named: Sequence[Operand], result: Result) -> str:
    if operation == "sum":
        return f"{'、'.join(o.label for o in named)}合计"
    if operation == "share":
        return f"{named[0].label}占{named[1].label}的"
    if operation == "ratio":
        return f"{named[0].label}是{named[1].label}的"
    return f"{named[0].label}比{named[1].label}{'多' if result.value >= 0 else '少'}"
