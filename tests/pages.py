"""A served page and a headless Chromium to look at it with: what the browser tests share."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
SERVE = "import sys; from qa.cli import main; sys.exit(main())"  # what the console script does
PATIENCE = 60_000
"""Milliseconds: a busy machine is no failure."""


@contextmanager
def served(*options: object) -> Iterator[str]:
    """Serve the page in a process of its own and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port), *map(str, options)]
    process = subprocess.Popen(
        command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        assert "网页已打开" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium."""
    with sync_playwright() as playwright:
        # a container has neither user namespaces nor much shared memory
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        try:
            yield browser
        finally:
            browser.close()


def opened(page: Page, address: str) -> Page:
    """Open the page and wait until a question can be asked."""
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector(".bq-welcome, .bq-turn")
    return page


def ask(page: Page, question: str) -> str:
    """Ask a question as a reader does and return the text of the answer."""
    asked = page.locator(".bq-turn").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    return answered(page, asked + 1)


def answered(page: Page, count: int) -> str:
    """Wait for the answer of turn `count` and return its text."""
    page.wait_for_selector(f".bq-turn:nth-child({count}) .bq-tools")
    return page.locator(f".bq-turn:nth-child({count}) .bq-text").inner_text()


def tab(page: Page, name: str) -> None:
    """Go to a tab of the page."""
    page.get_by_role("tab", name=name, exact=True).click()
