"""Match regular expressions in the dialect of the schemas, in linear time."""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs


def matches(pattern: str, text: str) -> bool:
    """Whether `text` matches a `pattern`, by the engine of the gate."""
    # `jsonschema-rs` has no function for this, but a schema with nothing but a `pattern` is one.
    return _pattern(pattern).is_valid(text)


@lru_cache
def _pattern(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, offline=True)
