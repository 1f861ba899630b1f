"""Where the test material lies, and how it is read."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from validator import Linter, Violation
from validator.documents import format_of
from validator.engine.rule import REQUEST_FILE, Example
from validator.facts.api import EDITIONS, LATEST_EDITION, Edition, Endpoint
from validator.files import check_text

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
DATA = ROOT / "tests" / "data"

TODAY = date(2026, 11, 22)
"""The day that the retirement of models is compared with in tests."""


def fixtures(kind: str) -> list[Path]:
    """List the request files of `good` or `bad`."""
    files = sorted(path for path in (FIXTURES / kind).rglob("*") if format_of(path.name) is not None)
    return [path for path in files if not path.name.endswith(".expect.json")]


def name_of(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def beside(path: Path, ending: str) -> Path:
    """Name the file that stands beside a fixture under the same name with another ending."""
    return path.with_name(path.name.removesuffix(".gz")).with_suffix(ending)


def endpoint_of(path: Path) -> Endpoint:
    """Tell the endpoint a fixture is for: `auto`, unless it lies in a folder that names it."""
    return "count_tokens" if path.parent.name == "count_tokens" else "auto"


def edition_of(path: Path) -> Edition:
    """Tell the edition a fixture is for: the newest, unless it lies in a folder that names it."""
    return next((edition for edition in EDITIONS if edition == path.parent.name), LATEST_EDITION)


def expected(path: Path) -> list[dict[str, Any]]:
    """Read what was judged by hand to be wrong with a bad fixture."""
    judged: list[dict[str, Any]] = json.loads(beside(path, ".expect.json").read_text("utf-8"))
    return judged


def facts(edition: str) -> dict[str, dict[str, Any]]:
    """Read the types of an edition as the reference tables have them, independently of the schemas."""
    types: dict[str, dict[str, Any]] = json.loads((DATA / f"edition-{edition}.json").read_text("utf-8"))["types"]
    return types


def hello(**changes: Any) -> dict[str, Any]:
    """Return a valid body of a messages request."""
    return {
        "model": "claude-haiku-4-5",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": "Hello"}],
        **changes,
    }


def violations_of(example: Example) -> tuple[Violation, ...]:
    """Lint an example of a rule: a text under its file name, anything else as a Python object."""
    request, linter = example.made(), Linter(**example.options())
    if not isinstance(request, bytes):
        return linter.validate(request).violations
    if example.file == REQUEST_FILE:
        return linter.validate_json(request).violations
    return check_text(example.file, request, linter).violations


def copy_sources(folder: Path) -> Path:
    """Copy what a build prepares, with the program that does it, and return the program."""
    for name in ("validator", "schemas"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_prepared"))
    (folder / "scripts").mkdir()
    return Path(shutil.copy(ROOT / "scripts" / "prepare.py", folder / "scripts"))
