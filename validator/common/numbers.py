"""Numbers as JSON Schema sees them: `1024.0` and `1e3` are integers."""

from __future__ import annotations

from typing import Any, Final

_END: Final = 2**63
"""The first float that does not fit into 64 bits; the schemas refuse such numbers."""


def whole(value: Any) -> int | None:
    """Return an integer, even if it is spelled as a float; None for any other value."""
    if isinstance(value, float):
        return int(value) if abs(value) < _END and value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
