"""The context of a request, beside its body: endpoint, edition, headers and text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from ..common.records import NamedTuple
from ..facts.api import LATEST_EDITION

Answer = TypeVar("Answer")


class JsonText:
    """The text of a document, with a cache of answers that hold for every request in it."""

    __slots__ = ("_answers", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._answers: dict[Callable[[bytes], Any], Any] = {}

    def cached(self, find: Callable[[bytes], Answer]) -> Answer:
        """Return `find(data)`, which is called once for each document."""
        if find not in self._answers:
            self._answers[find] = find(self.data)
        answer: Answer = self._answers[find]
        return answer


class Context(NamedTuple):
    """The context of a request: what decides about it beside its body."""

    endpoint: str = "messages"
    edition: str = LATEST_EDITION
    betas: frozenset[str] | None = None
    """The values of the `anthropic-beta` header; None when they are unknown."""
    api_version: str = "2023-06-01"
    """The `anthropic-version` header."""
    platform: str = "anthropic"
    today: date | None = None
    """The day that dates are compared with; None for today."""
    size: int | None = None
    """The size of the document that holds the body, in bytes: never less than the body as compact JSON. None where it
    was not counted."""
    text: JsonText | None = None
    """The text of that document; None where it is not JSON."""
    is_call: bool = False
    """Whether it is a call in source code, whose betas are an argument."""
    is_run: bool = False
    """Whether it stands in code that is run, so that nothing between it and the API may change it."""
