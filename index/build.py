"""Files and folders -> an index on disk. Unchanged files are taken over from the index that is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.encoder import load_encoder
from index.errors import IndexingError, SourceError, StoreError, StoreMissing
from index.facts import document_facts
from index.passages import document_passages, searched_text
from index.readers import SUFFIXES, read_document
from index.store import DocumentInfo, SourceRecord, Store, open_store, write_store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.encoder import Encoder

READING = "8"
"""Raise it when reading changes: files read by an older version are then read again."""

Progress = Callable[[str, int, int], None]
"""Called with (file name, files done, files in all) before each file and at the end."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; `skipped` holds one line of reason for each file left out."""

    read: tuple[str, ...]
    reused: tuple[str, ...]
    skipped: tuple[str, ...]
    passages: int
    facts: int


def find_sources(sources: Iterable[Path]) -> list[Path]:
    """Return the files to read, folders searched for known endings. Raises SourceError for none."""
    found: list[Path] = []
    for source in sources:
        if source.is_dir():
            inside = sorted(p for p in source.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if not inside:
                raise SourceError(f"{source}: 文件夹里没有可读的文件（支持 {'、'.join(SUFFIXES)}）")
            found += inside
        elif source.exists():
            found.append(source)
        else:
            raise SourceError(f"{source}: 文件不存在，请检查路径")
    return list(dict.fromkeys(path.resolve() for path in found))


def build_index(
    sources: Sequence[Path], out: Path, model: str | None = None, progress: Progress | None = None
) -> BuildReport:
    """Build or update the index at `out` from files and folders.

    `model` is a folder or a name on the hub; None takes the model of the index that is there, else the
    shipped one. With another model than before, everything is read again.

    A file that cannot be read is skipped and named in the report; when none can be read, SourceError
    is raised and an index already there stays as it is. Raises StoreError when `out` cannot be used.
    """
    paths = find_sources(sources)
    old = _old_store(out)
    if model is None and old is not None:
        model = old.manifest.model
    elif model is not None and Path(model).is_dir():
        model = str(Path(model).resolve())
    encoder = load_encoder(model)
    if old is not None and old.encoder_name != encoder.name:
        old.close()
        old = None
    records: list[SourceRecord] = []
    read: list[str] = []
    reused: list[str] = []
    skipped: list[str] = []
    for number, path in enumerate(paths):
        if progress:
            progress(path.name, number, len(paths))
        try:
            digest = hashlib.sha256(READING.encode() + path.read_bytes()).hexdigest()
            if old is not None and old.sources.get(str(path)) == digest:
                records.append(old.source_record(str(path)))
                reused.append(path.name)
            else:
                records.append(read_source(path, digest))
                read.append(path.name)
        except OSError as error:
            skipped.append(f"{path}: 无法读取（{error.strerror}）")
        except SourceError as error:
            skipped.append(str(error))
    if not records:
        raise SourceError("没有可用的文件：" + "；".join(skipped))
    vectors = _vectors(records, old, encoder)
    if old is not None:
        old.close()
    write_store(out, records, encoder_name=encoder.name, vectors=vectors, model=model)
    if progress:
        progress("", len(paths), len(paths))
    return BuildReport(
        tuple(read),
        tuple(reused),
        tuple(skipped),
        sum(len(record.passages) for record in records),
        sum(len(record.facts) for record in records),
    )


def read_source(path: Path, digest: str) -> SourceRecord:
    """Read one file into everything the index keeps of it."""
    document = read_document(path)
    return SourceRecord(
        path=str(path),
        sha256=digest,
        document=DocumentInfo.of(document),
        tables=document.tables,
        passages=document_passages(document),
        facts=document_facts(document),
        lines=document.lines,
    )


def _old_store(out: Path) -> Store | None:
    """Return the index to take unchanged files from; a damaged one is rebuilt whole."""
    try:
        return open_store(out)
    except StoreMissing:
        return None
    except StoreError:
        if out.is_dir() and not (out / "manifest.json").exists() and any(out.iterdir()):
            raise
        return None


def _vectors(records: Sequence[SourceRecord], old: Store | None, encoder: Encoder) -> NDArray[np.float32]:
    """Return one vector a passage: kept ones of unchanged files, new ones for the rest."""
    import numpy as np

    parts: list[NDArray[np.float32]] = []
    for record in records:
        if old is not None and old.sources.get(record.path) == record.sha256:
            parts.append(old.vectors([passage.id for passage in record.passages]))
        else:
            parts.append(encoder.encode([searched_text(p.heading_path, p.text) for p in record.passages]))
    return np.concatenate(parts)


__all__ = ["BuildReport", "IndexingError", "build_index", "find_sources", "read_source"]
