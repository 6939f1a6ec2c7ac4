"""Layout text: each phenomenon of the print in a snippet, then the shared document as a whole."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from index.assemble import assemble
from index.crossfoot import audit
from index.document import Document, Row, Table
from index.items import Grid
from index.readers import read_document
from index.readers.layout import read_layout
from index.readers.layout_lines import printed_lines, split_amounts, unglued
from index.readers.layout_rows import read_codes
from index.text import parse_figure

CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus"
OWNER = "编制部门：云山市水务局 单位：万元"
HEADER = ["科目", "一般公共预算支出", "功能分类科", "目编码", "科目名称 合计 基本支出 项目支出", "类 款 项"]
NUMBERS = "※ ※ ※ ※ 1 2 3"


def document(*lines: str) -> Document:
    """Read lines with a blank line between all of them, as the print has them."""
    spaced = [part for line in lines for part in (line, "")]
    return assemble("snippet.txt", spaced, list(read_layout(spaced)), {})


def table(*lines: str) -> Table:
    (found,) = document(*lines).tables
    return found


def spending(*rows: str) -> Table:
    """Return 表5 with the given rows."""
    return table(
        "云山市水务局 2031 年部门预算", "表 5", "一般公共预算支出情况表", OWNER, *HEADER, NUMBERS, *rows
    )


def texts(row: Row) -> list[str]:
    return [cell.text if cell else "" for cell in row.cells]


def by_label(found: Table) -> dict[str, list[str]]:
    return {row.path[-1]: texts(row) for row in found.rows}


def test_codes_and_amounts_of_a_line() -> None:
    assert read_codes(["213", "03", "11", "水资源管理", "9.00"]) == (
        ("213", "03", "11"),
        ["水资源管理", "9.00"],
    )
    assert read_codes(["2130311", "水资源管理"])[0] == ("213", "03", "11")
    assert read_codes(["21303水利"]) == (("213", "03"), ["水利"])
    assert read_codes(["2030", "年项目"])[0] == ()
    assert split_amounts(["2030", "年项目", "1.00", "-"]) == (["2030", "年项目"], ["1.00"])
    assert split_amounts(["编号", "20301", "5.00"]) == (["编号", "20301"], ["5.00"])
    assert unglued(["其他收入12.501,300.00"]) == ["其他收入", "12.50", "1,300.00"]
    assert printed_lines(["水费 3. 20 3. 20"])[0].tokens == ("水费", "3.20", "3.20")


def test_broken_header_gets_the_columns_of_the_form() -> None:
    found = spending("总计 30.00 20.00 10.00", "213 农林水支出 30.00 20.00 10.00")
    assert [path[-1] for path in found.header] == ["合计", "基本支出", "项目支出"]
    assert (found.number, found.title, found.unit) == ("表5", "一般公共预算支出情况表", "万元")
    assert [row.total for row in found.rows] == [True, False]


def test_arithmetic_finds_the_column_of_a_lonely_figure() -> None:
    found = spending(
        "总计 30.00 20.00 10.00",
        "213 农林水支出 30.00 20.00 10.00",
        "213 03 水利 30.00 20.00 10.00",
        "213 03 01 行政运行 20.00 20.00",
        "213 03 11 水资源管理 10.00 10.00",
    )
    assert by_label(found)["行政运行"] == ["20.00", "20.00", ""]
    assert by_label(found)["水资源管理"] == ["10.00", "", "10.00"]
    assert found.rows[3].path == ("农林水支出", "水利", "行政运行")
    assert found.rows[3].code == "2130301"


def test_name_on_the_lines_before_its_figures() -> None:
    found = spending(
        "总计 7.00 5.00 2.00",
        "213 农林水支出 7.00 5.00 2.00",
        "213 03 99",
        *["其他水利工程建设与管", "理支出", "7.00 5.00 2.00"],
    )
    last = found.rows[-1]
    assert last.path[-1] == "其他水利工程建设与管理支出"
    assert texts(last) == ["7.00", "5.00", "2.00"]
    assert last.span.last is not None and last.span.first is not None
    assert last.span.last - last.span.first == 6


def test_name_around_its_figures() -> None:
    found = spending(
        "总计 9.00 9.00",
        "213 农林水支出 9.00 9.00",
        "其他水利工程建",
        "213 03 98 4.00 4.00",
        "设支出",
        "其他水土保持工",
        "213 03 99 5.00 5.00",
        "程支出",
    )
    assert [row.path[-1] for row in found.rows[2:]] == ["其他水利工程建设支出", "其他水土保持工程支出"]


def test_name_goes_on_behind_page_and_repeated_header() -> None:
    found = spending(
        "总计 9.00 9.00",
        "213 农林水支出 9.00 9.00",
        "213 03 06 水利工程运行与维护支 4.00 4.00",
        "12",
        OWNER,
        *HEADER,
        NUMBERS,
        "出",
        "213 03 08 水利前期工作 5.00 5.00",
    )
    assert [row.path[-1] for row in found.rows[2:]] == ["水利工程运行与维护支出", "水利前期工作"]
    assert audit(found)[1] == []


def test_repeated_header_without_column_numbers() -> None:
    found = table(
        "表 5",
        "一般公共预算支出情况表",
        OWNER,
        *HEADER,
        "总计 9.00 9.00",
        "213 农林水支出 9.00 9.00",
        "213 03 06 水利工程运行与维护支 9.00 9.00",
        *HEADER,
        "出",
    )
    assert found.rows[-1].path[-1] == "水利工程运行与维护支出"
    assert len(found.rows) == 3


def test_rows_without_figures_stay_rows() -> None:
    found = table(
        "表 10",
        "财政拨款“三公”经费支出情况表",
        OWNER,
        "“三公”经费支出内容 合计",
        "资金来源",
        "一般公共预算 政府性基金",
        "国有资本经营预",
        "算",
        "※ 1 2 3 4",
        "合计 3.00 3.00",
        "因公出国（境）费",
        "公务接待费 1.00 1.00",
        "公务用车购置及运行费（小",
        "计） 2.00 2.00",
        "其中：公务用车购置费",
        "公务用车运行费 2.00 2.00",
    )
    assert by_label(found) == {
        "合计": ["3.00", "3.00", "", ""],
        "因公出国（境）费": ["", "", "", ""],
        "公务接待费": ["1.00", "1.00", "", ""],
        "公务用车购置及运行费（小计）": ["2.00", "2.00", "", ""],
        "公务用车购置费": ["", "", "", ""],
        "公务用车运行费": ["2.00", "2.00", "", ""],
    }


def test_side_by_side_tables_come_out_as_two() -> None:
    left, right = document(
        "表 1",
        "部门收支总体情况表",
        OWNER,
        "收入 支出",
        "项目 预算数 支出功能分类 预算数",
        "一、本年收入 8.00 201 一般公共服务支出",
        "1.一般公共预算拨款 8.00 213 农林水支出 7.00",
        "其中：一般财力 8.00 221 住房保障支出 2.00",
        "二、上年结转结余 1.00 229 其他支出",
        "230 转移性支出",
        "收 入 总 计 9.00 支 出 总 计 9.00",
        "第三部分 2031 年部门预算情况说明",
    ).tables
    assert by_label(left)["收入总计"] == ["9.00"]
    assert by_label(left)["一般财力"] == ["8.00"]
    assert by_label(right) == {
        "一般公共服务支出": [""],
        "农林水支出": ["7.00"],
        "住房保障支出": ["2.00"],
        "其他支出": [""],
        "转移性支出": [""],
        "支出总计": ["9.00"],
    }
    assert [row.code for row in right.rows] == ["201", "213", "221", "229", "230", ""]
    assert audit(left)[1] == audit(right)[1] == []


PROJECTS = [
    "表 7",
    "一般公共预算项目支出情况表",
    OWNER,
    "科目编码 功能分类科目名称 项目名称",
    "项目支出",
    "合计 工资福利支出 商品服务支出 对个人和家庭的补助 债务利息及费用支出",
    "资本性支出（基本建设） 资本性支出 对企业补助（基本建设） 对企业补助 对社会保障基金补助 其他支出",
    "类 款 项",
    "※ ※ ※ ※ ※ 1 2 3 4 5 6 7 8 9 10 11",
]


def test_account_and_project_name_of_one_row() -> None:
    spaced = document(
        *["表 5", "一般公共预算支出情况表", OWNER, *HEADER, NUMBERS],
        "总计 9.00 9.00",
        "213 农林水支出 9.00 9.00",
        "213 03 06 水利工程运行与维护支出 9.00 9.00",
        *PROJECTS,
        "总计 9.00 9.00",
        "云山市水务局城区供水管",
        "理处",
        "9.00 9.00",
        "213 农林水支出 9.00 9.00",
        "213 03 06 水利工程运行与维护支出 2031 年河道清淤经费 4.00 4.00",
        "213 03 06",
        "水利工程运行与维护",
        "支出",
        "小型水库安全运行监测",
        "平台维护项目",
        "5.00 5.00",
    )
    rows = spaced.tables[1].rows
    assert rows[1].path[-1] == "云山市水务局城区供水管理处"
    assert [row.project for row in rows[-2:]] == ["2031年河道清淤经费", "小型水库安全运行监测平台维护项目"]
    assert {row.path[-1] for row in rows[-2:]} == {"水利工程运行与维护支出"}
    assert texts(rows[-1])[:4] == ["5.00", "", "5.00", ""]


def test_empty_table_is_followed_by_prose() -> None:
    found = document(
        "表 9",
        "国有资本经营预算支出情况表",
        OWNER,
        "科目 国有资本经营预算支出",
        "功能分类科目编码",
        "功能分类科目名称 合计 基本支出 项目支出",
        "类 款 项 人员经费 公用经费",
        "总计",
        "云山市水务局 2031 年没有使用国有资本经营预算拨款安排的支出，本表为空",
        "表。",
    )
    (empty,) = found.tables
    assert [(row.path, row.cells) for row in empty.rows] == [(("总计",), (None,) * 4)]
    assert empty.header[-1] == ("国有资本经营预算支出", "项目支出")
    assert found.paragraphs[-1].text.endswith("本表为空表。")


def test_unknown_form_keeps_its_figures() -> None:
    found = table(
        "表 13", "水费收缴明细表", OWNER, "灌区 应收 实收", "※ 1 2", "东灌区 5.00 4.00", "西灌区 3.00 3.00"
    )
    assert len(found.header) == 2
    assert by_label(found) == {"东灌区": ["5.00", "4.00"], "西灌区": ["3.00", "3.00"]}


def test_contents_and_prose_are_no_tables() -> None:
    items = list(
        read_layout(["目录", "", "表 1 部门收支总体情况表", "", "表 2 部门收入总体情况表", "", "正文。"])
    )
    assert not any(isinstance(item, Grid) for item in items)


TARGETS = [
    "项目支出绩效目标表",
    "（2031 年）",
    "预算单位 云山市水务局",
    "项目名称 河道清淤经费 项目负责人 甲乙丙",
    "项目资金(万",
    "元)",
    "年度预算总额 4.00",
    "其中：财政拨",
    "款",
    "4.00 其他资金 0.00",
    "项目总体目标",
    "全年清淤河道 12 公里，",
    "改善水环境。",
    *["一级", "指标", "二级", "指标", "三级指标", "指标", "值", "指标值设置依", "据", "上年", "完成", "值"],
    *["指标", "分值", "权重", "指标赋分规则 佐证资料"],
]


def test_indicators_from_fragments() -> None:
    funds, found = document(
        *TARGETS,
        *["产出", "指标", "数量", "指标", "清淤河道", "长度", "＞", "=12", "公里", "其他标准 10 公里 20"],
        *["按照完成比例赋", "分", "工作资料"],
        *["质量", "指标", "验收合格率 =100% 计划标准 10 按评判等级赋分 工作资料"],
        *[
            "成本",
            "指标",
            "经济",
            "成本",
            "指标",
            "每公里清淤成本",
            "＜=0.3",
            "3 万元",
            "其他标准",
            "0.35",
            "万元",
            "20",
        ],
        *["按照完成比例赋", "分", "原始凭证"],
        *["效益", "指标", "社会", "效益", "指标", "改善水环境 改善 其他标准 改善 20 按评判等级赋分 工作资料"],
        *["满意", "度指", "标", "满意", "度指", "标", "居民满意度 ＞=90% 其他标准 10 满意度赋分 问卷调查"],
        "(五)其他需说明的事项",
        "无。",
    ).tables
    assert found.project == "河道清淤经费"
    assert found.subunit == "云山市水务局"
    assert {row.path[-1]: texts(row)[0] for row in funds.rows} == {
        "年度预算总额": "4.00",
        "财政拨款": "4.00",
        "其他资金": "0.00",
        "项目总体目标": "全年清淤河道12公里，改善水环境。",
    }
    assert [(row.path, texts(row)) for row in found.rows] == [
        (
            ("产出指标", "数量指标", "清淤河道长度"),
            ["＞=12公里", "其他标准", "10公里", "20", "按照完成比例赋分", "工作资料"],
        ),
        (
            ("产出指标", "质量指标", "验收合格率"),
            ["=100%", "计划标准", "", "10", "按评判等级赋分", "工作资料"],
        ),
        (
            ("成本指标", "经济成本指标", "每公里清淤成本"),
            ["＜=0.33万元", "其他标准", "0.35万元", "20", "按照完成比例赋分", "原始凭证"],
        ),
        (
            ("效益指标", "社会效益指标", "改善水环境"),
            ["改善", "其他标准", "改善", "20", "按评判等级赋分", "工作资料"],
        ),
        (
            ("满意度指标", "满意度指标", "居民满意度"),
            ["＞=90%", "其他标准", "", "10", "满意度赋分", "问卷调查"],
        ),
    ]


def test_indicator_broken_by_the_page() -> None:
    tables = document(
        *TARGETS,
        "产出指标 数量指标 清淤河道长度 ＞=12 公里 其他标准 50 按照完成比例赋分 工作资料",
        "满意 满意 沿岸各村居民对清淤工程 ＜ 计划标准 40 满意度赋分 问卷调查",
        *["度指", "标", "度指", "标", "的投诉 =5 件", "38", "项目支出绩效目标表", "（2031 年）"],
    ).tables
    last = tables[1].rows[-1]
    assert last.path == ("满意度指标", "满意度指标", "沿岸各村居民对清淤工程的投诉")
    assert texts(last) == ["＜=5件", "计划标准", "", "40", "满意度赋分", "问卷调查"]


def test_indicators_of_a_whole_department() -> None:
    funds, found = document(
        "部门整体绩效目标表",
        "（2031 年）",
        "部门名称（盖章） 云山市水务局",
        "部门联系人 甲乙丙 联系电话 13800000000",
        "年度绩效目标",
        "保障城乡供水 3 万户，",
        "水质达标。",
        "年度预算(万元)",
        "资金来源 资金总额（万元）",
        "财政资金（万元）",
        "上级安排 1.00",
        "本级安排 8.00",
        "其他资金（万元） 其他 2.00",
        "一级指标 二级指标 三级指标 指标值 指标设定依据 分值权重",
        *["履职效能", "数量指标", "供水户数 ＞=3 万户", "云山市供水", "规划〔2030〕", "5 号", "60"],
        *["质量指标 水质达标率 =100% 供水规划", "30"],
    ).tables
    assert {row.path[-1]: texts(row)[0] for row in funds.rows} == {
        "年度绩效目标": "保障城乡供水3万户，水质达标。",
        "上级安排": "1.00",
        "本级安排": "8.00",
        "其他": "2.00",
    }
    assert [(row.path[1:], texts(row)) for row in found.rows] == [
        (("数量指标", "供水户数"), ["＞=3万户", "云山市供水规划〔2030〕5号", "60"]),
        (("质量指标", "水质达标率"), ["=100%", "供水规划", "30"]),
    ]


@cache
def shared() -> Document:
    files = sorted(CORPUS.glob("004*"))
    if not files:
        pytest.skip(f"the shared corpus is not at {CORPUS}")
    return read_document(files[0])


def account_tables() -> list[Table]:
    return [found for found in shared().tables if found.number]


def test_shared_tables_are_complete() -> None:
    counts = [(found.number, len(found.rows)) for found in account_tables()]
    assert counts == [
        ("表1", 26), ("表1", 31), ("表2", 24), ("表3", 24), ("表4", 5), ("表4", 31),
        ("表5", 24), ("表6", 33), ("表7", 15), ("表8", 0), ("表9", 0), ("表10", 6), ("表11", 8),
    ]  # fmt: skip


def test_shared_sums_close() -> None:
    results = [audit(found) for found in account_tables()]
    assert [one for _, breaks in results for one in breaks] == []
    assert sum(checked for checked, _ in results) > 250


def test_shared_figures_stand_on_their_lines() -> None:
    document = shared()
    for found in document.tables:
        for row in found.rows:
            assert row.span.first and row.span.last
            printed = "".join(document.lines[row.span.first - 1 : row.span.last]).replace(" ", "")
            for cell in row.cells:
                assert cell is None or not parse_figure(cell.text) or cell.text in printed


def test_shared_columns() -> None:
    revenue = next(found for found in account_tables() if found.number == "表2")
    leaves = [path[-1] for path in revenue.header]
    row = next(row for row in revenue.rows if row.code == "2080199")
    filled = {leaf: text for leaf, text in zip(leaves, texts(row), strict=True) if text}
    assert filled == {
        "总计": "138.24",
        "财政拨款（补助）小计": "73.00",
        "一般公共预算": "73.00",
        "财政拨款结转": "65.24",
    }
    total = dict(zip(leaves, texts(revenue.rows[0]), strict=True))
    assert (total["单位资金"], total["财政拨款结转"], total["非财政拨款结转结余"]) == (
        "610.00",
        "99.14",
        "95.00",
    )
    projects = next(found for found in account_tables() if found.number == "表7")
    for row in projects.rows:
        filled = {path[-1] for path, cell in zip(projects.header, row.cells, strict=True) if cell}
        assert filled == {"项目支出合计", "商品和服务支出"}
    carried = next(found for found in account_tables() if found.number == "表11")
    for row in carried.rows:
        kinds = {path[1:] for path, cell in zip(carried.header, row.cells, strict=True) if cell}
        assert kinds <= {(), ("小计",), ("项目支出",)}


def test_shared_indicators_add_up_to_their_points() -> None:
    """All forms of this document distribute 90 points: a lost or misread row would show."""
    found = [one for one in shared().tables if "绩效" in one.title and not one.unit]
    assert sum(len(one.rows) for one in found) == 121
    for one in found:
        weight = next(at for at, path in enumerate(one.header) if path[-1].endswith("权重"))
        assert sum(Decimal(texts(row)[weight]) for row in one.rows) == 90
        assert all(len(row.path) == 3 and row.cells[0] for row in one.rows)


def test_shared_persons_are_dropped() -> None:
    words = [cell.text for found in shared().tables for row in found.rows for cell in row.cells if cell]
    words += [paragraph.text for paragraph in shared().paragraphs]
    assert not any("负责人" in word and len(word) < 20 for word in words)
    assert not any(len(word) == 11 and word.isdigit() for word in words)
