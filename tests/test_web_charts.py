"""Which answers become pictures, and what is drawn."""

from __future__ import annotations

import base64
import json
from decimal import Decimal

from qa import Answer, Assistant
from qa.answer import Value
from qa.web.charts import Chart, chart_of, drawn, figures_html


def test_a_ranking_becomes_bars_in_its_order(sample_assistant: Assistant) -> None:
    chart = chart_of(sample_assistant.ask("四家单位的三公经费从高到低排一下"))
    assert chart and chart.unit == "万元" and not chart.parts
    values = [value for _, value in chart.figures]
    assert len(values) == 4 and values == sorted(values, reverse=True)


def test_parts_that_make_up_the_whole_become_a_ring(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("巴州人社局一般公共预算支出按功能分类各多少")
    chart = chart_of(answer)
    assert chart and chart.parts and sum(value for _, value in chart.figures) == answer.facts[0].value


def test_a_change_is_drawn_beside_last_year(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("昌吉州人社局项目支出比上年增减多少")
    chart = chart_of(answer)
    assert chart and [name for name, _ in chart.figures] == ["2023 年", "2024 年"]
    (_, before), (_, now) = chart.figures
    assert answer.value is not None and abs(now - before) == abs(answer.value) and "推算" in chart.note


def test_one_figure_is_no_picture(sample_assistant: Assistant) -> None:
    assert chart_of(sample_assistant.ask("巴州人社局水费是多少")) is None
    assert chart_of(sample_assistant.ask("公务接待费是多少")) is None


def test_figures_of_other_kinds_are_left_out_and_units_brought_together() -> None:
    values = (
        Value("甲", Decimal("1.5"), "万元"),
        Value("乙", Decimal(5000), "元"),
        Value("占比", Decimal(30), "%"),
    )
    chart = chart_of(Answer("问", "answered", "答", values=values))
    assert (
        chart and chart.unit == "万元" and chart.figures == (("甲", Decimal("1.5")), ("乙", Decimal("0.5")))
    )
    assert chart_of(Answer("问", "answered", "答", values=values[1:])) is None, "an amount beside a share"


def test_what_is_drawn_stands_in_the_table_and_the_file() -> None:
    chart = Chart("标题<b>", "万元", (("甲<i>", Decimal("1.50")), ("=乙", Decimal("-2"))))
    spec = json.loads(drawn(chart).plot)
    rows = next(iter(spec["datasets"].values())) if "datasets" in spec else spec["data"]["values"]
    assert [row["value"] for row in rows] == [1.5, -2.0]
    assert not spec["usermeta"]["embedOptions"]["actions"], "the menu of the library leads elsewhere"
    html = figures_html(chart)
    assert "标题&lt;b&gt;" in html and "甲&lt;i&gt;" in html and "1.50 万元" in html
    data = html.partition("base64,")[2].partition('"')[0]
    assert base64.b64decode(data).decode("utf-8-sig") == "名称,数值,单位\n甲<i>,1.50,万元\n'=乙,-2,万元\n"
