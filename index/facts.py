"""A document -> all its facts."""

from __future__ import annotations

from index.document import Document, Fact
from index.prose_facts import prose_facts
from index.table_facts import table_facts
from index.trust import is_told


def document_facts(document: Document) -> tuple[Fact, ...]:
    """Return the facts of the document's tables and prose, ids left at 0."""
    facts = [fact for table in document.tables for fact in table_facts(document, table)]
    return (*facts, *filter(is_told, prose_facts(document)))
