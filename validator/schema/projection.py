"""Projection: from the schema files, which describe the newest edition with every beta, to one plain schema.

The files say with annotations what not every request can have:

- `x-since` on a property or a member of a union: the edition it came with;
- `x-before` on a schema: keywords as they were before an edition, null for one that was not there;
- `x-betas` on a property or a member: the `anthropic-beta` headers of which any one is needed;
- `x-platforms` on a property: the platforms whose bodies have it;
- `x-values` beside an `enum`: the same facts about single values.

What a view of the schema leaves out is noted in it as `x-withheld`, so that the explainer can say what it would take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..facts.api import LATEST_EDITION, OWN_PLATFORM, PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Schema = dict[str, Any]


WITHHELD: Final = "x-withheld"
DISPUTED: Final = "x-disputed"
"""What says, by keyword, which of its refusals the API was seen not to share."""
_WORDS: Final = (DISPUTED, "x-advice", "x-hints", "x-untagged")
"""Annotations that are copied as they are: their keys are names or keywords, not keywords of a schema."""
_FACTS: Final = ("x-since", "x-before", "x-betas", "x-platforms", "x-values")


class View(NamedTuple):
    """What of the API a request can use."""

    edition: str = LATEST_EDITION
    platform: str = OWN_PLATFORM
    betas: frozenset[str] | None = None
    """The `anthropic-beta` headers that go with the request; None where they are not known, and all may."""


def project(schema: Any, view: View, tags_of: Callable[[Schema, str], list[str]]) -> Any:
    """Copy a schema as `view` sees it.

    `tags_of` returns the tags by which a member of a union is known: the values of a property of it.
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
    """Copy a projected schema without the notes on what it leaves out."""
    if isinstance(schema, dict):
        return {keyword: without_notes(value) for keyword, value in schema.items() if keyword != WITHHELD}
    return [without_notes(item) for item in schema] if isinstance(schema, list) else schema


def headers_named(schema: Any) -> Iterator[str]:
    """Yield every `anthropic-beta` header that a schema asks for somewhere."""
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
    """Put back the keywords that were different in the edition of the view."""
    if "x-before" not in schema:
        return schema
    for edition, keywords in sorted(schema["x-before"].items(), reverse=True):
        if view.edition < edition:
            schema = {key: value for key, value in {**schema, **keywords}.items() if value is not None}
    return schema


def _kind(branch: Schema) -> str:
    """Name what tells an untagged branch of a union from the others: its JSON type."""
    if "enum" in branch or "const" in branch:
        return "string"
    kind = branch.get("type", "object")
    return kind if isinstance(kind, str) else "object"


def _withholds(facts: Any, view: View, names: list[str], withheld: dict[str, Schema]) -> bool:
    """Whether a view does not have what `facts` are about; notes under its names why, if it could have it."""
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
