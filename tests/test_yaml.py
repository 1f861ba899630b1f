from __future__ import annotations

import json
import time
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.layouts import VALUES, yaml_texts
from tests.material import hello
from tests.strategies import paths
from validator import Linter
from validator.documents import Document, Format, read
from validator.documents import yaml as reader
from validator.documents.yaml_values import resolve
from validator.files import check_text
from validator.places.characters import ByteOffsets

WORDS = st.text("0123456789+-._:eExobTZn~ aAyYsSNfF=<", max_size=10) | st.from_regex(
    r"[-+]?(0[box]?)?[0-9_]{1,4}(\.[0-9_]{0,3})?([eE][-+]?[0-9]{1,2})?(:[0-9]{1,2}){0,2}(\.[0-9]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?(Z|[-+][0-9]{1,2})?)?",
    fullmatch=True,
)
PIECES = st.sampled_from(
    [
        *[
            "a",
            "no",
            "1",
            "010",
            "1:30",
            "2026-01-01",
            "~",
            ": ",
            ":\n",
            "- ",
            "\n",
            "\n  ",
            "\n    ",
            "[",
            "]",
            "{",
            "}",
        ],
        *[
            ",",
            "'",
            '"',
            "&x ",
            "*x",
            "<<: ",
            "<<: *x\n",
            "|\n",
            "|-\n  ",
            ">\n  ",
            "# c\n",
            " #",
            "---\n",
            "...\n",
            "!a ",
        ],
        *["!!str ", "!!float ", "!!int ", "!!set ", "? ", "\t", "é", "😀", "\u2028", "\x85", "\r\n", "\r", "=", "<<"],
        *[
            "key: ",
            "key: v\n",
            "  ",
            "# msglint: ignore[x] y\n",
            "\\",
            "0x_",
            "1e3",
            ".inf",
            "@",
            "`",
            "%",
            "{{",
            "%YAML 1.1\n",
        ],
    ]
)


def documents(text: str) -> list[Document]:
    return read(text.encode(), Format.YAML)


def only(text: str) -> Document:
    (document,) = documents(text)
    return document


def value_of(text: str) -> Any:
    document = only(text)
    assert document.readable, document.findings
    return document.value


def reported(text: str) -> list[tuple[str, str]]:
    """List what is reported of a text of YAML, by rule and pointer, whatever is wrong with it as a request."""
    found = check_text("a.yaml", text.encode(), Linter()).violations
    return [(violation.rule, violation.pointer) for violation in found if violation.rule.startswith("yaml/")]


def is_quiet(read_documents: list[Document]) -> bool:
    return all(
        document.readable and not (document.refused or document.doubts or document.findings)
        for document in read_documents
    )


def is_same(ours: Any, theirs: Any) -> bool:
    """Compare values as JSON has them: `true` is not 1, and an integer of any size is a number."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(is_same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(is_same, ours, theirs))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    return bool(ours == theirs)


@given(yaml_texts())
def test_every_value_is_read_and_stands_where_it_is_said_to(written: tuple[str, list[Any]]) -> None:
    text, values = written
    found = documents(text)
    assert [document.value for document in found] == values
    for document in found:
        everything = list(paths(document.value))
        spans = document.locate(everything)
        assert set(spans) == set(everything)
        for path, span in spans.items():
            stretch = document.data[span.start : span.end].decode()
            assert_reads_as(at(document.value, path), _with_its_indentation(document, span.start, stretch))
            if span.key is None:
                assert not path or isinstance(path[-1], int)
            else:
                assert value_of(document.data[span.key[0] : span.key[1]].decode()) == path[-1]


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _with_its_indentation(document: Document, start: int, stretch: str) -> str:
    before = document.data[:start].decode().replace("\r", "\n").rpartition("\n")[2]
    return " " * len(before) + stretch + ("\n" if b"\n" in document.data else "\r")


def assert_reads_as(value: Any, stretch: str) -> None:
    """Read a stretch of a text again; one that names an anchor elsewhere cannot be read by itself."""
    (document,) = documents(stretch)
    if [finding.rule.id for finding in document.findings] == ["yaml/unknown-alias"]:
        return
    assert document.value == value


@given(VALUES, st.data())
def test_what_others_write_is_read_to_the_same_value(value: Any, data: st.DataObject) -> None:
    style = data.draw(st.sampled_from([None, "'", '"', "|", ">"]))
    text = yaml.dump(
        value,
        Dumper=data.draw(st.sampled_from([yaml.SafeDumper, yaml.CSafeDumper])),
        default_style=style,
        default_flow_style=data.draw(st.sampled_from([True, False, None])),
        allow_unicode=data.draw(st.booleans()),
        indent=data.draw(st.integers(1, 6)),
        width=data.draw(st.sampled_from([5, 80])),
        canonical=data.draw(st.booleans()),
        line_break=data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
        sort_keys=False,
    )
    document = only(text)
    assume(all(finding.rule.id == "yaml/ambiguous-line-break" for finding in document.findings))
    odd = document.findings or any(each.rule.id == "yaml/ambiguous-value" for each in document.doubts)
    # Not `value`: PyYAML's own dumper writes a quoted text wrongly where two breaks follow each other.
    assert odd or is_same(document.value, next(yaml.load_all(text, Loader=yaml.CSafeLoader)))


JSON_STRINGS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"), max_size=8
)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(0.01, 1000) | JSON_STRINGS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JSON_STRINGS, inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from([None, 1, "\t"]),
)
def test_json_is_yaml(value: Any, indent: int | str | None) -> None:
    document = only(json.dumps(value, ensure_ascii=False, indent=indent))
    assert document.value == value
    assert is_quiet([document])


@settings(max_examples=300)
@given(WORDS)
def test_a_word_that_nothing_is_said_of_is_the_same_in_pyyaml(word: str) -> None:
    found = resolve(word, None, None, is_plain=True)
    if found.otherwise is None and found.foreign is None:
        assert is_same(found.value, _as_pyyaml_reads(word))


def _as_pyyaml_reads(word: str) -> Any:
    """Read a plain word with PyYAML, without the rest of its grammar."""
    loader: Any = yaml.SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, word, (True, False))
    return loader.construct_object(yaml.ScalarNode(tag, word))


@settings(max_examples=300)
@given(WORDS)
def test_a_word_means_what_yaml_1_2_says(word: str) -> None:
    core = pytest.importorskip("yamlcore").CoreLoader("")
    theirs = core.construct_object(yaml.ScalarNode(core.resolve(yaml.ScalarNode, word, (True, False)), word))
    for found in (resolve(word, None, None, is_plain=True), resolve(word, None, (1, 2), is_plain=True)):
        assert found.foreign is not None or is_same(found.value, theirs)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_text_makes_it_fail_and_what_is_quiet_is_what_pyyaml_reads(text: str) -> None:
    found = documents(text)
    for document in found:
        for finding in document.findings:
            assert 0 <= finding.fault.start <= finding.fault.end <= len(text.encode())
        assert set(document.locate(paths(document.value))) == set(paths(document.value))
    if is_quiet(found) and "%YAML" not in text:
        theirs = list(yaml.load_all(text, Loader=yaml.CSafeLoader))
        ours = [document.value for document in found]
        assert is_same(ours, theirs) or is_same(ours, [value for value in theirs if value is not None])


@pytest.mark.parametrize(
    ("word", "new", "old"),
    [
        ("no", "no", False),
        ("Yes", "Yes", True),
        ("on", "on", True),
        ("y", "y", "y"),
        ("nO", "nO", "nO"),
        ("010", 10, 8),
        ("08", 8, "08"),
        ("0o17", 15, "0o17"),
        ("0x1F", 31, 31),
        ("-0x1F", "-0x1F", -31),
        ("0b101", "0b101", 5),
        ("1_024", "1_024", 1024),
        ("1e3", 1000.0, "1e3"),
        ("1.5e3", 1500.0, "1.5e3"),
        ("1.5e+3", 1500.0, 1500.0),
        ("-.5", -0.5, "-.5"),
        ("1:30", "1:30", 90),
        ("1:30:30.5", "1:30:30.5", 5430.5),
        ("18446744073709551616", 2.0**64, 2.0**64),
        ("null", None, None),
        ("~", None, None),
        ("nUll", "nUll", "nUll"),
    ],
)
def test_words_have_a_meaning_by_version(word: str, new: Any, old: Any) -> None:
    assert value_of(f"%YAML 1.2\n--- {word}\n") == value_of(f"- {word}\n")[0] == new
    assert value_of(f"%YAML 1.1\n--- {word}\n") == old
    assert [rule for rule, _ in reported(f"a: {word}\n")] == (
        [] if type(new) is type(old) and new == old else ["yaml/ambiguous-value"]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no", "`no` is a string in YAML 1.2, but `false` in YAML 1.1"),
        ("010", "`010` is the number 10 in YAML 1.2, but the number 8 in YAML 1.1"),
        ("2026-11-24", "`2026-11-24` is a string in YAML 1.2, but a date in YAML 1.1"),
        ("=", "`=` is a string in YAML 1.2, but the sign for a default value in YAML 1.1"),
        ("<<", "`<<` is a string in YAML 1.2, but the sign for a merge in YAML 1.1"),
        ("0b_", "`0b_` is a string in YAML 1.2, but a number that cannot be read in YAML 1.1"),
        ("!!int 010", "`010` is the number 10 in YAML 1.2, but the number 8 in YAML 1.1"),
        (".nan", "`.nan` is not finite, but a number must be"),
        ("-.Inf", "`-.Inf` is not finite, but a number must be"),
        ("1e999", "`1e999` is not finite, but a number must be"),
        ("!!float .inf", "`.inf` is not finite, but a number must be"),
        ("!!int x", "`x` is not of the type `!!int`"),
        ("!!int 1.5", "`1.5` is not of the type `!!int`"),
        ("!!bool 1", "`1` is not of the type `!!bool`"),
        ("!!float 0x1F", "`0x1F` is not of the type `!!float`"),
        ('!!null "x"', "`x` is not of the type `!!null`"),
        ("!!map [a]", "the value is not of the type `!!map`"),
        ("!!seq {a: b}", "the value is not of the type `!!seq`"),
        ("!!set {a, b}", "a value of the type `!!set` cannot be written as JSON"),
        ("!!binary aGk=", "a value of the type `!!binary` cannot be written as JSON"),
        ("!!timestamp 2026-11-24", "a value of the type `!!timestamp` cannot be written as JSON"),
        ("!env HOME", "the tag `!env` has no meaning in JSON"),
        ("{<<: x}", "the value of `<<` must be a mapping, or a sequence of mappings"),
        ("{1: x}", "the key `1` is a number, but must be a string"),
        ("{true: x}", "the key `true` is a boolean, but must be a string"),
        ("{? : x}", "an empty key is null, but must be a string"),
        ("{no: x}", "`no` is a string in YAML 1.2, but `false` in YAML 1.1"),
        ("{!x y: x}", "the tag `!x` has no meaning in JSON"),
        ("{a: 1, a: 2}", "the mapping has the key `a` twice, and readers of YAML take the last or none"),
        ("{[a]: b}", "a mapping or a sequence is a key here, but a key must be a string"),
        ("{{ x }}", "`{{` begins a mapping that is the key of another, but a key must be a string"),
        ("[&x 1, &x 2]", "the anchor `&x` is set already in this document, and some readers of YAML refuse that"),
        ("*x", "the alias `*x` names no anchor before it in the same document"),
        ("&x [*x]", "the alias `*x` is inside the value that it names, which would be infinite as JSON"),
        ('"a\u2028b"', "U+2028 ends a line in YAML 1.1, but not in YAML 1.2"),
        ("a # \x85", "U+0085 ends a line in YAML 1.1, but not in YAML 1.2"),
    ],
)
def test_what_json_does_not_have_and_readers_take_otherwise_is_reported(text: str, message: str) -> None:
    found = check_text("a.yaml", f"system: {text}\n".encode(), Linter(endpoint="auto")).violations
    assert [violation.message for violation in found if violation.rule.startswith("yaml/")] == [message]


def test_dates_have_no_place_in_json_where_the_text_says_that_they_are_dates() -> None:
    (finding,) = only("%YAML 1.1\n---\na: 2026-11-24\n").refused
    assert finding.message == "`2026-11-24` is a date in YAML 1.1, which JSON does not have"


def test_quoted_words_and_blocks_are_strings() -> None:
    assert value_of("[\"no\", '1', !!str 3]") == ["no", "1", "3"]
    assert value_of("|\n  no\n") == "no\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("&k key: v\nother: {*k : w}\n", {"key": "v", "other": {"key": "w"}}),
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
        (
            "- &x {a: 1, b: 1}\n- &y {b: 2}\n- {<<: [*x, *y]}\n- {c: 3, <<: [*y, *x]}\n",
            [{"a": 1, "b": 1}, {"b": 2}, {"a": 1, "b": 1}, {"a": 1, "b": 2, "c": 3}],
        ),
        ("- &x {a: 1}\n- &y {a: 2}\n- {<<: [*x, *y]}\n", [{"a": 1}, {"a": 2}, {"a": 1}]),
        ("<<: {a: 1}\nb: 2\n", {"a": 1, "b": 2}),
        ('{"<<": {a: 1}}', {"<<": {"a": 1}}),
        ("? a\n? b\n: c\n", {"a": None, "b": "c"}),
        ("a:\n- 1\n- - 2\n  - 3\n-", {"a": [1, [2, 3], None]}),
        ("a:\nb: \nc: ''\n", {"a": None, "b": None, "c": ""}),
        ("a: |+\n\n  x\n\nb: >-\n  c\n  d\n\n  e\n", {"a": "\nx\n\n", "b": "c d\ne"}),
        ("a: |2\n   x\n", {"a": " x\n"}),
        ("a: 'it''s\n\n  b'\n", {"a": "it's\nb"}),
        ("%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 1\n", {"a": "1"}),
    ],
)
def test_shapes_of_yaml_read_as_pyyaml_reads_them(text: str, value: Any) -> None:
    assert value_of(text) == value == yaml.safe_load(text)


def test_several_documents_are_read_and_empty_ones_left_out() -> None:
    assert [document.value for document in documents("---\n---\na: 1\n...\n# b\n--- null\n---\n")] == [{"a": 1}, None]
    for nothing in ("", "\n", "# a\n", "---\n", "--- # a\n...\n"):
        assert [finding.rule.id for finding in only(nothing).findings] == ["syntax/empty"]


def test_documents_before_one_that_cannot_be_read_are_read() -> None:
    first, second = documents("a: 1\n---\nb: [\n")
    assert (first.value, first.readable) == ({"a": 1}, True)
    assert (second.readable, [finding.rule.id for finding in second.findings]) == (False, ["yaml/invalid"])
    assert [document.readable for document in documents("a: 1\n...\nb: 2\n")] == [False]


def test_anchors_count_in_their_own_document() -> None:
    assert [finding.rule.id for finding in documents("a: &x 1\n---\nb: *x\n")[-1].findings] == ["yaml/unknown-alias"]


def test_a_byte_order_mark_is_no_part_of_yaml() -> None:
    assert value_of("\ufeffa: 1\n") == {"a": 1}


def test_what_an_alias_stands_for_is_found_where_it_is_written() -> None:
    text = "a: &x {b: 1}\nc: *x\nd: {<<: *x}\n"
    spans = only(text).locate([("c",), ("c", "b"), ("d", "b")])
    stretches = {path: text[span.start : span.end] for path, span in spans.items()}
    assert stretches == {("c",): "*x", ("c", "b"): "1", ("d", "b"): "1"}
    assert spans["c", "b"] == only(text).locate([("a", "b")])["a", "b"]


def test_a_mistake_in_what_several_aliases_stand_for_is_told_once() -> None:
    blocks = "\n".join("  - {role: user, content: [*block]}" for _ in range(3))
    head = "model: claude-haiku-4-5\nmax_tokens: 5\nmessages:\n"
    text = f"{head}  - role: user\n    content: [&block {{type: txt}}]\n{blocks}\n"
    (violation,) = check_text("a.yaml", text.encode(), Linter()).violations
    assert (violation.rule, violation.pointer) == ("schema/unknown-type", "/messages/0/content/0/type")


def test_what_is_wrong_in_a_merge_is_told_at_the_mapping() -> None:
    assert reported("a: {<<: {b: 1}, <<: {b: 2}}\n") == [("yaml/duplicate-key", "/a")]
    assert reported("a: {<<: [{b: no}, {c: !x d}]}\n") == [("yaml/ambiguous-value", "/a"), ("yaml/not-json", "/a")]


@pytest.mark.parametrize(
    ("text", "path", "stretch"),
    [
        ("a: |\n  x\n\n\n# c\nb: 1\n", ("a",), "|\n  x"),
        ("a: |\n  x", ("a",), "|\n  x"),
        ("a: >- # c\n  x\n", ("a",), ">- # c\n  x"),
        ("a: |+\n  x\n\n\n# c\nb: 1\n", ("a",), "|+\n  x\n\n"),
        ("a:\n  b: 1\n\n# c\nd: 1\n", ("a",), "b: 1"),
        ("a:\n\n# c\nb: 1\n", ("a",), ""),
        ("- é😀: à # c\n", (0, "é😀"), "à"),
        ("a: &x !!str  b\n", ("a",), "&x !!str  b"),
        ("a: {b: [1, 2] } \n", ("a", "b"), "[1, 2]"),
        ("a: 'x\n  y' \n", ("a",), "'x\n  y'"),
        ("a:\n- b\n- c: d\n  e: f\n\n", ("a", 1), "c: d\n  e: f"),
        ("x: \u2028\na: b\n", ("a",), "b"),
        ("? a\n? b\n", ("a",), ""),
    ],
)
def test_a_value_ends_where_its_text_ends(text: str, path: tuple[str | int, ...], stretch: str) -> None:
    document = only(text)
    span = document.locate([path])[path]
    assert document.data[span.start : span.end].decode() == stretch


def test_an_empty_value_stands_behind_its_key() -> None:
    document = only("? a\n? b\n\n# c\nd:\n\ne: 1\n")
    for path, place in ((("a",), 3), (("b",), 7), (("d",), 15)):
        assert document.locate([path])[path].start == place


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n\tb: 1\n", "\t", "a tab where"),
        ("a: 1\n\tb: 1\n", "\t", "a tab where"),
        ("a: |\n\tb\n", "\t", "a tab where"),
        ("system: note: be brief\n", ": be", "a second `: ` on this line"),
        ("a: it's: b\n", ": b", "a second `: `"),
        ("a: 1\n b: 2\n", "b", "the key `b` is indented deeper"),
        ("a:\n    b: 1\n  c: 2\n", "c", "matches no line"),
        ("a: 1\nb: |\n    c\n   d\n", "d", "matches no line"),
        ('a: "b\nc: 1\n', '"b', 'the text that begins with `"` here is not closed'),
        ('a: "b\n---\nc: 1\n', '"b', "is not closed"),
        ("a: 'b\nc: 1\n", "'b", "the text that begins with `'` here is not closed"),
        ("a: [1, 2\nb: 1\n", "[", "this `[` is not closed"),
        ("a: {b: 1\nc: 1\n", "{", "this `{` is not closed"),
        ("a: [1, 2", "[", "not closed"),
        ("a:\n  b: [", "[", "not closed"),
        ('a: ["x" "y"]\n', '"y', "a comma or `]` is missing"),
        ('{"a": "b"\n"c": 1}\n', '"c', "a comma or `}` is missing"),
        ("a: 1\nb: ]\n", "]", "`]` closes nothing"),
        ("a: [1,,2]\n", ",2", "there is no item before this comma"),
        ("a: [- b]\n", "-", "an item that begins with `- ` is not allowed in brackets"),
        ("a: @b\n", "@", "cannot begin with `@`"),
        ("a: `b`\n", "`b", "cannot begin with a backtick"),
        ("a: %b\n", "%", "cannot begin with `%`"),
        ("a: ? b\n", "?", "cannot begin with `?`"),
        ("a 1\nb: 2\n", "a 1", '"a 1" is not a key'),
        ("x: 1\r\n\r\na 1\r\nb: 2\r\n", "a 1", '"a 1" is not a key'),
        ("a: 1\nb:2\n", "b:2", '"b:2" is not a key'),
        ("a: |\n b\nc\n", "c", '"c" is not a key'),
        ('a: "b" c\n', "c", "more text after the closing quote"),
        ("a: 'it's'\n", "s'", "more text after the closing quote"),
        ("a: 1\n{% if b %}\n", "{%", "a placeholder of a template"),
        ("a: <%= b %>: 1\n", "<%", "a placeholder of a template"),
        ("a: **b**\n", "**b", "`*` begins an alias"),
        ("a: & b\n", "& b", "`&` begins an anchor"),
        ('a: "\\d"\n', "\\d", "is not an escape"),
        ('a: "C:\\Users"\n', "\\U", "is not an escape"),
        ('a: "x\\ud83d\\ude00"\n', "\\ud83d\\ude00", "in two halves"),
        ('a: "\\ud83d"\n', "\\ud83d", "half of a surrogate pair"),
        ("a: 1\n- b\n", "- b", "an item of a sequence where a key"),
        ("- b\na: 1\n", "a: 1", "a key where an item"),
        ("a: - b\n", "- b", "an item of a sequence cannot begin here"),
        ("a: |x\n  b\n", "|x", "`|` begins a block of text"),
        ("a: >b\n", ">b", "`>` begins a block of text"),
        ("a: é\x07\n", "\x07", "U+0007 is a character"),
        ("a: \x7f\n", "\x7f", "U+007F is a character"),
        ("%YAML 3.0\n---\na: 1\n", "%YAML 3.0", "`%YAML 3.0` is not a directive"),
        ("%a\n", "%a", "`%a` is not a directive"),
        ("%YAML 1.1\na: 1\n", "a", "must have a line `---`"),
        ("a: !x!y z\n", "!x!y", "begins with a name that nothing defines"),
        ("a: !<b\n", "!<b", "is not a tag"),
        ("{a: 1}\n{b: 2}\n", "{b", "there is more text after the value"),
        ("k" * 1100 + ": 1\n", ": 1", "a key of more than 1,024 characters"),
        ('{"' + "k" * 1100 + '": 1}\n', ": 1", "a key of more than 1,024 characters"),
    ],
)
def test_text_that_is_no_yaml_is_told_in_our_words_at_its_place(text: str, place: str, words: str) -> None:
    document = documents(text)[-1]
    (finding,) = document.findings
    assert finding.rule.id == "yaml/invalid"
    assert text.encode()[finding.fault.start :].decode().startswith(place)
    assert words in finding.fault.message
    assert not finding.fault.message.startswith("not YAML")
    assert finding.fault.help


def test_bytes_that_are_no_text_are_told_as_in_json() -> None:
    for data in (b"a: \xff\n", "a: b".encode("utf-16")):
        (document,) = read(data, Format.YAML)
        assert [finding.rule.id for finding in document.findings] == ["syntax/encoding"]


@given(yaml_texts())
def test_the_reader_in_python_reads_the_same_as_the_one_in_c(written: tuple[str, list[Any]]) -> None:
    text, values = written
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_PARSER", yaml.SafeLoader)
        found = documents(text)
    assert [document.value for document in found] == values
    for ours, theirs in zip(found, documents(text), strict=True):
        everything = list(paths(ours.value))
        assert ours.locate(everything) == theirs.locate(everything)


@given(st.text(), st.data())
def test_characters_begin_at_the_bytes_that_are_said(text: str, data: st.DataObject) -> None:
    text = text.encode(errors="replace").decode() * data.draw(st.integers(1, 400))
    offsets = ByteOffsets(text)
    for number in data.draw(st.lists(st.integers(0, len(text)), max_size=5)):
        assert offsets.of(number) == len(text[:number].encode())


def test_aliases_that_repeat_without_end_are_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    texts = "\n".join(lines), "a: &a [" + "x, " * 1000 + "]\n" + "b: [" + "*a, " * 2000 + "]\n"
    long = "a: &a " + "x" * 10_000_000 + "\nb: [" + "*a, " * 10 + "]\n"
    merging = "k0: &k0 {a: 1}\n" + "".join(f"k{n}: &k{n} {{<<: *k{n - 1}, b{n}: 1}}\n" for n in range(1, 3000))
    for text in (*texts, long, merging):
        assert [finding.rule.id for finding in documents(text)[-1].findings] == ["yaml/too-many-aliases"]


def test_nesting_is_bounded_whether_it_is_written_or_comes_by_aliases() -> None:
    written = "[" * 1000 + "]" * 1000
    assert only(written).readable
    chain = ["a0: &a0 " + "[" * 500 + "]" * 500, *(f"a{n}: &a{n} [[*a{n - 1}]]" for n in range(1, 300))]
    for text in (f"[{written}]", "[" * 100_000, "{a: " * 100_000, "- " * 100_000, "\n".join(chain)):
        assert [finding.rule.id for finding in documents(text)[-1].findings] == ["yaml/nesting-too-deep"]


def _seconds(text: str) -> float:
    start = time.process_time()
    documents(text)
    return time.process_time() - start


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda n: "# msglint: ignore[x]\nk: é\n" * n, id="comments of ours"),
        pytest.param(lambda n: "# msglint: ignore[x]\n" * n + "a: 1\n", id="comments before one place"),
        pytest.param(lambda n: "- - # msglint: x\n" * n, id="comments behind"),
        pytest.param(lambda n: "# " * n * 10, id="signs of comments"),
        pytest.param(lambda n: "--- a # msglint: x\n" * n, id="documents"),
        pytest.param(lambda n: "- &a é\n" + "- *a\n" * n, id="aliases"),
        pytest.param(lambda n: "a: 1" + ":1" * n * 10, id="number in sixties"),
        pytest.param(lambda n: "a: " + "9" * n * 10, id="long number"),
        pytest.param(lambda n: "a: 0b" + "1" * n * 10, id="long binary number"),
        pytest.param(lambda n: 'a: "' + "\\n" * n * 10, id="open quote"),
        pytest.param(lambda n: "a: |\n" + "  é\n\n" * n * 5, id="block"),
        pytest.param(lambda n: "a: >\n" + "\n" * n * 10, id="empty lines"),
        pytest.param(lambda n: "- no\n" * n, id="ambiguous words"),
        pytest.param(lambda n: "a: 1\n" * n, id="the same key"),
        pytest.param(lambda n: "a: 1\n" * n + "b: @x", id="a fault at the end"),
        pytest.param(lambda n: "".join(f"%TAG !a{k}! b\n" for k in range(n)) + "---\na", id="directives"),
        pytest.param(lambda n: "\r" * n * 10 + "# msglint: x\ra: é", id="carriage returns"),
    ],
)
def test_time_grows_with_the_text_and_no_faster(text: Any) -> None:
    small, large = (min(_seconds(text(n)) for _ in range(2)) for n in (1000, 8000))
    assert large < 0.1 or large < 24 * small


def test_a_request_in_yaml_has_the_findings_of_the_request_in_json() -> None:
    request = hello(max_tokens=-1, stop_sequences=["", "\n"], temprature=1)
    found = [
        [(violation.rule, violation.pointer, violation.message) for violation in check_text(*each).violations]
        for each in (
            ("a.json", json.dumps(request).encode(), Linter()),
            ("a.yaml", yaml.safe_dump(request, sort_keys=False).encode(), Linter()),
        )
    ]
    assert found[0] == found[1] != []
