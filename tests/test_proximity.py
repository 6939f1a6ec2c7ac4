"""How much of a question stands together in a passage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.bm25 import codes_of
from index.proximity import BLOCK, BLOCKS, Stretches
from index.tokens import normalize, tokenize

FILLING = "，" * BLOCK * BLOCKS


def weights(*tokens: str) -> dict[int, float]:
    """Weights 1, 2, 4 … of tokens."""
    return {int(codes_of([token])[0]): float(2**at) for at, token in enumerate(tokens)}


def test_what_stands_together_counts_and_the_best_stretch_alone() -> None:
    asked = weights("甲", "乙", "丙")
    texts = ["甲乙丙", f"甲乙{FILLING}丙", f"甲{FILLING}乙{FILLING}丙", f"甲乙乙乙{FILLING}", "丁", ""]
    assert Stretches(texts).share(asked) == pytest.approx([1, 4 / 7, 4 / 7, 3 / 7, 0, 0])


def test_pairs_count_where_they_stand_as_pairs() -> None:
    assert Stretches(["预算", "预，算", "算预"]).share(weights("预", "预算")) == pytest.approx(
        [1, 1 / 3, 1 / 3]
    )


def test_figures_and_words_in_letters_are_neither_looked_for_nor_missed() -> None:
    assert Stretches(["甲 2026 gdp"]).share(weights("2026", "甲", "gdp")) == pytest.approx([1])
    assert Stretches(["2026"]).share(weights("2026")).tolist() == [0]
    assert Stretches([]).share(weights("甲")).tolist() == []


@given(
    st.lists(st.text(alphabet="甲乙丙丁，1a \0", max_size=4 * BLOCK), max_size=4),
    st.text(alphabet="甲乙丙丁，1", max_size=8),
)
def test_it_is_what_the_best_of_all_stretches_holds(texts: list[str], question: str) -> None:
    asked = {code: 1.0 + code % 5 for code in codes_of(tokenize(question, None)).tolist()}
    spelled = sorted({token for token in tokenize(question, None) if not token.isdecimal()})
    value = {token: asked[int(codes_of([token])[0])] for token in spelled}
    expected = []
    for text in map(normalize, texts):
        begins = range(-BLOCK * (BLOCKS - 1), max(len(text), 1), BLOCK)
        ends = [begin + BLOCK * BLOCKS for begin in begins]
        held = [
            sum(value[token] for token in spelled if _begins(text, token, max(begin, 0), end))
            for begin, end in zip(begins, ends, strict=True)
        ]
        expected.append(max(held) / (sum(value.values()) or 1))
    np.testing.assert_allclose(Stretches(texts).share(asked), expected, rtol=1e-5)


def _begins(text: str, token: str, start: int, end: int) -> bool:
    return 0 <= text.find(token, start) < end
