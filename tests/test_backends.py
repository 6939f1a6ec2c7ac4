"""An index in a folder and one on servers: the same contents, the same search, the same answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from records import DIM, build, contents, numbered, source, vectors
from servers import Servers

from eval.asking import ask_all, prediction
from eval.questions import default_files, read_questions
from index.bm25 import load_bm25, write_bm25
from index.build import build_index
from index.document import Span
from index.engines import Place
from index.errors import ModelMismatch, StoreMissing
from index.rows import SourceRecord, document_rows
from index.store import open_store, write_store
from index.tokens import dictionary_words, words_of
from qa import Assistant

SAMPLE = Path(__file__).parents[1] / "eval" / "corpus"


@pytest.fixture(params=["folder", "servers"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where an index may be written, and none is yet."""
    if request.param == "folder":
        yield tmp_path / "index"
        return
    servers: Servers = request.getfixturevalue("servers")
    with servers.database() as url:
        yield url


@pytest.fixture
def sources() -> list[SourceRecord]:
    texts = ["公务接待费为1万元", "公务接待费比上年减少，公务接待费从紧", "办公费", "……", "公务接待费为1万元"]
    return [
        source("甲.txt"),
        source("乙 ?#%.txt", "乙州财政局", None),
        dataclasses.replace(source("空.txt"), passages=(), facts=(), tables=()),
        source("丙.pdf", "丙市人社局", 2024, tuple(texts)),
    ]


def test_everything_comes_back(place: Place, sources: list[SourceRecord]) -> None:
    build(place, sources)
    expected = numbered(sources)
    with open_store(place) as store:
        assert contents(store) == expected
        assert store.facts() == [fact for each in expected for fact in each.facts]
        assert store.facts(item="公务接待费", measure="预算数") == store.facts()
        assert store.facts(item="没有的科目") == []
        assert store.passages() == [passage for each in expected for passage in each.passages]
        assert store.passages_at("丙.pdf", 3, 4) == list(expected[3].passages[1:3])
        assert store.documents == [each.document for each in sources]
        assert store.tables_of("甲.txt", "表1收支总表") == list(sources[0].tables)
        assert store.tables_of("甲.txt", "总表") == store.tables_of("甲.txt", "别的收支表") == []
        assert store.extent("丙.pdf").facts == len(sources[3].facts)
        assert store.encoder_name == "测试模型"
        np.testing.assert_array_equal(store.vectors(), vectors(sources))
        np.testing.assert_array_equal(store.vectors([4, 0, 4]), vectors(sources)[[4, 0, 4]])
        assert store.vectors([]).shape == (0, DIM)
        with pytest.raises(IndexError):
            store.vectors([99])
        with pytest.raises(KeyError):
            store.facts_of("没有.txt")


def test_any_text_comes_back(place: Place) -> None:
    texts = ("a\tb\\N", "\\.", "行\r\n行", "'\"%s:x ?", "𠮷🙂", "\\x41", "{1,NULL}")
    wild = dataclasses.replace(source("甲.txt", texts=texts), lines=("", *texts))
    wild = dataclasses.replace(wild, document=dataclasses.replace(wild.document, aliases=texts, title="\\"))
    spans = [Span("甲.txt", n, n) for n in range(2, 2 + len(texts))]
    assert [fact.span.first for fact in wild.facts] == [span.first for span in spans]
    build(place, [wild])
    with open_store(place) as store:
        about = dataclasses.replace(wild.document, line_count=len(wild.document.aliases) + 1)
        assert contents(store) == numbered([dataclasses.replace(wild, document=about)])


def test_search_ranks_as_the_formula_says(place: Place, sources: list[SourceRecord], tmp_path: Path) -> None:
    build(place, sources)
    rows = [document_rows(each) for each in sources]
    write_bm25(tmp_path / "exact", [each.tokens for each in rows])
    words = words_of(dictionary_words({"公务接待费", "甲市人社局", "乙州财政局", "丙市人社局"}))
    exact = load_bm25(tmp_path / "exact", sum(len(each.passages) for each in sources), words)
    values = vectors(sources)
    with open_store(place) as store:
        for text in ("公务接待费比上年减少的原因", "新财社〔2025〕206号", "没有的词zz", "", "……"):
            assert store.bm25.weights(text) == pytest.approx(exact.weights(text))
            for within in (None, np.arange(4, 9), np.array([8, 4, 1]), np.empty(0, np.int64)):
                for k in (1, 3, 50):
                    ids, scores = store.bm25.search(text, k, within)
                    expected_ids, expected = exact.search(text, k, within)
                    assert ids.tolist() == expected_ids.tolist()  # equal scores in order of id
                    np.testing.assert_allclose(scores, expected, rtol=1e-5)
        for within in (None, np.array([7, 0, 1]), np.isin(np.arange(9), [2, 3, 4]), np.empty(0, np.int64)):
            among = np.arange(9) if within is None else np.arange(9)[within]
            ids, scores = store.nearest(values[3], 2, within)
            assert ids.tolist() == sorted(among.tolist(), key=lambda each: -(values[each] @ values[3]))[:2]
            np.testing.assert_allclose(scores, (values @ values[3])[ids], rtol=1e-5)


def test_unchanged_documents_are_taken_over(place: Place, sources: list[SourceRecord]) -> None:
    build(place, sources)
    with open_store(place) as store:
        taken = [store.rows_of(each.path) for each in (sources[3], sources[2])]
    fresh = source("丁.txt", "丁县教育局")
    write_store(place, [*taken, (document_rows(fresh), vectors([fresh]))], encoder_name="测试模型", dim=DIM)
    with open_store(place) as store:
        assert contents(store) == numbered([sources[3], sources[2], fresh])
        np.testing.assert_array_equal(store.vectors(range(5)), vectors(sources)[4:])
        assert store.bm25.search("教育局", 1)[0].tolist() == [5]


def test_a_reader_goes_on_while_the_index_is_replaced(place: Place, sources: list[SourceRecord]) -> None:
    build(place, sources[:1])
    with open_store(place) as old:
        assert old.bm25.search("接待", 9)[0].tolist() == [0]
        old.vectors([0])
        build(place, sources)
        assert contents(old) == numbered(sources[:1])
        np.testing.assert_array_equal(old.vectors(), vectors(sources[:1]))
    with open_store(place) as new:
        assert contents(new) == numbered(sources)


def test_threads_share_a_store(place: Place, sources: list[SourceRecord]) -> None:
    build(place, sources)
    expected = numbered(sources)
    with open_store(place) as store, ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(lambda _: contents(store), range(24)))
        hits = list(pool.map(lambda _: store.bm25.search("公务接待费", 9)[0].tolist(), range(24)))
        assert all(hit == hits[0] for hit in hits)


def test_an_index_may_be_empty(place: Place) -> None:
    build(place, [])
    with open_store(place) as store:
        assert contents(store) == []
        assert store.vectors().shape == (0, DIM)
        assert store.bm25.search("公务接待费", 3)[0].tolist() == []
        assert store.nearest(np.ones(DIM, np.float32), 3)[0].tolist() == []


def test_a_failed_build_changes_nothing(place: Place, sources: list[SourceRecord]) -> None:
    with pytest.raises(StoreMissing, match="budget-qa index build"):
        open_store(place)
    build(place, sources[:1])
    wrong = np.zeros((5, DIM), np.float32)
    with pytest.raises(ValueError, match="2 passages"):
        write_store(place, [(document_rows(sources[0]), wrong)], encoder_name="m", dim=DIM)
    with open_store(place) as store:
        assert contents(store) == numbered(sources[:1])


def test_another_model_is_refused(place: Place, sources: list[SourceRecord]) -> None:
    build(place, sources[:1])
    with pytest.raises(ModelMismatch, match="另一个嵌入模型"):
        Assistant.open(place)


def test_the_same_questions_get_the_same_answers(servers: Servers, sample_assistant: Assistant) -> None:
    """Every fourth question and dialogue that ships, over the sample: word for word what a folder says."""
    questions = read_questions(default_files())[::4]
    with servers.database() as url:
        report = build_index([SAMPLE], url)
        assert len(report.read) == 4 and not report.skipped
        again = build_index([SAMPLE], url)
        assert len(again.reused) == 4 and (again.facts, again.passages) == (report.facts, report.passages)
        assistant = Assistant.open(url)
        with assistant.store:
            for expected, found in zip(
                ask_all(sample_assistant, questions), ask_all(assistant, questions), strict=True
            ):
                assert prediction(found) == prediction(expected)
                assert not any(case.error for case in found)
