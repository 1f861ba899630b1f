"""Facts about the tools of a request, cached by their JSON: most requests send the same tools."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from ...common.lazy_regex import regex
from ...inspect.instances import BEYOND, compiled
from ...inspect.json_schemas import is_schema
from ...inspect.slips import slips

if TYPE_CHECKING:
    from ...engine.index import Index
    from ...engine.setup import SetupView
    from ...schema.gate import Verdict

ROOT_UNIONS: Final = ("oneOf", "allOf", "anyOf")
PROPERTY_NAME: Final = regex(r"[a-zA-Z0-9_.-]{1,64}")

_CUSTOM: Final = "custom"
_MOST_CACHED: Final = 64
_LONGEST_CACHED: Final = 256 * 1024
"""Facts are cached for tools of at most this many bytes of JSON."""


class Verdicts(dict[str, "Verdict"]):
    """Functions that decide whether the input of a call fits, by tool name; a schema is compiled on first use."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        """Take the schemas of the tools, by name."""
        super().__init__()
        self._schemas = schemas

    def __missing__(self, name: str) -> Verdict:
        """Compile the schema of a tool; anything fits a tool without one, or one that is beyond the engine."""
        if name not in self._schemas:
            return _anything_fits
        shape = compiled(self._schemas[name], name)
        verdict = self[name] = _anything_fits if shape is None else shape.verdict
        return verdict


_NAME_OF: Final = itemgetter("name")


class Toolbox(NamedTuple):
    """The tools of a request."""

    is_plain: bool
    """Whether no rule has anything to report on the tools' names, descriptions and schemas."""
    verdicts: Verdicts
    """Whether the input of a call fits, for custom tools with a unique name."""
    names: frozenset[str]
    """The names of all tools."""


def toolbox(body: dict[str, Any]) -> Toolbox | None:
    """Analyse the tools of a request; None if they are not JSON. Call it through `index.cached`."""
    try:
        text = orjson.dumps(body.get("tools"))
    except (TypeError, ValueError, RecursionError):
        return None
    # The JSON is the cache key: for 20 tools a hit takes 0.1 ms, reading them 1.1 ms.
    return _read_cached(text) if len(text) <= _LONGEST_CACHED else _read(text)


def offers_plain_tools(view: SetupView) -> bool:
    """Whether rules that look at the tools alone have nothing to report."""
    known = view.cached(toolbox)
    return known is not None and known.is_plain


def calls_fit(index: Index) -> bool:
    """Whether the input of every call is valid under the schema of its tool."""
    known = index.cached(toolbox)
    if known is None:
        return False
    verdicts = known.verdicts
    try:
        for call in index.calls:
            if not verdicts[call["name"]](call["input"]):
                return False
    except (*BEYOND, KeyError, TypeError):
        return False
    return True


def calls_are_known(index: Index) -> bool:
    """Whether every call names a tool of the request; also True if it has no tools."""
    known = index.cached(toolbox)
    if known is None or not known.names:
        return known is not None
    try:
        return known.names.issuperset(map(_NAME_OF, index.calls))
    except (KeyError, TypeError):
        return False


def is_custom(tool: Any) -> bool:
    """Whether a tool has a schema, as custom tools do."""
    return isinstance(tool, dict) and isinstance(tool.get("input_schema"), dict)


def is_undescribed(tool: Any) -> bool:
    """Whether a tool has no description."""
    return isinstance(tool, dict) and not tool.get("description")


def has_invalid_schema(tool: Any) -> bool:
    """Whether the schema of a tool is not valid under draft 2020-12."""
    return is_custom(tool) and not is_schema(tool["input_schema"])


def has_root_union(tool: Any) -> bool:
    """Whether the schema of a tool is a union at its root."""
    return is_custom(tool) and any(key in tool["input_schema"] for key in ROOT_UNIONS)


def has_odd_property(tool: Any) -> bool:
    """Whether a parameter of a tool has a name that the API refuses."""
    properties = tool["input_schema"].get("properties") if is_custom(tool) else None
    return isinstance(properties, dict) and not all(map(PROPERTY_NAME.fullmatch, properties))


def has_slip(tool: Any) -> bool:
    """Whether the schema of a tool has a keyword that is probably a typo."""
    return is_custom(tool) and any(True for _ in slips(tool["input_schema"]))


def _is_plain(tool: Any) -> bool:
    return not (
        is_undescribed(tool)
        or has_invalid_schema(tool)
        or has_root_union(tool)
        or has_odd_property(tool)
        or has_slip(tool)
    )


def _read(text: bytes) -> Toolbox:
    value = orjson.loads(text)
    tools = [tool for tool in value if isinstance(tool, dict)] if isinstance(value, list) else []
    names = Counter(name for tool in tools if isinstance(name := tool.get("name"), str))
    own = [tool for tool in tools if _kind(tool) == _CUSTOM]
    is_plain = len(names) == names.total() and all(map(_is_plain, own))
    schemas = {
        name: tool["input_schema"]
        for tool in own
        if is_custom(tool) and isinstance(name := tool.get("name"), str) and names[name] == 1
    }
    return Toolbox(is_plain, Verdicts(schemas), frozenset(names))


def _kind(tool: dict[str, Any]) -> str:
    tag = tool.get("type")
    return tag if tag and isinstance(tag, str) else _CUSTOM


def _anything_fits(value: Any) -> bool:
    return True


_read_cached = lru_cache(maxsize=_MOST_CACHED)(_read)
