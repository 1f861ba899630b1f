"""Formats for machines, as their consumers read them; the most of it through the installed command."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.material import FIXTURES, hello
from tests.test_command import run
from validator.checking.linter import Linter
from validator.common.wording import printable
from validator.files import FileResult, check_text
from validator.formats import FORMATS
from validator.formats.style import Style
from validator.report import Range, Related, Severity, Violation
from validator.rules import RULES

BAD = FIXTURES / "bad"
GOOD_FILE = FIXTURES / "good" / "hello.json"
PLAIN = Style()
MACHINES = ("json", "jsonl", "sarif", "gitlab", "rdjson")
HOSTILE_NAMES = (b"a\nb.json", b"a'\"b.json", b"100%, a:b.json", b"::error::c.json", b"<b>&amp;.json", b"\xff\xfe.json")
SECRET = "gh" + "p_q8Zr2LxV7nTb4KcY1mWd9EsH3fJu6PgA5oRi"

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PLACES = st.builds(
    lambda line, column, lines, columns: Range(line, column, line + lines, column + columns),
    st.integers(1, 50),
    st.integers(1, 50),
    st.integers(0, 2),
    st.integers(0, 9),
)
VIOLATIONS = st.builds(
    Violation,
    rule=st.sampled_from(sorted(RULES)),
    severity=st.sampled_from(list(Severity)),
    pointer=TEXT.map(lambda text: f"/{text}"),
    message=TEXT,
    help=st.none() | TEXT,
    range=st.none() | PLACES,
    related=st.lists(st.builds(Related, TEXT, TEXT, st.none() | PLACES), max_size=2).map(tuple),
)
RESULTS = st.lists(
    st.builds(
        lambda name, violations, error: FileResult(
            name.encode("unicode_escape").decode(),
            1,
            () if error is not None else tuple(violations),
            error=error,
            path=os.fsdecode(name.encode()),
        ),
        TEXT.map(lambda name: name.replace("\0", "") or "a"),
        st.lists(VIOLATIONS, max_size=4),
        st.none() | TEXT,
    ),
    max_size=3,
)

DIAGNOSTICS = {
    "type": "object",
    "required": ["diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "object", "required": ["name"]},
        "diagnostics": {"type": "array", "items": {"$ref": "#/$defs/diagnostic"}},
    },
    "$defs": {
        "diagnostic": {
            "type": "object",
            "required": ["message", "location"],
            "additionalProperties": False,
            "properties": {
                "message": {"type": "string"},
                "location": {"$ref": "#/$defs/location"},
                "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                "code": {"type": "object", "required": ["value"]},
                "related_locations": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"message": {"type": "string"}, "location": {"$ref": "#/$defs/location"}},
                    },
                },
            },
        },
        "location": {
            "type": "object",
            "required": ["path"],
            "additionalProperties": False,
            "properties": {
                "path": {"type": "string"},
                "range": {
                    "type": "object",
                    "required": ["start"],
                    "additionalProperties": {
                        "type": "object",
                        "required": ["line"],
                        "additionalProperties": {"type": "integer", "minimum": 1},
                    },
                },
            },
        },
    },
}
"""What reviewdog documents of its format."""


def rendered(format_name: str, results: list[FileResult]) -> str:
    return "".join(FORMATS[format_name](results, PLAIN))


def violation(**changes: Any) -> Violation:
    given = {"rule": "schema/enum", "severity": Severity.ERROR, "pointer": "/a", "message": "wrong", **changes}
    return Violation(**{"range": Range(1, 2, 1, 5), **given})


def check_sarif(text: str) -> dict[str, Any]:
    """Return the run of a log in which all stands that code scanning asks for, beyond the published schema."""
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (found,) = log["runs"]
    assert found["columnKind"] == "unicodeCodePoints"
    assert found["automationDetails"]["id"] == "msglint/"
    rules = found["tool"]["driver"]["rules"]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert re.fullmatch("[0-9a-f]{16}:[1-9][0-9]*", result["partialFingerprints"]["primaryLocationLineHash"])
        assert isinstance(result["message"]["text"], str)
        assert len(result["locations"]) == 1
        for location in [*result["locations"], *result["relatedLocations"]]:
            artifact = location["physicalLocation"]["artifactLocation"]
            assert re.fullmatch(r"(file:///)?([\w.~/-]|%[0-9A-F]{2})*", artifact["uri"], re.ASCII)
            assert ("uriBaseId" in artifact) != artifact["uri"].startswith("file:")
            region = location["physicalLocation"].get("region")
            if region is not None:
                assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
                assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in found["results"]]
    assert len(prints) == len(set(prints))
    return cast("dict[str, Any]", found)


def check_junit(text: str) -> ET.Element:
    """Return the root of a document whose numbers are those of its cases."""
    root = ET.fromstring(text.encode())  # noqa: S314 - it is our own
    assert root.tag == "testsuites"
    for suite in root:
        cases = list(suite)
        assert suite.tag == "testsuite"
        assert cases
        assert {case.tag for case in cases} == {"testcase"}
        assert all(case.get("name") and case.get("classname") for case in cases)
        outcomes = Counter(outcome.tag for case in cases for outcome in case)
        assert set(outcomes) <= {"failure", "error", "skipped"}
        numbers = [int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")]
        assert numbers == [len(cases), outcomes["failure"], outcomes["error"], outcomes["skipped"]]
    return root


def check_gitlab(text: str) -> list[dict[str, Any]]:
    issues = json.loads(text)
    prints = [issue["fingerprint"] for issue in issues]
    assert len(prints) == len(set(prints))
    return cast("list[dict[str, Any]]", issues)


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does."""
    kind, listed, data = re.fullmatch("::([a-z]+) ([^:]*)::(.*)", line).groups()  # type: ignore[union-attr]
    properties = dict(pair.split("=", 1) for pair in listed.split(","))
    return kind, {name: unescaped(value) for name, value in properties.items()}, unescaped(data)


def unescaped(text: str) -> str:
    marks = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}
    return re.sub("%(25|0D|0A|3A|2C)", lambda mark: marks[mark[0]], text)


@settings(max_examples=40, deadline=None)
@given(RESULTS)
def test_any_results_are_well_formed_in_every_format(results: list[FileResult]) -> None:
    for name in FORMATS:
        assert isinstance(rendered(name, results), str)
    check_sarif(rendered("sarif", results))
    jsonschema.validate(json.loads(rendered("rdjson", results)), DIAGNOSTICS)
    check_junit(rendered("junit", results))
    number = sum(len(result.violations) + (result.error is not None) for result in results)
    assert len(check_gitlab(rendered("gitlab", results))) == number
    records = rendered("jsonl", results).split("\n")
    assert [json.loads(record)["kind"] for record in records[:-1]] == [
        kind
        for result in results
        for kind in (["error"] if result.error is not None else ["violation"] * len(result.violations))
    ]
    *commands, summary = rendered("github", results).split("\n")[:-1]
    assert summary.startswith("msglint: ")
    assert all(read_command(command)[0] in {"error", "warning", "notice"} for command in commands)


@given(TEXT, TEXT)
def test_names_and_messages_come_back_from_junit_and_github_as_they_were_but_for_controls(
    message: str, name: str
) -> None:
    found = violation(message=message)
    results = [FileResult("a", 1, (found,), path=os.fsdecode(name.replace("\0", "").encode() or b"a"))]
    kind, properties, data = read_command(rendered("github", results).split("\n")[0])
    assert (kind, properties["title"]) == ("error", found.rule)
    assert data == "".join(char if char in "\r\n" else printable(char) for char in message)
    told = check_junit(rendered("junit", results)).find("testsuite/testcase/failure")
    assert told is not None
    if message.isprintable():
        assert told.get("message") == message


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not have such names")
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_file_names_come_out_well_formed(name: bytes, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(json.dumps(hello(max_tokens=-1)).encode())
    outputs = [f"--output={form}={form}.out" for form in FORMATS if form != "full"]
    done = run("check", path, *outputs, cwd=tmp_path)
    assert done.returncode == 1
    texts = {form: (tmp_path / f"{form}.out").read_text("utf-8") for form in FORMATS if form != "full"}
    location = check_sarif(texts["sarif"])["results"][0]["locations"][0]["physicalLocation"]
    assert unquote_to_bytes(location["artifactLocation"]["uri"]) == name
    shown = name.decode(errors="backslashreplace")
    (issue,) = check_gitlab(texts["gitlab"])
    assert issue["location"]["path"] == shown
    assert read_command(texts["github"].split("\n")[0])[1]["file"] == shown
    assert json.loads(texts["rdjson"])["diagnostics"][0]["location"]["path"] == shown
    printed = json.loads(texts["jsonl"])["path"]
    assert printed.isprintable()
    assert check_junit(texts["junit"])[0].get("name") == printed
    assert "<b>" not in texts["markdown"].replace(f"`{printed}`", "")
    assert f"<h2>{escape(printed)}</h2>" in texts["html"]


def test_all_fixtures_are_told_alike_in_every_format(tmp_path: Path) -> None:
    outputs = [f"--output={name}={tmp_path / name}" for name in (*MACHINES, "junit", "html")]
    done = run("check", ".", *outputs, "--format", "concise", "-q", cwd=BAD)
    assert done.returncode == 1
    number = len(done.out.splitlines())
    texts = {name: (tmp_path / name).read_text("utf-8") for name in (*MACHINES, "junit", "html")}
    found = check_sarif(texts["sarif"])
    assert len(found["results"]) == number > 100
    issues = check_gitlab(texts["gitlab"])
    assert len(issues) == number
    diagnostics = json.loads(texts["rdjson"])
    jsonschema.validate(diagnostics, DIAGNOSTICS)
    assert len(diagnostics["diagnostics"]) == number
    wanted = json.loads(texts["json"])["violations"]
    records = [json.loads(line) for line in texts["jsonl"].splitlines()]
    assert [{key: record[key] for key in wanted[0]} for record in records] == wanted
    cases = check_junit(texts["junit"]).findall("testsuite/testcase/*")
    assert [case.get("message") for case in cases] == [record["message"] for record in wanted]
    assert texts["html"].count("<article ") == number


def test_sarif_lists_every_rule_with_its_help() -> None:
    rules = check_sarif(rendered("sarif", []))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for rule in rules:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert f"msglint explain {rule['id']}" in rule["help"]["text"]
        assert "**Why:**" in rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert rule["properties"]["problem.severity"] in {"error", "warning", "recommendation"}


def test_sarif_has_the_second_place_and_no_empty_region() -> None:
    found = check_sarif(run("check", BAD / "budget-above-max-tokens.json", "--format", "sarif").out)
    (result,) = found["results"]
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["region"]["startLine"] == 3
    assert related["message"]["text"] == "`max_tokens` is set here"
    empty = FileResult("a", 1, (violation(range=Range(3, 7, 3, 7)),))
    (result,) = check_sarif(rendered("sarif", [empty]))["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["endColumn"] == 8


def test_sarif_leaves_out_the_mildest_of_too_many_results() -> None:
    mild = violation(severity=Severity.INFO)
    results = [FileResult("a", 1, (mild,) * 25_000 + (violation(),))]
    found = check_sarif(rendered("sarif", results))
    assert len(found["results"]) == 25_000
    assert found["results"][0]["level"] == "error"
    (note,) = found["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "1 result left out"
    assert found["invocations"][0]["executionSuccessful"] is True


def test_paths_are_those_from_the_root_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "a b.json"
    path.write_bytes(json.dumps(hello(max_tokens=-1)).encode())
    cases: list[tuple[str, Any, dict[str, str]]] = [
        ("sub/a b.json", tmp_path, {}),
        (str(path), tmp_path, {}),
        ("a b.json", path.parent, {"GITHUB_WORKSPACE": str(tmp_path)}),
        ("./a b.json", path.parent, {"CI_PROJECT_DIR": str(tmp_path)}),
    ]
    for argument, folder, variables in cases:
        environment = {"GITHUB_WORKSPACE": "", "CI_PROJECT_DIR": "", **variables}
        done = run("check", argument, "--format", "gitlab", cwd=folder, environment=environment)
        assert check_gitlab(done.out)[0]["location"]["path"] == "sub/a b.json"
        done = run("check", argument, "--format", "sarif", cwd=folder, environment=environment)
        location = check_sarif(done.out)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert location == {"uri": "sub/a%20b.json", "uriBaseId": "%SRCROOT%"}
    done = run("check", path, "--format", "sarif", cwd=BAD, environment={"GITHUB_WORKSPACE": "", "CI_PROJECT_DIR": ""})
    location = check_sarif(done.out)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": f"file://{tmp_path}/sub/a%20b.json"}


def test_github_shows_ten_of_a_kind_errors_first_and_tells_the_true_number() -> None:
    mild = tuple(violation(severity=Severity.WARNING) for _ in range(12))
    results = [FileResult("a", 1, mild), FileResult("b", 1, tuple(violation() for _ in range(37)))]
    *commands, summary = rendered("github", results).splitlines()
    assert [read_command(command)[0] for command in commands] == ["error"] * 10 + ["warning"] * 10
    assert summary == "msglint: 37 errors, 12 warnings; only 20 of these 49 are annotations"


def test_github_gives_columns_only_within_a_line() -> None:
    one, more = violation(message="50%\r\n"), violation(range=Range(1, 2, 3, 4), help="h")
    lines = rendered("github", [FileResult("a,b:c", 1, (one, more))]).splitlines()
    assert lines[0] == (
        "::error file=a%2Cb%3Ac,line=1,endLine=1,col=2,endColumn=5,title=schema/enum::wrong".replace(
            "wrong", "50%25%0D%0A"
        )
    )
    assert lines[1] == "::error file=a%2Cb%3Ac,line=1,endLine=3,title=schema/enum::wrong%0Ahelp: h"


def test_github_appends_a_summary_to_that_of_the_job(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    environment = {"GITHUB_STEP_SUMMARY": str(summary)}
    done = run("check", BAD / "five-mistakes.json", "--format", "github", environment=environment)
    assert (done.returncode, len(done.out.splitlines())) == (1, 6)
    text = summary.read_text("utf-8")
    assert text.startswith("before\n<!-- msglint -->\n### msglint: 5 errors\n")
    assert text.count("\n- **error**") == 5
    run("check", BAD / "five-mistakes.json", "--format", "concise", environment=environment)
    assert summary.read_text("utf-8") == text
    done = run("check", GOOD_FILE, "--format", "github", environment={"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert done.returncode == 0
    assert "GITHUB_STEP_SUMMARY cannot be written" in done.err


def test_markdown_lets_nothing_of_a_request_become_mark_up() -> None:
    message = "`a` is <img src=x> @team #1 [x](https://e.org) www.e.org ``` | *b*"
    text = rendered("markdown", [FileResult("`n`", 1, (violation(message=message),))])
    body = text.split("\n\n", 2)[2]
    for mark in ("<img", "@team", " #1", "[x]", "https://", "www.e", "*b*", " | "):
        assert mark not in body
    assert "`a` is &#60;img" in body
    assert "#### `` `n` ``\n" in body


def test_markdown_fits_into_a_comment() -> None:
    results = [FileResult("a", 1, tuple(violation(message="x" * 90) for _ in range(2000)))]
    text = rendered("markdown", results)
    assert 50_000 < len(text) < 65_536
    shown = text.count("\n- **error**")
    assert "### msglint: 2,000 errors\n" in text
    assert text.endswith(f"\n{2000 - shown:,} more violations not listed.\n")


def test_junit_has_a_passing_case_and_fails_only_errors() -> None:
    results = [FileResult("a", 1), FileResult("b", 1, (violation(severity=Severity.WARNING), violation()))]
    clean, broken = check_junit(rendered("junit", results))
    assert (clean.get("tests"), clean.get("failures")) == ("1", "0")
    assert (broken.get("failures"), broken.get("skipped")) == ("1", "1")


def test_rdjson_counts_columns_in_bytes() -> None:
    found = violation(range=Range(1, 3, 1, 5))
    (diagnostic,) = json.loads(rendered("rdjson", [FileResult("a", 1, (found,), {1: "é😀ab"})]))["diagnostics"]
    assert diagnostic["location"]["range"] == {"start": {"line": 1, "column": 7}, "end": {"line": 1, "column": 9}}


def test_a_file_that_cannot_be_checked_is_in_every_format(tmp_path: Path) -> None:
    outputs = [f"--output={name}={name}.out" for name in FORMATS if name not in {"full", "concise"}]
    done = run("check", "missing.json", *outputs, cwd=tmp_path)
    assert done.returncode == 2
    texts = {name: (tmp_path / f"{name}.out").read_text("utf-8") for name in FORMATS if name not in {"full", "concise"}}
    for text in texts.values():
        assert "cannot be read: No such file or directory" in text
        assert "missing.json" in text
    invocation = check_sarif(texts["sarif"])["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["level"] == "error"
    assert check_junit(texts["junit"])[0].get("errors") == "1"
    assert check_gitlab(texts["gitlab"])[0]["severity"] == "blocker"
    assert texts["github"].startswith("::error file=missing.json,title=msglint::not checked: ")
    assert "1 file could not be checked" in texts["markdown"]


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_a_secret(name: str) -> None:
    messages = [{"role": "user", "content": f"Why is {SECRET} refused?"}]
    data = json.dumps({"messages": messages, "max_tokens": -1, "model": "claude-haiku-4-5"}).encode()
    result = check_text("a", data, Linter())
    assert [found.rule for found in result.violations] == ["request/secret", "schema/minimum"]
    text = rendered(name, [result])
    assert name == "github" or "request/secret" in text
    assert SECRET[4:12] not in text


def test_fingerprints_stay_when_lines_move_and_differ_between_findings() -> None:
    body = hello(max_tokens=-1, temperature=7)
    flat = check_text("a", json.dumps(body).encode(), Linter())
    moved = check_text("a", json.dumps(body, indent=3).encode(), Linter())
    assert [found.range for found in flat.violations] != [found.range for found in moved.violations]
    for name in ("gitlab", "sarif"):
        key = re.compile(r'"(?:fingerprint|primaryLocationLineHash)": "([^"]+)"')
        first, second = key.findall(rendered(name, [flat])), key.findall(rendered(name, [moved]))
        assert first == second
        assert len(set(first)) == 2


def test_equal_findings_of_a_file_are_told_apart() -> None:
    line = json.dumps(hello(max_tokens=-1)).encode()
    done = run("check", "-", "--stdin-filename", "a.jsonl", "--format", "gitlab", stdin=b"\n".join([line] * 5))
    assert len(check_gitlab(done.out)) == 5


@pytest.mark.parametrize("depth", [10, 300, 1000, 1020])
def test_a_deep_value_and_a_large_number_have_a_fingerprint(depth: int) -> None:
    for value in ("[" * depth + "1" + "0" * 30 + "]" * depth, "1" + "0" * 30, "1e300"):
        text = f'{json.dumps(hello())[:-1]}, "x": {value}}}'
        result = check_text("a", text.encode(), Linter(select=["schema"]))
        assert len(result.fingerprints) == len(result.violations) == 1


def test_the_fingerprint_of_a_missing_property_stays_when_others_change_and_names_it() -> None:
    def prints(**changes: Any) -> list[Any]:
        body = {key: value for key, value in hello(**changes).items() if value is not None}
        return list(check_text("a", json.dumps(body).encode(), Linter()).fingerprints)

    assert prints(max_tokens=None) == prints(max_tokens=None, temperature=0.5)
    assert prints(max_tokens=None) != prints(model=None)


def test_formats_are_written_to_their_files_in_one_pass_beside_the_screen(tmp_path: Path) -> None:
    body = json.dumps(hello(max_tokens=-1)).encode()
    arguments = ["--output", f"sarif={tmp_path / 'a'}", "--output", f"junit={tmp_path / 'b=c'}", "--format", "concise"]
    done = run("check", "-", *arguments, stdin=body, environment={"FORCE_COLOR": "1"})
    assert (done.returncode, len(done.out.splitlines())) == (1, 1)
    assert "\x1b[" in done.out
    assert len(check_sarif((tmp_path / "a").read_text("utf-8"))["results"]) == 1
    assert len(check_junit((tmp_path / "b=c").read_text("utf-8"))) == 1
    done = run("check", "-", "--output-file", tmp_path / "d", *arguments, stdin=body)
    assert done.out == ""
    assert (tmp_path / "d").read_text("utf-8").startswith("<stdin>:1:45: error")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--output", "sarf=a"], "there is no format 'sarf'; did you mean 'sarif'?"),
        (["--output", "sarif"], "'sarif' names no file; write sarif=FILE"),
        (["--output", "sarif="], "names no file"),
        (["--output", "sarif=no/such/a"], "'no/such/a' cannot be written: No such file or directory"),
        (["--output", "sarif=a", "--output", "json=./a"], "'a' is named twice as an output"),
        (["--output", "sarif=a", "--output-file", "a"], "'a' is named twice as an output"),
    ],
)
def test_wrong_outputs_are_told_before_the_work_starts(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = run("check", "missing.json", *arguments, cwd=tmp_path)
    assert (done.returncode, done.out) == (2, "")
    assert words in " ".join(done.err.split())
    assert "missing.json" not in done.err
