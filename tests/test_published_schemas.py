"""Formats for other programs, held to the schemas that were published for them; `data/published` tells their origin."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from hypothesis import given, settings

from tests.material import DATA, FIXTURES, ROOT, hello
from tests.test_command import run
from tests.test_formats import RESULTS, rendered
from validator.files import FileResult

PUBLISHED = DATA / "published"
FORMATS = ("sarif", "junit", "gitlab")


@cache
def sarif_schema() -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(json.loads((PUBLISHED / "sarif-2.1.0-rtm.5.json").read_bytes()))


@cache
def gitlab_schema() -> jsonschema.Draft7Validator:
    issue = json.loads((PUBLISHED / "codeclimate-issue.json").read_bytes())
    asked_by_gitlab = {"required": ["fingerprint", "severity"], "properties": {"description": {"pattern": "^[^\n]+$"}}}
    definitions = {**issue["definitions"], "ofGitLab": asked_by_gitlab}
    both = {"allOf": [{"$ref": issue["$ref"]}, {"$ref": "#/definitions/ofGitLab"}]}
    return jsonschema.Draft7Validator({"type": "array", "items": both, "definitions": definitions})


@cache
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(PUBLISHED / "junit-10.xsd")


def hold(format_name: str, text: str) -> None:
    """Hold a text to the schema of its format; raises what the schema's library does."""
    if format_name == "junit":
        junit_schema().validate(text)
    else:
        {"sarif": sarif_schema, "gitlab": gitlab_schema}[format_name]().validate(json.loads(text))


def broken_files(folder: Path) -> tuple[list[str], int]:
    return [str(FIXTURES / "bad")], 1


def a_good_file(folder: Path) -> tuple[list[str], int]:
    return [str(FIXTURES / "good" / "hello.json")], 0


def no_file(folder: Path) -> tuple[list[str], int]:
    (folder / "package.json").write_text('{"name": "nothing"}')
    return [str(folder), "--force-exclude"], 0


def a_file_that_cannot_be_read(folder: Path) -> tuple[list[str], int]:
    (folder / "broken.json").write_text(json.dumps(hello(max_tokens=-1)))
    return [str(folder / "missing.json"), str(folder / "broken.json"), str(folder / "a\x01\x7f\u202eé\n.json")], 2


def standard_input(folder: Path) -> tuple[list[str], int]:
    return ["-"], 1


def silenced_findings(folder: Path) -> tuple[list[str], int]:
    """Write a finding that a comment suppresses, one that the configuration does, one in the baseline, and one more."""
    (folder / "comment.jsonc").write_text(
        json.dumps(hello(temperature=7), indent=1).replace(
            '"temperature"', '// msglint: ignore[schema/maximum] it is warm here\n "temperature"'
        )
    )
    (folder / "configuration.json").write_text(json.dumps(hello(max_tokens=-1)))
    (folder / "msglint.toml").write_text(
        '[[overrides]]\nfiles = ["configuration.json#/max_tokens"]\nignore = ["schema/minimum"]\nreason = "as it was"\n'
    )
    (folder / "known.json").write_text(json.dumps(hello(max_tokens=-2)))
    assert run("check", "known.json", "--write-baseline", cwd=folder).returncode == 0
    (folder / "new.json").write_text(json.dumps(hello(max_tokens=-3)))
    return ["."], 1


CASES = [broken_files, a_good_file, no_file, a_file_that_cannot_be_read, standard_input, silenced_findings]


def outputs(case: Callable[[Path], tuple[list[str], int]], tmp_path: Path) -> dict[str, str]:
    folder, target = tmp_path / "project", tmp_path / "reports"
    folder.mkdir()
    target.mkdir()
    arguments, code = case(folder)
    written = [f"--output={name}={target / name}" for name in FORMATS]
    done = run("check", *arguments, *written, "-q", stdin=b'{"max_tokens": -1}', cwd=folder)
    assert done.returncode == code, done.err
    return {name: (target / name).read_text("utf-8") for name in FORMATS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_report_is_as_its_published_schema_has_it(
    case: Callable[[Path], tuple[list[str], int]], tmp_path: Path
) -> None:
    for name, text in outputs(case, tmp_path).items():
        hold(name, text)


def test_what_is_silenced_stands_in_sarif_with_its_reason_and_in_no_other_report(tmp_path: Path) -> None:
    texts = outputs(silenced_findings, tmp_path)
    (found,) = json.loads(texts["sarif"])["runs"]
    reasons = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: result.get("suppressions")
        for result in found["results"]
    }
    assert reasons == {
        "comment.jsonc": [{"kind": "inSource", "justification": "it is warm here"}],
        "configuration.json": [{"kind": "external", "justification": "as it was"}],
        "known.json": [{"kind": "external", "justification": "it is in the baseline"}],
        "new.json": None,
    }
    assert [issue["location"]["path"] for issue in json.loads(texts["gitlab"])] == ["new.json"]
    assert texts["junit"].count("<failure") == 1


@settings(max_examples=40, deadline=None)
@given(RESULTS)
def test_any_results_are_as_the_published_schemas_have_them(results: list[FileResult]) -> None:
    log = json.loads(rendered("sarif", results))
    log["runs"][0]["tool"]["driver"]["rules"] = []  # they are the same each time, and take the most of the time
    sarif_schema().validate(log)
    junit_schema().validate(rendered("junit", results))
    issues = json.loads(rendered("gitlab", results))
    gitlab_schema().validate([{**issue, "description": "messages of msglint have one line"} for issue in issues])


@pytest.mark.parametrize(
    ("format_name", "change"),
    [
        ("sarif", lambda log: log["runs"][0]["results"][0].pop("message")),
        ("sarif", lambda log: log["runs"][0]["results"][0].update(level="fatal")),
        ("gitlab", lambda issues: issues[0].pop("fingerprint")),
        ("gitlab", lambda issues: issues[0].update(severity="bad")),
        ("gitlab", lambda issues: issues[0].update(description="two\nlines")),
        ("gitlab", lambda issues: issues[0]["location"]["positions"].pop("begin")),
    ],
)
def test_the_schemas_refuse_what_is_not_so(format_name: str, change: Callable[[Any], object]) -> None:
    value = json.loads(run("check", "fixtures/bad/five-mistakes.json", "--format", format_name, cwd=ROOT).out)
    change(value)
    with pytest.raises(jsonschema.ValidationError):
        hold(format_name, json.dumps(value))


def test_the_schema_of_junit_refuses_what_is_not_so() -> None:
    text = run("check", "fixtures/bad/five-mistakes.json", "--format", "junit", cwd=ROOT).out
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        hold("junit", text.replace(' tests="5"', ""))
