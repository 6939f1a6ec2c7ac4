"""What a fact's own labels say to a question: features of its measure, unit, scope and place.

Each function returns named features; `lexicon/weights.json` says how much each counts.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from index.document import Fact
from index.naming import name_forms, unit_forms
from index.text import fold
from qa.matching import Match
from qa.question import Query

_ECONOMIC = re.compile(r"经济(?:分类|科目)")
_FUNCTIONAL = re.compile(r"功能(?:分类|科目)")
_FUND = re.compile(r"(?:一般公共|政府性基金|国有资本经营)预算")
PURCHASE = re.compile(r"(?:计划|安排|拟)?购置")
"""A prose item about what is to be bought, not about what is there."""
_FROM_PLAN = re.compile(r"(?:大于|小于|高于|低于|超出|超过)(?:年初)?预算数?的?(?:主要)?原因")
_WITH_PLAN = re.compile(r"(?:决算|实际|完成|支出|花)[^，?]{0,10}预算|预算[^，?]{0,10}(?:决算|实际|完成)")
_WITH_LAST_YEAR = re.compile(r"[比较跟和与同](?:上年|去年|上一年|前一年)|同比")
_CHANGE = re.compile(r"[增减降涨升跌掉砍缩多少高低变差零空持波]|[没未不无]|结[转余]|突然")
_ROSE = re.compile(r"增[加长多]|上?涨|升高|上升|提高|变多|多了|多出|更多|增了")
_FELL = re.compile(r"减[少低]|下降|降[低了]|变少了?|更少|少了|压减|跌|掉了|砍|缩")
OF_MONEY = re.compile(r"多少|几|钱|预算|资金|款|安排|规模|花|分配|计划|怎么用")
"""Words that a plan of payments told in words may answer."""
OF_AMOUNT = re.compile(r"多少|几|金额|规模|花")
BUYS = re.compile(r"购|买|采|添置|新增")
WH = re.compile(r"什么|啥|哪|谁|怎|如何|何时")
"""Words that ask for something else than an amount, where none of money stands beside them."""
BOUGHT = re.compile(r"(?:购置|购买|添置|更新|采购|买)了?(?:几|多少)")
"""What is counted is what is bought, not what is there."""
_PER_ONE = re.compile(
    r"(?:每一?|(?<![第唯同统])一)(?:个人|人(?!民)|名|位|套|辆|台|平方米|平米|场|次(?!性)|户|件|亩|公里)(?:次)?(?:[^，?]{0,8}(?:多少|几)|的?(?:标准|价))"
    r"|人均|平均(?:一|每)|[均单]价(?:是|为)?多少"
)
_OF_ONE = re.compile(r"均|每|单价|标准|单个|一次|/")
"""Words of an item, a column or a unit that tell an amount for one person or thing."""
_CARRIED = re.compile(
    r"结转|上年|去年|上一年|剩|余|没[^，?]{0,2}[花用付支]|未[花用付支完]|滚存|跨年|留下|遗留|往年|以前年度"
)
"""Words that ask for money left over from the year before."""
_RATE = re.compile(r"(?<![效利税费汇功概频])率")
DEFAULT_MEASURES = frozenset(
    fold(name)
    for name in (
        "合计",
        "总计",
        "小计",
        "预算数",
        "决算数",
        "本年支出合计",
        "预算金额",
        "金额",
        "项目支出合计",
        "数量",
        "指标值",
        "预算安排规模",
        "分配金额",
    )
)
TEXT_MEASURES = frozenset(
    [
        "原因",
        "用途",
        "组成",
        "名词解释",
        "职能条目",
        "主要职能",
        "名单",
        "设立的政策依据",
        "项目承担单位",
        "资金分配情况",
        "资金执行时间",
        "资金来源",
        "项目概述",
        "实施方案",
        "位置",
        "补贴标准",
        "补贴范围",
        "补贴方式",
        "发放程序",
        "受益人群和社会效益",
        "项目总体目标",
        "年度绩效目标",
        "指标赋分规则",
        "指标值设置依据",
        "佐证资料",
    ]
)
PLANNED = frozenset({"预算数", "年初预算数", "全年预算数"})
"""Measures that in a final account tell the plan, not what was spent."""
CHANGES = frozenset({"增减额", "增减率"})
"""Measures that compare with the year before, with no other."""
WHOLE_STATEMENTS = frozenset({"主要职能", "名单"})
"""Statements that answer a question without further content: 主要职能是什么."""
SAME_MEASURE = {
    "项目总体目标": {"年度绩效目标", "绩效目标"},
    "增减额": {"增减率"},
    "增减率": {"增减额"},
    "资金分配情况": {"用途"},
    "用途": {"资金分配情况", "项目概述"},
    "项目概述": {"用途", "资金分配情况"},
    "主要职能": {"职能条目"},
    "组成": {"名词解释"},
    "预算数": {"年初预算数"},
    "年初预算数": {"预算数"},
}
PIECES = frozenset("台套件部")
"""Counters of equipment, which documents use one for the other."""
GENERIC_UNITS = frozenset(("个", "项", "%"))
"""Asked for with 几个 or 百分之几, a figure may still come in another unit."""
_WEIGHTS = Path(__file__).parent / "lexicon" / "weights.json"


def unit_features(fact: Fact, query: Query) -> dict[str, float]:
    """Whether the fact's unit can answer 几辆, 多少人, 多少钱."""
    if not query.units or fact.measure in TEXT_MEASURES:
        return {"unit_fits": 0.0, "unit_clashes": 0.0}
    fitting = [same_kind(name, fact.unit) for name in query.units]
    first = 0.7 if len(fitting) > 1 and not fitting[0] else 1.0
    counted = [unit for unit in query.units if unit not in GENERIC_UNITS]
    in_words = fact.value is None and bool(fact.text) and "元" not in counted
    clashes = bool(counted) and not any(fitting) and (bool(fact.unit) or in_words)
    return {"unit_fits": first * any(fitting), "unit_clashes": float(clashes)}


def same_kind(asked: str, unit: str) -> bool:
    """Tell whether a fact's unit answers the kind of unit asked for (元 stands for all money)."""
    base = unit.partition("/")[0]
    if asked in PIECES and base[:1] in PIECES:
        return True
    return base.endswith("元") if asked == "元" else asked in base


def class_features(fact: Fact, query: Query) -> dict[str, float]:
    """Whether a row is of the classification asked for: 功能分类 codes begin with 2, 经济分类 with 3 or 5."""
    asked = _classes(query.folded)
    known = bool(asked and fact.code)
    return {
        "class_fits": float(known and fact.code[0] in asked),
        "class_clashes": float(known and fact.code[0] not in asked),
    }


@lru_cache(maxsize=64)
def _classes(folded: str) -> str:
    """Return the first digits of codes of the classification that a question asks for, '' for any."""
    return ("35" if _ECONOMIC.search(folded) else "") + ("2" if _FUNCTIONAL.search(folded) else "")


def scope_features(fact: Fact, query: Query) -> dict[str, float]:
    """Whether the fact speaks of the money asked for; unasked, the widest scope is natural."""
    part = float("基本支出" in fact.table and "基本支出" not in query.rest)
    return {**_scope_fit(fact, query), "scope_part": part}


def _scope_fit(fact: Fact, query: Query) -> dict[str, float]:
    if query.scopes:
        where = (fact.scope, fact.measure, fact.item, *fact.column_path)
        fits = any(name in words for name in query.scopes for words in where)
        return {
            "scope_fits": float(fits),
            "scope_clashes": float(not fits and bool(fact.scope)),
            "scope_wide": 0.0,
        }
    return {"scope_fits": 0.0, "scope_clashes": 0.0, "scope_wide": float(fact.scope == "全口径")}


def subunit_features(fact: Fact, query: Query, beside: str, item: Match, project: Match) -> dict[str, float]:
    """Whether the fact belongs to the unit inside the department that the question names."""
    inside = fact.subunit and fold(fact.subunit) not in {form for form in name_forms(fact.entity)}
    if query.subunits:
        wanted = {form for unit in query.subunits for form in name_forms(unit)}
        fits = bool(fact.subunit) and bool(wanted & set(name_forms(fact.subunit)))
        told = project.quality >= 0.8 or any(
            form in beside for unit in query.subunits for form in unit_forms(unit)
        )
        return {
            "subunit_fits": float(fits),
            "subunit_clashes": float(not fits),
            "subunit_unasked": 0.0,
            "subunit_other": float(not fits and not told),
        }
    return {
        "subunit_fits": 0.0,
        "subunit_clashes": 0.0,
        "subunit_other": 0.0,
        "subunit_unasked": float(
            is_sum(fact) and not fact.total or bool(inside) and max(item.quality, project.quality) < 0.9
        ),
    }


def measure_fits(measure: str, asked: str) -> bool:
    """Tell whether a fact's measure is the one asked for, under this name or an equal one."""
    return measure == asked or measure in SAME_MEASURE.get(asked, ())


def other_reason(fact: Fact, query: Query) -> bool:
    """Tell whether a reason is for another difference: from the budget, not from the year before."""
    if fact.measure != "原因" or fact.account != "决算":
        return False
    of_plan = bool(_FROM_PLAN.search(fact.quote))
    asked = bool(_WITH_PLAN.search(query.folded))
    return asked != of_plan and (asked or bool(query.compared) or bool(_WITH_LAST_YEAR.search(query.folded)))


def asks_such_change(fact: Fact, query: Query) -> bool:
    """Tell whether a question speaks of a difference like the one that a reason is given for.

    为什么要办培训班 speaks of none; 怎么涨了 is not answered with why something fell.
    """
    if not _CHANGE.search(query.folded):
        return False
    rose, fell = (bool(pattern.search(query.folded)) for pattern in (_ROSE, _FELL))
    rises, falls = (bool(pattern.search(fact.quote)) for pattern in (_ROSE, _FELL))
    return not (rose and not fell and falls and not rises or fell and not rose and rises and not falls)


def is_planned(fact: Fact) -> bool:
    """Tell whether a figure of a final account is what was planned."""
    return fact.account == "决算" and fact.measure in PLANNED


def other_account(fact: Fact, query: Query) -> bool:
    """Tell whether a figure says what was spent though the plan is asked for."""
    settled = fact.account == "决算" and fact.unit.endswith("元") and not is_planned(fact)
    named = "预算" in _FUND.sub("", fact.item) or fact.measure in CHANGES
    return query.account == "预算" and settled and not named


def is_sum(fact: Fact) -> bool:
    """Tell whether a fact stands in a total row, of the table or of a unit."""
    return is_total(fact.total, fact.table, fact.subunit, fact.row_path)


def is_total(total: bool, table: str, subunit: str, row_path: tuple[str, ...]) -> bool:
    """Tell of a fact with these attributes whether it stands in a total row."""
    return total or bool(table and subunit and row_path[-1:] == (subunit,))


def near(one: Fact, other: Fact) -> bool:
    """Tell whether two facts stand in one place: the same row or paragraph."""
    if one.span.first is None or other.span.first is None or one.span.last is None or other.span.last is None:
        return one.span.page == other.span.page
    return one.span.first <= other.span.last + 2 and other.span.first <= one.span.last + 2


@cache
def weights() -> dict[str, float]:
    """Return the weight of each feature."""
    found: dict[str, float] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))["weights"]
    return found


def weighted(features: dict[str, float]) -> float:
    """Return the score of a fact: the weighted sum of its features."""
    table, score = weights(), 0.0
    for name, value in features.items():
        if value:
            score += table.get(name, 0.0) * value
    return score


def rate_missed(fact: Fact, text: str) -> bool:
    """Tell whether a rate is asked and the fact is none: 每人多少钱 of an amount for all, 调解率 of money."""
    if fact.value is None and fact.text:
        return False
    per_one, rate = _rates(text)
    if not per_one and not rate:
        return False
    labels = "，".join((fact.unit, fact.measure, *fact.row_path, *fact.column_path))
    if per_one and not _OF_ONE.search(labels):
        return True
    return rate and fact.unit.endswith("元") and not _RATE.search(labels)


@lru_cache(maxsize=64)
def _rates(text: str) -> tuple[bool, bool]:
    """Tell whether a text asks for an amount for one of many, and for a rate."""
    return bool(_PER_ONE.search(text)), bool(_RATE.search(text))


def carried_project(fact: Fact, query: Query) -> bool:
    """Tell whether a project is that of money left over, of which nothing is asked: 某某项目（上年结转）."""
    return "结转" in fact.project and not _CARRIED.search(query.folded)


def carried_unasked(fact: Fact, query: Query) -> bool:
    """Tell whether a figure stands among the money left over from last year, of which nothing is asked."""
    place = f"{fact.table}{fact.scope if fact.value is not None else ''}"
    return "结转" in place and not _CARRIED.search(query.folded)
