"""Question files: JSON lines, each a question or a dialogue, with or without the expected answer.

    {"id": "q1", "question": "…", "kind": "lookup", "value": 1.4, "unit": "万元", "evidence": […]}
    {"id": "d1", "turns": [{"question": "…"}, {"question": "…"}]}

The expected answer is kept apart from the question (`Turn.gold`), so that whoever asks can hand on
`Turn.question` and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from eval.errors import QuestionError

DEFAULT_FOLDER = Path(__file__).parent / "questions"
STATUSES = ("answered", "not_found", "clarify")
DIALOGUE = "dialogue"
UNSORTED = "未分类"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit; an empty unit means that none was given."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that proves the answer: lines (1-based, inclusive) or a page; an empty `doc` is any.

    `quote` is what the place says, where the question file tells it.
    """

    doc: str
    first: int | None = None
    last: int | None = None
    page: int | None = None
    quote: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Gold:
    """What a right answer holds.

    Each entry of `phrases` is a tuple of alternatives, one of which must occur in the text. `need`
    is the number of documents that must be cited.
    """

    status: str = "answered"
    figure: Figure | None = None
    figures: tuple[Figure, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    need: int = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """One question as it is put to the assistant; `gold` is None where nothing is expected."""

    question: str
    kind: str
    gold: Gold | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a question file: a single turn, or a dialogue of several."""

    id: str | int
    turns: tuple[Turn, ...]
    dialogue: bool = False


def default_files() -> tuple[Path, ...]:
    """Return the question files that ship with the project."""
    return tuple(sorted(DEFAULT_FOLDER.glob("*.jsonl")))


def read_questions(paths: Iterable[Path]) -> tuple[Question, ...]:
    """Read question files in the given order.

    Raises `QuestionError`, naming file, line and fault, also when an id occurs twice.
    """
    questions: list[Question] = []
    seen: dict[str | int, str] = {}
    for path in paths:
        for number, line in _lines(path):
            place = f"{path} 第 {number} 行"
            try:
                question = _question(_parse(line))
            except ValueError as error:
                raise QuestionError(f"{place}：{error}") from error
            if question.id in seen:
                raise QuestionError(f"{place}：id {question.id!r} 与 {seen[question.id]} 重复")
            seen[question.id] = place
            questions.append(question)
    return tuple(questions)


def as_decimal(value: object) -> Decimal | None:
    """Return a JSON value as a number (also "1,188.00" and "3.5%"), or None where it is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).replace(",", "").replace("%", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise QuestionError(f"{path}：没有这个问题文件") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path}：不是 UTF-8 文本") from error
    except OSError as error:
        raise QuestionError(f"{path}：无法读取问题文件（{error.strerror}）") from error
    # Not splitlines(): JSON strings may hold U+2028 and its like unescaped.
    found = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not found:
        raise QuestionError(f"{path}：文件里没有问题")
    return found


def _parse(line: str) -> dict[str, Any]:
    try:
        raw = json.loads(line, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise ValueError(f"不是合法的 JSON（第 {error.colno} 个字符处）") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("不是可用的 JSON（数字过长或嵌套过深）") from error
    if not isinstance(raw, dict):
        raise ValueError("每行须是一个 JSON 对象")
    return raw


def _question(raw: dict[str, Any]) -> Question:
    identity = raw.get("id")
    if isinstance(identity, bool) or not isinstance(identity, (str, int)) or identity == "":
        raise ValueError("缺少 id（文字或整数）")
    if "turns" not in raw:
        return Question(identity, (_turn(raw, _field(raw, "doc", str, "")),))
    turns = _field(raw, "turns", list, [])
    if not turns or not all(isinstance(turn, dict) for turn in turns):
        raise ValueError("turns 须是非空的对象列表")
    doc = _field(raw, "doc", str, "")
    return Question(identity, tuple(_turn(turn, doc) for turn in turns), dialogue=True)


def _turn(raw: dict[str, Any], doc: str) -> Turn:
    if not isinstance(raw.get("question"), str):
        raise ValueError("缺少 question（文字）")
    return Turn(raw["question"], _field(raw, "kind", str, "") or UNSORTED, _gold(raw, doc))


def _gold(raw: dict[str, Any], doc: str) -> Gold | None:
    """Return the expected answer, or None where the line expects nothing."""
    expected = ("status", "value", "values", "must_include", "evidence")
    if all(raw.get(name) in (None, [], "") for name in expected):
        return None
    status = _field(raw, "status", str, "") or "answered"
    if status not in STATUSES:
        raise ValueError(f"status 须是 {'、'.join(STATUSES)} 之一，现为 {status!r}")
    value = raw.get("value")
    figure = None if value in (None, "") else _figure(raw)
    phrases = [_phrase(entry) for entry in _field(raw, "must_include", list, [])]
    figures = []
    for entry in _field(raw, "values", list, []):
        if not isinstance(entry, dict):
            raise ValueError("values 的每一项须是对象")
        # A part may be a word (the name of a department) instead of a figure: the text must say it.
        if isinstance(entry.get("value"), str) and as_decimal(entry["value"]) is None:
            phrases.append(_phrase(entry["value"]))
        else:
            figures.append(_figure(entry))
    need = _field(raw, "need", int, 1)
    if need < 0:
        raise ValueError("need 不能是负数")
    evidence = tuple(_evidence(entry, doc) for entry in _field(raw, "evidence", list, []))
    return Gold(status, figure, tuple(figures), tuple(phrases), evidence, need)


def _figure(raw: dict[str, Any]) -> Figure:
    value = as_decimal(raw.get("value"))
    if value is None:
        raise ValueError(f"value 不是数字：{raw.get('value')!r}")
    return Figure(value, _field(raw, "unit", str, ""))


def _phrase(entry: object) -> tuple[str, ...]:
    options = entry if isinstance(entry, list) else [entry]
    if not options or not all(isinstance(option, str) and option.strip() for option in options):
        raise ValueError("must_include 的每一项须是文字，或由文字组成的列表（任一即可）")
    return tuple(options)


def _evidence(entry: object, default_doc: str) -> Evidence:
    if not isinstance(entry, dict):
        raise ValueError("evidence 的每一项须是对象")
    doc = _field(entry, "doc", str, "") or default_doc
    page = _field(entry, "page", int, 0)
    first = _field(entry, "start", int, 0)
    last = _field(entry, "end", int, first)
    quote = _field(entry, "quote", str, "")
    if page:
        return Evidence(doc, page=page, quote=quote)
    if not 1 <= first <= last:
        raise ValueError("evidence 须有页码 page，或行号 start 至 end（自 1 起，start 不大于 end）")
    return Evidence(doc, first, last, quote=quote)


def _field(raw: dict[str, Any], name: str, kind: type[T], default: T) -> T:
    """Return a field that may be missing or null; anything else must be of the kind."""
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or isinstance(value, bool):
        words = {str: "文字", int: "整数", list: "列表"}
        raise ValueError(f"{name} 须是{words[kind]}")
    return value
