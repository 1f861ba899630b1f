from __future__ import annotations

import datetime as dt
import decimal
import enum
import io
import math
import pathlib
import sys
import tracemalloc
import uuid
from collections import ChainMap, OrderedDict, UserDict, UserString, deque
from types import MappingProxyType
from typing import Any
from unittest import mock

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import hello
from validator import Report, validate
from validator.checking.python_values import make_plain, with_objects_dumped
from validator.engine.encoding import text_of_plain
from validator.rules.size import written_size


class Role(str, enum.Enum):
    USER = "user"


class Name(str):
    __slots__ = ()


class NotGiven:
    """Stands for the SDK's own."""


class BetaFunctionTool:
    """Stands for what the SDK's `@beta_tool` makes."""

    def to_dict(self) -> dict[str, Any]:
        return {"name": "t", "description": "A tool.", "input_schema": {"type": "object"}}


NotGiven.__module__ = BetaFunctionTool.__module__ = "anthropic"


class Colour(enum.Enum):
    RED = "red"


class Hostile:
    """Raises whatever it is asked."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return Hostile
        raise RuntimeError(name)

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


class Dumps:
    """Stands for the SDK's response objects, which are pydantic models."""

    def __init__(self, dumped: Any) -> None:
        self._dumped = dumped

    def model_dump(self, *, mode: str, exclude_unset: bool, by_alias: bool, exclude: Any) -> Any:
        assert (mode, exclude_unset, by_alias, exclude) == ("json", True, True, None)
        if isinstance(self._dumped, Exception):
            raise self._dumped
        return self._dumped


def found(report: Report) -> list[tuple[str, str]]:
    return [(violation.rule, violation.pointer) for violation in report.violations]


@pytest.mark.parametrize(
    "request_body",
    [
        hello(messages=({"role": "user", "content": ({"type": "text", "text": "tuples"},)},)),
        hello(messages=[{"role": Role.USER, "content": "an enumeration"}]),
        hello(model=Name("a subclass of str")),
        OrderedDict(hello()),
        MappingProxyType(hello()),
        UserDict(hello(messages=deque([ChainMap({"role": "user"}, {"content": "a mapping"})]))),
        hello(
            stop_sequences={"END"},
            tools=[
                {
                    "name": "n",
                    "description": "A tool.",
                    "input_schema": {"type": "object", "default": [dt.date(2026, 1, 1), range(3), frozenset("a")]},
                }
            ],
        ),
        hello(messages=[{"role": "assistant", "content": [Dumps({"type": "text", "text": "a response"})]}]),
        hello(messages=[Dumps({"role": "assistant", "content": "a message"})]),
        Dumps(hello()),
        hello(stop_sequences={"END": 1}.keys(), system=NotGiven(), tools=[BetaFunctionTool()]),
        hello(
            tools=[
                {
                    "name": "n",
                    "description": "A tool.",
                    "input_schema": {"type": "object", "default": [2**70, -(2**70), 2**63, 1.5]},
                }
            ]
        ),
        hello(
            metadata={"user_id": None},
            tools=[{"name": "n", "description": "A tool.", "input_schema": {"type": "object", "default": math.pi}}],
        ),
    ],
    ids=lambda body: type(body).__name__,
)
def test_what_the_sdk_takes_is_taken(request_body: Any) -> None:
    assert found(validate(request_body)) == []


@pytest.mark.parametrize("data", [pathlib.Path("photo.png"), io.BytesIO(b"GIF89a")], ids=["path", "stream"])
def test_a_file_may_stand_for_base64_data_as_in_the_sdk(data: Any) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": data}
    image = {"type": "image", "source": source}
    assert found(validate(hello(messages=[{"role": "user", "content": [image]}]))) == []
    assert found(validate(hello(system=data))) == [("values/not-json", "/system")]


@pytest.mark.parametrize(
    ("value", "rule", "steps"),
    [
        (UserString("END"), "values/not-json", ""),
        (b"bytes", "values/not-json", ""),
        (object(), "values/not-json", ""),
        (iter([1]), "values/read-once", ""),
        (map(str, [1]), "values/read-once", ""),
        (decimal.Decimal("1.5"), "values/not-json", ""),
        (UserDict(a=b""), "values/not-json", "/a"),
        (Dumps, "values/not-json", ""),
        (Colour.RED, "values/not-json", ""),
        (uuid.UUID(int=1), "values/not-json", ""),
        (mock.MagicMock(), "values/not-json", ""),
        (Dumps(Dumps({b""})), "values/not-json", "/0"),
        (Dumps(["\ud800"]), "values/lone-surrogate", "/0"),
        ({10**5000: 1}, "values/key-not-a-string", "/<a Python int>"),
        (Dumps(ValueError("no")), "values/not-json", ""),
        (Dumps({"a": b""}), "values/not-json", "/a"),
        ([1, {"a": b""}], "values/not-json", "/1/a"),
        ({1: 2}, "values/key-not-a-string", "/1"),
        ({(1, 2): 3}, "values/key-not-a-string", "/(1, 2)"),
        ({None: {1: 2}}, "values/key-not-a-string", "/None"),
        (math.nan, "values/not-finite", ""),
        ([math.inf], "values/not-finite", "/0"),
        (10**400, "values/not-finite", ""),
        ("\ud800", "values/lone-surrogate", ""),
        ({"\udfff": 1}, "values/lone-surrogate", "/\ufffd"),
    ],
)
def test_what_json_has_no_place_for_is_named_where_it_stands(value: Any, rule: str, steps: str) -> None:
    request = hello(
        tools=[{"name": "n", "description": "A tool.", "input_schema": {"type": "object", "default": value}}]
    )
    assert found(validate(request))[:1] == [(rule, f"/tools/0/input_schema/default{steps}")]


def test_an_object_that_raises_whatever_it_is_asked_is_no_json() -> None:
    assert found(validate(hello(system=Hostile()))) == [("values/not-json", "/system")]
    tool = {"name": "n", "description": "A tool.", "input_schema": {"type": "object", "default": {Hostile(): 1}}}
    assert [rule for rule, _ in found(validate(hello(tools=[tool])))] == ["values/key-not-a-string"]


def test_one_wrong_value_is_one_violation_and_the_rest_is_checked() -> None:
    request = hello(max_tokens=b"1", system=math.nan, temperature=2, messages=[{"role": "usr", "content": "\ud800"}])
    assert found(validate(request)) == [
        ("values/not-json", "/max_tokens"),
        ("schema/enum", "/messages/0/role"),
        ("values/lone-surrogate", "/messages/0/content"),
        ("values/not-finite", "/system"),
        ("schema/maximum", "/temperature"),
    ]


@pytest.mark.parametrize("root", [None, 5, "text", [], (), set(), object(), object, math.nan, b"{}", "\ud800"])
def test_any_object_whatever_gets_a_report(root: Any) -> None:
    report = validate(root)
    assert not report.ok
    assert [violation.pointer for violation in report.violations] == [""]


def test_nesting_and_circles_end() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"in": deep}
    circle: list[Any] = []
    circle += [circle, circle]
    tools = [{"name": "n", "description": "A tool.", "input_schema": {"type": "object", "default": deep}}]
    request = hello(tools=tools, system=circle)
    assert [violation.rule for violation in validate(request).violations] == [
        "values/nested-too-deeply",
        "values/circular",
        "values/circular",
    ]
    while deep:  # freed level by level, as Python would do it by recursion
        deep = deep.pop("in")


def test_a_value_that_stands_in_two_places_is_no_circle() -> None:
    text = {"type": "text", "text": "twice"}
    request = hello(messages=[{"role": "user", "content": [text, text]}], metadata={"user_id": None})
    assert found(validate(request)) == []
    assert make_plain([text, [text], math.nan])[0] == [text, [text], None]


def test_nesting_that_json_allows_is_allowed_beyond_pythons_own_stack() -> None:
    deep: dict[str, Any] = {"nan": [None]}
    for _ in range(900):
        deep = {"in": deep}
    request = hello(
        tools=[{"name": "n", "description": "A tool.", "input_schema": {"type": "object", "default": deep}}]
    )
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        assert found(validate(request)) == []
    finally:
        sys.setrecursionlimit(limit)


PYTHON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(st.characters()) | st.integers(), inner),
)


@given(PYTHON)
def test_what_is_copied_without_a_finding_is_the_same(value: Any) -> None:
    copied, findings, *_ = make_plain(value)
    if not findings:
        assert copied == _listed(value)
    if (text := text_of_plain(value)) is not None:
        assert findings == []
        assert orjson.loads(text) == value == copied
        assert len(text) == written_size(copied)


DUMPED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats()
    | st.text(max_size=3)
    | st.just((1, 2))
    | st.builds(NotGiven),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.builds(Dumps, st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3))
        | st.builds(Dumps, inner)
    ),
)


@given(st.dictionaries(st.sampled_from(("messages", "tools", "system", "model")), DUMPED))
def test_the_objects_of_the_sdk_are_dumped_alike_with_and_without_other_values(request: dict[str, Any]) -> None:
    dumped = with_objects_dumped(request)
    text = text_of_plain(dumped)
    copied, findings, *_ = make_plain(request)
    if dumped is not None and text is not None:
        assert findings == []
        assert orjson.loads(text) == copied


def test_a_request_with_objects_of_the_sdk_is_judged_as_their_values_are_and_left_unchanged() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
    answer = [Dumps({"type": "text", "text": "I look."}), Dumps(call)]
    message = {"role": "assistant", "content": answer}
    messages = [{"role": "user", "content": "Is it raining?"}, message]
    assert found(validate(hello(messages=messages))) == [("pairing/tool-use-without-result", "/messages/1/content/1")]
    assert message["content"] is answer
    assert [type(block) for block in answer] == [Dumps, Dumps]


class DumpsByItsClass(Dumps):
    @staticmethod
    def model_dump(**_: Any) -> Any:
        return {"type": "text", "text": "Yes."}


class DumpsAllBut(Dumps):
    @property
    def __api_exclude__(self) -> set[str]:
        return {"parsed"}

    def model_dump(self, *, exclude: Any, **_: Any) -> Any:
        return {"type": "text", "text": repr(exclude)}


@pytest.mark.parametrize(
    "value", [DumpsByItsClass(None), DumpsByItsClass, DumpsAllBut(None)], ids=("static", "class", "property")
)
def test_an_object_is_asked_as_the_sdk_asks_it_or_not_at_all(value: Any) -> None:
    dumped = with_objects_dumped(hello(messages=[value]))
    copied, refused, *_ = make_plain(hello(messages=[value]))
    assert dumped in ([copied, None] if not refused else [None])


def test_what_an_object_dumps_is_not_changed() -> None:
    owned = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": [Dumps({})]}
    before = owned["input"]
    validate(hello(messages=[{"role": "assistant", "content": [Dumps(owned)]}]))
    assert owned["input"] is before


def test_a_large_list_that_is_shared_takes_little_memory() -> None:
    large = [0] * 100_000
    request = hello(messages=[{"role": "user", "content": ({"type": "text", "text": "Hi"},)}, *[[large]] * 500])
    tracemalloc.start()
    try:
        with_objects_dumped(request)
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


@given(PYTHON)
def test_validate_answers_with_a_report_for_any_object(value: Any) -> None:
    for request in (value, hello(system=value), hello(messages=value), hello(tools=[value])):
        for violation in validate(request).violations:
            assert violation.message
            assert isinstance(violation.pointer.encode(), bytes)


def _listed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_listed(item) for item in value]
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if not isinstance(value, int) or -(2**63) <= value < 2**64 else float(value)
