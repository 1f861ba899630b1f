"""Measure the check of Arrow data against the plain check, and the command on Parquet against that on JSON Lines.

    python benchmarks/arrow.py [REQUESTS]

The command is measured at two sizes, with the memory of its largest process.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from commands import installed
from measuring import Call, Table, compare, peak_memory, show
from measuring import command as process

import validator
from validator.arrow import check_and_summarise, check_batch, summarise

BATCH = 1000


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


def functions(bodies: list[bytes]) -> Table:
    """Compare the functions with `validate_json` over the same bytes."""
    texts, raw, views = (batches(bodies, of) for of in (pa.string(), pa.binary(), pa.string_view()))
    structs = [
        pa.record_batch(
            {"id": each.column("id"), "body": [orjson.loads(body) for body in each.column("body").to_pylist()]}
        )
        for each in raw
    ]
    contenders: dict[str, Call] = {
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
    size = sum(map(len, bodies)) // len(bodies)
    return Table(f"{len(bodies):,} requests of {size:,} bytes, as Arrow data", compare(contenders, rounds=7))


def command(bodies: list[bytes], folder: Path) -> Table:
    """Compare the command on Parquet with that on JSON Lines, with one process and with two."""
    table = pa.table({"id": list(range(len(bodies))), "body": pa.array([body.decode() for body in bodies])})
    pq.write_table(table, folder / "one-group.parquet", row_group_size=len(bodies), compression="zstd")
    pq.write_table(table, folder / "groups.parquet", row_group_size=2000, compression="zstd")
    (folder / "lines.jsonl").write_bytes(b"\n".join(bodies) + b"\n")
    runs = {
        f"{name} --jobs={jobs}": (installed("msglint"), "check", "--quiet", "--statistics", name, f"--jobs={jobs}")
        for jobs in (1, 2)
        for name in ("lines.jsonl", "groups.parquet", "one-group.parquet")
    }
    rows = compare({name: process(*run, codes=(0, 1), cwd=str(folder)) for name, run in runs.items()}, rounds=3)
    peaks = (f"{name} {peak_memory(*run, cwd=str(folder)) / 1e6:,.0f} MB" for name, run in runs.items())
    return Table(f"The command on {len(bodies):,} requests", rows, f"Memory: {', '.join(peaks)}.")


def tables(number: int = 20_000) -> Iterator[Table]:
    """Yield a table for the functions, and one for the command at each of two sizes."""
    bodies = requests(number)
    yield functions(bodies[:5000])
    for part in (number // 5, number):
        with tempfile.TemporaryDirectory() as folder:
            yield command(bodies[:part], Path(folder))


if __name__ == "__main__":
    show(tables(*map(int, sys.argv[1:2])))
