"""The index on disk: what goes in comes out, whatever happens while it is written."""

from __future__ import annotations

import dataclasses
import json
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import DIM, build, contents, numbered, prepared, source, vectors

import index.folder as folder_module
from index.build import build_index
from index.codec import dump_table, load_table
from index.document import Cell, Document, Fact, Row, Span, Table
from index.errors import SourceError, StoreCorrupt, StoreError, StoreMissing
from index.folder import MANIFEST, new_generation, read_manifest
from index.rows import DocumentInfo, SourceRecord, document_rows
from index.store import open_store, write_store


@pytest.fixture
def sources() -> list[SourceRecord]:
    return [source("甲.txt"), source("乙 ?#%.txt", "乙州财政局", None), source("丙.pdf", "甲市人社局", 2024)]


@pytest.fixture
def out(tmp_path: Path, sources: list[SourceRecord]) -> Path:
    """An index in a folder whose name needs quoting."""
    build(tmp_path / "索 引?#%", sources)
    return tmp_path / "索 引?#%"


def data_file(out: Path, name: str) -> Path:
    return out / read_manifest(out).generation / name


# --- round trip ---


def test_everything_comes_back(out: Path, sources: list[SourceRecord]) -> None:
    expected = numbered(sources)
    with open_store(out) as store:
        assert contents(store) == expected
        assert store.facts() == [f for each in expected for f in each.facts]
        assert store.passages() == [p for each in expected for p in each.passages]
        assert store.documents == [each.document for each in sources]
        assert store.encoder_name == "测试模型"
        assert store.sources == {each.path: each.sha256 for each in sources}
        np.testing.assert_array_equal(store.vectors(), vectors(sources))
        np.testing.assert_array_equal(store.vectors([4, 0]), vectors(sources)[[4, 0]])
        assert store.vectors([]).shape == (0, DIM)


def test_facts_by_column(out: Path) -> None:
    with open_store(out) as store:
        assert store.facts(item="公务接待费") == store.facts()
        assert store.facts(item="没有的科目") == []


def test_lines_are_one_based_inclusive_and_clipped(out: Path, sources: list[SourceRecord]) -> None:
    with open_store(out) as store:
        assert store.lines("甲.txt", 2, 2) == sources[0].lines[1:2]
        assert store.lines("甲.txt", -5, 99) == sources[0].lines
        assert store.lines("甲.txt", 4, 9) == ()


def test_unknown_names(out: Path) -> None:
    with open_store(out) as store:
        for ask in (store.facts_of, store.passages_of, store.tables_of, store.rows_of):
            with pytest.raises(KeyError):
                ask("没有.txt")
        with pytest.raises(IndexError):
            store.vectors([6])


def test_an_index_may_be_empty(tmp_path: Path) -> None:
    silent = source("空.txt", texts=("……",))
    for sources in ([], [dataclasses.replace(silent, passages=(), facts=(), tables=())], [silent]):
        build(tmp_path / "index", sources)
        with open_store(tmp_path / "index") as store:
            assert contents(store) == numbered(sources)
            assert store.vectors().shape == (sum(len(each.passages) for each in sources), DIM)
            assert store.bm25.search("公务接待费", 3)[0].tolist() == []
            assert len(store.nearest(np.ones(DIM, np.float32), 3)[0]) == len(store.passages())


wild = st.text(max_size=12)
paths = st.lists(wild, max_size=3).map(tuple)
lines_or_none = st.none() | st.integers(1, 10**6)
spans = st.builds(Span, st.just("甲.txt"), lines_or_none, lines_or_none, lines_or_none)
figures = st.none() | st.decimals(allow_nan=False)
facts = st.builds(
    Fact, st.just(0), st.just("甲.txt"), wild, st.none() | st.integers(1990, 2100), wild, wild, wild, figures,
    wild, wild, wild, spans, wild, paths, paths, paths, wild, wild, wild, wild, st.booleans(), wild,
)  # fmt: skip
cells = st.none() | st.builds(Cell, wild, spans)
rows = st.builds(Row, paths, st.lists(cells, max_size=3).map(tuple), spans, wild, wild, wild, st.booleans())
wild_tables = st.builds(
    Table, wild, wild, wild, wild, st.lists(paths, max_size=3).map(tuple),
    st.lists(rows, max_size=3).map(tuple), spans, paths, wild, wild,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(facts, max_size=8).map(tuple), st.lists(wild, max_size=4).map(tuple))
def test_wild_facts_come_back(tmp_path: Path, wild_facts: tuple[Fact, ...], texts: tuple[str, ...]) -> None:
    wild_source = dataclasses.replace(source("甲.txt", texts=texts), facts=wild_facts, lines=texts)
    about = dataclasses.replace(wild_source.document, aliases=texts, line_count=len(texts))
    wild_source = dataclasses.replace(wild_source, document=about)
    build(tmp_path / "index", [wild_source])
    with open_store(tmp_path / "index") as store:
        assert contents(store) == numbered([wild_source])
        figures = [str(f.value) for f in store.facts()]
        assert figures == [str(f.value) for f in wild_facts]  # 1.50 stays 1.50
        store.bm25.search("".join(texts), 3)


@given(wild_tables)
def test_wild_tables_come_back(table: Table) -> None:
    assert load_table("甲.txt", dump_table(table)) == table


def test_document_info() -> None:
    document = Document("甲.txt", "题", "局", 2025, "预算", ("一", "二"), (), (), ("别名",), ("本级",))
    info = DocumentInfo("甲.txt", "题", "局", 2025, "预算", ("别名",), ("本级",), 2)
    assert DocumentInfo.of(document) == info


# --- incremental builds ---


def test_an_unchanged_source_is_reused_at_another_place(out: Path, sources: list[SourceRecord]) -> None:
    with open_store(out) as store:
        kept, kept_vectors = store.rows_of("in/丙.pdf")
    fresh = source("丁.txt", "丁县教育局")
    write_store(
        out,
        [(kept, kept_vectors), (document_rows(fresh), vectors([fresh]))],
        encoder_name="测试模型",
        dim=DIM,
    )
    with open_store(out) as store:
        assert contents(store) == numbered([sources[2], fresh])
        np.testing.assert_array_equal(store.vectors(range(len(kept.passages))), kept_vectors)
        assert store.bm25.search("教育局", 1)[0].tolist() == [2]


def test_an_open_store_never_sees_the_next_build(out: Path, sources: list[SourceRecord]) -> None:
    with open_store(out) as store:
        build(out, sources[:1])
        assert len(store.facts()) == 6
        assert store.vectors().shape == (6, DIM)  # what it reads is kept, even what it never read before
    build(out, sources[1:])
    assert sorted(entry.name for entry in out.iterdir()) == [".lock", "data-3", MANIFEST]


def test_opening_while_a_build_publishes(
    out: Path, sources: list[SourceRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, seen = folder_module.hold, []

    def hold_after_a_build(folder: Path) -> int | None:
        seen.append(folder.name)
        if len(seen) == 1:
            build(out, sources[:1])
        return hold(folder)

    monkeypatch.setattr("index.local.hold", hold_after_a_build)
    with open_store(out) as store:
        assert len(store.facts()) == 2
    assert seen == ["data-1", "data-2"]


# --- atomicity ---

KILLS = """
import os, pickle, signal, sys
from pathlib import Path
import index.schema, index.bm25, index.tokens
import faiss, jieba, sqlalchemy.dialects.sqlite
from index.store import open_store, write_store
from index.errors import StoreMissing

faiss.omp_set_num_threads(1)
out = Path(sys.argv[1])
old, new, old_vectors, new_vectors = pickle.load(sys.stdin.buffer)
steps = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "shutil.rmtree")

def build_and_die(sources, vectors, step):
    "Build in a child that is killed before its step-th file system call; tell whether it was."
    child = os.fork()
    if child == 0:
        left = step
        def count(event, arguments):
            nonlocal left
            if event in steps and str(out) in str(arguments[0]):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        write_store(out, zip(sources, vectors), encoder_name="m", dim=8)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

def found():
    try:
        with open_store(out) as store:
            store.bm25, store.vectors()
            return [(path, len(store.facts_of(Path(path).name))) for path in store.sources]
    except StoreMissing:
        return None

def states(before, sources, vectors):
    "Kill a build at each step; return what was found after each, from the given state on."
    seen = []
    for step in range(1, 1000):
        before()
        if not build_and_die(sources, vectors, step):
            return seen
        seen.append(found())

expected = [[(each.path, len(each.facts)) for each in sources] for sources in (old, new)]
first = states(lambda: os.system(f"rm -rf '{out}'"), old, old_vectors)
assert first[0] is None and first[-1] == expected[0], first
assert all(state in (None, expected[0]) for state in first), first
second = states(lambda: write_store(out, zip(old, old_vectors), encoder_name="m", dim=8), new, new_vectors)
assert second[0] == expected[0] and second[-1] == expected[1], second
assert all(state in expected for state in second), second
leftovers = sorted(entry.name for entry in out.iterdir())
assert len(leftovers) == 3, leftovers
print(len(first), len(second))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills forked builds")
def test_a_killed_build_leaves_the_old_or_the_new_index(tmp_path: Path, sources: list[SourceRecord]) -> None:
    old, new = sources[:2], sources[1:]
    pairs = [zip(*prepared(each, vectors(each)), strict=True) for each in (old, new)]
    (old_rows, old_vectors), (new_rows, new_vectors) = pairs
    given_input = pickle.dumps((old_rows, new_rows, old_vectors, new_vectors))
    done = subprocess.run(
        [sys.executable, "-c", KILLS, str(tmp_path / "index")],
        input=given_input,
        capture_output=True,
        timeout=120,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr.decode()
    first, second = map(int, done.stdout.split())
    assert first > 15 and second > 15


def test_a_failed_build_keeps_the_old_index_and_leaves_nothing(
    out: Path, sources: list[SourceRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.folder.os.replace", disk_full)
    with pytest.raises(StoreError, match="无法写入"):
        build(out, sources[:1])
    monkeypatch.setattr("index.rows.dump_table", lambda _: object())  # SQLite cannot bind it
    with pytest.raises(StoreError, match=r"\A.*无法写入.*\Z"):
        build(out, sources[:1])
    assert sorted(entry.name for entry in out.iterdir() if entry.is_dir()) == ["data-1"]
    with open_store(out) as store:
        assert contents(store) == numbered(sources)


def test_two_builds_at_once(out: Path, sources: list[SourceRecord]) -> None:
    pytest.importorskip("fcntl")
    with new_generation(out), pytest.raises(StoreError, match="另一个"):
        build(out, sources)
    with open_store(out) as store:
        assert contents(store) == numbered(sources)


# --- errors ---


def one_line(error: pytest.ExceptionInfo[StoreError]) -> str:
    assert "\n" not in str(error.value)
    assert "budget-qa index build" in str(error.value)
    return str(error.value)


def test_missing(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    for path in (tmp_path / "没有", tmp_path / "空"):
        with pytest.raises(StoreMissing) as error:
            open_store(path)
        assert str(path) in one_line(error)


@pytest.mark.parametrize("name", [MANIFEST, "readme.txt"])
def test_a_foreign_folder_is_neither_opened_nor_written(
    tmp_path: Path, sources: list[SourceRecord], name: str
) -> None:
    (tmp_path / name).write_text('{"format": "something else"}')
    (tmp_path / "data-1").mkdir()
    for use in (open_store, lambda path: build(path, sources)):
        with pytest.raises(StoreCorrupt, match="不是 budget-qa 的索引") as error:
            use(tmp_path)
        one_line(error)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(["data-1", name])


def test_a_file_is_not_an_index(tmp_path: Path, sources: list[SourceRecord]) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for use in (open_store, lambda path: build(path, sources)):
        with pytest.raises(StoreCorrupt):
            use(file)
    assert file.read_text() == "x"


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"format": "budget-qa index"}', '{"format": "budget-qa index", "version": 1}', "\udcff"],
)
def test_a_damaged_manifest(out: Path, sources: list[SourceRecord], text: str) -> None:
    (out / MANIFEST).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StoreCorrupt) as error:
        open_store(out)
    one_line(error)
    build(out, sources)  # what the message advises
    with open_store(out) as store:
        assert contents(store) == numbered(sources)


def test_another_format_version(out: Path) -> None:
    content = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    (out / MANIFEST).write_text(json.dumps({**content, "version": 99}))
    with pytest.raises(StoreCorrupt, match="格式版本 99") as error:
        open_store(out)
    one_line(error)


@pytest.mark.parametrize("name", ["index.sqlite", "vectors.faiss", "bm25/counts.npy", "words.txt"])
def test_damaged_files(out: Path, sources: list[SourceRecord], name: str) -> None:
    file = data_file(out, name)
    whole = file.read_bytes()
    changed = whole[:-1] + bytes([whole[-1] ^ 1])
    for damaged in (whole[: len(whole) // 2], changed, None):
        if damaged is None:
            file.unlink()
        else:
            file.write_bytes(damaged)
        with pytest.raises(StoreCorrupt, match=name) as error:
            open_store(out)
        one_line(error)
    build(out, sources)
    open_store(out).close()


def test_damage_that_only_reading_finds(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files too large to be hashed at every opening."""
    monkeypatch.setattr(folder_module, "HASHED_BYTES", 0)
    for name in ("index.sqlite", "vectors.faiss", "bm25/counts.npy", "words.txt"):
        file = data_file(out, name)
        file.write_bytes(b"\xff" * file.stat().st_size)
    with open_store(out) as store:
        asks = (store.facts, store.passages, store.vectors, lambda: store.bm25, lambda: store.documents)
        for ask in asks:
            with pytest.raises(StoreCorrupt) as error:
                ask()
            one_line(error)


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder, department in (("2025", "甲市财政局"), ("2026", "乙市财政局")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "预算.txt").write_text(f"{department}{folder}年部门预算\n", encoding="utf-8")
    (tmp_path / "另.txt").write_text("丙市财政局2026年部门预算\n", encoding="utf-8")
    build_index([tmp_path], tmp_path / "index")
    with open_store(tmp_path / "index") as store:
        assert [about.name for about in store.documents] == ["2025/预算.txt", "2026/预算.txt", "另.txt"]
    about = {"另.txt": {"entity": "丁县财政局", "year": "2024", "account": "决算"}}
    report = build_index([tmp_path], tmp_path / "index", about=about)
    assert report.read == ("另.txt",)  # what is known about a file is part of how it is read
    with open_store(tmp_path / "index") as store:
        fixed = store.documents[2]
        assert (fixed.entity, fixed.year, fixed.account) == ("丁县财政局", 2024, "决算")
    with pytest.raises(SourceError, match="没有这个文件"):
        build_index([tmp_path], tmp_path / "index", about={"没有.txt": {}})


def test_vectors_must_run_parallel(tmp_path: Path, sources: list[SourceRecord]) -> None:
    with pytest.raises(ValueError, match="2 passages"):
        write_store(
            tmp_path / "index", [(document_rows(sources[0]), np.zeros((5, DIM)))], encoder_name="m", dim=DIM
        )


# --- reading ---


def test_a_read_only_folder(out: Path, sources: list[SourceRecord]) -> None:
    before = sorted(out.rglob("*"))
    for entry in [*before, out]:
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    try:
        with open_store(out) as store:
            assert contents(store) == numbered(sources)
            assert len(store.bm25.search("公务接待费", 9)[0]) == 3
            store.vectors()
        assert sorted(out.rglob("*")) == before
    finally:
        for entry in [out, *before]:
            entry.chmod(0o755)


def test_the_cold_path_imports_nothing_heavy(out: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from index.store import open_store;"
        "store = open_store(Path(sys.argv[1])); store.facts(); store.tables_of('甲.txt');"
        "heavy = {'sqlalchemy', 'numpy', 'pandas', 'faiss', 'jieba', 'torch'} & set(sys.modules);"
        "assert not heavy, heavy; store.bm25.search('接待费', 3);"
        "heavy = {'sqlalchemy', 'pandas', 'faiss', 'torch'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(out)], capture_output=True, cwd=Path(__file__).parents[1]
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_threads_share_a_store(out: Path, sources: list[SourceRecord]) -> None:
    with open_store(out) as store, ThreadPoolExecutor(8) as pool:
        expected = numbered(sources)
        assert all(found == expected for found in pool.map(lambda _: contents(store), range(40)))
        hits = list(pool.map(lambda _: store.bm25.search("公务接待费", 9)[0].tolist(), range(40)))
        assert all(hit == hits[0] for hit in hits)


# --- search ---


def test_nearest_ranks_within_the_filter(out: Path, sources: list[SourceRecord]) -> None:
    query = vectors(sources)[3]
    scores = vectors(sources) @ query
    with open_store(out) as store:
        ids, found = store.nearest(query, 4)
        assert ids.tolist() == np.argsort(-scores)[:4].tolist()
        np.testing.assert_allclose(found, scores[ids], rtol=1e-5)
        wanted = np.array([5, 0, 1])
        mask = np.isin(np.arange(6), wanted)
        for within in (wanted, mask):
            ids, _ = store.nearest(query, 2, within)
            assert ids.tolist() == sorted(wanted, key=lambda each: -scores[each])[:2]
        assert store.nearest(query, 2, np.array([], dtype=np.int64))[0].tolist() == []


def test_a_copied_index_works(out: Path, tmp_path: Path, sources: list[SourceRecord]) -> None:
    shutil.copytree(out, tmp_path / "copy")
    shutil.rmtree(out)
    with open_store(tmp_path / "copy") as store:
        assert contents(store) == numbered(sources)
