"""The guide to large data: what can be run without the engines. `scripts/check_engines.py` runs all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scripts.check_engines import PACKAGES
from scripts.engines import guide, material
from tests.material import ROOT

REQUESTS = 2_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("large")
    material.write(made, REQUESTS)
    return made


def test_every_program_of_the_guide_is_run_by_the_script() -> None:
    scripts = [ROOT / "scripts" / "check_engines.py", *(ROOT / "scripts" / "engines").glob("*.py")]
    named = "".join(path.read_text("utf-8") for path in scripts)
    engines = {f"check_{name}.py" for name in PACKAGES}
    for title in guide.blocks():
        assert title in engines or f'"{title}"' in named, title


@pytest.mark.parametrize("title", [title for title in guide.blocks() if title.endswith(".py")])
def test_every_program_of_the_guide_is_python(title: str) -> None:
    compile(guide.block(title), title, "exec")


@pytest.mark.parametrize("title", ["check_arrow.py", "count.py"])
def test_a_program_of_the_guide_finds_what_was_planted(folder: Path, title: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", guide.block(title)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    rows = pq.read_table(folder / "violations.parquet").to_pylist()
    found = Counter((row["id"], row["rule"]) for row in rows if row["rule"] not in material.OF_THE_DAY)
    planted = json.loads((folder / "planted.json").read_text("utf-8"))
    assert found == Counter(map(tuple, planted))
    if title == "count.py":
        assert f"requests None {REQUESTS} {len(rows)}" in done.stdout.splitlines()


def test_lines_hold_the_same_requests_as_the_parquet_files(folder: Path) -> None:
    rows = [row for path in sorted(folder.glob("requests/*.parquet")) for row in pq.read_table(path).to_pylist()]
    texts = [path.read_text("utf-8").removesuffix("\n") for path in sorted(folder.glob("lines/*.jsonl"))]
    lines = [json.loads(line) for text in texts for line in text.split("\n")]
    assert len(rows) == len(lines) == REQUESTS
    for row, line in zip(rows, lines, strict=True):
        assert line["id"] == row["id"]
        assert line["body"] in (row["body"], _parsed(row["body"]))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
