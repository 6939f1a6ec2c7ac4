"""The command line `budget-qa`: build an index, look into it, ask it, talk with it, serve the web page.

Nothing heavy is imported before a command needs it, because a cold question should take about a second.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from qa.usage import ChineseCommand, ChineseGroup, usage_line

if TYPE_CHECKING:
    from index.build import BuildReport, Progress
    from index.store import Store
    from qa.assistant import Assistant

DONE, FAILED, BAD_INPUT = 0, 1, 2
"""Exit status: done; ran but something failed; bad usage or unreadable input."""

SUBUNITS_SHOWN = 8
FOUND = ("部门", "年度", "账别")
"""What is found in each document, in the order of its findings."""
LAST_PORT = 65535
TRACEBACK = "BUDGET_QA_TRACEBACK"
"""Set this variable to see where an internal error comes from."""

P = ParamSpec("P")
T = TypeVar("T")


def _guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Turn whatever goes wrong in a command into one line on stderr and an exit status."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            status = command(*args, **kwargs)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except (Exception, KeyboardInterrupt) as error:
            status = _report(error)
        raise typer.Exit(status)

    return run


def _report(error: BaseException) -> int:
    """Print one line about an error and return the exit status that it stands for."""
    from index.errors import IndexingError, ModelMismatch, SourceError, StoreCorrupt, StoreMissing
    from qa.errors import AnsweringError

    if isinstance(error, KeyboardInterrupt):
        return _complain("已中断", FAILED)
    if isinstance(error, BrokenPipeError):
        # what is still in the buffer has nowhere to go; without this, Python complains once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _complain("输出未写完：接收输出的程序已经退出", FAILED)
    if isinstance(error, AnsweringError | SourceError | StoreMissing | StoreCorrupt | ModelMismatch):
        return _complain(str(error), BAD_INPUT)
    if isinstance(error, IndexingError):
        return _complain(str(error), FAILED)
    if os.environ.get(TRACEBACK):
        raise error
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return _complain(f"{place}系统不允许读写（{error.strerror or error}）", FAILED)
    detail = " ".join(str(error).split())[:200]
    return _complain(f"程序内部错误（{type(error).__name__}: {detail}），设 {TRACEBACK}=1 可查看详情", FAILED)


def _complain(message: str, status: int) -> int:
    print("错误：" + " ".join(message.splitlines()), file=sys.stderr)
    return status


def _app(help: str) -> typer.Typer:
    return typer.Typer(
        cls=ChineseGroup,
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


app = _app(
    """对政府部门预算、决算公开文件提问，得到准确数字及其出处。

    \b
    例：
      budget-qa ask "乌鲁木齐市人社局2026年三公经费是多少"
      budget-qa index build 公开文件/ --out 索引
      budget-qa ask --index 索引 "公务接待费比上年增加多少"
      budget-qa chat --index 索引
      budget-qa serve --index 索引
    """
)
index_app = _app(
    """建立、更新和查看索引。

    \b
    例：
      budget-qa index build 公开文件/ --out 索引
      budget-qa index info 索引
    """
)
app.add_typer(index_app, name="index")

IndexOption = Annotated[
    str | None,
    typer.Option("--index", metavar="DIR|URL", help="索引目录或服务器地址；不给则用随项目提供的示例文件。"),
]


@index_app.command("build", cls=ChineseCommand)
@_guarded
def build(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE...", help="公开文件，或装有公开文件的文件夹。")
    ],
    out: Annotated[
        str,
        typer.Option("--out", metavar="DIR|URL", help="索引目录或服务器地址；已有索引则增量更新。"),
    ],
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="嵌入模型的文件夹或名称；一般不必给。")
    ] = None,
    about: Annotated[
        list[str] | None,
        typer.Option(
            "--about",
            metavar="FILE=部门,年度,预算|决算",
            help="文件里认错或没有写明的部门、年度、预算或决算；可多次给出，空着的仍由文件定。",
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="URL", help="由这个 Dask 调度器下的机器来读文件；文件须在共享存储上。"
        ),
    ] = None,
) -> int:
    """把公开文件读成索引；对同一目录再次运行，只读新增和改动的文件。

    目录换成 postgresql://用户@主机:5432/数据库?milvus=http://主机:19530，索引就存到服务器上：
    文件和数据存进 PostgreSQL，文段的向量和关键词存进 Milvus（也可以是一个以 .db 结尾的本机文件）。

    \b
    例：
      budget-qa index build 公开文件/ --out 索引
      budget-qa index build 2025.txt 2026.md --out 索引
      budget-qa index build 公开文件/ --out 索引 --about "预算.pdf=某市水务局,2025,预算"
      budget-qa index build 公开文件/ --out "postgresql://qa@主机/qa?milvus=http://主机:19530" --scheduler tcp://主机:8786
    """
    from index.build import build_index
    from index.engines import place_of

    known = dict(_about(text) for text in about or ())
    with _Bar() as bar:
        report = build_index(sources, place_of(out), model, bar.progress, known, scheduler)
    print(_build_summary(report, out))
    for note in report.notes:
        print(f"注意：{note}", file=sys.stderr)
    for reason in report.skipped:
        print(f"跳过：{reason}", file=sys.stderr)
    return FAILED if report.skipped else DONE


@index_app.command("info", cls=ChineseCommand)
@_guarded
def info(
    path: Annotated[str, typer.Argument(metavar="DIR|URL", help="索引目录或服务器地址。")],
) -> int:
    """列出索引里有哪些部门、年度的文件，各有多少数据；认定各有多大把握，写在哪里。

    \b
    例：
      budget-qa index info 索引
    """
    from index.engines import place_of
    from index.store import open_store

    with open_store(place_of(path)) as store:
        print(_info_text(store))
    return DONE


@app.command("ask", cls=ChineseCommand)
@_guarded
def ask(
    questions: Annotated[
        list[str], typer.Argument(metavar="QUESTION...", help="问题，可以给多个；写 - 则从标准输入读一个。")
    ],
    index: IndexOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序使用。")] = False,
    table: Annotated[
        str | None,
        typer.Option("--table", metavar="csv|md", help="只输出答案里的数值：CSV 或 Markdown 表格。"),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="再说明问题是怎样理解、依据是怎样选的。")
    ] = False,
) -> int:
    """问一个或几个问题，得到答案、计算步骤和出处。

    每个问题各自独立回答；要连着追问，请用 budget-qa chat。问题里有空格时用引号括起来。
    查不到或需要再问清楚时也照实说明，退出码同样是 0。

    \b
    例：
      budget-qa ask "乌鲁木齐市人社局2026年三公经费是多少"
      budget-qa ask --index 索引 "项目支出占总支出的比重是多少"
      budget-qa ask "巴州人社局三公经费是多少" "昌吉州人社局三公经费是多少"
      budget-qa ask --table csv "四家单位的三公经费分别是多少" > 三公经费.csv
      budget-qa ask --json "巴州人社局公务接待费是多少"
      budget-qa ask --explain "巴州人社局公务接待费是多少"
      echo "巴州人社局有哪些职能" | budget-qa ask -
    """
    from qa.terminal import TABLES, print_answers, print_json, print_table

    if table is not None and table not in TABLES:
        return _complain(f"--table 的值不对：{table}，应为 {' 或 '.join(TABLES)}", BAD_INPUT)
    if table and (as_json or explain):
        other = "--json" if as_json else "--explain"
        return _complain(f"--table 只输出数值，不能和 {other} 同时用，请去掉其中一个", BAD_INPUT)
    asked = _each(_taken, questions)
    assistant = _open(index)
    answers = _each(assistant.ask, asked)
    if table:
        print_table(answers, table)
        return DONE
    explained = [assistant.explain(question) for question in asked] if explain else None
    (print_json if as_json else print_answers)(answers, explained)
    return DONE


@app.command("chat", cls=ChineseCommand)
@_guarded
def chat(index: IndexOption = None) -> int:
    """连着提问：后面的问题可以省略前面说过的部门、年度和项目。

    输入 /help 看可用的命令，/quit 或 Ctrl-D 结束。标准输入不是终端时，每行当作一个问题。

    \b
    例：
      budget-qa chat
      budget-qa chat --index 索引
      printf "巴州人社局三公经费是多少\\n那昌吉州呢\\n" | budget-qa chat
    """
    assistant = _open(index)
    from qa.terminal import Dialogue

    Dialogue(assistant.chat()).run()
    return DONE


@app.command("serve", cls=ChineseCommand)
@_guarded
def serve(
    index: IndexOption = None,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="监听地址；默认只有本机能访问。")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", help="端口，1 到 65535。")] = 7860,
    auth: Annotated[
        str | None,
        typer.Option("--auth", metavar="USER:PASSWORD|FILE", help="登录名和密码，或写有它们的文件。"),
    ] = None,
    allow_upload: Annotated[
        bool, typer.Option("--allow-upload", help="网页上加入的文件写进这个索引，所有人都能问到。")
    ] = False,
    feedback: Annotated[
        Path | None, typer.Option("--feedback", metavar="FILE", help="评价存到哪个 JSONL 文件。")
    ] = None,
) -> int:
    """打开问答网页，按 Ctrl-C 结束。

    网页上加入的文件只给加入的人用，放在临时目录里，关闭页面后删除；用 --allow-upload 才写进索引。
    评价默认存到 ~/.local/state/budget-qa/feedback.jsonl，可以用 python -m eval --questions 来读。

    \b
    例：
      budget-qa serve
      budget-qa serve --index 索引 --port 8000
      budget-qa serve --index 索引 --host 0.0.0.0 --auth 密码.txt
    """
    if not 1 <= port <= LAST_PORT:
        return _complain(f"--port 的值不对：{port}，应在 1 到 {LAST_PORT} 之间", BAD_INPUT)
    if allow_upload and index is None:
        return _complain("--allow-upload 要写进索引，请用 --index 说明是哪一个", BAD_INPUT)
    if allow_upload and index and "://" in index:
        return _complain("--allow-upload 只能写进目录里的索引，服务器上的请用 index build 更新", BAD_INPUT)
    from qa.serving import cannot_listen, is_local, login_of

    login = login_of(auth) if auth is not None else None
    reason = cannot_listen(host, port)
    if reason:
        return _complain(f"{host}:{port} 无法监听（{reason}），请换一个 --host 或 --port", FAILED)
    if login is None and not is_local(host):
        print("注意：同一网络里的人都能打开这个网页，可以用 --auth 设密码。", file=sys.stderr)
    assistant = _open(index)
    from qa.web import build_page, serve_page

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    page = build_page(assistant, feedback, allow_upload)
    serve_page(page, host, port, login, lambda url: print(f"网页已打开：{url}（按 Ctrl-C 结束）", flush=True))
    return DONE


def _open(index: str | None) -> Assistant:
    """Open an index, and say so when it is the sample."""
    from qa.assistant import Assistant

    if index is None:
        print("未给出 --index，使用随项目提供的示例文件。", file=sys.stderr, flush=True)
    return Assistant.open(index)


def _taken(question: str) -> str:
    """Return a question of the command line as text, read from stdin for -; an empty one is refused."""
    from index.text import fold
    from qa.errors import QuestionError

    if question == "-":
        question = sys.stdin.buffer.read().decode("utf-8", "replace")
    # bytes of the command line that are no UTF-8 arrive as surrogates, which nothing can print
    question = question.encode("utf-8", "replace").decode()
    if not fold(question):
        raise QuestionError("问题是空的，请输入要问的内容")
    return question


def _each(take: Callable[[str], T], questions: list[str]) -> list[T]:
    """Do something with each question; an error says which of several it is about."""
    from qa.errors import QuestionError

    done = []
    for number, question in enumerate(questions, 1):
        try:
            done.append(take(question))
        except QuestionError as error:
            which = f"第 {number} 个问题：" if len(questions) > 1 else ""
            raise QuestionError(f"{which}{error}") from None
    return done


class _Bar:
    """A progress bar on a terminal, and nothing elsewhere."""

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=None)
            self.progress = self._update
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def _update(self, name: str, done: int, total: int) -> None:
        self._bar.update(self._task, description=name, completed=done, total=total)


def _about(text: str) -> tuple[str, dict[str, str]]:
    """Return the file's name and what an --about says of it. Raises SourceError for another form."""
    from index.errors import SourceError

    name, equals, given = text.rpartition("=")
    entity, year, account = (*(part.strip() for part in given.replace("，", ",").split(",")), "", "")[:3]
    if not equals or not name or (year and not year.isdigit()) or account not in ("", "预算", "决算"):
        raise SourceError(f"--about 要写成 文件名=部门,年度,预算|决算，给出的是 {text}")
    known = {"entity": entity, "year": year, "account": account}
    return name, {key: value for key, value in known.items() if value}


def _build_summary(report: BuildReport, out: str) -> str:
    """Return the one line that a build ends with."""
    from index.engines import shown

    counts = [f"读入 {len(report.read)} 个文件", f"沿用 {len(report.reused)} 个未变的文件"]
    if report.skipped:
        counts.append(f"跳过 {len(report.skipped)} 个")
    counted = f"{'，'.join(counts)}；数据 {report.facts:,} 条，文段 {report.passages:,} 个"
    return f"索引已建立：{shown(out)}（{counted}）"


def _info_text(store: Store) -> str:
    """Describe an index: its model, then each document with what was found in it."""
    blocks = []
    facts = passages = 0
    for about in store.documents:
        found = len(store.facts_of(about.name)), len(store.passages_of(about.name))
        facts, passages = facts + found[0], passages + found[1]
        year = f" {about.year} 年" if about.year else " 年度不明"
        lines = [
            f"{about.entity or '部门不明'}{year}{about.account}",
            f"  文件：{about.name}（{about.line_count:,} 行）",
            f"  数据 {found[0]:,} 条，文段 {found[1]:,} 个",
            *(f"  {name}  {said}" for name, said in zip(FOUND, about.findings, strict=False)),
            *(f"  注意：{note}" for note in about.notes),
        ]
        if about.subunits:
            more = " 等" if len(about.subunits) > SUBUNITS_SHOWN else ""
            names = "、".join(about.subunits[:SUBUNITS_SHOWN])
            lines.append(f"  所属单位 {len(about.subunits)} 个：{names}{more}")
        blocks.append("\n".join(lines))
    count = f"共 {len(store.documents)} 份文件，数据 {facts:,} 条，文段 {passages:,} 个"
    head = f"索引：{store.path}\n嵌入模型：{store.encoder_name}\n{count}"
    return "\n\n".join([head, *blocks])


def main() -> None:
    """Run the command line: the console script `budget-qa`."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = app(prog_name="budget-qa", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = _complain("已中断", FAILED)
    except Exception as error:
        message = usage_line(error)
        status = _report(error) if message is None else _complain(message, BAD_INPUT)
    sys.exit(status if isinstance(status, int) else DONE)


if __name__ == "__main__":
    main()
