"""Files that readers add: where they go, what they are called, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import SourceError
from qa import Assistant
from qa.web.session import Sessions
from qa.web.uploads import MOST_BYTES, MOST_FILES, Shelf, free_name, safe_name

TEXT = """---
entity: 哈密市人力资源和社会保障局
year: 2026
account: 预算
---

# 哈密市人力资源和社会保障局 2026 年部门预算公开

2026 年公务接待费 1.25 万元，比上年减少 0.25 万元。
"""
ASKED = "哈密市人社局2026年公务接待费是多少"


@pytest.fixture
def shelf(sample_assistant: Assistant, tmp_path: Path) -> Shelf:
    return Shelf(sample_assistant, tmp_path / "own" / "files", tmp_path / "own" / "index")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "given.bin"
    path.write_text(TEXT, encoding="utf-8")
    return path


@given(st.text(max_size=300))
@example('0.000000000"0')
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe and safe == Path(safe).name and len(safe) < 100 and safe.isprintable()
    assert not set(safe) & set('/\\:*?"<>|') and not safe.startswith(".")
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\预算.pdf", "预算.pdf"),
        ("预算<script>.md", "预算_script_.md"),
        ("", "未命名"),
        (".md", "md"),
        ("长" * 300 + ".docx", "长" * 80 + ".docx"),
    ],
)
def test_names_are_made_safe(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


def test_a_taken_name_gets_a_number() -> None:
    assert free_name("预算.pdf", {"预算.pdf", "预算（2）.pdf"}) == "预算（3）.pdf"
    assert free_name("预算.pdf", set()) == "预算.pdf"


def test_a_file_is_added_under_a_name_of_ours_and_removed(shelf: Shelf, file: Path, tmp_path: Path) -> None:
    before = shelf.assistant
    assert shelf.add([("../../哈密.md", file), ("哈密.md", file)]) == []
    assert shelf.added == ("哈密.md", "哈密（2）.md")
    own = tmp_path / "own"
    assert sorted(path.name for path in (own / "files").iterdir()) == ["1.md", "2.md"]
    assert {path for path in tmp_path.iterdir()} == {own, file}, "nothing lies elsewhere"
    shelf.remove("哈密.md")
    assert str(shelf.assistant.ask(ASKED).value) == "1.25" and before.ask(ASKED).status == "not_found"
    assert shelf.added == ("哈密（2）.md",) and [p.name for p in (own / "files").iterdir()] == ["2.md"]
    with pytest.raises(SourceError, match="不是这里加入的文件"):
        shelf.remove(before.store.documents[0].name)


def test_what_cannot_be_read_is_told_and_not_kept(shelf: Shelf, tmp_path: Path) -> None:
    contents = {"假的.pdf": b"%PDF-1.4 cut short", "图.md": b"\x89PNG\r\n\x1a\n", "空.txt": b""}
    files = []
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        files.append((name, tmp_path / name))
    with (tmp_path / "大.txt").open("wb") as big:
        big.truncate(MOST_BYTES + 1)
    told = shelf.add([*files, ("大.txt", tmp_path / "大.txt")])
    assert [line.partition(":")[0] for line in told] == ["大.txt", "假的.pdf", "图.md", "空.txt"]
    assert "文件过大" in told[0] and "是图片" in told[2] and str(tmp_path) not in "".join(told)
    assert shelf.added == () and list((tmp_path / "own" / "files").iterdir()) == []


def test_there_is_an_end_to_the_files(shelf: Shelf, file: Path) -> None:
    with pytest.raises(SourceError, match=f"最多可以加入 {MOST_FILES} 份"):
        shelf.add([("多.md", file)] * (MOST_FILES + 1))
    assert shelf.added == ()


def test_readers_do_not_see_each_others_files(sample_assistant: Assistant, file: Path) -> None:
    sessions = Sessions(sample_assistant)
    one, other = sessions.of("one"), sessions.of("other")
    one.shelf.add([("哈密.md", file)])
    assert list(one.ask(ASKED))[-1].answer is not None
    assert one.shelf.assistant.ask(ASKED).status == "answered"
    assert other.shelf.assistant.ask(ASKED).status == "not_found"
    folder = one.folder
    assert folder and folder.exists()
    sessions.close("one")
    assert not folder.exists(), "nothing stays behind"
    sessions.close_all()


def test_with_leave_files_go_into_the_index_that_is_served(
    sample_assistant: Assistant, file: Path, tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(sample_assistant.store.path, tmp_path / "shared")
    sessions = Sessions(Assistant.open(tmp_path / "shared"), shared=True)
    sessions.of("one").shelf.add([("哈密.md", file)])
    assert sessions.of("other").shelf.assistant.ask(ASKED).status == "answered"
    again = Sessions(Assistant.open(tmp_path / "shared"), shared=True).of("next day")
    assert again.shelf.added == ("哈密.md",)
