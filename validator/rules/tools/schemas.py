"""The JSON Schemas of tools, and the inputs that have to match them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ...common.redaction import holds_secret, start_of
from ...common.wording import code, count, is_slip, nearest, printable, shown
from ...engine.request import Node, Request
from ...engine.rule import Example, Rule, body, rule
from ...fixes import rename
from ...inspect.json_schemas import mistakes
from ...inspect.slips import slips
from ...inspect.strict_schemas import Kind, Refusal, circles, refusals
from ...report import Severity, Target
from ..shared.fixes import meant_instead, unsafe
from ..shared.offered_tools import OFFERED, offered
from ..shared.platforms import is_missing
from ..shared.structured_outputs import (
    ADDITIONAL_PROPERTIES,
    EMPTY_SCHEMAS,
    ENUMS,
    OPTIONAL_PROPERTIES,
    RECURSION,
    REFERENCES,
    STRICT_TOOLS,
    UNION_PROPERTIES,
    UNIONS,
    Limit,
    Restriction,
    report_refusal,
    rule_about,
    strict_sizes,
    strict_tools,
)
from ..shared.tool_shapes import tool_shapes
from ..shared.toolbox import (
    PROPERTY_NAME,
    ROOT_UNIONS,
    calls_are_known,
    calls_fit,
    has_invalid_schema,
    has_odd_property,
    has_root_union,
    has_slip,
    is_custom,
    offers_plain_tools,
)

_SEARCH = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}


def _with_schema(schema: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": "search", "description": "Searches the catalogue.", "input_schema": schema, **changes}


def _strict(**properties: Any) -> dict[str, Any]:
    """Make a strict tool with some properties, all of them required."""
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return _with_schema(schema, strict=True)


def _object(**keywords: Any) -> dict[str, Any]:
    return {"type": "object", **keywords}


def _api_place(tool: Node) -> str:
    """Spell the place of a custom tool as the API does."""
    return f"{tool.place}.custom"


_MISTAKES = {
    "type": _object(properties={"limit": {"type": "int"}}),
    "required": _object(properties={"limit": {"type": "integer", "required": True}}),
    "twice": _object(properties={"query": {"type": "string"}}, required=["query", "query"]),
    "limit": _object(properties={"limit": {"type": "integer", "minimum": 1, "exclusiveMinimum": True}}),
    "items": _object(properties={"range": {"type": "array", "items": [{"type": "integer"}, {"type": "integer"}]}}),
    "enum": _object(properties={"order": {"type": "string", "enum": "price"}}),
    "property": _object(properties={"query": "string"}),
}
_OLD_DIALECT = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {"query": {"type": "string", "pattern": "(?<!x)y(?P<a>b)", "nullable": True, "x-order": 1}},
    "definitions": {},
    "required": None,
}


@rule(
    "tools/input-schema-invalid",
    on="/tools/*",
    types=("custom",),
    skip_if_setup=offers_plain_tools,
    if_value=has_invalid_schema,
    bad=(
        Example(
            body(tools=[_with_schema(_MISTAKES["type"])]),
            at="/tools/0/input_schema/properties/limit/type",
        ),
        Example(
            body(tools=[_with_schema(_MISTAKES["required"])]),
            at="/tools/0/input_schema/properties/limit/required",
        ),
        Example(body(tools=[_with_schema(_MISTAKES["twice"])]), at="/tools/0/input_schema/required/1"),
        Example(
            body(tools=[_with_schema(_MISTAKES["limit"])]),
            at="/tools/0/input_schema/properties/limit/exclusiveMinimum",
        ),
        Example(
            body(tools=[_with_schema(_MISTAKES["items"])]),
            at="/tools/0/input_schema/properties/range/items",
        ),
        Example(
            body(tools=[_with_schema(_MISTAKES["enum"])]),
            at="/tools/0/input_schema/properties/order/enum",
        ),
        Example(body(tools=[_with_schema(_MISTAKES["property"])]), at="/tools/0/input_schema/properties/query"),
    ),
    good=(
        Example(body(tools=[_with_schema(_OLD_DIALECT)])),
        Example(body(tools=[_with_schema(_object(properties={"any": {}, "more": True}))])),
    ),
    api_messages=(
        (
            "{tool}.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12"
            " (https://json-schema.org/draft/2020-12). Learn more about tool use at"
            " https://docs.claude.com/en/docs/tool-use."
        ),
    ),
)
def input_schema_invalid(tool: Node, request: Request) -> None:
    """The `input_schema` of a tool is not JSON Schema of draft 2020-12.

    Why: The API checks each schema against the meta-schema of that draft. What older drafts wrote differently is the
    usual cause: `required` on a property, `exclusiveMinimum` as a boolean, an array in `items`. Keywords that the draft
    does not know are fine, and so is the `$schema` of another draft.

    Source: The API's refusal, seen from 2024-12 to 2026-08 in at least six public issue threads; only the address in
    its text changes.
    """
    for mistake in mistakes(tool.value["input_schema"]):
        tool.at("input_schema", *mistake.path).report(
            mistake.message, help=mistake.help, api={"tool": _api_place(tool)}
        )


_ALTERNATIVES = [_object(required=["query"]), _object(required=["id"])]


@rule(
    "tools/input-schema-root-union",
    on="/tools/*",
    types=("custom",),
    skip_if_setup=offers_plain_tools,
    if_value=has_root_union,
    bad=(
        Example(
            body(tools=[_with_schema(_object(anyOf=_ALTERNATIVES))]),
            at="/tools/0/input_schema/anyOf",
        ),
        Example(
            body(tools=[_with_schema(_object(allOf=[{"required": ["query"]}]))]),
            at="/tools/0/input_schema/allOf",
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_object(properties={"by": {"anyOf": [{"type": "string"}, {}]}}))])),
        Example(body(tools=[_with_schema(_object(**{"not": {"required": ["a", "b"]}, "if": {}, "then": {}}))])),
    ),
    api_messages=("{tool}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",),
)
def input_schema_root_union(tool: Node, request: Request) -> None:
    """An `input_schema` has `anyOf`, `oneOf` or `allOf` at its root.

    Why: The root of a tool's schema describes one object, and the API refuses these three keywords there. Inside of a
    property they are accepted, and so are `not` and `if` at the root.

    Source: The API's refusal, seen from 2025-08 to 2026-09 in at least eight public issue threads.
    """
    for key in tool.value["input_schema"]:
        if key in ROOT_UNIONS:
            tool.at("input_schema", key).report(
                f"`input_schema` has {code(key)} at its root, but it can have it only inside of a property",
                help=f"put all properties into `properties` of the root and say in `description` which go together,"
                f" or move {code(key)} into a property",
                target=Target.KEY,
                api={"tool": _api_place(tool)},
            )


_PROPERTY_NAME_LIMIT = 64


@rule(
    "tools/input-schema-property-keys",
    on="/tools/*",
    types=("custom",),
    skip_if_setup=offers_plain_tools,
    if_value=has_odd_property,
    bad=(
        Example(
            body(tools=[_with_schema(_object(properties={"max results": {"type": "integer"}}))]),
            at="/tools/0/input_schema/properties/max results",
        ),
        Example(
            body(tools=[_with_schema(_object(properties={"größe": {"type": "integer"}}))]),
            at="/tools/0/input_schema/properties/größe",
        ),
        Example(
            body(tools=[_with_schema(_object(properties={"$filter": {"type": "string"}}))]),
            at="/tools/0/input_schema/properties/$filter",
        ),
        Example(
            body(tools=[_with_schema(_object(properties={"n" * 65: {"type": "string"}}))]),
            at="/tools/0/input_schema/properties/" + "n" * 65,
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_object(properties={"a.b-c_D" + "9" * 57: {"type": "string"}}))])),
        Example(body(tools=[_with_schema(_object(properties={"o": _object(properties={"max results": {}})}))])),
    ),
    api_messages=("{tool}.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",),
)
def input_schema_property_keys(tool: Node, request: Request) -> None:
    """A property of an `input_schema` has a name that the API refuses.

    Why: The names of the properties at the root have 1 to 64 characters, of these: `a`-`z`, `A`-`Z`, `0`-`9`, `_`,
    `.` and `-`. Nested names are not checked.

    Source: The API's refusal, seen from 2025-07 to 2026-10 in nine public places.
    """
    for name, schema in tool.properties("input_schema", "properties").items():
        if PROPERTY_NAME.fullmatch(name):
            continue
        better = re.sub(r"[^a-zA-Z0-9_.-]+", "_", _without_accents(name)).strip("_")[:64]
        better = "" if holds_secret(name) else better  # no form of a secret is a name, nor to be printed
        what = f"has {len(name)} characters" if len(name) > _PROPERTY_NAME_LIMIT else f"is {shown(name)}"
        schema.report(
            f"the name of a property {what}, but must be 1 to 64 ASCII letters, digits, `_`, `.` and `-`",
            help=f"rename it, for example to {code(better)}" if better else "give it a name",
            target=Target.KEY,
            api={"tool": _api_place(tool)},
        )


@rule(
    "tools/input-schema-misspelt-keyword",
    on="/tools/*",
    types=("custom",),
    skip_if_setup=offers_plain_tools,
    if_value=has_slip,
    severity=Severity.WARNING,
    bad=(
        Example(
            body(tools=[_with_schema(_object(propertis={"query": {"type": "string"}}, required=["query"]))]),
            at="/tools/0/input_schema/propertis",
        ),
        Example(
            body(tools=[_with_schema(_object(properties={"query": {"type": "string", "descripton": "Words."}}))]),
            at="/tools/0/input_schema/properties/query/descripton",
        ),
        Example(
            body(tools=[_with_schema(_object(properties={"query": {"type": "string", "max_length": 9}}))]),
            at="/tools/0/input_schema/properties/query/max_length",
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_object(properties={"propertis": {"type": "string", "x-typ": 1}}))])),
        Example(body(tools=[_with_schema(_object(properties={"by": {"type": "string", "widget": "radio"}}))])),
    ),
)
def input_schema_misspelt_keyword(tool: Node, request: Request) -> None:
    """A keyword in an `input_schema` is spelt almost like one of JSON Schema.

    Why: The API ignores unknown keywords, so this one has no effect.

    Fix: Renames the keyword to the one that is meant; unsafe, as it may be a tool's own.

    Source: Draft 2020-12, which allows unknown keywords; requests that the API accepted.
    """
    for slip in slips(tool.value["input_schema"]):
        if slip.is_keyword and slip.meant is not None:
            place = tool.at("input_schema", *slip.path)
            place.report(
                f"{code(slip.word)} is not a keyword of JSON Schema",
                help=f"did you mean {code(slip.meant)}?",
                target=Target.KEY,
                fix=unsafe(f"Rename {code(slip.word)} to {code(slip.meant)}", rename(place.path, slip.meant)),
            )


@rule(
    "tools/required-unknown-property",
    on="/tools/*",
    types=("custom",),
    skip_if_setup=offers_plain_tools,
    if_value=has_slip,
    severity=Severity.WARNING,
    bad=(
        Example(
            body(tools=[_with_schema(_object(properties={"query": {"type": "string"}}, required=["qeury"]))]),
            at="/tools/0/input_schema/required/0",
        ),
        Example(body(tools=[_with_schema(_object(required=["query"]))]), at="/tools/0/input_schema/required/0"),
        Example(
            body(
                tools=[
                    _with_schema(
                        _object(
                            properties={"by": _object(properties={"id": {"type": "string"}}, required=["id", "name"])}
                        )
                    )
                ]
            ),
            at="/tools/0/input_schema/properties/by/required/1",
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_object(properties={"query": {}}, required=["query"]))])),
        Example(body(tools=[_with_schema(_object(required=["query"], additionalProperties={"type": "string"}))])),
        Example(body(tools=[_with_schema(_object(required=["x-a"], patternProperties={"^x-": {}}))])),
        Example(body(tools=[_with_schema(_object(properties={"by": {"anyOf": [{"required": ["id"]}, {}]}}))])),
    ),
)
def required_unknown_property(tool: Node, request: Request) -> None:
    """`required` in an `input_schema` names a property that the schema does not have.

    Why: The model has to fill in a property of which it knows only the name. The API accepts it. A schema that
    allows other properties explicitly, or has them from elsewhere, is not reported.

    Fix: Replaces the name with the property that is probably meant; unsafe, because that is a guess.

    Source: Requests that the API accepted.
    """
    for slip in slips(tool.value["input_schema"]):
        if not slip.is_keyword:
            place = tool.at("input_schema", *slip.path)
            place.report(
                f"`required` names {code(slip.word)}, which is not among `properties`",
                help=f"did you mean {code(slip.meant)}?" if slip.meant else "describe it in `properties`, or remove it",
                fix=meant_instead(place, slip.meant),
            )


def _without_accents(name: str) -> str:
    """Remove the accents from a name: letters with them are not allowed."""
    letters = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _refused_by_strict(request: Request) -> list[tuple[Node, Refusal]]:
    """Return what structured outputs refuse of the schemas of strict tools, each with its tool."""
    return [
        (tool, refusal)
        for tool in request.cached(strict_tools)
        for refusal in refusals(tool.value["input_schema"])
        if len(refusal.path) != 1 or refusal.path[0] not in ROOT_UNIONS
    ]


def _report_strict(request: Request, *kinds: Kind) -> None:
    for tool, refusal in request.cached(_refused_by_strict):
        if refusal.kind in kinds:
            advice = f"{refusal.help}; or leave `strict` out" if refusal.kind == "recursive" else refusal.help
            related = ((tool.at("strict"), "the tool is strict here"),)
            report_refusal(tool.at("input_schema"), refusal, _api_place(tool), advice, related)


def _restricted(rule_id: str, restriction: Restriction, **arguments: Any) -> Rule:
    """Make the rule about a restriction for the schemas of strict tools."""

    def check(tools: Node, request: Request) -> None:
        _report_strict(request, *restriction.kinds)

    return rule_about(STRICT_TOOLS, rule_id, restriction.words, check, **arguments)


def _limited(rule_id: str, limit: Limit, **arguments: Any) -> Rule:
    """Make the rule about a limit for the schemas of strict tools, with which that of the answer counts."""

    def check(tools: Node, request: Request) -> None:
        strict = request.cached(strict_tools)
        counts = [(name, limit.count(found)) for _, name, found in request.cached(strict_sizes)]
        total = sum(number for _, number in counts)
        if not strict or total <= limit.most:
            return
        most = sorted((item for item in counts if item[1]), key=lambda item: -item[1])[:3]
        tools.report(
            f"the strict schemas have {total} {limit.counted} together, but can have at most {limit.most}",
            help=f"{limit.help(total)}, or make fewer tools strict; "
            + ", ".join(f"{name} has {number}" for name, number in most),
            related=[(strict[0].at("strict"), "the first strict tool")],
            api={"count": total},
        )

    return rule_about(STRICT_TOOLS, rule_id, limit.words, check, endpoints=("messages", "batches"), **arguments)


_TEXT = {"type": "string"}
_CLOSED = _object(properties={"by": _TEXT}, required=["by"], additionalProperties=False)


strict_additional_properties = _restricted(
    "tools/strict-additional-properties",
    ADDITIONAL_PROPERTIES,
    bad=(
        Example(
            body(tools=[_with_schema(_object(properties={"query": _TEXT}, required=["query"]), strict=True)]),
            at="/tools/0/input_schema",
        ),
        Example(
            body(tools=[_strict(filters=_object(properties={"by": _TEXT}, required=["by"]))]),
            at="/tools/0/input_schema/properties/filters",
        ),
        Example(
            body(tools=[_strict(filters=_object(additionalProperties=True))]),
            at="/tools/0/input_schema/properties/filters/additionalProperties",
        ),
        Example(
            body(tools=[_strict(filters=_object(additionalProperties=_TEXT))]),
            at="/tools/0/input_schema/properties/filters/additionalProperties",
        ),
    ),
    good=(
        Example(body(tools=[_strict(filters=_CLOSED)])),
        Example(body(tools=[_with_schema(_object(properties={"query": _TEXT}), strict=False)])),
        Example(body(tools=[_strict(kind={"const": "object", "default": {"type": "object"}})])),
    ),
)


@rule(
    "tools/strict-unsupported-keyword",
    on="/tools",
    mentions=("strict",),
    bad=(
        Example(
            body(tools=[_strict(limit={"type": "integer", "minimum": 1})]),
            at="/tools/0/input_schema/properties/limit/minimum",
        ),
        Example(
            body(tools=[_strict(tags={"type": "array", "items": _TEXT, "maxItems": 5})]),
            at="/tools/0/input_schema/properties/tags/maxItems",
        ),
        Example(
            body(tools=[_strict(tags={"type": "array", "items": _TEXT, "minItems": 2})]),
            at="/tools/0/input_schema/properties/tags/minItems",
        ),
        Example(
            body(tools=[_strict(by={"oneOf": [_TEXT, {"type": "null"}]})]),
            at="/tools/0/input_schema/properties/by/oneOf",
        ),
        Example(
            body(tools=[_strict(by={"type": "string", "not": {"enum": ["id"]}})]),
            at="/tools/0/input_schema/properties/by/not",
        ),
        Example(
            body(tools=[_strict(phone={"type": "string", "format": "phone"})]),
            at="/tools/0/input_schema/properties/phone/format",
        ),
        Example(
            body(tools=[_strict(id={"type": "string", "pattern": "^(?!0)[0-9]+$"})]),
            at="/tools/0/input_schema/properties/id/pattern",
        ),
        Example(
            body(tools=[_strict(id={"type": "string", "minLength": 3})]),
            at="/tools/0/input_schema/properties/id/minLength",
        ),
    ),
    good=(
        Example(body(tools=[_strict(minimum={"type": "integer"}, oneOf=_TEXT)])),
        Example(body(tools=[_with_schema(_object(properties={"limit": {"type": "integer", "minimum": 1}}))])),
        Example(body(tools=[_strict(tags={"type": "array", "items": _TEXT, "minItems": 1}, day=_TEXT)])),
        Example(
            body(
                tools=[
                    _strict(
                        day={"type": "string", "format": "date", "default": "2026-10-01"},
                        id={"type": "string", "pattern": r"^(?:[A-Z]{2}|\d+)[(?=]$"},
                        by={"anyOf": [_TEXT, {"type": "null"}], "description": "How to sort."},
                    )
                ]
            )
        ),
    ),
    api_messages=(
        "{schema}: {said}",
        "tools.0.custom: For 'integer' type, properties maximum, minimum are not supported",
        "tools.0.custom: For 'array' type, property 'maxItems' is not supported",
        "tools.0.custom: For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [2, ∞])",
        "tools.0.custom: Schema type 'oneOf' is not supported",
        "tools.0.custom: Schema keyword 'not' is not supported",
        "tools.0.custom: For 'object' type, property 'propertyNames' is not supported",
        "tools.0.custom: For 'string' type, format 'phone' is not supported",
        "tools.0.custom: Invalid regex in pattern field: …",
    ),
)
def strict_unsupported_keyword(tools: Node, request: Request) -> None:
    """The schema of a strict tool has a keyword that structured outputs do not support.

    Why: The schema of a strict tool becomes a grammar. Limits of numbers and of arrays, `oneOf`, `not`, `if`, formats
    other than ten, and patterns with lookaround, back-references or word boundaries have no place in it. That
    `minLength` and `maxLength` are refused is documented and was seen, but so was the contrary, so they are a warning.

    Source: The documentation's page on structured outputs; the API's refusals, seen from 2025-11 to 2026-10 in many
    public places, keyword by keyword.
    """
    _report_strict(request, "array", "format", "keyword", "numeric", "one-of", "regex", "string")


_NODE = _object(
    properties={"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
    required=["next"],
    additionalProperties=False,
)


def _strict_with(definitions: dict[str, Any], **properties: Any) -> dict[str, Any]:
    tool = _strict(**properties)
    return {**tool, "input_schema": {**tool["input_schema"], "$defs": definitions}}


strict_recursive = _restricted(
    "tools/strict-recursive",
    RECURSION,
    bad=(
        Example(
            body(tools=[_strict_with({"node": _NODE}, first={"$ref": "#/$defs/node"})]),
            at="/tools/0/input_schema/$defs/node/properties/next/anyOf/0/$ref",
        ),
        Example(
            body(tools=[_strict(parent={"$ref": "#"})]),
            at="/tools/0/input_schema/properties/parent/$ref",
        ),
    ),
    good=(
        Example(
            body(tools=[_strict_with({"by": _CLOSED}, first={"$ref": "#/$defs/by"}, second={"$ref": "#/$defs/by"})])
        ),
        Example(body(tools=[_with_schema(_object(properties={"parent": {"$ref": "#"}}))])),
    ),
)


strict_ref = _restricted(
    "tools/strict-ref",
    REFERENCES,
    bad=(
        Example(
            body(tools=[_strict_with({"address": _CLOSED}, to={"$ref": "#/$defs/adress"})]),
            at="/tools/0/input_schema/properties/to/$ref",
        ),
        Example(
            body(tools=[_strict(to={"$ref": "https://example.com/address.json"})]),
            at="/tools/0/input_schema/properties/to/$ref",
        ),
        Example(
            body(tools=[_strict_with({"address": _CLOSED}, to={"allOf": [{"$ref": "#/$defs/address"}]})]),
            at="/tools/0/input_schema/properties/to/allOf/0/$ref",
        ),
    ),
    good=(Example(body(tools=[_strict_with({"a/b": _CLOSED}, to={"$ref": "#/$defs/a~1b"})])),),
)


strict_enum = _restricted(
    "tools/strict-enum",
    ENUMS,
    bad=(
        Example(
            body(tools=[_strict(unit={"type": ["string", "null"], "enum": ["c", "f", None]})]),
            at="/tools/0/input_schema/properties/unit/type",
        ),
        Example(
            body(tools=[_strict(unit={"type": "string", "enum": ["c", "f", None]})]),
            at="/tools/0/input_schema/properties/unit/enum/2",
        ),
        Example(
            body(tools=[_strict(unit={"enum": [{"name": "c"}, "f"]})]),
            at="/tools/0/input_schema/properties/unit/enum/0",
        ),
    ),
    good=(
        Example(body(tools=[_strict(unit={"anyOf": [{"type": "string", "enum": ["c"]}, {"type": "null"}]})])),
        Example(body(tools=[_strict(note={"type": ["string", "null"]}, step={"type": "number", "enum": [1, 0.5]})])),
        Example(body(tools=[_with_schema(_object(properties={"unit": {"type": ["string", "null"], "enum": ["c"]}}))])),
    ),
)


strict_union = _restricted(
    "tools/strict-union",
    UNIONS,
    bad=(
        Example(
            body(tools=[_strict(by={"type": "string", "anyOf": [{"enum": ["id"]}, _TEXT]})]),
            at="/tools/0/input_schema/properties/by/anyOf",
        ),
        Example(
            body(tools=[_strict(by={**_CLOSED, "anyOf": [{"required": ["by"]}]})]),
            at="/tools/0/input_schema/properties/by/anyOf",
        ),
    ),
    good=(
        Example(body(tools=[_strict(by={"anyOf": [_CLOSED, _TEXT], "title": "By", "default": "id"})])),
        Example(body(tools=[_with_schema(_object(properties={"by": {"type": "string", "anyOf": [_TEXT]}}))])),
    ),
)


strict_empty_schema = _restricted(
    "tools/strict-empty-schema",
    EMPTY_SCHEMAS,
    rests_on=("/tools/./input_schema/type",),
    bad=(
        Example(body(tools=[_strict(value={})]), at="/tools/0/input_schema/properties/value"),
        Example(
            body(tools=[_strict(value={"description": "Anything."})]),
            at="/tools/0/input_schema/properties/value",
        ),
        Example(
            body(tools=[_strict(values={"type": "array", "items": {}})]),
            at="/tools/0/input_schema/properties/values/items",
        ),
        Example(
            body(tools=[_strict(value={"title": "Value", "default": None})]),
            at="/tools/0/input_schema/properties/value",
        ),
        Example(
            body(tools=[_strict_with({"by": {"properties": {"id": _TEXT}}}, by={"$ref": "#/$defs/by"})]),
            at="/tools/0/input_schema/$defs/by",
        ),
    ),
    good=(
        Example(body(tools=[_strict(value={"enum": [1, "a"]})])),
        Example(body(tools=[_with_schema(_object(properties={"value": {}}))])),
    ),
)


_STRICT_LIMIT = 20
_MANY = [{**_strict(query=_TEXT), "name": f"search_{number}"} for number in range(_STRICT_LIMIT + 1)]


@rule(
    "tools/strict-not-on-platform",
    on="/tools/*",
    types=("custom",),
    mentions=("strict",),
    if_value=lambda tool: isinstance(tool, dict) and tool.get("strict") is True,
    models=lambda model: model.fact("missing_on") is not None,
    bad=(
        Example(
            body(model="us.anthropic.claude-sonnet-4-20250514-v1:0", tools=[_strict(query=_TEXT)]),
            at="/tools/0/strict",
            ignore=["models"],
        ),
        Example(body(model="anthropic.claude-haiku-5-5", tools=[_strict(query=_TEXT)]), at="/tools/0/strict"),
    ),
    good=(
        Example(body(model="claude-haiku-5-5", tools=[_strict(query=_TEXT)])),
        Example(body(model="anthropic.claude-haiku-5-5", tools=[_strict(query=_TEXT) | {"strict": False}])),
    ),
    api_messages=("'{model}' does not support strict tools", "That model does not support strict tools"),
)
def strict_not_on_platform(tool: Node, request: Request) -> None:
    """A tool is strict for a model that has no strict tools, or none on the platform.

    Why: Claude Sonnet 4 has none, and on Amazon Bedrock Claude Sonnet 5.5 and Claude Haiku 5.5 have none either.

    Source: The API's refusal of Claude Sonnet 4, seen twice in 2026; the documentation's migration guides to the two
    newer models.
    """
    if is_missing("strict", request):
        model = request.model_name
        tool.at("strict").report(
            f"`strict` is true, but {code(model)} has no strict tools",
            help="leave `strict` out, and check the input of calls yourself",
            related=request.model_set_here,
            api={"model": model},
        )


@rule(
    "tools/strict-too-many",
    on="/tools",
    mentions=("strict",),
    endpoints=("messages", "batches"),
    bad=(Example(body(tools=_MANY), at="/tools/20/strict"),),
    good=(
        Example(body(tools=_MANY[:_STRICT_LIMIT])),
        Example(body(tools=[*_MANY[1:], {**_MANY[0], "strict": False}])),
        Example(
            {key: value for key, value in body(tools=_MANY).items() if key != "max_tokens"}, endpoint="count_tokens"
        ),
    ),
    api_messages=(
        (
            "Too many strict tools ({count}). The maximum number of strict tools supported is 20."
            " Try reducing the number of tools marked as strict."
        ),
    ),
)
def strict_too_many(tools: Node, request: Request) -> None:
    """More than 20 tools are strict.

    Why: The schemas of all strict tools become one grammar, so the API limits their number.

    Source: The documentation's page on structured outputs; the API's refusal, seen from 2026-02 to 2026-10 in ten
    public places. The counting of tokens does not check it.
    """
    strict = request.cached(strict_tools)
    if len(strict) > _STRICT_LIMIT:
        strict[_STRICT_LIMIT].at("strict").report(
            f"{len(strict)} tools are strict, but a request can have at most {_STRICT_LIMIT} of them",
            help=f"leave `strict` out of at least {count(len(strict) - _STRICT_LIMIT, 'tool')}",
            api={"count": len(strict)},
        )


def _optional(number: int) -> dict[str, Any]:
    return {f"option_{index}": _TEXT for index in range(number)}


def _strict_with_options(number: int, **changes: Any) -> dict[str, Any]:
    schema = _object(properties=_optional(number), additionalProperties=False)
    return {**_with_schema(schema, strict=True), **changes}


strict_optional_params = _limited(
    "tools/strict-optional-params",
    OPTIONAL_PROPERTIES,
    bad=(
        Example(body(tools=[_strict_with_options(25)]), at="/tools"),
        Example(body(tools=[_strict_with_options(13), _strict_with_options(12, name="lookup")]), at="/tools"),
        Example(
            body(
                tools=[_strict_with_options(13)],
                output_config={
                    "format": {"type": "json_schema", "schema": _strict_with_options(12)["input_schema"]},
                },
            ),
            at="/tools",
        ),
    ),
    good=(
        Example(body(tools=[_strict_with_options(24)])),
        Example(body(tools=[_strict_with_options(13), _strict_with_options(12, name="lookup", strict=False)])),
    ),
)


def _unions(number: int) -> dict[str, Any]:
    kinds = ({"type": ["string", "null"]}, {"anyOf": [_TEXT, {"type": "null"}]})
    return {f"note_{index}": kinds[index % 2] for index in range(number)}


strict_union_params = _limited(
    "tools/strict-union-params",
    UNION_PROPERTIES,
    bad=(Example(body(tools=[_strict(**_unions(17))]), at="/tools"),),
    good=(
        Example(body(tools=[_strict(**_unions(16))])),
        Example(body(tools=[_with_schema(_object(properties=_unions(17)))])),
    ),
)


_LONGEST_CHAIN = 150
_CODE_EXECUTION = {"type": "code_execution_20260120", "name": "code_execution"}


def _is_called_by_code(tool: Any) -> bool:
    callers = tool.get("allowed_callers") if is_custom(tool) else None
    return isinstance(callers, list) and any(
        isinstance(caller, str) and caller.startswith("code_execution_") for caller in callers
    )


@rule(
    "tools/programmatic-strict",
    on="/tools/*",
    types=("custom",),
    mentions=("allowed_callers",),
    endpoints=("messages", "batches"),
    if_value=lambda tool: _is_called_by_code(tool) and tool.get("strict") is True,
    bad=(
        Example(
            body(
                model="claude-opus-5",
                tools=[_CODE_EXECUTION, {**_strict(query=_TEXT), "allowed_callers": ["code_execution_20260120"]}],
            ),
            at="/tools/1/strict",
        ),
    ),
    good=(
        Example(body(tools=[{**_strict(query=_TEXT), "allowed_callers": ["direct"]}])),
        Example(
            body(
                model="claude-opus-5",
                tools=[
                    _CODE_EXECUTION,
                    {**_strict(query=_TEXT), "strict": False, "allowed_callers": ["code_execution_20260120"]},
                ],
            )
        ),
    ),
)
def programmatic_strict(tool: Node, request: Request) -> None:
    """A tool that code may call is strict.

    Why: Calls from the code execution tool are not made from the grammar of structured outputs, so the API refuses
    `strict` on tools that allow it as a caller.

    Source: The documentation's page on programmatic tool calling.
    """
    tool.at("strict").report(
        "`strict` is true, but a tool that `allowed_callers` opens to code execution cannot be strict",
        help='leave `strict` out, or allow only "direct" in `allowed_callers`',
        related=[(tool.at("allowed_callers"), "code execution may call it")],
    )


@rule(
    "tools/circular-ref",
    on="/tools/*",
    types=("custom",),
    mentions=("allowed_callers",),
    endpoints=("messages", "batches"),
    if_value=lambda tool: _is_called_by_code(tool) and tool.get("strict") is not True,
    bad=(
        Example(
            body(
                model="claude-opus-5",
                tools=[
                    _CODE_EXECUTION,
                    _with_schema(
                        _object(properties={"root": {"$ref": "#/$defs/node"}}, **{"$defs": {"node": _NODE}}),
                        allowed_callers=["code_execution_20260120"],
                    ),
                ],
            ),
            at="/tools/1/input_schema/$defs/node/properties/next/anyOf/0/$ref",
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_object(properties={"parent": {"$ref": "#"}}))])),
        Example(
            body(
                model="claude-opus-5",
                tools=[
                    _CODE_EXECUTION,
                    _with_schema(
                        _object(properties={"a": {"$ref": "#/$defs/by"}}, **{"$defs": {"by": _CLOSED}}),
                        allowed_callers=["code_execution_20260120"],
                    ),
                ],
            )
        ),
    ),
    api_messages=("… Circular $ref detected …",),
)
def circular_ref(tool: Node, request: Request) -> None:
    """A tool that code may call has a schema that refers back to itself.

    Why: A function is made of the tool for the code to call, with all references written out.

    Source: The documentation's page on programmatic tool calling, which gives a part of the API's words.
    """
    for path, chain in circles(tool.value["input_schema"])[:1]:
        shortened = printable(start_of(chain, _LONGEST_CHAIN))
        tool.at("input_schema", *path).report(
            f"`$ref` makes the schema recursive ({shortened}), which a tool that code may call cannot be",
            help='write the nested schemas out as deep as is needed, or allow only "direct" in `allowed_callers`',
            related=[(tool.at("allowed_callers"), "code execution may call it")],
            api={},
        )


_LIMITED = _object(
    properties={"query": _TEXT, "limit": {"type": "integer", "maximum": 50}, "tags": {"type": "array", "items": _TEXT}},
    required=["query"],
    additionalProperties=False,
)


@rule(
    "tools/input-examples-invalid",
    on="/tools/*",
    types=("custom",),
    mentions=("input_examples",),
    if_value=lambda tool: is_custom(tool) and bool(tool.get("input_examples")),
    bad=(
        Example(
            body(tools=[_with_schema(_LIMITED, input_examples=[{"query": "x"}, {"query": "y", "limit": "5"}])]),
            at="/tools/0/input_examples/1/limit",
        ),
        Example(
            body(tools=[_with_schema(_LIMITED, input_examples=[{"limit": 5}])]),
            at="/tools/0/input_examples/0",
        ),
        Example(
            body(tools=[_with_schema(_LIMITED, input_examples=[{"query": "x", "limits": 5}])]),
            at="/tools/0/input_examples/0/limits",
        ),
        Example(
            body(tools=[_with_schema(_LIMITED, input_examples=[{"query": "x", "tags": ["a", 1]}])]),
            at="/tools/0/input_examples/0/tags/1",
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_LIMITED, input_examples=[{"query": "x", "limit": 50, "tags": []}])])),
        Example(
            body(tools=[_with_schema(_object(properties={"a": {"$ref": "http://a.test"}}), input_examples=[{"a": 1}])])
        ),
    ),
)
def input_examples_invalid(tool: Node, request: Request) -> None:
    """An entry of `input_examples` does not match the `input_schema` of its tool.

    Why: The examples show the model how the tool is called, so the API refuses those that would be wrong calls.

    Source: The documentation's page on defining tools: each example must be valid, invalid ones return a 400 error.
    """
    shape = request.cached(tool_shapes).of(tool)
    for example in tool.items("input_examples") if shape is not None else ():
        misfit = shape.misfit(example.value) if shape is not None and isinstance(example.value, dict) else None
        if misfit is not None:
            example.at(*misfit.path).report(
                misfit.message,
                help=misfit.advice or "correct the example, or the schema",
                related=[(tool.at("input_schema"), "the schema")],
                target=misfit.target,
            )


def _call(name: str, **arguments: Any) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": "Find it."},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": name, "input": arguments}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "Found."}]},
    ]


@rule(
    "tools/input-not-matching-schema",
    on="/messages/*/content/*",
    types=("tool_use",),
    skip_if=calls_fit,
    if_value=lambda block: isinstance(block.get("input"), dict) and not block.get("toolset_name"),
    severity=Severity.WARNING,
    bad=(
        Example(
            body(tools=[_with_schema(_LIMITED)], messages=_call("search", query="x", limit="5")),
            at="/messages/1/content/0/input/limit",
        ),
        Example(
            body(tools=[_with_schema(_LIMITED)], messages=_call("search")),
            at="/messages/1/content/0/input",
        ),
        Example(
            body(tools=[_with_schema(_LIMITED)], messages=_call("search", query="x", limt=5)),
            at="/messages/1/content/0/input/limt",
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_LIMITED)], messages=_call("search", query="x", limit=5))),
        Example(body(tools=[_with_schema(_object(additionalProperties=False))], messages=_call("search"))),
        Example(
            body(tools=[_with_schema(_object(properties={"a": {"pattern": "(?R)"}}))], messages=_call("search", a="x"))
        ),
    ),
)
def input_not_matching_schema(block: Node, request: Request) -> None:
    """A call in the history does not match the `input_schema` of its tool.

    Why: The API accepts it, but the model takes what it called before for an example of how the tool is called. A
    schema that has changed since, or a history that was put together by hand, is the usual cause.

    Source: Requests that the API accepts; the documentation's pages on tools say what a call looks like.
    """
    shapes = request.cached(tool_shapes)
    tool = shapes.tool(block.value.get("name"))
    if tool is not None and shapes.accepts(tool, block.value["input"]):
        return
    shape = shapes.of(tool) if tool is not None else None
    misfit = shape.misfit(block.value["input"]) if shape is not None else None
    if tool is None or misfit is None:
        return
    block.at("input", *misfit.path).report(
        misfit.message,
        help=misfit.advice or "correct the call, or the schema if it has changed since",
        related=[(tool.at("input_schema"), "the schema")],
        target=misfit.target,
    )


@rule(
    "tools/call-misspelt-name",
    on="/messages/*/content/*",
    types=("tool_use",),
    skip_if=calls_are_known,
    if_value=lambda block: isinstance(block, dict) and not block.get("toolset_name"),
    severity=Severity.WARNING,
    rests_on=OFFERED,
    bad=(
        Example(
            body(tools=[_with_schema(_LIMITED)], messages=_call("serch", query="x")), at="/messages/1/content/0/name"
        ),
    ),
    good=(
        Example(body(tools=[_with_schema(_LIMITED)], messages=_call("search", query="x"))),
        Example(body(tools=[_with_schema(_LIMITED)], messages=_call("lookup", query="x"))),
        Example(body(messages=_call("serch", query="x"))),
    ),
)
def call_misspelt_name(block: Node, request: Request) -> None:
    """A call in the history misspells the name of a tool.

    Why: The API accepts it, but the model takes what it called before for an example. A call of a tool that is not
    there any more is fine; only a name with one letter wrong is reported, once.

    Fix: Replaces the name by that of the tool; unsafe, as the tool may have had another name.

    Source: Requests that the API accepted.
    """
    name, names, seen = block.text("name"), request.cached(offered).names, request.cached(_looked_up)
    if name is None or name in names or name in request.cached(offered).members or name in seen:
        return
    if len(seen) == _MOST_LOOKED_UP or len(names) > _MOST_TOOLS_COMPARED:
        return
    seen.add(name)
    meant = nearest(name, names)
    if meant is None or not is_slip(name, meant):
        return
    block.at("name").report(
        f"`name` is {shown(name)}, which is not among `tools`",
        help=f"did you mean {code(meant)}?",
        related=[(names[meant].at("name"), "this tool is meant")],
        fix=meant_instead(block.at("name"), meant),
    )


_MOST_TOOLS_COMPARED = 500
_MOST_LOOKED_UP = 50


def _looked_up(_request: Request) -> set[str]:
    """Return the set of names of calls that were compared with those of the tools; it grows."""
    return set()
