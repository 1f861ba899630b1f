"""The JSON Schemas of output formats."""

from __future__ import annotations

from typing import Any

from ...engine.request import Node, Request
from ...engine.rule import Example, Rule, body, rule
from ...inspect.json_schemas import Mistake, mistakes
from ...inspect.strict_schemas import Kind, Refusal, refusals
from ...report import Severity
from ..shared.structured_outputs import (
    ADDITIONAL_PROPERTIES,
    ANSWER,
    EMPTY_SCHEMAS,
    ENUMS,
    OPTIONAL_PROPERTIES,
    RECURSION,
    REFERENCES,
    UNION_PROPERTIES,
    UNIONS,
    Limit,
    Restriction,
    report_refusal,
    rule_about,
    strict_sizes,
    strict_tools,
)

_TEXT = {"type": "string"}


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return body(output_config={"format": {"type": "json_schema", "schema": schema}})


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_PLAIN = Example(
    _answer(
        {
            **_object(
                name={"type": "string", "description": "As it is written.", "default": "", "examples": ["a"]},
                day={"type": "string", "format": "date"},
                code={"type": "string", "pattern": r"^[A-Z]{3}-\d+$"},
                tags={"type": "array", "items": _TEXT, "minItems": 1},
                kind={"enum": ["a", 1, True, None]},
                note={"type": ["string", "null"]},
                owner={"anyOf": [{"$ref": "#/$defs/person"}, {"type": "null"}], "description": "Who has it."},
                maximum={"const": {"type": "object"}},
            ),
            "$defs": {"person": _object(name=_TEXT)},
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Item",
        }
    )
)
"""A request for an answer with much of what is supported, a good example of every rule on these schemas."""


def _schemas(request: Request) -> list[Node]:
    """Return the schemas of the answer, at today's place and at the former one."""
    places = (request.root.at("output_config", "format"), request.root.at("output_format"))
    return [place.at("schema") for place in places if place.type == "json_schema" and isinstance(place.value, dict)]


def _mistakes(request: Request) -> list[tuple[Node, Mistake]]:
    return [
        (schema, mistake)
        for schema in _schemas(request)
        if isinstance(schema.value, dict)
        for mistake in mistakes(schema.value)
    ]


def _refused(request: Request) -> list[tuple[Node, Refusal]]:
    return [
        (schema, refusal)
        for schema in _schemas(request)
        if isinstance(schema.value, dict)
        for refusal in refusals(schema.value)
    ]


def _report(holder: Node, *kinds: Kind) -> None:
    for schema, refusal in holder.request.cached(_refused):
        if refusal.kind in kinds and schema.path[: len(holder.path)] == holder.path:
            report_refusal(schema, refusal, schema.place, refusal.help)


def _restricted(rule_id: str, restriction: Restriction, **arguments: Any) -> Rule:
    """Make the rule about a restriction for the schema of the answer."""

    def check(holder: Node, request: Request) -> None:
        _report(holder, *restriction.kinds)

    return rule_about(ANSWER, rule_id, restriction.words, check, **arguments)


def _limited(rule_id: str, limit: Limit, **arguments: Any) -> Rule:
    """Make the rule about a limit for the schema of the answer in a request without strict tools."""

    def check(holder: Node, request: Request) -> None:
        if request.cached(strict_tools):
            return
        for schema, _, found in request.cached(strict_sizes):
            number = limit.count(found)
            if schema.path[: len(holder.path)] == holder.path and number > limit.most:
                schema.report(
                    f"the schema has {number} {limit.counted}, but can have at most {limit.most}",
                    help=limit.help(number),
                    api={"count": number},
                )

    return rule_about(ANSWER, rule_id, limit.words, check, endpoints=("messages", "batches"), **arguments)


@rule(
    "output/schema-invalid",
    on=ANSWER.on,
    mentions=ANSWER.mentions,
    bad=(
        Example(
            _answer(_object(range={"type": "array", "items": [{"type": "integer"}, {"type": "integer"}]})),
            at="/output_config/format/schema/properties/range/items",
        ),
        Example(
            _answer(_object(name={"type": "string", "required": True})),
            at="/output_config/format/schema/properties/name/required",
        ),
    ),
    good=(_PLAIN,),
    api_messages=(
        "{schema}: {said}",
        (
            "output_config.format.schema: Invalid schema: Array types must be specified with a single object schema"
            " for 'items'."
        ),
    ),
)
def schema_invalid(holder: Node, request: Request) -> None:
    """The schema of the answer is not JSON Schema of draft 2020-12.

    Why: What the keyword says cannot be kept to. An array in `items` is refused; the rest was not seen to be, so it is
    a warning.

    Source: The API's refusal of an array in `items`, seen from 2026-02 to 2026-09 in at least six public places; draft
    2020-12 for the rest.
    """
    for schema, mistake in request.cached(_mistakes):
        if schema.path[: len(holder.path)] == holder.path:
            is_list = mistake.keyword == "items"
            api: dict[str, Any] = {"schema": schema.place}
            if is_list:
                api["said"] = "Invalid schema: Array types must be specified with a single object schema for 'items'."
            schema.at(*mistake.path).report(
                mistake.message,
                help=_ONE_SCHEMA if is_list else mistake.help,
                severity=None if is_list else Severity.WARNING,
                api=api,
            )


_ONE_SCHEMA = "give one schema for all items, with `anyOf` where they differ; `prefixItems` is not supported here"


schema_additional_properties = _restricted(
    "output/schema-additional-properties",
    ADDITIONAL_PROPERTIES,
    bad=(
        Example(
            _answer({"type": "object", "properties": {"name": _TEXT}, "required": ["name"]}),
            at="/output_config/format/schema",
        ),
        Example(
            _answer(_object(items={"type": "array", "items": {"type": "object", "properties": {}}})),
            at="/output_config/format/schema/properties/items/items",
        ),
        Example(
            _answer(_object(scores={"type": "object", "additionalProperties": {"type": "number"}})),
            at="/output_config/format/schema/properties/scores/additionalProperties",
        ),
        Example(
            _answer({**_object(name=_TEXT), "additionalProperties": True}),
            at="/output_config/format/schema/additionalProperties",
        ),
    ),
    good=(_PLAIN,),
)


@rule(
    "output/schema-numeric-constraint",
    on=ANSWER.on,
    mentions=ANSWER.mentions,
    bad=(
        Example(
            _answer(_object(score={"type": "number", "maximum": 1})),
            at="/output_config/format/schema/properties/score/maximum",
        ),
        Example(
            _answer(_object(count={"type": ["integer", "null"], "exclusiveMinimum": 0})),
            at="/output_config/format/schema/properties/count/exclusiveMinimum",
        ),
    ),
    good=(_PLAIN,),
    api_messages=(
        "{schema}: {said}",
        "output_config.format.schema: For 'number' type, properties maximum, minimum are not supported",
        "output_config.format.schema: For 'integer' type, property 'minimum' is not supported",
    ),
)
def schema_numeric_constraint(holder: Node, request: Request) -> None:
    """The schema of the answer limits a number, with `minimum`, `maximum` or `multipleOf` for example.

    Why: The grammar that the answer is made from cannot count.

    Source: The API's refusal, seen from 2025-11 to 2026-10 in many public places; the documentation's page on
    structured outputs.
    """
    _report(holder, "numeric")


@rule(
    "output/schema-string-constraint",
    on=ANSWER.on,
    mentions=ANSWER.mentions,
    severity=Severity.WARNING,
    bad=(
        Example(
            _answer(_object(name={"type": "string", "maxLength": 80})),
            at="/output_config/format/schema/properties/name/maxLength",
        ),
    ),
    good=(_PLAIN,),
    api_messages=(
        "{schema}: {said}",
        "output_config.format.schema: For 'string' type, properties minLength, maxLength are not supported",
    ),
)
def schema_string_constraint(holder: Node, request: Request) -> None:
    """The schema of the answer limits the length of a string with `minLength` or `maxLength`.

    Why: The documentation has both among what is not supported, and refusals were seen; they were seen to be accepted
    as well, so it is a warning.

    Source: The documentation's page on structured outputs; the API's refusal, seen in three public places from 2025-11
    on; one that measured the contrary in 2026.
    """
    _report(holder, "string")


@rule(
    "output/schema-array-constraint",
    on=ANSWER.on,
    mentions=ANSWER.mentions,
    bad=(
        Example(
            _answer(_object(tags={"type": "array", "items": _TEXT, "maxItems": 5})),
            at="/output_config/format/schema/properties/tags/maxItems",
        ),
        Example(
            _answer(_object(tags={"type": "array", "items": _TEXT, "minItems": 6})),
            at="/output_config/format/schema/properties/tags/minItems",
        ),
        Example(
            _answer(_object(pair={"type": "array", "prefixItems": [{"type": "object"}, _TEXT]})),
            at="/output_config/format/schema/properties/pair/prefixItems",
        ),
    ),
    good=(_PLAIN,),
    api_messages=(
        "{schema}: {said}",
        "output_config.format.schema: For 'array' type, property 'maxItems' is not supported",
        (
            "output_config.format.schema: For 'array' type, 'minItems' values other than 0 or 1 are not supported"
            " (got: [6, ∞])"
        ),
    ),
)
def schema_array_constraint(holder: Node, request: Request) -> None:
    """The schema of the answer limits an array, other than with `minItems` of 0 or 1.

    Why: The grammar that the answer is made from knows whether an array may be empty, and no more: `maxItems`,
    `uniqueItems`, `contains` and `prefixItems` are refused.

    Source: The API's refusal, seen from 2025-11 to 2026-10 in many public places; the documentation's page on
    structured outputs.
    """
    _report(holder, "array")


@rule(
    "output/schema-oneof",
    on=ANSWER.on,
    mentions=ANSWER.mentions,
    bad=(
        Example(
            _answer(_object(by={"oneOf": [_object(id=_TEXT), _object(name=_TEXT)]})),
            at="/output_config/format/schema/properties/by/oneOf",
        ),
    ),
    good=(_PLAIN,),
    api_messages=(
        "{schema}: Schema type 'oneOf' is not supported",
        "output_config.format.schema: Schema type 'oneOf' is not supported",
    ),
)
def schema_oneof(holder: Node, request: Request) -> None:
    """The schema of the answer has a `oneOf`.

    Why: Only `anyOf` is supported, which says the same wherever the schemas exclude each other.

    Source: The API's refusal, seen from 2025-11 to 2026-10 in ten public places.
    """
    _report(holder, "one-of")


@rule(
    "output/schema-unsupported-keyword",
    on=ANSWER.on,
    mentions=ANSWER.mentions,
    bad=(
        Example(
            _answer({**_object(name=_TEXT), "if": {"required": ["name"]}, "then": {"required": ["id"]}}),
            at="/output_config/format/schema/if",
        ),
        Example(
            _answer({**_object(name=_TEXT), "name": "item"}),
            at="/output_config/format/schema/name",
        ),
        Example(
            _answer(_object(name={"type": "string", "not": {"enum": [""]}})),
            at="/output_config/format/schema/properties/name/not",
        ),
        Example(
            _answer(_object(phone={"type": "string", "format": "phone"})),
            at="/output_config/format/schema/properties/phone/format",
        ),
        Example(
            _answer({**_object(name=_TEXT), "patternProperties": {"^x": {"type": "object"}}}),
            at="/output_config/format/schema/patternProperties",
        ),
    ),
    good=(_PLAIN, Example(_answer(_object(**{"not": _TEXT, "if": _TEXT, "name": _TEXT, "format": _TEXT})))),
    api_messages=(
        "{schema}: {said}",
        "output_config.format.schema: For 'object' type, property 'propertyNames' is not supported",
        "output_config.format.schema: For 'object' type, property 'minProperties' is not supported",
        "output_config.format.schema: Schema keyword 'not' is not supported",
        "output_config.format.schema: For 'string' type, format 'phone' is not supported",
    ),
)
def schema_unsupported_keyword(holder: Node, request: Request) -> None:
    """The schema of the answer has a keyword or a `format` that structured outputs do not support.

    Why: It becomes a grammar, in which `not`, `if`, rules on the names of properties and formats other than ten have
    no place. On objects, properties of other APIs (`name`, `strict`, `nullable`) are refused as well.

    Source: The API's refusals, seen from 2025-11 to 2026-10 in many public places, keyword by keyword; the
    documentation's page on structured outputs for the formats. Of `patternProperties` and `dependentSchemas` none was
    seen, so they are a warning.
    """
    _report(holder, "keyword", "format")


@rule(
    "output/schema-regex",
    on=ANSWER.on,
    mentions=ANSWER.mentions,
    bad=(
        Example(
            _answer(_object(id={"type": "string", "pattern": "^(?=.*[0-9]).+$"})),
            at="/output_config/format/schema/properties/id/pattern",
        ),
        Example(
            _answer(_object(id={"type": "string", "pattern": r"\bid\b"})),
            at="/output_config/format/schema/properties/id/pattern",
        ),
        Example(
            _answer(_object(id={"type": "string", "pattern": r"([a-z])\1"})),
            at="/output_config/format/schema/properties/id/pattern",
        ),
    ),
    good=(_PLAIN, Example(_answer(_object(id={"type": "string", "pattern": r"^\\b[\b(?=](?:a|b)?\0$"})))),
    api_messages=("{schema}: {said}", "output_config.format.schema: Invalid regex in pattern field: …"),
)
def schema_regex(holder: Node, request: Request) -> None:
    r"""A `pattern` in the schema of the answer looks around, back, or for word boundaries.

    Why: Patterns are supported where they need no more than sets, groups and simple quantifiers.

    Source: The documentation's page on structured outputs, which names `(?=…)`, `(?!…)`, `\1` and `\b`; the API's
    refusal, seen from 2026-08 to 2026-10 in four public places.
    """
    _report(holder, "regex")


_NODE = _object(children={"type": "array", "items": {"$ref": "#/$defs/node"}})


schema_recursive = _restricted(
    "output/schema-recursive",
    RECURSION,
    bad=(
        Example(
            _answer({**_object(root={"$ref": "#/$defs/node"}), "$defs": {"node": _NODE}}),
            at="/output_config/format/schema/$defs/node/properties/children/items/$ref",
        ),
        Example(
            _answer(
                {
                    **_object(first={"$ref": "#/$defs/a"}),
                    "$defs": {"a": _object(b={"$ref": "#/$defs/b"}), "b": _object(a={"$ref": "#/$defs/a"})},
                }
            ),
            at="/output_config/format/schema/$defs/b/properties/a/$ref",
        ),
    ),
    good=(_PLAIN,),
)


schema_ref = _restricted(
    "output/schema-ref",
    REFERENCES,
    bad=(
        Example(
            _answer({**_object(to={"$ref": "#/$defs/adress"}), "$defs": {"address": _object(city=_TEXT)}}),
            at="/output_config/format/schema/properties/to/$ref",
        ),
        Example(
            _answer(_object(to={"$ref": "address.json"})),
            at="/output_config/format/schema/properties/to/$ref",
        ),
        Example(
            _answer(
                {
                    **_object(to={"allOf": [{"$ref": "#/$defs/address"}]}),
                    "$defs": {"address": _object(city=_TEXT)},
                }
            ),
            at="/output_config/format/schema/properties/to/allOf/0/$ref",
        ),
    ),
    good=(_PLAIN,),
)


schema_enum = _restricted(
    "output/schema-enum",
    ENUMS,
    bad=(
        Example(
            _answer(_object(kind={"type": ["string", "null"], "enum": ["a", "b", None]})),
            at="/output_config/format/schema/properties/kind/type",
        ),
        Example(
            _answer(_object(level={"type": "string", "enum": ["low", 2]})),
            at="/output_config/format/schema/properties/level/enum/1",
        ),
        Example(
            _answer(_object(pair={"enum": [["a", "b"]]})),
            at="/output_config/format/schema/properties/pair/enum/0",
        ),
    ),
    good=(_PLAIN, Example(_answer(_object(step={"type": "number", "enum": [1, 0.5]})))),
)


schema_union = _restricted(
    "output/schema-union",
    UNIONS,
    bad=(
        Example(
            _answer(
                {
                    "anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
                    "$defs": {"a": _object(a=_TEXT), "b": _object(b=_TEXT)},
                }
            ),
            at="/output_config/format/schema/anyOf",
        ),
        Example(
            _answer({**_object(a=_TEXT), "allOf": [{"required": ["a"]}]}),
            at="/output_config/format/schema/allOf",
        ),
        Example(
            _answer(_object(by={"anyOf": [_object(a=_TEXT), _TEXT], "discriminator": {"propertyName": "a"}})),
            at="/output_config/format/schema/properties/by/anyOf",
        ),
    ),
    good=(_PLAIN, Example(_answer({"anyOf": [_object(a=_TEXT), _object(b=_TEXT)]}))),
)


schema_empty = _restricted(
    "output/schema-empty",
    EMPTY_SCHEMAS,
    bad=(
        Example(_answer(_object(value={})), at="/output_config/format/schema/properties/value"),
        Example(
            _answer(_object(values={"type": "array", "items": {"description": "Anything."}})),
            at="/output_config/format/schema/properties/values/items",
        ),
        Example(
            _answer(_object(value={"title": "Value", "default": None})),
            at="/output_config/format/schema/properties/value",
        ),
        Example(
            _answer({"properties": {"name": _TEXT}, "required": ["name"], "additionalProperties": False}),
            at="/output_config/format/schema",
        ),
        Example(
            _answer({"name": "verdict", "strict": True, "schema": _object(name=_TEXT)}),
            at="/output_config/format/schema",
        ),
    ),
    good=(_PLAIN, Example(_answer(_object(kind={"const": "a", "title": "Kind"}, by={"enum": ["a", None]})))),
)


def _with_options(number: int) -> dict[str, Any]:
    return {**_object(**{f"option_{index}": _TEXT for index in range(number)}), "required": []}


def _with_unions(number: int) -> dict[str, Any]:
    return _object(**{f"note_{index}": {"type": ["string", "null"]} for index in range(number)})


schema_optional_params = _limited(
    "output/schema-optional-params",
    OPTIONAL_PROPERTIES,
    bad=(Example(_answer(_with_options(25)), at="/output_config/format/schema"),),
    good=(_PLAIN, Example(_answer(_with_options(24)))),
)


schema_union_params = _limited(
    "output/schema-union-params",
    UNION_PROPERTIES,
    bad=(Example(_answer(_with_unions(17)), at="/output_config/format/schema"),),
    good=(_PLAIN, Example(_answer(_with_unions(16)))),
)
