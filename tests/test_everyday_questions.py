"""What people ask in their own words of budgets and final accounts of a street office and a bureau."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from index.build import build_index
from qa import Assistant

BUDGET = """---
entity: 青岭市江湾区人民政府柳河街道办事处
year: {year}
account: 预算
---

# 青岭市江湾区{year}年区级部门预算

## 一、部门主要职能

1、负责辖区内的市容环境，组织清运垃圾。

2、负责辖区防汛物资的储备，指导居民区开展防汛演练。

3、办理粮油储备的日常检查，防汛期间供应粮油。

## 二、机构设置

本部门中，行政单位1家，事业单位1家，具体包括：

1. 柳河街道本部，机关设2个内设机构，包括：综合科、平安科。

2. 青岭市江湾区柳河街道城市运行中心，不单列预算。

## 三、部门预算表

2.{year}年部门支出预算总表

编制部门：青岭市江湾区人民政府柳河街道办事处 单位：万元

| 科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出 |
|---|---|---|---|---|
| 208 | 社会保障和就业支出 | 30.00 | 24.00 | 6.00 |
| 20805 | 行政事业单位养老支出 | 24.00 | 24.00 | |
| 2080501 | 行政单位离退休 | 24.00 | 24.00 | |
| 20807 | 就业补助 | 6.00 | | 6.00 |
| 2080705 | 公益性岗位补贴 | 6.00 | | 6.00 |
| 合计 | | 30.00 | 24.00 | 6.00 |

## 四、其他相关情况说明

### （一）政府采购预算情况

{year}年本部门政府采购预算{purchase}万元，其中：政府采购服务预算{service}万元、政府采购工程预算0万元、政府采购货物预算2.00万元。

### （三）国有资产占有使用情况

截至{last}年8月31日，柳河街道共有车辆9辆；单价100万元（含）以上设备（不含车辆）3台（套）。

{year}年部门预算安排购置车辆2辆；部门预算安排购置单价100万元（含）以上设备（不含车辆）0台（套）。

### （二）绩效目标设置情况

{year}年度，本部门编报绩效目标的项目共7个，涉及项目预算资金80.00万元。

### （五）其他

宣传工作中，表册宣传印刷和办公费0.90万元。

## 五、项目经费情况说明

### 一、项目概况

由柳河街道办事处建设的柳河社区文化中心新建工程，位于柳河路与沙溪路路口，东至柳河路，用地面积约为1200平方米，连接线全长约0.4公里。本工程地上建筑面积为2100平方米，地下建筑面积为900平方米，建筑高度为15.5米，地上主楼4层，地下2层。

### 二、年度预算安排

第一季度用款计划3.00万元，第二季度用款计划{second}万元。
## 六、名词解释

一、机关运行经费：指行政单位用一般公共预算安排的日常公用经费，包括差旅费、会议费。
"""

ACCOUNT = """---
entity: 青岭市江湾区水务局
year: 2024
account: 决算
---

# 青岭市江湾区水务局2024年度部门决算

## 一、收入支出决算总表

收入支出决算总表

单位：万元

| 项目 | 决算数 | 项目 | 决算数 |
|---|---|---|---|
| 一、财政拨款收入 | 90.00 | 一、农林水支出 | 70.00 |
| | | 二、住房保障支出 | 18.00 |
| 本年收入合计 | 90.00 | 本年支出合计 | 88.00 |
| 年初结转和结余 | 5.00 | 年末结转和结余 | 7.00 |
| 总计 | 95.00 | 总计 | 95.00 |

## 二、一般公共预算财政拨款支出决算情况说明

1、农林水支出（类）水利（款）防汛（项）。主要用于：购置防汛物资。年初预算为20.00万元，支出决算为19.00万元。

2、农林水支出（类）水利（款）水利委托业务支出（项）。主要用于：外请审计。年初预算为9.00万元，支出决算为8.50万元。

3、农林水支出（类）水利（款）堤防（项）。主要用于：修堤。年初预算为4.00万元，支出决算为7.00万元。

## 六、政府采购支出情况

在面向中小企业预留的政府采购项目中，由中小企业供应商中标或成交的，采购金额9.00万元；在其他政府采购项目中，由中小企业供应商中标或成交的，采购金额4.00万元。

## 四、“三公”经费支出决算情况说明

“三公”经费财政拨款支出年初预算为6.00万元，支出决算为5.00万元，完成预算的83.33%，其中：公务用车购置及运行维护费支出决算为4.00万元，完成预算的80.00%；公务接待费支出决算为1.00万元，完成预算的100.00%。2024年度“三公”经费支出决算数小于预算数的主要原因：少用车。

2024年度“三公”经费财政拨款支出决算数比2023年度增加1.50万元，增长42.86%。其中：公务用车购置及运行维护费支出决算增加1.00万元，增长33.33%；公务接待费支出决算增加0.50万元，增长100.00%。公务用车购置及运行维护费支出增加的主要原因是修车。公务接待费支出增加的主要原因是外区来访。

## 五、机关运行经费支出情况

机关运行经费支出5.00万元，比2023年度减少0.40万元，下降7.41%。主要原因是节约用纸。

## 三、一般公共预算财政拨款基本支出决算情况说明

基本支出30.00万元。其中：人员经费25.00万元，主要包括：基本工资、津贴补贴；公用经费5.00万元，主要包括：办公费、差旅费。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("江湾区")
    for year, purchase, service, second in (
        (2024, "12.00", "10.00", "4.00"),
        (2025, "11.50", "9.50", "9.00"),
    ):
        text = BUDGET.format(year=year, last=year - 1, purchase=purchase, service=service, second=second)
        (folder / f"柳河街道{year}.md").write_text(text, encoding="utf-8")
    (folder / "水务局.md").write_text(ACCOUNT, encoding="utf-8")
    build_index([folder], folder / "index")
    opened = Assistant.open(folder / "index")
    yield opened
    opened.store.close()


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("江湾区水务局2024年末还结转结余多少钱", "7.00", "万元"),
        ("江湾区水务局2024年初结转结余多少钱", "5.00", "万元"),
        ("水务局2024年防汛决算数是多少万元？江湾区的", "19.00", "万元"),
        ("江湾区水务局2024年委托业务（水利委托业务支出）年初预算是多少", "9.00", "万元"),
        ("江湾区水务局防汛2024年实际支出比年初预算少多少", "1.00", "万元"),
        ("江湾区水务局2024年防汛决算和年初预算差多少", "1.00", "万元"),
        ("江湾区水务局2024年年初预算里防汛（项）是多少", "20.00", "万元"),
        ("江湾区水务局2024年机关运行经费比上年少多少，为啥", "0.40", "万元"),
        ("江湾区水务局2024年防汛决算多少元，换算成万元", "19.00", "万元"),
        ("江湾区水务局2024年收入比支出多多少", "2.00", "万元"),
        ("江湾区水务局2024年防汛决算比预算少花了多少", "1.00", "万元"),
        ("江湾区水务局2024年堤防超预算多少", "3.00", "万元"),
        ("江湾区水务局2024年其他政府采购项目中中小企业中标多少", "4.00", "万元"),
        ("江湾区水务局2024年面向中小企业预留的项目里中小企业中标金额多少", "9.00", "万元"),
        ("柳河街道社区文化中心新建工程多高", "15.5", "米"),
        ("柳河街道社区文化中心新建工程占地多大", "1200", "平方米"),
        ("柳河街道社区文化中心新建工程地下有几层", "2", "层"),
        ("柳河社区文化中心新建工程地下建筑面积多大", "900", "平方米"),
        ("柳河社区文化中心新建工程地下部分建筑面积是多少", "900", "平方米"),
        ("柳河街道2025年新建工程地上建筑面积多少", "2100", "平方米"),
        ("把柳河社区文化中心新建工程2025年两个季度的用款加起来是多少", "12.00", "万元"),
        ("柳河社区文化中心新建工程，2025年两个季度的用款合计比2024年多多少", "5.00", "万元"),
        ("柳河社区文化中心新建工程2024年和2025年各自两个季度的用款加起来，差多少", "5.00", "万元"),
        ("柳河街道2025年政府采购预算比2024年少多少", "0.50", "万元"),
        ("柳河社区文化中心新建工程里第二季度用款占了多少钱", "9.00", "万元"),
        ("柳河街道2025年有几个项目写了绩效目标", "7", "个"),
        ("柳河街道2025年绩效目标项目涉及的资金有多少", "80.00", "万元"),
        ("柳河街道2025年买几辆车", "2", "辆"),
        ("柳河街道有几辆车", "9", "辆"),
        ("柳河街道100万以上设备几台", "3", "台"),
        ("柳河社区文化中心新建工程连接线全长多少公里", "0.4", "公里"),
        ("柳河街道有几个下属单位", "1", "个"),
        ("柳河街道2024年公益性岗位补贴发多少", "6.00", "万元"),
    ],
)
def test_the_figure_that_the_words_mean(assistant: Assistant, question: str, value: str, unit: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.value, answer.unit) == ("answered", Decimal(value), unit), answer.text


def test_equally_named_items_with_other_figures_are_asked_back(assistant: Assistant) -> None:
    answer = assistant.ask("江湾区水务局2024年结转结余多少钱")
    assert answer.status == "clarify"
    assert set(answer.choices) == {"年初结转和结余", "年末结转和结余"}


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("柳河街道2025年政府采购总共多少钱，其中货物和服务各多少？", ["11.50", "2.00", "9.50"]),
        ("柳河街道2024年支出合计多少，其中基本支出和项目支出各是多少", ["30.00", "24.00", "6.00"]),
        ("柳河街道2024年社会保障和就业支出多少，其中公益性岗位补贴多少", ["30.00", "6.00"]),
    ],
)
def test_a_whole_is_told_with_the_parts_asked_for(
    assistant: Assistant, question: str, values: list[str]
) -> None:
    answer = assistant.ask(question)
    assert answer.value == Decimal(values[0]), answer.text
    assert [value.value for value in answer.values] == [Decimal(value) for value in values]


def test_two_clauses_that_ask_are_both_answered(assistant: Assistant) -> None:
    answer = assistant.ask("柳河街道社区文化中心新建工程地下有几层，地下面积多大")
    assert [(value.value, value.unit) for value in answer.values] == [(2, "层"), (900, "平方米")]


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("柳河街道在防汛方面要管些什么", ["防汛演练", "防汛期间"], "垃圾"),
        ("柳河街道下面带了哪个事业单位", ["城市运行中心"], "公益性岗位"),
        ("柳河街道设了几个内设机构，都叫什么科室", ["综合科", "平安科"], "垃圾"),
        ("编进柳河街道预算的单位有哪几家", ["城市运行中心"], "公益性岗位"),
        ("江湾区水务局2024年公用经费花在哪些科目上", ["办公费、差旅费"], "津贴"),
        ("江湾区水务局2024年人员经费都有哪些", ["基本工资、津贴补贴"], "办公费"),
        ("江湾区水务局2024年三公经费决算为什么比预算少", ["少用车"], "修车"),
        ("江湾区水务局2024年公务用车购置及运行维护费为什么比上年多", ["修车"], "来访"),
        ("江湾区水务局2024年公务接待费为什么增加", ["外区来访"], "少用车"),
        ("柳河社区文化中心新建工程建在什么位置", ["柳河路与沙溪路路口，东至柳河路"], "用款"),
        ("柳河社区文化中心新建工程的项目概况", ["地上建筑面积"], "用款"),
        ("什么是机关运行经费", ["日常公用经费", "柳河街道 2025 年"], "2024"),
    ],
)
def test_words_are_answered_with_what_speaks_of_the_matter(
    assistant: Assistant, question: str, told: list[str], untold: str
) -> None:
    answer = assistant.ask(question)
    assert all(words in answer.text for words in told), answer.text
    assert untold not in answer.text


def test_a_rate_and_its_amount_asked_together_are_both_of_the_outcome(assistant: Assistant) -> None:
    answer = assistant.ask("江湾区水务局2024年三公经费花了多少，完成预算的百分之几")
    assert {(value.value, value.unit) for value in answer.values} == {
        (Decimal("83.33"), "%"),
        (Decimal("5.00"), "万元"),
    }


def test_why_less_than_planned_is_not_why_more_than_last_year(assistant: Assistant) -> None:
    answer = assistant.ask("江湾区水务局三公经费比2023年增加的原因")
    assert "少用车" not in answer.text


def test_use_and_amount_asked_together_are_both_told(assistant: Assistant) -> None:
    answer = assistant.ask("江湾区水务局2024年防汛主要用来做啥，实际花了多少")
    assert answer.value == Decimal("19.00")
    assert "购置防汛物资" in answer.text


def test_the_parts_of_a_project_are_listed(assistant: Assistant) -> None:
    answer = assistant.ask("柳河社区文化中心新建工程2025年的两个部分各多少万")
    assert [value.value for value in answer.values] == [Decimal("3.00"), Decimal("9.00")], answer.text


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("柳河街道2025年社会保障和就业支出里哪一项最多", "行政事业单位养老支出", "24.00"),
        ("江湾区水务局2024年哪项支出最大", "农林水支出", "70.00"),
    ],
)
def test_the_largest_of_the_parts(assistant: Assistant, question: str, name: str, value: str) -> None:
    answer = assistant.ask(question)
    assert answer.value == Decimal(value), answer.text
    assert name in answer.text


def test_the_largest_change_is_not_the_change_of_the_largest(assistant: Assistant) -> None:
    assert assistant.ask("柳河街道2025年预算增加最多的科目是哪个").value is None


def test_words_of_a_project_name_no_other_item(assistant: Assistant) -> None:
    answer = assistant.ask("柳河社区文化中心新建工程2025年预算怎么安排，第二季度用款多少")
    assert "采购工程" not in answer.text


def test_what_is_aimed_at_is_not_answered_with_an_amount(assistant: Assistant) -> None:
    assert assistant.ask("柳河社区文化中心新建工程目标是什么").value is None


def test_who_sets_targets_is_not_answered_with_all_units(assistant: Assistant) -> None:
    assert assistant.ask("柳河街道2025年有几个预算单位编了绩效目标").value is None


def test_a_count_is_not_answered_with_a_plan_of_payments(assistant: Assistant) -> None:
    answer = assistant.ask("柳河街道社区文化中心新建工程要种几棵树")
    assert "用款" not in answer.text


def test_what_cannot_be_reckoned_is_not_answered_with_a_definition(assistant: Assistant) -> None:
    assert assistant.ask("柳河街道2025年差旅费和会议费哪个多").status == "not_found"


def test_what_is_reckoned_with_must_be_what_is_named(assistant: Assistant) -> None:
    assert assistant.ask("柳河街道2025年印刷费是多少").status == "not_found"
    assert assistant.ask("柳河街道2025年印刷费占基本支出的比例是多少").status == "not_found"


@pytest.mark.parametrize("asked", ["每人多少钱", "一个人要花多少钱"])
def test_an_amount_for_one_is_not_answered_with_that_for_all(assistant: Assistant, asked: str) -> None:
    assert assistant.ask(f"柳河街道2025年公益性岗位补贴{asked}").value is None
    assert assistant.ask("柳河街道2025年公益性岗位补贴多少钱").value == Decimal("6.00")


def test_a_rate_is_not_answered_with_money(assistant: Assistant) -> None:
    assert assistant.ask("柳河街道2025年公益性岗位补贴发放率是多少").value is None


def test_what_is_to_be_taken_together_is_not_answered_with_one_of_it(assistant: Assistant) -> None:
    asked = "把去年没付的和今年新给的都算上，柳河街道2025年一共给公益性岗位补贴多少"
    assert assistant.ask(asked).status == "not_found"


def test_what_a_project_is_about_is_told_by_its_uses_where_nothing_else_tells_it(
    sample_assistant: Assistant,
) -> None:
    answer = sample_assistant.ask("巴州人社局2026年人事考试及岗前培训项目的主要内容是什么")
    assert answer.status == "answered" and "新招录人员岗前培训106万元" in answer.text
    assert [citation.quote for citation in answer.citations if "资金分配情况" in citation.quote]
