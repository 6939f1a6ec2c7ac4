"""Everything that can go wrong while evaluating.

EvalError
├── UsageError          the command line asks for something impossible
│   └── QuestionError   a question file cannot be read, or a line of it is not a question
└── BenchError          a measured command failed
    └── PeerMissing     a system to compare with is not installed
"""


class EvalError(Exception):
    """Base of all errors of this package; `str(error)` is one line for the user, in Chinese."""


class UsageError(EvalError):
    """The command line asks for something that cannot be done."""


class QuestionError(UsageError):
    """A question file cannot be read, or one of its lines is not a question."""


class BenchError(EvalError):
    """A command that was to be measured failed."""


class PeerMissing(BenchError):
    """A system that was to be compared with is not installed."""
