"""PostgreSQL through SQLAlchemy: queries of a reader, fast inserts of a build, and errors in one line."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pg8000
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from index.errors import StoreError, StoreUnreachable
from index.remote.address import Address, replaced
from index.rows import Row

_ABSENT = ("42P01", "3F000")
"""SQLSTATE of a table or schema that is not there."""
_KEEPALIVE = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
"""A machine that vanishes lets go of its lock within a minute, not after hours."""
# PostgreSQL keeps no NUL in texts; the others are what its COPY reads as ends of values and rows
_ESCAPES = str.maketrans({"\0": "\ufffd", "\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_PORT = 5432
_SECONDS = 10
"""A server must take a connection within this time; a statement may take as long as it needs."""
_ROWS = 10_000
"""Rows held as text at once."""
_REASON = 200
"""Characters of an error's own text that are shown."""


class Postgres:
    """The database of an index, read by several threads at once; `schema` is where its tables are."""

    def __init__(self, address: Address, schema: str) -> None:
        self._address = address
        self._engine = _engine(address, {"search_path": schema}, pool_pre_ping=True)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def select(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query; each ? stands for a value."""
        with told(self._address), self._engine.connect() as connection:
            found = connection.exec_driver_sql(sql.replace("?", "%s"), values)
            return iter([tuple(row) for row in found])


@contextmanager
def build_connection(address: Address) -> Iterator[sa.Connection]:
    """Give a connection that is closed at the end, and with it every lock that it holds."""
    engine = _engine(address, _KEEPALIVE, poolclass=NullPool)
    with told(address):
        connection = engine.connect()
    try:
        yield connection
    finally:
        connection.close()


def _engine(address: Address, settings: dict[str, str], **options: Any) -> sa.Engine:
    """Return where connections come from; each statement of theirs stands for itself."""
    engine = sa.create_engine(
        address.database,
        isolation_level="AUTOCOMMIT",
        connect_args={"startup_params": settings},
        **options,
    )

    @sa.event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, arguments: Any, named: dict[str, Any]) -> Any:
        made = _socket(named["host"], named.get("port", _PORT))
        try:
            return pg8000.Connection(sock=made, **named)
        except BaseException:
            made.close()
            raise

    return engine


def _socket(host: str, port: int) -> socket.socket:
    """Return a connection that sends small messages at once: held back, every COPY would take 40 ms."""
    made = socket.create_connection((host, port), _SECONDS)
    made.settimeout(None)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


class Copying:
    """Rows on their way into tables, values in the order of the columns; small ones go together."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows: dict[sa.Table, list[Row]] = {}

    def add(self, table: sa.Table, rows: list[Row]) -> None:
        """Take rows, and send those of the table when they are many."""
        waiting = self._rows.setdefault(table, [])
        waiting += rows
        if len(waiting) >= _ROWS:
            copy(self._connection, table, self._rows.pop(table))

    def send(self) -> None:
        """Send what is left."""
        for table, rows in self._rows.items():
            copy(self._connection, table, rows)
        self._rows = {}


def copy(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> None:
    """Add rows the fastest way there is."""
    cursor: Any = connection.connection.cursor()
    lines = map(_line, rows)
    while text := "".join(islice(lines, _ROWS)):
        cursor.execute(f"COPY {table.name} FROM STDIN", stream=io.BytesIO(text.encode("utf-8", "replace")))


def _line(row: Row) -> str:
    return "\t".join(map(_value, row)) + "\n"


def _value(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn what PostgreSQL or its driver says into one line that says what to do."""
    try:
        yield
    except (DBAPIError, pg8000.Error, OSError) as error:
        raise _failure(address, error) from error


def _failure(address: Address, error: Exception) -> StoreError:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    said = cause.args[0] if cause.args else None
    told_by_server = said if isinstance(said, dict) else {}
    if told_by_server.get("C") in _ABSENT:
        return replaced(address)
    reason = " ".join(str(told_by_server.get("M") or cause).split())[:_REASON]
    return StoreUnreachable(
        f"{address}: PostgreSQL 无法使用（{reason}），请检查地址、用户、密码和服务是否在运行"
    )
