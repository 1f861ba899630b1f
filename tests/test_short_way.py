"""The short way for plain messages finds what the usual way finds, whatever a request and its text look like."""

from __future__ import annotations

import copy
import importlib.util
import os
import random
import subprocess
import sys
import tracemalloc
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any
from uuid import UUID

import orjson
import pytest

from tests.material import DATA, ROOT, TODAY, fixtures, hello
from tests.mutants import DOT, USER, mutants, mutants_around
from tests.odd_values import with_odd_values
from validator import Linter
from validator.checking.short import conversations, kinds, patience, reading, way
from validator.checking.short.index import PlainIndex
from validator.engine.context import Context
from validator.engine.index import Index
from validator.engine.setup import Setup
from validator.files.checking import check_in_parts, check_lines

IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "ci"
_A_WHILE = 20
"""Seconds of computing that only something endless takes."""
MUTANTS = 10_000 if IS_THOROUGH else 2_000
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


def image(**source: Any) -> dict[str, Any]:
    return {"type": "image", "source": source or {"type": "url", "url": "https://example.com/a.png"}}


def document(**source: Any) -> dict[str, Any]:
    return {"type": "document", "source": source, "title": "Report", "citations": {"enabled": True}}


THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"}
HIDDEN = {"type": "redacted_thinking", "data": "EqQB"}
PNG = image(type="base64", media_type="image/png", data=DOT)
FOUND = {"type": "search_result", "source": "a.txt", "title": "A", "content": [text("Rain.")]}
NOTES = document(type="text", media_type="text/plain", data="The sky is blue.")
WITH_MEDIA = (
    answered(
        [text("Hello"), PNG], "A dot.", [image(), image(type="url", url="https://example.com/b.png"), text("And?")]
    ),
    answered([{**PNG, "cache_control": MARK}, text("What is it?")]),
    answered("Hello", [HIDDEN, call(1), call(2)], [result(1, [text("Rain."), PNG]), result(2, is_error=True), PNG]),
    answered("Hello", [HIDDEN, text("Hm"), call(1)], [result(1, [FOUND]), FOUND], "Fine", "Thanks"),
    answered([NOTES, document(type="url", url="https://example.com/a.pdf"), text("Sum up")], [text("Blue.")], "Thanks"),
    answered(
        [image(type="file", file_id="file_1"), document(type="file", file_id="file_2"), text("Sum up")],
        betas=["files-api-2025-04-14"],
    ),
    answered("Hello", [call(1)], [result(1, [NOTES, image()])], model="claude-3-opus-20240229"),
    answered("Hello", [HIDDEN, text("Hm")], "Thanks"),
)
PLAIN = (
    *WITH_MEDIA,
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
    quick._unhurried = 0
    return quick, usual


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return whether each try of the short way led to the end; there is one for each request."""
    seen: list[bool] = []
    note = patience.note

    def noted(patient: Any, *, found: bool) -> None:
        seen.append(found)
        note(patient, found=found)

    monkeypatch.setattr(patience, "note", noted)
    monkeypatch.setattr(patience, "_LONGEST_WAIT", 0)
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
    values: list[Any] = list(map(parsed, texts))
    for name in ("accepted-requests", "looks-wrong", "refusals", "real-requests-0.72.0", "real-requests-2.14.0"):
        records = map(parsed, (DATA / f"{name}.jsonl").read_bytes().splitlines())
        values += [record.get("request", record.get("body")) for record in records if record is not None]
    return [value for value in values if isinstance(value, dict)]


def written(value: Any) -> bytes:
    return orjson.dumps(value)


def structs(request: dict[str, Any]) -> Any:
    return reading.read_messages(written(request["messages"]))[0]


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


def test_many_setups_of_the_same_length_in_turn_go_the_short_way(tries: list[bool]) -> None:
    quick, usual = linters()
    # As of many users: the messages are at the same place in each.
    users = [{"metadata": {"user_id": f"user-{number}"}, **hello()} for number in range(100, 140)]
    for _ in range(3):
        for request in users:
            assert quick.validate_json(written(request)) == usual.validate_json(written(request))
    tries.clear()
    for request in users:
        quick.validate_json(written(request))
    assert tries == [True] * len(users)


@pytest.mark.parametrize("request_", PLAIN)
def test_a_plain_request_has_the_same_index(request_: dict[str, Any]) -> None:
    setup = Setup(request_)
    index = Index(request_, Context(), setup)
    plain: Any = PlainIndex(request_, Context(), setup, structs(request_))
    assert (plain.names, plain.said) == (index.names, index.said)
    marks = [{"cache_control": each["cache_control"]} for each in index.cache_marks]
    assert (plain.cache_marks, plain.cache_marks_inside) == (marks, index.cache_marks_inside)
    assert plain.calls == [{"name": each["name"], "input": each["input"]} for each in index.calls]
    assert (list(plain.turns()), list(plain.turns(-2))) == (list(index.turns()), list(index.turns(-2)))
    assert (plain.number_of_messages, plain.may_be_marked) == (index.number_of_messages, index.may_be_marked)
    assert plain.texts[0] == index.texts[0]
    assert len(plain.texts[1]) == len(index.texts[1])


def test_the_input_of_a_call_counts_as_text(tries: list[bool]) -> None:
    quick, usual = linters()
    request = answered("Hello", [call(1, city="lorem ipsum " * 90_000)], [result(1)])
    short = answered("Hello", [call(1)], [result(1)])
    for data in [*map(written, [short] * 3), written(request)]:
        assert quick.validate_json(data) == usual.validate_json(data)
    assert tries == [True, True, True, False]
    assert quick.validate_json(written(request)).violations


def test_mutants_get_the_same_report_either_way(tries: list[bool]) -> None:
    random = random_of("mutants")
    others = [body for body in corpus() if is_plain(body)]
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


def test_mutants_with_a_new_setup_each_get_the_same_report(tries: list[bool]) -> None:
    random = random_of("new setups")
    bases = [*PLAIN, *random.sample([body for body in corpus() if is_plain(body)], 30)]
    taken = 0
    pairs = [linters(), linters(endpoint="auto", platform="google"), linters(endpoint="count_tokens", betas=["a,b"])]
    for number, base in enumerate(bases * (MUTANTS // 200)):
        quick, usual = pairs[number % 8 if number % 8 < len(pairs) else 0]
        for data in mutants_around(base, 5, random):
            expected = usual.validate_json(data)
            tries.clear()
            assert [quick.validate_json(data) for _ in range(1 + number % 3)] == [expected] * (1 + number % 3), data
            taken += any(tries)
    assert taken > MUTANTS // 10


TOOLS: tuple[dict[str, Any], ...] = (
    TOOL,
    {**TOOL, "description": ""},
    {**TOOL, "cache_control": MARK},
    {**TOOL, "cache_control": {**MARK, "ttl": "1h"}},
    {**TOOL, "input_schema": {"type": "object", "properties": {"city": {"type": "integer"}}}},
    {**TOOL, "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "requird": ["city"]}},
    {**TOOL, "input_schema": {"type": "strin"}},
    {**TOOL, "name": "code_execution"},
    {"type": "web_search_20260209", "name": "web_search", "allowed_callers": ["code_execution_20260120"]},
)
PROMPTS: tuple[dict[str, Any], ...] = (
    {},
    {"system": "Be brief."},
    {"system": [text("Be brief.", cache_control=MARK)]},
    {"system": [text("Be brief.", cache_control={**MARK, "ttl": "1h"})]},
    {"system": [text("The current time is 2026-11-22 10:30.", cache_control=MARK)]},
    {"system": [text(" ")]},
    {"system": f"The key is sk-ant-api03-{'aB3dE6gH9k' * 8}"},
)


@pytest.mark.parametrize("base", PLAIN, ids=range(len(PLAIN)))
def test_settings_that_come_often_hide_nothing_in_new_tools_and_prompts(
    base: dict[str, Any], tries: list[bool]
) -> None:
    random = random_of("settings")
    quick, usual = linters()
    for number in range(100):
        tools = [TOOL] if number < 20 else random.sample(TOOLS, random.randint(1, 2))
        described = [{**tool, "description": f"{number}"} if tool.get("description") else tool for tool in tools]
        data = written({**base, "tools": described, **(random.choice(PROMPTS) if number > 40 else {})})
        expected = usual.validate_json(data)
        assert [quick.validate_json(data) for _ in range(1 + number % 2)] == [expected] * (1 + number % 2), data
    assert any(tries)


def test_the_marks_of_prompts_too_long_to_be_kept_are_told_apart() -> None:
    quick, usual = linters()
    long, rules = "Be brief. " * 7_000, []
    for number in range(15):
        mark = {**MARK, "ttl": "1h"} if number == 14 else MARK
        tool = {**TOOL, "description": f"{number}", "cache_control": MARK}
        data = written({**answered("Hello"), "tools": [tool], "system": [text(long, cache_control=mark)]})
        report = quick.validate_json(data)
        assert report == usual.validate_json(data)
        rules += [violation.rule for violation in report.violations]
    assert rules == ["caching/ttl-order"]


def test_what_reads_the_settings_alone_is_asked_once_for_many_new_tools() -> None:
    linter, _ = linters()
    asked = []
    for number in range(30):
        tool = {**TOOL, "description": f"{number}"}
        linter.validate_json(written({**answered("Hello", model="claude-3-opus-20240229"), "tools": [tool]}))
        settings = [*linter.judge.engine._settings.values()]
        asked.append((len(settings), sum(len(each.kinds) for each in settings)))
    assert asked[0] == (1, 0)
    assert asked[-1] == (1, 1)


def random_of(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same each time


def is_plain(body: dict[str, Any]) -> bool:
    """Whether the messages of a body are plain ones."""
    if not isinstance(body.get("messages"), list):
        return False
    try:
        PlainIndex(body, Context(), Setup(body), structs(body))
    except reading.UNSURE:
        return False
    return True


def test_every_fixture_and_all_that_the_api_accepted_get_the_same_report(tries: list[bool]) -> None:
    quick, usual = linters(endpoint="auto")
    bodies = corpus() if IS_THOROUGH else random_of("corpus").sample(corpus(), 300)
    for body in bodies:
        data = written(body)
        assert [quick.validate_json(data) for _ in range(3)] == [usual.validate_json(data)] * 3
        assert [quick.validate(body) for _ in range(3)] == [usual.validate(body)] * 3
    assert sum(tries) > len(bodies) // 2


class Speaker(str, Enum):
    """Names that are strings and have more to them."""

    user = "user"
    text = "text"


class Words(str):
    """A string with more to it."""

    __slots__ = ()


@dataclass
class Said:
    """An object that some writers of JSON take."""

    text: str


FOREIGN = (
    Speaker.user,
    Speaker.text,
    Words("text"),
    (),
    ({"type": "text", "text": "a"},),
    OrderedDict(type="text", text="a"),
    float("nan"),
    float("inf"),
    1.5,
    2**70,
    b"text",
    {"a"},
    UUID(int=1),
    date(2026, 1, 1),
    Said("a"),
    "\ud800",
    {Words("type"): "text", "text": "a"},
    {1: "a"},
)
"""Values that a decoder of objects, or one of JSON's writers, may take for plain ones."""


@pytest.mark.parametrize("request_", PLAIN[1:11:2])
def test_foreign_values_in_an_object_get_the_same_report_either_way(request_: dict[str, Any]) -> None:
    quick, usual = linters()
    for changed in with_odd_values({"messages": request_["messages"]}, FOREIGN):
        if "messages" in changed:
            odd = {**request_, **changed}
            quick.validate(request_)  # which ends the waiting after a useless try
            assert quick.validate(odd) == usual.validate(odd), odd


def doubled(times: int) -> Any:
    """Return a list that contains another one twice, which contains a third one twice, and so on."""
    value: Any = "a"
    for _ in range(times):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([{"role": "assistant", "content": [call(1, city=doubled(40))]}], id="in a call"),
        pytest.param([{"role": "user", "content": [text("a")] * 20_000}] * 20_000, id="in many messages"),
        pytest.param(
            [{"role": "user", "content": [result(1, [{**FOUND, "content": [text("a")] * 32}] * 32)] * 64}] * 128,
            id="inside blocks",
        ),
    ],
)
def test_lists_that_are_contained_over_and_over_end(messages: list[Any]) -> None:
    quick, _ = linters(max_violations=1)
    request = hello()
    quick.validate(request)
    started = process_time()
    assert not quick.validate({**request, "messages": messages}).ok
    assert process_time() - started < _A_WHILE


def test_a_long_object_goes_the_short_way(tries: list[bool]) -> None:
    quick, usual = linters()
    long = answered(*["Hello", [text("Hi"), call(1)], [result(1)], "Hi"] * 100, "Bye")
    for _ in range(3):
        tries.clear()
        assert quick.validate(long) == usual.validate(long)
    assert tries == [True]


def test_no_limit_on_sizes_is_asked_about_a_short_request(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, bool]] = []
    found = way.Short._found

    def spying(self: way.Short, around: Any, index: PlainIndex, *rest: Any) -> Any:
        looks = {look.__name__ for look in around.looks}
        asked.append((len(rest[0]), {"_is_small", "_fits", "_are_not_too_many"} <= looks))
        return found(self, around, index, *rest)

    monkeypatch.setattr(way.Short, "_found", spying)
    quick, usual = linters()
    for characters in (0, 60_000, 70_000, 1_200_000, 0, 1_200_000) * 2:
        data = written(answered("x" * characters + "Hello", "Hi", "Bye", model="claude-haiku-4-5"))
        report = quick.validate_json(data)
        assert report == usual.validate_json(data)
        assert [each.rule for each in report.violations] == ["size/context"] * (characters > 1_000_000)
    assert {(size > 64 * 1024, is_asked) for size, is_asked in asked} == {(False, False), (True, True)}


def test_the_sdks_objects_do_not_keep_other_requests_from_the_short_way(tries: list[bool]) -> None:
    types = pytest.importorskip("anthropic.types")
    quick, usual = linters()
    request = answered("Hello", [types.TextBlock(type="text", text="Hi")], "Bye")
    for _ in range(3):
        assert quick.validate(request) == usual.validate(request)
    assert tries
    assert all(tries)


def test_lines_of_a_batch_get_the_same_result(tries: list[bool]) -> None:
    random = random_of("lines")
    lines = []
    for number in range(300):
        base = random.choice(PLAIN[:6])
        for data in (written(base), *mutants(base, 1, random)):
            custom_id = random.choice((b"r%d" % random.randint(0, number * 4), b"r%d" % number, b"r " + data[-9:]))
            lines += [b'{"custom_id":"%b","params":%b}' % (custom_id, data), data]
    quick, usual = linters(endpoint="auto")
    assert check_lines("a.jsonl", lines, quick) == check_lines("a.jsonl", lines, usual)
    assert sum(tries) > len(lines) // 4


def test_lines_with_findings_around_their_messages_get_the_same_result(tries: list[bool]) -> None:
    bases: list[dict[str, Any]] = [
        *PLAIN[8:],
        hello(system="Grüße", model="claude-3-opus-20240229", top_k=5),
        {"messages": [USER], "max_tokens": 9, "stop_sequences": ["ä"], "model": "claude-3-opus-20240229"},
        {
            "model": "claude-3-opus-20240229",
            "messages": [USER],
            "max_tokens": 9,
            "anthropic_version": "vertex-2023-10-16",
        },
    ]
    said = ("Hi", "Wie geht's? Schön, Sie zu sehen 🌦", "Line\nand line", "sk-ant-api03-" + "a1B2c3D4" * 10, "")
    lines = []
    for number in range(40):
        for each, base in enumerate(bases):
            first = {"role": "user", "content": said[(number + each) % (5 if number > 20 else 3)]}
            data = written({**base, "messages": [first, *base["messages"][1:]]})
            opening = b'{"custom_id":"' if number % 7 else b'{"custom_id": "'
            lines += [
                b'%bline-%d","params":%b}' % (opening, number**3 * 20 + each // 2 * (number % 3), data),
                data + b"\r\n",
            ]
    for options in ({}, {"platform": "google"}, {"severities": {"models": "info"}}):
        quick, usual = linters(endpoint="auto", **options)
        expected = check_lines("a.jsonl", lines, usual)
        assert check_lines("a.jsonl", lines, quick) == expected
        assert len({violation.rule for violation in expected.violations}) > 3
    assert sum(tries) > len(lines)


@pytest.mark.parametrize("is_named", [True, False])
def test_files_get_the_same_result(*, is_named: bool, tries: list[bool], tmp_path: Path) -> None:
    random = random_of("files")
    others = (
        {"custom_id": "a", "params": hello()},
        hello(anthropic_version="vertex-2023-10-16"),
        hello(model="gpt-5"),
        hello(model="claude-sonet-4-6"),
        {"messages": [USER], "max_tokens": 9},
        hello(**{"$schema": "https://example.com/messages.json"}),
        hello(interactions=[]),
    )
    files = []
    for number, base in enumerate((*PLAIN, *others)):
        for each, data in enumerate(
            [
                *[written(base)] * 3,
                *(mutants(base, 3, random) if "messages" in base else ()),
                b"\n" + written(base) + b"\n",
            ]
            * 2
        ):
            files.append(tmp_path / f"{number}-{each}.{'har' if each == 1 else 'json'}")
            files[-1].write_bytes(data)
    for platform in (None, "google"):
        quick, usual = linters(endpoint="auto", platform=platform)
        for file in files:
            results = [list(check_in_parts(str(file), linter, is_named=is_named)) for linter in (quick, usual)]
            assert results[0] == results[1], file.read_bytes()
    assert sum(tries) > len(files) // 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b'"city":"Oslo"', b'"city":"Oslo","city":"Rome"', id="a key of an input that comes twice"),
        pytest.param(b'"name":"weather","input"', b'"name":"x","name":"weather","input"', id="one of a call"),
        pytest.param(b'"Hello"', b'"Hello","content":"Hello"', id="one of a message"),
        pytest.param(b'"city":"Oslo"', b'"city":"Osl\xff"', id="not UTF-8"),
        pytest.param(b'"Hello"', b'"Hell\xed\xa0\x80"', id="a surrogate in UTF-8"),
        pytest.param(b'"city":"Oslo"', b'"city":"\\ud800"', id="a lone surrogate"),
        pytest.param(b'"city":"Oslo"', b'"city":"Oslo","n":1e999', id="a number beyond all"),
        pytest.param(b'"city":"Oslo"', b'"city":"Oslo","n":01', id="a leading zero"),
        pytest.param(b'"city":"Oslo"', b'"city":"Oslo","n":NaN', id="not a number"),
        pytest.param(b'"city":"Oslo"', b'"city":"Oslo","n":' + b"[" * 1030 + b"]" * 1030, id="nested too deep"),
        pytest.param(b'"input":{"city":"Oslo"}', b'"input":["Oslo"]', id="an input that is no object"),
        pytest.param(b'"input":{"city":"Oslo"}', b'"input":{"city":1}', id="an input that does not fit"),
        pytest.param(b'"id":"toolu_1"', b'"id":"toolu 1"', id="an id with a space"),
        pytest.param(b'"name":"weather","input"', b'"name":"","input"', id="a call of nothing"),
        pytest.param(b'"type":"text","text":"Rain."', b'"text":"Rain."', id="a text without its type in a result"),
        pytest.param(b'"type":"text","text":"See."', b'"text":"See."', id="a text without its type"),
        pytest.param(b'"text":"See."', b'"text":""', id="an empty text"),
        pytest.param(b'"Hello"', b'" "', id="a blank message"),
        pytest.param(b'"role":"user","content":[', b'"role":"assistant","content":[', id="a result by the assistant"),
        pytest.param(b'"tool_use_id":"toolu_1"', b'"tool_use_id":"toolu_2"', id="a result of another call"),
        pytest.param(b'"Hello"', b'"sk-ant-api03-' + b"a1B2c3D4" * 10 + b'"', id="a secret"),
        pytest.param(b'{"model"', b'\xef\xbb\xbf{"model"', id="a byte order mark"),
        pytest.param(b'"Hello"}', b'"Hello"},', id="a comma too many"),
        pytest.param(b'"Hello"}', b'"Hello"}]', id="a bracket too many"),
    ],
)
def test_a_trap_in_the_text_is_reported_as_ever(before: bytes, after: bytes, tries: list[bool]) -> None:
    plain = written(answered("Hello", [text("See."), call(1)], [result(1, [text("Rain.")])]))
    data = plain.replace(before, after, 1)
    assert data != plain
    quick, usual = linters()
    for _ in range(4):
        quick.validate_json(plain)
    assert tries[-1]
    expected = usual.validate_json(data)
    assert expected.violations
    assert quick.validate_json(data) == expected


def test_a_conversation_is_known_again_when_its_mark_has_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "_SMALLEST", 0)
    seen: list[int] = []
    find = conversations.Conversations.find

    def noted(*arguments: Any) -> Any:
        found = find(*arguments)
        seen.append(found[1])
        return found

    monkeypatch.setattr(conversations.Conversations, "find", noted)
    quick, usual = linters()
    contents: list[Any] = ["Hello"]
    for number in range(12):
        contents += [[text("Let me see."), call(number)], [result(number, cache_control=MARK)]]
        data = written(answered(*contents))
        assert quick.validate_json(data) == usual.validate_json(data)
        del contents[-1][0]["cache_control"]
    # The last result is written anew each time.
    assert seen[-3:] == [18, 20, 22]


def test_a_conversation_with_unusual_blocks_is_known_again_whatever_its_last_messages_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversations, "_SMALLEST", 0)
    quick, usual = linters()
    contents: list[Any] = ["Hello"]
    for number in range(0, 40, 2):
        calls = [HIDDEN, call(number), call(number + 1)]
        contents += [calls, [result(number, [PNG]), result(number + 1, is_error=True), image()]]
        for last in (PNG, text("And now?"), FOUND, {**PNG, "source": {**PNG["source"], "data": "!"}}, result(number)):
            data = written(answered(*contents[:-1], [*contents[-1], last]))
            assert quick.validate_json(data) == usual.validate_json(data)
    kept = quick._short._conversations._kept.values()
    assert max(len(each.checked.structs) for of_setup in kept for each in of_setup) == len(contents)


@pytest.mark.parametrize("request_", PLAIN)
def test_messages_noted_one_by_one_are_noted_as_all_at_once(request_: dict[str, Any]) -> None:
    messages = structs(request_)
    seen, calls = kinds.noted(messages)
    one_by_one = kinds.NOTHING
    each: list[Any] = []
    for number in range(len(messages)):
        one_by_one, more = kinds.noted(messages[: number + 1], number, one_by_one, number)
        each += more
    assert (one_by_one, each) == (seen, calls)


def test_a_conversation_that_goes_on_with_a_mistake_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "_SMALLEST", 0)
    random = random_of("conversations")
    quick, usual = linters()
    contents: list[Any] = ["Hello"]
    for number in range(8):
        contents += [[THOUGHT, text("Let me see."), call(number)], [result(number)]]
        for data in [written(answered(*contents)), *mutants(answered(*contents), 40, random)]:
            assert quick.validate_json(data) == usual.validate_json(data)


@pytest.mark.parametrize("end", [b",]", b", ]", b",,]", b",", b"", b"}]", b"]]"])
def test_a_conversation_that_ends_otherwise_than_json_is_reported(end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "_SMALLEST", 0)
    quick, usual = linters()
    plain = written(answered("Hello", "Hi", "How are you?", "Fine", "Good"))
    for _ in range(4):
        quick.validate_json(plain)
    data = plain.replace(b'"Good"}]', b'"Good"}' + end)
    expected = usual.validate_json(data)
    assert expected.violations
    assert quick.validate_json(data) == expected


def test_what_is_remembered_holds_no_text_of_messages_that_are_gone() -> None:
    # As agents do that clear the results of earlier calls.
    quick, _ = linters()
    contents: list[Any] = ["Hello" * 1000]
    tracemalloc.start()
    try:
        sizes = []
        for number in range(30):
            contents += [[call(number)], [result(number, "Rain. " * 10_000)]]
            quick.validate_json(written(answered(*contents)))
            contents[-1] = [result(number, "cleared")]
            sizes.append(tracemalloc.get_traced_memory()[0])
        assert sizes[-1] - sizes[9] < 5 * len("Rain. " * 10_000)
    finally:
        tracemalloc.stop()


def test_a_setup_whose_messages_are_not_plain_is_tried_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    read = reading.read_messages

    def noted(data: bytes, **options: Any) -> Any:
        tried.append(data)
        return read(data, **options)

    for module in (reading, way):
        monkeypatch.setattr(module, "read_messages", noted)
    upload = {"type": "container_upload", "file_id": "file_1"}
    quick, _ = linters()
    for _ in range(500):
        quick.validate_json(written(answered([text("Hello"), upload])))
    assert len(tried) < 30


def test_rules_of_others_see_every_request() -> None:
    rule = {"id": "team/hello", "at": "/messages/0/content", "schema": {"not": {"const": "Hello"}}, "message": "no"}
    linter = Linter(rules=[rule])
    said = [linter.validate_json(written(answered(word))).violations for word in ("Hi", "Hi", "Hi", "Hi", "Hello")]
    assert [len(each) for each in said] == [0, 0, 0, 0, 1]


def test_a_report_shares_no_fix_with_the_next() -> None:
    quick, _ = linters()
    request = answered("Hello", max_tokens=9, model="claude-opus-4-6", temperature=1, top_p=0.5, top_k=5)
    reports = [quick.validate_json(written(request)) for _ in range(5)]
    fixes = [violation.fix for report in reports for violation in report.violations if violation.fix is not None]
    assert len({id(fix) for fix in fixes}) == len(fixes)


def test_many_threads_get_the_same_reports(tries: list[bool]) -> None:
    random = random_of("threads")
    quick, usual = linters()
    texts = [data for base in PLAIN for data in [written(base), *mutants(base, 10, random)]] * 3
    expected = [usual.validate_json(data) for data in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(quick.validate_json, texts)) == expected
    assert any(tries)


def test_threads_count_every_byte_that_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "_SMALLEST", 0)
    quick, _ = linters()
    interval = sys.getswitchinterval()

    def grow(number: int) -> None:
        contents: list[Any] = [f"Hello {number}" * 100]
        for _ in range(8):
            contents += ["Hi", "How are you?"]
            quick.validate_json(written(answered(*contents)))

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(grow, range(200)))
    finally:
        sys.setswitchinterval(interval)
    kept = quick._short._conversations
    assert kept._bytes == sum(each.size for of_setup in kept._kept.values() for each in of_setup) > 0


def test_what_holds_a_linter_can_be_copied() -> None:
    quick, _ = linters()
    for _ in range(4):
        quick.validate(hello())
        quick.validate_json(written(hello()))
    assert copy.deepcopy({"linter": quick})["linter"].validate(hello()) == quick.validate(hello())


def test_a_command_on_one_file_does_without_the_decoder() -> None:
    program = (
        "import sys; from validator import Linter; linter = Linter(); "
        f"linter.validate_json({written(hello())!r}); print('msgspec' in sys.modules); "
        f"[linter.validate_json({written(hello())!r}) for _ in range(3)]; print('msgspec' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "True"]
