"""How well does a label stand in a question? Whole, by another name, or in part.

Labels are matched by their folded text, by the lexicon's phrases for them, and by shared bigrams
weighted by how rare they are among the labels at hand. Each match keeps the characters of the
question that it explains, so that what stays unexplained can be seen.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from rapidfuzz.distance import LCSseq

from index.naming import REMEMBERED, same_place
from index.text import fold, is_han
from qa.lexicon import lexicon, phrases_in
from qa.lexicon.data import PARTICLES

WHOLE, SHORTER, BARE, RENAMED, RENAMED_SHORT = 1.0, 0.97, 0.93, 0.94, 0.9
"""Qualities of a label that stands whole in the question, of its form without year or 项目/经费, of its
form without brackets, and of one named by a lexicon phrase, or by one of two characters."""
ALIKE = 0.9
"""Quality of a label that a phrase may stand for although another label is that very phrase."""
PARTIAL_LIMIT = 0.93
"""A label of which only a part stands in the question never counts for more than this."""
_YEAR = re.compile(r"^(?:20\d{2})+年?(?:度)?")
_TAIL = re.compile(r"(?:的?项目|经费|资金|支出|费用|费|专项|小计|预算数|预算|财政拨款|情况|专项)$")
_AMOUNT = re.compile(r"\d[\d.,]*(?:万元|亿元|元|万|%)?(?!以上|以下|以内)")
_DIGITS = re.compile(r"(?<!\d)\d+")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_HEAD = re.compile(r"^(?:部门|财政拨款|本年|其中|规划|总(?=建筑|面积)|部门价值|单价|面向)")


STRONG, INNER, INNER_SHARE = 0.93, 0.6, 0.8
"""A match this good is the name meant; one inside its words and clearly shorter loses much."""
REORDERED, MIN_PART = 0.95, 2
"""What a label counts that two pieces of the question, each so long at least, make up out of order."""
SHORTENED, SHORT_SHARE, MIN_SHORT, MIN_PIECE = 0.8, 0.8, 3, 4
"""Quality of a label that the question's content shortens (小微企业采购), the share of the content that
must stand in it, in order, and the least length of the content and of a piece of it."""
_INSIDE = re.compile(r"[的里中]")
_PARTED = re.compile(r"[，□\ue000-\ue0ff的里中]|这个|那个|那笔|这笔")
_LINKS = re.compile(r"(?<=.)[和及与](?=.)")
_ACCOUNT = re.compile(r"(?:支出|收入|经费|费)$")
_WITHIN = ("里", "中", "内", "的", "当")
"""After a name these say that something inside it is asked for."""
LEADING = frozenset("在对从把被将向由到给和与跟同为")
"""Characters that lead to what is spoken of: 在粮食方面."""
LONG_LABEL, LONG_RUN = 12, 7
"""A label this long is recognised by a verbatim run this long: nobody types a project's whole name."""


@dataclass(frozen=True, slots=True)
class Match:
    """Quality 0..1 and the explained characters of the question as a bit mask."""

    quality: float
    mask: int

    @property
    def size(self) -> int:
        """How many characters of the question the match explains."""
        return self.mask.bit_count()


NO_MATCH = Match(0.0, 0)


def bits(start: int, end: int) -> int:
    """Return the mask of characters start..end-1."""
    return ((1 << (end - start)) - 1) << start


def long_runs(mask: int, size: int = 3) -> int:
    """Return the mask without runs shorter than `size`: two characters may be shared by chance."""
    core = mask
    for _ in range(size - 1):
        core &= core >> 1
    kept = core
    for _ in range(size - 1):
        kept |= kept << 1
    return kept


@lru_cache(REMEMBERED)
def _grams(text: str) -> frozenset[str]:
    return frozenset(bigrams(text))


def bigrams(text: str) -> list[str]:
    """Return the overlapping character pairs of a text, the text itself when it is one character."""
    return [text[at : at + 2] for at in range(len(text) - 1)] or ([text] if text else [])


@lru_cache(REMEMBERED)
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
    """A set of labels prepared for matching; `names[i]` is the folded label of id i."""

    def __init__(self, labels: Iterable[str]) -> None:
        self.names: list[str] = []
        self._bare: list[str] = []
        self._ids: dict[str, int] = {}
        for label in labels:
            self.add(label)
        self._prepare()

    def add(self, label: str) -> int:
        """Return the id of a label, giving it one if it is new."""
        name = fold(label)
        known = self._ids.get(name)
        if known is None:
            known = self._ids[name] = len(self.names)
            self.names.append(name)
            self._bare.append(fold(_BRACKETS.sub("", label)))
        return known

    def _prepare(self) -> None:
        grams = [_grams(name) for name in self.names]
        counts = Counter(gram for found in grams for gram in found)
        total = len(self.names) + 1
        self.weight = {gram: math.log(total / count) + 0.2 for gram, count in counts.items()}
        self._mass = [sum(self.weight[gram] for gram in found) for found in grams]
        self._holders: dict[str, list[int]] = {}
        for number, found in enumerate(grams):
            for gram in found:
                self._holders.setdefault(gram, []).append(number)
        self._by_title: dict[str, list[int]] = {}
        self._variants: dict[str, list[tuple[int, bool]]] = {}
        words = lexicon()
        for number, name in enumerate(self.names):
            bare = self._bare[number]
            forms = variants(name) | set(same_place(name))
            for variant in forms | (variants(bare) if len(bare) > 2 else frozenset()):
                self._variants.setdefault(variant, []).append((number, variant in forms))
                for title in words.titles_of(variant):
                    self._by_title.setdefault(title, []).append(number)

    def forms(self) -> Iterable[str]:
        """Return the folded labels and their shorter forms."""
        return self._variants

    def match(self, text: str, cues: int = 0) -> dict[int, Match]:
        """Return the labels that stand at least partly in folded `text`, with their matches.

        The characters in the mask `cues` ask for a measure and name nothing.
        """
        found: dict[int, Match] = {}
        loose: set[int] = set()

        def better(number: int, match: Match, scattered: bool = False) -> None:
            old = found.get(number)
            if old is None or (match.quality, match.size) > (old.quality, old.size):
                old, match = match, old or NO_MATCH
            # 离休 stands whole, 离休干部 is another name for it: together they explain four characters
            joined = old.mask & match.mask and not scattered and number not in loose
            found[number] = Match(old.quality, old.mask | match.mask) if joined else old
            if scattered:
                loose.add(number)
            else:
                loose.discard(number)

        places: dict[str, list[int]] = {}
        for at in range(len(text) - 1):
            places.setdefault(text[at : at + 2], []).append(at)
        shared: dict[int, float] = {}
        for gram in places:
            for number in self._holders.get(gram, ()):
                shared[number] = shared.get(number, 0.0) + self.weight[gram]
        for number, weight in shared.items():
            share = weight / self._mass[number]
            if share >= 0.25:
                mask = 0
                name = self.names[number]
                for gram in _grams(name):
                    for at in places.get(gram, ()):
                        mask |= bits(at, at + 2)
                quality = share
                if len(name) >= LONG_LABEL and share < 0.9:
                    run = _longest_run(name, text)
                    quality = max(share, min(1.0, 0.45 + 0.05 * run) if run >= LONG_RUN else 0.0)
                better(number, Match(quality * PARTIAL_LIMIT, mask), scattered=True)
        for short, mask in _segments(text, cues):
            for number in shared:
                if any(figure not in self.names[number] for figure in _DIGITS.findall(short)):
                    continue  # 50万元以上 is not 100万元以上
                plain = _LINKS.sub("", short)
                share = LCSseq.similarity(plain, self.names[number]) / max(len(plain), MIN_SHORT)
                if share < SHORT_SHARE and in_pieces(short, self.names[number]):
                    share = REORDERED
                if share >= SHORT_SHARE and len(self.names[number]) > len(short):
                    fullness = 0.85 + 0.15 * len(short) / len(self.names[number])
                    better(number, Match(SHORTENED * share * fullness, mask), scattered=True)
        for start, end in _pieces(text):
            piece = text[start:end]
            for number, complete in self._variants.get(piece, ()):
                quality = WHOLE if self.names[number] == piece else (SHORTER if complete else BARE)
                better(number, Match(quality, bits(start, end)))
        for start, end, titles in phrases_in(text):
            for title in titles:
                for number in self._by_title.get(title, ()):
                    exact = title == text[start:end]
                    quality = 0.96 if exact else (RENAMED if end - start > 2 else RENAMED_SHORT)
                    if text[start:end] in self._ids and self.names[number] != text[start:end]:
                        quality = ALIKE  # 行政运行 stands in the documents: 机关运行经费 is another thing
                    better(number, Match(quality, bits(start, end)))
        return _without_inner(found)


def _without_inner(found: dict[int, Match]) -> dict[int, Match]:
    """Weaken matches that lie inside the words of a longer label: 转移支付 in 上级…转移支付."""
    strong = {match.mask for match in found.values() if match.quality >= STRONG}
    weakened = {}
    for number, match in found.items():
        inner = any(
            match.mask & ~mask == 0 and match.size <= INNER_SHARE * mask.bit_count() for mask in strong
        )
        weakened[number] = Match(match.quality * INNER, match.mask) if inner else match
    return weakened


def _longest_run(name: str, text: str) -> int:
    """Return the length of the longest common run of two texts."""
    best = 0
    for start in range(len(name)):
        while start + best < len(name) and name[start : start + best + 1] in text:
            best += 1
    return best


def _pieces(text: str) -> Iterable[tuple[int, int]]:
    """Yield all stretches of two or more characters, longest first."""
    for size in range(min(len(text), 60), 1, -1):
        for start in range(len(text) - size + 1):
            yield start, start + size


def alike(one: str, other: str) -> bool:
    """Tell whether half of the pairs of a short label stand in another: two ways to write one thing."""
    pairs = [one[at : at + 2] for at in range(len(one) - 1)]
    return sum(pair in other for pair in pairs) * 2 >= len(pairs)


def is_subsequence(short: str, full: str) -> bool:
    """Tell whether the characters of `short` stand in `full` in the same order: how names are shortened."""
    at = 0
    for char in short:
        at = full.find(char, at) + 1
        if not at:
            return False
    return True


def in_pieces(short: str, full: str) -> bool:
    """Tell whether two pieces of `short` stand in `full` in either order: 欠薪线索办结, 办结各类欠薪线索."""
    return any(short[:at] in full and short[at:] in full for at in range(MIN_PART, len(short) - MIN_PART + 1))


def _segments(text: str, cues: int) -> list[tuple[str, int]]:
    """Return the content of a question, whole and piece by piece, each with its mask.

    Pieces are parted by commas, blanks and 的/里/中; asking words are left out.
    """
    stated = {at for match in _AMOUNT.finditer(text) for at in range(*match.span())}
    left = [at for at in _leftover(text, cues) if at not in stated]
    found = []
    if len(left) >= MIN_SHORT:
        found.append(("".join(text[at] for at in left), covered(0, [(at, at + 1) for at in left])))
    start = 0
    for end in [*(match.start() for match in _PARTED.finditer(text)), len(text)]:
        piece = [at for at in left if start <= at < end]
        if MIN_PIECE <= len(piece) < len(left):
            found.append(("".join(text[at] for at in piece), covered(0, [(at, at + 1) for at in piece])))
        start = end
    return found


def content_of(text: str) -> str:
    """Return the text without the words that only ask."""
    return "".join(text[at] for at in _leftover(text, 0))


def content_places(text: str, cues: int) -> list[int]:
    """Return the places of a text that carry content: neither asking words nor a 在, 对, 由 before it."""
    left = _leftover(text, cues)
    return [at for at in left if at - 1 in left or text[at] not in LEADING]


def named_pieces(text: str) -> list[str]:
    """Return the runs of two or more characters that carry content."""
    places = set(content_places(text, 0))
    kept = "".join(char if at in places else "，" for at, char in enumerate(text))
    return [piece for piece in kept.split("，") if len(piece) > 1]


@lru_cache(maxsize=4096)
def _leftover(text: str, mask: int) -> tuple[int, ...]:
    """Return the places that neither `mask` nor an asking word explains.

    Words of two or more characters are taken away first, so that fewest characters stay. A single
    character (的, 有) is only a word of its own where nothing but such characters is left.
    """
    ignorable = lexicon().ignorable
    size = len(text)
    cost = [0] * (size + 1)
    step = [1] * (size + 1)
    for at in range(size - 1, -1, -1):
        cost[at] = cost[at + 1] + (0 if mask >> at & 1 else 1)
        for end in range(min(size, at + 8), at + 1, -1):
            if cost[end] < cost[at] and text[at:end] in ignorable:
                cost[at], step[at] = cost[end], end - at
    runs: list[list[int]] = []
    at = 0
    while at < size:
        if step[at] == 1 and not mask >> at & 1 and text[at].isalnum():
            if runs and runs[-1][-1] == at - 1:
                runs[-1].append(at)
            else:
                runs.append([at])
        at += step[at]
    left: list[int] = []
    for run in runs:
        if len(run) <= 2 and all(text[at] in ignorable for at in run):
            continue
        while run and text[run[0]] in PARTICLES:
            run = run[1:]
        while run and text[run[-1]] in PARTICLES:
            run = run[:-1]
        left += run
    return tuple(left)


def modified(text: str, mask: int, item: int) -> bool:
    """Tell whether unexplained words stand right before an item: 宠物医疗费 is not 医疗费."""
    if not item:
        return False
    start = (item & -item).bit_length() - 1
    left = set(remainder(text, mask))
    return (
        start >= 2 and {start - 1, start - 2} <= left and is_han(text[start - 2]) and is_han(text[start - 1])
    )


def opposed(text: str, label: str) -> bool:
    """Tell whether a label speaks of the opposite of what a text asks for: 年初结余 of 年末结余."""
    return any(
        asked and named and not asked & named
        for asked, named in zip(_sides(text), _sides(label), strict=True)
    )


@lru_cache(maxsize=16384)
def _sides(text: str) -> tuple[frozenset[int], ...]:
    """Return which sides of each opposition a text speaks of."""
    return tuple(
        frozenset(number for number, words in enumerate(sides) if any(word in text for word in words))
        for sides in lexicon().opposites
    )


def headless(text: str, mask: int, item: int) -> bool:
    """Tell whether what stands inside the item stays wholly unexplained: 公用经费里的某某费."""
    if not item:
        return False
    start = (item & -item).bit_length() - 1
    left = set(_leftover(text, mask))
    content = set(_leftover(text, 0))
    borders = [match.start() for match in _INSIDE.finditer(text) if match.start() > start]
    for at in borders:
        end = next((place for place in range(at + 1, len(text)) if text[place] in "，的里中"), len(text))
        piece = [place for place in range(at, end) if place in content or mask >> place & 1]
        if len(piece) >= 2 and all(place in left and is_han(text[place]) for place in piece):
            return True
    return False


@lru_cache(maxsize=4096)
def remainder(text: str, mask: int) -> tuple[int, ...]:
    """Return the places that nothing explains; a word said again explains itself."""
    left = _leftover(text, mask)
    told = "".join(char if mask >> at & 1 else "，" for at, char in enumerate(text))
    places = set(left)
    return tuple(
        at
        for at in left
        if not (at + 1 in places and text[at : at + 2] in told)
        and not (at - 1 in places and text[at - 1 : at + 1] in told)
    )


def unexplained(text: str, mask: int, vocabulary: dict[str, float]) -> tuple[int, int]:
    """Return how many characters nothing explains, and how many of these the documents know.

    Words that only ask are explained; a character counts as known when it forms a pair that occurs
    in the labels: then the question speaks of something that the documents could tell but this
    reading leaves out.
    """
    left = _without_chatter(text, mask, remainder(text, mask), vocabulary)
    known = {
        place
        for a, b in zip(left, left[1:], strict=False)
        if b == a + 1 and text[a : a + 2] in vocabulary
        for place in (a, b)
    }
    whole = {
        place
        for start, end, titles in phrases_in(text)
        if end - start > 3
        and text[start:end] in titles
        and _ACCOUNT.search(text[start:end])
        and text[end : end + 1] not in _WITHIN
        and not mask >> start & ((1 << (end - start)) - 1)
        for place in range(start, end)
    }  # an account named in full is never mere asking: 项目支出
    left = sorted({*left, *whole})
    known |= whole
    open_places = set(left)
    for start, end, _ in phrases_in(text):  # an item of budgets in general, though not of this one
        if end - start > 2 and 2 * len(open_places & set(range(start, end))) > end - start:
            known |= open_places & set(range(start, end))
    return len(left), len(known)


def _without_chatter(text: str, mask: int, left: Sequence[int], vocabulary: dict[str, float]) -> list[int]:
    """Return what is left without clauses that say nothing the documents know: 我想问一下，…."""
    kept: list[int] = []
    start = 0
    for end in [*(match.start() for match in re.finditer("，", text)), len(text)]:
        inside = [at for at in left if start <= at < end]
        said = any(mask >> at & 1 for at in range(start, end))
        known = any(text[at : at + 2] in vocabulary for at in inside if at + 1 in inside)
        kept += inside if said or known else []
        start = end + 1
    return kept


def covered_by(masks: Iterable[int]) -> int:
    """Return what any of the masks covers."""
    return reduce(or_, masks, 0)


def covered(mask: int, spans: Sequence[tuple[int, int]]) -> int:
    """Return `mask` with the given stretches added."""
    for start, end in spans:
        mask |= bits(start, end)
    return mask
