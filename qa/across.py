"""Answers over several departments: one figure from each, an operator over them, each with its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from rapidfuzz.distance import LCSseq

from index.document import Fact
from index.naming import short_name
from index.rows import DocumentInfo
from index.text import fold
from qa.answer import Answer, Value, amount
from qa.compute import Operand, Result, average, difference, ranked, ratio, share, total, written
from qa.features import CHANGES
from qa.groups import Task
from qa.lexicon import lexicon
from qa.question import Query
from qa.stages import COMPUTE, reached
from qa.told import extreme_told
from qa.wording import NARROW_SCOPES, label_of, subject_of

T = TypeVar("T")
SAME_ITEM = 0.8
"""Labels of different documents share so much of the shorter one, and are not twice as long."""
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_WHOSE = re.compile(r"(?:谁|哪(?:一)?(?:家|个|边)).*(?:多少|百分之几)")
_BY = re.compile(r"差|[多少高低大小贵](?:出来?|了)?(?:多少|几)|倍|一共|合计|总共|加起来|各")
_LESS = re.compile(r"(?<!多)少|低|小(?!时|微)")
_BOTH_ENDS = re.compile(r"最[多高大].*最[少低小].*(?:差|倍|多多少)|最[少低小].*最[多高大].*(?:差|倍|少多少)")
_HOW_MANY = re.compile(r"(?<![哪这那])(?:几|多少)(?:家|个(?:单位|部门|局))(?!都)")
SHOWN = 20
"""So many departments are written out in the text; the values and sources hold them all."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one department answers.

    `figure` is the value, with its sign, and the unit, where one answer stands for many departments.
    `label` names the department with the year of its document; `operand` is the figure, a decrease
    negative, and None for an answer in words or with several figures.
    """

    info: DocumentInfo
    answer: Answer
    figure: InitVar[tuple[Decimal, str] | None] = None
    label: str = field(init=False)
    operand: Operand | None = field(init=False)

    def __post_init__(self, figure: tuple[Decimal, str] | None) -> None:
        info = self.info
        told = f"{info.year}年" if info.year else "年度不明"
        label = f"{short_name(info.entity)}({told}{info.account if info.account != '预算' else ''})"
        figure = figure or _figure(self.answer)
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "operand", Operand(label, *figure) if figure else None)


def _figure(answer: Answer) -> tuple[Decimal, str] | None:
    """Return the one figure of an answer, a decrease negative."""
    if answer.status != "answered" or answer.value is None:
        return None
    value = answer.value
    if answer.facts and answer.facts[0].measure in CHANGES and (answer.facts[0].value or 0) < 0:
        value = -abs(value)
    return value, answer.unit or ""


def across(
    query: Query,
    task: Task,
    infos: Sequence[DocumentInfo],
    ask: Callable[[Query, DocumentInfo], Answer],
    missing: Sequence[str] = (),
    focus: Sequence[str] = (),
) -> Answer:
    """Ask each document, then compute; `missing` are departments named that the index lacks."""
    return combined(query, task, [answered(task, info, ask) for info in infos], missing, focus)


def answered(task: Task, info: DocumentInfo, ask: Callable[[Query, DocumentInfo], Answer]) -> Part:
    """Ask one document what is asked of each; of what it lists the largest, where that is asked for."""
    answer = ask(replace(task.query, departments=(info.entity,)), info)
    listed = answer if task.operator == "extreme" and answer.value is None else None
    if listed and (most := extreme_told(listed, {info.name: info.title}, task.largest)):
        text = f"{short_name(info.entity)} {info.year} 年{info.account}：{most.text}"
        # each department has a largest of its own: they are told side by side, not compared
        answer = replace(most, text=text, value=None, unit=None, facts=())
    return Part(info, answer)


def combined(
    query: Query, task: Task, parts: Sequence[Part], missing: Sequence[str] = (), focus: Sequence[str] = ()
) -> Answer:
    """Apply the operator to what the departments answer."""
    given = [part for part in parts if part.answer.status == "answered"]
    if query.asks_measure("原因"):  # a figure is no reason
        given = [part for part in given if "原因" in part.answer.text]
        if not given:
            return Answer(query.question, "not_found", "没有找到所问的原因，不作猜测。")
        return _side_by_side(query, task, parts, given, missing)
    if not given:
        return replace(parts[0].answer, question=query.question)
    if task.operator != "table":
        given = _alike(given)
        if len(given) == 2 and not _same(*given):
            told = "；".join(f"{part.label}：{_item([part])}" for part in given)
            return Answer(query.question, "not_found", f"各家的数字不是同一个项目（{told}），不作比较。")
    figures = [part for part in given if part.operand is not None]
    if len(figures) < len(given) or (task.operator == "table" and any(p.answer.values for p in given)):
        return _side_by_side(query, task, parts, given, missing)
    try:
        reached(COMPUTE)
        return _computed(query, task, parts, figures, missing, focus)
    except ValueError as error:
        return Answer(query.question, "not_found", f"不能这样计算：{error}。")


def _computed(
    query: Query,
    task: Task,
    parts: Sequence[Part],
    figures: Sequence[Part],
    missing: Sequence[str],
    focus: Sequence[str],
) -> Answer:
    operands = [part.operand for part in figures if part.operand is not None]
    counted = {part.info.name for part in figures}
    lacking = [part for part in parts if part.info.name not in counted]
    shown: Sequence[Operand] = operands
    claim, value, unit, steps = "", None, None, list[str]()
    item = _item(figures)
    needs_all = task.operator in ("compare", "ratio", "percent")
    if task.operator in ("rank", "extreme", "average") and len(operands) < 2:
        told = "、".join(part.label for part in figures)
        return Answer(query.question, "not_found", f"只找到{told}的数字，无法比较。")
    if needs_all and (missing or len(operands) < 2):
        absent = "、".join([*missing, *(part.label for part in lacking)])
        return Answer(query.question, "not_found", f"没有找到{absent}的相应数字，无法比较。")
    if task.operator == "compare":
        claim, value, unit, steps = _compared(item, operands, in_percent=query.units[-1:] == ("%",))
        whose = _WHOSE.search(query.folded)
        if whose and not _BY.search(query.folded):  # 谁的高，是多少
            sizes = [replace(operand, value=abs(operand.value)) for operand in operands]
            winner = ranked(sizes, not _LESS.search(whose[0]))[0]
            value, unit = winner.value, winner.unit
    elif task.operator == "ratio":
        result = ratio(operands[0], operands[1])
        claim, value, unit = (
            f"{operands[0].label}的{item}是{operands[1].label}的 {_said(result)}",
            result.value,
            "倍",
        )
        steps = [result.formula]
    elif task.operator == "percent":
        result = share(operands[0], operands[1])
        claim = f"{operands[0].label}的{item}相当于{operands[1].label}的 {_said(result)}"
        value, unit, steps = result.value, "%", [result.formula]
    elif task.operator in ("total", "average"):
        result = (total if task.operator == "total" else average)(operands)
        word = "合计" if task.operator == "total" else "平均"
        claim = f"{len(operands)} 家{item}{word} {_said(result)}"
        value, unit, steps = result.value, result.unit, [result.formula]
        if lacking or missing:  # a sum that lacks some is no answer
            absent = _listed([*missing, *(part.label for part in lacking)], mark="、")
            found = _listed(operands, lambda o: f"{o.label} {_of(o)}")
            text = f"没有找到{absent}的{item}，{word}不全（已找到的：{found}）。"
            return Answer(query.question, "not_found", text)
    elif task.operator == "share":
        whole = total(operands)
        named = next(
            (o for o, part in zip(operands, figures, strict=True) if part.info.entity in focus), operands[0]
        )
        result = share(named, Operand(f"{len(operands)} 家合计", whole.value, whole.unit))
        claim = f"{named.label}的{item}占 {len(operands)} 家合计的 {_said(result)}"
        value, unit, steps = result.value, "%", [whole.formula, result.formula]
    elif task.operator == "filter" and task.condition is not None:
        shown = [o for o in operands if task.condition(o.value, o.unit)]
        names = _listed(shown, lambda o: f"{o.label} {_signed(task, o)}", "、")
        if (task.summed or not shown) and (lacking or missing):  # one that fits may have no figure
            absent = _listed([*missing, *(part.label for part in lacking)], mark="、")
            return Answer(query.question, "not_found", f"没有找到{absent}的{item}，无法判断。")
        claim = f"{item}没有一家符合“{task.words}”"
        if shown:
            claim = f"{item}“{task.words}”的有 {len(shown)} 家：{names}"
        steps = [f"条件：{task.words}"]
        if _HOW_MANY.search(query.folded):
            value, unit = Decimal(len(shown)), "家"
        if shown and task.summed:
            result = total(shown)
            claim += f"；合计 {_said(result)}"
            value, unit = result.value, result.unit
            steps.append(result.formula)
    elif task.operator in ("rank", "extreme") and _BOTH_ENDS.search(query.folded):
        claim, value, unit, steps = _ends(item, ranked(operands), times="倍" in query.folded)
    elif task.operator in ("rank", "extreme"):
        ordered = ranked(operands, task.largest)
        claim, value, unit, shown = _ranked(item, task, ordered, figures, focus)
        steps = [("从大到小：" if task.largest else "从小到大：") + written(ordered, _plainly, "，")]
    else:
        claim = f"{item}：" + _listed(operands, lambda o: f"{o.label} {_signed(task, o)}")
    lines = [claim + "。"]
    if task.operator in ("compare", "ratio", "percent", "total", "average", "share"):
        lines.append(_listed(operands, _plainly) + "。")
    if task.operator == "filter":
        lines.append("各家：" + _listed(operands, _plainly) + "。")
    lines += _notes(figures, lacking, missing)
    cited = tuple(dict.fromkeys(c for part in figures for c in part.answer.citations[:3]))
    steps = [*(step for part in figures for step in part.answer.steps), *steps]
    values = tuple(Value(o.label, o.value, o.unit) for o in shown)
    return Answer(
        query.question,
        "answered",
        "\n".join(lines),
        value,
        unit,
        values,
        cited,
        tuple(steps),
        facts=tuple(f for part in figures for f in part.answer.facts[:1]),
    )


def _alike(given: Sequence[Part]) -> list[Part]:
    """Return the departments that answer about the same item; another item is no answer to compare."""
    different = {id(fact): fact for part in given for fact in part.answer.facts[:1]}
    named = {number: _plain_item(fact) for number, fact in different.items()}
    items = [named[id(part.answer.facts[0])] if part.answer.facts else "" for part in given]
    usual, count = Counter(items).most_common(1)[0]
    if not usual or count < 2:
        return list(given)
    alike = {item for item in set(items) if not item or _same_item(item, usual)}
    return [part for part, item in zip(given, items, strict=True) if item in alike]


def _same(one: Part, other: Part) -> bool:
    """Tell whether two departments answer with the same item; a computed figure is what was asked for."""
    if not one.answer.facts or not other.answer.facts or len(one.answer.facts) > 1:
        return True
    items = [_plain_item(part.answer.facts[0]) for part in (one, other)]
    if one.info.entity == other.info.entity:  # what one department calls alike is one thing, no more
        return items[0] == items[1] or bool(lexicon().titles_of(items[0]) & lexicon().titles_of(items[1]))
    return _same_item(*items)


def _plain_item(fact: Fact) -> str:
    """Return what a figure is of, without its scope: that is told apart and noted."""
    subject = fold(subject_of(fact))
    for scope in (*NARROW_SCOPES, "财政拨款"):
        subject = subject.removeprefix(fold(scope)) or subject
    return subject


def _same_item(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    titles = lexicon().titles_of(one) & lexicon().titles_of(other)
    return bool(titles) or LCSseq.similarity(one, other) >= SAME_ITEM * max(
        shorter, len(max(one, other, key=len)) / 2
    )


def _compared(
    item: str, operands: Sequence[Operand], in_percent: bool = False
) -> tuple[str, Decimal, str, list[str]]:
    first, second = ranked(operands)[:2]
    result = difference(first, second)
    if not result.value:
        return (
            f"{first.label}与{second.label}的{item}一样，都是 {amount(first.value, first.unit)}",
            Decimal(0),
            result.unit,
            [result.formula],
        )
    one, other = operands[:2]
    name = one.label.partition("(")[0]
    if name == other.label.partition("(")[0]:  # two years of one department, the later against the earlier
        later, earlier = sorted((one, other), key=lambda operand: operand.label, reverse=True)
        change = difference(later, earlier)
        way = "增加" if change.value >= 0 else "减少"
        if in_percent and earlier.unit != "%":
            rate = share(Operand("增减额", abs(change.value), change.unit), earlier)
            claim = f"{name}的{item}，{_year_of(later)}比{_year_of(earlier)}{way} {amount(rate.value, '%')}"
            return claim, rate.value, "%", [change.formula, rate.formula]
        said = amount(abs(change.value), change.unit)
        claim = f"{name}的{item}，{_year_of(later)}比{_year_of(earlier)}{way} {said}"
        return claim, abs(change.value), change.unit, [change.formula]
    if first.value < 0:  # both fell: who fell by more is not who is higher
        claim = (
            f"{second.label}的{item}下降更多，{_of(second)}；{first.label}{_of(first)}，相差 {_said(result)}"
        )
        return claim, result.value, result.unit, [result.formula]
    more, by = ("更高", "高") if first.unit == "%" else ("更多", "多")
    return (
        f"{first.label}的{item}{more}，比{second.label}{by} {_said(result)}",
        result.value,
        result.unit,
        [result.formula],
    )


def _ends(item: str, ordered: Sequence[Operand], times: bool) -> tuple[str, Decimal, str, list[str]]:
    """Return the largest against the smallest: how many times as much, or how much more."""
    most, least = ordered[0], ordered[-1]
    result = (ratio if times else difference)(most, least)
    against = f"前者是后者的 {_said(result)}" if times else f"相差 {_said(result)}"
    claim = f"{item}最多的是{most.label}，{_of(most)}；最少的是{least.label}，{_of(least)}；{against}"
    return claim, result.value, result.unit, [result.formula]


def _year_of(operand: Operand) -> str:
    return operand.label.partition("(")[2].rstrip(")")


def _ranked(
    item: str, task: Task, ordered: Sequence[Operand], figures: Sequence[Part], focus: Sequence[str]
) -> tuple[str, Decimal | None, str | None, Sequence[Operand]]:
    """Return the claim, the figure asked for and the figures shown of a ranking."""
    word, order = ("最多", "从多到少") if task.largest else ("最少", "从少到多")
    asked = {part.label for part in figures if part.info.entity in focus}
    named = [at for at, o in enumerate(ordered, 1) if o.label in asked] if asked else []
    if 0 < task.place <= len(ordered):
        own = ordered[task.place - 1]
        claim = f"{item}排第 {task.place} 的是{own.label}，{_of(own)}（共比较 {len(ordered)} 家）"
        return claim, own.value, own.unit, ordered
    if task.operator == "rank" and len(named) == 1:
        own = ordered[named[0] - 1]
        claim = f"{own.label}的{item}为 {_of(own)}，在 {len(ordered)} 家中{order}排第 {named[0]}"
        return claim, own.value, own.unit, ordered
    if task.operator == "extreme":
        best = [o for o in ordered if o.value == ordered[0].value]
        names = _listed([o.label for o in best], mark="、")
        claim = f"{item}{word}的是{names}，{_of(best[0])}（共比较 {len(ordered)} 家）"
        falling = best[0].value < 0 and not task.largest
        return claim, abs(best[0].value) if falling else best[0].value, best[0].unit, ordered
    kept = ordered[: task.top] if task.top else ordered
    marks = iter(_CIRCLED * (1 + SHOWN // len(_CIRCLED)))
    listed = _listed(kept, lambda o: f"{next(marks)}{o.label} {_of(o)}")
    return f"{item}{order}：{listed}", None, None, kept


def _side_by_side(
    query: Query, task: Task, parts: Sequence[Part], given: Sequence[Part], missing: Sequence[str]
) -> Answer:
    """Give what each department answers: words, or several figures."""
    single = tuple(
        Value(o.label, o.value, o.unit) for part in given if (o := part.operand) and not part.answer.values
    )
    values = single + tuple(
        replace(v, label=f"{part.label}·{v.label}") for part in given for v in part.answer.values
    )
    lines = [part.answer.text for part in given]
    lines += _notes(given, [part for part in parts if part.answer.status != "answered"], missing)
    return Answer(
        query.question,
        "answered",
        "\n".join(lines),
        values=values,
        citations=tuple(dict.fromkeys(c for part in given for c in part.answer.citations)),
        steps=tuple(step for part in given for step in part.answer.steps),
        facts=tuple(f for part in given for f in part.answer.facts[:1]),
    )


def _notes(given: Sequence[Part], lacking: Sequence[Part], missing: Sequence[str]) -> list[str]:
    """Say what a reader must know: other years, other scopes, departments without a figure."""
    notes = []
    if len({part.info.year for part in given}) > 1 and len({part.info.entity for part in given}) > 1:
        notes.append("注意：各家文件的年度不同，见括号。")
    scopes = {part.label: part.answer.facts[0].scope for part in given if part.answer.facts}
    if len(set(scopes.values())) > 1:
        told = _listed(list(scopes.items()), lambda one: f"{one[0]}：{one[1] or '未注明'}")
        notes.append(f"注意：口径不同（{told}）。")
    if lacking:
        notes.append(f"没有找到：{_listed([part.label for part in lacking], mark='、')}。")
    if missing:
        notes.append(f"索引中没有{'、'.join(missing)}的公开文件。")
    return notes


def _item(figures: Sequence[Part]) -> str:
    """Return the common name of what the figures are: the answers' own item."""
    facts = [part.answer.facts[0] for part in figures if part.answer.facts]
    steps = [step for part in figures for step in part.answer.steps]
    if steps and len(figures[0].answer.facts) > 1:
        part, *whole = figures[0].answer.facts
        if "+" in steps[0]:
            return f"{'、'.join(map(label_of, figures[0].answer.facts))}合计"
        return (
            f"{label_of(part)}占{label_of(whole[0])}的比重" if figures[0].answer.unit == "%" else "计算结果"
        )
    if not facts:
        return ""
    fact = facts[0]
    suffix = {"增减额": "比上年增减", "增减率": "比上年增减幅度", "占比": "占比"}.get(fact.measure, "")
    if fact.measure == "数量" and fact.unit == "平方米":
        return label_of(fact)
    if fact.measure in ("数量", "预算数", "合计", "总计", "小计", "金额", "项目支出合计") or suffix:
        return fact.item + suffix
    named = fact.table and "绩效" not in fact.table and subject_of(fact) == fact.item
    return f"{fact.item}（{fact.measure}）" if named else subject_of(fact)


def _listed(things: Sequence[T], write: Callable[[T], str] = str, mark: str = "；") -> str:
    """Write a list out, as far as it can be read."""
    more = f"……（共 {len(things)} 家）" if len(things) > SHOWN else ""
    return mark.join(map(write, things[:SHOWN])) + more


def _plainly(operand: Operand) -> str:
    return f"{operand.label} {amount(operand.value, operand.unit)}"


def _of(operand: Operand) -> str:
    sign = "下降 " if operand.value < 0 and operand.unit == "%" else "减少 " if operand.value < 0 else ""
    return sign + amount(abs(operand.value), operand.unit)


def _said(result: Result) -> str:
    return amount(result.value, result.unit)


def _signed(task: Task, operand: Operand) -> str:
    if not task.changes:
        return amount(operand.value, operand.unit)
    word = "增加" if operand.value >= 0 else "减少"
    return f"{word} {amount(abs(operand.value), operand.unit)}"
