"""How well does a label stand in a question? Whole, by another name, or in part.

Labels are matched by their folded text, by the lexicon's phrases for them, and by shared bigrams
weighted by how rare they are among the labels at hand. What depends on a label alone is worked out once for
all documents that print it; the rest when a question shares something with it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from rapidfuzz.distance import LCSseq

from index.naming import same_place
from index.text import fold
from qa.lexicon import lexicon, phrases_in
from qa.matching import MIN_SHORT, NO_MATCH, Match, bigrams, bits, segments

WHOLE, SHORTER, EXACT, RENAMED, BARE, RENAMED_SHORT = 1.0, 0.97, 0.96, 0.94, 0.93, 0.9
"""Qualities of a label that stands whole in the question, of its form without year or 项目/经费, of one whose
official title stands there, of one named by another phrase of the lexicon, of its form without brackets, and
of one named by a phrase of two characters."""
ALIKE = 0.9
"""Quality of a label that a phrase may stand for although another label is that very phrase."""
PARTIAL, PARTIAL_LIMIT = 0.25, 0.93
"""A label of which only a part stands in the question, of at least this share, never counts for more."""
STRONG, INNER, INNER_SHARE = 0.93, 0.6, 0.8
"""A match this good is the name meant; one inside its words and clearly shorter loses much."""
REORDERED, MIN_PART = 0.95, 2
"""What a label counts that two pieces of the question, each so long at least, make up out of order."""
SHORTENED, SHORT_SHARE = 0.8, 0.8
"""Quality of a label that the question's content shortens (小微企业采购), and the share of the content that
must stand in it, in order."""
LONG_LABEL, LONG_RUN = 12, 7
"""A label this long is recognised by a verbatim run this long: nobody types a project's whole name."""
REMEMBERED = 1 << 14
"""Labels that are kept worked out: those that a form prints return in every document."""
_YEAR = re.compile(r"^(?:20\d{2})+年?(?:度)?")
_HEAD = re.compile(r"^(?:部门|财政拨款|本年|其中|规划|总(?=建筑|面积)|部门价值|单价|面向)")
_TAIL = re.compile(r"(?:的?项目|经费|资金|支出|费用|费|专项|小计|预算数|预算|财政拨款|情况|专项)$")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_DIGITS = re.compile(r"(?<!\d)\d+")
_LINKS = re.compile(r"(?<=.)[和及与](?=.)")


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """What a label alone decides, folded: its name, its pairs of characters, how else it may be written.

    `forms` are its shorter forms, the longest first, each with whether it is one of the name with its
    brackets; those of a place that is called otherwise are `elsewhere`, too. `titles` are the official titles
    that the forms stand for.
    """

    name: str
    grams: frozenset[str]
    forms: tuple[tuple[str, bool], ...]
    elsewhere: bool
    titles: frozenset[str]


@lru_cache(REMEMBERED)
def label_of(text: str) -> Label:
    """Return what the text of a label decides."""
    words = lexicon()
    name, bare = fold(text), fold(_BRACKETS.sub("", text))
    places = same_place(name)
    whole = variants(name) | set(places)
    forms = whole | (variants(bare) if len(bare) > 2 else frozenset())
    return Label(
        name,
        frozenset(bigrams(name)),
        tuple((form, form in whole) for form in sorted(forms, key=lambda form: (-len(form), form))),
        bool(places),
        frozenset(chain.from_iterable(map(words.titles_of, forms))),
    )


def variants(name: str) -> frozenset[str]:
    """Return the folded label and its shorter forms: without year, 财政拨款…, …项目, …预算, …经费."""
    ignorable = lexicon().ignorable
    found = {name}
    queue = [name]
    while queue:
        form = queue.pop()
        for shorter in (_YEAR.sub("", form), _HEAD.sub("", form), _TAIL.sub("", form)):
            if len(shorter) > 2 and shorter not in found and shorter not in ignorable:
                found.add(shorter)
                queue.append(shorter)
    return frozenset(found)


class Labels:
    """A set of labels prepared for matching, each known by its folded name."""

    def __init__(self, texts: Iterable[str]) -> None:
        known: dict[str, Label] = {}
        for label in map(label_of, texts):
            known.setdefault(label.name, label)
        self._known = known
        counts = Counter(chain.from_iterable(label.grams for label in known.values()))
        total = len(known) + 1
        rarity = {count: math.log(total / count) + 0.2 for count in set(counts.values())}
        self.weight = {gram: rarity[count] for gram, count in counts.items()}
        self._elsewhere = [label for label in known.values() if label.elsewhere]

    def forms(self) -> Iterator[str]:
        """Yield the folded labels and their shorter forms."""
        return (form for label in self._known.values() for form, _ in label.forms)

    def match(self, text: str, cues: int = 0) -> dict[str, Match]:
        """Return the labels that stand at least partly in folded `text`, by name, with their matches.

        The characters in the mask `cues` ask for a measure and name nothing.
        """
        found = _Found()
        places: dict[str, list[int]] = {}
        for at in range(len(text) - 1):
            places.setdefault(text[at : at + 2], []).append(at)
        grams = frozenset(places)
        shared = [label for label in self._known.values() if not grams.isdisjoint(label.grams)]
        for label in shared:
            common = label.grams & grams
            share = self._mass(common) / self._mass(label.grams)
            if share >= PARTIAL:
                quality = share
                if len(label.name) >= LONG_LABEL and share < 0.9:
                    run = _longest_run(label.name, text)
                    quality = max(share, min(1.0, 0.45 + 0.05 * run) if run >= LONG_RUN else 0.0)
                mask = 0
                for gram in common:
                    for at in places[gram]:
                        mask |= bits(at, at + 2)
                found.add(label.name, Match(quality * PARTIAL_LIMIT, mask), scattered=True)
        for short, mask in segments(text, cues):
            figures, plain = _DIGITS.findall(short), _LINKS.sub("", short)
            for label in shared:
                name = label.name
                if any(figure not in name for figure in figures):
                    continue  # 50万元以上 is not 100万元以上
                share = LCSseq.similarity(plain, name) / max(len(plain), MIN_SHORT)
                if share < SHORT_SHARE and in_pieces(short, name):
                    share = REORDERED
                if share >= SHORT_SHARE and len(name) > len(short):
                    fullness = 0.85 + 0.15 * len(short) / len(name)
                    found.add(name, Match(SHORTENED * share * fullness, mask), scattered=True)
        for label in chain(shared, self._elsewhere):
            for form, complete in label.forms:
                at = text.find(form) if len(form) > 1 else -1
                while at >= 0:
                    quality = WHOLE if form == label.name else SHORTER if complete else BARE
                    found.add(label.name, Match(quality, bits(at, at + len(form))))
                    at = text.find(form, at + 1)
        phrases = phrases_in(text)
        titled = self._titled(frozenset(chain.from_iterable(titles for *_, titles in phrases)))
        for start, end, titles in phrases:
            phrase = text[start:end]
            for name, own in titled:
                if own.isdisjoint(titles):
                    continue
                exact = phrase in titles and phrase in own
                quality = EXACT if exact else RENAMED if end - start > 2 else RENAMED_SHORT
                if phrase in self._known and name != phrase:
                    quality = ALIKE  # 行政运行 stands in the documents: 机关运行经费 is another thing
                found.add(name, Match(quality, bits(start, end)))
        titles_named = (bits(start, end) for start, end, titles in phrases if text[start:end] in titles)
        return _without_inner(found.matches, titles_named)

    def _mass(self, grams: frozenset[str]) -> float:
        """Return the weight of pairs of characters, the same in whatever order they come."""
        return math.fsum(map(self.weight.__getitem__, grams))

    def _titled(self, titles: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
        """Return the names of labels that stand for any of these titles, with all that they stand for."""
        return [
            (name, label.titles) for name, label in self._known.items() if not label.titles.isdisjoint(titles)
        ]


class _Found:
    """The best match of each label so far."""

    def __init__(self) -> None:
        self.matches: dict[str, Match] = {}
        self._scattered: set[str] = set()

    def add(self, name: str, match: Match, scattered: bool = False) -> None:
        """Keep a match if it is better than the one known; `scattered` ones share single characters."""
        old = self.matches.get(name)
        if old is None or (match.quality, match.size) > (old.quality, old.size):
            old, match = match, old or NO_MATCH
        # 离休 stands whole, 离休干部 is another name for it: together they explain four characters
        joined = old.mask & match.mask and not scattered and name not in self._scattered
        self.matches[name] = Match(old.quality, old.mask | match.mask) if joined else old
        if scattered:
            self._scattered.add(name)
        else:
            self._scattered.discard(name)


def _without_inner(found: dict[str, Match], titles: Iterable[int]) -> dict[str, Match]:
    """Weaken matches that lie inside the words of a longer label: 转移支付 in 上级…转移支付.

    So do those inside one of the official `titles`, though no label is called so: 医疗费 in 医疗费补助.
    """
    strong = {*titles, *(match.mask for match in found.values() if match.quality >= STRONG)}
    weakened = {}
    for name, match in found.items():
        inner = any(
            match.mask & ~mask == 0 and match.size <= INNER_SHARE * mask.bit_count() for mask in strong
        )
        weakened[name] = Match(match.quality * INNER, match.mask) if inner else match
    return weakened


def _longest_run(name: str, text: str) -> int:
    """Return the length of the longest common run of two texts."""
    best = 0
    for start in range(len(name)):
        while start + best < len(name) and name[start : start + best + 1] in text:
            best += 1
    return best


def in_pieces(short: str, full: str) -> bool:
    """Tell whether two pieces of `short` stand in `full` in either order: 欠薪线索办结, 办结各类欠薪线索."""
    return any(short[:at] in full and short[at:] in full for at in range(MIN_PART, len(short) - MIN_PART + 1))
