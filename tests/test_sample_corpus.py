"""The corpus that ships: the originals' figures, the project's own words, and no persons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from conftest import SAMPLE_CORPUS

from index.crossfoot import audit
from index.document import Document, Fact
from index.performance import terms
from index.readers import read_document
from index.text import fold, parse_figure, squash

ORIGINALS = Path(__file__).parents[1].parent / "shared" / "corpus"
SHARED_RUN = 30
"""So many characters in a row that stand in an original too are a copied sentence."""
FEWEST_PROSE_FACTS = 40
DEPARTMENTS = sorted(path.name for path in SAMPLE_CORPUS.glob("*.md"))
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@pytest.fixture(scope="module")
def originals() -> list[Document]:
    if not ORIGINALS.is_dir():
        pytest.skip(f"the original documents are not at {ORIGINALS}")
    return [read_document(path) for path in sorted(ORIGINALS.glob("*.txt"))]


@pytest.fixture(params=DEPARTMENTS)
def sample(request: pytest.FixtureRequest, sample_documents: list[Document]) -> Document:
    (document,) = [document for document in sample_documents if document.name == request.param]
    return document


def original_of(sample: Document, originals: list[Document]) -> Document:
    """Return the original: same year, and a department that begins like the sample's file name."""
    same_year = [document for document in originals if document.year == sample.year]
    (found,) = [document for document in same_year if sample.name[:2] in document.entity]
    return found


def bare(text: str) -> str:
    """Return a cell's text without space and without the marks around names of documents."""
    return re.sub(r"[《》〈〉]", "", squash(text))


def figures(document: Document) -> Counter[tuple[str, str, str, str]]:
    """Count (title, row, column, figure) of all printed cells but goals in words."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for table in document.tables:
        for row in table.rows:
            label = fold(row.path[-1]).replace("又称", "")
            for path, cell in zip(table.header, row.cells, strict=True):
                if cell and (path != ("金额",) or parse_figure(cell.text) is not None):
                    found[fold(table.title), label, fold(path[-1]), bare(cell.text)] += 1
    return found


def test_the_sample_has_the_figures_of_the_original_and_no_others(
    sample: Document, originals: list[Document]
) -> None:
    mine, theirs = figures(sample), figures(original_of(sample, originals))
    assert sum(theirs.values()) > 900
    assert sorted((mine - theirs).elements()) == []
    assert sorted((theirs - mine).elements()) == []


def test_department_year_and_kind_are_those_of_the_original(
    sample: Document, originals: list[Document]
) -> None:
    original = original_of(sample, originals)
    assert (sample.year, sample.account) == (original.year, original.account)
    assert sample.entity.endswith(original.entity[-10:])


def words(document: Document) -> Iterator[str]:
    """Yield the running text of a document, goals in tables included, without names of documents."""
    texts = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells if cell]
    texts += [cell.text for cell in cells if len(cell.text) > SHARED_RUN]
    for text in texts:
        text, before = squash(text), ""
        while text != before:
            text, before = re.sub(r"《[^《》]*》", "|", text), text
        yield text


def runs(texts: Iterable[str]) -> set[str]:
    """Return all stretches of so many Chinese characters, punctuation between them left out."""
    found = set()
    for text in texts:
        for part in re.split(r"[^\u4e00-\u9fff，。、；：“”（）]+", text):
            han = re.sub(r"[^\u4e00-\u9fff]", "", part)
            found.update(han[at : at + SHARED_RUN] for at in range(len(han) - SHARED_RUN + 1))
    return found


def test_no_sentence_of_an_original_is_copied(sample: Document, originals: list[Document]) -> None:
    printed = runs(text for original in originals for text in words(original))
    assert printed
    assert runs(words(sample)) & printed == set()


def test_copied_sentences_would_be_seen(originals: list[Document]) -> None:
    assert runs(words(originals[0])) & runs(words(originals[0]))


def test_no_telephone_or_identity_number_stands_in_the_sample(sample: Document) -> None:
    text = "\n".join(sample.lines)
    assert not _MOBILE.search(text)
    assert not _IDENTITY.search(text)


def test_no_field_names_a_person(sample: Document) -> None:
    private = set(terms("private"))
    for line in sample.lines:
        cells = {squash(cell).rstrip(":：") for cell in line.split("|")}
        assert not cells & private, line
        assert squash(line).partition("：")[0] not in private, line


def test_prose_gives_many_facts_and_most_of_them_figures(sample: Document, sample_facts: list[Fact]) -> None:
    prose = [fact for fact in sample_facts if fact.doc == sample.name and not fact.table]
    assert len([fact for fact in prose if fact.value is not None]) >= FEWEST_PROSE_FACTS
    assert all(fact.item for fact in prose if fact.value is not None)


def test_the_sums_of_the_sample_close(sample: Document) -> None:
    checked = broken = 0
    for table in sample.tables:
        count, breaks = audit(table)
        checked += count
        broken += len(breaks)
    assert checked > 200
    assert broken <= checked // 50


def test_lists_of_units_are_read(sample_facts: list[Fact]) -> None:
    names = [fact.text for fact in sample_facts if fact.measure == "名单"]
    assert any("乌鲁木齐市劳动人事争议仲裁院" in name for name in names)


def test_vehicles_are_counted(sample: Document, sample_facts: list[Fact]) -> None:
    counts = [f for f in sample_facts if f.doc == sample.name and f.item == "车辆" and f.unit == "辆"]
    assert len(counts) == 1
