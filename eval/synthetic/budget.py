"""The figures of one department in one year, from which everything that its document prints is reckoned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from eval.synthetic.offices import Office

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
RUNNING = "302"
"""The economic class of running costs; all others are personnel costs."""


@dataclass(frozen=True, slots=True)
class Expense:
    """A line of the economic classification, paid from basic expenditure."""

    code: tuple[str, str]
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the functional classification with all money that is spent on it."""

    code: tuple[str, str, str]
    names: tuple[str, str, str]
    basic: Decimal
    projects: Decimal
    own: Decimal = ZERO
    carried: Decimal = ZERO

    @property
    def general(self) -> Decimal:
        """What this year's general budget pays."""
        return self.basic + self.projects

    @property
    def total(self) -> Decimal:
        """All funds."""
        return self.general + self.own + self.carried


@dataclass(frozen=True, slots=True)
class Project:
    """A project paid by the general budget; `goods`, `aid` and `capital` are its kinds of expense."""

    name: str
    topic: str
    account: tuple[str, str]
    uses: tuple[str, ...]
    goods: Decimal
    aid: Decimal
    capital: Decimal
    parts: tuple[Decimal, ...]
    indicator: str
    measure: str
    target: int
    quality: int

    @property
    def amount(self) -> Decimal:
        """The whole budget of the project."""
        return self.goods + self.aid + self.capital


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a department owns at the end of the year before: areas in square metres, values in 万元."""

    area: Decimal
    building: Decimal
    vehicles: int
    enforcement: int
    vehicle_value: Decimal
    furniture: Decimal
    others: Decimal
    large: int

    @property
    def cars(self) -> int:
        """Vehicles of every kind."""
        return self.vehicles + self.enforcement


@dataclass(frozen=True, slots=True)
class Budget:
    """Everything that a disclosure prints for its own year, in 万元 unless said otherwise."""

    office: Office
    year: int
    staff: int
    retired: int
    expenses: tuple[Expense, ...]
    accounts: tuple[Account, ...]
    projects: tuple[Project, ...]
    reception: Decimal
    driving: Decimal
    goods_bought: Decimal
    works_bought: Decimal
    services_bought: Decimal
    reserved: Decimal
    owned: Holdings

    @property
    def personnel(self) -> Decimal:
        """Wages, insurance and aid."""
        return total(e.amount for e in self.expenses if e.code[0] != RUNNING)

    @property
    def running(self) -> Decimal:
        """What keeps the office going."""
        return total(e.amount for e in self.expenses if e.code[0] == RUNNING)

    @property
    def basic(self) -> Decimal:
        """Personnel and running costs."""
        return self.personnel + self.running

    @property
    def general_projects(self) -> Decimal:
        """Projects paid by the general budget."""
        return total(project.amount for project in self.projects)

    @property
    def general(self) -> Decimal:
        """This year's general budget."""
        return self.basic + self.general_projects

    @property
    def own(self) -> Decimal:
        """Money the department earns."""
        return total(account.own for account in self.accounts)

    @property
    def carried(self) -> Decimal:
        """Money left from last year."""
        return total(account.carried for account in self.accounts)

    @property
    def income(self) -> Decimal:
        """This year's income, without what is left from last year."""
        return self.general + self.own

    @property
    def total(self) -> Decimal:
        """All income, and all spending."""
        return self.income + self.carried

    @property
    def all_projects(self) -> Decimal:
        """Projects paid by all funds."""
        return self.total - self.basic

    @property
    def three_public(self) -> Decimal:
        """Receptions and vehicles; nobody travels abroad, no vehicle is bought."""
        return self.reception + self.driving

    @property
    def procurement(self) -> Decimal:
        """Goods, works and services bought."""
        return self.goods_bought + self.works_bought + self.services_bought


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of amounts of money, which may be none."""
    return sum(amounts, ZERO)


def rounded(value: Decimal) -> Decimal:
    """Return a value to two places, halves up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Return what share of the whole a part is, in percent; all of it where the whole is nothing."""
    return rounded(part / whole * 100) if whole else Decimal("100.00") if part else ZERO
