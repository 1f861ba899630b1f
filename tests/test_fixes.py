"""Fixes: what they do to a value and to a text, and that they never make a text worse."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import jsonpatch
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.material import FIXTURES, TODAY, fixtures, hello, violations_of
from tests.test_refusals import REFUSALS, linter_for
from validator import Linter, validate
from validator.common.pointer import Path
from validator.documents import Format, format_of, read
from validator.files import FileResult, check_text
from validator.fixes import Applicability, Fix, Operation, add, remove, rename, replace
from validator.fixing.applying import Fixed, fix_text, fixable
from validator.fixing.json_edits import Edit, JsonEditor, UneditableError, edited
from validator.fixing.values import patched
from validator.fixing.yaml_edits import YamlEditor
from validator.report import Severity, Violation
from validator.rules import RULES, Rule

SCALARS = (
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8) | st.sampled_from(["é", "😀", '"\\/', ""])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
CONTAINERS = st.lists(VALUES, min_size=1, max_size=4) | st.dictionaries(
    st.text(max_size=4), VALUES, min_size=1, max_size=4
)
LINTER = Linter(endpoint="auto", today=TODAY)


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    """List the paths of all values inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in items for place in ((*path, key), *paths_of(item, (*path, key)))]


def json_edits(text: bytes, text_format: Format, *operations: Operation) -> list[Edit]:
    (document,) = read(text, text_format)
    return JsonEditor(document, operations).edits(operations)


def yaml_edits(text: bytes, *operations: Operation) -> list[Edit]:
    (document,) = read(text, Format.YAML)
    return YamlEditor(document, operations).edits(operations)


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


@st.composite
def operations(draw: st.DrawFn, value: Any) -> Operation:
    """Make an operation that can be done to a value."""
    path = draw(st.sampled_from(paths_of(value)))
    holder, new = at(value, path[:-1]), draw(VALUES)
    kinds = ["replace", "wrap", "remove", "add"] + ["rename"] * isinstance(holder, dict)
    kind = draw(st.sampled_from(kinds))
    if kind == "replace":
        return replace(path, new)
    if kind == "wrap":
        return replace(path, [at(value, path)])
    if kind == "remove":
        return remove(path)
    name = draw(st.text(max_size=4).filter(lambda name: not isinstance(holder, dict) or name not in holder))
    if kind == "rename":
        return rename(path, name)
    return add((*path[:-1], name) if isinstance(holder, dict) else (*path[:-1], len(holder)), new)


@st.composite
def spelled(draw: st.DrawFn, value: Any, *, comments: bool = False) -> str:
    """Spell a value as JSON with white space, escapes and comments wherever they may be."""
    filler = st.sampled_from(["", " ", "\n", "\r\n", "\t", "\n  "] + ["/* , ] */", "// }\n", "/*,\n}*/"] * comments)

    def text(item: Any) -> str:
        if isinstance(item, dict):
            members = [f"{text(key)}{draw(filler)}:{draw(filler)}{text(inner)}" for key, inner in item.items()]
            return "{" + listed(members) + "}"
        if isinstance(item, list):
            return "[" + listed([text(inner) for inner in item]) + "]"
        return json.dumps(item, ensure_ascii=draw(st.booleans()))

    def listed(members: list[str]) -> str:
        padded = [draw(filler) + member + draw(filler) for member in members]
        surplus = "," if comments and members and draw(st.booleans()) else ""
        return ",".join(padded) + surplus + draw(filler)

    return draw(filler) + text(value) + draw(filler)


@given(st.data())
def test_edits_of_json_do_what_the_operation_says_and_leave_the_rest(data: st.DataObject) -> None:
    value = data.draw(CONTAINERS)
    text = data.draw(spelled(value)).encode()
    operation = data.draw(operations(value))
    edits = json_edits(text, Format.JSON, operation)
    assert json.loads(edited(text, edits)) == patched(value, [operation])


@given(st.data())
def test_edits_of_json_with_comments_keep_comments_that_are_not_removed(data: st.DataObject) -> None:
    value = data.draw(CONTAINERS)
    text = data.draw(spelled(value, comments=True)).encode()
    operation = data.draw(operations(value))
    (document,) = read(text, Format.JSONC)
    assert document.value == value
    try:
        edits = json_edits(text, Format.JSONC, operation)
    except UneditableError:
        assert operation.op == "replace"
        assert isinstance(at(value, operation.path), (dict, list))
        return
    changed = edited(text, edits)
    (after,) = read(changed, Format.JSONC)
    assert after.readable, changed
    assert after.value == patched(value, [operation])
    if operation.op in {"move", "add"}:
        assert changed.count(b"/* , ] */") == text.count(b"/* , ] */")


@given(st.data())
def test_operations_that_do_not_touch_are_done_together(data: st.DataObject) -> None:
    value = data.draw(CONTAINERS)
    text = data.draw(spelled(value)).encode()
    chosen = data.draw(st.lists(operations(value), min_size=2, max_size=3))
    each = [json_edits(text, Format.JSON, operation) for operation in chosen]
    flat = sorted(edit for edits in each for edit in edits)
    assume(all(one.end <= other.start and one.start < other.start for one, other in pairwise(flat)))
    assume(not any(one.end == other.start == other.end for one, other in pairwise(flat)))
    places = [operation.source or operation.path for operation in chosen]
    assume(not any(one == other[: len(one)] for one in places for other in places if one is not other))
    try:
        expected = patched(value, chosen)
    except LookupError:
        return
    assert json.loads(edited(text, flat)) == expected


@given(st.data())
def test_edits_of_yaml_do_what_the_operation_says_or_are_refused(data: st.DataObject) -> None:
    value = data.draw(st.dictionaries(st.from_regex("[a-z]{1,4}", fullmatch=True), VALUES, min_size=1, max_size=4))
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=data.draw(st.booleans()))
    documents = read(text.encode(), Format.YAML)
    assume(len(documents) == 1 and documents[0].value == value)
    operation = data.draw(operations(value))
    try:
        edits = yaml_edits(text.encode(), operation)
    except UneditableError:
        return
    (after,) = read(edited(text.encode(), edits), Format.YAML)
    assert after.readable, edited(text.encode(), edits)
    assert after.value == patched(value, [operation])


YAML = """\
# who is asked
model: claude-haiku-4-5  # the small one
max_token: 5
tool_choise: 'auto'
messages:
  - role: usr   # typo
    content: |
      Hello
  - role: assistant
    content:
      # what it said
      - type: text
        text: ""
      - {type: text, text: Hi}
  - role: assistant
    content: |
      The answer is
betas: [a, b]
"""


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        (rename(("max_token",), "max_tokens"), "max_token: 5", "max_tokens: 5"),
        (replace(("messages", 0, "role"), "user"), "role: usr   #", "role: user   #"),
        (replace(("tool_choise",), "it's"), "'auto'", "'it''s'"),
        (replace(("model",), "no"), "claude-haiku-4-5  #", '"no"  #'),
        (replace(("max_token",), 6), "max_token: 5", "max_token: 6"),
        (remove(("max_token",)), "max_token: 5\n", ""),
        (remove(("messages", 1, "content", 1)), "      - {type: text, text: Hi}\n", ""),
        (replace(("messages", 2, "content"), "The answer is"), "content: |\n      The", "content: |-\n      The"),
        (add(("system",), "Be brief: now"), "messages:\n", 'system: "Be brief: now"\nmessages:\n'),
        (replace(("tool_choise",), {"type": "auto"}), "'auto'", '{"type": "auto"}'),
        (replace(("tool_choise",), ["auto"]), "'auto'", "['auto']"),
        (replace(("model",), ["claude-haiku-4-5"]), "claude-haiku-4-5  #", "[claude-haiku-4-5]  #"),
        (
            replace(("messages", 1, "content", 1), [{"type": "text", "text": "Hi"}]),
            "{type: text, text: Hi}",
            "[{type: text, text: Hi}]",
        ),
        (
            replace(("messages", 1, "content", 0), [{"type": "text", "text": ""}]),
            '- type: text\n        text: ""\n',
            '- - type: text\n          text: ""\n',
        ),
        (
            replace(("messages", 0), [{"role": "usr", "content": "Hello\n"}]),
            "- role: usr   # typo\n    content: |\n      Hello\n",
            "- - role: usr   # typo\n      content: |\n        Hello\n",
        ),
    ],
)
def test_yaml_is_edited_in_its_own_manner(operation: Operation, old: str, new: str) -> None:
    after = edited(YAML.encode(), yaml_edits(YAML.encode(), operation)).decode()
    assert after == YAML.replace(old, new, 1)


@pytest.mark.parametrize(
    "operation",
    [
        remove(("betas", 0)),
        remove(("messages", 0, "role")),
        replace(("messages",), "x"),
        replace(("messages", 0, "content"), "Hello "),
        replace(("messages", 0, "content"), ["Hello\n"]),
        add(("messages", 3), {}),
        remove(("nowhere",)),
    ],
)
def test_yaml_is_left_alone_where_an_edit_would_need_more_than_lines(operation: Operation) -> None:
    with pytest.raises(UneditableError):
        yaml_edits(YAML.encode(), operation)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("END, STOP", '["END, STOP"]'),
        ("é", '["é"]'),
        ("&end END", None),
        ("!!str 5", None),
        ("&end\n  a: b", None),
        ("'it''s, so' # said", "['it''s, so'] # said"),
        ("END OF TEXT", "[END OF TEXT]"),
        ("END\n  STOP", '["END STOP"]'),
        ("{a: b}", "[{a: b}]"),
        ("\n  # why\n  a: b\n\n  c:\n    d  # what", "\n  # why\n  - a: b\n\n    c:\n      d  # what"),
    ],
)
def test_what_is_put_into_a_sequence_of_yaml_means_what_it_did(text: str, expected: str | None) -> None:
    data = f"stop: {text}\nlast: 1\n".encode()
    (document,) = read(data, Format.YAML)
    operation = replace(("stop",), [document.value["stop"]])
    if expected is None:
        with pytest.raises(UneditableError):
            yaml_edits(data, operation)
        return
    after = edited(data, yaml_edits(data, operation))
    assert after.decode() == f"stop: {expected}\nlast: 1\n"
    assert read(after, Format.YAML)[0].value == patched(document.value, [operation])


PRETTY = """\
{
  "model": "m", // who
  /* how much */
  "max_token": 5,
  "messages": [
    {"role": "user", "content": "caf\\u00e9 \\/ "}, // one
    // about two
    {"role": "user", "content": "b"}, // two
    {"role": "user", "content": "c"} // three
  ],
}
"""


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        (rename(("max_token",), "max_tokens"), '"max_token"', '"max_tokens"'),
        (replace(("messages", 0, "content"), "café /"), '\\/ "', '\\/"'),
        (replace(("messages", 0, "content"), "caff / "), "caf\\u00e9", "caff"),
        (remove(("model",)), '  "model": "m", // who\n', ""),
        (remove(("messages", 1)), '    {"role": "user", "content": "b"}, // two\n', ""),
        (
            remove(("messages", 2)),
            '{"role": "user", "content": "b"}, // two\n    {"role": "user", "content": "c"} // three\n',
            '{"role": "user", "content": "b"} // two\n',
        ),
        (add(("system",), "x"), '  "messages"', '  "system": "x",\n  "messages"'),
        (add(("messages", 3), 1), '"c"} // three', '"c"},\n    1 // three'),
        (add(("messages", 1), 1), '{"role": "user", "content": "b"}', '1,\n    {"role": "user", "content": "b"}'),
        (add(("messages", 0, "name"), None), '\\/ "}', '\\/ ", "name": null}'),
    ],
)
def test_json_with_comments_is_edited_in_its_own_manner(operation: Operation, old: str, new: str) -> None:
    edits = json_edits(PRETTY.encode(), Format.JSONC, operation)
    assert edited(PRETTY.encode(), edits).decode() == PRETTY.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "removed", "expected"),
    [
        ('{"a": 1, /* of b */ "b": 2}', "a", '{/* of b */ "b": 2}'),
        ('{"a": 1 /* of a */, "b": 2}', "a", '{"b": 2}'),
        ('{"a": 1, // of a\n // of b\n "b": 2}', "a", '{// of b\n "b": 2}'),
        ('{\n "a": 1, // of a\n // of b\n "b": 2\n}', "a", '{\n // of b\n "b": 2\n}'),
        ('{\n "a": 1, /* of\n b */ "b": 2\n}', "a", '{\n /* of\n b */ "b": 2\n}'),
        ('{ /* of\n all */ "a": 1,\n "b": 2\n}', "a", '{ /* of\n all */ "b": 2\n}'),
        ('{"a": 1, /* of b */ "b": 2}', "b", '{"a": 1}'),
        ('{"a": 1, // of a\n "b": 2}', "b", '{"a": 1 // of a\n}'),
        ('{\n "a": 1, // of a\n "b": 2 // of b\n}', "b", '{\n "a": 1 // of a\n}'),
        ('{ /* of all */ "a": 1 }', "a", "{ /* of all */  }"),
        ('{"a": 1, // of a\n}', "a", "{ // of a\n}"),
    ],
)
def test_comments_of_the_neighbours_of_what_is_removed_stay(text: str, removed: str, expected: str) -> None:
    edits = json_edits(text.encode(), Format.JSONC, remove((removed,)))
    assert edited(text.encode(), edits).decode() == expected


def test_what_is_put_into_an_array_stays_as_it_is_written() -> None:
    written = '{\n    // reviewed\n    "type":"text", "text": "caf\\u00e9 \\/ é"\n  }'
    text = f'{{"a": 1,\n  "system": {written}\n}}'
    operation = replace(("system",), [{"type": "text", "text": "café / é"}])
    after = edited(text.encode(), json_edits(text.encode(), Format.JSONC, operation)).decode()
    assert after == text.replace(written, f"[{written}]")


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', remove(("b",))),
        (b'{"a": 1, "b": 2, "a": 3}', remove(("a",))),
        (b'{"a": 1, "b": 2, "a": 3, "c": 4}', remove(("b",))),
    ],
)
def test_nothing_is_taken_out_beside_a_property_that_is_there_twice(text: bytes, operation: Operation) -> None:
    with pytest.raises(UneditableError):
        json_edits(text, Format.JSON, operation)


def test_compact_json_stays_compact() -> None:
    text = b'{"a":[1,2],"b":{}}'
    found = json_edits(text, Format.JSON, add(("b", "c"), [1, 2]), add(("a", 2), {"d": 3}))
    assert edited(text, found) == b'{"a":[1,2,{"d":3}],"b":{"c":[1,2]}}'


@given(CONTAINERS, st.data())
def test_a_fix_is_a_json_patch(value: Any, data: st.DataObject) -> None:
    operation = data.draw(operations(value))
    fix = Fix("Do it", Applicability.SAFE, (operation,))
    assert jsonpatch.apply_patch(value, fix.patch) == patched(value, [operation])


WITH_FIX = [rule for rule in RULES.values() if rule.fix]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_says_that_it_has_a_fix_just_where_an_example_shows_one(rule: Rule) -> None:
    found = [violation for example in rule.bad for violation in violations_of(example) if violation.fix is not None]
    assert bool(found) == bool(rule.fix)
    said = {word for word in ("safe", "unsafe") if re.search(rf"\b{word}\b", rule.fix, re.IGNORECASE)}
    assert {violation.fix.applicability.value for violation in found if violation.fix} <= said
    for violation in found:
        assert violation.fix is not None
        assert re.match(r"[A-Z]", violation.fix.title)
        assert not violation.fix.title.endswith(".")


@pytest.mark.parametrize("rule", WITH_FIX, ids=lambda rule: rule.id)
def test_the_fix_of_an_example_mends_it(rule: Rule) -> None:
    for example in rule.bad:
        request = example.made()
        for violation in violations_of(example):
            if violation.fix is None or isinstance(request, bytes):
                continue
            mended = jsonpatch.apply_patch(json.loads(json.dumps(request)), violation.fix.patch)
            left = Linter(**example.options()).validate(mended).violations
            assert [found.rule for found in left if found.rule == rule.id] == []


def fixed(name: str, data: bytes, linter: Linter, *, unsafe: bool) -> Fixed:
    return fix_text(name, data, lambda text: check_text(name, text, linter), unsafe=unsafe)


def weight(result: FileResult) -> list[int]:
    return [sum(found.severity is severity for found in result.violations) for severity in Severity]


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_fixing_refused_requests_mends_them_once_and_for_all(unsafe: bool) -> None:  # noqa: FBT001
    taken_back = 0
    for number, case in enumerate(REFUSALS):
        try:
            data = json.dumps(case["request"], indent=number % 3 or None, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            continue
        linter = linter_for(case)
        before = check_text("a.json", data, linter)
        after = fixed("a.json", data, linter, unsafe=unsafe)
        assert (weight(after.result) < weight(before)) == bool(after.applied), case["name"]
        assert after.applied or after.data == data
        again = fixed("a.json", after.data, linter, unsafe=unsafe)
        assert (again.data, again.applied) == (after.data, []), case["name"]
        taken_back += len(after.taken_back)
    assert taken_back < 10


@pytest.mark.parametrize("path", fixtures("bad"), ids=lambda path: path.name)
def test_fixing_a_broken_fixture_never_makes_it_worse_and_is_done_at_once(path: Any) -> None:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return
    before, after = check_text(path.name, data, LINTER), fixed(path.name, data, LINTER, unsafe=True)
    assert weight(after.result) <= weight(before)
    assert fixed(path.name, after.data, LINTER, unsafe=True).data == after.data
    if format_of(path.name) is not Format.LINES:
        assert len(read(after.data, format_of(path.name))) == len(read(data, format_of(path.name)))


def test_the_five_mistakes_are_mended_and_nothing_else_is_touched() -> None:
    data = (FIXTURES / "bad" / "five-mistakes.json").read_bytes()
    after = fixed("five-mistakes.json", data, LINTER, unsafe=False)
    assert [found.rule for found in after.result.violations] == ["schema/maximum"]
    expected = data.replace(b'"max_token"', b'"max_tokens"').replace(b'"image/jpg"', b'"image/jpeg"')
    assert after.data == expected.replace(b'"is_eror"', b'"is_error"').replace(b'"asistant"', b'"assistant"')


def result_with(data: bytes, *violations: Violation) -> FileResult:
    return FileResult("a.json", 1, violations)


def made_up(fix: Fix, rule: str = "schema/enum", severity: Severity = Severity.ERROR, line: int = 1) -> Violation:
    from validator import Range

    return Violation(rule, severity, "/a", "wrong", "mend it", Range(line, 1, line, 2), fix=fix)


def test_a_fix_that_makes_a_text_worse_is_taken_back_and_told_and_the_others_stay() -> None:
    good = made_up(Fix("Better", Applicability.SAFE, (replace(("a",), 2),)))
    bad = made_up(Fix("Worse", Applicability.SAFE, (replace(("b",), 2),)))

    def check(data: bytes) -> FileResult:
        value = json.loads(data)
        found = [good] if value["a"] == 1 else []
        found += [bad] if value["b"] == 1 else [bad, bad]
        return result_with(data, *found)

    after = fix_text("a.json", b'{"a": 1, "b": 1}', check)
    assert after.data == b'{"a": 2, "b": 1}'
    assert [found.fix.title for found in after.applied if found.fix] == ["Better"]
    assert [found.fix.title for found in after.taken_back if found.fix] == ["Worse"]


def test_a_few_fixes_that_are_refused_among_many_cost_a_few_checks_and_the_others_are_all_applied() -> None:
    checks = 0

    def check(data: bytes) -> FileResult:
        nonlocal checks
        checks += 1
        value = json.loads(data)["a"]
        found = [
            made_up(Fix("Do it", Applicability.SAFE, (replace(("a", index), 2),)))._replace(pointer=f"/a/{index}")
            for index, item in enumerate(value)
            if item == 1
        ]
        worse = [made_up(Fix("Worse", Applicability.SAFE, ()))] * 1000 * sum(value[index] != 1 for index in (3, 700))
        return result_with(data, *found, *worse)

    text = json.dumps({"a": [1] * 1000})
    after = fix_text("a.json", text.encode(), check)
    assert json.loads(after.data)["a"] == [1 if index in (3, 700) else 2 for index in range(1000)]
    assert [found.pointer for found in after.taken_back] == ["/a/3", "/a/700"]
    assert (len(after.applied), after.untried) == (998, [])
    assert checks < 100


def test_where_many_fixes_are_refused_the_others_are_not_tried_but_counted() -> None:
    found = [
        made_up(Fix("Idle", Applicability.SAFE, (replace(("a",), index),)))._replace(pointer=f"/{index}")
        for index in range(2, 202)
    ]
    checks = 0

    def check(data: bytes) -> FileResult:
        nonlocal checks
        checks += 1
        return result_with(data, *found)

    after = fix_text("a.json", b'{"a": 1}', check)
    assert (after.data, len(after.taken_back), len(after.untried)) == (b'{"a": 1}', 50, 150)
    assert checks < 70


def test_a_fix_that_cannot_be_made_is_told_apart_and_keeps_no_other_from_being_applied() -> None:
    twice = json.dumps(hello(temprature=0.5))[:-1] + ', "stopsequences": ["a"], "stopsequences": ["b"]}'
    after = fixed("a.json", twice.encode(), LINTER, unsafe=False)
    assert after.data == twice.replace("temprature", "temperature").encode()
    assert ([found.pointer for found in after.uneditable], after.taken_back) == (["/stopsequences"], [])


def test_a_fix_that_mends_nothing_is_taken_back() -> None:
    idle = made_up(Fix("Idle", Applicability.SAFE, (replace(("a",), 2),)))
    after = fix_text("a.json", b'{"a": 1}', lambda data: result_with(data, idle))
    assert (after.data, after.applied, len(after.taken_back)) == (b'{"a": 1}', [], 1)


def test_fixes_that_touch_each_other_are_applied_one_after_the_other() -> None:
    texts = [{"type": "text", "text": text} for text in ("", "Hello", "", "")]
    data = json.dumps(hello(messages=[{"role": "user", "content": texts}]), indent=1).encode()
    after = fixed("a.json", data, LINTER, unsafe=False)
    assert json.loads(after.data) == hello(messages=[{"role": "user", "content": texts[1:2]}])
    assert len(after.applied) == 3


def test_ten_thousand_fixes_of_a_file_take_no_longer_than_checking_it_a_few_times() -> None:
    messages = [{"role": "usr", "content": "Hello"}] * 10_000
    checks = 0

    def check(data: bytes) -> FileResult:
        nonlocal checks
        checks += 1
        return check_text("a.json", data, LINTER)

    after = fix_text("a.json", json.dumps(hello(messages=messages)).encode(), check)
    assert after.result.violations == ()
    assert len(after.applied) == 10_000
    assert checks == 2


def test_each_line_of_json_lines_is_mended_by_itself() -> None:
    line = json.dumps(hello(temprature=0.5)).encode()
    data = b"\r\n".join([line, b"", json.dumps(hello()).encode(), b"{broken", line])
    after = fixed("a.jsonl", data, LINTER, unsafe=False)
    assert after.data == data.replace(b"temprature", b"temperature")
    assert [found.rule for found in after.result.violations] == ["syntax/invalid-json"]


def test_documents_of_yaml_are_mended_each() -> None:
    text = "model: claude-haiku-4-5\nmax_token: 5\nmessages: [{role: user, content: Hi}]\n"
    data = f"{text}---\n{text.replace('max_token', 'max_tokens')}---\n{text}".encode()
    after = fixed("a.yaml", data, LINTER, unsafe=False)
    assert after.data == data.replace(b"max_token:", b"max_tokens:")
    assert after.result.violations == ()


def test_a_byte_order_mark_and_line_ends_stay() -> None:
    text = json.dumps(hello(temprature=0.5), indent=2).replace("\n", "\r\n")
    data = b"\xef\xbb\xbf" + text.encode()
    assert fixed("a.json", data, LINTER, unsafe=False).data == data.replace(b"temprature", b"temperature")


def test_unsafe_fixes_are_for_those_who_ask() -> None:
    data = json.dumps(hello(zzz=1)).encode()
    assert fixed("a.json", data, LINTER, unsafe=False).data == data
    assert json.loads(fixed("a.json", data, LINTER, unsafe=True).data) == hello()
    result = check_text("a.json", data, LINTER)
    assert (len(fixable(result, unsafe=False)), len(fixable(result, unsafe=True))) == (0, 1)


def test_a_violation_of_a_python_object_has_its_fix_too() -> None:
    request = hello(temprature=0.5)
    (violation,) = validate(request).violations
    assert violation.fix is not None
    assert violation.fix.patch == [{"op": "move", "from": "/temprature", "path": "/temperature"}]
    assert jsonpatch.apply_patch(request, violation.fix.patch) == hello(temperature=0.5)


@pytest.mark.parametrize(
    ("word", "meant", "safe"),
    [
        ("max_token", "max_tokens", True),
        ("maxTokens", "max_tokens", True),
        ("stopsequences", "stop_sequences", True),
        ("tmeperature", "temperature", True),
        ("temprtre", "temperature", False),
    ],
)
def test_a_rename_is_safe_where_hardly_a_letter_is_wrong(word: str, meant: str, safe: bool) -> None:  # noqa: FBT001
    value = {"max_tokens": 5, "stop_sequences": ["END"], "temperature": 0.5}[meant]
    request = {key: item for key, item in hello().items() if key != meant} | {word: value}
    (fix,) = [found.fix for found in validate(request).violations if found.fix is not None]
    assert fix.operations == (rename((word,), meant),)
    assert (fix.applicability is Applicability.SAFE) == safe


def test_edits_are_in_order_whatever_their_order() -> None:
    assert edited(b"abcdef", [Edit(4, 5, b"E"), Edit(0, 1, b""), Edit(2, 2, b"-")]) == b"b-cdEf"
