"""What of a question do its words explain, and what stays open?

A match keeps the characters of the question that it explains as a bit mask; `qa.labels` finds matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from index.text import is_han
from qa.lexicon import lexicon, phrases_in
from qa.lexicon.data import PARTICLES

_AMOUNT = re.compile(r"\d[\d.,]*(?:万元|亿元|元|万|%)?(?!以上|以下|以内)")
_INSIDE = re.compile(r"[的里中]")
_PARTED = re.compile(r"[，□\ue000-\ue0ff的里中]|这个|那个|那笔|这笔")
_ACCOUNT = re.compile(r"(?:支出|收入|经费|费)$")
_WITHIN = ("里", "中", "内", "的", "当")
"""After a name these say that something inside it is asked for."""
LEADING = frozenset("在对从把被将向由到给和与跟同为")
"""Characters that lead to what is spoken of: 在粮食方面."""
TITLE = 3
"""An account title of so many characters, written out in a question, is what the question is about."""
LONGEST_WORD = 8
"""Characters of an asking word that is looked for."""
MIN_SHORT, MIN_PIECE = 3, 4
"""The least length of a question's content, and of a piece of it, that may shorten a label."""


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


def bigrams(text: str) -> list[str]:
    """Return the overlapping character pairs of a text, the text itself when it is one character."""
    return [text[at : at + 2] for at in range(len(text) - 1)] or ([text] if text else [])


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


def segments(text: str, cues: int) -> list[tuple[str, int]]:
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
    words = _asking_words(text)
    for at in range(size - 1, -1, -1):
        cost[at] = cost[at + 1] + (0 if mask >> at & 1 else 1)
        for end in words[at]:
            if cost[end] < cost[at]:
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
    named = [(start, end - 1) for start, end, _ in phrases_in(text)]
    left: list[int] = []
    for run in runs:
        if len(run) <= 2 and all(text[at] in ignorable for at in run):
            continue
        # 开会 is what a meeting is called: its 会 is no particle
        while run and text[run[0]] in PARTICLES and not any(a == run[0] and b <= run[-1] for a, b in named):
            run = run[1:]
        while run and text[run[-1]] in PARTICLES and not any(b == run[-1] and a >= run[0] for a, b in named):
            run = run[:-1]
        left += run
    return tuple(left)


@lru_cache(maxsize=512)
def _asking_words(text: str) -> list[list[int]]:
    """Return where the asking words of two or more characters end that begin at each place, longest first."""
    ignorable, size = lexicon().ignorable, len(text)
    return [
        [end for end in range(min(size, at + LONGEST_WORD), at + 1, -1) if text[at:end] in ignorable]
        for at in range(size)
    ]


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
        at += text[at + 1 : at + 2] == "，"
        end = next((place for place in range(at + 1, len(text)) if text[place] in "，的里中"), len(text))
        piece = [place for place in range(at, end) if place in content or mask >> place & 1]
        if len(piece) >= 2 and all(place in left and is_han(text[place]) for place in piece):
            return True
    return False


@lru_cache(maxsize=4096)
def remainder(text: str, mask: int) -> tuple[int, ...]:
    """Return the places that nothing explains; a word said again explains itself.

    An account of its own is no such word, though it shares characters with what is explained: 离休费, 退休费.
    """
    left = _leftover(text, mask)
    told = "".join(char if mask >> at & 1 else "，" for at, char in enumerate(text))
    places = set(left)
    others = {
        at
        for start, end, titles in phrases_in(text)
        if end - start >= TITLE and text[start:end] in titles and text[end : end + 1] not in _WITHIN
        if not mask & bits(start, end) and text[start:end] not in told
        for at in range(start, end)
    }
    return tuple(
        at
        for at in left
        if at in others
        or not (at + 1 in places and text[at : at + 2] in told)
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
