"""`msglint check --watch`: check changed files again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from .. import project
from ..filesystem.lookups import exists, is_file
from ..project import SETTINGS
from .tally import CLEAN, complain

if TYPE_CHECKING:
    from .check_options import CheckOptions

_MILLISECONDS: Final = 200
"""How long to wait for a change before checking for an interrupt."""


def watch(options: CheckOptions, check: Callable[[CheckOptions], None]) -> int:
    """Check all files, then those that change, until the process is interrupted.

    Raises:
        click.UsageError: if the package `watchfiles` is not installed, or a path does not exist.
    """
    try:
        import watchfiles
    except ImportError as error:
        msg = "--watch requires the package watchfiles; install `msglint[watch]`"
        raise click.UsageError(msg) from error
    paths = options.paths or (".",)
    named = {os.path.realpath(path) for path in paths}
    batches = watchfiles.watch(*paths, rust_timeout=_MILLISECONDS, yield_on_timeout=True, raise_interrupt=True)
    try:
        next(batches)  # starts the watcher before the first check, so no change in between is missed
    except FileNotFoundError as error:
        missing = next((path for path in paths if not exists(path)), ".")
        msg = f"--watch requires paths that exist, and {missing!r} does not"
        raise click.UsageError(msg) from error
    check(options)
    complain("watching for changes; press Ctrl-C to stop")
    for changes in batches:
        if not changes:
            continue
        changed = sorted({os.path.relpath(path) for _, path in changes})
        project.forget()
        if any(Path(path).name in SETTINGS for path in changed):
            check(options)
            continue
        present = [path for path in changed if is_file(path)]
        for is_named in (True, False):
            chosen = tuple(path for path in present if (os.path.realpath(path) in named) is is_named)
            if chosen:
                check(options._replace(paths=chosen, force_exclude=options.force_exclude or not is_named))
    return CLEAN
