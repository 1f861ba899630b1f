"""Run all benchmarks, or some by name, and print their tables.

Usage: python benchmarks/run.py [--write] [NAME …]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from measuring import Table, version_of

README: Final = Path(__file__).with_name("README.md")
START: Final = "<!-- measured -->"
END: Final = "<!-- /measured -->"
NAMES: Final = ("startup", "library", "peers", "files", "lines")


def measured(names: tuple[str, ...]) -> Iterator[str]:
    """Yield what was measured where, as Markdown."""
    python = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores"
    used = ", ".join(f"{name} {version_of(name)}" for name in ("msglint", "orjson", "click", "jsonschema-rs"))
    yield f"{python}; {used}.\n"
    for name in names:
        tables: Iterator[Table] = import_module(name).tables()
        for table in tables:
            yield table.markdown()


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all without one")
    parser.add_argument("--write", action="store_true", help="put what was measured into README.md")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    texts = []
    for text in measured(tuple(options.names) or NAMES):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        texts.append(text)
    if options.write:
        before, _, rest = README.read_text("utf-8").partition(START)
        after = rest.partition(END)[2]
        README.write_text(f"{before}{START}\n\n{chr(10).join(texts)}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
