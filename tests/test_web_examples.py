"""Example questions: made from the documents at hand, and only such as are answered."""

from __future__ import annotations

import json
import string
from pathlib import Path

from index.build import build_index
from qa import Assistant
from qa.web.examples import A_KIND, PATTERNS, Examples, examples, examples_html


def test_patterns_name_nothing_but_who_and_when() -> None:
    groups = json.loads(PATTERNS.read_text(encoding="utf-8"))
    assert all(set(group) == {"kind", "asks"} and group["asks"] for group in groups)
    fields = {
        field for group in groups for ask in group["asks"] for _, field, *_ in string.Formatter().parse(ask)
    }
    assert fields <= {"who", "year", "other", None}


def test_every_example_is_answered(sample_assistant: Assistant) -> None:
    groups = examples(sample_assistant)
    assert len(groups) == 6 and all(1 <= len(group.questions) <= A_KIND for group in groups)
    for group in groups:
        for question in group.questions:
            assert sample_assistant.ask(question).status == "answered", question


def test_what_a_document_does_not_tell_is_no_example(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\nentity: 某市水务局\nyear: 2026\naccount: 预算\n---\n\n# 某市水务局 2026 年部门预算\n\n"
        "2026 年公务接待费 1.25 万元。\n",
        encoding="utf-8",
    )
    build_index([tmp_path / "a.md"], tmp_path / "index")
    asked = [
        question for group in examples(Assistant.open(tmp_path / "index")) for question in group.questions
    ]
    assert "某市水务局2026年公务接待费是多少？" in asked
    assert not any("人社" in question or "项目支出" in question for question in asked)


def test_examples_are_escaped() -> None:
    html = examples_html((Examples("种<b>", ("问<i>",)),))
    assert "<b>" not in html and "<i>" not in html and 'data-question="问&lt;i&gt;"' in html
