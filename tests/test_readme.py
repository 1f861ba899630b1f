from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.material import ROOT
from tests.test_command import COMMAND

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str, text: str) -> list[str]:
    """Return the code of a language in a Markdown text."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return found


def printed(arguments: str) -> str:
    """Return what msglint prints, on both streams, when it is called from the root of the checkout."""
    done = subprocess.run(
        [COMMAND, *shlex.split(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd=ROOT,
        text=True,
        encoding="utf-8",
    )
    return done.stdout


@pytest.mark.parametrize("code", blocks("python", README))
def test_python_of_the_readme_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - it is our own


@pytest.mark.parametrize("session", blocks("console", README))
def test_output_in_the_readme_is_what_is_printed(session: str) -> None:
    command, output = session.split("\n", 1)
    assert output == printed(command.removeprefix("$ msglint "))


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert Path(ROOT, target).exists(), target


def test_the_readme_has_one_command_to_try_and_one_to_test() -> None:
    first, second = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert "msglint check fixtures/" in first
    assert "'.[dev]'" in second
    assert len((first + second).splitlines()) == 2
    assert second.strip() in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
