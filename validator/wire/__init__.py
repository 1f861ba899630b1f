"""Requests on the wire: what a program is about to send, checked with the headers and the URL that it sends.

| module | what it does |
|---|---|
| `routes`, `headers`, `bodies` | read a request: endpoint, platform, model, API version, betas, text |
| `policy` | the options that users set, the same for every integration |
| `checker` | checks, and acts on what is found |
| `checked` | the result of a check, and the words for it |
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..config.keys import MODES, Mode
from ..report import Report
from .checked import Checked, Refusal, RefusedError
from .checker import Call, Checker, RequestWarning
from .policy import OFF_BY_DEFAULT, Options, Override, Policy, policy_of

if TYPE_CHECKING:
    from typing_extensions import Unpack


def check_wire(
    method: Any, url: Any, headers: Any = None, body: Any = None, **options: Unpack[Options]
) -> Report | None:
    """Check a request as it is sent, and report what the API would say to it. Never raises for a request.

    Args:
        method: The HTTP method.
        url: The URL or its path, of the API itself, a gateway, Amazon Bedrock or Google Cloud.
        headers: All headers, as a mapping or pairs of strings or bytes; None if they are unknown. Without an
            `anthropic-version` they are taken for incomplete, and a missing beta header is not reported.
        body: The bytes or the text that is sent, compressed as its `content-encoding` says; None for none.
        **options: The options of `Policy`.

    Returns:
        The report; None for a request that is not a call of the Messages API, or whose body cannot be read.

    Raises:
        TypeError: for an option that does not exist.
        ValueError: for an option with a wrong value.
    """
    checker = _default_checker() if not options else Checker(policy_of(options))
    checked = checker.check(method, url, headers, body)
    return None if checked is None else checked.report


@lru_cache(maxsize=1)
def _default_checker() -> Checker:
    return Checker(Policy())


__all__ = [
    "MODES",
    "OFF_BY_DEFAULT",
    "Call",
    "Checked",
    "Checker",
    "Mode",
    "Options",
    "Override",
    "Policy",
    "Refusal",
    "RefusedError",
    "RequestWarning",
    "check_wire",
    "policy_of",
]
