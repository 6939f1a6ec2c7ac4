"""What may be claimed of a file with missing pages, and of figures that are not certain."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from pdfs import Pdf

from index.build import build_index
from index.document import Box, Cell, Document, Row, Span, Table
from index.errors import SourceError
from index.facts import document_facts
from index.items import Transcript
from index.readers import read_document
from index.readers.dispatch import made_of
from index.readers.pdf import read_pdf
from index.text import NOT_RECOGNISED
from index.trust import named_pages, trusted

ENTITY = "青岭市水务局"
WIDTHS = [130, 90, 90, 90]
HEADER = ("项目", "合计", "基本支出", "项目支出")


def read(data: bytes) -> Document:
    return made_of(read_pdf(data, "样本.pdf"), "样本.pdf", {})


def spending(pdf: Pdf, title: str, *rows: tuple[str, ...]) -> Pdf:
    return pdf.centred(title).line(f"编制部门：{ENTITY} 单位：元").table(WIDTHS, [HEADER, *rows])


def disclosure() -> Pdf:
    """Five pages: title, a table over pages 2 and 3, a table on page 4, text on pages 4 and 5."""
    pdf = Pdf().centred(f"{ENTITY}2025年部门预算").page()
    spending(pdf, "部门支出预算表", ("水费", "3.00", "1.00", "2.00")).page()
    pdf.table(WIDTHS, [("电费", "5.00", "5.00", ""), ("合计", "8.00", "6.00", "2.00")]).page()
    spending(pdf, "一般公共预算支出表", ("物业管理费", "9.00", "4.00", "5.00"))
    pdf.centred("公务接待费情况说明").paragraph(
        f"2025年，{ENTITY}公务接待费预算0.50万元，与上年持平。"
    ).page()
    pdf.centred("会议费情况说明").paragraph(f"2025年，{ENTITY}会议费预算0.70万元，与上年持平。")
    return pdf


def items(document: Document) -> set[str]:
    return {fact.item for fact in document_facts(document) if fact.value is not None}


def test_a_whole_file_has_no_notes() -> None:
    document = read(disclosure().bytes())
    assert document.notes == ()
    assert items(document) >= {"水费", "电费", "物业管理费", "公务接待费预算", "会议费预算"}


@pytest.mark.parametrize(
    ("page", "kept", "gone"),
    [
        (1, {"物业管理费", "公务接待费预算", "会议费预算"}, {"水费", "电费"}),
        (3, {"公务接待费预算", "会议费预算"}, {"水费", "电费", "物业管理费"}),
        (4, {"会议费预算"}, {"水费", "电费", "物业管理费", "公务接待费预算"}),
        (5, {"公务接待费预算"}, {"物业管理费", "会议费预算"}),
    ],
)
def test_a_table_beside_a_damaged_page_gives_no_figures(page: int, kept: set[str], gone: set[str]) -> None:
    document = read(disclosure().with_damaged(page))
    assert items(document) & (kept | gone) == kept
    (note,) = document.notes
    assert note.startswith(f"第 {page} 页损坏，未读")
    assert f"（缺页）第 {page} 页损坏，未读" in document.lines


def test_text_after_a_damaged_page_waits_for_a_heading_as_high_as_those_before_it() -> None:
    pdf = Pdf().centred(f"{ENTITY}2025年部门预算").page()
    pdf.centred("防汛专项经费情况说明").line("一、年度预算安排").paragraph("年度项目总预算90.00万元。").page()
    pdf.centred("抗旱专项经费情况说明").page()
    pdf.line("一、年度预算安排").paragraph("年度项目总预算30.00万元。")
    pdf.centred("供水专项经费情况说明").line("一、年度预算安排").paragraph("年度项目总预算60.00万元。")
    data = pdf.with_damaged(3)
    amounts = {fact.value for fact in document_facts(read(data)) if fact.measure == "预算安排规模"}
    assert amounts == {Decimal(90), Decimal(60)}


def test_a_file_of_which_most_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "坏.pdf"
    path.write_bytes(Pdf().centred(ENTITY).with_damaged(1))
    with pytest.raises(SourceError, match="损坏"):
        read_document(path)


def test_a_build_says_what_it_did_not_read(tmp_path: Path) -> None:
    source = tmp_path / "水务局.pdf"
    source.write_bytes(disclosure().with_damaged(3))
    for _ in range(2):  # the second time, the file is taken over from the index
        report = build_index([source], tmp_path / "index")
        (note,) = report.notes
        assert note.startswith(f"{source}: 第 3 页损坏，未读")


def test_a_sentence_with_a_word_that_was_not_read_gives_no_figure() -> None:
    def said(sentence: str) -> set[str]:
        pdf = Pdf().centred(f"{ENTITY}2025年部门预算").page()
        return items(read(pdf.centred("情况说明").paragraph(sentence).bytes()))

    assert said(f"2025年，{ENTITY}会议费预算0.70万元，与上年持平。")
    assert not said(f"2025年，{ENTITY}会〓费预算0.70万元，与上年持平。")


def test_pages_are_named_in_runs() -> None:
    assert named_pages([7, 1, 3, 2]) == "第 1-3、7 页"


# -- figures recognised in a picture ----------------------------------------------------------------


def box(row: int, column: int) -> Box:
    return 100.0 * column, 20.0 * row, 100.0 * column + 100, 20.0 * row + 20


def settled(*figures: tuple[str, ...], doubtful: set[tuple[int, int]]) -> list[list[str]]:
    """Return the figures that are claimed of a recognised table whose last row is its total."""
    rows = tuple(
        Row(
            ("合计",) if at == len(figures) - 1 else (f"科目{at}",),
            tuple(
                Cell(text, Span("扫描.pdf", at + 1, at + 1, 1, box(at, column))) if text else None
                for column, text in enumerate(texts)
            ),
            Span("扫描.pdf", at + 1, at + 1, 1),
            total=at == len(figures) - 1,
        )
        for at, texts in enumerate(figures)
    )
    header = (("合计",), ("基本支出",), ("项目支出",))
    table = Table("表1", "支出表", "元", ENTITY, header, rows, Span("扫描.pdf", 1, len(rows), 1))
    lines = tuple("行" for _ in rows)
    document = Document("扫描.pdf", "题", ENTITY, 2025, "预算", lines, (), (table,))
    scan = Transcript(
        lines,
        (),
        pages=(1,) * len(rows),
        recognised=frozenset({1}),
        doubtful=frozenset((1, box(row, column)) for row, column in doubtful),
    )
    found = trusted(document, scan)
    assert found.title == "题（以图像识别）"
    return [[cell.text if cell else "" for cell in row.cells] for row in found.tables[0].rows]


def test_a_doubtful_figure_counts_where_a_sum_of_several_proves_it() -> None:
    figures = ("3.00", "1.00", "2.00"), ("5.00", "5.00", ""), ("8.00", "6.00", "2.00")
    assert settled(*figures, doubtful={(0, 1), (2, 0)}) == [list(row) for row in figures]


def test_a_doubtful_figure_in_no_sum_of_several_is_no_figure() -> None:
    found = settled(("3.00", "", "3.00"), ("3.00", "", "3.00"), doubtful={(0, 0)})
    assert found == [[NOT_RECOGNISED, "", "3.00"], ["3.00", "", "3.00"]]


def test_a_sure_figure_in_a_sum_that_does_not_close_is_no_figure() -> None:
    found = settled(("3.00", "1.00", "2.00"), ("5.00", "8.00", ""), ("8.00", "6.00", "2.00"), doubtful=set())
    assert found[1] == ["5.00", NOT_RECOGNISED, ""]
    assert found[0] == ["3.00", "1.00", "2.00"]
