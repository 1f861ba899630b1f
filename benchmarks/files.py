"""How fast are many small files checked, each with tools of its own?

Usage: python benchmarks/files.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from commands import installed, others, without
from material import agent_request, encoded, schema
from measuring import Call, Table, command, compare, duration, show

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
                file.write_bytes(encoded(agent_request(2 + each % 8, of=each)))
            contenders: dict[str, Call] = {
                "msglint check --jobs 1": command(installed("msglint"), "check", "--quiet", "--jobs", "1", str(place)),
                "msglint check": command(installed("msglint"), "check", "--quiet", str(place)),
            }
            for name, arguments in others(schema_file).items():
                contenders[name] = command(*arguments, *map(str, files))
            rows = compare(contenders, rounds=3)
            note = (
                f"msglint in one process took {duration(rows[0].elapsed)} by the clock, in as many as it chooses "
                f"{duration(rows[1].elapsed)}. Other commands know the schema alone.{without(schema_file)}"
            )
            yield Table(f"{number:,} files of agent requests, each with its own tools", rows, note)


if __name__ == "__main__":
    show(tables())
