"""What a rule is handed: a value with its path, safe to ask whatever the request looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Target
from ..schema.projection import LATEST_EDITION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..pointer import Path
    from ..report import Severity
    from .rule import Rule


@dataclass(frozen=True, slots=True)
class Known:
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


@dataclass(slots=True)
class Request:
    """The request that is being checked."""

    body: dict[str, Any]
    known: Known
    path: Path = ()
    """Where the body stands in the document: not at its root in a batch."""
    rule: Rule | None = None
    """The rule that is running, set by the engine."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def root(self) -> Node:
        """The whole body."""
        return Node(self.body, self.path, self)


class Node:
    """A value of the request; what it is asked for and does not have, or has of another type, is None."""

    __slots__ = ("path", "request", "value")

    def __init__(self, value: Any, path: Path, request: Request) -> None:
        self.value = value
        self.path = path
        self.request = request

    def at(self, *steps: str | int) -> Node:
        """Follow keys and indices down to a value, which is None where they lead nowhere."""
        value = self.value
        for step in steps:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                value = None
        return Node(value, (*self.path, *steps), self.request)

    def integer(self, *steps: str | int) -> int | None:
        """Return the integer at the end of `steps`."""
        value = self.at(*steps).value
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, *steps: str | int) -> str | None:
        """Return the string at the end of `steps`."""
        value = self.at(*steps).value
        return value if isinstance(value, str) else None

    def items(self, *steps: str | int) -> list[Node]:
        """Return the items of the array at the end of `steps`; none where there is no array."""
        array = self.at(*steps)
        if not isinstance(array.value, (list, tuple)):
            return []
        return [Node(item, (*array.path, index), self.request) for index, item in enumerate(array.value)]

    def report(
        self,
        message: str,
        *,
        help: str,  # noqa: A002 - the word the report uses
        related: Sequence[tuple[Node, str]] = (),
        target: Target = Target.VALUE,
        severity: Severity | None = None,
    ) -> None:
        """Report a mistake at this value; `related` are the other places that it speaks of."""
        if self.request.rule is None:
            msg = "a node can report only while its rule runs"
            raise RuntimeError(msg)
        places = tuple((node.path, text) for node, text in related)
        self.request.findings.append(Finding(self.request.rule, self.path, message, help, target, places, severity))
