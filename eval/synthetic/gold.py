"""Questions about invented disclosures, with the answers that their figures give."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from eval.report import plain
from eval.synthetic.budget import Project, percent
from eval.synthetic.corpus import LATEST, Disclosure
from eval.synthetic.offices import functions, offices

Line = dict[str, Any]
"""A line of a question file."""

UNITS = {"房屋面积": "平方米", "车辆": "辆", "在职人数": "人"}
MONEY = "万元"
SAMPLED = 400
"""So many documents are kept to ask about; the others count in rankings alone."""
YEARS_AHEAD = 4
"""No document is of so late a year."""


@cache
def asking() -> Mapping[str, Any]:
    """Return the ways to ask."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("asking.json").read_text(encoding="utf-8"))
    return found


def figures(made: Disclosure) -> dict[str, Decimal]:
    """Return the figures that a document tells, by the fact that tells them."""
    b = made.now
    return {
        **{account.names[2]: account.general for account in b.accounts},
        **{f"全口径/{account.names[2]}": account.total for account in b.accounts},
        **{expense.name: expense.amount for expense in b.expenses},
        **{f"项目/{project.name}": project.amount for project in b.projects},
        **{f"指标/{project.name}": Decimal(project.target) for project in b.projects},
        "三公经费": b.three_public, "公务接待费": b.reception, "公务用车运行维护费": b.driving,
        "因公出国（境）费用": Decimal(0), "公务用车购置": Decimal(0),
        "人员经费": b.personnel, "公用经费": b.running,
        "基本支出": b.basic, "项目支出": b.general_projects, "全口径/项目支出": b.all_projects,
        "收支总计": b.total, "一般公共预算拨款": b.general, "单位资金": b.own, "上年结转": b.carried,
        "机关运行经费": b.running, "政府采购": b.procurement, "采购货物": b.goods_bought,
        "采购工程": b.works_bought, "采购服务": b.services_bought, "预留": b.reserved,
        "房屋面积": b.owned.area, "车辆": Decimal(b.owned.cars), "办公家具": b.owned.furniture,
        "大型设备": Decimal(b.owned.large), "在职人数": Decimal(b.staff),
        "实有人数": Decimal(b.staff + b.retired),
    }  # fmt: skip


@dataclass
class _Ranking:
    """The highest figure of an item seen so far, and the sum of all."""

    best: Disclosure | None = None
    value: Decimal = Decimal(-1)
    tied: bool = False
    count: int = 0
    sum: Decimal = field(default_factory=Decimal)

    def add(self, made: Disclosure, value: Decimal) -> None:
        self.count, self.sum = self.count + 1, self.sum + value
        self.tied = value == self.value or (self.tied and value < self.value)
        if value > self.value:
            self.best, self.value = made, value


def questions(made: Iterable[Disclosure], each: int, seed: int = 0) -> list[Line]:
    """Return up to `each` questions of every kind over the documents, which are gone through once."""
    chance = random.Random(f"{seed}/问题")
    kept: list[Disclosure] = []
    names: set[str] = set()
    rankings: dict[tuple[str, str], _Ranking] = defaultdict(_Ranking)
    for number, document in enumerate(made):
        names.add(document.entity)
        if len(kept) < SAMPLED:
            kept.append(document)
        elif (place := chance.randint(0, number)) < SAMPLED:
            kept[place] = document
        if document.now.year == LATEST:
            found = figures(document)
            for item in asking()["ranked"]:
                for function in ("", document.now.office.function):
                    rankings[item, function].add(document, found[item])
    makers: dict[str, Callable[[], Iterator[Line]]] = {
        "lookup": lambda: _lookups(kept, chance, "items"),
        "prose": lambda: _lookups(kept, chance, "told"),
        "empty": lambda: _empty(kept, chance),
        "compute": lambda: _computed(kept, chance),
        "yoy": lambda: _changes(kept, chance),
        "reason": lambda: _reasons(kept, chance),
        "use": lambda: _about_projects(kept, chance, "use"),
        "policy": lambda: _about_projects(kept, chance, "policy"),
        "performance": lambda: _indicators(kept, chance),
        "year": lambda: _other_year(kept, chance),
        "compare": lambda: _comparisons(kept, chance),
        "rank": lambda: _ranked(rankings, chance),
        "neighbour": lambda: _neighbours(kept, names, chance),
        "unanswerable": lambda: _refused(kept, names, chance, seed),
    }
    return [line for kind, maker in makers.items() for line in _numbered(kind, maker(), each)]


def write_questions(path: Path, lines: Sequence[Line]) -> None:
    """Write a question file."""
    text = "".join(json.dumps(line, ensure_ascii=False, default=plain) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def _numbered(kind: str, lines: Iterator[Line], each: int) -> Iterator[Line]:
    """Yield the first `each` different questions."""
    seen: set[str] = set()
    for tried, line in enumerate(lines):
        if line["question"] not in seen:
            seen.add(line["question"])
            yield {"id": f"{kind}-{len(seen):03d}", "kind": kind, **line}
        if len(seen) == each or tried > each * 20:
            return


def _line(question: str, value: Decimal | None = None, unit: str = MONEY, **more: Any) -> Line:
    given = {"value": value, "unit": unit} if value is not None else {}
    return {"question": question, **given, "status": "answered", **more}


def _evidence(made: Disclosure, *facts: str) -> list[dict[str, Any]]:
    return [
        {"doc": made.name, "start": place.first, "end": place.last, "quote": place.quote}
        for fact in facts
        for place in made.places[fact]
    ]


def _named(made: Disclosure, chance: random.Random) -> dict[str, str]:
    """Return department and year as a question may name them; only the latest year may go unsaid."""
    office, year = made.now.office, made.now.year
    unsaid = year == LATEST and chance.random() < 0.4
    return {"d": chance.choice([office.entity, office.called]), "y": "" if unsaid else f"{year}年"}


def _drawn(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Disclosure]:
    while documents:
        yield chance.choice(documents)


def _lookups(documents: Sequence[Disclosure], chance: random.Random, kind: str) -> Iterator[Line]:
    """Ask for figures of tables, or for those that prose tells."""
    for made in _drawn(documents, chance):
        item = chance.choice([*asking()[kind], *(["科目", "项目"] if kind == "items" else [])])
        names = asking()[kind].get(item, [])
        if item == "项目":
            project = chance.choice(made.now.projects)
            item, names = f"项目/{project.name}", [f"{project.topic}项目", project.name]
        elif item == "科目":
            # an account that other funds pay, too, has two figures
            account = chance.choice([a for a in made.now.accounts if a.general == a.total])
            item, names = account.names[2], [account.names[2]]
        question = chance.choice(asking()["figure"]).format(**_named(made, chance), item=chance.choice(names))
        evidence = _evidence(made, item, *([f"全口径/{item}"] if f"全口径/{item}" in made.places else []))
        yield _line(question, figures(made).get(item, Decimal(0)), UNITS.get(item, MONEY), evidence=evidence)


def _empty(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Line]:
    """Ask for what is not arranged."""
    for made in _drawn(documents, chance):
        item = chance.choice(["因公出国（境）费用", "公务用车购置"])
        question = chance.choice(asking()["figure"]).format(**_named(made, chance), item=item)
        yield _line(question, Decimal(0), evidence=_evidence(made, item))


def _computed(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Line]:
    for made in _drawn(documents, chance):
        found, operation = figures(made), chance.choice(["share", "sum"])
        part, item = chance.choice(asking()[f"{operation}s"])
        if part not in found or not found[part]:
            continue
        question = chance.choice(asking()[operation]).format(**_named(made, chance), part=part, item=item)
        value, unit = found[part] + found[item], MONEY
        if operation == "share":
            value, unit = percent(found[part], found[item]), "%"
        yield _line(question, value, unit, evidence=_evidence(made, part, item))


def _changes(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Line]:
    for made in _drawn(documents, chance):
        fact, item = chance.choice(list(asking()["changes"].items()))
        if not (change := _change(made, fact)):
            continue
        now = figures(made)[fact]
        question = chance.choice(asking()["change"]).format(**_named(made, chance), item=item)
        values = [
            {"label": "增减额", "value": abs(change), "unit": MONEY},
            {"label": "增减率", "value": percent(abs(change), now - change), "unit": "%"},
        ]
        words = ["增", "涨", "多"] if change > 0 else ["减", "降", "少"]
        yield _line(question, values=values, must_include=[words], evidence=_evidence(made, f"增减/{fact}"))


def _reasons(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Line]:
    for made in _drawn(documents, chance):
        fact, item = chance.choice(list(asking()["changes"].items()))
        if not (change := _change(made, fact)):
            continue
        verb = "增加" if change > 0 else "减少"
        question = chance.choice(asking()["reason"]).format(**_named(made, chance), item=item, verb=verb)
        told = made.places[f"原因/{fact}"]
        yield _line(
            question, must_include=[[place.quote for place in told]], evidence=_evidence(made, f"原因/{fact}")
        )


def _change(made: Disclosure, fact: str) -> Decimal:
    before = {
        "机关运行经费": made.last.running,
        "基本支出": made.last.basic,
        "公务用车运行维护费": made.last.driving,
        "一般公共预算拨款": made.last.general,
    }
    return figures(made)[fact] - before[fact]


def _about_projects(documents: Sequence[Disclosure], chance: random.Random, kind: str) -> Iterator[Line]:
    fact = {"use": "用途", "policy": "依据"}[kind]
    for made in _drawn(documents, chance):
        project = chance.choice(made.now.projects)
        question = _ask_project(made, chance, kind, project)
        evidence = _evidence(made, f"{fact}/{project.name}")
        told = project.uses if kind == "use" else [evidence[0]["quote"]]
        yield _line(question, must_include=list(told), evidence=evidence)


def _indicators(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Line]:
    for made in _drawn(documents, chance):
        project = chance.choice(made.now.projects)
        question = _ask_project(made, chance, "performance", project)
        evidence = _evidence(made, f"指标/{project.name}")
        yield _line(question, Decimal(project.target), project.measure, evidence=evidence)


def _ask_project(made: Disclosure, chance: random.Random, kind: str, project: Project) -> str:
    text: str = chance.choice(asking()[kind])
    return text.format(
        **_named(made, chance), topic=project.topic, name=project.name, indicator=project.indicator
    )


def _other_year(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Line]:
    return _lookups([made for made in documents if made.now.year < LATEST], chance, "items")


def _comparisons(documents: Sequence[Disclosure], chance: random.Random) -> Iterator[Line]:
    latest = [made for made in documents if made.now.year == LATEST]
    while len(latest) > 1:
        one, other = chance.sample(latest, 2)
        item = chance.choice([*asking()["ranked"], "办公费", "差旅费"])
        values = [figures(made)[item] for made in (one, other)]
        if values[0] == values[1]:
            continue
        a, b = (chance.choice([made.entity, made.now.office.called]) for made in (one, other))
        question = chance.choice(asking()["compare"]).format(a=a, b=b, y=f"{LATEST}年", item=_asked(item))
        labels = [
            {"label": made.entity, "value": value, "unit": MONEY}
            for made, value in zip((one, other), values, strict=True)
        ]
        evidence = [*_evidence(one, item), *_evidence(other, item)]
        yield _line(question, abs(values[0] - values[1]), values=labels, evidence=evidence, need=2)


def _ranked(rankings: Mapping[tuple[str, str], _Ranking], chance: random.Random) -> Iterator[Line]:
    """Ask for the highest of all, the highest of one function, and the total."""
    of_several = [(*key, ranking) for key, ranking in rankings.items() if ranking.count > 1]
    kept = {
        "total": [entry for entry in of_several if not entry[1]],
        "most": [entry for entry in of_several if not entry[1] and not entry[2].tied],
        "most_of_function": [entry for entry in of_several if entry[1] and not entry[2].tied],
    }
    forms = [form for form, entries in kept.items() if entries]
    while forms:
        form = chance.choice(forms)
        item, function, ranking = chance.choice(kept[form])
        asked = chance.choice(asking()[form]).format(y=f"{LATEST}年", item=_asked(item), function=function)
        if form == "total":
            yield _line(asked, ranking.sum)
        elif ranking.best is not None:
            office = ranking.best.now.office
            named = sorted({office.entity, office.called, office.place})
            evidence = _evidence(ranking.best, item)
            yield _line(asked, ranking.value, must_include=[named], evidence=evidence)


def _asked(item: str) -> str:
    named: list[str] = {**asking()["items"], **asking()["told"]}[item]
    return named[0]


def _neighbours(documents: Sequence[Disclosure], names: set[str], chance: random.Random) -> Iterator[Line]:
    """Ask about departments that are not held, of places that are."""
    for made in _drawn(documents, chance):
        others = [made.now.office.place + function for function in functions()]
        strange = [name for name in others if name not in names]
        if strange:
            yield _refusal({**_named(made, chance), "d": chance.choice(strange)}, chance)


def _refused(
    documents: Sequence[Disclosure], names: set[str], chance: random.Random, seed: int
) -> Iterator[Line]:
    """Ask about departments, years and items that no document has."""
    strangers = [office for office in offices(SAMPLED, seed + 1) if office.entity not in names]
    for made in _drawn(documents, chance):
        asked, item = _named(made, chance), ""
        match chance.choice(["department", "year", "item"]):
            case "department" if strangers:
                asked["d"] = chance.choice(strangers).entity
            case "year":
                asked["y"] = f"{LATEST + YEARS_AHEAD}年"
            case _:
                item = chance.choice(asking()["absent"])
        yield _refusal(asked, chance, item)


def _refusal(asked: Mapping[str, str], chance: random.Random, item: str = "") -> Line:
    item = item or _asked(chance.choice(["三公经费", "办公费", "机关运行经费"]))
    question = chance.choice(asking()["figure"]).format(**asked, item=item)
    return {"question": question, "status": "not_found"}
