"""How fast are many small files checked?

Usage: python benchmarks/files.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from material import agent_request, encoded, schema
from measuring import Call, Table, command, compare, labelled, show, version_of
from startup import installed

FEW, MANY = 20, 1000


def tables() -> Iterator[Table]:
    """Yield a table for few files and one for many."""
    with tempfile.TemporaryDirectory() as folder:
        schema_file = Path(folder, "schema.json")
        schema_file.write_bytes(encoded(schema()))
        for number in (FEW, MANY):
            place = Path(folder, str(number))
            place.mkdir()
            files = [place / f"{each:04}.json" for each in range(number)]
            for each, file in enumerate(files):
                file.write_bytes(encoded(agent_request(2 + each % 8)))
            check = (installed("msglint"), "check", "--quiet")
            contenders: dict[str, Call] = {
                "msglint check --jobs 1": command(*check, "--jobs", "1", str(place)),
                "msglint check": command(*check, str(place)),
            }
            if version_of("check-jsonschema"):
                arguments = (installed("check-jsonschema"), "--schemafile", str(schema_file), *map(str, files))
                contenders[labelled("check-jsonschema")] = command(*arguments)
            yield Table(f"{number:,} files of agent requests", compare(contenders, rounds=3))


if __name__ == "__main__":
    show(tables())
