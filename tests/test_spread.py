"""Many departments at once: what is answered agrees with the figures that the documents were made from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pytest

from eval.synthetic import Disclosure, write_corpus
from index.build import build_index
from index.naming import short_name, split_name
from index.text import fold
from qa import Answer, Assistant
from qa.answer import proven
from qa.spread import MANY, SAMPLE

COUNT = 40
SEED = 7
PROCUREMENT = re.compile(r"\n（二）政府采购情况\n.*?(?=\n（|\Z)", re.DOTALL)
THREE_PUBLIC = re.compile(r"\n(?:表10\n.*?(?=\n第三部分)|九、关于.*?(?=\n十、关于))", re.DOTALL)


@dataclass(frozen=True)
class Made:
    """Invented departments and an assistant over their documents."""

    documents: list[Disclosure]
    assistant: Assistant

    def by_department(self, answer: Answer) -> dict[str, Decimal]:
        """Return the values of an answer by department, in their order."""
        names = {short_name(made.entity): made.entity for made in self.documents}
        assert len(names) == len(self.documents)
        found = {names[value.label.partition("(")[0]]: value.value for value in answer.values}
        assert len(found) == len(answer.values)
        return found

    def first_named(self, answer: Answer) -> str:
        """Return the department that the answer names first."""
        places = {answer.text.find(short_name(made.entity)): made.entity for made in self.documents}
        return places[min(place for place in places if place >= 0)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Forty departments that all print everything."""
    folder = tmp_path_factory.mktemp("many")
    made = list(write_corpus(folder / "corpus", COUNT, SEED))
    build_index([folder / "corpus"], folder / "index")
    assistant = Assistant.open(folder / "index")
    yield Made(made, assistant)
    assistant.store.close()


@pytest.fixture(scope="module")
def patchy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Forty departments of which some print no procurement, and one no 三公 table."""
    folder = tmp_path_factory.mktemp("patchy")
    made = list(write_corpus(folder / "corpus", COUNT, SEED))
    for at, path in enumerate(sorted((folder / "corpus").iterdir())):
        text = path.read_text(encoding="utf-8")
        for wanted, part, places in (
            (at in LACK_PROCUREMENT, PROCUREMENT, 1),
            (at == LACKS_THREE_PUBLIC, THREE_PUBLIC, 2),
        ):
            if wanted:
                text, count = part.subn("", text)
                assert count == places
        path.write_text(text, encoding="utf-8")
    build_index([folder / "corpus"], folder / "index")
    assistant = Assistant.open(folder / "index")
    yield Made(made, assistant)
    assistant.store.close()


LACK_PROCUREMENT = (0, 5, 23, 39)
"""Departments, one of them among the sample, that print no procurement."""
LACKS_THREE_PUBLIC = 11
"""A department whose tables and words tell receptions and vehicles apart, but not the sum."""

Figure = Callable[[Disclosure], Decimal]
FIGURES: dict[str, Figure] = {
    "三公经费": lambda made: made.now.three_public,
    "公务接待费": lambda made: made.now.reception,
    "机关运行经费": lambda made: made.now.running,
    "政府采购预算": lambda made: made.now.procurement,
    "支出总计": lambda made: made.now.total,
    "基本支出": lambda made: made.now.basic,
    "实有人数": lambda made: Decimal(made.now.staff + made.now.retired),
}


def figures(made: Made, item: str) -> dict[str, Decimal]:
    return {document.entity: FIGURES[item](document) for document in made.documents}


def test_the_questions_below_are_spread() -> None:
    assert COUNT > MANY > SAMPLE


# -- all print the item ---------------------------------------------------------------------------------


@pytest.mark.parametrize("item", FIGURES)
def test_one_item_of_all_is_tabulated(many: Made, item: str) -> None:
    answer = many.assistant.ask(f"各单位{item}分别是多少")
    assert (answer.status, answer.value) == ("answered", None), answer.text
    assert many.by_department(answer) == figures(many, item)
    assert len({citation.doc for citation in answer.citations}) == COUNT


@pytest.mark.parametrize("item", FIGURES)
def test_the_total_of_all(many: Made, item: str) -> None:
    answer = many.assistant.ask(f"各单位{item}合计多少")
    assert (answer.status, answer.value) == ("answered", sum(figures(many, item).values())), answer.text
    assert answer.unit == ("人" if item == "实有人数" else "万元")
    assert many.by_department(answer) == figures(many, item)
    assert len({citation.doc for citation in answer.citations}) == COUNT


@pytest.mark.parametrize("item", FIGURES)
def test_the_average_of_all(many: Made, item: str) -> None:
    answer = many.assistant.ask(f"各单位{item}平均是多少")
    exact = sum(figures(many, item).values(), Decimal(0)) / COUNT
    assert answer.value == exact.quantize(Decimal("0.01"), ROUND_HALF_UP), answer.text


@pytest.mark.parametrize("item", FIGURES)
@pytest.mark.parametrize(("asked", "largest"), [("最高", True), ("最少", False)])
def test_the_highest_and_the_lowest(many: Made, item: str, asked: str, largest: bool) -> None:
    answer = many.assistant.ask(f"哪家的{item}{asked}")
    found = figures(many, item)
    extreme = max(found.values()) if largest else min(found.values())
    assert (answer.status, answer.value) == ("answered", extreme), answer.text
    assert found[many.first_named(answer)] == extreme
    assert many.by_department(answer) == found


@pytest.mark.parametrize("item", FIGURES)
def test_all_are_ranked(many: Made, item: str) -> None:
    answer = many.assistant.ask(f"各单位{item}排名")
    found = many.by_department(answer)
    assert found == figures(many, item)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_the_first_five_and_the_second(many: Made) -> None:
    order = sorted(figures(many, "三公经费").items(), key=lambda entry: -entry[1])
    answer = many.assistant.ask("三公经费最高的前五家")
    assert list(many.by_department(answer).items()) == order[:5]
    answer = many.assistant.ask("三公经费排第二的是哪家")
    assert (many.first_named(answer), answer.value) == order[1]


FILTERS: list[tuple[str, str, Callable[[Decimal], bool]]] = [
    ("哪些单位的三公经费超过50万元", "三公经费", lambda value: value > 50),
    ("哪些单位的政府采购预算不到300万元", "政府采购预算", lambda value: value < 300),
    ("哪几家的政府采购预算低于0.03亿元", "政府采购预算", lambda value: value < 300),
    ("哪几家的机关运行经费超过200万元", "机关运行经费", lambda value: value > 200),
    ("哪几家的支出总计超过0.3亿元", "支出总计", lambda value: value > 3000),
]


@pytest.mark.parametrize(("question", "item", "condition"), FILTERS)
def test_those_that_fulfil_a_condition(
    many: Made, question: str, item: str, condition: Callable[[Decimal], bool]
) -> None:
    kept = {entity: value for entity, value in figures(many, item).items() if condition(value)}
    assert 0 < len(kept) < COUNT
    answer = many.assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert many.by_department(answer) == kept
    assert str(len(kept)) in re.findall(r"\d+", answer.text.splitlines()[0])


@pytest.mark.parametrize(("word", "sign"), [("增加", 1), ("减少", -1)])
def test_those_whose_figure_rose_or_fell(many: Made, word: str, sign: int) -> None:
    answer = many.assistant.ask(f"哪几家的机关运行经费比上年{word}")
    changes = {made.entity: made.now.running - made.last.running for made in many.documents}
    assert many.by_department(answer) == {
        entity: change for entity, change in changes.items() if change * sign > 0
    }


def test_the_highest_among_those_of_one_function(many: Made) -> None:
    function, count = Counter(split_name(fold(made.entity))[1] for made in many.documents).most_common(1)[0]
    assert count > 1
    own = {e: v for e, v in figures(many, "三公经费").items() if split_name(fold(e))[1] == function}
    answer = many.assistant.ask(f"各{function}中三公经费最高的是哪家")
    assert answer.value == max(own.values())
    assert many.by_department(answer) == own


def test_a_blank_cell_is_zero(many: Made) -> None:
    answer = many.assistant.ask("哪些单位的因公出国（境）费用为零")
    assert set(many.by_department(answer).values()) == {Decimal(0)}
    assert len(answer.values) == COUNT


def test_named_departments_are_asked_alone(many: Made) -> None:
    one, other = many.documents[:2]
    answer = many.assistant.ask(f"{one.entity}和{other.entity}的三公经费相差多少")
    assert answer.value == abs(one.now.three_public - other.now.three_public)
    assert set(many.by_department(answer)) == {one.entity, other.entity}


@pytest.mark.parametrize("question", ["各单位三公经费分别是多少", "各单位政府采购预算合计多少"])
def test_the_text_is_readable_and_every_figure_of_it_is_proven(many: Made, question: str) -> None:
    answer = many.assistant.ask(question)
    named = [made for made in many.documents if short_name(made.entity) in answer.text]
    assert 0 < len(named) < COUNT
    assert str(COUNT) in re.findall(r"\d+", answer.text)
    assert proven(answer)


# -- some do not print it -------------------------------------------------------------------------------


def having(patchy: Made) -> dict[str, Decimal]:
    lacking = {patchy.documents[at].entity for at in LACK_PROCUREMENT}
    return {
        entity: value for entity, value in figures(patchy, "政府采购预算").items() if entity not in lacking
    }


def lacking_names(patchy: Made) -> list[str]:
    return [short_name(patchy.documents[at].entity) for at in LACK_PROCUREMENT]


@pytest.mark.parametrize("question", ["各单位政府采购预算分别是多少", "各单位政府采购预算排名"])
def test_departments_without_the_item_are_reported(patchy: Made, question: str) -> None:
    answer = patchy.assistant.ask(question)
    assert answer.status == "answered", answer.text
    assert patchy.by_department(answer) == having(patchy)
    note = answer.text.splitlines()[-1]
    assert all(name in note for name in lacking_names(patchy))


def test_a_department_without_the_item_is_not_the_lowest(patchy: Made) -> None:
    answer = patchy.assistant.ask("哪家的政府采购预算最少")
    assert answer.value == min(having(patchy).values()) > 0
    assert having(patchy)[patchy.first_named(answer)] == answer.value
    assert patchy.by_department(answer) == having(patchy)


def test_a_department_without_the_item_is_below_no_limit(patchy: Made) -> None:
    answer = patchy.assistant.ask("哪些单位的政府采购预算不到300万元")
    kept = {entity: value for entity, value in having(patchy).items() if value < 300}
    assert kept
    assert patchy.by_department(answer) == kept


@pytest.mark.parametrize("question", ["各单位政府采购预算合计多少", "各单位政府采购预算平均是多少"])
def test_a_total_that_lacks_departments_has_no_headline(patchy: Made, question: str) -> None:
    answer = patchy.assistant.ask(question)
    assert (answer.value, answer.unit) == (None, None), answer.text
    assert all(name in answer.text for name in lacking_names(patchy))


def test_a_sum_that_is_not_printed_is_not_made_up(patchy: Made) -> None:
    lacks = patchy.documents[LACKS_THREE_PUBLIC]
    answer = patchy.assistant.ask("各单位三公经费分别是多少")
    assert patchy.by_department(answer) == {
        entity: value for entity, value in figures(patchy, "三公经费").items() if entity != lacks.entity
    }
    assert short_name(lacks.entity) in answer.text.splitlines()[-1]
