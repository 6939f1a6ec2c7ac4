"""What the browser runs and how the page looks: the data files beside this module."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

SCRIPT = (_HERE / "page.js").read_text(encoding="utf-8")
STYLE = (_HERE / "style.css").read_text(encoding="utf-8")
