"""`python -m eval.synthetic`: invented departments in the form of real disclosures, for measuring at size.

Every document's tables add up and its prose tells the same figures. The same seed gives the same
documents; what they say is known, so questions and their answers come for free.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from eval.console import DONE, UNUSABLE, Parser, complain, natural

PROG = "python -m eval.synthetic"
USAGE = f"{PROG} 目录 [--count 份数] [--seed 种子]"
DESCRIPTION = "生成虚构部门的预算公开文件：表内数字勾稽相符，文字与表一致；同一种子生成同样的文件。"
EPILOG = """示例：
  python -m eval.synthetic 语料 --count 1000
  budget-qa index build 语料 --out 索引"""

CENT = Decimal("0.01")
_FIRST = "青白云石金银翠丹沧碧朱玄紫玉松柏兰枫桐榆槐柳梅竹荷莲菊桂杏桃"
_SECOND = "岭原川泽峰湾滩岗坪塬垣坡沟洲渡桥关寨堡镇台亭阁苑洞泉溪潭湖池"
_FUNCTIONS = (
    "水务局",
    "教育局",
    "民政局",
    "司法局",
    "文化和旅游局",
    "农业农村局",
    "交通运输局",
    "卫生健康委员会",
)
_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Department:
    """An invented department and the figures (万元, people) of its budget."""

    entity: str
    year: int
    staff: int
    three_public: Decimal
    reception: Decimal
    vehicles: Decimal
    running: Decimal
    running_change: Decimal
    procurement: Decimal
    basic: Decimal
    projects: Decimal

    @property
    def total(self) -> Decimal:
        """Income and spending."""
        return self.basic + self.projects


def departments(count: int, seed: int = 0) -> Iterator[Department]:
    """Yield `count` departments of different names; at most places × functions."""
    chance = random.Random(seed)
    names = [f"{a}{b}市{f}" for a in _FIRST for b in _SECOND for f in _FUNCTIONS]
    if count > len(names):
        raise ValueError(f"at most {len(names)} departments")
    for entity in chance.sample(names, count):

        def money(low: int, high: int) -> Decimal:
            return Decimal(chance.randint(low * 100, high * 100)) * CENT

        reception, vehicles = money(0, 9), money(1, 90)
        yield Department(
            entity,
            _YEAR,
            chance.randint(8, 400),
            reception + vehicles,
            reception,
            vehicles,
            money(10, 900),
            money(-90, 90),
            money(5, 5000),
            money(100, 9000),
            money(10, 30000),
        )


def document(department: Department) -> str:
    """Return a department's disclosure as tab text."""
    d = department
    change = d.running_change
    word = "增加" if change >= 0 else "减少"
    return f"""{d.entity}{d.year}年部门预算公开

第一部分 部门概况

一、主要职能

1.负责本行业的规划、政策和监督管理。

二、机构设置及人员情况

{d.entity}实有人数{d.staff}人，其中：在职{d.staff}人。

第二部分 部门预算公开表

表1

部门收支总体情况表

编制部门：{d.entity}

单位：万元

收入\t\t支出\t
项目\t预算数\t项目\t预算数
一、一般公共预算拨款\t{d.total}\t201 一般公共服务支出\t{d.total}
收入总计\t{d.total}\t支出总计\t{d.total}

表3

部门支出总体情况表

编制部门：{d.entity}

单位：万元

科目名称\t合计\t基本支出\t项目支出
一般公共服务支出\t{d.total}\t{d.basic}\t{d.projects}
总计\t{d.total}\t{d.basic}\t{d.projects}

表10

财政拨款“三公”经费支出情况表

编制部门：{d.entity}

单位：万元

项目\t合计\t一般公共预算
因公出国（境）费用\t\t
公务接待费\t{d.reception}\t{d.reception}
公务用车购置及运行维护费\t{d.vehicles}\t{d.vehicles}
合计\t{d.three_public}\t{d.three_public}

第三部分 部门预算情况说明

一、关于{d.entity}{d.year}年收支预算情况的总体说明

{d.entity}{d.year}年收支总预算{d.total}万元。

二、其他重要事项的情况说明

（一）机关运行经费

{d.year}年机关运行经费财政拨款预算{d.running}万元，比上年预算{word}{abs(change)}万元，主要原因：人员变动。

（二）政府采购情况

{d.year}年政府采购预算{d.procurement}万元，其中：政府采购货物预算{d.procurement}万元。
"""


def write_corpus(folder: Path, count: int, seed: int = 0) -> list[Department]:
    """Write `count` documents to a new or empty folder and return their departments."""
    folder.mkdir(parents=True, exist_ok=True)
    made = list(departments(count, seed))
    for number, department in enumerate(made):
        (folder / f"{number:06d}_{department.entity}.txt").write_text(document(department), encoding="utf-8")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Write a corpus and return the exit status."""
    parser = Parser(PROG, USAGE, DESCRIPTION, EPILOG)
    add = parser.options.add_argument
    add("folder", type=Path, metavar="目录", help="写到这个目录")
    add("--count", type=natural, default=1000, metavar="份数", help="生成几份（默认 1000）")
    add("--seed", type=int, default=0, metavar="种子", help="随机种子（默认 0）")
    args = parser.parse_args(argv)
    try:
        made = write_corpus(args.folder, args.count, args.seed)
    except (OSError, ValueError) as error:
        complain(PROG, f"{args.folder}: 无法生成（{error}）")
        return UNUSABLE
    print(f"已生成 {len(made)} 份文件：{args.folder}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
