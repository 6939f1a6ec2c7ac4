"""`python -m eval.synthetic`: write invented disclosures, and questions about them with their answers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from eval.console import DONE, UNUSABLE, Parser, complain, natural, with_progress
from eval.synthetic.corpus import write_corpus
from eval.synthetic.gold import questions, write_questions

PROG = "python -m eval.synthetic"
USAGE = f"{PROG} 目录 [--count 份数] [--years 年数] [--seed 种子] [--questions 文件.jsonl] [--each 题数]"
DESCRIPTION = """生成虚构部门的预算公开文件：表内数字勾稽相符，文字与表一致，各年之间衔接；
同一种子生成同样的文件。可同时生成带标准答案和出处的题目。"""
EPILOG = """示例：
  python -m eval.synthetic 语料 --count 1000 --years 2 --questions 题目.jsonl
  budget-qa index build 语料 --out 索引
  python -m eval --index 索引 --questions 题目.jsonl"""


def main(argv: Sequence[str] | None = None) -> int:
    """Write a corpus and return the exit status."""
    parser = Parser(PROG, USAGE, DESCRIPTION, EPILOG)
    add = parser.options.add_argument
    add("folder", type=Path, metavar="目录", help="写到这个目录")
    add("--count", type=natural, default=1000, metavar="份数", help="生成几份（默认 1000）")
    add("--years", type=natural, default=1, metavar="年数", help="每个部门连续几年（默认 1）")
    add("--seed", type=int, default=0, metavar="种子", help="随机种子（默认 0）")
    add("--questions", type=Path, metavar="文件", help="另写题目，可交给 python -m eval")
    add("--each", type=natural, default=12, metavar="题数", help="每类题目几道（默认 12）")
    args = parser.parse_args(argv)
    try:
        written = write_corpus(args.folder, args.count, args.seed, max(1, args.years))
        asked = questions(with_progress(written, args.count, "生成"), args.each, args.seed)
        if args.questions is not None:
            write_questions(args.questions, asked)
    except (OSError, ValueError) as error:
        complain(PROG, f"{args.folder}: 无法生成（{error}）")
        return UNUSABLE
    told = f"，{len(asked)} 题：{args.questions}" if args.questions is not None else ""
    print(f"已生成 {args.count} 份文件：{args.folder}{told}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
