"""What a document is taken for: how sure it is, and where it was found."""

from __future__ import annotations

import pytest
from pdfs import HEIGHT, MARGIN, Pdf

from index.assemble import assemble
from index.document import Document
from index.readers.dispatch import made_of
from index.readers.pdf import read_pdf
from index.readers.tabtext import read_tab_text

ENTITY = "青岭市水务局"
TABLE = ["部门支出预算表", f"编制部门：{ENTITY}", "单位：万元", "项目\t合计", "水费\t9.00"]


def document(*lines: str, name: str = "公开.txt", **override: str) -> Document:
    return assemble(name, lines, list(read_tab_text(lines)), override)


def test_kinds_of_places_that_agree_make_it_sure() -> None:
    found = document(f"{ENTITY}2025年部门预算", *TABLE)
    assert (found.entity, found.year, found.account) == (ENTITY, 2025, "预算")
    assert found.findings[0] == "高（标题页、编制部门行）"
    assert found.findings[1].startswith("中（标题页）")


def test_places_that_contradict_each_other_make_it_unsure() -> None:
    found = document("青岭市教育局2025年部门预算", *TABLE)
    assert found.entity == ENTITY
    assert found.findings[0] == "低（编制部门行；另见青岭市教育局）"


def test_what_is_given_from_outside_counts_alone() -> None:
    found = document(f"{ENTITY}2025年部门预算", entity="青岭市教育局", year="2023", account="决算")
    assert (found.entity, found.year, found.account) == ("青岭市教育局", 2023, "决算")
    assert found.title == "青岭市教育局2023年部门决算"
    assert set(found.findings) == {"指定（由 --about 或文件头给出）"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{ENTITY}25年预算.txt", (ENTITY, 2025, "预算")),
        (f"公开/{ENTITY}2024年度部门决算.txt", (ENTITY, 2024, "决算")),
        ("公开.txt", ("", None, "预算")),
    ],
)
def test_the_name_of_the_file_speaks_where_the_document_does_not(
    name: str, expected: tuple[str, int | None, str]
) -> None:
    found = document("水费9.00万元。", name=name)
    assert (found.entity, found.year, found.account) == expected
    place = "文件名" if expected[0] else "没有写明"
    assert all(said.startswith(f"低（{place}") for said in found.findings)


def test_a_document_that_says_another_year_than_its_name_is_believed() -> None:
    assert document(f"{ENTITY}2025年部门预算", name=f"{ENTITY}2024年部门预算.txt").year == 2025


def test_running_heads_name_department_and_year() -> None:
    pdf = Pdf()
    for number in range(1, 5):
        pdf.text(MARGIN, 40, f"{ENTITY}2025年部门预算", 9)
        pdf.text(290, HEIGHT - 30, f"— {number} —", 9)
        pdf.paragraph(f"第{number}段说的是河道整治和水利设施维护的有关事项以及安排。").page()
    found = made_of(read_pdf(pdf.bytes(), "a.pdf"), "a.pdf", {})
    assert (found.entity, found.year) == (ENTITY, 2025)
    assert found.findings[0] == "中（页眉）"
