"""Draws the figures of a department at random, yet closing as a real budget does.

What a department did last year is drawn as its document of last year has it, so changes told in one
year agree with the document of the other.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from eval.synthetic.budget import (
    CENT,
    RUNNING,
    ZERO,
    Account,
    Budget,
    Expense,
    Holdings,
    Project,
    rounded,
    total,
)
from eval.synthetic.offices import Office, words

_WAGES, _AIDS = "301", "303"
_INSURANCE = (
    ("08", "机关事业单位基本养老保险缴费", Decimal("0.16")),
    ("10", "职工基本医疗保险缴费", Decimal("0.08")),
    ("13", "住房公积金", Decimal("0.12")),
)
"""What is paid for each kind of insurance, as a share of the wages."""


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    return {function["name"]: function for function in words()["functions"]}


@dataclass(frozen=True, slots=True)
class _Habits:
    """What stays the same with a department over the years."""

    staff: int
    retired: int
    rates: tuple[Decimal, ...]
    reception: Decimal
    driving: Decimal
    sizes: tuple[Decimal, ...]
    own: Decimal
    carried: Decimal
    owned: Holdings


class _Chance:
    """Draws figures; the same name draws the same ones."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(name)

    def whole(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def money(self, low: int, high: int) -> Decimal:
        return Decimal(self._random.randint(low * 100, high * 100)) * CENT

    def about(self, value: Decimal) -> Decimal:
        """Return an amount up to 15 % below or 20 % above; one in eight stays as it is."""
        if self._random.random() < 0.125:
            return value
        return rounded(value * self._random.randint(850, 1200) / 1000)

    def split(self, value: Decimal, parts: int) -> tuple[Decimal, ...]:
        """Return so many parts that add up to the value."""
        weights = [self._random.randint(1, 9) for _ in range(parts)]
        shares = [rounded(value * weight / sum(weights)) for weight in weights[:-1]]
        return (*shares, value - total(shares))


@lru_cache(maxsize=1024)
def _habits(office: Office, seed: int) -> _Habits:
    chance = _Chance(f"{seed}/{office.entity}")
    w = words()
    staff = chance.whole(9, 160)
    several = len([*w["wages"], *w["goods"], *w["aids"]])
    vehicles, enforcement = chance.whole(1, 9), chance.whole(0, 3)
    return _Habits(
        staff,
        max(1, staff * chance.whole(10, 60) // 100),
        tuple(Decimal(chance.whole(70, 130)) / 100 for _ in range(several)),
        chance.money(0, 9),
        chance.money(2, 5) * (vehicles + enforcement),
        tuple(chance.money(8, 900) for _ in range(chance.whole(1, 2))),
        chance.money(5, 300) if chance.whole(0, 1) else ZERO,
        chance.money(1, 200) if chance.whole(0, 1) else ZERO,
        Holdings(
            chance.money(300, 12000),
            chance.money(50, 4000),
            vehicles,
            enforcement,
            chance.money(12, 30) * (vehicles + enforcement),
            chance.money(10, 400),
            chance.money(5, 900),
            chance.whole(0, 3),
        ),
    )


@lru_cache(maxsize=64)
def budget(office: Office, year: int, seed: int) -> Budget:
    """Return a department's budget of a year."""
    habits, chance = _habits(office, seed), _Chance(f"{seed}/{office.entity}/{year}")
    staff = habits.staff + chance.whole(-2, 3)
    reception, driving = chance.about(habits.reception), chance.about(habits.driving)
    expenses = _expenses(habits, chance, staff, reception, driving)
    projects = _projects(office, year, habits, chance)
    own, carried = chance.about(habits.own), chance.about(habits.carried)
    bought = rounded(total(p.goods + p.capital for p in projects) * chance.whole(30, 90) / 100)
    goods, services, works = chance.split(bought, 3)
    if chance.whole(0, 1):
        works, services = ZERO, services + works
    return Budget(
        office,
        year,
        staff,
        habits.retired,
        expenses,
        _accounts(office, expenses, projects, own, carried),
        tuple(sorted(projects, key=lambda project: project.account)),
        reception,
        driving,
        goods,
        works,
        services,
        rounded(bought * chance.whole(30, 100) / 100),
        habits.owned,
    )


def _expenses(
    habits: _Habits, chance: _Chance, staff: int, reception: Decimal, driving: Decimal
) -> tuple[Expense, ...]:
    w, rates = words(), iter(habits.rates)

    def drawn(kind: str, lines: Sequence[tuple[str, str, float]]) -> list[Expense]:
        return [
            Expense((kind, code), name, chance.about(rounded(Decimal(str(each)) * staff * next(rates))))
            for code, name, each in lines
        ]

    wages = drawn(_WAGES, w["wages"])
    paid = total(expense.amount for expense in wages)
    wages += [Expense((_WAGES, code), name, rounded(paid * share)) for code, name, share in _INSURANCE]
    goods = drawn(RUNNING, w["goods"])
    goods += [
        Expense((RUNNING, "17"), "公务接待费", reception),
        Expense((RUNNING, "31"), "公务用车运行维护费", driving),
    ]
    pensions = Expense((_AIDS, "02"), "退休费", chance.about(Decimal(habits.retired) * Decimal("2.40")))
    aids = [pensions, *drawn(_AIDS, w["aids"])]
    ordered = sorted([*wages, *goods, *aids], key=lambda expense: expense.code)
    return tuple(expense for expense in ordered if expense.amount)


def _projects(office: Office, year: int, habits: _Habits, chance: _Chance) -> tuple[Project, ...]:
    made = []
    for kind, size in zip(_kinds()[office.function]["projects"], habits.sizes, strict=False):
        amount = chance.about(size)
        uses = tuple(kind["use"].split("、"))
        goods, aid, capital = chance.split(amount, 3)
        if chance.whole(0, 1):
            goods, capital = goods + capital, ZERO
        if chance.whole(0, 1):
            goods, aid = goods + aid, ZERO
        made.append(
            Project(
                f"{year}年{kind['topic']}项目",
                kind["topic"],
                (kind["code"], kind["account"]),
                uses,
                goods,
                aid,
                capital,
                chance.split(amount, len(uses)),
                kind["indicator"],
                kind["measure"],
                chance.whole(5, 900),
                chance.whole(88, 100),
            )
        )
    return tuple(made)


def _accounts(
    office: Office, expenses: Sequence[Expense], projects: Sequence[Project], own: Decimal, carried: Decimal
) -> tuple[Account, ...]:
    """Return the functional lines, ordered by code; what no insurance takes runs the office."""
    kind = _kinds()[office.function]
    paid = {expense.name: expense.amount for expense in expenses}
    social, retired = ("208", "社会保障和就业支出"), ("05", "行政事业单位养老支出")
    health, medical = ("210", "卫生健康支出"), ("11", "行政事业单位医疗")
    housing, reform = ("221", "住房保障支出"), ("02", "住房改革支出")
    shares = [
        (social, retired, ("01", "行政单位离退休"), paid["退休费"]),
        (social, retired, ("05", "机关事业单位基本养老保险缴费支出"), paid["机关事业单位基本养老保险缴费"]),
        (health, medical, ("01", "行政单位医疗"), paid["职工基本医疗保险缴费"]),
        (housing, reform, ("01", "住房公积金"), paid["住房公积金"]),
    ]
    rest = total(paid.values()) - total(share[-1] for share in shares)
    kept = [_account(top, middle, last, amount) for top, middle, last, amount in shares]
    main, home, section = kind["class"], kind["office"], kind["section"]
    kept.append(_account(main, home, ("01", "行政运行"), rest))
    for at, project in enumerate(projects):
        kept.append(
            replace(
                _account(main, section, project.account, ZERO),
                projects=project.amount,
                own=own if at == 0 else ZERO,
                carried=carried if at == len(projects) - 1 else ZERO,
            )
        )
    return tuple(sorted(kept, key=lambda account: account.code))


def _account(top: Sequence[str], middle: Sequence[str], last: Sequence[str], basic: Decimal) -> Account:
    return Account((top[0], middle[0], last[0]), (top[1], middle[1], last[1]), basic, ZERO)
