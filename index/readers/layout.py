"""Layout text without cell borders (`pdftotext` style): captions lead to tables, the rest is prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.items import Item, TextLine
from index.outline import caption_kind
from index.readers.layout_accounts import known_names, read_accounts
from index.readers.layout_lines import printed_lines
from index.readers.layout_performance import read_performance

GOALS = "绩效目标"
"""What the title of an indicator table says."""


def read_layout(lines: Sequence[str]) -> Iterator[Item]:
    """Yield text lines and grids; a grid stands where a caption is followed by something tabular."""
    printed = printed_lines(lines)
    names = known_names(printed)
    title = ""
    at = 0
    while at < len(printed):
        line = printed[at]
        kind = caption_kind(line.text)
        at += 1
        yield TextLine(line.number, line.text)
        if not kind:
            title = ""
            continue
        if kind in ("title", "number"):
            title = line.text if kind == "title" else line.text.partition(" ")[2] or title
        if title and at < len(printed) and not caption_kind(printed[at].text):
            if GOALS in title:
                grid, end = read_performance(printed, at)
            else:
                grid, end, names = read_accounts(printed, at, title, names)
            if grid is not None:
                yield grid
                at = end
            title = ""
