"""What a dialogue says once more of the last answer: the largest of what it listed, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from index.document import Fact
from index.naming import short_name
from qa.answer import Answer, Value, amount, cite, convert


def extreme_told(last: Answer, titles: Mapping[str, str], largest: bool, place: int = 1) -> Answer | None:
    """Return the largest or smallest of the figures that an answer lists, None where it lists none.

    `titles` are those of the documents, by name; `place` 2 asks for the second largest.
    """
    listed = [value for value in last.values if value.label]
    one_of_them = last.value is None or last.unit == "个" or last.value in {value.value for value in listed}
    if len(listed) < max(2, place) or not one_of_them:
        return None
    unit = listed[0].unit
    if any(convert(value.value, value.unit, unit)[1] != unit for value in listed):
        return None

    def size(value: Value) -> Decimal:
        return convert(value.value, value.unit, unit)[0]

    ranked = sorted(listed, key=size, reverse=largest)
    best = ranked[place - 1]
    facts = tuple(fact for fact in last.facts if _is_labelled(fact, best.label))
    most = ("最" if place == 1 else f"第 {place} ") + ("多" if largest else "少")
    told = f"{best.label}，{amount(best.value, best.unit)}"
    return Answer(
        last.question,
        "answered",
        f"列出的 {len(ranked)} 项中{most}的是{told}。",
        best.value,
        best.unit,
        tuple(ranked),
        tuple(dict.fromkeys((*(cite(fact, dict(titles)) for fact in facts), *last.citations))),
        (*last.steps, f"比较 {len(ranked)} 项，从{'大到小' if largest else '小到大'}"),
        facts=facts,
    )


def source_told(last: Answer) -> Answer:
    """Return where an answer stands: the documents, with tables and lines or pages."""
    places = []
    for citation in last.citations:
        where = f"第 {citation.lines[0]} 行" if citation.lines else f"第 {citation.page} 页"
        parts = (f"{citation.title}（{citation.doc}）", citation.table or "", where)
        places.append("，".join(filter(None, parts)))
    text = "出自：" + "；".join(dict.fromkeys(places)) + "。"
    return Answer(last.question, "answered", text, citations=last.citations, facts=last.facts)


def _is_labelled(fact: Fact, label: str) -> bool:
    return label in (fact.item, fact.project, fact.subunit) or label.startswith(f"{short_name(fact.entity)}(")
