"""Whose disclosure is it, and of which year: found in the document itself.

The title page, the 编制部门 lines above the tables and the headings of the explanations all name the
department; the name that most of them carry wins, a fuller form of it over a shorter one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from index.outline import CaptionedGrid
from index.text import squash

_ABOUT = re.compile(r"关于(.{4,40}?)(\d{4})年")
_TITLE = re.compile(
    r"(\d{4})年度?(.{4,40}?)(?:部门|单位)?(?:预算|决算|概况)|^(.{4,40}?)(\d{4})年(?:度)?(?:部门|单位)?(?:预算|决算)"
    r"|^(.{4,40}?)概况"
)
_YEAR = re.compile(r"(20\d{2})\s*年度?\s*(?:[省市区县州]级)?(?:部门|单位)?(?:预算|决算)")
_SENTENCE = re.compile(r"[，。；]")
_PART = re.compile(r"^第[一二三四五六七八九十]+部分")
_UNIT_LIST = re.compile(r"(?:下属|预算编制范围|预算单位|所属单位|二级单位).{0,20}包括[:：]?$")
_ITEM = re.compile(r"^\d{1,2}[.．、]\s*")
_SUFFIX = re.compile(
    r"(?:局|厅|委|委员会|院|中心|学|园|校|处|办|办公室|所|站|队|会|部|馆|社|街道|镇|乡)"
    r"(?:（本级）|\(本级\)|本级)?$"
)
_NAMED = re.compile(
    r"^(?:预算|决算|编制|填报)?(?:主管)?(?:部门|单位)(?:名称)?[:：](.{4,40}?)(?:[（(](?:公章|盖章)[）)])?$"
)
"""A line of the title page: 预算主管部门：某某局. A unit's own page names the unit beside it."""
_SUPERIOR = "主管"


def find_entity(head: Iterable[str], captions: Iterable[CaptionedGrid], headings: Iterable[str]) -> str:
    """Return the department's name, '' when the document does not tell it."""
    votes: Counter[str] = Counter()
    for caption in captions:
        if caption.entity:
            votes[squash(caption.entity)] += 2
    for heading in headings:
        match = _ABOUT.search(squash(heading))
        if match:
            votes[match.group(1)] += 1
    lines = [squash(line) for line in head]
    for text in [*lines, *map("".join, zip(lines, lines[1:], strict=False))]:  # a title may take two lines
        match = _TITLE.search(_PART.sub("", text))
        if match:
            name = match.group(2) or match.group(3) or match.group(5)
            if _SUFFIX.search(name):
                votes[name] += 1
        named = _NAMED.match(text)
        if named:
            votes[named.group(1)] += 1 if _SUPERIOR in text[: named.start(1)] else 2
    return votes.most_common(1)[0][0] if votes else ""


def find_year(head: Iterable[str], headings: Iterable[str]) -> int | None:
    """Return the year that the disclosure is about."""
    votes: Counter[int] = Counter()
    for text in [*head, *headings]:
        for year in _YEAR.findall(squash(text)):
            votes[int(year)] += 1
        match = _ABOUT.search(squash(text))
        if match:
            votes[int(match.group(2))] += 1
    return votes.most_common(1)[0][0] if votes else None


def find_account(head: Iterable[str]) -> str:
    """Return 决算 for a final account, 预算 otherwise: what titles and headings speak of, not sentences."""
    lines = [squash(line) for line in head]
    text = "".join([line for line in lines if not _SENTENCE.search(line)] or lines)
    return "决算" if text.count("决算") > text.count("预算") else "预算"


def full_names(names: Iterable[str], entity: str) -> tuple[str, ...]:
    """Return other names under which the document itself calls the department (…本级 is the same)."""
    tail = entity[-4:]
    plain = (re.sub(r"(?:（本级）|\(本级\)|本级)$", "", name) for name in names)
    return tuple(dict.fromkeys(name for name in plain if name.endswith(tail) and not entity.endswith(name)))
