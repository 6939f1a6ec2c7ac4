"""The question page: `build_page` makes it, `serve_page` shows it on this machine."""

from qa.web.page import build_page, serve_page

__all__ = ["build_page", "serve_page"]
