"""Questions that no fact answers: the sentences that do, from the best passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.store import DocumentInfo
from index.text import fold
from qa.answer import Answer, Citation
from qa.lookup import plain_text
from qa.matching import bigrams
from qa.question import Query
from qa.retrieve import search, sentences

if TYPE_CHECKING:
    from qa.assistant import Assistant

COVER = 0.5
"""So much of the question's content must stand in the sentences given, or nothing is answered."""


def from_passages(assistant: Assistant, query: Query, info: DocumentInfo) -> Answer | None:
    """Return the sentences that answer a question in words; None for figures and for weak matches."""
    if not any(rule.kind == "text" for rule in query.measures):
        return None
    content = _content(query)
    if len(content) < 2:
        return None
    passages = assistant.passages_of(info.name)
    text = plain_text(query.rest).replace("，", " ")
    hits = search(assistant.store, assistant.encoder, text, list(passages), passages)
    for hit in hits:
        passage = hit.passage
        if passage.heading_path and passage.heading_path[-1].endswith("表"):
            continue
        ranked = []
        for start, end in sentences(passage.text):
            sentence = fold(passage.text[start:end])
            grams = set(bigrams(sentence))
            ranked.append((sum(gram in grams for gram in content) / len(content), start, end))
        if not ranked:
            continue
        cover, start, end = max(ranked)
        whole = set(bigrams(fold(passage.text)))
        if cover < COVER and sum(gram in whole for gram in content) / len(content) < COVER + 0.2:
            continue
        quote = passage.text if cover < COVER else passage.text[start:end]
        span = passage.span
        lines = (span.first, span.last) if span.first is not None and span.last is not None else None
        citation = Citation(
            passage.doc,
            assistant.titles.get(passage.doc, passage.doc),
            lines,
            span.page,
            None,
            None,
            None,
            quote,
        )
        return Answer(query.question, "answered", f"{info.title}：{quote.strip()}", citations=(citation,))
    return None


def _content(query: Query) -> set[str]:
    """Return the bigrams of the question that are not mere asking."""
    from qa.lexicon import lexicon

    words = lexicon().ignorable
    found = set()
    for piece in plain_text(query.rest).split("，"):
        for gram in bigrams(piece):
            if len(gram) == 2 and gram not in words:
                found.add(gram)
    for rule in query.measures:
        for cue in rule.cues:
            if cue in query.rest:
                found -= set(bigrams(cue))
    return found
