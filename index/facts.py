"""A document -> all its facts, numbered from 0."""

from __future__ import annotations

from dataclasses import replace

from index.document import Document, Fact
from index.prose_facts import prose_facts
from index.table_facts import table_facts


def document_facts(document: Document) -> tuple[Fact, ...]:
    """Return the facts of the document's tables and prose."""
    facts = [fact for table in document.tables for fact in table_facts(document, table)]
    facts += prose_facts(document)
    return tuple(replace(fact, id=number) for number, fact in enumerate(facts))
