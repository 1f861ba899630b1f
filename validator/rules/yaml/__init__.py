"""YAML: text that JSON has no equivalent for, or that YAML readers disagree on.

| module | finds |
|---|---|
| `reading` | text that is not YAML, or that readers disagree on |
| `values` | values and keys that JSON does not have, or that readers disagree on |
| `aliases` | aliases and nesting that cannot be written as JSON |

"""

from __future__ import annotations

from .aliases import circular_alias, duplicate_anchor, nested_too_deeply, too_many_aliases, unknown_alias
from .reading import ambiguous_line_break, invalid
from .values import ambiguous_value, container_as_key, duplicate_key, key_not_a_string, merge_of_no_mapping, not_json

__all__ = [
    "ambiguous_line_break",
    "ambiguous_value",
    "circular_alias",
    "container_as_key",
    "duplicate_anchor",
    "duplicate_key",
    "invalid",
    "key_not_a_string",
    "merge_of_no_mapping",
    "nested_too_deeply",
    "not_json",
    "too_many_aliases",
    "unknown_alias",
]
