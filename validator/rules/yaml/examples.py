"""Examples in YAML."""

from __future__ import annotations

from typing import Final

from ...engine.rule import Example

FILE: Final = "request.yaml"
_HELLO: Final = "messages:\n  - {role: user, content: Hello}\n"

Words = tuple[str, str]
"""A message and the help that goes with it."""


def text(*lines: str) -> bytes:
    """Write a request with these lines between the model and the messages."""
    return "\n".join(["model: claude-haiku-4-5", *(lines or ["max_tokens: 1024"]), _HELLO]).encode()


def example(*lines: str, at: str | None = None) -> Example:
    """Make an example of a request with these lines."""
    return Example(text(*lines), at=at, file=FILE)
