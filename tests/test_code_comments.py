"""Comments for msglint in source code: what they cover, and those that `--add-ignores` writes."""

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
from validator.code.call import Call, Source
from validator.code.comments import comments_of
from validator.code.readers import read_code
from validator.documents import format_of
from validator.documents.comments import is_ours, words_of
from validator.documents.written import Written
from validator.files import FileResult, check_text
from validator.suppressions.writing import with_ignores

LINTER = Linter(endpoint="auto", today=TODAY)
SAID = "msglint: ignore[schema/enum] because"
ROLE, UNUSED = "schema/enum", "suppressions/unused"


def check(name: str, source: str | bytes) -> FileResult:
    return check_text(name, source.encode() if isinstance(source, str) else source, LINTER)


def left(name: str, source: str | bytes) -> list[str]:
    """Return the rules that report something in a source text in spite of its comments."""
    return [violation.rule for violation in check(name, source).violations]


def python(call: str, head: str = "") -> str:
    return f"import anthropic\n\nclient = anthropic.Anthropic()\n{head}{call}"


CALL = 'client.messages.create(model="claude-haiku-4-5", max_tokens=5, messages=[{"role": "usr", "content": "Hi"}])\n'
LONG = """client.messages.create(
    model="claude-haiku-4-5",
    max_tokens=5,
    messages=[
        {
            "role": "usr",
            "content": "Hi",
        },
    ],
)
"""


@pytest.mark.parametrize("call", [CALL, LONG])
def test_without_a_comment_the_call_of_these_tests_is_reported(call: str) -> None:
    assert left("a.py", python(call)) == [ROLE]


@pytest.mark.parametrize(
    "source",
    [
        f"{CALL.strip()}  # {SAID}\n",
        f"# {SAID}\n{CALL}",
        f"# {SAID}\nreply = {CALL}",
        f"# {SAID}\n\n# Another one.\n\nreply = {CALL}",
        f"# {SAID}\n{LONG}",
        f"# {SAID}\nx = 1; {CALL}",
        f"# {SAID}\nreply = f(\n    x, {CALL.strip()}\n)\n",
        f"# {SAID}\nreply = (\n    {CALL.strip()}\n    .content\n)\n",
        f"# {SAID}\nreply = 1 + \\\n    {CALL}",
        f"if x:\n    # {SAID}\n    reply = {CALL}",
        f"if x:\n# {SAID}\n    reply = {CALL}",
        f"# {SAID}\nx, y = f('#', {CALL.strip()}), 5\n",
        LONG.replace('            "role": "usr",', f'            # {SAID}\n            "role": "usr",'),
        LONG.replace('            "role": "usr",', f'            "role": "usr",  # {SAID}'),
        LONG.replace('        {\n            "role"', f'        # {SAID}\n        {{\n            "role"'),
        LONG.replace("    messages=", f"    # {SAID}\n    messages="),
        LONG.replace("    messages=", f"    # {SAID}\n\n    # Another one.\n    messages="),
        LONG.replace("    model=", "    # msglint: ignore-file[schema/enum] because\n    model="),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_comment_in_python_covers_its_line_or_what_follows(source: str, newline: str) -> None:
    found = check("a.py", python(source).replace("\n", newline))
    assert [each.rule for each in found.violations] == []
    assert [(each.violation.rule, each.reason) for each in found.suppressed] == [(ROLE, "because")]


@pytest.mark.parametrize(
    "source",
    [
        f"# {SAID}\nx = 1\n{CALL}",
        f"# {SAID}\ndef f():\n    {CALL}",
        f"{CALL}# {SAID}\n",
        f"x = 1  # {SAID}\n{CALL}",
        LONG.replace("    model=", f"    # {SAID}\n    model="),
        LONG.replace("    ],", f"    ],\n    # {SAID}"),
        LONG.replace('            "content"', f'            # {SAID}\n            "content"'),
        LONG.replace("        },\n", f"        }},\n        # {SAID}\n"),
    ],
)
def test_a_comment_elsewhere_is_unused(source: str) -> None:
    assert sorted(left("a.py", python(source))) == [ROLE, UNUSED]


def test_a_comment_above_a_constant_covers_what_is_written_there() -> None:
    call = 'client.messages.create(model="claude-haiku-4-5", max_tokens=5, messages=MESSAGES)\n'
    constant = 'MESSAGES = [\n    {"role": "usr", "content": "Hi"},\n]\n'
    assert left("a.py", python(call, constant)) == [ROLE]
    assert left("a.py", python(call, f"# {SAID}\n{constant}")) == []
    assert left("a.py", python(call, constant.replace("\n    {", f"\n    # {SAID}\n    {{"))) == []
    assert left("a.py", python(call, constant.replace("},", f"}},  # {SAID}"))) == []
    assert sorted(left("a.py", python(f"# {SAID}\n{call}", constant))) == [ROLE, UNUSED]


def test_of_two_calls_of_a_statement_both_are_covered() -> None:
    pair = f"# {SAID}\npair = f([\n    {CALL.strip()},\n    {CALL.strip()},\n])\n"
    assert left("a.py", python(pair)) == []
    assert left("a.py", python(f"{pair}{CALL}")) == [ROLE]


def test_a_property_that_is_missing_is_covered_by_a_comment_above_the_call() -> None:
    call = LONG.replace("    max_tokens=5,\n", "").replace("usr", "user")
    assert left("a.py", python(f"reply = {call}")) == ["schema/required"]
    said = SAID.replace("enum", "required")
    assert left("a.py", python(f"# {said}\nreply = {call}")) == []
    assert left("a.py", python(f"reply = {call.replace('(', f'(  # {said}', 1)}")) == []


@pytest.mark.parametrize("name", ["a.py", "a.ts"])
def test_a_comment_in_a_file_without_a_request_is_unused(name: str) -> None:
    other = 'client.messages.create(from_="+49", to="+50", body="Hi")\n'
    other = (
        f"# {SAID}\n{other}" if name == "a.py" else f"// {SAID}\nclient.messages.create({{ from: '+49', to: '+50' }})\n"
    )
    result = check(name, other)
    assert [each.rule for each in result.violations] == [UNUSED]
    assert result.requests == 0


def test_a_text_that_looks_like_a_comment_is_none() -> None:
    call = CALL.replace('"Hi"', f'"""\n# {SAID}\n"""')
    assert left("a.py", python(call)) == [ROLE]


def typescript(call: str) -> str:
    return f"import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\n{call}"


TS_CALL = (
    "client.messages.create({ model: 'claude-haiku-4-5', max_tokens: 5, "
    "messages: [{ role: 'usr' as any, content: 'Hi' }] });\n"
).replace(" as any", "")
TS_LONG = """client.messages.create({
  model: 'claude-haiku-4-5',
  max_tokens: 5,
  messages: [
    {
      role: 'usr',
      content: 'Hi',
    },
  ],
});
"""


@pytest.mark.parametrize(
    "source",
    [
        f"{TS_CALL.strip()} // {SAID}\n",
        f"{TS_CALL.strip()} /* {SAID} */\n",
        f"// {SAID}\n{TS_CALL}",
        f"/* {SAID} */\n{TS_CALL}",
        f"/*\n * {SAID}\n */\n{TS_CALL}",
        f"// {SAID}\nconst r = await {TS_CALL}",
        f"// {SAID}\n\n// Another one.\nconst r = await {TS_LONG}",
        f"// {SAID}\nconst r =\n  await {TS_LONG}",
        f"// {SAID}\nconst r = await f(\n  x,\n  {TS_CALL.strip()[:-1]},\n)\n",
        f"// {SAID}\nconst r = await client\n  .messages\n  .create({TS_CALL.partition('(')[2]}",
        f"// {SAID}\nconst r = `;\n${{1}}` + await {TS_CALL}",
        TS_LONG.replace("      role: 'usr',", f"      // {SAID}\n      role: 'usr',"),
        TS_LONG.replace("      role: 'usr',", f"      role: 'usr', // {SAID}"),
        TS_LONG.replace("      role: 'usr',", f"      /* {SAID} */ role: 'usr',"),
        TS_LONG.replace("    {\n", f"    // {SAID}\n    {{\n", 1),
        TS_LONG.replace("  messages: [", f"  // {SAID}\n  messages: ["),
    ],
)
def test_a_comment_in_typescript_covers_its_line_or_what_follows(source: str) -> None:
    assert left("a.ts", typescript(TS_CALL)) == [ROLE]
    found = check("a.ts", typescript(source))
    assert [each.rule for each in found.violations] == []
    assert [(each.violation.rule, each.reason) for each in found.suppressed] == [(ROLE, "because")]


@pytest.mark.parametrize(
    "source",
    [
        f"// {SAID}\nconst x = 1;\n{TS_CALL}",
        f"// {SAID}\nconst x = 1\n{TS_CALL}",
        f"// {SAID}\nx()\nawait {TS_CALL}",
        f"// {SAID}\nasync function f() {{\n  await {TS_CALL}}}\n",
        f"// {SAID}\nconst f = async () => {{\n  await {TS_CALL}}};\n",
        f"// {SAID}\nif (x) {{\n  await {TS_CALL}}}\n",
        f"if (x) {{\n  // {SAID}\n}}\n{TS_CALL}",
        f"{TS_CALL}// {SAID}\n",
        TS_LONG.replace("  model:", f"  // {SAID}\n  model:"),
        TS_LONG.replace("  ],", f"  ],\n  // {SAID}"),
    ],
)
def test_a_comment_elsewhere_in_typescript_is_unused(source: str) -> None:
    assert sorted(left("a.ts", typescript(source))) == [ROLE, UNUSED]


CURL = """curl https://api.anthropic.com/v1/messages \\
  -H "anthropic-version: 2023-06-01" \\
  -d '{
    "model": "claude-haiku-4-5",
    "max_tokens": 5,
    "messages": [{"role": "usr", "content": "Hi"}]
  }'
"""
HERE = """curl https://api.anthropic.com/v1/messages -H "anthropic-version: 2023-06-01" -d @- <<'EOF'
{
  "model": "claude-haiku-4-5",
  "max_tokens": 5,
  "messages": [{"role": "usr", "content": "Hi"}]
}
EOF
"""


@pytest.mark.parametrize("command", [CURL, HERE])
def test_a_comment_above_a_command_covers_all_of_it(command: str) -> None:
    assert left("a.sh", command) == [ROLE]
    for source in (
        f"# {SAID}\n{command}",
        f"set -e\n# {SAID}\n\n# Another one.\n{command}",
        f"if true; then\n  # {SAID}\n  {command}fi\n",
        f"# {SAID}\nreply=$(\n{command})\n",
    ):
        assert left("a.sh", source) == []
    for source in (f"# {SAID}\necho '\n'\n{command}", f"{command}# {SAID}\n"):
        assert sorted(left("a.sh", source)) == [ROLE, UNUSED]


def fenced(language: str, text: str, before: str = "", fence: str = "```") -> str:
    return f"# Title\n\nSome words.\n\n{before}{fence}{language}\n{text}{fence}\n\nMore words.\n"


JSON_BODY = (
    '{\n  "model": "claude-haiku-4-5",\n  "max_tokens": "5",\n  "messages": [{"role": "user", "content": "Hi"}]\n}\n'
)
FENCES = [("python", python(CALL)), ("ts", typescript(TS_CALL)), ("bash", CURL)]


@pytest.mark.parametrize(("language", "text"), FENCES, ids=[language for language, _ in FENCES])
def test_a_comment_in_or_above_a_block_of_markdown_covers_it(language: str, text: str) -> None:
    sign = "//" if language == "ts" else "#"
    inside = text.replace("client.messages", f"{sign} {SAID}\nclient.messages")
    inside = f"# {SAID}\n{text}" if language == "bash" else inside
    assert left("a.md", fenced(language, text)) == [ROLE]
    assert left("a.md", fenced(language, inside)) == []
    for before in (
        f"<!-- {SAID} -->\n",
        f"<!-- {SAID} -->\n\n",
        f"<!--\n{SAID}\n-->\n",
        f"<!-- {SAID} -->\n<!-- x -->\n",
    ):
        assert left("a.md", fenced(language, text, before)) == []
        assert left("a.md", fenced(language, text, before, "~~~~")) == []
    assert left("a.mdx", fenced(language, text, f"{{/* {SAID} */}}\n")) == []
    for before in (f"<!-- {SAID} -->\n\nWords.\n\n", f"<!-- {SAID} -->\n```text\nx\n```\n"):
        assert sorted(left("a.md", fenced(language, text, before))) == [ROLE, UNUSED]


def notebook(*lines: str, indent: int | None = 1) -> str:
    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [cell | {"source": list(lines)}, cell | {"source": ["x = 1"]}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


HEAD = ("import anthropic\n", "client = anthropic.Anthropic()\n")


@pytest.mark.parametrize("indent", [None, 1])
def test_a_comment_in_a_notebook_covers_its_line_or_what_follows(indent: int | None) -> None:
    lines = LONG.splitlines(keepends=True)
    assert left("a.ipynb", notebook(*HEAD, *lines, indent=indent)) == [ROLE]
    above = notebook(*HEAD, f"# {SAID}\n", *lines, indent=indent)
    first = notebook(f"# {SAID}\n", *lines, indent=indent).replace("client.", "anthropic.Anthropic().")
    behind = [line.replace('"usr",', f'"usr",  # {SAID}') for line in lines]
    inside = [f"            # {SAID}\n{line}" if "usr" in line else line for line in lines]
    elsewhere = [line.replace("5,", f"5,  # {SAID}") for line in lines]
    assert left("a.ipynb", above) == []
    assert left("a.ipynb", first) == []
    assert left("a.ipynb", notebook(*HEAD, *behind, indent=indent)) == []
    assert left("a.ipynb", notebook(*HEAD, *inside, indent=indent)) == []
    assert left("a.ipynb", notebook(*HEAD, "".join(inside), indent=indent)) == []
    assert sorted(left("a.ipynb", notebook(*HEAD, *elsewhere, indent=indent))) == [ROLE, UNUSED]
    assert sorted(left("a.ipynb", notebook(*HEAD, f"# {SAID}\n", "x = 1\n", *lines, indent=indent))) == [ROLE, UNUSED]


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        (b"<!-- msglint: ignore[a/b] why -->", "msglint: ignore[a/b] why"),
        (b"<!--msglint: ignore[a/b]-->", "msglint: ignore[a/b]"),
        (b"# msglint: ignore[a/b]", "msglint: ignore[a/b]"),
        (b"/* msglint: ignore[a/b] */", "msglint: ignore[a/b]"),
    ],
)
def test_the_words_of_a_comment_are_those_between_its_signs(comment: bytes, words: str) -> None:
    assert is_ours(comment)
    assert words_of(comment) == words


@given(
    st.lists(st.sampled_from([b"# msglint: ignore[a/b]\n", b"(", b")", b"'", b"x", b"\n", b"{", b" => ", b"//", b"`"])),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6),
)
@settings(max_examples=200)
def test_whatever_readers_say_a_comment_covers_a_range_of_the_text_or_nothing(
    parts: list[bytes], places: list[tuple[int, int]]
) -> None:
    data = b"".join(parts)
    ranges = sorted((min(place) % (len(data) + 1), max(place) % (len(data) + 1)) for place in places)
    ranges = [place for place in ranges if place[0] < place[1]]
    starts = [index for index in range(len(data)) if data.startswith(b"# msg", index)]
    source = Source(
        [Call(start, end, Written(start, end, properties={})) for start, end in ranges],
        [(start, data.index(b"\n", start)) for start in starts],
    )
    found = comments_of(source, data)
    assert [comment.start for comment in found] == starts
    assert all(0 <= each.following[0] <= each.following[1] <= len(data) for each in found if each.following)


def commented(name: str, source: str | bytes, reason: str | None = "as it was") -> str:
    """Return a source text with the comments that `--add-ignores` adds, which have to work."""
    data = source.encode() if isinstance(source, str) else source
    before = check(name, data)
    assert before.violations
    added = with_ignores(name, data, before, lambda text: check(name, text), reason)
    assert added.number == len(before.violations) - len(added.result.violations)
    assert [each.rule for each in added.result.violations] == []
    text_format = format_of(name)
    assert text_format is not None
    assert [each.value for each in read_code(added.data, text_format)] == [
        each.value for each in read_code(data, text_format)
    ]
    return added.data.decode()


WRITTEN = "msglint: ignore[schema/enum] as it was"


def test_a_comment_is_added_behind_the_line_in_python() -> None:
    assert commented("a.py", python(CALL)) == python(f"{CALL.strip()}  # {WRITTEN}\n")
    assert commented("a.py", python(LONG)) == python(LONG.replace('"usr",', f'"usr",  # {WRITTEN}'))
    crlf = python(LONG).replace("\n", "\r\n")
    assert commented("a.py", crlf) == crlf.replace('"usr",', f'"usr",  # {WRITTEN}')


def test_a_comment_is_added_above_the_line_where_it_has_one() -> None:
    source = python(LONG.replace('"usr",', '"usr",  # noqa'))
    line = '            "role": "usr",  # noqa\n'
    assert commented("a.py", source) == source.replace(line, f"            # {WRITTEN}\n{line}")


def test_a_text_that_is_not_spelled_out_is_not_changed_by_a_comment() -> None:
    source = python(CALL.replace('"Hi"}', 'f"""Hi\n{name}"""}'))
    changed = commented("a.py", source)
    assert changed == python(f"# {WRITTEN}\n" + CALL.replace('"Hi"}', 'f"""Hi\n{name}"""}'))
    source = typescript(TS_CALL.replace("'Hi'", "`Hi\n${name}`"))
    assert commented("a.ts", source) == source.replace("client.m", f"// {WRITTEN}\nclient.m")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_mark_stays_first(mark: bytes) -> None:
    source = 'import anthropic; anthropic.Anthropic().messages.create(model="claude-haiku-4-5", max_tokens=5, '
    source += 'messages=[{"role": "usr", "content": f"""\n{x}"""}])\n'
    assert commented("a.py", mark + source.encode()).encode() == mark + f"# {WRITTEN}\n{source}".encode()


def test_a_comment_is_added_behind_the_line_in_typescript() -> None:
    assert commented("a.ts", typescript(TS_LONG)) == typescript(TS_LONG.replace("'usr',", f"'usr',  // {WRITTEN}"))


@pytest.mark.parametrize("command", [CURL, HERE])
def test_a_comment_is_added_above_a_command(command: str) -> None:
    assert commented("a.sh", f"set -e\n{command}") == f"set -e\n# {WRITTEN}\n{command}"
    indented = f"if x; then\n  {command}fi\n"
    assert commented("a.sh", indented) == f"if x; then\n  # {WRITTEN}\n  {command}fi\n"


def test_a_comment_is_added_above_all_lines_that_a_backslash_joins() -> None:
    assert commented("a.sh", f"time \\\n  {CURL}") == f"# {WRITTEN}\ntime \\\n  {CURL}"


def test_several_violations_of_a_command_have_one_comment() -> None:
    source = CURL.replace('"max_tokens": 5', '"max_tokens": 5,\n    "max_token": 5')
    assert commented("a.sh", source) == f"# msglint: ignore[schema/unknown-property, schema/enum] as it was\n{source}"


def test_a_comment_is_added_in_the_language_of_a_block_of_markdown() -> None:
    assert commented("a.md", fenced("python", python(LONG))) == fenced(
        "python", python(LONG.replace('"usr",', f'"usr",  # {WRITTEN}'))
    )
    assert commented("a.md", fenced("js", typescript(TS_LONG))) == fenced(
        "js", typescript(TS_LONG.replace("'usr',", f"'usr',  // {WRITTEN}"))
    )
    assert commented("a.md", fenced("sh", CURL)) == fenced("sh", f"# {WRITTEN}\n{CURL}")
    assert commented("a.md", fenced("json", JSON_BODY)) == fenced(
        "json", JSON_BODY, f"<!-- {WRITTEN.replace('enum', 'type')} -->\n"
    )
    reason = commented("a.md", fenced("json", JSON_BODY), "x --> y")
    assert reason == fenced("json", JSON_BODY, "<!-- msglint: ignore[schema/type] x -> y -->\n")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_text_in_another_encoding_gets_no_comments(encoding: str) -> None:
    data = python(CALL.replace("Hi", "é")).encode(encoding)
    before = check("a.py", data)
    assert before.violations
    assert with_ignores("a.py", data, before, lambda text: check("a.py", text), "é").data == data


def test_the_command_adds_comments_to_code_but_not_to_notebooks(tmp_path: Path) -> None:
    code, cells = tmp_path / "app.py", tmp_path / "app.ipynb"
    code.write_text(python(LONG), "utf-8")
    cells.write_text(notebook(*HEAD, *LONG.splitlines(keepends=True)), "utf-8")
    before = cells.read_bytes()
    done = run("check", str(code), str(cells), "--add-ignores", "--reason", "as it was")
    assert code.read_text("utf-8") == python(LONG.replace('"usr",', f'"usr",  # {WRITTEN}'))
    assert cells.read_bytes() == before
    assert b"comments are not added to notebooks" in done.stderr


NAMES = st.sampled_from(["n", "max_token", "temprature", "top_k"])


@given(
    st.dictionaries(
        NAMES, st.sampled_from(["5", "'x'", '"""\n"""', "f'{x}'", "f'''\n{x}'''", "(\n5\n)", "x"]), max_size=3
    ),
    st.sampled_from([", ", ",\n    ", ",  # note\n    "]),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=80, deadline=None)
def test_added_comments_suppress_and_leave_the_program_as_it_was(
    extra: dict[str, str], separator: str, newline: str
) -> None:
    parts = ['model="claude-haiku-4-5"', "max_tokens=0", 'messages=[{"role": "usr", "content": "Hi"}]']
    arguments = separator.join([*parts, *(f"{name}={value}" for name, value in extra.items())])
    source = python(f"x = 1\nreply = client.messages.create({arguments})\n").replace("\n", newline)
    changed = commented("a.py", source)
    assert ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source))
