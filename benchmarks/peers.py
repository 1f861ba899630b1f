"""What do other validators take for the same requests?

They know the schema alone: no rule, and places and words of their own. Usage: python benchmarks/peers.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import cycle
from typing import Any

import orjson
from material import agent_request, conversation, encoded, schema
from measuring import Call, Table, compare, labelled, show, version_of

from validator import Linter

PACKAGES = ("jsonschema-rs", "anthropic", "fastjsonschema", "jsonschema", "corvus-json-schema-rs")
MESSAGES = 10_000
"""Messages of the long request; `jsonschema` would take minutes for more."""
DIFFERENT = 16
"""Requests that take turns: more than the conversations that msglint remembers."""


def tables() -> Iterator[Table]:
    """Yield a table for a typical request and one for a long one, both valid, parsed already and as text."""
    checks, of_text = dict(_checks()), dict(_checks_of_text())
    for question, request, slow in (
        ("A typical request of an agent, other validators", agent_request(), frozenset[str]()),
        (f"{MESSAGES:,} messages, other validators", conversation(MESSAGES), frozenset({"jsonschema"})),
    ):
        requests = [_beginning_otherwise(request, number) for number in range(DIFFERENT)]
        texts = list(map(encoded, requests))
        contenders = {"orjson.loads of its text": _over(orjson.loads, texts)}
        contenders |= {
            name: _over(check, requests) for name, check in checks.items() if name.partition(" ")[0] not in slow
        }
        contenders |= {f"{name}, of the text": _over(check, texts) for name, check in of_text.items()}
        left_out = [name for name in checks if name.partition(" ")[0] in slow]
        note = f"{len(texts[0]) / 1e3:,.1f} kB of JSON."
        if left_out:
            note += f" {', '.join(left_out)} is left out: it would take seconds for each call."
        if missing := [name for name in PACKAGES if not version_of(name)]:
            note += f" Not installed, so not measured: {', '.join(missing)}."
        yield Table(question, compare(contenders, rounds=9), note)


def _checks_of_text() -> Iterator[tuple[str, Any]]:
    """Yield what takes a request as JSON text, by name, of the packages that are installed."""
    yield "msglint, every rule", Linter().validate_json
    if version_of("corvus-json-schema-rs"):
        validator = import_module("corvus_json_schema_rs").compile(schema())
        yield labelled("corvus-json-schema-rs"), validator.is_valid_json


def _checks() -> Iterator[tuple[str, Any]]:
    """Yield what takes a request, by name, of the packages that are installed."""
    document = schema()
    yield "msglint, every rule", Linter().validate
    import jsonschema_rs

    yield labelled("jsonschema-rs"), jsonschema_rs.validator_for(document).is_valid
    if version_of("anthropic"):
        adapter = import_module("pydantic").TypeAdapter(
            import_module("anthropic.types.message_create_params").MessageCreateParamsNonStreaming
        )
        name = f"{labelled('pydantic')} over the types of {labelled('anthropic')}"
        yield name, lambda request: _drain(adapter.validate_python(request))
    if version_of("fastjsonschema"):
        compiled = import_module("fastjsonschema").compile
        yield labelled("fastjsonschema"), compiled(document, formats={"byte": ".*"})
    if version_of("jsonschema"):
        import jsonschema

        yield labelled("jsonschema"), jsonschema.Draft202012Validator(document).validate


def _drain(value: Any) -> None:
    """Read what pydantic puts off until somebody reads it: the SDK's types have iterables where the API has arrays."""
    if isinstance(value, dict):
        for item in value.values():
            _drain(item)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for item in value:
            _drain(item)


def _beginning_otherwise(request: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a request with another first message, which is so the request of another conversation."""
    first = {"role": "user", "content": f"This is request {number:02}."}
    return {**request, "messages": [first, *request["messages"][1:]]}


def _over(check: Any, values: Iterable[Any]) -> Call:
    """Return a call that checks one of the values each time."""
    each = cycle(values)
    return lambda: check(next(each))


if __name__ == "__main__":
    show(tables())
