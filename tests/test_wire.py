"""Requests as they are sent: what is read from URL, headers and body, and what a policy does about violations."""

from __future__ import annotations

import gzip
import json
import logging
import pickle
import subprocess
import sys
import warnings
import zlib
from typing import Any
from urllib.parse import quote

import pytest

from tests.material import DATA, ROOT, hello
from validator import Linter, Report, RequestError
from validator.wire import (
    OFF_BY_DEFAULT,
    Checked,
    Checker,
    Override,
    Policy,
    RefusedError,
    RequestWarning,
    check_wire,
)
from validator.wire.configured import options_of, policy_options

API = "https://api.anthropic.com/v1/messages"
OLD = {"anthropic-version": "2023-06-01"}
NEW = {"anthropic-version": "2026-10-21"}
GOOD = json.dumps(hello()).encode()
BAD = json.dumps(hello(max_tokens="5")).encode()
WARM = json.dumps(hello(temperature=0)).encode()
EDITING = {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}


def rules(report: Report | None) -> list[str] | None:
    return None if report is None else [violation.rule for violation in report.violations]


@pytest.mark.parametrize(
    ("url", "missed"),
    [
        (API, "max_tokens"),
        ("https://api.anthropic.com/v1/messages?beta=true", "max_tokens"),
        ("/v1/messages", "max_tokens"),
        ("v1/messages", "max_tokens"),
        ("http://localhost:4000/anthropic/v1/messages", "max_tokens"),
        ("https://gateway.ai.cloudflare.com/v1/account/gw/anthropic/v1/messages#x", "max_tokens"),
        ("https://api.anthropic.com/v1/messages/count_tokens?beta=true", "model"),
        ("https://api.anthropic.com/v1/messages/batches?beta=true", "requests"),
        ("https://b.amazonaws.com/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke", "anthropic_version"),
        ("https://x/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict", "anthropic_version"),
        ("https://x/publishers/anthropic/models/claude-haiku-4-5%4020251001:streamRawPredict", "anthropic_version"),
        ("https://x/publishers/anthropic/models/claude-haiku-4-5%4020251001%3ArawPredict", "anthropic_version"),
        ("https://x/publishers/anthropic/models/count-tokens:rawPredict", "model"),
    ],
)
def test_the_url_tells_the_endpoint_and_the_platform(url: str, missed: str) -> None:
    for given in (url, url.encode()):
        report = check_wire("post", given, OLD, b"{}")
        assert report is not None
        assert missed in {violation.missing for violation in report.violations}


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", API),
        ("POST", "https://api.anthropic.com/v1/complete"),
        ("POST", "https://api.anthropic.com/v1/messages/batches/msgbatch_1/cancel"),
        ("GET", "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results"),
        ("POST", "https://api.openai.com/v1/chat/completions"),
        ("POST", "https://api.openai.com/v1/threads/t/messages"),
        ("POST", "https://b.amazonaws.com/model/meta.llama3-70b-instruct-v1%3A0/invoke"),
        ("POST", "https://b.amazonaws.com/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse"),
        ("POST", "https://x/publishers/google/models/gemini-3:rawPredict"),
        ("POST", "https://example.com/?next=/v1/messages"),
    ],
)
def test_other_requests_are_none_of_its_business(method: str, url: str) -> None:
    assert check_wire(method, url, OLD, b"{}") is None


def test_an_opaque_id_of_bedrock_counts_if_the_body_is_one_for_claude() -> None:
    url = "https://b.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aapplication-inference-profile%2Fq/invoke"
    assert check_wire("POST", url, {}, b'{"prompt": "Hello"}') is None
    body = {"anthropic_version": "bedrock-2023-05-31", "messages": [{"role": "user", "content": "Hi"}]}
    assert rules(check_wire("POST", url, {}, json.dumps(body))) == ["schema/required"]


def test_another_service_with_the_same_path_is_let_alone() -> None:
    body = b'{"message_type": "text", "to": "447700900000", "from": "447700900001", "channel": "sms", "text": "Hi"}'
    for url in ("https://api.nexmo.com/v1/messages", "https://whatsapp.example:9090/v1/messages"):
        assert check_wire("POST", url, {"authorization": "Bearer x"}, body) is None
        assert rules(check_wire("POST", url, OLD, body))
        assert rules(check_wire("POST", url, {}, b'{"model": 1}'))
        assert rules(check_wire("POST", url, {}, b"{")) == ["syntax/truncated"]
    assert rules(check_wire("POST", API, {}, body))


PROFILE = "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-6-v1"


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("https://b.amazonaws.com/model/us.anthropic.claude-opus-4-6-v1/invoke", "bedrock-2023-05-31"),
        (f"https://b/model/{quote(PROFILE, safe='')}/invoke-with-response-stream", "bedrock-2023-05-31"),
        ("https://x/publishers/anthropic/models/claude-opus-4-6:rawPredict", "vertex-2023-10-16"),
    ],
)
def test_the_model_comes_from_the_url_if_the_body_has_none(url: str, version: str) -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "I"}]
    body = {"anthropic_version": version, "max_tokens": 9, "messages": turns}
    assert rules(check_wire("POST", url, {}, json.dumps(body))) == ["messages/prefill-unsupported"]
    older = url.replace("claude-opus-4-6-v1", "claude-haiku-4-5-20251001-v1%3A0").replace("opus-4-6", "haiku-4-5")
    assert rules(check_wire("POST", older, {}, json.dumps(body))) == []


class Omit:
    """What the SDK has in place of a header that is not to be sent."""


@pytest.mark.parametrize(
    "headers",
    [
        {"anthropic-version": "2026-10-21"},
        {"Anthropic-Version": "2026-10-21", "anthropic-beta": Omit(), "x": None},
        {b"anthropic-version": b"2026-10-21"},
        [("ANTHROPIC-VERSION", "2023-06-01"), ("anthropic-version", "2026-10-21")],
        [(b"Anthropic-Version", b" 2026-10-21 ")],
        {"anthropic-version": ["2026-10-21"]},
        {"anthropic-version": "2027-05-01"},
        [("x",), "ab", None, (1, 2), ("anthropic-version", "2026-10-21")],
        {None: "x", 5: b"y", "anthropic-version": "2026-10-21"},
    ],
)
def test_the_version_is_read_from_headers_of_any_form(headers: Any) -> None:
    assert rules(check_wire("POST", API, headers, WARM)) == ["sampling/removed-parameter"]


@pytest.mark.parametrize("headers", [None, {}, OLD, {"anthropic-version": "v1"}, {"anthropic-version": "2025-01-01"}])
def test_without_a_version_the_option_counts(headers: Any) -> None:
    assert rules(check_wire("POST", API, headers, WARM)) == []
    known = headers is not None and "2" in str(headers.get("anthropic-version", ""))[:1]
    found = rules(check_wire("POST", API, headers, WARM, api_version="2026-10-21"))
    assert found == ([] if known else ["sampling/removed-parameter"])


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (OLD, ["betas/missing"]),
        (None, []),
        ({}, []),
        ({"x-api-key": "none"}, []),
        ({**OLD, "anthropic-beta": "context-management-2025-06-27"}, []),
        ({**OLD, "anthropic-beta": "files-api-2025-04-14, context-management-2025-06-27"}, []),
        ([("anthropic-beta", "files-api-2025-04-14"), ("Anthropic-Beta", "context-management-2025-06-27")], []),
        ({**OLD, "anthropic-beta": "files-api-2025-04-14"}, ["betas/missing"]),
    ],
)
def test_betas_are_those_of_the_headers(headers: Any, expected: list[str]) -> None:
    assert rules(check_wire("POST", API, headers, json.dumps(hello(**EDITING)))) == expected


def test_the_options_betas_stand_in_for_a_header_that_is_not_there() -> None:
    options: Any = {"betas": ["context-management-2025-06-27"]}
    assert rules(check_wire("POST", API, OLD, json.dumps(hello(**EDITING)), **options)) == []


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", BAD),
        ("", BAD.decode()),
        ("", memoryview(BAD)),
        ("", bytearray(BAD)),
        ("identity", BAD),
        ("gzip", gzip.compress(BAD, mtime=0)),
        ("GZIP", gzip.compress(BAD[:20], mtime=0) + gzip.compress(BAD[20:], mtime=0)),
        ("deflate", zlib.compress(BAD)),
        ("deflate", raw_deflate(BAD)),
        ("deflate, gzip", gzip.compress(zlib.compress(BAD), mtime=0)),
    ],
)
def test_bodies_are_read_in_every_form(encoding: str, body: Any) -> None:
    assert rules(check_wire("POST", API, {**OLD, "Content-Encoding": encoding}, body)) == ["schema/type"]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x0b\x02\x80{}\x03"),
        ("gzip", BAD),
        ("gzip", gzip.compress(BAD, mtime=0)[:-9]),
        ("gzip, gzip, gzip, gzip", gzip.compress(BAD, mtime=0)),
        ("gzip", gzip.compress(b" " * 2**20 + BAD, mtime=0)),
    ],
)
def test_a_body_that_cannot_be_read_or_is_too_large_is_not_judged(encoding: str, body: bytes) -> None:
    assert check_wire("POST", API, {"content-encoding": encoding}, body, max_bytes=2**19) is None


def test_the_size_limit_is_for_the_text_not_for_what_it_is_packed_in() -> None:
    bomb = gzip.compress(b" " * 2**24, mtime=0)
    assert len(bomb) < 2**15
    assert check_wire("POST", API, {"content-encoding": "gzip"}, bomb, max_bytes=2**16) is None


@pytest.mark.parametrize(
    ("body", "rule"), [(None, "empty"), (b"", "empty"), (b'{"model": ', "truncated"), ("x", "invalid-json")]
)
def test_a_body_that_is_not_json_is_reported(body: Any, rule: str) -> None:
    assert rules(check_wire("POST", API, OLD, body)) == [f"syntax/{rule}"]


def test_a_form_with_files_is_not_a_body() -> None:
    assert check_wire("POST", API, {"content-type": "multipart/form-data; boundary=x"}, b"--x") is None


@pytest.mark.parametrize(
    "odd", [None, 0, object(), b"\xff\xfe", "\ud800", [], [1], [("a",)], {1: 2}, {"a": object()}, 1.5]
)
def test_it_never_raises(odd: Any, caplog: pytest.LogCaptureFixture) -> None:
    for arguments in (
        (odd, API, OLD, GOOD),
        ("POST", odd, OLD, GOOD),
        ("POST", API, odd, GOOD),
        ("POST", API, OLD, odd),
    ):
        check_wire(*arguments)
    Checker(Policy()).check(odd, odd, odd, odd)
    assert "Traceback" not in caplog.text


DATED = ["output/speed-removed"]
"""What is found from some day on in what was sent before."""


@pytest.mark.parametrize("path", sorted(DATA.glob("real-requests-*.jsonl")), ids=lambda path: path.stem)
def test_what_the_sdk_really_sends_is_passed(path: Any) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) > 100
    for line in lines:
        sent = json.loads(line)
        url = {"messages": API, "count_tokens": f"{API}/count_tokens", "batches": f"{API}/batches"}[sent["endpoint"]]
        headers = [("anthropic-version", sent["api_version"]), *(("anthropic-beta", name) for name in sent["betas"])]
        report = check_wire("POST", url, headers, json.dumps(sent["body"]), ignore=DATED)
        assert report is not None
        assert report.ok, (sent["call"], report)


def test_what_a_caller_cannot_act_on_is_off_unless_it_is_named() -> None:
    assert {"betas/deprecated", "models/retiring", "caching/prefix-too-short"} <= set(OFF_BY_DEFAULT)
    assert "caching/too-many-breakpoints" not in OFF_BY_DEFAULT
    headers = {**OLD, "anthropic-beta": "structured-outputs-2025-11-13"}
    assert rules(check_wire("POST", API, headers, GOOD)) == []
    assert rules(check_wire("POST", API, headers, GOOD, select=["betas"])) == ["betas/deprecated"]
    assert rules(check_wire("POST", API, headers, GOOD, severities={"betas/deprecated": "error"})) == [
        "betas/deprecated"
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "scream"},
        {"ignore": ["sampling/nothing"]},
        {"sample": 2},
        {"max_bytes": -1},
        {"fail_on": "fatal"},
        {"overrides": [{"mode": "scream"}]},
        {"overrides": [{"ignore": ["sampling/nothing"]}]},
        {"api_version": "2020-01-01"},
    ],
)
def test_wrong_options_are_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Policy(**options)


def test_a_string_in_place_of_a_list_is_refused() -> None:
    with pytest.raises(TypeError, match="ignore must be a list"):
        Policy(ignore="sampling")


def test_a_refusal_is_the_answer_of_the_api_with_rule_place_and_help() -> None:
    refusal = Checker(Policy()).refusal("POST", API, OLD, BAD)
    assert refusal is not None
    said = json.loads(refusal.body)
    assert (refusal.status, said["type"], said["error"]["type"]) == (400, "error", "invalid_request_error")
    headers = dict(refusal.headers)
    assert headers["request-id"] == said["request_id"]
    assert headers["x-should-retry"] == "false"
    for part in ("/max_tokens", "[schema/type]", "must be an integer", "help: "):
        assert part in said["error"]["message"]


def test_mode_raise_raises_an_error_that_prints_like_the_command() -> None:
    with pytest.raises(RequestError) as caught:
        Checker(Policy(mode="raise")).refusal("POST", API, OLD, BAD)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("error[schema/type]: `max_tokens` is")
    assert lines[1:] == [" --> /max_tokens", "  = help: remove the quotation marks"] or lines[1] == " --> /max_tokens"
    assert not caught.value.report.ok
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made one line above
    assert isinstance(again, RefusedError)
    assert str(again) == str(caught.value)


def test_modes_warn_and_log_say_rule_and_place_and_no_value(caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps(hello(max_tokens="a private value"))
    with pytest.warns(RequestWarning) as warned:
        assert Checker(Policy(mode="warn")).refusal("POST", API, OLD, body) is None
    assert [str(each.message) for each in warned] == ["/v1/messages: schema/type at /max_tokens"]
    assert warned[0].filename == __file__
    assert Checker(Policy(mode="log")).refusal("POST", API, OLD, body) is None
    assert caplog.messages == ["/v1/messages: schema/type at /max_tokens"]
    caplog.clear()
    Checker(Policy(mode="log", show_values=True)).refusal("POST", API, OLD, body)
    assert "a private value" in caplog.text


def test_a_warning_that_is_an_error_does_not_break_the_call(caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Checker(Policy(mode="warn")).refusal("POST", API, OLD, BAD) is None
    assert "RequestWarning" in caplog.text


def test_milder_violations_are_acted_on_only_if_that_is_asked_for() -> None:
    body = json.dumps(hello(model="claude-3-opus-20240229"))
    assert Checker(Policy()).refusal("POST", API, OLD, body) is None
    assert Checker(Policy(fail_on="warning")).refusal("POST", API, OLD, body) is not None


def test_overrides_are_for_models_and_urls_and_the_last_one_counts() -> None:
    policy = Policy(
        overrides=[
            Override(model="claude-opus-*", mode="off"),
            {"url": "https://gateway.example/*", "ignore": ["schema"]},
            {"url": "*/keep/*", "mode": "refuse"},
        ]
    )
    checker = Checker(policy)
    opus = json.dumps(hello(model="claude-opus-4-6", max_tokens="5"))
    assert checker.refusal("POST", API, OLD, BAD) is not None
    assert checker.refusal("POST", API, OLD, opus) is None
    assert checker.refusal("POST", "https://gateway.example/v1/messages", OLD, BAD) is None
    assert checker.refusal("POST", "https://x/keep/v1/messages", OLD, opus) is not None
    packed = gzip.compress(opus.encode(), mtime=0)
    assert checker.refusal("POST", API, {**OLD, "content-encoding": "gzip"}, packed) is None


def test_a_sample_is_every_nth_request_beginning_with_the_first() -> None:
    checker = Checker(Policy(sample=0.25))
    refused = [checker.refusal("POST", API, OLD, BAD) is not None for _ in range(9)]
    assert refused == [True, False, False, False, True, False, False, False, True]
    assert Checker(Policy(sample=0)).refusal("POST", API, OLD, BAD) is None


def test_what_the_sdk_sends_again_is_not_checked_again() -> None:
    checker = Checker(Policy())
    assert checker.refusal("POST", API, {**OLD, "x-stainless-retry-count": "1"}, BAD) is None
    assert checker.refusal("POST", API, {**OLD, "x-stainless-retry-count": "0"}, BAD) is not None


def test_what_was_raised_for_is_not_sent_by_a_retry() -> None:
    checker = Checker(Policy(mode="raise"))
    for number in ("0", "1", "2"):
        with pytest.raises(RequestError):
            checker.refusal("POST", API, {**OLD, "x-stainless-retry-count": number}, b"{}")


def test_the_callback_gets_every_result_and_may_fail(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Checked] = []

    def on_check(checked: Checked) -> None:
        seen.append(checked)
        raise KeyError

    checker = Checker(Policy(on_check=on_check, max_bytes=200))
    assert checker.refusal("POST", API, OLD, GOOD) is None
    assert checker.refusal("POST", API, OLD, BAD) is not None
    assert checker.refusal("POST", API, OLD, BAD + b" " * 200) is None
    assert [(each.outcome, each.model, len(each.found)) for each in seen] == [
        ("passed", "claude-haiku-4-5", 0),
        ("found", "claude-haiku-4-5", 1),
        ("skipped", None, 0),
    ]
    assert seen[0].seconds > 0
    assert len(caplog.messages) == 1


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        message = "a private value"
        raise LookupError(message)

    monkeypatch.setattr(Linter, "validate_json", fail)
    monkeypatch.setattr(Linter, "validate", fail)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("mode", ["refuse", "raise", "warn", "log"])
def test_a_fault_of_the_check_is_logged_once_and_the_call_goes_through(
    mode: Any, caplog: pytest.LogCaptureFixture
) -> None:
    checker = Checker(Policy(mode=mode))
    assert checker.refusal("POST", API, OLD, BAD) is None
    assert checker.refusal("POST", API, OLD, BAD) is None
    assert checker.warm() is checker
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "LookupError" in caplog.text
    assert "a private value" not in caplog.text


def test_the_configuration_sets_the_policy(tmp_path: Any) -> None:
    text = """
    ignore = ["caching"]
    severity = { "models/retired" = "error", "text/blank" = "off" }
    [wire]
    mode = "warn"
    ignore = ["media"]
    sample = 0.5
    max-bytes = 1000
    api-version = "2026-10-21"
    [[wire.overrides]]
    model = "claude-opus-*"
    mode = "off"
    severity = { "schema/type" = "warning", "batches" = "off" }
    """
    (tmp_path / "msglint.toml").write_text(text.replace("text/blank", "sampling"), "utf-8")
    policy = Policy(**policy_options(tmp_path))
    assert policy.ignore == ("caching", "media", "sampling")
    assert (policy.mode, policy.sample, policy.max_bytes, policy.api_version) == ("warn", 0.5, 1000, "2026-10-21")
    assert policy.severities == {"models/retired": "error"}
    (override,) = policy.overrides
    assert isinstance(override, Override)
    assert (override.mode, tuple(override.ignore), override.severities) == (
        "off",
        ("batches",),
        {"schema/type": "warning"},
    )


def test_without_a_configuration_there_are_the_defaults() -> None:
    from validator.config import Config

    assert Policy(**options_of(Config())) == Policy()


WARMED = """
import os, sys
os.environ.pop("MSGLINT_RAISE", None)
import validator
from validator.rules import RULES
from validator.wire import Checker, Policy

examples = [
    example
    for rule in RULES.values()
    for example in (*rule.bad, *rule.good)
    if not example.file.endswith(("yaml", "jsonc"))
]
linters = [(validator.Linter(**example.options()), example.made()) for example in examples]
checker = Checker(Policy()).warm()
validator.Linter().warm()
seen = []
def hook(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") or (event == "import" and arguments[0] not in sys.modules):
        seen.append((event, str(arguments[0])))
sys.addaudithook(hook)
headers = {"anthropic-version": "2026-10-21", "anthropic-beta": "x"}
checker.refusal("POST", "/v1/messages", headers, b'{"model": "claude-x"}')
for linter, made in linters:
    (linter.validate_json if isinstance(made, bytes) else linter.validate)(made)
found = [each for each in seen if "pypdf" not in each[1] and "encodings" not in each[1] and "utf_16" not in each[1]]
print(len(linters), found)
"""


def test_a_warmed_linter_reads_no_file_and_imports_nothing_for_any_rule() -> None:
    done = subprocess.run([sys.executable, "-c", WARMED], capture_output=True, text=True, check=True, cwd=ROOT)
    number, _, found = done.stdout.partition(" ")
    assert int(number) > 1000
    assert found.strip() == "[]"


def test_a_linter_can_be_given_the_model_of_requests_that_name_none() -> None:
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
    body["messages"].append({"role": "assistant", "content": "I"})  # type: ignore[attr-defined]
    options: Any = {"platform": "bedrock"}
    assert Linter(**options).validate(body).ok
    report = Linter(**options, model="anthropic.claude-opus-4-6-v1").validate(body)
    (violation,) = report.violations
    assert violation.rule == "messages/prefill-unsupported"
    assert "`anthropic.claude-opus-4-6-v1`" in violation.message
    assert violation.related == ()


def test_the_configuration_of_the_wire_is_checked_like_the_rest(tmp_path: Any) -> None:
    wrong = '[wire]\nmode = "scream"\nsample = 2\nmax-bytes = 1.5\nunknown = 1\n[[wire.overrides]]\nmodel = 1\n'
    (tmp_path / "msglint.toml").write_text(wrong, "utf-8")
    with pytest.raises(ValueError, match="scream") as caught:
        policy_options(tmp_path)
    for part in ("scream", "`sample`", "`max-bytes`", "`unknown`", "`model`"):
        assert part in str(caught.value)
