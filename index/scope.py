"""口径: which money does a table or a section speak of, and what is its total called?"""

from __future__ import annotations

import re
from functools import cache

from index.rules import load
from index.text import squash


@cache
def title_rule(title: str) -> tuple[str, str]:
    """Return (subject, scope) of a table title or section heading, ('', '') when it tells nothing."""
    text = squash(title)
    for rule in load("titles"):
        if re.search(rule["match"], text):
            return rule["subject"], rule["scope"]
    return "", ""
