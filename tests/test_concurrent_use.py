"""Builds and readers at the same time, in processes of their own, some of them killed."""

from __future__ import annotations

import dataclasses
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_store import prepared, source, vectors

from index.folder import MANIFEST
from index.rows import SourceRecord

ROUNDS = 100


def version(name: str, documents: int) -> list[SourceRecord]:
    """A version of an index, which says its name in every passage and fact."""
    made = []
    for number in range(documents):
        each = source(f"{number}.txt", texts=tuple(f"{name}第{at}项安排{at}万元。" for at in range(20)))
        facts = tuple(dataclasses.replace(fact, project=name) for fact in each.facts)
        made.append(dataclasses.replace(each, facts=facts))
    return made


@pytest.mark.skipif(sys.platform == "win32", reason="kills forked builds")
def test_readers_see_whole_versions_while_builds_come_and_are_killed(tmp_path: Path) -> None:
    versions = [list(prepared(made, vectors(made))) for made in (version("甲", 3), version("乙", 5))]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("soak.py")), str(tmp_path / "index"), str(ROUNDS), "5"],
        input=pickle.dumps(versions),
        capture_output=True,
        timeout=200,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr.decode()
    counts = {name: int(count) for name, count in re.findall(r"([a-z]+) (\d+)", done.stdout.decode())}
    assert counts["killed"] > 10 and counts["done"] > 10 and counts["refused"] > 5, counts
    assert counts["looks"] > 10
    # nobody reads any more: only the last generation is left
    left = sorted(entry.name for entry in (tmp_path / "index").iterdir())
    assert len(left) == 3 and left[0] == ".lock" and left[2] == MANIFEST
