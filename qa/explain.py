"""Why an answer is what it is: the query as understood, the candidates, the reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.naming import short_name
from qa.acceptance import refusal
from qa.groups import names_another, speaks_of_all, task_of
from qa.lookup import Candidate, candidates
from qa.operations import asked_operation
from qa.question import Query
from qa.wording import figure_of

if TYPE_CHECKING:
    from qa.assistant import Assistant

SHOWN = 6
"""Candidates shown of a document."""
DOCUMENTS = 4
"""Documents whose candidates are shown."""


def explained(assistant: Assistant, query: Query) -> tuple[str, ...]:
    """Return the query as understood, the operator, and the best candidates with why each is taken or not."""
    named = assistant.named(query)
    lines = [*_understood(query)]
    infos = assistant.store.documents_of(named) if named else assistant.promising(query)
    asked = query
    if len(named) > 1 or names_another(query) or speaks_of_all(query, named):
        task = task_of(query, len(named) or len(infos))
        asked = task.query
        lines.append(f"多部门：算子 {task.operator}" + (f"，条件“{task.words}”" if task.words else ""))
        lines.append(f"对每个部门问：{asked.rest}")
    else:
        lines.append(f"算子：{asked_operation(query) or '直接查找'}")
    for info in infos[:DOCUMENTS]:
        lines.append(f"候选（{short_name(info.entity)} {info.year or ''} {info.account}）：")
        found = candidates(assistant.base(info.name), asked)[:SHOWN]
        lines += [_candidate(candidate) for candidate in found] or ["  没有候选"]
    if len(infos) > DOCUMENTS:
        lines.append(f"另有 {len(infos) - DOCUMENTS} 份文件未列出")
    return tuple(lines)


def _understood(query: Query) -> Iterator[str]:
    yield f"部门：{'、'.join(map(short_name, query.departments)) or '未指明'}"
    for name, found in (
        ("未收录的部门", query.unknown),
        ("排除的部门", query.excluded),
        ("所属单位", query.subunits),
        ("年度", tuple(map(str, query.years))),
        ("比较的年度", tuple(map(str, query.compared))),
        ("口径", query.scopes),
        ("问的是", tuple(rule.measure for rule in query.measures)),
        ("单位", query.units),
    ):
        if found:
            yield f"{name}：{'、'.join(found)}"
    if query.account:
        yield f"预算或决算：{query.account}"
    yield f"用来查找的文字：{query.rest}"


def _candidate(candidate: Candidate) -> str:
    fact = candidate.fact
    value, unit = figure_of(fact)
    said = f"{value} {unit}".strip() if fact.value is not None or not fact.text else fact.text[:24]
    where = fact.table or "正文"
    unit_inside = f"·{fact.subunit}" if fact.subunit else ""
    project = f"{fact.project}·" if fact.project and fact.project != fact.item else ""
    why = refusal(candidate)
    features = "，".join(f"{name} {value:.2f}" for name, value in candidate.features.items() if value)
    verdict = f"不采用：{why}" if why else "可采用"
    return (
        f"  {candidate.score:6.2f}  {project}{fact.item}（{fact.measure}）= {said}"
        f"  [{where}{unit_inside}，第 {fact.span.first} 行]  {verdict}  （{features}）"
    )
