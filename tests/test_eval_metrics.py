"""eval.metrics: what counts as right, wrong, invented, cited and faithful."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from eval_fakes import answered, case, figure, refused
from hypothesis import given
from hypothesis import strategies as st

from eval import metrics
from eval.metrics import figures_in, judge, percentile, same_figure
from eval.questions import Evidence, Figure, Gold

UNANSWERABLE = Gold("not_found")


def gold(value: object, unit: str = "万元", **more: object) -> Gold:
    return Gold(figure=figure(value, unit), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_figure", "expected", "same"),
    [
        (("705.27", "万元"), ("705.27", "万元"), True),
        ((7052700, "元"), ("705.27", "万元"), True),
        ((7052683, "元"), ("705.27", "万元"), True),  # the source in 元 behind a figure in 万元
        ((0.070527, "亿元"), ("705.27", "万元"), True),
        ((7052.7, "千元"), ("705.27", "万元"), True),
        ((7.0527, "百万元"), ("705.27", "万元"), True),
        ((109.0, "万元"), (1090020, "元"), True),
        ((705.27, ""), (705.27, "万元"), True),  # a missing unit is compared as it stands
        ((705.27, "元"), ("705.27", "万元"), False),
        ((705.28, "万元"), ("705.27", "万元"), False),
        ((0.84, "万元"), (0.8, "万元"), False),
        ((7052700, ""), (705.27, "万元"), False),
        ((-5, "万元"), (5, "万元"), False),
        ((4.01, "%"), (4.01, "个百分点"), True),
        ((4.01, "百分点"), (4.01, "％"), True),
        ((40.1, "‰"), (4.01, "%"), True),
        ((34.62, "%"), (34.6, "%"), True),
        ((34.67, "%"), (34.6, "%"), False),
        ((0.346, "%"), (34.6, "%"), False),
        ((5, "%"), (5, "万元"), False),
        ((12, "名"), (12, "人"), True),
        ((12, "人"), (12, "万元"), False),
        ((35000, "人"), ("3.5", "万人"), True),
        ((25.4, "辆"), (25, "辆"), False),
        ((120, "元"), (120, "元/人/天"), True),
    ],
)
def test_figures_compare_in_the_gold_unit(given_figure: tuple, expected: tuple, same: bool) -> None:  # type: ignore[type-arg]
    assert same_figure(figure(*given_figure), figure(*expected)) is same


MONEY = st.sampled_from(["元", "千元", "万元", "百万元", "亿元"])
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)


@given(cents=AMOUNTS, unit=MONEY, other=MONEY)
def test_exact_conversion_never_changes_a_figure(cents: Decimal, unit: str, other: str) -> None:
    scale = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
    converted = Figure(cents.scaleb(scale[unit] - scale[other]), other)
    assert same_figure(converted, Figure(cents, unit))


@given(cents=AMOUNTS, off=st.decimals("0.01", 1000, places=2), unit=MONEY)
def test_a_cent_more_is_another_figure(cents: Decimal, off: Decimal, unit: str) -> None:
    assert not same_figure(Figure(cents + off, unit), Figure(cents, unit))


def test_figures_are_read_from_prose() -> None:
    text = "比上年减少1,170.54 万元，下降４．０１％；共12，34人，提高2个百分点。"
    expected = [("1170.54", "万元"), ("4.01", "%"), (12, ""), (34, ""), (2, "个百分点")]
    assert figures_in(text) == tuple(figure(*entry) for entry in expected)


@pytest.mark.parametrize(
    ("expected", "answer", "verdict"),
    [
        (gold(1.4), answered(1.4, "万元"), "right"),
        (gold(1.4), answered(14000, "元"), "right"),
        (gold(1.4), answered(1.5, "万元"), "wrong figure"),
        (gold(1.4), answered(None, None), "wrong figure"),
        (gold(1.4), answered(None, None, text="是 1.4 万元"), "wrong figure"),
        (gold(1.4), answered(values=[{"label": "甲", "value": 1.4, "unit": "万元"}]), "right"),
        (
            gold(1.4),
            answered(values=[{"value": n, "unit": "万元"} for n in (1.4, 2, 3, 4, 5)]),
            "wrong figure",
        ),
        (gold(1.4), answered(2, "万元", values=[{"value": 1.4, "unit": "万元"}]), "wrong figure"),
        (gold(1.4), refused(), "abstained"),
        (gold(1.4), {**refused(), "status": "clarify"}, "abstained"),
        (gold(1.4), {}, "abstained"),
        (UNANSWERABLE, refused(), "refused"),
        (UNANSWERABLE, {**refused(), "status": "clarify"}, "refused"),
        (UNANSWERABLE, answered(1.4, "万元"), "invented"),
        (UNANSWERABLE, answered(text="大概很多"), "invented"),
        (UNANSWERABLE, {**refused(), "value": 3}, "invented"),
        (Gold("clarify"), {**refused(), "status": "clarify"}, "refused"),
        (Gold("clarify"), refused(), "abstained"),
        (Gold(phrases=(("采购", "购置"), ("Ｅ类",))), answered(text="购 置：e 类。"), "right"),
        (Gold(phrases=(("采购", "购置"), ("车辆",))), answered(text="购置"), "missing"),
        (Gold(phrases=(("11.88",),)), answered(text="1188"), "missing"),
        (Gold(phrases=(("1188",),)), answered(text="1,188 元"), "right"),
    ],
)
def test_verdicts(expected: Gold, answer: dict[str, object], verdict: str) -> None:
    assert judge(case(expected, answer)) == verdict


def test_the_text_may_carry_the_figure_of_a_reason_but_not_of_a_lookup() -> None:
    answer = answered(text="主要是减少 5 万元设备购置")
    assert judge(case(gold(-5), answer, kind="reason")) == "right"
    assert judge(case(gold(-5), answer, kind="lookup")) == "wrong figure"


def test_each_figure_of_several_must_be_given() -> None:
    expected = Gold(figures=(figure(1, "万元"), figure(2, "%")))
    parts = [{"label": "甲", "value": 10000, "unit": "元"}]
    assert judge(case(expected, answered(values=parts, text="甲 1 万元，增长 2%"))) == "right"
    assert judge(case(expected, answered(2, "%", values=parts))) == "right"
    assert judge(case(expected, answered(values=parts))) == "missing"


def test_unscored_and_failed_cases() -> None:
    assert judge(case(None, answered(1))) is None
    assert judge(case(UNANSWERABLE, refused(), error="ValueError: x")) == "failed"


def test_shares_count_only_the_cases_they_apply_to() -> None:
    cases = [
        case(gold(1), answered(1, "万元")), case(gold(1), answered(2, "万元")), case(gold(1), refused()),
        case(UNANSWERABLE, refused()), case(UNANSWERABLE, answered(1)), case(None, answered(1)),
        case(gold(1, phrases=(("甲",),)), answered(1, "万元")),
    ]  # fmt: skip
    assert metrics.accuracy(cases) == {"score": 2 / 6, "individual": [1, 0, 0, 1, 0, None, 0]}
    assert metrics.wrong_figures(cases)["score"] == 1 / 6
    assert metrics.missing_parts(cases)["individual"][-1] == 1
    assert metrics.inventions(cases) == {"score": 0.5, "individual": [None, None, None, 0, 1, None, None]}
    assert metrics.right_refusals(cases)["score"] == 0.5
    assert metrics.wrong_refusals(cases) == {"score": 0.25, "individual": [0, 0, 1, None, None, None, 0]}
    assert metrics.accuracy([]) == {"score": None, "individual": []}


def cited(*citations: Mapping[str, object], value: object = 1) -> dict[str, object]:
    return answered(value, "万元", citations=list(citations))


LINES = gold(1, evidence=(Evidence("甲.txt", 10, 12),))


@pytest.mark.parametrize(
    ("citation", "right"),
    [
        ({"doc": "甲.txt", "lines": [11, 11]}, 1),
        ({"doc": "甲.md", "lines": (13, 20)}, 1),
        ({"doc": "甲.txt", "lines": [8, 9]}, 1),
        ({"doc": "甲.txt", "lines": [14, 20]}, 0),
        ({"doc": "乙.txt", "lines": [11, 11]}, 0),
        ({"doc": "甲.txt", "lines": [1, 100]}, 0),
        ({"doc": "甲.txt", "lines": None, "page": 10}, 0),
        ({"doc": "甲.txt"}, 0),
        ({"lines": "10-12"}, 0),
    ],
)
def test_a_citation_must_hit_the_evidence(citation: dict[str, object], right: int) -> None:
    assert metrics.citation_right([case(LINES, cited(citation))]) == {"score": right, "individual": [right]}


def test_pages_must_be_the_very_page() -> None:
    paged = gold(1, evidence=(Evidence("甲.pdf", page=3),))
    pages = [
        metrics.citation_right([case(paged, cited({"doc": "甲.pdf", "page": p}))])["score"]
        for p in (2, 3, None)
    ]
    assert pages == [0, 1, 0]


def test_a_cross_question_needs_so_many_documents() -> None:
    both = gold(1, evidence=(Evidence("a", 1, 1), Evidence("a", 50, 50), Evidence("b", 1, 1)), need=2)
    a, again, b = (
        {"doc": "a", "lines": [1, 1]},
        {"doc": "a", "lines": [50, 50]},
        {"doc": "b", "lines": [1, 1]},
    )
    assert metrics.citation_right([case(both, cited(a, again))])["score"] == 0
    assert metrics.citation_right([case(both, cited(a, b))])["score"] == 1


def test_right_and_cited_needs_both_and_refusals_need_no_citation() -> None:
    hit = {"doc": "甲.txt", "lines": [10, 10]}
    cases = [
        case(LINES, cited(hit)),
        case(LINES, cited(hit, value=2)),
        case(LINES, cited()),
        case(UNANSWERABLE, refused()),
    ]
    assert metrics.citation_right(cases)["individual"] == [1, 1, 0, None]
    assert metrics.right_and_cited(cases) == {"score": 1 / 3, "individual": [1, 0, 0, None]}


def test_quotes_must_stand_in_the_cited_lines() -> None:
    source = ["公务接待费\t1.40\t1.40", "三公经费合计 52544 2.08", "下一行"]

    def lines(doc: str, first: int, last: int) -> list[str] | None:
        return source[first - 1 : last] if doc == "甲" else None

    quotes = [
        {"doc": "甲", "lines": [1, 1], "quote": "公务接待费 1.40"},
        {"doc": "甲", "lines": [2, 3], "quote": "525442.08下一行"},
        {"doc": "甲", "lines": [2, 2], "quote": "公务接待费"},
        {"doc": "甲", "lines": [9, 9], "quote": "下一行"},
    ]
    unknown: list[dict[str, object]] = [
        {"doc": "乙", "lines": [1, 1], "quote": "?"},
        {"doc": "甲", "page": 1, "quote": "?"},
    ]
    cases = [case(None, cited(*quotes)), case(None, cited(*unknown)), case(None, cited(quotes[0]))]
    assert metrics.quote_faithfulness(cases, lines) == {"score": 3 / 5, "individual": [0.5, None, 1]}


def test_latency_is_the_median_and_the_95th_percentile() -> None:
    cases = [case(None, {}, seconds=n) for n in (1.0, 2.0, 3.0)]
    assert metrics.latency(cases) == {"score": 2.0, "p95": pytest.approx(2.9), "individual": [1.0, 2.0, 3.0]}
    assert percentile([], 0.5) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_percentile_lies_between_the_extremes(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found is not None
    assert min(values) <= found <= max(values) * (1 + 1e-9)
