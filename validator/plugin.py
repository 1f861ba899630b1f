'''Rules in Python, for packages that bring some; the names in this module are stable.

A package names its module of rules as an entry point in the group `msglint.rules`:

```toml
[project.entry-points."msglint.rules"]
ours = "ourrules.rules"
```

and a configuration switches it on with `plugins = ["ours"]`, a program with `Linter(plugins=["ours"])`. A rule is a
function of a node and the request:

```python
from validator.plugin import Example, Node, Request, Severity, body, remove, rule, safe

@rule(
    "ours/no-temperature",
    on="/temperature",
    severity=Severity.WARNING,
    bad=(Example(body(temperature=0.5), at="/temperature"),),
    good=(Example(body()),),
)
def no_temperature(node: Node, request: Request) -> None:
    """The request sets `temperature`.

    Why: Our prompts are tuned at the default.
    """
    node.report(
        "`temperature` is set, but our prompts are tuned at the default",
        help="remove it",
        fix=safe("Remove `temperature`", remove(node.path)),
    )
```
'''

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .engine.request import Node, Request
from .engine.rule import Example, Rule, body
from .engine.rule import rule as _rule
from .facts.api import REQUEST_ENDPOINTS
from .fixes import Fix
from .fixes.fix import add, remove, rename, replace
from .report import Severity, Target
from .rules.shared.fixes import safe, unsafe


def rule(
    rule_id: str,
    *,
    on: str | tuple[str, ...],
    types: tuple[str, ...] = (),
    severity: Severity = Severity.ERROR,
    endpoints: tuple[str, ...] = REQUEST_ENDPOINTS,
    bad: tuple[Example, ...] = (),
    good: tuple[Example, ...] = (),
) -> Callable[[Callable[[Node, Request], None]], Rule]:
    """Make a rule of a function that reports what it finds to the node that it is given.

    The docstring of the function has a first paragraph that says what is wrong, and may have others that begin with
    `Why: `, `Fix: ` and `Source: `.

    Args:
        rule_id: The id, `area/name`; the area is not one of msglint's.
        on: The place that the function is given, or several: the request (an empty string), a property of it
            (`/thinking`), each tool (`/tools/*`), each block of the system prompt (`/system/*`), each message
            (`/messages/*`), each block of a message (`/messages/*/content/*`), or these and the blocks inside them
            (`/messages/*/content/**`).
        types: The types that it wants there: the `type` of tools and blocks, the `role` of messages; none for all.
        severity: How severe it is.
        endpoints: The endpoints whose requests it is for: `"messages"`, `"count_tokens"`, `"batches"`.
        bad: Requests that break it.
        good: Requests that come close and do not.
    """
    return _rule(rule_id, on=on, types=types, severity=severity, endpoints=endpoints, bad=bad, good=good)


def findings(made: Rule, request: Any, **options: Any) -> list[tuple[str, str]]:
    """Return the pointer and message of each finding of a rule in a request: for the tests of a package."""
    from .checking.linter import Linter

    report = Linter(rules=[made], **options).validate(request)
    return [(each.pointer, each.message) for each in report.violations if each.rule == made.id]


__all__ = [
    "Example",
    "Fix",
    "Node",
    "Request",
    "Rule",
    "Severity",
    "Target",
    "add",
    "body",
    "findings",
    "remove",
    "rename",
    "replace",
    "rule",
    "safe",
    "unsafe",
]
