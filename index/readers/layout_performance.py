"""Indicator tables (绩效目标表) in layout text: known words are the anchors between which the rest falls.

The print leaves a stream of fragments. A row ends with its scoring rule and evidence (or its weight,
where a form has no rule), begins with names of levels, and has its basis in the middle: what stands
before the basis is indicator and target, what stands after it last year's value and weight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.items import Grid, GridRow
from index.outline import caption_kind, ends_table
from index.performance import terms
from index.readers.layout_indicators import Indicator, rated_rows, scored_rows
from index.readers.layout_lines import Line, is_amount
from index.readers.layout_tokens import Token, match_term, tokens_of
from index.text import fold, squash

_GOAL_END = ("年度预算(万元)", "年度预算", "资金来源", "预算资金")
_FIRST_COLUMN = "一级"
_PROJECT = "项目名称"
HEADER_LINES = 60
"""The column names, broken into fragments, take at most so many lines."""
MIN_FRAGMENTS = 3
"""Fewer fragments of column names are no header."""
NAME_LENGTH = 4
"""A fragment longer than this is no remainder of a person's name."""
MAX_NAME = 60
"""Texts up to this length are names, printed with random spaces; longer ones are sentences."""
MAX_HEAD_LINES = 120
"""The indicator header follows within so many lines, goals included."""


def read_performance(printed: Sequence[Line], start: int) -> tuple[Grid | None, int]:
    """Return the indicator table that begins at `start` and the index behind it; None where none is."""
    reach = range(start, min(start + MAX_HEAD_LINES, len(printed)))
    header = next((at for at in reach if _is_header(printed, at)), None)
    if header is None or any(_is_caption(line) for line in printed[start:header]):
        return None, start
    rest = range(header, len(printed))
    end = next((at for at in rest if _is_caption(printed[at]) or ends_table(printed[at].text)), len(printed))
    tokens = tokens_of(printed[header:end])
    count, columns = _header_end(tokens)
    body = tokens[count:]
    scored = "指标赋分规则" in columns
    indicators = scored_rows(body) if scored else rated_rows(body, _has_weight(columns))
    rows = [*_head_rows(tokens_of(printed[start:header]))]
    rows.append(GridRow(tokens[0].line, tokens[count - 1].line, columns))
    rows += [_indicator_row(indicator, columns) for indicator in indicators]
    return Grid(tuple(rows)), end


def _is_header(printed: Sequence[Line], at: int) -> bool:
    """Tell whether the column names begin at a line."""
    if not printed[at].tokens[0].startswith(_FIRST_COLUMN):
        return False
    return _header_end(tokens_of(printed[at : at + HEADER_LINES]))[0] >= MIN_FRAGMENTS


def _is_caption(line: Line) -> bool:
    return caption_kind(line.text) in ("title", "number")


def _has_weight(columns: Sequence[str]) -> bool:
    return any(name.endswith("权重") for name in columns)


def _header_end(tokens: Sequence[Token]) -> tuple[int, tuple[str, ...]]:
    """Return how many tokens the header takes and its columns.

    Fragments in reading order spell the column names one after the other; where the lines of the
    columns are interleaved the usual columns of such a form are taken.
    """
    names = sorted(terms("header"), key=len, reverse=True)
    count = 0
    while count < len(tokens) and any(tokens[count].text in name for name in names):
        count += 1
    text = "".join(token.text for token in tokens[:count])
    columns: list[str] = []
    rest = text
    while rest and (name := next((name for name in names if rest.startswith(name)), "")):
        columns.append(name)
        rest = rest[len(name) :]
    if rest or "三级指标" not in columns or "指标值" not in columns:
        scored = "赋分" in text or "佐证" in text
        columns = list(terms("scored_columns" if scored else "rated_columns"))
    return count, tuple(columns)


def _indicator_row(row: Indicator, columns: Sequence[str]) -> GridRow:
    """Lay an indicator out in the order of the columns."""
    values = {
        "一级指标": row.levels[0] if len(row.levels) > 1 else "",
        "二级指标": row.levels[-1] if row.levels else "",
        "三级指标": row.label,
        "指标值": row.target,
        "上年完成值": row.last_year,
        "指标赋分规则": row.rule,
        "佐证资料": row.evidence,
    }
    cells = []
    for name in columns:
        if name.endswith("依据"):
            cells.append(row.basis)
        elif name.endswith("权重"):
            cells.append(row.weight)
        else:
            cells.append(values.get(name, ""))
    return GridRow(row.first, row.last, tuple(cells))


def _head_rows(tokens: Sequence[Token]) -> list[GridRow]:
    """Return owner, project, funds and goal as key-value rows; persons are left out."""
    fields = _fields(tokens)
    rows: list[GridRow] = []
    for at, (key, own, values) in enumerate(fields):
        if key in terms("private"):
            continue
        if key == _PROJECT and at + 1 < len(fields) and fields[at + 1][0] in terms("private"):
            values = values + _project_remainder(fields[at + 1][2])
        if not values:
            continue
        used = values[:1] if is_amount(values[0].text) else values
        rows.append(GridRow(min(token.line for token in own), used[-1].line, (key, _text(used))))
        goal = [token for token in values[len(used) :] if len(token.text) > NAME_LENGTH]
        if goal and at + 1 < len(fields) and fields[at + 1][0] in terms("goals"):
            fields[at + 1] = (fields[at + 1][0], fields[at + 1][1], goal + fields[at + 1][2])
    return rows


def _fields(tokens: Sequence[Token]) -> list[tuple[str, list[Token], list[Token]]]:
    """Return (key, its tokens, the tokens behind it) for each key of the head."""
    keys = (*terms("head"), *terms("goals"), *terms("private"))
    ends = {fold(name) for name in _GOAL_END}
    fields: list[tuple[str, list[Token], list[Token]]] = []
    at = 0
    while at < len(tokens):
        key, length = match_term(tokens, at, keys)
        in_goal = bool(fields) and fields[-1][0] in terms("goals")
        if key and in_goal and (fold(key) not in ends or not tokens[at].starts):
            key = ""
        if key and key in terms("amount_keys"):
            behind = tokens[at + length : at + length + 1]
            key = key if behind and is_amount(behind[0].text) else ""
        if key:
            fields.append((key, list(tokens[at : at + length]), []))
            at += length
            continue
        if fields:
            fields[-1][2].append(tokens[at])
        at += 1
    return fields


def _project_remainder(values: Sequence[Token]) -> list[Token]:
    """Return the rest of a project's name that the print puts behind the person's name."""
    line = values[0].line if values else 0
    return [
        token
        for token in values
        if token.line != line and len(token.text) > NAME_LENGTH and not re.search("[、,，]", token.text)
    ]


def _text(tokens: Sequence[Token]) -> str:
    """Return the words, spaced as printed within a line and closed up where a line was broken."""
    text = ""
    for token in tokens:
        text += token.text if token.starts or not text else " " + token.text
    return squash(text) if len(text) <= MAX_NAME else text
