"""The same document gives the same facts, whatever format it was published in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from conftest import SAMPLE_CORPUS
from formats import WRITERS

from index.document import Document, Fact
from index.facts import document_facts
from index.readers import read_document
from index.readers.markdown import front_matter, read_markdown
from index.text import fold

DEPARTMENTS = sorted(SAMPLE_CORPUS.glob("*.md"))


def key(fact: Fact) -> tuple[object, ...]:
    text = "" if fact.value is not None else fold(fact.text)
    return fact.item, fact.measure, fact.value, fact.unit, fact.scope, fold(fact.subunit), fact.year, text


def body(path: Path) -> list[str]:
    """Return the lines of a sample without the front matter, which only Markdown has."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return lines[front_matter(lines)[1] :]


@pytest.fixture(scope="module", params=DEPARTMENTS, ids=lambda path: path.stem[:5])
def markdown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("markdown") / "公开.md"
    path.write_text("\n".join(body(request.param)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def original(markdown: Path) -> Document:
    return read_document(markdown)


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_format_gives_the_facts_of_the_markdown_original(
    markdown: Path, original: Document, suffix: str, tmp_path: Path
) -> None:
    items = list(read_markdown(body(markdown)))
    path = tmp_path / f"公开{suffix}"
    path.write_bytes(WRITERS[suffix](items))
    document = read_document(path)
    assert (document.entity, document.year, document.account) == (
        original.entity,
        original.year,
        original.account,
    )
    mine, theirs = (Counter(map(key, document_facts(read))) for read in (document, original))
    assert sum(theirs.values()) > 900
    assert sorted(map(str, (mine - theirs).elements())) == []
    assert sorted(map(str, (theirs - mine).elements())) == []
