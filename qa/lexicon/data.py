"""Load the lexicon files once and answer: which titles does this phrase stand for?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from index.rules import prose
from index.text import fold

_FOLDER = Path(__file__).parent
PARTICLES = frozenset("的了有是个能会在和与及吗呢吧里")
"""Characters that come and go inside a phrase without changing what it names."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasureRule:
    """What wording asks for a measure; `kind` groups measures that answers treat alike."""

    measure: str
    kind: str
    cues: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vocabularies, all phrases folded (see `index.text.fold`)."""

    titles: dict[str, frozenset[str]]
    """phrase -> official titles it may stand for (a title stands for itself)."""
    spare_titles: dict[str, frozenset[str]]
    """the same for phrases of three or more characters without their particles."""
    longest: dict[str, int]
    """first two characters -> length of the longest phrase, with or without particles, that begins so."""
    phrases: dict[str, tuple[str, ...]]
    """official title -> its phrases."""
    instructions: tuple[re.Pattern[str], ...]
    """How to say the answer, not what is asked: 保留两位小数."""
    ignorable: frozenset[str]
    """words that only ask, or are true of every budget."""
    intents: dict[str, tuple[str, ...]]
    measures: tuple[MeasureRule, ...]
    cues: dict[str, tuple[tuple[str, int], ...]]
    """first character -> the cues that begin so, each with the place of its rule in `measures`."""
    abbreviations: dict[str, str]
    opposites: tuple[tuple[tuple[str, ...], ...], ...]
    """Words of which one excludes the other: an item at 年初 is not the one at 年末."""
    passage_cues: dict[str, tuple[str, ...]]
    """intent -> words that stand in a passage which answers such a question."""
    above: dict[str, frozenset[str]]
    """title -> the totals that it is part of, at once or over other totals."""

    def found_in(self, text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        """Yield (start, end, titles) of every lexicon phrase in folded `text`.

        Particles may stand inside a phrase or be missing from it: 实际有多少人 is found in 实际多少人.
        """
        for start in range(len(text) - 1):
            longest = self.longest.get(text[start : start + 2], 0)
            for end in range(min(len(text), start + longest), start + 1, -1):
                titles = self.titles.get(text[start:end])
                if titles:
                    yield start, end, titles
        yield from self._spare(text, [at for at, char in enumerate(text) if char not in PARTICLES])
        fillers = self._fillers(text)
        if fillers:
            kept = [at for at, char in enumerate(text) if char not in PARTICLES and at not in fillers]
            yield from self._spare(text, kept)

    def _fillers(self, text: str) -> set[int]:
        """Return the places of asking words that may stand inside a phrase: 公车(一年的)运行费."""
        found: set[int] = set()
        at = 0
        while at < len(text):
            end = next(
                (e for e in range(min(len(text), at + 6), at + 1, -1) if text[at:e] in self.ignorable), at
            )
            found.update(range(at, end))
            at = max(end, at + 1)
        return found

    def _spare(self, text: str, places: list[int]) -> Iterator[tuple[int, int, frozenset[str]]]:
        spare = "".join(text[at] for at in places)
        for start in range(len(spare) - 2):
            longest = self.longest.get(spare[start : start + 2], 0)
            for end in range(min(len(spare), start + longest), start + 2, -1):
                titles = self.spare_titles.get(spare[start:end])
                if titles and places[end - 1] - places[start] < end - start + 6:
                    yield places[start], places[end - 1] + 1, titles

    def cued_in(self, text: str) -> list[tuple[int, int, MeasureRule]]:
        """Return (start, end, rule) of the cues that stand in folded `text`, in the order of the rules."""
        found: dict[tuple[int, str], int] = {}
        for at, char in enumerate(text):
            for cue, rule in self.cues.get(char, ()):
                if text.startswith(cue, at):
                    found.setdefault((rule, cue), at)
        by_pattern = [
            (number, *match.span())
            for number, rule in enumerate(self.measures)
            for pattern in rule.patterns
            if (match := pattern.search(text))
        ]
        spans = [(rule, at, at + len(cue)) for (rule, cue), at in found.items()]
        return [(start, end, self.measures[rule]) for rule, start, end in sorted(spans + by_pattern)]

    def totals_over(self, title: str) -> frozenset[str]:
        """Return the totals that a folded title is part of in every budget."""
        return self.above.get(title, frozenset())

    def titles_of(self, label: str) -> frozenset[str]:
        """Return the official titles that a folded label stands for."""
        return self.titles.get(label, frozenset())


def _read(name: str) -> Any:
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def lexicon() -> Lexicon:
    """Return the shipped lexicon, loaded once."""
    titles: dict[str, set[str]] = {}
    phrases: dict[str, tuple[str, ...]] = {}
    for title, entries in _read("synonyms").items():
        official = fold(title)
        folded = tuple(dict.fromkeys(fold(entry) for entry in entries if fold(entry)))
        phrases[official] = folded
        for phrase in (official, *folded):
            titles.setdefault(phrase, set()).add(official)
    for official in phrases:  # an exact title stands for itself alone
        titles[official] = {official}
    intents = {
        name: tuple(fold(p) for p in found if "…" not in p) for name, found in _read("intents").items()
    }
    words = {fold(word) for group in _read("question_words").values() for word in group}
    words |= {
        number + fold(unit)
        for number in ("几", "多少")
        for unit in (*prose("units"), "位", "个人", "个工作日", "工作日")
    }
    measures = tuple(
        MeasureRule(
            rule["measure"],
            rule["kind"],
            tuple(
                dict.fromkeys(
                    [fold(cue) for cue in rule["cues"]]
                    + [p for name in rule["intents"] for p in intents[name]]
                )
            ),
            tuple(re.compile(pattern) for pattern in rule.get("patterns", ())),
        )
        for rule in _read("measures")
    )
    spare: dict[str, set[str]] = {}
    for phrase, found in titles.items():
        short = "".join(char for char in phrase if char not in PARTICLES)
        if len(short) >= 3:
            spare.setdefault(short, set()).update(found)
    cues: dict[str, list[tuple[str, int]]] = {}
    for number, rule in enumerate(measures):
        for cue in rule.cues:
            cues.setdefault(cue[0], []).append((cue, number))
    longest: dict[str, int] = {}
    for phrase in (*titles, *spare):
        longest[phrase[:2]] = max(longest.get(phrase[:2], 0), len(phrase))
    return Lexicon(
        above=_above(),
        longest=longest,
        titles={phrase: frozenset(found) for phrase, found in titles.items()},
        spare_titles={phrase: frozenset(found) for phrase, found in spare.items()},
        phrases=phrases,
        ignorable=frozenset(word for word in words if word),
        intents=intents,
        measures=measures,
        cues={char: tuple(begin) for char, begin in cues.items()},
        abbreviations=dict(_read("abbreviations")),
        opposites=tuple(tuple(map(tuple, sides)) for sides in _read("opposites")),
        passage_cues={intent: tuple(words) for intent, words in _read("passage_cues").items()},
        instructions=tuple(re.compile(pattern) for pattern in _read("instructions")["patterns"]),
    )


def _above() -> dict[str, frozenset[str]]:
    """Return the totals over each title: those of every budget, and those of the economic classification."""
    direct: dict[str, set[str]] = {}
    for total, parts in _read("aggregates").items():
        for part in parts:
            direct.setdefault(fold(part), set()).add(fold(total))
    for accounts in (found for kind, found in _read("accounts").items() if "经济" in kind):
        for code, title in accounts.items():
            if len(code) > len("301"):
                direct.setdefault(fold(title), set()).add(fold(accounts[code[:3]]))
    above = {}
    for title in direct:
        reached: set[str] = set()
        waiting = [title]
        while waiting:
            new = direct.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        above[title] = frozenset(reached - {title})
    return above


@lru_cache(maxsize=512)
def phrases_in(text: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """Return all (start, end, titles) of `Lexicon.found_in`; one question is scanned many times."""
    return tuple(lexicon().found_in(text))
