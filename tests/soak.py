"""`python tests/soak.py FOLDER ROUNDS SEED`: builders that are killed, and readers beside them.

Standard input holds, pickled, two versions of what a build writes; every version says its own name in
every fact. Prints how often builders were killed, refused and done, and how often readers looked.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import faiss
import jieba  # noqa: F401  (what builds and readers import is imported once, before they are forked)
import sqlalchemy.dialects.sqlite  # noqa: F401

import index.bm25
import index.schema
import index.tokens  # noqa: F401
from index.errors import StoreError, StoreMissing
from index.store import Store, open_store, write_store

REFUSED = 3
DIM = 8
AT_ONCE = 2
"""Builders that start together."""
READERS = 2
SLOWEST = 0.08
"""Seconds within which a builder is killed, if it is."""


def version_of(store: Store) -> str:
    """Return the version that a store holds; AssertionError when it holds of both, or half of one."""
    facts = store.facts()
    versions = {fact.project for fact in facts}
    assert len(versions) == 1, versions
    passages = store.passages()
    assert all(next(iter(versions)) in passage.text for passage in passages)
    assert store.vectors().shape == (len(passages), DIM)
    found, _ = store.bm25.search(next(iter(versions)), len(passages))
    assert len(found) == len(passages), (len(found), len(passages))
    assert len(facts) == sum(len(store.facts_of(each.name)) for each in store.documents)
    return versions.pop()


def read(out: Path, until: int) -> int:
    """Look at the index until a pipe closes; a store that was open before each build must still be whole."""
    looks = 0
    kept = None
    os.set_blocking(until, False)
    while True:
        try:
            if os.read(until, 1) == b"":
                return looks
        except BlockingIOError:
            pass
        try:
            opened = open_store(out)
        except StoreMissing:
            continue
        if kept is not None:  # opened before, never read until now
            version_of(kept)
            kept.close()
        kept = opened
        looks += 1


def build(out: Path, version: list[Any]) -> int:
    """Write a version; the exit status."""
    try:
        write_store(out, version, encoder_name="m", dim=DIM)
    except StoreError as error:
        assert "另一个" in str(error), error
        return REFUSED
    return 0


def forked(work: Any) -> int:
    """Run a function in a child process, whose exit status it returns."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        status = work()
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main() -> None:
    """Run the rounds and print what came of them."""
    out, rounds, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    versions = pickle.load(sys.stdin.buffer)
    faiss.omp_set_num_threads(1)
    told, tell = os.pipe()

    def look() -> int:
        os.close(tell)
        print(f"looks {read(out, told)}\n", end="", flush=True)
        return 0

    readers = [forked(look) for _ in range(READERS)]
    outcomes = {"killed": 0, "refused": 0, "done": 0}
    for _ in range(rounds):
        builders = [forked(lambda: build(out, chance.choice(versions))) for _ in range(AT_ONCE)]
        time.sleep(chance.uniform(0, SLOWEST))
        if chance.random() < 0.7:
            os.kill(chance.choice(builders), signal.SIGKILL)
        for builder in builders:
            status = os.waitstatus_to_exitcode(os.waitpid(builder, 0)[1])
            outcomes[{-signal.SIGKILL: "killed", REFUSED: "refused", 0: "done"}[status]] += 1
    os.close(tell)
    assert [os.waitstatus_to_exitcode(os.waitpid(reader, 0)[1]) for reader in readers] == [0] * READERS
    with open_store(out) as store:
        version_of(store)
    build(out, versions[0])
    print(*(f"{name} {count}" for name, count in outcomes.items()))


if __name__ == "__main__":
    main()
