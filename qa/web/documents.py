"""The documents that can be asked about, as a table that can be searched."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from index.rows import DocumentInfo, Extent
from index.store import Store
from index.text import fold
from qa.web.markup import button, empty, frame, heads, row, told

SHOWN = 200
"""Documents listed at once."""
HEADER = ("部门", "年度", "类别", "文件", "篇幅", "表", "数据", "操作")
MINE = " <em>（我加入的）</em>"


def documents_html(store: Store, added: Collection[str], search: str = "") -> str:
    """Return the documents that have all words of `search`, those of the reader with a button to remove."""
    found = matching(store.documents, search)
    if not found:
        return empty("没有符合的文件，请换一个词。")
    body = "".join(_row(about, store.extent(about.name), about.name in added) for about in found[:SHOWN])
    of_all = f" / {len(store.documents)}" if len(found) < len(store.documents) else ""
    more = f"，列出前 {SHOWN} 份" if len(found) > SHOWN else ""
    return frame("文件", f"文件（{len(found)}{of_all} 份{more}）", heads(HEADER), body, "bq-list")


def matching(documents: Sequence[DocumentInfo], search: str) -> list[DocumentInfo]:
    """Return the documents that have each word of the search in what is listed of them."""
    words = [fold(word) for word in search.split()]
    return [
        about
        for about in documents
        if all(
            word in fold(f"{about.entity}{about.year}{about.account}{about.name}{''.join(about.aliases)}")
            for word in words
        )
    ]


def _row(about: DocumentInfo, extent: Extent, added: bool) -> str:
    buttons = button("bq-tool", "tables", "看表", doc=about.name)
    if added:
        buttons += button("bq-tool", "remove", "移除", doc=about.name)
    return row(
        (
            told(about.entity) or "部门不明",
            str(about.year or "不明"),
            told(about.account),
            f'<span class="bq-wide">{told(about.name)}{MINE if added else ""}</span>',
            f"{extent.pages:,} 页" if extent.pages else f"{extent.lines:,} 行",
            f"{extent.tables:,}",
            f"{extent.facts:,}",
            f'<span class="bq-acts">{buttons}</span>',
        )
    )
