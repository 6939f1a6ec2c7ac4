"""Everything that can go wrong while answering.

AnsweringError
└── QuestionError    the question cannot be taken: empty or far too long
"""


class AnsweringError(Exception):
    """Base of all errors of this package; `str(error)` is one line for the user, in Chinese."""


class QuestionError(AnsweringError):
    """The question cannot be taken."""
