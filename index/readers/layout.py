"""placeholder"""
from collections.abc import Iterator, Sequence
from index.readers.items import Item, TextLine
from index.text import clean
def read_layout(lines: Sequence[str]) -> Iterator[Item]:
    for n, l in enumerate(lines, 1):
        if clean(l): yield TextLine(n, clean(l))
