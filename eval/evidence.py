"""Questions with evidence: does retrieval bring up a passage in which the answer stands?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics import LINE_SLACK
from eval.questions import Evidence, Question
from eval.rankings import DEPTH, Judged
from index.document import Passage
from index.encoder import Encoder
from qa import Assistant
from qa.question import understand
from qa.retrieve import Legs, documents_meant, scored, wanted


def with_evidence(questions: Sequence[Question]) -> list[Question]:
    """Return the single questions whose place in the documents is known; a turn leans on those before."""
    return [q for q in questions if not q.dialogue and q.turns[0].gold and q.turns[0].gold.evidence]


def rank_evidence(
    assistant: Assistant, encoder: Encoder, questions: Sequence[Question], ways: Mapping[str, Legs]
) -> dict[str, list[Judged]]:
    """Judge the passages found for each question, among those of the departments and years asked about.

    They are ranked in several ways, by the weights of each. The places given as evidence are alternatives:
    the first that is found counts.
    """
    judged: dict[str, list[Judged]] = {way: [] for way in ways}
    for question in questions:
        turn = question.turns[0]
        query = understand(turn.question, assistant.register)
        passages = {
            number: passage
            for info in documents_meant(query, assistant.store.documents)
            for number, passage in assistant.passages_of(info.name).items()
        }
        found = scored(assistant.store, encoder, wanted(query), passages)
        evidence = turn.gold.evidence if turn.gold else ()
        for way, legs in ways.items():
            best = found.best(passages, DEPTH, legs)
            hits = [any(stands_in(hit.passage, place) for place in evidence) for hit in best]
            first = hits.index(True) if True in hits else DEPTH
            judged[way].append(Judged(tuple(place == first for place in range(len(hits)))))
    return judged


def stands_in(passage: Passage, place: Evidence) -> bool:
    """Tell whether a passage shares a line or page with a place, lines with the usual slack."""
    span = passage.span
    if place.doc not in ("", passage.doc):
        return False
    if place.page is not None:
        return span.page == place.page
    if span.first is None or span.last is None or place.first is None or place.last is None:
        return False
    return span.first - LINE_SLACK <= place.last and place.first - LINE_SLACK <= span.last
