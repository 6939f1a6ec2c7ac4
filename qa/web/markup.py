"""Pieces of HTML that several parts of the page share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from qa.answer import mask


def told(text: str) -> str:
    """Return a text of a document or a reader, fit to stand in HTML: escaped, private numbers masked."""
    return escape(mask(text), quote=True)


def frame(name: str, caption: str, head: str, body: str, kind: str = "") -> str:
    """Return a table inside a frame that scrolls, also by keyboard; `name` is plain, the rest is HTML."""
    return (
        f'<div class="bq-scroll" tabindex="0" role="region" aria-label="{told(name)}">'
        f'<table class="bq-table {kind}"><caption>{caption}</caption>'
        f"<thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def heads(names: Iterable[str]) -> str:
    """Return a header row, whose first cell stays in sight like the names below it."""
    cells = "".join(f"<th scope=col>{escape(name)}</th>" for name in names)
    return f"<tr>{cells.replace('<th', '<th class=bq-corner', 1)}</tr>"


def row(cells: Sequence[str]) -> str:
    """Return a row of cells that are HTML already, the first of them its name."""
    first, *rest = cells
    return f"<tr><th scope=row>{first}</th>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>"


def empty(text: str, title: str = "") -> str:
    """Return what stands where nothing is to be shown."""
    heading = f"<h3>{escape(title)}</h3>" if title else ""
    return f'<div class="bq-empty">{heading}<p>{escape(text)}</p></div>'


def button(style: str, act: str, name: str, label: str = "", **data: str | int) -> str:
    """Return a button that tells the page `act` and its data; `name` is HTML, `label` is read out."""
    told_data = "".join(f' data-{key}="{told(str(value))}"' for key, value in data.items())
    read = f' aria-label="{told(label)}" title="{told(label)}"' if label else ""
    return f'<button type="button" class="{style}" data-act="{act}"{told_data}{read}>{name}</button>'
