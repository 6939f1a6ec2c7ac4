"""A statement -> an answer: reasons, uses, lists, duties and terms in the document's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from index.quantity import figures
from index.text import fold, squash
from qa.acceptance import EQUAL
from qa.answer import Answer, Value, amount
from qa.features import CHANGES, TEXT_MEASURES, near, same_kind
from qa.lookup import Candidate
from qa.question import Query
from qa.wording import Desk, name_of, same_matter, statement_name

MAX_DUTIES = 6
"""Of the duties that speak of one matter, so many are told."""
_HOW_MANY = re.compile(r"(?:几|多少)(?:个|家)")
_SUBORDINATE = re.compile(r"下属|所属|下辖|下面|底下|二级|直属")
_ITSELF = re.compile(r"本部|本级|机关本身")


def statement(desk: Desk, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer:
    """Return what the document says in words, with the amounts told beside it."""
    fact = best.fact
    text = f"{desk.who(fact)}{statement_name(fact)}：{fact.text.strip()}"
    cited = [fact]
    if fact.measure == "原因":
        changes = [f for f in desk.base.facts.having(measure=CHANGES) if same_matter(f, fact)]
        kin = [f for f in changes if near(f, fact)] or changes[:1]
        change = "，".join(
            f"{'增加' if (f.value or 0) >= 0 else '减少'} {amount(abs(f.value or Decimal(0)), f.unit)}"
            for f in kin
        )
        if change:
            base = "比上年预算" if fact.account == "预算" else "比上年"
            text = f"{desk.who(fact)}{fact.item}{base}{change}，主要原因：{fact.text.strip()}"
            cited += kin
    if fact.measure == "职能条目":
        duties = [c.fact for c in found if c.fact.measure == fact.measure and c.score >= best.score - EQUAL]
        cited = sorted({f.text: f for f in reversed(duties)}.values(), key=lambda f: f.id)[:MAX_DUTIES]
        text = f"{desk.who(fact)}{fact.item}：" + "\n".join(f.text.strip() for f in cited)
        return Answer(query.question, "answered", text, citations=desk.cite(cited), facts=tuple(cited))
    asked = [rule.measure for rule in query.measures if rule.measure in TEXT_MEASURES]
    for further in found[1:]:
        same = further.fact.project == fact.project and fold(further.fact.item) == fold(fact.item)
        if same and further.fact.measure in asked and further.fact.measure not in {f.measure for f in cited}:
            text += f"\n{further.fact.measure}：{further.fact.text.strip()}"
            cited.append(further.fact)
    values: tuple[Value, ...] = ()
    if fact.measure in ("资金分配情况", "用途"):
        parts = [
            f
            for f in desk.base.facts.having(measure=("分配金额",))
            if f.span.first
            and fact.span.first
            and fact.span.last
            and fact.span.first <= f.span.first <= fact.span.last
        ]
        values = tuple(Value(f.item, f.value, f.unit) for f in parts if f.value is not None)
    if re.fullmatch(r"[^。]{0,6}不(?:予)?公开[。]?", fact.text.strip()):
        text = f"{text.rstrip('。')}（文件写明此项不公开）。"
    stated = list(figures(squash(fact.text)))
    kind = query.units[0] if query.units else "元"
    money = (
        [f for f in stated if same_kind(kind, f.unit)] if query.units or fact.measure == "补贴标准" else []
    )
    value, unit = (money[0].value, money[0].unit) if len(money) == 1 else (None, None)
    changed = [f for f in cited if f.measure == "增减额" and query.asks("change")]
    if changed:  # 少了多少，为啥
        value, unit = abs(changed[0].value or Decimal(0)), changed[0].unit
    elif not money and kind == "元" and (query.units or "多少" in query.rest):  # 花多少，用在哪
        amounts = [f for f in desk.base.facts.having(measure=("预算数", "决算数")) if same_matter(f, fact)]
        told = next((f for f in amounts if near(f, fact) and f.value is not None), None)
        if told and told.value is not None:
            value, unit = told.value, told.unit
            text += f"\n{name_of(told)}为 {amount(told.value, told.unit)}。"
            cited.append(told)
    steps: tuple[str, ...] = ()
    if fact.measure == "名单" and _HOW_MANY.search(query.rest):
        names = listed_names(fact.text)
        shown, without = fact.text.strip(), ""
        if _SUBORDINATE.search(query.folded) and any(map(_ITSELF.search, names)):
            names = [name for name in names if not _ITSELF.search(name)]
            shown = "；".join(re.sub(r"^\d+[.．、]\s*", "", name) for name in names)
            without = "（不含本级）"
        count = len(names)
        value, unit, steps = Decimal(count), "个", (f"名单共列 {count} 个{without}",)
        text = f"{desk.who(fact)}{fact.item}{without}共 {count} 个：{shown}"
    others = [
        c.fact
        for c in found[1:6]
        if c.fact.measure == fact.measure
        and fold(c.fact.item) == fold(fact.item)
        and c.fact.text == fact.text
    ]
    citations = desk.cite([*cited, *others])
    return Answer(query.question, "answered", text, value, unit, values, citations, steps, facts=tuple(cited))


def listed_names(text: str) -> list[str]:
    """Return the names of a list, one a line or parted by 、 outside of brackets."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return lines
    return [name for name in re.split(r"[、；;](?![^（(]*[）)])", text.strip("。 ")) if name]
