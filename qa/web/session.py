"""What one reader has asked: a dialogue with its own documents, and the readers there are."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from index.errors import IndexingError
from qa.answer import Answer
from qa.assistant import LONGEST_QUESTION, Assistant
from qa.dialogue import Conversation
from qa.errors import AnsweringError
from qa.places import shortened
from qa.stages import listening
from qa.web.uploads import MOST_SHARED, Shelf

MOST_TURNS = 40
"""Turns that are shown and remembered; the oldest go first."""
MOST_SESSIONS = 200
"""Readers that are remembered; who was away longest goes first."""
INTERNAL = "程序内部错误，没有得到答案；详情见服务端日志。"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """A question and what came of it: an answer, or an error in words; `rating` is the reader's verdict."""

    question: str
    answer: Answer | None = None
    error: str = ""
    stages: tuple[str, ...] = ()
    seconds: float = 0.0
    rating: str = ""


@dataclass
class Session:
    """One reader's dialogue; `lock` keeps two of its questions apart."""

    shelf: Shelf
    folder: Path | None = None
    turns: list[Turn] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    _conversation: Conversation | None = None

    @property
    def questions(self) -> list[str]:
        """What was asked, to be kept in the browser."""
        return [turn.question for turn in self.turns]

    def ask(self, question: str) -> Iterator[Turn]:
        """Answer a question, and yield the turn at each step that the answer reaches and when it is there."""
        with self.lock:
            turn = Turn(shortened(question, LONGEST_QUESTION))
            self.turns.append(turn)
            del self.turns[:-MOST_TURNS]
            yield turn
            told: SimpleQueue[str | None] = SimpleQueue()
            threading.Thread(target=self._answer, args=(turn, question, told), daemon=True).start()
            while self._heard(turn, told):
                yield turn
            yield turn

    def replay(self, questions: Sequence[str]) -> None:
        """Ask earlier questions again, so that the dialogue stands where it stood."""
        with self.lock:
            self._conversation, self.turns = None, []
            for question in questions[-MOST_TURNS:]:
                turn = Turn(question)
                self.turns.append(turn)
                self._answer(turn, question)

    def clear(self) -> None:
        """Forget what was said."""
        self.replay(())

    def close(self) -> None:
        """Remove what this reader has left on disk."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _heard(turn: Turn, told: SimpleQueue[str | None]) -> bool:
        """Wait for the next step, note it with those that came meanwhile, and tell whether more will come."""
        stage = told.get()
        while stage is not None:
            if stage not in turn.stages:
                turn.stages += (stage,)
            if told.empty():
                return True
            stage = told.get()
        return False

    def _answer(self, turn: Turn, question: str, told: SimpleQueue[str | None] | None = None) -> None:
        begun = time.perf_counter()
        try:
            with listening(told.put if told else lambda stage: None):
                turn.answer = self._dialogue().ask(question)
        except (AnsweringError, IndexingError) as error:
            turn.error = str(error)
        except Exception:
            _log.exception("question failed: %r", question[:200])
            turn.error = INTERNAL
        turn.seconds = time.perf_counter() - begun
        if told:
            told.put(None)

    def _dialogue(self) -> Conversation:
        """Return the dialogue, held with the documents as they are now."""
        if self._conversation is None:
            self._conversation = self.shelf.assistant.chat()
        self._conversation.assistant = self.shelf.assistant
        return self._conversation


class Sessions:
    """The readers of a page, by the name that the page gives each open window."""

    def __init__(self, assistant: Assistant, shared: bool = False) -> None:
        """With `shared`, all readers add files to the index that is served."""
        self._folder = tempfile.mkdtemp(prefix="budget-qa-")
        place = assistant.store.path
        beside = place if isinstance(place, Path) else Path(self._folder)
        self._own = Shelf(assistant, beside / "uploads", place, MOST_SHARED)
        self._shared = shared
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    @property
    def assistant(self) -> Assistant:
        """What is served."""
        return self._own.assistant

    def of(self, name: str) -> Session:
        """Return a reader's session, a new one for a new reader."""
        with self._lock:
            session = self._open.get(name)
            if session is None:
                session = self._open[name] = self._new()
            self._open.move_to_end(name)
            gone = [self._open.popitem(last=False)[1] for _ in range(len(self._open) - MOST_SESSIONS)]
        for old in gone:
            old.close()
        return session

    def close(self, name: str) -> None:
        """Forget a reader."""
        with self._lock:
            session = self._open.pop(name, None)
        if session:
            session.close()

    def close_all(self) -> None:
        """Forget everybody."""
        for name in list(self._open):
            self.close(name)

    def _new(self) -> Session:
        if self._shared:
            return Session(self._own)
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        return Session(Shelf(self.assistant, folder / "files", folder / "index"), folder)
