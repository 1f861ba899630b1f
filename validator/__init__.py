"""msglint: an offline validator and linter for request bodies of the Claude Messages API.

```python
import validator

request = {"model": "claude-haiku-4-5", "max_tokens": 1024, "messages": [{"role": "user", "content": "Hello"}]}
report = validator.validate(request)
for violation in report.violations:
    print(violation.pointer, violation.message)
```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:
    from .checking.linter import Linter, check, validate, validate_json
    from .config import ConfigError
    from .fixes import Fix
    from .own.definition import RuleDict
    from .project import validate_file
    from .report import Range, Related, Report, RequestError, Severity, Violation
    from .rules import UnknownRuleError
    from .suppressions.baseline import BaselineError
    from .upgrades import Upgrade, upgrade

_HOMES = {
    **dict.fromkeys(("Linter", "check", "validate", "validate_json"), "checking.linter"),
    "validate_file": "project",
    "BaselineError": "suppressions.baseline",
    "ConfigError": "config",
    "Fix": "fixes",
    "RuleDict": "own.definition",
    "UnknownRuleError": "rules",
    **dict.fromkeys(("Upgrade", "upgrade"), "upgrades"),
    **dict.fromkeys(("Range", "Related", "Report", "RequestError", "Severity", "Violation"), "report"),
}


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that `msglint --version` imports nothing."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


__all__ = [
    "BaselineError",
    "ConfigError",
    "Fix",
    "Linter",
    "Range",
    "Related",
    "Report",
    "RequestError",
    "RuleDict",
    "Severity",
    "UnknownRuleError",
    "Upgrade",
    "Violation",
    "__version__",
    "check",
    "upgrade",
    "validate",
    "validate_file",
    "validate_json",
]
