"""The page, made with Gradio: a dialogue beside its evidence, the documents, and their tables."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Gradio reads these when it is imported: no usage statistics, and no proxy between us and ourselves
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))

import gradio as gr
from starlette.middleware import Middleware

from qa.assistant import Assistant
from qa.web.ask import AskTab
from qa.web.browse import BrowseTabs
from qa.web.feedback import default_file
from qa.web.local import LocalOnly
from qa.web.script import STYLE
from qa.web.session import Sessions
from qa.web.uploads import MOST_BYTES

TITLE = "政府预算公开问答"
FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
AT_ONCE = 20
"""Readers who are served at the same time; more wait their turn."""
WAITING = 500
THREADS = 64
SWEPT = (3600, 3600)
"""Every so many seconds, files that Gradio holds and that are older than so many are deleted."""


def build_page(
    assistant: Assistant, feedback_file: Path | None = None, allow_upload: bool = False
) -> gr.Blocks:
    """Return the page; its function `/ask` takes a question and gives the dialogue and its evidence as HTML.

    Files of readers go into copies of the index; with `allow_upload` into the index itself.
    """
    sessions = Sessions(assistant, allow_upload)
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=SWEPT) as page:
        head = f'<div class="bq-head"><h1>{TITLE}</h1><p>{_held(assistant)}</p></div>'
        gr.HTML(head, apply_default_css=False)
        with gr.Tabs() as tabs:
            with gr.Tab("问答", id="ask"):
                asking = AskTab(sessions, feedback_file or default_file())
            browsing = BrowseTabs(sessions, tabs, allow_upload)

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        page.load(asking.begin, asking.history, asking.shown, **quiet)
        page.load(browsing.begin, None, browsing.listed, **quiet)

        def end(request: gr.Request) -> None:
            sessions.close(request.session_hash or "")

        page.unload(end)
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    return page


def serve_page(
    page: gr.Blocks,
    host: str,
    port: int,
    auth: tuple[str, str] | None = None,
    ready: Callable[[str], None] = print,
) -> None:
    """Serve the page until Ctrl-C; `ready` is called with its address once it answers."""
    try:
        ready(start(page, host, port, auth))
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        page.close(verbose=False)


def start(
    page: gr.Blocks, host: str = "127.0.0.1", port: int | None = None, auth: tuple[str, str] | None = None
) -> str:
    """Serve the page in a thread and return its address; `page.close()` ends it."""
    _, address, _ = page.launch(
        server_name=host,
        server_port=port,
        auth=auth,
        auth_message=f"<h2>{TITLE}</h2>" if auth else None,
        theme=_theme(),
        css=STYLE,
        max_threads=THREADS,
        max_file_size=MOST_BYTES,
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


def _theme() -> gr.themes.Base:
    """Return quiet colours whose text stands out from its ground by 4.5 : 1 at least, light and dark."""
    return gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        font=FONTS,
        font_mono=("ui-monospace", "monospace"),
        radius_size="md",
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_300",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        color_accent="*primary_700",
    )


def _held(assistant: Assistant) -> str:
    """Say what can be asked about."""
    count = assistant.store.manifest.counts["documents"]
    return f"已收录 {count} 份部门预算、决算公开文件；每个数字都标明出处，查不到就说查不到。"
