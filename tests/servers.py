"""PostgreSQL and Milvus for tests: servers of our own in a temporary folder, gone with it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SECONDS = 60
"""So long may a server take to start."""
USER = "postgres"
"""Runs PostgreSQL when the tests run as root, whom it refuses."""


def missing() -> str:
    """Return why the servers cannot be had here, an empty text when they can."""
    if binaries() is None:
        return "Debian's postgresql is not installed"
    for name in ("pg8000", "pymilvus", "milvus_lite"):
        if find_spec(name) is None:
            return f"{name} is not installed: pip install .[scale]"
    return ""


def binaries() -> Path | None:
    """Return the folder with `initdb` and `postgres`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    inside = shutil.which("initdb")
    return found[-1].parent if found else Path(inside).parent if inside else None


class Servers:
    """The servers, and how to get at them."""

    def __init__(self, postgres: int, milvus: int) -> None:
        self.postgres = postgres
        self.milvus = milvus
        self._made = 0
        self._free: list[str] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the URL of an index in an empty database, which is used again: one takes 300 files."""
        if not self._free:
            self._made += 1
            self._free.append(f"test{self._made}")
            self.execute("postgres", f"CREATE DATABASE {self._free[-1]}")
        name = self._free.pop()
        yield f"postgresql://{USER}@127.0.0.1:{self.postgres}/{name}?milvus=http://127.0.0.1:{self.milvus}"
        for (schema,) in self.execute(name, "SELECT nspname FROM pg_namespace"):
            if schema.startswith("budget_qa"):
                self.execute(name, f"DROP SCHEMA {schema} CASCADE")
        self._free.append(name)

    def execute(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement in a database and return its rows."""
        url = f"postgresql+pg8000://{USER}@127.0.0.1:{self.postgres}/{database}"
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []

    def collections(self) -> list[str]:
        """Return the names of all collections."""
        from pymilvus import MilvusClient

        client = MilvusClient(f"http://127.0.0.1:{self.milvus}")
        try:
            return sorted(client.list_collections())
        finally:
            client.close()


@contextmanager
def running() -> Iterator[Servers]:
    """Start both servers, and stop them at the end."""
    folder = Path(tempfile.mkdtemp(prefix="budget-qa-servers-"))
    postgres, milvus = free_port(), free_port()
    try:
        with ExitStack() as stack:
            stack.enter_context(_process(_postgres(folder, postgres), postgres, **_other_user()))
            data = str(folder / "milvus")
            lite = "from milvus_lite.cmdline import main; main()"
            command = [sys.executable, "-c", lite, "server", "--data-dir", data, "--port", str(milvus)]
            stack.enter_context(_process(command, milvus))
            yield Servers(postgres, milvus)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return the number of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _postgres(folder: Path, port: int) -> list[str]:
    """Create a cluster and return the command that runs it."""
    found = binaries()
    assert found is not None
    data = folder / "postgres"
    data.mkdir(mode=0o700)
    folder.chmod(0o755)
    if _other_user():
        shutil.chown(data, USER, USER)
    create = ["initdb", "-D", str(data), "-U", USER, "-E", "UTF8", "--no-locale", "-A", "trust", "--no-sync"]
    subprocess.run(
        [str(found / create[0]), *create[1:]], check=True, capture_output=True, cwd=data, **_other_user()
    )
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(found / "postgres"), "-D", str(data), *options]


def _other_user() -> dict[str, Any]:
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def _process(command: list[str], port: int, **options: Any) -> Iterator[None]:
    """Run a server until the end of the block, from when it takes connections on."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd="/", **quiet, **options)
    try:
        until = time.monotonic() + SECONDS
        while True:
            assert process.poll() is None and time.monotonic() < until, f"{command[0]} does not start"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        # nothing is kept, so nothing need be put in order; PostgreSQL ends its own processes on SIGQUIT
        process.send_signal(signal.SIGQUIT if command[0].endswith("postgres") else signal.SIGKILL)
        process.wait(SECONDS)
