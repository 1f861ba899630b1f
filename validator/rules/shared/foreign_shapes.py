"""Fixes that rewrite the shapes of OpenAI's API for the Messages API.

A fix is only offered if the schema accepts the result and no content is lost. It is still unsafe: somebody has to
review a request that was written for another API.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ...common.lazy_regex import regex
from ...fixes import Applicability, Fix, Operation, add, remove, rename, replace
from ...schema.explain import DISCRIMINATOR

if TYPE_CHECKING:
    from ...schema.explain import Problem

_DATA_URL: Final = regex(r"data:([\w.+/-]+);base64,")
_TOOL_KEYS: Final = frozenset({"type", "name", "description", "parameters", "strict"})
_BATCH_PATHS: Final = ("/v1/chat/completions", "/v1/responses", "/v1/messages")
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})

Object = dict[str, Any]


def conversion(problem: Problem) -> Fix | None:
    """Return the fix that rewrites another API's shape for this one, if there is one."""
    if problem.keyword == "additionalProperties":
        convert = _PROPERTIES.get((problem.owner.name, problem.name))
        return convert(problem) if convert is not None else None
    if problem.keyword == "enum" and problem.owner.name == "Message":
        return _of_message(problem)
    if problem.keyword in {DISCRIMINATOR, "required"} and problem.union is not None:
        return _of_member(problem)
    return None


def _of_member(problem: Problem) -> Fix | None:
    """Convert an object whose `type` is not in the union."""
    path = problem.path[:-1] if problem.keyword == DISCRIMINATOR else problem.path
    value = _at(problem.root, path)
    convert = _MEMBERS.get(problem.union.name if problem.union is not None else "")
    made = convert(value) if convert is not None else None
    if made is None or not problem.fits(problem.schema, made):
        return None
    return _fix(f"Write it as {_named(made)}", replace(path, made))


def _fix(title: str, *operations: Operation) -> Fix:
    return Fix(title, Applicability.UNSAFE, operations)


def _named(made: Object) -> str:
    return f"`{json.dumps({'type': made['type']})[:-1]}, …}}`" if "type" in made else '`{"name": …, "input_schema": …}`'


def _tool(value: Object) -> Object | None:
    """Unwrap the definition of a function."""
    inner = value.get("function")
    around = {key: item for key, item in value.items() if key not in {"type", "function"}} if inner else {}
    definition = {**inner, **around} if isinstance(inner, dict) else value
    if not definition.keys() - {"cache_control"} <= _TOOL_KEYS:
        return None
    kept = {key: item for key, item in definition.items() if key not in {"type", "parameters"} and item is not None}
    parameters = definition.get("parameters")
    return {**kept, "input_schema": {"type": "object"} if parameters in _EMPTY else parameters}


def _choice(value: Object) -> Object | None:
    inner = value.get("function")
    name = inner.get("name") if isinstance(inner, dict) else value.get("name")
    return {"type": "tool", "name": name} if isinstance(name, str) else None


def _block(value: Object) -> Object | None:
    """Convert a content part."""
    tag = value.get("type")
    kept = {"cache_control": value["cache_control"]} if "cache_control" in value else {}
    made: Object | None = None
    if tag in {"input_text", "output_text", "refusal"}:
        text = value.get("refusal" if tag == "refusal" else "text")
        rest = [item for key, item in value.items() if key not in {"type", "text", "refusal", "cache_control"}]
        made = {"type": "text", "text": text} if all(item in _EMPTY for item in rest) else None
    elif tag in {"image_url", "input_image"} or (tag is None and "image_url" in value):
        inner = value.get("image_url")
        url = inner.get("url") if isinstance(inner, dict) else inner
        source = _source(url) if isinstance(url, str) else None
        made = {"type": "image", "source": source} if source is not None else None
    elif tag in {"file", "input_file"}:
        inner = value["file"] if isinstance(value.get("file"), dict) else value
        data, title = inner.get("file_data"), inner.get("filename")
        source = _source(data) if isinstance(data, str) else None
        made = {"type": "document", "source": source, **({"title": title} if title else {})} if source else None
    return None if made is None else {**made, **kept}


def _source(url: str) -> Object | None:
    prefix = _DATA_URL.match(url)
    if prefix is not None:
        return {"type": "base64", "media_type": prefix[1], "data": url[prefix.end() :]}
    return {"type": "url", "url": url} if url.startswith(("https://", "http://")) else None


def _of_message(problem: Problem) -> Fix | None:
    """Write a tool's message as a `tool_result` block in a user message."""
    path = problem.path[:-1]
    message = _at(problem.root, path)
    used, content = message.get("tool_call_id"), message.get("content")
    if message["role"] != "tool" or not message.keys() <= {"role", "tool_call_id", "content", "name"}:
        return None
    result = {"type": "tool_result", "tool_use_id": used, **({} if content in _EMPTY else {"content": content})}
    made = {"role": "user", "content": [result]}
    if not problem.fits(problem.schema, made):
        return None
    return _fix("Write it as a `tool_result` block in a user message", replace(path, made))


def _tool_calls(problem: Problem) -> Fix | None:
    """Write a message's tool calls as blocks after its text."""
    message, calls = problem.value, problem.value[problem.name]
    path = (*problem.path[:-1], "content")
    content = message.get("content")
    before = [] if content in _EMPTY else [{"type": "text", "text": content}] if isinstance(content, str) else content
    if calls in _EMPTY:
        return None if content is None else _fix(f"Remove `{problem.name}`", remove(problem.path))
    blocks = [_call(call) for call in calls] if isinstance(calls, list) else [None]
    made = [*before, *blocks] if isinstance(before, list) else None
    if made is None or not problem.fits(problem.schema["properties"]["content"], made):
        return None
    put = replace(path, made) if "content" in message else add(path, made)
    return _fix("Write the calls as `tool_use` blocks in `content`", put, remove(problem.path))


def _call(call: Any) -> Object | None:
    inner = call.get("function") if isinstance(call, dict) else None
    if not isinstance(inner, dict) or not call.keys() <= {"id", "type", "function", "index"}:
        return None
    if not inner.keys() <= {"name", "arguments"}:
        return None
    given = inner.get("arguments")
    try:
        arguments = json.loads(given or "{}") if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return None
    return {"type": "tool_use", "id": call.get("id"), "name": inner.get("name"), "input": arguments}


def _wrapped_tool(problem: Problem) -> Fix | None:
    made = _tool(problem.value)
    if made is None or problem.faults(problem.schema, made, ()):
        return None
    return _fix(f"Write it as {_named(made)}", replace(problem.path[:-1], made))


def _batch_line(problem: Problem) -> Fix | None:
    """Write a line of an OpenAI batch as a batch request."""
    line = problem.value
    if "params" in line or not str(line.get("url", _BATCH_PATHS[0])).endswith(_BATCH_PATHS):
        return None
    others = [remove((*problem.path[:-1], key)) for key in ("method", "url") if key in line]
    return _fix(
        "Rename `body` to `params`, and remove the properties beside it", rename(problem.path, "params"), *others
    )


def _user(problem: Problem) -> Fix | None:
    value, place = problem.value[problem.name], (*problem.path[:-1], "metadata")
    made = {"user_id": value}
    if "metadata" in problem.value or not isinstance(value, str):
        return None
    if not problem.fits(problem.schema["properties"]["metadata"], made):
        return None
    return _fix("Put it into `metadata`", add(place, made), remove(problem.path))


def _effort(problem: Problem) -> Fix | None:
    """Move the effort into `output_config`, unless that is already used."""
    body, place = problem.value, (*problem.path[:-1], "output_config")
    made = {"effort": body[problem.name]}
    if {"output_config", "response_format"} & body.keys() or "output_config" not in problem.schema["properties"]:
        return None
    if made["effort"] is None or not problem.fits(problem.schema["properties"]["output_config"], made):
        return None
    return _fix("Put it into `output_config`", add(place, made), remove(problem.path))


def _format(problem: Problem) -> Fix | None:
    """Move the schema of the answer into `output_config`, unless that is already used."""
    body, place = problem.value, (*problem.path[:-1], "output_config")
    given = body[problem.name]
    inner = given.get("json_schema") if isinstance(given, dict) else None
    if not isinstance(inner, dict) or not inner.keys() <= {"name", "strict", "schema"} or "output_config" in body:
        return None
    made = {"format": {"type": "json_schema", "schema": inner.get("schema")}}
    if "output_config" not in problem.schema["properties"]:
        return None
    if not problem.fits(problem.schema["properties"]["output_config"], made):
        return None
    return _fix("Put its schema into `output_config`", add(place, made), remove(problem.path))


def _inner_schema(problem: Problem) -> Fix | None:
    inner = problem.value[problem.name]
    schema = inner.get("schema") if isinstance(inner, dict) else None
    if "schema" in problem.value or not isinstance(schema, dict) or not inner.keys() <= {"name", "strict", "schema"}:
        return None
    return _fix("Write its inner `schema`", add((*problem.path[:-1], "schema"), schema), remove(problem.path))


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


_MEMBERS: Final[dict[str, Callable[[Object], Object | None]]] = {
    "Tool": _tool,
    "ToolChoice": _choice,
    "ContentBlock": _block,
    "ToolResultContentBlock": _block,
}
"""The function that converts an object, by the name of the union it should be in."""
_PROPERTIES: Final[dict[tuple[str, str], Callable[[Problem], Fix | None]]] = {
    ("InputMessage", "tool_calls"): _tool_calls,
    ("CustomTool", "function"): _wrapped_tool,
    ("JsonOutputFormat", "json_schema"): _inner_schema,
    **{(owner, "body"): _batch_line for owner in ("", "BatchRequest")},
    **{(owner, name): _user for owner in ("", "messages") for name in ("user", "user_id", "safety_identifier")},
    **{(owner, "reasoning_effort"): _effort for owner in ("", "messages")},
    **{(owner, "response_format"): _format for owner in ("", "messages")},
}
"""The function that moves an unknown property, by the type it is in and its name."""
