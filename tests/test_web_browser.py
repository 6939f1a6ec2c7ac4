"""The page as a reader sees it, in a headless Chromium."""

from __future__ import annotations

import base64
import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from eval.questions import read_questions
from qa import Assistant
from qa.web.page import build_page, start
from qa.web.session import Session

pytest.importorskip("playwright", reason="playwright is not installed")
from pages import CHROMIUM, answered, ask, chromium, opened, served, tab
from playwright.sync_api import Browser, BrowserContext, Page, Request

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
    # what playwright leaves behind when it stops
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

UPLOADED = """---
entity: 哈密市人力资源和社会保障局
year: 2026
account: 预算
---

# 哈密市人力资源和社会保障局 2026 年部门预算公开

### 表10 财政拨款“三公”经费支出情况表

单位：万元

| “三公”经费支出内容 | 合计 | 一般公共预算 | 备注 |
|---|---|---|---|
| 合计 | 9.50 | 9.50 | |
| 公务接待费 | 1.25 | 1.25 | |
| 公务用车购置费<script>window.ran = 1</script> | 0.25 | 0.25 | |
| 公务用车运行费<img src="http://192.0.2.1/a.png" onerror="window.ran = 1"> | 4.00 | 4.00 | |
| 公务用车租赁费${window.ran = 1}{{ran}} | 4.00 | 4.00 | |

### 二、说明

2026 年<script>window.ran = 1</script>公务接待费 1.25 万元，比上年减少 0.25 万元。
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const texts = document.createTreeWalker(document.querySelector(".gradio-container"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("svg, style, script")) continue;
    if (element.getClientRects().length === 0) continue;
    const [one, other] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${texts.currentNode.data.trim().slice(0, 30)}`);
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="module")
def address(sample_assistant: Assistant, feedback: Path) -> Iterator[str]:
    with served("--index", sample_assistant.store.path, "--feedback", feedback) as place:
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A new reader, who asks no other host for anything."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    asked: list[str] = []
    context.on("request", lambda sent: asked.append(_host(sent)))
    yield context
    complaints = [text for page in context.pages for text in page.locator(".toast-body").all_inner_texts()]
    context.close()
    assert complaints == []
    assert set(asked) <= {"127.0.0.1", ""}, "a request left this machine"
    assert asked


@pytest.fixture
def page(window: BrowserContext, address: str) -> Page:
    return opened(window.new_page(), address)


def _host(sent: Request) -> str:
    return urlsplit(sent.url).hostname or ""


def test_five_questions_are_answered_with_their_figures(page: Page) -> None:
    for question, figure in (
        ("乌鲁木齐人社局2026年三公经费是多少", "91.28 万元"),
        ("巴州人社局2026年水费是多少", "2.42 万元"),
        ("巴州人社局2026年水费和电费一共多少", "2.60 万元"),
        ("昌吉州人社局2024年公务接待费是多少", "万元"),
        ("自治区人社厅2025年收入总计是多少", "45,057.32 万元"),
    ):
        assert figure in ask(page, question)
    assert page.locator(".bq-turn").count() == 5
    assert "理解为：" in page.locator(".bq-understood").first.inner_text()


def test_a_mark_opens_the_table_at_the_cited_cell(page: Page) -> None:
    ask(page, "巴州人社局2026年水费是多少")
    ask(page, "巴州人社局有哪些职能")
    page.wait_for_selector("#evidence .bq-passage mark")
    page.locator(".bq-turn:first-child .bq-mark").first.click()
    cell = page.locator("#evidence td.bq-hit")
    cell.wait_for()
    assert cell.inner_text() == "2.42"
    row = cell.locator("xpath=..")
    assert row.locator("th").inner_text() == "水费" and row.evaluate("row => row.className") == "bq-cited"
    frame, own = page.locator("#evidence .bq-scroll").bounding_box(), cell.bounding_box()
    assert frame and own and frame["y"] <= own["y"] <= frame["y"] + frame["height"], "in sight in its frame"
    assert "第 276 行" in page.locator("#evidence .bq-where").inner_text()


def test_several_citations_are_tabs_that_the_arrow_keys_change(page: Page) -> None:
    ask(page, "巴州人社局2026年公务接待费是多少")
    tabs = page.locator("#evidence").get_by_role("tab")
    tabs.first.wait_for()
    count = tabs.count()
    assert count > 1
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector('#bq-tab-2[aria-selected="true"]')
    assert page.evaluate("document.activeElement.id") == "bq-tab-2"


def test_a_choice_answers_what_was_unclear(page: Page) -> None:
    assert "哪个部门" in ask(page, "公务接待费是多少？")
    page.locator(".bq-choices button", has_text="巴州人社局").click()
    assert "1.40 万元" in answered(page, 2)
    assert "巴州" in page.locator(".bq-turn:nth-child(2) .bq-understood").inner_text()
    assert page.locator(".bq-turn:first-child .bq-choices button").count() == 0, "chosen once"


def test_a_comparison_is_drawn_and_its_figures_can_be_saved(page: Page) -> None:
    ask(page, "各单位的三公经费从高到低排一下")
    page.wait_for_selector("#plot canvas")
    rows = page.locator("#figures tbody tr")
    assert rows.count() == 4 and "147.41 万元" in rows.first.inner_text()
    with page.expect_download() as saved:
        page.locator("#figures a[download]").click()
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "名称,数值,单位" and lines[1].endswith(",147.41,万元")
    ask(page, "巴州人社局2026年水费是多少")
    page.wait_for_selector("#figures", state="hidden")


def test_a_document_is_added_asked_about_and_removed(
    page: Page, window: BrowserContext, tmp_path: Path
) -> None:
    good, bad = tmp_path / "哈密<b>.md", tmp_path / "坏的.pdf"
    good.write_text(UPLOADED, encoding="utf-8")
    bad.write_bytes(b"%PDF-1.4 cut short")
    tab(page, "文件")
    page.set_input_files("#upload input[type=file]", [good, bad])
    page.wait_for_selector("#uploaded [role=alert]")
    said = page.locator("#uploaded").inner_text()
    assert "已加入：哈密" in said and "坏的.pdf: 不是完整的 PDF 文件" in said
    assert page.locator("#documents tbody tr").count() == 5
    tab(page, "问答")
    assert "1.25 万元" in ask(page, "哈密市人社局2026年公务接待费是多少")
    page.wait_for_selector("#evidence td.bq-hit")
    table = page.locator("#evidence .bq-table").inner_text()
    assert "<imgsrc=" in table and "{{ran}}" in table, "told as it stands there"
    assert page.evaluate("window.ran") is None, "nothing of a document runs"

    other = opened(window.new_page(), page.url)
    assert "没有" in ask(other, "哈密市人社局2026年公务接待费是多少"), "added for one reader alone"

    tab(page, "文件")
    page.get_by_role("button", name="移除").click()
    page.wait_for_function("document.querySelectorAll('#documents tbody tr').length === 4")


def test_a_question_with_markup_is_text(page: Page) -> None:
    question = (
        '![x](http://192.0.2.1/b.png) <img src="http://192.0.2.1/c.png" onerror="window.ran = 1">三公经费'
    )
    ask(page, question)
    assert page.locator(".bq-question").last.inner_text().endswith(question)
    assert page.locator("#chat img").count() == 0 and page.evaluate("window.ran") is None


def test_feedback_becomes_questions_for_the_evaluation(page: Page, feedback: Path) -> None:
    ask(page, "巴州人社局2026年水费是多少")
    ask(page, "电费呢")
    page.locator(".bq-turn:first-child button", has_text="有用").click()
    page.wait_for_selector(".bq-turn:first-child [role=status]")
    page.locator(".bq-turn:nth-child(2) button", has_text="有问题").click()
    page.locator(".bq-reasons button", has_text="数值错误").click()
    page.wait_for_selector(".bq-turn:nth-child(2) [role=status]")
    good, wrong = read_questions([feedback])[-2:]
    gold = good.turns[0].gold
    assert gold and gold.figure and str(gold.figure.value) == "2.42" and gold.evidence[0].first == 276
    assert [turn.question for turn in wrong.turns] == ["巴州人社局2026年水费是多少", "电费呢"]
    assert wrong.turns[1].gold is None and wrong.turns[1].kind == "反馈·数值错误"


def test_the_dialogue_is_there_again_after_a_reload_until_it_is_cleared(page: Page) -> None:
    ask(page, "巴州人社局2026年水费是多少")
    ask(page, "电费呢")
    page.reload()
    page.wait_for_selector(".bq-turn:nth-child(2)")
    assert "0.18 万元" in page.locator(".bq-turn:nth-child(2) .bq-text").inner_text()
    assert "7.70 万元" in ask(page, "邮电费呢"), "and can be gone on with"
    page.get_by_role("button", name="清空").click()
    page.wait_for_selector(".bq-welcome")
    page.reload()
    page.wait_for_selector(".bq-welcome")


def test_an_answer_can_be_copied_and_made_anew(page: Page, window: BrowserContext) -> None:
    window.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "巴州人社局2026年水费是多少")
    page.get_by_role("button", name="复制").click()
    page.get_by_role("button", name="已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "2.42 万元" in copied and "第 276 行" in copied and "&" not in copied
    page.get_by_role("button", name="重新回答").click()
    page.wait_for_selector(".bq-tools")
    assert page.locator(".bq-turn").count() == 1


def test_examples_are_answered_by_the_documents_at_hand(page: Page) -> None:
    kinds = page.locator(".bq-examples h4").all_inner_texts()
    assert {"查一个数", "和上年比", "多家比较", "文字说明"} <= set(kinds)
    page.locator(".bq-examples button").first.click()
    answered(page, 1)
    assert page.locator(".bq-status").count() == 0


def test_tables_and_figures_can_be_looked_through(page: Page) -> None:
    tab(page, "表格")
    page.wait_for_selector("#table .bq-table")
    tab(page, "文件")
    page.fill("#search-documents textarea, #search-documents input", "昌吉 2024")
    page.wait_for_function("document.querySelectorAll('#documents tbody tr').length === 1")
    page.get_by_role("button", name="看表").click()
    page.wait_for_function("document.querySelector('#choose-document input').value.includes('昌吉州')")
    page.wait_for_selector("#table caption")
    assert page.locator("#table caption").inner_text().startswith("表1")
    tab(page, "读出的数据")
    page.fill("#search-facts textarea, #search-facts input", "公务接待费 表10")
    page.wait_for_function("document.querySelectorAll('#facts tbody tr').length < 20")
    rows: list[Any] = page.locator("#facts tbody tr").all_inner_texts()
    assert rows and all("公务接待费" in row and "表10" in row for row in rows)
    link = page.locator("#facts a[download]").get_attribute("href") or ""
    saved = base64.b64decode(link.partition("base64,")[2]).decode("utf-8-sig").splitlines()
    assert len(saved) == len(rows) + 1


def test_the_keyboard_is_enough(page: Page) -> None:
    page.locator("#question textarea").focus()
    page.keyboard.type("巴州人社局2026年公务接待费是多少")
    page.keyboard.press("Enter")
    answered(page, 1)
    marks = page.locator(".bq-mark")
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.className") == "bq-mark":
            break
    chosen = page.evaluate("document.activeElement.dataset.number")
    assert int(chosen) == marks.count(), "the last of the marks before the question"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "where one is can be seen"
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#bq-tab-{chosen}[aria-selected="true"]')


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 768, 1440])
def test_every_width_shows_all_and_every_text_stands_out(
    browser: Browser, address: str, width: int, theme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = opened(context.new_page(), address)
    seen = []
    seen += page.evaluate(CONTRAST)
    ask(page, "公务接待费是多少？")
    ask(page, "各单位的三公经费从高到低排一下")
    page.wait_for_selector("#plot canvas")
    page.locator(".bq-turn:last-child button", has_text="有问题").click()
    page.wait_for_selector(".bq-reasons")
    for name in ("问答", "文件", "表格", "读出的数据"):
        tab(page, name)
        page.wait_for_timeout(300)
        assert page.evaluate(OVERFLOW) <= 0, f"{name} is wider than the window"
        seen += page.evaluate(CONTRAST)
    context.close()
    assert seen == []


@pytest.mark.filterwarnings("ignore:unclosed event loop:ResourceWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")
def test_what_is_asked_while_another_question_is_answered_waits_its_turn(
    browser: Browser, sample_assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released, answer = threading.Event(), Session._answer

    def held(self: Session, *args: Any) -> None:
        released.wait()
        answer(self, *args)

    monkeypatch.setattr(Session, "_answer", held)
    blocks = build_page(sample_assistant, tmp_path / "feedback.jsonl")
    page = opened(browser.new_page(), start(blocks))
    try:
        page.fill("#question textarea", "巴州人社局2026年水费是多少")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_selector(".bq-stages")
        page.fill("#question textarea", "电费呢")
        page.keyboard.press("Enter")
        released.set()
        assert "0.18 万元" in answered(page, 2)
        page.locator(".bq-turn:first-child button", has_text="有用").dblclick()
        page.wait_for_selector(".bq-turn:first-child [role=status]")
        assert page.locator(".bq-turn").count() == 2
        assert len(read_questions([tmp_path / "feedback.jsonl"])) == 1
    finally:
        released.set()
        page.close()
        blocks.close(verbose=False)
        gc.collect()  # here, where what Gradio leaves is expected


def test_who_has_no_password_sees_nothing(
    browser: Browser, sample_assistant: Assistant, tmp_path: Path
) -> None:
    login = tmp_path / "login.txt"
    login.write_text("reader:open sesame\n", encoding="utf-8")
    with served("--index", sample_assistant.store.path, "--auth", login) as place:
        context = browser.new_context()
        asked: list[str] = []
        context.on("request", lambda sent: asked.append(_host(sent)))
        page = context.new_page()
        page.goto(place)
        page.wait_for_selector("input[type=password]")
        assert page.request.get(f"{place}config").status == 401
        page.locator("input").first.fill("reader")
        page.fill("input[type=password]", "open sesame")
        page.keyboard.press("Enter")
        page.wait_for_selector(".bq-welcome")
        context.close()
        assert set(asked) <= {"127.0.0.1", ""}
