"""What the two commands of this package share on a terminal: argument errors, help and progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn, TypeVar

from rich.console import Console
from rich.progress import track

DONE, FAILED, UNUSABLE = 0, 1, 2
"""Exit statuses: all done; ran but something failed; bad usage or unreadable input."""

T = TypeVar("T")

_ARGPARSE = {
    "unrecognized arguments: ": "不认识的参数：",
    "expected one argument": "后面须有一个值",
    "expected at least one argument": "后面须有至少一个值",
    "invalid natural value: ": "须是不小于 0 的整数，现为 ",
    "invalid sizes value: ": "须是用逗号分开的正整数，现为 ",
    "argument ": "参数 ",
}


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese and reports a wrong argument in one line."""

    def __init__(self, prog: str, usage: str, description: str, epilog: str) -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=epilog,
            add_help=False,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.options = self.add_argument_group("选项")
        self.options.add_argument("-h", "--help", action="help", help="显示这份说明")

    def format_help(self) -> str:
        """Return the help text."""
        return super().format_help().replace("usage: ", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Print one line and leave with status 2."""
        for english, chinese in _ARGPARSE.items():
            message = message.replace(english, chinese)
        self.exit(UNUSABLE, f"{self.prog}：{message}（用法见 {self.prog} --help）\n")


def natural(text: str) -> int:
    """Read a whole number of 0 or more from the command line."""
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def complain(prog: str, message: str) -> None:
    """Print one line on standard error that says what is wrong."""
    print(f"{prog}：{' '.join(message.split())}", file=sys.stderr)


def with_progress(items: Iterable[T], total: int, label: str) -> Iterable[T]:
    """Hand on the items, with a progress bar on standard error when that is a terminal."""
    if not sys.stderr.isatty():
        return items
    return track(items, description=label, total=total, console=Console(stderr=True), transient=True)


def writable(path: Path, never: Iterable[Path] = ()) -> str | None:
    """Return why the file cannot be written, or None when nothing speaks against it.

    It must not be one of `never`: an output must not overwrite an input.
    """
    if any(path.resolve() == other.resolve() for other in never):
        return f"{path}：输出不能写到输入文件或另一个输出上"
    if path.is_dir():
        return f"{path}：是文件夹，请给出文件名"
    if not path.absolute().parent.is_dir():
        return f"{path}：所在的文件夹不存在"
    return None
