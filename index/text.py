"""Small pure functions on Chinese text and figures that every stage shares."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,20}>|\*\*")
_LATEX = ((r"\geq", "≥"), (r"\leq", "≤"), (r"\ge", "≥"), (r"\le", "≤"), (r"\%", "%"), (r"\times", "×"))
_FIGURE = re.compile(r"[-－−]?\d[\d,，]*(?:\.\d+)?")
_PUNCTUATION = re.compile(r"[\s,，、。．.;；:：“”\"'‘’（）()《》<>〈〉【】\[\]〔〕—–\-]+")
_ENUMERATION = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}(?:[.．](?!\d)|、)|其中[:：]|[①-⑳])\s*"
)


def clean(text: str) -> str:
    """Return the text without markup (`<p>`, `**`, LaTeX), with runs of space folded to one."""
    if "$" in text or "\\" in text:
        for mark, plain in _LATEX:
            text = text.replace(mark, plain)
        text = text.replace("$", "")
    if "<" in text or "*" in text:
        text = _TAG.sub("", text)
    return " ".join(text.split())


@lru_cache(maxsize=1 << 16)
def squash(text: str) -> str:
    """Return the text without any white space: print wraps names and figures at random."""
    return "".join(text.split())


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Return the form in which labels are compared: NFKC, no space, no punctuation, lower case."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=1 << 16)
def strip_enumeration(label: str) -> str:
    """Return a label without its leading 一、 / （一） / 1. / 其中： marks."""
    while True:
        shorter = _ENUMERATION.sub("", label)
        if shorter == label or not shorter:
            return label
        label = shorter


@lru_cache(maxsize=1 << 16)
def parse_figure(text: str) -> Decimal | None:
    """Return the value of a cell that holds one plain figure (`3,905.96`, `-12`, `（1.5）`), else None."""
    text = squash(text)
    negative = len(text) > 2 and text[0] in "(（" and text[-1] in ")）"
    core = text[1:-1] if negative else text
    if not core or not _FIGURE.fullmatch(core):
        return None
    try:
        value = Decimal(core.replace(",", "").replace("，", "").replace("－", "-").replace("−", "-"))
    except InvalidOperation:
        return None
    return -value if negative else value


NOT_RECOGNISED, NOT_COMPUTED = "（识别不清）", "（公式未计算）"
"""What a cell holds whose figure is there, but not known: a blank one would mean nothing arranged."""


def is_unknown(text: str) -> bool:
    """Tell whether a cell says that its figure is not known."""
    return text in (NOT_RECOGNISED, NOT_COMPUTED)


def is_han(text: str) -> bool:
    """Tell whether the text holds a Chinese character."""
    return any("\u4e00" <= c <= "\u9fff" for c in text)
