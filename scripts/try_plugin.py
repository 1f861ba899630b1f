"""Build the template of a plugin and install it beside a wheel of msglint, as its users would, and try all of it.

Usage: try_plugin.py WHEEL

It needs an index of packages, from which pip takes what the two depend on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
TEMPLATE: Final = ROOT / "docs" / "plugins" / "template"
REQUEST: Final = {
    "model": "claude-haiku-4-5",
    "max_tokens": 9000,
    "messages": [{"role": "user", "content": "Hello"}],
    "tools": [{"name": "clock", "description": "Tells the time.", "input_schema": {"type": "object"}}],
    "tool_choice": {"type": "auto"},
}
EXPECTED: Final = {"ours/max-tokens", "ours/unused-tool-choice"}


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder."""
    words = list(map(str, command))
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def done(*command: str | Path, folder: Path) -> str:
    """Run a program that has to succeed, and return what it prints."""
    outcome = run(*command, folder=folder)
    if outcome.returncode:
        sys.exit(f"{command} failed:\n{outcome.stdout}{outcome.stderr}")
    return outcome.stdout


def checked(python: Path, folder: Path, *options: str) -> set[str]:
    """Return the rules that the installed command reports for the request in a folder."""
    outcome = run(python, "-m", "validator", "check", "request.json", "--format", "json", *options, folder=folder)
    report: dict[str, Any] = json.loads(outcome.stdout)
    return {violation["rule"] for violation in report["violations"]}


def main(wheel: str) -> None:
    """Fail with the reason if the plugin does not work."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        done(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", TEMPLATE, folder=folder)
        (plugin,) = (folder / "dist").glob("*.whl")
        done(sys.executable, "-m", "venv", folder / "venv", folder=folder)
        python = folder / "venv" / "bin" / "python"
        done(python, "-m", "pip", "install", "-q", Path(wheel).resolve(), "pytest", folder=folder)
        done(python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", plugin, folder=folder)
        done(python, "-m", "pytest", "-q", TEMPLATE / "tests", "-c", "/dev/null", folder=folder)
        (folder / "request.json").write_text(json.dumps(REQUEST), "utf-8")
        (folder / "msglint.toml").write_text('extend = "package:ourrules/msglint.toml"\n', "utf-8")
        # A module of the same name in the current folder must not be imported in place of the installed one.
        (folder / "ourrules.py").write_text("raise SystemExit('the repository was imported')\n", "utf-8")
        found = checked(python, folder)
        if found != EXPECTED:
            sys.exit(f"the rules of the plugin report {sorted(found)}, not {sorted(EXPECTED)}")
        done(folder / "venv" / "bin" / "msglint", "rules", "--test", "ours", folder=folder)
        done(folder / "venv" / "bin" / "msglint", "explain", "ours/unused-tool-choice", folder=folder)
        done(folder / "venv" / "bin" / "msglint", "check", "request.json", "--fix", "--ignore", "ours", folder=folder)
    sys.stdout.write(f"{plugin.name}: built, installed, tested and used\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
