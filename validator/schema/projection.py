"""Projection: reduce the schema files, which describe the newest edition with every beta, to the schema of one view.

Annotations in the files mark the parts that some requests cannot use:

- `x-since` on a property or a member of a union: the edition it came with;
- `x-before` on a schema: keywords as they were before an edition, null for one that was not there;
- `x-betas` on a property or a member: the `anthropic-beta` headers of which any one is needed;
- `x-platforms` on a property: the platforms whose bodies have it;
- `x-values` beside an `enum`: the same facts about single values.

What a view leaves out is recorded in it as `x-withheld`, so the explainer can name the header or edition it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..common.records import NamedTuple
from ..facts.api import LATEST_EDITION, OWN_PLATFORM, PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Schema = dict[str, Any]


WITHHELD: Final = "x-withheld"
DISPUTED: Final = "x-disputed"
"""The annotation that lists, by keyword, the refusals that the API was seen not to share."""
_WORDS: Final = (DISPUTED, "x-advice", "x-hints", "x-untagged")
"""Annotations that are copied unchanged: they contain no schemas, even where their keys look like keywords."""
_FACTS: Final = ("x-since", "x-before", "x-betas", "x-platforms", "x-values")


class View(NamedTuple):
    """The part of the API that a request can use."""

    edition: str = LATEST_EDITION
    platform: str = OWN_PLATFORM
    betas: frozenset[str] | None = None
    """The `anthropic-beta` headers of the request; None where they are unknown, which allows every beta."""


def project(schema: Any, view: View, tags_of: Callable[[Schema, str], list[str]]) -> Any:
    """Copy a schema, reduced to a view.

    `tags_of` returns the tags of a member of a union: the values of its discriminating property.
    """
    if isinstance(schema, list):
        return [project(item, view, tags_of) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = _as_before(schema, view)
    copy: Schema = {}
    withheld: dict[str, Schema] = {}
    for keyword, value in schema.items():
        if keyword in {"properties", "$defs"}:
            copy[keyword] = {
                name: project(subschema, view, tags_of)
                for name, subschema in value.items()
                if not _withholds(subschema, view, [name], withheld)
            }
        elif keyword == "anyOf":
            tag = schema.get("discriminator", {}).get("propertyName")
            copy[keyword] = [
                project(branch, view, tags_of)
                for branch in value
                if not _withholds(branch, view, tags_of(branch, tag) if tag else [_kind(branch)], withheld)
            ]
        elif keyword == "enum":
            facts = schema.get("x-values", {})
            copy[keyword] = [item for item in value if not _withholds(facts.get(item, {}), view, [item], withheld)]
        elif keyword not in _FACTS:
            copy[keyword] = (
                value if keyword in _WORDS or not isinstance(value, (dict, list)) else project(value, view, tags_of)
            )
    if "required" in copy and "properties" in copy:
        copy["required"] = [name for name in copy["required"] if name in copy["properties"]]
    if withheld:
        copy[WITHHELD] = withheld
    return copy


def without_notes(schema: Any) -> Any:
    """Copy a projected schema without its `x-withheld`."""
    if isinstance(schema, dict):
        return {keyword: without_notes(value) for keyword, value in schema.items() if keyword != WITHHELD}
    return [without_notes(item) for item in schema] if isinstance(schema, list) else schema


def headers_named(schema: Any) -> Iterator[str]:
    """Yield every `anthropic-beta` header that a part of a schema needs."""
    if isinstance(schema, dict):
        yield from schema.get("x-betas", ())
        for value in schema.values():
            yield from headers_named(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from headers_named(item)


def _month(header: str) -> str:
    """Return the year and month of a header's date, to compare with an edition."""
    return "-".join(header.split("-")[-3:-1])


def _as_before(schema: Schema, view: View) -> Schema:
    """Restore the keywords as they were in the edition of the view."""
    if "x-before" not in schema:
        return schema
    for edition, keywords in sorted(schema["x-before"].items(), reverse=True):
        if view.edition < edition:
            schema = {key: value for key, value in {**schema, **keywords}.items() if value is not None}
    return schema


def _kind(branch: Schema) -> str:
    """Return what distinguishes an untagged branch of a union from the others: its JSON type."""
    if "enum" in branch or "const" in branch:
        return "string"
    kind = branch.get("type", "object")
    return kind if isinstance(kind, str) else "object"


def _withholds(facts: Any, view: View, names: list[str], withheld: dict[str, Schema]) -> bool:
    """Whether a view lacks what `facts` annotate; the reason is added to `withheld` under each of its names."""
    if not isinstance(facts, dict):
        return False
    if facts.get("x-since", view.edition) > view.edition:
        reason = {"since": facts["x-since"]}
    elif view.platform not in facts.get("x-platforms", PLATFORMS):
        reason = {"platforms": facts["x-platforms"]}
    elif view.betas is not None and "x-betas" in facts and view.betas.isdisjoint(facts["x-betas"]):
        known = [header for header in facts["x-betas"] if _month(header) <= view.edition]
        reason = {"betas": known or facts["x-betas"]}
        if "x-instead" in facts:
            reason["instead"] = facts["x-instead"]
    else:
        return False
    withheld.update((name, reason) for name in names)
    return True
