"""`msglint serve`: a line of JSON is answered with a line of JSON, until the input ends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import TODAY, hello
from validator import Linter, validate
from validator.cli.serve import answer, serve
from validator.cli.serve_calls import Calls
from validator.formats.json import violation_object
from validator.wire import Checker, Policy

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
        (b'{"a": \n', None, "the line is not JSON: unexpected end of data at character 8"),
        (b"[]", None, "the line is not a JSON object"),
        (b"\xff", None, "the line is not JSON"),
        ({"id": 1}, 1, "the line must have either 'request' or 'text'"),
        ({"id": 1, "request": {}, "text": ""}, 1, "the line must have either 'request' or 'text'"),
        ({"id": 1, "requst": {}}, 1, "a line has no 'requst'; did you mean 'request'?"),
        ({**dict.fromkeys("zyxwvutsrq"), "id": 1}, 1, "a line has no 'q'; it may have"),
        ({"id": 1, "text": 5}, 1, "'text' must be a string"),
        ({"id": 1, "request": {}, "betas": "a"}, 1, "'betas' must be a list of strings"),
        ({"id": 1, "request": {}, "endpoint": ["a"]}, 1, "'endpoint' must be a string"),
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


@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
def test_a_rule_that_does_not_exist_is_a_usage_error(tmp_path: Path, option: str) -> None:
    (tmp_path / "msglint.toml").write_text(
        '[[rules]]\nid = "team/cheap"\nat = "/max_tokens"\nschema = {maximum = 8192}\nmessage = "too much"\n'
    )
    command = [part for part in COMMAND if part != "--isolated"]
    for name, code in (("team/cheap", 0), ("schema/no-such", 2)):
        done = subprocess.run(
            [*command, option, name], input="", capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert (done.returncode, "there is no rule or area `schema/no-such`" in done.stderr) == (code, code == 2)


def judged(call: Any, **line: Any) -> dict[str, Any]:
    """Return the answer to a call under the default policy."""
    question = json.dumps({"id": 1, "call": call, **line}).encode()
    return cast("dict[str, Any]", json.loads(answer(question, Linter(), Calls(Policy))))


OURS = {"url": "https://api.anthropic.com/v1/messages", "headers": {"anthropic-version": "2023-06-01"}}
WRONG = json.dumps(hello(max_tokens=-1))


def test_a_call_is_refused_as_the_integrations_refuse_it() -> None:
    found = judged(OURS, text=WRONG)
    refusal = Checker(Policy()).refusal("POST", OURS["url"], OURS["headers"], WRONG)
    assert refusal is not None
    assert not found["ok"]
    assert [each["rule"] for each in found["violations"]] == ["schema/minimum"]
    assert found["mode"] == "refuse"
    assert found["refusal"]["status"] == 400
    assert found["refusal"]["headers"].keys() == dict(refusal.headers).keys()
    assert json.loads(found["refusal"]["body"])["error"] == json.loads(refusal.body)["error"]


def test_a_call_that_is_right_or_is_none_of_the_messages_api_is_passed() -> None:
    assert judged(OURS, text=json.dumps(hello())) == {"id": 1, "ok": True, "violations": [], "mode": "refuse"}
    other = judged({"url": "https://api.anthropic.com/v1/files"}, text=WRONG)
    assert (other["ok"], other["skipped"]) == (True, "it is not a call of the Messages API")


@pytest.mark.parametrize(
    ("mode", "said"), [("raise", "error[schema/minimum]"), ("warn", "schema/minimum at"), ("log", "schema/minimum at")]
)
def test_other_modes_have_words_in_place_of_an_answer(mode: str, said: str) -> None:
    found = judged({**OURS, "mode": mode}, text=WRONG)
    assert "refusal" not in found
    assert (found["mode"], found["ok"]) == (mode, False)
    assert said in found["said"]


def test_a_call_is_judged_by_its_headers_or_else_by_the_line() -> None:
    body = json.dumps(hello(mcp_servers=[{"type": "url", "url": "https://x.y", "name": "x"}]))
    beta = "mcp-client-2025-11-20"
    with_beta = {**OURS, "headers": {**OURS["headers"], "anthropic-beta": beta}}  # type: ignore[dict-item]
    assert "betas/missing" in {each["rule"] for each in judged(OURS, text=body)["violations"]}
    assert "betas/missing" not in {each["rule"] for each in judged(with_beta, text=body)["violations"]}
    assert "betas/missing" not in {each["rule"] for each in judged(OURS, text=body, betas=[beta])["violations"]}


@pytest.mark.parametrize(
    ("call", "line", "error"),
    [
        ([], {"text": ""}, "'call' must be an object with a 'url'"),
        ({}, {"text": ""}, "'call' must be an object with a 'url'"),
        ({"url": 5}, {"text": ""}, "'url' must be a string"),
        ({"url": "/v1/messages", "hedders": {}}, {"text": ""}, "'call' has no 'hedders'"),
        ({"url": "/v1/messages", "mode": "block"}, {"text": ""}, "there is no mode 'block'"),
        (OURS, {"text": "", "platform": "bedrock"}, "has no 'platform', because its URL tells"),
        (OURS, {}, "the line must have either 'request' or 'text'"),
    ],
)
def test_a_call_that_cannot_be_read_is_answered_with_an_error(call: Any, line: Any, error: str) -> None:
    found = judged(call, **line)
    assert error in found["error"]
    assert found.keys() == {"id", "error"}


def test_the_options_of_the_command_hold_for_calls(tmp_path: Path) -> None:
    (tmp_path / "msglint.toml").write_text('[wire]\nmode = "warn"\n')
    question = json.dumps({"id": 1, "call": OURS, "text": WRONG})
    for options, mode, number in (((), "warn", 1), (("--isolated",), "refuse", 1), (("--ignore", "schema"), "warn", 0)):
        command = [*(part for part in COMMAND if part != "--isolated"), *options]
        done = subprocess.run(command, input=question, capture_output=True, text=True, check=True, cwd=tmp_path)
        found = json.loads(done.stdout)
        assert (found["mode"], len(found["violations"])) == (mode, number)
