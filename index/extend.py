"""An index made from another: its documents as they stand, some of them left out, new files added.

A build reads its files again when they have changed; here the files of the old documents need not be there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.encoder import Encoder
from index.engines import Place
from index.errors import SourceError
from index.folder import sha256
from index.rows import DocumentRows
from index.store import Store, write_store
from index.workers import Job, Workers, core_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Told = Callable[[str, int, int], None]
"""Called with (document, files read, files in all) when a file begins to be read, and at the end."""


def silent(name: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Extension:
    """What came of the new files: the names of those read, and why each of the others was not."""

    read: tuple[str, ...]
    refused: dict[str, str]


def extend_index(
    base: Store,
    encoder: Encoder,
    out: Place,
    files: Mapping[Path, str],
    without: Collection[str] = (),
    told: Told = silent,
) -> Extension:
    """Write to `out` the documents of `base` but those named in `without`, and `files` (path -> name).

    `encoder` is the one that made `base`; `out` may be the folder of `base` itself. Nothing is written when
    it would be the same as before. Raises StoreError when `out` cannot be used.
    """
    fresh: list[DocumentRows] = []
    refused: dict[str, str] = {}
    jobs = [Job(path, sha256(path), name) for path, name in files.items()]
    with Workers(min(core_count(), len(jobs))) as workers:
        names = [job.called for job in jobs]
        told(names[0] if names else "", 0, len(jobs))
        for done, (job, rows) in enumerate(zip(jobs, workers.read(jobs), strict=True), 1):
            if isinstance(rows, SourceError):
                refused[job.called] = str(rows).replace(str(job.path), job.called)
            else:
                fresh.append(rows)
            told(names[done] if done < len(names) else "", done, len(jobs))
    kept = [
        path for path, about in zip(base.sources, base.documents, strict=True) if about.name not in without
    ]
    read = tuple(name for name in files.values() if name not in refused)
    if read or len(kept) < len(base.documents):
        write_store(
            out,
            _documents(base, kept, fresh, encoder),
            encoder_name=encoder.name,
            dim=encoder.dim,
            model=base.manifest.model,
        )
    return Extension(read, refused)


def _documents(
    base: Store, kept: Collection[str], fresh: Collection[DocumentRows], encoder: Encoder
) -> Iterator[tuple[DocumentRows, NDArray[np.float32]]]:
    for path in kept:
        yield base.rows_of(path)
    for rows in fresh:
        yield rows, encoder.encode(rows.embedded)
