"""Bounds that a question sets and a fact may lie outside of: a month, what was executed, part of a whole."""

from __future__ import annotations

import re
from decimal import Decimal

from index.document import Fact
from index.text import fold
from qa.answer import convert
from qa.features import CHANGES, is_sum
from qa.matching import named_pieces
from qa.names import known_places
from qa.question import BLANK, Query

_MONTH = re.compile(
    r"(?<![\d十])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月"
    r"(?!\d*日|末|底|份?的?(?:公开|公布|发布|编制|印发|披露|上报))"
)
_NUMERALS = ("零", *"一二三四五六七八九十", "十一", "十二")
_GIVEN = re.compile(r"分[了给到配得成]|拨[了给到付]|下达|给")
_WHOLE_YEAR = re.compile(r"全年|整年|一整?年(?!度)")
_PARTS_OF_YEAR = ("季度", "上半年", "下半年")
_WITHIN = re.compile(
    r"(?P<whole>基本支出|项目支出)(?:预算|经费)?(?:里面?|中(?!央|心|期)|内(?!部|设)|当中|之中)"
)
_MOST = re.compile(r"最[多大高少小低]|占|比例|比重")
_INSIDE = re.compile(r"的?(?:里|中(?!央|心|期)|内(?!部|设)|当中)")


def outside(fact: Fact, query: Query) -> bool:
    """Tell whether a question sets a bound that a figure lies outside of."""
    return (
        _of_another_time(fact, query)
        or _only_planned(fact, query)
        or _of_another_whole(fact, query)
        or states_whole(query, fact.value, fact.unit)
        or _of_another_place(fact, query)
    )


def _of_another_time(fact: Fact, query: Query) -> bool:
    """5月的用款计划: a figure of the quarter is not that of a month; nor is it that of the year."""
    if query.day or (_in_words(fact) and not query.units):
        return False
    if _WHOLE_YEAR.search(query.folded):
        return any(part in fact.item and part not in query.folded for part in _PARTS_OF_YEAR)
    months = _MONTH.findall(query.folded)
    told = "".join((fact.project, fact.item, fact.measure, *fact.row_path, *fact.column_path, fact.text))
    asked = {form for month in months for form in _forms(month)}
    return bool(months) and not any(f"{form}月" in told for form in asked)


def _forms(month: str) -> tuple[str, str]:
    """Return the number of a month in digits and in words."""
    number = int(month) if month.isdigit() else _NUMERALS.index(month)
    return str(number), _NUMERALS[number]


def _only_planned(fact: Fact, query: Query) -> bool:
    """执行数: a budget tells those of the year before at most, by name or as what changed."""
    if not query.asks_measure("执行数") or query.of_last_year or query.compared or fact.account != "预算":
        return False
    named = "执行" in "".join((fact.item, fact.measure, *fact.column_path))
    asked = fact.measure in CHANGES and (query.asks("change") or query.asks("rate"))
    return not _in_words(fact) and not asked and not named


def _of_another_whole(fact: Fact, query: Query) -> bool:
    """基本支出里的物业管理费: a project pays for another; and the other way round."""
    within = _WITHIN.search(query.rest)
    if not within or _in_words(fact):
        return False
    whole = within.group("whole")
    if fact.item == whole or (is_sum(fact) and fact.measure == whole):  # 烧暖气的钱，基本支出里安排多少
        listed = query.wants_list or _MOST.search(query.folded)
        return not listed and bool(named_pieces(_blanked(query.rest, *within.span())))
    if whole == "基本支出":
        return bool(fact.project) and fold(fact.project) not in query.folded
    return "基本支出" in fact.table


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + "，" * (end - start) + text[end:]


def _of_another_place(fact: Fact, query: Query) -> bool:
    """那石河子分了多少: what is given to a place is not told by an amount that says nothing of it."""
    if _in_words(fact) or not query.departments or not _GIVEN.search(query.rest):
        return False
    places = known_places(query.rest)
    longest = [place for place in places if not any(place in other for other in places - {place})]
    told = "".join((fact.item, fact.measure, fact.subunit, *fact.row_path, fact.quote))
    # one before a blank is where a department is, one in the project's name is no recipient
    own = [name for name in longest if f"{name}{BLANK}" not in query.rest and name not in fact.project]
    return bool(own) and not any(place in told for place in own)


def _in_words(fact: Fact) -> bool:
    return fact.value is None and bool(fact.text)


def states_whole(query: Query, value: Decimal | None, unit: str | None) -> bool:
    """Tell whether a figure is the whole that a question states itself: 449.52万元里用于评价的有多少."""
    if value is None or unit is None:
        return False
    wholes = (figure for figure in query.figures if _INSIDE.match(query.rest, figure.end))
    return any(convert(value, unit, whole.unit) == (whole.value, whole.unit) for whole in wholes)
