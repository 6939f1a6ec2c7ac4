"""Labels are recognised whole, by another name and in part, whatever others stand beside them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.text import fold
from qa.labels import BARE, EXACT, RENAMED, RENAMED_SHORT, SHORTER, WHOLE, Labels, label_of

PRINTED = (
    "公务接待费", "公务用车购置及运行维护费", "因公出国（境）费用", "2026年青岭河清淤项目",
    "行政运行", "事业运行", "社会保障和就业支出", "水库移民口粮补助",
    "乡镇水利站能力提升和标准化建设工程",
)  # fmt: skip


def quality(text: str, label: str) -> float:
    match = Labels(PRINTED).match(fold(text)).get(fold(label))
    return match.quality if match else 0.0


def test_a_label_that_stands_whole_is_the_best_match() -> None:
    assert quality("公务接待费是多少", "公务接待费") == WHOLE
    assert quality("行政运行花了多少", "事业运行") < 0.5


def test_a_label_is_known_by_its_shorter_forms() -> None:
    assert quality("青岭河清淤花了多少", "2026年青岭河清淤项目") == SHORTER
    assert quality("因公出国费用是多少", "因公出国（境）费用") in (BARE, EXACT, RENAMED)


def test_a_label_is_known_by_what_people_call_it() -> None:
    assert quality("公车花了多少钱", "公务用车购置及运行维护费") in (RENAMED, RENAMED_SHORT)


def test_a_long_name_is_known_by_a_part_of_it() -> None:
    assert 0.5 < quality("水利站能力提升和标准化建设", "乡镇水利站能力提升和标准化建设工程") < WHOLE


def test_the_characters_that_a_match_explains_are_those_of_the_name() -> None:
    match = Labels(PRINTED).match("请问公务接待费呢")["公务接待费"]
    assert match.mask == 0b11111 << 2 and match.size == 5


def test_a_label_is_worked_out_once() -> None:
    assert label_of("公务接待费") is label_of("公务接待费")


@given(st.permutations(PRINTED), st.lists(st.sampled_from(PRINTED), max_size=3), st.text(max_size=12))
def test_matches_do_not_depend_on_the_order_of_labels(order: list[str], named: list[str], other: str) -> None:
    text = fold(other.join(named) + other)
    found = Labels(order).match(text)
    assert found == Labels(PRINTED).match(text)
    for match in found.values():
        assert 0 < match.quality <= 1 and match.mask < 1 << len(text)
