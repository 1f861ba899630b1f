"""Requests in shell scripts: which commands are calls, what is known of their bodies, and where it stands."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.code import shell
from validator.code.call import Call
from validator.documents.written import Spelled, Written, spelled

URL = "https://api.anthropic.com/v1/messages"
BODY = '{"model": "claude-haiku-4-5", "max_tokens": -1, "messages": []}'
VALUE = {"model": "claude-haiku-4-5", "max_tokens": -1, "messages": []}
SPLICED = """'$M'"""
ESCAPED = BODY.replace('"', '\\"')


def calls_of(script: str, *, is_fragment: bool = False) -> list[Call]:
    return shell.read(script.encode(), is_fragment=is_fragment).calls


def call_of(script: str, *, is_fragment: bool = False) -> Call:
    calls = calls_of(script, is_fragment=is_fragment)
    assert len(calls) == 1, script
    return calls[0]


def body_of(script: str, *, is_fragment: bool = False) -> Spelled:
    return spelled(call_of(script, is_fragment=is_fragment).body)


def cut(script: str, path: tuple[str | int, ...]) -> str:
    """Return the text at the place of a value."""
    span = body_of(script).spans[path]
    return script.encode()[span.start : span.end].decode()


WHOLE = {
    "single quotes": f"curl {URL} -d '{BODY}'",
    "double quotes": f'curl {URL} -d "{ESCAPED}"',
    "glued": f"curl {URL} -d'{BODY}'",
    "glued to flags": f"curl -sSd '{BODY}' {URL}",
    "long option": f"curl {URL} --data '{BODY}'",
    "long option with equals sign": f"curl {URL} --data='{BODY}'",
    "raw": f"curl {URL} --data-raw '{BODY}'",
    "binary": f"curl {URL} --data-binary '{BODY}'",
    "ascii": f"curl {URL} --data-ascii '{BODY}'",
    "json": f"curl --json '{BODY}' {URL}",
    "locale quotes": f'curl {URL} -d $"{ESCAPED}"',
    "method": f"curl -X POST {URL} -d '{BODY}'",
    "glued method": f"curl -XPOST {URL} -d '{BODY}'",
    "method among flags": f"curl -sXPOST {URL} -d '{BODY}'",
    "long method": f"curl --request POST --url {URL} --data '{BODY}'",
    "quoted URL": f"curl '{URL}' -d '{BODY}'",
    "URL with query": f"curl \"{URL}?beta=true\" -d '{BODY}'",
    "URL at the end": f"curl -s -o out.json --max-time 30 -w '%{{http_code}}' -d '{BODY}' {URL}",
    "URL without scheme": f"curl api.anthropic.com/v1/messages -d '{BODY}'",
    "plain http": f"curl http://api.anthropic.com/v1/messages -d '{BODY}'",
    "line ends": f"curl {URL} \\\n  -H 'a: b' \\\n  -d '{BODY}'",
    "line ends of Windows": f"#!/bin/sh\r\ncurl {URL} \\\r\n  -H 'a: b' \\\r\n  -d '{BODY}'\r\n",
    "joined quotes": f"curl {URL} -d '{BODY[:20]}''{BODY[20:40]}'\"{BODY[40:].replace(chr(34), chr(92) + chr(34))}\"",
    "sudo": f"sudo -u me curl {URL} -d '{BODY}'",
    "time": f"time curl {URL} -d '{BODY}'",
    "command": f"command curl {URL} -d '{BODY}'",
    "env": f"env -i X=1 curl {URL} -d '{BODY}'",
    "timeout": f"timeout -k 5 30 curl {URL} -d '{BODY}'",
    "assignment before it": f"HTTPS_PROXY= X=y curl {URL} -d '{BODY}'",
    "path": f"/usr/bin/curl {URL} -d '{BODY}'",
    "program in a variable": f"CURL=curl\n$CURL {URL} -d '{BODY}'",
    "substitution": f"RESPONSE=$(curl -s {URL} -d '{BODY}')",
    "quoted substitution": f"RESPONSE=\"$(curl -s {URL} -d '{BODY}')\"",
    "backticks": f"RESPONSE=`curl -s {URL} -d '{BODY}'`",
    "condition": f"if curl {URL} -d '{BODY}'; then echo yes; fi",
    "negated condition": f"if ! curl {URL} -d '{BODY}'; then exit 1; fi",
    "or true": f"set -e\ncurl {URL} -d '{BODY}' || true",
    "and": f"cd /tmp && curl {URL} -d '{BODY}'",
    "pipe": f"curl -s {URL} -d '{BODY}' | jq -r '.content[0].text'",
    "subshell": f"(cd /tmp; curl {URL} -d '{BODY}')",
    "group": f"{{ curl {URL} -d '{BODY}'; }}",
    "function": f"ask() {{\n  curl {URL} -d '{BODY}'\n}}\nask",
    "function with its word": f"function ask {{\n  curl {URL} -d '{BODY}'\n}}\nask",
    "loop": f"for i in 1 2 3; do\n  curl {URL} -d '{BODY}'\ndone",
    "case": f"case $1 in\n a|b) curl {URL} -d '{BODY}' ;;\n *) exit 1 ;;\nesac",
    "background": f"curl {URL} -d '{BODY}' &\nwait",
    "arithmetic before it": f"(( n = 1 + (2) ))\nx=$((n * (3 + 4)))\ncurl {URL} -d '{BODY}'",
    "test before it": f"[[ $x =~ ^(a|b)$ ]] && echo no\ncurl {URL} -d '{BODY}'",
    "array before it": f"files=(a 'b c' $(ls))\ncurl {URL} -d '{BODY}'",
    "comment with an apostrophe": f"# it's a test\ncurl {URL} -d '{BODY}' # don't",
    "heredoc": f"curl {URL} -d @- <<EOF\n{BODY}\nEOF\n",
    "heredoc in single quotes": f"curl {URL} -d @- <<'EOF'\n{BODY}\nEOF\n",
    "heredoc in double quotes": f'curl {URL} --data-binary @- <<"EOF"\n{BODY}\nEOF\n',
    "heredoc with an escaped word": f"curl {URL} -d @- <<\\EOF\n{BODY}\nEOF\n",
    "heredoc with tabs": f"\tcurl {URL} -d @- <<-EOF\n\t{BODY}\n\tEOF\n",
    "quoted heredoc with tabs": f"curl {URL} -d @- <<-'END'\n\t\t{BODY}\n\tEND\n",
    "heredoc of Windows": f"curl {URL} -d @- <<EOF\r\n{BODY}\r\nEOF\r\n",
    "heredoc without an end": f"curl {URL} -d @- <<EOF\n{BODY}\n",
    "heredoc before the options": f"curl <<EOF {URL} -d @- | jq .\n{BODY}\nEOF\n",
    "heredoc from /dev/stdin": f"curl {URL} -d @/dev/stdin <<EOF\n{BODY}\nEOF\n",
    "second of two heredocs": f"cat <<A; curl {URL} -d @- <<B\nx\nA\n{BODY}\nB\n",
    "here-string": f"curl {URL} -d @- <<< '{BODY}'",
    "cat into a pipe": f"cat <<EOF | curl {URL} -d @-\n{BODY}\nEOF\n",
    "cat into a pipe over a line": f"cat <<EOF |\n{BODY}\nEOF\n  curl {URL} -d @-\n",
    "echo into a pipe": f"echo '{BODY}' | curl {URL} -d @-",
    "echo -n into a pipe": f"echo -n '{BODY}' | \\\n  curl {URL} --data @-",
    "printf into a pipe": f"printf '%s' '{BODY}' | curl {URL} -d @-",
    "cat in a substitution": f'curl {URL} -d "$(cat <<EOF\n{BODY}\nEOF\n)"',
    "cat in a quoted substitution": f"curl {URL} -d \"$(cat <<'EOF'\n{BODY}\nEOF\n)\"",
    "variable": f"BODY='{BODY}'\ncurl {URL} -d \"$BODY\"",
    "braced variable": f"BODY='{BODY}'\ncurl {URL} -d \"${{BODY}}\"",
    "exported variable": f"export BODY='{BODY}'\ncurl {URL} -d \"$BODY\"",
    "read-only variable": f"readonly BODY='{BODY}'\ncurl {URL} -d \"$BODY\"",
    "declared variable": f"declare -r BODY='{BODY}'\ncurl {URL} -d \"$BODY\"",
    "variable with a heredoc": f"BODY=$(cat <<'EOF'\n{BODY}\nEOF\n)\ncurl {URL} -d \"$BODY\"",
    "exported variable with a heredoc": f"export BODY=$(cat <<'EOF'\n{BODY}\nEOF\n)\ncurl {URL} -d \"$BODY\"",
    "variable that is read": f"read -r -d '' BODY <<EOF\n{BODY}\nEOF\ncurl {URL} -d \"$BODY\"",
    "variable that is read or not": f"read -r -d '' BODY <<'EOF' || true\n{BODY}\nEOF\ncurl {URL} -d \"$BODY\"",
    "variable in a pipe": f"BODY='{BODY}'\necho \"$BODY\" | curl {URL} -d @-",
    "variable in a here-string": f"BODY='{BODY}'\ncurl {URL} -d @- <<<\"$BODY\"",
    "URL in a variable": f"URL='{URL}'\ncurl \"$URL\" -d '{BODY}'",
    "URL in a variable without quotes": f"URL={URL}\ncurl $URL -d '{BODY}'",
    "host in a variable": f"BASE=https://api.anthropic.com\ncurl \"$BASE/v1/messages\" -d '{BODY}'",
    "host through two variables": f"H=api.anthropic.com\nB=https://$H\ncurl ${{B}}/v1/messages -d '{BODY}'",
    "local variable": f"ask() {{\n  local BODY='{BODY}'\n  curl {URL} -d \"$BODY\"\n}}",
    "local variables of two functions": (
        f"a() {{\n  local B='[]'\n}}\nb() {{\n  local B='{BODY}'\n  curl {URL} -d \"$B\"\n}}"
    ),
    "variable in the same branch": f"if true; then\n  B='{BODY}'\n  curl {URL} -d \"$B\"\nfi",
    "constant used in a function": f"B='{BODY}'\nask() {{ curl {URL} -d \"$B\"; }}\nask",
    "model in a variable": f"M=claude-haiku-4-5\ncurl {URL} -d '{BODY.replace('claude-haiku-4-5', SPLICED)}'",
    "source before the variable": f"source .env\nB='{BODY}'\ncurl {URL} -d \"$B\"",
}


@pytest.mark.parametrize("script", WHOLE.values(), ids=WHOLE.keys())
def test_a_literal_body_is_read_whole_and_its_values_keep_their_places(script: str) -> None:
    body = body_of(script)
    assert body.value == VALUE
    assert not body.unknown.values
    assert not body.unknown.open
    assert cut(script, ("max_tokens",)) == "-1"
    assert cut(script, ("messages",)) == "[]"


@pytest.mark.parametrize("script", WHOLE.values(), ids=WHOLE.keys())
def test_a_call_begins_at_curl(script: str) -> None:
    call = call_of(script)
    text = script.encode()[call.start : call.end]
    assert text.startswith((b"curl", b"/usr/bin/curl", b"$CURL"))
    assert call.sent.endpoint == "messages"
    assert call.sent.platform == "anthropic"
    assert call.sent.is_run


def test_the_value_of_a_body_in_ansi_quotes_is_unescaped() -> None:
    escaped = r"""{"model": "claude\x2dhaiku-4-5", "messages": [{"role": "user", "content": "it\'s \\n é"}]}"""
    assert body_of(f"curl {URL} -d $'{escaped}'").value == {
        "model": "claude-haiku-4-5",
        "messages": [{"role": "user", "content": "it's \n é"}],
    }


@pytest.mark.parametrize(
    ("escape", "text"),
    [
        (r"\x41", "A"),
        (r"\101", "A"),
        (r"\u00e9", "é"),
        (r"\U0001F600", "😀"),
        (r"\'", "'"),
        (r"\?", "?"),
        (r"\q", "\\q"),
    ],
)
def test_escapes_of_ansi_quotes(escape: str, text: str) -> None:
    body = body_of(f"curl {URL} -d $'[\"{escape}\"]'") if text != "\\q" else None
    assert body is None or body.value == [text]


def test_escapes_in_double_quotes() -> None:
    script = f'curl {URL} -d "{{\\"a\\": \\"\\$5 \\`x\\` \\\\\\" \\n\\", \\"max_tokens\\": 0}}"'
    assert body_of(script).value == {"a": '$5 `x` " \n', "max_tokens": 0}
    assert cut(script, ("max_tokens",)) == "0"


def test_escapes_in_a_heredoc() -> None:
    script = f'curl {URL} -d @- <<EOF\n{{"a": "\\$5 \\`x\\` \\\\n \\n \'", "max_tokens": 0}}\nEOF\n'
    assert body_of(script).value == {"a": "$5 `x` \n \n '", "max_tokens": 0}
    assert cut(script, ("max_tokens",)) == "0"


def test_a_quoted_heredoc_is_as_it_stands() -> None:
    script = f'curl {URL} -d @- <<\'EOF\'\n{{"a": "$5 `x` $(y) \\n"}}\nEOF\n'
    assert body_of(script).value == {"a": "$5 `x` $(y) \n"}


def spliced(content: str) -> str:
    return f"""curl {URL} -d '{{"model": "claude-haiku-4-5", "max_tokens": 10, "messages": {content}}}'"""


@pytest.mark.parametrize(
    ("script", "unknown", "opened"),
    [
        (spliced("""[{"role": "user", "content": "'"$Q"'"}]"""), {("messages", 0, "content"): "text"}, set()),
        (spliced("""[{"role": "user", "content": "'$Q'"}]"""), {("messages", 0, "content"): "text"}, set()),
        (spliced("""[{"role": "user", "content": "'"${Q}"'"}]"""), {("messages", 0, "content"): "text"}, set()),
        (spliced("""[{"role": "user", "content": "'"${Q:-Hi}"'"}]"""), {("messages", 0, "content"): "text"}, set()),
        (spliced("""[{"role": "user", "content": "'"$1"'"}]"""), {("messages", 0, "content"): "text"}, set()),
        (spliced("""[{"role": "user", "content": "'"$(cat q.txt)"'"}]"""), {("messages", 0, "content"): "text"}, set()),
        (spliced("""[{"role": "user", "content": "'`cat q.txt`'"}]"""), {("messages", 0, "content"): "text"}, set()),
        (
            spliced("""[{"role": "user", "content": "Number '$((n + 1))'"}]"""),
            {("messages", 0, "content"): "text"},
            set(),
        ),
        (spliced("""'"$MESSAGES"'"""), {("messages",): "any"}, set()),
        (spliced("""['"$MESSAGES"']"""), {("messages", 0): "any"}, {("messages",)}),
        (spliced("""[], '"$MORE"'"""), {}, {()}),
        (spliced("""[]'"$MORE"'"""), {}, {()}),
        (
            f'curl {URL} -d "{{\\"model\\": \\"$M\\", \\"max_tokens\\": $N}}"',
            {("model",): "text", ("max_tokens",): "any"},
            set(),
        ),
        (f'curl {URL} -d @- <<EOF\n{{"model": "${{M}}", "max_tokens": 1}}\nEOF\n', {("model",): "text"}, set()),
        (f'curl {URL} -d \'{{"model": "$MODEL", "max_tokens": 1}}\'', {("model",): "any"}, set()),
    ],
)
def test_what_the_shell_puts_in_is_unknown(script: str, unknown: dict[Any, str], opened: set[Any]) -> None:
    body = body_of(script)
    assert body.unknown.values == unknown
    assert body.unknown.open == opened


NOTHING_KNOWN = {
    "file": f"curl {URL} -d @body.json",
    "file with its path": f"curl {URL} --data-binary @/tmp/body.json",
    "input of the script": f"curl {URL} -d @-",
    "input from a file": f"curl {URL} -d @- < body.json",
    "process substitution": f"curl {URL} -d @<(jq -n '{{}}')",
    "output of jq": f"jq -n '{{model: \"x\"}}' | curl {URL} -d @-",
    "output of jq after cat": f"cat <<EOF | jq . | curl {URL} -d @-\n{BODY}\nEOF\n",
    "output of a group": f"{{ echo a; echo b; }} | curl {URL} -d @-",
    "output of a loop": f"for i in 1; do echo '{BODY}'; done | curl {URL} -d @-",
    "jq in a substitution": f'curl {URL} -d "$(jq -n --arg q "$Q" \'{{model: "claude-haiku-4-5", messages: [$q]}}\')"',
    "unknown variable": f'curl {URL} -d "$BODY"',
    "default value": f'BODY="${{BODY:-{{}}}}"\ncurl {URL} -d "$BODY"',
    "twice": f"curl {URL} -d '{BODY}' -d '{BODY}'",
    "URL-encoded": f"curl {URL} --data-urlencode '{BODY}'",
    "form": f"curl {URL} -F 'a=b'",
    "upload": f"curl -X POST {URL} -T body.json",
    "several requests": f"curl {URL} -d '{BODY}' --next {URL} -d '{BODY}'",
    "posted without a body": f"curl -X POST {URL}",
    "arguments of a function": f'ask() {{ curl {URL} "$@"; }}',
    "option without its value": f"curl {URL} -d",
    "empty": f"curl {URL} -d ''",
    "broken": f'curl {URL} -d \'{{"model": "claude-haiku-4-5",}}\'',
    "raw at sign": f"curl {URL} --data-raw '@body.json'",
    "text that is cut": f"curl {URL} -d '{{\"max_tokens\": 0'",
    "echo of a shell that replaces escapes": f'#!/bin/sh\necho \'{{"a": "x\\\\n"}}\' | curl {URL} -d @-',
    "printf with a format": f"printf '{{\"a\": %s}}' 1 | curl {URL} -d @-",
}


@pytest.mark.parametrize("script", NOTHING_KNOWN.values(), ids=NOTHING_KNOWN.keys())
def test_a_body_that_cannot_be_read_is_a_request_all_the_same(script: str) -> None:
    assert body_of(script).unknown.values == {(): "any"}


REBOUND = {
    "twice": "M=claude-haiku-4-5\nM=x\n",
    "in a branch": "if true; then M=claude-haiku-4-5; fi\n",
    "in a loop": "for i in 1 2; do M=claude-haiku-4-5; done\n",
    "by a loop": "for M in claude-haiku-4-5; do true; done\n",
    "by select": "M=claude-haiku-4-5\nselect M in a b; do true; done\n",
    "in a function": "f() { M=claude-haiku-4-5; }\n",
    "in a function with its word": "function f { M=claude-haiku-4-5; }\n",
    "in a subshell": "(M=claude-haiku-4-5)\n",
    "in a substitution": "x=$(M=claude-haiku-4-5)\n",
    "in a pipe": "echo | M=claude-haiku-4-5\n",
    "behind and": "true && M=claude-haiku-4-5\n",
    "behind or": "true || M=claude-haiku-4-5\n",
    "by read": "M=claude-haiku-4-5\nread -p 'Model: ' M\n",
    "by read alone": "read M <<EOF\nclaude-haiku-4-5\nEOF\n",
    "by unset": "M=claude-haiku-4-5\nunset M\n",
    "by printf": "M=claude-haiku-4-5\nprintf -v M '%s' x\n",
    "by getopts": "M=claude-haiku-4-5\nwhile getopts m: M; do true; done\n",
    "by mapfile": "M=claude-haiku-4-5\nmapfile -t M < x\n",
    "by let": "M=claude-haiku-4-5\nlet M=1\n",
    "by arithmetic": "M=claude-haiku-4-5\n(( M += 1 ))\n",
    "by a default": "M=claude-haiku-4-5\n: ${M:=x}\n",
    "with a default": "M=${M:-claude-haiku-4-5}\n",
    "with a default, exported": "export M=${M:-claude-haiku-4-5}\n",
    "with more at its end": "M=claude-haiku\nM+=-4-5\n",
    "with more alone": "M+=claude-haiku-4-5\n",
    "in an item": "M[0]=claude-haiku-4-5\n",
    "as an array": "M=(claude-haiku-4-5)\n",
    "by a file": "M=claude-haiku-4-5\nsource .env\n",
    "by a file, with a dot": "M=claude-haiku-4-5\n. ./.env\n",
    "by eval": 'M=claude-haiku-4-5\neval "$x"\n',
    "for one command": "M=claude-haiku-4-5 true\n",
    "by a program": "M=$(pick-model)\n",
    "as an argument": "M=$1\n",
    "in two functions": "f() { M=x; }\ng() { M=claude-haiku-4-5; }\n",
    "locally and outside": "M=claude-haiku-4-5\nf() { local M=x; }\n",
    "in a case": "case $1 in a) M=claude-haiku-4-5 ;; esac\n",
    "in a cycle": "M=$N\nN=$M\n",
    "not at all": "",
}


@pytest.mark.parametrize("before", REBOUND.values(), ids=REBOUND.keys())
def test_a_variable_that_is_not_certain_is_unknown(before: str) -> None:
    script = f"""{before}curl {URL} -d '{{"model": "'"$M"'", "max_tokens": 1, "messages": []}}'"""
    assert body_of(script).unknown.values == {("model",): "text"}


def test_a_variable_that_is_bound_later_is_unknown() -> None:
    script = f"""curl {URL} -d '{{"model": "'"$M"'"}}'\nM=claude-haiku-4-5\n"""
    assert body_of(script).unknown.values == {("model",): "text"}


def test_a_variable_that_the_shell_would_split_is_unknown() -> None:
    script = f"""B='{BODY}'\ncurl {URL} -d $B"""
    assert body_of(script).unknown.values == {(): "any"}


@pytest.mark.parametrize("text", ["'one\ntwo'", "'say \"hi\"'", "'a \\ b'"])
@pytest.mark.parametrize(
    "call",
    [f"""curl {URL} -d '%s'""", f"curl {URL} -d @- <<EOF\n%s\nEOF\n", f'curl {URL} -d "$(cat <<EOF\n%s\nEOF\n)"'],
)
def test_a_text_that_breaks_the_body_is_unknown_and_the_rest_is_read(text: str, call: str) -> None:
    spliced = """'"$P"'""" if call.endswith("'%s'") else "$P"
    body = '{"model": "claude-haiku-4-5", "max_tokens": -1, "system": "%s"}' % spliced  # noqa: UP031 - it has braces
    script = f"P={text}\n{call % body}"
    assert body_of(script).unknown.values == {("system",): "text"}
    assert cut(script, ("max_tokens",)) == "-1"


def test_a_constant_has_the_places_of_its_definition() -> None:
    script = f"""N='"5"'\ncurl {URL} -d '{{"model": "claude-haiku-4-5", "max_tokens": '"$N"'}}'"""
    assert body_of(script).value["max_tokens"] == "5"
    assert body_of(script).spans["max_tokens",].start == script.index('"5"')


NO_CALLS = {
    "list of batches": f"curl {URL}/batches",
    "results of a batch": f"curl {URL}/batches/msgbatch_1/results",
    "cancelled batch": f"curl -X POST {URL}/batches/msgbatch_1/cancel",
    "models": "curl https://api.anthropic.com/v1/models",
    "get": f"curl -G {URL} -d '{BODY}'",
    "long get": f"curl --get {URL} --data-urlencode 'limit=5'",
    "method get": f"curl -X GET {URL}/batches -d '{BODY}'",
    "method delete": f"curl -XDELETE {URL}/batches -d ''",
    "head": f"curl -I {URL} -d ''",
    "no body": f"curl {URL} -H 'x-api-key: x'",
    "another host": f"curl https://openrouter.ai/api/v1/messages -d '{BODY}' # not api.anthropic.com",
    "the host in another path": f"curl https://proxy.example/api.anthropic.com/v1/messages -d '{BODY}'",
    "a host that looks alike": f"curl https://api.anthropic.com.example.org/v1/messages -d '{BODY}'",
    "the legacy path": f"curl https://api.anthropic.com/v1/complete -d '{BODY}'",
    "host with a default": f"curl \"${{BASE:-https://api.anthropic.com}}/v1/messages\" -d '{BODY}'",
    "unknown host": f"# api.anthropic.com\ncurl \"$BASE/v1/messages\" -d '{BODY}'",
    "unknown path": f"curl https://api.anthropic.com/$P -d '{BODY}'",
    "another program": f"wget {URL} --post-data '{BODY}'",
    "echo": f"echo \"curl {URL} -d '{ESCAPED}'\"",
    "comment": f"# curl {URL} -d '{BODY}'",
    "heredoc with documentation": f"cat <<'EOF'\ncurl {URL} -d '{BODY}'\nEOF\n",
    "text of a variable": f"HELP=\"curl {URL} -d '{ESCAPED}'\"",
    "argument of another program": f"ssh host curl {URL} -d x",
    "referer": f"curl -e {URL} https://example.org -d '{BODY}'",
    "another vendor's model": f'curl {URL} -d \'{{"model": "gpt-4o", "max_tokens": 0, "messages": []}}\'',
    "quote without an end": f"echo it's\ncurl {URL} -d {BODY}",
}


@pytest.mark.parametrize("script", NO_CALLS.values(), ids=NO_CALLS.keys())
def test_other_commands_are_left_alone(script: str) -> None:
    assert calls_of(script) == []


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/v1/messages", "messages"),
        ("/v1/messages/", "messages"),
        ("/v1/messages/count_tokens", "count_tokens"),
        ("/v1/messages/batches", "batches"),
        ("/v1/messages/batches?beta=true", "batches"),
    ],
)
def test_the_endpoint_is_that_of_the_path(path: str, endpoint: str) -> None:
    assert call_of(f"curl 'https://api.anthropic.com{path}' -d '{{}}'").sent.endpoint == endpoint


@pytest.mark.parametrize(
    ("options", "betas"),
    [
        ("", set()),
        ("-H 'x-api-key: a'", set()),
        ('-H "x-api-key: $KEY"', set()),
        ("-H 'anthropic-beta: a-1'", {"a-1"}),
        ("-H 'Anthropic-Beta: a-1, b-2'", {"a-1", "b-2"}),
        ("--header 'anthropic-beta: a-1' --header 'anthropic-beta: b-2'", {"a-1", "b-2"}),
        ("-H'anthropic-beta:a-1'", {"a-1"}),
        ("--header='anthropic-beta: a-1'", {"a-1"}),
        ('-H "anthropic-beta: $BETA"', None),
        ('-H "$HEADER"', None),
        ('-H "${NAME}: x"', None),
        ("-H @headers.txt", None),
        ("-K curl.conf", None),
        ("--config curl.conf", None),
        ("$OPTIONS", None),
        ('"$@"', None),
        ('"${HEADERS[@]}"', None),
        ("-s$MORE", None),
    ],
)
def test_the_betas_are_known_if_all_headers_are(options: str, betas: set[str] | None) -> None:
    found = call_of(f"curl {URL} {options} -d '{BODY}'").sent.betas
    assert (None if found is None else set(found)) == betas


def test_betas_are_followed_through_a_constant() -> None:
    script = f"B=a-1\ncurl {URL} -H \"anthropic-beta: $B\" -d '{BODY}'"
    assert call_of(script).sent.betas == frozenset({"a-1"})


@pytest.mark.parametrize(
    ("header", "version"),
    [("2023-06-01", "2023-06-01"), ("2026-10-21", "2026-10-21"), ("1999-01-01", None), ("$V", None)],
)
def test_the_version_is_that_of_its_header(header: str, version: str | None) -> None:
    assert call_of(f'curl {URL} -H "anthropic-version: {header}" -d @x').sent.api_version == version


def test_several_calls_are_in_the_order_of_the_text() -> None:
    script = f"curl {URL} -d '[1]' && x=$(curl {URL} -d '[2]')\ncurl {URL} -d '[3]'"
    assert [spelled(call.body).value for call in calls_of(script)] == [[1], [2], [3]]


def test_comments_for_msglint_are_found() -> None:
    script = (
        f"# msglint: ignore[models] old\ncurl {URL} -d '{BODY} # msglint: no' # msglint: ignore[schema]\n"
        "echo '# msglint: no'\n# other"
    )
    found = [script[start:end] for start, end in shell.read(script.encode()).comments]
    assert found == ["# msglint: ignore[models] old", "# msglint: ignore[schema]"]


@pytest.mark.parametrize(
    ("script", "is_fragment", "is_refused"),
    [
        (f'curl {URL} -d \'{BODY}\'\n# {{"type": "error"}}', True, True),
        (f'curl {URL} -d \'{BODY}\'\n\n{{"type":"error","error":{{"type":"invalid_request_error"}}}}', True, True),
        (f"curl {URL} -d '{BODY}'\n# 400 invalid_request_error", False, True),
        (f"curl {URL} -d '{BODY}' | grep -q '\"type\": \"error\"'", False, False),
        (f"# invalid_request_error\ncurl {URL} -d '{BODY}'", True, False),
        (f'curl {URL} -d \'{BODY}\'\n{{"type": "message"}}', True, False),
    ],
)
def test_a_call_is_refused_on_purpose_if_its_error_is_shown(script: str, is_fragment: bool, is_refused: bool) -> None:  # noqa: FBT001 - parameters
    assert call_of(script, is_fragment=is_fragment).is_refused_on_purpose is is_refused


def test_only_the_call_before_the_error_is_refused() -> None:
    script = f"curl {URL} -d '[1]'\n# invalid_request_error\ncurl {URL} -d '[2]'"
    assert [call.is_refused_on_purpose for call in calls_of(script)] == [True, False]


def test_elisions_are_read_in_documentation_only() -> None:
    script = f'curl {URL} -d \'{{"model": "claude-haiku-4-5", "max_tokens": 1, "messages": [...]}}\''
    assert body_of(script).unknown.values == {(): "any"}
    assert body_of(script, is_fragment=True).unknown.open == {("messages",)}


def test_a_part_of_a_body_in_documentation_lacks_nothing() -> None:
    script = f'curl {URL} -d \'{{"model": "claude-haiku-4-5", "system": "x"}}\''
    assert body_of(script).unknown.open == frozenset()
    assert body_of(script, is_fragment=True).unknown.open == {()}


def test_a_call_without_options_in_documentation_is_a_request() -> None:
    assert body_of(f"curl {URL} ...", is_fragment=True).unknown.values == {(): "any"}


def test_documentation_is_read_on_behind_output_with_an_apostrophe() -> None:
    script = f"$ echo\nIt is Claude's\n$ curl {URL} -d @x\n"
    assert len(calls_of(script, is_fragment=True)) == 1


_PARTS = st.sampled_from(
    [
        *(
            "'",
            '"',
            "$'",
            "`",
            "$(",
            ")",
            "(",
            "((",
            "${",
            "}",
            "{",
            "$",
            "\\",
            "\n",
            "\r\n",
            "#",
            ";",
            "|",
            "&&",
            "<<EOF\n",
        ),
        *(
            "EOF\n",
            "<<-'X'\n",
            "X\n",
            "<<<",
            ">",
            "if ",
            "then ",
            "fi\n",
            "case ",
            "esac\n",
            "for x in ",
            "done\n",
            "\0",
            "é",
        ),
        *(f"curl {URL} ", "-d ", "-H ", BODY, ESCAPED, "B=", "$B", '"$B"', "cat ", "echo ", "@-", "\f", "\xa0", "😀"),
    ]
)


def assert_within(source: Any, length: int) -> None:
    for call in source.calls:
        assert 0 <= call.start <= call.end <= length
        waiting: list[Written] = [call.body]
        while waiting:
            part = waiting.pop()
            assert 0 <= part.start <= part.end <= length
            waiting.extend(part.inner())
            for member in (part.properties or {}).values():
                assert 0 <= member.key[0] < member.key[1] <= length
    for start, end in source.comments:
        assert 0 <= start < end <= length


@given(st.lists(_PARTS, max_size=25).map("".join).map(str.encode) | st.binary(max_size=60), st.booleans())
def test_no_text_raises_and_every_place_lies_in_it(text: bytes, is_fragment: bool) -> None:  # noqa: FBT001 - Hypothesis fills it
    data = text + f"\n# {URL}".encode()
    assert_within(shell.read(data, is_fragment=is_fragment), len(data))


@given(st.sampled_from(sorted(WHOLE.values())), st.data())
def test_a_truncated_script_does_not_raise(script: str, data: st.DataObject) -> None:
    text = script.encode()
    text = text[: data.draw(st.integers(0, len(text)))]
    for is_fragment in (False, True):
        assert_within(shell.read(text, is_fragment=is_fragment), len(text))


_LONG = {
    "heredoc": f"curl {URL} -d @- <<EOF\n".encode() + b'{"a": "' + b"x" * 5_000_000 + b'"}\nEOF\n',
    "heredoc with escapes": f"curl {URL} -d @- <<EOF\n".encode() + b'{"a": "' + b"x\\n" * 500_000 + b'"}\nEOF\n',
    "heredoc with holes": f"curl {URL} -d @- <<EOF\n".encode() + b'{"a": "' + b"$X " * 200_000 + b'"}\nEOF\n',
    "heredoc with tabs": f"curl {URL} -d @- <<-EOF\n".encode() + b"\t1\n" * 200_000 + b"EOF\n",
    "quotes": b"'" * 100_001,
    "double quotes": b'"' * 100_001,
    "quotes in lines": b"it's\n" * 100_000,
    "double quotes in lines": b'a" b\n' * 100_001,
    "substitutions": b"$(" * 500_000,
    "backticks": b"`" * 300_001,
    "braces": b"${" * 300_000,
    "arithmetic": b"$((" * 300_000,
    "parentheses": b"(" * 300_000,
    "groups": b"{ " * 300_000,
    "closed groups": b"{ a; }\n" * 50_000,
    "functions": b"f() { a; }\n" * 50_000,
    "heredocs without an end": b"cat <<A\n" * 100_000,
    "heredocs on one line": b"cat " + b"<<A " * 50_000 + b"\n" + b"A\n" * 50_000,
    "delimiters inside of a heredoc": b"cat <<A\n" + b"xA" * 500_000,
    "variables": b"".join(b"V%d=$V%d\n" % (number, number - 1) for number in range(30_000))
    + b'curl $V29999 -d "$V29999"',
    "doubled variables": b"".join(b"V%d=$V%d$V%d$V%d\n" % (n, n - 1, n - 1, n - 1) for n in range(1, 30))
    + b"curl $V29",
    "one variable many times": f"V=x\ncurl {URL} -d '[\"'".encode() + b'"$V"' * 50_000 + b"'\"]'",
    "calls": f"curl {URL} -d '{BODY}'\n".encode() * 3_000,
    "sources": b"V=1\n" + b"source x\n" * 3_000 + b"curl $V\n" * 3_000,
    "pipes": b"cat | " * 50_000 + f"curl {URL} -d @-".encode(),
    "words": b"curl " + b"-s " * 200_000,
    "array": b"a=(" * 100_000,
    "trailing lines": f'curl {URL} -d "$(cat <<A\n'.encode() + b"\n\\\\" + b"\n" * 200_000 + b'A\n)"',
}


@pytest.mark.parametrize("text", _LONG.values(), ids=_LONG.keys())
@pytest.mark.parametrize("is_fragment", [False, True])
def test_long_and_deep_scripts_take_linear_time(text: bytes, is_fragment: bool) -> None:  # noqa: FBT001 - a parameter
    data = text + f"\n# {URL}".encode()
    begin = time.process_time()
    shell.read(data, is_fragment=is_fragment)
    assert time.process_time() - begin < 8
