"""How the place of a citation is written for a reader; shared by the command line and the page."""

from __future__ import annotations

from qa.answer import Citation


def place_of(citation: Citation) -> str:
    """Return where in the file it stands: 第 12 行, 第 12–15 行, 第 3 页, or nothing."""
    parts = []
    if citation.page is not None:
        parts.append(f"第 {citation.page} 页")
    if citation.lines:
        first, last = citation.lines
        parts.append(f"第 {first} 行" if first == last else f"第 {first}–{last} 行")
    return "，".join(parts)


def cell_of(citation: Citation) -> str:
    """Return the table, row and column of a cell, or nothing for running text."""
    named = (("表", citation.table), ("行", citation.row), ("列", citation.column))
    return "；".join(f"{kind}：{name}" for kind, name in named if name)


def shortened(text: str, limit: int) -> str:
    """Return the text on one line and with at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
