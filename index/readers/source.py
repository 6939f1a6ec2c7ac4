"""A file on disk -> its lines, or one clear error."""

from __future__ import annotations

from pathlib import Path

from index.errors import SourceError

MAX_BYTES = 64 * 1024 * 1024
"""Larger text files are refused: no disclosure is that long."""


def read_lines(path: Path) -> list[str]:
    """Return the lines of a UTF-8 or GB18030 text file.

    Raises SourceError for a missing, empty, binary or oversized file, or an unknown encoding.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(f"{path}: 文件过大（{size // 2**20} MiB），上限 {MAX_BYTES // 2**20} MiB")
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: 文件不存在，请检查路径") from None
    except OSError as error:
        raise SourceError(f"{path}: 无法读取（{error.strerror}）") from None
    return decode_lines(data, str(path))


def decode_lines(data: bytes, name: str) -> list[str]:
    """Return the lines of `data`; `name` stands in the error messages."""
    if not data.strip():
        raise SourceError(f"{name}: 文件是空的")
    if b"\0" in data[:65536] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{name}: 不是文本文件（含二进制内容）")
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SourceError(f"{name}: 编码无法识别，请存为 UTF-8 或 GB18030")
    if not text.strip():
        raise SourceError(f"{name}: 文件是空的")
    odd = sum(1 for c in text[:20000] if ord(c) < 32 and c not in "\t\r\n\f")
    if odd > 20 or max(text) < "\u4e00":
        raise SourceError(f"{name}: 不像中文文本（编码错误或二进制内容）")
    # splitlines() would also break at U+2028 and \x0b, and line numbers must match other tools'
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").split("\n")
