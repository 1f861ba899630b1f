"""Write `validator/checking/short/structs.py`: msgspec's structs for the plain kind of messages, from `schemas/`.

Messages that fit these structs are accepted by the schemas in every edition, on every platform and with any beta: a
part that one of these may change is left out, and so is what few requests have.

Usage: python scripts/write_structs.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

from validator.schema.store import files  # noqa: E402

MODULE: Final = ROOT / "validator" / "checking" / "short" / "structs.py"

_SOURCES: Final = (
    "Base64ImageSource",
    "UrlImageSource",
    "FileImageSource",
    "Base64PdfSource",
    "PlainTextSource",
    "UrlPdfSource",
    "FileDocumentSource",
)
"""The sources of plain images and documents."""
_MEDIA: Final = ("ImageBlock", "DocumentBlock", "SearchResultBlock")
"""The blocks that messages of the user and results can have."""
_BLOCKS: Final = ("TextBlock", "ThinkingBlock", "RedactedThinkingBlock", "ToolUseBlock", "ToolResultBlock")
"""The other blocks of plain messages."""
_MOST: Final = {"messages": 128, "blocks": 64, "inside": 32}
"""Most items of plain arrays: of the messages of an object, of the blocks of each, and of those inside a block. A list
that contains another one twice, which contains a third one twice, and so on, is small in memory and endless here."""
_ARRAYS: Final = {
    "ContentBlock": "BLOCKS",
    "ToolResultContentBlock": f"Annotated[list[ResultText | Media], Meta(max_length={_MOST['inside']})]",
    "TextBlock": f"Annotated[list[PlainText], Meta(max_length={_MOST['inside']})]",
}
"""The types of the arrays inside blocks, by what their items are in the schemas."""
_PARAMETERS: Final = {"ToolUseBlock": ("input", "Input"), "InputMessage": ("content", "Content")}
"""The properties whose type depends on what is read, a text or an object, and the name of that type."""
_UNUSUAL: Final = {"TextBlock": "citations"}
"""Properties that plain blocks do not have."""
_CHANGING: Final = {"x-since", "x-before", "x-betas", "x-platforms", "x-values"}
"""The annotations of what is not the same in every view."""
_LIMITS: Final = {"minLength": "min_length", "maxLength": "max_length"}
_HEAD: Final = '''\
"""The structs of plain messages. `scripts/write_structs.py` writes this module from the schemas: do not edit it."""

from typing import Annotated, Any, Final, Generic, Literal, TypeAlias, TypeVar

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

ID: Final = r"{of_calls}"
"""The pattern of the ids of calls."""

CUSTOM_ID: Final = r"{of_records}"
"""The pattern of the ids in a batch."""

Input = TypeVar("Input")
Content = TypeVar("Content")


class _Plain(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The options of all structs; the collector need not know what cannot be in a circle."""
'''


def written() -> str:
    """Return the text of the module."""
    text = _definition("content_blocks.json", "TextBlock")["properties"]
    calls = _definition("content_blocks.json", "ToolUseBlock")["properties"]
    results = _definition("content_blocks.json", "ToolResultBlock")["properties"]
    pattern = calls["id"]["pattern"]
    if results["tool_use_id"]["pattern"] != pattern:
        msg = "the ids of calls and of results have different patterns"
        raise ValueError(msg)
    records = _definition("endpoints/batches.json", "BatchRequest")["properties"]
    if _changes(records["custom_id"]):
        msg = "the ids in a batch are not the same everywhere"
        raise ValueError(msg)
    return "\n\n".join(
        [
            _HEAD.format(of_calls=_inner(pattern), of_records=_inner(records["custom_id"]["pattern"])),
            _struct("cache_control.json", "CacheControl"),
            _struct("citations.json", "CitationsConfig"),
            # In a list of a single struct msgspec does not demand the tag, so here the type is a field.
            _class("PlainText", "Text alone.", [f"type: {_type(text['type'])}", f"text: {_type(text['text'])}"]),
            _class("ResultText", "Text in a result.", [f"text: {_type(text['text'])}"], *_tag(text["type"])),
            *(_struct("sources.json", name, is_tagged=True) for name in _SOURCES),
            *(_struct("content_blocks.json", name, is_tagged=True) for name in _MEDIA),
            f"Media: TypeAlias = {' | '.join(_MEDIA)}\n",
            *(_struct("content_blocks.json", name, is_tagged=True) for name in _BLOCKS),
            _struct("input_message.json", "InputMessage"),
            _aliases(),
        ]
    )


def _aliases() -> str:
    """Return the types of messages in a text, and in an object."""
    content = _type(_definition("input_message.json", "InputMessage")["properties"]["content"])
    others = " | ".join(name for name in (*_BLOCKS, "Media") if name != "ToolUseBlock")
    in_text, in_object = (content.replace("BLOCKS", blocks) for blocks in ("list[Other | ToolUseBlock[Raw]]", "Blocks"))
    return f'''\
Other: TypeAlias = {others}
MessagesInText: TypeAlias = list[InputMessage[{in_text}]]

MOST_MESSAGES: Final = {_MOST["messages"]}
"""Most messages of an object."""

Blocks: TypeAlias = Annotated[list[Other | ToolUseBlock[Any]], Meta(max_length={_MOST["blocks"]})]


class PlainObject(Struct):
    """An object with plain messages, whatever else it has."""

    messages: Annotated[list[InputMessage[{in_object}]], Meta(max_length=MOST_MESSAGES)]
'''


def _inner(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix("$")


def _struct(file: str, name: str, *, is_tagged: bool = False) -> str:
    schema = _definition(file, name)
    parameter, of_it = _PARAMETERS.get(name, (None, None))
    tag = []
    fields = []
    for key, value in schema["properties"].items():
        is_required = key in schema["required"]
        if is_tagged and key == "type":
            tag = _tag(value)
        elif _changes(value) or key == _UNUSUAL.get(name):
            if is_required:
                msg = f"{name} needs {key!r}, which is not the same everywhere"
                raise ValueError(msg)
        elif key == parameter:
            fields.append(f"{key}: {of_it}")
        else:
            fields.append(f"{key}: {_type(value)}" if is_required else f"{key}: {_or_unset(_type(value))} = UNSET")
    return _class(name, schema["description"], fields, *tag, parameter=of_it)


def _tag(schema: dict[str, Any]) -> list[str]:
    return [f'tag="{schema["const"]}"']


def _or_unset(kind: str) -> str:
    return f"{kind.removesuffix(' | None')} | UnsetType{' | None' if kind.endswith(' | None') else ''}"


def _class(name: str, description: str, fields: list[str], *tag: str, parameter: str | None = None) -> str:
    bases = ["_Plain"] if parameter is None else ["_Plain", f"Generic[{parameter}]"]
    head = f"class {name}({', '.join((*bases, 'kw_only=True', *tag))}):"
    return "\n".join([head, f'    """{description}"""', "", *(f"    {field}" for field in fields), ""])


def _type(schema: dict[str, Any]) -> str:  # noqa: PLR0911 - one for each kind of schema
    """Return the annotation of a value."""
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"Literal[{', '.join(map(_quoted, values))}]"
    if "$ref" in schema:
        name = str(schema["$ref"].rpartition("/")[2])
        return _union(files()["sources.json"]["$defs"][name]) if name in {"ImageSource", "DocumentSource"} else name
    if "anyOf" in schema:
        return " | ".join(_type(branch) for branch in schema["anyOf"] if not _changes(branch))
    kind = schema["type"]
    if isinstance(kind, list):
        return " | ".join(_type({**schema, "type": each}) for each in kind)
    if kind == "string":
        limits = {ours: schema[key] for key, ours in _LIMITS.items() if key in schema}
        if "pattern" in schema:  # matched for all ids at once
            limits = {"min_length": 1}
        said = ", ".join(f"{name}={limit}" for name, limit in limits.items())
        return f"Annotated[str, Meta({said})]" if said else "str"
    if kind == "array":
        return _ARRAYS[schema["items"]["$ref"].rpartition("/")[2]]
    return {"boolean": "bool", "null": "None"}[kind]


def _union(schema: dict[str, Any]) -> str:
    """Return the annotation of a source: one of those that are plain."""
    names = [_type(branch) for branch in schema["anyOf"] if not _changes(branch)]
    return " | ".join(name for name in names if name in _SOURCES)


def _quoted(value: str) -> str:
    return f'"{value}"'


def _definition(file: str, name: str) -> dict[str, Any]:
    """Return a definition, which has to be the same in every view."""
    schema: dict[str, Any] = files()[file]["$defs"][name]
    if schema["type"] != "object" or schema["additionalProperties"] is not False or _changes(schema):
        msg = f"{name} is not the same everywhere"
        raise ValueError(msg)
    return schema


def _changes(schema: dict[str, Any]) -> bool:
    """Whether a part of the schemas is not the same in every view."""
    return not _CHANGING.isdisjoint(schema)


if __name__ == "__main__":
    MODULE.write_text(written(), "utf-8")
