"""Formats: each module turns the results of a run into text, and does nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import concise, full, json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..files import FileResult
    from .style import Style

    Render = Callable[[Iterable[FileResult], Style], Iterator[str]]

FORMATS: Final[dict[str, Render]] = {"full": full.render, "concise": concise.render, "json": json.render}
"""How each format renders: from results to pieces of text, in the order of the results."""

__all__ = ["FORMATS"]
