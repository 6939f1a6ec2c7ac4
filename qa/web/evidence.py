"""Answers and their citations as HTML: each source with the lines around the place, the place marked.

Everything that comes from a question or a document is escaped here and nowhere else.
"""

from __future__ import annotations

import re
from html import escape

from index.store import Store
from qa.answer import Answer, Citation, mask
from qa.places import cell_of, place_of

CONTEXT = 3
"""Lines shown before and after a cited place."""
LONGEST_PLACE = 40
"""Lines shown of one cited place."""
OPEN_SOURCES = 3
"""So many sources are unfolded from the start."""

_MARKDOWN_RULE = re.compile(r"\s*\|?[\s:|-]*-{2,}[\s:|-]*")
_MARKDOWN_BAR = re.compile(r"(?<!\\)\|")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_STATUS = {"not_found": "没有找到", "clarify": "需要再问清楚"}


def answer_html(answer: Answer) -> str:
    """Return the answer with its steps and choices."""
    parts = []
    if answer.status in _STATUS:
        parts.append(f'<p class="bq-status">{_STATUS[answer.status]}</p>')
    parts.append(f'<p class="bq-text">{_escaped(answer.text)}</p>')
    parts.append(_list("ul", "可以这样问", answer.choices))
    parts.append(_list("ol", "计算步骤", answer.steps))
    return f'<div class="bq-answer bq-{escape(answer.status)}">{"".join(parts)}</div>'


def message_html(message: str) -> str:
    """Return a message about a question that could not be taken."""
    return f'<div class="bq-answer bq-error"><p class="bq-text">{_escaped(message)}</p></div>'


def evidence_html(answer: Answer, store: Store) -> str:
    """Return the citations of an answer, each with the lines it stands in."""
    if not answer.citations:
        return ""
    figures = {_plain(figure) for figure in _FIGURES_OF(answer)}
    sources = (
        _source(number, citation, store, figures) for number, citation in enumerate(answer.citations, 1)
    )
    return f'<div class="bq-sources"><h3>来源</h3>{"".join(sources)}</div>'


def _FIGURES_OF(answer: Answer) -> list[str]:
    return _FIGURE.findall(" ".join((answer.text, *answer.steps)))
