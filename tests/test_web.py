"""The pieces of the page: what becomes HTML of questions, answers and documents, and the served API."""

from __future__ import annotations

import gc
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client

from index.build import build_index
from qa import Answer, Assistant, Citation
from qa.answer import cite
from qa.web.chat import chat_html
from qa.web.documents import documents_html
from qa.web.evidence import evidence_html
from qa.web.local import without_foreign_tags
from qa.web.marks import text_html
from qa.web.page import build_page, start
from qa.web.passage import found_in
from qa.web.session import Turn
from qa.web.source_table import place_of_cell, table_html
from qa.web.tables import facts_html, one_table_html, table_choices

# Gradio leaves event loops, each with two sockets, to the garbage collector and calls pandas in old ways
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed event loop:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket .*family=1,:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio"),
]

NAME = "哈密市人社局.md"
TEXT = """---
entity: 哈密市人力资源和社会保障局
year: 2026
account: 预算
---

# 哈密市人力资源和社会保障局 2026 年部门预算公开

### 表10 财政拨款“三公”经费支出情况表

单位：万元

| “三公”经费支出内容 | 合计 | 资金来源：一般公共预算 | 资金来源：政府性基金 |
|---|---|---|---|
| 合计 | 9.50 | 9.50 | |
| 公务接待费<b>粗</b> | 1.25 | 1.25 | |
| 公务用车购置及运行费 | 8.25 | 8.25 | |

### 二、说明

电话 13800000000。2026 年<i>公务接待费</i> 1.25 万元，比上年减少 0.25 万元。
"""
TABLE = "表10 财政拨款“三公”经费支出情况表"
FIRST_ROW, PROSE = 15, 21


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant on a small index."""
    folder = tmp_path_factory.mktemp("web")
    (folder / NAME).write_text(TEXT, encoding="utf-8")
    build_index([folder / NAME], folder / "index")
    return Assistant.open(folder / "index")


@pytest.fixture(scope="module")
def address(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The served page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = build_page(assistant, tmp_path_factory.mktemp("feedback") / "feedback.jsonl")
    yield start(page, port=port)
    page.close(verbose=False)
    gc.collect()  # here, where its complaints are expected, and not in another module's test


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    """A client of the page's API."""
    return Client(address, verbose=False)


def cell(row: str = "公务用车购置及运行费", column: str = "合计", line: int = FIRST_ROW + 2) -> Citation:
    """A citation of a cell of the test document."""
    return Citation(NAME, "标题<1>", (line, line), None, TABLE, row, column, f"| {row} | 8.25 |")


def prose(quote: str) -> Citation:
    """A citation of the sentence of the test document."""
    return Citation(NAME, "标题", (PROSE, PROSE), None, None, None, None, quote)


def evidence(assistant: Assistant, *citations: Citation, number: int = 1) -> str:
    """The evidence of an answer with these citations."""
    return evidence_html(Answer("问", "answered", "答", citations=citations), assistant.store, 0, number)


def test_a_dialogue_goes_on_over_the_api(client: Client) -> None:
    chat, proof, *_ = client.predict("哈密市人社局2026年公务用车购置及运行费是多少", api_name="/ask")
    assert "8.25 万元" in chat
    assert re.search(r'<td class="bq-hit"><mark>8.25</mark>', proof) and NAME in proof
    chat, *_ = client.predict("换成元呢", api_name="/ask")
    assert "82,500 元" in chat and chat.count("<article") == 2


def test_each_window_has_a_dialogue_of_its_own(address: str, client: Client) -> None:
    client.predict("哈密市人社局2026年三公经费是多少", api_name="/ask")
    chat, *_ = Client(address, verbose=False).predict("哈密市人社局2026年三公经费是多少", api_name="/ask")
    assert chat.count("<article") == 1


def test_html_in_a_question_is_escaped(client: Client) -> None:
    chat, proof, *_ = client.predict("<img src=x onerror=alert(1)>市人社局2026年的三公经费", api_name="/ask")
    assert "<img" not in chat + proof and "&lt;img" in chat


@pytest.mark.parametrize(("question", "told"), [("  ", "问题是空的"), ("费" * 100_000, "问题太长")])
def test_a_question_that_cannot_be_taken(client: Client, question: str, told: str) -> None:
    chat, *_ = client.predict(question, api_name="/ask")
    assert told in chat


def test_nothing_is_loaded_from_elsewhere(address: str) -> None:
    for path in ("", "config", "theme.css"):
        response = httpx.get(address + path, follow_redirects=True, trust_env=False)
        assert response.status_code == 200, path
        assert "default-src 'self'" in response.headers["content-security-policy"]
        hosts = {urlsplit(found).hostname for found in re.findall(r"https?://[^\s\"'<>\\)]+", response.text)}
        # the name of the SVG language and an example of the API look like addresses, but nobody goes there
        assert hosts <= {"127.0.0.1", "www.w3.org", "github.com"}, path


def test_only_questions_can_be_asked_through_the_api(address: str) -> None:
    told = httpx.get(f"{address}gradio_api/info", trust_env=False).json()
    assert list(told["named_endpoints"]) == ["/ask"]


def test_page_is_chinese(address: str) -> None:
    page = httpx.get(address, trust_env=False).text
    assert 'lang="zh-CN"' in page and page.index("zh-CN") < page.index("<script")


def test_the_cited_cell_stands_marked_in_its_table(assistant: Assistant) -> None:
    html = evidence(assistant, cell())
    assert html.count("<mark>") == 1 and '<td class="bq-hit"><mark>8.25</mark></td>' in html
    cited = re.search(r'<tr class="bq-cited">(.*?)</tr>', html)
    assert cited and "公务用车购置及运行费" in cited.group(1)
    assert "单位：万元" in html and f"第 {FIRST_ROW + 2} 行" in html and "标题&lt;1&gt;" in html


def test_a_blank_cell_is_marked_too(assistant: Assistant) -> None:
    assert "<mark>（空白）</mark>" in evidence(assistant, cell(column="资金来源：政府性基金"))


def test_figures_of_tables_can_be_found_by_their_citations(sample_assistant: Assistant) -> None:
    doc = sample_assistant.store.documents[0].name
    for fact in [fact for fact in sample_assistant.store.facts_of(doc) if fact.table][::50]:
        tables = sample_assistant.store.tables_of(doc, fact.table)
        place = place_of_cell(cite(fact, sample_assistant.titles), tables)
        assert place and (place.cell.text if place.cell else "") == fact.text


def test_several_citations_are_tabs_and_one_is_shown(assistant: Assistant) -> None:
    html = evidence(assistant, cell(), prose("公务接待费 1.25 万元"), number=2)
    assert (
        html.count('role="tab"') == 2
        and 'id="bq-tab-2" aria-controls="bq-source" aria-selected="true"' in html
    )
    assert '<mark class="bq-hit">公务接待费&lt;/i&gt; 1.25 万元</mark>' not in html
    assert "<table" not in html and f'<li value="{PROSE}">' in html


def test_documents_are_escaped_and_masked(assistant: Assistant) -> None:
    html = evidence(assistant, prose("比上年减少 0.25 万元"))
    assert '<mark class="bq-hit">比上年减少 0.25 万元</mark>' in html
    assert "&lt;i&gt;" in html and "<i>" not in html
    assert "138****0000" in html and "13800000000" not in html


def test_a_quotation_that_is_not_there_stands_alone(assistant: Assistant) -> None:
    on_page = Citation(NAME, "标题", None, 3, None, None, None, "接待费<1.25>")
    html = evidence(assistant, on_page)
    assert "第 3 页" in html and "<mark>接待费&lt;1.25&gt;</mark>" in html


@pytest.mark.parametrize(
    ("lines", "quote", "found"),
    [
        (["公务接待费 1.25 万元，减少。"], "接待费1.25万元", {0: (2, 13)}),
        (["前文。本句从", "这里到此结", "束。后文"], "本句从这里到此结束。", {0: (3, 6), 1: (0, 5), 2: (0, 2)}),  # noqa: E501
        (["别处"], "没有的话", {}),
        ([], "话", {}),
    ],
)  # fmt: skip
def test_a_quotation_is_found_across_lines(
    lines: list[str], quote: str, found: dict[int, tuple[int, int]]
) -> None:
    assert found_in(lines, quote) == found


def test_a_mark_follows_the_figure_that_it_proves() -> None:
    answer = Answer("问", "answered", "甲 1.20 万元，乙 3,000.00 万元。", citations=(
        prose("乙 3000 万元"), prose("甲 1.2 万元"), prose("没有数"),
    ))  # fmt: skip
    text = re.sub(r"<button.*?>(\[\d\])</button>", r"\1", text_html(answer, 0))
    assert text == "甲 1.20 万元[2]，乙 3,000.00 万元[1]。[3]"


def test_a_turn_shows_steps_choices_and_what_was_understood() -> None:
    answer = Answer(
        "问", "clarify", "哪一个？", steps=("1 + 1 = 2",), choices=("甲<局>",), resolved="甲局的费用是多少"
    )
    html = chat_html([Turn("问", answer)], ())
    assert "需要再问清楚" in html and "<li>1 + 1 = 2</li>" in html and "理解为：甲局的费用是多少" in html
    assert 'data-act="ask" data-question="甲&lt;局&gt;"' in html
    earlier = chat_html([Turn("问", answer), Turn("又问", error="问题太长")], ())
    assert 'data-act="ask"' not in earlier and "问题太长" in earlier


def test_what_an_answer_is_about_is_told(assistant: Assistant) -> None:
    answer = assistant.ask("哈密市人社局2026年公务用车购置及运行费是多少")
    assert "理解为：哈密市人力资源和社会保障局 · 2026 年预算 · 公务用车" in chat_html(
        [Turn("问", answer)], ()
    )


def test_the_progress_of_an_answer_is_told() -> None:
    html = chat_html([Turn("问", stages=("理解问题", "查表"))], (), busy=True)
    assert '<li class="bq-done">理解问题</li><li class="bq-now">查表</li><li class="">计算</li>' in html


def test_documents_are_listed_and_searched(assistant: Assistant) -> None:
    store = assistant.store
    assert "1" in documents_html(store, ()) and NAME in documents_html(store, (), "哈密 2026 预算")
    assert "没有符合的文件" in documents_html(store, (), "哈密 2025")
    assert "移除" in documents_html(store, (NAME,)) and "移除" not in documents_html(store, ())


def test_tables_and_figures_can_be_taken_away(assistant: Assistant) -> None:
    store = assistant.store
    ((name, at),) = table_choices(store, NAME)
    assert TABLE in name
    html = one_table_html(store, NAME, at)
    assert html.count("<tr") == 4 and "<b>" not in html and "data:text/csv" in html
    assert "没有读出表格" in one_table_html(store, NAME, 7)
    found = facts_html(store, NAME, "增减额")
    assert "0.25" in found and "8.25" not in found
    assert "没有符合的数据" in facts_html(store, NAME, "没有的词")


def test_columns_of_one_group_share_a_header(sample_assistant: Assistant) -> None:
    store = sample_assistant.store
    table = next(t for t in store.tables_of(store.documents[0].name) if len(set(t.header)) > 3)
    assert 'colspan="' in table_html(table)
    plain = replace(table, header=(("甲",), ("乙", "丙"), ("乙", "丁")), rows=())
    head = re.sub(r' scope="col"| class="bq-corner"', "", table_html(plain))
    assert '<th colspan="1" rowspan="2">甲</th><th colspan="2" rowspan="1">乙</th></tr><tr>' in head


def test_foreign_tags_are_taken_out() -> None:
    page = b'<html lang="en"><link href="https://fonts.example/x"><link href="./a.css"><meta\n content="http://a.b"/>'
    assert without_foreign_tags(page) == b'<html lang="zh-CN"><link href="./a.css">'


def test_an_answer_that_cannot_be_made_is_told_as_such(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from qa.web.session import INTERNAL, Session
    from qa.web.uploads import Shelf

    def broken(question: str) -> Answer:
        raise RuntimeError("broken")

    session = Session(Shelf(assistant, tmp_path, tmp_path))
    monkeypatch.setattr(assistant, "ask", broken)
    turn = list(session.ask("哈密市人社局三公经费是多少"))[-1]
    assert turn.error == INTERNAL and "broken" not in chat_html(session.turns, ())


def test_a_replayed_dialogue_stands_where_it_stood(assistant: Assistant, tmp_path: Path) -> None:
    from qa.web.session import Sessions

    sessions = Sessions(assistant)
    one, other = sessions.of("one"), sessions.of("other")
    assert one is sessions.of("one") and one is not other
    one.replay(["哈密市人社局2026年公务用车购置及运行费是多少"])
    last = list(one.ask("换成元呢"))[-1]
    assert last.answer and last.answer.value == Decimal(82500)
    assert one.questions[1] == "换成元呢" and other.questions == []
    sessions.close_all()
