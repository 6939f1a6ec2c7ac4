"""Everything that can go wrong while answering.

AnsweringError
├── QuestionError    the question cannot be taken: empty or far too long
└── LoginError       the user and password for the page are not given as they must be
"""


class AnsweringError(Exception):
    """Base of all errors of this package; `str(error)` is one line for the user, in Chinese."""


class QuestionError(AnsweringError):
    """The question cannot be taken."""


class LoginError(AnsweringError):
    """The user and password for the page are not given as they must be."""
