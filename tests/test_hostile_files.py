"""Hostile, damaged and misnamed files: one clear line each, never a crash, a flood or a wrong reader."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from formats import WRITERS, packed, workbook
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pdfs import Pdf

from index.document import Cell, Span
from index.errors import SourceError
from index.facts import document_facts
from index.items import Grid, GridRow, Item, TextLine
from index.pivot import pivot
from index.readers import read_document
from index.readers.markdown import read_markdown
from index.readers.pdf_characters import character

MARKDOWN = """# 青岭市水务局 2025 年部门预算公开

表 5

一般公共预算支出情况表

编制部门：青岭市水务局

单位：万元

| 类 | 款 | 科目名称 | 支出 / 合计 | 支出 / 基本 | 支出 / 专项 |
|---|---|---|---:|---|---|
| 213 |  | 农林水支出 | 9.00 | 4.00 | 5.00 |
| 213 | 03 | 水利 | 9.00 | 4.00 | 5.00 |
|  |  | 总计 | 9.00 | 4.00 | 5.00 |

水费 2025 年预算 9.00 万元，比上年增加 1.00 万元。
"""
ITEMS = list(read_markdown(MARKDOWN.split("\n")))
FILES = {suffix: write(ITEMS) for suffix, write in WRITERS.items()}
LAYOUT = """云山市水务局 2031 年部门预算

表 5

一般公共预算支出情况表

编制部门：云山市水务局 单位：万元

科目 一般公共预算支出
功能分类科 目编码 科目名称 合计 基本支出 项目支出 类 款 项
※ ※ ※ ※ 1 2 3
213 农林水支出 9.00 4.00 5.00
213 03 水利 9.00 4.00 5.00
总计 9.00 4.00 5.00

表 10 项目支出绩效目标表
项目名称 河道整治 项目资金（万元） 5.00
产出指标 数量指标 整治河道长度 >=12 公里 11 公里 20
"""


def printed_disclosure(compressed: bool) -> bytes:
    """Return a PDF with a title, a ruled table over two pages, an unruled one and text."""
    pdf = Pdf(compressed=compressed).centred("青岭市水务局2025年部门预算").page()
    pdf.centred("部门支出预算表").line("编制部门：青岭市水务局 单位：元")
    rows = [("项目", "合计", "基本支出"), ("水费", "3.00", "1.00"), ("电费", "5.00", "5.00")]
    pdf.table([130, 90, 90], rows, merged=[(1, 1, 1, 2)]).page()
    pdf.table([130, 90, 90], rows[1:]).columns([72, 320, 400, 480], [("会议费", "7.00", "", "7.00")] * 4)
    return pdf.paragraph("2025年，青岭市水务局公务接待费预算0.50万元，与上年持平。").bytes()


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
VALID = {
    **{f"公开{suffix}": data for suffix, data in FILES.items()},
    "公开.md": MARKDOWN.encode(),
    "排版.txt": LAYOUT.encode(),
    "旧编码.txt": FILES[".txt"].decode().encode("gb18030"),
    "公开.pdf": printed_disclosure(compressed=True),
    "平铺.pdf": printed_disclosure(compressed=False),
}
"""A file for each reader."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")


def refusal(folder: Path, data: bytes, name: str = "公开.docx") -> str:
    """Return the one line with which a file is refused, without its path."""
    path = folder / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_document(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def word(body: str, before: str = "") -> bytes:
    return packed({"word/document.xml": f"{before}<w:document {WORD}><w:body>{body}</w:body></w:document>"})


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return an office file with one part changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = change(bytes(parts[name]))
    return packed(parts)


def directory(*streams: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (directory("Root Entry", "EncryptionInfo", "EncryptedPackage"), "密码"),
        (directory("Root Entry", "WordDocument", "Workbook"), "旧版 Word"),
        (directory("Root Entry"), "旧版 Office"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"MIME-Version: 1.0\n", "MHT"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML 表格"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"Rar!\x1a\x07", "压缩包"),
        (packed({"公开.docx": "x"}), "压缩包"),
        (packed({"OFD.xml": "x"}), "OFD"),
        (packed({"xl/workbook.bin": "x"}), "xlsb"),
        (packed({"ppt/presentation.xml": "x"}), "演示文稿"),
        (packed({"mimetype": "x", "content.xml": "x"}), "OpenDocument"),
        (b"PK\x03\x04" + b"\1" * 99, "损坏"),
        (b"", "空的"),
    ],
)
@pytest.mark.parametrize("name", ["公开.doc", "公开.xlsx", "公开.txt"])
def test_what_a_file_really_is_is_said_whatever_its_name(
    tmp_path: Path, data: bytes, reason: str, name: str
) -> None:
    assert reason in refusal(tmp_path, data, name)


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("name", ["公开.doc", "公开.xls", "公开.txt", "公开"])
def test_a_file_with_a_wrong_ending_is_read_as_what_it_is(tmp_path: Path, suffix: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[suffix])
    document = read_document(path)
    assert (document.entity, document.year, len(document.tables)) == ("青岭市水务局", 2025, 1)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    huge = packed({"word/document.xml": b" " * (80 << 20)})
    assert "解压后过大" in refusal(tmp_path, huge)
    many = packed({"word/document.xml": "", **{f"word/{at}.xml": "" for at in range(10_001)}})
    assert "解压后过大" in refusal(tmp_path, many)


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    data = bytearray(word("<w:p/>" * 10_000))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert "损坏" in refusal(tmp_path, bytes(data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_part(tmp_path: Path, encoding: str) -> None:
    names = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "哈">{names}]><x>&a9;</x>'.encode(encoding)
    assert "实体" in refusal(tmp_path, packed({"word/document.xml": bomb}))
    assert "实体" in refusal(tmp_path, workbook("<sheetData/>", bomb), "公开.xlsx")


def test_no_file_outside_is_read(tmp_path: Path) -> None:
    (tmp_path / "秘密").write_text("秘密", encoding="utf-8")
    outside = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{tmp_path}/秘密">]>'
    assert "实体" in refusal(tmp_path, word("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", outside))


def test_a_password_inside_the_archive_is_told(tmp_path: Path) -> None:
    data = bytearray(FILES[".docx"])
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + flags
        data[at] |= 1
    assert "密码" in refusal(tmp_path, bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        word("<w:tbl><w:tr><w:tc>" * 500 + "</w:tc></w:tr></w:tbl>" * 500),
        ("<html>" + "<div>" * 5000 + "水费").encode(),
        workbook("<a>" * 5000 + "</a>" * 5000),
    ],
    ids=["docx", "html", "xlsx"],
)
def test_deep_nesting_is_refused(tmp_path: Path, data: bytes) -> None:
    refusal(tmp_path, data)


def test_a_giant_cell_and_a_flood_of_text_are_refused(tmp_path: Path) -> None:
    giant = "<w:p><w:r><w:t>" + "".join(map(chr, range(0x4E00, 0x9000))) * 6 + "</w:t></w:r></w:p>"
    assert "上限" in refusal(tmp_path, word(giant))
    assert "上限" in refusal(tmp_path, ("水费" * 60_000).encode(), "公开.txt")
    shared = f"<sst><si><t>{'水费' * 10_000}</t></si></sst>"
    rows = ("<row>" + '<c t="s"><v>0</v></c>' * 60 + "</row>") * 20
    data = workbook(f"<sheetData>{rows}</sheetData>", shared)
    assert "内容过多" in refusal(tmp_path, data, "公开.xlsx")


@pytest.mark.parametrize("number", ["1e999999999", "-0e-999999999", "nan", "inf", "9" * 5000, "1e", ""])
def test_absurd_numbers_of_a_sheet_are_no_figures(tmp_path: Path, number: str) -> None:
    path = tmp_path / "公开.xlsx"
    path.write_bytes(workbook(f"<sheetData><row><c><v>{number}</v></c><c><v>7</v></c></row></sheetData>"))
    line = read_document(path).lines[-1]
    assert line.endswith("7")
    assert len(line) < 5100


def test_a_cell_whose_text_is_missing_is_no_blank_cell(tmp_path: Path) -> None:
    data = workbook('<sheetData><row><c t="s"><v>8</v></c></row></sheetData>')
    assert "损坏" in refusal(tmp_path, data, "公开.xlsx")


def test_merged_areas_over_each_other_are_refused(tmp_path: Path) -> None:
    areas = "".join(f'<mergeCell ref="A{at}:XFD1048576"/>' for at in range(1, 500))
    rows = "".join(f'<row r="{at}"><c><v>1</v></c></row>' for at in range(1, 500))
    data = workbook(f"<sheetData>{rows}</sheetData><mergeCells>{areas}</mergeCells>")
    assert "重叠" in refusal(tmp_path, data, "公开.xlsx")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".xls"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, suffix: str, part: float) -> None:
    data = FILES[suffix]
    refusal(tmp_path, data[: int(len(data) * part)], f"公开{suffix}")


def read_or_refuse(folder: Path, name: str, data: bytes) -> None:
    """Read a file to its facts; nothing but a SourceError of one line may come out."""
    path = folder / name
    path.write_bytes(data)
    try:
        document_facts(read_document(path))
    except SourceError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)


def test_figures_below_columns_without_names_are_no_items() -> None:
    span = Span("公开.pdf", 1, 1)
    cells = [Cell("5.00", span), Cell("2.00", span)]
    header, rows = pivot([("合计",), ("合计", "水费")], cells, "", span)
    assert header == (("预算数",),)
    assert [row.path for row in rows] == [("水费",)]


def test_names_above_a_table_without_rows_make_no_row(tmp_path: Path) -> None:
    lines = ("青岭市水务局2025年部门预算", "表5 部门支出预算表", "编制部门：青岭市水务局 单位：万元")
    read_or_refuse(tmp_path, "排版.txt", "\n".join((*lines, "1", "万 0", "|")).encode())


def test_characters_that_are_nowhere_are_left_out() -> None:
    assert character("水", (float("nan"), 0.0), (12.0, 0.0), (1.0, 0.0), 12.0) is None
    assert character("水", (0.0, 0.0), (float("inf"), 0.0), (1.0, 0.0), 12.0) is None


def damaged(data: bytes, seed: int) -> bytes:
    """Return bytes with some changed, cut, doubled or inserted."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at, other = (chance.randrange(len(data) + 1) for _ in range(2))
        size = chance.choice((1, 4, 60, 900))
        data = chance.choice(
            (
                data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
                data[:at] + data[at + size :],
                data[:at] + data[other : other + size] + data[at:],
                data[:at] + chance.choice((b"\xff", b"\0", b"9", b"<", b'"')) * size + data[at:],
            )
        )
    return data


FUZZ = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FUZZ
@given(name=st.sampled_from(sorted(VALID)), seed=st.integers(0, 2**32))
def test_no_damage_to_a_file_gets_past_a_reader(tmp_path: Path, name: str, seed: int) -> None:
    read_or_refuse(tmp_path, name, damaged(VALID[name], seed))


@pytest.mark.parametrize("name", sorted(VALID))
def test_the_files_that_are_damaged_are_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(VALID[name])
    assert document_facts(read_document(path))


@FUZZ
@given(suffix=st.sampled_from([".docx", ".xlsx"]), seed=st.integers(0, 2**32))
def test_no_damage_to_a_part_gets_past_a_reader(tmp_path: Path, suffix: str, seed: int) -> None:
    with zipfile.ZipFile(io.BytesIO(FILES[suffix])) as archive:
        parts = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    part = parts[seed % len(parts)]
    read_or_refuse(
        tmp_path, f"公开{suffix}", with_part(FILES[suffix], part, lambda data: damaged(data, seed))
    )


@FUZZ
@given(seed=st.integers(0, 2**32))
def test_no_damage_to_what_a_page_draws_gets_past_the_reader(tmp_path: Path, seed: int) -> None:
    """Numbers and operators change; the file's own list of places no longer fits, and is made anew."""
    head, *parts = re.split(rb"(stream\r?\n.*?endstream)", VALID["平铺.pdf"], flags=re.S)
    at = 2 * random.Random(seed).randrange(len(parts) // 2)
    parts[at] = b"stream\n" + damaged(parts[at][7:-9], seed) + b"endstream"
    read_or_refuse(tmp_path, "平铺.pdf", b"".join((head, *parts)))


@FUZZ
@given(name=st.sampled_from(sorted(VALID)), text=st.text(max_size=200), data=st.binary(max_size=200))
@example("公开.html", "<html>中<table><tr><td rowspan=0 colspan=0>", b"")
@example("公开.txt", "表\t\t\n" * 9, b"")
def test_no_text_or_bytes_get_past_a_reader(tmp_path: Path, name: str, text: str, data: bytes) -> None:
    read_or_refuse(tmp_path, name, text.encode("utf-8", "surrogatepass"))
    read_or_refuse(tmp_path, name, data)
    read_or_refuse(tmp_path, name, f"<html><body>中{text}".encode("utf-8", "surrogatepass"))
    read_or_refuse(tmp_path, name, b"%PDF-1.7\n" + data)


CELLS = st.text(alphabet="0123456789.,-%〓合计水费 \t|　（）万元※", max_size=12)


@FUZZ
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=8), min_size=1, max_size=12),
    suffix=st.sampled_from([".docx", ".xlsx", ".xls"]),
)
def test_no_table_of_odd_cells_gets_past_a_reader(tmp_path: Path, rows: list[list[str]], suffix: str) -> None:
    head = "青岭市水务局2025年部门预算\n表5 部门支出预算表\n编制部门：青岭市水务局 单位：万元\n"
    for name, mark in (("公开.txt", "\t"), ("排版.txt", " "), ("公开.md", "|")):
        read_or_refuse(tmp_path, name, (head + "\n".join(mark.join(row) for row in rows)).encode())
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    read_or_refuse(tmp_path, "公开.html", f"<html><body>{head}<table>{cells}</table>".encode())
    items: list[Item] = [
        TextLine(1, "部门支出预算表"),
        Grid(tuple(GridRow(at, at, tuple(row)) for at, row in enumerate(rows, 2))),
    ]
    read_or_refuse(tmp_path, f"公开{suffix}", WRITERS[suffix](items))
