"""The rows below a total or parent row, the parts of a project, and the largest or smallest of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.document import Fact
from index.text import fold, is_unknown
from qa.acceptance import supports
from qa.answer import Answer, Value, amount
from qa.features import TEXT_MEASURES, is_sum
from qa.lookup import Candidate
from qa.matching import opposed
from qa.question import Query
from qa.wording import Desk, figure_of, name_of

MAX_ROWS = 40
"""A longer list is no answer but a table."""
EXTREME = re.compile(r"(?:最)(多|大|高|少|小|低)")
_BALANCE = re.compile(r"年[初末].*结[转余]|结余分配|使用非财政拨款结余")
_BY_UNIT = re.compile(
    r"按单位|哪个(?:预算|下属)?单位|哪家|下属单位|各(?:个)?单位|哪些单位|各家|哪几家|每(?:个)?单位|每家|单位分布"
)


BY_ACCOUNT = re.compile(
    r"(?:哪些|什么|哪几个|哪几项)(?:经济|功能)?(?:分类)?科目|科目(?:有哪些|明细|构成|分别)"
)


def listed_rows(desk: Desk, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer | None:
    """The rows below a total, by project or by unit, when a list is asked for."""
    asked = query.wants_list or EXTREME.search(query.folded) or BY_ACCOUNT.search(query.folded)
    if not asked or best.fact.measure in TEXT_MEASURES:
        return None
    options = []
    for candidate in found:
        by_unit = _BY_UNIT.search(query.folded) and candidate.item.quality >= best.item.quality - 0.05
        if candidate is best or supports(candidate, best) or by_unit:
            rows = rows_below(desk, query, candidate.fact)
            if 2 <= len(rows) <= MAX_ROWS:
                options.append((candidate.fact, rows))
    if EXTREME.search(query.folded) and "收入" in query.folded:  # what it is spent on is no kind of income
        options = [option for option in options if any("收入" in f.item for f in option[1])]
    wants_projects = "项目" in query.folded and "科目" not in query.folded
    if wants_projects and "项目支出" in fold(name_of(best.fact)):  # its accounts are no projects
        options = [option for option in options if all(f.project for f in option[1])]
    if not options:
        return None
    wants_units = bool(_BY_UNIT.search(query.folded))

    def fitness(option: tuple[Fact, list[Fact]]) -> tuple[bool, bool, bool, int]:
        """Rows of the kind asked for first, the whole table's before a unit's, then the most."""
        total, rows = option
        kind = (
            wants_units and is_sum(rows[0]) or wants_projects and (not rows[0].code or bool(rows[0].project))
        )
        return kind, total.total, total is best.fact, len(rows)

    fact, chosen = max(options, key=fitness)
    by_unit = all(is_sum(f) for f in chosen)
    extreme = EXTREME.search(query.folded)
    if extreme:
        return _extreme_row(desk, query, fact, chosen, largest=extreme.group(1) in "多大高")
    values = tuple(Value(f.subunit if by_unit else f.item, *figure_of(f)) for f in chosen)
    lines = "；".join(f"{v.label} {amount(v.value, v.unit)}" for v in values)
    head = f"{desk.who(fact)}{name_of(fact)} {amount(*figure_of(fact))}，共 {len(values)} 项："
    return Answer(
        query.question,
        "answered",
        head + lines + "。",
        None,
        None,
        values,
        desk.cite([fact, *chosen]),
        facts=(fact, *chosen),
    )


def _extreme_row(desk: Desk, query: Query, fact: Fact, rows: Sequence[Fact], largest: bool) -> Answer:
    """Return the largest or smallest of the rows below a total."""
    first = (max if largest else min)(rows, key=lambda f: figure_of(f)[0])
    value, unit = figure_of(first)
    label = first.subunit if is_sum(first) else first.item
    others = sorted(rows, key=lambda f: figure_of(f)[0], reverse=largest)
    rank = "最多" if largest else "最少"
    claim = f"{name_of(fact)}中{rank}的是{label}，{amount(value, unit)}"
    text = f"{desk.who(fact)}{claim}（共比较 {len(rows)} 项）。"
    values = tuple(Value(f.subunit if is_sum(f) else f.item, *figure_of(f)) for f in others)
    return Answer(
        query.question,
        "answered",
        text,
        value,
        unit,
        values,
        desk.cite([first, *others]),
        (f"比较 {len(rows)} 项取{'最大' if largest else '最小'}",),
        facts=(first, fact),
    )


def rows_below(desk: Desk, query: Query, fact: Fact) -> list[Fact]:
    """Return the facts of the rows that a total or parent row sums, blanks left out."""
    if "绩效" in fact.table or not (fact.table or fact.project):
        return []
    column = desk.base.facts.having(table_title=(fact.table,), column_path=(fact.column_path,))
    if any(is_unknown(f.text) for f in column):
        return []  # a list or a largest row that may lack one
    rows = [f for f in column if f.value]
    units = [f for f in rows if is_sum(f) and not f.total]
    if units and _BY_UNIT.search(query.folded):
        return units
    below = [f for f in rows if fact.row_path and f.row_path[:-1] == fact.row_path]
    while len(below) == 1 and (deeper := [f for f in rows if f.row_path[:-1] == below[0].row_path]):
        below = deeper  # the only 款 of a 类 is no list of its parts
    if not is_sum(fact) and below:
        return below
    if fact.project:
        parts = [
            f
            for f in desk.base.facts.having(measure=("分配金额",), subunit=("", fact.subunit))
            if fold(f.item) != fold(f.project) and fold(f.project) == fold(fact.project)
        ]
        return parts if parts and "项目" not in query.folded[-8:] else []
    if not is_sum(fact):
        return []
    inside = [f for f in rows if not is_sum(f) and (fact.total or f.subunit == fact.subunit)]
    inside = [f for f in inside if not _BALANCE.search(f.item)]
    if any("收入" in f.item for f in inside):  # a table of two sides
        inside = [f for f in inside if not opposed(fold(fact.item), fold(f.item))]
    if BY_ACCOUNT.search(query.folded):
        above = {f.row_path[:-1] for f in inside}
        return [f for f in inside if f.row_path not in above]
    projects = [f for f in inside if f.project]
    if projects and "项目" in query.folded:
        return projects
    depth = min((len(f.row_path) for f in inside), default=1)
    return [f for f in inside if len(f.row_path) == depth]
