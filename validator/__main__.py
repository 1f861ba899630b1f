"""Run msglint as a module: `python -m validator check …`; and the start of the installed command."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from threading import active_count

from .common import kept
from .common.imports import import_paths

_ALLOCATIONS = 100_000
"""Allocations before the first garbage collection; imports allocate many objects and make hardly any cycles."""


def start() -> None:
    """Run the installed command; the process ends here, without freeing each of its objects."""
    try:
        run()
    except SystemExit as end:
        if _nothing_is_left_to_do() and isinstance(end.code, int):
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(end.code)
        raise


def run() -> None:
    """Import the command, and run it."""
    gc.set_threshold(_ALLOCATIONS)
    is_check = sys.argv[1:2] == ["check"]  # what is kept has the modules of a check
    if is_check:
        kept.use()
    import_paths()
    try:
        from .cli import main

        main()
    finally:
        if is_check:
            kept.keep()


def _nothing_is_left_to_do() -> bool:
    """Whether no thread, no profiler and no function that is called at the exit waits for the end of Python."""
    callbacks = getattr(atexit, "_ncallbacks", None)
    return callbacks is not None and callbacks() == 0 and active_count() == 1 and not _is_watched()


def _is_watched() -> bool:
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    tools = () if monitoring is None else (monitoring.get_tool(number) for number in range(6))
    return sys.gettrace() is not None or sys.getprofile() is not None or any(tools)


if __name__ == "__main__":
    run()
