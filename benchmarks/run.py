"""Run all benchmarks, or some by name, and print their tables.

Usage: python benchmarks/run.py [--write] [NAME …]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from measuring import Table, digits, duration, version_of

README: Final = Path(__file__).with_name("README.md")
FRONT: Final = README.parent.parent / "README.md"
"""The page that shows the figures of `SHOWN` alone."""
START: Final = "<!-- measured -->"
END: Final = "<!-- /measured -->"
NAMES: Final = ("startup", "library", "peers", "files", "lines")
SHOWN: Final = (
    ("A typical request of an agent, 6 kB", "A typical request of an agent, ", "`Linter.validate_json(bytes)`"),
    ("the same as a `dict`", "A typical request of an agent, ", "`Linter.validate(dict)`"),
    ("the same with a warning", "A typical request of an agent, ", "the same, one warning at `/model`"),
    ("the same with tools never seen before", "A typical request of an agent, ", "the same, tools never seen before"),
    (
        "50 requests of a growing conversation, and the linter",
        "50 requests of an agent",
        "`Linter.validate_json` of each",
    ),
    ("100,000 messages", "100,000 messages", "`Linter.validate_json(bytes)`"),
    ("JSON Lines, the command in one process", "JSON Lines", "msglint check --jobs 1"),
    ("*corvus-json-schema-rs*: the schema alone, yes or no", "A typical request of an agent, other", "corvus"),
    ("*pydantic* over the types of the SDK", "A typical request of an agent, other", "pydantic"),
    ("*fastjsonschema*: the schema alone", "A typical request of an agent, other", "fastjsonschema"),
    ("*jsonschema*: the schema alone", "A typical request of an agent, other", "jsonschema 4"),
)
"""What the front page shows: its words, and how the question and the name of the row begin."""


def front(tables: Iterable[Table]) -> str | None:
    """Return the table of the front page; None if msglint's own part of it was not measured."""
    found = list(tables)
    lines = ["| | CPU time | times `orjson.loads` |", "|---|--:|--:|"]
    for words, question, name in SHOWN:
        rows = [
            row
            for table in found
            if table.question.startswith(question)
            for row in table.rows
            if row.name.startswith(name)
        ]
        if rows:
            lines.append(f"| {words} | {duration(rows[0].seconds)} | {digits(rows[0].ratio)} |")
        elif not words.startswith("*"):
            return None
    return "\n".join(lines)


def put(page: Path, text: str) -> None:
    """Replace the text between the marks of a page."""
    before, _, rest = page.read_text("utf-8").partition(START)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", "utf-8")


def where() -> str:
    """Say where it was measured, and with what."""
    python = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores"
    used = ", ".join(f"{name} {version_of(name)}" for name in ("msglint", "orjson", "click", "jsonschema-rs"))
    return f"{python}; {used}.\n"


def measured(names: tuple[str, ...]) -> Iterator[Table]:
    """Yield what was measured."""
    for name in names:
        yield from import_module(name).tables()


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all without one")
    parser.add_argument(
        "--write", action="store_true", help="put what was measured into this README and the front page"
    )
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    tables = []
    sys.stdout.write(f"{where()}\n")
    for table in measured(tuple(options.names) or NAMES):
        sys.stdout.write(f"{table.markdown()}\n")
        sys.stdout.flush()
        tables.append(table)
    if options.write:
        put(README, "\n".join([where(), *(table.markdown() for table in tables)]).rstrip())
        if (shown := front(tables)) is not None:
            put(FRONT, shown)


if __name__ == "__main__":
    main()
