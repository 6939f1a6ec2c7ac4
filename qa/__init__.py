"""Questions about budget disclosures, answered with exact, cited figures."""

from qa.answer import Answer, Citation, Value
from qa.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Value"]
