"""A document's facts as columns say what its facts say, however few of them are made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.codec import dump_columns, load_columns
from index.document import Fact
from index.fact_table import FactTable
from qa import Assistant

NAMED = {
    "item": "item", "measure": "measure", "project": "project", "subunit": "subunit", "table_title": "table",
    "row_path": "row_path", "column_path": "column_path", "year": "year", "code": "code", "total": "total",
}  # fmt: skip
"""Columns, and the attributes of `Fact` that they hold."""


@pytest.fixture
def table(sample_assistant: Assistant) -> FactTable:
    return sample_assistant.store.facts_of(sample_assistant.store.documents[0].name)


def test_columns_hold_what_the_facts_say(table: FactTable, sample_assistant: Assistant) -> None:
    facts = [fact for fact in sample_assistant.store.facts() if fact.doc == table[0].doc]
    assert len(facts) > 100 and list(table) == facts
    for column, attribute in NAMED.items():
        assert list(table.column(column)) == [getattr(fact, attribute) for fact in facts]


def test_facts_are_found_by_several_columns(table: FactTable) -> None:
    found = table.having(measure=("预算数", "合计"), table_title=("",))
    expected = [fact for fact in table if fact.measure in ("预算数", "合计") and not fact.table]
    assert expected and found == expected
    assert table.having(item=("没有的科目",)) == []


def test_a_fact_looked_at_twice_is_one(table: FactTable) -> None:
    assert table[-1] is table[len(table) - 1] is table.take([3, len(table) - 1, 3])[1]
    assert table[2:4] == [table[2], table[3]]
    with pytest.raises(IndexError):
        table[len(table)]


def test_a_document_without_facts_has_empty_columns() -> None:
    def none(_: object) -> list[Fact]:
        raise AssertionError("nothing is to be made")

    empty = FactTable(0, [[]], {"item": None}, none)
    assert list(empty) == [] and empty.column("item") == [] and empty.having(item=("",)) == []


@given(st.data(), st.integers(0, 5), st.integers(1, 3), st.integers(0, 2))
def test_packed_columns_come_back(data: st.DataObject, size: int, numbers: int, texts: int) -> None:
    number, text = st.none() | st.integers(0, 2**31 - 1), st.none() | st.text(max_size=4)
    one, other = (
        [data.draw(st.lists(cell, min_size=size, max_size=size)) for _ in range(count)]
        for cell, count in ((number, numbers), (text, texts))
    )
    assert [list(column) for column in load_columns(dump_columns(one, other))] == one + other
