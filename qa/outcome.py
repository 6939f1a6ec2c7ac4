"""What was spent held against what was planned: a final account tells both side by side."""

from __future__ import annotations

import re
from dataclasses import replace

from index.document import Fact
from qa.acceptance import acceptable
from qa.answer import Answer, amount
from qa.compute import Operand, share
from qa.lookup import candidates
from qa.question import Query
from qa.wording import Desk, figure_of, label_of

_PLAN = re.compile(r"(?:年初|全年|当年|调整)?(?:的)?预算(?:数|安排)?")
_EXCEEDED = re.compile(r"超[出过支了]?(?:年初)?预算")
_OUTCOME = re.compile(r"支出决算数?|决算(?:数|支出)?|实际(?:支出|执行|花费|完成|使用|花的|用的)*数?|执行数")
"""What a final account tells side by side of an item."""


def completed(desk: Desk, query: Query) -> Answer | None:
    """Return what share of its budget an account has come to, where both stand side by side."""
    both = _done_and_planned(desk, query, query.rest)
    if not both:
        return None
    done, budget = both
    result = share(Operand(label_of(done), *figure_of(done)), Operand(label_of(budget), *figure_of(budget)))
    text = (
        f"{desk.who(done)}{done.item}完成{budget.measure}的 {amount(result.value, '%')}（{result.formula}）。"
    )
    return Answer(
        query.question, "answered", text, result.value, "%", (), desk.cite([done, budget]), (result.formula,),
        facts=(done, budget),
    )  # fmt: skip


def against_plan(desk: Desk, query: Query) -> list[Fact]:
    """Return what was spent and what was planned of an item, in the order in which they are compared."""
    plan, outcome = _PLAN.search(query.rest), _OUTCOME.search(query.rest)
    exceeded = _EXCEEDED.search(query.rest)
    if not plan or not (outcome or exceeded) or query.account != "决算":
        return []
    rest = query.rest
    for pattern in (_EXCEEDED, _PLAN, _OUTCOME):
        rest = pattern.sub(lambda match: "，" * len(match.group()), rest)
    both = _done_and_planned(desk, query, rest)
    reverse = outcome is not None and plan.start() < outcome.start()
    return list(reversed(both) if reverse else both) if both else []


def _done_and_planned(desk: Desk, query: Query, words: str) -> tuple[Fact, Fact] | None:
    """Return the final account of the item that `words` name, and its budget beside it."""
    plain = replace(query, measures=(), units=("元",))
    found = [
        c.fact for c in candidates(desk.base, plain, words) if acceptable(c) and c.fact.value is not None
    ]
    done = next((fact for fact in found if fact.measure in ("决算数", "执行数")), None)
    if done is None:
        return None
    planned = ("全年预算数",) if "全年" in query.folded else ("年初预算数", "预算数", "全年预算数")
    options = (
        fact
        for measure in planned
        for fact in desk.base.facts.having(
            measure=(measure,), item=(done.item,), row_path=(done.row_path,), scope=(done.scope,)
        )
        if fact.value
    )
    budget = next(options, None)
    return (done, budget) if budget else None
