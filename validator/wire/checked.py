"""The result of one check on the wire, and the words for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

from ..common.redaction import redacted
from ..common.wording import printable
from ..report import Report, RequestError, Severity, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config.keys import Mode
    from ..facts.api import Endpoint, Platform

Outcome = Literal["passed", "found", "skipped", "failed"]
"""`found`: there are violations to act on; `skipped`: not checked on purpose; `failed`: the check itself failed."""

_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}
_MOST_WORDED: Final = 5
_LONGEST_POINTER: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The result of one check: for callbacks, and for what is done about it."""

    outcome: Outcome
    path: str
    """The path of the URL, without its query."""
    endpoint: Endpoint
    platform: Platform
    mode: Mode
    model: str | None = None
    """The model; None where nobody had to read it."""
    report: Report | None = None
    """Everything that was found; None if the request was not checked."""
    found: tuple[Violation, ...] = ()
    """The violations that are severe enough to act on."""
    why: str | None = None
    """Why the request was not checked."""
    seconds: float = 0.0
    """How long the check took."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer in place of the API's: 400, as the API says it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    checked: Checked
    status: int = 400


class RefusedError(RequestError):
    """Raised in place of sending a request; `report` has every violation. Prints like the command."""

    def __init__(self, report: Report, found: tuple[Violation, ...] | None = None) -> None:
        """Take the report, and the violations to print if they are not its errors."""
        super().__init__(report)
        self.found = severe(report, "error") if found is None else found
        self.args = (printed(self.found),)

    def __reduce__(self) -> tuple[type[RequestError], tuple[Any, ...]]:
        """Pickle by the report, so that the error can be sent to another process."""
        return type(self), (self.report, self.found)


def severe(report: Report, fail_on: str) -> tuple[Violation, ...]:
    """Return the violations of a severity or worse."""
    least = _RANKS[Severity(fail_on)]
    return tuple(each for each in report.violations if _RANKS[each.severity] <= least)


def refusal_of(checked: Checked) -> Refusal:
    """Return the answer to a request that is refused."""
    request_id = f"req_msglint_{uuid4().hex[:20]}"
    said = {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": message_of(checked.found)},
        "request_id": request_id,
    }
    headers = (("content-type", "application/json"), ("request-id", request_id), ("x-should-retry", "false"))
    return Refusal(json.dumps(said, ensure_ascii=False).encode(errors="replace"), headers, checked)


def message_of(found: tuple[Violation, ...]) -> str:
    """Word the message of a refusal: a line for each violation, with its place, rule and help."""
    lines = [f"{_place(each)}: {printable(each.message)} [{each.rule}]{_help(each)}" for each in found[:_MOST_WORDED]]
    return redacted("\n".join(["msglint refused this request before it was sent:", *lines, *_rest(found)]))


def printed(found: tuple[Violation, ...]) -> str:
    """Word violations as the command prints them."""
    lines: list[str] = []
    for each in found[:_MOST_WORDED]:
        lines.append(f"{each.severity}[{each.rule}]: {printable(each.message)}")
        lines.append(f" --> {_place(each)}")
        if each.help is not None:
            lines.append(f"  = help: {printable(each.help)}")
    return redacted("\n".join([*lines, *_rest(found)]))


def noted(checked: Checked, *, show_values: bool) -> str:
    """Word a log record: the rule and pointer of each violation, and its message if values may be shown."""
    each = "; ".join(
        f"{violation.rule} at {_place(violation)}" + (f": {printable(violation.message)}" * show_values)
        for violation in checked.found[:_MOST_WORDED]
    )
    more = "".join(f"; {line}" for line in _rest(checked.found))
    return redacted(f"{checked.path}: {each}{more}")


def _help(violation: Violation) -> str:
    return "" if violation.help is None else f" help: {printable(violation.help)}"


def _rest(found: tuple[Violation, ...]) -> Iterable[str]:
    return [f"and {len(found) - _MOST_WORDED} more"] if len(found) > _MOST_WORDED else []


def _place(violation: Violation) -> str:
    pointer = printable(violation.pointer[:_LONGEST_POINTER])
    return (pointer or "the request") + ("…" * (len(violation.pointer) > _LONGEST_POINTER))
