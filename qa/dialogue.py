"""A dialogue: each question is completed from those before, or reckoned from figures already told.

The completed question is plain text, shown with the answer, so that a reader sees what was understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import ratio

from index.document import Fact
from index.naming import short_name
from index.text import fold
from qa.answer import Answer, Citation, Value, amount, cite, convert, masked
from qa.assistant import LONGEST_QUESTION
from qa.compute import Operand, difference, share, total
from qa.features import CHANGES
from qa.followups import DIFFERENCE, Turn, names_item, rewritten, rule
from qa.question import BLANK, understand
from qa.told import extreme_told, source_told
from qa.wording import subject_of

if TYPE_CHECKING:
    from qa.assistant import Assistant

_FIGURE = re.compile(r"多少|几")
_NUMBER = re.compile(r"^(?:第)?([1-9一二三四五六七八九])(?:个|家|项)?[。.、]?$")
NO_FIGURE = "没有找到所问的数字，不作猜测。"
_DIGITS = "一二三四五六七八九"


@dataclass(slots=True)
class Conversation:
    """A dialogue with an assistant; not safe to share between threads."""

    assistant: Assistant
    turns: list[Turn] = field(default_factory=list)
    """The answered turns: what later questions inherit from."""
    _pending: tuple[str, tuple[str, ...]] | None = None
    """A question that was answered with choices."""
    _refused: bool = False
    """Whether the last question was not answered: nothing is told of what 换成元 would be of."""

    def ask(self, question: str) -> Answer:
        """Answer the next question of the dialogue. Raises QuestionError for an empty or overlong one."""
        if not any(char.isalnum() for char in question) or len(question.strip()) > LONGEST_QUESTION:
            # which says that it is empty or too long
            return masked(replace(self.assistant.ask(question), question=question))
        answer = self._next(question)
        self._refused = answer.status == "not_found"
        return masked(answer)

    def _next(self, question: str) -> Answer:
        chosen = self._choice(question)
        if chosen:
            return self._answer(question, chosen)
        direct = self._computed(question)
        if direct:
            return direct
        readings = self.readings(question)
        answer = self._answer(question, readings[0])
        for reading in readings[1:]:
            if answer.status == "answered":
                break
            again = self._answer(question, reading)
            answer = again if again.status == "answered" else answer
        extreme = rule("extreme_alone").match(question.strip())
        if extreme and answer.status == "answered" and "最" not in answer.text:
            self.turns.pop()
            return Answer(question, "not_found", NO_FIGURE)
        return answer

    def clear(self) -> None:
        """Forget everything said so far."""
        self.turns.clear()
        self._pending = None

    def readings(self, question: str) -> list[str]:
        """Return the complete questions that a question may stand for, the likeliest first."""
        if not self.turns:
            return [question]
        return rewritten(question, self.turns, self.assistant)

    def _answer(self, question: str, text: str) -> Answer:
        answer = self.assistant.ask(text)
        told = bool(self.turns) and self.turns[-1].answer.value is not None
        figure = _FIGURE.search(question) or told and rule("closing").search(question)  # 那某某费呢
        if answer.status == "answered" and not answer.facts and figure:
            answer = replace(answer, status="not_found", text=NO_FIGURE, citations=())
        if answer.status == "answered":
            self.turns.append(Turn(text, understand(text, self.assistant.register), answer))
            self._pending = None
        elif answer.status == "clarify":
            self._pending = (text, answer.choices)
        elif (query := understand(text, self.assistant.register)).departments and not self.turns:
            self.turns.append(Turn(text, query, answer))  # whom it is about goes on, though unanswered
        return replace(answer, question=question, resolved=text if text != question else "")

    def _choice(self, question: str) -> str:
        """Return the pending question with the choice that `question` makes, or ''."""
        if not self._pending:
            return ""
        text, choices = self._pending
        number = _NUMBER.match(question.strip())
        if number:
            digit = number.group(1)
            at = int(digit) if digit.isdigit() else _DIGITS.index(digit) + 1
            return f"{choices[at - 1]}{text}" if at <= len(choices) else ""
        wanted = fold(question)
        exact = [c for c in choices if fold(c) == wanted]
        fitting = exact or [c for c in choices if wanted and (wanted in fold(c) or fold(c) in wanted)]
        return f"{fitting[0]}{text}" if len(fitting) == 1 else ""

    def _computed(self, question: str) -> Answer | None:
        """Answer what is reckoned from the last figure: another unit, its share of something."""
        if not self.turns:
            return None
        last = self.turns[-1].answer
        told = self._between(question)
        if told:
            return told
        if rule("source_alone").match(question.strip()) and last.citations and not self._refused:
            return replace(source_told(last), question=question)
        extreme = rule("extreme_alone").match(question.strip())
        if extreme and not self._refused:
            largest = extreme.group("way") in "多大高贵"
            place = _DIGITS.index(extreme.group("place") or "一") + 1
            chosen = extreme_told(last, self.assistant.titles, largest, place)
            if chosen:
                order = f"第{_DIGITS[place - 1]}" if place > 1 else "最"
                resolved = f"{self.turns[-1].text.rstrip('?？。')}，其中{order}{extreme.group('way')}的"
                self.turns.append(Turn(resolved, self.turns[-1].query, chosen))
                return replace(chosen, question=question, resolved=resolved)
            if place > 1:
                return Answer(question, "not_found", NO_FIGURE)
        unit = rule("convert").match(question.strip())
        if unit and self._refused:
            return Answer(question, "not_found", NO_FIGURE)
        if unit and (money := _money(last)):
            return self._converted(question, money, unit.group("unit") or unit.group("asked"))
        two = rule("two_told").match(question.strip())
        if two:
            together = self._share_of_two(question, fold(two.group("whole")))
            return together or Answer(question, "not_found", NO_FIGURE)
        part = rule("share").match(question.strip())
        if part and last.facts and last.value is not None:
            return self._share(question, last, fold(part.group("whole")))
        return None

    def _between(self, question: str) -> Answer | None:
        """Return the difference of two figures told before: 两家差多少, 比昌吉州的多多少."""
        last = self.turns[-1]
        against = rule("against").search(question)
        numbers = rule("figures").search(question) and DIFFERENCE.search(question)
        numbers = numbers or rule("difference_alone").match(question.strip())
        both = rule("both").search(question) and DIFFERENCE.search(question)
        told = [turn for turn in self.turns if turn.answer.facts and turn.answer.value is not None]
        if not told or told[-1] is not last or not (against or both or numbers):
            return None
        if against and against.group("mine"):
            first = understand(against.group("mine"), self.assistant.register)
            named = [turn for turn in told if turn.answer.facts[0].entity in first.departments]
            if not named or names_item(first):
                return None
            last = named[-1]
        others = [turn for turn in told if turn is not last and (numbers or _owner(turn) != _owner(last))]
        if against:
            wanted = understand(against.group("other"), self.assistant.register)
            others = [turn for turn in others if turn.answer.facts[0].entity in wanted.departments]
        words = understand(rule("both").sub("", question), self.assistant.register)
        if not others or not (numbers or against) and names_item(words):
            return None
        mine = subject_of(last.answer.facts[0])
        other = others[-1]
        if not numbers:  # the figure of the other that is most like this one
            other = max(reversed(others), key=lambda turn: ratio(mine, subject_of(turn.answer.facts[0])))
        own, theirs = _operand(last), _operand(other)
        if own.label == theirs.label:  # one item, of other money
            own, theirs = _of_its_money(last, own), _of_its_money(other, theirs)
        try:
            result = difference(own, theirs)
        except ValueError:
            return None
        more = "多" if result.value >= 0 else "少"
        claim = f"{own.label}比{theirs.label}{more}"
        text = f"{claim} {amount(abs(result.value), result.unit)}（{result.formula}）。"
        values = tuple(Value(o.label, o.value, o.unit) for o in (theirs, own))
        cited = tuple(dict.fromkeys((*other.answer.citations, *last.answer.citations)))
        answer = Answer(
            question,
            "answered",
            text,
            abs(result.value),
            result.unit,
            values,
            cited,
            (*other.answer.steps, *last.answer.steps, result.formula),
            facts=(last.answer.facts[0], other.answer.facts[0]),
            resolved=f"{own.label}和{theirs.label}差多少",
        )
        self.turns.append(Turn(answer.resolved, last.query, answer))
        return answer

    def _converted(self, question: str, last: Answer, unit: str) -> Answer | None:
        target = {"亿": "亿元", "块": "元", "块钱": "元"}.get(unit, unit)
        if last.value is None or last.unit is None:
            return None
        value, got = convert(last.value, last.unit, target)
        if got != target:
            return None
        step = f"{amount(last.value, last.unit)} = {amount(value, target)}"
        subject = self.turns[-1].text.rstrip("?？。")
        text = f"{step}（{subject}）。"
        answer = replace(
            last, question=question, text=text, value=value, unit=target, values=(), steps=(*last.steps, step)
        )
        return replace(answer, resolved=f"{subject}，换算成{target}")

    def _share(self, question: str, last: Answer, words: str) -> Answer | None:
        """Return the last figure's share of a total that was told before or is named now."""
        part = next((fact for fact in last.facts if fact.measure not in CHANGES), last.facts[0])
        whole = self._whole(part, words)
        steps: tuple[str, ...] = ()
        cited: tuple[Citation, ...] = (cite(part, self.assistant.titles),)
        if last.steps and len(last.facts) > 1 and last.unit == part.unit:  # what was reckoned, not an operand
            steps, cited = last.steps, last.citations
            part = replace(part, item="上述结果", value=last.value, measure="预算数", table="", project="")
        value = part.value if part is not last.facts[0] else last.value
        if whole is None or whole.value is None or value is None:
            return None
        try:
            result = share(
                Operand(
                    _told(part, whole), value, part.unit if part is not last.facts[0] else last.unit or ""
                ),
                Operand(whole.item, whole.value, whole.unit),
            )
        except ValueError:
            return None
        text = f"{_told(part, whole)}占{whole.item}的 {amount(result.value, '%')}（{result.formula}）。"
        answer = Answer(
            question,
            "answered",
            text,
            result.value,
            "%",
            citations=(*cited, cite(whole, self.assistant.titles)),
            steps=(*steps, result.formula),
            facts=(part, whole),
        )
        resolved = f"{short_name(part.entity)}{_told(part, whole)}占{whole.item}的比例"
        self.turns.append(Turn(resolved, self.turns[-1].query, answer))
        return replace(answer, resolved=resolved)

    def _share_of_two(self, question: str, words: str) -> Answer | None:
        """Return the share that the last two figures told have together: 这两项合计占…."""
        told = [turn for turn in self.turns if turn.answer.facts and turn.answer.value is not None][-2:]
        if len(told) < 2 or _owner(told[0]) != _owner(told[1]):
            return None
        parts = [turn.answer.facts[0] for turn in told]
        whole = self._whole(parts[0], words)
        if whole is None or whole.value is None:
            return None
        try:
            both = total([_operand(turn) for turn in told])
            result = share(
                Operand("两项合计", both.value, both.unit), Operand(whole.item, whole.value, whole.unit)
            )
        except ValueError:
            return None
        text = f"两项合计占{whole.item}的 {amount(result.value, '%')}（{both.formula}；{result.formula}）。"
        cited = tuple(cite(fact, self.assistant.titles) for fact in (*parts, whole))
        year = f"{parts[0].year}年" if parts[0].year else ""
        items = "和".join(subject_of(fact) for fact in parts)
        resolved = f"{short_name(parts[0].entity)}{parts[0].subunit}{year}{items}合计占{whole.item}的比例"
        answer = Answer(
            question, "answered", text, result.value, "%", (), cited, (both.formula, result.formula),
            facts=(*parts, whole), resolved=resolved,
        )  # fmt: skip
        self.turns.append(Turn(resolved, self.turns[-1].query, answer))
        return answer

    def _whole(self, part: Fact, words: str) -> Fact | None:
        """Return the total that a share is of: 总额 of the same project, told before, or one named now."""
        if rule("own_total").match(words):
            told = [fact for turn in reversed(self.turns) for fact in turn.answer.facts]
            larger = (
                f
                for f in told
                if f.doc == part.doc and f.item != part.item and (f.value or 0) >= (part.value or 0)
            )
            return next(larger, None)
        who = f"{short_name(part.entity)}{part.year or ''}年"
        if rule("own_department").match(words):  # of a unit's figure: the same for the whole department
            words = subject_of(part)
        else:
            named = understand(words, self.assistant.register)
            words = named.rest.replace(BLANK, "") if part.entity in named.departments else words
            words = rule("of_total").sub("", words)
        found = self.assistant.ask(f"{who}{words}是多少")
        whole = found.facts[0] if found.status == "answered" and found.facts else None
        return whole if whole and whole != part else None


def _told(part: Fact, whole: Fact) -> str:
    """Return the name of a part beside its whole: of one item, the part is a unit's."""
    return f"{part.subunit}{subject_of(part)}" if part.item == whole.item else subject_of(part)


def _owner(turn: Turn) -> tuple[str, str]:
    fact = turn.answer.facts[0]
    return fact.entity, fact.subunit


def _of_its_money(turn: Turn, operand: Operand) -> Operand:
    """Return an operand that also says of which money it is."""
    scope = turn.answer.facts[0].scope
    return replace(operand, label=f"{operand.label}（{scope}）") if scope else operand


def _operand(turn: Turn) -> Operand:
    fact = turn.answer.facts[0]
    inside = fact.subunit if fact.subunit and fold(fact.subunit) != fold(fact.entity) else ""
    year = f"({fact.year}年)" if fact.year else ""
    label = f"{inside or short_name(fact.entity)}{year}{subject_of(fact)}"
    return Operand(label, turn.answer.value or Decimal(0), turn.answer.unit or "")


def _money(last: Answer) -> Answer | None:
    """Return the answer if it gives one amount of money, as its figure or among several."""
    if last.value is not None and last.unit:
        return last
    sums = [value for value in last.values if value.unit.endswith("元")]
    return replace(last, value=sums[0].value, unit=sums[0].unit) if len(sums) == 1 else None
