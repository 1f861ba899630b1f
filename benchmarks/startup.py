"""How long does the command take on one small file, the whole process?

Usage: python benchmarks/startup.py
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from material import HELLO, encoded, schema
from measuring import Call, Table, command, compare, labelled, show, version_of

AJV = Path(__file__).with_name("ajv")


def tables() -> Iterator[Table]:
    """Yield the table."""
    with tempfile.TemporaryDirectory() as folder:
        request, schema_file = Path(folder, "request.json"), Path(folder, "schema.json")
        request.write_bytes(encoded(HELLO))
        schema_file.write_bytes(encoded(schema()))
        rows = compare(_contenders(request, schema_file, folder), rounds=15)
    note = "Modules are compiled already, as they are from the second run on. Other commands know the schema alone."
    yield Table("One small file, the whole process", rows, note)


def _contenders(request: Path, schema_file: Path, folder: str) -> dict[str, Call]:
    contenders = {
        'python -c "import orjson, click"': command(sys.executable, "-c", "import orjson, click", cwd=folder),
        "msglint --version": command(installed("msglint"), "--version", cwd=folder),
        "msglint check": command(installed("msglint"), "check", str(request), cwd=folder),
    }
    if version_of("check-jsonschema"):
        arguments = (installed("check-jsonschema"), "--schemafile", str(schema_file), str(request))
        contenders[labelled("check-jsonschema")] = command(*arguments, cwd=folder)
    node = shutil.which("node")
    if node is not None and (AJV / "node_modules").is_dir():
        arguments = (node, str(AJV / "check.mjs"), str(schema_file), str(request))
        contenders["ajv 8 in node"] = command(*arguments, cwd=folder)
    return contenders


def installed(name: str) -> str:
    """Return the command of a package in this environment."""
    return str(Path(sysconfig.get_path("scripts"), name))


if __name__ == "__main__":
    show(tables())
