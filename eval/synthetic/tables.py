"""The budget tables of a disclosure, in the forms that departments publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from eval.synthetic.budget import RUNNING, ZERO, Account, Budget, total
from eval.synthetic.offices import words
from eval.synthetic.page import Page, Row, blank, money

_CODES = ("类", "款", "项")
_EMPTY = {
    "表8 政府性基金预算支出情况表": "政府性基金预算",
    "表9 国有资本经营预算支出情况表": "国有资本经营预算",
}


def write_tables(page: Page, b: Budget) -> None:
    """Add all budget tables to a page."""
    owner = f"编制部门：{b.office.entity}"
    for write in (_overview, _income, _spending, _grants, _general, _basic, _projects, _empty, _three_public):
        write(page, owner, b)


def classes(accounts: Sequence[Account]) -> Iterator[tuple[str, str, list[Account]]]:
    """Yield code and name of each class with its accounts."""
    for (code, name), members in groupby(accounts, key=lambda a: (a.code[0], a.names[0])):
        yield code, name, list(members)


def _overview(page: Page, owner: str, b: Budget) -> None:
    left = [
        Row(("一、本年收入", money(b.income))),
        Row(("1.一般公共预算拨款", money(b.general)), {1: "一般公共预算拨款"}),
        Row(("2.政府性基金预算拨款", "")),
        Row(("3.国有资本经营预算拨款", "")),
        Row(("4.财政专户核拨", "")),
        Row(("5.单位资金", blank(b.own)), {1: "单位资金"}),
        Row(("二、上年结转结余", blank(b.carried)), {1: "上年结转"}),
        Row(("1.财政拨款结转", blank(b.carried))),
        Row(("2.非财政拨款结转结余", "")),
    ]
    right = _by_class(b.accounts, lambda a: a.total, len(left))
    rows = [Row((*one.cells, *other), one.facts) for one, other in zip(left, right, strict=True)]
    rows.append(Row(("收入总计", money(b.total), "支出总计", money(b.total)), {1: "收支总计"}))
    header = [("收入", "", "支出", ""), ("项目", "预算数", "科目名称", "预算数")]
    page.table("表1 部门收支总体情况表", owner, header, rows)


def _by_class(
    accounts: Sequence[Account], amount: Callable[[Account], Decimal], count: int
) -> list[tuple[str, str]]:
    """Return so many classes with their amounts, also some for which nothing is planned."""
    planned = {f"{code} {name}": total(map(amount, members)) for code, name, members in classes(accounts)}
    unplanned = [title for title in words()["classes"] if title not in planned][: count - len(planned)]
    return [(title, blank(planned.get(title, ZERO))) for title in sorted([*planned, *unplanned])]


def _grouped(
    accounts: Sequence[Account],
    cells: Callable[[Sequence[Account]], Sequence[Decimal]],
    facts: dict[int, str],
) -> list[Row]:
    """Return the rows of a table by function: classes, their sections, the accounts, the total.

    `facts` names the columns of figures that tell a fact; the name of the account is put for `{}`.
    """

    def row(codes: Sequence[str], name: str, members: Sequence[Account], told: dict[int, str]) -> Row:
        figures = [blank(value) for value in cells(members)]
        padded = [*codes, *[""] * (3 - len(codes))]
        return Row((*padded, name, *figures), {4 + at: fact.format(name) for at, fact in told.items()})

    rows = []
    for code, name, in_class in classes(accounts):
        rows.append(row((code,), name, in_class, {}))
        for (section, title), members in groupby(in_class, key=lambda a: (a.code[1], a.names[1])):
            inside = list(members)
            rows.append(row((code, section), title, inside, {}))
            rows += [row(a.code, a.names[2], [a], facts) for a in inside]
    return rows


def _income(page: Page, owner: str, b: Budget) -> None:
    def cells(members: Sequence[Account]) -> Sequence[Decimal]:
        general, own = total(a.general for a in members), total(a.own for a in members)
        carried = total(a.carried for a in members)
        return (general + own + carried, general, general, *[ZERO] * 5, own, carried, ZERO)

    granted = (
        *("财政拨款（补助）小计", "一般公共预算", "上级一般公共预算安排的转移支付"),
        *("政府性基金预算", "上级政府性基金安排的转移支付", "国有资本经营预算"),
    )
    others = ("财政专户（教育收费）", "单位资金", "财政拨款结转", "非财政拨款结转结余")
    header = [
        ("科目代码", "", "", "科目名称", "总计", "财政拨款（补助）", *[""] * 5, *others),
        (*_CODES, "", "", *granted, *[""] * len(others)),
    ]
    rows = _grouped(b.accounts, cells, {})
    rows.append(
        Row(
            ("", "", "", "总计", *map(blank, cells(b.accounts))),
            {4: "收支总计", 6: "一般公共预算拨款", 12: "单位资金", 13: "上年结转"},
        )
    )
    page.table("表2 部门收入总体情况表", owner, header, rows, "总计")


def _spending(page: Page, owner: str, b: Budget) -> None:
    def cells(members: Sequence[Account]) -> Sequence[Decimal]:
        everything, basic = total(a.total for a in members), total(a.basic for a in members)
        return everything, basic, everything - basic

    header = [
        ("科目代码", "", "", "科目名称", "支出预算", "", ""),
        (*_CODES, "", "合计", "基本支出", "项目支出"),
    ]
    rows = _grouped(b.accounts, cells, {0: "全口径/{}"})
    facts = {4: "收支总计", 5: "基本支出", 6: "全口径/项目支出"}
    rows.append(Row(("", "", "", "总计", *map(blank, cells(b.accounts))), facts))
    page.table("表3 部门支出总体情况表", owner, header, rows, "总计")


def _grants(page: Page, owner: str, b: Budget) -> None:
    left = [
        ("一、财政拨款（补助）", money(b.general)),
        ("一般公共预算", money(b.general)),
        ("政府性基金预算", ""),
        ("国有资本经营预算", ""),
        ("", ""),
        ("", ""),
    ]
    right = _by_class(b.accounts, lambda a: a.general, len(left))
    rows = [Row((*one, *other, other[1], "", "")) for one, other in zip(left, right, strict=True)]
    whole = money(b.general)
    rows.append(Row(("收入总计", whole, "支出总计", whole, whole, "", ""), {1: "一般公共预算拨款"}))
    header = [
        ("财政拨款收入", "", "财政拨款支出", "", "", "", ""),
        ("项目", "合计", "科目名称", "合计", "一般公共预算", "政府性基金预算", "国有资本经营预算"),
    ]
    page.table("表4 财政拨款收支预算总体情况表", owner, header, rows)


def _general(page: Page, owner: str, b: Budget) -> None:
    def cells(members: Sequence[Account]) -> Sequence[Decimal]:
        basic, projects = total(a.basic for a in members), total(a.projects for a in members)
        return basic + projects, basic, projects

    header = [
        ("科目代码", "", "", "科目名称", "一般公共预算支出", "", ""),
        (*_CODES, "", "合计", "基本支出", "项目支出"),
    ]
    rows = _grouped(b.accounts, cells, {0: "{}"})
    facts = {4: "一般公共预算拨款", 5: "基本支出", 6: "项目支出"}
    rows.append(Row(("", "", "", "总计", *map(blank, cells(b.accounts))), facts))
    page.table("表5 一般公共预算支出情况表", owner, header, rows, "总计")


def _basic(page: Page, owner: str, b: Budget) -> None:
    names = {"301": "工资福利支出", RUNNING: "商品和服务支出", "303": "对个人和家庭的补助"}

    def figures(kind: str, amount: Decimal) -> tuple[str, str, str]:
        told = money(amount)
        return (told, "", told) if kind == RUNNING else (told, told, "")

    rows = []
    for kind, members in groupby(b.expenses, key=lambda expense: expense.code[0]):
        lines = list(members)
        rows.append(Row((kind, "", names[kind], *figures(kind, total(line.amount for line in lines)))))
        rows += [Row((*e.code, e.name, *figures(kind, e.amount)), {3: e.name}) for e in lines]
    sums = money(b.basic), money(b.personnel), money(b.running)
    rows.append(Row(("", "", "总计", *sums), {3: "基本支出", 4: "人员经费", 5: "公用经费"}))
    header = [
        ("科目代码", "", "科目名称", "一般公共预算基本支出", "", ""),
        ("类", "款", "", "合计", "人员经费", "公用经费"),
    ]
    page.table("表6 一般公共预算基本支出情况表", owner, header, rows, "总计")


def _projects(page: Page, owner: str, b: Budget) -> None:
    rows = []
    for account, project in zip((a for a in b.accounts if a.projects), b.projects, strict=True):
        kinds = (project.amount, ZERO, project.goods, project.aid, ZERO, ZERO, project.capital)
        cells = (*account.code, account.names[2], project.name, *map(blank, kinds))
        rows.append(Row(cells, {5: f"项目/{project.name}"}))
    sums = [total(column) for column in zip(*((p.goods, p.aid, p.capital) for p in b.projects), strict=True)]
    whole = (b.general_projects, ZERO, sums[0], sums[1], ZERO, ZERO, sums[2])
    rows.append(Row(("", "", "", "总计", "", *map(blank, whole)), {5: "项目支出"}))
    header = [
        ("科目代码", "", "", "科目名称", "项目名称", "项目支出合计", "工资福利支出", "商品和服务支出",
         "对个人和家庭的补助", "债务利息及费用支出", "资本性支出（基本建设）", "资本性支出"),
        (*_CODES, *[""] * 9),
    ]  # fmt: skip
    page.table("表7 一般公共预算项目支出情况表", owner, header, rows, "总计")


def _empty(page: Page, owner: str, b: Budget) -> None:
    header = [
        ("科目代码", "", "", "科目名称", "合计", "基本支出", "", "项目支出"),
        (*_CODES, "", "", "人员经费", "公用经费", ""),
    ]
    for title, fund in _EMPTY.items():
        page.table(title, owner, header, [Row(("", "", "", "总计", "", "", "", ""))])
        page.prose(f"{b.office.entity}{b.year}年没有{fund}安排的支出，本表为空表。")


def _three_public(page: Page, owner: str, b: Budget) -> None:
    rows = [
        Row(("因公出国（境）费用", "", "", "", ""), {1: "因公出国（境）费用"}),
        Row(("公务接待费", *_twice(b.reception)), {1: "公务接待费"}),
        Row(("公务用车购置及运行维护费（小计）", *_twice(b.driving))),
        Row(("其中：公务用车购置", "", "", "", ""), {1: "公务用车购置"}),
        Row(("公务用车运行维护费", *_twice(b.driving)), {1: "公务用车运行维护费"}),
        Row(("总计", *_twice(b.three_public)), {1: "三公经费"}),
    ]
    header = [
        ("“三公”经费支出内容", "合计", "资金来源", "", ""),
        ("", "", "一般公共预算", "政府性基金", "国有资本经营预算"),
    ]
    page.table("表10 财政拨款“三公”经费支出情况表", owner, header, rows, "总计")


def _twice(value: Decimal) -> tuple[str, str, str, str]:
    return blank(value), blank(value), "", ""
