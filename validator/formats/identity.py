"""Identify files and violations for other programs: paths relative to the project, and unique stable digests."""

from __future__ import annotations

import json
import os
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..common.lazy_regex import regex
from ..common.redaction import redacted
from ..filesystem.lookups import path_bytes
from ..report.fingerprint import Fingerprint

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from ..files import FileResult
    from ..report import Violation

_NOT_ASCII: Final = regex("[^\x00-\x7e]")

NOT_CHECKED: Final = "msglint/not-checked"
"""Replaces the rule id for a file that could not be checked."""

_ROOTS: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""The environment variables by which CI services name the folder of the project."""


def project_path(result: FileResult) -> str:
    """Return the path of a file relative to the root of the project, or its absolute path if it is outside.

    The root is the folder that the CI service names, or else the current folder. Symbolic links are resolved, because
    services only know real paths, unless they lead out of the project. Bytes that are not UTF-8 stay as `os.fsdecode`
    represents them.
    """
    root = next((folder for folder in map(os.environ.get, _ROOTS) if folder), os.curdir)
    return _below(root, result)


def local_path(result: FileResult) -> str:
    """Return the path of a file relative to the current folder, or its absolute path if it is outside."""
    return _below(os.curdir, result)


def readable(path: str) -> str:
    """Escape the bytes of a path that are not UTF-8."""
    return path_bytes(path).decode(errors="backslashreplace")


def json_text(value: Any, *, indented: bool = True) -> str:
    """Encode JSON with a final line feed, escaping control characters, direction marks and the like."""
    options = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indented else 0)
    try:
        text = orjson.dumps(value, option=options).decode()
    except TypeError:  # a lone surrogate
        return json.dumps(value, indent=2 if indented else None, separators=None if indented else (",", ":")) + "\n"
    return text if text.isascii() and "\x7f" not in text else _NOT_ASCII.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    return char if char.isprintable() else json.dumps(char)[1:-1] if char > "\x7f" else "\\u007f"


def _below(root: str, result: FileResult) -> str:
    if result.path is None:
        return result.name
    for resolved in (os.path.realpath, os.path.abspath):
        path, folder = resolved(result.path), resolved(root)
        inside = os.path.join(folder, "")  # noqa: PTH118 - a `Path` has no separator at its end
        if path.startswith(inside):
            return redacted(path[len(inside) :].replace(os.sep, "/"))
    return redacted(os.path.abspath(result.path).replace(os.sep, "/"))  # noqa: PTH100 - `Path` would resolve nothing else either


class Digests:
    """Gives every violation of a run an identity that stays when lines move, and that no other violation has."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, Fingerprint]] = Counter()

    def of(self, path: str, result: FileResult) -> Iterator[tuple[Violation, str, int]]:
        """Yield each violation of a file, its digest, and how often the digest occurred before."""
        for violation, found in zip_longest(result.violations, result.fingerprints):
            known = found or Fingerprint(violation.rule, violation.pointer, violation.message)
            yield violation, *self.of_one(path, known)

    def of_one(self, path: str, fingerprint: Fingerprint) -> tuple[str, int]:
        """Return the digest of a violation, and how often it occurred before."""
        times = self._seen[path, fingerprint]
        self._seen[path, fingerprint] += 1
        return fingerprint.digest(path), times
