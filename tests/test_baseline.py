"""The baseline: known violations are not reported, new ones are, and fixed ones are named."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import hello
from tests.test_command import run
from validator import validate_file
from validator.checking.linter import Linter
from validator.files import check_text
from validator.report.file_result import Means
from validator.report.fingerprint import Fingerprint
from validator.suppressions.baseline import FILE_NAME, Baseline, BaselineError, BaselineUse, read, written

BAD = hello(temperature=2, zzz=1)
TWICE = hello(messages=[{"role": "usr", "content": "a"}, {"role": "usr", "content": "b"}])


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write_file(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), "utf-8")
        return path

    return write_file


def entries(folder: Path) -> dict[str, list[tuple[str, str, int]]]:
    findings = json.loads((folder / FILE_NAME).read_text("utf-8"))["findings"]
    return {
        path: [(entry["rule"], entry["at"], entry.get("count", 1)) for entry in listed]
        for path, listed in findings.items()
    }


def test_what_is_recorded_is_not_reported_again_but_what_is_new_is(write: Any, tmp_path: Path) -> None:
    write("a.json", BAD)
    write("deep/b.json", TWICE)
    done = run("check", "--write-baseline", cwd=tmp_path)
    assert (done.returncode, done.out) == (0, "")
    assert "msglint-baseline.json now lists 4 violations in 2 files" in done.err
    assert entries(tmp_path) == {
        "a.json": [("schema/maximum", "/temperature", 1), ("schema/unknown-property", "/zzz", 1)],
        "deep/b.json": [("schema/enum", "/messages/*/role", 2)],
    }
    done = run("check", cwd=tmp_path)
    assert (done.returncode, done.out) == (0, "")
    assert done.err == "checked 2 requests in 2 files: no violations; 4 in the baseline\n"
    write("a.json", BAD | {"top_p": 2})
    done = run("check", ".", "--format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert [line.split("[")[1].split("]")[0] for line in done.out.splitlines()] == ["schema/maximum"]
    assert "`top_p` is 2" in done.out
    assert len(run("check", "--no-baseline", "--format", "concise", cwd=tmp_path).out.splitlines()) == 5
    assert len(run("check", "--isolated", "--format", "concise", cwd=tmp_path).out.splitlines()) == 5


def test_moved_lines_are_still_known_and_another_value_or_one_more_is_new(write: Any, tmp_path: Path) -> None:
    write("a.json", TWICE | {"temperature": 2})
    run("check", "--write-baseline", cwd=tmp_path)
    write("a.json", "\n\n\n" + json.dumps({"temperature": 2, **TWICE}, indent=8))
    assert run("check", cwd=tmp_path).returncode == 0
    write("a.json", TWICE | {"temperature": 3})
    assert "`temperature` is 3" in run("check", cwd=tmp_path).out
    write("a.json", hello(messages=[*TWICE["messages"], {"role": "usr", "content": "c"}]))
    done = run("check", "--format", "concise", cwd=tmp_path)
    assert done.out.count("schema/enum") == 1


def test_what_is_mended_is_told_and_taken_out_when_asked(write: Any, tmp_path: Path) -> None:
    write("a.json", BAD)
    write("b.json", TWICE)
    write("c.json", BAD)
    run("check", "--write-baseline", cwd=tmp_path)
    write("b.json", hello())
    (tmp_path / "c.json").unlink()
    done = run("check", cwd=tmp_path)
    assert done.returncode == 0
    told = "msglint: msglint-baseline.json lists 4 violations that no longer occur; --prune-baseline removes them"
    assert told in done.err
    done = run("check", "--prune-baseline", cwd=tmp_path)
    assert "removed 4 violations from msglint-baseline.json that no longer occur" in done.err
    assert list(entries(tmp_path)) == ["a.json"]
    assert "any more" not in run("check", cwd=tmp_path).err


def test_a_run_over_some_files_or_rules_leaves_the_rest_of_the_baseline_alone(write: Any, tmp_path: Path) -> None:
    write("a.json", BAD)
    write("b.json", TWICE)
    run("check", "--write-baseline", cwd=tmp_path)
    before = entries(tmp_path)
    assert "any more" not in run("check", "a.json", "--select", "schema/enum", cwd=tmp_path).err
    run("check", "b.json", "--prune-baseline", "--select", "tools", cwd=tmp_path)
    assert entries(tmp_path) == before
    write("a.json", hello(temperature=2))
    run("check", "a.json", "--write-baseline", "--select", "schema/enum", cwd=tmp_path)
    assert entries(tmp_path) == before
    run("check", "a.json", "--write-baseline", cwd=tmp_path)
    assert entries(tmp_path) == before | {"a.json": [("schema/maximum", "/temperature", 1)]}


def test_a_configuration_names_its_baseline_and_an_option_goes_before_it(write: Any, tmp_path: Path) -> None:
    write("a.json", BAD)
    write("msglint.toml", 'baseline = "known/findings.json"')
    (tmp_path / "known").mkdir()
    done = run("check", "--write-baseline", cwd=tmp_path)
    assert done.returncode == 2
    assert "is not below known" in done.err.replace(str(tmp_path) + "/", "")
    write("msglint.toml", 'baseline = "findings.json"')
    assert run("check", "--write-baseline", cwd=tmp_path).returncode == 0
    assert (tmp_path / "findings.json").is_file()
    assert run("check", "a.json", cwd=tmp_path).returncode == 0
    assert run("check", tmp_path / "a.json", cwd=tmp_path / "known").returncode == 0
    write("empty.json", {"version": 1, "findings": {}})
    assert run("check", "a.json", "--baseline", "empty.json", cwd=tmp_path).returncode == 1


def test_the_closest_baseline_around_a_file_counts_and_paths_count_from_it(write: Any, tmp_path: Path) -> None:
    write("deep/in/a.json", BAD)
    run("check", "deep", "--write-baseline", cwd=tmp_path)
    assert list(entries(tmp_path)) == ["deep/in/a.json"]
    assert run("check", "a.json", cwd=tmp_path / "deep" / "in").returncode == 0
    write("deep/msglint-baseline.json", {"version": 1, "findings": {}})
    assert run("check", cwd=tmp_path).returncode == 1


def test_python_honours_the_baseline_the_configuration_and_the_comments_of_a_file(write: Any, tmp_path: Path) -> None:
    path = write("a.json", BAD)
    assert [found.rule for found in validate_file(path).violations] == ["schema/maximum", "schema/unknown-property"]
    write("msglint.toml", 'ignore = ["schema/unknown-property"]')
    from validator import project

    project.forget()
    assert [found.rule for found in validate_file(path).violations] == ["schema/maximum"]
    run("check", "--write-baseline", cwd=tmp_path)
    project.forget()
    assert validate_file(str(path)).ok
    assert validate_file(path).violations == ()
    jsonc = write("b.jsonc", '// msglint: ignore-file[schema] generated\n{"model": 5, "messages": []}')
    assert [found.rule for found in validate_file(jsonc).violations] == ["messages/empty"]
    with pytest.raises(OSError, match="No such file"):
        validate_file(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "msglint-baseline.json:1:2: is not JSON: unexpected end of data"),
        ("[]", "not a baseline of version 1"),
        ('{"version": 2}', "not a baseline of version 1: `version` is 2"),
        ('{"version": 1}', "not a valid baseline: every entry needs"),
        ('{"version": 1, "findings": {"a.json": [{"rule": "x"}]}}', "not a valid baseline: every entry needs"),
        (
            '{"version": 1, "findings": {"a.json": [{"rule": "x", "at": "", "value": "", "count": "two"}]}}',
            "not a valid base",
        ),
    ],
)
def test_a_baseline_that_cannot_be_used_keeps_only_what_goes_by_it_from_being_checked(
    write: Any, tmp_path: Path, content: str, words: str
) -> None:
    write("a.json", BAD)
    write("old/b.json", BAD)
    write(f"old/{FILE_NAME}", content)
    done = run("check", "--format", "concise", cwd=tmp_path)
    assert done.returncode == 2
    assert {line.partition(":")[0] for line in done.out.splitlines()} == {"a.json"}
    assert words in done.err
    with pytest.raises(BaselineError):
        read(tmp_path / "old" / FILE_NAME)


def test_a_baseline_that_cannot_be_written_is_told(write: Any, tmp_path: Path) -> None:
    write("a.json", BAD)
    done = run("check", "--write-baseline", "--baseline", "no/such/folder/b.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "b.json" in done.err


def test_what_cannot_be_checked_is_not_recorded_as_mended(write: Any, tmp_path: Path) -> None:
    write("a.json", BAD)
    run("check", "--write-baseline", cwd=tmp_path)
    (tmp_path / "a.json").unlink()
    (tmp_path / "a.json").symlink_to(tmp_path / "a.json")
    done = run("check", "a.json", "--prune-baseline", cwd=tmp_path)
    assert done.returncode == 2


def test_what_a_baseline_knows_is_in_the_log_of_code_scanning_as_suppressed(write: Any, tmp_path: Path) -> None:
    lines = [
        '{"model": "claude-haiku-4-5", "max_tokens": 5, "messages": [],',
        '"temperature": 2, // msglint: ignore[schema] ours',
        '"z": 1}',
    ]
    write("a.jsonc", "\n".join(lines))
    write("msglint.toml", '[[overrides]]\nfiles = ["*#/messages"]\nignore = ["messages"]\nreason = "a template"')
    run("check", "--write-baseline", cwd=tmp_path)
    log = json.loads(run("check", "--format", "sarif", cwd=tmp_path).out)
    found = {result["ruleId"]: result["suppressions"] for result in log["runs"][0]["results"]}
    assert found == {
        "schema/unknown-property": [{"kind": "external", "justification": "it is in the baseline"}],
        "schema/maximum": [{"kind": "inSource", "justification": "ours"}],
        "messages/empty": [{"kind": "external", "justification": "a template"}],
    }
    report = json.loads(run("check", "--format", "json", cwd=tmp_path).out)
    assert report["suppressed"] == {"comment": 1, "configuration": 1, "baseline": 1}
    assert report["violations"] == []


def test_names_that_are_no_utf_8_are_known(write: Any, tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\n, b.json")
    (tmp_path / name).write_text(json.dumps(BAD))
    run("check", "--write-baseline", cwd=tmp_path)
    assert list(entries(tmp_path)) == ["\\xff\n, b.json"]
    done = run("check", cwd=tmp_path)
    assert done.returncode == 0
    assert "any more" not in done.err


COUNTERS = st.dictionaries(
    st.builds(Fingerprint, st.text(max_size=5), st.text(max_size=5), st.text("0123456789abcdef", max_size=4)),
    st.integers(1, 3),
    max_size=4,
).map(Counter)
ENTRIES = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6), COUNTERS, max_size=4
)


@given(ENTRIES)
def test_a_baseline_is_read_as_it_was_written_with_a_line_for_each_finding(tmp_path_factory: Any, known: Any) -> None:
    file = tmp_path_factory.getbasetemp() / f"{os.getpid()}.json"
    text = written(known)
    file.write_text(text, "utf-8")
    assert read(file).entries == {path: counter for path, counter in known.items() if counter}
    assert written(read(file).entries) == text
    lines = [line.strip().rstrip(",") for line in text.split("\n")]
    findings = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    assert len(findings) == sum(map(len, known.values()))
    assert all("rule" in finding for finding in findings)


def test_known_findings_are_counted_not_more_often_than_they_are_known(tmp_path: Path) -> None:
    linter = Linter()
    result = check_text("a.json", json.dumps(TWICE).encode(), linter)
    found = list(zip(result.violations, result.fingerprints, strict=True))
    baseline = Baseline(tmp_path / FILE_NAME, {"a.json": Counter({found[0][1]: 1})})
    use = BaselineUse(baseline)
    new, known = use.split(str(tmp_path / "a.json"), found, linter)
    assert (len(new), len(known), use.fixed()) == (1, 1, 0)
    assert known[0].means is Means.BASELINE
    assert use.pruned() == baseline.entries
    assert use.renewed() == {"a.json": Counter({found[0][1]: 2})}
