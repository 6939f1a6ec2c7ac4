"""`Query` -> facts: every fact that could be meant, scored by how well it explains the question.

A fact is good when its labels stand in the question (item, measure, project, unit inside the
department, scope) and when little of the question stays unexplained. The score is a weighted sum of
named features; the weights, set by hand, stand in `lexicon/weights.json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from index.document import Fact
from index.scope import title_rule
from index.text import fold
from qa.bounds import outside
from qa.fact_base import FactBase
from qa.features import (
    BOUGHT,
    BUYS,
    CHANGES,
    DEFAULT_MEASURES,
    OF_AMOUNT,
    OF_MONEY,
    PLANNED,
    PURCHASE,
    SAME_MEASURE,
    TEXT_MEASURES,
    WH,
    WHOLE_STATEMENTS,
    asks_such_change,
    carried_project,
    carried_unasked,
    class_features,
    is_planned,
    is_sum,
    other_account,
    other_reason,
    rate_missed,
    scope_features,
    subunit_features,
    unit_features,
    weighted,
)
from qa.labels import ALIKE, RENAMED_SHORT, SHORTER, WHOLE
from qa.leftovers import NAME, named_again, named_around, part_of_project, plain_text, qualified
from qa.lexicon import phrases_in
from qa.matching import (
    NO_MATCH,
    TITLE,
    Match,
    alike,
    bits,
    content_places,
    covered_by,
    headless,
    long_runs,
    modified,
    opposed,
    unexplained,
)
from qa.question import Query

_WHY_DO = re.compile(r"(?:为什么|为何|为啥|凭什么|干嘛)(?:要|会要|得|非)")
NAMED = 5
"""An item whose name of so many characters stands in a question is what the question is about."""
_CODE = re.compile(r"(?<![\d.])\d{3,7}(?![\d.])")
"""A classification code: 208 类, 20801 款, 2080101 项."""
CONTEXT = 0.55
"""A label that matches less than this explains nothing: shared characters, not shared meaning."""
PARTLY, ANY = 0.3, 1e-9
"""The facts of an item or project that matches so well may be meant; of a total's column, at all."""
WHOLE_SUBJECT = 0.93
"""A table's subject named this well asks for the table's total."""
HINT = 0.4
"""Words shared with the fact's project this far are explained, though they do not name the project."""
BESIDE = 0.8
"""How much of what a question says counts that another statement of the same project says."""
STATED_BESIDE = 0.8
"""How much a figure in the question counts for other facts of the same item or project."""


WHOLES = frozenset({"年度预算总额", "年度资金总额", "项目资金总额", "预算总额"})
"""Names of a project's own total in its target sheet."""
_OF_TARGETS = re.compile(r"指标|目标|绩效|完成值")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact with its score, the features behind it and what of the question it explains."""

    fact: Fact
    score: float
    features: dict[str, float]
    item: Match
    anchor: float
    mask: int
    whole: int
    """Mask of the words that name something of the fact as it is called, not a part of its name."""
    unknown: int
    known: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the facts of one document are scored for it."""

    query: Query
    text: str
    matches: dict[str, Match]
    """The document's labels that stand in the text."""
    content: dict[str, int]
    """The bigrams that carry content, with the place of each."""
    named_table: str
    """The folded title of the table that the question names, or ''."""


def candidates(base: FactBase, query: Query, rest: str | None = None, limit: int = 40) -> list[Candidate]:
    """Return the best-scored facts for a query; `rest` may replace its unrecognised text."""
    text = query.rest if rest is None else rest
    matches = base.labels.match(text, query.cues if rest is None else 0)
    titles = [title for title in base.titles if title in text]
    asked = Asked(query, text, matches, _content(query, text, matches), max(titles, key=len, default=""))
    found = [
        _score(base, fact, asked)
        for fact in base.facts.take(sorted(_promising(base, asked)))
        if not other_account(fact, query)
    ]
    found.sort(key=lambda candidate: (-candidate.score, candidate.fact.id))
    # what stays unexplained is dear to compute: only the front runners are weighed with it
    plain = plain_text(text)
    left = cache(lambda mask: unexplained(plain, mask, base.labels.weight))  # many explain the same
    front = [_weigh_rest(base, candidate, query, plain, left) for candidate in found[: limit * 2]]
    front.sort(key=lambda candidate: (-candidate.score, candidate.fact.id))
    return front[:limit]


def _promising(base: FactBase, asked: Asked) -> set[int]:
    """Return the places of the facts that may be meant."""
    query, matches = asked.query, asked.matches
    column = base.facts.column
    partly = _meant(matches, PARTLY, base.named)
    pairs = zip(column("item"), column("project"), strict=True)
    numbers = {n for n, (item, project) in enumerate(pairs) if item in partly or project in partly}
    if codes := set(_CODE.findall(asked.text)):
        numbers |= {number for number, code in enumerate(column("code")) if code in codes}
    measures, tables = column("measure"), column("table_title")
    any_part = _meant(matches, ANY, base.measures)
    about = {table for table, subject in base.subjects.items() if subject}
    named = {table for table in about if _quality(matches, base.subjects[table]) >= WHOLE_SUBJECT}
    numbers |= {n for n in base.totals if measures[n] in any_part or tables[n] in named}
    for rule in query.measures:
        for name in (rule.measure, *SAME_MEASURE.get(rule.measure, ())):
            numbers |= set(base.statements.get(name, ()))
    years, wanted = column("year"), base.years_of(query)
    other = bool(query.compared) and base.year is not None and base.year - 1 not in query.compared
    return {n for n in numbers if years[n] in wanted and not (other and measures[n] in CHANGES)}


def _content(query: Query, text: str, matches: dict[str, Match]) -> dict[str, int]:
    """Return the bigrams of a question that carry content, with the place of each."""
    plain = plain_text(text)
    whole = covered_by(match.mask for match in matches.values() if match.quality >= SHORTER) & ~query.cues
    left = {*content_places(plain, query.cues), *(at for at in range(len(plain)) if whole >> at & 1)}
    return {plain[at : at + 2]: at for at in sorted(left) if at + 1 in left}


def _score(base: FactBase, fact: Fact, asked: Asked) -> Candidate:
    query, text, matches = asked.query, asked.text, asked.matches
    item_name, project_name = fold(fact.item), fold(fact.project)
    subject_name = fold(title_rule(fact.table)[0])
    steps = [matches.get(fold(step), NO_MATCH) for step in (*fact.row_path[:-1], *fact.column_path[:-1])]
    item = matches.get(item_name, NO_MATCH)
    column = (
        matches.get(fold(fact.measure), NO_MATCH)
        if fact.column_path or fact.measure not in TEXT_MEASURES
        else NO_MATCH
    )
    if fact.measure in PLANNED or fact.measure in ("决算数", "执行数"):
        column = NO_MATCH  # such columns stand in every table: they name no figure
    if column.mask and not column.mask & ~item.mask and item.quality >= CONTEXT:
        column = NO_MATCH  # the words that name the item do not name the column again
    project = matches.get(project_name, NO_MATCH)
    if (
        item_name != project_name
        and project.quality >= CONTEXT
        and item.quality < 0.96
        and (item.mask & ~project.mask).bit_count() < 2
    ):
        item = NO_MATCH  # nor do the words that name the project
    asking = query.asks("performance") and "绩效" not in fact.table
    if asking and (item.mask & ~query.cues).bit_count() < 2:
        item = NO_MATCH  # 计划培训多少人 asks for a target, not for 人数
    subject = matches.get(subject_name, NO_MATCH)
    mask = whole = query.cues
    for match in (item, column, project, subject, *steps):
        if match.quality >= CONTEXT:
            mask |= match.mask
        if match.quality >= RENAMED_SHORT:
            whole |= match.mask
    if project.quality >= HINT:
        mask |= long_runs(project.mask)
    for name in query.scopes:
        if name == fact.scope or name in fact.measure:
            at = text.find(name[:4])
            if at >= 0:
                mask |= bits(at, min(at + len(name), len(text)))
    code = fact.code if len(fact.code) >= 3 and fact.code in text else ""
    if code:
        mask |= bits(text.find(code), text.find(code) + len(code))
    title = fold(fact.table.rpartition(" ")[2])
    if title and title in text:
        mask |= bits(text.find(title), text.find(title) + len(title))
    if title and title == asked.named_table and fact.total:
        at = text.replace(title, "，" * len(title)).find(fold(fact.row_path[-1]))
        if at >= 0:  # 某表里的总计
            item = Match(1.0, bits(at, at + len(fold(fact.row_path[-1]))))
            mask |= item.mask
    stated = 0.0
    for figure in query.figures:
        mask |= bits(figure.start, figure.end)
        own = (abs(fact.value or 0), fact.unit) == (figure.value, figure.unit)
        stated = max(stated, 1.0 if own else STATED_BESIDE * base.states(fact, figure))
    beside = base.beside.get(fact.span.first, "") if query.subunits else ""
    told = 0.0
    term = fact.measure == "名词解释" and item.quality < CONTEXT  # another term, explained in such words
    wanted = query.asks_measure(fact.measure) or _near(fact, query)
    if fact.measure in TEXT_MEASURES and wanted and not term:
        told, mask = _told(base, fact, asked.content, mask)
    features = {
        "told": told,
        "stated": stated,
        "item": item.quality,
        "item_size": min(item.size, 14) / 10 if item.quality >= CONTEXT else 0.0,
        "project": project.quality if project_name != item_name else 0.0,
        "project_whole": float(
            item_name != project_name and project.quality >= CONTEXT and item_name in WHOLES
        ),
        "project_unasked": float(bool(fact.project) and project.quality < 0.5 and item.quality < 0.9),
        "subject": subject.quality if subject_name != item_name and not is_sum(fact) else 0.0,
        "path": max(
            (match.quality for match in steps if match.quality >= CONTEXT and match.mask & ~item.mask),
            default=0.0,
        ),
        "code": float(bool(code)),
        "table_named": float(bool(title) and title in text),
        "table_other": float(bool(asked.named_table) and title != asked.named_table),
        "total_by_column": float(
            is_sum(fact) and item.quality < 0.5 and column.quality >= 0.9 and fact.measure not in CHANGES
        ),
        "total_by_subject": float(
            (fact.total or (bool(query.subunits) and is_sum(fact)))
            and item.quality < 0.5
            and subject.quality >= WHOLE_SUBJECT
        ),
        "table": 0.1 if fact.table else 0.0,
        "perform": float("绩效" in fact.table),
        "purchase_unasked": float(bool(PURCHASE.match(fact.item)) and not BUYS.search(query.folded)),
        "purchase_missed": float(
            fact.measure == "数量" and bool(BOUGHT.search(query.folded)) and "购" not in fact.item
        ),
        "rate_missed": float(rate_missed(fact, text)),
        "carried_unasked": float(carried_unasked(fact, query)),
        "carried_project": float(carried_project(fact, query)),
        "outside": float(outside(fact, query)),
        **class_features(fact, query),
        **_measure_features(fact, query, column),
        **unit_features(fact, query),
        **scope_features(fact, query),
        **subunit_features(fact, query, beside, item, project),
        "other_reason": float(
            other_reason(fact, query)
            or (fact.measure == "原因" and item.quality < _least(query) and not _reason_told(fact, asked))
        ),
        "one_of_many": float(base.one_of_many(fact, query)),
    }
    anchor = max(
        item.quality,
        0.95 * project.quality,
        0.9 * features["total_by_column"],
        0.9 * features["total_by_subject"],
        0.95 * features["code"],
        told,
    )
    return Candidate(fact, weighted(features), features, item, anchor, mask, whole, 0, 0)


def _least(query: Query) -> float:
    """Return how well the item of a reason must be named: wholly for 为什么要, why something is done."""
    return WHOLE if _WHY_DO.search(query.folded) else CONTEXT


def _reason_told(fact: Fact, asked: Asked) -> bool:
    """Tell whether the reason of one item may be that of another: of such a change, and none is named."""
    whole = [name for name, match in asked.matches.items() if match.quality >= 1 and match.size >= NAMED]
    told = f"{fold(fact.text)}，{fold(fact.item)}"
    return asks_such_change(fact, asked.query) and all(name in told for name in whole)


def _near(fact: Fact, query: Query) -> bool:
    return any(fact.measure in SAME_MEASURE.get(rule.measure, ()) for rule in query.measures)


def _told(base: FactBase, fact: Fact, content: dict[str, int], mask: int) -> tuple[float, int]:
    """Return how much of the question's content a statement speaks of, and the mask with it."""
    if not content:
        return (0.9 if fact.measure in WHOLE_STATEMENTS else 0.0), mask
    if fact.measure == "主要职能":
        return 0.0, mask  # the single duty that speaks of it is the better answer
    words = "，".join(map(fold, (fact.project, fact.item, fact.text)))
    context = base.told_of.get(fact.project, "")
    hits = [at for gram, at in content.items() if gram in words or gram in context]
    share = sum(1.0 if gram in words else BESIDE * (gram in context) for gram in content) / len(content)
    if share >= 0.4:
        for at in hits:
            mask |= bits(at, at + 2)
    return share * 0.9, mask


def _measure_features(fact: Fact, query: Query, column: Match) -> dict[str, float]:
    """How the fact's measure fits what is asked."""
    asked = [rule.measure for rule in query.measures]
    direct = fact.measure in asked
    near = any(fact.measure in SAME_MEASURE.get(name, ()) for name in asked)
    plain = fold(fact.measure) in DEFAULT_MEASURES and (not is_planned(fact) or query.account == "预算")
    default = plain or (fact.measure in ("价值", "涉及金额") and query.units[:1] == ("元",))
    named = column.quality >= 0.9
    textual = fact.measure in TEXT_MEASURES
    unasked_plan = (
        fact.measure == "预算安排规模"
        and (fact.value is None or bool(WH.search(query.folded)))
        and not OF_MONEY.search(query.folded)
    )
    other_list = fact.measure == "名单" and query.asks("performance")  # 几个单位编了目标 asks for no list
    wants_text = any(rule.kind in ("text", "change", "rate") for rule in query.measures)
    return {
        "measure_first": float(bool(asked) and fact.measure == asked[0]),
        "measure_asked": float(direct),
        "measure_near": float(near and not direct),
        "measure_default": float(default and not direct and not wants_text),
        "measure_named": column.quality if named and not default else 0.0,
        "measure_unasked": float(not (direct or near or default or named)),
        "text_unasked": float(
            (textual or unasked_plan) and not (direct or near) and not wants_text or other_list
        ),
        "text_other": float(textual and not (direct or near) and wants_text),
        "figure_unwanted": float(not textual and wants_text and not (direct or near)),
        "words_wanted": float(
            not textual
            and any(rule.kind == "text" for rule in query.measures)
            and not (direct or near or query.units or OF_AMOUNT.search(query.folded))
        ),
    }


def _weigh_rest(
    base: FactBase, candidate: Candidate, query: Query, plain: str, left: Callable[[int], tuple[int, int]]
) -> Candidate:
    mask = candidate.mask | named_again(candidate, plain)
    around = named_around(candidate.fact.table, candidate.fact.section[-1:], plain)
    if candidate.item.quality >= SHORTER:
        around |= qualified(candidate, base.uses.get(fold(candidate.fact.item), ""), plain)
    if candidate.fact.project:
        around |= part_of_project(fold(candidate.fact.project), base.projects, plain)
    unknown, known = left(mask | around)
    in_part = (
        not ("绩效" in candidate.fact.table and _OF_TARGETS.search(query.folded))
        and candidate.anchor == candidate.item.quality < RENAMED_SHORT
        and fold(candidate.fact.item) not in plain
    )
    other = in_part and any(
        end - start >= TITLE
        and plain[start:end] in titles
        and not bits(start, end) & candidate.whole
        or end - start >= NAME
        and 0 < bits(start, end) & candidate.item.mask < bits(start, end)
        and not any(alike(title, fold(candidate.fact.item)) for title in titles)
        for start, end, titles in phrases_in(plain)
    )
    by_item = candidate.item.quality if candidate.anchor == candidate.item.quality else 1.0
    features = {
        **candidate.features,
        "unknown": min(unknown, 12) / 4,
        "known": min(known, 10) / 4,
        "other_title": float(other),
        "opposed": float(by_item < ALIKE and opposed(plain, fold(candidate.fact.item))),
        "headless": float(headless(plain, mask, candidate.item.mask or candidate.mask & ~query.cues)),
        "modified": float(
            candidate.item.quality >= 0.9 and modified(plain, mask | around, candidate.item.mask)
        ),
    }
    return Candidate(
        candidate.fact,
        weighted(features),
        features,
        candidate.item,
        candidate.anchor,
        candidate.mask,
        candidate.whole,
        unknown,
        known,
    )


def _meant(matches: Mapping[str, Match], least: float, labels: Mapping[str, str]) -> set[str]:
    """Return those of some labels, given with their folded names, that are matched at least so well."""
    good = {name for name, match in matches.items() if match.quality >= least}
    return {label for label, name in labels.items() if name in good}


def _quality(matches: Mapping[str, Match], label: str) -> float:
    return matches.get(fold(label), NO_MATCH).quality
