from __future__ import annotations

import json
import subprocess
import sys
from typing import Any
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.material import hello
from tests.strategies import paths
from validator import validate_json
from validator.common.pointer import Path, path_in, to_pointer
from validator.places import locate as locating
from validator.places.lines import LineIndex
from validator.places.locate import Span, locate, locate_in_compact
from validator.places.members import members_of_object

SPACE = st.text(" \t\r\n", max_size=3)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, Any]:
    """Write a value as JSON in an unusual layout: any white space, escaped letters, keys given twice."""
    value = draw(VALUES)

    def written(item: Any) -> str:
        if isinstance(item, dict):
            pairs = [(key, written(inner)) for key, inner in item.items()]
            if draw(st.booleans()) and pairs:
                pairs.insert(0, (pairs[-1][0], written(draw(VALUES))))
            body = ",".join(
                f"{draw(SPACE)}{string(key)}{draw(SPACE)}:{draw(SPACE)}{inner}{draw(SPACE)}" for key, inner in pairs
            )
            return f"{{{body or draw(SPACE)}}}"
        if isinstance(item, list):
            return f"[{','.join(draw(SPACE) + written(inner) + draw(SPACE) for inner in item) or draw(SPACE)}]"
        return string(item) if isinstance(item, str) else json.dumps(item)

    def string(text: str) -> str:
        quoted = json.dumps(text, ensure_ascii=draw(st.booleans()))
        if text[:1].isascii() and text[:1].isalnum() and draw(st.booleans()):
            quoted = f'"\\u{ord(text[0]):04x}{quoted[2:]}'
        return quoted

    return f"{draw(SPACE)}{written(value)}{draw(SPACE)}", value


SPELLINGS = ('"a"', '"b"', '"\\u0061"', '"a/b"', '"a\\/b"', '"é"', '"\\u00e9"', '""')


def texts() -> st.SearchStrategy[str]:
    """Return JSON texts with keys that come again, spelled alike or otherwise."""
    scalars = st.sampled_from(("1", "null", '"a"', '"b: \\"a\\""', '"\\u0061"'))

    def containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        members = st.lists(st.tuples(st.sampled_from(SPELLINGS), inner).map(" : ".join), max_size=5)
        arrays = st.lists(inner, max_size=4).map(lambda items: f"[{' , '.join(items)}]")
        return arrays | members.map(lambda pairs: f"{{{', '.join(pairs)} }}")

    return st.recursive(scalars, containers, max_leaves=20)


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


@given(documents())
def test_every_place_holds_the_value_it_is_said_to(document: tuple[str, Any]) -> None:
    text, value = document
    data = text.encode()
    assert json.loads(text) == value
    everything = list(paths(value))
    spans = locate(data, everything)
    assert set(spans) == set(everything)
    for path, span in spans.items():
        assert json.loads(data[span.start : span.end]) == at(value, path)
        if span.key is None:
            assert not path or isinstance(path[-1], int)
        else:
            assert json.loads(data[span.key[0] : span.key[1]]) == path[-1]


@given(documents(), st.data())
def test_one_place_alone_is_found_where_it_is_found_among_all(document: tuple[str, Any], data: st.DataObject) -> None:
    text, value = document
    everything = list(paths(value))
    one = data.draw(st.sampled_from(everything))
    assert locate(text.encode(), [one]) == {one: locate(text.encode(), everything)[one]}


def scanned(data: bytes, wanted: list[Path]) -> dict[Path, Span]:
    """Return the places that the scanner finds alone."""
    with mock.patch.object(locating, "can_decode", return_value=False):
        return locate(data, wanted)


def decoded(data: bytes, wanted: list[Path]) -> dict[Path, Span]:
    """Return the places that are found in the decoded members wherever that is possible."""
    with mock.patch.object(locating, "can_decode", return_value=True):
        return locate(data, wanted)


@given(documents() | texts().map(lambda text: (text, json.loads(text))), st.data())
def test_decoded_members_are_at_the_places_that_the_scanner_finds(
    document: tuple[str, Any], data: st.DataObject
) -> None:
    text, value = document
    wanted = data.draw(st.lists(st.sampled_from(list(paths(value))), min_size=1))
    assert decoded(text.encode(), wanted) == scanned(text.encode(), wanted)


@given(VALUES, st.sampled_from((None, 1, "\t")), st.sampled_from((None, (",", ":"))), st.data())
def test_no_layout_of_a_program_needs_the_scanner(
    value: Any, indent: Any, separators: Any, data: st.DataObject
) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    assume("\\" not in text)
    wanted = data.draw(st.lists(st.sampled_from(list(paths(value))), min_size=1))
    expected = scanned(text.encode(), wanted)
    with mock.patch.object(locating, "_Scanner", side_effect=AssertionError):
        assert decoded(text.encode(), wanted) == expected


@given(VALUES, st.sampled_from((b"", b"\n", b" ")), st.data())
def test_places_in_a_compact_text_are_those_in_any_text(value: Any, after: bytes, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + after
    some = {*data.draw(st.lists(st.sampled_from(list(paths(value))))), ("no such key",), (10**6,)}
    found = locate_in_compact(text, value, some)
    assert found is None or found == locate(text, some)


@given(documents())
def test_a_text_that_is_not_the_encoding_of_its_value_has_no_quick_places(document: tuple[str, Any]) -> None:
    text, value = document
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert text.startswith(compact) or locate_in_compact(text.encode(), value, [()]) is None


def test_a_compact_text_has_quick_places() -> None:
    value = {"a": [1, {"b": "é"}, [2.5]], "c": None}
    text = '{"a":[1,{"b":"é"},[2.5]],"c":null}'.encode()
    assert locate_in_compact(text, value, [("a", 1, "b"), ("c",)]) == {
        ("a", 1, "b"): Span(13, 17, (9, 12)),
        ("c",): Span(30, 34, (26, 29)),
    }


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param(b'{"b":1,"a":{"x":1},"a":{"y":2}}', ("a", "y"), id="key given twice"),
        pytest.param(b'{"b":1,"a":{"y":1},"a":{"y":1}}', ("a", "y"), id="pair given twice"),
        pytest.param(b'{"\\u0061":{"y":1}}', ("a", "y"), id="escaped key"),
        pytest.param(b'{"b":"\\ud800", "\\ud800": 1, "a": 1}', ("a",), id="surrogate alone"),
        pytest.param(b'{"b":NaN,"a":1}', ("a",), id="no JSON number"),
        pytest.param(b"[" * 5000 + b"]" * 5000, (0,) * 4000, id="deeper than the stack"),
        pytest.param(b'{"a":' * 900 + b"1" + b"}" * 900, ("a",) * 800, id="deep"),
        pytest.param(b'{"a":"b', ("a",), id="text that ends in a string"),
        pytest.param(b"", (), id="empty text"),
    ],
)
def test_what_decoded_members_do_not_tell_the_scanner_does(text: bytes, path: Path) -> None:
    assert decoded(text, [path]) == scanned(text, [path])
    assert path in decoded(text, [path])


def test_a_process_imports_the_decoder_once_it_has_found_places_in_much_text() -> None:
    small = json.dumps({**hello(), "zz": 1})
    code = (
        "import sys\nfrom validator import validate_json\nfrom validator.places import members\n"
        f"assert not members.can_decode({small!r}.encode()) or 'msgspec' in sys.modules\n"
        f"for _ in range(2000): validate_json({small!r})\n"
        f"assert members.can_decode({small!r}.encode()) and 'msgspec' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_deep_text_is_decoded_a_few_times_and_not_once_a_level() -> None:
    text = b'{"a":' * 500 + b'"%b"' % (b"b" * 10_000) + b"}" * 500
    with mock.patch.object(locating, "members_of_object", side_effect=members_of_object) as decoding:
        assert len(decoded(text, [("a",) * depth for depth in range(500)])) == 500
    assert 0 < decoding.call_count < 20


@pytest.mark.parametrize(
    ("separators", "indent", "strange"),
    [
        pytest.param((",", ":"), None, {}, id="compact"),
        pytest.param(None, 2, {"{": "}{:"}, id="indented, with braces in strings"),
        pytest.param(None, None, {"\0": "\u2028{"}, id="with escapes"),
    ],
)
def test_far_items_of_an_array_have_their_places(separators: Any, indent: int | None, strange: dict[str, str]) -> None:
    value = {"a": [{"n": number, "s": strange, "l": [{}, number]} for number in range(5000)], "b": [{"n": -1}]}
    text = json.dumps(value, separators=separators, indent=indent).encode()
    wanted: list[Path] = [*(("a", number, "n") for number in (0, 7, 2500, 4999)), ("b", 0, "n")]
    spans = decoded(text, wanted)
    assert spans == scanned(text, wanted)
    assert [int(text[spans[path].start : spans[path].end]) for path in wanted] == [0, 7, 2500, 4999, -1]


def test_keys_given_twice_lead_nobody_astray() -> None:
    text = b'{"a": [' + b'{"x": {}, "x": {"n": 1}}, ' * 600 + b'{"n": 2}]}'
    span = locate(text, [("a", 600, "n")])[("a", 600, "n")]
    assert text[span.start : span.end] == b"2"


@pytest.mark.parametrize(
    ("text", "path", "value", "key"),
    [
        ('{"a":1}', ("a",), "1", '"a"'),
        ('{"a":1,"a":{"b":2}}', ("a", "b"), "2", '"b"'),
        ('{"a":{"b":2},"a":1}', ("a",), "1", '"a"'),
        (r'{"a\u002fb":[1, 2]}', ("a/b", 1), "2", None),
        ('[[],{},"]}",[1]]', (3, 0), "1", None),
        ('{"\\"}":{"x":"\\\\"}}', ('"}', "x"), '"\\\\"', '"x"'),
        ("  [ 1 , true , null ]  ", (2,), "null", None),
        ('{"é😀":"à"}', ("é😀",), '"à"', '"é😀"'),
    ],
)
def test_place_of(text: str, path: Path, value: str, key: str | None) -> None:
    data = text.encode()
    span = locate(data, [path])[path]
    assert data[span.start : span.end].decode() == value
    assert (data[span.key[0] : span.key[1]].decode() if span.key else None) == key


def test_a_path_that_leads_nowhere_has_no_place() -> None:
    assert locate(b'{"a":{"b":2},"a":1}', [("a", "b"), ("c",), ("a", 0)]) == {}


def test_root_is_the_whole_value() -> None:
    assert locate(b" {} ", [()]) == {(): Span(1, 3)}


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n😀é"), max_size=40))
def test_lines_and_columns_are_those_an_editor_shows(text: str) -> None:
    index = LineIndex(text.encode())
    line, column = 1, 1
    for number, char in enumerate(text):
        offset = len(text[:number].encode())
        assert index.position(offset) == (line, column)
        assert LineIndex(text.encode()).position(offset) == (line, column)
        if char == "\n" or (char == "\r" and text[number + 1 : number + 2] != "\n"):
            line, column = line + 1, 1
        else:
            column += 1
    assert index.position(len(text.encode())) == (line, column)


def test_line_separators_that_json_does_not_know_do_not_end_a_line() -> None:
    text = '{"model": "\u2028\u2029\u0085\x0b", "x": 1}'.replace("\x0b", "\\u000b")
    (x,) = (violation for violation in validate_json(text).violations if violation.pointer == "/x")
    assert x.range is not None
    assert (x.range.line, x.range.column) == (1, text.index('"x"') + 1)


def text_at(text: str, pointer: str) -> str:
    """Return the stretch of text that the violation at a pointer is said to be at."""
    (place,) = (
        error.range for error in validate_json(text).violations if (error.pointer, error.severity) == (pointer, "error")
    )
    assert place is not None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if place.line == place.end_line:
        return lines[place.line - 1][place.column - 1 : place.end_column - 1]
    inner = lines[place.line : place.end_line - 1]
    return "\n".join(
        [lines[place.line - 1][place.column - 1 :], *inner, lines[place.end_line - 1][: place.end_column - 1]]
    )


HEAD = '"model": "m", "max_tokens": 1'


@pytest.mark.parametrize(
    ("text", "pointer", "stretch"),
    [
        pytest.param(f'{{{HEAD}, "messages": 5}}', "/messages", "5", id="wrong value"),
        pytest.param(f'{{{HEAD}, "messages": [], "zz": {{}}}}', "/zz", '"zz"', id="unknown property"),
        pytest.param('{\r\n"model": "m", "messages": []}', "", "{", id="missing at the root"),
        pytest.param(f'{{{HEAD}, "messages": [], "tool_choice": {{}}}}', "/tool_choice", '"tool_choice"', id="missing"),
        pytest.param(f'{{{HEAD}, "messages": [\t{{"role": "user"}}]}}', "/messages/0", "{", id="missing in an item"),
        pytest.param(f'\ufeff{{{HEAD}, "messages": 5}}', "/messages", "5", id="byte order mark"),
        pytest.param(f'{{{HEAD},\r"messages": "😀𝕁é"}}', "/messages", '"😀𝕁é"', id="carriage returns and astral"),
        pytest.param(f'{{{HEAD}, "messages": [], "a\\u002fb": 1}}', "/a~1b", '"a\\u002fb"', id="escaped key"),
        pytest.param(f'{{{HEAD}, "messages": [], "system": 1, "system": 2}}', "/system", "2", id="key given twice"),
        pytest.param(f'{{{HEAD}, "messages": {{\n}}}}', "/messages", "{\n}", id="more lines"),
    ],
)
def test_violation_points_at(text: str, pointer: str, stretch: str) -> None:
    assert text_at(text, pointer) == stretch


def test_places_in_a_document_of_many_megabytes_are_exact() -> None:
    turns = [{"role": "user", "content": 'a "quoted" brace } 😀' * 40}, {"role": "assistant", "content": "b" * 900}]
    request = {"model": "m", "max_tokens": 1, "messages": turns * 3000 + [{"role": "robot", "content": "c"}]}
    text = json.dumps(request, ensure_ascii=False, indent=1)
    report = validate_json(text)
    assert [violation.pointer for violation in report.violations] == [to_pointer(("messages", 6000, "role"))]
    assert text_at(text, "/messages/6000/role") == '"robot"'


def test_a_mistake_nested_as_deep_as_json_may_be_has_its_place() -> None:
    opening = '{"type": "object", "properties": {"a": '
    schema = opening * 480 + '{"type": "strin"}' + "}}" * 480
    tool = '{"name": "t", "description": "Tells the time.", "input_schema": ' + schema + "}"
    text = f'{json.dumps(hello())[:-1]}, "tools": [{tool}]}}'
    (violation,) = validate_json(text).violations
    assert violation.range is not None
    assert text[violation.range.column - 1 : violation.range.end_column - 1] == '"strin"'


@given(VALUES)
def test_a_pointer_to_a_value_leads_there(value: Any) -> None:
    for path in paths(value):
        assert path_in(value, to_pointer(path)) == path


def test_a_pointer_leads_into_a_value_as_far_as_there_is_one() -> None:
    root = {"tools": [{"a/b": {"~1": 1}}], "0": "zero"}
    assert path_in(root, "/tools/0/a~1b/~01") == ("tools", 0, "a/b", "~1")
    assert path_in(root, "/tools/0/missing/a") == ("tools", 0)
    assert path_in(root, "/tools/1") == path_in(root, "/tools/²") == ("tools",)
    assert path_in(root, "/0/0") == ("0",)
    assert path_in(root, "") == ()


@given(texts(), st.data())
def test_some_places_are_the_same_as_among_all(text: str, data: st.DataObject) -> None:
    every = list(paths(json.loads(text)))
    wanted = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=3))
    among_all = locate(text.encode(), [(), *every])
    assert locate(text.encode(), wanted) == {path: among_all[path] for path in wanted}
