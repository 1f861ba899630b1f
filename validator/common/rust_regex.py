"""Regular expressions in the dialect of the schemas, matched in linear time."""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs


def matches(pattern: str, text: str) -> bool:
    """Whether `text` matches a schema's `pattern`, in the same regular expression dialect as the gate."""
    return _pattern(pattern).is_valid(text)


@lru_cache
def _pattern(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, offline=True)
