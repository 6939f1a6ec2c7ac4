"""A file on disk -> its bytes and, for text, its lines; or one clear error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from index.errors import SourceError

MAX_BYTES = 64 * 1024 * 1024
"""Larger files are refused: no disclosure is that long."""
MAX_LINES = 400_000
MAX_LINE = 100_000
"""A paragraph or table row of more characters is refused: Excel's largest cell holds a third of it."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_CHINESE = re.compile(r"[\u4e00-\U0010ffff]")


def read_bytes(path: Path) -> bytes:
    """Return what a file holds. Raises SourceError for a missing, unreadable or oversized file."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(f"{path}: 文件过大（{size // 2**20} MiB），上限 {MAX_BYTES // 2**20} MiB")
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: 文件不存在，请检查路径") from None
    except OSError as error:
        raise SourceError(f"{path}: 无法读取（{error.strerror}）") from None


def decode_lines(data: bytes, name: str) -> list[str]:
    """Return the lines of `data`; `name` stands in the error messages."""
    text = decode(data, name)
    # splitlines() would also break at U+2028 and \x0b, and line numbers must match other tools'
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").split("\n")
    check_lines(lines, name)
    return lines


def decode(data: bytes, name: str, declared: str = "") -> str:
    """Return the Chinese text that `data` encodes; `declared` is tried where it is not UTF-8."""
    if not data.strip():
        raise SourceError(f"{name}: 文件是空的")
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data[:65536] and not marked:
        raise SourceError(f"{name}: 不是文本文件（含二进制内容）")
    encodings = ["utf-16"] if marked else ["utf-8-sig", *([declared] if declared else []), "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        raise SourceError(f"{name}: 编码无法识别，请存为 UTF-8 或 GB18030")
    if not text.strip():
        raise SourceError(f"{name}: 文件是空的")
    if len(_CONTROL.findall(text, 0, 20000)) > 20 or not _CHINESE.search(text):
        raise SourceError(f"{name}: 不像中文文本（编码错误或二进制内容）")
    return text


def check_lines(lines: Sequence[str], name: str) -> None:
    """Raise SourceError for a document without text, with too many lines or with a giant one."""
    if not any(line.strip() for line in lines):
        raise SourceError(f"{name}: 没有可读的文字")
    if len(lines) > MAX_LINES:
        raise SourceError(f"{name}: 内容过多（{len(lines)} 行），上限 {MAX_LINES} 行")
    longest = max(range(len(lines)), key=lambda at: len(lines[at]))
    if len(lines[longest]) > MAX_LINE:
        raise SourceError(
            f"{name}: 第 {longest + 1} 行（段）长达 {len(lines[longest])} 字，上限 {MAX_LINE} 字，"
            "请分段后重试"
        )
