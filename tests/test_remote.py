"""An index on servers whose builds are killed, cut off and run at once: readers see the old or the new."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from records import DIM, build, contents, numbered, prepared, source, vectors
from servers import Servers, free_port

import eval.__main__
import index.remote.milvus
import index.store
import index.vectors
import qa.cli
from index.errors import StoreCorrupt, StoreError, StoreMissing, StoreUnreachable
from index.remote.address import parse
from index.remote.generations import Draft, new_generation
from index.remote.milvus import Milvus
from index.rows import DocumentRows, SourceRecord
from index.store import open_store, write_store
from qa import Assistant

OLD = [source("甲.txt"), source("乙.txt", "乙州财政局")]
NEW = [source("丙.txt", "丙县财政局", 2024), source("甲.txt"), source("丁.txt", "丁县教育局")]

BUILDER = """
import os, pickle, signal, sys, time
import index.remote.writing
from index.store import write_store

states = pickle.load(sys.stdin.buffer)
while True:
    url, number, seconds = pickle.load(sys.stdin.buffer)
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        write_store(url, states[number], encoder_name="m", dim=8)
        os._exit(0)
    done, status = 0, 0
    while not done and time.monotonic() - begun < seconds:
        time.sleep(0.005)
        done, status = os.waitpid(child, os.WNOHANG)
    if not done:
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    print(os.waitstatus_to_exitcode(status), time.monotonic() - begun, flush=True)
"""
"""Builds again and again, each in a process of its own that is killed after the seconds given."""


@pytest.fixture
def url(servers: Servers) -> Iterator[str]:
    with servers.database() as empty:
        yield empty


def one_line(error: pytest.ExceptionInfo[Exception]) -> str:
    assert "\n" not in str(error.value)
    return str(error.value)


def whole(url: str) -> list[SourceRecord]:
    """What a reader finds, after a look at every part of it."""
    with open_store(url) as store:
        found = contents(store)
        count = sum(len(each.passages) for each in found)
        assert store.vectors().shape == (count, DIM)
        assert sorted(store.bm25.search("公务接待费就业补助", 99)[0].tolist()) == list(range(count))
        return found


def generations(servers: Servers, url: str) -> tuple[list[str], list[str]]:
    """The schemas and collections that stand for the generations of an index, whoever can read them."""
    database = parse(url).database.database or ""
    schemas = servers.execute(
        database, r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'budget\_qa\__%%' ORDER BY 1"
    )
    ((name,),) = servers.execute(database, "SELECT name FROM budget_qa.index")
    held = [each for each in servers.collections() if each.startswith(f"budget_qa_{name}_")]
    return [schema for (schema,) in schemas], held


def cut_off(servers: Servers, url: str) -> int:
    """End all connections to a database, and return how many there were."""
    theirs = "datname = current_database() AND pid <> pg_backend_pid()"
    end = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {theirs}"
    return len(servers.execute(parse(url).database.database or "", end))


def test_the_last_generation_but_one_stays(servers: Servers, url: str) -> None:
    build(url, OLD)
    with open_store(url) as first:
        for _ in range(2):
            build(url, NEW)
        schemas, collections = generations(servers, url)
        assert schemas == ["budget_qa_2", "budget_qa_3"] and len(collections) == 4
        for ask in (first.facts, first.vectors, lambda: first.bm25.search("公务接待费", 3)):
            with pytest.raises(StoreMissing, match="请重新打开") as error:
                ask()
            one_line(error)
    assert whole(url) == numbered(NEW)


def test_many_vectors_are_searched_by_a_graph(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.vectors, "SCANNED", 0)
    build(url, NEW)
    values = vectors(NEW)
    with open_store(url) as store:
        for within in (None, np.array([1, 2, 5])):
            among = range(len(values)) if within is None else within.tolist()
            ids, scores = store.nearest(values[2], 2, within)
            assert ids.tolist() == sorted(among, key=lambda each: -(values[each] @ values[2]))[:2]
            np.testing.assert_allclose(scores, (values @ values[2])[ids], rtol=1e-5)
        np.testing.assert_array_equal(store.vectors(), values)


def test_two_indexes_share_a_milvus(servers: Servers, url: str) -> None:
    with servers.database() as other:
        build(url, OLD)
        build(other, NEW)
        build(url, OLD)
        assert whole(url) == numbered(OLD) and whole(other) == numbered(NEW)


def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new_index(servers: Servers, url: str) -> None:
    states = [list(prepared(each, vectors(each))) for each in (OLD, NEW)]
    expected = [numbered(OLD), numbered(NEW)]
    write_store(url, states[0], encoder_name="m", dim=DIM)
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        text=False,
    )
    assert builder.stdin is not None and builder.stdout is not None
    try:
        pickle.dump(states, builder.stdin)

        def run(target: int, seconds: float) -> tuple[int, float]:
            pickle.dump((url, target, seconds), builder.stdin)
            builder.stdin.flush()
            status, took = builder.stdout.readline().split()
            return int(status), float(took)

        status, long = run(1, 60)
        assert status == 0 and whole(url) == expected[1]
        now, killed = 1, 0
        chance = random.Random(7)
        for _ in range(20):
            with open_store(url) as reader:
                status, _ = run(1 - now, chance.uniform(0.05, 1.05) * long)
                killed += status == -9
                assert contents(reader) == expected[now]
            found = whole(url)
            assert found in expected and (status or found == expected[1 - now])
            now = expected.index(found)
        assert killed >= 5  # how many depends on the machine, that some are cut off does not
        assert run(1 - now, 60)[0] == 0
    finally:
        builder.kill()
        builder.communicate()
    assert whole(url) == expected[1 - now]
    assert [len(each) for each in generations(servers, url)] == [2, 4]


def test_a_lost_connection_is_one_error_and_changes_nothing(servers: Servers, url: str) -> None:
    build(url, OLD)

    def after_one() -> Iterator[tuple[DocumentRows, np.ndarray]]:
        first, *others = prepared(NEW, vectors(NEW))
        yield first
        assert cut_off(servers, url) == 1
        yield from others

    with pytest.raises(StoreUnreachable, match="PostgreSQL 无法使用") as error:
        write_store(url, after_one(), encoder_name="测试模型", dim=DIM)
    one_line(error)
    assert whole(url) == numbered(OLD)
    build(url, NEW)
    assert whole(url) == numbered(NEW)
    assert [len(each) for each in generations(servers, url)] == [2, 4]


def test_a_build_that_fails_at_its_end_changes_nothing(
    servers: Servers, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(url, OLD)
    before = generations(servers, url)

    def disk_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Draft, "publish", disk_full)
    with pytest.raises(StoreUnreachable, match="No space left"):
        build(url, NEW)
    assert generations(servers, url) == before
    assert whole(url) == numbered(OLD)


def test_readers_outlive_lost_connections(servers: Servers, url: str) -> None:
    build(url, OLD)
    with open_store(url) as store:
        assert contents(store) == numbered(OLD)
        assert cut_off(servers, url)
        assert list(store.facts_of("甲.txt")) == list(numbered(OLD)[0].facts)


def test_two_builds_at_once(servers: Servers, url: str) -> None:
    build(url, OLD)
    address = parse(url)
    milvus = Milvus(address)
    with new_generation(address, milvus), pytest.raises(StoreError, match="另一个") as error:
        build(url, NEW)
    milvus.close()
    one_line(error)
    assert whole(url) == numbered(OLD)


def test_another_format_version(servers: Servers, url: str) -> None:
    build(url, OLD)
    servers.execute(parse(url).database.database or "", "UPDATE budget_qa.generations SET version = 0")
    with pytest.raises(StoreCorrupt, match="格式版本 0"):
        open_store(url)
    build(url, NEW)  # what the message advises
    assert whole(url) == numbered(NEW)


def test_the_command_line(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = url.replace("postgres@", "postgres:geheim@")
    file = tmp_path / "甲.txt"
    file.write_text("甲市财政局2026年部门预算\n一、公务接待费\n公务接待费1.25万元。\n", encoding="utf-8")
    question = "甲市财政局2026年公务接待费是多少"

    opened: list[Assistant] = []
    really = Assistant.open

    def remembered(place: str) -> Assistant:
        opened.append(really(place))
        return opened[-1]

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["budget-qa", *arguments])
        with pytest.raises(SystemExit) as ended:
            qa.cli.main()
        said = capsys.readouterr()
        assert ended.value.code == 0, said.err
        assert "geheim" not in said.out + said.err
        return said.out

    monkeypatch.setattr(Assistant, "open", remembered)
    assert "读入 1 个文件" in run("index", "build", str(file), "--out", secret)
    assert "沿用 1 个未变的文件" in run("index", "build", str(file), "--out", secret)
    assert "甲市财政局 2026 年" in run("index", "info", secret)
    assert "1.25 万元" in run("ask", "--index", secret, question)
    asked, told = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    asked.write_text(json.dumps({"id": "q", "question": question}) + "\n", encoding="utf-8")
    assert eval.__main__.main(["--index", url, "--questions", str(asked), "--predictions", str(told)]) == 0
    assert json.loads(told.read_text(encoding="utf-8"))["value"] == 1.25
    for assistant in opened:  # a command's connections end with its process
        assistant.store.close()


# --- errors ---


def test_servers_that_do_not_answer(servers: Servers, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = free_port()
    milvus = f"milvus=http://127.0.0.1:{servers.milvus}"
    postgres = f"127.0.0.1:{servers.postgres}"
    for place in (f"127.0.0.1:{nobody}/test", f"{postgres}/missing"):
        for use in (open_store, lambda each: build(each, OLD)):
            begun = time.monotonic()
            with pytest.raises(StoreUnreachable, match="PostgreSQL 无法使用") as error:
                use(f"postgresql://postgres:geheim@{place}?{milvus}")
            assert "geheim" not in one_line(error) and time.monotonic() - begun < 20
    monkeypatch.setattr(index.remote.milvus, "_SECONDS", 0.5)
    with pytest.raises(StoreUnreachable, match="Milvus 无法使用") as error:
        build(url.partition("?")[0] + f"?milvus=http://127.0.0.1:{nobody}", OLD)
    one_line(error)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a@b/c?milvus=http://b:1",
        "postgresql://a:geheim@b/c",
        "postgresql://a@b?milvus=http://b:1",
        "postgresql:///c?milvus=http://b:1",
        "postgresql://a@b/c?milvus=http://b:1&other=1",
        "postgresql://a@b:x/c?milvus=http://b:1",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(StoreError, match=r"postgresql://用户@主机") as error:
        open_store(url)
    assert "geheim" not in one_line(error)


def test_passwords_are_used_and_never_shown() -> None:
    address = parse("postgresql://a:ge%40heim@b/c?milvus=http://d:geheim@e:19530")
    assert (address.database.password, address.token, address.milvus) == (
        "ge@heim",
        "d:geheim",
        "http://e:19530",
    )
    assert "heim" not in str(address)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.store, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r'pip install "budget-qa\[scale\]"') as error:
        open_store("postgresql://a@b/c?milvus=http://b:1")
    one_line(error)
