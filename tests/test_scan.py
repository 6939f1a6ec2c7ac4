"""Pages that are pictures: recognised for real where the extra `ocr` and a Chinese font are at hand."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from pdfs import Pdf

from index.build import build_index
from index.document import Document
from index.readers.dispatch import made_of
from index.readers.pdf import read_pdf
from qa import Assistant

pytest.importorskip("rapidocr", reason="the extra ocr is not installed")
pytest.importorskip("onnxruntime", reason="the extra ocr is not installed")

from PIL import Image

from index.readers.ocr import LineBox, Reading, Recogniser
from index.readers.scan import scanned_page
from index.readers.scan_rules import find_rules

ENTITY = "青岭市水务局"
WIDTHS = [36, 30, 130, 85, 85, 85]
ROWS = [
    ("类", "款", "功能分类科目名称", "支出预算", "", ""),
    ("", "", "", "合计", "基本支出", "项目支出"),
    ("213", "", "农林水支出", "1,234,567.00", "234,567.00", "1,000,000.00"),
    ("213", "03", "水利", "1,234,567.00", "234,567.00", "1,000,000.00"),
    ("221", "", "住房保障支出", "89,000.50", "89,000.50", ""),
    ("合计", "", "", "1,323,567.50", "323,567.50", "1,000,000.00"),
]
MERGED = [(0, 3, 1, 3), (0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 2, 1), (5, 0, 1, 3)]
SENTENCE = "2025年，青岭市水务局公务接待费预算0.50万元，与上年持平，主要用于接待来访人员。"


def disclosure(rotate: int = 0) -> Pdf:
    pdf = Pdf(rotate=rotate).centred(f"{ENTITY}2025年部门预算").page()
    pdf.centred("2025年部门支出预算总表").line(f"编制部门：{ENTITY}").line("单位：元")
    pdf.table(WIDTHS, ROWS, merged=MERGED)
    return pdf.page().centred("公务接待费情况说明").paragraph(SENTENCE)


def pictures(pdf: Pdf, degrees: float = 0) -> list[Image.Image]:
    """Return the printed pages as a scanner sees them; skip where no font prints Chinese text."""
    document = pdfium.PdfDocument(pdf.bytes())
    pages = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in document]
    if not any((np.asarray(page) < 128).mean() > 0.005 for page in pages):
        pytest.skip("no font here prints Chinese text")
    chance = np.random.default_rng(1)
    turned = [np.asarray(page.rotate(degrees, fillcolor=255), float) for page in pages]
    return [
        Image.fromarray(np.clip(page + chance.normal(0, 4, page.shape), 0, 255).astype(np.uint8))
        for page in turned
    ]


def scan(pages: Sequence[Image.Image]) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", resolution=200, save_all=True, append_images=list(pages[1:]), quality=85)
    return stream.getvalue()


def read(data: bytes) -> Document:
    return made_of(read_pdf(data, "扫描.pdf"), "扫描.pdf", {})


def tables(document: Document) -> list[object]:
    return [
        (
            t.title,
            t.unit,
            t.entity,
            t.header,
            [(r.path, r.code, [c and c.text for c in r.cells]) for r in t.rows],
        )
        for t in document.tables
    ]


@pytest.mark.parametrize("degrees", [0, 0.7], ids=["straight", "aslant"])
def test_a_scan_gives_what_the_print_gives(degrees: float) -> None:
    printed, scanned = read(disclosure().bytes()), read(scan(pictures(disclosure(), degrees)))
    assert tables(scanned) == tables(printed)
    assert [p.text for p in scanned.paragraphs] == [p.text for p in printed.paragraphs]
    assert (scanned.entity, scanned.year, scanned.account) == (ENTITY, 2025, "预算")
    assert scanned.title == f"{printed.title}（以图像识别）"
    assert scanned.notes == ("第 1-3 页是扫描图像，文字以图像识别，没有把握的数字不作数据",)


def test_a_page_scanned_on_its_side_is_turned_upright() -> None:
    scanned = read(scan(pictures(disclosure(rotate=90))))
    assert tables(scanned) == tables(read(disclosure(rotate=90).bytes()))


def test_scanned_and_printed_pages_make_one_document() -> None:
    parts = pdfium.PdfDocument(disclosure().bytes())
    parts.import_pages(pdfium.PdfDocument(scan(pictures(disclosure())[1:2])), index=1)
    parts.del_page(2)
    stream = io.BytesIO()
    parts.save(stream)
    found = read(stream.getvalue())
    assert tables(found) == tables(read(disclosure().bytes()))
    assert found.title.endswith("（部分页以图像识别）")
    assert found.notes[0].startswith("第 2 页是扫描图像，文字以图像识别")


def test_an_answer_from_a_scan_says_so(tmp_path: Path) -> None:
    source = tmp_path / "水务局.pdf"
    source.write_bytes(scan(pictures(disclosure())))
    report = build_index([source], tmp_path / "index")  # in a worker, within its memory
    assert "以图像识别" in report.notes[0]
    assistant = Assistant.open(tmp_path / "index")
    answer = assistant.ask("青岭市水务局2025年住房保障支出多少")
    assert (str(answer.value), answer.unit) == ("89000.50", "元")
    (cited, *_) = answer.citations
    assert cited.page == 2 and cited.title.endswith("（以图像识别）")
    assistant.store.close()


# -- what is certain, on pictures drawn here ----------------------------------------------------------


def paper() -> NDArray[np.uint8]:
    return np.full((1000, 1000), 255, np.uint8)


def test_rules_are_long_thin_lines_that_form_a_grid() -> None:
    picture = paper()
    for place in (100, 200, 300):
        picture[place : place + 3, 100:803] = 0
        picture[100:303, place : place + 3] = 0
    picture[100:303, 800:803] = 0
    picture[500:503, 100:800] = 0  # a line below a heading
    picture[600:640, 100:800] = 0  # a bar
    picture[700:760, 100:103] = picture[700:703, 100:160] = 0  # strokes of a large character
    ruling = find_rules(picture, 2.0)
    assert sorted(round(rule.at) for rule in ruling.across) == [51, 101, 151]
    assert sorted(round(rule.at) for rule in ruling.down) == [51, 101, 151, 401]
    assert (ruling.rest[:400] == 255).all() and (ruling.rest[500:503, 200:700] == 0).all()


class Reader(Recogniser):
    """Reads what it is told: twice the same, or first one text and then another."""

    def __init__(self, *texts: str, sure: float = 1.0) -> None:
        self.texts, self.sure = texts, sure
        self.turn = 0

    def lines(self, picture: NDArray[np.uint8]) -> list[LineBox]:
        return [(100.0, 100.0, 300.0, 130.0)]

    def read(self, pictures: Sequence[NDArray[np.uint8]]) -> list[tuple[Reading, ...]]:
        text = self.texts[min(self.turn, len(self.texts) - 1)]
        self.turn += 1
        step = 1 / max(len(text), 1)
        return [
            tuple(Reading(c, (at + 0.5) * step, self.sure) for at, c in enumerate(text)) for _ in pictures
        ]


def recognised(reader: Reader) -> list[tuple[str, bool]]:
    picture = Image.new("L", (1000, 1000), 255)
    picture.paste(0, (100, 100, 300, 130))
    stream = io.BytesIO()
    picture.save(stream, "PDF", resolution=200)
    page = scanned_page(pdfium.PdfDocument(stream.getvalue())[0], 1, reader)
    return [(glyph.text, glyph.sure) for glyph in page.glyphs]


@pytest.mark.parametrize(
    ("reader", "sure"),
    [
        (Reader("水1,234.50"), True),
        (Reader("水1,234.50", "水1,234.50", "水1,284.50"), False),  # read otherwise the second time
        (Reader("水1,234.50", "水1,234.50", ""), False),
        (Reader("水1,23450"), False),  # a point was missed
        (Reader("水1,234.50", sure=0.85), False),
    ],
    ids=["sure", "otherwise", "nothing", "grouping", "unsure"],
)
def test_a_figure_is_certain_when_it_is_read_twice_alike(reader: Reader, sure: bool) -> None:
    found = recognised(reader)
    assert {text: certain for text, certain in found if text != "水"} == dict.fromkeys(
        {text for text, _ in found if text != "水"}, sure
    )
    assert ("水", True) in found


def test_text_that_is_not_certain_is_a_mark() -> None:
    assert {text for text, _ in recognised(Reader("水费", sure=0.3))} == {"〓"}


def test_ink_that_nobody_reads_is_a_mark() -> None:
    class Blind(Reader):
        def read(self, pictures: Sequence[NDArray[np.uint8]]) -> list[tuple[Reading, ...]]:
            return [() for _ in pictures]

    assert recognised(Blind("")) == [("〓", True)]
