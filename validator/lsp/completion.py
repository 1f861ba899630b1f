"""Completion: the missing properties of an object, and the values allowed at the cursor."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types

from .. import facts
from ..common.redaction import holds_secret, redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..common.pointer import Path
    from .place import Place, Spelling
    from .shapes import Property, Shape

_SPECIAL: Final = re.compile(r"[\\$}]")
_MOST_CHOICES: Final = 12
_WORDS: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\b(true|false|null)\b')
"""A text, or a word that Python spells in another way."""
_OF_PYTHON: Final = {"true": "True", "false": "False", "null": "None"}
_PLAIN_TEXT: Final = re.compile(r'"([^"\\\']*)"')
_CHOICE_SPECIAL: Final = re.compile(r"[\\|,$}]")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The capabilities of a client."""

    snippets: bool = True


@dataclass(frozen=True, slots=True)
class _Item:
    """A completion, independent of the client."""

    label: str
    snippet: str
    """The text to insert, in snippet syntax."""
    kind: types.CompletionItemKind
    detail: str = ""
    documentation: str = ""
    is_deprecated: bool = False
    preselect: bool = False


def complete(place: Place, wishes: Wishes) -> list[types.CompletionItem]:
    """Return the completions at a place."""
    if not place.cursor.holders:
        return []
    found = _names(place) if place.cursor.is_key else _values(place)
    start, end = place.token
    if place.spelling.is_code:
        found = (_in_code(item, place.spelling) for item in found)
        if place.spelling.is_quoted:
            found = (item for item in found if item.snippet.startswith(place.spelling.quote))
    elif place.is_yaml and place.text.data[start : start + 1] not in (b'"', b"'"):
        found = map(_without_quotes, found)
    elif not place.is_yaml and start < place.offset and place.text.data[start : start + 1] == b'"':
        found = (item for item in found if item.snippet.startswith('"'))
    token = place.text.range_of_bytes(start, end)
    return [_completion(item, token, number, wishes, place.spelling) for number, item in enumerate(found)]


def _names(place: Place) -> Iterator[_Item]:
    comma = "," if place.follows else ""
    sign = "=" if place.spelling.is_keyword else ": "
    for each in place.properties:
        if each.name not in place.present:
            key = _key(place, each)
            value = "" if place.has_value else f"{sign}{_new_value(each)}{comma}"
            yield _Item(
                each.name,
                key + value,
                types.CompletionItemKind.Property,
                detail=_detail(each),
                documentation=each.description,
                is_deprecated=all(shape.schema.get("deprecated") for shape in each.shapes) and bool(each.shapes),
                preselect=each.is_required,
            )


def _without_quotes(item: _Item) -> _Item:
    """Remove the quotation marks of a string that YAML does not need to quote."""
    if item.snippet != _escaped(json.dumps(item.label)):
        return item
    from ..fixing.yaml_edits import spelled

    return replace(item, snippet=_escaped(spelled(item.label).decode()))


def _in_code(item: _Item, spelling: Spelling) -> _Item:
    """Spell a completion as a language does, not as JSON."""
    snippet = item.snippet
    if spelling.language == "python":
        snippet = _WORDS.sub(lambda found: found[1] or _OF_PYTHON[found[2]], snippet)
    if spelling.quote != '"':
        snippet = _PLAIN_TEXT.sub(rf"{spelling.quote}\1{spelling.quote}", snippet)
    return replace(item, snippet=snippet)


def _key(place: Place, of: Property) -> str:
    spelling = place.spelling
    is_bare = place.is_yaml or spelling.is_keyword or spelling.has_bare_keys
    return _escaped(of.name if is_bare else json.dumps(of.name))


def _detail(of: Property) -> str:
    kinds = " | ".join(dict.fromkeys(_kind(shape) for shape in of.shapes))
    return f"{kinds} (required)" if of.is_required else kinds


def _kind(shape: Shape) -> str:
    schema = shape.schema
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"][:_MOST_CHOICES])
    kinds = schema.get("type", "object" if "properties" in schema else "any")
    return shape.tag or (kinds if isinstance(kinds, str) else " | ".join(kinds))


def _new_value(of: Property, stop: int = 1) -> str:
    """Return the initial value of a new property, as a snippet."""
    fixed = [value for shape in of.shapes for value in _fixed(shape.schema)]
    words = list(dict.fromkeys(value for value in fixed if isinstance(value, str)))
    if len(words) == 1 and len(of.shapes) == 1:
        return _escaped(json.dumps(words[0]))
    if words and len(words) <= _MOST_CHOICES:
        listed = ",".join(_CHOICE_SPECIAL.sub(r"\\\g<0>", word) for word in words)
        return f'"${{{stop}|{listed}|}}"'
    if words:
        return f'"${stop}"'
    kinds = [kind for shape in of.shapes for kind in _kinds(shape.schema)]
    return {
        "string": f'"${stop}"',
        "boolean": f"${{{stop}|true,false|}}",
        "array": f"[${stop}]",
        "object": f"{{${stop}}}",
    }.get(kinds[0] if kinds else "", f"${stop}")


def _kinds(schema: dict[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _fixed(schema: dict[str, Any]) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _values(place: Place) -> Iterator[_Item]:
    path = place.path
    if not path:
        return
    name = path[-1]
    tagged = place.property_named(name) if isinstance(name, str) else None
    if tagged is not None and any(shape.tag is not None for shape in place.every_object_shape):
        tags = list(_tags(place, str(name)))
        if tags:
            yield from tags
            return
    seen: set[str] = set()
    for item in (*_of_document(path, place.value), *_of_facts(path), *_of_schema(place)):
        if item.label not in seen:
            seen.add(item.label)
            yield item


def _tags(place: Place, name: str) -> Iterator[_Item]:
    """Yield the tags of a union's members, each with the required properties of the member."""
    for shape in place.every_object_shape:
        tag_schema = shape.schema.get("properties", {}).get(name, {})
        for tag in _fixed(tag_schema):
            if isinstance(tag, str):
                needed = [
                    each
                    for each in place.shapes.properties([shape], shape.schema.get("required", ()))
                    if each.is_required and each.name != name and each.name not in place.present
                ]
                separator = _separator(place)
                rest = "".join(
                    f"{separator}{_key(place, each)}: {_new_value(each, stop)}"
                    for stop, each in enumerate(needed, start=1)
                )
                yield _Item(
                    tag,
                    _escaped(tag if place.is_yaml else json.dumps(tag))
                    + rest
                    + ("," if place.follows and rest else ""),
                    types.CompletionItemKind.EnumMember,
                    documentation=str(shape.schema.get("description", "")),
                )


def _separator(place: Place) -> str:
    """Return the separator of properties: with a line end if the object spans several lines."""
    if place.is_yaml:
        return f"\n{place.indentation}"
    if place.spelling.is_code:
        return ",\n" if place.spelling.is_long else ", "
    holder = place.cursor.holders[-1]
    inside = place.brackets.data[holder.start : place.cursor.token[0]]
    return ",\n" if b"\n" in inside else ", "


def _of_schema(place: Place) -> Iterator[_Item]:
    for shape in place.value_shapes:
        schema = shape.schema
        description = str(schema.get("description", ""))
        for value in _fixed(schema):
            yield _literal(value, documentation=description)
        for value in schema.get("examples", ()):
            yield _literal(value, documentation=description)
        for kind in _kinds(schema) if not _fixed(schema) else ():
            if kind == "boolean":
                yield _literal(value=True)
                yield _literal(value=False)
            elif kind == "null":
                yield _literal(None)
            elif kind == "object":
                label = f"{{ {shape.tag} }}" if shape.tag else "{ }"
                yield _Item(
                    label, _new_object(place, shape), types.CompletionItemKind.Struct, documentation=description
                )
            elif kind == "array":
                yield _Item("[ ]", "[$1]", types.CompletionItemKind.Struct, documentation=description)


def _new_object(place: Place, shape: Shape) -> str:
    needed = [each for each in place.shapes.properties([shape]) if each.is_required]
    if not needed:
        return "{$1}"
    members = []
    for stop, each in enumerate(sorted(needed, key=lambda each: not each.is_tag), start=1):
        tag = json.dumps(shape.tag) if each.is_tag and shape.tag is not None else None
        members.append(f"{_escaped(json.dumps(each.name))}: {_escaped(tag) if tag else _new_value(each, stop)}")
    return f"\\{{{', '.join(members)}\\}}".replace("\\{", "{").replace("\\}", "}")


def _literal(value: Any, *, documentation: str = "", detail: str = "") -> _Item:
    text = json.dumps(value, ensure_ascii=False)
    kind = types.CompletionItemKind.EnumMember if isinstance(value, str) else types.CompletionItemKind.Value
    label = value if isinstance(value, str) else text
    return _Item(label, _escaped(text), kind, detail=detail, documentation=documentation)


def _of_facts(path: Path) -> Iterator[_Item]:
    """Yield the ids of models or the names of beta headers."""
    if path[-1] == "model":
        for name in facts.model_ids():
            model = facts.model_named(name)
            retires = f"retires {model.retires}" if model is not None and model.retires is not None else ""
            yield _literal(name, detail=retires)
    elif len(path) > 1 and path[-2] in {"betas", "anthropic_beta"}:
        for beta in facts.betas().values():
            item = _literal(beta.name, documentation=beta.description, detail=beta.instead or "")
            yield _Item(item.label, item.snippet, item.kind, item.detail, item.documentation, beta.instead is not None)


def _of_document(path: Path, value: Any) -> Iterator[_Item]:
    """Yield names that the request itself defines: of tools, and of calls without a result; secrets are left out."""
    return (item for item in _defined(path, value) if not holds_secret(item.label))


def _defined(path: Path, value: Any) -> Iterator[_Item]:
    body, steps = _body(path, value)
    if steps == ("tool_choice", "name"):
        for tool in _objects(body.get("tools")):
            if isinstance(tool.get("name"), str):
                yield _literal(tool["name"], documentation=redacted(str(tool.get("description", ""))))
    elif steps[:1] == ("messages",) and steps[-1] == "tool_use_id":
        yield from _open_calls(body, steps)


def _open_calls(body: dict[str, Any], steps: Path) -> Iterator[_Item]:
    """Yield the tool calls before a message that have no result yet, the last ones first."""
    index = steps[1] if isinstance(steps[1], int) else 0
    messages = body.get("messages")
    before = list(_objects(messages[:index])) if isinstance(messages, list) else []
    blocks = [block for message in _objects(messages) for block in _objects(message.get("content"))]
    answered = {block.get("tool_use_id") for block in blocks if block.get("type") == "tool_result"}
    for message in reversed(before):
        for block in _objects(message.get("content")):
            if block.get("type") == "tool_use" and isinstance(block.get("id"), str) and block["id"] not in answered:
                yield _literal(block["id"], detail=redacted(f"call of {block.get('name')}"))


def _body(path: Path, value: Any) -> tuple[dict[str, Any], Path]:
    """Return the request around a path, and the path relative to it."""
    for start in ("requests", "params"):
        if path[:1] == (start,):
            length = 3 if start == "requests" else 1
            for step in path[:length]:
                value = value[step] if _has(value, step) else None
            path = path[length:]
            break
    return (value if isinstance(value, dict) else {}), path


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _objects(value: Any) -> Iterable[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _completion(
    item: _Item, token: types.Range, number: int, wishes: Wishes, spelling: Spelling
) -> types.CompletionItem:
    is_snippet = wishes.snippets and _plain(item.snippet) != item.snippet
    text = item.snippet if is_snippet else _plain(item.snippet)
    return types.CompletionItem(
        label=item.label,
        kind=item.kind,
        detail=item.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, item.documentation)
        if item.documentation
        else None,
        tags=[types.CompletionItemTag.Deprecated] if item.is_deprecated else None,
        sort_text=f"{number:04}",
        filter_text=_filter_text(item, text, spelling),
        insert_text_mode=types.InsertTextMode.AdjustIndentation if "\n" in text else None,
        insert_text_format=types.InsertTextFormat.Snippet if is_snippet else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(token, text),
        preselect=item.preselect or None,
    )


def _filter_text(item: _Item, text: str, spelling: Spelling) -> str:
    """Return what the client compares with what is typed, which in code may be a word without quotes."""
    if spelling.is_code:
        return f"{spelling.quote}{item.label}{spelling.quote}" if spelling.is_quoted else item.label
    return json.dumps(item.label, ensure_ascii=False) if text.startswith('"') else item.label


def _escaped(text: str) -> str:
    """Escape text for a snippet."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _plain(snippet: str) -> str:
    """Return a snippet as plain text: without tab stops, and with the first of each list of choices."""
    text = re.sub(r"\$\{\d+\|((?:[^|\\,]|\\.)*)[^|]*\|\}", r"\1", snippet)
    return re.sub(r"\\([\\$},|])", r"\1", re.sub(r"(?<!\\)\$\d+", "", text))
