"""The Dockerfile, as far as it can be told without Docker."""

from __future__ import annotations

import json
import re
import sys

import pathspec

from tests.material import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()
STAGES = "\n".join(line for line in LINES if not line.startswith("#")).split("FROM ")[1:]


def instructions(stage: str, name: str) -> list[str]:
    return [line.partition(" ")[2] for line in stage.splitlines() if line.startswith(f"{name} ")]


def test_everything_that_is_copied_is_there_and_not_ignored() -> None:
    ignored = pathspec.GitIgnoreSpec.from_lines((ROOT / ".dockerignore").read_text("utf-8").splitlines())
    copied = [source for line in instructions(STAGES[0], "COPY") for source in line.split()[:-1]]
    for source in copied:
        files = [path for path in (ROOT / source).rglob("*") if path.is_file() and path.suffix != ".pyc"]
        for path in files or [ROOT / source]:
            assert path.is_file(), path
            assert not ignored.match_file(path.relative_to(ROOT).as_posix()), path
    for name in ("CHANGELOG.md", "tests/material.py", ".venv/bin/python", "validator/__pycache__/linter.pyc"):
        assert ignored.match_file(name), name


def test_what_the_package_is_built_from_is_copied() -> None:
    copied = {source for line in instructions(STAGES[0], "COPY") for source in line.split()[:-1]}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    hook = settings["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    read = {fragment["path"] for fragment in hook["fragments"]}
    needed = {"pyproject.toml", *read, *settings["project"]["license-files"], *wheel["packages"]}
    assert copied == needed | set(wheel["force-include"]) | {"hatch_build.py", "scripts/prepare.py"}


def test_the_image_runs_msglint_as_nobody_in_the_folder_that_is_mounted() -> None:
    (last,) = STAGES[1:]
    assert json.loads(instructions(last, "ENTRYPOINT")[0]) == ["msglint"]
    assert json.loads(instructions(last, "CMD")[0]) == ["--help"]
    assert instructions(last, "USER") == ["65534:65534"]
    assert instructions(last, "WORKDIR") == ["/work"]
    (path,) = instructions(last, "ENV")
    assert path == "PATH=/opt/msglint/bin:$PATH"
    assert all("/opt/msglint" in line for line in instructions(last, "COPY") + instructions(STAGES[0], "RUN"))


def test_both_stages_have_the_same_python() -> None:
    names = [stage.split()[0] for stage in STAGES]
    assert len(set(names)) == 1
    assert names[0].endswith("-slim")
