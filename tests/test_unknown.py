"""Values that are not known: nothing is reported that rests on one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.material import TODAY, edition_of, endpoint_of, fixtures, hello
from tests.own_rules import EVERY_FORM
from tests.strategies import paths
from validator import Linter, Report, Severity
from validator.common.pointer import Path, to_pointer
from validator.common.unknown import (
    NotKnownError,
    PartialArray,
    PartialObject,
    UnknownNumber,
    UnknownValue,
    partial_value,
    shown_value,
)
from validator.documents import Document
from validator.documents.written import Unknown, UnknownKind
from validator.facts.api import LATEST_EDITION, PLATFORMS
from validator.own.definition import own_rules
from validator.own.rules import OwnRule
from validator.places.locate import Span
from validator.rules import RULES

WHOLE: Path = ()
OWN_RULES = [rule for rule in own_rules(EVERY_FORM) if isinstance(rule, OwnRule)]
TOLD_ELSEWHERE = {"openai-tool-calls.json", "openai-tool-loop.json"}
"""Requests whose one mistake has another place if the property there is not known."""
LONG = 20_000


class Case(NamedTuple):
    name: str
    value: Any
    options: dict[str, Any]


def json_of(value: Any) -> str:
    """Return the JSON of a value that is nested in bounds, or an empty text."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return ""
    return text if len(text) < LONG and "[[[[[[" not in text else ""


@cache
def cases() -> list[Case]:
    """Every example of a rule and every fixture that is one JSON request of the newest edition."""
    found = [
        Case(rule.id, made, example.options())
        for rule in RULES.values()
        for example in (*rule.bad, *rule.good)
        if not isinstance(made := example.made(), (bytes, str))
    ]
    for path in (*fixtures("good"), *fixtures("bad")):
        if path.suffix == ".json" and edition_of(path) == LATEST_EDITION:
            try:
                value = json.loads(path.read_bytes().decode("utf-8-sig"))
            except (ValueError, RecursionError):
                continue
            found.append(Case(path.name, value, {"endpoint": endpoint_of(path), "today": TODAY}))
    return [
        Case(case.name, json.loads(text), case.options)
        for case in found
        if (text := json_of(case.value))
        and case.options.get("edition", LATEST_EDITION) == LATEST_EDITION
        and case.options.get("platform", PLATFORMS[0]) == PLATFORMS[0]  # the SDKs write the bodies of other platforms
    ]


def report_of(value: Any, unknown: Unknown, **options: Any) -> Report:
    """Return what is reported of a value with unknown parts; each path has a place of its own in the text."""
    places: dict[Path, int] = {}

    def spans(asked: Iterable[Path]) -> dict[Path, Span]:
        return {path: Span(place := places.setdefault(path, len(places)), place) for path in asked}

    document = Document(b" " * LONG, value, readable=True, unknown=unknown, finder=spans)
    return Linter(**options, max_violations=None).lint_document(document)


def said(report: Report) -> set[tuple[str, str]]:
    return {(each.rule, each.pointer) for each in report.violations}


class Veiled(NamedTuple):
    """A value with some parts taken away, and what was done."""

    value: Any
    unknown: Unknown
    shift: tuple[str, int] | None = None
    """The pointer of an array whose indices have moved, and by how much."""


def veiled(value: Any, random: Random) -> Veiled:
    """Make some values of a request unknown, and some of its arrays and objects open."""
    value = json.loads(json.dumps(value))
    values: dict[Path, UnknownKind] = {}
    opened: set[Path] = set()
    shift = None
    every = list(paths(value))

    def is_free(path: Path) -> bool:
        return not any(path == other[: len(path)] or other == path[: len(other)] for other in [*values, *opened])

    for _ in range(random.choice((1, 1, 2, 3, 6))):
        path = random.choice(every)
        holder, found = None, value
        try:
            for step in path:
                holder, found = found, found[step]
        except (LookupError, TypeError):
            continue
        if not is_free(path):
            continue
        way = random.random()
        if way < 0.5 and holder is not None:
            values[path] = "any"
            holder[path[-1]] = None
        elif isinstance(found, dict):
            for key in [key for key in found if random.random() < 0.4]:
                del found[key]
            opened.add(path)
        elif isinstance(found, list) and way < 0.75:
            del found[random.randrange(len(found) + 1) :]
            opened.add(path)
        elif isinstance(found, list) and shift is None:
            number = random.randrange(len(found) + 1)
            found[:number] = [None]
            spread = (*path, 0)
            values[spread] = "any"
            opened.add(path)
            shift = ("".join(f"/{step}" for step in path) + "/", number - 1)
    return Veiled(value, Unknown(values, frozenset(opened)), shift)


def original(pointer: str, shift: tuple[str, int] | None) -> str:
    """Return the pointer in the whole request that a pointer in the veiled one stands for."""
    if shift is None or not pointer.startswith(shift[0]):
        return pointer
    first, *rest = pointer.removeprefix(shift[0]).split("/")
    return shift[0] + "/".join([str(int(first) + shift[1]), *rest])


def without_rules(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "rules"}


def bodies(value: Any) -> Iterator[tuple[Any, Path]]:
    """Yield what may be the body of a request in a value, with its path."""
    yield value, ()
    if isinstance(value, dict):
        yield value.get("params"), ("params",)
        for index, item in enumerate(value["requests"] if isinstance(value.get("requests"), list) else []):
            yield item.get("params") if isinstance(item, dict) else None, ("requests", index, "params")


def of_own_rules(value: Any) -> set[tuple[str, str]]:
    """Return what the own rules find in a whole value, whatever the API's schema refuses beside it."""
    return {
        (rule.id, to_pointer(finding.path))
        for body, path in bodies(value)
        for rule in OWN_RULES
        for finding in rule.findings(body, path)
    }


@settings(max_examples=600)
@given(st.integers(0, 10**6), st.integers(0, 2**32))
def test_what_is_reported_of_a_part_is_reported_of_the_whole(number: int, seed: int) -> None:
    case = cases()[number % len(cases())]
    part = veiled(case.value, Random(seed))  # noqa: S311 - of no consequence
    whole = said(Linter(**case.options, max_violations=None).validate(case.value))
    whole |= said(report_of(case.value, Unknown({}, frozenset()), **case.options))
    whole |= of_own_rules(case.value)
    found = report_of(part.value, part.unknown, rules=OWN_RULES, **without_rules(case.options))
    assume(case.name not in TOLD_ELSEWHERE)
    assert {(rule, original(pointer, part.shift)) for rule, pointer in said(found)} <= whole, (case.name, part)


@settings(max_examples=100)
@given(st.integers(0, 10**6))
def test_with_nothing_unknown_a_request_in_code_is_judged_like_any_other(number: int) -> None:
    case = cases()[number % len(cases())]
    whole = said(Linter(**case.options, max_violations=None).validate(case.value))
    found = report_of(case.value, Unknown({}, frozenset()), **case.options)
    assert said(found) - whole <= {each for each in said(found) if each[0] == "schema/required"}
    assert {each for each in whole if each[0] != "size/request"} <= said(found)


@pytest.mark.parametrize(
    ("body", "unknown", "expected"),
    [
        pytest.param(hello(max_tokens=None), Unknown({("max_tokens",): "any"}, frozenset()), set(), id="a value"),
        pytest.param(
            hello(top_p=1.5, system=None),
            Unknown({("system",): "any"}, frozenset()),
            {("schema/maximum", "/top_p")},
            id="a wrong value beside an unknown one",
        ),
        pytest.param(
            {"model": "claude-haiku-4-5", "messages": []},
            Unknown({}, frozenset({WHOLE, ("messages",)})),
            set(),
            id="nothing is missing where more may come",
        ),
        pytest.param(
            {"model": "claude-haiku-4-5", "messages": None, "max_token": None},
            Unknown({("messages",): "any", ("max_token",): "any"}, frozenset()),
            {("schema/required", ""), ("schema/unknown-property", "/max_token")},
            id="an unknown name with an unknown value",
        ),
        pytest.param(
            hello(tools=[{"name": "a", "description": "Says a.", "input_schema": {"type": "object"}}] * 2),
            Unknown({}, frozenset({("tools",)})),
            {("tools/duplicate-name", "/tools/1/name")},
            id="a name twice among known tools",
        ),
        pytest.param(
            hello(
                tools=[{"name": "a", "description": "Says a.", "input_schema": {"type": "object"}}],
                tool_choice={"type": "tool", "name": "b"},
            ),
            Unknown({}, frozenset({("tools",)})),
            set(),
            id="a tool that may be among those not spelled out",
        ),
        pytest.param(
            hello(messages=[{"role": "user", "content": [{"type": None, "txt": "Hello"}]}]),
            Unknown({("messages", 0, "content", 0, "type"): "text"}, frozenset()),
            set(),
            id="below an unknown type",
        ),
        pytest.param(
            hello(model=None, thinking={"type": "enabled", "budget_tokens": 5000}, temperature=0.5),
            Unknown({("model",): "any"}, frozenset()),
            set(),
            id="an unknown model",
        ),
    ],
)
def test_only_what_rests_on_nothing_unknown_is_reported(
    body: Any, unknown: Unknown, expected: set[tuple[str, str]]
) -> None:
    violations = report_of(body, unknown, today=TODAY).violations
    assert {(each.rule, each.pointer) for each in violations if each.severity is not Severity.INFO} == expected


def test_no_fix_writes_the_place_holder_of_an_unknown_value() -> None:
    body = hello(stop_sequences=None, messages={"role": "user", "content": None})
    unknown = Unknown({("messages", "content"): "any", ("stop_sequences",): "any"}, frozenset())
    [violation] = report_of(body, unknown, today=TODAY).violations
    assert (violation.rule, violation.fix) == ("schema/type", None)


USES: list[Callable[[Any], Any]] = [
    bool,
    str,
    repr,
    len,
    iter,
    int,
    hash,
    lambda value: isinstance(value, str),
    lambda value: value == "text",
    lambda value: value != "text",
    lambda value: value in {"text", "image"},
    lambda value: value in ("text", "image"),
    lambda value: value.get("type"),
    lambda value: value[0],
    lambda value: value + 1,
    lambda value: value > 1,
    lambda value: f"{value}",
    lambda value: {value: 1},
    lambda value: max(1, value),
]


@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
def test_every_use_of_an_unknown_value_ends_the_rule(use: Callable[[Any], Any]) -> None:
    for value in (UnknownValue("any"), UnknownNumber(9)):
        with pytest.raises(NotKnownError):
            use(value)


def test_an_unknown_number_is_compared_with_what_it_cannot_be_more_than() -> None:
    number: Any = UnknownNumber(9)
    assert [number <= 9, number <= 10, number > 9, number > 10, max(10, number)] == [True, True, False, False, 10]
    below: list[Callable[[], object]] = [lambda: number <= 8, lambda: number > 8, lambda: number < 10]
    for compare in below:
        with pytest.raises(NotKnownError):
            compare()


OPEN_OBJECT: list[Callable[[Any], Any]] = [
    len,
    list,
    dict,
    lambda value: {**value},
    lambda value: value["absent"],
    lambda value: value.get("absent"),
    lambda value: "absent" in value,
    lambda value: value.keys() <= {"known"},
    lambda value: list(value.items()),
    lambda value: value == {"known": 1},
]


@pytest.mark.parametrize("use", OPEN_OBJECT, ids=range(len(OPEN_OBJECT)))
def test_what_may_be_in_an_open_object_ends_the_rule(use: Callable[[Any], Any]) -> None:
    with pytest.raises(NotKnownError):
        use(PartialObject({"known": 1}, is_open=True))


def test_what_is_known_of_an_open_object_can_be_read() -> None:
    value = PartialObject({"known": 1}, is_open=True)
    assert (value["known"], value.get("known"), "known" in value, bool(value)) == (1, 1, True, True)


def taken(values: Any) -> Iterator[Any]:
    """Yield what can be read of an array before it raises."""
    try:
        yield from values
    except NotKnownError:
        return


def test_an_open_array_yields_what_is_there_and_then_raises() -> None:
    value = PartialArray([1, 2], is_open=True)
    assert list(taken(value)) == [1, 2]
    for use in (list, len, tuple, sorted, lambda each: each[-1], lambda each: each[2], lambda each: each[:1]):
        with pytest.raises(NotKnownError):
            use(value)
    assert (value[0], value[1]) == (1, 2)


def test_an_index_behind_a_spread_is_not_known() -> None:
    value = PartialArray([UnknownValue("any"), {"role": "user"}], is_open=True)
    assert value.least == 1
    with pytest.raises(NotKnownError):
        value[1]
    (_, first), (index, second) = value.numbered()
    assert type(first) is UnknownValue
    assert second == {"role": "user"}
    with pytest.raises(NotKnownError):
        bool(index == 1)


def test_only_the_containers_around_something_unknown_are_copied() -> None:
    known = {"type": "text", "text": "Hello"}
    value = partial_value({"a": [known, {"b": None}]}, {("a", 1, "b"): "text"}, frozenset())
    assert type(value) is PartialObject
    assert type(value["a"]) is PartialArray
    assert value["a"][0] is known
    assert shown_value(value) == {"a": [known, {"b": "…"}]}
