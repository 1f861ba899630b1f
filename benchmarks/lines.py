"""How fast are JSON Lines checked, beside what reading them costs, and does the memory stay flat?

Usage: python benchmarks/lines.py [--lines N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
from commands import installed, others, without
from material import agent_request, encoded, record_schema
from measuring import Table, command, compare, duration, peak_memory, show

LINES = 20_000


def tables(lines: int = LINES) -> Iterator[Table]:
    """Yield the table of speed, whose note tells the memory."""
    with tempfile.TemporaryDirectory() as folder:
        file, half = Path(folder, "lines.jsonl"), Path(folder, "half.jsonl")
        size = _write(file, lines)
        _write(half, lines // 2)
        check = (installed("msglint"), "check", "--quiet")
        contenders = {
            "orjson.loads of each line": command(sys.executable, __file__, "--read", str(file)),
            "msglint check --jobs 1": command(*check, "--jobs", "1", str(file)),
            "msglint check": command(*check, str(file)),
        }
        schema_file = Path(folder, "schema.json")
        schema_file.write_bytes(encoded(record_schema()))
        for name, arguments in others(schema_file).items():
            if not name.startswith("check-jsonschema"):  # reads one document a file
                contenders[name] = command(*arguments, str(file))
        rows = compare(contenders, rounds=3)
        peaks = [peak_memory(*check, "--jobs", "1", str(each)) for each in (half, file)]
        left_out = without(schema_file)
    own, both = rows[1], rows[2]
    speeds = ", ".join(f"{row.name} {size / row.seconds / 1e6:,.0f} MB/s" for row in rows if row is not both)
    note = (
        f"{size / 1e6:,.0f} MB in {lines:,} lines of agent requests, every one with a `custom_id`. {speeds}. "
        f"By the clock, one process took {duration(own.elapsed)} and as many as msglint chooses "
        f"{duration(both.elapsed)}. "
        f"One process held at most {peaks[1] / 1e6:,.0f} MB; with half of the lines it was {peaks[0] / 1e6:,.0f} MB."
        f"{left_out}"
    )
    yield Table("JSON Lines, the whole process", rows, note)


def _write(file: Path, lines: int) -> int:
    """Write a batch, and return its bytes."""
    bodies = [encoded(agent_request(exchanges)) for exchanges in range(2, 10)]
    with file.open("wb") as stream:
        for number in range(lines):
            stream.write(b'{"custom_id":"request-%d","params":%b}\n' % (number, bodies[number % len(bodies)]))
        return stream.tell()


def _read(file: str) -> None:
    with Path(file).open("rb") as stream:
        for line in stream:
            orjson.loads(line)


def main() -> None:
    """Measure, or read a file as the yardstick does."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--lines", type=int, default=LINES, help="how many lines the file has")
    parser.add_argument("--read", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        _read(options.read)
    else:
        show(tables(options.lines))


if __name__ == "__main__":
    main()
