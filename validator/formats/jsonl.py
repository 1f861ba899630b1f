"""The format `jsonl`: one object per line, for programs that read results as they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .identity import json_text
from .json import VERSION, row_of, violation_object
from .rest import records_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from .style import Style


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield a line for each violation, with the properties of the format `json`, and for each file not checked.

    Violations that were not kept are counted, in one line per rule.
    """
    for result in results:
        if result.error is not None:
            yield _line({"version": VERSION, "kind": "error", "path": result.name, "message": result.error})
        for violation in result.violations:
            found = {**violation_object(result.name, violation), **row_of(result, violation)}
            yield _line({"version": VERSION, "kind": "violation", **found})
        for record in records_of_rest(result):
            yield _line({"version": VERSION, "kind": "omitted", **record})


def _line(value: dict[str, object]) -> str:
    return json_text(value, indented=False)
