"""What people call things: the language data files and fast look-ups in them."""

from qa.lexicon.data import Lexicon, MeasureRule, lexicon, phrases_in

__all__ = ["Lexicon", "MeasureRule", "lexicon", "phrases_in"]
