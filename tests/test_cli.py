"""The command line: what it prints, how it exits, and one clear line for every bad input."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from index.encoder import MODEL_DIR
from qa import Assistant, sample
from qa.cli import main
from qa.errors import LoginError
from qa.serving import is_local, login_of

ROOT = Path(__file__).parents[1]

REPORT = """---
entity: 哈密市人力资源和社会保障局
year: {year}
account: 预算
---

# 哈密市人力资源和社会保障局 {year} 年部门预算公开

## 第二部分 部门预算公开表

### 表10 财政拨款“三公”经费支出情况表

单位：万元

| “三公”经费支出内容 | 合计 | 一般公共预算 |
|---|---|---|
| 合计 | 9.50 | 9.50 |
| 公务接待费 | {reception} | {reception} |
| 公务用车购置及运行费 | 8.25 | 8.25 |

## 第三部分 部门预算情况说明

### 一、主要职能

负责全市就业服务和社会保险工作，联系电话 13800000000。
"""
QUESTION = "哈密市人社局2026年公务接待费是多少"

ANSWER_KEYS = {"question", "status", "text", "value", "unit", "values", "citations", "steps", "choices"}
CITATION_KEYS = {"doc", "title", "lines", "page", "table", "row", "column", "quote"}


def report(folder: Path, year: int = 2026, reception: str = "1.25") -> Path:
    """Write a small disclosure."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"哈密市人社局-{year}.md"
    path.write_text(REPORT.format(year=year, reception=reception), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process."""

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["budget-qa", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(int(stopped.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keeps the user's own cache out of the tests."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A small index."""
    from index.build import build_index

    build_index([report(tmp_path / "files")], tmp_path / "index")
    return tmp_path / "index"


def start(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """Start the command line as a process of its own."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "qa.cli", *arguments]
    return subprocess.Popen(command, env=environment, **{**pipes, **options})  # type: ignore[call-overload, no-any-return]


def one_line(text: str) -> str:
    """Check that a message is one line in Chinese, and return it."""
    lines = [line for line in text.splitlines() if not line.startswith("未给出 --index")]
    assert len(lines) == 1 and re.search("[\u4e00-\u9fff]", lines[0]), text
    return lines[0]


# -- building and looking -------------------------------------------------------------------------


def test_build_reads_once_and_then_only_what_changed(run: Run, tmp_path: Path) -> None:
    files, out = tmp_path / "files", tmp_path / "index"
    report(files, 2025)
    report(files, 2026)
    first = run("index", "build", files, "--out", out)
    assert first.status == 0 and first.err == ""
    assert "读入 2 个文件，沿用 0 个" in first.out
    report(files, 2026, reception="1.75")
    second = run("index", "build", files, "--out", out)
    assert second.status == 0 and "读入 1 个文件，沿用 1 个" in second.out
    answer = json.loads(run("ask", "--index", out, "--json", QUESTION).out)
    assert answer["value"] == 1.75


def test_build_skips_bad_files_with_their_reasons(run: Run, tmp_path: Path) -> None:
    files = tmp_path / "files"
    report(files)
    (files / "empty.txt").touch()
    (files / "binary.txt").write_bytes(b"\0\1\2" * 100)
    built = run("index", "build", files, "--out", tmp_path / "index")
    assert built.status == 1 and "读入 1 个文件" in built.out and "跳过 2 个" in built.out
    reasons = built.err.splitlines()
    assert len(reasons) == 2 and all(line.startswith("跳过：") for line in reasons)
    assert "二进制" in built.err and "文件是空的" in built.err


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "不存在"), (b"", "文件是空的"), (b"\0\1\2" * 100, "二进制")]
)
def test_build_of_nothing_readable(run: Run, tmp_path: Path, content: bytes | None, reason: str) -> None:
    source = tmp_path / "file.txt"
    if content is not None:
        source.write_bytes(content)
    built = run("index", "build", source, "--out", tmp_path / "index")
    assert built.status == 2 and built.out == "" and reason in one_line(built.err)
    assert not (tmp_path / "index" / "manifest.json").exists()


def test_what_a_build_is_told_about_a_file(run: Run, tmp_path: Path) -> None:
    source = report(tmp_path / "files")
    out = tmp_path / "index"
    built = run("index", "build", source, "--out", out, "--about", f"{source.name}=哈密市教育局,2023,决算")
    assert built.status == 0
    shown = run("index", "info", out).out
    assert "哈密市教育局 2023 年决算" in shown
    assert "  部门  指定（由 --about 或文件头给出）" in shown
    for wrong, said in ((f"{source.name}=甲局,明年", "要写成"), ("没有.md=甲局", "没有这个文件")):
        refused = run("index", "build", source, "--out", out, "--about", wrong)
        assert refused.status == 2 and said in refused.err and len(refused.err.splitlines()) == 1


def test_build_leaves_a_foreign_folder_alone(run: Run, tmp_path: Path) -> None:
    foreign = tmp_path / "home"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("信")
    built = run("index", "build", report(tmp_path / "files"), "--out", foreign)
    assert built.status == 2 and "不是 budget-qa 的索引" in one_line(built.err)
    assert [path.name for path in foreign.iterdir()] == ["letter.txt"]


def test_info_describes_each_document(run: Run, index: Path) -> None:
    shown = run("index", "info", index)
    assert shown.status == 0 and shown.err == ""
    assert "哈密市人力资源和社会保障局 2026 年预算" in shown.out
    assert "嵌入模型：" in shown.out and re.search(r"数据 \d+ 条，文段 \d+ 个", shown.out)
    for name in ("部门", "年度", "账别"):
        assert re.search(rf"^  {name}  (?:高|中|低|指定)（.+）$", shown.out, re.M)


def test_what_is_not_read_of_a_file_is_said(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("哈密市教育局2026年部门预算",), ("项目", "预算数"), ("水费", 3.5)):
        book.active.append(row)
    draft = book.create_sheet("底稿")
    draft.append(("水费", 99.5))
    draft.sheet_state = "hidden"
    book.save(tmp_path / "教育局.xlsx")
    built = run("index", "build", tmp_path / "教育局.xlsx", "--out", tmp_path / "index")
    assert built.status == 0
    assert built.err == f"注意：{tmp_path / '教育局.xlsx'}: 隐藏的工作表未读：底稿\n"
    assert "  注意：隐藏的工作表未读：底稿\n" in run("index", "info", tmp_path / "index").out


# -- asking ---------------------------------------------------------------------------------------


def test_ask_prints_answer_and_sources(run: Run, index: Path) -> None:
    asked = run("ask", "--index", index, QUESTION)
    assert asked.status == 0 and asked.err == ""
    assert "1.25 万元" in asked.out.splitlines()[0]
    assert "来源：" in asked.out and "第 18 行" in asked.out and "公务接待费" in asked.out


def test_ask_json_keeps_the_contract(run: Run, index: Path) -> None:
    answer = json.loads(run("ask", "--index", index, "--json", QUESTION).out)
    assert set(answer) == ANSWER_KEYS
    assert (answer["status"], answer["value"], answer["unit"]) == ("answered", 1.25, "万元")
    assert answer["question"] == QUESTION and answer["citations"]
    for citation in answer["citations"]:
        assert set(citation) == CITATION_KEYS
        first, last = citation["lines"]
        assert 1 <= first <= last and citation["doc"] == "哈密市人社局-2026.md"
    assert any("1.25" in citation["quote"] for citation in answer["citations"])


@pytest.mark.parametrize(
    "question", ["拉萨市人社局2026年公务接待费是多少", "哈密市人社局2019年公务接待费是多少"]
)
def test_no_answer_is_no_failure(run: Run, index: Path, question: str) -> None:
    asked = run("ask", "--index", index, "--json", question)
    answer = json.loads(asked.out)
    assert asked.status == 0 and answer["status"] == "not_found" and answer["value"] is None


def test_ask_without_an_index_uses_the_sample_and_says_so(run: Run, cache: Path) -> None:
    asked = run("ask", "乌鲁木齐市人社局2026年三公经费是多少")
    assert asked.status == 0 and "91.28 万元" in asked.out
    assert asked.err.count("\n") == 1 and "示例文件" in asked.err
    assert len(list((cache / "budget-qa").glob("sample-*"))) == 1


def test_the_question_may_come_from_a_pipe(index: Path) -> None:
    process = start("ask", "--index", str(index), "--json", "-")
    out, err = process.communicate(QUESTION.encode())
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out)["value"] == 1.25


@pytest.mark.parametrize(
    ("question", "reason"), [("", "问题是空的"), (" \t", "问题是空的"), ("费" * 100_000, "问题太长")]
)
def test_questions_that_cannot_be_taken(run: Run, index: Path, question: str, reason: str) -> None:
    asked = run("ask", "--index", index, question)
    assert asked.status == 2 and asked.out == "" and reason in one_line(asked.err)


def test_bytes_that_are_no_text(run: Run, index: Path) -> None:
    assert run("ask", "--index", index, "--json", b"\xff\xe5".decode("utf-8", "surrogateescape")).status == 0


def test_several_questions_are_answered_each_under_its_own(run: Run, index: Path) -> None:
    other = "哈密市人社局2019年公务接待费是多少"
    asked = run("ask", "--index", index, QUESTION, other)
    first, second = asked.out.split(f"\n\n问：{other}\n")
    assert asked.status == 0 and asked.err == ""
    assert first.startswith(f"问：{QUESTION}\n") and "1.25 万元" in first.splitlines()[1]
    assert "没有 2019 年的文件" in second


def test_several_questions_make_a_json_array(run: Run, index: Path) -> None:
    questions = (QUESTION, "哈密市人社局2026年三公经费是多少")
    answers = json.loads(run("ask", "--index", index, "--json", *questions).out)
    assert [answer["question"] for answer in answers] == list(questions)
    assert [answer["value"] for answer in answers] == [1.25, 9.5]


def test_a_bad_question_among_several_is_pointed_out(run: Run, index: Path) -> None:
    asked = run("ask", "--index", index, QUESTION, "费" * 2000)
    assert asked.status == 2 and asked.out == "" and "第 2 个问题：问题太长" in one_line(asked.err)


def test_explanations_follow_the_answer(run: Run, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def explain(_: Assistant, question: str) -> tuple[str, ...]:
        return f"问的是：{question}", "电话 13800000000"

    monkeypatch.setattr(Assistant, "explain", explain)
    asked = run("ask", "--index", index, "--explain", QUESTION)
    assert asked.out.endswith(f"\n\n解释：\n  问的是：{QUESTION}\n  电话 138****0000\n")
    answer = json.loads(run("ask", "--index", index, "--explain", "--json", QUESTION).out)
    assert set(answer) == ANSWER_KEYS | {"explain"}
    assert answer["explain"] == [f"问的是：{QUESTION}", "电话 138****0000"]


def test_real_explanations_are_printed(run: Run, index: Path) -> None:
    asked = run("ask", "--index", index, "--explain", QUESTION)
    assert asked.status == 0 and "公务接待费" in asked.out.split("\n解释：\n")[1]


# -- indexes that cannot be used ------------------------------------------------------------------


def remove(index: Path) -> None:
    (index / "manifest.json").rename(index.parent / "away")
    for folder in index.glob("data-*"):
        folder.rename(index.parent / folder.name)


def garble(index: Path) -> None:
    (index / "manifest.json").write_bytes(b"\x80garbage")


def shorten(index: Path) -> None:
    next(index.glob("data-*/index.sqlite")).write_bytes(b"short")


def disown(index: Path) -> None:
    (index / "manifest.json").write_text("{}")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [(remove, "还没有索引"), (garble, "已损坏"), (shorten, "已损坏"), (disown, "不是 budget-qa 的索引")],
)
def test_unusable_indexes(run: Run, index: Path, damage: Callable[[Path], None], reason: str) -> None:
    damage(index)
    for command in (("ask", "--index", index, QUESTION), ("index", "info", index)):
        asked = run(*command)
        assert asked.status == 2 and asked.out == "" and reason in one_line(asked.err)


def test_index_of_another_model(run: Run, index: Path) -> None:
    manifest = json.loads((index / "manifest.json").read_text(encoding="utf-8"))
    manifest["encoder"]["name"] = "another-model"
    (index / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for command in (("ask", "--index", index, QUESTION), ("serve", "--index", index, "--port", 7999)):
        refused = run(*command)
        assert refused.status == 2 and refused.out == "" and "another-model" in one_line(refused.err)


def test_index_keeps_the_model_that_built_it(run: Run, tmp_path: Path) -> None:
    model, out = tmp_path / "model", tmp_path / "index"
    shutil.copytree(MODEL_DIR, model)
    (model / "config.json").write_text('{"other": 1}', encoding="utf-8")
    source = report(tmp_path / "files")
    assert run("index", "build", source, "--out", out, "--model", model).status == 0
    assert run("index", "build", source, "--out", out).status == 0  # updated with the same model
    assert run("ask", "--index", out, "哈密市人社局有哪些职能").status == 0
    shutil.rmtree(model)
    refused = run("ask", "--index", out, QUESTION)
    assert refused.status == 2 and refused.out == "" and "嵌入模型" in one_line(refused.err)


# -- wrong use ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "没有给出命令"),
        (("index",), "没有给出命令"),
        (("frobnicate",), "frobnicate"),
        (("ask",), "缺少 QUESTION"),
        (("ask", "--frobnicate", "问"), "--frobnicate"),
        (("serve", "三公"), "多余的参数：三公"),
        (("ask", "--table", "xls", "问"), "--table 的值不对：xls，应为 csv 或 md"),
        (("ask", "问", "--table"), "--table 后面缺少值"),
        (("ask", "--table", "csv", "--json", "问"), "不能和 --json 同时用"),
        (("ask", "--table", "md", "--explain", "问"), "不能和 --explain 同时用"),
        (("ask", "问", " "), "第 2 个问题：问题是空的"),
        (("chat", "问"), "多余的参数：问"),
        (("index", "build", "x"), "缺少 --out"),
        (("serve", "--port", "many"), "--port 的值不对"),
        (("serve", "--port", "99999"), "--port 的值不对"),
        (("serve", "--allow-upload"), "请用 --index 说明是哪一个"),
        (("serve", "--auth", "nobody"), "用户名:密码"),
        (("serve", "--auth", ":secret"), "用户名:密码"),
    ],
)
def test_wrong_use(run: Run, arguments: tuple[str, ...], reason: str) -> None:
    used = run(*arguments)
    assert used.status == 2 and used.out == "" and reason in one_line(used.err)


@pytest.mark.parametrize(
    "command", [(), ("ask",), ("chat",), ("serve",), ("index",), ("index", "build"), ("index", "info")]
)
def test_help_is_chinese_and_has_an_example(run: Run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.status == 0 and shown.err == ""
    assert "用法：" in shown.out and f"budget-qa {' '.join(command)}".strip() in shown.out.split("例：")[1]
    assert not re.search(r"Usage|Options|Show this|<\w+>", shown.out)


def test_port_in_use(run: Run) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        served = run("serve", "--port", taken.getsockname()[1])
    assert served.status == 1 and "已被占用" in one_line(served.err)


def test_a_login_stands_on_the_command_line_or_in_a_file(tmp_path: Path) -> None:
    assert login_of("reader:a:b c") == ("reader", "a:b c")
    file = tmp_path / "login.txt"
    file.write_text("reader:open sesame\n", encoding="utf-8")
    assert login_of(str(file)) == ("reader", "open sesame")
    file.write_text("reader:one\nother:two\n", encoding="utf-8")
    with pytest.raises(LoginError, match="只有这一行"):
        login_of(str(file))


def test_only_loopback_addresses_are_local() -> None:
    assert all(map(is_local, ("127.0.0.1", "localhost", "::1")))
    assert not any(map(is_local, ("0.0.0.0", "192.0.2.1", "example.org")))


# -- as a process ---------------------------------------------------------------------------------


def test_broken_pipe(index: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start("ask", "--index", str(index), QUESTION, stdout=writing)
    os.close(writing)
    _, err = process.communicate()
    assert process.returncode == 1 and "输出未写完" in one_line(err.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently on Windows")
def test_interrupt(index: Path) -> None:
    process = start("ask", "--index", str(index), "-")
    with pytest.raises(subprocess.TimeoutExpired):  # it waits for its question
        process.wait(1.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 1 and one_line(err.decode()) == "错误：已中断"


def test_a_question_about_a_table_imports_nothing_heavy(index: Path) -> None:
    code = (
        "import sys, qa.cli\n"
        "sys.argv = ['budget-qa', 'ask', '--index', sys.argv[1], sys.argv[2]]\n"
        "try: qa.cli.main()\n"
        "finally:\n"
        "    heavy = 'torch gradio faiss sentence_transformers sqlalchemy rich'.split()\n"
        "    assert not set(heavy) & set(sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(index), QUESTION]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


# -- the sample's cache ---------------------------------------------------------------------------


def test_sample_is_built_once_and_repaired(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    report(corpus)
    monkeypatch.setattr(sample, "CORPUS", corpus)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = sample.sample_index()
    made = (path / "manifest.json").stat().st_mtime_ns
    assert sample.sample_index() == path and (path / "manifest.json").stat().st_mtime_ns == made
    shorten(path)
    assert sample.sample_index() == path and (path / "manifest.json").stat().st_mtime_ns != made
    report(corpus, reception="2.25")
    os.utime(report(corpus, reception="2.25"), ns=(1, 1))
    assert sample.sample_index() != path


def test_sample_goes_elsewhere_when_the_cache_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    corpus, blocked = tmp_path / "corpus", tmp_path / "blocked"
    report(corpus)
    blocked.write_text("a file where the folder should be")
    monkeypatch.setattr(sample, "CORPUS", corpus)
    monkeypatch.setattr(sample.tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert (tmp_path / "temp") in sample.sample_index().parents


def test_sample_corpus_missing(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sample, "CORPUS", tmp_path)
    asked = run("ask", QUESTION)
    assert asked.status == 2 and "缺少示例文件" in one_line(asked.err)
