"""Reading files on a Dask cluster: the same rows as here, whatever becomes of a worker or the scheduler."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from servers import SECONDS, free_port

import index.cluster
from index.build import READING, build_index
from index.cluster import Cluster
from index.errors import ClusterError, SourceError, StoreMissing
from index.store import open_store
from index.worker import read_rows
from index.workers import Job

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[1]
CORPUS = sorted((ROOT / "eval" / "corpus").glob("*.md"))
WORKER = ("dask_worker", "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard")


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a part of a cluster until the end of the block."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # a scheduler asks a dead worker for its results for half a minute before it gives up
    env = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{command[0]}", *command[1:]], cwd=ROOT, env=env, **quiet
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    options = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    with started("dask_scheduler", *options) as process:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"tcp://127.0.0.1:{port}", process


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and its process before those of two workers."""
    with ExitStack() as stack:
        address, process = stack.enter_context(scheduler())
        yield address, [process, *(stack.enter_context(started(*WORKER, address)) for _ in range(2))]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Twelve documents, and one that is none."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(12):
        text = f"第{number}市财政局2026年部门预算\n公务接待费{number}.00万元。\n"
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    shutil.copy(CORPUS[0], folder / "13.md")
    (folder / "14.txt").write_text("")
    return folder


def test_a_build_goes_on_when_a_worker_is_killed(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], files: Path, tmp_path: Path
) -> None:
    address, (_, first, _) = cluster
    seen: list[int] = []

    def kill_one(name: str, done: int, total: int) -> None:
        seen.append(done)
        if done == 3 and first.poll() is None:
            os.kill(first.pid, signal.SIGKILL)

    report = build_index([files], tmp_path / "far", progress=kill_one, scheduler=address)
    assert first.wait(10) == -signal.SIGKILL and max(seen) == 14
    here = build_index([files], tmp_path / "here")
    assert (report.read, report.skipped) == (here.read, here.skipped)
    assert len(report.read) == 13 and len(report.skipped) == 1 and "14.txt" in report.skipped[0]
    with open_store(tmp_path / "far") as far, open_store(tmp_path / "here") as near:
        assert far.sources == near.sources and far.documents == near.documents
        assert far.facts() == near.facts() and far.passages() == near.passages()
        assert far.vectors().tolist() == near.vectors().tolist()


def test_files_come_back_in_order_with_their_errors(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, _ = cluster
    good = Job(CORPUS[0], "a")
    big = tmp_path / "大.txt"
    big.write_bytes(b"\0" * 100)
    missing = Job(tmp_path / "没有.txt", "a")
    with Cluster(address, READING) as readers:
        first, bad, gone, last = readers.read([good, Job(big, "a"), missing, good])
    expected = read_rows(good)
    for rows in (first, last):
        assert not isinstance(rows, SourceError) and rows.facts == expected.facts
    assert isinstance(bad, SourceError) and "大.txt" in str(bad)
    assert isinstance(gone, SourceError) and "没有.txt" in str(gone)
    with Cluster(address, "another") as readers, pytest.raises(ClusterError, match="版本"):
        next(readers.read([good]))


def test_a_lost_scheduler_is_one_error_and_nothing_is_published(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], files: Path, tmp_path: Path
) -> None:
    address, (process, *_) = cluster

    def kill_it(name: str, done: int, total: int) -> None:
        if done == 3:
            process.kill()

    with pytest.raises(ClusterError, match="Dask") as error:
        build_index([files], tmp_path / "index", progress=kill_it, scheduler=address)
    assert "\n" not in str(error.value) and address in str(error.value)
    with pytest.raises(StoreMissing):
        open_store(tmp_path / "index")


def test_a_cluster_without_workers_is_given_up(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, (_, *workers) = cluster
    monkeypatch.setattr(index.cluster, "IDLE_SECONDS", 0.5)
    jobs = [Job(path, "a") for path in sorted(files.iterdir())]
    with Cluster(address, READING) as readers, pytest.raises(ClusterError, match="没有任何工作进程"):
        for number, _ in enumerate(readers.read(jobs)):
            if number == 1:
                for worker in workers:
                    worker.kill()


def test_a_cluster_that_cannot_be_used(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.cluster, "CONNECT_SECONDS", 1)
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://x"):
        with pytest.raises(ClusterError, match="Dask") as error:
            Cluster(address, READING)
        assert "\n" not in str(error.value)
    with scheduler() as (address, _), pytest.raises(ClusterError, match="没有工作进程"):
        Cluster(address, READING)
