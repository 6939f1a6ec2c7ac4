"""What a file really is: told by its first bytes, because endings of published files are often wrong."""

from __future__ import annotations

import io
import re
import zipfile

from index.errors import SourceError

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta)\b",
    re.I | re.S,
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")

_SAVE_AS = "请用 Word 或 WPS 打开后另存为 {} 再读"
_NO_READER = {
    "doc": "是旧版 Word 文件（.doc），还不能读，" + _SAVE_AS.format("DOCX"),
    "encrypted": "有密码保护，无法读取，请先去掉密码",
    "mht": "是网页归档文件（MHT），还不能读，请另存为网页（HTML）",
    "odf": "是 OpenDocument 文件，还不能读，" + _SAVE_AS.format("DOCX 或 XLSX"),
    "ofd": "是 OFD 版式文件，还不能读，请导出为 PDF",
    "ole": "是旧版 Office 文件，内容无法辨认，" + _SAVE_AS.format("DOCX 或 XLSX"),
    "picture": "是图片，没有文字可读，请换有文字的文件",
    "pptx": "是演示文稿，还不能读，" + _SAVE_AS.format("DOCX"),
    "rtf": "是 RTF 文件，还不能读，" + _SAVE_AS.format("DOCX"),
    "xlsb": "是二进制 Excel 工作簿（.xlsb），还不能读，" + _SAVE_AS.format("XLSX"),
    "xml-sheet": "是 XML 表格（2003 格式），还不能读，" + _SAVE_AS.format("XLSX"),
    "zip": "是压缩包，请先解压，再读里面的文件",
    "zip-broken": "是不完整或损坏的压缩格式文件（如 DOCX、XLSX），请重新下载",
}


def file_kind(data: bytes, name: str) -> str:
    """Return docx, xlsx, xls, html or text. Raises SourceError that says what else it is and what to do."""
    kind = _kind(data)
    if kind in _NO_READER:
        raise SourceError(f"{name}: {_NO_READER[kind]}")
    if kind == "text" and name.lower().endswith((".htm", ".html")):
        return "html"
    return kind


def _kind(data: bytes) -> str:
    head = data[:_HEAD]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if head.startswith(_OLE):
        return _ole_kind(data)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_PICTURES):
        return "picture"
    if head.startswith(_ARCHIVES):
        return "zip"
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        plain = head.decode("utf-16", "ignore").encode()
    if plain.startswith(b"{\\rtf"):
        return "rtf"
    if plain[:64].lower().startswith((b"mime-version:", b"from: <saved by")):
        return "mht"
    if plain.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in plain:
        return "xml-sheet"
    return "html" if _HTML.match(plain) else "text"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [entry.filename for entry in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "zip-broken"
    known = (
        ("word/document", "docx"),
        ("xl/workbook.bin", "xlsb"),
        ("xl/workbook", "xlsx"),
        ("ppt/", "pptx"),
        ("OFD.xml", "ofd"),
        ("content.xml", "odf"),
    )
    return next((kind for start, kind in known if any(name.startswith(start) for name in names)), "zip")


def _ole_kind(data: bytes) -> str:
    """Tell the kind of an OLE file by its directory, where names are UTF-16 in fields of 64 bytes.

    A file embedded in another has its entries later.
    """
    streams = {"EncryptedPackage": "encrypted", "WordDocument": "doc", "Workbook": "xls", "Book": "xls"}
    places = {data.find(name.encode("utf-16-le").ljust(64, b"\0")): kind for name, kind in streams.items()}
    places.pop(-1, None)
    return places[min(places)] if places else "ole"
