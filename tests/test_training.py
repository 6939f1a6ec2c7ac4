"""The pairs that the model is trained on: made from the lexicon and from statutes."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest
from test_rules import duplicates, without_duplicate_keys

import index
import qa
from index.training.__main__ import main
from index.training.asked import asked_about, asked_batches, mark_of
from index.training.lay import lay_pair
from index.training.lexicon import batches, read_lexicon
from index.training.pairs import Source
from index.training.train import Settings, Stage, train_rows
from index.training.vocabulary import UNKNOWN, build_tokenizer, cuts, divide, initial_rows, tokenize

TRAINING = Path(index.__file__).parent / "training"
LEXICON = Path(qa.__file__).parent / "lexicon"
ACCOUNTS = json.loads((LEXICON / "accounts.json").read_text(encoding="utf-8"))
PHRASINGS = json.loads((TRAINING / "phrasings.json").read_text(encoding="utf-8"))
ARTICLE = "用人单位应当按照劳动合同约定支付劳动报酬。用人单位拖欠劳动报酬的，劳动者可以向人民法院申请支付令。"


@pytest.mark.parametrize("path", [LEXICON / "accounts.json", *TRAINING.glob("*.json")], ids=lambda p: p.stem)
def test_no_key_is_given_twice(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=without_duplicate_keys)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_codes_of_a_classification_are_a_tree(name: str) -> None:
    accounts = ACCOUNTS[name]
    widths = {3, 5, 7} if "功能" in name else {3, 5}
    assert {len(code) for code in accounts} == widths
    assert all(code.isdecimal() for code in accounts)
    assert [code for code in accounts if len(code) > 3 and code[:-2] not in accounts] == []
    assert list(accounts) == sorted(accounts)
    for title in accounts.values():
        assert re.fullmatch(r"[\u4e00-\u9fff“”（）、]{2,40}", title), title


@pytest.mark.parametrize(
    ("name", "code", "title"),
    [
        ("支出功能分类", "2080505", "机关事业单位基本养老保险缴费支出"),
        ("支出功能分类", "2210201", "住房公积金"),
        ("支出功能分类", "2010301", "行政运行"),
        ("部门预算支出经济分类", "30217", "公务接待费"),
        ("政府预算支出经济分类", "50502", "商品和服务支出"),
    ],
)
def test_known_accounts(name: str, code: str, title: str) -> None:
    assert ACCOUNTS[name][code] == title


def test_phrasings_are_plain_phrases_each_once_under_a_title() -> None:
    for title, phrases in PHRASINGS.items():
        assert phrases and duplicates(phrases) == [], title
        assert title not in phrases
        assert all(re.fullmatch(r"\S{2,20}", phrase) for phrase in phrases), title


def test_a_batch_asks_for_every_title_and_few_twice() -> None:
    lexicon = read_lexicon(LEXICON, TRAINING / "phrasings.json")
    assert sum(len(phrases) for phrases in lexicon.phrases.values()) > 5000
    assert "公务接待费" in lexicon.phrases and "行政运行" in lexicon.above
    pairs = batches(lexicon)(Random(0), 5000)
    assert len(pairs) > len(lexicon.phrases)
    printed = Counter(text for _, text in pairs)
    assert max(printed.values()) <= 2


def test_batches_are_drawn_again_from_the_same_seed() -> None:
    draw = batches(read_lexicon(LEXICON, TRAINING / "phrasings.json"))
    assert draw(Random(4), 300) == draw(Random(4), 300)
    assert len(draw(Random(4), 300)) == 300


def test_statutes_are_asked_about_in_everyday_words() -> None:
    rng = Random(0)
    pairs = [lay_pair(rng, ARTICLE) for _ in range(300)]
    asked = " ".join(question for question, _ in pairs)
    assert "公司" in asked and "工资" in asked and re.search("能不能|能否", asked)
    texts = Counter(text for _, text in pairs)
    assert texts[ARTICLE] > 50  # often whole, often without what is asked
    assert len(texts) > 1


def test_a_text_without_clauses_is_asked_as_it_stands() -> None:
    question, text = lay_pair(Random(1), "。")
    assert text == "。"
    assert isinstance(question, str)


def test_written_questions_are_plain_lines_each_once() -> None:
    asked = asked_about()
    assert len(asked) > 20_000
    assert len(set(asked)) == len(asked)
    for question, mark in asked:
        assert re.fullmatch(r"[0-9a-f]{10}", mark), question
        assert 5 <= len(question) <= 110 and question == question.strip(), question
        assert not re.search(r"[0-9]{7}", question), question


def test_a_batch_holds_a_text_once_with_one_of_its_questions() -> None:
    texts = [f"第{number}种情形的，应当赔偿。" for number in range(5)]
    asked = [(f"{number}怎么赔{ending}", mark_of(texts[number])) for number in range(3) for ending in "吗呢"]
    draw = asked_batches(texts, [*asked, ("没有这一条", mark_of("别的条文"))])
    pairs = draw(Random(0), 2)
    assert len({text for _, text in pairs}) == len(pairs) == 2
    assert draw(Random(0), 2) == pairs
    drawn = {pair for seed in range(30) for pair in draw(Random(seed), 9)}
    assert drawn == {(question, texts[int(question[0])]) for question, _ in asked}
    with pytest.raises(ValueError, match="no text"):
        asked_batches(texts[3:], asked)


def test_pieces_are_cut_into_pieces_that_spell_them() -> None:
    tokenizer = build_tokenizer(Counter({"劳动": 9, "合同": 9, "劳动合同": 9, "仲裁": 9}), 100)
    (ids,) = tokenize(tokenizer, ["劳动合同仲裁"])
    assert [tokenizer.id_to_token(number) for number in ids] == ["劳动合同", "仲裁"]
    divisions = cuts(tokenizer)
    assert divide(Random(0), ids, divisions, 0) == ids
    drawn = {tuple(divide(Random(seed), ids, divisions, 1)) for seed in range(20)}
    assert drawn == {tuple(tokenize(tokenizer, [text])[0]) for text in ("劳动 合同 仲 裁",)}


def test_each_stage_draws_from_its_own_sources_and_brings_pairs_together() -> None:
    first, second = [("水费", "供水"), ("电费", "供电")], [("取暖", "供热"), ("邮费", "寄信")]
    words = {word for pair in first + second for word in pair}
    tokenizer = build_tokenizer(Counter(dict.fromkeys(words, 9)), 100)
    rng = np.random.default_rng(0)
    rows = initial_rows(tokenizer, np.ones(tokenizer.get_vocab_size(), np.float32), 16, rng)
    rows[tokenizer.token_to_id(UNKNOWN)] = 0
    drawn: list[str] = []

    def source(name: str, shares: tuple[float, float], pairs: list[tuple[str, str]]) -> Source:
        def draw(_: Random, size: int) -> list[tuple[str, str]]:
            drawn.append(name)
            return pairs[:size]

        return Source(name, shares, draw)

    sources = [source("first", (1, 0), first), source("second", (0, 1), second)]
    settings = Settings(steps=40, batch=2, stages=(Stage(0.75, 0.1, 0), Stage(0.25, 0.1, 0.5)))
    trained, loss = train_rows(tokenizer, rows, sources, settings, lambda line: None)
    assert drawn == ["first"] * 30 + ["second"] * 10
    assert loss < 2 and not trained[tokenizer.token_to_id(UNKNOWN)].any()

    def cosine(rows: np.ndarray, left: str, right: str) -> float:
        one, other = (rows[tokenize(tokenizer, [text])[0]].sum(axis=0) for text in (left, right))
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    for left, right in first + second:
        assert cosine(trained, left, right) > cosine(rows, left, right)
    again, _ = train_rows(tokenizer, rows, sources, settings, lambda line: None)
    np.testing.assert_allclose(again, trained, atol=1e-5)


def test_data_that_no_question_was_written_to_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("broadcast_headline_body", "law_title_article", "policy_question_answer", "paraphrase_pairs")
    for name in (*names, "news_articles", "work_report_paragraphs"):
        with gzip.open(tmp_path / f"{name}.tsv.gz", "wt", encoding="utf-8") as file:
            file.write("某法\t别的条文应当另行规定。\n")
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "model")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "model").exists()
