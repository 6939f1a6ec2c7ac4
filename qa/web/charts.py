"""The figures of an answer as a picture: bars for what is compared, a ring for the parts of a whole.

The same figures stand in a table beneath, and can be taken away as CSV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import altair as alt
from gradio.components.plot import AltairPlotData

from index.naming import short_name
from qa.answer import Answer, Value, amount, convert, mask
from qa.web.download import csv_link
from qa.web.markup import frame, row, told

MOST_BARS = 40
"""More figures are drawn no longer; the table has them all."""
MOST_PARTS = 8
"""More parts are bars: nobody tells so many colours apart."""
WIDEST = 640
"""Pixels of a chart; on a narrower page it is as wide as the page."""
STEP, BAR = 30, 16
RING, LEGEND = 220, 20
LABEL_WIDTH = 260
_CHANGES = ("增减额", "增减率")


@dataclass(frozen=True, slots=True)
class Chart:
    """Labelled figures of one unit; `parts` tells that they make up a whole."""

    title: str
    unit: str
    figures: tuple[tuple[str, Decimal], ...]
    parts: bool = False
    note: str = ""


def chart_of(answer: Answer) -> Chart | None:
    """Return the chart of an answer, None where there is nothing to compare."""
    if answer.status != "answered":
        return None
    return _against_last_year(answer) or _side_by_side(answer)


def drawn(chart: Chart) -> AltairPlotData:
    """Return the chart for `gr.Plot`; named a bar chart, it takes fonts, colours and width from the page."""
    shown = chart.figures[:MOST_BARS]
    records = [
        {
            "label": f"{name}　{_bare(value, chart.unit)}",
            "value": float(value),
            "order": at,
        }
        for at, (name, value) in enumerate(shown)
    ]
    data = alt.Chart(
        alt.Data(values=records),
        width=WIDEST,
        background="transparent",
        usermeta={"embedOptions": {"actions": False}},
    )
    drawing = _ring(data, len(shown)) if chart.parts else _bars(data, len(shown), chart.unit)
    return AltairPlotData(chart="bar", plot=drawing.to_json(validate=False))


def _bare(value: Decimal, unit: str) -> str:
    return amount(value, unit).removesuffix(unit).rstrip()


def _bars(data: alt.Chart, count: int, unit: str) -> alt.Chart:
    axis = alt.Axis(labelLimit=LABEL_WIDTH, ticks=False)
    return (
        data.mark_bar(height=BAR)
        .encode(
            x=alt.X("value:Q", title=unit or None, axis=alt.Axis(tickCount=4)),
            y=alt.Y("label:N", sort=None, title=None, axis=axis),
        )
        .properties(height=STEP * count + 60)
    )


def _ring(data: alt.Chart, count: int) -> alt.Chart:
    legend = alt.Legend(title=None, orient="bottom", columns=1, labelLimit=WIDEST, labelFontSize=13)
    colour = alt.Color("label:N", sort=None, legend=legend, scale=alt.Scale(range=[""] * count))
    return (
        data.mark_arc(innerRadius=RING / 4)
        .encode(theta="value:Q", color=colour, order="order:Q")
        .properties(height=RING + LEGEND * count)
    )


def figures_html(chart: Chart) -> str:
    """Return the heading of a chart with its figures as a table and a link that saves them."""
    body = "".join(row((told(name), amount(value, chart.unit))) for name, value in chart.figures)
    note = f'<p class="bq-note">{told(chart.note)}</p>' if chart.note else ""
    records = [(mask(name), format(value, "f"), chart.unit) for name, value in chart.figures]
    table = frame("图中数值", told(chart.title), "", body)
    return note + table + csv_link("图中数值.csv", ("名称", "数值", "单位"), records)


def _against_last_year(answer: Answer) -> Chart | None:
    """Return last year beside this year, where an answer tells the change and the amount."""
    change = next((f for f in answer.facts if f.measure == "增减额" and f.value is not None), None)
    if change is None or change.value is None or len({f.entity for f in answer.facts}) > 1:
        return None
    now = next(
        (
            f
            for f in answer.facts
            if f.measure not in _CHANGES and f.item == change.item and f.unit == change.unit and f.value
        ),
        None,
    )
    if now is None or now.value is None or now.year is None or now.year != change.year:
        return None
    before = now.value - change.value
    return Chart(
        f"{short_name(now.entity)}{now.item}",
        now.unit,
        ((f"{now.year - 1} 年", before), (f"{now.year} 年", now.value)),
        note=f"{now.year - 1} 年的数由 {now.year} 年的数和增减额推算。",
    )


def _side_by_side(answer: Answer) -> Chart | None:
    """Return the figures that an answer lists, those of its commonest kind of unit."""
    kinds = [_kind(value.unit) for value in answer.values]
    if not kinds:
        return None
    kind = max(kinds, key=kinds.count)
    of_kind = [value for value, own in zip(answer.values, kinds, strict=True) if own == kind]
    if len(of_kind) < 2 or not _apart(of_kind):
        return None
    unit = of_kind[0].unit
    figures = tuple((value.label, convert(value.value, value.unit, unit)[0]) for value in of_kind)
    title = mask(answer.resolved or answer.question)
    return Chart(title, unit, figures, parts=_are_parts(answer, figures, unit))


def _apart(values: Sequence[Value]) -> bool:
    return len({value.label for value in values}) == len(values)


def _kind(unit: str) -> str:
    return "元" if unit.endswith("元") and "/" not in unit else unit


def _are_parts(answer: Answer, figures: Sequence[tuple[str, Decimal]], unit: str) -> bool:
    """Tell whether the figures make up a total that the answer itself names."""
    values = [value for _, value in figures]
    if not unit.endswith("元") or len(values) > MOST_PARTS or min(values) < 0 or not any(values):
        return False
    totals = [(f.value, f.unit) for f in answer.facts if f.total and f.value is not None]
    if answer.value is not None and answer.unit:
        totals.append((answer.value, answer.unit))
    return any(convert(value, own, unit) == (sum(values), unit) for value, own in totals)
