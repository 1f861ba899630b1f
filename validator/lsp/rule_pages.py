"""The pages of rules as local Markdown files, which an editor can open without a network."""

from __future__ import annotations

import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final

from platformdirs import user_cache_path

from .._version import __version__
from ..explain.pages import conditions, readable, scope, spelled, wordings
from ..formats import full
from ..formats.style import Style
from ..rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..rules import Example, Rule

_FENCE: Final = "````"


def address_of(rule: Rule) -> str | None:
    """Return the URI of the file that the page of a rule is written to; None without a home folder."""
    file = _file_of(rule)
    return None if file is None else file.as_uri()


@cache
def written(rule: Rule) -> bool:
    """Write the page of a rule once; False if that failed, because the cache folder may not be writable."""
    file = _file_of(rule)
    if file is None:
        return False
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as other:
            other.write(page(rule))
        Path(other.name).replace(file)
    except OSError:
        return False
    return True


def page(rule: Rule) -> str:
    """Return the page of a rule as Markdown."""
    parts = [f"# {rule.id}", f"*{rule.severity.value}*: {rule.summary}"]
    limits = scope(rule)
    if limits:
        parts.append("\n".join(f"- {label}: {text}" for label, text in limits.items()))
    for heading, text in (("Why", rule.why), ("Fix", rule.fix)):
        if text:
            parts += [f"## {heading}", text]
    messages = wordings(rule)
    if messages:
        parts += ["## What the API answers", "\n".join(f"- `{readable(message)}`" for message in messages)]
    for heading, examples in (("Bad", rule.bad), ("Good", rule.good)):
        if examples:
            parts.append(f"## {heading}")
            parts += [part for example in examples for part in _example(example)]
    return "\n\n".join([*parts, "## Source", rule.source]) + "\n"


def _example(example: Example) -> Iterator[str]:
    options = conditions(example)
    if options:
        yield f"With `{options}`:"
    found = spelled(example)
    language = "text" if isinstance(example.request, bytes) else "json"
    yield f"{_FENCE}{language}\n{found.text}\n{_FENCE}"
    if found.violations:
        printed = "".join(full.render([found.result], Style())).rstrip()
        yield f"{_FENCE}text\n{printed}\n{_FENCE}"


def _file_of(rule: Rule) -> Path | None:
    """Return the file of a rule's page; rules of several projects may have the same id, and differ.

    None for a user without a home folder, as in a container.
    """
    try:
        folder = user_cache_path("msglint", appauthor=False, version=__version__)
    except RuntimeError:
        return None
    if RULES.get(rule.id) is not rule:
        folder = folder / "own" / sha256(page(rule).encode(errors="replace")).hexdigest()[:16]
    return folder / f"{rule.id.replace('/', os.sep)}.md"
