"""Budgets and final accounts, several years of one department: what is asked of which document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pdfs import Pdf

from index.build import build_index
from qa import Assistant

ENTITY = "青岭市水务局"
CAPTION = f"编制部门：{ENTITY} 单位：万元"
WIDTHS = [36, 30, 130, 75, 75, 75]


def budget(year: int, staff: str, office: str, reception: str, change: str) -> bytes:
    pdf = Pdf().centred(f"{ENTITY}{year}年部门预算").page()
    pdf.centred(f"{year}年部门一般公共预算基本支出经济分类预算表", size=14).line(CAPTION)
    total = str(Decimal(staff) + Decimal(office))
    pdf.table(
        WIDTHS,
        [
            ("类", "款", "科目名称", "合计", "人员经费", "公用经费"),
            ("301", "", "工资福利支出", staff, staff, ""),
            ("302", "", "商品和服务支出", office, "", office),
            ("302", "01", "办公费", office, "", office),
            ("合计", "", "", total, staff, office),
        ],
        merged=[(4, 0, 1, 3)],
    )
    pdf.page().line(f"一、{year}年“三公”经费预算情况说明")
    pdf.paragraph(f"{year}年公务接待费{reception}万元，{change}。")
    pdf.line("二、国有资产占有使用情况")
    pdf.paragraph(f"截至{year - 1}年8月31日，青岭市水务局共有车辆{year % 100}辆。")
    pdf.page().centred(f"{year}年部门支出预算表", size=14).line(CAPTION)
    body = [
        ("201", "32", "", "组织事务", "3.00"),
        ("201", "32", "02", "一般行政管理事务", "3.00"),
        ("201", "33", "", "宣传事务", "5.00"),
        ("201", "33", "02", "一般行政管理事务", "5.00"),
    ]
    pdf.table([36, 30, 30, 150, 80], [("类", "款", "项", "科目名称", "合计"), *body])
    return pdf.bytes()


def final_account() -> bytes:
    pdf = Pdf().centred(ENTITY).centred("2024年度部门决算").page()
    pdf.line("五、一般公共预算财政拨款支出决算情况说明")
    pdf.paragraph(
        "1、农林水支出（类）水利（款）防汛（项）。主要用于：购置防汛物资。年初预算为20.00万元，支出决算为"
        "19.00万元，完成年初预算的95.00%。"
    )
    pdf.paragraph("公务接待费支出决算为0.30万元，完成预算的60.00%。")
    return pdf.bytes()


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("水务局")
    (folder / "24.pdf").write_bytes(budget(2024, "60.00", "8.00", "0.50", "与2023年预算持平"))
    change = "比2024年预算减少0.10万元，主要原因是压减接待"
    (folder / "25.pdf").write_bytes(budget(2025, "64.00", "9.50", "0.40", change))
    (folder / "24决算.pdf").write_bytes(final_account())
    build_index([folder], folder / "index")
    opened = Assistant.open(folder / "index")
    yield opened
    opened.store.close()


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("青岭市水务局2024年办公费预算", "8.00", "万元"),
        ("青岭市水务局办公费", "9.50", "万元"),
        ("青岭市水务局2024年公务接待费预算多少", "0.50", "万元"),
        ("青岭市水务局2024年公务接待费决算多少", "0.30", "万元"),
        ("青岭市水务局2024年公务接待费实际花了多少", "0.30", "万元"),
        ("青岭市水务局2024年决算防汛", "19.00", "万元"),
        ("青岭市水务局2024年决算里防汛的年初预算数", "20.00", "万元"),
        ("青岭市水务局2024年防汛完成年初预算的百分之多少", "95.00", "%"),
        ("截至2023年8月31日青岭市水务局有几辆车", "24", "辆"),
        ("青岭市水务局2024年宣传事务一般行政管理事务", "5.00", "万元"),
        ("青岭市水务局2025年公务接待费比2024年减少多少", "0.10", "万元"),
        ("青岭市水务局2025年办公费比2024年增加多少", "1.50", "万元"),
        ("青岭市水务局2024年和2025年办公费哪年多，差多少", "1.50", "万元"),
    ],
)
def test_which_document_answers(assistant: Assistant, question: str, value: str, unit: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("answered", Decimal(value), unit), answer.text


@pytest.mark.parametrize(
    "question",
    [
        "青岭市水务局2025年决算办公费",
        "青岭市水务局2023年公务接待费",
        "截至2021年8月31日青岭市水务局有几辆车",
        "青岭市水务局2025年工资福利支出比2023年增加多少",
        "青岭市教育局2024年决算办公费",
    ],
)
def test_what_no_document_tells_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.value) == ("not_found", None), answer.text


def test_accounts_of_one_name_are_asked_back(assistant: Assistant) -> None:
    answer = assistant.ask("青岭市水务局2024年一般行政管理事务是多少")
    assert answer.status == "clarify"
    assert answer.choices == ("组织事务·一般行政管理事务", "宣传事务·一般行政管理事务")


def test_plan_and_result_of_one_item_stand_side_by_side(assistant: Assistant) -> None:
    answer = assistant.ask("青岭市水务局2024年防汛年初预算和决算各是多少")
    assert [value.value for value in answer.values] == [Decimal("20.00"), Decimal("19.00")]


SPENT = """青岭市水务局2024年度部门决算

支出决算表
单位：万元
科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出
213\t农林水支出\t80.00\t50.00\t30.00
21303\t水利\t80.00\t50.00\t30.00
合计\t\t80.00\t50.00\t30.00

一、收入支出决算总体情况说明
青岭市水务局2024年度收入总计95.00万元，支出总计95.00万元。
"""


def test_the_total_of_a_final_account_is_not_what_was_spent_in_the_year(tmp_path: Path) -> None:
    (tmp_path / "决算.txt").write_text(SPENT, encoding="utf-8")
    build_index([tmp_path / "决算.txt"], tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    for item, value in (("支出总计", "95"), ("收入总计", "95"), ("本年支出合计", "80")):
        answer = assistant.ask(f"青岭市水务局2024年{item}是多少")
        assert (answer.status, answer.value) == ("answered", Decimal(value)), item
