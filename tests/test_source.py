"""A file's bytes become its lines, or one clear error that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SourceError
from index.readers import read_document
from index.readers.source import decode_lines, read_bytes

TEXT = "青岭市水务局 2025 年部门预算\n公务接待费 1.50 万元。\n"
LINES = ["青岭市水务局 2025 年部门预算", "公务接待费 1.50 万元。", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_usual_encoding_gives_the_same_lines(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "预算.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert decode_lines(read_bytes(path), str(path)) == LINES


def test_big_endian_utf16_with_its_mark_is_read() -> None:
    assert decode_lines(b"\xfe\xff" + TEXT.encode("utf-16-be"), "预算.txt") == LINES


def test_gb18030_keeps_characters_outside_gbk() -> None:
    assert decode_lines("𠮷林路管护经费\n".encode("gb18030"), "预算.txt") == ["𠮷林路管护经费", ""]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_numbers_do_not_depend_on_the_line_ending(ending: str) -> None:
    data = ending.join(["第一行", "", "第三行"]).encode()
    assert decode_lines(data, "预算.txt") == ["第一行", "", "第三行"]


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x85", "\f"])
def test_only_line_feeds_break_lines(mark: str) -> None:
    lines = decode_lines(f"公务{mark}接待费\n会议费".encode(), "预算.txt")
    assert len(lines) == 2
    assert lines[1] == "会议费"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "空的"),
        (b" \r\n\t\n", "空的"),
        ("\ufeff".encode(), "空的"),
        (" \n".encode("utf-16"), ""),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "图片"),
        (b"\0\1\2" * 99, "二进制"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n" + bytes(range(1, 32)) * 9, "PDF"),
        (b"\x81\xff" * 40, "编码"),
        (b"Department budget 2025: 12.50\n", "中文"),
        ("Бюджет министерства: 12,50".encode(), "中文"),
    ],
    ids=[
        *("empty", "blank", "mark-only", "utf16-blank", "png"),
        *("binary", "pdf", "unknown", "english", "russian"),
    ],
)
def test_a_file_that_holds_no_chinese_text_is_refused_in_one_line(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "坏文件.txt"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_document(path)
    message = str(caught.value)
    assert "坏文件.txt" in message
    assert reason in message
    assert "\n" not in message


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="不存在"):
        read_bytes(tmp_path / "没有.txt")
    with pytest.raises(SourceError, match="无法读取"):
        read_bytes(tmp_path)


def test_a_file_that_is_far_too_long_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.readers.source.MAX_BYTES", 10)
    path = tmp_path / "长.txt"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(SourceError, match="过大"):
        read_bytes(path)


def test_a_cut_utf16_file_is_refused_not_crashed_on() -> None:
    with pytest.raises(SourceError):
        decode_lines("预算".encode("utf-16") + b"\x41", "预算.txt")
