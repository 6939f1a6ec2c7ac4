"""Questions about several departments: which ones are meant, and what is asked of them all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from index.departments import Department
from index.naming import function_forms
from index.register import Register
from index.text import parse_figure
from qa.answer import convert
from qa.clauses import asks
from qa.operations import per_head
from qa.question import BLANK, Query, part_of

LEAST_FUNCTION, LONGEST_FUNCTION = 3, 24
"""A shorter form of a function may be part of an item."""
_FILE = Path(__file__).parent / "lexicon" / "across.json"
_OWN_UNITS = re.compile(
    r"(?:下属|所属|下设|内设|直属|预算)(?:的)?(?:各)?(?:单位|机构|部门|处室|科室)|处室|科室"
)
_NUMBERS = {char: at for at, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
_ONE_OF_ITS_OWN = re.compile(
    r"占(?:其|本|自己|自身|各自|总支出|总收入|全部支出|支出|收入|三公|基本|项目|一般)"
)
_TOP = re.compile(r"(?:前|最[多少高低大小贵]的)([一二两三四五六七八九十]|\d+)(?:名|家|个|位)?")
_PART_OF = re.compile(r"(?:是|相当于|占)□.*(?:百分之|几成)")
_OWN_RATIO = re.compile(r"(?:是|为|相当于)(?![□，一])[\u4e00-\u9fff“”（）]{2,20}?的?(?:几|多少)倍")
_FALLING_ORDER = re.compile(r"(?:从|由)?[高大多](?:到|往|至)[低小少]")
_COUNTED = re.compile(r"(?<![前哪的])([两二三四五六七八九十]|\d{1,3})(?:家|个(?:单位|部门|局))(?!以)")
_LISTED = re.compile(r"[\u4e00-\u9fff](?:，|和|与|及|以及)(?=[\u4e00-\u9fff]{2})")
_LINK = "(?:和|与|跟|同|，|比|及|以及)"
_DOUBT = re.compile(r"哪|谁|都有|有没有|是否有|有[^，?]{1,16}吗|有(?:几|多少)[家个]")
_SUM_OF_CHANGES = re.compile(r"(?:增加?|减少?|[多少涨升降])了?(?:多少|几)")
_PLACE = re.compile(r"第([二三四五])(?!季|部|条|产)")


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of several departments.

    `operator` is compare, rank, extreme, total, average, ratio, share, filter or table; `query` what is
    asked of each department by itself.
    """

    operator: str
    query: Query
    largest: bool = True
    top: int = 0
    condition: Callable[[Decimal, str], bool] | None = None
    words: str = ""
    """The condition as the question words it."""
    changes: bool = False
    """The condition is about the change against last year, with its sign."""
    place: int = 0
    """Which place of a ranking is asked for: 排第二的是谁."""
    summed: bool = False
    """The sum of those that meet the condition is asked for, too: 超过1万元的有几家，一共多少."""


@cache
def rules() -> dict[str, Any]:
    """Return the wording of sets, operators and conditions."""
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


@cache
def _compiled(kind: str, name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in rules()[kind][name])


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in rules()[kind])


def speaks_of_all(query: Query, named: Sequence[Department]) -> bool:
    """Tell whether a question is about all departments of the index: 各单位, 哪家最多, 这几家."""
    if any(pattern.search(query.rest) for pattern in _patterns("beside")):
        return True  # 在四家里排第几, 占四家合计的: one is named, all are meant
    wide = any(pattern.search(query.rest) for pattern in _patterns("wide"))
    return wide and not named and not _OWN_UNITS.search(query.rest)


def counted_departments(query: Query) -> int:
    """Return how many departments a question says it speaks of, 0 when it does not say."""
    found = _COUNTED.search(query.rest)
    return (_NUMBERS.get(found.group(1)) or int(parse_figure(found.group(1)) or 0)) if found else 0


def names_another(query: Query) -> bool:
    """Tell whether a department that the index lacks is named side by side with one that it has."""
    return bool(query.departments) and any(
        re.search(
            rf"{_LINK}(?:20\d\d年)?{re.escape(name)}|{re.escape(name)}(?:20\d\d年)?的?{_LINK}", query.folded
        )
        for name in query.unknown
    )


def asks_another(query: Query) -> str:
    """Return the department that the index lacks and that the last clause asks about: …，那某某局有多少."""
    *before, last = query.rest.rstrip("?，").rpartition("，")
    if not any(before) or BLANK in last or asks("".join(before)):
        return ""
    return next((name for name in query.unknown if re.match(rf"[那而则]?{re.escape(name)}", last)), "")


def of_one_function(query: Query, register: Register) -> tuple[Query, list[Department]]:
    """Return the query without the function that a set is named by, and who has it: 各家人社局."""
    rest = query.rest
    sizes = range(LEAST_FUNCTION, LONGEST_FUNCTION + 1)
    pieces = {rest[at : at + size] for size in sizes for at in range(len(rest) - size + 1)}
    meant = register.functions({name for piece in pieces for name in function_forms(piece)})
    for form in sorted({form for name in meant for form in function_forms(name)}, key=len, reverse=True):
        if len(form) >= LEAST_FUNCTION:
            rest = rest.replace(form, "的" * len(form))
    return replace(query, rest=rest), register.bearing(meant)


def task_of(query: Query, several: int) -> Task:
    """Return what is asked of `several` departments: the operator, and the question for each."""
    rest = query.rest
    for name in query.unknown:
        known = next((name[:size] for size in range(len(name), 1, -1) if name[:size] in rest), "")
        rest = rest.replace(known, BLANK * len(known)) if known else rest
    smallest = bool(re.search(rules()["smallest"], _FALLING_ORDER.sub("", _operator_words(rest))))
    smallest ^= bool(re.search(rules()["falling"], rest))  # 降幅最大: the smallest change
    condition, words, changes = None, "", False
    if _DOUBT.search(rest):
        condition, words, changes, rest = _condition(rest)
    found = {name: match for name in rules()["operators"] if (match := _first(name, rest))}
    if condition and f"都{words}" in query.rest and found.keys() & {"compare", "rank", "extreme"}:
        condition, changes = None, False  # 都比上年涨了，谁涨得多: said of them all, not asked
    operator = _choose(found, condition is not None, several, query)
    top = _TOP.search(rest)
    count = (_NUMBERS.get(top.group(1)) or int(parse_figure(top.group(1)) or 0)) if top else 0
    removed = [
        pattern for name in found for pattern in _compiled("operators", name) if _removes(name, operator)
    ]
    for pattern in [*removed, *_patterns("sets")]:
        rest = pattern.sub(_gap, rest)
    rest = rest.replace(BLANK, "，")
    each = replace(part_of(query, rest), folded=rest, wants_list=False, unknown=(), years=())
    if operator != "table":  # words cannot be ranked or added
        unasked = ("text", "change") if each.asks("rate") else ("text",)
        each = replace(each, measures=tuple(rule for rule in each.measures if rule.kind not in unasked))
    if changes and not any(rule.kind in ("change", "rate") for rule in each.measures):
        rest += "，比上年增减多少"
        each = replace(part_of(each, rest), folded=rest, wants_list=False)
    place = _PLACE.search(query.rest)
    single = operator != "table" or not _LISTED.search(rest)
    counted = tuple(unit for unit in query.units if unit not in ("%", "倍", "家", "元"))
    each = replace(each, one_figure=single, units=each.units or counted)
    if operator in ("share", "percent", "ratio"):  # the percentage is of the whole, not asked of each
        each = replace(each, units=tuple(unit for unit in each.units if unit not in ("%", "倍")))
    return Task(
        operator,
        each,
        not smallest,
        count,
        condition,
        words,
        changes,
        _NUMBERS[place.group(1)] if place else 0,
        operator == "filter"
        and "total" in found
        and (not changes or bool(_SUM_OF_CHANGES.search(query.rest))),
    )


def over_years(task: Task) -> Task:
    """Return a comparison of two years of one department: the change is reckoned, not asked of each."""
    if not (task.query.asks("change") or task.query.asks("rate")):
        return task
    each = replace(task.query, measures=(), units=tuple(u for u in task.query.units if u != "%"))
    return replace(task, operator="compare", query=replace(each, one_figure=True))


def _gap(match: re.Match[str]) -> str:
    """Return what takes the place of words that each department is not asked: inside a clause, particles.

    A comma there would cut off what a figure must explain: 在职人员里有硕士学历的.
    """
    text = match.string
    around = text[: match.start()][-1:] + text[match.end() :][:1]
    inside = len(around) == 2 and not set(around) & {"，", BLANK, "?"}
    return ("的" if inside else "，") * len(match.group())


def _operator_words(rest: str) -> str:
    return "".join(
        match.group()
        for name in ("rank", "extreme", "compare")
        for pattern in _compiled("operators", name)
        for match in pattern.finditer(rest)
    )


def _first(name: str, rest: str) -> re.Match[str] | None:
    for pattern in _compiled("operators", name):
        match = pattern.search(rest)
        if match and match.group():
            return match
    return None


def _choose(found: dict[str, re.Match[str]], conditional: bool, several: int, query: Query) -> str:
    """Return the operator that the words found ask for."""
    if "extreme" in found and not _TOP.search(query.rest) and not _PLACE.search(query.rest):
        return "extreme"
    if "rank" in found or "extreme" in found:
        return "rank"
    if several == 2 and _PART_OF.search(query.rest):
        return "percent"
    if "share" in found and not _ONE_OF_ITS_OWN.search(query.rest):
        return "share"
    if conditional:
        return "filter"
    own = _OWN_RATIO.search(query.rest)  # 退休人员是在职人员的几倍: of each department by itself
    if "ratio" in found and "倍" in query.rest and several == 2 and not own:
        return "ratio"
    if "average" in found and not per_head(query.rest):
        return "average"
    if "compare" in found:
        return "compare" if several == 2 else "rank"
    if "total" in found and several > 1:
        return "total"
    return "table"


def _removes(name: str, operator: str) -> bool:
    """Tell whether the words of an operator name nothing that each department is asked for."""
    return (
        name == operator
        or name in ("compare", "rank", "extreme")
        or name == "total"
        and operator in ("average", "filter")
    )


def _condition(rest: str) -> tuple[Callable[[Decimal, str], bool] | None, str, bool, str]:
    """Return (test on value and unit, its words, whether it is about changes, the rest without it)."""
    for name, patterns in rules()["conditions"].items():
        for pattern in map(re.compile, patterns):
            match = pattern.search(rest)
            if not match:
                continue
            test: Callable[[Decimal, str], bool]
            if name in ("over", "under"):
                groups = {key: value for key, value in match.groupdict().items() if value}
                unit = next(value for key, value in groups.items() if key.endswith("_unit"))
                unit = {"万": "万元", "亿": "亿元"}.get(unit, unit)
                limit = parse_figure(
                    next(v for key, v in groups.items() if not key.endswith("_unit"))
                ) or Decimal(0)
                test = _limit(limit, unit, over=name == "over")
            else:
                test = _SIGNS[name]
            without = rest[: match.start()] + _gap(match) + rest[match.end() :]
            return test, match.group(), name in ("flat", "up", "down"), without
    return None, "", False, rest


_SIGNS: dict[str, Callable[[Decimal, str], bool]] = {
    "flat": lambda value, unit: value == 0,
    "zero": lambda value, unit: value == 0,
    "some": lambda value, unit: value != 0,
    "up": lambda value, unit: value > 0,
    "down": lambda value, unit: value < 0,
}


def _limit(limit: Decimal, unit: str, over: bool) -> Callable[[Decimal, str], bool]:
    def test(value: Decimal, own: str) -> bool:
        amount, got = convert(value, own, unit)
        if got != unit:
            raise ValueError(f"单位不同：{own} 与 {unit}")
        return amount > limit if over else amount < limit

    return test
