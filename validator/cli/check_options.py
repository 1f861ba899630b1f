"""The options of `msglint check`."""

from __future__ import annotations

from typing import Any

from ..common.records import NamedTuple


class CheckOptions(NamedTuple):
    """The options of `msglint check`."""

    given: dict[str, Any]
    """The linter options that were given; they take precedence over configurations."""
    paths: tuple[str, ...]
    config_file: str | None
    isolated: bool
    baseline_file: str | None
    no_baseline: bool
    write_baseline: bool
    prune_baseline: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    add_ignores: bool
    reason: str | None
    format_name: str
    output_file: str | None
    others: tuple[tuple[str, str], ...]
    max_per_file: int
    statistics: bool
    stdin_filename: str | None
    exclude: tuple[str, ...] | None
    force_exclude: bool
    no_gitignore: bool
    tests: bool
    recordings: bool
    column: str | None
    id_column: str | None
    show_files: bool
    watch: bool
    jobs: int | None
    fail_on: str | None
    fail_on_empty: bool
    exit_zero: bool
    exit_non_zero_on_fix: bool
    max_violations: int | None
    quiet: bool
    colour: str
