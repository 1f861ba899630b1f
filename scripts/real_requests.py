"""Record what the official SDK really sends: drive it against a server of our own, and write down each request.

Usage, in the folder of the project: PYTHON -m scripts.real_requests [--output FILE]

PYTHON is the interpreter of an environment that has the `anthropic` package, in any version; nothing else is needed.
The server listens on the loopback interface only and answers as the API would, so nothing leaves the machine and no key
is needed. Each request to an endpoint of messages becomes one line of JSON:

    {"call": "tool_loop", "endpoint": "messages", "betas": [], "api_version": "2023-06-01", "body": {...}}

The calls are those of `sdk_calls.py`. One that the version does not know yet, or no more, is left out.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from scripts.loopback import serving
from scripts.sdk_calls import CALLS, Missing, Sdk


def record(package: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """Make every call; return the requests that arrived, and the names of the calls the version does not have.

    Raises:
        RuntimeError: when a call was not answered as often as it was prepared for.
    """
    missing: list[str] = []
    with serving() as loopback, tempfile.TemporaryDirectory() as folder:
        sdk = Sdk(package, loopback, Path(folder))
        for name, function in CALLS.items():
            loopback.call = name
            try:
                function(sdk)
            except Missing:
                missing.append(name)
            else:
                if loopback.answers:
                    message = f"{name} left {len(loopback.answers)} answers unused"
                    raise RuntimeError(message)
            loopback.answers.clear()
        return loopback.requests, missing


def main() -> None:
    """Record, and write what was recorded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write; standard output when not given")
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        del os.environ[name]
    logging.disable()
    warnings.simplefilter("ignore")
    package = importlib.import_module("anthropic")
    requests, missing = record(package)
    lines = "".join(json.dumps(request, ensure_ascii=False, separators=(",", ":")) + "\n" for request in requests)
    if options.output:
        options.output.write_text(lines, "utf-8")
    else:
        sys.stdout.write(lines)
    made = len({request["call"] for request in requests})
    sys.stderr.write(f"anthropic {package.__version__}: {len(requests)} requests of {made} calls")
    sys.stderr.write(f"; not in this version: {', '.join(missing)}\n" if missing else "\n")


if __name__ == "__main__":
    main()
