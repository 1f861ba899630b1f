"""The evaluation: what is caught, missed and a false alarm, and our own record."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scripts.corpus import TODAY, corpus
from scripts.docs_pages import on_page_markdown
from tests.material import DATA, hello
from tests.test_command import run
from validator.explain.scoring import BadRecordError, Scores, record_of, scored

WRONG = hello(max_tokens=-1)


def scores(*records: dict[str, Any]) -> Scores:
    return scored(record_of(json.dumps(record).encode(), f"{number}") for number, record in enumerate(records))


def numbers(found: Scores) -> dict[str, tuple[int, int, int]]:
    return {rule: (score.caught, score.missed, score.false_alarms) for rule, score in found.rules.items()}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"request": WRONG, "refused": True, "pointer": "/max_tokens"}, {"schema/minimum": (1, 0, 0)}),
        ({"request": WRONG, "refused": True, "pointer": ["/a", "/max_tokens"]}, {"schema/minimum": (1, 0, 0)}),
        ({"request": WRONG, "refused": True}, {"schema/minimum": (1, 0, 0)}),
        ({"request": WRONG, "refused": True, "pointer": "/model"}, {"no rule": (0, 1, 0)}),
        (
            {"request": WRONG, "refused": True, "pointer": "/model", "only": True, "area": "models"},
            {"models": (0, 1, 0), "schema/minimum": (0, 0, 1)},
        ),
        ({"request": WRONG, "refused": False}, {"schema/minimum": (0, 0, 1)}),
        ({"request": hello(), "refused": False}, {}),
        ({"request": hello(), "refused": True, "rule": "models/unknown"}, {"models/unknown": (0, 1, 0)}),
        ({"text": "{", "refused": True}, {"syntax/truncated": (1, 0, 0)}),
        ({"request": {"messages": [], "model": "m"}, "endpoint": "count_tokens", "refused": False}, {}),
        ({"request": hello(betas=["files-api-2025-04-14"]), "refused": False}, {}),
    ],
)
def test_a_request_counts_for_the_rules_that_reported_it_or_should_have(
    record: dict[str, Any], expected: dict[str, tuple[int, int, int]]
) -> None:
    found = numbers(scores(record))
    if record.get("endpoint") == "count_tokens":
        assert "schema/required" not in found
        return
    assert found == expected


def test_precision_and_recall_are_shares() -> None:
    right = {"request": WRONG, "refused": True, "pointer": "/max_tokens"}
    missed = {"request": hello(), "refused": True, "rule": "schema/minimum"}
    false = {"request": WRONG, "refused": False}
    found = scores(right, right, right, missed, false, {"request": hello(), "refused": False})
    score = found.rules["schema/minimum"]
    assert (score.precision, score.recall) == (0.75, 0.75)
    assert (found.refused, found.found, found.accepted, found.clean) == (4, 3, 2, 1)
    assert (score.missed_cases, score.false_alarm_cases) == (["3"], ["4"])


def test_nothing_has_no_share() -> None:
    assert (scores().precision, scores().recall) == (None, None)


def test_a_warning_will_do_where_the_api_was_seen_to_accept_it() -> None:
    record = {"request": hello(tools=[{"name": "a", "input_schema": {"type": "object"}}]), "refused": True}
    assert numbers(scores(record)) == {"no rule": (0, 1, 0)}
    assert numbers(scores({**record, "disputed": True})) == {"tools/no-description": (1, 0, 0)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is an empty array, but must be an object"),
        (b'{"refused": true}', "needs either `request` or `text`"),
        (b'{"reqest": {}, "refused": true}', "it has `reqest`"),
        (b'{"request": {}, "text": "{}", "refused": true}', "needs either `request` or `text`"),
        (b'{"request": {}}', "`refused` is null, but must be true or false"),
        (b'{"request": {}, "refused": 400}', "`refused` is 400"),
        (b'{"request": {}, "refused": true, "endpoint": "chat"}', "`endpoint` is"),
        (b'{"request": {}, "refused": true, "betas": "a"}', "`betas` is"),
        (b'{"request": {}, "refused": true, "pointer": 5}', "`pointer` is 5"),
        (b'{"request": {}, "refused": true, "pointer": "max_tokens"}', '`pointer` is "max_tokens"'),
        (b'{"request": {}, "refused": true, "pointer": ["/a", 5]}', "`pointer` is an array"),
        (b'{"text": 5, "refused": true}', "`text` is 5"),
    ],
)
def test_a_line_that_is_no_labelled_request_is_named(line: bytes, said: str) -> None:
    with pytest.raises(BadRecordError) as raised:
        record_of(line, "a")
    assert said in str(raised.value)


def test_what_pythons_own_writer_writes_is_read() -> None:
    half = json.dumps({"request": hello(system="\ud800", temperature=float("nan")), "refused": True})
    assert scored([record_of(half.encode(), "a")]).found == 1


@pytest.fixture
def log(tmp_path: Path) -> Path:
    records = [
        {"request": WRONG, "refused": True, "pointer": "/max_tokens"},
        {"request": hello(), "refused": False},
        {"request": WRONG, "refused": False, "name": "taken all the same"},
    ]
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join(map(json.dumps, records)) + "\n\n")
    return file


def test_the_command_prints_a_table(log: Path) -> None:
    done = run("eval", log, "--cases")
    assert done.returncode == 0
    head, row, _, first, second, _, case = done.out.splitlines()
    assert head.split() == ["rule", "caught", "missed", "false", "alarms", "precision", "recall"]
    assert row.split() == ["schema/minimum", "1", "1", "50.0", "%", "100", "%"]
    assert first == "refused requests with an error at the place: 1 of 1 (100 %)"
    assert second == "accepted requests without an error: 1 of 2 (50.0 %)"
    assert case == "false alarm: schema/minimum: taken all the same"


def test_the_command_prints_json_and_markdown(log: Path) -> None:
    found = json.loads(run("eval", log, "--format", "json").out)
    assert (found["refused"], found["accepted"], found["precision"], found["recall"]) == (1, 2, 0.5, 1.0)
    assert found["rules"]["schema/minimum"]["false_alarm_cases"] == ["taken all the same"]
    assert "| `schema/minimum` | 1 |  | 1 | 50.0 % | 100 % |\n" in run("eval", log, "--format", "markdown").out


def test_logs_are_read_compressed_from_several_files_and_from_standard_input(log: Path, tmp_path: Path) -> None:
    packed = tmp_path / "log.jsonl.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    found = json.loads(run("eval", log, packed, "-", "--format", "json", stdin=log.read_bytes()).out)
    assert (found["refused"], found["accepted"]) == (3, 6)


def test_a_line_that_cannot_be_read_is_named_and_the_rest_counts(log: Path) -> None:
    log.write_text("{\n" + log.read_text())
    done = run("eval", log, log.with_name("missing.jsonl"))
    assert done.returncode == 2
    assert f"{log}:1: is not JSON" in done.err
    assert "missing.jsonl: " in done.err
    assert "1 of 1" in done.out


def test_an_empty_log_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("")
    done = run("eval", tmp_path / "log.jsonl")
    assert (done.returncode, done.err) == (2, "msglint: there is no labelled request\n")


def test_our_own_record_is_what_the_documentation_says() -> None:
    found = scored((record_of(json.dumps(each).encode(), "") for each in corpus()), today=date.fromisoformat(TODAY))
    assert found.clean == found.accepted > 700
    refusals = (DATA / "refusals.jsonl").read_text("utf-8").count("\n")
    assert found.refused > refusals
    assert found.recall is not None
    assert found.recall > 0.99


def test_the_corpus_has_a_name_for_each_request_and_can_be_read() -> None:
    names = [record["name"] for record in corpus()]
    assert all(names)
    assert len(names) > 2000
    assert TODAY == "2026-11-22"


def test_the_table_stands_in_the_documentation() -> None:
    made = on_page_markdown("before <!-- evaluation --> after", None)  # type: ignore[arg-type]
    assert "| `schema/required` | " in made
    assert "accepted requests without an error: " in made
    assert io.StringIO(made).readline().startswith("before | rule | caught |")
