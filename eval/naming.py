"""Everyday names of budget items as a pool: the texts are official titles with the names that are known.

A line of the file holds `phrase`, what somebody calls an item, and `official`, its title.
"""

from __future__ import annotations

import json
from pathlib import Path

import index.training
import qa.lexicon
from eval.errors import UsageError
from eval.pools import Pool
from index.training.lexicon import read_lexicon

_LEXICON = Path(qa.lexicon.__file__).parent
_PHRASINGS = Path(index.training.__file__).with_name("phrasings.json")


def names_pool(path: Path) -> Pool:
    """Read a file of everyday names; raise UsageError when it cannot be read."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        asked = [(str(line["phrase"]), str(line["official"])) for line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}：无法读取（{error}）") from error
    known = read_lexicon(_LEXICON, _PHRASINGS).phrases
    titles = sorted({*known, *(official for _, official in asked)})
    names = tuple((title, *known.get(title, ())) for title in titles)
    return Pool(
        path.stem,
        tuple(titles),
        tuple("，".join(of_title) for of_title in names),
        names,
        tuple(phrase for phrase, _ in asked),
        tuple(frozenset([official]) for _, official in asked),
    )
