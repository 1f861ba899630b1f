"""Tell the JSON and YAML documents that hold calls from all others; their readers are imported for those alone."""

from __future__ import annotations

from typing import Any, Final

LISTS_OF_PROVIDERS: Final = ("providers", "targets")
LISTS_OF_CALLS: Final = ("interactions", "http_interactions")
OF_NOCK: Final = frozenset({"scope", "path"})
_OF_HOLDERS: Final = frozenset({"prompts", *LISTS_OF_CALLS, "log", "request"})


def may_hold_calls(value: Any) -> bool:
    """Whether a document may be one of those below; most requests are told apart by their names at once."""
    return not (isinstance(value, dict) and _OF_HOLDERS.isdisjoint(value))


def is_configuration(value: Any) -> bool:
    """Whether a document is a configuration of promptfoo."""
    return isinstance(value, dict) and "prompts" in value and any(name in value for name in LISTS_OF_PROVIDERS)


def is_recording(value: Any) -> bool:
    """Whether a document is a recording of HTTP calls."""
    if isinstance(value, list):
        return bool(value) and isinstance(value[0], dict) and value[0].keys() >= OF_NOCK
    if not isinstance(value, dict):
        return False
    if any(isinstance(value.get(name), list) for name in LISTS_OF_CALLS):
        return True
    log = value.get("log")
    if isinstance(log, dict) and isinstance(log.get("entries"), list):
        return True
    return isinstance(value.get("request"), dict) and isinstance(value.get("response"), dict)
