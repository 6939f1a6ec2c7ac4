"""Fragments of an indicator table's body -> indicators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.performance import terms
from index.readers.layout_tokens import Token, match_term
from index.rules import prose
from index.text import squash

_COMPARATOR = re.compile(r"[＞＜<>≥≤=＝≧≦]")
_BROKEN_TARGET = re.compile(r"[＞＜<>≥≤=＝≧≦]+|.*\d{4}年\d{0,2}|.*\d月\d{1,2}")
_TARGET_REST = re.compile(r"[=＝]?\d|[年月日]")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
_QUANTITY = re.compile(r"\d[\d.,]*(?:%|[^\d]{0,6})|\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:[之以]?前)?")
_RULE_TAIL = "分"
_YEAR = re.compile(r"\d{4}年")
MAX_WEIGHT = 100
"""Weights are shares of one hundred points."""
MAX_REMAINDER = 14
"""A row broken by the page leaves at most so many fragments on the next one."""
UNIT_LENGTH = 4
"""Units (人次, 万元, 工作日) are at most this long."""


@dataclass(slots=True)
class Indicator:
    """One row; `partial` holds the beginnings of level names that the page broke off."""

    lines: list[int]
    levels: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    label: str = ""
    target: str = ""
    basis: str = ""
    last_year: str = ""
    weight: str = ""
    rule: str = ""
    evidence: str = ""

    @property
    def first(self) -> int:
        """The first line that the row takes."""
        return min(self.lines)

    @property
    def last(self) -> int:
        """The last line that the row takes."""
        return max(self.lines)


def scored_rows(tokens: Sequence[Token]) -> list[Indicator]:
    """Return the indicators of a form whose rows end with scoring rule and evidence."""
    rows: list[Indicator] = []
    start = at = 0
    while at < len(tokens):
        rule, evidence, length = _row_end(tokens, at)
        if not length:
            at += 1
            continue
        own = _without_header(_give_back(rows, tokens[start:at]))
        row = Indicator([token.line for token in (*own, *tokens[at : at + length])])
        row.rule, row.evidence = rule, evidence
        _fill_scored(row, own, rows)
        rows.append(row)
        at += length
        start = at
    _give_back(rows, tokens[start:])
    for row in rows:
        row.label = "".join(row.partial) + row.label
    return rows


def rated_rows(tokens: Sequence[Token], weighted: bool) -> list[Indicator]:
    """Return the indicators of a form without rules: a row ends with its weight, or with its target."""
    targets = [at for at, token in enumerate(tokens) if _COMPARATOR.match(token.text)]
    rows: list[Indicator] = []
    start = 0
    for at, following in zip(targets, [*targets[1:], len(tokens)], strict=True):
        if at < start:
            continue
        head = _without_header(tokens[start:at])
        behind = next((i for i in range(len(head)) if _levels(head[i:])[1]), 0)
        if behind and rows:  # levels come first: what stands before them belongs to the row above
            rows[-1].basis += _joined(head[:behind])
            rows[-1].lines += [token.line for token in head[:behind]]
            head = head[behind:]
        levels, count = _levels(head)
        stop = _target_end(tokens, at)
        end = _weight_at(tokens, stop, following) if weighted else stop - 1
        row = Indicator([token.line for token in (*head, *tokens[at : end + 1])], levels)
        row.label = _joined(head[count:])
        row.target = _joined(tokens[at:stop])
        if weighted:
            row.basis, row.weight = _joined(tokens[stop:end]), tokens[end].text if end >= stop else ""
        rows.append(row)
        start = end + 1
    return rows


def _joined(tokens: Sequence[Token]) -> str:
    return squash("".join(token.text for token in tokens))


def _row_end(tokens: Sequence[Token], at: int) -> tuple[str, str, int]:
    """Return (rule, evidence, number of fragments) when a row's end stands at `at`."""
    rule, length = match_term(tokens, at, terms("rules"))
    text = tokens[at].text
    if not rule and any(len(text) > 1 and word.startswith(text) for word in terms("rules")):
        evidence, count = match_term(tokens, at + 1, terms("evidence"))
        return (text, evidence, count + 1) if count else ("", "", 0)
    evidence, count = match_term(tokens, at + length, terms("evidence"))
    behind = tokens[at + length] if at + length < len(tokens) else None
    if rule and not count and behind and behind.ends and not behind.starts:
        evidence, count = behind.text, 1  # unknown evidence on the rule's own line
    return rule, evidence, length + count


def _levels(tokens: Sequence[Token]) -> tuple[list[str], int]:
    """Return the names of levels at the start and how many fragments they take."""
    words = terms("levels1") + terms("levels2")
    levels: list[str] = []
    at = 0
    while at < len(tokens):
        name, length = match_term(tokens, at, words)
        if not length:
            break
        levels.append(name)
        at += length
    return levels, at


def _without_header(tokens: Sequence[Token]) -> list[Token]:
    """Return the fragments without a page number and a repeated header before them."""
    rest = list(tokens)
    while rest and rest[0].starts and rest[0].ends and rest[0].text.isdigit():
        rest = rest[1:]
    if rest and rest[0].text.startswith("一级"):
        while rest and any(rest[0].text in name for name in terms("header")):
            rest = rest[1:]
    return rest


def _fill_scored(row: Indicator, tokens: Sequence[Token], rows: list[Indicator]) -> None:
    """Read levels, label, target, basis, last year's value and weight from a row's fragments."""
    basis_at = next((at for at in range(len(tokens)) if match_term(tokens, at, terms("bases"))[1]), None)
    bound = len(tokens) if basis_at is None else basis_at
    levels_at = next((at for at in range(bound) if _levels(tokens[at:bound])[1]), None)
    above: list[Token] = []
    if levels_at:
        above = list(tokens[:levels_at])
        tokens, bound = tokens[levels_at:], bound - levels_at
        basis_at = None if basis_at is None else basis_at - levels_at
    row.levels, count = _levels(tokens[:bound])
    while not row.levels and count < bound and _is_partial(tokens[count].text):
        row.partial.append(tokens[count].text)
        count += 1
    if basis_at is None:
        target_at = _target_at(tokens, count, len(tokens))
        stop = _target_end(tokens, target_at) if target_at < len(tokens) else len(tokens)
        row.label, row.target = _joined(tokens[count:target_at]), _joined(tokens[target_at:stop])
        rest = list(tokens[stop:])
        row.weight = rest.pop().text if rest and _NUMBER.fullmatch(rest[-1].text) else ""
        row.basis = _joined(rest)
    else:
        target_at = _target_at(tokens, count, bound)
        row.label, row.target = _joined(tokens[count:target_at]), _joined(tokens[target_at:bound])
        row.basis, length = match_term(tokens, basis_at, terms("bases"))
        rest = list(tokens[basis_at + length :])
        row.weight = rest.pop().text if rest and _NUMBER.fullmatch(rest[-1].text) else ""
        row.last_year = _joined(rest)
    if above and row.label and rows:  # levels come first: what stands before them belongs to the row above
        _append(rows[-1], above)
        row.lines = [line for line in row.lines if line > above[-1].line] or row.lines
    elif above:
        row.label = _joined(above) + row.label


def _append(row: Indicator, tokens: list[Token]) -> None:
    """Give the rest of the label, and of the target when its unit is missing, to the row above."""
    row.lines += [token.line for token in tokens]
    unit = tokens[-1].text
    if (_lacks_unit(row.target) and unit in prose("units")) or unit.startswith("/"):
        row.target += unit
        tokens = tokens[:-1]
    row.label += _joined(tokens)


def _lacks_unit(value: str) -> bool:
    return value[-1:].isdigit()


def _is_partial(text: str) -> bool:
    """Tell whether a fragment is the beginning of a level's name."""
    words = terms("levels1") + terms("levels2")
    return len(text) > 1 and text not in words and any(word.startswith(text) for word in words)


def _target_at(tokens: Sequence[Token], start: int, end: int) -> int:
    """Return where the target begins among the fragments of indicator and target.

    A target opens with a comparator or a figure; a target in words is what stands on the line of the
    basis, or the cell that the print shows to begin last, or the last fragment.
    """
    if end - start < 2:
        return end
    for at in range(start, end):
        if _COMPARATOR.match(tokens[at].text):
            return at
    for at in range(start + 1, end):
        if tokens[at].text[0].isdigit() and _QUANTITY.fullmatch(_joined(tokens[at:end])):
            return at
    if end < len(tokens) and not tokens[end].starts:
        return end - 1
    fresh = [at for at in range(start + 1, end) if tokens[at].fresh]
    return fresh[-1] if fresh else end - 1


def _target_end(tokens: Sequence[Token], at: int) -> int:
    """Return where a target ends that begins with a comparator: behind its figure and unit."""
    end = at + 1
    while end < len(tokens) and not re.search(r"\d", _joined(tokens[at:end])):
        end += 1
    if re.search(r"\d$", _joined(tokens[at:end])) and end < len(tokens):
        follower = tokens[end]
        near = not follower.starts or not follower.fresh
        if near and len(follower.text) <= UNIT_LENGTH and not re.search(r"[\d《]", follower.text):
            end += 1
    return end


def _weight_at(tokens: Sequence[Token], start: int, end: int) -> int:
    """Return the index of the weight between a target and the next one; the last fragment if none is."""
    numbers = [
        at
        for at in range(start, end)
        if tokens[at].ends and _NUMBER.fullmatch(tokens[at].text) and float(tokens[at].text) <= MAX_WEIGHT
    ]
    words = terms("levels1") + terms("levels2")
    closing = [at for at in numbers if at + 1 == len(tokens) or match_term(tokens, at + 1, words)[1]]
    return (closing or numbers or [end - 1])[0]


def _give_back(rows: list[Indicator], tokens: Sequence[Token]) -> Sequence[Token]:
    """Complete the row above, broken by the page, from the fragments below; return the others."""
    if not rows:
        return tokens
    row = rows[-1]
    partial, target, last_year, rule = list(row.partial), row.target, row.last_year, row.rule
    words = terms("levels1") + terms("levels2")
    label: list[tuple[int, str]] = []
    used = -1
    for at, token in enumerate(tokens[:MAX_REMAINDER]):
        text = token.text
        grown = next(
            (i for i, name in enumerate(partial) if any(word.startswith(name + text) for word in words)), None
        )
        if grown is not None and not (token.starts and token.ends and text.isdigit()):
            partial[grown] += text
        elif _BROKEN_TARGET.fullmatch(target) and _TARGET_REST.match(text):
            target += text
        elif _BROKEN_TARGET.fullmatch(last_year) and _TARGET_REST.match(text):
            last_year += text
        elif rule not in terms("rules") and any(word == rule + text for word in terms("rules")):
            rule += text
        elif text == _RULE_TAIL and rule.endswith(text):
            pass  # printed once more on the next page
        elif text in prose("units") and _lacks_unit(target):
            target += text
            continue
        elif text in prose("units") and _lacks_unit(last_year):
            last_year += text
            continue
        else:
            label.append((at, text))
            continue
        used = at
    if used < 0:
        return _give_unit(row, tokens)
    row.levels += [name for name in partial if name in words]
    row.partial = [name for name in partial if name not in words]
    row.target, row.last_year, row.rule = target, last_year, rule
    row.label += squash("".join(text for at, text in label if at < used))
    row.lines += [token.line for token in tokens[: used + 1]]
    return tokens[used + 1 :]


def _give_unit(row: Indicator, tokens: Sequence[Token]) -> Sequence[Token]:
    """Complete a target whose unit the page broke off, together with the rest of the label."""
    before = next((at for at, token in enumerate(tokens) if _opens(tokens, at)), 0)
    at = next((at for at in range(before - 1) if _is_unit(tokens[at].text)), None)
    if at is None or not _lacks_unit(row.target):
        return tokens
    row.label += _joined(tokens[:at])
    row.target += tokens[at].text
    if _lacks_unit(row.last_year) and at + 1 < before and _is_unit(tokens[at + 1].text):
        at += 1
        row.last_year += tokens[at].text
    row.lines += [token.line for token in tokens[: at + 1]]
    return tokens[at + 1 :]


def _opens(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the next row's target or basis begins at a fragment."""
    text = tokens[at].text
    return bool(_COMPARATOR.match(text) or _YEAR.match(text) or match_term(tokens, at, terms("bases"))[1])


def _is_unit(text: str) -> bool:
    return text.partition("/")[0] in prose("units") or text in ("工作日", "个工作日")
