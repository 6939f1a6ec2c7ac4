"""One document written in every format by the libraries that make such files."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import docx
import openpyxl
import xlwt
from docx.document import Document as WordDocument

from index.items import Grid, Item, TextLine

Merge = tuple[int, int, int, int]
"""A merged area: its first row, first column, last row and last column within the table."""


def merges(grid: Grid) -> list[Merge]:
    """Return the areas that a print of this header merges: a name over its columns, or over its rows."""
    depth = len(next(list(rows) for _, rows in groupby(grid.rows, key=lambda row: row.first)))
    header = [row.cells for row in grid.rows[:depth]]
    found = []
    for top, cells in enumerate(header):
        for left, name in enumerate(cells):
            if not name:
                continue
            below = [row[left] for row in header[top + 1 :]]
            right = left
            while right + 1 < len(cells) and not cells[right + 1] and _is_named(header[top + 1 :], right + 1):
                right += 1
            bottom = depth - 1 if below and not any(below) else top
            if (bottom, right) != (top, left):
                found.append((top, left, bottom, right))
    return found


def _is_named(rows: Sequence[Sequence[str]], column: int) -> bool:
    return any(row[column] for row in rows)


def to_text(items: Iterable[Item]) -> bytes:
    """Return the document as text whose cells are separated by tabs.

    Entries of a list end with a mark: plain text has no other sign that a long line is complete.
    """
    lines: list[str] = []
    for item in items:
        if isinstance(item, TextLine):
            entry = item.text[0].isdecimal() and not item.level and item.text[-1] not in "。；"
            lines += [item.text + "；" * entry, ""]
        else:
            lines += ["\t".join(row.cells) for row in item.rows] + [""]
    return "\n".join(lines).encode()


def to_docx(items: Iterable[Item]) -> bytes:
    """Return the document as a Word file with headings, merged header cells and body text."""
    document = docx.Document()
    for item in items:
        if isinstance(item, TextLine):
            if item.level:
                document.add_heading(item.text, min(item.level, 9))
            else:
                document.add_paragraph(item.text)
        else:
            _word_table(document, item)
    return saved(document.save)


def _word_table(document: WordDocument, grid: Grid) -> None:
    table = document.add_table(len(grid.rows), max(len(row.cells) for row in grid.rows))
    for row, written in zip(grid.rows, table.rows, strict=True):
        for text, cell in zip(row.cells, written.cells, strict=False):
            if text:
                cell.text = text
    for top, left, bottom, right in merges(grid):
        table.cell(top, left).merge(table.cell(bottom, right))


def to_xlsx(items: Iterable[Item]) -> bytes:
    """Return the document as a workbook: each table on a sheet of its own below its captions."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows, grid in sheets(items):
        sheet = book.create_sheet()
        start = len(rows)
        cells = [tuple(row) for row in rows] + [row.cells for row in (grid.rows if grid else ())]
        for at, texts in enumerate(cells, 1):
            for column, text in enumerate(texts, 1):
                if text:  # as text: openpyxl would make a formula of "=100%"
                    sheet.cell(at, column, text).data_type = "s"
        for top, left, bottom, right in merges(grid) if grid else ():
            sheet.merge_cells(
                start_row=start + top + 1,
                start_column=left + 1,
                end_row=start + bottom + 1,
                end_column=right + 1,
            )
    return saved(book.save)


def to_xls(items: Iterable[Item]) -> bytes:
    """Return the document as a workbook of the old kind."""
    book = xlwt.Workbook(encoding="utf-8")
    for number, (rows, grid) in enumerate(sheets(items), 1):
        sheet = book.add_sheet(f"Sheet{number}")
        merged = {(top, left): (bottom, right) for top, left, bottom, right in (merges(grid) if grid else ())}
        cells = [tuple(row) for row in rows] + [row.cells for row in (grid.rows if grid else ())]
        for at, row in enumerate(cells):
            for column, text in enumerate(row):
                bottom, right = merged.get((at - len(rows), column), (at - len(rows), column))
                if text:
                    sheet.write_merge(at, bottom + len(rows), column, right, text)
    return saved(book.save)


def sheets(items: Iterable[Item]) -> Iterator[tuple[list[list[str]], Grid | None]]:
    """Yield the text rows and the table of each sheet."""
    rows: list[list[str]] = []
    for item in items:
        if isinstance(item, TextLine):
            rows.append([item.text])
        else:
            yield rows, item
            rows = []
    if rows:
        yield rows, None


def to_html(items: Iterable[Item]) -> bytes:
    """Return the document as the article of a government site's page."""
    return PAGE.format(article="\n".join(map(_html_item, items))).encode()


def _html_item(item: Item) -> str:
    if isinstance(item, TextLine):
        name = f"h{min(item.level, 6)}" if item.level else "p"
        return f"<{name}>{html.escape(item.text)}</{name}>"
    merged = {(top, left): (bottom, right) for top, left, bottom, right in merges(item)}
    covered = {
        (row, column)
        for (top, left), (bottom, right) in merged.items()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(merged)
    rows = []
    for at, row in enumerate(item.rows):
        cells = []
        for column, text in enumerate(row.cells):
            if (at, column) not in covered:
                bottom, right = merged.get((at, column), (at, column))
                spans = f' rowspan="{bottom - at + 1}" colspan="{right - column + 1}"'
                cells.append(f"<td{spans}><p><span>{html.escape(text) or '&nbsp;'}</span></p></td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table border=1><tbody>{''.join(rows)}</tbody></table>"


PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>门户网站</title><style>td {{color: black}}</style></head><body>
<div class="top-nav"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/czyjs">财政预决算</a></div>
<div id="zoom">{article}</div>
<div class="bdsharebuttonbox">分享到：<a href="#">微信</a><a href="#">微博</a></div>
<div class="site-footer">版权所有 某市人民政府 网站标识码 1234567890</div>
<script>var total = "9999.99 万元";</script></body></html>"""

WRITERS: dict[str, Callable[[Iterable[Item]], bytes]] = {
    ".docx": to_docx,
    ".xlsx": to_xlsx,
    ".xls": to_xls,
    ".html": to_html,
    ".txt": to_text,
}


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    """Return the bytes that a library's save method writes."""
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def workbook(sheet: str, shared: str | bytes = "<sst/>") -> bytes:
    """Return an XLSX file from the XML of its one sheet and of its shared texts, as Excel stores them."""
    relations = (
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "sharedStrings", "sharedStrings.xml"),
    )
    return packed(
        {
            "_rels/.rels": _relations(("rId1", "officeDocument", "/xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": _relations(*relations),
            "xl/workbook.xml": '<x:workbook xmlns:x="x" xmlns:r="r">'
            '<x:sheets><x:sheet name="表" r:id="rId1"/></x:sheets></x:workbook>',
            "xl/worksheets/sheet1.xml": f"<worksheet>{sheet}</worksheet>",
            "xl/sharedStrings.xml": shared,
        }
    )


def _relations(*links: tuple[str, str, str]) -> str:
    listed = "".join(f'<Relationship Id="{i}" Type="r/{kind}" Target="{to}"/>' for i, kind, to in links)
    return f"<Relationships>{listed}</Relationships>"
