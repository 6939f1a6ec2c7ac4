"""Web pages: paragraphs, headings and tables of the article, without the furniture of the site around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from index.errors import SourceError
from index.readers.blocks import Block, SpannedCell, Text, table_blocks
from index.readers.ooxml import local_name
from index.readers.source import decode
from index.rules import load
from index.text import clean, parse_figure, squash

MAX_TAGS = 1_000_000
FURNITURE_SHARE = 0.25
"""A part named like furniture that holds more of the page's text is the article after all."""
LINKED_SHARE = 0.6
"""A part with more of its text in links is a menu."""
FEWEST_LINKS = 3
FURNITURE_LINE = 100
"""A longer line is no furniture, whatever it begins with."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
_HEAD_BYTES = 8192
_UNSEEN = ("head", "script", "style", "noscript", "template", "iframe", "object", "svg", "select", "button")
_FURNITURE = frozenset(("nav", "header", "footer", "aside"))
_TABLE_PARTS = frozenset(("table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"))
"""Rows and cells are often named header or foot: what they are called tells nothing of the site."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "dl", "div", "p", "td", "section"))
_INLINE = frozenset(
    ("a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "q", "s")
    + ("small", "span", "strong", "sub", "sup", "tt", "u", "var", "o:p")
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_BETWEEN_HAN = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\u3001-\u9fff\uff00-\uffef])")
_SPACE = re.compile(r"[ \t\r\n]+")
_INDENT = re.compile(r"[\u3000\xa0\u2003 ]{2}")
_PARAGRAPH, _BREAK = "\f", "\v"


def read_html(data: bytes, name: str) -> Iterator[Block]:
    """Yield the blocks of a page in UTF-8, GB18030 or the encoding it names.

    Raises SourceError for a page without text, with too many tags or nested too deeply.
    """
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    charset = declared[1].decode("ascii", "ignore").lower() if declared else ""
    text = decode(data, name, "" if charset.startswith("gb") else charset)
    if text.count("<") > MAX_TAGS:
        raise SourceError(f"{name}: 网页的标签过多，无法在限定的内存中读取，请拆分后重试")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise SourceError(f"{name}: 网页里没有内容")
    if any("LIMIT" in entry.type_name for entry in parser.error_log):  # what follows the limit is lost
        raise SourceError(f"{name}: 网页嵌套过深，无法完整读取，请在浏览器中打开后另存为文本")
    title = _page_title(root)
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    _drop_furniture(root)
    blocks = [block for block in _blocks(root) if not (isinstance(block, Text) and _is_furniture_line(block))]
    if title and not any(isinstance(block, Text) and squash(title) in squash(block.text) for block in blocks):
        yield Text(title)
    yield from blocks


def _page_title(root: etree._Element) -> str:
    """Return the name of the article as the page gives it to programs, else the window's title."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "articletitle":
            return clean(meta.get("content") or "")
    return clean(next(("".join(title.itertext()) for title in root.iter("title")), ""))


@dataclass(slots=True)
class _Content:
    """What an element holds once the furniture inside it is taken out; lengths in characters."""

    text: int = 0
    linked: int = 0
    links: int = 0
    article: bool = False
    """It holds the page's title or an amount."""

    def add(self, text: str | None) -> None:
        plain = (text or "").strip()
        self.text += len(plain)
        self.article = self.article or ("." in plain and parse_figure(plain) is not None)

    def include(self, inner: _Content) -> None:
        self.text += inner.text
        self.linked += inner.linked
        self.links += inner.links
        self.article = self.article or inner.article


def _drop_furniture(root: etree._Element) -> None:
    """Take menus, heads and feet of the site out of the tree, the innermost first."""
    whole = sum(len(text.strip()) for text in root.itertext())
    drop: list[etree._Element] = []
    stack = [_Content()]
    cells = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        kind = local_name(element)
        if event == "start":
            stack.append(_Content())
            stack[-1].add(element.text)
            cells += kind in ("td", "th")
            continue
        content = stack.pop()
        cells -= kind in ("td", "th")
        if kind == "a":
            content.linked, content.links = content.text, content.links + 1
        content.article = content.article or kind == "h1"
        if element is not root and _is_furniture(element, content, whole, cells > 0):
            drop.append(element)
        else:
            stack[-1].include(content)
        stack[-1].add(element.tail)
    for element in drop:
        _remove(element)


def _is_furniture(element: etree._Element, content: _Content, whole: int, in_cell: bool) -> bool:
    """Tell whether an element belongs to the site; inside a table cell only what leads elsewhere does."""
    if content.article or (in_cell and not content.links):
        return False
    if _is_named_furniture(element):
        return content.text < FURNITURE_SHARE * whole
    menu = content.links >= FEWEST_LINKS and content.linked > LINKED_SHARE * content.text
    return menu and local_name(element) in _LISTS


def _is_named_furniture(element: etree._Element) -> bool:
    if local_name(element) in _FURNITURE:
        return True
    if local_name(element) in _TABLE_PARTS:
        return False
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return any(word.lower() in _furniture_names() for word in _WORD.findall(named))


@cache
def _furniture_names() -> frozenset[str]:
    return frozenset(load("html")["names"])


def _remove(element: etree._Element) -> None:
    """Take an element out and leave the text behind it where it is."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _is_furniture_line(block: Text) -> bool:
    text = clean(block.text)
    return len(text) <= FURNITURE_LINE and any(pattern.search(text) for pattern in _furniture_lines())


@cache
def _furniture_lines() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in load("html")["lines"])


def _blocks(element: etree._Element) -> Iterator[Block]:
    """Yield what an element shows: text runs between block boundaries are paragraphs."""
    run: list[str] = []
    for piece in (*_pieces(element), _PARAGRAPH):
        if isinstance(piece, str) and piece != _PARAGRAPH:
            run.append(piece)
            continue
        yield from _paragraphs("".join(run))
        run = []
        if not isinstance(piece, str):
            yield piece


def _paragraphs(run: str) -> Iterator[Text]:
    """Yield the lines of a run; one that is indented begins a new paragraph."""
    first = True
    for line in run.split(_BREAK):
        if line.strip():
            yield Text(line.strip(), opens=first or bool(_INDENT.match(line)))
            first = False


def _pieces(element: etree._Element) -> Iterator[str | Block]:
    """Yield text, line breaks, paragraph boundaries, headings and tables below an element."""
    kind = local_name(element)
    if kind == "pre":
        yield _PARAGRAPH
        yield "".join(element.itertext()).replace("\n", _BREAK)
        yield _PARAGRAPH
        return
    yield _spaced(element.text)
    for part in element:
        yield from _part(part)
        yield _spaced(part.tail)


def _part(part: etree._Element) -> Iterator[str | Block]:
    kind = local_name(part)
    if _is_hidden(part):
        return
    if kind == "br":
        yield _BREAK
    elif kind in _HEADINGS:
        yield _PARAGRAPH
        for block in _blocks(part):
            yield Text(block.text, _HEADINGS[kind]) if isinstance(block, Text) else block
    elif kind == "table":
        yield _PARAGRAPH
        yield from table_blocks([list(_cells(row)) for row in _rows(part)])
    elif kind in _INLINE:
        yield from _pieces(part)
    else:
        yield _PARAGRAPH
        yield from _pieces(part)
        yield _PARAGRAPH


def _spaced(text: str | None) -> str:
    """Return text without the line breaks of the source; between Chinese characters they show nothing."""
    return _SPACE.sub(" ", _BETWEEN_HAN.sub("", text)) if text else ""


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for part in table:
        if _is_hidden(part):
            continue
        if local_name(part) in ("tr", "caption"):
            yield part
        elif local_name(part) in ("thead", "tbody", "tfoot"):
            yield from _rows(part)


def _cells(row: etree._Element) -> Iterator[SpannedCell]:
    if local_name(row) == "caption":
        yield SpannedCell(tuple(_blocks(row)))
        return
    for cell in row:
        if local_name(cell) in ("td", "th") and not _is_hidden(cell):
            yield SpannedCell(tuple(_blocks(cell)), _span(cell, "colspan"), _span(cell, "rowspan"))


def _span(cell: etree._Element, name: str) -> int:
    text = (cell.get(name) or "").strip()
    return int(text) if text.isdecimal() and len(text) < 9 else 1
