"""Text -> the tokens that BM25 counts.

Chinese is indexed as single characters, character pairs and the corpus's own longer labels (account
titles, measures, projects, departments); jieba finds those labels with a dictionary that holds nothing
else, so it loads in milliseconds. Figures lose their thousands separators, and the year and number of
an official document (新财社〔2025〕206号) are one token.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import jieba

WORD_LENGTHS = range(3, 25)
"""Characters of a dictionary word: pairs are tokens anyway, and longer labels are whole sentences."""

HAN_RANGES = ((0x3007, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""The first and last code points of the blocks of Chinese characters."""
_HAN = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN_RANGES)
_HAN_RUN = re.compile(f"[{_HAN}]+")
_PIECE = re.compile(
    r"[〔\[(【]\s*(?P<year>(?:19|20)[0-9]{2})\s*[〕\])】]\s*第?\s*(?P<number>[0-9]{1,6})\s*号"
    f"|(?P<han>[{_HAN}]{{{WORD_LENGTHS.start},}})"
    r"|(?P<grouped>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?)"
    r"|(?P<plain>[0-9]+(?:\.[0-9]+)?)"
    rf"|(?P<latin>[^\W\d_{_HAN}]+)"
)


_WIDE = tuple(zip("，（）：；", ",():;", strict=True))
"""Chinese text without these is mostly normal already, and to see that takes a tenth of the time."""


def normalize(text: str) -> str:
    """Return the text in the form in which it is indexed: NFKC, lower case."""
    for wide, plain in _WIDE:
        text = text.replace(wide, plain)
    return unicodedata.normalize("NFKC", text).lower()


def is_chinese(text: str) -> bool:
    """Tell whether a text is Chinese characters alone."""
    return _HAN_RUN.fullmatch(text) is not None


def tokenize(text: str, words: jieba.Tokenizer | None) -> list[str]:
    """Return the tokens of a passage or question, repeated as often as they occur.

    `words` finds the corpus's own labels; None leaves them out (characters and pairs remain).
    """
    text = normalize(text)
    runs = _HAN_RUN.findall(text)
    pairs = [pair for run in runs for pair in map(str.__add__, run, run[1:])]
    return [*"".join(runs), *pairs, *other_tokens(text, words)]


def other_tokens(text: str, words: jieba.Tokenizer | None) -> Iterator[str]:
    """Yield the tokens of normalized text that are no Chinese characters or pairs: figures, words, labels."""
    for piece in pieces(text):
        yield from piece_tokens(piece[0], words)


def pieces(text: str) -> Iterator[re.Match[str]]:
    """Yield the stretches of normalized text that hold tokens beside Chinese characters and pairs."""
    return _PIECE.finditer(text)


def piece_tokens(found: str, words: jieba.Tokenizer | None) -> tuple[str, ...]:
    """Return the tokens of one such stretch."""
    piece = _PIECE.fullmatch(found)
    assert piece is not None
    match piece.lastgroup:
        case "han":
            return _labels(found, words) if words is not None else ()
        case "number":
            return (f"〔{piece['year']}〕{piece['number']}号", piece["year"], piece["number"])
        case "grouped":
            return (found.replace(",", ""),)
    return (found,)


def _labels(run: str, words: jieba.Tokenizer) -> tuple[str, ...]:
    """Return the labels in a run of Chinese, the longest first where two begin alike.

    In a dictionary of labels alone this finds what jieba's likeliest cut does, in a fraction of the time.
    """
    known = words.FREQ  # every label, and with 0 every beginning of one
    found = []
    at = 0
    while at < len(run):
        end = stop = at + 1
        while stop <= len(run) and (label := run[at:stop]) in known:
            if known[label]:
                end = stop
            stop += 1
        if end - at >= WORD_LENGTHS.start:
            found.append(run[at:end])
        at = end
    return tuple(found)


def dictionary_words(labels: Iterable[str]) -> list[str]:
    """Return the Chinese words of all labels, sorted: what `words.txt` lists."""
    runs = {run for label in set(labels) for run in _HAN_RUN.findall(normalize(label))}
    return sorted(run for run in runs if len(run) in WORD_LENGTHS)


def write_words(file: Path, words: Iterable[str]) -> None:
    """Write a dictionary in jieba's format."""
    file.write_text("".join(f"{word} 1\n" for word in words), encoding="utf-8")


def words_of(words: Sequence[str]) -> jieba.Tokenizer | None:
    """Return a jieba tokenizer with only these words, or None for none."""
    return _tokenizer(io.BytesIO("".join(f"{word} 1\n" for word in words).encode())) if words else None


def load_words(file: Path) -> jieba.Tokenizer | None:
    """Return a jieba tokenizer with only the words of `file`, or None when it lists none.

    Raises ValueError for a damaged file.
    """
    if not file.stat().st_size:
        return None
    with open(file, "rb") as stream:
        return _tokenizer(stream)


def _tokenizer(lines: IO[bytes]) -> jieba.Tokenizer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its old regex literals warn when Python first compiles them
        import jieba
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # initialize() would leave a cache file in the temporary folder; this is the same without it
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(lines)
    tokenizer.initialized = True
    return tokenizer
