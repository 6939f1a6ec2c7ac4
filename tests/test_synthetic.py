"""Invented disclosures: their sums close, words and tables agree, years join on, questions know the place."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.asking import ask_all
from eval.metrics import citation_right, judge
from eval.questions import read_questions
from eval.synthetic import Disclosure, disclosures, questions, write_corpus, write_questions
from eval.synthetic.__main__ import main
from eval.synthetic.gold import asking, figures
from eval.synthetic.offices import functions, most, offices, words
from eval.synthetic.page import Place
from index.build import build_index
from index.crossfoot import audit
from index.document import Document
from index.naming import place_table
from index.readers import read_document
from qa import Assistant

SEEDS = st.integers(0, 10**6)
REFUSED = ("neighbour", "unanswerable")
AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?")


def read(made: Disclosure, folder: Path) -> Document:
    path = folder / made.name
    path.write_text(made.text, encoding="utf-8")
    return read_document(path)


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def standing(text: str, place: Place) -> str:
    """Return the lines of a place as one, without the breaks of print."""
    return "".join(text.split("\n")[place.first - 1 : place.last])


def amounts(line: str) -> list[Decimal]:
    return [Decimal(found.replace(",", "")) for found in AMOUNT.findall(line)]


def test_the_same_seed_gives_the_same_documents(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert len(list(write_corpus(tmp_path / name, 12, seed))) == 12
    assert files(tmp_path / "a") == files(tmp_path / "b") != files(tmp_path / "c")


def test_tab_text_and_print_both_occur() -> None:
    made = list(disclosures(40, 1))
    assert {document.layout for document in made} == {True, False}
    for document in made:
        assert ("\t" in document.text) != document.layout


def test_departments_are_different_and_do_not_exist() -> None:
    known = set(place_table())
    drawn = offices(2000, 5)
    assert len({office.entity for office in drawn}) == 2000
    assert not {office.place for office in drawn} & known
    assert not {office.place[:-1] for office in drawn} & (known | set(words()["real"]))
    assert {office.function for office in drawn} == set(functions())


def test_there_are_names_for_a_hundred_thousand_and_no_more_than_there_are() -> None:
    assert most() >= 100_000
    with pytest.raises(ValueError, match=str(most())):
        next(disclosures(most() + 1))


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_every_sum_closes_and_every_table_is_read(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = next(disclosures(1, seed))
    tables = read(made, tmp_path_factory.mktemp("one")).tables
    assert {f"表{number}" for number in range(1, 11)} <= {table.number for table in tables}
    checked, breaks = zip(*(audit(table) for table in tables), strict=True)
    assert sum(checked) > 60
    assert [found for some in breaks for found in some] == []


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_the_rows_of_each_account_table_add_up_to_its_total(seed: int) -> None:
    """Reckoned on the text itself, not with the program's own reading."""
    text = next(made for made in disclosures(30, seed) if not made.layout).text
    for number, leaf in (("表3", 3), ("表5", 3), ("表6", 2)):
        rows = [line.split("\t") for line in text.split(f"\n{number}\n")[1].split("\n表")[0].split("\n")]
        leaves = [row for row in rows if len(row) > leaf and all(cell.isdigit() for cell in row[:leaf])]
        (whole,) = [row for row in rows if "总计" in row]
        for column in range(leaf + 1, leaf + 4):
            total = sum((amount for row in leaves for amount in amounts(row[column])), Decimal(0))
            assert [total] == (amounts(whole[column]) or [Decimal(0)]), (number, column)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_every_fact_stands_where_it_is_said_to_stand_with_the_same_figure(seed: int) -> None:
    made = next(disclosures(1, seed))
    found, text = figures(made), made.text
    assert set(asking()["told"]) <= set(made.places)
    twice = 0
    for fact, places in made.places.items():
        for place in places:
            assert place.quote in standing(text, place), (fact, place)
            if fact in found:
                assert found[fact] in amounts(place.quote) or not found[fact], (fact, place)
        twice += fact in found and len(places) > 1
    assert twice > 8  # told in a table and again in words, or in two tables


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_change_is_the_difference_of_two_documents(seed: int) -> None:
    this, before = disclosures(2, seed, years=2)
    assert (this.entity, this.now.year - 1) == (before.entity, before.now.year)
    for fact in asking()["changes"]:
        (told,) = [place.quote for place in this.places[f"增减/{fact}"]]
        change = amounts(told)[0] * (-1 if "减少" in told else 1)
        then, now = (amounts(made.places[fact][0].quote)[-1] for made in (before, this))
        assert now - then == change, fact


def test_questions_are_of_every_kind_and_their_evidence_stands_in_the_files(tmp_path: Path) -> None:
    made = list(write_corpus(tmp_path / "corpus", 60, 2, years=2))
    path = tmp_path / "q.jsonl"
    write_questions(path, questions(made, 8, 2))
    assert questions(made, 8, 2) == questions(iter(made), 8, 2)
    kinds = Counter(question.turns[0].kind for question in read_questions([path]))
    assert set(kinds.values()) == {8}
    assert len(kinds) == 14
    texts = files(tmp_path / "corpus")
    proven = 0
    for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        assert (line["status"] == "not_found") == (line["kind"] in REFUSED)
        for place in line.get("evidence", []):
            standing_there = standing(texts[place["doc"]], Place(place["start"], place["end"], ""))
            assert place["quote"] in standing_there
            proven += 1
    assert proven > 100


def test_the_highest_and_the_total_are_those_of_all_departments() -> None:
    made = list(disclosures(50, 4))
    ranked = [line for line in questions(made, 30, 4) if line["kind"] == "rank"]
    sums = {sum(figures(one)[item] for one in made) for item in asking()["ranked"]}
    totals = [line for line in ranked if "evidence" not in line]
    assert totals and {line["value"] for line in totals} <= sums
    for line in ranked:
        if function := next((name for name in functions() if name in line["question"]), ""):
            (item,) = [name for name in asking()["ranked"] if name in line["question"]]
            among = [one for one in made if one.entity.endswith(function)]
            assert line["value"] == max(figures(one)[item] for one in among)
            (winner,) = {one.entity for one in among if figures(one)[item] == line["value"]}
            assert winner in line["must_include"][0]


def test_one_document_has_questions_but_none_that_need_another() -> None:
    kinds = Counter(line["kind"] for line in questions(disclosures(1, 3), 3, 3))
    assert kinds["lookup"] == kinds["neighbour"] == 3
    assert not kinds.keys() & {"compare", "rank", "year"}


def test_departments_asked_in_vain_are_not_held() -> None:
    made = list(disclosures(30, 6))
    held = {document.entity for document in made}
    places = {document.now.office.place for document in made}
    for line in questions(made, 40, 6):
        named = any(entity in line["question"] for entity in held)
        if line["kind"] == "neighbour":
            assert not named
            assert any(place in line["question"] for place in places)
        elif line["kind"] == "unanswerable" and named:
            assert re.search("2030年|" + "|".join(asking()["absent"]), line["question"])


HELD = 8


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, Path]]:
    """An assistant over a handful of documents, and the questions about them."""
    folder = tmp_path_factory.mktemp("handful")
    asked = questions(write_corpus(folder / "corpus", HELD, 1, years=2), 6, 1)
    write_questions(folder / "q.jsonl", asked)
    build_index([folder / "corpus"], folder / "index")
    assistant = Assistant.open(folder / "index")
    yield assistant, folder / "q.jsonl"
    assistant.store.close()


def test_a_handful_of_documents_answers_the_questions(held: tuple[Assistant, Path]) -> None:
    assistant, path = held
    asked = [question for question in read_questions([path]) if question.turns[0].kind != "neighbour"]
    cases = [case for answered in ask_all(assistant, asked) for case in answered]
    verdicts = Counter(judge(case) for case in cases)
    assert not verdicts.keys() & {"wrong figure", "invented", "failed"}, verdicts
    assert verdicts["right"] + verdicts["refused"] >= 0.9 * len(cases)
    cited = citation_right(cases)["score"]
    assert cited is not None and cited > 0.9


def test_no_other_department_of_a_held_place_is_answered_for(held: tuple[Assistant, Path]) -> None:
    assistant, _ = held
    made = list(disclosures(HELD, 1, years=2))
    entities = {document.entity for document in made}
    places = sorted({document.now.office.place for document in made})
    strange = {place + function for place in places for function in functions()} - entities
    answers = {name: assistant.ask(f"{name}2026年三公经费是多少").status for name in sorted(strange)}
    assert [name for name, status in answers.items() if status == "answered"] == []


def test_the_command_writes_documents_and_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "q.jsonl"
    folder = tmp_path / "corpus"
    argv = [str(folder), "--count", "5", "--years", "2", "--questions", str(path), "--each", "2"]
    assert main(argv) == 0
    assert len(files(folder)) == 5
    assert len(read_questions([path])) > 20
    assert "5" in capsys.readouterr().out
    assert main([str(folder), "--count", str(10**7)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_vocabulary_has_the_shape_that_the_program_reads() -> None:
    w = words()
    for functions_of in ("first", "second", "kinds"):
        assert len(set(w[functions_of])) == len(w[functions_of])
    assert len(set(w["real"])) == len(w["real"])
    names = [function["name"] for function in w["functions"]]
    assert len(set(names)) == len(names)
    for function in w["functions"]:
        codes = [project["code"] for project in function["projects"]]
        sections = [function["office"], function["section"]]
        assert len(set(codes)) == len(codes) >= 2
        # the office itself is account 01 of its section
        assert sections[0] != sections[1] or "01" not in codes
        assert f"{function['class'][0]} {function['class'][1]}" in w["classes"]
        assert all(re.fullmatch(r"\d\d", code) for code in [*codes, *(code for code, _ in sections)])
        assert all(project.keys() == function["projects"][0].keys() for project in function["projects"])
    for reason in ("revenue", "running", "vehicles", "reception", "account"):
        assert w[f"{reason}_up"] and w[f"{reason}_down"]


def test_the_ways_to_ask_name_what_documents_tell() -> None:
    ask = asking()
    told = set(figures(next(disclosures(1, 2))))
    named = {*ask["items"], *ask["told"], *ask["changes"], *ask["ranked"]}
    assert named | {part for pair in (*ask["shares"], *ask["sums"]) for part in pair} <= told
    fields = {
        "figure": "dyi", "change": "dyi", "compare": "abyi", "most": "yi", "most_of_function": "yif",
        "total": "yi", "share": "dypi", "sum": "dypi", "use": "d", "policy": "d", "performance": "di",
        "reason": "dyiv",
    }  # fmt: skip
    for form, letters in fields.items():
        for text in ask[form]:
            found = {name[0] for name in re.findall(r"{(\w+)}", text)}
            assert found >= set(letters), (form, text)
