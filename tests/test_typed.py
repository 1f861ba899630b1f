"""The short way for plain messages finds what the usual way finds, whatever a request and its text look like."""

from __future__ import annotations

import importlib.util
import os
import random
from functools import cache
from typing import Any

import orjson
import pytest

from tests.material import DATA, ROOT, TODAY, fixtures, hello
from tests.typed_mutants import mutants
from validator import Linter
from validator.checking import typed
from validator.engine.context import Context
from validator.engine.index import Index
from validator.engine.setup import Setup

MUTANTS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else 2_000
USER = {"role": "user", "content": "Will it rain?"}
TOOL = {
    "name": "weather",
    "description": "Tells the weather.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
MARK = {"type": "ephemeral"}


def call(number: int, **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{number}", "name": "weather", "input": given or {"city": "Oslo"}}


def result(number: int, content: Any = "Rain.", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": content, **more}


def answered(*contents: Any, **changes: Any) -> dict[str, Any]:
    """Return a request in which the two sides speak in turn, the user first, with a tool."""
    messages = [{"role": ("user", "assistant")[n % 2], "content": content} for n, content in enumerate(contents)]
    return hello(tools=[TOOL], messages=messages, **changes)


def text(said: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": said, **more}


THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"}
PLAIN = (
    hello(),
    answered("Hello", [text("Let me see."), call(1)], [result(1)]),
    answered([text("Hello")], [THOUGHT, text("Hm"), call(1), call(2)], [result(1, [text("Rain.")]), result(2)]),
    answered("Hello", [call(1)], [result(1, cache_control=MARK)], "Fine", "Thanks"),
    answered("Hello", [call(1)], [result(1), text("Again", cache_control=MARK)]),
    answered([text("Hello", cache_control=None)], "Yes?", "Bye", stream=True, temperature=1),
    answered("Hello", "Hi", "Bye", system=[text("Be brief.")], metadata={"user_id": "a"}),
    answered(
        "Hello",
        [THOUGHT, call(1)],
        [result(1)],
        model="claude-sonnet-4-5",
        max_tokens=4096,
        thinking={"type": "enabled", "budget_tokens": 1024},
    ),
    answered("Hello", [call(1)], [result(1)], model="claude-3-opus-20240229"),
    answered("Hello", [call(1)], [result(1)], model="claude-3-opus-20240229", betas=["files-api-2025-04-14"]),
    answered("Grüße 🌦", [text("Ä")], "Ö", model="claude-3-5-sonnet-20241022", top_k=5),
    {"messages": [USER], "max_tokens": 5, "model": "claude-3-5-sonnet-20241022", "tools": [TOOL], "top_k": 5},
    {"max_tokens": 9, "model": "claude-3-5-sonnet-20241022", "messages": [USER], "metadata": {"user_id": "a"}},
)


def linters(**options: Any) -> tuple[Linter, Linter]:
    """Return two linters, of which only the first goes the short way."""
    quick, usual = (Linter(today=TODAY, **options) for _ in range(2))
    usual._is_quick = False  # type: ignore[misc]
    return quick, usual


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return whether each try of the short way led to the end; there is one for each request."""
    seen: list[bool] = []
    find = typed.Short.found

    def noted(*arguments: Any, **options: Any) -> Any:
        found = find(*arguments, **options)
        seen.append(found is not None)
        return found

    monkeypatch.setattr(typed.Short, "found", noted)
    monkeypatch.setattr(typed, "_LONGEST_WAIT", 0)
    return seen


def parsed(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


@cache
def corpus() -> list[dict[str, Any]]:
    """Return the bodies of the fixtures and of what the API accepted."""
    texts = [path.read_bytes() for kind in ("good", "bad") for path in fixtures(kind) if path.suffix == ".json"]
    values = [value for data in texts if isinstance(value := parsed(data), dict)]
    for name in ("accepted-requests", "looks-wrong", "refusals", "real-requests-0.72.0", "real-requests-2.14.0"):
        records = map(parsed, (DATA / f"{name}.jsonl").read_bytes().splitlines())
        values += [record.get("request", record.get("body")) for record in records if record is not None]
    return [value for value in values if isinstance(value, dict)]


def written(value: Any) -> bytes:
    return orjson.dumps(value)


def structs(request: dict[str, Any]) -> Any:
    return typed._read(written(request["messages"]))[0]


def test_the_structs_are_what_the_script_writes() -> None:
    script = ROOT / "scripts" / "write_structs.py"
    spec = importlib.util.spec_from_file_location("write_structs", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.MODULE.read_text("utf-8") == module.written()


@pytest.mark.parametrize("request_", PLAIN)
def test_a_plain_request_with_a_known_setup_goes_the_short_way(request_: dict[str, Any], tries: list[bool]) -> None:
    quick, usual = linters()
    for _ in range(3):
        assert quick.validate_json(written(request_)) == usual.validate_json(written(request_))
        assert quick.validate(request_) == usual.validate(request_)
    tries.clear()
    assert quick.validate_json(written(request_)) == usual.validate_json(written(request_))
    assert quick.validate(request_) == usual.validate(request_)
    assert tries == [True, True]


@pytest.mark.parametrize("request_", PLAIN)
def test_a_plain_request_has_the_same_index(request_: dict[str, Any]) -> None:
    setup = Setup(request_)
    index = Index(request_, Context(), setup)
    plain: Any = typed.PlainIndex(request_, Context(), setup, structs(request_))
    assert (plain.names, plain.said) == (index.names, index.said)
    marks = [{"cache_control": each["cache_control"]} for each in index.cache_marks]
    assert (plain.cache_marks, plain.cache_marks_inside) == (marks, index.cache_marks_inside)
    assert plain.calls == [{"name": each["name"], "input": each["input"]} for each in index.calls]
    assert (list(plain.turns()), list(plain.turns(-2))) == (list(index.turns()), list(index.turns(-2)))
    assert (plain.number_of_messages, plain.may_be_marked) == (index.number_of_messages, index.may_be_marked)
    assert plain.texts[0] == index.texts[0]
    assert len(plain.texts[1]) == len(index.texts[1])


def test_mutants_get_the_same_report_either_way(tries: list[bool]) -> None:
    random = random_of("mutants")
    others = [body for body in corpus() if isinstance(body.get("messages"), list) and is_plain(body)]
    bases = [*PLAIN, *random.sample(others, min(len(others), MUTANTS // 6))]
    taken = 0
    quick, usual = linters()
    for base in bases:
        for _ in range(3):
            quick.validate_json(written(base))
            quick.validate(base)
        number = MUTANTS * 2 // 3 // len(PLAIN) if any(base is each for each in PLAIN) else MUTANTS // len(bases) // 3
        for data in mutants(base, max(1, number), random):
            tries.clear()
            expected = usual.validate_json(data)
            assert quick.validate_json(data) == expected, data
            value = parsed(data)
            if value is not None:
                assert quick.validate(value) == usual.validate(value), data
            taken += any(tries)
    assert taken > MUTANTS // 5


def random_of(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same each time


def is_plain(body: dict[str, Any]) -> bool:
    """Whether the messages of a body are plain ones."""
    try:
        typed.PlainIndex(body, Context(), Setup(body), structs(body))
    except typed._UNSURE:
        return False
    return True
