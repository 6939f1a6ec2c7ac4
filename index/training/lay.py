"""How people ask about a rule that is written in the language of the law.

A sentence of a statute becomes a question in everyday words: terms of the law give way to what people say
(用人单位 -> 公司), what must or may be done is asked about (可以 -> 能不能), some words are forgotten.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

# Of the terms in a sentence so many are said in everyday words, of the clauses so many are left out.
_LAY_SHARE = 0.6
_FORGOTTEN_SHARE = 0.3
_OPENING_SHARE = 0.35
_ENDING_SHARE = 0.75
_CLAUSE_END = re.compile(r"[，,；;。：:、！？\s]+")
_LONGEST = 60
# So many articles lose what is asked, if so many characters remain.
_HIDDEN_SHARE, _SHORTEST_REST = 0.65, 30


@cache
def _vocabulary() -> tuple[dict[str, Any], re.Pattern[str], re.Pattern[str]]:
    found = json.loads(Path(__file__).with_name("lay.json").read_text(encoding="utf-8"))
    words, modals = (
        re.compile("|".join(sorted(map(re.escape, found[name]), key=len, reverse=True)))
        for name in ("words", "modals")
    )
    return found, words, modals


def lay_pair(rng: Random, article: str) -> tuple[str, str]:
    """A question that a person could ask about an article, and the article, often without what is asked.

    Without it the words around must do: what a rule speaks of beside the asked is what keywords do not find.
    """
    found, words, modals = _vocabulary()
    clauses = [part for part in _CLAUSE_END.split(article) if len(part) > 1]
    first = rng.randrange(len(clauses)) if clauses else 0
    kept = clauses[first : first + rng.randint(1, 3)]
    if len(kept) > 1:
        kept = [part for part in kept if rng.random() > _FORGOTTEN_SHARE] or kept[:1]
    text = "，".join(kept)[:_LONGEST]
    text = words.sub(lambda match: _said(rng, match.group(), found["words"]), text)
    text = modals.sub(lambda match: _said(rng, match.group(), found["modals"]), text)
    if rng.random() < _OPENING_SHARE:
        text = rng.choice(found["openings"]) + text
    if rng.random() < _ENDING_SHARE:
        text += rng.choice(found["endings"])
    if rng.random() < _HIDDEN_SHARE:
        rest = "，".join(part for part in clauses if part not in kept)
        if len(rest) > _SHORTEST_REST:
            article = rest
    return text, article


def _said(rng: Random, term: str, words: dict[str, list[str]]) -> str:
    return rng.choice(words[term]) if rng.random() < _LAY_SHARE else term
