"""The question page, served on this machine and asked through its API."""

from __future__ import annotations

import gc
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client

from index.build import build_index
from qa import Answer, Assistant, Citation
from qa.web.evidence import answer_html, evidence_html, marked
from qa.web.local import without_foreign_tags
from qa.web.page import build_page, start

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

| “三公”经费支出内容 | 合计 | 一般公共预算 | 备注 |
|---|---|---|---|
| 合计 | 9.50 | 9.50 | <b>粗</b> |
| 公务接待费 | 1.25 | 1.25 | 13800000000 |
| 公务用车购置及运行费 | 8.25 | 8.25 | |

### 二、说明

2026 年<i>公务接待费</i> 1.25 万元，比上年减少 0.25 万元。
"""
LAST_ROW = 17


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant on a small index."""
    folder = tmp_path_factory.mktemp("web")
    (folder / NAME).write_text(TEXT, encoding="utf-8")
    build_index([folder / NAME], folder / "index")
    return Assistant.open(folder / "index")


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    """The served page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = build_page(assistant)
    yield start(page, port=port)
    page.close(verbose=False)
    gc.collect()  # here, where its complaints are expected, and not in another module's test


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    """A client of the page's API."""
    return Client(address, verbose=False)


def citation(first: int, last: int, quote: str) -> Citation:
    """A citation of lines of the test document."""
    return Citation(NAME, "标题<1>", (first, last), None, "表10", "公务接待费", "合计", quote)


def evidence(assistant: Assistant, text: str, *citations: Citation) -> str:
    """The evidence of an answer with these citations."""
    return evidence_html(Answer("问", "answered", text, citations=citations), assistant.store)


def test_ask_returns_the_answer_and_its_marked_source(client: Client) -> None:
    answer, sources = client.predict("哈密市人社局2026年公务接待费是多少", api_name="/ask")
    assert "1.25 万元" in answer
    assert re.search(r"<mark>[^<]*1\.25", sources) and NAME in sources
    assert "公务用车购置及运行费" in sources, "the lines around the place"


def test_html_in_a_question_is_escaped(client: Client) -> None:
    answer, sources = client.predict("<img src=x onerror=alert(1)>市人社局2026年的三公经费", api_name="/ask")
    assert "<img" not in answer + sources


@pytest.mark.parametrize(("question", "told"), [("  ", "问题是空的"), ("费" * 100_000, "问题太长")])
def test_a_question_that_cannot_be_taken(client: Client, question: str, told: str) -> None:
    answer, sources = client.predict(question, api_name="/ask")
    assert told in answer and sources == ""


def test_nothing_is_loaded_from_elsewhere(address: str) -> None:
    for path in ("", "config", "theme.css", "gradio_api/info"):
        response = httpx.get(address + path, follow_redirects=True, trust_env=False)
        assert response.status_code == 200, path
        assert "default-src 'self'" in response.headers["content-security-policy"]
        hosts = {urlsplit(found).hostname for found in re.findall(r"https?://[^\s\"'<>\\)]+", response.text)}
        # the name of the SVG language looks like an address, but nobody goes there
        assert hosts <= {"127.0.0.1", "www.w3.org"}, path


def test_page_is_chinese_and_offers_questions_of_this_index(address: str) -> None:
    page = httpx.get(address, trust_env=False).text
    assert 'lang="zh-CN"' in page and "人社局2026年三公经费是多少" in page


def test_documents_are_escaped_and_masked(assistant: Assistant) -> None:
    html = evidence(assistant, "9.50 万元", citation(LAST_ROW - 2, LAST_ROW - 1, "| 合计 | 9.50 |"))
    assert "&lt;b&gt;粗" in html and "<b>" not in html and "标题&lt;1&gt;" in html
    assert "138****0000" in html and "13800000000" not in html
    assert html.count("<mark>") == 2, "the two cells that hold the answer's figure"


def test_a_row_without_the_figure_is_marked_whole(assistant: Assistant) -> None:
    html = evidence(assistant, "已安排", citation(LAST_ROW, LAST_ROW, "| 公务用车购置及运行费 | 8.25 |"))
    assert "<mark>公务用车购置及运行费</mark>" in html and html.count("<mark>8.25</mark>") == 2


def test_places_without_lines_show_their_quotation(assistant: Assistant) -> None:
    on_page = Citation(NAME, "标题", None, 3, None, None, None, "接待费<1.25>")
    html = evidence(assistant, "1.25 万元", on_page)
    assert "第 3 页" in html and "<mark>接待费&lt;1.25&gt;</mark>" in html


def test_an_answer_shows_its_steps_and_choices() -> None:
    html = answer_html(Answer("问", "clarify", "哪一个？", steps=("1 + 1 = 2",), choices=("甲<局>",)))
    assert "需要再问清楚" in html and "<li>1 + 1 = 2</li>" in html and "<li>甲&lt;局&gt;</li>" in html


@pytest.mark.parametrize(
    ("line", "quote", "html"),
    [
        ("公务接待费 1.25 万元，减少。", "接待费1.25万元", "公务<mark>接待费 1.25 万元</mark>，减少。"),
        ("中间的一行", "开头，中间的一行，结尾", "<mark>中间的一行</mark>"),
        ("前文。本句从这里开始", "本句从这里开始，下一行结束", "前文。<mark>本句从这里开始</mark>"),
        ("接着在这里结束。后文", "从上一行开始接着在这里结束。", "<mark>接着在这里结束。</mark>后文"),
        ("a<b", "别处的话", "<mark>a&lt;b</mark>"),
    ],
)
def test_the_quotation_is_marked(line: str, quote: str, html: str) -> None:
    assert marked(line, quote) == html


def test_foreign_tags_are_taken_out() -> None:
    page = b'<html lang="en"><link href="https://fonts.example/x"><link href="./a.css"><meta\n content="http://a.b"/>'
    assert without_foreign_tags(page) == b'<html lang="zh-CN"><link href="./a.css">'
