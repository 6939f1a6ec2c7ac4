"""The reading rules, as data: forms, table titles, prose patterns, performance vocabulary."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """Return the parsed rule file `name`.json of this folder."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def prose(kind: str) -> Any:
    """Return one entry of the prose rules."""
    return load("prose")[kind]
