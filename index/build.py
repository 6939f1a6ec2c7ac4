"""Files and folders -> an index on disk. Unchanged files are taken over from the index that is there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from index.codec import Strings
from index.encoder import load_encoder
from index.errors import SourceError, StoreError, StoreMissing
from index.folder import sha256
from index.passages import searched_text
from index.readers import SUFFIXES
from index.rows import DocumentRows
from index.store import Store, open_store, write_store
from index.workers import Workers, core_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.encoder import Encoder

READING = "14"
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
    """Return the files to read, folders searched for known endings.

    Raises SourceError for none and for two of one name.
    """
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
    paths = list(dict.fromkeys(path.resolve() for path in found))
    for name, count in Counter(path.name for path in paths).items():
        if count > 1:  # citations name a document by its name alone
            first, second = [path for path in paths if path.name == name][:2]
            raise SourceError(f"{second}: 与 {first} 重名，请改名后重新运行 budget-qa index build")
    return paths


def build_index(
    sources: Sequence[Path], out: Path, model: str | None = None, progress: Progress | None = None
) -> BuildReport:
    """Build or update the index at `out` from files and folders.

    `model` is a folder or a name on the hub; None takes the model of the index that is there, else the
    shipped one. With another model than before, everything is read again.

    A file that cannot be read is skipped and named in the report; when none can be read, SourceError
    is raised and an index already there stays as it is. Raises SourceError for two files of one name,
    StoreError when `out` cannot be used.
    """
    paths = find_sources(sources)
    with ExitStack() as stack:
        old = _old_store(out)
        if old is not None:
            stack.enter_context(old)
        if model is None and old is not None:
            model = old.manifest.model
        elif model is not None and Path(model).is_dir():
            model = str(Path(model).resolve())
        # the readers start while the model loads
        workers = stack.enter_context(Workers(min(core_count(), len(paths))))
        encoder = load_encoder(model)
        marks = _marks(paths)
        kept: set[Path] = set()
        if old is not None and old.encoder_name == encoder.name:
            kept = {path for path in paths if old.sources.get(str(path)) == marks[path]}
        build = _Build(paths, marks, kept, old, encoder, workers, progress)
        documents = build.documents()
        first = next(documents, None)
        if first is None:
            raise SourceError("没有可用的文件：" + "；".join(build.skipped))
        counts = write_store(
            out, chain([first], documents), encoder_name=encoder.name, dim=encoder.dim, model=model
        )
    return BuildReport(
        tuple(build.read),
        tuple(path.name for path in paths if path in kept),
        tuple(build.skipped),
        counts["passages"],
        counts["facts"],
    )


@dataclass
class _Build:
    """One run over the files."""

    paths: Sequence[Path]
    marks: Mapping[Path, str | SourceError]
    kept: Set[Path]
    old: Store | None
    encoder: Encoder
    workers: Workers
    progress: Progress | None
    read: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def documents(self) -> Iterator[tuple[DocumentRows, NDArray[np.float32]]]:
        """Yield every document in the order of the files, with the vectors of its passages."""
        jobs = [
            (path, mark)
            for path in self.paths
            if path not in self.kept and isinstance(mark := self.marks[path], str)
        ]
        fresh = self.workers.read(jobs)
        for number, path in enumerate(self.paths):
            if self.progress:
                self.progress(path.name, number, len(self.paths))
            if self.old is not None and path in self.kept:
                yield self.old.rows_of(str(path))
                continue
            mark = self.marks[path]
            rows = mark if isinstance(mark, SourceError) else next(fresh)
            if isinstance(rows, SourceError):
                self.skipped.append(str(rows))
                continue
            self.read.append(path.name)
            yield rows, self.encoder.encode(embedded_texts(rows))
        if self.progress:
            self.progress("", len(self.paths), len(self.paths))


def _marks(paths: Iterable[Path]) -> dict[Path, str | SourceError]:
    """Return what each file is known by: the SHA-256 of its content, and of how it is read."""
    marks: dict[Path, str | SourceError] = {}
    for path in paths:
        try:
            content = sha256(path)
        except OSError as error:
            marks[path] = SourceError(f"{path}: 无法读取（{error.strerror}）")
        else:
            marks[path] = hashlib.sha256(f"{READING}:{content}".encode()).hexdigest()
    return marks


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


def embedded_texts(rows: DocumentRows) -> list[str]:
    """Return what is embedded of each passage: its nearest heading and its text."""
    strings = Strings()
    return [searched_text(strings[headings], text) for headings, text, *_ in rows.passages]
