"""The first tab: the dialogue, and beside it the evidence and the figures of the answer looked at."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from qa.assistant import LONGEST_QUESTION
from qa.web import feedback
from qa.web.charts import chart_of, drawn, figures_html
from qa.web.chat import chat_html
from qa.web.evidence import EMPTY, evidence_html
from qa.web.examples import examples
from qa.web.script import SCRIPT
from qa.web.session import Session, Sessions

_log = logging.getLogger(__name__)

View = dict[Any, Any]


class AskTab:
    """The components of the tab and what happens when they are used."""

    def __init__(self, sessions: Sessions, feedback_file: Path) -> None:
        self._sessions = sessions
        self._feedback = feedback_file
        self._examples = examples(sessions.assistant)
        self._index = str(sessions.assistant.store.path)
        key = f"budget-qa:{sessions.assistant.store.path}"
        # what is kept are questions: answers are made anew, so that they are never older than the index
        self.history = gr.BrowserState([], storage_key=key, secret=key)
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=320):
                self.chat = gr.HTML(elem_id="chat", js_on_load=SCRIPT, apply_default_css=False)
                with gr.Row(elem_id="asking"):
                    self.question = gr.Textbox(
                        label="问题", placeholder="例如：公务接待费是多少？", lines=1, max_lines=4, scale=8,
                        max_length=LONGEST_QUESTION, autofocus=True, container=False, elem_id="question",
                    )  # fmt: skip
                    self.button = gr.Button("提问", variant="primary", scale=1, min_width=72)
                    self.clear = gr.Button("清空", scale=1, min_width=72)
            with gr.Column(scale=6, min_width=320, elem_id="beside"):
                with gr.Column(elem_id="figures"):  # style.css hides it while there are none
                    self.plot = gr.Plot(show_label=False, container=False, elem_id="plot")
                    self.table = gr.HTML(apply_default_css=False)
                self.evidence = gr.HTML(EMPTY, elem_id="evidence", js_on_load=SCRIPT, apply_default_css=False)
        self.shown = [self.chat, self.evidence, self.plot, self.table]
        self._wire()

    def _wire(self) -> None:
        told = [*self.shown, self.question, self.history]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        gr.on(
            [self.button.click, self.question.submit],
            self.ask,
            self.question,
            told,
            api_name="ask",
            # a question sent while another is answered waits for its turn, and is not lost
            trigger_mode="always_last",
            show_progress="hidden",
        )
        for part in (self.chat, self.evidence):
            part.click(self.press, None, told, trigger_mode="multiple", **quiet)
        self.clear.click(self.forget, None, told, **quiet)

    # -- what is done -----------------------------------------------------------------------------

    def ask(self, question: str, request: gr.Request) -> Iterator[View]:
        """Answer a question, telling how far the answer has come; an empty box asks nothing."""
        session = self._session(request)
        if question:
            yield from self._asked(session, question)
        else:
            yield self._view(session)

    def press(self, event: gr.EventData, request: gr.Request) -> Iterator[View]:
        """Do what a button of the dialogue or of the evidence stands for."""
        session = self._session(request)
        pressed = event._data if isinstance(event._data, dict) else {}
        act = str(pressed.get("act", ""))
        if act == "ask":
            yield from self._asked(session, str(pressed.get("question", "")))
        elif act == "retry" and session.turns:
            *before, last = session.questions
            session.replay(before)
            yield from self._asked(session, last)
        elif act == "cite":
            yield self._beside(session, _number(pressed.get("turn")), _number(pressed.get("number")))
        elif act == "rate":
            self._rated(session, _number(pressed.get("turn")), str(pressed.get("verdict", "")))
            yield {self.chat: self._chat(session)}
        else:
            yield {self.question: gr.skip()}

    def forget(self, request: gr.Request) -> View:
        """Begin anew."""
        session = self._session(request)
        session.clear()
        return {**self._view(session), self.question: "", self.history: []}

    def begin(self, history: Sequence[object] | None, request: gr.Request) -> View:
        """Show the dialogue that the browser kept: its questions are asked anew."""
        session = self._session(request)
        if history and not session.turns:
            session.replay([question for question in history if isinstance(question, str)])
        return self._view(session)

    def _view(self, session: Session) -> View:
        return {self.chat: self._chat(session), **self._beside(session, len(session.turns) - 1)}

    def _session(self, request: gr.Request) -> Session:
        return self._sessions.of(request.session_hash or "")

    def _asked(self, session: Session, question: str) -> Iterator[View]:
        answering = session.ask(question.strip())
        next(answering)
        yield {self.chat: self._chat(session, busy=True), self.question: ""}
        for turn in answering:
            if turn.answer is None and not turn.error:
                yield {self.chat: self._chat(session, busy=True)}
        yield {**self._view(session), self.history: session.questions}

    def _chat(self, session: Session, busy: bool = False) -> str:
        return chat_html(session.turns, self._examples, busy)

    def _beside(self, session: Session, turn: int, number: int = 1) -> View:
        answer = session.turns[turn].answer if 0 <= turn < len(session.turns) else None
        chart = chart_of(answer) if answer else None
        return {
            self.evidence: evidence_html(answer, session.shelf.assistant.store, turn, number)
            if answer
            else EMPTY,
            self.plot: drawn(chart) if chart else None,
            self.table: figures_html(chart) if chart else "",
        }

    def _rated(self, session: Session, turn: int, verdict: str) -> None:
        known = 0 <= turn < len(session.turns) and session.turns[turn].answer is not None
        if not known or verdict not in feedback.VERDICTS:
            return
        if verdict != feedback.BAD:
            line = feedback.record(session.turns[: turn + 1], verdict, self._index)
            try:
                feedback.keep(self._feedback, line)
            except OSError as error:
                _log.warning("feedback not kept: %s", error)
                reason = f"评价写不进文件（{error.strerror or error}）"
                raise gr.Error(reason, title="没有存下来", print_exception=False) from None
        session.turns[turn].rating = verdict


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 6 else -1
