"""The schema files of `schemas/`: find them, and join them into one schema for each shape of request."""

from __future__ import annotations

from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..common.resources import files_below, folder_of
from ..facts.api import EDITIONS, PLATFORMS
from .projection import Schema, View, headers_named, project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.abc import Traversable

    from referencing import Registry

BASE_URI: Final = "https://msglint.invalid/schemas/"
"""The prefix of every `$id`; `.invalid` never resolves, so no tool can fetch it by accident."""

_PACKAGE: Final = __name__.partition(".")[0]
_EVERYTHING: Final = View()

SHAPES: Final = {
    "messages": "endpoints/messages.json",
    "count_tokens": "endpoints/count_tokens.json",
    "batches": "endpoints/batches.json",
    "batch_request": "endpoints/batches.json#/$defs/BatchRequest",
}
"""Each shape a document can have, and the schema that describes it; a `batch_request` is one line of a batch file."""


def folder() -> Traversable:
    """Return the folder of the schema files: inside an installed package, or beside it in a checkout."""
    installed = folder_of(_PACKAGE) / "_schemas"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "schemas"


@lru_cache(maxsize=1)
def files() -> dict[str, Schema]:
    """Read every schema file, keyed by its path below `schemas/` with forward slashes."""
    found = sorted(files_below(folder()), key=itemgetter(0))
    return {name: orjson.loads(file.read_bytes()) for name, file in found if name.endswith(".json")}


def registry() -> Registry[Schema]:
    """Return the schema files as a `referencing` registry, for use with `jsonschema` and its like."""
    import referencing

    resources = ((BASE_URI + name, referencing.Resource.from_contents(schema)) for name, schema in files().items())
    return referencing.Registry[Schema]().with_resources(resources)


@lru_cache(maxsize=1)
def headers_by_tag() -> dict[str, frozenset[str]]:
    """Return the `anthropic-beta` headers of which a member of a union needs one, by its `type` or its whole value."""
    found: dict[str, frozenset[str]] = {}
    for name, schema in files().items():
        for branch in _branches_below(schema):
            if "x-betas" in branch:
                member = _definition(_absolute(branch["$ref"], name)) if "$ref" in branch else branch
                tag = member.get("const", member.get("properties", {}).get("type", {}).get("const"))
                if tag is not None:
                    found[tag] = found.get(tag, frozenset()).union(branch["x-betas"])
    return found


def _branches_below(schema: Any) -> Iterator[Schema]:
    if isinstance(schema, dict):
        yield from schema.get("anyOf", ())
        for value in schema.values():
            yield from _branches_below(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _branches_below(item)


@lru_cache(maxsize=256)
def bundle(shape: str, view: View = _EVERYTHING) -> Schema:
    """Join the schema of `shape`, reduced to `view`, and all it refers to into one document with local `$ref`s.

    The definitions keep their names, which are unique across the files; an endpoint's whole schema is named by its
    file. The document stands alone: any JSON Schema tool can use it.

    Raises:
        KeyError: for an unknown shape, edition or platform.
    """
    if view.edition not in EDITIONS or view.platform not in PLATFORMS:
        raise KeyError(view)
    definitions: dict[str, Schema] = {}
    pending = [SHAPES[shape]]
    while pending:
        reference = pending.pop()
        if _name(reference) in definitions:
            continue
        file = reference.partition("#")[0]
        projected = project(_definition(reference), view, partial(_tags, file))
        definitions[_name(reference)] = _localised(projected, file, pending)
    body = definitions.pop(_name(SHAPES[shape]))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE_URI}{view.edition}/{shape}.json",
        **body,
        "$defs": dict(sorted(definitions.items())),
    }


@lru_cache(maxsize=1)
def header_names() -> frozenset[str]:
    """Return every `anthropic-beta` header that a part of the schemas needs."""
    return frozenset(header for schema in files().values() for header in headers_named(schema))


def _definition(reference: str) -> Schema:
    """Return the schema that an absolute reference (`file.json#/$defs/Name` or `file.json`) names."""
    name, _, fragment = reference.partition("#")
    schema = files()[name]
    if fragment:
        definition: Schema = schema["$defs"][fragment.removeprefix("/$defs/")]
        return definition
    return {key: value for key, value in schema.items() if key not in {"$schema", "$id", "$defs"}}


def _tags(file: str, member: Schema, tag: str) -> list[str]:
    """Return the values of the discriminating property for a member of a union in `file`."""
    return tags_of(_definition(_absolute(member["$ref"], file)), tag)


def _name(reference: str) -> str:
    file, _, fragment = reference.partition("#")
    return fragment.removeprefix("/$defs/") if fragment else file.rpartition("/")[2].removesuffix(".json")


@lru_cache(maxsize=1024)
def _absolute(reference: str, base: str) -> str:
    """Resolve a relative reference against the file that it is in."""
    file, _, fragment = reference.partition("#")
    if not file:
        file = base
    else:
        folders = base.split("/")[:-1]
        while file.startswith("../"):
            file = file[3:]
            folders.pop()
        file = "/".join([*folders, file])
    return f"{file}#{fragment}" if fragment else file


def _localised(schema: Any, base: str, referred: list[str]) -> Any:
    """Copy a schema with every reference pointing into `$defs` of the document it is put in.

    Every reference is added to `referred`.
    """
    if isinstance(schema, dict):
        copy = {}
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                reference = _absolute(value, base)
                referred.append(reference)
                copy[key] = f"#/$defs/{_name(reference)}"
            else:
                copy[key] = _localised(value, base, referred) if isinstance(value, (dict, list)) else value
        return copy
    if isinstance(schema, list):
        return [_localised(value, base, referred) for value in schema]
    return schema


def definition_named(reference: str) -> str:
    """Return the name of the definition that a joined schema refers to."""
    return reference.removeprefix("#/$defs/")


def tags_of(member: Schema, tag_property: str) -> list[str]:
    """Return the tags of a member of a tagged union."""
    tag = member["properties"][tag_property]
    return [tag["const"]] if "const" in tag else [value for value in tag["enum"] if value is not None]
