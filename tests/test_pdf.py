"""PDF pages: each phenomenon of the print in a small file written here, then the shared ones as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from disclosures import figures_of, leaf_figures, row_of, said
from pdfs import HEIGHT, MARGIN, Pdf

from index.assemble import assemble
from index.build import build_index
from index.document import Document, Fact, Table
from index.errors import SourceError
from index.facts import document_facts
from index.items import Grid, TextLine
from index.prose_facts import prose_facts
from index.readers import read_document
from index.readers.dispatch import made_of
from index.readers.pdf import read_pdf
from index.text import squash
from qa import Assistant

CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus_pdf"
FILES = sorted(CORPUS.glob("*.pdf"))
ENTITY = "青岭市水务局"
CAPTION = f"编制部门：{ENTITY} 单位：元"
WIDTHS = [36, 30, 30, 130, 75, 75, 75]
HEADER = [
    ("项目", "", "", "", "支出预算", "", ""),
    ("功能分类科目编码", "", "", "功能分类科目名称", "合计", "基本支出", "项目支出"),
    ("类", "款", "项", "", "", "", ""),
]
MERGED = [(0, 0, 1, 4), (0, 4, 1, 3), (1, 0, 1, 3), *((1, column, 2, 1) for column in range(3, 7))]
PATHS = (("支出预算", "合计"), ("支出预算", "基本支出"), ("支出预算", "项目支出"))


def document(pdf: Pdf) -> Document:
    """Read a file written by a test."""
    printed = read_pdf(pdf.bytes(), "样本.pdf")
    return assemble("样本.pdf", printed.lines, list(printed.items), {})


def text_lines(pdf: Pdf) -> list[TextLine]:
    return [item for item in read_pdf(pdf.bytes(), "样本.pdf").items if isinstance(item, TextLine)]


def grids(pdf: Pdf) -> list[Grid]:
    return [item for item in read_pdf(pdf.bytes(), "样本.pdf").items if isinstance(item, Grid)]


def facts_of(document: Document, item: str, measure: str) -> list[Fact]:
    return [f for f in document_facts(document) if (f.item, f.measure) == (item, measure)]


def spending(*rows: tuple[str, ...], pdf: Pdf | None = None) -> Pdf:
    """Add the table of spending by function."""
    pdf = pdf or Pdf()
    return pdf.centred("2025年部门支出预算总表").line(CAPTION).table(WIDTHS, [*HEADER, *rows], merged=MERGED)


# -- ruled tables -----------------------------------------------------------------------------------


def test_merged_headers_give_paths_and_blank_cells_stay_blank() -> None:
    (table,) = document(
        spending(
            ("208", "", "", "社会保障和就业支出", "300.00", "100.00", "200.00"),
            ("208", "05", "", "行政事业单位养老支出", "300.00", "100.00", "200.00"),
            ("208", "05", "01", "行政单位离退休", "200.00", "", "200.00"),
            ("208", "05", "05", "养老保险缴费", "100.00", "100.00", ""),
        )
    ).tables
    assert table.header == PATHS
    assert (table.title, table.entity, table.unit) == ("2025年部门支出预算总表", ENTITY, "元")
    row = row_of(table, "社会保障和就业支出", "行政事业单位养老支出", "行政单位离退休")
    assert (row.code, [cell.text if cell else "" for cell in row.cells]) == (
        "2080501",
        ["200.00", "", "200.00"],
    )


def test_a_name_that_wraps_inside_its_cell_is_one_name() -> None:
    (table,) = document(spending(("208", "", "", "社会保障和\n就业支出", "3.00", "1.00", "2.00"))).tables
    assert table.rows[0].path == ("社会保障和就业支出",)


def test_every_cell_keeps_its_page_and_its_box() -> None:
    (table,) = document(spending(("208", "", "", "社会保障和就业支出", "3.00", "1.00", "2.00"))).tables
    cell = row_of(table, "社会保障和就业支出").cells[1]
    assert cell is not None and cell.span.page == 1 and cell.span.box is not None
    x0, top, x1, bottom = cell.span.box
    left = MARGIN + sum(WIDTHS[:5])
    assert (round(x0), round(x1)) == (round(left), round(left + WIDTHS[5]))
    assert 0 < top < bottom < HEIGHT


def test_a_table_goes_on_over_the_page_with_and_without_its_header() -> None:
    pdf = spending(("208", "", "", "社会保障和就业支出", "3.00", "1.00", "2.00")).page()
    pdf.table(WIDTHS, [*HEADER, ("213", "", "", "农林水支出", "4.00", "1.00", "3.00")], merged=MERGED).page()
    pdf.table(
        WIDTHS,
        [("221", "", "", "住房保障支出", "5.00", "5.00", ""), ("合计", "", "", "", "12.00", "7.00", "5.00")],
        merged=[(1, 0, 1, 4)],
    )
    (table,) = document(pdf).tables
    assert [(row.path[-1], row.span.page, row.total) for row in table.rows] == [
        ("社会保障和就业支出", 1, False),
        ("农林水支出", 2, False),
        ("住房保障支出", 3, False),
        ("合计", 3, True),
    ]
    assert figures_of(table, table.rows[-1])["支出预算/项目支出"] == "5.00"


def test_a_last_page_with_fewer_columns_falls_under_the_same_header() -> None:
    pdf = spending(("208", "", "", "社会保障和就业支出", "3.00", "1.00", "2.00")).page()
    pdf.table([sum(WIDTHS[:4]), *WIDTHS[4:]], [("合计", "3.00", "1.00", "2.00")])
    (table,) = document(pdf).tables
    assert leaf_figures(table, "合计") == {"合计": "3.00", "基本支出": "1.00", "项目支出": "2.00"}


def test_the_next_table_is_not_the_rest_of_the_last_row() -> None:
    pdf = Pdf().centred("收入支出决算总表").line("单位：万元")
    widths = [140, 80, 140, 80]
    pdf.table(
        widths,
        [
            ("收入", "", "支出", ""),
            ("项目", "决算数", "项目", "决算数"),
            ("一、财政拨款收入", "9.00", "一、农林水支出", "8.00"),
            ("本年收入合计", "9.00", "本年支出合计", "8.00"),
        ],
        merged=[(0, 0, 1, 2), (0, 2, 1, 2)],
    ).page()
    pdf.table(
        widths,
        [
            ("使用非财政拨款结余", "", "结余分配", ""),
            ("年初结转和结余", "1.00", "年末结转和结余", "2.00"),
            ("总计", "10.00", "总计", "10.00"),
        ],
    )
    income, spent = document(pdf).tables
    assert [row.path[-1] for row in income.rows[1:]] == [
        "本年收入合计",
        "使用非财政拨款结余",
        "年初结转和结余",
        "总计",
    ]
    assert leaf_figures(spent, "年末结转和结余") == {"决算数": "2.00"}


def test_two_accounts_on_one_line_are_two_tables() -> None:
    pdf = Pdf().centred("一般公共预算财政拨款基本支出决算表").line("单位：万元")
    pdf.table(
        [36, 30, 100, 60, 36, 30, 100, 60],
        [
            ("经济分类\n科目编码", "", "科目名称", "决算数", "经济分类\n科目编码", "", "科目名称", "决算数"),
            ("类", "款", "", "", "类", "款", "", ""),
            ("301", "", "工资福利支出", "20.00", "302", "", "商品和服务支出", "7.00"),
            ("301", "01", "基本工资", "20.00", "302", "02", "印刷费", "7.00"),
        ],
        merged=[
            (0, 0, 1, 2),
            (0, 4, 1, 2),
            (0, 2, 2, 1),
            (0, 3, 2, 1),
            (0, 6, 2, 1),
            (0, 7, 2, 1),
        ],
    )
    staff, office = document(pdf).tables
    assert [(row.code, row.path[-1]) for row in (*staff.rows, *office.rows)] == [
        ("301", "工资福利支出"),
        ("30101", "基本工资"),
        ("302", "商品和服务支出"),
        ("30202", "印刷费"),
    ]
    assert leaf_figures(office, "商品和服务支出", "印刷费") == {"决算数": "7.00"}


def test_names_of_code_columns_may_share_a_row_with_the_total() -> None:
    pdf = Pdf().centred("收入决算表").line("单位：万元")
    pdf.table(
        [36, 30, 30, 130, 80, 80],
        [
            ("项目", "", "", "", "本年收入合计", "财政拨款收入"),
            ("支出功能分类\n科目编码", "", "", "科目名称", "", ""),
            ("类", "款", "项", "合计", "12.50", "12.50"),
            ("201", "", "", "一般公共服务支出", "12.50", "12.50"),
        ],
        merged=[(0, 0, 1, 4), (1, 0, 1, 3), (0, 4, 2, 1), (0, 5, 2, 1)],
    )
    (table,) = document(pdf).tables
    assert [(row.path[-1], row.total) for row in table.rows] == [("合计", True), ("一般公共服务支出", False)]
    assert leaf_figures(table, "合计") == {"本年收入合计": "12.50", "财政拨款收入": "12.50"}


def test_rows_without_a_rule_between_them_are_told_apart_by_their_lines() -> None:
    (table,) = document(
        Pdf()
        .centred("部门支出预算表")
        .line(CAPTION)
        .table([150, 90, 90], [("项目", "合计", "基本支出"), ("水费\n电费", "1.00\n2.00", "1.00\n2.00")])
    ).tables
    assert [(row.path[-1], row.cells[0].text) for row in table.rows if row.cells[0]] == [
        ("水费", "1.00"),
        ("电费", "2.00"),
    ]


THREE = [
    ("“三公”经费预算数", "", "", "", "", "", "机关运行经费预算数"),
    ("合计", "因公出国(境)费", "公务接待费", "公务用车购置及运行费", "", "", ""),
    ("", "", "", "小计", "购置费", "运行费", ""),
    ("48.00", "0", "2.00", "46.00", "25.00", "21.00", "300.00"),
]


def three_expenses() -> Table:
    pdf = Pdf().centred("2025年部门“三公”经费和机关运行经费预算表", size=14).line("单位:万元")
    merged = [(0, 0, 1, 6), (0, 6, 3, 1), (1, 3, 1, 3), *((1, column, 2, 1) for column in range(3))]
    (table,) = document(pdf.table([60, 70, 60, 50, 50, 50, 90], THREE, merged=merged)).tables
    return table


def test_columns_that_name_items_become_rows() -> None:
    table = three_expenses()
    assert table.header == (("预算数",),)
    assert {row.path[-1]: row.cells[0].text for row in table.rows if row.cells[0]} == {
        "“三公”经费": "48.00",
        "因公出国(境)费": "0",
        "公务接待费": "2.00",
        "公务用车购置及运行费": "46.00",
        "公务用车购置费": "25.00",
        "公务用车运行费": "21.00",
        "机关运行经费": "300.00",
    }


# -- tables without rules ---------------------------------------------------------------------------


def test_columns_are_found_by_alignment_where_no_rule_is_drawn() -> None:
    pdf = Pdf().centred("部门支出预算表").line(CAPTION)
    pdf.columns(
        [MARGIN, 320, 400, 480],
        [
            ("项目", "合计", "基本支出", "项目支出"),
            ("农林水支出", "1,234.50", "234.50", "1,000.00"),
            ("水利", "234.50", "234.50", ""),
            ("住房保障支出", "7.00", "", "7.00"),
        ],
    )
    (table,) = document(pdf).tables
    assert leaf_figures(table, "住房保障支出") == {"合计": "7.00", "项目支出": "7.00"}
    assert leaf_figures(table, "水利") == {"合计": "234.50", "基本支出": "234.50"}


# -- running text -----------------------------------------------------------------------------------

SENTENCE = (
    "2025年，青岭市水务局支出预算120.00万元，其中：基本支出100.00万元，比2024年预算增加10.00万元，"
    "主要原因是人员增加；项目支出20.00万元，比2024年预算减少3.50万元，主要原因是河道整治项目完工。"
)


def test_a_paragraph_is_one_over_lines_and_pages_and_its_figures_know_their_page() -> None:
    pdf = Pdf().centred(f"{ENTITY}2025年部门预算").page().centred("2025年部门预算编制说明")
    pdf.paragraph(SENTENCE[:70]).page().line(SENTENCE[70:106]).line(SENTENCE[106:])
    found = document(pdf)
    (paragraph,) = found.paragraphs
    assert paragraph.text == SENTENCE
    assert [f.span.page for f in facts_of(found, "支出预算", "预算数")] == [2]
    assert [f.span.page for f in facts_of(found, "项目支出", "增减额")] == [3]


def test_an_indented_line_opens_a_paragraph_though_the_line_before_is_full() -> None:
    one, other = "水" * 34 + "务" * 35 + "。", "河道整治项目已经完工并且通过验收。"
    pdf = Pdf().centred("情况说明").paragraph(one).paragraph(other).paragraph(one).paragraph(other)
    assert [paragraph.text for paragraph in document(pdf).paragraphs] == [one, other, one, other]


def test_running_heads_and_page_numbers_are_no_text() -> None:
    pdf = Pdf()
    for number in range(1, 5):
        pdf.text(MARGIN, 40, f"{ENTITY}2025年部门预算", 9)
        pdf.text(290, HEIGHT - 30, f"— {number} —", 9)
        pdf.paragraph(f"第{number}段说的是河道整治和水利设施维护的有关事项以及安排。").page()
    texts = [line.text for line in text_lines(pdf)]
    assert len(texts) == 4 and all(text.startswith("第") for text in texts)


def test_figures_set_apart_from_their_sentence_stand_in_it() -> None:
    pdf = Pdf()
    pdf.text(MARGIN, 100, "支出决算为")
    pdf.text(MARGIN + 60, 104, "12.50", 11)
    pdf.text(MARGIN + 93, 100, "万元，完成年初预算的")
    assert [line.text for line in text_lines(pdf)] == ["支出决算为12.50万元，完成年初预算的"]


@pytest.mark.parametrize("rotate", [0, 90])
def test_pages_are_read_upright(rotate: int) -> None:
    pdf = spending(("208", "", "", "社会保障和就业支出", "3.00", "1.00", "2.00"), pdf=Pdf(rotate=rotate))
    found = document(pdf)
    assert found.tables[0].header == PATHS
    assert leaf_figures(found.tables[0], "社会保障和就业支出")["项目支出"] == "2.00"


def test_what_runs_aslant_is_no_text() -> None:
    pdf = Pdf().paragraph("河道整治和水利设施维护的有关事项。")
    canvas = pdf._canvas
    canvas.saveState()
    canvas.translate(200, 400)
    canvas.rotate(45)
    canvas.drawString(0, 0, "内部资料")
    canvas.restoreState()
    assert [line.text for line in text_lines(pdf)] == ["河道整治和水利设施维护的有关事项。"]


def test_contents_are_left_out_and_headings_of_their_own_open_sections() -> None:
    pdf = Pdf().centred("青岭市2025年市级部门预算").line(f"预算主管部门：{ENTITY}").page()
    pdf.centred("目录").line("一、部门主要职能……………………1").line("二、2025年部门收入预算总表…………2").page()
    pdf.centred(f"{ENTITY}主要职能").paragraph("负责河道整治和水利设施维护的有关事项。")
    found = document(pdf)
    assert [p.section[-1] for p in found.paragraphs if "河道" in p.text] == [f"{ENTITY}主要职能"]
    assert not any("收入预算总表" in p.text for p in found.paragraphs)
    assert (found.entity, found.year, found.account) == (ENTITY, 2025, "预算")


def test_a_title_over_two_lines_names_department_year_and_account() -> None:
    pdf = Pdf().centred(ENTITY).centred("2024年度部门决算").page()
    pdf.centred(f"第一部分 {ENTITY}概况").paragraph("负责河道整治和水利设施维护的有关事项。")
    found = document(pdf)
    assert (found.entity, found.year, found.account) == (ENTITY, 2024, "决算")


def final_account(*texts: str) -> list[Fact]:
    pdf = Pdf().centred(ENTITY).centred("2024年度部门决算").page()
    pdf.line("五、一般公共预算财政拨款支出决算情况说明")
    for text in texts:
        pdf.paragraph(text)
    return list(prose_facts(document(pdf)))


def test_a_final_account_tells_plan_result_and_completion_of_an_item() -> None:
    facts = final_account(
        "1、农林水支出（类）水利（款）防汛（项）。主要用于：购置防汛物资。年初预算为20.00万元，支出决算为"
        "19.00万元，完成年初预算的95.00%。决算数小于预算数的主要原因：部分采购未完成。"
    )
    assert list(said(facts)) == [
        ("防汛", "年初预算数", "20.00万元"),
        ("防汛", "决算数", "19.00万元"),
        ("防汛", "完成率", "95.00%"),
    ]
    assert [(f.item, f.text) for f in facts if f.measure == "原因"] == [("防汛", "部分采购未完成。")]


def test_income_and_spending_told_as_one_are_two_items() -> None:
    facts = final_account(
        "2024年度收入支出总计30.00万元。与2023年度相比，收入支出总计减少6.00万元，下降16.67%。"
    )
    assert list(said(facts)) == [
        (side, measure, figure)
        for measure, figure in (("决算数", "30.00万元"), ("增减额", "-6.00万元"), ("增减率", "-16.67%"))
        for side in ("收入总计", "支出总计")
    ]


def test_projects_described_under_headings() -> None:
    pdf = Pdf().centred(f"{ENTITY}2025年部门预算").page().centred("防汛专项经费情况说明")
    pdf.line("一、立项依据").paragraph("按照本市防汛工作的规定。")
    pdf.line("二、年度预算安排").paragraph("年度项目总预算90.00万，其中购置物资60.00万，维护设施30.00万。")
    found = document(pdf)
    assert [f.value for f in facts_of(found, "防汛专项", "预算安排规模")] == [90]
    parts = [f for f in prose_facts(found) if f.measure == "分配金额"]
    assert [(f.project, f.item, f.value) for f in parts] == [
        ("防汛专项", "购置物资", 60),
        ("防汛专项", "维护设施", 30),
    ]


# -- files that cannot be read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (Pdf().bytes(), "没有可读的中文文字"),
        (Pdf(password="secret").line("水务局").bytes(), "密码"),
        (Pdf().line("水务局").bytes()[:300], "损坏"),
        (b"%PDF-1.7\n", "损坏"),
        (b"", "空"),
    ],
    ids=["blank", "locked", "cut", "head", "empty"],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "文件.pdf"
    path.write_bytes(data)
    with pytest.raises(SourceError) as refusal:
        read_document(path)
    assert reason in str(refusal.value) and "\n" not in str(refusal.value)


def test_without_the_extra_a_scan_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.pdf_source.recogniser", lambda: None)
    with pytest.raises(SourceError, match="扫描件.*pip install rapidocr onnxruntime"):
        document(Pdf().picture())


def test_without_the_extra_a_scanned_page_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.pdf_source.recogniser", lambda: None)
    pdf = Pdf().centred(f"{ENTITY}2025年部门预算").page().picture().page()
    pdf = spending(("208", "", "", "社会保障和就业支出", "3.00", "1.00", "2.00"), pdf=pdf)
    found = made_of(read_pdf(pdf.bytes(), "样本.pdf"), "样本.pdf", {})
    assert found.tables == ()  # the table may have begun on the missing page
    assert found.notes[0].startswith("第 2 页是扫描图像，未读（装上识别组件后可读")


# -- pages in the index -----------------------------------------------------------------------------


def test_an_index_keeps_pages_and_answers_cite_them(tmp_path: Path) -> None:
    source = tmp_path / "水务局.pdf"
    pdf = Pdf().centred(f"{ENTITY}2025年部门预算").page()
    pdf = spending(("208", "", "", "社会保障和就业支出", "3.00", "1.00", "2.00"), pdf=pdf).page()
    source.write_bytes(pdf.paragraph("2025年，青岭市水务局公务接待费预算0.50万元，与上年持平。").bytes())
    for _ in range(2):  # the second time, the file is taken over from the index
        build_index([source], tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    answer = assistant.ask("青岭市水务局2025年社会保障和就业支出多少")
    (cited, *_) = answer.to_dict()["citations"]
    assert (cited["page"], cited["lines"]) == (2, None)
    page = "".join(assistant.store.page(source.name, 2))
    assert squash(cited["quote"]) in squash(page)
    assert assistant.ask("青岭市水务局2025年公务接待费").citations[0].page == 3
    cell = assistant.store.tables_of(source.name)[0].rows[0].cells[0]
    assert cell is not None and cell.span.box is not None
    assistant.store.close()


# -- the shared disclosures -------------------------------------------------------------------------


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def shared(request: pytest.FixtureRequest) -> Document:
    """One of the shared disclosures."""
    path: Path = request.param
    return read_document(path)


needs_files = pytest.mark.skipif(not FILES, reason=f"the shared disclosures are not at {CORPUS}")


@needs_files
def test_shared_titles_tell_department_year_and_account(shared: Document) -> None:
    plain = shared.name.removesuffix(".pdf").replace("2024年度部门", "24年").replace("度部门", "年")
    assert shared.year is not None
    assert plain == f"{shared.entity}{shared.year - 2000}年{shared.account}"


@needs_files
def test_shared_tables_are_captioned_and_none_is_lost(shared: Document) -> None:
    titles = dict.fromkeys(table.title for table in shared.tables if table.unit)
    assert len(titles) == 9
    assert all(table.unit in ("元", "万元") for table in shared.tables if table.unit)


@needs_files
def test_shared_quotes_stand_on_their_page(shared: Document) -> None:
    pages: dict[int, str] = {}
    for line, page in zip(shared.lines, shared.pages, strict=True):
        pages[page] = pages.get(page, "") + squash(line)
    facts = document_facts(shared)
    assert all(fact.span.page in pages for fact in facts)
    rows = [fact for fact in facts if fact.table]
    assert rows and all(squash(fact.quote) in pages[fact.span.page or 0] for fact in rows)
