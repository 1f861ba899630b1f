"""A team's own rules: what they find, where, and in every way that msglint is used; and what is wrong with one."""

from __future__ import annotations

import json
import pickle
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from tests.lsp.marks import opened
from tests.lsp.wire import PULLING, Wire
from tests.material import ROOT, fixtures, hello
from tests.own_rules import EVERY_FORM, TEN, TOML
from tests.strategies import changed, requests
from tests.test_command import run
from validator import ConfigError, Linter, RequestError, Severity, check, validate, validate_file, validate_json
from validator.config import load
from validator.documents.written import Unknown
from validator.explain.trial import trials
from validator.facts.api import LATEST_EDITION
from validator.lsp.actions import actions
from validator.lsp.diagnostics import diagnostics
from validator.lsp.hover import hover
from validator.lsp.rule_pages import address_of, page
from validator.own.definition import own_rules
from validator.own.rules import OwnRule
from validator.own.schemas import faults
from validator.rules import RULES, UnknownRuleError

LIMIT = {"id": "team/max-tokens", "at": "/max_tokens", "schema": {"maximum": 8192}}
DEAR = hello(max_tokens=9000)


def compiled(rules: list[dict[str, Any]]) -> list[OwnRule]:
    return [rule for rule in own_rules(rules) if isinstance(rule, OwnRule)]


def found(rule: dict[str, Any], request: Any, **options: Any) -> list[tuple[str, str]]:
    """Return the pointer and message of each finding of a rule."""
    report = Linter(rules=[rule], today=None, **options).validate(request)
    return [(each.pointer, each.message) for each in report.violations if each.rule == rule["id"]]


def mistake(rule: Any) -> str:
    """Return what is wrong with a rule."""
    with pytest.raises(ValueError, match=r"^rules\[0\]") as raised:
        Linter(rules=[rule])
    return str(raised.value).removeprefix("rules[0]")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with the rules of the guide and a request that breaks one of them, and go there."""
    (tmp_path / "msglint.toml").write_text(TOML, "utf-8")
    (tmp_path / "dear.json").write_text(json.dumps(hello(temperature=0.5), indent=1), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# The rules of the guide


@pytest.mark.parametrize("trial", list(trials(rule.rule for rule in compiled(TEN))), ids=lambda trial: trial.name)
def test_the_examples_of_the_guide_are_as_it_says(trial: Any) -> None:
    assert trial.failure is None


def test_the_guide_has_ten_rules_beside_the_first() -> None:
    assert len({rule["id"] for rule in TEN}) == 11


# What a rule finds, and where


@pytest.mark.parametrize(
    ("rule", "request_", "expected"),
    [
        (LIMIT, DEAR, [("/max_tokens", "`max_tokens` is 9000, but must be at most 8,192")]),
        (LIMIT, hello(max_tokens=8192), []),
        (
            {"id": "a/b", "at": "/metadata/user_id", "present": True},
            hello(),
            [("", "the request lacks `metadata.user_id`")],
        ),
        (
            {"id": "a/b", "at": "/metadata/user_id", "present": True},
            hello(metadata={}),
            [("/metadata", "`metadata` lacks `user_id`")],
        ),
        (
            {"id": "a/b", "at": "/tools/*/description", "present": True},
            hello(tools=[{"name": "a", "description": "A.", "input_schema": {}}, {"name": "b", "input_schema": {}}]),
            [("/tools/1", "`tools.1` lacks `description`")],
        ),
        (
            {"id": "a/b", "at": "/stop_sequences/*", "present": True},
            hello(stop_sequences=[]),
            [("/stop_sequences", "`stop_sequences` is an empty array, but there has to be something in it")],
        ),
        (
            {"id": "a/b", "at": "/messages/**/text", "schema": {"maxLength": 3}},
            hello(messages=[{"role": "user", "content": [{"type": "text", "text": "long"}]}]),
            [
                (
                    "/messages/0/content/0/text",
                    "`messages.0.content.0.text` has 4 characters, but must have at most 3 characters",
                )
            ],
        ),
        (
            {"id": "a/b", "at": "/metadata", "schema": {"required": ["user_id"]}},
            hello(metadata={}),
            [("/metadata", "`metadata` lacks `user_id`")],
        ),
        (
            {"id": "a/b", "at": "", "schema": {"not": {"required": ["system"]}}},
            hello(system="x"),
            [("", "the request is an object, which the rule forbids")],
        ),
        (
            {"id": "a/b", "at": "/max_tokens", "schema": False, "message": "{value} at {pointer}, {other}"},
            hello(max_tokens=5),
            [("/max_tokens", "5 at /max_tokens, {other}")],
        ),
        (LIMIT | {"if": {"required": ["tools"]}}, DEAR, []),
        (
            LIMIT | {"if": {"required": ["model"]}},
            DEAR,
            [("/max_tokens", "`max_tokens` is 9000, but must be at most 8,192")],
        ),
    ],
)
def test_a_finding_stands_at_its_place_and_says_what_is_wrong(
    rule: dict[str, Any], request_: Any, expected: list[tuple[str, str]]
) -> None:
    assert found(rule, request_) == expected


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"type": "integer"}, 1.5, "is 1.5, but must be an integer"),
        ({"enum": ["a", "b"]}, "c", 'is "c", but must be "a" or "b"'),
        ({"const": "a"}, "c", 'is "c", but must be "a"'),
        ({"minimum": 5}, 1, "is 1, but must be at least 5"),
        ({"exclusiveMaximum": 5}, 5, "is 5, but must be less than 5"),
        ({"exclusiveMinimum": 5}, 5, "is 5, but must be more than 5"),
        ({"multipleOf": 2}, 5, "is 5, but must be a multiple of 2"),
        ({"minLength": 2}, "a", "has 1 character, but must have at least 2 characters"),
        ({"maxItems": 1}, [1, 2], "has 2 items, but must have at most 1 item"),
        ({"minItems": 3}, [1, 2], "has 2 items, but must have at least 3 items"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "has 2 properties, but must have at most 1"),
        ({"pattern": "^b"}, "a", 'is "a", but must match `^b`'),
        ({"format": "email"}, "a", 'is "a", but must have the format `email`'),
        ({"additionalProperties": False}, {"a": 1}, "has a property that the rule does not allow"),
        ({"contains": {"const": 1}}, [2], "has no item as the rule asks for one"),
        ({"properties": {"a": {"maximum": 1}}}, {"a": 2}, ".a` is 2, but must be at most 1"),
        ({"properties": {"a": False}}, {"a": 2}, ".a` is not allowed here"),
        ({"uniqueItems": True}, [1, 1], "which `uniqueItems` of the rule's schema does not allow"),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 3, "which `anyOf` of the rule's schema does not allow"),
    ],
)
def test_without_a_message_the_keyword_that_refuses_is_worded(schema: Any, value: Any, said: str) -> None:
    tool = {"name": "a", "description": "A.", "input_schema": {"type": "object", "default": {"place": value}}}
    rule = {"id": "a/b", "at": "/tools/0/input_schema/default/place", "schema": schema}
    ((pointer, message),) = found(rule, hello(tools=[tool]))
    assert pointer == rule["at"]
    assert said in message


def test_a_secret_in_a_value_is_not_printed() -> None:
    key = "sk-ant-api03-" + "a" * 93 + "AA"
    rule = {"id": "a/b", "at": "/metadata/user_id", "schema": False, "message": "not {value}", "help": "{value}?"}
    (violation,) = [
        each for each in validate(hello(metadata={"user_id": key}), rules=[rule]).violations if each.rule == "a/b"
    ]
    assert key not in violation.message + (violation.help or "")
    assert "sk-ant-" in violation.message


def test_a_long_value_is_cut_short() -> None:
    ((_, message),) = found(
        {"id": "a/b", "at": "/system", "schema": False, "message": "{value}"}, hello(system="x" * 5000)
    )
    assert len(message) < 200


def test_what_the_schema_of_the_api_refuses_is_reported_once() -> None:
    rule = {"id": "a/b", "at": "/max_tokens", "schema": {"type": "integer"}, "present": True}
    for wrong in ({"max_tokens": "many"}, {"max_tokes": 5}):
        request = {key: value for key, value in hello().items() if key != "max_tokens"} | wrong
        assert found(rule, request) == []


def test_a_rule_applies_only_where_a_request_has_its_place() -> None:
    rule = {"id": "a/b", "at": "/max_tokens", "present": True}
    counted = {key: value for key, value in hello().items() if key != "max_tokens"}
    assert found(rule, counted, endpoint="count_tokens") == []
    only_there = {"id": "a/b", "at": "/inference_geo", "present": True}
    assert found(only_there, hello()) == [("", "the request lacks `inference_geo`")]


def test_the_place_in_a_batch_starts_at_the_request() -> None:
    batch = {"requests": [{"custom_id": "a", "params": hello()}, {"custom_id": "b", "params": DEAR}]}
    assert [pointer for pointer, _ in found(LIMIT, batch, endpoint="batches")] == ["/requests/1/params/max_tokens"]
    record = {"custom_id": "b", "params": DEAR}
    assert [pointer for pointer, _ in found(LIMIT, record, endpoint="auto")] == ["/params/max_tokens"]


def test_what_is_found_does_not_depend_on_requests_before() -> None:
    linter = Linter(rules=EVERY_FORM)
    requests_ = [hello(), DEAR, hello(system="x"), hello(tools=[]), DEAR, hello()]
    first = [linter.validate(each).violations for each in requests_]
    assert first == [Linter(rules=EVERY_FORM).validate(each).violations for each in requests_]
    assert first[1] == first[4]


def exact(rules: list[OwnRule], request: Any, endpoint: str) -> set[tuple[str, Any]]:
    return {
        (rule.id, finding.path)
        for rule in rules
        if endpoint in rule.rule.endpoints
        for finding in rule.findings(request, ())
    }


@settings(max_examples=150, deadline=None)
@given(changed(requests("messages", LATEST_EDITION)), st.sets(st.integers(0, len(EVERY_FORM) - 1)))
def test_the_joint_schema_never_hides_what_a_rule_finds(request: Any, chosen: set[int]) -> None:
    if not isinstance(request, dict):
        return
    rules = compiled([EVERY_FORM[index] for index in sorted(chosen)])
    linter = Linter(rules=rules)
    runner = linter.judge._own  # what the linter drops as a cascade is not in question here
    if runner is None:
        return
    ran = runner.run(request, "messages", (), lambda find: find({k: v for k, v in request.items() if k != "messages"}))
    assert {(each.rule.id, each.path) for each in ran} == exact(rules, request, "messages")


@pytest.mark.parametrize(
    "path", [path for path in fixtures("good") if path.suffix == ".json"], ids=lambda path: path.name
)
def test_each_value_is_found_once_in_its_order(path: Path) -> None:
    request = json.loads(path.read_bytes())
    for rule in compiled(EVERY_FORM):
        places = [finding.path for finding in rule.findings(request, ())]
        assert len(places) == len(set(places)), rule.id


# In every way that msglint is used


def test_the_library_knows_own_rules_in_each_of_its_functions(tmp_path: Path) -> None:
    options: dict[str, Any] = {"rules": [LIMIT]}
    assert not validate(DEAR, **options).ok
    (violation,) = validate_json(json.dumps(DEAR), **options).violations
    assert violation.range is not None
    with pytest.raises(RequestError, match=r"team/max-tokens"):
        check(DEAR, **options)
    file = tmp_path / "request.json"
    file.write_text(json.dumps(DEAR))
    assert [each.rule for each in validate_file(file, **options).violations] == ["team/max-tokens"]


def test_own_rules_are_selected_and_weighed_like_others() -> None:
    rules: Any = [LIMIT, LIMIT | {"id": "other/max-tokens"}]
    assert {each.rule for each in validate(DEAR, rules=rules).violations} == {"team/max-tokens", "other/max-tokens"}
    assert {each.rule for each in validate(DEAR, rules=rules, ignore=["team"]).violations} == {"other/max-tokens"}
    assert {each.rule for each in validate(DEAR, rules=rules, select=["team/max-tokens"]).violations} == {
        "team/max-tokens"
    }
    (one, _) = validate(DEAR, rules=rules, severities={"team": "info"}).violations
    assert {one.severity} == {Severity.INFO}
    with pytest.raises(UnknownRuleError, match="did you mean `team/max-tokens`"):
        validate(DEAR, rules=rules, ignore=["team/max-token"])


def test_equal_rules_share_a_linter_and_changed_ones_do_not() -> None:
    rule: Any = json.loads(json.dumps(LIMIT))
    assert not validate(DEAR, rules=[rule]).ok
    rule["schema"]["maximum"] = 10_000
    assert validate(DEAR, rules=[rule]).ok


def test_of_two_rules_with_an_id_the_last_one_applies() -> None:
    assert found(LIMIT | {"schema": {"maximum": 10}}, hello(max_tokens=20))
    assert validate(hello(max_tokens=20), rules=[LIMIT | {"schema": {"maximum": 10}}, LIMIT]).ok


@pytest.mark.parametrize("name", ["dear.json", "dear.yaml", "dear.jsonc", "dear.jsonl"])
def test_every_format_of_file_is_checked_with_places(project: Path, name: str) -> None:
    text = {
        "dear.json": (project / "dear.json").read_text(),
        "dear.yaml": "model: claude-haiku-4-5\nmax_tokens: 1\ntemperature: 0.5\nmessages: [{role: user, content: a}]\n",
        "dear.jsonc": "// x\n" + json.dumps(hello(temperature=0.5)),
        "dear.jsonl": json.dumps({"custom_id": "a", "params": hello(temperature=0.5)}),
    }[name]
    (project / name).write_text(text, "utf-8")
    printed = json.loads(run("check", name, "--format", "json", "--select", "team/no-temperature").out)
    (violation,) = printed["violations"]
    assert violation["rule"] == "team/no-temperature"
    line = text.splitlines()[violation["line"] - 1]
    assert line[violation["column"] - 1 :].startswith("0.5")


def test_the_terminal_shows_a_frame_with_the_rules_words(project: Path) -> None:
    done = run("check", "dear.json", "--select", "team/no-temperature", cwd=project)
    assert done.returncode == 1
    assert "error[team/no-temperature]: `temperature` is set, but our prompts are tuned at the default\n" in done.out
    assert '|  "temperature": 0.5' in done.out
    assert "= help: remove it" in done.out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("concise", "error[team/no-temperature]"),
        ("github", "title=team/no-temperature::"),
        ("junit", '<testcase name="team/no-temperature at '),
        ("gitlab", '"check_name": "team/no-temperature"'),
        ("rdjson", '"value": "team/no-temperature"'),
        ("jsonl", '"rule":"team/no-temperature"'),
        ("markdown", "team/no-temperature"),
        ("html", "<code>temperature</code> is set, but our prompts"),
        ("sarif", '"ruleId": "team/no-temperature"'),
    ],
)
def test_every_output_has_them(project: Path, name: str, words: str) -> None:
    out = run("check", "dear.json", "--format", name, cwd=project).out
    assert words in out


def test_the_table_of_rules_in_sarif_describes_them(project: Path) -> None:
    (log,) = json.loads(run("check", "dear.json", "--format", "sarif", cwd=project).out)["runs"]
    rules = log["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules[: len(RULES)]] == list(RULES)
    for result in log["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["shortDescription"]["text"]
    assert "team/no-temperature" in {result["ruleId"] for result in log["results"]}


def test_many_files_are_checked_in_several_processes(project: Path) -> None:
    for number in range(60):
        (project / f"{number}.json").write_text(json.dumps(hello(temperature=0.5)))
    one = run("check", ".", "--format", "json", "--jobs", "1", cwd=project).out
    assert one == run("check", ".", "--format", "json", "--jobs", "3", cwd=project).out
    assert one.count('"team/no-temperature"') == 61


def test_explain_rules_config_and_statistics_know_them(project: Path) -> None:
    said = run("explain", "team/no-temperature", cwd=project).out
    assert "`temperature` is set, but our prompts are tuned at the default." in said
    assert "Source: `[[rules]]` of msglint.toml, line " in said
    assert "Place: `/temperature`" in said
    assert "Bad:\n" in said
    assert "team/no-temperature" in run("rules", "team", cwd=project).out
    records = json.loads(run("rules", "team", "--format", "json", cwd=project).out)
    assert {record["file"] for record in records} == {"msglint.toml"}
    assert [
        line
        for line in run("config", cwd=project).out.splitlines()
        if "rule team/no-temperature  error at /temperature" in line
    ]
    assert "team/no-temperature" in run("check", "dear.json", "--statistics", cwd=project).out
    assert run("explain", "team/no-temperatur", cwd=project).returncode == 2


def test_baselines_overrides_and_comments_suppress_them(project: Path) -> None:
    select = ("--select", "team/no-temperature")
    assert run("check", "dear.json", "--write-baseline", *select, cwd=project).returncode == 0
    assert run("check", "dear.json", *select, cwd=project).returncode == 0
    (project / "msglint-baseline.json").unlink()
    override = '\n[[overrides]]\nfiles = ["dear.json#/temperature"]\nignore = ["team"]\n'
    (project / "msglint.toml").write_text(TOML + override, "utf-8")
    assert run("check", "dear.json", *select, cwd=project).returncode == 0
    (project / "msglint.toml").write_text(TOML, "utf-8")
    text = json.dumps(hello(), indent=1).replace(
        "{", '{ "temperature": 0.5, // msglint: ignore[team/no-temperature] x', 1
    )
    (project / "said.jsonc").write_text(text)
    assert run("check", "said.jsonc", *select, cwd=project).returncode == 0
    (project / "said.jsonc").write_text(text.replace("team/no-temperature", "team/no-temperatur"))
    done = run("check", "said.jsonc", cwd=project)
    assert "did you mean `team/no-temperature`?" in done.out


def test_a_rule_of_another_configuration_may_be_named_for_all_files(project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "msglint.toml").write_text("")
    (project / "other" / "a.json").write_text(json.dumps(hello(temperature=0.5)))
    done = run("check", ".", "--select", "team/no-temperature", "--format", "json", cwd=project)
    assert {each["path"] for each in json.loads(done.out)["violations"]} == {"dear.json"}
    assert "did you mean" in run("check", ".", "--select", "team/no-temperatur", cwd=project).err


def test_the_editor_underlines_hovers_and_links(project: Path) -> None:
    text = (project / "dear.json").read_text()
    document = opened(text, "dear.json", folder=project)
    (shown,) = [each for each in diagnostics(document, address_of) if each.code == "team/no-temperature"]
    assert text.splitlines()[shown.range.start.line][shown.range.start.character :].startswith("0.5")
    assert shown.code_description is not None
    assert "/own/" in shown.code_description.href
    rule = document.rules["team/no-temperature"]
    said = hover(None, [(document.violations[0], rule)])
    assert said is not None
    assert "**team/" in str(said.contents)
    assert page(rule).startswith("# team/no-temperature\n")
    titles = [action.title for action in actions(document, shown.range, [shown], None)]
    assert "Open the page of team/no-temperature" in titles


async def test_the_editor_opens_the_page_of_an_own_rule(project: Path) -> None:
    wire = await Wire.started(PULLING)
    uri = (project / "dear.json").as_uri()
    await wire.open(uri, (project / "dear.json").read_text())
    codes = [each["code"] for each in await wire.diagnostics(uri)]
    assert "team/no-temperature" in codes
    command = {"command": "msglint.openRulePage", "arguments": [f"team/no-temperature {uri}"]}
    await wire.ask("workspace/executeCommand", command)
    (asked,) = [each["params"] for each in wire.said if each["method"] == "window/showDocument"]
    assert asked["uri"].endswith("team/no-temperature.md")


def test_two_projects_may_have_different_rules_with_one_id(tmp_path: Path) -> None:
    for name, limit in (("one", 10), ("two", 20)):
        (tmp_path / name).mkdir()
        rule = f'[[rules]]\nid = "team/limit"\nat = "/max_tokens"\nschema = {{ maximum = {limit} }}\n'
        (tmp_path / name / "msglint.toml").write_text(rule)
    rules = [opened("{}", "a.json", folder=tmp_path / name).rules["team/limit"] for name in ("one", "two")]
    assert address_of(rules[0]) != address_of(rules[1])


def test_a_document_that_is_being_typed_is_not_told_what_it_lacks() -> None:
    document = opened('{"model": "claude-haiku-4-5", "max_tokens": 5, "messages": [], ', "a.json")
    rules = compiled([{"id": "a/b", "at": "/metadata", "present": True}])
    found_ = Linter(rules=rules).lint_document(document.parts[0].document)
    assert "a/b" not in {each.rule for each in found_.violations}


# What is unknown


@pytest.mark.parametrize(
    ("rule", "value", "unknown", "count"),
    [
        (LIMIT, hello(max_tokens=None), {("max_tokens",): "number"}, 0),
        (LIMIT, hello(max_tokens=9000, model=None), {("model",): "any"}, 1),
        (LIMIT | {"if": {"required": ["tools"]}}, hello(max_tokens=9000, tools=None), {("tools",): "array"}, 1),
        (LIMIT | {"if": {"required": ["tools"]}}, hello(max_tokens=9000, tools=None), {("tools",): "any"}, 0),
        ({"id": "a/b", "at": "/metadata/user_id", "present": True}, hello(metadata=None), {("metadata",): "object"}, 0),
        ({"id": "a/b", "at": "/tools", "schema": {"maxItems": 1}}, hello(tools=[None] * 2), {("tools", 0): "any"}, 1),
        ({"id": "a/b", "at": "/tools", "schema": {"maxItems": 2}}, hello(tools=[None] * 2), {("tools", 0): "any"}, 0),
        ({"id": "a/b", "at": "/tools", "schema": {"maxItems": 1}}, hello(tools=None), {("tools",): "array"}, 0),
        ({"id": "a/b", "at": "/tools", "schema": {"uniqueItems": True}}, hello(tools=[None]), {("tools", 0): "any"}, 0),
        (
            {"id": "a/b", "at": "/metadata", "schema": {"type": "array"}},
            hello(metadata={"user_id": None}),
            {("metadata", "user_id"): "text"},
            1,
        ),
        (
            {"id": "a/b", "at": "/metadata", "schema": {"required": ["user_id"]}},
            hello(metadata={"user_id": None}),
            {("metadata", "user_id"): "text"},
            0,
        ),
    ],
)
def test_what_rests_on_an_unknown_value_is_not_judged(rule: Any, value: Any, unknown: Any, count: int) -> None:
    from validator.common.unknown import partial_value

    (own,) = compiled([rule])
    partial = partial_value(value, unknown, frozenset())
    assert len(list(own.findings(partial, ()))) == count


def test_an_open_array_may_have_fewer_items_than_are_written() -> None:
    from validator.common.unknown import partial_value

    (own,) = compiled([{"id": "a/b", "at": "/tools", "schema": {"maxItems": 1}}])
    value = hello(tools=[None, None])
    unknown: dict[tuple[str | int, ...], str] = {("tools", 0): "any", ("tools", 1): "any"}
    assert list(own.findings(partial_value(value, unknown, frozenset({("tools",)})), ())) == []
    assert len(list(own.findings(partial_value(value, unknown, frozenset()), ()))) == 1


def test_an_open_object_may_have_what_seems_to_be_missing() -> None:
    from validator.common.unknown import partial_value

    (own,) = compiled([{"id": "a/b", "at": "/metadata", "present": True}])
    assert list(own.findings(partial_value(hello(), {}, frozenset({()})), ())) == []
    assert Unknown({}, frozenset({()})).open


# Mistakes


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"id": "max-tokens"},
            "small letters, digits, `-`, `_` and `.`; did you mean `team/max-tokens`?",
        ),
        ({"id": "Team/Max Tokens"}, "did you mean `team/max-tokens`?"),
        (
            {"id": "schema/max-tokens"},
            "`schema` is an area of msglint's own; choose another area, as in `team/max-tokens`",
        ),
        ({"id": 5}, ".id: `id` is 5, but must be a string"),
        ({"at": "max_tokens"}, "which is no JSON Pointer; did you mean `/max_tokens`?"),
        ({"at": "$.messages[*].content"}, "which is no JSON Pointer; did you mean `/messages/*/content`?"),
        ({"at": "tools[0]['name']"}, "which is no JSON Pointer; did you mean `/tools/0/name`?"),
        ({"at": "/max_token"}, "no request has such a place; did you mean `/max_tokens`?"),
        ({"at": "/messages/*/contnt"}, "did you mean `/messages/*/content`?"),
        ({"at": "/tools//name"}, "which has an empty step; did you mean `/tools/name`?"),
        ({"at": "/**/**/**/**"}, "`**` at most 3 times"),
        (
            {"schema": {"maxium": 5}},
            ".schema.maxium: there is no keyword `maxium` in a rule's schema; did you mean `maximum`?",
        ),
        ({"schema": {"maximum": "5"}}, '.schema.maximum: `maximum` is "5", which JSON Schema does not allow'),
        ({"schema": {"properties": {"a": {"minimun": 1}}}}, ".schema.properties.a.minimun: there is no keyword"),
        (
            {"schema": {"properties": {"a": 1}}},
            ".schema.properties.a: `a` is 1, but must be a table, `true` or `false`",
        ),
        ({"schema": {"$ref": "https://example.com/a.json"}}, "nothing outside the schema can be referred to"),
        ({"schema": {"$ref": "#/$defs/limt", "$defs": {"limit": {}}}}, "did you mean `#/$defs/limit`?"),
        ({"schema": {"$id": "https://example.com"}}, "a rule's schema has no address"),
        ({"schema": {"$schema": "http://json-schema.org/draft-07/schema#"}}, "`$schema` is"),
        ({"schema": {"pattern": "(?!a)b"}}, "use a regular expression without look-around"),
        ({"schema": {"pattern": r"(a)\1"}}, "back references"),
        ({"schema": {"pattern": "("}}, "the pattern `(` cannot be used; it is no regular expression"),
        ({"schema": {"type": "nubmer"}}, ".schema.type: there is no type `nubmer`; did you mean `number`?"),
        ({"schema": {"type": ["string", "nul"]}}, "there is no type `nul`; did you mean `null`?"),
        ({"schema": {"enum": []}}, ".schema.enum: `enum` is empty"),
        ({"schema": {"patternProperties": {"(?=a)": {}}}}, "cannot be used"),
        ({"schema": {"format": "emial"}}, "there is no format `emial`; did you mean `email`?"),
        ({"schema": {"maximum": float("nan")}}, "which JSON does not have"),
        ({"schema": {"const": {1, 2}}}, "which JSON does not have"),
        ({"schema": "integer"}, '.schema: `schema` is "integer", but must be a table'),
        ({"if": {"requird": ["tools"]}}, ".if.requird: there is no keyword"),
        ({"message": "{vlaue}"}, ".message: `message` names `{vlaue}`; did you mean `{value}`?"),
        ({"message": " "}, ".message: `message` is empty"),
        ({"severity": "eror"}, "did you mean `error`?"),
        ({"presnt": True}, "there is no key `presnt`; did you mean `present`?"),
        ({"present": "yes"}, '`present` is "yes", but must be `true` or `false`'),
        ({"at": "/tools/**", "present": True}, ".present: `present` cannot go with `**`"),
        ({"at": "", "present": True}, ".present: `present` is true, but the request itself is always there"),
        ({"good": [5]}, ".good[0]: `good` is 5, but must be a table"),
        ({"schema": {"$ref": "#"}}, "it refers to itself for the same value, which never ends"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_meant(changes: dict[str, Any], said: str) -> None:
    assert said in mistake(LIMIT | changes)


def test_a_rule_needs_an_id_a_place_and_something_to_demand() -> None:
    assert "missing `id`" in mistake({"at": "/max_tokens", "schema": {}})
    assert "missing `at`" in mistake({"id": "a/b", "schema": {}})
    assert "neither `schema` nor `present = true`" in mistake({"id": "a/b", "at": "/max_tokens"})
    assert "neither `schema` nor `present" in mistake({"id": "a/b", "at": "/max_tokens", "present": False})
    assert "must be a dict" in mistake([])


@pytest.mark.parametrize("rules", ["team/max-tokens", LIMIT, 5])
def test_rules_are_a_list(rules: Any) -> None:
    with pytest.raises(TypeError, match="rules must be a list of dicts"):
        Linter(rules=rules)
    with pytest.raises(ValueError, match=r"^rules\[1\] is 5, but must be a dict"):
        Linter(rules=[LIMIT, 5])  # type: ignore[list-item]


def test_mistakes_in_a_configuration_stand_at_their_line(tmp_path: Path) -> None:
    file = tmp_path / "msglint.toml"
    file.write_text(
        '[[rules]]\nid = "team/a"\nat = "/max_token"\n\n[rules.schema]\nmaxium = 5\n\n'
        '[[rules]]\nid = "team/a"\nat = "/max_tokens"\nschema = { properties = { x = { typ = "a" } } }\n'
    )
    with pytest.raises(ConfigError) as raised:
        load(file)
    places = [line.split(": ")[0].partition("msglint.toml:")[2] for line in str(raised.value).splitlines()]
    assert places == ["3:1", "6:1", "11:1", "9:1"]
    assert "did you mean `maximum`?" in str(raised.value)
    assert "there is another rule `team/a` above" in str(raised.value)


def test_a_configuration_with_a_mistake_does_not_stop_the_others(tmp_path: Path) -> None:
    for name, text in (("good", ""), ("bad", '[[rules]]\nid = "x"\n')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "msglint.toml").write_text(text)
        (tmp_path / name / "a.json").write_text(json.dumps(hello(max_tokens=-1)))
    done = run("check", ".", "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert {each["path"] for each in json.loads(done.out)["violations"]} == {"good/a.json"}


# Sharing


def test_rules_are_inherited_and_the_nearer_one_wins(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(TOML, "utf-8")
    near = '[[rules]]\nid = "team/max-tokens"\nat = "/max_tokens"\nschema = { maximum = 5 }\n'
    (tmp_path / "msglint.toml").write_text(f'extend = "base.toml"\nignore = ["team/models", "team/user-id"]\n{near}')
    rules = {rule.id: rule for rule in load(tmp_path / "msglint.toml").values["rules"]}
    assert rules.keys() == {rule["id"] for rule in TEN}
    assert rules["team/max-tokens"].schema == {"maximum": 5}
    assert rules["team/max-tokens"].origin.file.endswith("msglint.toml")
    assert rules["team/no-temperature"].origin.file.endswith("base.toml")


def test_several_configurations_can_be_extended(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('ignore = ["models"]\nfail-on = "info"\n')
    (tmp_path / "b.toml").write_text('ignore = ["tools"]\nfail-on = "warning"\n')
    (tmp_path / "msglint.toml").write_text('extend = ["a.toml", "b.toml", "preset:cost"]\n')
    values = load(tmp_path / "msglint.toml").values
    assert values["ignore"] == ["models", "tools"]
    assert values["fail-on"] == "warning"
    assert {rule.id.partition("/")[0] for rule in values["rules"]} == {"cost"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("preset:strit", "there is no such preset; did you mean `preset:strict`?"),
        ("package:nowhere/msglint.toml", "no installed package has it"),
        ("package:validator/../pyproject.toml", "no installed package has it"),
        ("package:os.path/x", "no installed package has it"),
        ("missing.toml", "there is no such file"),
    ],
)
def test_what_cannot_be_extended_is_named(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "msglint.toml").write_text(f"extend = [\n  {json.dumps(name)},\n]\n")
    with pytest.raises(ConfigError) as raised:
        load(tmp_path / "msglint.toml")
    assert "msglint.toml:2:3: " in str(raised.value)
    assert said in str(raised.value)


def test_extending_in_a_circle_or_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('extend = ["b.toml"]\n')
    (tmp_path / "b.toml").write_text('extend = "a.toml"\n')
    with pytest.raises(ConfigError, match="cannot extend itself"):
        load(tmp_path / "a.toml")
    for number in range(40):
        (tmp_path / f"{number}.toml").write_text(f'extend = ["{number + 1}.toml", "{number + 1}.toml"]\n')
    (tmp_path / "40.toml").write_text("")
    with pytest.raises(ConfigError, match="more than 64 configurations"):
        load(tmp_path / "0.toml")


# Examples are tests


def test_the_examples_of_rules_are_run(tmp_path: Path) -> None:
    (tmp_path / "msglint.toml").write_text(TOML, "utf-8")
    done = run("rules", "--test", "team", cwd=tmp_path)
    assert (done.returncode, done.out) == (0, "22 examples of 11 rules: all as expected\n")
    assert done.err == "msglint: `team/conversation-length` lacks a bad or a good example\n"


def test_an_example_that_fails_says_what_was_expected(tmp_path: Path) -> None:
    rule = '[[rules]]\nid = "team/a"\nat = "/max_tokens"\nschema = { maximum = 5 }\n'
    examples = "[[rules.good]]\nmax_tokens = 6\n[[rules.bad]]\nmax_tokens = 5\n[[rules.bad]]\nmax_tokens = 9\n"
    (tmp_path / "shared.toml").write_text(rule + examples)
    done = run("rules", "--test", "shared.toml", cwd=tmp_path)
    assert done.returncode == 1
    assert "team/a, bad example 1: expected a violation of `team/a`, but found nothing\n" in done.out
    assert 'team/a, good example 1: expected no violation of `team/a`, but found `team/a` at "/max_tokens"' in done.out
    assert done.out.endswith("3 examples of 1 rule: 2 failed\n")
    records = json.loads(run("rules", "--test", "shared.toml", "--format", "json", cwd=tmp_path).out)
    assert [bool(record["failure"]) for record in records] == [True, False, True]


# Hostile configurations


DEEP: dict[str, Any] = {}
for _ in range(30):
    DEEP = {"items": DEEP}

HOSTILE = {
    "never ends": {"$ref": "#"},
    "never ends, by a way round": {
        "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}},
        "$ref": "#/$defs/a",
    },
    "multiplies with the depth": {"allOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]},
    "multiplies by a pattern": {
        "additionalProperties": {"$ref": "#"},
        "patternProperties": {".": {"$ref": "#"}},
        "properties": {"a": {"$ref": "#"}},
    },
    "multiplies by unevaluated properties": {
        "anyOf": [{"additionalProperties": {"$ref": "#"}}],
        "unevaluatedProperties": False,
    },
    "multiplies on the spot": {
        "$defs": {f"d{number}": {"allOf": [{"$ref": f"#/$defs/d{number + 1}"}] * 2} for number in range(30)}
        | {"d30": {}},
        "$ref": "#/$defs/d0",
    },
    "multiplies level by level": {
        "$defs": {f"d{number}": {"allOf": [{"items": {"$ref": f"#/$defs/d{number + 1}"}}] * 2} for number in range(30)}
        | {"d30": {}},
        "$ref": "#/$defs/d0",
    },
    "backtracks": {"pattern": "^(?:(a+)+)+$(?<!b)"},
    "a huge automaton": {"pattern": "(?:a{1000}){1000}{100}"},
    "too deep": {"items": {"items": DEEP | {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {}}}}}}}}}}}
    | {"not": DEEP},
    "too long": {"properties": {f"p{number}": {} for number in range(5000)}},
}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "too deep"])
def test_a_schema_without_an_end_is_refused_at_once(name: str) -> None:
    start = time.perf_counter()
    assert faults(HOSTILE[name])
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}},
        {"properties": {"name": {"type": "string"}}, "additionalProperties": {"$ref": "#"}},
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#"}}]},
        {"$defs": {"a": {"maximum": 5}}, "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]},
        {"prefixItems": [{"$ref": "#"}], "items": {"$ref": "#"}},
        {"pattern": "(a+)+$"},
        {"type": "object", "unevaluatedProperties": False, "properties": {"a": {}}},
        {"const": 10**30},
    ],
)
def test_a_schema_with_an_end_is_not(schema: Any) -> None:
    assert faults(schema) == []


def test_a_pattern_takes_linear_time() -> None:
    rule = {"id": "a/b", "at": "/system", "schema": {"not": {"pattern": "^(a+)+$"}}}
    start = time.perf_counter()
    assert found(rule, hello(system="a" * 50_000 + "b")) == []
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "request_",
    [
        hello(system="\ud800"),
        hello(metadata={1: 2}),
        hello(max_tokens=10**400),
        hello(max_tokens=float("nan")),
        hello(tools=(1, 2)),
        hello(messages={"a": {"b"}}),
        {"messages": 5},
        [],
        None,
    ],
)
def test_no_request_makes_a_rule_fail(request_: Any) -> None:
    report = Linter(rules=EVERY_FORM).validate(request_)
    assert "internal/rule-failed" not in {each.rule for each in report.violations}


def test_a_request_that_is_nested_deeply_does_not_hang_a_rule() -> None:
    value: Any = {}
    for _ in range(900):
        value = {"a": [value]}
    tool = {"name": "a", "description": "A.", "input_schema": value}
    start = time.perf_counter()
    Linter(rules=EVERY_FORM).validate(hello(tools=[tool]))
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    "text",
    [
        "rules = 5",
        "rules = [5]",
        "rules = [[]]",
        "[rules]\nid = 'a/b'",
        "[[rules]]\nid = 'a/b'\nat = '/max_tokens'\nschema = { const = 2026-01-01 }",
        "[[rules]]\nid = 'a/b'\nat = '/max_tokens'\nschema = { const = inf }",
        "[[rules]]\nid = 'a/b'\nat = '/max_tokens'\nschema = {}\nbad = [{ a = 10:00:00 }]",
        "[[rules]]\nid = 'a/b'\nat = '/max_tokens'\nschema = " + "{ not = " * 90 + "{}" + " }" * 90,
        "[[rules]]\nid = 'a/b'\nat = '/" + "a/" * 500 + "'\nschema = {}",
        "[[rules]]\nid = 'a/b'\nat = \"/\\u0000\"\nschema = {}",
        "[[rules]]\nid = 'a/b'\nat = '/max_tokens'\nschema = { '$ref' = '#/%zz' }",
        "extend = 5",
        "extend = [5]",
        "extend = ['package:']",
        "extend = ['preset:../../x']",
        "plugins = 5",
        "plugins = ['']",
    ],
)
def test_a_hostile_configuration_is_reported_in_lines(tmp_path: Path, text: str) -> None:
    (tmp_path / "msglint.toml").write_text(text, "utf-8")
    (tmp_path / "a.json").write_text(json.dumps(hello()))
    done = run("check", "a.json", cwd=tmp_path)
    assert done.returncode == 2
    assert all(line.startswith(("msglint: ", "checked ")) for line in done.err.splitlines())


def test_a_report_with_own_rules_can_be_pickled() -> None:
    report = validate(DEAR, rules=[LIMIT])
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301 - our own


def test_the_published_schema_of_configurations_knows_rules() -> None:
    schema = json.loads((ROOT / "docs" / "msglint.schema.json").read_text("utf-8"))
    assert set(schema["properties"]["rules"]["items"]["properties"]) >= {"id", "at", "schema", "if", "present"}
    assert types.DiagnosticSeverity.Error


def test_own_rules_apply_to_what_is_sent(tmp_path: Path) -> None:
    from validator.wire import check_wire
    from validator.wire.configured import policy_options

    (tmp_path / "msglint.toml").write_text(TOML + '\n[severity]\n"team/models" = "off"\n', "utf-8")
    options = policy_options(tmp_path)
    url = "https://api.anthropic.com/v1/messages"
    report = check_wire("POST", url, {}, json.dumps(hello(temperature=0.5)).encode(), **options)
    assert report is not None
    assert {"team/no-temperature", "team/user-id"} <= {each.rule for each in report.violations}
