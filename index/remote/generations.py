"""The generations of an index on servers: complete ones that readers may open, and at most one being built.

    schema budget_qa           what is published, and which numbers are used up
    schema budget_qa_7         the tables of generation 7
    collections budget_qa_<index>_7_...   its vectors and keywords in Milvus

A build fills a generation with a number that was never used, and then publishes it with one row: that is
the whole commit. Killed before it, or cut off, a build leaves the old generation; what else it leaves behind
is removed by the next. The generation before the last stays for those who have it open.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from index.errors import StoreCorrupt, StoreError
from index.folder import VERSION, Manifest
from index.remote.address import Address, replaced
from index.remote.milvus import Filling, Milvus
from index.remote.postgres import Postgres, build_connection, told

CONTROL = "budget_qa"
"""The schema of what is published; those of generations and collections begin with it, too."""
_LOCK = 0x62756467
"""Held by the build that writes to a database."""
_KEPT = 2
"""Published generations that stay."""
_GENERATION = re.compile(rf"{CONTROL}_(\d+)")

_metadata = sa.MetaData(schema=CONTROL)

_index = sa.Table(
    "index",
    _metadata,
    # tells the collections of this index from those of others in the same Milvus
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

_generations = sa.Table(
    "generations",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("manifest", sa.Text, nullable=False),
)


def schema_of(number: int) -> str:
    """Return the schema of a generation."""
    return f"{CONTROL}_{number}"


def collection_of(name: str, number: int, kind: str) -> str:
    """Return the collection of a generation of the index of this name."""
    return f"{CONTROL}_{name}_{number}_{kind}"


@dataclass(frozen=True, slots=True)
class Published:
    """A generation that may be read."""

    name: str
    number: int
    manifest: Manifest


def latest(address: Address) -> Published:
    """Return the generation to read; raise StoreMissing or StoreCorrupt."""
    control = Postgres(address, CONTROL)
    try:
        query = "SELECT number, name, version, manifest FROM generations ORDER BY number DESC LIMIT 1"
        rows = list(control.select(query))
    finally:
        control.close()
    if not rows:
        raise replaced(address)
    ((number, name, version, manifest),) = rows
    if version != VERSION:
        raise StoreCorrupt(
            f"{address}: 索引的格式版本 {version} 与本程序的 {VERSION} 不同，"
            "请重新运行 budget-qa index build 源文件 --out 地址"
        )
    return Published(name, number, Manifest(**json.loads(manifest)))


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation that is being built: an empty schema, which the connection is set to."""

    connection: sa.Connection
    milvus: Milvus
    name: str
    number: int

    def filling(self, kind: str, dim: int | None = None) -> Filling:
        """Create a collection of this generation, for vectors of length `dim` or sparse ones."""
        name = collection_of(self.name, self.number, kind)
        self.milvus.create(name, dim)
        return Filling(self.milvus, name)

    def publish(self, encoder: str, model: str | None, dim: int, counts: dict[str, int]) -> None:
        """Make this the generation that readers open: durably, and in one step."""
        manifest = Manifest(schema_of(self.number), encoder, model, dim, counts, {})
        row = {
            "number": self.number,
            "name": self.name,
            "version": VERSION,
            "manifest": json.dumps(asdict(manifest), ensure_ascii=False),
        }
        # what was written before is in the same log, so that this row is not durable before it
        self.connection.exec_driver_sql("SET synchronous_commit TO on")
        self.connection.execute(_generations.insert().values(row))


@contextmanager
def new_generation(address: Address, milvus: Milvus) -> Iterator[Draft]:
    """Hold the lock of an index and give a new generation to fill and publish.

    Whatever readers cannot open any more, or never could, is removed before and after. Raises StoreError
    when another build is writing there.
    """
    with build_connection(address) as connection:
        with told(address):
            if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LOCK))).scalar_one():
                raise StoreError(
                    f"{address}: 另一个 budget-qa index build 正在写这个数据库，请等它结束后重试"
                )
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {CONTROL}")
            _metadata.create_all(connection)
            if connection.execute(sa.select(_index.c.name)).first() is None:
                connection.execute(_index.insert().values(name=uuid.uuid4().hex[:12], last=0))
            following = sa.update(_index).values(last=_index.c.last + 1)
            name, number = connection.execute(following.returning(_index.c.name, _index.c.last)).one()
            _sweep(connection, milvus, name)
            connection.exec_driver_sql(f"CREATE SCHEMA {schema_of(number)}")
            connection.exec_driver_sql(f"SET search_path TO {schema_of(number)}")
            connection.exec_driver_sql("SET synchronous_commit TO off")
        try:
            yield Draft(connection, milvus, name, number)
        finally:
            with suppress(StoreError), told(address):  # the next build tries again
                _sweep(connection, milvus, name)


def _sweep(connection: sa.Connection, milvus: Milvus, name: str) -> None:
    """Remove every generation but the last published ones."""
    numbers = connection.execute(sa.select(_generations.c.number).order_by(_generations.c.number.desc()))
    kept = [number for (number,) in numbers][:_KEPT]
    connection.execute(_generations.delete().where(_generations.c.number.not_in(kept)))
    schemas = connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars().all()
    for schema in schemas:
        if (found := _GENERATION.fullmatch(schema)) and int(found[1]) not in kept:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    prefix = f"{CONTROL}_{name}_"
    for collection in milvus.collections(prefix):
        if int(collection.removeprefix(prefix).partition("_")[0]) not in kept:
            milvus.drop(collection)
