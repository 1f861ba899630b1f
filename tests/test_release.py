"""The workflow of a release, and the script that does its work."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from scripts import release, sbom
from scripts.build_npm import targets
from scripts.shared import ScriptError
from tests.material import ROOT
from tests.test_action import satisfies
from validator import __version__

FILE = ROOT / ".github" / "workflows" / "release.yml"
# YAML 1.1 takes the key `on` for true.
WORKFLOW: dict[Any, Any] = yaml.safe_load(FILE.read_text("utf-8"))
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
PUBLISHING = {name: job for name, job in JOBS.items() if name.startswith("publish-")}
STEPS = [step for job in JOBS.values() for step in job["steps"]]
_MAKING = {"python", "program", "collect"}


def filled(folder: Path, systems: list[str]) -> Path:
    """Lay out the files of a release, which hold their own names."""
    for kind, names in release.expected(systems).items():
        (folder / kind).mkdir()
        for name in names:
            (folder / kind / name).write_text(name)
    return folder


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert release.main([*arguments]) == 0
    return capsys.readouterr().out


def test_the_workflow_is_as_github_wants_it() -> None:
    assert satisfies("github-workflows", FILE)


def test_a_release_is_made_of_tags_and_tried_by_hand() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}, "workflow_dispatch": None}
    assert set(JOBS) == {*_MAKING, "provenance", *PUBLISHING}
    for name, job in JOBS.items():
        assert (job.get("if") == "github.event_name == 'push'") is (name not in _MAKING), name


def test_what_is_published_is_what_was_checked_together() -> None:
    for name, job in PUBLISHING.items():
        needs = [job["needs"]] if isinstance(job["needs"], str) else job["needs"]
        assert needs == ["provenance"] or set(needs) == set(PUBLISHING) - {name}
        assert "everything" in {step.get("with", {}).get("name") for step in job["steps"]}
    assert JOBS["provenance"]["needs"] == "collect"


def test_every_job_has_only_the_rights_that_it_needs() -> None:
    assert WORKFLOW["permissions"] == {}
    rights = {(name, *right) for name, job in JOBS.items() for right in job["permissions"].items()}
    assert {(name, right) for name, right, kind in rights if kind == "write"} == {
        ("provenance", "id-token"),
        ("provenance", "attestations"),
        ("publish-python", "id-token"),
        ("publish-npm", "id-token"),
        ("publish-github", "contents"),
    }
    assert {(right, kind) for _, right, kind in rights if kind != "write"} == {("contents", "read")}
    environments = {job["environment"] for job in PUBLISHING.values()}
    assert len(environments) == len(PUBLISHING)
    assert [name for name, job in JOBS.items() if "environment" in job] == list(PUBLISHING)


def test_secrets_come_only_to_the_step_that_publishes() -> None:
    text = FILE.read_text("utf-8")
    given = [step for step in STEPS if "secrets." in json.dumps(step) or "github.token" in json.dumps(step)]
    assert text.count("secrets.") + text.count("github.token") == len(given)
    assert all(re.fullmatch(r"python3 scripts/release.py publish [\w-]+", step["run"]) for step in given)


def test_actions_are_pinned_and_leave_no_credentials() -> None:
    used = {step["uses"] for step in STEPS if "uses" in step}
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)
    assert len({action.partition("@")[0] for action in used}) == len(used)
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_every_system_that_npm_installs_a_program_for_is_built() -> None:
    assert sorted(each["target"] for each in JOBS["program"]["strategy"]["matrix"]["include"]) == sorted(targets())


def test_steps_only_call_the_script_and_install_tools() -> None:
    tools = {"python -m pip install --quiet build==1.6.1", "npm ci --ignore-scripts"}
    commands = [step["run"] for step in STEPS if "run" in step and step["run"] not in tools]
    called = [re.fullmatch(r"python3? scripts/release\.py (\w+)(?: ([\w-]+))?.*", command) for command in commands]
    assert None not in called
    assert {match[1] for match in called if match} == {"tag", "python", "program", "universal", "collect", "publish"}
    assert {match[2] for match in called if match and match[1] == "publish"} == set(release.PLACES)


def test_ci_does_the_same_on_this_system() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for command in ("tag", "python", "program", "universal", "collect", "publish"):
        assert f"scripts/release.py {command}" in script


def test_the_tag_is_that_of_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(["tag", f"v{__version__}"]) == 0
    for tag in (__version__, "v0.0.0", f"v{__version__}rc1"):
        assert release.main(["tag", tag]) == 2
    assert f"the tag is v0.0.0, but validator/_version.py has {__version__}" in capsys.readouterr().err


def test_a_version_that_not_all_registries_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "version", lambda: "1.0rc1")
    with pytest.raises(ScriptError, match="three numbers"):
        release.check_tag("v1.0rc1")


def test_the_files_have_names_of_their_own() -> None:
    names = [name for names in release.expected(targets()).values() for name in names]
    assert len(set(names)) == len(names) == 2 + (1 + 5) + (1 + 5) + (3 + 4 * 5)


def test_checksums_are_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path, targets())
    listed = printed(capsys, "collect", "--out", str(tmp_path))
    lines = dict(line.split()[::-1] for line in (tmp_path / "SHA256SUMS").read_text().splitlines())
    assert lines.keys() == {name for names in release.expected(targets()).values() for name in names}
    assert all(digest == hashlib.sha256(name.encode()).hexdigest() for name, digest in lines.items())
    assert all(name in listed for name in lines)


def test_a_missing_file_and_one_too_many_stop_a_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path, targets())
    (tmp_path / "npm" / f"msglint-{__version__}.tgz").rename(tmp_path / "npm" / "msglint-0.0.0.tgz")
    assert release.main(["collect", "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said == f"release: missing: npm/msglint-{__version__}.tgz; unexpected: npm/msglint-0.0.0.tgz\n"
    assert not (tmp_path / "SHA256SUMS").exists()


def test_npm_gets_the_programs_before_the_package_that_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, ["darwin-x64", "linux-x64"])
    monkeypatch.setattr(release, "_program", str)
    published = {f"@msglint/linux-x64@{__version__}"}
    monkeypatch.setattr(release, "_is_on_npm", lambda name: f"{name}@{__version__}" in published)
    commands = list(release._to_npm(tmp_path, is_dry=False))
    assert [Path(command[2]).name for command in commands] == [
        f"msglint-darwin-x64-{__version__}.tgz",
        f"msglint-{__version__}.tgz",
    ]
    assert all("--provenance" in command for command in commands)
    assert len(list(release._to_npm(tmp_path, is_dry=True))) == 3


def test_a_release_has_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release.collect(filled(tmp_path, ["linux-x64"]), ["linux-x64"])
    shown = printed(capsys, "publish", "github", "--dry-run", "--out", str(tmp_path)).split()
    assert shown[:5] == ["gh", "release", "create", f"v{__version__}", "--verify-tag"]
    names = {name for names in release.expected(["linux-x64"]).values() for name in names}
    assert {Path(word).name for word in shown if word.startswith(str(tmp_path))} == names | {"SHA256SUMS"}


def test_a_wheel_needs_what_is_always_installed_and_may_need_what_users_add() -> None:
    words = ["click>=8", "tomli; python_version < '3.0'", "pygls; extra == 'all'", "pygls; extra == 'lsp'"]
    parts = list(release._needed(map(Requirement, [*words, "pytest; extra == 'dev'"])))
    assert [(part.purl, part.is_optional) for part in parts] == [
        ("pkg:pypi/click", False),
        ("pkg:pypi/tomli", False),
        ("pkg:pypi/pygls", True),
    ]


def test_a_bill_names_each_part_once_in_an_order_of_its_own(tmp_path: Path) -> None:
    parts = [
        sbom.Part("pkg:pypi/orjson@3.13.0", "MPL-2.0 AND (Apache-2.0 OR MIT)"),
        sbom.Part("pkg:npm/%40msglint/linux-x64@1.0.0", is_optional=True),
        sbom.Part("pkg:deb/debian/libexpat1@2.5.0-1"),
        sbom.Part("pkg:pypi/click", requirement="click>=8"),
    ]
    texts = []
    for each in (parts, [*reversed(parts), parts[0]]):
        sbom.write(tmp_path / "bill.json", sbom.Part("pkg:pypi/msglint@1.0.0", "MIT"), each)
        texts.append((tmp_path / "bill.json").read_text())
    assert texts[0] == texts[1]
    bill = json.loads(texts[0])
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "msglint")
    assert [(part["name"], part.get("version"), part.get("scope")) for part in bill["components"]] == [
        ("libexpat1", "2.5.0-1", None),
        ("@msglint/linux-x64", "1.0.0", "optional"),
        ("click", None, None),
        ("orjson", "3.13.0", None),
    ]
    assert bill["components"][3]["licenses"] == [{"expression": "MPL-2.0 AND (Apache-2.0 OR MIT)"}]
    assert bill["components"][2]["properties"] == [{"name": "msglint:requirement", "value": "click>=8"}]
