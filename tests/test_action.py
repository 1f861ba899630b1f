"""The GitHub Action: its description against GitHub's schema, its scripts as GitHub's runner runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.material import ROOT, hello
from tests.test_command import COMMAND, run
from tests.test_published_schemas import hold
from tests.test_readme import blocks

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
DEFAULTS = {name: given["default"] for name, given in ACTION["inputs"].items()}
PROGRAMS = {"steps.install.outputs.programs": str(Path(COMMAND).parent)}
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass(frozen=True)
class Done:
    """What a step did."""

    code: int
    printed: str
    complaints: str
    outputs: dict[str, str]
    summary: str


def value_of(text: str, known: dict[str, str]) -> str:
    """Put values in place of expressions; those that are not known are empty, as GitHub has it."""

    def value(expression: re.Match[str]) -> str:
        for term in map(str.strip, expression[1].split("||")):
            found = term.strip("'") if term.startswith("'") else known.get(term, "")
            if found:
                return found
        return ""

    return EXPRESSION.sub(value, text)


def step(
    name: str,
    tmp_path: Path,
    inputs: dict[str, str],
    *,
    folder: Path = ROOT,
    known: dict[str, str] = PROGRAMS,
) -> Done:
    """Run the script of a step with some inputs, and with what earlier steps found."""
    values = {**{f"inputs.{key}": value for key, value in {**DEFAULTS, **inputs}.items()}, **known}
    files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    script = tmp_path / "script.sh"
    script.write_text(STEPS[name]["run"])
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
        **{key: str(file) for key, file in files.items()},
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_WORKSPACE": str(folder),
        "RUNNER_TEMP": str(tmp_path),
        **{key: value_of(value, values) for key, value in STEPS[name]["env"].items()},
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],  # noqa: S607 - any will do
        capture_output=True,
        check=False,
        cwd=folder / value_of(STEPS[name].get("working-directory", "."), values),
        env=variables,
        text=True,
    )
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    return Done(done.returncode, done.stdout, done.stderr, outputs, files["GITHUB_STEP_SUMMARY"].read_text())


def satisfies(schema: str, *files: Path) -> bool:
    """Whether files are as a schema has them that check-jsonschema brings along."""
    command = ["check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    return subprocess.run([sys.executable, "-m", *command], capture_output=True, check=False).returncode == 0


def test_the_action_is_described_as_github_wants_it() -> None:
    assert satisfies("github-actions", ROOT / "action.yml")


def test_the_guide_shows_a_workflow_and_every_input(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "ci.md").read_text("utf-8").partition("## GitHub Actions\n")[2].partition("\n## ")[0]
    (example,) = blocks("yaml", guide)
    workflow = tmp_path / "workflow.yml"
    workflow.write_text(example)
    assert satisfies("github-workflows", workflow)
    given = {name for use in yaml.safe_load(example)["jobs"]["msglint"]["steps"][1:2] for name in use["with"]}
    listed = re.findall(r"^\| (`.*?) \|", guide, re.MULTILINE)
    assert given <= {name.strip("`") for names in listed for name in names.split(", ")} == set(ACTION["inputs"])


def test_no_script_has_an_expression_in_it() -> None:
    assert [name for name in STEPS if "run" in STEPS[name]] == ["install", "check"]
    for name in ("install", "check"):
        assert not EXPRESSION.search(STEPS[name]["run"])
        assert STEPS[name]["shell"] == "bash"


def test_every_input_is_used_and_every_output_made() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(STEPS)))
    assert used == set(ACTION["inputs"])
    assert all(given["description"] for given in ACTION["inputs"].values())
    for name, given in ACTION["outputs"].items():
        assert given["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert f'echo "{name}=' in STEPS["check"]["run"]


def test_broken_requests_become_annotations_a_summary_and_a_failure(tmp_path: Path) -> None:
    done = step("check", tmp_path, {"paths": "fixtures/bad/five-mistakes.json\n\nfixtures/good/hello.json\n"})
    assert (done.code, done.outputs) == (1, {"exit-code": "1", "violations": "5"})
    lines = done.printed.splitlines()
    assert [line.partition(",")[0] for line in lines[:-1]] == ["::error file=fixtures/bad/five-mistakes.json"] * 5
    assert lines[-1] == "msglint: 5 errors"
    assert "### msglint: 5 errors" in done.summary


def test_good_requests_pass(tmp_path: Path) -> None:
    done = step("check", tmp_path, {"paths": "fixtures/good/hello.json"})
    assert (done.code, done.outputs) == (0, {"exit-code": "0", "violations": "0"})
    assert done.printed == "msglint: no violations\n"


def test_every_input_reaches_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "my project"
    (folder / "sub").mkdir(parents=True)
    body = hello(model="claude-haiku-4.5", temprature=1, temperature=7)
    (folder / "sub" / "a request.json").write_text(json.dumps(body))
    (folder / "sub" / "own.toml").write_text('[severity]\n"schema/unknown-property" = "off"\n')
    done = step(
        "check",
        tmp_path,
        {
            "working-directory": "sub",
            "paths": "a request.json",
            "config": "own.toml",
            "fail-on": "warning",
            "format": "concise",
            "sarif-file": "the report.sarif",
            "args": "--ignore 'schema/maximum, thinking' --today \"2026-11-22\"",
        },
        folder=folder,
    )
    assert (done.code, done.outputs) == (1, {"exit-code": "1", "violations": "1"})
    assert re.fullmatch(r"a request\.json:1:11: error\[models/no-such-model\] .*\n", done.printed)
    text = (folder / "sub" / "the report.sarif").read_text()
    hold("sarif", text)
    (result,) = json.loads(text)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sub/a%20request.json"


HOSTILE = "; rm -rf canary; echo $(rm -rf canary) `rm -rf canary` && rm -rf canary #"


@pytest.mark.parametrize("name", sorted(set(DEFAULTS) - {"working-directory", "python-version", "version"}))
@pytest.mark.parametrize("hostile", [HOSTILE, f"x\"'\n{HOSTILE}"], ids=["plain", "quoted"])
def test_an_input_runs_nothing(name: str, hostile: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    (folder / "canary").mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps(hello()))
    done = step("check", tmp_path, {"paths": "a.json", name: hostile}, folder=folder)
    assert (folder / "canary").is_dir()
    assert "Traceback" not in done.complaints
    assert done.outputs["exit-code"] == ("0" if name == "sarif-file" else "2")


def test_a_quotation_that_is_not_closed_is_told(tmp_path: Path) -> None:
    done = step("check", tmp_path, {"paths": "fixtures/good/hello.json", "args": "--select 'tools"})
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    assert done.printed == "::error title=msglint::the input args has a quotation that is not closed\n"


def test_what_cannot_be_checked_is_a_failure_of_its_own(tmp_path: Path) -> None:
    done = step("check", tmp_path, {"paths": "missing.json"})
    assert (done.code, done.outputs) == (2, {"exit-code": "2", "violations": "0"})
    done = step("check", tmp_path, {"args": "--no-such-option"})
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    assert "No such option" in done.complaints


@pytest.mark.parametrize("version", [HOSTILE, "1.0; rm -rf canary", "--help", "1 @ https://example.com", "1.0\n2.0"])
def test_a_version_that_is_none_installs_nothing(version: str, tmp_path: Path) -> None:
    done = step("install", tmp_path, {"version": version}, known={"steps.python.outputs.python-path": sys.executable})
    assert (done.code, done.outputs) == (2, {})
    assert done.printed == "::error title=msglint::the input version is no version\n"


def test_the_action_installs_the_version_that_it_comes_with(tmp_path: Path) -> None:
    done = step("install", tmp_path, {}, known={"steps.python.outputs.python-path": sys.executable})
    assert done.code == 0, done.complaints
    programs = {"steps.install.outputs.programs": done.outputs["programs"]}
    version = subprocess.run(
        [str(Path(done.outputs["programs"], "msglint")), "--version"], capture_output=True, check=True, text=True
    )
    assert version.stdout == run("--version").out
    assert step("check", tmp_path, {"paths": "fixtures/good/hello.json"}, known=programs).code == 0
