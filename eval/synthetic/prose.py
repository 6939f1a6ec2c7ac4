"""What a disclosure says in words: duties, explanations of the tables, performance targets, terms."""

from __future__ import annotations

from decimal import Decimal

from eval.synthetic.budget import ZERO, Budget, percent, total
from eval.synthetic.offices import words
from eval.synthetic.page import Page, money
from eval.synthetic.tables import classes
from eval.synthetic.targets import write_targets

_DIGITS = "一二三四五六七八九十"


class Prose:
    """Writes the sections around the tables of one document; `last` is the budget of the year before."""

    def __init__(self, page: Page, b: Budget, last: Budget) -> None:
        self._page, self._b, self._last = page, b, last
        self._name, self._year = b.office.entity, b.year
        self._section = 0

    def opening(self) -> None:
        """Add title, duties and staff."""
        say, w, b = self._page.prose, words(), self._b
        field = next(f["field"] for f in w["functions"] if f["name"] == b.office.function)
        say(f"{self._name}{self._year}年部门预算公开")
        say(f"第一部分 {self._name}概况")
        say("一、主要职能")
        say(f"（一）承担{b.office.place}{field}方面的规划编制和组织实施。")
        say(f"（二）指导基层开展{field}工作。")
        say("（三）办理本级政府交办的其他事项。")
        say("二、机构设置及人员情况")
        everybody, staff = f"实有人数{b.staff + b.retired}人", f"在职{b.staff}人"
        say(
            f"{self._name}无下属预算单位。{everybody}，其中：{staff}，退休{b.retired}人。",
            {"实有人数": everybody, "在职人数": staff},
        )
        say(f"第二部分 {self._year}年部门预算公开表")

    def explanations(self) -> None:
        """Add what stands behind the tables."""
        self._page.prose(f"第三部分 {self._year}年部门预算情况说明")
        for write in (self._overall, self._income, self._spending, self._grants, self._general, self._basic):
            write()
        for write in (self._projects, self._empty, self._three_public, self._others, self._terms):
            write()

    def _head(self, subject: str) -> None:
        self._section += 1
        self._page.prose(f"{_DIGITS[self._section - 1]}、关于{self._name}{self._year}年{subject}")

    def _overall(self) -> None:
        b = self._b
        self._head("收支预算情况的总体说明")
        told = f"收支总预算{money(b.total)}万元"
        self._page.prose(f"{self._name}把全部收入和支出纳入预算，{self._year}年{told}。", {"收支总计": told})
        kinds = ["一般公共预算", *(["单位资金"] if b.own else []), *(["财政拨款结转"] if b.carried else [])]
        self._page.prose(f"收入预算包括：{'、'.join(kinds)}。")
        self._page.prose(f"支出预算包括：{'、'.join(name for _, name, _ in classes(b.accounts))}。")

    def _income(self) -> None:
        b, last = self._b, self._last
        self._head("收入预算情况说明")
        told = f"收入预算{money(b.total)}万元"
        self._page.prose(f"{self._name}{told}，其中：", {"收支总计": told})
        for name, fact, now, before in (
            ("一般公共预算", "一般公共预算拨款", b.general, last.general),
            ("单位资金", "单位资金", b.own, last.own),
            ("财政拨款结转", "上年结转", b.carried, last.carried),
        ):
            if now:
                self._changed(name, fact, now, before, "revenue", of=b.total)
            else:
                self._page.prose(f"{name}未安排。", {fact: f"{name}未安排"})
        self._page.prose("政府性基金预算未安排。")
        self._page.prose("国有资本经营预算未安排。")

    def _spending(self) -> None:
        b, last = self._b, self._last
        self._head("支出预算情况说明")
        told = f"支出预算{money(b.total)}万元"
        self._page.prose(f"{self._name}{self._year}年{told}，其中：", {"收支总计": told})
        self._changed("基本支出", "基本支出", b.basic, last.basic, "revenue", of=b.total)
        fact = "全口径/项目支出"
        self._changed("项目支出", fact, b.all_projects, last.all_projects, "account", of=b.total)

    def _grants(self) -> None:
        b = self._b
        self._head("财政拨款收支预算情况的总体说明")
        told = f"财政拨款收支总预算{money(b.general)}万元"
        self._page.prose(f"{self._year}年{told}，收入都来自一般公共预算拨款。", {"一般公共预算拨款": told})

    def _general(self) -> None:
        b, last = self._b, self._last
        self._head("一般公共预算当年拨款情况说明")
        told = f"一般公共预算拨款合计{money(b.general)}万元"
        self._page.prose(f"{self._name}{self._year}年{told}，按支出类别：", {"一般公共预算拨款": told})
        for at, (_, name, members) in enumerate(classes(b.accounts), 1):
            amount = total(account.general for account in members)
            self._page.prose(f"{at}.{name}（类）{money(amount)}万元，占{percent(amount, b.general)}%。")
        before = {account.code: account.general for account in last.accounts}
        self._page.prose("具体使用情况：")
        for at, account in enumerate((a for a in b.accounts if a.projects), 1):
            top, middle, name = account.names
            path = f"{at}.{top}（类）{middle}（款）{name}（项）："
            self._changed(name, name, account.general, before.get(account.code, ZERO), "account", path)

    def _basic(self) -> None:
        b = self._b
        self._head("一般公共预算基本支出情况说明")
        for name, amount, kinds in (
            ("人员经费", b.personnel, [e.name for e in b.expenses if e.code[0] != "302"]),
            ("公用经费", b.running, [e.name for e in b.expenses if e.code[0] == "302"]),
        ):
            told = f"{name}{money(amount)}万元"
            self._page.prose(f"{told}，主要包括：{'、'.join(kinds)}。", {name: told})

    def _projects(self) -> None:
        say, b, w = self._page.prose, self._b, words()
        self._head("一般公共预算项目支出情况说明")
        for at, project in enumerate(b.projects):
            name, key = project.name, f"/{project.name}"
            number = b.year % 50 + at
            issued = f"{b.office.place[:2]}政办发〔{b.year - 2}〕{number}号"
            policy = f"《{b.office.place}{project.topic}管理办法》（{issued}）"
            spent = zip(project.uses, project.parts, strict=True)
            parts = "，".join(f"{use}{money(share)}万元" for use, share in spent)
            group = w["groups"][number % len(w["groups"])]
            say(f"（{_DIGITS[at]}）项目名称：{name}")
            say(f"设立的政策依据：{policy}", {"依据" + key: policy})
            told = f"预算安排规模：{money(project.amount)}万元"
            say(told, {"项目" + key: told})
            say(f"项目承担单位：{self._name}")
            say(f"资金分配情况：{parts}。", {"用途" + key: parts})
            say(f"受益对象：{group}")
            say(f"资金执行时间：{b.year}年1月1日—{b.year}年12月31日")

    def _empty(self) -> None:
        self._head("政府性基金预算和国有资本经营预算拨款情况说明")
        self._page.prose(
            f"{self._name}{self._year}年没有安排政府性基金预算和国有资本经营预算支出，两张表都是空表。"
        )

    def _three_public(self) -> None:
        b, last, say = self._b, self._last, self._page.prose
        self._head("财政拨款“三公”经费预算情况说明")
        whole = f"“三公”经费{money(b.three_public)}万元"
        driving = f"公务用车运行维护费{money(b.driving)}万元"
        reception = f"公务接待费{money(b.reception)}万元"
        travel, bought = "因公出国（境）费用0.00万元", "公务用车购置0.00万元"
        say(
            f"{self._year}年财政拨款{whole}，其中：{travel}，{bought}，{driving}，{reception}。",
            {"三公经费": whole, "公务用车运行维护费": driving, "公务接待费": reception,
             "因公出国（境）费用": travel, "公务用车购置": bought},
        )  # fmt: skip
        for name, now, before, reasons in (
            ("公务用车运行维护费", b.driving, last.driving, "vehicles"),
            ("公务接待费", b.reception, last.reception, "reception"),
        ):
            clause, facts = self._change(name, now, before, reasons)
            say(f"{name}比上年预算{clause}", facts)

    def _others(self) -> None:
        b, last, say = self._b, self._last, self._page.prose
        self._head("其他重要事项的情况说明")
        say("（一）机关运行经费")
        self._changed("机关运行经费财政拨款预算", "机关运行经费", b.running, last.running, "running")
        say("（二）政府采购情况")
        kinds = {"货物": b.goods_bought, "工程": b.works_bought, "服务": b.services_bought}
        parts = {kind: f"政府采购{kind}预算{money(amount)}万元" for kind, amount in kinds.items()}
        told = f"政府采购预算{money(b.procurement)}万元"
        facts = {"政府采购": told, **{f"采购{kind}": part for kind, part in parts.items()}}
        say(f"{self._year}年，{self._name}{told}，其中：{'，'.join(parts.values())}。", facts)
        told = f"面向中小企业预留政府采购项目预算金额{money(b.reserved)}万元"
        say(f"{self._year}年，{self._name}{told}。", {"预留": told})
        self._property()
        say("（四）预算绩效情况")
        told = f"项目共{len(b.projects)}个"
        say(f"{self._year}年安排绩效目标管理的{told}，涉及预算金额{money(b.general_projects)}万元，见下表：")
        write_targets(self._page, b, last)

    def _property(self) -> None:
        say, owned = self._page.prose, self._b.owned
        say("（三）国有资产占用使用情况")
        say(f"截至{self._year - 1}年底，{self._name}占用使用国有资产总体情况为：")
        area = f"房屋{money(owned.area)}平方米"
        say(f"1.{area}，价值{money(owned.building)}万元。", {"房屋面积": area})
        cars = f"车辆{owned.cars}辆"
        apart = f"一般公务用车{owned.vehicles}辆，执法执勤用车{owned.enforcement}辆"
        say(f"2.{cars}，价值{money(owned.vehicle_value)}万元；其中：{apart}。", {"车辆": cars})
        furniture = f"办公家具价值{money(owned.furniture)}万元"
        say(f"3.{furniture}。", {"办公家具": furniture})
        say(f"4.其他资产价值{money(owned.others)}万元。")
        say(f"单价50万元以上大型设备{owned.large}台（套）。", {"大型设备": f"大型设备{owned.large}台"})

    def _terms(self) -> None:
        self._page.prose("第四部分 名词解释")
        for at, (term, meaning) in enumerate(words()["glossary"], 1):
            self._page.prose(f"{at}.{term}：{meaning}。", {f"名词/{term}": meaning})

    def _changed(
        self,
        name: str,
        fact: str,
        now: Decimal,
        before: Decimal,
        reasons: str,
        path: str = "",
        of: Decimal = ZERO,
    ) -> None:
        """Tell an amount, its share `of` a whole if one is given, and its change with the reason."""
        clause, facts = self._change(fact, now, before, reasons)
        told = f"{name}{money(now)}万元"
        subject = told
        if path:
            subject = f"{path}{self._year}年预算数为{money(now)}万元"
            told = f"{name}（项）：{self._year}年预算数为{money(now)}万元"
        share = f"占{percent(now, of)}%，" if of else ""
        self._page.prose(f"{subject}，{share}比上年预算{clause}", {fact: told, **facts})

    def _change(self, fact: str, now: Decimal, before: Decimal, reasons: str) -> tuple[str, dict[str, str]]:
        """Return the words of a change, and the facts that they tell."""
        change = now - before
        key = f"{self._b.office.entity}{self._year}{fact}"
        if not change:
            return "增加0.00万元，增长0.00%，与上年持平。", {f"增减/{fact}": "增加0.00万元"}
        known = words()[f"{reasons}_{'up' if change > 0 else 'down'}"]
        reason = known[sum(map(ord, key)) % len(known)]
        verb, rate = ("增加", "增长") if change > 0 else ("减少", "下降")
        told = f"{verb}{money(abs(change))}万元"
        clause = f"{told}，{rate}{percent(abs(change), before)}%，主要原因是{reason}。"
        return clause, {f"增减/{fact}": told, f"原因/{fact}": reason}
