"""The command line's own words in Chinese: help headings, and one line for each wrong use."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_HEADINGS = {
    "Usage:": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Show this message and exit.": "显示这段帮助。",
    "[required]": "（必填）",
    "[default: ": "[默认 ",
}
# Typer writes {QUESTION} and QUESTION <str>: the name says enough
_DECORATION = re.compile(r"\{([A-Z.]+)\}(?:\.\.\.)?|(?<=[A-Z.]) <[\w\[\] ]+>")


def _translated(text: str) -> str:
    for english, chinese in _HEADINGS.items():
        text = text.replace(english, chinese)
    return _DECORATION.sub(lambda found: found[1] or "", text)


class ChineseCommand(TyperCommand):
    """A command whose help has Chinese headings."""

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return _translated(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """A group of commands whose help has Chinese headings."""

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return _translated(super().get_help(ctx))


def usage_line(error: Exception) -> str | None:
    """Return one line about a wrong use of the command line; None when the error is something else.

    Typer has moved its error classes between packages, so they are told by their names.
    """
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if "ClickException" not in kinds:
        return None
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context else "budget-qa"
    return f"{_what(kinds, error)}。用法见 {command} --help"


def _what(kinds: list[str], error: Any) -> str:
    message = " ".join(str(error.format_message()).split())
    if "NoArgsIsHelpError" in kinds:
        return "没有给出命令"
    if "NoSuchOption" in kinds:
        return f"没有 {error.option_name} 这个选项"
    if "BadOptionUsage" in kinds:
        return f"选项 {error.option_name} 后面缺少值，或给了不该有的值"
    if "MissingParameter" in kinds:
        return f"缺少 {_name(error)}"
    if "BadParameter" in kinds:
        return f"{_name(error)} 的值不对（{'应为整数' if 'integer' in message else error.message}）"
    if "No such command" in message:
        return f"没有 {message.removeprefix('No such command').strip(' .')} 这个命令"
    if "unexpected extra argument" in message:
        extra = message[message.find("(s) (") + 4 :].strip("()")
        return f"多余的参数：{extra}（内容里有空格时，请用引号括起来）"
    return f"用法不对（{message}）"


def _name(error: Any) -> str:
    """Return how the parameter of an error is written on the command line."""
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "参数")
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return str(parameter.metavar or parameter.name).rstrip(".")
