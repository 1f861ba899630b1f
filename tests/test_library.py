from __future__ import annotations

import datetime as dt
import gc
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest

import validator
from tests.material import fixtures, hello
from validator.common.gc_pause import Pause
from validator.facts.api import Endpoint
from validator.rules import UnknownRuleError


def pointers(report: validator.Report) -> list[str]:
    return [violation.pointer for violation in report.violations]


def test_a_valid_request_is_ok_and_has_no_violations() -> None:
    report = validator.validate(hello())
    assert report.ok
    assert report.violations == ()


def test_violations_of_a_dict_come_in_the_order_of_the_request() -> None:
    request = {
        "temperature": 2,
        "messages": [{"content": "Hi", "role": "usr"}, {"role": "user"}],
        "max_tokens": -1,
        "zz": 1,
        "model": 5,
    }
    assert pointers(validator.validate(request)) == [
        "/temperature",
        "/messages/0/role",
        "/messages/1",
        "/max_tokens",
        "/zz",
        "/model",
    ]


def test_violations_of_a_text_have_places_and_those_of_a_dict_have_none() -> None:
    request = hello(max_tokens=-1)
    (without,) = validator.validate(request).violations
    (placed,) = validator.validate_json(json.dumps(request, indent=2)).violations
    assert without.range is None
    assert placed.range == validator.Range(3, 17, 3, 19)
    assert (placed.rule, placed.pointer, placed.message) == (without.rule, without.pointer, without.message)


def test_a_violation_says_everything_about_itself() -> None:
    (violation,) = validator.validate(hello(temperature=1.5)).violations
    assert violation == validator.Violation(
        rule="schema/maximum",
        severity=validator.Severity.ERROR,
        pointer="/temperature",
        message="`temperature` is 1.5, but must be at most 1",
        help="lower it to 1 or less",
        api_message="temperature: range: 0..1",
    )
    assert violation.severity == "error"
    assert str(violation.severity) == "error"


def test_check_passes_what_is_fine_and_raises_with_the_report() -> None:
    validator.check(hello())
    with pytest.raises(validator.RequestError, match=r"`temperature` is 1\.5") as caught:
        validator.check(hello(temperature=1.5))
    assert pointers(caught.value.report) == ["/temperature"]
    assert isinstance(caught.value, ValueError)


def test_error_text_names_five_errors_and_counts_the_rest() -> None:
    with pytest.raises(validator.RequestError, match=r"and 2 more$") as caught:
        validator.check(hello(**{f"zz{number}": number for number in range(7)}))
    assert len(str(caught.value).splitlines()) == 6


def test_warnings_do_not_make_a_request_fail() -> None:
    tool = {"name": "t", "description": "A tool.", "input_schema": {"type": "object"}}
    request = hello(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}, tools=[tool])
    report = validator.validate(request)
    assert [violation.severity for violation in report.violations] == ["warning"]
    assert report.ok
    validator.check(request)


def test_each_endpoint_has_its_own_body() -> None:
    counted = {"model": "m", "messages": hello()["messages"]}
    assert validator.validate(counted, endpoint="count_tokens").ok
    assert pointers(validator.validate(counted)) == [""]
    assert pointers(validator.validate(hello(), endpoint="count_tokens")) == ["/max_tokens"]
    batch = {"requests": [{"custom_id": "a", "params": hello(temperature=2)}]}
    assert pointers(validator.validate(batch, endpoint="batches")) == ["/requests/0/params/temperature"]


def test_a_line_of_a_batch_file_is_checked_from_its_own_root() -> None:
    record = {"custom_id": "a", "params": hello(temperature=2)}
    assert pointers(validator.validate(record, endpoint="batches")) == ["/params/temperature"]
    assert pointers(validator.Linter(endpoint="auto").validate(record)) == ["/params/temperature"]


def test_rules_look_into_every_request_of_a_batch() -> None:
    body = hello(tool_choice={"type": "tool", "name": "nobody"})
    batch = {"requests": [{"custom_id": "a", "params": hello()}, {"custom_id": "b", "params": body}]}
    assert pointers(validator.validate(batch, endpoint="batches")) == ["/requests/1/params/tool_choice/name"]
    assert pointers(validator.validate({"requests": 5}, endpoint="batches")) == ["/requests"]


@pytest.mark.parametrize(
    ("request_body", "pointer"),
    [
        ({"requests": []}, "/requests"),
        ({"custom_id": "a b", "params": hello()}, "/custom_id"),
        (hello(max_tokens=-1), "/max_tokens"),
    ],
)
def test_auto_takes_the_endpoint_from_the_content(request_body: Any, pointer: str) -> None:
    assert pointers(validator.Linter(endpoint="auto").validate(request_body)) == [pointer]


def test_betas_that_are_given_decide_and_the_requests_own_come_first() -> None:
    tool = {"name": "t", "description": "A tool.", "input_schema": {"type": "object"}}
    request = hello(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}, tools=[tool])
    interleaved = "interleaved-thinking-2025-05-14"
    severities = {
        None: ["warning"],
        (): ["error"],
        (interleaved,): [],
    }
    for betas, expected in severities.items():
        assert [v.severity for v in validator.validate(request, betas=betas).violations] == expected
    assert validator.validate({**request, "betas": [interleaved]}, betas=()).violations == ()
    assert not validator.validate({**request, "betas": []}, betas=(interleaved,)).ok


def test_rules_can_be_selected_and_ignored() -> None:
    request = hello(
        temperature=2, tools=[{"name": "t", "description": "A tool.", "input_schema": {"type": "object"}}] * 2
    )
    everything = ["/temperature", "/tools/1/name"]
    assert pointers(validator.validate(request)) == everything
    assert pointers(validator.Linter(select=["tools"]).validate(request)) == everything[1:]
    assert pointers(validator.Linter(ignore=["tools/duplicate-name"]).validate(request)) == everything[:1]
    with pytest.raises(UnknownRuleError, match="did you mean `tools`"):
        validator.Linter(select=["tols"])


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("endpoint", "message", "there is no endpoint 'message', did you mean 'messages'"),
        ("edition", "2025-1", "did you mean '2025-10'"),
        ("api_version", "2020-01-01", "there is no API version '2020-01-01'"),
    ],
)
def test_wrong_configuration_says_what_there_is(option: str, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        validator.validate(hello(), **cast("Any", {option: value}))


def test_text_of_another_type_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        validator.validate_json(cast("Any", {"model": "m"}))


def test_the_request_is_left_as_it_was() -> None:
    request = hello(messages=[{"role": "usr", "content": ({"type": "text", "text": ""},)}], zz={1})
    copy = pickle.loads(pickle.dumps(request))  # noqa: S301 - our own
    validator.validate(request)
    assert request == copy


def test_a_linter_may_be_shared_between_threads() -> None:
    linter = validator.Linter(endpoint="auto")
    texts = [path.read_bytes() for kind in ("good", "bad") for path in fixtures(kind) if path.suffix == ".json"]
    alone = [linter.validate_json(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            assert list(pool.map(linter.validate_json, texts)) == alone


def test_a_violation_where_something_is_wrong_already_is_not_echoed() -> None:
    report = validator.validate(hello(max_tokens=-1, thinking={"type": "enabled", "budget_tokens": 2048}))
    assert pointers(report) == ["/max_tokens"]
    report = validator.validate(hello(tools="none", tool_choice={"type": "tool", "name": "t"}))
    assert pointers(report) == ["/tools"]
    report = validator.validate(
        hello(tools=[{"input_schema": {"type": "object"}}], tool_choice={"type": "tool", "name": "t"})
    )
    assert pointers(report) == ["/tools/0"]


@pytest.mark.parametrize("endpoint", ["messages", "count_tokens", "batches"])
def test_every_public_function_takes_the_same_configuration(endpoint: Endpoint) -> None:
    arguments: dict[str, Any] = {
        "endpoint": endpoint,
        "edition": "2025-10",
        "api_version": "2023-06-01",
        "betas": ["a"],
    }
    report = validator.validate({}, **arguments)
    assert [v.message for v in validator.validate_json("{}", **arguments).violations] == [
        v.message for v in report.violations
    ]
    with pytest.raises(validator.RequestError):
        validator.check({}, **arguments)


def test_an_error_crosses_the_border_of_a_process() -> None:
    with pytest.raises(validator.RequestError) as caught:
        validator.check(hello(temperature=1.5))
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert copy.report == caught.value.report
    assert str(copy) == str(caught.value)


def test_a_batch_may_say_its_betas_in_each_request() -> None:
    params = hello(context_management={"edits": []}, betas=["context-management-2025-06-27"])
    batch = {"requests": [{"custom_id": "a", "params": params}]}
    assert validator.validate(batch, endpoint="batches", betas=()).ok
    assert validator.validate(batch["requests"][0], endpoint="batches", betas=()).ok


@pytest.mark.parametrize("names", [{"tools": 1}.keys(), iter(["tools"]), {"tools"}, ["tools"]])
def test_names_may_come_in_any_collection_but_a_string(names: Any) -> None:
    assert pointers(validator.validate(hello(temperature=2), select=names)) == []
    with pytest.raises(TypeError, match="must be a list of names"):
        validator.validate(hello(), ignore="tools")


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (hello(system=[{"type": "image", "source": {"type": "url", "url": "a"}}]), "/system/0/type"),
        (hello(mcp_servers=[{"type": "stdio", "command": "serve"}]), "/mcp_servers/0/type"),
        (
            hello(
                messages=[
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}},
                            {
                                "type": "web_search_tool_result",
                                "tool_use_id": "srvtoolu_1",
                                "content": {"type": "web_search_result", "url": "a", "title": "b"},
                            },
                        ],
                    }
                ]
            ),
            "/messages/0/content/1/content",
        ),
        (
            hello(tools=[{"type": None, "name": "computer", "display_width_px": 1, "display_height_px": 1}]),
            "/tools/0/type",
        ),
    ],
)
def test_another_kind_of_thing_is_one_mistake(content: Any, pointer: str) -> None:
    assert pointers(validator.validate(content)) == [pointer]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"thread": {"type": "continue", "previous_message_id": "msg_1"}},
        {"mcp_servers": [{"type": "url", "name": "a", "url": "https://a.example.com"}]},
    ],
)
def test_a_chosen_tool_may_come_from_elsewhere(elsewhere: dict[str, Any]) -> None:
    assert pointers(validator.validate(hello(tool_choice={"type": "tool", "name": "t"}, **elsewhere))) == []


def test_null_counts_as_absent_where_the_api_takes_it_so() -> None:
    assert pointers(validator.validate(hello(metadata=None, stop_sequences=None))) == []
    older = validator.validate(hello(metadata=None, stop_sequences=None), edition="2025-10")
    assert pointers(older) == ["/metadata", "/stop_sequences"]


def test_betas_of_a_batch_hold_for_its_requests_and_those_of_a_request_go_before_them() -> None:
    body = hello(context_management={"edits": []})
    asking = {"custom_id": "a", "params": body}
    beta = "context-management-2025-06-27"
    assert pointers(validator.validate({"requests": [asking], "betas": [beta]}, endpoint="batches", betas=())) == []
    assert pointers(validator.validate({"requests": [asking], "betas": []}, endpoint="batches")) == [
        "/requests/0/params/context_management"
    ]
    none = {"custom_id": "a", "params": {**body, "betas": []}}
    assert pointers(validator.validate(none, endpoint="batches", ignore=["batches"])) == ["/params/context_management"]
    deprecated = {"requests": [{"custom_id": "a", "params": hello()}], "betas": ["pdfs-2024-09-25"]}
    assert pointers(validator.validate(deprecated, endpoint="batches")) == ["/betas/0"]


def test_betas_may_be_given_as_the_header_has_them() -> None:
    betas = ["context-management-2025-06-27, compact-2026-01-12"]
    assert pointers(validator.validate(hello(context_management={"edits": []}), betas=betas)) == []


@pytest.mark.parametrize(
    ("parameter", "given", "needed"),
    [
        ({"fallbacks": "default"}, "server-side-fallback-2026-06-01", "server-side-fallback-2026-07-01"),
        ({"fallback_credit_token": {"token": "x"}}, "server-side-fallback-2026-07-01", "fallback-credit-2026-07-01"),
    ],
)
def test_a_form_of_a_parameter_may_need_a_beta_of_its_own(parameter: dict[str, Any], given: str, needed: str) -> None:
    (violation,) = validator.validate(hello(**parameter), betas=[given]).violations
    assert violation.rule == "betas/missing"
    assert needed in violation.message
    assert pointers(validator.validate(hello(**parameter), betas=[given, needed])) == []


def test_the_day_may_be_a_moment() -> None:
    now = dt.datetime(2026, 11, 22, 12, tzinfo=dt.timezone.utc)
    report = validator.validate(hello(model="claude-3-opus-20240229"), today=now)
    assert [violation.rule for violation in report.violations] == ["models/retired"]
    with pytest.raises(TypeError, match="today must be a date"):
        validator.validate(hello(), today=cast("Any", "2026-11-22"))


def test_a_property_that_does_not_belong_there_is_not_checked_further() -> None:
    counted = {"model": "m", "messages": hello()["messages"], "temperature": 1}
    report = validator.validate(counted, endpoint="count_tokens", api_version="2026-10-21")
    assert [violation.rule for violation in report.violations] == ["schema/unknown-property"]


@pytest.mark.parametrize(
    ("name", "rule", "help_text"),
    [
        ("interleaved-thinkng-2025-05-14", "betas/unknown", "did you mean `interleaved-thinking-2025-05-14`?"),
        ("files-api-2025-04-14", "betas/deprecated", "no header needed"),
    ],
)
def test_headers_that_are_given_are_looked_at_too(name: str, rule: str, help_text: str) -> None:
    for report in (
        validator.validate(hello(), betas=[name]),
        validator.validate_json(json.dumps(hello()), betas=[name]),
    ):
        (violation,) = report.violations
        assert (violation.rule, violation.severity, violation.pointer) == (rule, "warning", "")
        assert help_text in (violation.help or "")
        assert report.ok
    assert validator.validate(hello(betas=[]), betas=[name]).violations == ()
    assert validator.validate(hello(), betas=[name], ignore=["betas"]).violations == ()


def test_a_report_keeps_so_many_violations_and_counts_the_others() -> None:
    wrong = hello(messages=[{"role": "user", "content": "Hi", f"x{number}": 1} for number in range(10)])
    linter = validator.Linter(max_violations=3)
    for report in (linter.validate(wrong), linter.validate_json(json.dumps(wrong))):
        assert pointers(report) == [f"/messages/{number}/x{number}" for number in range(3)]
        assert report.omitted == 7
    everything = validator.validate(wrong, max_violations=None)
    assert (len(everything.violations), everything.omitted) == (10, 0)


def test_errors_are_kept_before_anything_milder() -> None:
    tools = [{"name": f"tool_{number}", "input_schema": {"type": "object"}} for number in range(5)]
    request = {"tools": tools, **hello(max_tokens=-1)}
    report = validator.validate(request, max_violations=2)
    assert pointers(report) == ["/tools/0", "/max_tokens"]
    assert (report.ok, report.omitted) == (False, 4)


def test_the_report_of_a_file_keeps_so_many_violations_too(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    tools = [{"name": f"tool_{number}", "input_schema": {"type": "object"}} for number in range(5)]
    path.write_text(json.dumps({"tools": tools, **hello(max_tokens=-1)}))
    report = validator.validate_file(path, max_violations=2)
    assert pointers(report) == ["/tools/0", "/max_tokens"]
    assert (report.ok, report.omitted) == (False, 4)
    assert len(validator.validate_file(path).violations) == 6


@pytest.mark.parametrize("number", [0, -1])
def test_a_report_that_may_keep_nothing_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="max_violations must be 1 or more"):
        validator.Linter(max_violations=number)


def test_a_fix_shares_nothing_with_the_request() -> None:
    request = {**hello(), "messages": {"role": "user", "content": "Hi"}}
    (violation,) = validator.validate(request).violations
    assert violation.fix is not None
    patch = json.dumps(violation.fix.patch)
    request["messages"]["content"] = "Bye"
    assert json.dumps(violation.fix.patch) == patch


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_left_as_it_was(*, was_on: bool) -> None:
    text = json.dumps(hello(system="a" * 100_000))
    (gc.enable if was_on else gc.disable)()
    try:
        validator.validate_json(text)
        with Pause(), ThreadPoolExecutor(4) as pool:
            assert all(report.ok for report in pool.map(validator.validate_json, [text] * 16))
            assert not gc.isenabled()
        assert gc.isenabled() is was_on
    finally:
        gc.enable()


def test_tools_that_look_like_earlier_ones_are_looked_at_anew() -> None:
    def with_least(least: object) -> dict[str, Any]:
        schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": least}}}
        return hello(tools=[{"name": "roll", "description": "Rolls dice.", "input_schema": schema}])

    assert validator.validate(with_least(1)).violations == ()
    assert pointers(validator.validate(with_least(least=True))) == ["/tools/0/input_schema/properties/n/minimum"]
    assert validator.validate(with_least(1.0)).violations == ()
