"""The schema files of `schemas/`: where they lie, and how they join into one schema for each shape of request."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referencing import Registry

Schema = dict[str, Any]

BASE_URI: Final = "https://msglint.invalid/schemas/"
"""What every `$id` begins with; `.invalid` never resolves, so no tool can fetch it by accident."""

EDITIONS: Final = ("2025-10",)
"""The dated snapshots of the API reference that can be chosen, oldest first."""

LATEST_EDITION: Final = EDITIONS[-1]

SHAPES: Final = {
    "messages": "endpoints/messages.json",
    "count_tokens": "endpoints/count_tokens.json",
    "batches": "endpoints/batches.json",
    "batch_request": "endpoints/batches.json#/$defs/BatchRequest",
}
"""Each shape a document can have, and the schema that describes it; a `batch_request` is one line of a batch file."""


def directory() -> Path:
    """Return the folder of the schema files: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


@lru_cache(maxsize=1)
def files() -> dict[str, Schema]:
    """Read every schema file, keyed by its path below `schemas/` with forward slashes."""
    root = directory()
    return {path.relative_to(root).as_posix(): orjson.loads(path.read_bytes()) for path in sorted(root.rglob("*.json"))}


def registry() -> Registry[Schema]:
    """Return the schema files as a `referencing` registry, for use with `jsonschema` and its like."""
    import referencing

    resources = ((BASE_URI + name, referencing.Resource.from_contents(schema)) for name, schema in files().items())
    return referencing.Registry[Schema]().with_resources(resources)


@lru_cache
def bundle(shape: str, edition: str = LATEST_EDITION) -> Schema:
    """Join the schema of `shape` and everything it refers to into one document with local `$ref`s.

    The definitions keep their names, which are unique across the files; an endpoint's whole schema is named by its
    file. The document stands alone: any JSON Schema tool can use it.

    Raises:
        KeyError: for a shape or an edition that does not exist.
    """
    if edition not in EDITIONS:
        raise KeyError(edition)
    name, root = _definition(SHAPES[shape])
    definitions: dict[str, Schema] = {}
    pending = [(SHAPES[shape], root)]
    while pending:
        source, schema = pending.pop()
        definitions[_name(source)] = _localised(schema, source.partition("#")[0])
        for reference in _references(schema):
            target = _absolute(reference, source.partition("#")[0])
            if _name(target) not in definitions:
                definitions[_name(target)] = {}
                pending.append((target, _definition(target)[1]))
    body = definitions.pop(name)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE_URI}{edition}/{shape}.json",
        **body,
        "$defs": dict(sorted(definitions.items())),
    }


def _definition(reference: str) -> tuple[str, Schema]:
    """Return the name and the schema that an absolute reference (`file.json#/$defs/Name` or `file.json`) names."""
    name, _, fragment = reference.partition("#")
    schema = files()[name]
    if fragment:
        return _name(reference), schema["$defs"][fragment.removeprefix("/$defs/")]
    return _name(reference), {key: value for key, value in schema.items() if key not in {"$schema", "$id", "$defs"}}


def _name(reference: str) -> str:
    file, _, fragment = reference.partition("#")
    return fragment.removeprefix("/$defs/") if fragment else file.rpartition("/")[2].removesuffix(".json")


def _absolute(reference: str, base: str) -> str:
    """Resolve a relative reference against the file it stands in."""
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


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _localised(schema: Any, base: str) -> Any:
    """Copy a schema with every reference pointing into `$defs` of the document it is put in."""
    if isinstance(schema, dict):
        return {
            key: f"#/$defs/{_name(_absolute(value, base))}"
            if key == "$ref" and isinstance(value, str)
            else _localised(value, base)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_localised(value, base) for value in schema]
    return schema
