"""How long does the command take on one small file, the whole process?

Usage: python benchmarks/startup.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from commands import ajv, installed, others, without
from material import HELLO, agent_request, encoded, schema
from measuring import Call, Table, command, compare, show


def tables() -> Iterator[Table]:
    """Yield the table."""
    with tempfile.TemporaryDirectory() as folder:
        request, schema_file = Path(folder, "request.json"), Path(folder, "schema.json")
        request.write_bytes(encoded(HELLO))
        Path(folder, "agent.json").write_bytes(encoded(agent_request()))
        Path(folder, "mistake.json").write_bytes(encoded({**HELLO, "temperatur": 1}))
        schema_file.write_bytes(encoded(schema()))
        rows = compare(_contenders(request, schema_file, folder), rounds=15)
        note = (
            "Modules are compiled already, as they are from the second run on. Other commands know the schema alone."
            f"{without(schema_file, with_ajv=True)}"
        )
    yield Table("One small file, the whole process", rows, note)


def _contenders(request: Path, schema_file: Path, folder: str) -> dict[str, Call]:
    contenders = {
        'python -c "import orjson, click"': command(sys.executable, "-c", "import orjson, click", cwd=folder),
        "msglint --version": command(installed("msglint"), "--version", cwd=folder),
        "msglint check": command(installed("msglint"), "check", str(request), cwd=folder),
        "the same, an agent's request": command(installed("msglint"), "check", "agent.json", cwd=folder),
        "the same, one mistake": command(installed("msglint"), "check", "mistake.json", codes=(1,), cwd=folder),
    }
    for name, arguments in (others(schema_file) | ajv(schema_file)).items():
        contenders[name] = command(*arguments, str(request), cwd=folder)
    return contenders


if __name__ == "__main__":
    show(tables())
