from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.material import ROOT
from tests.test_command import COMMAND

README = (ROOT / "README.md").read_text("utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
CONSOLE = re.findall(r"```console\n\$ msglint (.*?)\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("code", PYTHON)
def test_python_of_the_readme_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - it is our own


@pytest.mark.parametrize(("arguments", "output"), CONSOLE)
def test_output_in_the_readme_is_what_is_printed(arguments: str, output: str) -> None:
    done = subprocess.run(
        [COMMAND, *arguments.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd=ROOT,
        text=True,
        encoding="utf-8",
    )
    assert output == done.stdout


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert Path(ROOT, target).exists(), target


def test_the_readme_has_one_command_to_try_and_one_to_test() -> None:
    first, second = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert "msglint check fixtures/" in first
    assert "'.[dev]'" in second
    assert len((first + second).splitlines()) == 2
    assert second.strip() in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
