"""What the browser runs and how the page looks: the data files beside this module."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

SCRIPT = (_HERE / "page.js").read_text(encoding="utf-8")
STYLE = (_HERE / "style.css").read_text(encoding="utf-8")
HEAD = """<script>
Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
Object.defineProperty(navigator, "languages", { get: () => ["zh-CN"] });
</script>"""
"""Gradio takes the language of its own words from the browser; this page is Chinese throughout."""
