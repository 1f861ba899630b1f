"""The benchmarks measure what they say they do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from validator import Linter

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(autouse=True)
def scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    monkeypatch.delitem(sys.modules, "material", raising=False)  # a theme of the documentation has this name too


@pytest.mark.parametrize(("make", "size"), [("agent_request", 8), ("conversation", 2)])
def test_nothing_is_wrong_with_what_is_measured(make: str, size: int) -> None:
    import material

    for number in (size, size + 1):
        request: Any = getattr(material, make)(number)
        assert Linter().validate(request).violations == ()


def test_a_ratio_is_that_of_times_in_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    import measuring

    clock = iter([0, 1, 1, 2, 2, 3, 3, 5])  # the calls that are cold, and those that find out how many fill a turn
    turns = iter([2, 8, 4, 16, 2, 6])  # seconds of both, for each of three rounds
    times: list[float] = []

    def now() -> float:
        if (tick := next(clock, None)) is not None:
            return tick
        times.append((times[-1] if times else 0) + (next(turns) if len(times) % 2 else 0))
        return times[-1]

    monkeypatch.setattr(measuring, "cpu_seconds", now)
    one, other = measuring.compare({"one": int, "other": int}, rounds=3, seconds=1)
    assert (one.name, one.seconds, one.ratio, one.low, one.high) == ("one", 2, 1, 1, 1)
    assert (other.name, other.seconds, other.ratio, other.low, other.high) == ("other", 8, 4, 3, 4)


def test_the_front_page_shows_its_rows_once_all_of_msglint_is_measured() -> None:
    import measuring
    import run

    named: dict[str, list[Any]] = {}
    for _, question, name in run.SHOWN:
        named.setdefault(question, []).append(measuring.Row(name, 1e-6, 2.5, 2, 3))
    tables = [measuring.Table(question, rows) for question, rows in named.items()]
    shown = run.front(tables)
    assert shown is not None
    assert all(f"| {words} | 1.00 µs | 2.50 |" in shown for words, *_ in run.SHOWN)
    assert run.front(tables[1:]) is None
    without_peers = [table for table in tables if "other" not in table.question]
    assert "pydantic" not in (run.front(without_peers) or "pydantic")


def test_both_pages_have_the_marks_between_which_figures_are_written() -> None:
    import run

    for page in (run.README, run.FRONT):
        text = page.read_text("utf-8")
        assert text.index(run.START) < text.index(run.END)
