"""The steps of answering, told to whoever listens: a page shows how far an answer has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

UNDERSTAND, LOOK_UP, COMPUTE, CHECK = STAGES = ("理解问题", "查表", "计算", "核对")

_listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


def reached(stage: str) -> None:
    """Say that a step begins; without a listener this costs nothing."""
    listener = _listener.get()
    if listener:
        listener(stage)


@contextmanager
def listening(tell: Callable[[str], None]) -> Iterator[None]:
    """Have `tell` called with each step that this thread reaches inside the block."""
    token = _listener.set(tell)
    try:
        yield
    finally:
        _listener.reset(token)
