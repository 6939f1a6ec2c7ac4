"""The question page, made with Gradio: the question on the left, the places that prove it beside it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

# Gradio reads these when it is imported: no usage statistics, and no proxy between us and ourselves
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))

import gradio as gr
from starlette.middleware import Middleware

from index.errors import IndexingError
from qa.assistant import Assistant
from qa.errors import AnsweringError
from qa.names import short_name
from qa.web.evidence import answer_html, evidence_html, message_html
from qa.web.local import LocalOnly

TITLE = "政府预算公开问答"
FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
EXAMPLE_DOCUMENTS = 2
"""Example questions are about so many documents of the index."""
EXAMPLE_QUESTIONS = ("三公经费是多少？", "公务接待费是多少？比上年增加还是减少？", "收入总计是多少？")

CSS = """
.bq-text { font-size: 1.1rem; line-height: 1.7; white-space: pre-wrap; overflow-wrap: anywhere; }
.bq-status { font-weight: 600; color: #b45309; }
.bq-place { font-size: .85rem; opacity: .8; margin: .3rem 0; overflow-wrap: anywhere; }
.bq-sources summary { cursor: pointer; font-weight: 600; margin-top: .6rem; }
.bq-lines { overflow-x: auto; }
.bq-lines table { border-collapse: collapse; font-size: .85rem; }
.bq-lines td, .bq-lines th { border: 1px solid #8884; padding: .2rem .45rem; vertical-align: top; }
.bq-lines th { opacity: .55; font-weight: 400; text-align: right; user-select: none; }
.bq-cited { background: #fde68a33; }
.bq-sources mark { background: #fde047; color: #111; padding: 0 .1rem; }
"""

_log = logging.getLogger(__name__)


def build_page(assistant: Assistant) -> gr.Blocks:
    """Return the page; its function `/ask` takes a question and gives the answer and its sources as HTML."""

    def ask(question: str) -> tuple[str, str]:
        return answered(assistant, question)

    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(f"<h1>{TITLE}</h1><p>{_held(assistant)}</p>")
        with gr.Row():
            with gr.Column(scale=2, min_width=320):
                question = gr.Textbox(
                    label="问题", placeholder="例如：三公经费是多少？", max_lines=4, autofocus=True
                )
                button = gr.Button("提问", variant="primary")
                answer = gr.HTML(elem_id="answer")
                gr.Examples(_examples(assistant), question, label="试试这些问题")
            with gr.Column(scale=3, min_width=320):
                evidence = gr.HTML(elem_id="evidence")
        gr.on(
            [button.click, question.submit],
            ask,
            question,
            [answer, evidence],
            api_name="ask",
            show_progress="minimal",
        )
    return page


def serve_page(assistant: Assistant, host: str, port: int, ready: Callable[[str], None] = print) -> None:
    """Serve the page until Ctrl-C; `ready` is called with its address once it answers."""
    page = build_page(assistant)
    try:
        ready(start(page, host, port))
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        page.close(verbose=False)


def start(page: gr.Blocks, host: str = "127.0.0.1", port: int | None = None) -> str:
    """Serve the page in a thread and return its address; `page.close()` ends it."""
    _, address, _ = page.launch(
        server_name=host,
        server_port=port,
        theme=gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace")),
        css=CSS,
        app_kwargs={"middleware": [Middleware(LocalOnly)]},
        footer_links=[],
        run_history=False,
        share=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        quiet=True,
        prevent_thread_lock=True,
    )
    return str(address)


def answered(assistant: Assistant, question: str) -> tuple[str, str]:
    """Return the answer and its sources as HTML; whatever goes wrong is told in the answer's place."""
    try:
        answer = assistant.ask(question)
        return answer_html(answer), evidence_html(answer, assistant.store)
    except (AnsweringError, IndexingError) as error:
        return message_html(str(error)), ""
    except Exception:
        _log.exception("question failed: %r", question[:200])
        return message_html("程序内部错误，没有得到答案；详情见服务端日志。"), ""


def _held(assistant: Assistant) -> str:
    """Say what can be asked about."""
    count = len(assistant.store.documents)
    return f"已收录 {count} 份部门预算、决算公开文件；答案中的每个数字都标明出处，查不到就说查不到。"


def _examples(assistant: Assistant) -> list[list[str]]:
    """Return questions that the documents at hand can answer."""
    questions = []
    for about in assistant.store.documents[:EXAMPLE_DOCUMENTS]:
        year = f"{about.year}年" if about.year else ""
        questions += [[f"{short_name(about.entity)}{year}{asked}"] for asked in EXAMPLE_QUESTIONS]
    return questions
