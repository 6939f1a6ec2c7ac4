"""What a reader at a terminal sees: answers as text, JSON or a table, and a dialogue at a prompt."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qa.answer import Answer, Citation, Value, amount, mask
from qa.errors import QuestionError
from qa.places import cell_of, place_of, shortened
from qa.spreadsheet import csv_text

if TYPE_CHECKING:
    from qa.dialogue import Conversation

QUOTE_SHOWN = 120
"""Characters of a quotation that are printed; JSON gives it whole."""
REASON_SHOWN = 60
"""Characters of a refusal that are told on stderr when a table lacks its figures."""
HEADER = ("名称", "数值", "单位")
HISTORY_KEPT = 1000
"""Questions that the history file holds."""

_MARKUP = re.compile(r"([\\|`<])")

Explained = Sequence[Sequence[str]] | None
"""For each answer the lines that explain it; None when no explanation is asked for."""

# -- answers --------------------------------------------------------------------------------------


def print_answers(answers: Sequence[Answer], explained: Explained = None) -> None:
    """Print answers for a reader, several each under its question."""
    blocks = []
    for number, answer in enumerate(answers):
        parts = [answer_text(answer)]
        if len(answers) > 1:
            parts.insert(0, f"问：{_line(answer.question)}")
        if explained:
            lines = "\n".join(f"  {mask(line)}" for line in explained[number])
            parts.append(f"\n解释：\n{lines}")
        blocks.append("\n".join(parts))
    print("\n\n".join(blocks))


def print_json(answers: Sequence[Answer], explained: Explained = None) -> None:
    """Print one answer as an object, several as an array."""
    told = [answer.to_dict() for answer in answers]
    for entry, lines in zip(told, explained or (), strict=False):
        entry["explain"] = [mask(line) for line in lines]
    _write_utf8()
    print(json.dumps(told if len(told) > 1 else told[0], ensure_ascii=False, indent=2))


def print_table(answers: Sequence[Answer], kind: str) -> None:
    """Print the figures of all answers as one table; say on stderr which answers have none."""
    found = [figures_of(answer) for answer in answers]
    rows = [
        Value(_of_question(answer, figure) if len(answers) > 1 else figure.label, figure.value, figure.unit)
        for answer, figures in zip(answers, found, strict=True)
        for figure in figures
    ]
    if rows:
        if kind == "csv":
            _write_utf8()
        print(TABLES[kind](rows), end="")
    for answer, figures in zip(answers, found, strict=True):
        if not figures:
            why = "" if answer.status == "answered" else f"（{shortened(mask(answer.text), REASON_SHOWN)}）"
            print(f"没有可列的数值：{_line(answer.question)}{why}", file=sys.stderr)


def answer_text(answer: Answer) -> str:
    """Write an answer for a reader at a terminal: text, steps, sources."""
    parts = [mask(answer.text)]
    if answer.choices:
        parts.append("可以这样问：\n" + "\n".join(f"  - {mask(choice)}" for choice in answer.choices))
    if answer.steps:
        steps = (f"  {number}. {mask(step)}" for number, step in enumerate(answer.steps, 1))
        parts.append("计算：\n" + "\n".join(steps))
    if answer.citations:
        parts.append(sources_text(answer))
    return "\n\n".join(parts)


def sources_text(answer: Answer) -> str:
    """Write where the parts of an answer stand."""
    cited = (_citation_text(number, citation) for number, citation in enumerate(answer.citations, 1))
    return "来源：\n" + "\n".join(cited)


def _citation_text(number: int, citation: Citation) -> str:
    lines = [f"  [{number}] {citation.title}（{citation.doc}）{place_of(citation)}"]
    cell = cell_of(citation)
    if cell:
        lines.append(f"      {cell}")
    quote = shortened(mask(citation.quote), QUOTE_SHOWN)
    if quote:
        lines.append(f"      “{quote}”")
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(mask(text).split())


def _write_utf8() -> None:
    """JSON and CSV are UTF-8 whatever the terminal speaks."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")


# -- tables of figures ----------------------------------------------------------------------------


def figures_of(answer: Answer) -> tuple[Value, ...]:
    """Return the labelled figures of an answer, and its result under the question if it is none of them."""
    if answer.value is None or any(
        (known.value, known.unit) == (answer.value, answer.unit) for known in answer.values
    ):
        return answer.values
    return (*answer.values, Value(_asked(answer), answer.value, answer.unit or ""))


def csv_table(figures: Sequence[Value]) -> str:
    """Write figures as CSV that a spreadsheet can open without running anything in it."""
    return csv_text(HEADER, ((mask(f.label), format(f.value, "f"), mask(f.unit)) for f in figures))


def markdown_table(figures: Sequence[Value]) -> str:
    """Write figures as a Markdown table."""
    rows = ((_escaped(f.label), _written(f), _escaped(f.unit)) for f in figures)
    lines = ("| " + " | ".join(cells) + " |\n" for cells in (HEADER, ("---", "---:", "---"), *rows))
    return "".join(lines)


TABLES: dict[str, Callable[[Sequence[Value]], str]] = {"csv": csv_table, "md": markdown_table}


def _asked(answer: Answer) -> str:
    return answer.resolved or answer.question


def _of_question(answer: Answer, figure: Value) -> str:
    """Return the label of a figure among those of other questions, which may have the same labels."""
    asked = _asked(answer)
    return asked if figure.label == asked else f"{asked}：{figure.label}"


def _written(figure: Value) -> str:
    """Write a figure as answers do, without its unit."""
    return amount(figure.value, figure.unit).removesuffix(figure.unit).rstrip()


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", _line(text))


# -- a dialogue -----------------------------------------------------------------------------------

PROMPT = "问> "
COMMANDS = {
    "/clear": "忘掉前面说过的，重新开始",
    "/sources": "上一个回答的来源",
    "/table": "上一个回答里的数值，Markdown 表格",
    "/help": "显示这段说明",
    "/quit": "结束，也可以用 /exit 或 Ctrl-D",
}
_QUIT = ("/quit", "/exit")


class Dialogue:
    """Questions and answers over stdin and stdout, with a few commands about the last answer."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._last: Answer | None = None

    def run(self) -> None:
        """Answer until the questions end."""
        someone = sys.stdin.isatty() and sys.stdout.isatty()
        with _line_editing() if someone else nullcontext():
            for line in _typed() if someone else _piped():
                reply = self.reply(line)
                if reply is None:
                    return
                if reply:
                    print(reply, end="\n\n", flush=True)

    def reply(self, line: str) -> str | None:
        """Return what to print for a line: nothing for an empty one, None when the dialogue ends."""
        said = line.strip()
        if not said:
            return ""
        if said[0] in "/／":
            return self._obeyed(f"/{said[1:].lower()}")
        try:
            answer = self._conversation.ask(said)
        except QuestionError as error:
            return str(error)
        self._last = answer
        return chat_text(answer)

    def _obeyed(self, command: str) -> str | None:
        if command in _QUIT:
            return None
        if command == "/help":
            return HELP
        if command == "/clear":
            self._conversation.clear()
            self._last = None
            return "前面说过的已经忘掉。"
        if command not in COMMANDS:
            return f"没有 {_line(command)} 这个命令，可用的有：{'、'.join(COMMANDS)}"
        if self._last is None:
            return "还没有回答，请先提问。"
        if command == "/sources":
            return sources_text(self._last) if self._last.citations else "上一个回答没有来源。"
        figures = figures_of(self._last)
        return markdown_table(figures).rstrip("\n") if figures else "上一个回答里没有可列的数值。"


HELP = "\n".join(
    [
        "直接输入问题；后面的问题可以省略前面说过的部门、年度和项目，例如：",
        "  乌鲁木齐人社局2026年三公经费是多少",
        "  那巴州呢",
        "  换成元",
        "命令：",
        *(f"  {command:<10}{meaning}" for command, meaning in COMMANDS.items()),
    ]
)


def chat_text(answer: Answer) -> str:
    """Write an answer of a dialogue: how the question was understood, the text, choices to pick from."""
    parts = [f"（理解为：{_line(answer.resolved)}）"] if answer.resolved else []
    parts.append(mask(answer.text))
    parts += [f"  {number}. {mask(choice)}" for number, choice in enumerate(answer.choices, 1)]
    return "\n".join(parts)


def _piped() -> Iterator[str]:
    """Yield the lines of stdin, which no one types."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    yield from sys.stdin


def _typed() -> Iterator[str]:
    """Yield the lines that are typed at the prompt, until Ctrl-D or Ctrl-C."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    print("请提问；/help 看用法，Ctrl-D 结束。", flush=True)
    while True:
        try:
            line = input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            print()
            return
        yield line


@contextmanager
def _line_editing() -> Iterator[None]:
    """Edit lines with the arrow keys, with the history of earlier dialogues, where the system can."""
    try:
        import readline
    except ImportError:
        yield
        return
    path = history_file()
    with suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            readline.set_history_length(HISTORY_KEPT)
            readline.write_history_file(path)


def history_file() -> Path:
    """Return where the questions of dialogues are remembered."""
    state = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):  # the standard has a relative one ignored
        state = os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(state, "budget-qa", "history")
