"""Own rules as teams write them, for tests: those of the guide, and rules of every form."""

from __future__ import annotations

import re
from typing import Any

from tests.material import ROOT
from validator.config.toml_places import toml

GUIDE = (ROOT / "docs" / "own-rules.md").read_text("utf-8")
TOML = "\n".join(block for block in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "[[rules]]" in block)
"""All rules of the guide, as one configuration."""
TEN: list[dict[str, Any]] = toml().loads(TOML)["rules"]
"""The same, as dicts."""

EVERY_FORM: list[dict[str, Any]] = [
    {"id": "form/root", "at": "", "schema": {"required": ["system"], "properties": {"max_tokens": {"maximum": 900}}}},
    {"id": "form/property", "at": "/max_tokens", "schema": {"multipleOf": 64}},
    {"id": "form/never", "at": "/tools", "schema": False},
    {"id": "form/index", "at": "/messages/0/content", "schema": {"type": "array"}},
    {"id": "form/star", "at": "/tools/*/description", "schema": {"minLength": 30}, "present": True},
    {"id": "form/part", "at": "/tools/*/in*_schema", "schema": {"required": ["properties"]}},
    {"id": "form/deep", "at": "/messages/**/text", "schema": {"maxLength": 3}},
    {"id": "form/deep-all", "at": "/**", "schema": {"not": {"const": "assistant"}}},
    {"id": "form/two-deep", "at": "/**/content/**/type", "schema": {"enum": ["text"]}},
    {"id": "form/if", "at": "/max_tokens", "schema": {"maximum": 100}, "if": {"required": ["tools"]}},
    {"id": "form/if-not", "at": "/model", "schema": False, "if": {"not": {"required": ["thinking"]}}},
    {
        "id": "form/if-deep",
        "at": "/system",
        "present": True,
        "if": {"properties": {"messages": {"minItems": 2}}},
    },
    {"id": "form/present", "at": "/metadata/user_id", "present": True},
    {"id": "form/present-star", "at": "/messages/*/content/*/cache_control", "present": True},
    {
        "id": "form/reference",
        "at": "/tools/*",
        "schema": {"$ref": "#/$defs/named", "$defs": {"named": {"properties": {"name": {"maxLength": 4}}}}},
    },
    {
        "id": "form/recursive",
        "at": "/tools/*/input_schema",
        "schema": {"additionalProperties": {"$ref": "#"}, "propertyNames": {"not": {"const": "required"}}},
    },
    {"id": "form/contains", "at": "/system", "schema": {"type": "array", "contains": {"required": ["cache_control"]}}},
    {"id": "form/format", "at": "/metadata/user_id", "schema": {"format": "uuid"}},
]
"""A rule of every form, most of which nearly every request breaks."""
