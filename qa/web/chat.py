"""The dialogue as HTML: questions, answers with their marks, choices, and what can be done with each.

Everything that comes from a question or a document is escaped where it becomes HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.naming import short_name
from index.text import fold
from qa.answer import Answer, mask
from qa.places import place_of
from qa.stages import COMPUTE, STAGES
from qa.web.examples import Examples, examples_html
from qa.web.feedback import BAD, GOOD, REASONS
from qa.web.marks import text_html
from qa.web.markup import button, told
from qa.web.session import Turn
from qa.wording import subject_of

STATUS = {"not_found": "没有找到", "clarify": "需要再问清楚"}
LISTED = 3
"""So many departments are named where an answer is about several."""


def chat_html(turns: Sequence[Turn], groups: tuple[Examples, ...], busy: bool = False) -> str:
    """Return the whole dialogue; while the last question is `busy`, how far it has come."""
    if not turns:
        return (
            '<div class="bq-welcome"><h3>想问什么？</h3>'
            "<p>用平常的话问；每个数字都注明出处，查不到就说查不到。</p>"
            f"{examples_html(groups)}</div>"
        )
    last = len(turns) - 1
    parts = (
        _turn(turn, number, last=number == last, busy=busy and number == last)
        for number, turn in enumerate(turns)
    )
    return f'<div class="bq-log" role="log" aria-live="polite" aria-label="对话">{"".join(parts)}</div>'


def _turn(turn: Turn, number: int, last: bool, busy: bool) -> str:
    asked = f'<p class="bq-question"><span class="bq-hidden">问：</span>{told(turn.question)}</p>'
    if busy:
        said = _progress(turn)
    elif turn.answer is None:
        said = f'<p class="bq-status">没有回答</p><p class="bq-text">{told(turn.error)}</p>'
    else:
        said = _answer(turn.answer, number, last)
    tools = "" if busy else _tools(turn, number, last)
    return f'<article class="bq-turn">{asked}<div class="bq-reply">{said}{tools}</div></article>'


def _progress(turn: Turn) -> str:
    at = max((STAGES.index(stage) for stage in turn.stages), default=0)
    steps = (
        f'<li class="{"bq-done" if n < at else "bq-now" if n == at else ""}">{stage}</li>'
        for n, stage in enumerate(STAGES)
    )
    return f'<ol class="bq-stages" aria-label="进度">{"".join(steps)}</ol>'


def _answer(answer: Answer, number: int, last: bool) -> str:
    status = STATUS.get(answer.status, "")
    choices = "".join(_choice(choice, last) for choice in answer.choices)
    steps = "".join(f"<li>{told(step)}</li>" for step in answer.steps)
    parts = (
        f'<p class="bq-status">{status}</p>' if status else "",
        f'<p class="bq-text">{text_html(answer, number)}</p>',
        f'<div class="bq-choices" role="group" aria-label="可以选">{choices}</div>' if choices else "",
        f'<details class="bq-steps"><summary>计算步骤</summary><ol>{steps}</ol></details>' if steps else "",
        f'<p class="bq-understood">理解为：{told(understood(answer))}</p>' if understood(answer) else "",
    )
    return "".join(parts)


def understood(answer: Answer) -> str:
    """Return what was understood: the complete question of a follow-up, else what the answer is about."""
    if answer.resolved:
        return answer.resolved
    if not answer.facts:
        return ""
    fact = answer.facts[0]
    names = list(dict.fromkeys(short_name(f.entity) for f in answer.facts if f.entity))
    if len(names) > 1:
        who = "、".join(names[:LISTED]) + (f" 等 {len(names)} 家" if len(names) > LISTED else "")
        return f"{who} · {subject_of(fact)}"
    year = f"{fact.year} 年{fact.account}" if fact.year else fact.account
    unit = fact.subunit if fold(fact.subunit) != fold(fact.entity) else ""
    parts = (fact.entity, unit, year, fact.project, subject_of(fact), fact.scope and f"口径：{fact.scope}")
    return " · ".join(dict.fromkeys(part for part in parts if part))


def plain_text(answer: Answer) -> str:
    """Return an answer to be pasted elsewhere: its text, steps and places."""
    places = (f"[{number}] {c.title}（{c.doc}）{place_of(c)}" for number, c in enumerate(answer.citations, 1))
    return mask("\n".join((answer.text, *answer.steps, *places)))


def _choice(choice: str, last: bool) -> str:
    if last:
        return button("bq-chip", "ask", told(choice), question=choice)
    return f'<span class="bq-chip bq-past">{told(choice)}</span>'


def _tools(turn: Turn, number: int, last: bool) -> str:
    """Return the buttons under an answer: copy, once more, and what the reader makes of it."""
    copied = plain_text(turn.answer) if turn.answer else turn.error
    parts = [button("bq-tool", "copy", "复制", text=copied)]
    if last:
        parts.append(button("bq-tool", "retry", "重新回答"))
    if turn.answer is None:
        return f'<div class="bq-tools">{"".join(parts)}</div>'
    verdicts = _rate(number, GOOD, "👍 有用", turn) + _rate(number, BAD, "👎 有问题", turn)
    parts.append(f'<span class="bq-verdict" role="group" aria-label="评价">{verdicts}</span>')
    parts.append(f'<span class="bq-timing">{_trail(turn)}</span>')
    return f'<div class="bq-tools">{"".join(parts)}</div>{_reasons(turn, number)}'


def _reasons(turn: Turn, number: int) -> str:
    """Return the reasons to choose from once an answer is called wrong, and thanks once one is chosen."""
    if turn.rating == BAD:
        buttons = "".join(_rate(number, reason, reason, turn) for reason in REASONS)
        return f'<div class="bq-reasons" role="group" aria-label="哪里有问题">哪里有问题？{buttons}</div>'
    chosen = "有用" if turn.rating == GOOD else turn.rating
    return f'<p class="bq-understood" role="status">已记下：{chosen}。谢谢。</p>' if chosen else ""


def _trail(turn: Turn) -> str:
    """Return the steps taken and the time."""
    taken = [stage for stage in STAGES if stage in turn.stages] or [s for s in STAGES if s != COMPUTE]
    return f"{' → '.join(taken)} · {max(1, round(turn.seconds * 1000))} 毫秒"


def _rate(number: int, verdict: str, name: str, turn: Turn) -> str:
    chosen = turn.rating == verdict or (verdict == BAD and turn.rating in REASONS)
    style = "bq-tool bq-chosen" if chosen else "bq-tool"
    return button(style, "rate", name, turn=number, verdict=verdict)
