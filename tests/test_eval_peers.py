"""Comparing with other systems: when a passage holds the answer, what is left out, and each peer itself."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

from eval.asking import Case
from eval.bench.contest import DEPTH, OURS, cited, holds, one_passage, ours, scored, texts, theirs
from eval.bench.sizes import Plan, prepare
from eval.errors import PeerMissing
from eval.peers import PAIRS, PEERS, Found, System, load, missing
from eval.questions import Evidence, Gold, Question, Turn, read_questions
from index.build import build_index

ROW = "公务接待费\t1.40"
GOLD = Gold(evidence=(Evidence("甲.txt", 3, 3, quote=ROW), Evidence("甲.txt", 9, 9, quote="接待1.40万元")))
LACKING = System("某系统", "eval.peers.nothing", ("no-such-package",), ("no_such_module",))


def question(gold: Gold | None, kind: str = "lookup") -> Question:
    return Question("q", (Turn("多少", kind, gold),))


@pytest.mark.parametrize(
    ("doc", "text", "held"),
    [
        ("甲.txt", "办公费\t2.00\n公务接待费\t1.40\t1.40", True),
        ("甲.txt", "办公费 2.00 公务接待费 1.40 1.40", True),
        ("甲.txt", "……公务接待1.40万元", True),
        ("乙.txt", "公务接待费\t1.40", False),
        ("甲.txt", "公务接待费\t11.40", False),
        ("甲.txt", "公务接待费", False),
        ("甲.txt", "1.40", False),
        ("甲.txt", "", False),
    ],
)
def test_a_passage_holds_the_answer_with_its_document_label_and_figure(
    doc: str, text: str, held: bool
) -> None:
    assert holds(Found(doc, text), GOLD) is held


def test_evidence_without_words_is_held_by_nothing() -> None:
    assert not holds(Found("甲.txt", "公务接待费 1.40"), Gold(evidence=(Evidence("甲.txt", 3, 3),)))


def test_the_share_counts_the_first_and_the_first_five() -> None:
    right, wrong = Found("甲.txt", ROW), Found("甲.txt", "办公费")
    found = [[right], [wrong, right], [wrong] * DEPTH + [right], []]
    score = scored("某", [question(GOLD)] * 4, found, [0.001, 0.002, 0.003, 0.004])
    assert (score.top1, score.top5, score.questions) == (0.25, 0.5, 4)
    assert score.p50_ms == pytest.approx(2.5)
    assert scored("某", [], [], []).top1 is None


def test_only_questions_that_one_passage_answers_are_put() -> None:
    asked = [question(GOLD), question(GOLD, "compare"), question(None), question(GOLD, "rank")]
    assert one_passage(asked) == asked[:1]


def test_citations_are_the_passages_of_this_system() -> None:
    answer = {"citations": [{"doc": "甲.txt", "quote": ROW}]}
    assert cited(Case("q", None, "lookup", "多少", GOLD, answer, 0.1)) == [Found("甲.txt", ROW)]


def test_a_system_that_is_not_installed_is_left_out_with_a_line_that_says_how_to_install_it() -> None:
    why = missing(LACKING)
    assert "某系统" in why and "no_such_module" in why and '".[bench]"' in why
    with pytest.raises(PeerMissing, match="某系统"):
        load(LACKING)


def test_the_pattern_for_words_finds_every_pair_and_every_whole_number() -> None:
    assert re.findall(PAIRS, "办公费1,188.05万元") == ["办公", "公费", "1,188.05", "万元"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of six documents with questions and an index."""
    folder = tmp_path_factory.mktemp("peers")
    corpus, _ = prepare(folder, 6, Plan(2, 3, 0))
    build_index([corpus], folder / "index")
    return folder


def test_this_system_cites_the_passage_with_the_answer(small: Path) -> None:
    score = ours(small / "index", small / "questions.jsonl")
    assert score.system == OURS
    assert score.questions == len(one_passage(read_questions([small / "questions.jsonl"])))
    assert score.top1 is not None and score.top5 is not None and score.exact is not None
    assert 0.8 < score.top1 <= score.top5 <= 1
    assert score.exact > 0.8


@pytest.mark.parametrize("system", PEERS, ids=lambda system: system.name)
def test_a_peer_finds_most_answers_among_few_documents(small: Path, system: System) -> None:
    if why := missing(system):
        pytest.skip(why)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, not ours
        score = theirs(system, small / "corpus", small / "questions.jsonl")
        peer = load(system)
        peer.build(texts(small / "corpus"))
        found = peer.search("公务接待费是多少", 3)
    assert score.system == system.name
    assert score.top1 is not None and score.top5 is not None
    assert 0.3 < score.top1 <= score.top5 <= 1
    names = {path.name for path in (small / "corpus").iterdir()}
    assert len(found) == 3
    assert {passage.doc for passage in found} <= names
    assert all(passage.text.strip() for passage in found)
