"""What serving a page must know beforehand: whether the address is free, and who may come in."""

from __future__ import annotations

import errno
import ipaddress
import socket
from pathlib import Path

from qa.errors import LoginError


def login_of(text: str) -> tuple[str, str]:
    """Return user and password, given as such or in a file. Raises LoginError for anything else."""
    file = Path(text)
    try:
        if file.is_file():
            text = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:
        raise LoginError(f"--auth 的文件读不了：{file}（{error}）") from None
    user, colon, password = text.partition(":")
    if not (colon and user and password) or "\n" in text:
        raise LoginError("--auth 要写成 用户名:密码，或给出只有这一行的文件")
    return user, password


def is_local(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def cannot_listen(host: str, port: int) -> str:
    """Return why no server can listen there, or nothing when one can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return "地址不对"
    except OSError as error:
        return "端口已被占用" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
    return ""
