"""Workbooks: cells say what the sheet shows, rows are placed by sheet and number, what is hidden is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlwt
from formats import saved, workbook
from openpyxl.worksheet.worksheet import Worksheet

from index.document import Document
from index.facts import document_facts
from index.readers import read_document
from index.readers.blocks import transcribe
from index.readers.numbers import shown
from index.readers.xls import read_xls
from index.readers.xlsx import read_xlsx

HEADER = ("项目", "合计", "基本支出", "项目支出")


def book_of(*rows: tuple[object, ...]) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    return book, sheet


def lines_of(book: openpyxl.Workbook) -> list[str]:
    return list(transcribe(read_xlsx(saved(book.save), "公开.xlsx"), "公开.xlsx").lines)


def read(book: openpyxl.Workbook, folder: Path) -> Document:
    path = folder / "公开.xlsx"
    book.save(path)
    return read_document(path)


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("1234.5", "#,##0.00", "1,234.50"),
        ("705.2700000000001", "General", "705.27"),
        ("3905.955", "0.00", "3905.96"),
        ("1", "00", "01"),
        ("0.1256", "0.0%", "12.6%"),
        ("-12.5", "#,##0.00_);[Red]\\(#,##0.00\\)", "(12.50)"),
        ("-1234.567", '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-1,234.57"),
        ("0", '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        ("0", "0.00;-0.00;;@", ""),
        ("1.5", "0.##", "1.5"),
        ("12", '0.00"万元"', "12.00万元"),
        ("1234567", "#,##0.00,", "1,234.57"),
        ("45658", 'yyyy"年"m"月"d"日"', "2025年1月1日"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(number: str, code: str, text: str) -> None:
    assert shown(Decimal(number), code) == text


@pytest.mark.parametrize("code", ["0!.0,", "[DBNum2]0", "# ?/?", "0.00E+00", "[>=100]0.0;0.00"])
def test_a_format_that_is_not_understood_gives_no_figure_but_says_so(code: str) -> None:
    assert shown(Decimal(123456), code) == f"123456（数字格式 {code} 无法识别）"


def test_figures_stored_as_numbers_are_facts_and_cite_sheet_and_row(tmp_path: Path) -> None:
    book, sheet = book_of(
        ("青岭市水务局2025年部门支出总体情况表",),
        ("编制部门：青岭市水务局", None, None, "单位：万元"),
        (),
        HEADER,
        ("水费", 1234.5, 1000, 234.5),
    )
    sheet.title = "表3 部门支出总表"
    sheet.merge_cells("A1:D1")
    for column in "BCD":
        sheet[f"{column}5"].number_format = "#,##0.00"
    document = read(book, tmp_path)
    (table,) = document.tables
    assert (document.entity, table.number, table.unit) == ("青岭市水务局", "表3", "万元")
    (fact,) = [fact for fact in document_facts(document) if fact.measure == "基本支出"]
    assert (fact.item, fact.value) == ("水费", Decimal("1000.00"))
    assert fact.quote == "表3 部门支出总表!5\t水费\t1,234.50\t1,000.00\t234.50"
    assert document.lines[(fact.span.first or 0) - 1] == fact.quote


def test_merged_headers_keep_their_columns(tmp_path: Path) -> None:
    book, sheet = book_of(("项目", "支出", None, None), (None, *HEADER[1:]), ("水费", 3.5, 1.5, 2.0))
    sheet.title = "支出情况表"
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:D1")
    (table,) = read(book, tmp_path).tables
    assert table.header == (("支出", "合计"), ("支出", "基本支出"), ("支出", "项目支出"))


def test_what_stands_unseen_below_a_merged_area_is_not_read() -> None:
    book, sheet = book_of(HEADER, ("水费", 1.5, 9.9, 2.0), ("电费", 2.5, 2.5, None))
    sheet.merged_cells.add("B2:C3")  # unlike merge_cells() this leaves the covered cells filled
    assert lines_of(book)[1:] == ["Sheet!2\t水费\t1.5\t\t2", "Sheet!3\t电费"]


def test_hidden_rows_and_columns_are_read_and_marked_where_they_are_quoted() -> None:
    book, sheet = book_of(HEADER, ("水费", 3.5, 1.5, 2.0), ("电费", 2.5, 2.5, None))
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    assert lines_of(book) == [
        "Sheet!1（含隐藏列 D）\t项目\t合计\t基本支出\t项目支出",
        "Sheet!2（含隐藏列 D）\t水费\t3.5\t1.5\t2",
        "Sheet!3（隐藏行）\t电费\t2.5\t2.5",
    ]


def test_hidden_sheets_are_left_out_and_named(tmp_path: Path) -> None:
    book, _ = book_of(HEADER, ("水费", 3.5, 1.5, 2.0))
    draft = book.create_sheet("底稿")
    draft.append(("水费", 99.5))
    draft.sheet_state = "veryHidden"
    book.create_sheet("空白").sheet_state = "hidden"
    found = read(book, tmp_path)
    assert found.notes == ("隐藏的工作表未读：底稿",)
    assert "99.5" not in "".join(found.lines)


def test_each_sheet_is_a_table_named_by_its_title_or_by_the_sheet(tmp_path: Path) -> None:
    book, first = book_of(("收入情况表",), HEADER, ("水费", 3.5, 1.5, 2.0))
    first.title = "一"
    second = book.create_sheet("支出情况表")
    for row in (HEADER, ("电费", 2.5, 2.5, None)):
        second.append(row)
    assert [table.title for table in read(book, tmp_path).tables] == ["收入情况表", "支出情况表"]


@pytest.mark.parametrize(("name", "head"), [("目录", ("序号", "表名")), ("Sheet9", ("目  录",))])
def test_the_list_of_sheets_is_no_table(name: str, head: tuple[str, ...]) -> None:
    book, _ = book_of(HEADER, ("水费", 3.5, 1.5, 2.0))
    contents = book.create_sheet(name, 0)
    for row in (head, (1, "部门收支总表")):
        contents.append(row)
    assert len(lines_of(book)) == 2


def test_a_formula_without_a_saved_result_is_no_blank_cell() -> None:
    book, _ = book_of(HEADER, ("水费", "=C2+D2", 1.5, 2.0))
    assert lines_of(book)[-1] == "Sheet!2\t水费\t（公式未计算）\t1.5\t2"


def test_errors_and_switches_are_read_as_shown() -> None:
    book, _ = book_of(("项目", "说明", "标志"), ("水费", "#REF!", True))
    assert lines_of(book)[-1] == "Sheet!2\t水费\t#REF!\t是"


def test_shared_texts_are_joined_from_their_runs_without_how_they_are_read_out() -> None:
    shared = (
        '<x:sst xmlns:x="x"><x:si><x:r><x:t>水</x:t></x:r><x:r><x:t>费</x:t></x:r>'
        "<x:rPh><x:t>shui</x:t></x:rPh></x:si></x:sst>"
    )
    row = '<row><c t="s"><v>0</v></c><c t="str"><f>A1</f><v>按月</v></c><c><v>2</v></c></row>'
    book = workbook(f"<sheetData>{row}</sheetData>", shared)
    assert transcribe(read_xlsx(book, "a.xlsx"), "a.xlsx").lines[-1] == "表!1\t水费\t按月\t2"


def test_a_sheet_that_claims_a_million_rows_is_read_by_what_it_holds() -> None:
    book, sheet = book_of(HEADER, ("水费", 3.5, 1.5, 2.0))
    sheet["XFD1048576"] = "完"
    assert lines_of(book)[-1] == "Sheet!1048576\t\t\t\t\t完"


def test_old_workbooks_show_the_same(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("支出情况表")
    amount = xlwt.easyxf(num_format_str="#,##0.00")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
    for at, label in enumerate(("水费", "电费"), 1):
        sheet.write(at, 0, label)
        sheet.write(at, 1, 1234.5, amount)
    sheet.row(2).hidden = True
    draft = book.add_sheet("底稿")
    draft.write(0, 0, "草稿")
    draft.visibility = 1
    found = transcribe(read_xls(saved(book.save), "公开.xls"), "公开.xls")
    assert found.notes == ("隐藏的工作表未读：底稿",)
    assert list(found.lines) == [
        "支出情况表",
        "支出情况表!1\t项目\t合计\t基本支出\t项目支出",
        "支出情况表!2\t水费\t1,234.50",
        "支出情况表!3（隐藏行）\t电费\t1,234.50",
    ]
