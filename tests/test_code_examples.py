"""Source files with what the command has to report of them: rules, places, and the number of requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_command import run

FOLDER = Path(__file__).parent / "data" / "in_code"
SOURCES = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expect.json"))
PLACE = ("rule", "line", "column", "severity", "cell", "cell_line", "cell_column")


def checked(path: Path) -> dict[str, Any]:
    """Return what the command says of a file."""
    arguments = ["check", "--isolated", "--today", "2026-11-29", "--format", "json", str(path)]
    return dict(json.loads(run(*arguments).out))


def expected(path: Path) -> dict[str, Any]:
    """Return what is to be said of it."""
    return dict(json.loads(path.with_name(path.stem + ".expect.json").read_text(encoding="utf-8")))


def places(violations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rules and places of what is more than a hint, in the order of the file."""
    found = [{name: violation[name] for name in PLACE if name in violation} for violation in violations]
    return sorted(
        (place for place in found if place["severity"] != "info"),
        key=lambda place: (place["line"], place["column"], place["rule"]),
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_source_is_read_as_its_expectation_says(path: Path) -> None:
    report, expectation = checked(path), expected(path)
    assert places(report["violations"]) == places(expectation["violations"])
    assert report["requests"] == expectation["requests"]
    assert expectation["silent"] is not bool(expectation["violations"])


def test_every_expectation_has_a_source() -> None:
    assert len(list(FOLDER.glob("*.expect.json"))) == len(SOURCES) > 0
