"""Keeps the page to this machine: no request leaves for another host.

Gradio's page names foreign hosts in a few <meta> tags. They are taken out, and each response tells
the browser to load nothing from elsewhere, so that a later Gradio cannot bring it back unnoticed.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's own scripts write styles, compile templates and make blob: workers
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
)
CHINESE = b"""<head><script>
Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
Object.defineProperty(navigator, "languages", { get: () => ["zh-CN"] });
</script>"""
"""Gradio takes the language of its own words from the browser; this page is Chinese throughout."""
_FOREIGN_TAG = re.compile(rb"<(?:meta|link)\b[^>]*[\"']https?://[^>]*>\s*")


class LocalOnly:
    """An ASGI layer around Gradio's application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and clean its response."""
        if scope["type"] == "http":
            send = _Cleaner(send)
        await self._app(scope, receive, send)


class _Cleaner:
    """Sends a response on: the policy is added, and an HTML body is held back until it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body: bytearray | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = POLICY
            headers["referrer-policy"] = "no-referrer"
            if headers.get("content-type", "").startswith("text/html"):
                self._start, self._body = message, bytearray()
                return
        elif message["type"] == "http.response.body" and self._body is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = without_foreign_tags(bytes(self._body))
            MutableHeaders(scope=self._start)["content-length"] = str(len(page))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": page}
        await self._send(message)


def without_foreign_tags(page: bytes) -> bytes:
    """Return the page without <meta> and <link> tags that name another host, its language set to Chinese."""
    plain = _FOREIGN_TAG.sub(b"", page).replace(b'lang="en"', b'lang="zh-CN"', 1)
    return plain.replace(b"<head>", CHINESE, 1)
