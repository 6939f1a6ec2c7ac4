"""Retrieval: which documents are meant, what is wanted of them, and what agrees exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from registers import register_of

from index.build import build_index
from index.document import Passage, Span
from index.rows import DocumentInfo
from index.text import fold
from qa import Assistant
from qa.question import Query, understand
from qa.retrieve import Legs, Parts, Wanted, agreement, documents_meant, scored, search, wanted

KNOWN = [
    DocumentInfo("a24", "", "青岭市水务局", 2024, "预算"),
    DocumentInfo("a25", "", "青岭市水务局", 2025, "预算"),
    DocumentInfo("a25j", "", "青岭市水务局", 2025, "决算"),
    DocumentInfo("b25", "", "青岭市教育局", 2025, "预算", subunits=("青岭市第一小学",)),
]


def asked(question: str) -> Query:
    return understand(question, register_of(*((i.entity, i.aliases, i.subunits) for i in KNOWN)))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("青岭市水务局2024年公务接待费是多少", ["a24"]),
        ("青岭市水务局公务接待费是多少", ["a25", "a25j"]),
        ("青岭市水务局2025年决算公务接待费是多少", ["a25j"]),
        ("青岭市教育局水费多少", ["b25"]),
        ("公务接待费是多少", ["a24", "a25", "a25j", "b25"]),
    ],
)
def test_department_year_and_account_choose_the_documents(question: str, found: list[str]) -> None:
    assert [info.name for info in documents_meant(asked(question), KNOWN)] == found


def test_the_department_is_no_search_word_but_a_unit_inside_it_is() -> None:
    text = wanted(asked("青岭市教育局的第一小学2025年办公费是多少")).text
    assert "教育局" not in text
    assert "第一小学" in text
    assert "办公费" in text


def test_what_is_wanted_is_read_from_the_question() -> None:
    figure = wanted(asked("青岭市水务局请客吃饭花了多少钱"))
    assert (figure.figure, figure.cues) == (True, ())
    assert fold("公务接待费") in figure.titles
    (reasons,) = wanted(asked("青岭市水务局项目支出为什么砍掉这么多")).cues
    assert "原因" in reasons
    assert "资金分配情况" in wanted(asked("青岭市水务局河道巡查经费的资金怎么分配的")).measures


def passage(text: str) -> Passage:
    return Passage(0, "a24", ("表5",), text, Span("a24", 1, 1))


def test_the_row_of_the_item_asked_for_gains_and_a_passage_without_figure_loses() -> None:
    want = Wanted("公务接待费多少", frozenset({"公务接待费"}), figure=True)
    row, other, words = (
        agreement(want, passage(text))
        for text in (
            "商品和服务支出/公务接待费：合计 1.40万元",
            "商品和服务支出/会议费：合计 2万元",
            "公务接待费：指按规定开支的各类公务接待支出。",
        )
    )
    assert row > other > words
    why = Wanted("为什么减少", cues=(("原因", "由于"),))
    assert agreement(why, passage("主要原因是人员减少")) > agreement(why, passage("项目支出减少"))


def test_the_paragraph_headed_by_what_is_asked_gains_most() -> None:
    want = Wanted("怎么分配", frozenset({"河道巡查经费"}), frozenset({"资金分配情况"}))
    headed, named = (
        agreement(want, passage(text)) for text in ("资金分配情况：差旅费 1 万元", "河道巡查经费：10 万元")
    )
    assert headed > named > 0


def test_all_legs_are_fused_on_one_scale() -> None:
    keywords, cosines, words, together = np.array(
        [[0.8, 0.4, 0], [0, 0.5, 1], [0, 0, 0.5], [0.5, 0, 0]], np.float32
    )
    parts = Parts(keywords, cosines, words, together)
    np.testing.assert_allclose(parts.fused(Legs(1, 0, 0, 0)), keywords)
    np.testing.assert_allclose(parts.fused(Legs(0, 1, 0, 0)), cosines)
    np.testing.assert_allclose(parts.fused(Legs(1, 0.5, 0, 0)), [0.8, 0.65, 0.5])
    np.testing.assert_allclose(parts.fused(Legs(1, 0.5, 0.2, 0.1)), [0.85, 0.65, 0.6])


def test_of_two_passages_with_the_same_words_the_one_that_says_them_in_one_breath_is_first(
    tmp_path: Path,
) -> None:
    filling = "本单位按照规定公开有关情况，接受社会监督。" * 3
    near = f"{filling}河道保洁由环卫公司承担。{filling}"
    apart = f"河道由本单位管理。{filling}{filling}保洁由环卫公司承担。"
    (tmp_path / "a.md").write_text(f"# 甲县水务局2026年部门预算公开\n\n{apart}\n\n{near}\n", "utf-8")
    build_index([tmp_path / "a.md"], tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    passages = assistant.passages_of("a.md")
    found = scored(assistant.store, assistant.encoder, Wanted("河道保洁"), passages)
    for legs in (Legs(), Legs(0, 0, 0, 1, 0)):
        best, second = found.best(passages, 2, legs)
        assert "河道保洁" in best.passage.text and "河道由" in second.passage.text
        assert best.score > second.score


def test_the_sample_is_searched(sample_assistant: Assistant) -> None:
    query = understand("乌鲁木齐人社局公务接待费是多少", sample_assistant.register)
    (info,) = documents_meant(query, sample_assistant.store.documents)
    passages = sample_assistant.passages_of(info.name)
    found = search(sample_assistant.store, sample_assistant.encoder, wanted(query), passages, limit=5)
    assert len(found) == 5
    assert any("公务接待费" in hit.passage.text for hit in found)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert search(sample_assistant.store, sample_assistant.encoder, wanted(query), {}) == []
