"""What readers think of answers, kept as JSON lines that `python -m eval --questions` reads.

A good answer becomes an expected one, and one that should have been refused a refusal; of the others only
the question is sure, and what was answered stands beside it.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.answer import Answer, mask
from qa.web.session import Turn

GOOD, BAD = "good", "bad"
SHOULD_REFUSE = "应拒答"
REASONS = ("数值错误", "引用错误", SHOULD_REFUSE, "其他")
VERDICTS = (GOOD, BAD, *REASONS)
LARGEST = 16 * 1024 * 1024
"""Bytes of the file; what comes after is not kept."""

_writing = threading.Lock()


def default_file() -> Path:
    """Return where feedback is kept unless another place is named."""
    state = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):  # the standard has a relative one ignored
        state = os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(state, "budget-qa", "feedback.jsonl")


def record(turns: Sequence[Turn], verdict: str, index: str) -> dict[str, Any]:
    """Return the line about the last of these turns; those before it are told where it leans on them."""
    turn = turns[-1]
    assert turn.answer is not None
    asked: dict[str, Any] = {"question": mask(turn.question), "kind": f"反馈·{_named(verdict)}"}
    expected = _expected(turn.answer, verdict)
    line: dict[str, Any] = {
        "id": f"feedback-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}",
        "index": index,
        "given": turn.answer.to_dict(),
    }
    if turn.answer.resolved:
        before = [{"question": mask(earlier.question)} for earlier in turns[:-1]]
        return {**line, "turns": [*before, {**asked, **expected}]}
    return {**line, **asked, **expected}


def keep(file: Path, line: dict[str, Any]) -> None:
    """Append a line. Raises OSError when it cannot be written or the file is full."""
    with _writing:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.exists() and file.stat().st_size > LARGEST:
            raise OSError(f"反馈文件已满：{file}")
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _named(verdict: str) -> str:
    return "有用" if verdict == GOOD else verdict


def _expected(answer: Answer, verdict: str) -> dict[str, Any]:
    if verdict == SHOULD_REFUSE:
        return {"status": "not_found"}
    if verdict != GOOD:
        return {}
    told = answer.to_dict()
    evidence = [
        {"doc": c.doc, **({"start": c.lines[0], "end": c.lines[1]} if c.lines else {"page": c.page})}
        for c in answer.citations
        if c.lines or c.page
    ]
    return {
        "status": answer.status,
        "value": told["value"],
        "unit": told["unit"],
        "values": told["values"],
        "evidence": evidence,
    }
