"""What is known of the tools of a request by themselves; kept for the next ones, which mostly bring the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from ...inspect.instances import Shape, compiled
from ...inspect.json_schemas import is_schema

if TYPE_CHECKING:
    from ..outline import Outline

ROOT_UNIONS: Final = ("oneOf", "allOf", "anyOf")
PROPERTY_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,64}")

_CUSTOM: Final = "custom"
_KEPT: Final = 64
_LONGEST_KEPT: Final = 256 * 1024
"""Bytes of the tools of a request that are worth keeping what is known of them."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of a request."""

    is_plain: bool
    """Whether there is nothing to say of the names, the descriptions and the schemas of the tools."""
    shapes: dict[str, Shape | None]
    """The schemas of one's own tools by name; None where two have the name, or for one that cannot be compiled."""


def toolbox(body: dict[str, Any]) -> Toolbox | None:
    """Look into the tools of a request; None for those that are not JSON. To be asked through `outline.once`."""
    try:
        text = orjson.dumps(body.get("tools"))
    except (TypeError, ValueError, RecursionError):
        return None
    return _read_kept(text) if len(text) <= _LONGEST_KEPT else _read(text)


def offers_plain_tools(outline: Outline) -> bool:
    """Whether there is nothing to say of the tools that does not depend on the rest of the request."""
    known = outline.once(toolbox)
    return known is not None and known.is_plain


def calls_fit(outline: Outline) -> bool:
    """Whether the input of every call keeps to the schema of its tool."""
    known = outline.once(toolbox)
    if known is None:
        return False
    shapes = known.shapes
    for call in outline.calls:
        name, value = call.get("name"), call.get("input")
        if name.__class__ is str and value.__class__ is dict:
            shape = shapes.get(name)
            if shape is not None and not shape.accepts(value):
                return False
    return True


def is_custom(tool: Any) -> bool:
    """Whether a tool has a schema, as one's own do."""
    return isinstance(tool, dict) and isinstance(tool.get("input_schema"), dict)


def is_undescribed(tool: Any) -> bool:
    """Whether a tool has no description."""
    return isinstance(tool, dict) and not tool.get("description")


def has_invalid_schema(tool: Any) -> bool:
    """Whether the schema of a tool is none of draft 2020-12."""
    return is_custom(tool) and not is_schema(tool["input_schema"])


def has_root_union(tool: Any) -> bool:
    """Whether the schema of a tool is a union."""
    return is_custom(tool) and any(key in tool["input_schema"] for key in ROOT_UNIONS)


def has_odd_property(tool: Any) -> bool:
    """Whether a parameter of a tool has a name that the API does not take."""
    properties = tool["input_schema"].get("properties") if is_custom(tool) else None
    return isinstance(properties, dict) and not all(map(PROPERTY_NAME.fullmatch, properties))


def _is_plain(tool: Any) -> bool:
    return not (is_undescribed(tool) or has_invalid_schema(tool) or has_root_union(tool) or has_odd_property(tool))


def _read(text: bytes) -> Toolbox:
    value = orjson.loads(text)
    tools = [tool for tool in value if isinstance(tool, dict)] if isinstance(value, list) else []
    named = [tool for tool in tools if isinstance(tool.get("name"), str)]
    shapes: dict[str, Shape | None] = {}
    for tool in named:
        name = tool["name"]
        usable = name not in shapes and _kind(tool) == _CUSTOM and is_custom(tool)
        shapes[name] = compiled(tool["input_schema"], name) if usable else None
    is_plain = len(shapes) == len(named) and all(_is_plain(tool) for tool in tools if _kind(tool) == _CUSTOM)
    return Toolbox(is_plain, shapes)


def _kind(tool: dict[str, Any]) -> str:
    tag = tool.get("type")
    return tag if tag and isinstance(tag, str) else _CUSTOM


_read_kept = lru_cache(maxsize=_KEPT)(_read)
