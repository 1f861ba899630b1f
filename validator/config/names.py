"""The names of the keys that linters take; what a configuration may hold is in `keys`."""

from __future__ import annotations

from typing import Final

OFF: Final = "off"
"""The severity that turns a rule off."""

OPTIONS: Final = ("select", "ignore", "endpoint", "betas", "edition", "platform", "rules", "plugins")
"""The keys that a linter takes as options under the same name."""

OF_LINTERS: Final = frozenset({*OPTIONS, "extend-select", "severity", "api-version"})

ADDED: Final = frozenset({"extend-select", "ignore"})
"""Keys whose values an override adds to those of the whole configuration; other keys replace them."""
