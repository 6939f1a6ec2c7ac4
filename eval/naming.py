"""Everyday names of budget items as pools: the texts are official titles with the names that are known.

A line of the file holds `phrase`, what somebody calls an item, and `official`, its title. They are looked for
among the titles of the file, and, harder, among all that the project knows: there the same item often stands
under two titles (职业年金缴费, 机关事业单位职业年金缴费支出), of which only the one in the file counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

import index.training
import qa.lexicon
from eval.errors import UsageError
from eval.pools import Pool
from index.training.lexicon import read_lexicon
from qa.retrieve import FUSED

LEGS = replace(FUSED, words=0, together=0, exact=0)
"""A list of names is no passage: what stands in several of them, or beside each other, tells nothing."""

_LEXICON = Path(qa.lexicon.__file__).parent
_PHRASINGS = Path(index.training.__file__).with_name("phrasings.json")


def names_pools(path: Path) -> tuple[Pool, Pool]:
    """Read a file of everyday names; raise UsageError when it cannot be read."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        asked = [(str(line["phrase"]), str(line["official"])) for line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}：无法读取（{error}）") from error
    known = read_lexicon(_LEXICON, _PHRASINGS).phrases
    own, name = {official for _, official in asked}, path.stem
    return _pool(name, own, known, asked), _pool(f"{name}（全部名称）", {*known, *own}, known, asked)


def _pool(
    name: str, official: Set[str], known: Mapping[str, Sequence[str]], asked: Sequence[tuple[str, str]]
) -> Pool:
    titles = sorted(official)
    names = tuple((title, *known.get(title, ())) for title in titles)
    return Pool(
        name,
        tuple(titles),
        tuple("，".join(of_title) for of_title in names),
        names,
        tuple(phrase for phrase, _ in asked),
        tuple(frozenset([official]) for _, official in asked),
        LEGS,
    )
