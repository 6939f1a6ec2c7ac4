"""The other tabs: the documents with adding and removing, and their tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import IndexingError
from index.readers import SUFFIXES
from index.store import Store
from qa.web.documents import documents_html
from qa.web.script import SCRIPT
from qa.web.session import Session, Sessions
from qa.web.tables import facts_html, one_table_html, table_choices
from qa.web.uploads import MOST_BYTES, MOST_FILES

UPLOADS_AT_ONCE = 2
"""Files are read by processes of their own; more than so many readers' files wait."""
KINDS = "可以是 PDF、Word（.docx）、Excel、网页、文本或 Markdown，文件类型看内容，不看扩展名。"

View = dict[Any, Any]


class BrowseTabs:
    """The components of the tabs and what happens when they are used."""

    def __init__(self, sessions: Sessions, tabs: gr.Tabs, shared: bool) -> None:
        self._sessions = sessions
        self._tabs = tabs
        with gr.Tab("文件", id="documents"):
            self.search = gr.Textbox(
                label="查找文件",
                placeholder="部门、年度、预算或决算，可用空格隔开几个词",
                elem_id="search-documents",
            )
            self.list = gr.HTML(elem_id="documents", js_on_load=SCRIPT, apply_default_css=False)
            where = "写进本页的索引，所有人都能问到" if shared else "只有您自己能问到，关闭页面后删除"
            self.given = gr.File(
                label="加入文件",
                file_count="multiple",
                file_types=list(SUFFIXES),
                elem_id="upload",
                height=150,
            )
            limits = f"最多 {MOST_FILES} 份，每份 {MOST_BYTES // 2**20} MiB 以内；{where}。{KINDS}"
            gr.HTML(f'<p class="bq-note">{limits}</p>', apply_default_css=False)
            self.result = gr.HTML(elem_id="uploaded", apply_default_css=False)
        with gr.Tab("表格", id="tables") as self.tables:
            self.doc = gr.Dropdown(label="文件", choices=[], elem_id="choose-document")
            with gr.Tabs():
                with gr.Tab("读出的表"):
                    self.which = gr.Dropdown(label="表", choices=[], elem_id="choose-table")
                    self.table = gr.HTML(elem_id="table", apply_default_css=False)
                with gr.Tab("读出的数据"):
                    self.filter = gr.Textbox(
                        label="查找数据", placeholder="例如：公务接待费 一般公共预算", elem_id="search-facts"
                    )
                    self.facts = gr.HTML(elem_id="facts", apply_default_css=False)
        self.listed = [self.list, self.doc]
        self.opened = [self.which, self.table, self.filter, self.facts]
        self._wire()

    def _wire(self) -> None:
        quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self.search.change(self.find, self.search, self.list, trigger_mode="always_last", **quick)
        self.list.click(
            self.press,
            self.search,
            [*self.listed, *self.opened, self._tabs, self.result],
            trigger_mode="multiple",
            **quick,
        )
        self.tables.select(self.look, [self.doc, self.which], [self.doc, *self.opened], **quick)
        self.given.upload(
            self.add,
            [self.given, self.search],
            [*self.listed, self.which, self.given, self.result],
            concurrency_limit=UPLOADS_AT_ONCE,
            concurrency_id="upload",
            show_progress_on=self.result,
            api_visibility="private",
        )
        self.doc.input(self.open, self.doc, self.opened, **quick)
        self.which.input(self.show, [self.doc, self.which], self.table, **quick)
        self.filter.change(
            self.sift, [self.doc, self.filter], self.facts, trigger_mode="always_last", **quick
        )

    # -- what is done -----------------------------------------------------------------------------

    def begin(self, request: gr.Request) -> View:
        """Show the documents of the reader; their tables come when they are looked for."""
        return self._listed(self._session(request))

    def _listed(self, session: Session, search: str = "", doc: str = "") -> View:
        store = session.shelf.assistant.store
        names = [about.name for about in store.documents]
        return {
            self.list: documents_html(store, session.shelf.added, search),
            self.doc: gr.Dropdown(choices=names, value=doc if doc in names else names[0]),
        }

    def find(self, search: str, request: gr.Request) -> str:
        """List the documents that are looked for."""
        shelf = self._session(request).shelf
        return documents_html(shelf.assistant.store, shelf.added, search)

    def press(self, event: gr.EventData, search: str, request: gr.Request) -> View:
        """Do what a button in the list of documents stands for."""
        session = self._session(request)
        pressed = event._data if isinstance(event._data, dict) else {}
        act, doc = str(pressed.get("act", "")), str(pressed.get("doc", ""))
        if act == "tables":
            opened = self._opened(self._store(request, doc), doc)
            return {**self._listed(session, search, doc), **opened, self._tabs: gr.Tabs(selected="tables")}
        if act == "remove":
            try:
                session.shelf.remove(doc)
            except IndexingError as error:
                return {self.result: _problems([str(error)])}
            return {**self._listed(session, search), self.which: None, self.result: _news([f"已移除：{doc}"])}
        return {self.result: gr.skip()}

    def add(
        self,
        given: Sequence[str],
        search: str,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - this is how Gradio knows it
    ) -> View:
        """Read files into the session's documents."""
        session = self._session(request)
        before = set(session.shelf.added)

        def told(name: str, done: int, total: int) -> None:
            progress((done, total), desc=f"正在读：{name}" if name else "正在写索引", unit="份")

        files = [(Path(path).name, Path(path)) for path in given or ()]
        try:
            problems = session.shelf.add(files, told)
        except IndexingError as error:
            problems = [str(error)]
        finally:
            for _, path in files:
                path.unlink(missing_ok=True)
        added = [name for name in session.shelf.added if name not in before]
        lines = [f"已加入：{name}，可以在“问答”里提问了" for name in added]
        return {
            **self._listed(session, search, added[-1] if added else ""),
            self.which: None,
            self.given: None,
            self.result: _news(lines) + _problems(problems),
        }

    def look(self, doc: str, which: int | None, request: gr.Request) -> View:
        """Show the tables and figures of the chosen document, unless they are there already."""
        if which is not None:
            return {self.doc: gr.skip()}
        return {self.doc: doc, **self._opened(self._store(request, doc), doc)}

    def open(self, doc: str, request: gr.Request) -> View:
        """Show the tables and figures of another document."""
        return self._opened(self._store(request, doc), doc)

    def show(self, doc: str, which: int | None, request: gr.Request) -> str:
        """Show another table."""
        return one_table_html(self._store(request, doc), doc, which)

    def sift(self, doc: str | None, search: str, request: gr.Request) -> str | View:
        """Show the figures that are looked for, once there is a document."""
        return facts_html(self._store(request, doc), doc, search) if doc else gr.skip()

    def _opened(self, store: Store, doc: str) -> View:
        choices = table_choices(store, doc)
        first = choices[0][1] if choices else None
        return {
            self.which: gr.Dropdown(choices=choices, value=first),
            self.table: one_table_html(store, doc, first),
            self.filter: "",
            self.facts: facts_html(store, doc),
        }

    def _session(self, request: gr.Request) -> Session:
        return self._sessions.of(request.session_hash or "")

    def _store(self, request: gr.Request, doc: str) -> Store:
        store = self._session(request).shelf.assistant.store
        if doc not in {about.name for about in store.documents}:
            raise gr.Error("这份文件已经移除，请重新选择", title="没有这份文件", print_exception=False)
        return store


def _news(lines: Sequence[str]) -> str:
    return "".join(f'<p class="bq-note" role="status">{escape(line)}</p>' for line in lines)


def _problems(lines: Sequence[str]) -> str:
    return "".join(f'<p class="bq-status" role="alert">{escape(line)}</p>' for line in lines)
