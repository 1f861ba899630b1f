"""The commands that are compared: msglint's, and those of other validators where they are installed."""

from __future__ import annotations

import platform
import shutil
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from measuring import labelled, version_of

AJV = Path(__file__).with_name("ajv")


def installed(name: str) -> str:
    """Return the command of a package in this environment."""
    return str(Path(sysconfig.get_path("scripts"), name))


def others(schema: Path) -> dict[str, tuple[str, ...]]:
    """Return the beginning of each other validator's command by its name; the files to be checked come after it."""
    found: dict[str, tuple[str, ...]] = {}
    if version_of("jsonvet"):
        found[f"{labelled('jsonvet')} (Rust)"] = (installed("jsonvet"), "--schema", str(schema))
    if (binary := _sourcemeta()) is not None:
        name = f"sourcemeta's jsonschema {version_of('sourcemeta-jsonschema')} --fast (C++)"
        found[name] = (str(binary), "validate", "--fast", str(schema))
    if version_of("check-jsonschema"):
        found[labelled("check-jsonschema")] = (installed("check-jsonschema"), "--schemafile", str(schema))
    return found


def ajv(schema: Path) -> dict[str, tuple[str, ...]]:
    """Return the command of ajv, which takes one file."""
    node = shutil.which("node")
    if node is None or not (AJV / "node_modules").is_dir():
        return {}
    return {"ajv 8 in node": (node, str(AJV / "check.mjs"), str(schema))}


def without(schema: Path, *, with_ajv: bool = False) -> str:
    """Return a sentence that names the validators that are not installed; empty if all are."""
    names = {"jsonvet": "jsonvet", "sourcemeta": "sourcemeta's jsonschema", "check-jsonschema": "check-jsonschema"}
    found = others(schema)
    missing = [name for word, name in names.items() if not any(each.startswith(word) for each in found)]
    if with_ajv and not ajv(schema):
        missing.append("ajv")
    return f" Not installed, so not measured: {', '.join(missing)}." if missing else ""


def _sourcemeta() -> Path | None:
    """Return sourcemeta's program itself: its command in Python only starts it."""
    system, machine = platform.system().lower(), platform.machine().lower()
    name = f"jsonschema-{system}-{'arm64' if machine in ('arm64', 'aarch64') else 'x86_64'}"
    return next((path for path in _files("sourcemeta-jsonschema") if path.stem == name), None)


def _files(distribution: str) -> Iterator[Path]:
    if version_of(distribution):
        for file in metadata.files(distribution) or ():
            yield Path(str(file.locate()))
