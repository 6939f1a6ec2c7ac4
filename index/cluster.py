"""Reading files on many machines: the workers of a Dask cluster in place of processes of our own.

Each Dask worker reads by processes of `index.workers`, so that a bad file costs one file there, too. Files
are named by their paths, which must lead to the same files on every machine. A machine that is lost costs
nothing: Dask has others do its files again.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING

from index.errors import ClusterError, IndexingError, SourceError
from index.rows import DocumentRows
from index.workers import AHEAD, Job, Watch, Workers

if TYPE_CHECKING:
    from distributed import Future

CONNECT_SECONDS = 20
"""A scheduler must answer, and a first worker be there, within this time."""
IDLE_SECONDS = 60
"""So long may a cluster be without any worker in the middle of a build."""
_REASON = 200
"""Characters of an error's own text that are shown."""


class Cluster:
    """The workers under a scheduler, for the time of the `with` block; the same to use as `Workers`."""

    def __init__(self, scheduler: str, reading: str) -> None:
        """`reading` is the version of what reads files: workers must have the same."""
        try:
            from distributed import Client, TimeoutError
        except ImportError:
            raise ClusterError(
                '--scheduler 要用到 distributed，请先运行 pip install "budget-qa[scale]"'
            ) from None
        # what it would log ends in one line of ours
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._scheduler = scheduler
        self._reading = reading
        with self._told():
            self._client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            self._client.close()
            raise self._lost("没有工作进程，请先在各台机器上运行 dask worker") from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        self._client.close()

    def read(self, jobs: Sequence[Job], watch: Watch | None = None) -> Iterator[DocumentRows | SourceError]:
        """Read files, and yield what came of each in their order; `watch` hears nothing from far away.

        Raises ClusterError when the scheduler is lost, or every worker for a while.
        """
        waiting: deque[tuple[Job, Future[DocumentRows | SourceError]]] = deque()
        with self._told():
            for job in jobs:
                waiting.append((job, self._client.submit(read_there, job, self._reading, pure=False)))
                # counted each time: workers come and go
                if len(waiting) >= AHEAD * sum(self._client.nthreads().values()):
                    yield self._result(*waiting.popleft())
            while waiting:
                yield self._result(*waiting.popleft())

    def _result(self, job: Job, future: Future[DocumentRows | SourceError]) -> DocumentRows | SourceError:
        from distributed import KilledWorker, TimeoutError

        while True:
            try:
                read: DocumentRows | SourceError = future.result(timeout=IDLE_SECONDS)
                return read
            except TimeoutError:
                if not self._client.nthreads():
                    raise self._lost(f"{IDLE_SECONDS} 秒内没有任何工作进程") from None
            except KilledWorker:
                return SourceError(f"{job.path}: 无法读完（读它的工作机接连退出），请检查文件是否损坏")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn whatever Dask says into one line that says what to do."""
        try:
            yield
        except IndexingError:
            raise
        except Exception as error:  # of many kinds: of the network, of the scheduler, of code far away
            reason = " ".join(f"{type(error).__name__} {error}".split())[:_REASON]
            raise self._lost(reason) from error

    def _lost(self, why: str) -> ClusterError:
        return ClusterError(
            f"{self._scheduler}: 不能用 Dask 集群读文件（{why}），原有的索引不变，请检查后重新运行"
        )


def read_there(job: Job, reading: str) -> DocumentRows | SourceError:
    """Read a file on a worker."""
    from index.build import READING

    if reading != READING:
        raise ClusterError("工作机上 budget-qa 的版本与本机不同，请装成相同的版本")
    return _processes().read_one(job)


@cache
def _processes() -> Workers:
    """The reading processes of this Dask worker, one for each of its threads; they end with it."""
    from distributed import get_worker

    return Workers(get_worker().state.nthreads)
