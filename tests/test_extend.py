"""An index made from another: documents kept, added and left out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index.extend import extend_index
from qa import Assistant

TEXT = """---
entity: 哈密市人力资源和社会保障局
year: 2026
account: 预算
---

# 哈密市人力资源和社会保障局 2026 年部门预算公开

### 二、说明

2026 年公务接待费 1.25 万元，比上年减少 0.25 万元。
"""
ASKED, OWN = "巴州人社局2026年水费是多少", "哈密市人社局2026年公务接待费是多少"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "1.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_added_documents_answer_beside_those_that_were_there(
    sample_assistant: Assistant, file: Path, tmp_path: Path
) -> None:
    base = sample_assistant.store
    told: list[tuple[str, int, int]] = []
    done = extend_index(
        base, sample_assistant.encoder, tmp_path / "out", {file: "哈密.md"},
        told=lambda name, read, count: told.append((name, read, count)),
    )  # fmt: skip
    assert done.read == ("哈密.md",) and not done.refused
    assert told == [("哈密.md", 0, 1), ("", 1, 1)]
    both = Assistant.open(tmp_path / "out")
    assert both.ask(ASKED) == sample_assistant.ask(ASKED)
    assert str(both.ask(OWN).value) == "1.25"
    assert both.store.source_of("哈密.md") == file
    assert [d.name for d in both.store.documents] == [*(d.name for d in base.documents), "哈密.md"]
    assert sample_assistant.ask(OWN).status == "not_found", "the other index stays as it is"
    both.store.close()


def test_an_index_can_be_written_over_itself(sample_assistant: Assistant, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(sample_assistant.store.path, out)
    first = Assistant.open(out)
    extend_index(first.store, first.encoder, out, {file: "哈密.md"})
    second = Assistant.open(out)
    assert str(second.ask(OWN).value) == "1.25"
    assert first.ask("巴州人社局有哪些职能").status == "answered", "who still asks the old one"
    extend_index(second.store, second.encoder, out, {}, without=["哈密.md"])
    third = Assistant.open(out)
    assert third.ask(OWN).status == "not_found" and len(third.store.documents) == len(first.store.documents)
    for assistant in (first, second, third):
        assistant.store.close()


def test_files_that_cannot_be_read_are_named_as_they_are_called(
    sample_assistant: Assistant, tmp_path: Path
) -> None:
    bad = tmp_path / "2.pdf"
    bad.write_bytes(b"%PDF-1.4 cut short")
    done = extend_index(sample_assistant.store, sample_assistant.encoder, tmp_path / "out", {bad: "预算.pdf"})
    assert done.read == () and done.refused["预算.pdf"].startswith("预算.pdf: 不是完整的 PDF 文件")
    assert not (tmp_path / "out").exists(), "nothing has changed, so nothing is written"


def test_how_much_is_held_of_a_document(sample_assistant: Assistant) -> None:
    store = sample_assistant.store
    for about in store.documents:
        extent = store.extent(about.name)
        assert extent.tables == len(store.tables_of(about.name))
        assert extent.facts == len(store.facts_of(about.name))
        assert extent.passages == len(store.passages_of(about.name))
        assert (extent.pages, extent.lines) == (0, about.line_count)


def test_tables_and_passages_can_be_read_by_name_and_place(sample_assistant: Assistant) -> None:
    store = sample_assistant.store
    doc = store.documents[0].name
    every = store.tables_of(doc)
    named = store.tables_of(doc, "表3 部门支出总体情况表")
    assert named == [table for table in every if (table.number, table.title) == ("表3", "部门支出总体情况表")]
    passage = store.passages_of(doc)[7]
    assert passage.span.lines and passage in store.passages_at(doc, *passage.span.lines)
