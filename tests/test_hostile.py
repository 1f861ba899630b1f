"""What nobody writes by hand: absent places, objects that lie, endless ones, schemas that grow, rules that fail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock, Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import hello
from tests.strategies import JSON, changed, requests
from validator import Linter, validate, validate_json
from validator.engine.failures import RAISE
from validator.facts.api import LATEST_EDITION
from validator.project import Project
from validator.rules import RULES, pairing
from validator.schema.explain import Explainer

if TYPE_CHECKING:
    from pathlib import Path

    from validator.report import Report, Violation

PAGE = "PCFkb2N0eXBlIGh0bWw+PHRpdGxlPjQwNCBOb3QgRm91bmQ8L3RpdGxlPg=="
"""A page of HTML where a PDF should be."""
MANY = 1500


def found(report: Report) -> list[tuple[str, str]]:
    return [(violation.rule, violation.pointer) for violation in report.violations]


@pytest.mark.parametrize("role", [{"role": None}, {}])
def test_a_related_place_that_is_absent_is_the_object_that_lacks_it(role: dict[str, Any]) -> None:
    block = {"type": "document", "source": {"type": "base64", "data": PAGE}}
    text = json.dumps(hello(messages=[{**role, "content": [block]}]))
    (violation,) = (each for each in validate_json(text).violations if each.rule == "media/pdf-invalid")
    (related,) = violation.related
    assert related.pointer == "/messages/0/content/0/source"
    assert related.range is not None
    assert text[related.range.column - 1 : related.range.end_column - 1] == json.dumps(block["source"])


@given(JSON | changed(requests("messages", LATEST_EDITION)))
def test_an_object_and_its_text_have_the_same_violations_in_the_same_order(body: Any) -> None:
    of_text = validate_json(json.dumps(body))
    of_object = validate(json.loads(json.dumps(body)))
    assert [without_places(each) for each in of_text.violations] == list(of_object.violations)


def without_places(violation: Violation) -> Violation:
    """Leave out where a violation stands in the text."""
    related = tuple(each._replace(range=None) for each in violation.related)
    return violation._replace(range=None, related=related)


class Refuses(dict[str, Any]):
    """A dict that raises whatever it is asked."""

    def __contains__(self, key: object) -> bool:
        raise ValueError

    __getitem__ = __iter__ = __len__ = keys = values = items = get = __contains__  # type: ignore[assignment]


class Grows:
    """Adds to what holds it whenever it is dumped."""

    def __init__(self, holder: Any) -> None:
        self.holder = holder

    def model_dump(self, **_: Any) -> Any:
        if isinstance(self.holder, dict):
            self.holder[f"z{len(self.holder)}"] = Grows(self.holder)
        else:
            self.holder.append(Grows(self.holder))
        return 3


class NoClass:
    """Does not tell what it is."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise ValueError


class Endless(Sequence[Any]):
    """Never ends, and says that it is empty."""

    def __getitem__(self, index: Any) -> Any:
        return {"role": "user", "content": "Hi"}

    def __len__(self) -> int:
        return 0


class EndlessMapping(Mapping[str, Any]):
    """Has every key."""

    def __getitem__(self, key: str) -> Any:
        return 1

    def __iter__(self) -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"key{number}"

    def __len__(self) -> int:
        return 1


class Recurses:
    """Is dumped as something that holds another one."""

    def model_dump(self, **_: Any) -> Any:
        return {"a": Recurses()}


class Text(str):
    """A string that lies about itself."""

    __slots__ = ()

    def __len__(self) -> int:
        raise ValueError

    __str__ = __eq__ = encode = isascii = __len__  # type: ignore[assignment]
    __hash__ = str.__hash__


class Number(int):
    """A number that cannot be asked."""

    def __int__(self) -> int:
        raise ValueError

    __index__ = __lt__ = __le__ = __eq__ = __float__ = __int__  # type: ignore[assignment]
    __hash__ = int.__hash__


@dataclass
class Data:
    """A dataclass."""

    role: str = "user"


Pair = namedtuple("Pair", ["role", "content"])  # noqa: PYI024 - as people have them


def shared(leaves: int) -> list[Any]:
    value: list[Any] = [1]
    for _ in range(leaves):
        value = [value, value]
    return value


def grown() -> dict[str, Any]:
    request = hello()
    request["x"] = Grows(request)
    return request


def growing_list() -> list[Any]:
    items: list[Any] = []
    items.append(Grows(items))
    return items


ODD_OBJECTS: dict[str, Any] = {
    "mock of a dict": lambda: hello(messages=[Mock(spec=dict)]),
    "mock of a list": lambda: hello(messages=MagicMock(spec=list)),
    "mock": Mock,
    "dict that raises": lambda: Refuses(hello()),
    "dict that raises inside": lambda: hello(messages=[Refuses(role="user", content="Hi")]),
    "dict that grows": grown,
    "list that grows": lambda: hello(messages=growing_list()),
    "no class": NoClass,
    "no class inside": lambda: hello(messages=[NoClass()]),
    "endless sequence": lambda: hello(messages=Endless()),
    "endless sequence alone": Endless,
    "endless mapping": lambda: hello(metadata=EndlessMapping()),
    "endless mapping alone": EndlessMapping,
    "long range": lambda: hello(messages=range(10**7)),
    "shared lists": lambda: hello(messages=shared(40)),
    "shared lists in lists": lambda: hello(messages=[[["x"] * 1000] * 1000] * 1000),
    "shared text": lambda: hello(messages=[{"role": "user", "content": "x" * 10**7}] * 1000),
    "recursive dump": lambda: hello(messages=[Recurses()]),
    "text that lies": lambda: hello(model=Text("claude-haiku-4-5"), **{Text("system"): "x"}),
    "number that raises": lambda: hello(max_tokens=Number(3)),
    "huge integers": lambda: hello(max_tokens=10**5000, x=[10**400]),
    "dataclass": lambda: hello(messages=[Data()]),
    "namedtuple": lambda: hello(messages=[Pair("user", "Hi")]),
    "keys that are no strings": lambda: hello(metadata={NoClass(): 1, 10**5000: 2, ("a",): 3}),
    "not a number": lambda: hello(temperature=float("nan")),
}


TAKEN = {"dict that raises", "dict that raises inside", "text that lies", "number that raises"}
"""What is sent as what it is, whatever it says of itself."""


@pytest.mark.parametrize("endpoint", ["messages", "auto"])
@pytest.mark.parametrize("name", ODD_OBJECTS)
def test_any_object_gets_a_report(name: str, endpoint: Any) -> None:
    make = ODD_OBJECTS[name]
    report = validate(make(), endpoint=endpoint)
    assert report.ok is (name in TAKEN)


def test_what_is_too_much_is_named_and_the_rest_is_checked() -> None:
    report = validate(hello(messages=shared(40), temprature=1))
    assert found(report) == [("values/too-much", "/messages"), ("schema/unknown-property", "/temprature")]


def test_very_many_values_without_a_place_in_json_are_counted() -> None:
    report = validate(hello(messages=[b""] * 30_000))
    assert len(report.violations) + report.omitted == 30_000


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_value_is_not_held_to_a_schema_whose_references_have_no_end(keyword: str) -> None:
    following = {f"d{i}": {keyword: [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(40)}
    schema = {"type": "object", "$ref": "#/$defs/d0", "$defs": {**following, "d40": {"required": ["b"]}}}
    nested: dict[str, Any] = {"b": 1}
    for _ in range(60):
        nested = {"b": nested}
    loops = {"type": "object", "properties": {"b": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}}
    for input_schema in (schema, loops):
        tool = {"name": "a", "description": "A tool.", "input_schema": input_schema}
        call = {"type": "tool_use", "id": "t", "name": "a", "input": nested}
        talk = [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]},
        ]
        assert validate(hello(tools=[tool], messages=talk)).ok


def test_what_a_schema_refuses_is_worded_only_if_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    worded: list[str] = []
    rule = RULES["schema/enum"]

    body = hello(messages=[{"role": "usr", "content": "x"}] * MANY, max_tokens=0, top_k=-1)
    everything = Linter(max_violations=None).validate(body)
    original = rule.check

    def counted(problem: Any) -> Any:
        worded.append(problem.value)
        return original(problem)

    monkeypatch.setitem(rule.__dict__, "check", counted)
    for is_text in (False, True):
        report = validate_json(json.dumps(body)) if is_text else validate(body)
        assert len(worded) <= 1000
        assert len(report.violations) == 1000
        assert len(report.violations) + report.omitted == len(everything.violations)
        worded.clear()
    file = tmp_path / "a.json"
    file.write_text(json.dumps(body))
    result = Project(most_kept=1000).check_text(str(file), file.read_bytes())
    assert len(worded) <= 1000
    assert [each.pointer for each in result.violations] == [each.pointer for each in validate(body).violations]
    assert len(result.violations) + result.omitted.total() == len(everything.violations)


def test_errors_are_kept_before_anything_milder_in_the_command_too() -> None:
    blanks = [{"role": "user", "content": [{"type": "text", "text": "x", "citations": None}]}] * 3
    body = hello(betas=["unknown-2020-01-01"] * 5, messages=[*blanks, {"role": "usr", "content": "x"}])
    kept = Project(most_kept=2).check_text("a.json", json.dumps(body).encode())
    assert ("schema/enum", "/messages/3/role") in [(each.rule, each.pointer) for each in kept.violations]


def fails(*_: Any, **__: Any) -> Any:
    raise KeyError("sk-ant-secret")  # noqa: EM101


UNANSWERED = hello(
    messages=[
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "a", "input": {}}]},
        {"role": "user", "content": "Thanks"},
    ],
    temprature=1,
)


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(RAISE)


def test_a_rule_that_fails_is_reported_and_the_rest_is_unchanged(monkeypatch: pytest.MonkeyPatch, in_use: None) -> None:
    before = validate(UNANSWERED)
    failing = pairing.tool_use_without_result
    monkeypatch.setitem(failing.__dict__, "check", fails)
    for after in (
        validate(UNANSWERED),
        validate_json(json.dumps(UNANSWERED)),
        validate(UNANSWERED, select=["pairing", "schema"]),
    ):
        (failure,) = (each for each in after.violations if each.rule == "internal/rule-failed")
        assert failure.severity == "warning"
        assert f"`{failing.id}`" in failure.message
        assert "KeyError" in failure.message
        assert "secret" not in failure.message
        assert failure.help is not None
        assert "report" in failure.help
        assert [found_ for found_ in found(after) if found_[0] != failure.rule] == [
            found_ for found_ in found(before) if found_[0] != failing.id
        ]


def test_in_tests_a_rule_that_fails_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pairing.tool_use_without_result.__dict__, "check", fails)
    with pytest.raises(KeyError):
        validate(UNANSWERED)


@pytest.mark.parametrize("part", ["check", "mend"])
def test_the_words_or_the_fix_of_a_refusal_may_fail(monkeypatch: pytest.MonkeyPatch, in_use: None, part: str) -> None:
    before = Linter().validate(UNANSWERED)
    monkeypatch.setitem(RULES["schema/unknown-property"].__dict__, part, fails)
    after = Linter().validate(UNANSWERED)  # a linter words a refusal once for each setup
    assert [each for each in found(after) if each[0] != "internal/rule-failed"] == found(before)
    assert [each.message.split("`")[1] for each in after.violations if each.rule == "internal/rule-failed"] == [
        "schema/unknown-property"
    ]


def test_the_explainer_may_fail(monkeypatch: pytest.MonkeyPatch, in_use: None) -> None:
    monkeypatch.setattr(Explainer, "problems", fails)
    report = Linter().validate(hello(temprature=1))
    assert [rule for rule, _ in found(report)] == ["schema/unexplained", "internal/rule-failed"]
    assert not report.ok


def test_a_failure_can_be_ignored(monkeypatch: pytest.MonkeyPatch, in_use: None) -> None:
    monkeypatch.setitem(pairing.tool_use_without_result.__dict__, "check", fails)
    assert "internal" not in {rule.partition("/")[0] for rule, _ in found(validate(UNANSWERED, ignore=["internal"]))}


def test_a_failure_in_a_process_that_a_test_starts_raises() -> None:
    code = (
        "from validator import validate; from validator.rules import pairing\n"
        "pairing.tool_use_without_result.__dict__['check'] = lambda *_: 1 / 0\n"
        f"validate({UNANSWERED!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ZeroDivisionError" in done.stderr


def test_did_you_means_of_one_document_share_a_budget_that_others_do_not_touch() -> None:
    tools = [{"name": f"abc{i}", "description": "d", "input_schema": {"type": "object"}} for i in range(1500)]
    references = [{"type": "tool_reference", "tool_name": f"abd{i}"} for i in range(1500)]
    talk = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "abc1", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": references}]},
    ]
    body = hello(tools=tools, messages=talk)
    one, other = validate(body), validate(body)
    assert one == other
    assert one.violations[0].help == "did you mean `abc0`?"
    assert found(one) == found(validate_json(json.dumps(body)))
    assert validate(hello(temprature=1)).violations[0].help == "did you mean `temperature`?"


@given(st.lists(st.sampled_from(["text", "txt", "role", "typ", "x"]), max_size=5))
def test_a_report_is_the_same_whatever_was_checked_before(names: list[str]) -> None:
    body = hello(**dict.fromkeys(names, 1))
    first = validate(body)
    validate(hello(**{f"{name}{number}": 1 for name in names for number in range(30)}))
    assert validate(body) == first
