"""`msglint check --watch`: checks again what changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from .. import project
from ..suppressions.baseline import FILE_NAME
from .tally import CLEAN, complain

if TYPE_CHECKING:
    from .checking import Options

_SETTINGS: Final = frozenset({"msglint.toml", ".msglint.toml", "pyproject.toml", ".gitignore", FILE_NAME})
"""Files after whose change everything is checked again."""


def watch(options: Options, check: Callable[[tuple[str, ...]], int]) -> int:
    """Check all, then what changes, until the process is interrupted.

    Raises:
        click.UsageError: where the package that watches files is not installed.
    """
    try:
        import watchfiles
    except ImportError as error:
        msg = "--watch needs the package watchfiles; install `msglint[watch]`"
        raise click.UsageError(msg) from error
    paths = options.paths or (".",)
    check(paths)
    complain("watching for changes; Ctrl-C ends it")
    for changes in watchfiles.watch(*paths, raise_interrupt=True):
        changed = sorted({os.path.relpath(path) for _, path in changes})
        project.forget()
        if any(Path(path).name in _SETTINGS for path in changed):
            check(paths)
        elif present := tuple(path for path in changed if Path(path).is_file()):
            check(present)
    return CLEAN
