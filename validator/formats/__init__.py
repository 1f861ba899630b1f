"""Formats: each module turns the results of a run into text, and does nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import concise, full, github, gitlab, html, json, jsonl, junit, markdown, rdjson, sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..files import FileResult
    from .style import Style

    Render = Callable[[Iterable[FileResult], Style], Iterator[str]]

FORMATS: Final[dict[str, Render]] = {
    "full": full.render,
    "concise": concise.render,
    "json": json.render,
    "jsonl": jsonl.render,
    "sarif": sarif.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "junit": junit.render,
    "rdjson": rdjson.render,
    "markdown": markdown.render,
    "html": html.render,
}
"""How each format renders: from results to pieces of text, in the order of the results."""

__all__ = ["FORMATS"]
