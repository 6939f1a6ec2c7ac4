"""Text -> the tokens that BM25 counts.

Chinese is indexed as single characters, character pairs and the corpus's own longer labels (account
titles, measures, projects, departments); jieba finds those labels with a dictionary that holds nothing
else, so it loads in milliseconds. Figures lose their thousands separators, and the year and number of
an official document (新财社〔2025〕206号) are one token.
"""

from __future__ import annotations

import logging
import re
import unicodedata
import warnings
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jieba

WORD_LENGTHS = range(3, 25)
"""Characters of a dictionary word: pairs are tokens anyway, and longer labels are whole sentences."""

_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_PIECE = re.compile(
    r"[〔\[(【]\s*(?P<year>(?:19|20)[0-9]{2})\s*[〕\])】]\s*第?\s*(?P<number>[0-9]{1,6})\s*号"
    f"|(?P<han>[{_HAN}]+)"
    r"|(?P<grouped>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?)"
    r"|(?P<plain>[0-9]+(?:\.[0-9]+)?)"
    rf"|(?P<latin>[^\W\d_{_HAN}]+)"
)


def normalize(text: str) -> str:
    """Return the text in the form in which it is indexed: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def tokenize(text: str, words: jieba.Tokenizer | None) -> list[str]:
    """Return the tokens of a passage or question, repeated as often as they occur.

    `words` finds the corpus's own labels; None leaves them out (characters and pairs remain).
    """
    tokens: list[str] = []
    for piece in _PIECE.finditer(normalize(text)):
        found = piece[0]
        kind = piece.lastgroup
        if kind == "han":
            tokens += _han_tokens(found, words)
        elif kind == "number":
            tokens += (f"〔{piece['year']}〕{piece['number']}号", piece["year"], piece["number"])
        elif kind == "grouped":
            tokens.append(found.replace(",", ""))
        else:
            tokens.append(found)
    return tokens


@lru_cache(maxsize=20_000)  # the same labels stand in passage after passage
def _han_tokens(run: str, words: jieba.Tokenizer | None) -> tuple[str, ...]:
    pairs = map(str.__add__, run, run[1:])
    if words is None or len(run) < WORD_LENGTHS.start:
        return (*run, *pairs)
    labels = (word for word in words.cut(run, HMM=False) if len(word) >= WORD_LENGTHS.start)
    return (*run, *pairs, *labels)


def dictionary_words(labels: Iterable[str]) -> list[str]:
    """Return the Chinese words of all labels, sorted: what `words.txt` lists."""
    runs = {run for label in set(labels) for run in _HAN_RUN.findall(normalize(label))}
    return sorted(run for run in runs if len(run) in WORD_LENGTHS)


def write_words(file: Path, words: Iterable[str]) -> None:
    """Write a dictionary in jieba's format; equal frequencies make it prefer the fewest words."""
    file.write_text("".join(f"{word} 1\n" for word in words), encoding="utf-8")


def load_words(file: Path) -> jieba.Tokenizer | None:
    """Return a jieba tokenizer with only the words of `file`, or None when it lists none.

    Raises ValueError for a damaged file.
    """
    if not file.stat().st_size:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its old regex literals warn when Python first compiles them
        import jieba
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer(str(file))
    # initialize() would leave a cache file in the temporary folder; this is the same without it
    with open(file, "rb") as stream:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(stream)
    tokenizer.initialized = True
    return tokenizer
