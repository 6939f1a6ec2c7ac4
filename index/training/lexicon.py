"""What people call the lines of a budget, and what the documents print: pairs made from the lexicon.

A batch names each title once, so that every title is told apart from all others, its neighbours in
the classification (行政运行 / 事业运行 / 一般行政管理事务) among them. Some titles stand in a batch twice,
in two tables, told apart by the fund that the question names; and some questions name a department, told
apart from the same sentence of all other departments.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from index.rules import load

Pair = tuple[str, str]

_OPENINGS = ("", "", "", "今年的", "2024年", "2025年", "2026年", "单位的", "街道的", "花在", "用于")
_ENDINGS = (
    "", "", "", "是多少？", "花了多少钱", "预算多少", "安排了多少万元？", "一共多少", "比上年增加了多少？",
    "决算数是多少", "为什么减少？", "占多少", "的钱", "上的开支", "费用", "有吗",
)  # fmt: skip
_TITLE_ENDINGS = ("", "", "", "预算", "决算", "支出", "合计", "预算数")
# A fund as people name it, and the table that lists it.
_FUNDS = (
    ("一般公共预算", "一般公共预算支出情况表"),
    ("一般公共预算基本支出里", "一般公共预算基本支出情况表"),
    ("一般公共预算项目支出里", "一般公共预算项目支出情况表"),
    ("政府性基金", "政府性基金预算支出情况表"),
    ("国有资本经营预算", "国有资本经营预算支出情况表"),
    ("全口径", "部门支出总体情况表"),
    ("财政拨款", "财政拨款收支预算总体情况表"),
)
# Shares of the questions that name a fund and a department; of the titles that stand twice in a batch.
_FUND_SHARE, _DEPARTMENT_SHARE, _TWICE_SHARE = 0.2, 0.15, 0.1


@dataclass(frozen=True)
class Lexicon:
    """Everyday names of each title, the titles above it; departments as people and documents write them."""

    phrases: Mapping[str, Sequence[str]]
    above: Mapping[str, Sequence[str]]
    places: Sequence[tuple[str, Sequence[str]]]
    functions: Sequence[tuple[str, Sequence[str]]]


def read_lexicon(folder: Path, phrasings: Path) -> Lexicon:
    """Everything that is known of titles: the lexicon of questions in `folder`, and looser `phrasings`."""
    phrases: dict[str, list[str]] = {}
    for path in (folder / "synonyms.json", phrasings):
        for title, names in _read(path).items():
            phrases.setdefault(title, []).extend(names)
    above: dict[str, list[str]] = {}
    for accounts in _read(folder / "accounts.json").values():
        for code, title in accounts.items():
            phrases.setdefault(title, [])
            if parent := accounts.get(code[:-2]):
                above.setdefault(title, []).append(parent)
    places, functions = (tuple(load(name).items()) for name in ("places", "functions"))
    return Lexicon(phrases, above, places, functions)


def batches(lexicon: Lexicon) -> Callable[[Random, int], list[Pair]]:
    """How to draw a batch: every title once, some twice in different tables."""
    titles = sorted(lexicon.phrases)

    def draw(rng: Random, size: int) -> list[Pair]:
        twice = int(_TWICE_SHARE * size)
        chosen = rng.sample(titles, min(size - twice, len(titles)))
        found = [_pair(rng, lexicon, title) for title in chosen[twice:]]
        for title in chosen[:twice]:
            funds = rng.sample(_FUNDS, 2)
            found += (_pair(rng, lexicon, title, fund) for fund in funds)
        return found

    return draw


def _pair(rng: Random, lexicon: Lexicon, title: str, fund: Pair | None = None) -> Pair:
    if fund is None and rng.random() < _FUND_SHARE:
        fund = rng.choice(_FUNDS)
    named, table = fund or ("", "")
    phrase = rng.choice(lexicon.phrases[title] or [title])
    asked = f"{rng.choice(_OPENINGS)}{named}{phrase}{rng.choice(_ENDINGS)}"
    printed = _printed(rng, lexicon, title)
    if table:
        printed = f"{table} {printed}"
    if rng.random() < _DEPARTMENT_SHARE:
        (place, places), (function, functions) = rng.choice(lexicon.places), rng.choice(lexicon.functions)
        short = rng.choice([place, *places]) + rng.choice([function, *functions])
        asked, printed = f"{short}{asked}", f"{place}{function}{printed}"
    return asked, printed


def _printed(rng: Random, lexicon: Lexicon, title: str) -> str:
    """A title as a heading, a table row or a sentence shows it."""
    kind = rng.random()
    if kind < 0.5:
        return title + rng.choice(_TITLE_ENDINGS)
    amount = f"{rng.uniform(0.1, 999):.2f}万元"
    if kind < 0.75:
        above = lexicon.above.get(title)
        return f"{rng.choice(above)}/{title}：合计 {amount}" if above else f"{title}：合计 {amount}"
    return f"{title}{amount}，比上年{rng.choice(['增加', '减少'])}{rng.uniform(0.1, 99):.2f}万元"


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
