"""What a follow-up question inherits: it is rewritten into a question that is complete in itself.

What a follow-up names replaces what was said before: department, year, item or what is asked about it;
the rest is taken over. A question that names its department and its item inherits nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.departments import Department
from index.naming import same_place, short_name
from index.register import Register
from index.text import fold
from qa.answer import Answer
from qa.features import WHOLE_STATEMENTS
from qa.groups import speaks_of_all
from qa.lexicon import phrases_in
from qa.listing import EXTREME
from qa.matching import bigrams, content_of
from qa.names import find_mentions, find_units
from qa.operations import operation_of
from qa.question import BLANK, Query, understand
from qa.wording import NARROW_SCOPES, subject_of

if TYPE_CHECKING:
    from qa.assistant import Assistant

_FILE = Path(__file__).parent / "lexicon" / "followups.json"
_YEAR = re.compile(r"(?:20)?\d{2}年|去年|上年|前年|今年")
_BARE_YEAR = re.compile(r"^(?:(?:20)?\d{2}年?|去年|上年|前年|今年)(?:的|度)?$")
_OFFICE = re.compile(r"[局厅委]|中心|街道|学院")
DIFFERENCE = re.compile(r"(?:多|少|高|低|大|小)(?:出|了)?(?:多少|几)|差多少|相差")


@cache
def rule(name: str) -> re.Pattern[str]:
    """Return one of the patterns of `lexicon/followups.json`."""
    return re.compile(json.loads(_FILE.read_text(encoding="utf-8"))[name])


@dataclass(slots=True)
class Turn:
    """A question as it was resolved, with its answer."""

    text: str
    query: Query
    answer: Answer


def rewritten(question: str, turns: Sequence[Turn], assistant: Assistant) -> list[str]:
    """Return the complete questions that a follow-up may stand for."""
    last = turns[-1]
    text = rule("opening").sub("", question.strip())
    register = assistant.register
    text = rule("now").sub("", text)
    corrected = rule("correction_after").search(text) or rule("correction").search(text)
    if corrected:
        meant = rule("that_one").sub("", corrected.group("meant"))
        if names_item(understand(meant, register)) and not _is_unit(meant, _own(last, register)):
            return [f"{_who(turns)}{_year(last)}{meant}是多少", text]
        return [_with_department(last, meant, assistant), text]
    first = understand(text, register)
    named = [department for entity in first.departments if (department := register.named(entity))]
    beside = _beside(text, first, turns, assistant)
    if beside:
        return [beside]
    if speaks_of_all(first, named) and not rule("both").search(text):
        whose = f"{_who(turns)}的" if rule("among").search(text) and not named else ""
        return [text] if names_item(first) else [f"{whose}{_topic(last)}，{text}", text]
    if rule("inside").search(text) and not find_mentions(fold(text), register):
        named, first = [], replace(first, departments=())  # 其中自治区就业补助资金: a place in a name
    whole = any(asked.measure in WHOLE_STATEMENTS for asked in first.measures)
    if named and (whole or rule("own_matter").search(text)):
        return [text]
    against_it = rule("against_it").search(text)
    if against_it and first.departments and (topic := _topic(last)):
        return [f"{short_name(first.departments[0])}和{_who(turns)}的{topic}差多少"]
    times = rule("times").search(text)
    if times and (topic := _topic(last)):
        other = understand(times.group("other"), register).departments
        if other:
            return [f"{_who(turns)}的{topic}是{short_name(other[0])}的几倍"]
    text = rule("project").sub(_project(turns) or r"\g<0>", text)
    text = rule("pronouns").sub(_item(last), text)
    text = rule("cars").sub("车辆", rule("things").sub("", text)).replace("呢，", "，")
    both = rule("both").search(text)
    if both:
        names = _two_departments(turns)
        if len(names) == 2:
            rest = rule("both").sub("", text)
            item = "" if names_item(understand(rest, register)) else _topic(last)
            return [f"{names[0]}和{names[1]}的{item}{rest}"]
    of_last = rule("share_of_last").match(text)
    if of_last and last.answer.facts:  # 监考费占百分之多少: of the project or item just spoken of
        base = _project([last]) or _topic(last)
        return [f"{_who(turns)}{_year(last)}{of_last.group('part')}占{base}的百分之多少"]
    recipient = _recipient(text, last, assistant)
    if recipient:
        return [f"{_who(turns)}{_year(last)}{_project(turns)}分给{recipient}多少"]
    query = understand(text, register)
    if rule("at_least").search(text) and (query.departments or query.unknown):
        return [f"{rule('at_least').sub('', text)}{_topic(last)}是多少"]
    bare = rule("closing").sub("", text)
    item_named = names_item(understand(bare, register))
    who = _who(turns)
    if query.unknown and not query.departments:
        return [text if item_named else f"{bare}{_topic(last)}{_asked(last)}"]
    if query.departments or (query.subunits and not last.query.departments):
        if item_named:
            options = [text, f"{bare}{_asked(last)}"]
            words = content_of(understand(bare, register).rest.replace(BLANK, "，"))
            if any(gram in last.query.folded for gram in bigrams(words) if len(gram) > 1):
                options.append(_with_department(last, bare, assistant))  # 货物, of 货物采购
            return options
        return [_with_department(last, bare, assistant)]
    if _BARE_YEAR.match(fold(bare)):
        return [_with_year(last, bare, assistant)]
    together = list(dict.fromkeys(short_name(fact.entity) for fact in last.answer.facts))
    if len(together) > 1 and rule("asking").search(text) and not item_named:
        return [f"{'和'.join(together)}的{_topic(last)}{text}"]
    inner = rule("inside").sub("", bare)
    year = "" if query.years or _YEAR.search(text) else _year(last)
    scope = rule("scope_alone").search(inner)
    if scope and (before := rule("scope_asked").match(last.text)):
        return [f"{before.group('what')}的{scope.group('scope')}是多少"]
    if scope and (topic := _topic(last)) and fold(scope.group("scope")) not in fold(topic):
        return [f"{who}{year}{topic}的{scope.group('scope')}是多少"]
    if not item_named:
        return [f"{who}{year}{_topic(last)}{inner}", f"{who}{year}{inner}"]
    options = [f"{who}{year}{inner}"]
    within = _project([last])
    if within and EXTREME.search(inner):
        return [f"{who}{year}{within}的{inner}", f"{who}{year}{_project(turns)}{inner}"]
    if within and fold(within) not in fold(inner):  # 差旅费, 计划培训多少人: of the project just spoken of
        options.insert(0, f"{who}{year}{within}的{inner}")
    if bare != text and not EXTREME.search(inner):  # 那某某呢: the same is asked of it
        options.insert(0, f"{who}{year}{inner}{_asked(last)}")
    project = _project(turns)
    if project and fold(project) not in fold(inner):
        options.append(f"{who}{year}{project}{inner}")
    options.append(text)
    if bare != text:  # 面积呢, of the houses just spoken of
        options.append(f"{who}{year}{_item(last)}{inner}")
    return list(dict.fromkeys(options))


def _beside(text: str, query: Query, turns: Sequence[Turn], assistant: Assistant) -> str:
    """Return the question about another unit of the department, or against one named: 比昌吉州的多多少."""
    last = turns[-1]
    own = _own(last, assistant.register)
    entity = own.entity if own else ""
    topic = _topic(last)
    against = rule("against").search(text)
    if against and topic:
        other = understand(against.group("other"), assistant.register)
        names = [short_name(e) for e in other.departments]
        units = [unit for _, _, unit in find_units(fold(against.group("other")), own)] if own else []
        if names:
            return f"{_who(turns)}和{names[0]}的{topic}差多少"
        if units and last.query.subunits:
            return f"{short_name(entity)}{last.query.subunits[0]}和{units[0]}的{topic}差多少"
    if len(query.departments) > 1 and not names_item(query):
        words = re.sub(rf"[{BLANK}的和与跟及，]*[{BLANK}][的和与跟及，]*", "", query.rest)
        asked = "差多少" if DIFFERENCE.search(text) else words
        return f"{'和'.join(map(short_name, query.departments))}的{topic}{asked}"
    if query.departments or query.unknown or own is None:
        return ""
    if rule("units_together").search(text):
        told = list(dict.fromkeys(u for turn in turns for u in turn.query.subunits))
        return f"{short_name(entity)}{'、'.join(told)}的{topic}一共多少" if len(told) > 1 else ""
    units = [unit for _, _, unit in find_units(fold(text), own)]
    named = understand(f"{short_name(entity)}{text}", assistant.register)
    if len(units) == 1 and not names_item(named) and not operation_of(fold(text)):
        plain = next((turn for turn in reversed(turns) if not operation_of(turn.query.folded)), last)
        return f"{short_name(entity)}{units[0]}{_year(plain)}{_bare(plain)}"
    return ""


def _own(last: Turn, register: Register) -> Department | None:
    """Return the department that the last answer was about."""
    entity = last.answer.facts[0].entity if last.answer.facts else "".join(last.query.departments[:1])
    return register.named(entity)


def _is_unit(words: str, own: Department | None) -> bool:
    """Tell whether words name a unit inside the department and nothing else."""
    found = find_units(fold(words), own) if own else []
    return any(end - start >= len(fold(words)) - 1 for start, end, _ in found)


def _recipient(text: str, last: Turn, assistant: Assistant) -> str:
    """Return the part of the last project's allocation that a text names: 分给昌吉州多少, 那巴州呢."""
    fact = last.answer.facts[0] if last.answer.facts else None
    project = fact and (fact.project or fact.item)
    if fact is None or _OFFICE.search(text):
        return ""
    parts = [
        f.item
        for f in assistant.base(fact.doc).facts.having(measure=("分配金额",))
        if f.project and _own_name(f.project) == _own_name(project or "")
    ]
    named = {
        item: max((len(form) for form in _forms(item) if form in fold(text)), default=0) for item in parts
    }
    return max(named, key=lambda item: named[item]) if any(named.values()) else ""


def _own_name(project: str) -> str:
    """Return the folded name of a project without its last word: tables add it, headings do not."""
    return fold(project).removesuffix("项目")


def _forms(item: str) -> tuple[str, ...]:
    return (fold(item), *same_place(fold(item)))


def names_item(query: Query) -> bool:
    """Tell whether a question says more than whose figure, of which year, and what about it."""
    rest = "".join("，" if query.cues >> at & 1 else char for at, char in enumerate(query.rest))
    plain = rule("asking").sub(lambda match: "，" * len(match.group()), rest.replace(BLANK, "，"))
    words = re.sub(r"[，?的\ue000-\uefff]", "", content_of(plain))
    return len(words) >= 2 or any(end - start > 2 for start, end, _ in phrases_in(plain))


def _who(turns: Sequence[Turn]) -> str:
    """Return the department that the last answer was about, with the unit inside it."""
    for turn in reversed(turns):
        if turn.answer.facts:
            fact = turn.answer.facts[0]
            unit = turn.query.subunits[0] if turn.query.subunits else ""
            return short_name(fact.entity) + unit
        if turn.query.departments:
            return short_name(turn.query.departments[0])
    return ""


def _year(last: Turn) -> str:
    """Return the year to name again: the one that the last question named itself."""
    return f"{last.query.years[0]}年" if last.query.years else ""


def _item(last: Turn) -> str:
    """Return the name of what the last answer was about."""
    return subject_of(last.answer.facts[0]) if last.answer.facts else ""


def _topic(last: Turn) -> str:
    """Return the words that name what the last answer was about: its project and its item."""
    if not last.answer.facts:
        return ""
    fact = last.answer.facts[0]
    if fact.measure in ("职能条目", "主要职能", "名单"):
        return ""
    project = f"{fact.project}的" if fact.project and fold(fact.project) != fold(fact.item) else ""
    scope = fact.scope if last.query.scopes and fact.scope in NARROW_SCOPES else ""
    subject = subject_of(fact)
    return f"{project}{'' if scope in subject else scope}{subject}"


def _project(turns: Sequence[Turn]) -> str:
    """Return the project spoken of last."""
    for turn in reversed(turns):
        for fact in turn.answer.facts:
            if fact.project:
                return fact.project
            if fact.item.endswith(("项目", "经费", "资金")) and fact.table:
                return fact.item
    return ""


def _asked(last: Turn) -> str:
    """Return what was asked of the last item, as words to put after another."""
    fact = last.answer.facts[0] if last.answer.facts else None
    if fact is None:
        return ""
    if fact.measure in ("增减额", "增减率"):
        return "比上年增减多少"
    if fact.measure == "原因":
        return "变化的原因是什么"
    if last.query.measures and last.query.measures[0].kind == "text":
        return f"的{last.query.measures[0].measure}"
    return "是多少"


def _two_departments(turns: Sequence[Turn]) -> list[str]:
    """Return the last two departments spoken of, the earlier first."""
    names: list[str] = []
    for turn in reversed(turns):
        for fact in turn.answer.facts:
            name = short_name(fact.entity)
            if name not in names:
                names.append(name)
    return names[1::-1]


def _with_department(last: Turn, words: str, assistant: Assistant) -> str:
    """Return the last question asked of another department or unit, in that one's own year."""
    query = understand(words, assistant.register)
    named = [short_name(entity) for entity in query.departments] or list(query.unknown)
    units = list(query.subunits)
    if not named:
        entity = last.query.departments[0] if last.query.departments else ""
        named = [short_name(entity)] if entity else []
        units = units or [words]
    year = f"{query.years[0]}年" if query.years else ""
    return f"{'和'.join(named)}{units[0] if units else ''}{year}{_bare(last)}"


def _with_year(last: Turn, words: str, assistant: Assistant) -> str:
    """Return the last question asked of another year."""
    year = words.rstrip("的度")
    year = year if year.endswith("年") else f"{year}年"
    return f"{_who([last])}{year}{_bare(last)}"


def _bare(last: Turn) -> str:
    """Return the words of the last question without its department, unit and year."""
    words = re.sub(rf"[{BLANK}\ue000-\uefff]+", "", last.query.rest)
    return _YEAR.sub("", words).lstrip("的，")
