"""Reading files in processes of their own: all cores, bounded time and memory, and a crash costs one file.

Each worker is `python -m index.worker`, spoken to through its standard input and output; a process that
crashes, hangs or is killed for memory is replaced, and its file is reported as not readable.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Timer
from types import TracebackType
from typing import IO, Any, Protocol

from index.errors import SourceError
from index.rows import DocumentRows

FILE_SECONDS = 600
"""A file that takes longer is given up; each page recognised from a picture has as long."""
FILE_MEMORY = 1 << 30
"""Bytes that a worker may use for data; a file that needs more is given up."""
AHEAD = 2
"""Files in work or waiting to be written, for each worker: bounds what a build holds in memory."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read: its mark (see `index.build`), the document's name and what is known about it."""

    path: Path
    sha256: str
    called: str = ""
    about: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PagesDone:
    """What a worker says while it reads a long file."""

    done: int
    total: int
    recognised: bool = False
    """The last page was a picture: such pages take seconds, and their number is bounded."""


Watch = Callable[[Path, PagesDone], None]
"""Called, in a thread of its own for each worker, while long files are read."""


class Readers(Protocol):
    """Whatever reads files: processes here, or machines elsewhere (`index.cluster`)."""

    def read(self, jobs: Sequence[Job], watch: Watch | None = None) -> Iterator[DocumentRows | SourceError]:
        """Read files, and yield what came of each in their order."""


def core_count() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """A pool of reading processes; they start at once, and end with the `with` block."""

    def __init__(self, count: int) -> None:
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._all = [_Worker() for _ in range(count)]
        for worker in self._all:
            self._idle.put(worker)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        for worker in self._all:
            worker.kill()
        for worker in self._all:
            worker.stop()

    def read(self, jobs: Sequence[Job], watch: Watch | None = None) -> Iterator[DocumentRows | SourceError]:
        """Read files, and yield what came of each in their order."""
        waiting: deque[Future[DocumentRows | SourceError]] = deque()
        with ThreadPoolExecutor(max(1, len(self._all))) as threads:
            try:
                for job in jobs:
                    waiting.append(threads.submit(self.read_one, job, watch))
                    if len(waiting) >= AHEAD * len(self._all):
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def read_one(self, job: Job, watch: Watch | None = None) -> DocumentRows | SourceError:
        """Read a file as soon as a process is free."""
        worker = self._idle.get()
        try:
            return worker.read(job, watch)
        finally:
            self._idle.put(worker)


class _Worker:
    """One reading process, started anew whenever it has died."""

    def __init__(self) -> None:
        self._start()

    def read(self, job: Job, watch: Watch | None) -> DocumentRows | SourceError:
        if self._process.poll() is not None:
            self.stop()
            self._start()
        late = False

        def give_up() -> None:
            nonlocal late
            late = True
            self._process.kill()

        timer = Timer(FILE_SECONDS, give_up)
        timer.start()
        try:
            send(self._process.stdin, job)
            while isinstance(answer := receive(self._process.stdout), PagesDone):
                if answer.recognised:
                    timer.cancel()
                    timer = Timer(FILE_SECONDS, give_up)
                    timer.start()
                if watch:
                    watch(job.path, answer)
            read: DocumentRows | SourceError = answer
            return read
        except (EOFError, OSError):
            self._process.kill()
            status = self._process.wait()
            reason = f"超过 {FILE_SECONDS} 秒" if late else f"读取进程崩溃，状态 {status}"
            return SourceError(f"{job.path}: 无法读完（{reason}），请检查文件是否损坏")
        finally:
            timer.cancel()

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        self.kill()
        self._process.communicate()

    def _start(self) -> None:
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "index.worker", str(FILE_MEMORY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[1],  # -m looks there first: whatever folder the user works in
            env={**os.environ, **threads},
        )


def send(stream: IO[bytes] | None, content: object) -> None:
    """Write one message."""
    assert stream is not None
    pickle.dump(content, stream, protocol=pickle.HIGHEST_PROTOCOL)
    stream.flush()


def receive(stream: IO[bytes] | None) -> Any:
    """Read one message; EOFError at the end of the stream or for half of one."""
    assert stream is not None
    try:
        return pickle.load(stream)
    except pickle.UnpicklingError as error:
        raise EOFError from error
