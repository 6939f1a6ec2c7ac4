"""Explain: how a question was understood; every candidate with its score and the reason for or against."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eval.synthetic import write_corpus
from index.build import build_index
from index.naming import short_name
from qa import Assistant
from qa.acceptance import refusal
from qa.explain import DOCUMENTS, SHOWN
from qa.lookup import Candidate, candidates
from qa.question import understand

CORPUS = Path(__file__).parents[1] / "eval" / "corpus"
_CANDIDATE = re.compile(r"^\s+-?\d+\.\d\d\s")
UNDERSTOOD = [
    ("乌鲁木齐人社局三公经费是多少", ["乌鲁木齐人社局"]),
    ("巴州人社局2026年水费和电费一共多少", ["巴州人社局", "2026"]),
    ("乌鲁木齐人社局和巴州人社局的三公经费谁更多", ["乌鲁木齐人社局", "巴州人社局"]),
    ("乌鲁木齐人社局和哈密市人社局的三公经费分别是多少", ["乌鲁木齐人社局", "哈密市人社局"]),
    ("除了自治区人社厅，其他几家三公经费一共多少", ["新疆维吾尔自治区人力资源和社会保障厅"]),
    (
        "乌鲁木齐市人事考试中心2026年一般公共预算项目支出是多少",
        ["乌鲁木齐人社局", "乌鲁木齐市人事考试中心", "2026", "一般公共预算"],
    ),
    ("乌鲁木齐人社局行政运行比上年增加多少", ["乌鲁木齐人社局", "增减额"]),
]
OPERATORS = [
    ("巴州人社局2026年水费和电费一共多少", "sum"),
    ("巴州人社局2026年公务接待费占三公经费的比例是多少", "share"),
    ("巴州人社局2026年办公费比差旅费多多少", "difference"),
    ("自治区人社厅平均每辆车一年运行费多少万元", "per_head"),
    ("各单位三公经费排名", "rank"),
    ("哪家的三公经费最高", "extreme"),
    ("四家三公经费一共多少", "total"),
    ("四家的政府采购预算平均是多少", "average"),
    ("哪几家的三公经费超过50万元", "filter"),
    ("乌鲁木齐人社局和巴州人社局的三公经费谁更多", "compare"),
    ("自治区人社厅的三公经费是昌吉州人社局的几倍", "ratio"),
    ("自治区人社厅的三公经费占四家合计的百分之几", "share"),
    ("各单位的机关运行经费分别是多少", "table"),
]
NAMES = {"sum", "share", "difference", "per_head", "rank", "extreme", "total", "average"} | {
    "filter",
    "compare",
    "ratio",
    "percent",
    "table",
}
SINGLE = [
    "乌鲁木齐人社局三公经费是多少",
    "巴州人社局2026年宠物医疗费是多少",
    "昌吉州人社局2024年公务接待费多少元",
    "巴州人社局2026年一般公共预算支出中就业补助是多少",
]


def candidate_lines(lines: tuple[str, ...]) -> list[str]:
    return [line for line in lines if _CANDIDATE.match(line)]


def found(assistant: Assistant, question: str) -> list[Candidate]:
    """Return the candidates that the lookup itself finds for a question about one department."""
    query = understand(question, assistant.register)
    (info,) = [i for i in assistant.store.documents if i.entity in query.departments]
    return candidates(assistant.base(info.name), query)


@pytest.mark.parametrize(("question", "names"), UNDERSTOOD)
def test_it_names_what_was_understood(sample_assistant: Assistant, question: str, names: list[str]) -> None:
    lines = sample_assistant.explain(question)
    told = "\n".join(line for line in lines if not _CANDIDATE.match(line))
    assert [name for name in names if name not in told] == []


def test_another_department_is_not_named(sample_assistant: Assistant) -> None:
    told = "\n".join(sample_assistant.explain("巴州人社局公务接待费是多少"))
    assert "巴州" in told
    assert "昌吉" not in told and "乌鲁木齐" not in told


@pytest.mark.parametrize(("question", "operator"), OPERATORS)
def test_it_names_the_operator(sample_assistant: Assistant, question: str, operator: str) -> None:
    lines = [line for line in sample_assistant.explain(question) if not _CANDIDATE.match(line)]
    named = {name for line in lines for name in re.findall(r"[a-z_]+", line)} & NAMES
    assert named == {operator}


def test_a_plain_lookup_has_no_operator(sample_assistant: Assistant) -> None:
    lines = sample_assistant.explain("乌鲁木齐人社局三公经费是多少")
    assert not NAMES & set(re.findall(r"[a-z_]+", "\n".join(li for li in lines if not _CANDIDATE.match(li))))


def test_it_tells_the_condition_and_what_each_department_is_asked(sample_assistant: Assistant) -> None:
    lines = sample_assistant.explain("哪几家的三公经费超过50万元")
    (condition,) = [line for line in lines if "filter" in line]
    assert "超过50万元" in condition
    assert [line for line in lines if "三公经费" in line and "超过" not in line and "（" not in line]


@pytest.mark.parametrize("question", SINGLE)
def test_each_candidate_has_its_figure_score_features_and_verdict(
    sample_assistant: Assistant, question: str
) -> None:
    lines = candidate_lines(sample_assistant.explain(question))
    expected = found(sample_assistant, question)[:SHOWN]
    assert len(lines) == len(expected) > 0
    for line, candidate in zip(lines, expected, strict=True):
        assert line.split()[0] == f"{candidate.score:.2f}"
        assert candidate.fact.item in line and candidate.fact.measure in line
        assert candidate.fact.unit in line
        assert str(candidate.fact.span.first) in re.findall(r"第 (\d+) 行", line)
        assert refusal(candidate) in line
        told = {name for name, value in candidate.features.items() if re.search(rf"\b{name} -?\d", line)}
        assert told == {name for name, value in candidate.features.items() if value}


def test_the_best_comes_first_and_is_what_answers(sample_assistant: Assistant) -> None:
    question = "乌鲁木齐人社局三公经费是多少"
    lines = candidate_lines(sample_assistant.explain(question))
    scores = [float(line.split()[0]) for line in lines]
    assert scores == sorted(scores, reverse=True)
    assert "91.28" in lines[0]
    answer = sample_assistant.ask(question)
    (first, _) = answer.citations[0].lines or (0, 0)
    assert f"第 {first} 行" in lines[0]
    (path,) = CORPUS.glob("乌鲁木齐*.md")
    assert "91.28" in path.read_text(encoding="utf-8").splitlines()[first - 1]


def test_why_a_candidate_is_not_taken_is_told(sample_assistant: Assistant) -> None:
    question = "巴州人社局2026年宠物医疗费是多少"
    assert sample_assistant.ask(question).status == "not_found"
    lines = candidate_lines(sample_assistant.explain(question))
    reasons = [refusal(candidate) for candidate in found(sample_assistant, question)[:SHOWN]]
    assert lines and all(reasons)
    assert [reason for reason, line in zip(reasons, lines, strict=True) if reason not in line] == []


def test_taken_and_not_taken_are_told_apart(sample_assistant: Assistant) -> None:
    def verdicts(question: str) -> set[str]:
        lines = candidate_lines(sample_assistant.explain(question))
        return {re.split(r"行\]\s*", line)[1].split("（")[0].split("：")[0].strip() for line in lines}

    taken, refused = verdicts("乌鲁木齐人社局三公经费是多少"), verdicts("巴州人社局2026年宠物医疗费是多少")
    assert len(taken) == len(refused) == 1
    assert taken.isdisjoint(refused)


def test_every_department_asked_shows_its_candidates(sample_assistant: Assistant) -> None:
    lines = sample_assistant.explain("各单位三公经费排名")
    names = [short_name(info.entity) for info in sample_assistant.store.documents]
    heads = [line for line in lines if any(name in line for name in names) and not _CANDIDATE.match(line)]
    assert [[name for name in names if name in head] for head in heads] == [[name] for name in names]
    for figure in ("91.28", "25.40", "9.20", "147.41"):
        assert [line for line in candidate_lines(lines) if f"= {figure} 万元" in line]


def test_it_stays_short_over_many_documents_and_says_what_is_left_out(tmp_path: Path) -> None:
    made = list(write_corpus(tmp_path / "corpus", DOCUMENTS + 3, 5))
    build_index([tmp_path / "corpus"], tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    lines = assistant.explain("各单位三公经费排名")
    shown = [d for d in made if short_name(d.entity) in "\n".join(lines)]
    assert len(shown) == DOCUMENTS
    assert len(candidate_lines(lines)) <= DOCUMENTS * SHOWN
    assert not _CANDIDATE.match(lines[-1])
    assert re.findall(r"\d+", lines[-1]) == ["3"]
    assistant.store.close()


def test_explaining_answers_nothing_and_changes_nothing(sample_assistant: Assistant) -> None:
    question = "巴州人社局2026年水费和电费一共多少"
    before = sample_assistant.ask(question)
    lines = sample_assistant.explain(question)
    assert lines == sample_assistant.explain(question)
    assert sample_assistant.ask(question) == before
    assert all(isinstance(line, str) and line.strip() and "\n" not in line for line in lines)
