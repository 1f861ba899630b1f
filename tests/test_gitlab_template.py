"""The template for GitLab CI: against GitLab's schema, and its script as GitLab's runner runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.material import FIXTURES, ROOT, hello
from tests.test_command import COMMAND
from tests.test_published_schemas import hold
from tests.test_readme import blocks

TEMPLATE = ROOT / "templates" / "gitlab-ci.yml"
JOB = yaml.safe_load(TEMPLATE.read_text("utf-8"))["msglint"]
REPORTS = JOB["artifacts"]["reports"]


def job(folder: Path, *, shell: str = "bash", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the job's script in a folder; pip only says what it would do, of a package that is there."""
    given = {**JOB["variables"], "MSGLINT_PACKAGE": "click", "PIP_DRY_RUN": "1", **variables}
    return subprocess.run(
        [shutil.which(shell) or shell, "-e", "-c", "\n".join(JOB["script"])],
        capture_output=True,
        check=False,
        cwd=folder,
        env={
            "PATH": f"{Path(COMMAND).parent}{os.pathsep}{os.environ['PATH']}",
            "CI_PROJECT_DIR": str(folder),
            **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
            **given,
        },
        text=True,
    )


def reports(folder: Path) -> dict[str, str]:
    """Return the reports that the job leaves, by the kind that GitLab takes them for."""
    texts = {kind: (folder / name).read_text("utf-8") for kind, name in REPORTS.items()}
    hold("gitlab", texts["codequality"])
    hold("junit", texts["junit"])
    return texts


def test_the_template_and_the_guide_are_as_gitlab_wants_them(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "ci.md").read_text("utf-8").partition("## GitLab\n")[2].partition("\n## ")[0]
    (example,) = blocks("yaml", guide)
    assert set(yaml.safe_load(example)["msglint"]["variables"]) == set(JOB["variables"])
    included = tmp_path / "gitlab-ci.yml"
    included.write_text(example)
    command = ["check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    command += [str(TEMPLATE), str(included)]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_the_job_leaves_its_reports_and_fails_for_broken_requests(shell: str, tmp_path: Path) -> None:
    for place in ("my prompts/one request.json", "more/two.json"):
        (tmp_path / place).parent.mkdir()
        shutil.copy(FIXTURES / "bad" / "five-mistakes.json", tmp_path / place)
    (tmp_path / "not-listed.json").write_text(json.dumps(hello(max_tokens=-1)))
    done = job(tmp_path, shell=shell, MSGLINT_PATHS="my prompts\n\nmore/two.json", MSGLINT_ARGS="--select schema -q")
    assert done.returncode == 1, done.stderr
    texts = reports(tmp_path)
    paths = [issue["location"]["path"] for issue in json.loads(texts["codequality"])]
    assert paths == ["my prompts/one request.json"] * 5 + ["more/two.json"] * 5
    assert texts["junit"].count("<failure") == 10
    assert done.stdout.count("error[schema/") == 10


def test_the_job_passes_for_good_requests_in_the_whole_project(tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "good" / "hello.json", tmp_path)
    done = job(tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(reports(tmp_path)["codequality"]) == []


@pytest.mark.parametrize("name", JOB["variables"])
def test_a_variable_runs_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "canary").mkdir()
    shutil.copy(FIXTURES / "good" / "hello.json", tmp_path)
    done = job(tmp_path, **{name: "*\n; rm -rf canary; $(rm -rf canary) `rm -rf canary` && rm -rf canary\nPATHS\n"})
    assert (tmp_path / "canary").is_dir()
    assert done.returncode != 0
