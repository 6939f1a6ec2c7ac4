"""The zip of XML parts that DOCX and XLSX are: opened with bounds, so that no file can flood the memory."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass

from lxml import etree

from index.errors import SourceError

MAX_PARTS = 10_000
MAX_XML_BYTES = 64 * 1024 * 1024
"""Of all XML parts together, unpacked; a disclosure has less than a tenth."""
MAX_RATIO = 400
"""Unpacked to packed size of one part; office files stay below 100, bombs reach 1000."""
RATIO_FROM = 4 * 1024 * 1024
"""Smaller parts may be as repetitive as they like."""
MAX_TAGS = 4_000_000
"""Tags and attributes of a part that is held in memory whole."""
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Relation:
    """One part's link to another: the last word of its type and the target's path in the package."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """An opened and checked office file; `name` stands in the error messages."""

    archive: zipfile.ZipFile
    name: str

    def part(self, path: str) -> bytes:
        """Return a part's bytes, nothing where there is no such part."""
        try:
            entry = self.archive.getinfo(path)
        except KeyError:
            return b""
        if entry.file_size > MAX_XML_BYTES:
            raise SourceError(f"{self.name}: 部件 {path} 过大，已拒绝")
        data = self.archive.read(entry)
        if any(mark in data for mark in _DOCTYPES):  # office files have none; entity bombs need one
            raise SourceError(f"{self.name}: 含有 XML 实体声明，办公文件里不应出现，可能被篡改，已拒绝")
        return data

    def tree(self, path: str) -> etree._Element | None:
        """Return a part's root element, None where there is no such part."""
        data = self.part(path)
        if not data:
            return None
        if data.count(b"<") + data.count(b"=") > MAX_TAGS:
            raise SourceError(f"{self.name}: 内容过多，无法在限定的内存中读取，请拆分后重试")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        return etree.fromstring(data, parser)

    def relations(self, path: str) -> dict[str, Relation]:
        """Return what a part links to by id; '' is the package itself."""
        folder, file = posixpath.split(path)
        root = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        return {
            link.get("Id", ""): Relation(
                link.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"),
            )
            for link in (root if root is not None else ())
            if local_name(link) == "Relationship"
        }

    def related(self, path: str, kind: str) -> str:
        """Return the path of the first part of a kind that a part links to, '' for none."""
        return next((link.target for link in self.relations(path).values() if link.kind == kind), "")


def open_package(data: bytes, name: str) -> Package:
    """Open an office file. Raises SourceError for one with a password or one that unpacks to too much."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise SourceError(f"{name}: 有密码保护，无法读取，请先去掉密码")
    size = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
    swollen = any(
        entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > MAX_PARTS or size > MAX_XML_BYTES or swollen:
        raise SourceError(
            f"{name}: 解压后过大（{len(entries)} 个部件，{size // 2**20} MiB），不像正常的办公文件，已拒绝"
        )
    return Package(archive, name)


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace, '' for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first descendant along a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((part for part in element if local_name(part) == name), None)
    return element


def value(element: etree._Element | None, attribute: str = "val") -> str:
    """Return an attribute by its local name, '' where the element or the attribute is missing."""
    if element is None:
        return ""
    return next((text for key, text in element.items() if key.rpartition("}")[2] == attribute), "")
