"""The evidence panel: the citations of an answer as tabs, the chosen one with its place marked."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

from index.document import Box
from index.readers.pdf_image import PageImage, page_image
from index.store import Store
from qa.answer import Answer, Citation, mask
from qa.places import cell_of, place_of, shortened
from qa.web.markup import empty, told
from qa.web.passage import passage_html
from qa.web.source_table import Place, place_of_cell, table_html

TABS = 60
"""Citations that are shown as tabs."""
TAB_LENGTH = 16
PAGES_KEPT = 32
"""Pictures of pages that are kept in memory."""

EMPTY = empty("提问以后，这里显示答案出自哪张表、哪一格，或哪一段话，并把那一处标出来。", "依据")
NONE = empty("这个回答没有引用文件里的内容。", "依据")


def evidence_html(answer: Answer, store: Store, turn: int, number: int = 1) -> str:
    """Return the tabs of an answer's citations and the source of citation `number` (from 1)."""
    if not answer.citations:
        return NONE
    shown = answer.citations[:TABS]
    number = min(max(1, number), len(shown))
    tabs = "".join(_tab(at, citation, turn, at == number) for at, citation in enumerate(shown, 1))
    more = len(answer.citations) - len(shown)
    note = f'<p class="bq-note">共 {len(answer.citations)} 处出处，这里列出前 {TABS} 处。</p>' if more else ""
    return (
        '<div class="bq-evidence"><h3>依据</h3>'
        f'<div role="tablist" aria-label="出处" class="bq-tabs">{tabs}</div>'
        f'<div role="tabpanel" id="bq-source" aria-labelledby="bq-tab-{number}" data-shown="{turn}-{number}">'
        f"{_source(shown[number - 1], store)}</div>{note}</div>"
    )


def _tab(number: int, citation: Citation, turn: int, chosen: bool) -> str:
    name = shortened(citation.table or place_of(citation) or citation.title, TAB_LENGTH)
    return (
        f'<button type="button" role="tab" id="bq-tab-{number}" aria-controls="bq-source"'
        f' aria-selected="{"true" if chosen else "false"}" tabindex="{0 if chosen else -1}"'
        f' data-act="cite" data-turn="{turn}" data-number="{number}">[{number}] {told(name)}</button>'
    )


def _source(citation: Citation, store: Store) -> str:
    tables = store.tables_of(citation.doc, citation.table) if citation.table else []
    place = place_of_cell(citation, tables)
    section = place.table.section if place else _section(citation, store)
    where = {
        "文件": citation.doc,
        "章节": " › ".join(section),
        "位置": place_of(citation),
        "单元格": cell_of(citation),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{told(text)}</dd>" for name, text in where.items() if text)
    source = table_html(place.table, place) if place else passage_html(citation, store)
    return (
        f'<h4 class="bq-title">{told(citation.title)}</h4><dl class="bq-where">{rows}</dl>'
        f"{source}{_page(citation, place, store)}"
    )


def _section(citation: Citation, store: Store) -> tuple[str, ...]:
    """Return the headings above a cited sentence."""
    if citation.lines:
        found = store.passages_at(citation.doc, *citation.lines)
    else:
        found = [p for p in store.passages_of(citation.doc) if p.span.page == citation.page]
    wanted = "".join(citation.quote.split())
    texts = (("".join(passage.text.split()), passage.heading_path) for passage in found)
    return next((headings for text, headings in texts if wanted in text or text in wanted), ())


def _page(citation: Citation, place: Place | None, store: Store) -> str:
    """Return the printed page with the cell or the sentence boxed, nothing for files without pages."""
    if citation.page is None:
        return ""
    cell = place.cell if place else None
    text, box = (cell.text, cell.span.box) if cell else (citation.quote, None)
    page = cell.span.page or citation.page if cell else citation.page
    if any(mask(line) != line for line in store.page(citation.doc, page)):
        return ""  # a picture cannot be masked
    image = _picture(store.source_of(citation.doc), page, text, box)
    if image is None:
        return ""
    boxes = "".join(f'<span class="bq-box" style="{_style(box, image)}"></span>' for box in image.boxes)
    data = base64.b64encode(image.png).decode()
    return (
        f'<h4 class="bq-title">原页（第 {page} 页）</h4><div class="bq-page" tabindex="0">'
        f'<div class="bq-sheet"><img alt="原文件第 {page} 页" src="data:image/png;base64,{data}">'
        f"{boxes}</div></div>"
    )


def _style(box: Box, image: PageImage) -> str:
    left, top, right, bottom = box
    return (
        f"left:{100 * left / image.width:.2f}%;top:{100 * top / image.height:.2f}%;"
        f"width:{100 * (right - left) / image.width:.2f}%;height:{100 * (bottom - top) / image.height:.2f}%"
    )


@lru_cache(PAGES_KEPT)
def _picture(file: Path, page: int, text: str, box: Box | None) -> PageImage | None:
    return page_image(file, page, text, box)
