"""Where an index on servers is: `postgresql://user:password@host:5432/database?milvus=PLACE`.

PLACE is the address of a Milvus (`http://host:19530`, with user and password as in any URL), or the path of
a file of Milvus Lite that ends in `.db`. A database holds one index.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from index.engines import shown
from index.errors import StoreError, StoreMissing

EXAMPLE = "postgresql://用户@主机:5432/数据库?milvus=http://主机:19530"


@dataclass(frozen=True, slots=True)
class Address:
    """The servers of an index; as a string without passwords."""

    shown: str
    database: sa.URL
    milvus: str
    token: str
    """`user:password` of Milvus, empty for none."""

    def __str__(self) -> str:
        return self.shown


def parse(url: str) -> Address:
    """Return the servers that a URL names; raise StoreError for another URL."""
    try:
        given = sa.make_url(url)
    except (ArgumentError, ValueError):
        raise _misspelt(url) from None
    query = dict(given.query)
    milvus = query.pop("milvus", "")
    named = given.drivername == "postgresql" and given.host and given.database
    if query or not named or not isinstance(milvus, str) or not milvus:
        raise _misspelt(url)
    database = given.set(drivername="postgresql+pg8000", query={})
    place = urlsplit(milvus)
    token = f"{unquote(place.username)}:{unquote(place.password or '')}" if place.username else ""
    host = place.netloc.rpartition("@")[2]
    return Address(shown(url), database, urlunsplit(place._replace(netloc=host)), token)


def replaced(address: Address) -> StoreMissing:
    """Return the error for what is not there, or no longer."""
    return StoreMissing(
        f"{address}: 这里没有索引，或已被更新的索引取代，请重新打开，"
        "或先运行 budget-qa index build 源文件 --out 地址"
    )


def _misspelt(url: str) -> StoreError:
    return StoreError(f"{shown(url)}: 不是可用的索引地址，请写成 {EXAMPLE}，或给出目录")
