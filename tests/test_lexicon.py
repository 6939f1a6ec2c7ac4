"""What people call things, as data: shape, no duplicates, and nothing that can never match."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from test_rules import duplicates, without_duplicate_keys

import qa
from index.document import Fact
from index.text import fold
from qa.lexicon import lexicon

QA = Path(qa.__file__).parent
FILES = sorted((QA / "lexicon").glob("*.json"))
NAMED_LISTS = ["intents", "passage_cues", "question_words", "synonyms"]
MEASURE_KINDS = {"text", "rate", "change", "percent", "figure", "performance"}
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in QA.rglob("*.py"))


def read(name: str) -> Any:
    return json.loads((QA / "lexicon" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_key_of_a_lexicon_file_is_given_twice(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=without_duplicate_keys)


@pytest.mark.parametrize("name", NAMED_LISTS)
def test_lists_hold_plain_phrases_each_once(name: str) -> None:
    for key, phrases in read(name).items():
        assert key.strip() == key and key
        assert isinstance(phrases, list)
        assert all(isinstance(phrase, str) and phrase.strip() == phrase for phrase in phrases), key
        assert all(fold(phrase) for phrase in phrases), key
        assert duplicates(phrases) == [], key


def test_titles_are_distinct_once_folded_and_stand_for_themselves_alone() -> None:
    titles = [fold(title) for title in read("synonyms")]
    assert duplicates(titles) == []
    for title in titles:
        assert lexicon().titles_of(title) == {title}


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("请客吃饭", "公务接待费"),
        ("三公经费", "财政拨款“三公”经费"),
        ("公车运行费", "公务用车运行维护费"),
        ("出国费", "因公出国（境）费用"),
    ],
)
def test_everyday_phrases_stand_for_official_titles(phrase: str, title: str) -> None:
    assert fold(title) in lexicon().titles_of(fold(phrase))


def test_phrases_are_found_with_words_between_or_missing() -> None:
    def titles(question: str) -> set[str]:
        return {title for _, _, found in lexicon().found_in(fold(question)) for title in found}

    assert fold("公务接待费") in titles("请客的吃饭的钱")
    assert not titles("甲乙丙丁")


def test_measure_rules_are_complete_and_their_patterns_compile() -> None:
    rules = read("measures")
    for rule in rules:
        assert {"measure", "kind", "intents", "cues"} <= set(rule) <= {
            "measure", "kind", "intents", "cues", "patterns",
        }  # fmt: skip
        assert rule["kind"] in MEASURE_KINDS
        assert duplicates(rule["cues"]) == [], rule["measure"]
        assert rule["cues"] or rule["intents"] or rule.get("patterns"), rule["measure"]
        for pattern in rule.get("patterns", []):
            assert not re.compile(pattern).search(""), pattern
    assert duplicates(rule["measure"] for rule in rules) == []


def test_measure_rules_use_intents_that_exist() -> None:
    intents = read("intents")
    used = [name for rule in read("measures") for name in rule["intents"]]
    assert set(used) <= set(intents)
    assert duplicates(used) == []


def test_every_intent_is_used_by_a_measure_or_by_the_program() -> None:
    used = {name for rule in read("measures") for name in rule["intents"]}
    assert [name for name in read("intents") if name not in used and f'"{name}"' not in SOURCE] == []


def test_cues_of_passages_belong_to_intents() -> None:
    assert set(read("passage_cues")) <= set(read("intents"))


def test_every_measure_can_be_asked_for(sample_facts: list[Fact]) -> None:
    """A measure that no reader yields would send questions nowhere."""
    known = {fact.measure for fact in sample_facts}
    files = [path for path in (QA.parent / "index").rglob("*") if path.suffix in (".py", ".json")]
    written = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for rule in read("measures"):
        assert rule["measure"] in known or f'"{rule["measure"]}"' in written, rule["measure"]


def test_weights_are_numbers_of_features_that_the_program_computes() -> None:
    weights = read("weights")["weights"]
    assert all(isinstance(weight, int | float) and abs(weight) < 100 for weight in weights.values())
    assert [name for name in weights if f'"{name}"' not in SOURCE and f"{name}=" not in SOURCE] == []
