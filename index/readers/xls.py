"""Excel workbooks of the old binary kind (XLS)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import xlrd

from index.errors import SourceError
from index.readers.blocks import Block, LeftOut
from index.readers.numbers import shown
from index.readers.sheets import Area, Sheet, SheetRow, book_blocks


def read_xls(data: bytes, name: str) -> Iterator[Block | LeftOut]:
    """Yield the blocks of an XLS file. Raises SourceError for one with a password."""
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise SourceError(f"{name}: 有密码保护，无法读取，请先去掉密码") from None
        raise
    yield from book_blocks((_sheet(book, sheet) for sheet in book.sheets()), name)


def _sheet(book: Any, sheet: Any) -> Sheet:
    rows = []
    for at in range(sheet.nrows):
        texts = {column: _text(book, cell) for column, cell in enumerate(sheet.row(at))}
        cells = {column: text for column, text in texts.items() if text.strip()}
        if cells:
            info = sheet.rowinfo_map.get(at)
            rows.append(SheetRow(at + 1, cells, bool(info and info.hidden)))
    merged = [Area(top + 1, bottom, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
    hidden = frozenset(column for column, info in sheet.colinfo_map.items() if info.hidden)
    return Sheet(sheet.name, rows, merged, hidden, bool(sheet.visibility))


def _text(book: Any, cell: Any) -> str:
    """Return what a cell shows; xlrd gives numbers and dates as binary fractions."""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "是" if cell.value else "否"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return str(cell.value)
    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return shown(Decimal(repr(float(cell.value))), form.format_str if form else "")
