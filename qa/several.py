"""Several figures in one answer: several measures of one item, or items named one after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.document import Fact
from index.text import fold
from qa.acceptance import ANCHOR, KNOWN_SHARE, SAME_SCORE, acceptable
from qa.answer import Answer, Value, amount
from qa.features import TEXT_MEASURES, is_planned, measure_fits, near, same_kind
from qa.leftovers import plain_text
from qa.lookup import Candidate, candidates
from qa.matching import bits, unexplained
from qa.question import Query
from qa.wording import Desk, figure_of, kindred, label_of

PEEL, PEEL_NEAR = 0.88, 0.75
"""A further item of one question must match this well; one of the same table less."""
MAX_ITEMS = 8
_COUNT_AND_AMOUNT = ("数量", "涉及金额", "价值", "预算数", "占比")
_INSIDE = re.compile(
    r"(?:的?\d[\d.]*(?:万元|亿元|元))?(?:[里中]|当中|其中)面?的?，?(?:(?:分配|分|拨|安排|用|发)?(?:给|到|于))?"
)
_BEFORE = re.compile(r"[去上]一?年|比")
_ASKS = re.compile(r"百分之(?:多少|几)?|多少|几(?!乎)|是什么|哪些")


def several(desk: Desk, query: Query, found: Sequence[Candidate], items: bool = True) -> Answer | None:
    """Several measures of one item, or with `items` several items named one after the other."""
    best = found[0]
    if best.anchor < ANCHOR:
        return None
    group: list[Fact] = []
    kin: list[Fact] = []
    if acceptable(best) and not query.asks("change") and not query.asks("rate"):
        kin = [
            f
            for f in desk.base.facts.having(project=(best.fact.project,), row_path=(best.fact.row_path,))
            if fold(f.item) == fold(best.fact.item) and near(f, best.fact)
        ]
        asked = [
            next((f for f in kin if measure_fits(f.measure, rule.measure)), None) for rule in query.measures
        ]
        both = re.search("去年|上年|上一年", query.folded) and len(_ASKS.findall(query.folded)) > 1
        if "绩效" in best.fact.table and both:
            asked = [next((f for f in kin if f.measure == m), None) for m in ("指标值", "上年完成值")] + asked
        if len(query.units) + len(query.measures) > 1 and "绩效" not in best.fact.table:
            plain = sorted(kin, key=lambda f: is_planned(f) and query.account != "预算")
            asked += [
                next((f for f in plain if same_kind(unit, f.unit) and f.measure != "增减额"), None)
                for unit in query.units
            ]
        group = list(dict.fromkeys(f for f in asked if f and f.measure not in TEXT_MEASURES))
    if len(group) == 1 and len(_ASKS.findall(query.folded)) > 1:  # 上年执行了多少，今年安排多少
        own = (f for f in kin if f.measure in ("预算数", "决算数") and f.measure != group[0].measure)
        group += list(own)[:1]
    if query.years and not _BEFORE.search(query.folded):
        group = [fact for fact in group if fact.year is None or fact.year in query.years]
    if len(group) < 2 and items and not query.asks("change") and not query.asks("rate"):
        group = [c.fact for c in peel(desk, query, best)]
    if len(group) < 2 and len(_ASKS.findall(query.folded)) > 1 and acceptable(best):
        group = list({f.measure: f for f in kin if f.measure in _COUNT_AND_AMOUNT}.values())
    if len(group) < 2:
        return None
    told = {(fold(f.item), label_of(f), f.value, f.unit, f.text): f for f in reversed(group)}
    group = list(reversed(told.values()))  # what two paragraphs tell alike is told once
    if len(group) < 2:
        return None
    values = tuple(Value(label_of(f), *figure_of(f)) for f in group if f.value is not None or not f.text)
    shown = "；".join(
        f"{label_of(f)} {f.text if f.value is None and f.text else f.comparator + amount(*figure_of(f))}"
        for f in group
    )
    text = f"{desk.who(group[0])}{shown}。"
    value, unit = (values[0].value, values[0].unit) if len(values) == len(group) == 1 else (None, None)
    citations = desk.cite(group)
    return Answer(query.question, "answered", text, value, unit, values, citations, facts=tuple(group))


def peel(desk: Desk, query: Query, best: Candidate) -> list[Candidate]:
    """Take the explained item out of the question and look for another, as long as one stands whole."""
    taken = [best]
    rest = query.rest
    mask = best.mask
    for _ in range(MAX_ITEMS):
        left = bits(0, len(rest)) & ~mask
        _, known = unexplained(plain_text(rest), mask, desk.base.labels.weight)
        if (known < 2 and len(_ASKS.findall(query.folded)) <= len(taken)) or not left:
            break
        last = _naming(taken[-1], query)
        rest = "".join("，" if last >> at & 1 else char for at, char in enumerate(rest))
        again = [
            c
            for c in candidates(desk.base, query, rest)
            if not c.features["outside"]
            and (c.item.quality >= (PEEL_NEAR if kindred(c.fact, best.fact) else PEEL) or _by_column(c))
            and (new := (_naming(c, query) & ~mask).bit_count()) >= 2
            and 2 * new > _naming(c, query).bit_count()
            and (c.fact.measure in TEXT_MEASURES) == (best.fact.measure in TEXT_MEASURES)
        ]
        if not again:
            break
        kin = [c for c in again if c.score >= again[0].score - SAME_SCORE and kindred(c.fact, best.fact)]
        alone = [c for c in again if _by_column(c) or (c.item.quality >= 0.96 and c.item.size >= 3)]
        if not kin and not alone:
            break
        taken.append((kin or alone)[0])
        mask |= taken[-1].mask
    taken = [c for c in taken if not c.features["outside"]] or [best]
    if len(taken) > 1:
        taken.sort(key=lambda c: (_naming(c, query) & -_naming(c, query)).bit_length())
        first, second = (_naming(c, query) for c in taken[:2])
        gap = query.rest[first.bit_length() : (second & -second).bit_length() - 1]
        if len(taken) == 2 and _INSIDE.fullmatch(gap):
            return [best]  # a part of the first is asked for
        _, known = unexplained(plain_text(rest), mask, desk.base.labels.weight)
        if known > max(1.0, KNOWN_SHARE * mask.bit_count()):
            return [best]
    return taken


def _by_column(candidate: Candidate) -> bool:
    """Tell whether a total is named by its column: 基本支出 of 支出总计."""
    return bool(candidate.features["total_by_column"])


def _naming(candidate: Candidate, query: Query) -> int:
    """Return the characters of the question that name what a figure is of."""
    return candidate.mask & ~query.cues if _by_column(candidate) else candidate.item.mask
