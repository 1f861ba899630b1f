"""`msglint serve`: a line of JSON is answered with a line of JSON, until the input ends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import TODAY, hello
from validator import Linter, validate
from validator.cli.serve import answer, serve
from validator.formats.json import violation_object

COMMAND = [sys.executable, "-m", "validator", "serve", "--isolated", "--today", TODAY.isoformat()]


def asked(*questions: Any, **options: Any) -> list[dict[str, Any]]:
    """Return the answers to lines; texts and bytes are lines as they are."""
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in questions]
    answers = io.BytesIO()
    serve(Linter(endpoint="auto", today=TODAY, **options), io.BytesIO(b"\n".join(lines)), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_the_answer_has_the_fields_of_the_json_format() -> None:
    request = hello(max_tokens="5")
    [found] = asked({"id": 1, "request": request})
    expected = [{**violation_object("", each), "path": None} for each in validate(request, today=TODAY).violations]
    assert found == {"id": 1, "ok": False, "violations": expected}


def test_a_text_is_checked_with_its_lines_and_columns() -> None:
    [found] = asked({"id": "a", "text": '{\n  "model": 5}'})
    assert {(each["rule"], each["line"], each["column"]) for each in found["violations"]} >= {("schema/type", 2, 12)}


def test_a_line_sets_the_endpoint_the_betas_the_version_and_the_platform_of_its_request() -> None:
    counted = {"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": "Hello"}]}
    batch = {"requests": [{"custom_id": "a", "params": hello(max_tokens=-1)}]}
    warm = hello(temperature=0.5)
    answers = asked(
        {"id": 1, "request": counted},
        {"id": 2, "request": counted, "endpoint": "count_tokens"},
        {"id": 3, "request": batch, "endpoint": "batches"},
        {"id": 4, "request": warm, "api_version": "2026-10-21"},
        {"id": 5, "request": warm, "platform": "bedrock"},
        {"id": 6, "request": hello(mcp_servers=[{"type": "url", "url": "https://x.y", "name": "x"}]), "betas": []},
    )
    assert [each["ok"] for each in answers] == [False, True, False, False, False, False]
    assert answers[5]["violations"][0]["rule"] == "betas/missing"


@pytest.mark.parametrize(
    ("line", "number", "error"),
    [
        (b"{", None, "the line is not JSON"),
        (b"[]", None, "the line is not a JSON object"),
        (b"\xff", None, "the line is not JSON"),
        ({"id": 1}, 1, "the line must have either 'request' or 'text'"),
        ({"id": 1, "request": {}, "text": ""}, 1, "the line must have either 'request' or 'text'"),
        ({"id": 1, "requst": {}}, 1, "a line has no 'requst'; did you mean 'request'?"),
        ({"id": 1, "text": 5}, 1, "'text' must be a text"),
        ({"id": 1, "request": {}, "betas": "a"}, 1, "'betas' must be a list of texts"),
        ({"id": 1, "request": {}, "endpoint": ["a"]}, 1, "'endpoint' must be a text"),
        ({"id": 1, "request": {}, "endpoint": "mesages"}, 1, "did you mean 'messages'?"),
        ({"id": {"a": [1]}, "request": {}, "platform": "x"}, {"a": [1]}, "there is no platform 'x'"),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_with_an_error(line: Any, number: Any, error: str) -> None:
    [found] = asked(line)
    assert found["id"] == number
    assert error in found["error"]
    assert found.keys() == {"id", "error"}


def test_blank_lines_get_no_answer() -> None:
    assert len(asked(b"", b"  \r", {"id": 1, "request": hello()}, b"")) == 1


def test_half_of_a_surrogate_pair_is_answered() -> None:
    [found] = asked(b'{"id": 1, "text": "{\\"model\\": \\"\\\\ud800\\"}"}')
    assert found["id"] == 1
    assert found["ok"] is False


@given(st.binary(max_size=200))
def test_every_line_gets_one_line(line: bytes) -> None:
    assert answer(line, Linter()).count(b"\n") == 0


def test_a_program_is_answered_before_it_sends_the_next_line() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "request": hello(max_tokens=-number)}).encode() + b"\n")
            process.stdin.flush()
            found = json.loads(process.stdout.readline())
            assert (found["id"], found["ok"]) == (number, number == 0)
        process.stdin.close()
        assert process.wait(30) == 0


def test_the_configuration_of_the_folder_holds(tmp_path: Path) -> None:
    (tmp_path / "msglint.toml").write_text('ignore = ["schema/minimum"]\n')
    question = json.dumps({"id": 1, "request": hello(max_tokens=-1)})
    command = [part for part in COMMAND if part != "--isolated"]
    done = subprocess.run(command, input=question, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(done.stdout)["ok"] is True


def test_a_broken_configuration_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "msglint.toml").write_text("ignore = 5\n")
    command = [part for part in COMMAND if part != "--isolated"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "msglint.toml" in done.stderr
