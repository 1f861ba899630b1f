"""What is known of a request beside its body: endpoint, edition, headers and text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple, TypeVar

from ..facts.api import LATEST_EDITION

Answer = TypeVar("Answer")


class JsonText:
    """The text of a document, for what one look at all of it can tell of every request in it."""

    __slots__ = ("_answers", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._answers: dict[Callable[[bytes], Any], Any] = {}

    def cached(self, find: Callable[[bytes], Answer]) -> Answer:
        """Return what `find(data)` answers, which is asked once for a document."""
        if find not in self._answers:
            self._answers[find] = find(self.data)
        answer: Answer = self._answers[find]
        return answer


class Context(NamedTuple):
    """What is known of a request beside its body."""

    endpoint: str = "messages"
    edition: str = LATEST_EDITION
    betas: frozenset[str] | None = None
    """The values of the `anthropic-beta` header; None when they are not known."""
    api_version: str = "2023-06-01"
    """The `anthropic-version` header."""
    platform: str = "anthropic"
    today: date | None = None
    """The day that dates are compared with; None for the day it is."""
    size: int | None = None
    """The bytes of the document that the body is or stands in: no less than those of the body as JSON without spaces.
    None where they were not counted."""
    text: JsonText | None = None
    """The text of that document; None where there is none that is JSON."""
