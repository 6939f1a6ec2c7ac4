"""Invented departments in the form of real disclosures, with questions whose answers are known."""

from eval.synthetic.corpus import Disclosure, disclosures, write_corpus
from eval.synthetic.gold import questions, write_questions

__all__ = ["Disclosure", "disclosures", "questions", "write_corpus", "write_questions"]
