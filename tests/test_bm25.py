"""Tokens and keyword search."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import bm25s
import jieba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.bm25 import K1, B, Bm25, count_tokens, load_bm25, take, write_bm25
from index.tokens import dictionary_words, load_words, tokenize, words_of, write_words

TEXTS = [
    "2025年公务接待费预算数为3,905.96万元，比上年减少。",
    "根据新财社〔2025〕206号文件，安排就业补助资金。",
    "机关事业单位基本养老保险缴费支出 12,345.6 万元",
    "公务用车购置及运行维护费；公务接待费为0。",
    "……",
    "项目 G20 ＡＢＣ 绩效目标：公务接待费、公务接待费",
]


@pytest.fixture
def words(tmp_path: Path) -> jieba.Tokenizer:
    write_words(tmp_path / "words.txt", dictionary_words(["公务接待费", "就业补助资金", "基本养老保险缴费"]))
    return load_words(tmp_path / "words.txt")


@pytest.fixture
def postings(tmp_path: Path, words: jieba.Tokenizer) -> Bm25:
    write_bm25(tmp_path / "bm25", [count_tokens(TEXTS[:2], words), count_tokens(TEXTS[2:], words)])
    return load_bm25(tmp_path / "bm25", len(TEXTS), words)


def test_tokens(words: jieba.Tokenizer) -> None:
    assert tokenize("公务接待费", None) == ["公", "务", "接", "待", "费", "公务", "务接", "接待", "待费"]
    assert tokenize("交公务接待费了", words)[-1] == "公务接待费"
    assert tokenize("公车 12 费", None) == ["公", "车", "费", "公车", "12"]
    assert tokenize("３,９０５.９６ 3905.96 1,2 ２０25", words) == ["3905.96", "3905.96", "1", "2", "2025"]
    for written in ("〔2025〕206号", "［2025］ 206 号", "(2025)第206号"):
        assert tokenize(written, words)[-3:] == ["〔2025〕206号", "2025", "206"]
    assert tokenize("G20 Ａbc\u3000é", words) == ["g", "20", "abc", "é"]
    assert tokenize("。、 \n\0_", words) == []


def test_dictionary_words_are_runs_of_chinese() -> None:
    labels = ["其中：（一）公务接待费", "公车", "公务接待费", "2025年G20峰会专项", "", " \n", "很" * 30]
    assert dictionary_words(labels) == ["公务接待费", "峰会专项"]


def test_jieba_is_silent_and_writes_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words.txt").write_text("公务接待费 1\n", encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    words = load_words(tmp_path / "words.txt")
    assert "公务接待费" in tokenize("交公务接待费", words)
    assert capfd.readouterr() == ("", "")
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not jieba.dt.initialized  # the big default dictionary stays unread


def test_no_words(tmp_path: Path) -> None:
    write_words(tmp_path / "words.txt", [])
    assert load_words(tmp_path / "words.txt") is None


@pytest.mark.parametrize(
    "query", ["公务接待费是多少", "就业补助资金2025", "养老保险 12345.6", "公务公务支出"]
)
def test_scores_are_those_of_bm25s(postings: Bm25, words: jieba.Tokenizer, query: str) -> None:
    reference = bm25s.BM25(k1=K1, b=B)
    reference.index([tokenize(text, words) for text in TEXTS], show_progress=False)
    expected = reference.get_scores(sorted(set(tokenize(query, words))))
    ids, scores = postings.search(query, 10)
    np.testing.assert_allclose(scores, expected[ids], rtol=1e-5)
    assert list(scores) == sorted(scores, reverse=True)
    assert set(ids.tolist()) == set(np.flatnonzero(expected).tolist())


@pytest.mark.parametrize("query", ["公务接待费是多少", TEXTS[0], TEXTS[2]])
def test_no_passage_reaches_the_sum_of_the_weights(postings: Bm25, query: str) -> None:
    _, scores = postings.search(query, 10)
    assert 0 < scores.max() < sum(postings.weights(query).values())
    assert postings.weights("xyz") == {}


@given(st.lists(st.text(alphabet="公务接待费车12.,年〔〕号aB \n𠀀　Ａ", max_size=30), max_size=6))
def test_tokens_are_counted_as_tokenized(texts: list[str]) -> None:
    words = words_of(["公务接待费", "接待费车"])
    found = count_tokens(texts, words)
    for number, text in enumerate(texts):
        expected = Counter(tokenize(text, words))
        own = take(found, number, number + 1)
        assert len(own.tokens) == len(set(own.tokens.tolist())) == len(expected)
        assert sorted(own.counts.tolist()) == sorted(expected.values())
        again = count_tokens([text], words)
        assert own.tokens.tolist() == again.tokens.tolist()


def test_tokens_come_back_passage_by_passage(postings: Bm25, words: jieba.Tokenizer, tmp_path: Path) -> None:
    kept = postings.by_passage
    write_bm25(tmp_path / "again", [take(kept, 0, 2), take(kept, 2, 6)])
    for name in ("tokens", "starts", "passages", "counts", "lengths"):
        first, again = (np.load(tmp_path / folder / f"{name}.npy") for folder in ("bm25", "again"))
        np.testing.assert_array_equal(first, again)
    alone = count_tokens(TEXTS[3:5], words)
    assert dict(zip(alone.tokens, alone.counts, strict=True)) == dict(
        zip(take(kept, 3, 5).tokens, take(kept, 3, 5).counts, strict=True)
    )


def test_figures_and_document_numbers_are_found(postings: Bm25) -> None:
    assert postings.search("3905.96", 3)[0].tolist() == [0]
    assert postings.search("12,345.6万元是什么", 3)[0][0] == 2
    assert postings.search("新财社〔2025〕206号", 3)[0][0] == 1
    assert postings.search("abc", 3)[0].tolist() == [5]


def test_the_filter_comes_before_the_ranking(postings: Bm25) -> None:
    everything, scores = postings.search("公务接待费", 10)
    assert everything.tolist()[0] == 5
    for within in (np.array([3, 1, 3]), np.isin(np.arange(6), [1, 3])):
        ids, filtered = postings.search("公务接待费", 1, within)
        assert ids.tolist() == [3]
        assert filtered[0] == scores[everything.tolist().index(3)]
    assert postings.search("公务接待费", 5, np.array([], dtype=np.int64))[0].tolist() == []
    assert postings.search("公务接待费", 5, np.zeros(6, dtype=bool))[0].tolist() == []
    with pytest.raises(ValueError, match="mask"):
        postings.search("公务接待费", 5, np.zeros(5, dtype=bool))


def test_nothing_to_find(postings: Bm25) -> None:
    for query in ("", "。。。", "龘龘", "zzz 99999"):
        ids, scores = postings.search(query, 5)
        assert (ids.tolist(), scores.tolist()) == ([], [])
    assert postings.search("公务", 0)[0].tolist() == []
