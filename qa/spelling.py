"""Wrong characters put right: a stretch that sounds like a label is read as that label."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

MIN_LENGTH = 3
"""Shorter labels sound like too many other words."""


@lru_cache(maxsize=1 << 16)
def _sound(char: str) -> str:
    from pypinyin import lazy_pinyin

    return lazy_pinyin(char)[0]


def corrected(text: str, labels: Iterable[str]) -> tuple[str, str, str] | None:
    """Return (corrected text, written, meant) for the longest label that only sounds right in `text`.

    Labels and text are folded. None when no label does.
    """
    sounds = [_sound(char) for char in text]
    places: dict[str, list[int]] = {}
    for at, sound in enumerate(sounds):
        places.setdefault(sound, []).append(at)
    best: tuple[int, int, str] | None = None
    for label in labels:
        size = len(label)
        if size < MIN_LENGTH or size > len(text) or best is not None and size <= best[0]:
            continue
        for at in places.get(_sound(label[0]), ()):
            piece = text[at : at + size]
            wrong = sum(a != b for a, b in zip(piece, label, strict=False))
            alike = len(piece) == size and 0 < wrong <= max(1, size // 3)
            if alike and all(sounds[at + i] == _sound(label[i]) for i in range(size)):
                best = (size, at, label)
                break
    if best is None:
        return None
    size, at, label = best
    return text[:at] + label + text[at + size :], text[at : at + size], label
