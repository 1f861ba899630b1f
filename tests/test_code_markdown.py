"""Requests in the fenced code blocks of Markdown: which fences are read, what they say, and where."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.code import markdown
from validator.code.call import Call, Source
from validator.code.fences import read_page
from validator.common.errors import MissingParserError
from validator.documents.written import Spelled, Written, spelled

URL = "https://api.anthropic.com/v1/messages"
BODY = '{"model": "claude-haiku-4-5", "max_tokens": -1, "messages": []}'
VALUE = {"model": "claude-haiku-4-5", "max_tokens": -1, "messages": []}
CURL = f"""curl {URL} \\
  -d '{{
    "model": "claude-haiku-4-5", "max_tokens": -1,
    "messages": []
  }}'"""
PYTHON = 'client.messages.create(model="claude-haiku-4-5", max_tokens=-1, messages=[])'
TYPESCRIPT = 'await client.messages.create({model: "claude-haiku-4-5", max_tokens: -1, messages: []});'


def read(page: str) -> Source:
    return markdown.read(page.encode())


def call_of(page: str) -> Call:
    calls = read(page).calls
    assert len(calls) == 1, page
    return calls[0]


def body_of(page: str) -> Spelled:
    return spelled(call_of(page).body)


def cut(page: str, path: tuple[str | int, ...]) -> str:
    """Return the text at the place of a value."""
    span = body_of(page).spans[path]
    return page.encode()[span.start : span.end].decode()


def fenced(text: str, info: str = "bash", mark: str = "```") -> str:
    return f"{mark}{info}\n{text}\n{mark}\n"


def indented(text: str, by: str, first: str | None = None) -> str:
    lines = text.splitlines(keepends=True)
    return "".join((first if first is not None and not number else by) + line for number, line in enumerate(lines))


SHELL_FENCES = {
    **{
        info: fenced(CURL, info)
        for info in ("bash", "sh", "shell", "console", "zsh", "curl", "cURL", "Bash", "shell-session")
    },
    "title": fenced(CURL, 'bash title="ask.sh"'),
    "label": fenced(CURL, "bash cURL theme={null}"),
    "lines": fenced(CURL, "bash {1,3-4}"),
    "glued lines": fenced(CURL, "bash{1,3}"),
    "space": fenced(CURL, "  bash"),
    "braces": fenced(CURL, "{bash}"),
    "dotted braces": fenced(CURL, "{.bash .numberLines}"),
    "directive": fenced(CURL, "{code-block} bash"),
    "no language": fenced(CURL, ""),
    "no language, with a prompt": fenced("$ " + CURL, ""),
    "longer": fenced(CURL, "bash", "`````"),
    "tildes": fenced(CURL, "bash", "~~~"),
    "ticks inside of tildes": fenced(f"# ```\n{CURL}", "bash", "~~~"),
    "shorter ticks inside": fenced(f"# x\n```\n{CURL}", "bash", "````"),
    "closed by more": f"```bash\n{CURL}\n`````\n",
    "closed with blanks": f"```bash\n{CURL}\n```   \n",
    "closed at the end of the file": f"```bash\n{CURL}\n```",
    "lines of Windows": fenced(CURL).replace("\n", "\r\n"),
    "indented": indented(fenced(CURL), "   "),
    "indented deeply": indented(fenced(CURL), "        "),
    "indented with tabs": indented(fenced(CURL), "\t"),
    "tab of a documentation": '=== "Shell"\n\n' + indented(fenced(CURL), "    "),
    "component": "<CodeGroup>\n  <Tab title='Shell'>\n" + indented(fenced(CURL), "    ") + "  </Tab>\n</CodeGroup>\n",
    "list": "1. Ask:\n\n" + indented(fenced(CURL), "   "),
    "item": indented(fenced(CURL), "  ", "- "),
    "numbered item": indented(fenced(CURL), "    ", "10) "),
    "quote": indented(fenced(CURL), "> "),
    "quote without blanks": indented(fenced(CURL), ">"),
    "quote in a quote": indented(fenced(CURL), "> > "),
    "list in a quote": "> - x\n>\n" + indented(fenced(CURL), ">   "),
    "quote that ends before its fence": indented(f"```bash\n{CURL}\n", "> ") + "\nMore.\n",
    "closed with less indentation": f"  ```bash\n{indented(CURL, '  ')}\n```\n",
    "after an inline comment": f"Write `<!--` like this.\n\n{fenced(CURL)}",
    "after a comment": f"<!-- a\n```\n-->\n{fenced(CURL)}",
    "after a comment in its line": f"x <!-- a --> y <!-- b -->\n{fenced(CURL)}",
    "after a comment without an end": f"<!-- a\n\n{fenced(CURL)}",
    "after inline code": f"```` `x` ```` and ``` y ```\n\n{fenced(CURL)}",
    "after an unknown language": fenced("x", "ruby") + fenced(CURL),
    "after a pre": f"<pre>\n```bash\n{CURL}\n```\n</pre>\n{fenced(CURL)}",
    "after front matter": f"---\ntitle: x\n---\n{fenced(CURL)}",
    "prompt": fenced("$ " + CURL, "console"),
    "prompt of a Mac": fenced("% " + CURL, "console"),
    "prompt with a host": fenced("me@host:~/x$ " + CURL, "console"),
    "prompt with continuations": fenced("$ " + CURL.replace("\n", "\n> "), "console"),
    "prompt after output": fenced("$ echo it is\nClaude's\n$ " + CURL + "\n{}", "console"),
    "byte order mark": "\ufeff" + fenced(CURL),
    "astral characters": "😀 é\n" + fenced("# 😀\n" + CURL),
    "form feed": "\f\n" + fenced(CURL),
}


@pytest.mark.parametrize("page", SHELL_FENCES.values(), ids=SHELL_FENCES.keys())
def test_a_fence_is_found_wherever_it_stands_and_its_values_keep_their_places(page: str) -> None:
    assert body_of(page).value == VALUE
    assert cut(page, ("max_tokens",)) == "-1"
    assert cut(page, ("messages",)) == "[]"
    call = call_of(page)
    assert page.encode()[call.start : call.end].startswith(b"curl")
    assert page.encode()[call.start : call.end].endswith(b"'")
    assert not call.sent.is_run
    assert not call.is_refused_on_purpose


NO_FENCES = {
    "nothing": "",
    "text": CURL,
    "indented code": indented(CURL, "    "),
    "not closed": f"```bash\n{CURL}\n",
    "closed by fewer": f"````bash\n{CURL}\n```\n",
    "closed by other marks": f"```bash\n{CURL}\n~~~\n",
    "two ticks": f"``bash\n{CURL}\n``\n",
    "ticks in the info": f"```bash `x`\n{CURL}\n",
    "comment": f"<!--\n{fenced(CURL)}-->\n",
    "comment of MDX": f"{{/*\n{fenced(CURL)}*/}}\n",
    "comment of several lines": f"text <!-- x\n\n{fenced(CURL)}\n{fenced(CURL)}\n-->",
    "pre": f"<pre>\n{fenced(CURL)}</pre>\n",
    "fence shown in a fence": fenced(fenced(CURL), "markdown", "````"),
    "other language": fenced(CURL, "ruby"),
    "text fence": fenced(CURL, "text"),
    "PowerShell": fenced(CURL, "powershell"),
    "no language and no curl": fenced(f"POST {URL}\n{BODY}", ""),
    "another host": fenced(CURL.replace("api.anthropic.com", "example.org")),
    "broken Python": fenced(PYTHON + "\n)", "python"),
}


@pytest.mark.parametrize("page", NO_FENCES.values(), ids=NO_FENCES.keys())
def test_other_text_is_left_alone(page: str) -> None:
    if "Python" in page or "client" in page:
        pytest.importorskip("validator.code.python")
    assert read(page).calls == []


def test_a_fence_behind_an_unclosed_one_in_a_quote_is_read() -> None:
    page = indented(f"```bash\n{CURL}\n", "> ") + "\n" + fenced(CURL)
    assert len(read(page).calls) == 2


def test_several_fences_are_read_apart() -> None:
    page = fenced("M=claude-haiku-4-5") + fenced(f"""curl {URL} -d '{{"model": "'"$M"'", "max_tokens": 1}}'""")
    assert body_of(page).unknown.values == {("model",): "text"}


@pytest.mark.parametrize(
    "info", ["python", "py", "Python", "{python}", "python3", 'python title="x.py" {1,3}', "pycon"]
)
def test_python_is_read_by_its_reader(info: str) -> None:
    pytest.importorskip("validator.code.python")
    page = f"# X\n\n{indented(fenced(PYTHON, info), '  ')}"
    assert body_of(page).value == VALUE
    assert cut(page, ("max_tokens",)) == "-1"


def test_a_python_session_is_read_without_its_prompts() -> None:
    pytest.importorskip("validator.code.python")
    session = (
        ">>> import anthropic\n>>> client.messages.create(\n...     model='claude-haiku-4-5',\n"
        "...     max_tokens=-1, messages=[])\nMessage(id='it')"
    )
    page = fenced(session, "python")
    assert body_of(page).value == VALUE
    assert cut(page, ("max_tokens",)) == "-1"


@pytest.mark.parametrize("info", ["typescript", "ts", "tsx", "javascript", "js", "jsx", "mjs", "TypeScript"])
def test_typescript_is_read_by_its_reader(info: str) -> None:
    pytest.importorskip("validator.code.typescript")
    pytest.importorskip("tree_sitter_typescript")
    page = f"> x\n\n{indented(fenced(TYPESCRIPT, info), '    ')}"
    assert body_of(page).value == VALUE
    assert cut(page, ("max_tokens",)) == "-1"


class _WithoutParser:
    """A reader of TypeScript whose parser is not installed."""

    @staticmethod
    def read(*_: Any, **__: Any) -> Source:
        raise MissingParserError


def test_a_missing_parser_is_reported_if_there_is_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "validator.code.typescript", _WithoutParser)
    with pytest.raises(MissingParserError):
        read(fenced(TYPESCRIPT, "ts"))


def test_other_fences_are_read_without_a_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "validator.code.typescript", _WithoutParser)
    found = read(fenced(TYPESCRIPT, "ts") + fenced(CURL))
    assert len(found.calls) == 1
    assert found.unread is not None
    assert "TypeScript" in found.unread.why


def test_a_fence_without_a_call_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "validator.code.typescript", _WithoutParser)
    assert read(fenced("const a = 1;", "ts")).calls == []


ON_PURPOSE = {
    "heading": f"## ❌ Don't\n\n{fenced(CURL)}",
    "heading, with text": f"## Wrong\n\nThis is often seen.\n\n{fenced(CURL)}",
    "bold heading": f"**Before:**\n\n{fenced(CURL)}",
    "label": f"Bad:\n\n{fenced(CURL)}",
    "label before": f"Before\n{fenced(CURL)}",
    "label in a list": f"- Wrong:\n\n{indented(fenced(CURL), '  ')}",
    "sentence": f"The budget counts. The following request is refused:\n\n{fenced(CURL)}",
    "invalid": f"This request is invalid:\n\n{fenced(CURL)}",
    "returns an error": f"Setting it to -1 returns a 400 error:\n\n{fenced(CURL)}",
    "does not work": f"This doesn't work:\n\n{fenced(CURL)}",
    "tab": f'<Tab title="❌ Wrong">\n{fenced(CURL)}</Tab>',
    "answer in a fence": f"Ask:\n\n{fenced(CURL)}\nThe answer:\n\n" + fenced('{"type": "error"}', "json"),
    "answer in a fence without words": fenced(CURL) + fenced('{"error": {"type": "invalid_request_error"}}', ""),
    "answer in text": f"{fenced(CURL)}\nThe API answers with `invalid_request_error`.\n",
    "answer in the fence": fenced(CURL + '\n\n{"type": "error", "error": {}}'),
    "comment": fenced("# ❌ negative\n" + CURL),
    "comment of words": fenced("# Wrong\n" + CURL),
    "comment before": fenced("# Before:\nA=1\n" + CURL),
}


@pytest.mark.parametrize("page", ON_PURPOSE.values(), ids=ON_PURPOSE.keys())
def test_a_request_that_is_shown_as_refused_counts_and_is_not_checked(page: str) -> None:
    assert call_of(page).is_refused_on_purpose


AS_USUAL = {
    "heading on errors": f"## Errors\n\nAsk:\n\n{fenced(CURL)}",
    "heading with before": f"## Before you begin\n\n{fenced(CURL)}",
    "earlier section": f"## Wrong\n\nNo.\n\n## Right\n\n{fenced(CURL)}",
    "advice": f"Ask with `curl`. Do not use `grep`, as any character may be in a text, which fails.\n\n{fenced(CURL)}",
    "need": f"If you don't have a key, get one. Then ask:\n\n{fenced(CURL)}",
    "comment on the key": fenced("# Don't forget to set ANTHROPIC_API_KEY\n" + CURL),
    "comment on the order": fenced("# Before asking, set the key\n" + CURL),
    "right after wrong": fenced("# ❌ Wrong\necho\n# ✅ Right\n" + CURL),
    "answer": f"{fenced(CURL)}\nAnswer:\n\n" + fenced('{"type": "message"}', "json"),
    "error in the next section": f"{fenced(CURL)}\n## Errors\n\n" + fenced('{"type": "error"}', "json"),
    "error before it": fenced('{"type": "error"}', "json") + f"\nAsk again:\n\n{fenced(CURL)}",
    "error far behind": f"{fenced(CURL)}\nText.\n\nMore text.\n\nMuch more.\n\n" + fenced('{"type": "error"}', "json"),
}


@pytest.mark.parametrize("page", AS_USUAL.values(), ids=AS_USUAL.keys())
def test_a_request_near_such_words_is_checked(page: str) -> None:
    assert not call_of(page).is_refused_on_purpose


def json_page(text: str, before: str = "The Messages API takes this from Anthropic's SDK:") -> str:
    return f"{before}\n\n{fenced(text, 'json')}"


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        '{"model": "claude-haiku-4-5", "max_tokens": 10, "system": "x"}',
        '{"model": "claude-haiku-4-5", "messages": [...], "max_tokens": 1}',
        '{"model": "claude-haiku-4-5", "messages": [], "max_tokens": 1, "temprature": 0.5}',
        '{\n  // the model\n  "model": "claude-haiku-4-5",\n  "messages": [],\n}',
        '{"model": "<MODEL>", "messages": [], "max_tokens": 1}',
    ],
)
def test_a_json_fence_with_a_request_is_read(text: str) -> None:
    assert call_of(json_page(text)).sent.endpoint == "messages"


def test_a_json_fence_keeps_its_places() -> None:
    page = indented(json_page('{\n  "model": "claude-haiku-4-5",\n  "max_tokens": -1,\n  "messages": []\n}'), "> ")
    assert cut(page, ("max_tokens",)) == "-1"
    assert cut(page, ("messages",)) == "[]"


def test_a_batch_in_a_json_fence_is_read() -> None:
    page = json_page('{"requests": [{"custom_id": "a", "params": ' + BODY + "}]}")
    assert call_of(page).sent.endpoint == "batches"
    assert cut(page, ("requests", 0, "params", "max_tokens")) == "-1"


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "msg_1", "type": "message", "model": "claude-haiku-4-5", "max_tokens": 1}',
        '{"model": "claude-haiku-4-5", "messages": [], "usage": {}}',
        '{"model": "claude-haiku-4-5", "messages": [], "timestamp": 1}',
        '{"model": "claude-haiku-4-5", "messages": [], "response": {}}',
        '{"model": "claude-haiku-4-5", "messages": [], "a": 1, "b": 2, "c": 3}',
        '{"model": "claude-haiku-4-5", "messages": [], "max_completion_tokens": 5}',
        '{"model": "claude-haiku-4-5", "messages": [{"role": "system", "content": "x"}]}',
        '{"model": "claude-haiku-4-5", "messages": [{"role": "tool", "content": "x"}]}',
        '{"model": "gpt-4o", "messages": [], "max_tokens": 1}',
        '{"model": 5, "messages": [], "max_tokens": 1}',
        '{"model": "<MODEL>", "messages": []}',
        '{"model": "anthropic/claude-haiku-4-5", "messages": [], "max_tokens": 1}',
        '{"model": "claude-haiku-4-5", "messages": [{"content": [{"type": "image_url", "image_url": {}}]}]}',
        '{"model": "claude-haiku-4-5", "messages": [], "tools": [{"type": "function", "function": {"name": "f"}}]}',
        '{"name": "nightly", "model": "claude-haiku-4-5", "max_tokens": 100, "temperature": 0}',
        '{"model": "claude-haiku-4-5"}',
        '{"messages": [], "max_tokens": 1}',
        '{"requests": []}',
        '{"requests": [{"custom_id": "a"}]}',
        '{"requests": [{"custom_id": "a", "params": {}}]}',
        '{"requests": [{"custom_id": "a", "method": "POST", "params": ' + BODY + "}]}",
        "[" + BODY + "]",
        BODY + "}",
        BODY + BODY,
        '"model"',
    ],
)
def test_a_json_fence_with_anything_else_is_left_alone(text: str) -> None:
    assert read(json_page(text)).calls == []


def test_a_model_that_is_not_named_is_ours_only_on_our_pages() -> None:
    assert read(json_page('{"model": "<MODEL>", "messages": [], "max_tokens": 1}', "Ask any model:")).calls == []


@pytest.mark.parametrize(
    ("before", "is_open"),
    [
        ("POST /v1/messages", False),
        ("The Messages API:", False),
        ("POST /v1/messages/count_tokens", True),
        ("The Messages API and its token counting:", True),
        ("Configure the gateway:", True),
    ],
)
def test_a_json_fence_lacks_max_tokens_only_where_the_page_is_on_the_api(before: str, is_open: bool) -> None:  # noqa: FBT001 - a parameter
    page = json_page('{"model": "claude-haiku-4-5", "messages": []}', before)
    assert (() in body_of(page).unknown.open) is is_open


@pytest.mark.parametrize("code", [PYTHON, TYPESCRIPT, f"# ask\n{PYTHON}", TYPESCRIPT.replace("({", "(\n  {")])
def test_a_fence_without_a_language_is_read_if_it_calls_an_sdk(code: str) -> None:
    assert cut(fenced(code, ""), ("max_tokens",)) == "-1"


@pytest.mark.parametrize(
    "code", ["client.messages.create(...)  // see below", "messages.create({", "use messages.stream"]
)
def test_a_fence_without_a_language_that_is_no_code_is_left_alone(code: str) -> None:
    assert read(fenced(code, "")).calls == []


@pytest.mark.parametrize(
    "text",
    [
        "You know this: [the full text of the agreement]",
        "[Insert the full text of a 50-page agreement here] Answer from it.",
        "The book: <insert the book> and more",
    ],
)
@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("python", 'client.messages.create(model="claude-haiku-4-5", max_tokens=1, system="TEXT")'),
        ("ts", 'await client.messages.create({model: "claude-haiku-4-5", max_tokens: 1, system: "TEXT"});'),
        ("json", '{"model": "claude-haiku-4-5", "max_tokens": 1, "system": "TEXT"}'),
    ],
)
def test_a_text_with_a_description_of_another_one_in_it_is_unknown(language: str, form: str, text: str) -> None:
    assert body_of(fenced(form.replace("TEXT", text), language)).unknown.values[("system",)] == "text"
    plain = text.replace("[", "(").replace("<", "(")
    assert ("system",) not in body_of(fenced(form.replace("TEXT", plain), language)).unknown.values


def test_a_part_of_a_request_in_a_json_fence_lacks_nothing() -> None:
    body = body_of(json_page('{"model": "claude-haiku-4-5", "max_tokens": 1}'))
    assert body.unknown.open == {()}


def test_comments_for_msglint_are_found_in_pages_and_in_fences() -> None:
    json = '{\n  // msglint: ignore[b]\n  "model": "claude-haiku-4-5 // msglint: no", "messages": []}'
    page = (
        "<!-- msglint: ignore[a] why -->\n<!-- other -->\n{/* msglint: ignore[mdx] */}\n"
        + json_page(json)
        + fenced("# msglint: ignore[c]\n" + CURL)
        + fenced("{/* msglint: no */} <!-- msglint: no -->", "html")
        + "`<!-- msglint: no -->`\n{/* x */} <!-- msglint: ignore[d] -->\n"
    )
    found = [page.encode()[start:end].decode() for start, end in read(page).comments]
    assert found == [
        "<!-- msglint: ignore[a] why -->",
        "/* msglint: ignore[mdx] */",
        "// msglint: ignore[b]",
        "# msglint: ignore[c]",
        "<!-- msglint: ignore[d] -->",
    ]


def test_calls_are_in_the_order_of_the_page() -> None:
    page = json_page(BODY) + fenced(CURL) + json_page(BODY)
    starts = [call.start for call in read(page).calls]
    assert len(starts) == 3
    assert starts == sorted(starts)


_LINES = st.sampled_from(
    [
        *(
            "```bash",
            "```",
            "~~~",
            "````",
            "```json",
            "```python",
            "```ts",
            "```{python}",
            "> ```sh",
            "> x",
            ">",
            "- ```sh",
        ),
        *(
            "  ",
            "\t```",
            "<!--",
            "-->",
            "<!-- msglint: x -->",
            "<pre>",
            "</pre>",
            "# ❌",
            "**Wrong**",
            "{/* msglint: y */}",
        ),
        *(
            "$ x",
            "> y",
            ">>> z",
            "... z",
            "# Wrong",
            CURL,
            BODY,
            BODY[:40],
            PYTHON,
            TYPESCRIPT,
            "\r",
            "é😀",
            "\0",
            "'",
            '"',
        ),
    ]
)


def assert_within(source: Source, data: bytes) -> None:
    for call in source.calls:
        assert 0 <= call.start <= call.end <= len(data)
        waiting: list[Written] = [call.body]
        while waiting:
            part = waiting.pop()
            assert 0 <= part.start <= part.end <= len(data)
            if part.value == -1 and part.unknown is None:
                assert data[part.start : part.end] == b"-1"
            waiting.extend(part.inner())
    for start, end in source.comments:
        assert 0 <= start < end <= len(data)


def read_safely(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Read a page without the readers of other languages, which have tests of their own."""
    for name in ("python", "typescript"):
        monkeypatch.setitem(sys.modules, f"validator.code.{name}", _Silent)
    return markdown.read(data)


class _Silent:
    @staticmethod
    def read(*_: Any, **__: Any) -> Source:
        return Source()


@given(st.lists(_LINES, max_size=25).map("\n".join).map(str.encode) | st.binary(max_size=80))
def test_no_page_raises_and_every_place_lies_in_it(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert_within(read_safely(data, monkeypatch), data)


@given(st.sampled_from(sorted(SHELL_FENCES.values())), st.data())
def test_a_truncated_page_does_not_raise(page: str, draw: st.DataObject) -> None:
    data = page.encode()
    data = data[: draw.draw(st.integers(0, len(data)))]
    assert_within(markdown.read(data), data)


_FENCE = fenced(CURL).encode()
_LONG = {
    "fences": b"```x\n```\n" * 100_000,
    "calls": _FENCE * 2_000,
    "calls with sentences": (b"This is wrong.\n\n" + _FENCE) * 2_000,
    "opening lines": b"```x\n" * 200_000,
    "ticks": b"`" * 1_000_000,
    "ticks in lines": b"`` ` ```` x\n" * 100_000,
    "blanks": (b" " * 2_000 + b"\n") * 1_000 + b"```\n```",
    "blanks inside": b"```bash\n" + (b" " * 5_000 + b"\n") * 500 + b"```",
    "one line": b"```bash\n" + b" " * 5_000_000 + b"\n```",
    "marks of quotes": b"> " * 500_000 + b"```\n" * 3,
    "quotes inside": b"> " * 2_000 + b"```\n" + (b"> " * 2_000 + b"x\n") * 300,
    "comments": b"<!-- x -->" * 200_000 + b"```\n```",
    "comments without an end": b"<!-- x\n" * 200_000 + b"```\n```",
    "comments for msglint": b"<!-- msglint: x -->\n" * 50_000 + b"```\n```",
    "MDX comments": b"{/* msglint: x */}\n" * 50_000 + b"```\n```",
    "MDX comments without an end": b"{/*" * 300_000 + b"```\n```",
    "pre": b"<pre>\n" * 200_000 + b"```\n```\n</pre>",
    "headings": b"# Wrong\n" * 200_000 + _FENCE,
    "bold": b"**" * 500_000 + b"\n" + _FENCE,
    "a long heredoc": f"```bash\ncurl {URL} -d @- <<EOF\n".encode() + b"x\n" * 500_000 + b"EOF\n```\n",
    "an indented heredoc": f"  ```bash\n  curl {URL} -d @- <<EOF\n".encode() + b"  x\n" * 300_000 + b"  EOF\n  ```\n",
    "prompts": b"```console\n" + b"$ x\n> y\n" * 100_000 + f"$ curl {URL} -d x\n```\n".encode(),
    "a long JSON text": b'```json\n{"model": "' + b"x" * 3_000_000 + b'"}\n```\n',
    "comments in JSON": b'```json\n{"model": "claude", "messages": [' + b"// msglint: x\n" * 50_000 + b"]}\n```\n",
    "requests in JSON": (b'```json\n{"model": "claude", "messages": []}\n```\n') * 3_000 + b"x" * 3_000_000,
    "answers": _FENCE * 500 + b"```\ninvalid_request_error\n```\n" * 500,
    "list markers": b"- " * 300_000 + b"```\n```",
    "numbers": b"1" * 1_000_000 + b"```\n```",
}


@pytest.mark.parametrize("data", _LONG.values(), ids=_LONG.keys())
def test_long_pages_take_linear_time(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = time.process_time()
    assert_within(read_safely(data, monkeypatch), data)
    assert time.process_time() - begin < 8


def test_the_lines_of_a_fence_are_its_text() -> None:
    page = b"> - ~~~sh title=x\n>   a\n>     b\n>\n>   ~~~\n> c\n"
    (fence,) = read_page(page).fences
    assert fence.language == "sh"
    assert fence.text(page).data == b"a\n  b\n\n"
    assert page[fence.start : fence.end].endswith(b"~~~\n")
