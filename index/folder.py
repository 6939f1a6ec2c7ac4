"""The folder an index lives in: a manifest that points at one complete generation of files.

    out/manifest.json   format, encoder, counts, and size and SHA-256 of every data file
    out/data-7/...      the files of the generation that the manifest names
    out/.lock           held while a build writes

A build fills a new `data-N`, syncs it to disk and then replaces the manifest. That one rename is
the whole commit: killed before it, a build leaves the old index; killed after it, the new one. What
a killed build leaves behind is unreferenced and swept away by the next. A reader never mixes two
generations, because each has its own paths; and a generation that somebody reads stays until a build
finds it unread.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import StoreCorrupt, StoreError, StoreMissing

FORMAT = "budget-qa index"
VERSION = 5
MANIFEST = "manifest.json"
_DRAFT = "manifest.json.new"
_LOCK = ".lock"
_GENERATION = re.compile(r"data-(\d{1,9})")
_CHUNK = 1 << 20

HASHED_BYTES = 64 << 20
"""Data files up to this size are hashed at every opening (64 MiB: 40 ms); larger ones only measured."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """What a data file must look like: its size in bytes and its SHA-256 in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.json` says; `files` is keyed by path inside the generation's folder.

    `model` is the folder or the name on the hub that the encoder was loaded from, None for the shipped one.
    """

    generation: str
    encoder: str
    model: str | None
    dim: int
    counts: dict[str, int]
    files: dict[str, FileMark]


def corrupt(path: Path, why: str) -> StoreCorrupt:
    """Return the error for a damaged index, with what to do about it."""
    return StoreCorrupt(f"{path}: 索引已损坏（{why}），请重新运行 budget-qa index build 源文件 --out {path}")


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of the index at `path`; raise StoreMissing or StoreCorrupt."""
    try:
        data = (path / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if path.exists() and not _is_vacant(path):
            if (path / MANIFEST).exists():  # published between the two looks
                return read_manifest(path)
            raise _Foreign(path) from None
        raise StoreMissing(
            f"{path}: 这里还没有索引，请先运行 budget-qa index build 源文件 --out {path}"
        ) from None
    except OSError as error:
        raise corrupt(path, f"{MANIFEST} 无法读取：{error.strerror}") from None
    try:
        content = json.loads(data)
    except ValueError:
        raise corrupt(path, f"{MANIFEST} 不是完整的 JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _Foreign(path)
    if content.get("version") != VERSION:
        raise corrupt(path, f"格式版本 {content.get('version')} 与本程序的 {VERSION} 不同")
    try:
        marks = content["files"].items()
        files = {str(name): FileMark(int(mark["bytes"]), str(mark["sha256"])) for name, mark in marks}
        counts = {str(name): int(count) for name, count in content["counts"].items()}
        encoder = content["encoder"]
        model = encoder["model"] if encoder["model"] is None else str(encoder["model"])
        manifest = Manifest(
            content["generation"], str(encoder["name"]), model, int(encoder["dim"]), counts, files
        )
        if not _GENERATION.fullmatch(manifest.generation):
            raise ValueError(manifest.generation)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise corrupt(path, f"{MANIFEST} 内容不全") from None
    return manifest


def check_files(path: Path, manifest: Manifest) -> None:
    """Raise StoreCorrupt unless all data files are there, whole and (up to HASHED_BYTES) unchanged."""
    for name, mark in manifest.files.items():
        file = path / manifest.generation / name
        try:
            size = file.stat().st_size
            if size != mark.bytes:
                raise corrupt(path, f"{name} 应有 {mark.bytes} 字节，实有 {size} 字节")
            if size <= HASHED_BYTES and sha256(file) != mark.sha256:
                raise corrupt(path, f"{name} 的校验和不符")
        except FileNotFoundError:
            raise corrupt(path, f"缺少 {name}") from None
        except OSError as error:
            raise corrupt(path, f"{name} 无法读取：{error.strerror}") from None


@contextmanager
def new_generation(out: Path) -> Iterator[Path]:
    """Hold the lock of `out` and give an empty folder inside it to fill and `publish`.

    Whatever the manifest does not name at the end (the old generation, or a failed new one) is
    removed. Raises StoreError when `out` is something else or when another build is writing there.
    """
    if out.exists() and not _is_vacant(out):
        # a manifest of ours that is merely damaged or old may be replaced: that is how one repairs it
        try:
            read_manifest(out)
        except _Foreign:
            raise
        except StoreCorrupt:
            pass
    out.mkdir(parents=True, exist_ok=True)
    with _locked(out):
        number = 1 + max((int(found[1]) for found in _generations(out)), default=0)
        folder = out / f"data-{number}"
        folder.mkdir()
        try:
            yield folder
        finally:
            _sweep(out)


def publish(folder: Path, encoder: str, model: str | None, dim: int, counts: dict[str, int]) -> None:
    """Make a filled `new_generation` folder the one that readers see, durably and in one step."""
    out, files = folder.parent, {}
    for file in sorted(folder.rglob("*")):
        _sync(file)
        if file.is_file():
            files[file.relative_to(folder).as_posix()] = FileMark(file.stat().st_size, sha256(file))
    _sync(folder)
    content = {
        "format": FORMAT,
        "version": VERSION,
        "generation": folder.name,
        "encoder": {"name": encoder, "model": model, "dim": dim},
        "counts": counts,
        "files": {name: asdict(mark) for name, mark in files.items()},
    }
    draft = out / _DRAFT
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _sync(draft)
    os.replace(draft, out / MANIFEST)
    _sync(out)


class _Foreign(StoreCorrupt):
    """The folder belongs to something else; a build must not touch it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: 不是 budget-qa 的索引，请换一个目录重新运行 budget-qa index build 源文件 --out 目录"
        )


def _is_vacant(path: Path) -> bool:
    """Tell whether a folder holds nothing, or only what a killed first build leaves."""
    return path.is_dir() and all(
        entry.name in (_LOCK, _DRAFT) or _GENERATION.fullmatch(entry.name) for entry in path.iterdir()
    )


def _generations(out: Path) -> list[re.Match[str]]:
    return [found for entry in out.iterdir() if (found := _GENERATION.fullmatch(entry.name))]


def hold(folder: Path) -> int | None:
    """Keep a generation from being swept away until the returned handle is closed or the process dies.

    Raises FileNotFoundError when it is swept away already.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders
        return None
    _lock(handle, shared=True)
    return handle


def release(handle: int | None) -> None:
    """Let a generation go that was kept by `hold`."""
    if handle is not None:
        os.close(handle)


def _lock(handle: int, shared: bool = False) -> bool:
    """Lock what is open, waiting when it may be `shared`; tell whether nobody else has locked it.

    The system drops the lock when the handle is closed or the process dies.
    """
    try:
        import fcntl
    except ImportError:  # Windows: no advisory locks
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sweep(out: Path) -> None:
    try:
        keep = read_manifest(out).generation
    except StoreMissing:
        keep = ""
    except StoreCorrupt:
        return
    for found in _generations(out):
        if found[0] != keep:
            _remove(out / found[0])


def _remove(folder: Path) -> None:
    """Remove a generation that nobody reads; one that is read is left for the next build."""
    with suppress(PermissionError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            if not _lock(handle):
                return
            # under the lock: who comes now waits, and then finds the generation gone
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)
        return
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Keep two builds out of one folder."""
    with open(out / _LOCK, "w") as lock:
        if not _lock(lock.fileno()):
            raise StoreError(f"{out}: 另一个 budget-qa index build 正在写这个目录，请等它结束后重试")
        yield


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file's content in hex."""
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    with suppress(PermissionError):  # Windows opens no folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
