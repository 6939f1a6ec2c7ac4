"""Small sources to write to an index, and what an index that holds them tells."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from index.document import Cell, Fact, Passage, Row, Span, Table
from index.engines import Place
from index.rows import DocumentInfo, DocumentRows, SourceRecord, document_rows
from index.store import Store, write_store

DIM = 8


def source(
    name: str, entity: str = "甲市人社局", year: int | None = 2025, texts: tuple[str, ...] = ()
) -> SourceRecord:
    """A small source with one fact and one passage for each text."""
    texts = texts or (
        f"{entity}{year}年公务接待费为3,905.96万元。",
        "根据新财社〔2025〕206号安排就业补助资金。",
    )
    lines = ("第一部分", *texts)
    cell = Cell("3,905.96", Span(name, 2, 2))
    table = Table(
        "表1",
        "收支总表",
        "万元",
        entity,
        (("合计",), ("其中", "基本支出")),
        (Row(("支出", "公务接待费"), (cell, None), Span(name, 2, 2), "30217", "本级", "", True),),
        Span(name, 1, 3),
        ("第二部分",),
    )
    return SourceRecord(
        f"in/{name}",
        f"sha-{name}",
        DocumentInfo(name, f"{entity}部门预算", entity, year, "预算", ("人社局",), ("本级",), len(lines)),
        (table,),
        tuple(Passage(-1, name, ("第二部分", "一"), t, Span(name, n, n)) for n, t in enumerate(texts, 2)),
        tuple(fact(name, entity, year, t, n) for n, t in enumerate(texts, 2)),
        lines,
    )


def fact(name: str, entity: str, year: int | None, text: str, line: int) -> Fact:
    return Fact(
        -1, name, entity, year, "预算", "公务接待费", "预算数", Decimal("3905.960"), "万元", "3,905.96", text,
        Span(name, line, line, 4), "收支总表", ("第二部分",), ("支出", "公务接待费"), ("合计",), "本级",
        "项目甲", "一般公共预算", "30217", True, "≥",
    )  # fmt: skip


def vectors(sources: list[SourceRecord]) -> np.ndarray:
    count = sum(len(each.passages) for each in sources)
    return np.random.default_rng(7).normal(size=(count, DIM)).astype(np.float32)


def build(out: Place, sources: list[SourceRecord]) -> None:
    write_store(out, prepared(sources, vectors(sources)), encoder_name="测试模型", dim=DIM)


def prepared(sources: list[SourceRecord], values: np.ndarray) -> Iterator[tuple[DocumentRows, np.ndarray]]:
    """What a build hands over: each source with its part of the vectors."""
    for each in sources:
        yield document_rows(each), values[: len(each.passages)]
        values = values[len(each.passages) :]


def numbered(sources: list[SourceRecord]) -> list[SourceRecord]:
    """The sources with the ids that an index gives them."""
    passage_ids, fact_ids = itertools.count(), itertools.count()
    return [
        dataclasses.replace(
            each,
            passages=tuple(dataclasses.replace(p, id=next(passage_ids)) for p in each.passages),
            facts=tuple(dataclasses.replace(f, id=next(fact_ids)) for f in each.facts),
        )
        for each in sources
    ]


def contents(store: Store) -> list[SourceRecord]:
    return [
        SourceRecord(
            path,
            sha256,
            about,
            tuple(store.tables_of(about.name)),
            tuple(store.passages_of(about.name)),
            tuple(store.facts_of(about.name)),
            store.lines(about.name, 1, about.line_count),
        )
        for (path, sha256), about in zip(store.sources.items(), store.documents, strict=True)
    ]
