"""Fixes of requests in source code: edits where the literal stands in the call, byte for byte, and none elsewhere."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.material import TODAY
from tests.test_command import run
from validator import Linter
from validator.code.lexing import Language, flattened, tokens
from validator.code.readers import read_code
from validator.documents import Document, format_of
from validator.files import FileResult, check_text
from validator.fixes import Applicability, Fix, add, remove, rename, replace
from validator.fixes.fix import Operation
from validator.fixing.applying import edits_of, fix_text
from validator.fixing.json_edits import edited

LINTER = Linter(endpoint="auto", today=TODAY)
HAIKU = "claude-haiku-4-5"


def calls(name: str, data: bytes) -> list[Document]:
    text_format = format_of(name)
    assert text_format is not None
    return read_code(data, text_format, name)


def after(name: str, source: str, *operations: Operation, call: int = 0) -> str | None:
    """Return a source text after operations on one of its calls; None if they are not possible in it."""
    data = source.encode()
    edits = edits_of(calls(name, data)[call], Fix("Do it", Applicability.SAFE, operations))
    return edited(data, edits).decode() if edits else None


def check(name: str, data: bytes) -> FileResult:
    return check_text(name, data, LINTER)


def fixed(name: str, data: bytes, *, unsafe: bool = True) -> bytes:
    return fix_text(name, data, lambda text: check(name, text), unsafe=unsafe).data


def in_python(arguments: str) -> str:
    return f"import anthropic\n\nclient = anthropic.Anthropic()\nreply = client.messages.create({arguments})\n"


def in_typescript(body: str) -> str:
    return (
        "import Anthropic from '@anthropic-ai/sdk';\n"
        f"const client = new Anthropic();\nconst r = await client.messages.create({body});\n"
    )


MESSAGES = 'messages=[{"role": "user", "content": "Hi"}]'
TS_MESSAGES = "messages: [{ role: 'user', content: 'Hi' }]"

PYTHON_RENAMED = [
    (f'model="claude-x", max_token=5, {MESSAGES}', f'model="claude-x", max_tokens=5, {MESSAGES}'),
    (f'model="claude-x", max_token = 5, {MESSAGES}', f'model="claude-x", max_tokens = 5, {MESSAGES}'),
    (f"max_token=LIMIT, {MESSAGES}", f"max_tokens=LIMIT, {MESSAGES}"),
    (f"\n    max_token=5,  # five\n    {MESSAGES},\n", f"\n    max_tokens=5,  # five\n    {MESSAGES},\n"),
    (
        '**{"max_token": 5, "messages": [{"role": "user", "content": "Hi"}]}',
        '**{"max_tokens": 5, "messages": [{"role": "user", "content": "Hi"}]}',
    ),
    (
        "**{'max_token': 5, 'messages': [{'role': 'user', 'content': 'Hi'}]}",
        "**{'max_tokens': 5, 'messages': [{'role': 'user', 'content': 'Hi'}]}",
    ),
]


@pytest.mark.parametrize(("before", "expected"), PYTHON_RENAMED)
def test_a_keyword_or_key_of_python_is_renamed_with_its_own_quotes(before: str, expected: str) -> None:
    assert after("a.py", in_python(before), rename(("max_token",), "max_tokens")) == in_python(expected)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"{{ maxTokens: 5, {TS_MESSAGES} }}", f"{{ max_tokens: 5, {TS_MESSAGES} }}"),
        (f"{{ 'maxTokens': 5, {TS_MESSAGES} }}", f"{{ 'max_tokens': 5, {TS_MESSAGES} }}"),
        (f'{{ "maxTokens" : 5, {TS_MESSAGES} }}', f'{{ "max_tokens" : 5, {TS_MESSAGES} }}'),
        (f"{{ maxTokens, {TS_MESSAGES} }}", f"{{ max_tokens: maxTokens, {TS_MESSAGES} }}"),
        (f"{{ {TS_MESSAGES}, maxTokens }}", f"{{ {TS_MESSAGES}, max_tokens: maxTokens }}"),
        (f"{{ maxTokens /* a */ : 5, {TS_MESSAGES} }}", f"{{ max_tokens /* a */ : 5, {TS_MESSAGES} }}"),
        (f"{{ {TS_MESSAGES}, maxTokens\n}}", f"{{ {TS_MESSAGES}, max_tokens: maxTokens\n}}"),
    ],
)
@pytest.mark.parametrize("name", ["a.ts", "a.tsx", "a.mjs"])
def test_a_key_of_typescript_is_renamed_and_a_shorthand_spelled_out(name: str, before: str, expected: str) -> None:
    renamed = rename(("maxTokens",), "max_tokens")
    assert after(name, in_typescript(before), renamed) == in_typescript(expected)


def test_a_key_gets_quotes_if_its_new_name_needs_some() -> None:
    before, expected = f"{{ ab: 5, {TS_MESSAGES} }}", f"{{ 'a-b': 5, {TS_MESSAGES} }}"
    assert after("a.ts", in_typescript(before), rename(("ab",), "a-b")) == in_typescript(expected)


@pytest.mark.parametrize("name", ["a-b", "from", "2x", "a b"])
def test_a_keyword_of_python_gets_no_name_that_is_none(name: str) -> None:
    assert after("a.py", in_python(f"max_token=5, {MESSAGES}"), rename(("max_token",), name)) is None


@pytest.mark.parametrize(
    "arguments",
    [
        f"max_token=5, {MESSAGES}, **options",  # perhaps among the options
        f"max_token=5, max_tokens=6, {MESSAGES}",  # taken
        f"**{{NAME: 5, {MESSAGES.replace('messages=', repr('messages') + ': ')}}}",
    ],
)
def test_a_keyword_is_not_renamed_where_the_new_name_may_be_taken(arguments: str) -> None:
    source = 'NAME = "max_token"\n' + in_python(arguments)
    assert after("a.py", source, rename(("max_token",), "max_tokens")) is None


PYTHON_TEXTS = [
    ('"usr"', "usr", "user", '"user"'),
    ("'usr'", "usr", "user", "'user'"),
    ('"""usr"""', "usr", "user", '"""user"""'),
    ("u'usr'", "usr", "user", "u'user'"),
    ("'a '", "a ", "a", "'a'"),
    (r"'it\'s \u00e9 '", "it's é ", "it's é", r"'it\'s \u00e9'"),
    (r'"tab\there\n"', "tab\there\n", "tab\there", r'"tab\there"'),
    ('"""two\nlines \n"""', "two\nlines \n", "two\nlines", '"""two\nlines"""'),
    (r"'\N{BULLET} a\x41\101 '", "• aAA ", "• aAA", r"'\N{BULLET} a\x41\101'"),
    (r"'\d '", "\\d ", "\\d", r"'\d'"),
    ("'a'", "a", 'it\'s "b"\\\n\u200b', r"""'it\'s "b"\\\n\u200b'"""),
    ('"a"', "a", 'it\'s "b" \U0001f600', '"it\'s \\"b\\" \U0001f600"'),
    ("'😀 '", "😀 ", "😀", "'😀'"),
    ("'a\\\nb '", "ab ", "ab", "'a\\\nb'"),
]


@pytest.mark.parametrize(("literal", "old", "new", "expected"), PYTHON_TEXTS)
def test_a_text_of_python_keeps_its_quotes_and_the_escapes_of_what_stays(
    literal: str, old: str, new: str, expected: str
) -> None:
    source = in_python(f'system={literal}, model="claude-x", {MESSAGES}')
    (document,) = calls("a.py", source.encode())
    assert document.value["system"] == old
    changed = after("a.py", source, replace(("system",), new))
    assert changed == source.replace(literal, expected)
    assert calls("a.py", changed.encode())[0].value["system"] == new


TYPESCRIPT_TEXTS = [
    ("'usr'", "usr", "user", "'user'"),
    ('"usr"', "usr", "user", '"user"'),
    ("`usr`", "usr", "user", "`user`"),
    ("`a\nb `", "a\nb ", "a\nb", "`a\nb`"),
    (r"'it\'s \u{e9}\xe9 '", "it's éé ", "it's éé", r"'it\'s \u{e9}\xe9'"),
    (r"'\ud83d\ude00 '", "😀 ", "😀", r"'\ud83d\ude00'"),
    (r"'a\q '", "aq ", "aq", r"'a\q'"),
    ("`a`", "a", "${b} `c`", r"`\${b} \`c\``"),
    ("'a'", "a", "\u200b\U000e0001", r"'\u200b\u{e0001}'"),
]


@pytest.mark.parametrize(("literal", "old", "new", "expected"), TYPESCRIPT_TEXTS)
def test_a_text_of_typescript_keeps_its_quotes_and_the_escapes_of_what_stays(
    literal: str, old: str, new: str, expected: str
) -> None:
    source = in_typescript(f"{{ system: {literal}, model: 'claude-x', {TS_MESSAGES} }}")
    (document,) = calls("a.ts", source.encode())
    assert document.value["system"] == old
    changed = after("a.ts", source, replace(("system",), new))
    assert changed == source.replace(literal, expected)
    assert calls("a.ts", changed.encode())[0].value["system"] == new


@pytest.mark.parametrize(
    "literal", ["r'a '", "R'a\\d '", "f'a {b} '", "'a' ' '", "('a'\n' ')", "'a' + ' '", "NAME", "str('a ')", "b'a '"]
)
def test_a_text_that_is_no_simple_literal_is_left_alone(literal: str) -> None:
    source = "NAME = 'a '\n" + in_python(f'system={literal}, model="claude-x", {MESSAGES}')
    assert after("a.py", source, replace(("system",), "a")) is None


@pytest.mark.parametrize("literal", ["`a ${b} `", "'a' + ' '", "NAME", "String('a ')", "tag`a `"])
def test_a_text_of_typescript_that_is_no_simple_literal_is_left_alone(literal: str) -> None:
    source = "const NAME = 'a ';\n" + in_typescript(f"{{ system: {literal}, model: 'claude-x', {TS_MESSAGES} }}")
    assert after("a.ts", source, replace(("system",), "a")) is None


@pytest.mark.parametrize(
    ("name", "old", "value", "expected"),
    [
        ("a.py", "5", 0.5, "0.5"),
        ("a.py", "1_000", 5, "5"),
        ("a.py", "-1", 1, "1"),
        ("a.py", "True", False, "False"),
        ("a.py", "5", None, "None"),
        ("a.py", "5", "auto", '"auto"'),
        ("a.py", "'5'", 5, "5"),
        ("a.py", '"x"', {"type": "auto", "a": [True, None]}, '{"type": "auto", "a": [True, None]}'),
        ("a.py", "{'type': 'x'}", {"type": "y"}, '{"type": "y"}'),
        ("a.ts", "5", 0.5, "0.5"),
        ("a.ts", "true", False, "false"),
        ("a.ts", "5", None, "null"),
        ("a.ts", "'5'", 5, "5"),
        ("a.ts", "'x'", {"type": "auto", "a-b": [True]}, "{type: 'auto', 'a-b': [true]}"),
    ],
)
def test_a_value_is_replaced_by_one_in_the_language(name: str, old: str, value: Any, expected: str) -> None:
    if name == "a.py":
        source = in_python(f'thinking={old}, model="claude-x", {MESSAGES}')
    else:
        source = in_typescript(f"{{ thinking: {old}, model: 'claude-x', {TS_MESSAGES} }}")
    assert after(name, source, replace(("thinking",), value)) == source.replace(old, expected, 1)


@pytest.mark.parametrize("old", ["{'type': kind}", "{'type': 'x', **more}", "{  # why\n'type': 'x'}", "dict(type='x')"])
def test_a_value_is_not_replaced_if_something_would_be_lost(old: str) -> None:
    source = in_python(f'thinking={old}, model="claude-x", {MESSAGES}')
    assert after("a.py", source, replace(("thinking",), {"type": "y"})) is None


@pytest.mark.parametrize(
    ("old", "value", "expected"),
    [
        ('"Hi"', ["Hi"], '["Hi"]'),
        ('{"type": "text", "text": "Hi"}', [{"type": "text", "text": "Hi"}], '[{"type": "text", "text": "Hi"}]'),
    ],
)
def test_a_single_value_is_put_in_brackets_as_it_is_written(old: str, value: Any, expected: str) -> None:
    source = in_python(f'stop_sequences={old}, model="claude-x", messages=[]')
    assert after("a.py", source, replace(("stop_sequences",), value)) == source.replace(old, expected)


REMOVED = [
    ('model="claude-x", n=5, top_k=5', 'model="claude-x", top_k=5'),
    ("n=5, top_k=5", "top_k=5"),
    ('model="claude-x", n=5', 'model="claude-x"'),
    ('model="claude-x", n=5,', 'model="claude-x",'),
    ("n=5", ""),
    ("n=5,", ""),
    ("\n    n=5,\n    top_k=5,\n", "\n    top_k=5,\n"),
    ("\n    top_k=5,\n    n=5,\n", "\n    top_k=5,\n"),
    ("\n    top_k=5,\n    n=5\n", "\n    top_k=5\n"),
    ("\n    top_k=5,\n    n=5)\n# (", "\n    top_k=5)\n# ("),
    ("\n    top_k=5,\n    n=5,  # five\n", "\n    top_k=5,\n    # five\n"),
    ("\n    top_k=5,  # k\n    n=5,\n", "\n    top_k=5,  # k\n"),
    ("\n    top_k=5,  # k\n    n=5\n", "\n    top_k=5  # k\n"),
    ("\n    # above\n    n=5,\n    top_k=5,\n", "\n    # above\n    top_k=5,\n"),
    ("\n    top_k=5, n=5,\n    top_p=1,\n", "\n    top_k=5,\n    top_p=1,\n"),
    ("\n    n=5, top_k=5,\n", "\n    top_k=5,\n"),
    ("\n    top_k=5, n=5,  # five\n    top_p=1,\n", "\n    top_k=5,  # five\n    top_p=1,\n"),
    ("\n    n={\n        'a': 1,\n    },\n    top_k=5,\n", "\n    top_k=5,\n"),
    ("top_k=5, n=f(a, b), top_p=1", "top_k=5, top_p=1"),
    ("top_k=5, n='a, b)', top_p=1", "top_k=5, top_p=1"),
    ("top_k=(5), n=(5), top_p=(1)", "top_k=(5), top_p=(1)"),
    ("\ttop_k=5,\r\n\tn=5,\r\n", "\ttop_k=5,\r\n"),
    ("**options, n=5", "**options"),
    ("*args, n=5, top_k=5", "*args, top_k=5"),
]


@pytest.mark.parametrize(("before", "expected"), REMOVED)
def test_a_keyword_is_removed_with_its_comma_and_its_line_and_comments_stay(before: str, expected: str) -> None:
    head = f'import anthropic\nanthropic.Anthropic().messages.create({MESSAGES}, model="claude-x", '
    head = head.replace(', model="claude-x", ', "") if 'model="claude-x"' in before else head
    wanted = head + ("" if head.endswith(" ") else ", ")
    source, changed = f"{wanted}{before})\n", f"{wanted}{expected})\n"
    if not expected:
        changed = f"{wanted.removesuffix(', ')}{',' * before.endswith(',')})\n"
    found = after("a.py", source, remove(("n",)))
    assert found == changed
    ast.parse(found)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("{ model: 'claude-x', n: 5, top_k: 5 }", "{ model: 'claude-x', top_k: 5 }"),
        ("{ n: 5, model: 'claude-x' }", "{ model: 'claude-x' }"),
        ("{ model: 'claude-x', n: 5 }", "{ model: 'claude-x' }"),
        ("{ model: 'claude-x', n }", "{ model: 'claude-x' }"),
        ("{ model: 'claude-x', n, }", "{ model: 'claude-x', }"),
        (
            "{\n  model: 'claude-x',\n  n: 5, // five\n  top_k: 5,\n}",
            "{\n  model: 'claude-x',\n  // five\n  top_k: 5,\n}",
        ),
        ("{\n  model: 'claude-x',\n  n: 5,\n}", "{\n  model: 'claude-x',\n}"),
        ("{\n  model: 'claude-x',\n  n: 5\n}", "{\n  model: 'claude-x'\n}"),
        ("{ model: 'claude-x', n: `a, ${f({ b: `}` })}`, top_k: 5 }", "{ model: 'claude-x', top_k: 5 }"),
        ("{ model: 'claude-x', n: /[,}]/.source, top_k: 5 }", "{ model: 'claude-x', top_k: 5 }"),
        ("{ model: 'claude-x', /* n */ n: 5, top_k: 5 }", "{ model: 'claude-x', /* n */ top_k: 5 }"),
    ],
)
def test_a_key_of_typescript_is_removed_with_its_comma_and_comments_stay(before: str, expected: str) -> None:
    assert after("a.ts", in_typescript(before), remove(("n",))) == in_typescript(expected)


@pytest.mark.parametrize(
    "before", ["n={  # why\n'a': 1}", "n=lambda a, b: a", "n=5, **{'top_k': lambda a, b: a}"], ids=["comment", "a", "b"]
)
def test_nothing_is_removed_that_holds_a_comment_or_cannot_be_told_apart(before: str) -> None:
    found = after("a.py", in_python(f'model="claude-x", {before}'), remove(("n",)))
    assert found is None or (
        before.startswith("n=5") and found == in_python("model=\"claude-x\", **{'top_k': lambda a, b: a}")
    )


@pytest.mark.parametrize(
    ("items", "index", "expected"),
    [
        ('["a", "b", "c"]', 1, '["a", "c"]'),
        ('["a", "b"]', 1, '["a"]'),
        ('["a", "b",]', 0, '["b",]'),
        ('["a"]', 0, "[]"),
        ('[\n    "a",\n    "b",\n]', 1, '[\n    "a",\n]'),
        ('[\n    "a",  # first\n    "b",\n]', 0, '[\n    # first\n    "b",\n]'),
        ('("a", "b")', 1, None),
        ('["a" for x, y in z]', 0, None),
        ('["a" for x in z]', 0, None),
    ],
)
def test_an_item_of_a_list_is_removed(items: str, index: int, expected: str | None) -> None:
    source = in_python(f'model="claude-x", {MESSAGES}, stop_sequences={items}')
    found = after("a.py", source, remove(("stop_sequences", index)))
    assert found == (None if expected is None else source.replace(items, expected))


ADDED = [
    ('model="claude-x"', 'model="claude-x", max_tokens=5'),
    ('model="claude-x",', 'model="claude-x", max_tokens=5,'),
    ('\n    model="claude-x",\n', '\n    model="claude-x",\n    max_tokens=5,\n'),
    ('\n    model="claude-x"\n', '\n    model="claude-x",\n    max_tokens=5\n'),
    ('\n    model="claude-x",  # a\n', '\n    model="claude-x",  # a\n    max_tokens=5,\n'),
    ('\n    model="claude-x"  # a\n', '\n    model="claude-x",  # a\n    max_tokens=5\n'),
    ('\n    model="claude-x", top_k=5,\n', '\n    model="claude-x", top_k=5, max_tokens=5,\n'),
    ('\r\n\tmodel="claude-x",\r\n', '\r\n\tmodel="claude-x",\r\n\tmax_tokens=5,\r\n'),
    ('\n    model="claude-x")\n# (', '\n    model="claude-x",\n    max_tokens=5)\n# ('),
    ('**{"model": "claude-x"}', '**{"model": "claude-x", "max_tokens": 5}'),
    ("**{'model': 'claude-x'}", "**{'model': 'claude-x', 'max_tokens': 5}"),
    ("**{\n    'model': 'claude-x',\n}", "**{\n    'model': 'claude-x',\n    'max_tokens': 5,\n}"),
    ('model="claude-x", **options', None),
    ('**{"model": "claude-x", **options}', None),
]


@pytest.mark.parametrize(("before", "expected"), ADDED)
def test_a_property_is_added_behind_the_last_one_in_the_style_of_the_call(before: str, expected: str | None) -> None:
    head = "import anthropic\nanthropic.Anthropic().messages.create("
    found = after("a.py", f"{head}{before})\n", add(("max_tokens",), 5))
    assert found == (None if expected is None else f"{head}{expected})\n")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("{ model: 'claude-x' }", "{ model: 'claude-x', max_tokens: 5 }"),
        ("{model: 'claude-x',}", "{model: 'claude-x', max_tokens: 5,}"),
        ("{\n  model: 'claude-x',\n}", "{\n  model: 'claude-x',\n  max_tokens: 5,\n}"),
        ("{\n  model: 'claude-x', // a\n}", "{\n  model: 'claude-x', // a\n  max_tokens: 5,\n}"),
        ("{ 'model': 'claude-x' }", "{ 'model': 'claude-x', 'max_tokens': 5 }"),
        ("{ model: 'claude-x', ...rest }", None),
        ("{ model: 'claude-x' /* a */ }", None),
    ],
)
def test_a_property_of_typescript_is_added_behind_the_last_one(before: str, expected: str | None) -> None:
    found = after("a.ts", in_typescript(before), add(("max_tokens",), 5))
    assert found == (None if expected is None else in_typescript(expected))


def test_an_item_is_added_before_another_or_behind_the_last() -> None:
    source = in_python(f'model="claude-x", {MESSAGES}, stop_sequences=["a", "b"]')
    first, last = add(("stop_sequences", 0), "c"), add(("stop_sequences", 2), "c")
    assert after("a.py", source, first) == source.replace('["a", ', '["c", "a", ')
    assert after("a.py", source, last) == source.replace('"b"]', '"b", "c"]')


@pytest.mark.parametrize(
    ("name", "head", "argument"),
    [
        ("a.py", 'SYSTEM = "usr"\n', "SYSTEM"),
        ("a.ts", "const SYSTEM = 'usr';\n", "SYSTEM"),
        ("a.py", 'SYSTEM = [{"type": "text", "text": "usr"}]\n', "SYSTEM"),
    ],
)
def test_a_value_that_is_written_outside_of_the_call_is_left_alone(name: str, head: str, argument: str) -> None:
    body = (
        in_python(f'system={argument}, model="claude-x"')
        if name == "a.py"
        else in_typescript(f"{{ system: {argument} }}")
    )
    (document,) = calls(name, (head + body).encode())
    assert document.value["system"]
    place = ("system",) if isinstance(document.value["system"], str) else ("system", 0, "text")
    assert after(name, head + body, replace(place, "user")) is None


def test_what_an_operation_moves_has_to_be_spelled_out() -> None:
    moved = (remove(("system",)), add(("messages", 0), {"role": "system", "content": "s"}))
    spelled = in_python('model="claude-x", system="s", messages=[{"role": "user", "content": "Hi"}]')
    assert after("a.py", spelled, *moved) == in_python(
        'model="claude-x", messages=[{"role": "system", "content": "s"}, {"role": "user", "content": "Hi"}]'
    )
    assert after("a.py", spelled.replace('"s"', "text()"), *moved) is None


CURL = 'curl https://api.anthropic.com/v1/messages -H "anthropic-version: 2023-06-01" '
QUOTED = [
    '-d \'{"model": "claude-x", "max_token": 5, "messages": []}\'',
    '-d "{\\"model\\": \\"claude-x\\", \\"max_token\\": 5, \\"messages\\": []}"',
    '-d @- <<\'EOF\'\n{\n  "model": "claude-x",\n  "max_token": 5,\n  "messages": []\n}\nEOF',
    '-d @- <<EOF\n{\n  "model": "claude-x",\n  "max_token": 5,\n  "messages": []\n}\nEOF',
]


@pytest.mark.parametrize("body", QUOTED)
def test_the_body_of_a_curl_command_is_edited_where_no_escape_is_needed(body: str) -> None:
    source = f"{CURL}{body}\n"
    assert after("a.sh", source, rename(("max_token",), "max_tokens")) == source.replace("max_token", "max_tokens")
    assert after("a.sh", source, replace(("model",), "claude-x.y")) == source.replace("claude-x", "claude-x.y")
    assert after("a.sh", source, replace(("max_token",), 6)) == source.replace("5", "6")
    for text in ("it's", "$(rm)", "`a`", 'a"b', "a\\b", "a\nb", "é"):
        assert after("a.sh", source, replace(("model",), text)) is None


def test_a_property_of_a_curl_command_is_removed_or_added_where_its_quotes_are_plain() -> None:
    source = f"{CURL}{QUOTED[0]}\n"
    assert after("a.sh", source, remove(("max_token",))) == source.replace('"max_token": 5, ', "")
    assert after("a.sh", source, add(("n",), value=True)) == source.replace("[]}", '[], "n": true}')
    escaped = f"{CURL}{QUOTED[1]}\n"
    assert after("a.sh", escaped, remove(("max_token",))) is None


@pytest.mark.parametrize("quote", ["'", "'''"])
def test_json_in_a_text_of_python_is_edited_where_no_escape_is_needed(quote: str) -> None:
    body = f"{quote}{QUOTED[0][4:-1]}{quote}"
    source = f"import requests\nrequests.post('https://api.anthropic.com/v1/messages', data={body})\n"
    assert after("a.py", source, rename(("max_token",), "max_tokens")) == source.replace("max_token", "max_tokens")
    assert after("a.py", source, replace(("model",), "it's")) is None
    assert after("a.py", source, replace(("max_token",), value=True)) == source.replace("5", "true")


def test_every_call_of_a_file_is_fixed_and_the_rest_stays() -> None:
    call = f'client.messages.create(model="{HAIKU}", max_token=5, {MESSAGES})'
    head = "import anthropic\nclient = anthropic.Anthropic()\n\n"
    source = f"{head}{call}\n# max_token\n{call}\n\npair = ({call}, {call})\n"
    assert fixed("a.py", source.encode()).decode() == source.replace("max_token=", "max_tokens=")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indentation", ["    ", "\t"])
def test_marks_line_ends_and_tabs_stay(mark: bytes, newline: str, indentation: str) -> None:
    source = in_python(f'\n    model="{HAIKU}",\n    max_token=5,\n    messages=[{{"role": "usr", "content": "é"}}],\n')
    source = source.replace("    ", indentation).replace("\n", newline)
    wanted = source.replace("max_token", "max_tokens").replace("usr", "user")
    assert fixed("a.py", mark + source.encode()) == mark + wanted.encode()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_text_in_another_encoding_is_reported_without_a_fix(encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    data = mark + in_python(f'model="{HAIKU}", max_token=5, {MESSAGES}').encode(encoding)
    found = check("a.py", data)
    assert "schema/unknown-property" in [each.rule for each in found.violations]
    assert [each for each in found.violations if each.fix is not None] == []
    assert fixed("a.py", data) == data


def test_a_fix_is_shown_only_where_it_can_be_made() -> None:
    here = in_python(f'model="{HAIKU}", max_tokens=5, metadata={{"user": "x"}}, {MESSAGES}')
    there = 'META = {"user": "x"}\n' + in_python(f'model="{HAIKU}", max_tokens=5, metadata=META, {MESSAGES}')
    assert [each.fix is None for each in check("a.py", here.encode()).violations] == [False]
    assert [each.fix is None for each in check("a.py", there.encode()).violations] == [True]
    assert fixed("a.py", there.encode()) == there.encode()


def test_the_command_fixes_code_and_shows_the_difference(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    source = in_python(f'\n    model="{HAIKU}",\n    max_token=5,\n    {MESSAGES},\n')
    file.write_text(source, "utf-8")
    assert b"+    max_tokens=5," in run("check", str(file), "--fix", "--diff").stdout
    assert file.read_text("utf-8") == source
    run("check", str(file), "--fix")
    assert file.read_text("utf-8") == source.replace("max_token", "max_tokens")


def notebook(*lines: str, indent: int | None = 1) -> str:
    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cell["source"] = list(lines)
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


CELL = (
    "import anthropic\n",
    "client = anthropic.Anthropic()\n",
    "client.messages.create(\n",
    '    model="claude-x", max_token=5, n=1,\n',
    "    system='usr',\n",
    '    messages=[{"role": "user", "content": "Hi"}],\n',
    ")",
)


@pytest.mark.parametrize("indent", [None, 1])
def test_plain_fixes_are_made_inside_the_texts_of_a_notebook(indent: int | None) -> None:
    source = notebook(*CELL, indent=indent)
    assert after("a.ipynb", source, rename(("max_token",), "max_tokens")) == source.replace("max_token", "max_tokens")
    assert after("a.ipynb", source, replace(("model",), "y-1")) == source.replace("claude-x", "y-1")
    assert after("a.ipynb", source, replace(("system",), "user")) == source.replace("usr", "user")
    assert after("a.ipynb", source, remove(("max_token",))) == source.replace("max_token=5, ", "")
    sequences = source.replace("n=1", 'n=[\\"a\\", \\"b\\"]')
    assert after("a.ipynb", sequences, add(("n", 0), "c")) == sequences.replace('[\\"a', '[\\"c\\", \\"a')
    assert after("a.ipynb", sequences, remove(("n", 0))) == sequences.replace('\\"a\\", ', "")
    assert after("a.ipynb", sequences, remove(("n", 1))) == sequences.replace(', \\"b\\"', "")
    role = rename(("messages", 0, "role"), "rule")
    assert after("a.ipynb", source, role) == source.replace('\\"role\\"', '\\"rule\\"')


@pytest.mark.parametrize(
    "operation",
    [replace(("model",), 'a"b'), replace(("model",), "é"), remove(("system",)), add(("top_k",), 5)],
    ids=["quote", "character", "line", "new line"],
)
def test_other_fixes_are_not_made_in_a_notebook(operation: Operation) -> None:
    assert after("a.ipynb", notebook(*CELL), operation) is None


@pytest.mark.parametrize("indent", [None, 1])
def test_a_notebook_is_fixed_and_all_else_in_it_stays(indent: int | None) -> None:
    source = notebook(*CELL, indent=indent).replace("claude-x", HAIKU).replace(", n=1", "").replace("user", "usr")
    wanted = source.replace("max_token", "max_tokens").replace('\\"usr', '\\"user')
    assert fixed("a.ipynb", source.encode()).decode() == wanted
    assert fixed("a.ipynb", wanted.encode()).decode() == wanted


LANGUAGES_OF_BLOCKS = {
    "python": in_python(f'model="{HAIKU}", max_token=5, {MESSAGES}'),
    "js": in_typescript(f"{{ model: '{HAIKU}', max_token: 5, {TS_MESSAGES} }}"),
    "sh": f"{CURL}{QUOTED[0]}\n".replace("[]", '[{"role": "user", "content": "Hi"}]').replace("claude-x", HAIKU),
}


@pytest.mark.parametrize("language", LANGUAGES_OF_BLOCKS)
@pytest.mark.parametrize("mark", ["", "> ", "   "])
def test_a_block_of_markdown_is_fixed_and_all_else_on_the_page_stays(language: str, mark: str) -> None:
    block = f"```{language}\n{LANGUAGES_OF_BLOCKS[language]}```\n"
    page = "Not max_token.\n\n" + "".join(f"{mark}{line}" for line in block.splitlines(keepends=True)) + "\nmax_token\n"
    wanted = page.replace("max_token=", "max_tokens=").replace("max_token:", "max_tokens:")
    wanted = wanted.replace('"max_token"', '"max_tokens"')
    assert wanted != page
    assert fixed("a.md", page.encode()).decode() == wanted


@pytest.mark.parametrize("operation", [remove(("n",)), add(("max_tokens",), 5)], ids=["remove", "add"])
@pytest.mark.parametrize(("mark", "following"), [("> ", "> "), (">>> ", "... ")])
def test_lines_behind_signs_of_a_quotation_are_not_removed_or_added(
    operation: Operation, mark: str, following: str
) -> None:
    call = in_python('\n    model="claude-x",\n    n=5,\n    top_k=5,\n').splitlines()
    marked = [f"{following if line.startswith((' ', ')')) else mark}{line}" for line in call]
    page = "\n".join([f"{mark}```python", *marked, f"{mark}```", ""])
    page = page if mark == "> " else "\n".join(["```python", *marked, "```", ""])
    assert len(calls("a.md", page.encode())) == 1
    assert after("a.md", page, operation) is None


LANGUAGES: list[Language] = ["python", "javascript", "json", "shell"]


@given(st.binary(max_size=60), st.sampled_from(LANGUAGES))
@settings(max_examples=300)
def test_tokens_of_any_bytes_are_in_order_and_inside(data: bytes, language: Language) -> None:
    position = 0
    for token in tokens(data, language):
        assert position <= token.start < token.end <= len(data) or token.kind == "text"
        assert token.start >= position
        position = token.end


@given(st.lists(st.text(max_size=8), max_size=4), st.sampled_from([None, 1]))
def test_the_texts_of_a_notebook_keep_their_offsets(lines: list[str], indent: int | None) -> None:
    data = notebook(*lines, "marker", indent=indent).encode()
    flat = flattened(data)
    assert len(flat) == len(data)
    assert flat.index(b"marker") == data.index(b"marker")


NAMES = ["max_token", "maxTokens", "temprature", "sytem", "n", "top_k", "stop", "user", "metadata"]
TEXTS = st.text(st.sampled_from("ab '\"\\\n\t{}$`é😀#/,)"), max_size=6)
SCALARS = st.one_of(st.integers(-5, 5), st.booleans(), TEXTS, st.sampled_from(["usr", "txt", "auto"]))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=2)
)
COMMENTS = st.sampled_from(["", "  # note, one", "  # note (two"])


@st.composite
def broken_calls(draw: st.DrawFn) -> str:
    """Write a call of Python with some properties that are wrong, on one line or one a line."""
    extra = draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
    role = draw(st.sampled_from(["user", "usr", "assistent", "User"]))
    parts = [f"{name}={value!r}" for name, value in extra.items()]
    parts += [f"model={HAIKU!r}", f"messages=[{{'role': {role!r}, 'content': {draw(TEXTS)!r}}}]"]
    parts += [f"max_tokens={draw(st.sampled_from([5, 0, 'LIMIT', repr('5')]))}"] if draw(st.booleans()) else []
    parts = draw(st.permutations(parts))
    trailing = draw(st.sampled_from(["", ","]))
    if draw(st.booleans()):
        return f"{', '.join(parts)}{trailing}"
    lines = [f"    {part}," for part in parts]
    lines[-1] = lines[-1][:-1] + trailing
    return "\n" + "".join(f"{line}{draw(COMMENTS)}\n" for line in lines)


@given(call=broken_calls(), newline=st.sampled_from(["\n", "\r\n"]), unsafe=st.booleans())
@settings(max_examples=150, deadline=None)
def test_fixing_a_call_leaves_the_rest_parses_and_is_done_once(*, call: str, newline: str, unsafe: bool) -> None:
    head = "import anthropic\n# usr max_token\nLIMIT = 5\nclient = anthropic.Anthropic()\nx = f(client.messages.create("
    tail = "))  # usr\nmax_token = 'usr'\n"
    data = f"{head}{call}{tail}".replace("\n", newline).encode()
    before = check("a.py", data)
    after_fixing = fixed("a.py", data, unsafe=unsafe)
    assert after_fixing.startswith(head.replace("\n", newline).encode())
    assert after_fixing.endswith(tail.replace("\n", newline).encode())
    assert after_fixing.count(b"# note") == data.count(b"# note")
    ast.parse(after_fixing)
    assert len(check("a.py", after_fixing).violations) <= len(before.violations)
    assert fixed("a.py", after_fixing, unsafe=unsafe) == after_fixing


@st.composite
def broken_objects(draw: st.DrawFn) -> str:
    """Write an object of TypeScript with some properties that are wrong."""
    extra = draw(st.dictionaries(st.sampled_from(NAMES), SCALARS, max_size=4))
    role = draw(st.sampled_from(["user", "usr", "assistent"]))
    parts = [draw(st.sampled_from([name, f"'{name}'"])) + f": {json.dumps(value)}" for name, value in extra.items()]
    parts += [f"model: '{HAIKU}'", f"messages: [{{ role: `{role}`, content: {json.dumps(draw(TEXTS))} }}]"]
    parts += ["max_tokens: 5"] if draw(st.booleans()) else ["LIMIT"] if draw(st.booleans()) else []
    parts = draw(st.permutations(parts))
    if draw(st.booleans()):
        return f"{{ {', '.join(parts)} }}"
    comments = st.sampled_from(["", " // note, one", " /* note } */"])
    return "{\n" + "".join(f"  {part},{draw(comments)}\n" for part in parts) + "}"


@given(body=broken_objects(), unsafe=st.booleans())
@settings(max_examples=150, deadline=None)
def test_fixing_an_object_of_typescript_leaves_the_rest_and_is_done_once(*, body: str, unsafe: bool) -> None:
    head, tail = in_typescript("BODY").split("BODY")
    head = f"const LIMIT = 5; // usr maxTokens\n{head}"
    data = f"{head}{body}{tail}// usr\n".encode()
    after_fixing = fixed("a.ts", data, unsafe=unsafe)
    assert after_fixing.startswith(head.encode())
    assert after_fixing.endswith(f"{tail}// usr\n".encode())
    assert after_fixing.count(b"note") == data.count(b"note")
    assert len(calls("a.ts", after_fixing)) == len(calls("a.ts", data)) == 1
    assert fixed("a.ts", after_fixing, unsafe=unsafe) == after_fixing
