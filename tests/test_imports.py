"""Every module can be imported first: no module leans on another having been imported before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIGHT = sorted(
    path.with_suffix("").relative_to(ROOT).as_posix().replace("/", ".")
    for package in ("index", "index/readers", "index/rules", "qa", "qa/lexicon")
    for path in (ROOT / package).glob("*.py")
    if path.stem != "__init__"
)
PROGRAM = """
import importlib, sys
for name in sys.argv[1:]:
    for loaded in [found for found in sys.modules if found.partition(".")[0] in ("index", "qa")]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(f"{name}: {error}")
"""


def test_every_module_can_be_imported_before_all_others() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, *LIGHT], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == []
