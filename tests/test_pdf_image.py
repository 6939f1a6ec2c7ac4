"""Pictures of printed pages, with the boxes of their cells."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pdfs import Pdf
from PIL import Image

from index.build import build_index
from index.document import Cell
from index.readers import read_document
from index.readers.pdf_image import page_image
from qa import Answer, Assistant
from qa.answer import cite
from qa.web.evidence import evidence_html

ROWS = [["项目", "合计", "一般公共预算"], ["公务接待费", "1.25", "1.00"], ["公务用车运行费", "8.25", "8.75"]]


def written(path: Path, rotate: int = 0) -> list[Cell]:
    """Write a page with a table and return its cells as read."""
    pdf = Pdf(rotate=rotate).centred("某市某局2026年部门预算").line("表1 “三公”经费支出表").line("单位：万元")
    path.write_bytes(pdf.table([120, 90, 110], ROWS).bytes())
    (table,) = read_document(path).tables
    return [cell for row in table.rows for cell in row.cells if cell]


@pytest.mark.parametrize("rotate", [0, 90])
def test_a_cell_is_where_its_box_is(tmp_path: Path, rotate: int) -> None:
    path = tmp_path / "a.pdf"
    for cell in written(path, rotate):
        assert cell.span.page == 1 and cell.span.box
        image = page_image(path, 1, cell.text, cell.span.box)
        assert image
        picture = Image.open(io.BytesIO(image.png)).convert("L")
        assert abs(picture.width / picture.height - image.width / image.height) < 0.01
        scale = picture.width / image.width
        left, top, right, bottom = (part * scale for part in cell.span.box)
        inside = picture.crop((int(left) + 3, int(top) + 3, int(right) - 3, int(bottom) - 3))
        dark = sum(inside.histogram()[:128])
        assert 0 < dark < inside.width * inside.height / 2, "something is printed there"
        half = inside.crop((0, 0, 6, inside.height))
        assert sum(half.histogram()[:128]) < dark, "and it is not a rule that crosses the box"


def test_another_file_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    cell = written(path)[0]
    assert cell.span.box and page_image(path, 1, cell.text, cell.span.box)
    assert page_image(path, 1, "9.99", cell.span.box) is None
    assert page_image(path, 2, cell.text, cell.span.box) is None
    assert page_image(tmp_path / "gone.pdf", 1, cell.text, cell.span.box) is None
    path.write_bytes(b"no PDF any more")
    assert page_image(path, 1, cell.text, cell.span.box) is None


def test_a_sentence_is_boxed_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text = "本单位全年安排的各项支出都写在这里，" * 3 + "公务接待费一点二五万元。"
    path.write_bytes(Pdf().centred("某市某局2026年部门预算").paragraph(text).bytes())
    image = page_image(path, 1, "都写在这里，公务接待费 一点二五万元")
    assert image and len(image.boxes) == 1
    image = page_image(path, 1, text)
    assert image and len(image.boxes) > 1
    (_, top, _, bottom), (_, below, _, _) = image.boxes[:2]
    assert top < bottom <= below + 1
    assert page_image(path, 1, "没有印在这里的话") is None


@pytest.mark.parametrize(("line", "shown"), [("单位：万元", True), ("单位：万元，电话13800000000", False)])
def test_the_evidence_shows_the_page_unless_it_tells_private_numbers(
    tmp_path: Path, line: str, shown: bool
) -> None:
    pdf = Pdf().centred("某市某局2026年部门预算").line("表1 “三公”经费支出表").line(line)
    (tmp_path / "a.pdf").write_bytes(pdf.table([120, 90, 110], ROWS).bytes())
    build_index([tmp_path / "a.pdf"], tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    fact = next(fact for fact in assistant.store.facts_of("a.pdf") if fact.text == "1.25")
    answer = Answer("问", "answered", "1.25 万元", citations=(cite(fact, assistant.titles),))
    html = evidence_html(answer, assistant.store, 0)
    assert "<mark>1.25</mark>" in html and "第 1 页" in html
    assert ('class="bq-box"' in html and "data:image/png" in html) == shown
    (tmp_path / "a.pdf").unlink()
    assistant.store.close()
