"""A build on servers: documents go to PostgreSQL and their vectors to Milvus as they come; then keywords.

How far a token's count weighs depends on the mean length of all passages, so the sparse vectors are made when
all are known, from the tokens that PostgreSQL keeps of each document.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index.remote.address import Address, parse
from index.remote.generations import Draft, new_generation
from index.remote.keywords import Vocabulary, packed, unpacked
from index.remote.milvus import DENSE, SPARSE, Milvus
from index.remote.postgres import Copying, copy, told
from index.rows import DocumentRows, searched_words
from index.schema import (
    Numbering,
    create_tables,
    departments,
    documents,
    facts,
    finish_tables,
    passages,
)
from index.tokens import dictionary_words

_metadata = sa.MetaData()

postings = sa.Table(
    "postings",
    _metadata,
    sa.Column("document", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first_passage", sa.Integer, nullable=False, index=True),
    sa.Column("tokens", sa.LargeBinary, nullable=False),
)

vocabulary = sa.Table(
    "vocabulary",
    _metadata,
    sa.Column("code", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("holding", sa.Integer, nullable=False),
)

words = sa.Table("words", _metadata, sa.Column("word", sa.Text, primary_key=True))


def write_servers(
    url: str,
    sources: Iterable[tuple[DocumentRows, NDArray[np.float32]]],
    *,
    encoder_name: str,
    dim: int,
    model: str | None,
) -> dict[str, int]:
    """Write an index of `sources` to the servers that `url` names.

    As `index.store.write_store` says; a build holds no more than a few documents, and the labels and distinct
    tokens of all.
    """
    address = parse(url)
    milvus = Milvus(address)
    try:
        with new_generation(address, milvus) as draft:
            counts = _fill(draft, address, sources, dim)
            with told(address):
                draft.publish(encoder_name, model, dim, counts)
    finally:
        milvus.close()
    return counts


def _fill(
    draft: Draft,
    address: Address,
    sources: Iterable[tuple[DocumentRows, NDArray[np.float32]]],
    dim: int,
) -> dict[str, int]:
    numbering, known, searched = Numbering(), Vocabulary(), set[str]()
    copying = Copying(draft.connection)
    dense, sparse = draft.filling(DENSE, dim), draft.filling(SPARSE)
    with told(address):
        create_tables(draft.connection)
        _metadata.create_all(draft.connection, checkfirst=False)
    for rows, vectors in sources:
        if vectors.shape != (len(rows.passages), dim):
            raise ValueError(f"{len(rows.passages)} passages, but vectors of shape {vectors.shape}")
        number, first = numbering.counts[documents], numbering.counts[passages]
        with told(address):
            for table, content in numbering.rows(rows).items():
                copying.add(table, content)
            copying.add(postings, [(number, first, packed(rows.tokens))])
        plain = np.ascontiguousarray(vectors, dtype=np.float32)
        dense.add({"id": at, DENSE: vector} for at, vector in enumerate(plain, first))
        known.add(rows.tokens)
        searched |= searched_words(rows.document, rows.labels, rows.fact_labels)
    with told(address):
        copying.send()
        copy(draft.connection, vocabulary, known.rows())
        copy(draft.connection, words, ((word,) for word in dictionary_words(searched)))
        copy(draft.connection, departments, numbering.departments())
        finish_tables(draft.connection)
        filled = (*numbering.counts, *_metadata.sorted_tables)
        draft.connection.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in filled)}")
    for number in range(numbering.counts[documents]):
        with told(address):
            asked = sa.select(postings.c.first_passage, postings.c.tokens)
            first, tokens = draft.connection.execute(asked.where(postings.c.document == number)).one()
        sparse.add(known.vectors(unpacked(tokens), first))
    dense.finish(DENSE)
    sparse.finish(SPARSE)
    kinds = {"documents": documents, "passages": passages, "facts": facts}
    return {kind: numbering.counts[table] for kind, table in kinds.items()}
