"""Calls on the wire in the lines of `msglint serve`: judged as the integrations for Python judge them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from ..report import Report
from ..wire import Checker, Policy
from ..wire.checked import noted, printed, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire import Checked

_OF_CALL: Final = {"method": str, "url": str, "headers": dict, "mode": str, "fail_on": str}
"""What a call says, and its type."""
_OF_POLICY: Final = ("mode", "fail_on")
_MOST_POLICIES: Final = 64
_NO_CALL: Final = "it is not a call of the Messages API"


@dataclass(frozen=True, slots=True)
class Judged:
    """What is found in a call, and what its sender is to do about it."""

    report: Report
    details: dict[str, Any]
    """`mode`, and `refusal`, `said` or `skipped`."""


@dataclass(slots=True)
class Calls:
    """Judges calls under a policy, and under those that lines make of it."""

    policy: Callable[[], Policy]
    """Makes the policy when the first call comes; programs that only check requests need none."""
    _base: Policy | None = None
    _checkers: dict[tuple[Any, ...], Checker] = field(default_factory=dict)

    def judge(self, call: Any, body: Any, said: dict[str, Any]) -> Judged:
        """Judge a call with its body; `said` are the betas and the version for one without their headers.

        Raises:
            ValueError: for a call or an option that is malformed.
            RuntimeError: if the check failed.
        """
        _refuse_malformed(call)
        options = {**said, **{name: call[name] for name in _OF_POLICY if name in call}}
        checker = self._checker(options)
        known = checker.call_of(call.get("method", "POST"), call["url"], call.get("headers", {}))
        checked = None if known is None else checker.judge(known, body, may_skip=True)
        if checked is None:
            return Judged(Report(()), {"mode": checker.policy.mode, "skipped": _NO_CALL})
        if checked.outcome == "failed":
            raise RuntimeError(checked.why)
        return _judged(checked, checker.policy)

    def _checker(self, options: dict[str, Any]) -> Checker:
        key = tuple(sorted((name, tuple(value) if name == "betas" else value) for name, value in options.items()))
        checker = self._checkers.get(key)
        if checker is None:
            if self._base is None:
                self._base = self.policy()
            if len(self._checkers) >= _MOST_POLICIES:
                self._checkers.clear()
            checker = self._checkers[key] = Checker(replace(self._base, **options))
        return checker


def _judged(checked: Checked, policy: Policy) -> Judged:
    details: dict[str, Any] = {"mode": checked.mode}
    if checked.why is not None:
        details["skipped"] = checked.why
    if checked.found and checked.mode == "refuse":
        refusal = refusal_of(checked)
        body = refusal.body.decode()
        details["refusal"] = {"status": refusal.status, "headers": dict(refusal.headers), "body": body}
    elif checked.found and checked.mode == "raise":
        details["said"] = printed(checked.found)
    elif checked.found:
        details["said"] = noted(checked, show_values=policy.show_values)
    # A report with errors is false.
    return Judged(Report(()) if checked.report is None else checked.report, details)


def _refuse_malformed(call: Any) -> None:
    if not isinstance(call, dict) or "url" not in call:
        msg = "'call' must be an object with a 'url'"
        raise ValueError(msg)
    for name, value in call.items():
        if name not in _OF_CALL:
            msg = f"'call' has no {name!r}; it may have {', '.join(_OF_CALL)}"
            raise ValueError(msg)
        if not isinstance(value, _OF_CALL[name]):
            msg = f"{name!r} must be {'an object' if _OF_CALL[name] is dict else 'a string'}"
            raise ValueError(msg)  # noqa: TRY004 - as for every other mistake of a line
