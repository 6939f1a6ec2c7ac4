"""Word files: what is printed is read, in its order; what is not printed is not."""

from __future__ import annotations

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from formats import saved

from index.items import Grid, Item, TextLine
from index.readers.blocks import transcribe
from index.readers.docx import read_docx
from index.readers.numbering import Level, counter


def items_of(document: WordDocument) -> list[Item]:
    return transcribe(read_docx(saved(document.save), "公开.docx"), "公开.docx").items


def texts(items: list[Item]) -> list[str]:
    return [item.text for item in items if isinstance(item, TextLine)]


def grids(items: list[Item]) -> list[list[tuple[str, ...]]]:
    return [[row.cells for row in item.rows] for item in items if isinstance(item, Grid)]


def with_body(*parts: str) -> WordDocument:
    """Return a document whose body holds the given WordprocessingML."""
    document = docx.Document()
    for part in parts:
        namespaces = nsdecls("w") + ' xmlns:v="urn:schemas-microsoft-com:vml"'
        namespaces += ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        document.element.body.insert_element_before(
            parse_xml(part.replace(">", f" {namespaces}>", 1)), "w:sectPr"
        )
    return document


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def table_of(*rows: tuple[str, ...]) -> WordDocument:
    document = docx.Document()
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return document


def test_paragraphs_and_tables_come_in_the_order_of_the_body() -> None:
    document = docx.Document()
    document.add_paragraph("前")
    table = document.add_table(2, 2)
    document.add_paragraph("后")
    table.cell(0, 0).text, table.cell(0, 1).text, table.cell(1, 1).text = "项目", "预算数", "1.00"
    read = transcribe(read_docx(saved(document.save), "a.docx"), "a.docx")
    assert list(read.lines) == ["前", "项目\t预算数", "\t1.00", "后"]
    assert [getattr(item, "number", 0) for item in read.items] == [1, 0, 4]


def test_merged_cells_hold_their_text_once_and_blank_cells_their_place() -> None:
    document = table_of(("科目", "", "支出", ""), ("", "", "基本", "项目"), ("水费", "", "", "1.00"))
    table = document.tables[0]
    table.cell(0, 0).merge(table.cell(1, 1))
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(2, 0).merge(table.cell(2, 1))
    (grid,) = grids(items_of(document))
    assert grid == [("科目", "支出", ""), ("", "基本", "项目"), ("水费", "", "1.00")]


def test_styles_give_headings_their_level_but_numbering_is_the_surer_sign() -> None:
    document = docx.Document()
    document.add_heading("部门概况", 2)
    document.add_heading("二、机构设置", 1)
    document.add_heading("这是被误设为标题样式的一段正文。", 1)
    assert [(item.text, item.level) for item in items_of(document) if isinstance(item, TextLine)] == [
        ("部门概况", 2),
        ("二、机构设置", 2),
        ("这是被误设为标题样式的一段正文。", 0),
    ]


def test_numbers_that_word_counts_are_written_before_their_text() -> None:
    document = docx.Document()
    for text in ("甲项", "乙项"):
        document.add_paragraph(text, style="List Number")
    assert texts(items_of(document)) == ["1.甲项", "2.乙项"]


def test_chinese_numbers_count_by_level_and_start_again_below_the_next() -> None:
    number = counter(
        {"1": {0: Level("chineseCounting", "%1、", 1), 1: Level("japaneseCounting", "（%2）", 1)}}
    )
    calls = [("1", 0), ("1", 1), ("1", 1), ("1", 0), ("1", 1), ("1", 2), ("9", 0)]
    assert [number(*call) for call in calls] == ["一、", "（一）", "（二）", "二、", "（一）", "", ""]
    assert [number("1", 0) for _ in range(20)][-1] == "二十二、"


def test_deleted_and_hidden_text_is_left_out_and_inserted_text_is_read() -> None:
    deleted = "<w:del><w:r><w:delText>旧数 8.00</w:delText></w:r></w:del>"
    inserted = f"<w:ins>{run('新数 9.00')}</w:ins>"
    hidden = run("草稿", "<w:vanish/>") + run("定稿", '<w:vanish w:val="0"/>')
    document = with_body(f"<w:p>{deleted}{inserted}{hidden}</w:p>")
    assert texts(items_of(document)) == ["新数 9.00定稿"]


def test_content_controls_are_looked_into_and_a_table_of_contents_is_not() -> None:
    contents = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    document = with_body(
        f"<w:sdt>{contents}<w:sdtContent><w:p>{run('一、机构设置 3')}</w:p></w:sdtContent></w:sdt>",
        f"<w:sdt><w:sdtContent><w:p>{run('一、机构设置')}</w:p></w:sdtContent></w:sdt>",
    )
    assert texts(items_of(document)) == ["一、机构设置"]


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = f"<w:txbxContent><w:p>{run('单位：万元')}</w:p></w:txbxContent>"
    old = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    new = f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
    document = with_body(
        f"<w:p>{run('表 3')}<w:r><mc:AlternateContent>{new}{old}</mc:AlternateContent></w:r></w:p>"
    )
    assert texts(items_of(document)) == ["表 3", "单位：万元"]


def test_captions_inside_the_borders_of_a_table_are_its_captions() -> None:
    document = table_of(
        ("部门支出总体情况表", "", ""),
        ("编制部门：青岭市水务局", "", "单位：万元"),
        ("项目", "基本支出", "项目支出"),
        ("水费", "1.00", ""),
        ("注：空白表示没有安排。", "", ""),
    )
    document.tables[0].cell(0, 0).merge(document.tables[0].cell(0, 2))
    items = items_of(document)
    assert texts(items) == [
        "部门支出总体情况表",
        "编制部门：青岭市水务局 单位：万元",
        "注：空白表示没有安排。",
    ]
    assert grids(items) == [[("项目", "基本支出", "项目支出"), ("水费", "1.00", "")]]


def test_a_frame_around_a_page_is_no_table_and_the_table_in_it_is() -> None:
    document = docx.Document()
    frame = document.add_table(1, 2)
    frame.cell(0, 0).text = "一、收支情况"
    nested = frame.cell(0, 1).add_table(2, 2)
    for at, text in enumerate(("项目", "预算数", "水费", "1.00")):
        nested.cell(at // 2, at % 2).text = text
    items = items_of(document)
    assert texts(items) == ["一、收支情况"]
    assert grids(items) == [[("项目", "预算数"), ("水费", "1.00")]]


def test_a_small_table_inside_a_cell_is_the_text_of_that_cell() -> None:
    document = table_of(("项目", "预算数", "说明"), ("水费", "1.00", "按月缴纳"))
    nested = document.tables[0].cell(1, 2).add_table(1, 2)
    nested.cell(0, 0).text, nested.cell(0, 1).text = "一月", "0.10"
    (grid,) = grids(items_of(document))
    assert grid[1] == ("水费", "1.00", "按月缴纳 一月 0.10")


@pytest.mark.parametrize("claimed", ["99999", "0", "-3", "viel"])
def test_an_absurd_span_neither_floods_nor_shifts_the_row(claimed: str) -> None:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{claimed}"/></w:tcPr><w:p>{run("水费")}</w:p></w:tc>'
    plain = f"<w:tc><w:p>{run('1.00')}</w:p></w:tc>"
    (grid,) = grids(items_of(with_body(f"<w:tbl><w:tr>{cell}{plain}</w:tr></w:tbl>")))
    assert grid == [("水费", "1.00")]
