"""Candidates -> an answer, a refusal or a question back.

One figure, several figures, a change against last year, a statement, a list of rows or parts: each
has its own small composer here. Nothing is answered that the chosen facts do not explain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from index.document import Fact
from index.quantity import figures
from index.text import fold, squash
from qa.answer import Answer, Citation, Value, amount, cite, convert
from qa.compute import (
    Operand,
    Result,
    difference,
    operation_of,
    per_unit,
    ratio,
    share,
    split_operands,
    total,
)
from qa.lookup import CONTEXT, TEXT_MEASURES, Candidate, FactBase, is_sum, measure_fits, plain_text, same_kind
from qa.matching import bits, unexplained
from qa.names import short_name
from qa.question import Query, within

ANCHOR = 0.6
"""The item or project of an answer must match the question at least this well."""
CERTAIN = 5.5
"""A fact of this score that leaves nothing unexplained is meant, however it was named."""
TOLD = 0.45
"""A statement that speaks of this much of the question's content may answer it."""
KNOWN_SHARE = 0.3
"""Of what is explained, so large a share may stay unexplained though the documents know the words:
福利费 is not 退休费, 小微企业采购 is not 采购."""
UNKNOWN_SHARE = 0.4
"""Unexplained characters may be this share of the explained ones, whether the documents know them or not."""
NAMED_UNIT = 4
"""A unit inside the department, named and fitting, explains as much as so many characters."""
FRONT = 0.6
"""An acceptable fact this close behind better-scored but unexplained ones may still answer."""
SAME_SCORE = 1.2
"""Facts within this score of the best that give the same figure support it."""
PEEL, PEEL_NEAR = 0.88, 0.75
"""A further item of one question must match this well; one of the same table less."""
MAX_ITEMS = 8
MAX_ROWS = 40
"""A longer list is no answer but a table."""
_LISTED = re.compile(r"[，和与及加跟]|以及|还有")
_COUNTED = re.compile(r"(?:这|那|的)?([两二三四五六七八九十])(?:笔|个|项|家|种)")
_EACH_OF = {"人": "人", "辆": "辆", "平方米": "平方米"}
_COUNT_AND_AMOUNT = ("数量", "涉及金额", "价值", "预算数", "占比")
_EXTREME = re.compile(r"(?:最)(多|大|高|少|小|低)")
_EACH = re.compile(r"各.{0,3}多少|分别.{0,4}多少")
_ASKS = re.compile(r"多少|几(?!乎)|是什么|哪些|百分之")
_BY_UNIT = re.compile(
    r"按单位|哪个(?:预算|下属)?单位|哪家|下属单位|各(?:个)?单位|哪些单位|各家|哪几家|每(?:个)?单位|每家|单位分布"
)


@dataclass(slots=True)
class Responder:
    """Answers from one or more fact bases of one department; `titles` maps documents to titles."""

    base: FactBase
    titles: dict[str, str]

    def respond(self, query: Query) -> Answer | None:
        """Return an answer, or None when the facts do not explain the question."""
        answer = self._respond(query)
        return replace(answer, steps=(*query.notes, *answer.steps)) if answer and query.notes else answer

    def _respond(self, query: Query) -> Answer | None:
        if (
            _EXTREME.search(query.folded)
            or query.wants_list
            and ("元" in query.units or _EACH.search(query.folded))
        ):  # 分别安排在哪些项目、各多少: rows, not words
            figures_only = self.base.candidates(_without_measures(query))
            first = next((c for c in figures_only if acceptable(c, query)), None)
            listed = self._listed(query, first, figures_only) if first else None
            if listed:
                return listed
        found = self.base.candidates(query)
        extreme = _EXTREME.search(query.folded)
        if (
            query.measures
            and all(rule.kind == "text" for rule in query.measures)
            and not query.units
            and not extreme
        ):
            told = [c for c in found if c.fact.measure in TEXT_MEASURES]
            if told and acceptable(told[0], query):
                return self._statement(query, told[0], told)
        computed = self._computed(query, found)
        if computed:
            return computed
        front = next((at for at, c in enumerate(found) if acceptable(c, query)), None)
        if front is None or found[front].score < found[0].score - FRONT:
            return self._several(query, found) if found else None
        found = [*found[front:]]
        best = found[0]
        listed = self._listed(query, best, found)
        if listed:
            return listed
        several = self._several(query, found)
        if several:
            return several
        if best.fact.measure in ("增减额", "增减率"):
            return self._change(query, best, found)
        if best.fact.measure in TEXT_MEASURES or (best.fact.value is None and best.fact.text):
            return self._statement(query, best, found)
        return self._figure(query, best, found)

    # -- one figure -------------------------------------------------------------------------------

    def _figure(self, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer:
        fact = best.fact
        value, unit = figure_of(fact)
        shown, shown_unit = convert(value, unit, query.target_unit) if query.target_unit else (value, unit)
        steps = []
        text = f"{self._who(fact)}{name_of(fact)}为 {amount(value, unit)}"
        if (shown, shown_unit) != (value, unit):
            text += f"，即 {amount(shown, shown_unit)}"
            steps.append(f"{amount(value, unit)} = {amount(shown, shown_unit)}")
        if not value:
            text += "（未安排）" if not fact.text or fact.unit.endswith("元") else ""
        if fact.comparator:
            text = text.replace("为 ", f"为 {fact.comparator} ", 1)
        text += self._scope_note(fact)
        support = [c for c in found if supports(c, best)]
        other = self._other_readings(best, found)
        if other:
            text += "\n" + "；".join(f"{describe(f)} {amount(*figure_of(f))}" for f in other) + "。"
        citations = self._cite([c.fact for c in support][:4] + other)
        return Answer(
            query.question,
            "answered",
            text,
            shown,
            shown_unit or None,
            citations=citations,
            steps=tuple(steps),
        )

    def _who(self, fact: Fact) -> str:
        year = f" {fact.year} 年" if fact.year else ""
        unit = fact.subunit if fact.subunit and fold(fact.subunit) != fold(fact.entity) else ""
        inside = f"（{unit}）" if unit and short_name(unit) != short_name(fact.entity) else ""
        return f"{short_name(fact.entity)}{inside}{year}{fact.account}："

    def _scope_note(self, fact: Fact) -> str:
        notes = [part for part in (fact.scope, fact.table) if part]
        return f"（口径：{'，'.join(notes)}）。" if notes else "。"

    def _other_readings(self, best: Candidate, found: Sequence[Candidate]) -> list[Fact]:
        """The same item in another scope or table with another figure: shown, so that a reader sees both."""
        others: list[Fact] = []
        seen = {figure_of(best.fact)}
        for candidate in found[1:]:
            fact = candidate.fact
            same = fold(fact.item) == fold(best.fact.item) and fact.subunit == best.fact.subunit
            plain = candidate.features["measure_unasked"] == 0 and candidate.features["text_unasked"] == 0
            if same and plain and fact.value and fact.project == best.fact.project:
                pair = figure_of(fact)
                if pair[1].endswith("元") and best.fact.unit.endswith("元") and pair not in seen:
                    if fact.measure in ("增减额", "分配金额", "价值", "涉及金额"):
                        continue
                    seen.add(pair)
                    others.append(fact)
        return others[:2]

    # -- change against last year -------------------------------------------------------------------

    def _change(self, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer:
        fact = best.fact
        kin = [
            f
            for f in self.base.facts
            if f.item == fact.item
            and f.doc == fact.doc
            and not f.table
            and f.section == fact.section
            and _near(f, fact)
        ]
        by = {f.measure: f for f in kin if f.value is not None}
        change, rate, now = by.get("增减额"), by.get("增减率"), by.get("预算数") or by.get("数量")
        lead = change or rate or fact
        lines = []
        values: list[Value] = []
        if now and now.value is not None:
            lines.append(f"{name_of(now)}为 {amount(now.value, now.unit)}")
        sign = (lead.value or Decimal(0)).compare(Decimal(0))
        word = "增加" if sign > 0 else "减少"
        if change and change.value is not None:
            if not change.value:
                lines.append(f"比上年持平（增加 {amount(abs(change.value), change.unit)}）")
            else:
                base = "比上年预算" if change.unit.endswith("元") else "比上年"
                lines.append(f"{base}{word} {amount(abs(change.value), change.unit)}")
            values.append(Value(word, abs(change.value), change.unit))
        if rate and rate.value is not None:
            lines.append(f"{'增长' if rate.value >= 0 else '下降'} {amount(abs(rate.value), '%')}")
            values.append(Value("增长" if rate.value >= 0 else "下降", abs(rate.value), "%"))
        wants_rate = (
            next((rule.measure for rule in query.measures if rule.measure in ("增减额", "增减率")), "")
            == "增减率"
        )
        main = (rate if wants_rate and rate else change) or rate or fact
        reason = next(
            (
                f
                for f in self.base.facts
                if f.measure == "原因"
                and f.item == fact.item
                and f.doc == fact.doc
                and f.section == fact.section
                and _near(f, fact)
            ),
            None,
        )
        text = self._who(fact) + "，".join(lines) + f"（口径：{fact.scope or '见原文'}）。"
        cited = [f for f in (change, rate, now) if f]
        if query.asks_measure("原因") and reason:
            text += f"\n原因：{reason.text.rstrip('。')}。"
            cited = [reason, *cited]
        if now and (query.wants_list or "，" in query.rest):
            values.append(Value(now.item, now.value or Decimal(0), now.unit))
        value = abs(main.value) if main.value is not None else None
        shown, unit = (
            convert(value, main.unit, query.target_unit)
            if value is not None and query.target_unit
            else (value, main.unit)
        )
        return Answer(query.question, "answered", text, shown, unit, tuple(values), self._cite(cited))

    # -- statements ----------------------------------------------------------------------------------

    def _statement(self, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer:
        fact = best.fact
        text = f"{self._who(fact)}{statement_name(fact)}：{fact.text.strip()}"
        cited = [fact]
        if fact.measure == "原因":
            kin = [
                f
                for f in self.base.facts
                if f.item == fact.item
                and f.measure in ("增减额", "增减率")
                and f.doc == fact.doc
                and f.section == fact.section
                and _near(f, fact)
            ]
            change = "，".join(
                f"{'增加' if (f.value or 0) >= 0 else '减少'} {amount(abs(f.value or Decimal(0)), f.unit)}"
                for f in kin
            )
            if change:
                text = f"{self._who(fact)}{fact.item}比上年预算{change}，主要原因：{fact.text.strip()}"
                cited += kin
        asked = [rule.measure for rule in query.measures if rule.measure in TEXT_MEASURES]
        for further in found[1:]:
            same = further.fact.project == fact.project and fold(further.fact.item) == fold(fact.item)
            if (
                same
                and further.fact.measure in asked
                and further.fact.measure not in {f.measure for f in cited}
            ):
                text += f"\n{further.fact.measure}：{further.fact.text.strip()}"
                cited.append(further.fact)
        values: tuple[Value, ...] = ()
        if fact.measure in ("资金分配情况", "用途"):
            parts = [
                f
                for f in self.base.facts
                if f.measure == "分配金额"
                and f.doc == fact.doc
                and f.span.first
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
            [f for f in stated if same_kind(kind, f.unit)]
            if query.units or fact.measure == "补贴标准"
            else []
        )
        value, unit = (money[0].value, money[0].unit) if len(money) == 1 else (None, None)
        others = [
            c.fact
            for c in found[1:6]
            if c.fact.measure == fact.measure
            and fold(c.fact.item) == fold(fact.item)
            and c.fact.text == fact.text
        ]
        return Answer(query.question, "answered", text, value, unit, values, self._cite([*cited, *others]))

    # -- several figures -------------------------------------------------------------------------------

    def _several(self, query: Query, found: Sequence[Candidate]) -> Answer | None:
        """Several measures of one item, or several items named one after the other."""
        best = found[0]
        if best.anchor < ANCHOR:
            return None
        group: list[Fact] = []
        kin: list[Fact] = []
        if acceptable(best, query) and not query.asks("change") and not query.asks("rate"):
            kin = [
                f
                for f in self.base.facts
                if f.doc == best.fact.doc
                and fold(f.item) == fold(best.fact.item)
                and f.project == best.fact.project
                and _near(f, best.fact)
            ]
            asked = [
                next((f for f in kin if measure_fits(f.measure, rule.measure)), None)
                for rule in query.measures
            ]
            both = re.search("去年|上年|上一年", query.folded) and len(_ASKS.findall(query.folded)) > 1
            if "绩效" in best.fact.table and both:
                asked = [
                    next((f for f in kin if f.measure == m), None) for m in ("指标值", "上年完成值")
                ] + asked
            if len(query.units) + len(query.measures) > 1 and "绩效" not in best.fact.table:
                asked += [
                    next((f for f in kin if same_kind(unit, f.unit) and f.measure != "增减额"), None)
                    for unit in query.units
                ]
            group = list(dict.fromkeys(f for f in asked if f and f.measure not in TEXT_MEASURES))
        if len(group) < 2 and not query.asks("change") and not query.asks("rate"):
            group = [c.fact for c in self._peel(query, best)]
        if len(group) < 2 and len(_ASKS.findall(query.folded)) > 1 and acceptable(best, query):
            group = list({f.measure: f for f in kin if f.measure in _COUNT_AND_AMOUNT}.values())
        if len(group) < 2:
            return None
        values = tuple(Value(label_of(f), *figure_of(f)) for f in group if f.value is not None or not f.text)
        shown = "；".join(
            f"{label_of(f)} {f.comparator}{amount(*figure_of(f)) if f.value is not None or not f.text else f.text}"
            for f in group
        )
        text = f"{self._who(group[0])}{shown}。"
        return Answer(query.question, "answered", text, None, None, values, self._cite(group))

    def _peel(self, query: Query, best: Candidate) -> list[Candidate]:
        """Take the explained item out of the question and look for another, as long as one stands whole."""
        taken = [best]
        rest = query.rest
        mask = best.mask
        for _ in range(MAX_ITEMS):
            left = bits(0, len(rest)) & ~mask
            _, known = unexplained(plain_text(rest), mask, self.base.labels.weight)
            if (known < 2 and len(_ASKS.findall(query.folded)) <= len(taken)) or not left:
                break
            rest = "".join("，" if taken[-1].item.mask >> at & 1 else char for at, char in enumerate(rest))
            again = [
                c
                for c in self.base.candidates(query, rest)
                if c.item.quality >= (PEEL_NEAR if kindred(c.fact, best.fact) else PEEL)
                and (c.item.mask & ~mask).bit_count() >= 2
                and (c.fact.measure in TEXT_MEASURES) == (best.fact.measure in TEXT_MEASURES)
            ]
            if not again:
                break
            near = [c for c in again if c.score >= again[0].score - SAME_SCORE and kindred(c.fact, best.fact)]
            alone = [c for c in again if c.item.quality >= 0.96 and c.item.size >= 3]
            if not near and not alone:
                break
            taken.append((near or alone)[0])
            mask |= taken[-1].mask
        if len(taken) > 1:
            taken.sort(key=lambda c: (c.item.mask & -c.item.mask).bit_length())
            _, known = unexplained(plain_text(rest), mask, self.base.labels.weight)
            if known > max(1.0, KNOWN_SHARE * mask.bit_count()):
                return [best]
        return taken

    # -- lists -------------------------------------------------------------------------------------------

    def _listed(self, query: Query, best: Candidate, found: Sequence[Candidate]) -> Answer | None:
        """The rows below a total, by project or by unit, when a list is asked for."""
        if not (query.wants_list or _EXTREME.search(query.folded)) or best.fact.measure in TEXT_MEASURES:
            return None
        options = []
        for candidate in found:
            by_unit = _BY_UNIT.search(query.folded) and candidate.item.quality >= best.item.quality - 0.05
            if candidate is best or supports(candidate, best) or by_unit:
                rows = self._rows_below(query, candidate.fact)
                if 2 <= len(rows) <= MAX_ROWS:
                    options.append((candidate.fact, rows))
        if not options:
            return None
        wants_projects = "项目" in query.folded
        wants_units = bool(_BY_UNIT.search(query.folded))

        def fitness(option: tuple[Fact, list[Fact]]) -> tuple[bool, bool, bool, int]:
            """Rows of the kind asked for first, the whole table's before a unit's, then the most."""
            total, rows = option
            kind = (
                wants_units
                and is_sum(rows[0])
                or wants_projects
                and (not rows[0].code or bool(rows[0].project))
            )
            return kind, total.total, total is best.fact, len(rows)

        fact, chosen = max(options, key=fitness)
        by_unit = all(is_sum(f) for f in chosen)
        extreme = _EXTREME.search(query.folded)
        if extreme:
            return self._extreme(query, fact, chosen, largest=extreme.group(1) in "多大高")
        values = tuple(Value(f.subunit if by_unit else f.item, *figure_of(f)) for f in chosen)
        lines = "；".join(f"{v.label} {amount(v.value, v.unit)}" for v in values)
        head = f"{self._who(fact)}{name_of(fact)} {amount(*figure_of(fact))}，共 {len(values)} 项："
        return Answer(
            query.question,
            "answered",
            head + lines + "。",
            None,
            None,
            values,
            self._cite([fact, *chosen])[:12],
        )

    def _extreme(self, query: Query, fact: Fact, rows: Sequence[Fact], largest: bool) -> Answer:
        """Return the largest or smallest of the rows below a total."""
        first = (max if largest else min)(rows, key=lambda f: figure_of(f)[0])
        value, unit = figure_of(first)
        label = first.subunit if is_sum(first) else first.item
        others = sorted(rows, key=lambda f: figure_of(f)[0], reverse=largest)
        text = f"{self._who(fact)}{name_of(fact)}中{'最多' if largest else '最少'}的是{label}，{amount(value, unit)}（共比较 {len(rows)} 项）。"
        values = tuple(Value(f.subunit if is_sum(f) else f.item, *figure_of(f)) for f in others)
        return Answer(
            query.question,
            "answered",
            text,
            value,
            unit,
            values,
            self._cite([first, *others])[:12],
            (f"比较 {len(rows)} 项取{'最大' if largest else '最小'}",),
        )

    def _rows_below(self, query: Query, fact: Fact) -> list[Fact]:
        """Return the facts of the rows that a total or parent row sums, blanks left out."""
        if "绩效" in fact.table or not (fact.table or fact.project):
            return []
        rows = [
            f
            for f in self.base.facts
            if f.table == fact.table and f.doc == fact.doc and f.column_path == fact.column_path and f.value
        ]
        units = [f for f in rows if is_sum(f) and not f.total]
        if units and _BY_UNIT.search(query.folded):
            return units
        below = [f for f in rows if f.row_path[:-1] == fact.row_path]
        if not is_sum(fact) and below:
            return below
        if fact.project:
            parts = [
                f
                for f in self.base.facts
                if f.measure == "分配金额"
                and fold(f.project) == fold(fact.project)
                and f.subunit in ("", fact.subunit)
                and f.doc == fact.doc
            ]
            return parts if parts and "项目" not in query.folded[-8:] else []
        if not is_sum(fact):
            return []
        inside = [f for f in rows if not is_sum(f) and (fact.total or f.subunit == fact.subunit)]
        projects = [f for f in inside if f.project]
        if projects and "项目" in query.folded:
            return projects
        depth = min((len(f.row_path) for f in inside), default=1)
        return [f for f in inside if len(f.row_path) == depth]

    # -- arithmetic ------------------------------------------------------------------------------------

    def _computed(self, query: Query, found: Sequence[Candidate]) -> Answer | None:
        operation = operation_of(query.folded)
        if not operation:
            return None
        operands: list[Fact] = []
        pair = split_operands(query.rest, operation)
        if pair and operation != "sum":
            for words in reversed(pair):  # the whole first: it tells the scope that the part must share
                side = self._operand(query, words, operands)
                if side is None:
                    return None
                operands.insert(0, side)
        elif operation == "sum":
            operands = self._over_units(query) if len(query.subunits) > 1 else self._enumerated(query)
            operands = operands if len(operands) > 1 else self._alike(query, found)
        elif operation == "per_head":
            direct = bool(found) and acceptable(found[0], query) and "均" in found[0].fact.item
            return None if direct else self._per_head(query)
        if len(operands) < 2 or any(f.value is None and f.text for f in operands):
            return None
        distinct = len({label_of(f) for f in operands}) == len(operands)
        named = [
            Operand(
                label_of(f) if distinct else f"{f.subunit or short_name(f.entity)}{label_of(f)}",
                *figure_of(f),
            )
            for f in operands
        ]
        try:
            result: Result = {
                "sum": lambda: total(named),
                "difference": lambda: difference(named[0], named[1]),
                "share": lambda: share(named[0], named[1]),
                "ratio": lambda: ratio(named[0], named[1]),
            }[operation]()
        except ValueError:
            return None
        stated = found[0].fact if operation == "share" and found and found[0].fact.measure == "占比" else None
        if (
            stated
            and stated.scope in query.scopes
            and abs((stated.value or 0) - result.value) > Decimal("0.02")
        ):
            return None  # the document itself states the share of that scope
        value, unit = (
            convert(result.value, result.unit, query.target_unit)
            if query.target_unit
            else (result.value, result.unit)
        )
        value = abs(value) if operation == "difference" else value
        text = f"{self._who(operands[0])}{_phrase(operation, named, result)} {amount(value, unit)}（{result.formula}）。"
        values = tuple(Value(o.label, o.value, o.unit) for o in named)
        return Answer(
            query.question, "answered", text, value, unit, values, self._cite(operands), (result.formula,)
        )

    def _enumerated(self, query: Query) -> list[Fact]:
        """Return the items of an enumeration (水费、电费和取暖费): the same column of one table for all."""
        plain = _without_measures(query)
        groups: dict[tuple[str, ...], dict[int, Candidate]] = {}
        pieces = [piece for piece in _LISTED.split(query.rest) if len(piece) >= 2]
        for number, piece in enumerate(pieces):
            for candidate in self.base.candidates(plain, piece):
                fact = candidate.fact
                whole = candidate.item.quality >= PEEL and fact.measure not in TEXT_MEASURES
                if whole and candidate.features["measure_unasked"] == 0:
                    key = (fact.doc, fact.table, fact.scope, fact.measure, fact.project, fact.subunit)
                    groups.setdefault(key, {}).setdefault(number, candidate)
        if not groups:
            return []
        best = max(groups.values(), key=lambda g: (len(g), sum(c.score for c in g.values())))
        return list(dict.fromkeys(c.fact for _, c in sorted(best.items())))

    def _over_units(self, query: Query) -> list[Fact]:
        """Return the same item of each unit that the question names."""
        plain = _without_measures(query)
        operands = []
        for unit in query.subunits:
            found = self.base.candidates(replace(plain, subunits=(unit,)))
            fitting = [c for c in found if c.features["subunit_fits"] and acceptable(c, query)]
            if not fitting:
                return []
            operands.append(fitting[0].fact)
        return operands

    def _alike(self, query: Query, found: Sequence[Candidate]) -> list[Fact]:
        """Return the rows that 两笔…, 三个… speaks of: as many of one table as counted, no more match."""
        counted = _COUNTED.search(query.folded)
        if not counted or not found:
            return []
        number = "两二三四五六七八九十".index(counted.group(1))
        number = 2 if number < 2 else number + 1
        groups: dict[tuple[str, ...], list[Candidate]] = {}
        for c in found:
            plain = c.features["measure_unasked"] == 0 and not is_sum(c.fact)
            if plain and c.item.quality >= CONTEXT and c.fact.measure not in TEXT_MEASURES:
                groups.setdefault((c.fact.doc, c.fact.table, c.fact.measure), []).append(c)
        fitting = [
            g
            for g in groups.values()
            if len({c.fact.item for c in g}) == len(g) == number and g[0].fact.table
        ]
        best = max(fitting, key=lambda g: sum(c.score for c in g), default=[])
        return [c.fact for c in best]

    def _per_head(self, query: Query) -> Answer | None:
        """Divide an amount by a count that the question states, or by a count of the department."""
        stated = next((f for f in query.figures if f.unit in ("人", "辆", "台", "套")), None)
        plain = replace(_without_measures(query), units=("元",))
        found = [c for c in self.base.candidates(plain) if c.fact.value and c.fact.unit.endswith("元")]
        if not found or found[0].anchor < ANCHOR:
            return None
        top = found[0].fact
        facts = [top]
        if stated:
            count = Operand("人数" if stated.unit == "人" else "数量", stated.value, stated.unit)
        else:
            unit_asked, words = _counted_units(query)
            counts = [
                c
                for c in self.base.candidates(replace(plain, units=(unit_asked,)), words)
                if c.fact.value
                and not c.fact.unit.endswith("元")
                and c.anchor >= ANCHOR
                and "绩效" not in c.fact.table
            ]
            if not counts:
                return None
            facts.append(counts[0].fact)
            count = Operand(label_of(counts[0].fact), *figure_of(counts[0].fact))
        unit = query.target_unit or top.unit
        value, unit = convert(*figure_of(top), unit)
        result = per_unit(Operand(label_of(top), value, unit), count)
        text = f"{self._who(top)}{label_of(top)}平均每{_EACH_OF.get(count.unit, count.unit)} {amount(result.value, unit)}（{result.formula}）。"
        return Answer(
            query.question, "answered", text, result.value, unit, (), self._cite(facts), (result.formula,)
        )

    def _operand(self, query: Query, words: str, before: Sequence[Fact]) -> Fact | None:
        plain = within(_without_measures(query), words)
        found = [c for c in self.base.candidates(plain, words) if not c.fact.text or c.fact.value is not None]
        if not found or found[0].anchor < ANCHOR or not explained(found[0]):
            return None
        near = [
            c
            for c in found
            if before and c.score >= found[0].score - SAME_SCORE and c.anchor >= found[0].anchor - 0.1
        ]
        same_table = [c for c in near if kindred(c.fact, before[0])]
        same_scope = [c for c in near if c.fact.scope == before[0].scope]
        return (same_table or same_scope or found)[0].fact

    def _cite(self, facts: Sequence[Fact]) -> tuple[Citation, ...]:
        citations: list[Citation] = []
        for fact in facts:
            citation = cite(fact, self.titles)
            if not any(
                (c.doc, c.lines, c.quote) == (citation.doc, citation.lines, citation.quote) for c in citations
            ):
                citations.append(citation)
        return tuple(citations)


def acceptable(candidate: Candidate, query: Query) -> bool:
    """Tell whether a fact explains the question well enough to answer from it."""
    told = candidate.features.get("told", 0.0) >= TOLD
    certain = candidate.score >= CERTAIN and not candidate.unknown
    return (candidate.anchor >= ANCHOR or told or certain) and explained(candidate)


def explained(candidate: Candidate) -> bool:
    """Tell whether little enough of the question stays outside a fact's labels."""
    if candidate.features.get("modified"):
        return False
    size = candidate.mask.bit_count() + NAMED_UNIT * (candidate.features["subunit_fits"] > 0)
    return candidate.known <= max(1.0, KNOWN_SHARE * size) and candidate.unknown <= max(
        3.0, UNKNOWN_SHARE * size
    )


def figure_of(fact: Fact) -> tuple[Decimal, str]:
    """Return a fact's figure; a blank cell of a table of amounts counts as zero."""
    return (fact.value if fact.value is not None else Decimal(0)), fact.unit


def _near(one: Fact, other: Fact) -> bool:
    """Tell whether two facts stand in one place: the same row or paragraph."""
    if one.span.first is None or other.span.first is None or one.span.last is None or other.span.last is None:
        return one.span.page == other.span.page
    return one.span.first <= other.span.last + 2 and other.span.first <= one.span.last + 2


def kindred(one: Fact, other: Fact) -> bool:
    """Tell whether two facts can be compared: one document, scope and kind of place."""
    return (one.doc, one.table, one.scope) == (other.doc, other.table, other.scope)


def supports(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether a candidate states the same figure of the same thing as the best one."""
    fact = candidate.fact
    return (
        figure_of(fact) == figure_of(best.fact)
        and candidate.score >= best.score - SAME_SCORE * 2
        and (candidate.item.quality >= best.item.quality - 0.2 or candidate.anchor >= best.anchor - 0.1)
    )


_PLAIN = frozenset(
    fold(m)
    for m in (
        "合计",
        "总计",
        "小计",
        "预算数",
        "金额",
        "数量",
        "项目支出合计",
        "指标值",
        "预算安排规模",
        "分配金额",
    )
)


def name_of(fact: Fact) -> str:
    """Write what a figure is: item, and the column where it is not the plain amount."""
    project = f"{fact.project}·" if fact.project and fold(fact.project) != fold(fact.item) else ""
    column = "" if fold(fact.measure) in _PLAIN else f"（{fact.measure}）"
    return f"{project}{fact.item}{column}"


def label_of(fact: Fact) -> str:
    """Write the short label of a figure among others."""
    return (
        fact.item
        if fold(fact.measure) in _PLAIN - {fold("指标值"), fold("数量")}
        else f"{fact.item}{fact.measure}"
    )


def statement_name(fact: Fact) -> str:
    """Write what a statement is about."""
    if fold(fact.item) == fold(fact.measure):
        return fact.item
    return f"{fact.item}·{fact.measure}" if fact.measure != "名词解释" else f"“{fact.item.strip('“”')}”"


def describe(fact: Fact) -> str:
    """Write how another reading differs: its scope and column."""
    parts = [part for part in (fact.scope, fact.table or "文字说明") if part]
    return f"另：{fact.item}（{'，'.join(parts)}）"


def _without_measures(query: Query) -> Query:
    return replace(query, measures=())


def _counted_units(query: Query) -> tuple[str, str]:
    """Return what an average is per, as (unit, item): 每辆车 → (辆, 车辆), else people."""
    if "辆" in query.folded:
        return "辆", "车辆"
    if "平方米" in query.folded or "平米" in query.folded:
        return "平方米", "房屋"
    people = next((word for word in ("在职", "编制", "退休", "离休") if word in query.folded), "实有人数")
    return "人", people


def _phrase(operation: str, named: Sequence[Operand], result: Result) -> str:
    if operation == "sum":
        return f"{'、'.join(o.label for o in named)}合计"
    if operation == "share":
        return f"{named[0].label}占{named[1].label}的"
    if operation == "ratio":
        return f"{named[0].label}是{named[1].label}的"
    return f"{named[0].label}比{named[1].label}{'多' if result.value >= 0 else '少'}"
