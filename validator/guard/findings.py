"""Check the requests that pass, print what is found as it comes, and count for the summary."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ..common.wording import count
from ..formats.full import render
from ..report.file_result import FileResult, shown_name
from ..wire import Checker, Policy
from ..wire.checked import refusal_of
from ..wire.routes import path_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..formats.style import Style
    from ..wire import Checked, Refusal

_MOST_RULES: Final = 10


class Findings:
    """The findings of one run."""

    def __init__(self, policy: Policy, write: Callable[[str], None], style: Style) -> None:
        """Take the policy, and where to print; everything that a check needs is read here."""
        self._checker: Final = Checker(policy).warm()
        self._write = write
        self._style = style
        self.passed_on = 0
        """The number of requests of any kind."""
        self.checked = 0
        self.refused = 0
        self.unchecked: Counter[str] = Counter()
        """The calls of the Messages API that were not checked, by reason."""
        self.rules: Counter[str] = Counter()

    @property
    def has_found(self) -> bool:
        """Whether a request had violations that are acted on."""
        return bool(self.rules)

    def concerns(self, method: str, target: str) -> bool:
        """Whether a request may be a call of the Messages API, so that its body has to be read."""
        return self._checker.call_of(method, path_of(target), None) is not None

    def judge(self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes) -> Checked | None:
        """Check a request; it may be called in any thread."""
        call = self._checker.call_of(method, path_of(target), headers)
        return None if call is None else self._checker.judge(call, body, may_skip=True)

    def act(self, checked: Checked | None) -> Refusal | None:
        """Count and print the result of a check, and return the answer if the request is refused."""
        if checked is None:
            return None
        if checked.report is None:
            self.unchecked[checked.why or "unknown"] += 1
            return None
        self.checked += 1
        refusal = refusal_of(checked) if checked.found and checked.mode in {"refuse", "raise"} else None
        if checked.found:
            self.rules.update(violation.rule for violation in checked.found)
            self.refused += refusal is not None
            self._print(checked)
        return refusal

    def summary(self) -> str:
        """Word the summary of the run."""
        rules = [f"{number:,} {rule}" for rule, number in self.rules.most_common(_MOST_RULES)]
        unchecked = [f"{number:,} not checked, because {why}" for why, number in self.unchecked.most_common()]
        parts = [
            f"checked {count(self.checked, 'request')}",
            *unchecked,
            *([f"{self.refused:,} refused"] if self.refused else []),
            f"found {', '.join(rules)}" if rules else "no violations",
        ]
        return f"msglint guard: {'; '.join(parts)}"

    def _print(self, checked: Checked) -> None:
        # Without ranges: a body on the wire has one line, and its text is not shown.
        violations = tuple(
            violation._replace(range=None, related=tuple(each._replace(range=None) for each in violation.related))
            for violation in checked.found
        )
        name = shown_name(f"request {self.checked} ({checked.path})")
        for text in render([FileResult(name, violations=violations)], self._style):
            self._write(text)
