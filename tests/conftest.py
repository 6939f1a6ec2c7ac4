"""What many tests share: the sample corpus read and indexed once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Servers, missing, running

from index.build import build_index
from index.document import Document, Fact
from index.facts import document_facts
from index.readers import read_document
from qa import Assistant

SAMPLE_CORPUS = Path(__file__).parents[1] / "eval" / "corpus"


@pytest.fixture(scope="session")
def sample_documents() -> list[Document]:
    """The documents of the sample corpus."""
    return [read_document(path) for path in sorted(SAMPLE_CORPUS.glob("*.md"))]


@pytest.fixture(scope="session")
def sample_facts(sample_documents: list[Document]) -> list[Fact]:
    """All facts of the sample corpus."""
    return [fact for document in sample_documents for fact in document_facts(document)]


@pytest.fixture(scope="session")
def sample_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the sample corpus."""
    out = tmp_path_factory.mktemp("sample") / "index"
    build_index([SAMPLE_CORPUS], out)
    assistant = Assistant.open(out)
    yield assistant
    assistant.store.close()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Milvus."""
    if why := missing():
        pytest.skip(why)
    with running() as started:
        yield started
