"""Files and folders -> an index. Unchanged files are taken over from the index that is there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from index.cluster import Cluster
from index.encoder import load_encoder
from index.engines import Place
from index.errors import SourceError, StoreCorrupt, StoreMissing
from index.folder import MANIFEST, sha256
from index.readers import SUFFIXES
from index.rows import DocumentRows, notes_of
from index.store import Store, open_store, write_store
from index.workers import Job, PagesDone, Readers, Workers, core_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.encoder import Encoder

READING = "20"
"""Raise it when reading changes: files read by an older version are then read again."""

Progress = Callable[[str, int, int], None]
"""Called with (file name, files done, files in all) before each file, within long ones, and at the end."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; `skipped` holds one line of reason for each file left out."""

    read: tuple[str, ...]
    reused: tuple[str, ...]
    skipped: tuple[str, ...]
    passages: int
    facts: int
    notes: tuple[str, ...] = ()
    """One line for each part of a file that was not read, or not read from text."""


def find_sources(sources: Iterable[Path]) -> list[Path]:
    """Return the files to read, folders searched for known endings. Raises SourceError for none.

    Hidden files and what office programs leave beside an open file (~$…) are passed over in folders.
    """
    found: list[Path] = []
    for source in sources:
        if source.is_dir():
            inside = sorted(
                path
                for path in source.rglob("*")
                if path.suffix.lower() in SUFFIXES
                and path.is_file()
                and not path.name.startswith((".", "~$"))
            )
            if not inside:
                raise SourceError(f"{source}: 文件夹里没有可读的文件（支持 {'、'.join(SUFFIXES)}）")
            found += inside
        elif source.exists():
            found.append(source)
        else:
            raise SourceError(f"{source}: 文件不存在，请检查路径")
    return list(dict.fromkeys(path.resolve() for path in found))


def document_names(paths: Sequence[Path]) -> dict[Path, str]:
    """Return how citations call each file: by its name, with as many folders before it as tell it apart."""
    names = {path: path.name for path in paths}
    for depth in range(2, max((len(path.parts) for path in paths), default=0) + 1):
        shared = {name for name, count in Counter(names.values()).items() if count > 1}
        if not shared:
            break
        names = {p: "/".join(p.parts[-depth:]) if name in shared else name for p, name in names.items()}
    return names


def build_index(
    sources: Sequence[Path],
    out: Place,
    model: str | None = None,
    progress: Progress | None = None,
    about: Mapping[str, Mapping[str, str]] | None = None,
    scheduler: str | None = None,
) -> BuildReport:
    """Build or update the index at `out` from files and folders.

    `about` fixes `entity`, `year` or `account` of files, given by their names. Files are read by the machines
    under the Dask `scheduler`, or by processes here.

    `model` is a folder or a name on the hub; None takes the model of the index that is there, else the
    shipped one. With another model than before, everything is read again.

    A file that cannot be read is skipped and named in the report; when none can be read, SourceError
    is raised and an index already there stays as it is. Raises SourceError for an `about` of no file,
    StoreError when `out` cannot be used, ClusterError when the scheduler cannot.
    """
    paths = find_sources(sources)
    names, about = document_names(paths), about or {}
    if strange := set(about) - set(names.values()):
        raise SourceError(f"没有这个文件：{'、'.join(sorted(strange))}（现有 {'、'.join(names.values())}）")
    with ExitStack() as stack:
        old = _old_store(out)
        if old is not None:
            stack.enter_context(old)
        if model is None and old is not None:
            model = old.manifest.model
        elif model is not None and Path(model).is_dir():
            model = str(Path(model).resolve())
        # the readers start while the model loads
        workers = stack.enter_context(_readers(scheduler, len(paths)))
        encoder = load_encoder(model)
        jobs = _jobs(names, about)
        kept: set[Path] = set()
        if old is not None and old.encoder_name == encoder.name:
            kept = {path for path in paths if old.sources.get(str(path)) == _mark(jobs[path])}
        build = _Build(paths, jobs, kept, old, encoder, workers, progress)
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
        tuple(build.notes),
    )


@dataclass
class _Build:
    """One run over the files."""

    paths: Sequence[Path]
    jobs: Mapping[Path, Job | SourceError]
    kept: Set[Path]
    old: Store | None
    encoder: Encoder
    workers: Readers
    progress: Progress | None
    read: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    number: int = 0

    def documents(self) -> Iterator[tuple[DocumentRows, NDArray[np.float32]]]:
        """Yield every document in the order of the files, with the vectors of its passages."""
        fresh = self.workers.read(
            [job for path, job in self.jobs.items() if path not in self.kept and isinstance(job, Job)],
            self._watch,
        )
        for number, path in enumerate(self.paths):
            self.number = number
            if self.progress:
                self.progress(path.name, number, len(self.paths))
            if self.old is not None and path in self.kept:
                kept = self.old.rows_of(str(path))
                self._note(path, kept[0])
                yield kept
                continue
            job = self.jobs[path]
            rows = job if isinstance(job, SourceError) else next(fresh)
            if isinstance(rows, SourceError):
                self.skipped.append(str(rows))
                continue
            self.read.append(path.name)
            self._note(path, rows)
            yield rows, self.encoder.encode(rows.embedded)
        if self.progress:
            self.progress("", len(self.paths), len(self.paths))

    def _watch(self, path: Path, pages: PagesDone) -> None:
        if self.progress:
            text = f"{path.name}（第 {pages.done}/{pages.total} 页）"
            self.progress(text, self.number, len(self.paths))

    def _note(self, path: Path, rows: DocumentRows) -> None:
        self.notes += [f"{path}: {note}" for note in notes_of(rows)]


def _readers(scheduler: str | None, files: int) -> AbstractContextManager[Readers]:
    return Cluster(scheduler, READING) if scheduler else Workers(min(core_count(), files))


def _jobs(names: Mapping[Path, str], about: Mapping[str, Mapping[str, str]]) -> dict[Path, Job | SourceError]:
    """Return what to read of each file, marked by the SHA-256 of its content and of how it is read."""
    jobs: dict[Path, Job | SourceError] = {}
    for path, name in names.items():
        known = tuple(sorted(about.get(name, {}).items()))
        try:
            content = sha256(path)
        except OSError as error:
            jobs[path] = SourceError(f"{path}: 无法读取（{error.strerror}）")
        else:
            mark = hashlib.sha256(repr((READING, name, known, content)).encode()).hexdigest()
            jobs[path] = Job(path, mark, name, known)
    return jobs


def _mark(job: Job | SourceError) -> str:
    return job.sha256 if isinstance(job, Job) else ""


def _old_store(out: Place) -> Store | None:
    """Return the index to take unchanged files from; a damaged one is rebuilt whole."""
    try:
        return open_store(out)
    except StoreMissing:
        return None
    except StoreCorrupt:
        if isinstance(out, Path) and out.is_dir() and not (out / MANIFEST).exists() and any(out.iterdir()):
            raise
        return None
