"""`python -m eval`: put question files to the assistant and score what it answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from eval.asking import Asker, Case, ask_all, open_assistant, opened, prediction, source_lines
from eval.console import DONE, FAILED, UNUSABLE, Parser, complain, natural, with_progress, writable
from eval.errors import UsageError
from eval.questions import Question, default_files, read_questions
from eval.report import as_json, as_table, misses, plain
from index.engines import Place, place_of

PROG = "python -m eval"
TABLE_WIDTH = 120  # where there is less room, a wrapped line is better than a figure cut off

USAGE = """python -m eval [--index 目录|地址] [--questions 文件.jsonl]...
                      [--predictions 输出.jsonl] [--report 输出.json] [--misses 条数]"""
DESCRIPTION = """用问题集测评问答助手：逐题提问，按标准答案评分，给出正确率、引用、拒答和用时。

问题文件每行一个 JSON 对象：
  单题    {"id": "q1", "question": "……", "kind": "lookup", "value": 1.4, "unit": "万元",
           "evidence": [{"doc": "文件名", "start": 10, "end": 10}], "status": "answered"}
  多轮    {"id": "d1", "turns": [{"question": "……"}, {"question": "那公务接待费呢"}]}
只有 id 和 question（或 turns）的题目只作答、不评分。标准答案只用于评分，不会交给助手。

评分口径：金额先换算单位再比较；must_include 的每一项都须出现在答案里（列表内任一即可）；
status 为 not_found 的题目给出了答案即为“编造”；引用须落在证据的行（前后容一行）或页上。"""
EPILOG = """示例：
  python -m eval                                          自带样例上的成绩
  python -m eval --index idx --questions q.jsonl --misses 20   自己的索引和题目，列出前 20 道错题
  python -m eval --questions q.jsonl --predictions p.jsonl     只要答案

退出码：0 完成；1 已运行但有题目出错；2 用法有误或输入无法读取。"""


def main(argv: Sequence[str] | None = None, opener: Callable[[Place | None], Asker] = open_assistant) -> int:
    """Run the evaluation and return the exit status; `opener` opens the assistant on an index."""
    parser = Parser(PROG, USAGE, DESCRIPTION, EPILOG)
    add = parser.options.add_argument
    add("--index", type=place_of, metavar="目录|地址", help="索引目录或服务器地址；不给则用自带的样例语料")
    add("--questions", type=Path, action="append", metavar="文件", help="问题文件，可多次给出；默认用自带的")
    add("--predictions", type=Path, metavar="文件", help="把答案写成 JSONL，每题一行")
    add("--report", type=Path, metavar="文件", help="把成绩写成 JSON：合计、各类别、每一题")
    add("--misses", type=natural, default=0, metavar="条数", help="列出前几道没答对的题（默认 0）")
    args = parser.parse_args(argv)
    files = tuple(args.questions or default_files())
    try:
        questions = _questions(files)
        outputs = [path for path in (args.predictions, args.report) if path is not None]
        _check_outputs(outputs, files)
        with ExitStack() as stack:
            assistant = opened(opener, args.index)
            streams = {path: stack.enter_context(path.open("w", encoding="utf-8")) for path in outputs}
            cases: list[Case] = []
            for answered in with_progress(ask_all(assistant, questions), len(questions), "答题"):
                cases += answered
                if args.predictions is not None:
                    line = json.dumps(prediction(answered), ensure_ascii=False, default=plain)
                    print(line, file=streams[args.predictions], flush=True)
            lines = source_lines(assistant)
            if args.report is not None:
                report = json.dumps(as_json(cases, lines), ensure_ascii=False, indent=1)
                print(report, file=streams[args.report])
    except UsageError as error:
        complain(PROG, str(error))
        return UNUSABLE
    except OSError as error:
        complain(PROG, f"{error.filename or '输出'}：无法写入（{error.strerror}）")
        return UNUSABLE
    console = Console(width=max(TABLE_WIDTH, Console().width))
    console.print(as_table(cases, lines))
    for paragraph in misses(cases, args.misses):
        console.print(paragraph, markup=False, highlight=False, soft_wrap=True)
    broken = [case for case in cases if case.error]
    if broken:
        first = broken[0]
        complain(PROG, f"{len(broken)} 题出错，第一题 {first.id}：{first.error}")
        return FAILED
    return DONE


def _questions(files: Sequence[Path]) -> tuple[Question, ...]:
    if not files:
        raise UsageError("没有自带的题目，请用 --questions 给出问题文件")
    return read_questions(files)


def _check_outputs(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    for number, path in enumerate(outputs):
        if why := writable(path, never=(*inputs, *outputs[:number])):
            raise UsageError(why)


if __name__ == "__main__":
    sys.exit(main())
