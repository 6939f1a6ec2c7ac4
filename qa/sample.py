"""The index of the sample corpus that ships: built at first use and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import index
from index.errors import SourceError, StoreError
from index.folder import MANIFEST, read_manifest

CORPUS = Path(__file__).parents[1] / "eval" / "corpus"
APPLICATION = "budget-qa"

_PROGRAM = Path(index.__file__).parent
_UNREAD = {"__pycache__", "training"}
"""Folders of the reading code that do not change what is read."""

_STALE_DAYS = 7
"""Sample indexes of other versions are removed when they are older than this."""


def sample_index() -> Path:
    """Return the folder of the sample index, which is built when it is not there or not whole.

    The folder's name stands for the corpus, the embedding model and the reading code, so that a
    change of any of them builds anew. Raises SourceError when the corpus is missing, StoreError
    when no folder can be written.
    """
    name = f"sample-{_stamp()}"
    bases = list(_bases())
    for base in bases:
        if _is_whole(base / name):
            return base / name
    failure = StoreError("示例索引无处存放：用户缓存目录和临时目录都不可写，请设置 XDG_CACHE_HOME")
    for base in bases:
        try:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _build(base / name)
        except OSError:
            continue
        except StoreError as error:
            failure = error
    raise failure


def _bases() -> Iterator[Path]:
    """Yield the folders that may hold the index, best first."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    if configured and Path(configured).is_absolute():
        yield Path(configured) / APPLICATION
    else:
        with suppress(RuntimeError):  # a user without a home
            yield Path.home() / ".cache" / APPLICATION
    user = os.getuid() if hasattr(os, "getuid") else None
    shared = Path(tempfile.gettempdir()) / (APPLICATION if user is None else f"{APPLICATION}-{user}")
    # the temporary folder is open to everybody: what another user put there is not ours
    if user is None or not shared.exists() or shared.stat().st_uid == user:
        yield shared


def _stamp() -> str:
    """Return a short name for the corpus, the model and the reading code, from names, sizes and times."""
    corpus = sorted(CORPUS.glob("*.md"))
    if not corpus:
        raise SourceError(f"{CORPUS}: 缺少示例文件，请重新安装 {APPLICATION}，或用 --index 指定索引目录")
    digest = hashlib.sha256()
    for path in (*corpus, *_program_files(_PROGRAM)):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:12]


def _program_files(folder: Path) -> Iterator[Path]:
    """Yield the files of the reading code and its model in a stable order."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_file():
            yield Path(entry.path)
        elif entry.name not in _UNREAD:
            yield from _program_files(Path(entry.path))


def _is_whole(path: Path) -> bool:
    """Tell whether an index is there and none of its files was lost or cut short."""
    try:
        manifest = read_manifest(path)
        files = path / manifest.generation
        return all((files / name).stat().st_size == mark.bytes for name, mark in manifest.files.items())
    except (OSError, StoreError):
        return False


def _build(path: Path) -> Path:
    """Build the index beside `path` and move it there; another process may do the same meanwhile."""
    from index.build import build_index

    draft = Path(tempfile.mkdtemp(prefix=f"{path.name}.", dir=path.parent))
    try:
        build_index([CORPUS], draft)
        if path.exists() and not _is_whole(path):
            shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):  # the other process was first: its index is as good as this one
            draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _sweep(path)
    if not (path / MANIFEST).exists():
        raise StoreError(f"{path}: 示例索引无法写入，请检查磁盘空间和目录权限")
    return path


def _sweep(path: Path) -> None:
    """Remove the sample indexes of earlier versions."""
    limit = time.time() - _STALE_DAYS * 24 * 3600
    with suppress(OSError):
        for other in path.parent.glob("sample-*"):
            if other != path and other.stat().st_mtime < limit:
                shutil.rmtree(other, ignore_errors=True)
