from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.console_blocks import rerun
from tests.material import ROOT
from tests.test_command import COMMAND

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str, text: str) -> list[str]:
    """Return the code of a language in a Markdown text."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return found


@pytest.mark.parametrize("code", blocks("python", README))
def test_python_of_the_readme_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - it is our own


def test_python_of_the_readme_and_the_guides_is_typed(tmp_path: Path) -> None:
    for guide in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for number, code in enumerate(blocks("python", guide.read_text("utf-8"))):
            (tmp_path / f"{guide.stem.lower()}_{number}.py").write_text(code, "utf-8")
    checked = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--cache-dir",
        str(tmp_path / "cache"),
        str(tmp_path),
    ]
    done = subprocess.run(checked, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_misspelt_option_of_the_library_does_not_pass_a_type_checker(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "import validator\n"
        "validator.validate({}, platform='bedrok')\n"
        "validator.validate({}, edition='2025-11')\n"
        "validator.validate({}, endpoint='message')\n"
        "validator.Linter(api_version='2023-06-02')\n"
        "validator.Linter(severities={'schema': 'eror'})\n",
        "utf-8",
    )
    checked = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(wrong)]
    done = subprocess.run(checked, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "Found 5 errors" in done.stdout


def test_output_in_the_readme_is_what_is_printed() -> None:
    assert rerun(README, COMMAND) == README, "run: python scripts/console_blocks.py --write"


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert Path(ROOT, target).exists(), target


def test_the_readme_has_one_command_to_try_and_one_to_test() -> None:
    first, second = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert "msglint check fixtures/" in first
    assert "'.[dev]'" in second
    assert len((first + second).splitlines()) == 2
    assert second.strip() in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
