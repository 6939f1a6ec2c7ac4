"""The documents that a reader asks about: the index that is served, or a copy of it with files added.

Files of a reader go into a folder of their own under names of ours, and into the copy, never into the index
that is served, unless that is what the page was started for.
"""

from __future__ import annotations

import re
import shutil
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.engines import Place
from index.errors import IndexingError, SourceError
from index.extend import Told, extend_index, silent
from index.readers import SUFFIXES
from qa.assistant import Assistant

MOST_FILES = 10
"""Files that one reader may add."""
MOST_SHARED = 500
"""Files that all readers together may add to the index that is served."""
MOST_BYTES = 32 * 1024 * 1024
"""Bytes of one file."""
LONGEST_NAME = 80

_UNFIT = re.compile(r"[\\/:*?\"<>|\s]+")


class Shelf:
    """An assistant and the files added to it; adding and removing are done one at a time."""

    def __init__(self, assistant: Assistant, files: Path, out: Place, most: int = MOST_FILES) -> None:
        """Keep `most` added files in the folder `files` and the index with them in `out`."""
        self.assistant = assistant
        self._most = most
        self._files = files.resolve()
        self._out = out
        self._busy = threading.Lock()

    @property
    def added(self) -> tuple[str, ...]:
        """The names of the documents that were added."""
        store = self.assistant.store
        return tuple(d.name for d in store.documents if store.source_of(d.name).parent == self._files)

    def add(self, given: Sequence[tuple[str, Path]], told: Told = silent) -> list[str]:
        """Add files, each with the name it was given; return one line for each that could not be.

        Raises SourceError when there are too many, StoreError when they cannot be stored.
        """
        with self._busy:
            if len(self.added) + len(given) > self._most:
                raise SourceError(f"最多可以加入 {self._most} 份文件，请先移除一些")
            problems, kept = self._kept(given)
            try:
                result = extend_index(
                    self.assistant.store, self.assistant.encoder, self._out, kept, told=told
                )
            except IndexingError:
                _remove(kept)
                raise
            _remove(path for path, name in kept.items() if name in result.refused)
            if result.read:
                self.assistant = Assistant.open(self._out)
            return problems + list(result.refused.values())

    def remove(self, name: str) -> None:
        """Remove a document that was added; raise SourceError for any other."""
        with self._busy:
            if name not in self.added:
                raise SourceError(f"{name}: 不是这里加入的文件，不能移除")
            file = self.assistant.store.source_of(name)
            extend_index(self.assistant.store, self.assistant.encoder, self._out, {}, without=[name])
            self.assistant = Assistant.open(self._out)
            _remove([file])

    def _kept(self, given: Sequence[tuple[str, Path]]) -> tuple[list[str], dict[Path, str]]:
        """Copy files to the folder under numbers; return the lines of those refused, and path -> name."""
        self._files.mkdir(parents=True, exist_ok=True, mode=0o700)
        taken = {about.name for about in self.assistant.store.documents}
        problems: list[str] = []
        kept: dict[Path, str] = {}
        for called, path in given:
            name = free_name(safe_name(called), taken)
            size = path.stat().st_size
            if size > MOST_BYTES:
                problems.append(f"{name}: 文件过大（{size / 2**20:.1f} MiB），上限 {MOST_BYTES // 2**20} MiB")
                continue
            taken.add(name)
            number = 1 + max((int(f.stem) for f in self._files.iterdir() if f.stem.isdecimal()), default=0)
            suffix = Path(name).suffix.lower()
            copy = self._files / f"{number}{suffix if suffix in SUFFIXES else ''}"
            shutil.copyfile(path, copy)
            kept[copy] = name
        return problems, kept


def safe_name(name: str) -> str:
    """Return what a document is called that was given this file name: no folders, nothing unprintable."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(char for char in unicodedata.normalize("NFC", last) if char.isprintable())
    plain = _UNFIT.sub("_", plain).strip("._ ")
    stem, _, suffix = plain.rpartition(".")
    if not stem:
        stem, suffix = suffix, ""
    short = f"{stem[:LONGEST_NAME]}.{suffix[:10]}" if suffix else stem[:LONGEST_NAME]
    return short.strip("._ ") or "未命名"


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, or with a number behind it where it is taken."""
    path, number, free = Path(name), 1, name
    while free in taken:
        number += 1
        free = f"{path.stem}（{number}）{path.suffix}"
    return free


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
