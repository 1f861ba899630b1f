"""Check the schemas against the official SDK: the types that it has, and the requests that it sends.

For each edition, this makes an environment with the version of the `anthropic` package that belongs to it, compares the
types (`drift.py`, with beta features and without), and for the latest edition what is said of models that retire and of
beta headers. Then it lets the package send all sorts of requests (`real_requests.py`) and lints what arrives. It needs
the network to install the package; the requests stay on the machine.

With `--newest`, the newest version is compared with the latest edition: what differs is what the next edition has to
bring. With `--record`, the recordings that the tests use are written anew.

Exits with 0 when all is as it should be, with 1 when not, and with 2 when it could not be checked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # as the scripts are run by their path

import validator  # noqa: E402
from scripts.shared import ScriptError, run, say  # noqa: E402
from validator.facts.api import EDITIONS, LATEST_EDITION, Edition  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RECORDINGS: Final = ROOT / "tests" / "data"
ENVIRONMENTS: Final = ROOT / "build" / "sdk"

PINS: Final = {"2025-10": "0.72.0", "2026-11": "2.14.0"}
"""The version of the SDK that belongs to each edition."""

_EXTRAS: Final = {"2026-11": "[mcp]"}
"""What is installed with it; the helpers for MCP servers came after October 2025."""


_DAY = date(2026, 11, 22)
"""The day for which the recorded requests are checked: later on, some of what they ask for is removed."""


def recording(edition: str) -> Path:
    """Return where the requests of an edition's version of the SDK are kept."""
    return RECORDINGS / f"real-requests-{PINS[edition]}.jsonl"


def complaints(lines: Iterable[str], edition: Edition) -> list[str]:
    """Lint recorded requests; return a line for each error that is found."""
    found = []
    for line in lines:
        recorded = json.loads(line)
        options = {name: recorded[name] for name in ("endpoint", "betas", "api_version")}
        try:
            report = validator.validate(recorded["body"], edition=edition, today=_DAY, **options)
        except ValueError as error:
            found.append(f"{recorded['call']}: {error}")
            continue
        found += [
            f"{recorded['call']} ({recorded['endpoint']}): {violation.rule} at {violation.pointer}: {violation.message}"
            for violation in report.violations
            if violation.severity == "error"
        ]
    return found


def environment(requirement: str, folder: Path, *, fresh: bool) -> Path:
    """Return the interpreter of an environment that has a package; make the environment if it is not there.

    Raises:
        ScriptError: when that fails.
    """
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    marker = folder / "requirement.txt"
    if fresh or not marker.exists() or marker.read_text("utf-8") != requirement:
        run([sys.executable, "-m", "venv", "--clear", folder])
        run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", requirement])
        marker.write_text(requirement, "utf-8")
    return python


def drifts(edition: str, python: Path) -> bool:
    """Compare the types with beta features and without, print what differs, and return whether anything does.

    Raises:
        ScriptError: when they could not be compared.
    """
    command = [sys.executable, str(ROOT / "scripts" / "drift.py"), "--sdk-python", str(python), "--edition", edition]
    codes = [subprocess.run([*command, *options], check=False).returncode for options in ([], ["--ga"])]  # noqa: S603
    if max(codes) > 1:
        message = f"the types could not be compared with edition {edition}"
        raise ScriptError(message)
    return any(codes)


def check(edition: Edition, python: Path, recorded: Path | None, *, record: bool) -> bool:
    """Check an edition against the SDK of an environment, and return whether all is well.

    Args:
        edition: The edition to check.
        python: The interpreter of the environment.
        recorded: The recording that the tests use, where there is one of this version of the SDK.
        record: Whether to write it anew.

    Raises:
        ScriptError: when something could not be checked.
    """
    differs = drifts(edition, python)
    lines = run([python, "-m", "scripts.real_requests"], cwd=ROOT)
    refused = complaints(lines.splitlines(), edition)
    say(*refused, f"{len(lines.splitlines())} requests sent, {len(refused)} errors found in them")
    if recorded and record:
        recorded.write_text(lines, "utf-8")
    elif recorded and (not recorded.exists() or recorded.read_text("utf-8") != lines):
        say(f"note: {recorded.relative_to(ROOT).as_posix()} is not what was sent now; --record writes it anew")
    return not differs and not refused


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--newest", action="store_true", help="check the newest version against the latest edition")
    parser.add_argument("--record", action="store_true", help="write the recordings of the tests anew")
    parser.add_argument(
        "--environments", type=Path, default=ENVIRONMENTS, metavar="FOLDER", help="where the environments are kept"
    )
    options = parser.parse_args(arguments)
    sound = True
    try:
        if options.newest:
            python = environment("anthropic[mcp]", options.environments / "newest", fresh=True)
            say(f"== the newest SDK and edition {LATEST_EDITION}")
            return 0 if check(LATEST_EDITION, python, None, record=False) else 1
        for edition in EDITIONS:
            requirement = f"anthropic{_EXTRAS.get(edition, '')}=={PINS[edition]}"
            say(f"== {requirement} and edition {edition}")
            python = environment(requirement, options.environments / PINS[edition], fresh=False)
            sound &= check(edition, python, recording(edition), record=options.record)
    except ScriptError as error:
        sys.stderr.write(f"check_sdk: {error}\n")
        return 2
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
