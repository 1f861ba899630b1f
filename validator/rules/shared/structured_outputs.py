"""Structured outputs: the rules about strict tools and about the answer's schema, which differ in their places alone.

Each such rule is made from an entry here, which has its words and says what to look for, and from the id and the
examples in the module of its area.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from ...common.wording import code
from ...engine.rule import Example, Rule, rule
from ...facts.api import REQUEST_ENDPOINTS
from ...inspect.strict_schemas import Kind, Refusal, Size, size
from ...report import Severity
from .toolbox import is_custom

if TYPE_CHECKING:
    from ...engine.request import Node, Request

Check = Callable[["Node", "Request"], None]


class Schemas(NamedTuple):
    """The schemas that a rule is about."""

    one: str
    """One of them in words, in place of `{schema}`."""
    all: str
    """All of them in words, in place of `{schemas}`."""
    place: str
    """The place of one of them as the API spells it."""
    on: tuple[str, ...]
    mentions: tuple[str, ...]


STRICT_TOOLS: Final = Schemas(
    "the schema of a strict tool", "all strict tools together", "tools.0.custom", on=("/tools",), mentions=("strict",)
)
ANSWER: Final = Schemas(
    "the schema of the answer",
    "the schema of the answer",
    "output_config.format.schema",
    on=("/output_config", "/output_format"),
    mentions=("format", "output_format"),
)


class Words(NamedTuple):
    """The words of a pair of rules, in which `{schema}` and `{schemas}` stand for what one of them is about."""

    docstring: str
    api_messages: tuple[str, ...]

    def docstring_for(self, schemas: Schemas) -> str:
        """Return the docstring of the rule about `schemas`."""
        docstring = self.docstring.replace("{schemas}", schemas.all).replace("{schema}", schemas.one)
        return docstring[0].upper() + docstring[1:]

    def api_messages_for(self, schemas: Schemas) -> tuple[str, ...]:
        """Return what the API answers about `schemas`: first the template of a report, in which the place is open."""
        template, *others = self.api_messages
        return template, *(message.replace("{schema}", schemas.place) for message in others)


class Restriction(NamedTuple):
    """A restriction of structured outputs: the refusals of these kinds."""

    kinds: tuple[Kind, ...]
    words: Words


class Limit(NamedTuple):
    """A limit of structured outputs for all schemas of a request together."""

    most: int
    count: Callable[[Size], int]
    counted: str
    advice: str
    """How to get below the limit; `{surplus}` is the number above it."""
    words: Words

    def help(self, total: int) -> str:
        """Return the advice for a total above the limit."""
        return self.advice.replace("{surplus}", str(total - self.most))


ADDITIONAL_PROPERTIES: Final = Restriction(
    ("additional-properties",),
    Words(
        """An object in {schema} does not have `additionalProperties: false`.

        Why: Structured outputs are made from a grammar, which has to know every property. So each object, at any depth,
        must rule out others.

        Source: The API's refusal, seen from 2025-11 to 2026-10 in many public places; the documentation's page on
        structured outputs.
        """,
        (
            "{schema}: {said}",
            "{schema}: For 'object' type, 'additionalProperties' must be explicitly set to false",
            (
                "{schema}: For 'object' type, 'additionalProperties: true' is not supported."
                " Please set 'additionalProperties' to false"
            ),
            (
                "{schema}: For 'object' type, 'additionalProperties: object' is not supported."
                " Please set 'additionalProperties' to false"
            ),
        ),
    ),
)
RECURSION: Final = Restriction(
    ("recursive",),
    Words(
        """{schema} refers back to itself.

        Why: The grammar made from it would have no end. Several references to one definition are fine.

        Source: The documentation's page on structured outputs; the API's refusal, seen from 2026-07 to 2026-10 in
        several public places.
        """,
        (
            "{schema}: {said}",
            (
                "{schema}: Circular reference detected in schema definitions: node -> node."
                " Self-referencing or mutually-referencing definitions are not supported."
            ),
            "{schema}: Invalid schema: Circular reference detected in schema definitions: …",
        ),
    ),
)
REFERENCES: Final = Restriction(
    ("ref",),
    Words(
        """A `$ref` in {schema} leads outside of it or nowhere, or is inside of `allOf`.

        Why: Only definitions inside of the schema are looked up, and not those in `allOf`.

        Source: The documentation's page on structured outputs; the API's refusal of a reference that leads nowhere,
        seen in five public places.
        """,
        (
            "{schema}: {said}",
            "{schema}: Invalid schema: Reference to non-existent definition: #/$defs/address",
        ),
    ),
)
ENUMS: Final = Restriction(
    ("enum",),
    Words(
        """An `enum` in {schema} has values that its `type` does not have, or objects and arrays.

        Why: Each value is compared with the `type` beside it, and an array of types matches none of them. Objects and
        arrays are not supported as values.

        Source: The API's refusal, seen from 2026-04 to 2026-10 in at least ten public places, also for null beside the
        type `string`; the documentation's page on structured outputs for objects and arrays.
        """,
        ("{schema}: {said}",),
    ),
)
UNIONS: Final = Restriction(
    ("union",),
    Words(
        """An `anyOf` or `allOf` in {schema} has other keywords beside it that say what a value is.

        Why: A union is the whole of a schema there: only `title`, `description`, `default`, `enum` and `const` are
        allowed beside it, and not even `$defs`. The API calls it `anyOf` even if it is `allOf`.

        Source: The API's refusal, seen from 2026-05 to 2026-10 in at least eight public places, keyword by keyword.
        """,
        (
            "{schema}: {said}",
            "{schema}: For 'anyOf', '$defs' is not supported",
            "{schema}: For 'anyOf', 'additionalProperties, properties, required, type' is not supported",
        ),
    ),
)
EMPTY_SCHEMAS: Final = Restriction(
    ("empty",),
    Words(
        """A schema inside {schema} has no `type`, so it allows every value.

        Why: The grammar needs to know the type of each value. `enum`, `const`, `anyOf` and `$ref` say it too; titles,
        defaults and unknown keywords do not, and `properties` or `items` do not replace a type. A schema in the wrapper
        of another API (`name`, `strict`, `schema`) has no `type` either.

        Source: The API's refusals, seen from 2026-08 on in eight public places, of a mere description as well.
        """,
        (
            "{schema}: {said}",
            "{schema}: Empty schema ({}) that accepts any JSON value is not supported.",
            "{schema}: Invalid schema: Schema type is missing for schema: …",
        ),
    ),
)
OPTIONAL_PROPERTIES: Final = Limit(
    24,
    lambda found: found.optional,
    "optional properties",
    "list {surplus} or more of them in `required`",
    Words(
        """More than 24 properties in {schemas} are optional.

        Why: Every property that `required` does not list makes the grammar larger. Those of all strict tools and of the
        answer's schema count together, at any depth.

        Source: The documentation's page on structured outputs; the API's refusal, seen from 2026-02 to 2026-10 in at
        least ten public places.
        """,
        (
            (
                "Schemas contains too many optional parameters ({count}), which would make grammar compilation"
                " inefficient. Reduce the number of optional parameters in your tool schemas (limit: 24)."
            ),
        ),
    ),
)
UNION_PROPERTIES: Final = Limit(
    16,
    lambda found: found.unions,
    "properties with several types",
    "give {surplus} or more of them one type",
    Words(
        """More than 16 properties in {schemas} have `anyOf` or several types.

        Why: Each of them multiplies the size of the grammar. Those of all strict tools and of the answer's schema count
        together, at any depth; a property that may be null is one of them.

        Source: The documentation's page on structured outputs; the API's refusal, seen from 2026-02 to 2026-10 in at
        least ten public places.
        """,
        (
            (
                "Schemas contains too many parameters with union types ({count} parameters with type arrays or anyOf)."
                " This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters"
                " (limit: 16 parameters with unions)."
            ),
        ),
    ),
)


def rule_about(
    schemas: Schemas,
    rule_id: str,
    words: Words,
    check: Check,
    *,
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    rests_on: tuple[str, ...] = (),
    endpoints: tuple[str, ...] = REQUEST_ENDPOINTS,
) -> Rule:
    """Make a rule about `schemas` from the words of its pair and a function that checks them.

    The docstring of `check` is set here: a rule takes its documentation from there.
    """
    check.__doc__ = words.docstring_for(schemas)
    return rule(
        rule_id,
        on=schemas.on,
        mentions=schemas.mentions,
        rests_on=rests_on,
        endpoints=endpoints,
        bad=bad,
        good=good,
        api_messages=words.api_messages_for(schemas),
    )(check)


def report_refusal(
    schema: Node, refusal: Refusal, place: str, advice: str, related: tuple[tuple[Node, str], ...] = ()
) -> None:
    """Report what structured outputs refuse of a schema, which the API names `place`."""
    schema.at(*refusal.path).report(
        refusal.message,
        help=advice,
        related=related,
        target=refusal.target,
        severity=None if refusal.certain else Severity.WARNING,
        api={"schema": place} if refusal.said is None else {"schema": place, "said": refusal.said},
    )


def strict_tools(request: Request) -> list[Node]:
    """Return the custom tools that are strict and have a schema."""
    return [
        tool
        for tool in request.root.items("tools")
        if is_custom(tool.value) and tool.value.get("strict") is True and (tool.type or "custom") == "custom"
    ]


def strict_sizes(request: Request) -> list[tuple[Node, str, Size]]:
    """Return the schemas that count together, each with its name in words and its size: tools first, then formats."""
    sizes = [
        (tool.at("input_schema"), code(tool.text("name") or "a tool"), size(tool.value["input_schema"]))
        for tool in request.cached(strict_tools)
    ]
    for holder, word in ((("output_config", "format"), "output_config.format"), (("output_format",), "output_format")):
        schema = request.root.at(*holder, "schema")
        if isinstance(schema.value, dict):
            sizes.append((schema, code(word), size(schema.value)))
    return sizes
