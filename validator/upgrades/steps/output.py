"""The form of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ...fixes import add, remove
from ..step import Example, Kind, Proposal, step
from ..subject import Subject

_FORMAT: Final = {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}


def set_output(subject: Subject, name: str, value: Any) -> Any:
    """Return the operation that sets a property of `output_config` which is not there yet."""
    config = subject.at("output_config")
    if isinstance(config, dict):
        return add(("output_config", name), value)
    return add(("output_config",), {name: value})


@step(
    "output-format",
    kind=Kind.SAFE,
    source="docs: Structured outputs, migration guides",
    examples=(
        Example(
            "claude-opus-4-1", "claude-opus-4-8", {"output_format": _FORMAT}, {"output_config": {"format": _FORMAT}}
        ),
        Example(
            "claude-opus-4-5",
            "claude-opus-5-5",
            {"output_format": _FORMAT, "output_config": {"effort": "low"}},
            {"output_config": {"effort": "low", "format": _FORMAT}},
        ),
        Example(
            "claude-opus-4-5", "claude-opus-5-5", {"output_format": _FORMAT, "output_config": {"format": _FORMAT}}, None
        ),
        Example("claude-opus-4-5", "claude-opus-5-5", {"output_format": None}, None),
    ),
)
def output_format(subject: Subject) -> Iterator[Proposal]:
    """Move `output_format` to `output_config.format`."""
    written, config = subject.at("output_format"), subject.at("output_config")
    if not isinstance(written, dict) or (config is None and subject.has("output_config")):
        return
    if isinstance(config, dict) and "format" in config:
        return
    yield Proposal(
        ("output_format",),
        "Move `output_format` to `output_config.format`",
        "that is its place since it needs no beta header",
        (remove(("output_format",)), set_output(subject, "format", written)),
    )
