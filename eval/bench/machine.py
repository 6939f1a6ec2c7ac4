"""What is measured on: the machine, the versions; memory, disk, and work in a process of its own."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from eval.errors import BenchError

MEGABYTE = 1_000_000

P = ParamSpec("P")
T = TypeVar("T")


def apart(limit: float | None, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what work returns in a fresh process, whose memory and imports are its own.

    Raises BenchError when it fails, when it dies, and when it takes more than `limit` seconds.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, work, args, kwargs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(limit):
            process.terminate()
            raise BenchError(f"超过 {limit:.0f} 秒，已停止")
        result, fault = ours.recv()
    except EOFError:
        process.join()
        raise BenchError(f"进程中断（退出码 {process.exitcode}）") from None
    finally:
        process.join()
    if fault:
        raise BenchError(fault)
    done: T = result
    return done


def _work(
    pipe: Connection, work: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    try:
        pipe.send((work(*args, **kwargs), ""))
    except Exception as error:
        pipe.send((None, f"{type(error).__name__}: {error}"))
    pipe.close()


def resident_memory() -> float | None:
    """Return the resident memory of this process in MB (its peak where /proc is missing), or None."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024 / MEGABYTE
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / MEGABYTE


def folder_size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def machine(packages: Iterable[str]) -> dict[str, Any]:
    """Return what figures were measured on: date, processor, cores, memory, versions of the packages."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "versions": {"Python": platform.python_version(), **_versions(packages)},
    }


def _processor() -> str:
    details = Path("/proc/cpuinfo")
    lines = details.read_text(encoding="utf-8").splitlines() if details.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _versions(packages: Iterable[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
