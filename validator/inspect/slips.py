"""Find slips in a valid JSON Schema: a misspelt keyword, or a required name that is not a property.

JSON Schema allows unknown keywords, and required names that `properties` does not list; both are seldom intended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..common.records import NamedTuple
from ..common.wording import is_slip, nearest
from .json_schemas import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..common.pointer import Path

_OFTEN_MISSPELT: Final = (
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "description",
    "enum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "required",
    "title",
    "type",
    "uniqueItems",
)
_KNOWN: Final = frozenset(
    {
        *_OFTEN_MISSPELT,
        "additionalItems",
        "contains",
        "definitions",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "deprecated",
        "discriminator",
        "else",
        "enumDescriptions",
        "enumNames",
        "example",
        "examples",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "externalDocs",
        "id",
        "if",
        "maxContains",
        "maxProperties",
        "minContains",
        "minProperties",
        "multipleOf",
        "name",
        "not",
        "nullable",
        "optional",
        "order",
        "prefixItems",
        "propertyNames",
        "propertyOrdering",
        "readOnly",
        "strict",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "writeOnly",
        "xml",
    }
)
_PARTIAL: Final = frozenset({"allOf", "anyOf", "dependentSchemas", "else", "if", "not", "oneOf", "then"})
"""Keywords whose schemas may refer to the properties of the schema that contains them."""
_OPEN: Final = frozenset({"$dynamicRef", "$ref", "dependencies", "patternProperties", *_PARTIAL})
"""Keywords beside which a schema may have properties that it does not list."""

_MOST_COMPARED: Final = 200
"""Most properties that a name is compared with."""
_MOST_STRANGERS: Final = 20
"""Most names that are yielded for one `required`."""


class Slip(NamedTuple):
    """A word in a schema that was probably not intended."""

    path: Path
    word: str
    meant: str | None
    is_keyword: bool
    """Whether the word is a keyword; else a name in `required`."""


def slips(schema: Any) -> Iterator[Slip]:
    """Yield the slips of a schema."""
    for path, node in walk(schema):
        if isinstance(node, dict):
            misspelt = list(_misspelt(path, node))
            yield from misspelt
            if not misspelt:
                yield from _strangers(path, node)


def _misspelt(path: Path, node: dict[Any, Any]) -> Iterator[Slip]:
    for key in node:
        if key in _KNOWN or key.startswith(("$", "x-", "x_")):
            continue
        meant = next((word for word in _OFTEN_MISSPELT if word not in node and is_slip(key, word)), None)
        if meant is not None:
            yield Slip((*path, key), key, meant, is_keyword=True)


def _strangers(path: Path, node: dict[str, Any]) -> Iterator[Slip]:
    required, properties = node.get("required"), node.get("properties", {})
    if not isinstance(required, list) or not isinstance(properties, dict) or not _OPEN.isdisjoint(node):
        return
    if node.get("additionalProperties", False) is not False or not _PARTIAL.isdisjoint(path):
        return
    if "properties" not in node and path:
        return
    known = properties if len(properties) <= _MOST_COMPARED else ()
    strangers = [pair for pair in enumerate(required) if isinstance(pair[1], str) and pair[1] not in properties]
    for index, name in strangers[:_MOST_STRANGERS]:
        yield Slip((*path, "required", index), name, nearest(name, known), is_keyword=False)
