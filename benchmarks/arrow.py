"""Measure the check of Arrow data against the plain check, and the command on Parquet against that on JSON Lines.

    python benchmarks/arrow.py [REQUESTS]

Each figure is CPU time of the contender divided by that of the plain check over the same requests in the same run; the
contenders take turns, and the median of the turns counts. The command's memory is measured at two sizes.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

import validator
from validator.arrow import check_and_summarise, check_batch, summarise

TURNS = 7
BATCH = 1000
_COMMAND = """
import resource, sys
from validator.cli import main
try:
    sys.argv[1:1] = ["check", "--quiet", "--statistics"]
    main()
finally:
    used, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = used.ru_utime + used.ru_stime + children.ru_utime + children.ru_stime
    # Not `ru_maxrss`: for a program that another one started, it is at least the memory of that other one.
    own = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
    print(seconds, max(own, children.ru_maxrss) // 1024, file=sys.stderr)
"""


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def requests(number: int) -> list[bytes]:
    """Return requests of an agent of about 5 kB each, one in a thousand with a mistake."""
    chance = random.Random(20)  # noqa: S311 - the same data in each run
    words = [f"word{chance.randrange(10_000)}" for _ in range(4000)]

    def text(length: int) -> str:
        return " ".join(chance.choices(words, k=length))

    schema = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
    tools = [{"name": f"tool{index}", "description": text(20), "input_schema": schema} for index in range(5)]
    found = []
    for index in range(number):
        messages = [{"role": ("user", "assistant")[turn % 2], "content": text(100)} for turn in range(5)]
        limit = -1 if index % 1000 == 7 else 1024  # noqa: PLR2004 - any of them
        found.append(
            orjson.dumps({"model": "claude-haiku-4-5", "max_tokens": limit, "tools": tools, "messages": messages})
        )
    return found


def batches(bodies: list[bytes], of: pa.DataType) -> list[pa.RecordBatch]:
    """Return the requests in batches with a column of a type."""
    values: list[Any] = [body.decode() for body in bodies] if of != pa.binary() else list(bodies)
    table = pa.table({"id": list(range(len(bodies))), "body": pa.array(values, of)})
    return list(table.to_batches(max_chunksize=BATCH))


def functions(bodies: list[bytes]) -> None:
    """Print the cost of the functions, in times of `validate_json` over the same bytes."""
    texts, raw, views = (batches(bodies, of) for of in (pa.string(), pa.binary(), pa.string_view()))
    structs = [
        pa.record_batch(
            {"id": each.column("id"), "body": [orjson.loads(body) for body in each.column("body").to_pylist()]}
        )
        for each in raw
    ]
    contenders: dict[str, Callable[[], Any]] = {
        "validate_json": lambda: [validator.validate_json(body) for body in bodies],
        "to_pylist and validate_json": lambda: [
            validator.validate_json(body) for each in texts for body in each.column("body").to_pylist()
        ],
        "check_batch, string": lambda: [check_batch(each) for each in texts],
        "check_batch, binary": lambda: [check_batch(each) for each in raw],
        "check_batch, string_view": lambda: [check_batch(each) for each in views],
        "check_batch, struct": lambda: [check_batch(each) for each in structs],
        "summarise, string": lambda: [summarise(each) for each in texts],
        "check_and_summarise, string": lambda: [check_and_summarise(each) for each in texts],
    }
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(TURNS):
        for name, contender in contenders.items():
            start = time.process_time()
            contender()
            taken[name].append(time.process_time() - start)
    plain = statistics.median(taken["validate_json"])
    say(f"validate_json: {plain / len(bodies) * 1e6:.1f} µs a request")
    for name, times in taken.items():
        say(f"{name:>30}: {statistics.median(times) / plain:.2f}")


def command(bodies: list[bytes], folder: Path) -> None:
    """Print the cost of the command on Parquet, in times of that on JSON Lines, and its memory."""
    table = pa.table({"id": list(range(len(bodies))), "body": pa.array([body.decode() for body in bodies])})
    pq.write_table(table, folder / "one-group.parquet", row_group_size=len(bodies), compression="zstd")
    pq.write_table(table, folder / "groups.parquet", row_group_size=2000, compression="zstd")
    (folder / "lines.jsonl").write_bytes(b"\n".join(bodies) + b"\n")
    runs: dict[tuple[str, int], list[tuple[float, int]]] = {}
    for _ in range(3):
        for jobs in (1, 2):
            for name in ("lines.jsonl", "groups.parquet", "one-group.parquet"):
                done = subprocess.run(  # noqa: S603 - this Python
                    [sys.executable, "-c", _COMMAND, name, f"--jobs={jobs}"],
                    cwd=folder,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[1:])},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                seconds, memory = done.stderr.splitlines()[-1].split()
                runs.setdefault((name, jobs), []).append((float(seconds), int(memory)))
    plain = statistics.median(seconds for seconds, _ in runs["lines.jsonl", 1])
    for (name, jobs), results in runs.items():
        cost = statistics.median(seconds for seconds, _ in results) / plain
        say(f"{name:>20} --jobs={jobs}: {cost:.2f}, {max(memory for _, memory in results)} MB")


def main() -> None:
    """Measure."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    bodies = requests(number)
    say(f"{number:,} requests of {sum(map(len, bodies)) // number:,} bytes")
    functions(bodies[:5000])
    for part in (number // 5, number):
        say(f"the command on {part:,} requests, in times of JSON Lines with one process")
        with tempfile.TemporaryDirectory() as folder:
            command(bodies[:part], Path(folder))


if __name__ == "__main__":
    main()
