"""Source files on their way through the command: found, read, checked, reported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.test_command import run
from validator import Linter, validate_file
from validator.common.errors import MissingParserError
from validator.documents import format_of
from validator.files import check_text
from validator.files import checking as files_checking

LINTER = Linter(endpoint="auto")
ASK = """\
import anthropic

client = anthropic.Anthropic()
reply = client.messages.create(
    model="claude-haiku-4-5",
    max_tokens=64,
    temperature=1.5,
    messages=[{"role": "user", "content": "Hello"}],
)
"""
TS = """\
import Anthropic from "@anthropic-ai/sdk";
const client = new Anthropic();
await client.messages.create({ model: "claude-haiku-4-5", max_tokens: 64, temperature: 1.5, messages: [] });
"""
CURL = """\
curl https://api.anthropic.com/v1/messages -H "anthropic-version: 2023-06-01" \\
  -H "content-type: application/json" \\
  -d '{"model": "claude-haiku-4-5", "max_tokens": 64, "temperature": 1.5,
       "messages": [{"role": "user", "content": "Hi"}]}'
"""
FENCED = f"# Asking\n\n```python\n{ASK}```\n"
BROKEN = "import anthropic\n\nclient.messages.create(model=,)\n"
PLAIN = "import os\n\n\ndef messages() -> None: ...\n"


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source.splitlines(keepends=True), "outputs": []}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


FILES = {
    "ask.py": ASK,
    "ask.ipynb": notebook("import anthropic\nclient = anthropic.Anthropic()", ASK.partition("()\n")[2]),
    "ask.ts": TS,
    "ask.sh": CURL,
    "ask.md": FENCED,
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def found_in(*arguments: str | Path, **more: Any) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run("check", *arguments, "--format", "json", **more).out)
    return report


def places(report: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    return [(Path(each["path"]).name, each["rule"], each["line"], each["column"]) for each in report["violations"]]


def test_a_walk_finds_the_calls_in_every_format(tmp_path: Path) -> None:
    report = found_in(write(tmp_path, {**FILES, "plain.py": PLAIN, "ask.py.gz": b"\x1f\x8b"}))
    assert report["requests"] == report["files"] == len(FILES)
    assert {(name, rule) for name, rule, *_ in places(report)} >= {(name, "schema/maximum") for name in FILES}
    assert report["errors"] == []


def test_a_named_file_is_reported_as_in_a_walk(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    for name in FILES:
        assert found_in(tmp_path / name)["violations"] == [
            each for each in found_in(tmp_path)["violations"] if Path(each["path"]).name == name
        ]


def test_the_files_that_are_shown_say_how_many_calls_they_have(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ASK + ASK, "b.py": ASK, "c.py": PLAIN, "d.py": BROKEN, "e.py": b"messages\0"})
    assert run("check", "--show-files", ".", cwd=tmp_path).out.splitlines() == [
        "+ a.py: it has 2 calls of the Messages API",
        "+ b.py: it has 1 call of the Messages API",
        "- c.py: it has no call of the Messages API",
        "+ d.py: it cannot be parsed, but calls the Messages API",
        "- e.py: it has no call of the Messages API",
    ]


@pytest.mark.parametrize(
    "name", ["a.py", "a.ipynb", "a.ts", "a.md", "a.mdx", "a.sh", "a.bash", "a.baml", "a.tsx", "a.cjs"]
)
@pytest.mark.parametrize("text", ["", "# Notes\n", "\0", "messages anthropic", "{", "messages.create(", "```python\n("])
def test_a_named_source_file_without_a_call_is_no_mistake(name: str, text: str) -> None:
    result = check_text(name, text.encode(), LINTER)
    assert (result.requests, [each.rule for each in result.violations if each.severity == "error"]) == (0, [])


def test_a_folder_without_a_request_says_so_and_fails_only_if_that_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": PLAIN})
    for paths in ((tmp_path,), (tmp_path / "a.py",)):
        done = run("check", *paths)
        assert (done.returncode, done.out) == (0, "")
        assert "no request was found in" in done.err
        assert run("check", *paths, "--fail-on-empty").returncode == 2


TESTS = [
    "tests/a.py",
    "src/test/a.ts",
    "spec/a.js",
    "specs/x/a.sh",
    "__tests__/a.ts",
    "e2e/a.md",
    "testing/a.py",
    "test_a.py",
    "a_test.py",
    "conftest.py",
    "src/a.test.ts",
    "a.spec.mjs",
]


@pytest.mark.parametrize("name", TESTS)
def test_tests_are_left_out_of_a_walk(name: str, tmp_path: Path) -> None:
    ending = Path(name).suffix
    text = {".py": ASK, ".sh": CURL, ".md": FENCED}.get(ending, TS)
    write(tmp_path, {name: text})
    assert run("check", ".", cwd=tmp_path).out == ""
    shown = run("check", "--show-files", ".", cwd=tmp_path).out
    assert shown == f"- {name}: it is a test; `--tests` or `tests = true` checks it\n"
    assert found_in(".", "--tests", cwd=tmp_path)["requests"] == 1
    assert found_in(name, cwd=tmp_path)["requests"] == 1
    assert found_in(name, "--force-exclude", cwd=tmp_path)["requests"] == 0
    write(tmp_path, {"msglint.toml": "tests = true\n"})
    assert found_in(".", cwd=tmp_path)["requests"] == 1


def test_data_in_a_folder_of_tests_is_checked_as_ever(tmp_path: Path) -> None:
    body = json.dumps({"model": "claude-haiku-4-5", "max_tokens": 1, "messages": []})
    write(tmp_path, {"tests/a.json": body, "tests/test_a.yaml": body, "tests/test_b.py": ASK})
    assert found_in(".", cwd=tmp_path)["requests"] == 2


def test_a_folder_of_tests_that_is_named_is_checked(tmp_path: Path) -> None:
    write(tmp_path, {"pkg/tests/test_a.py": ASK, "pkg/b.py": ASK})
    assert found_in("pkg/tests", cwd=tmp_path)["requests"] == 1
    assert found_in("pkg", cwd=tmp_path)["requests"] == 1
    assert found_in(".", "--tests", cwd=tmp_path)["requests"] == 2


def test_a_folder_around_that_is_called_tests_is_none_of_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"tests/project/test_a.py": ASK, "tests/project/b.py": ASK})
    assert found_in(".", cwd=tmp_path / "tests/project")["requests"] == 1


def test_a_file_that_cannot_be_parsed_is_told_and_the_others_are_checked(tmp_path: Path) -> None:
    report = found_in(write(tmp_path, {"a.py": BROKEN, "b.py": ASK, "c.md": f"```python\n{BROKEN}```\n"}))
    assert places(report) == [("a.py", "syntax/unparsed-source", 3, 30), ("b.py", "schema/maximum", 7, 17)]
    (told, _) = report["violations"]
    assert told["severity"] == "info"
    assert told["message"].startswith("the calls in this file are not checked, because it is")
    assert report["requests"] == 1
    assert run("check", tmp_path / "a.py").returncode == 0


def test_a_file_that_cannot_be_parsed_is_not_told_if_it_has_no_calls(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": 'print "messages"\n', "b.py": "messages.append(1\n"})
    assert found_in(tmp_path)["violations"] == []


def test_calls_are_reported_in_the_order_of_the_file_and_what_they_share_once(tmp_path: Path) -> None:
    text = (
        "import anthropic\nHOT = 1.5\nclient = anthropic.Anthropic()\n"
        + 'client.messages.create(model="claude-haiku-4-5", max_tokens="5", temperature=HOT, messages=MESSAGES)\n' * 2
    )
    report = found_in(write(tmp_path, {"a.py": text}))
    assert report["requests"] == 2
    assert places(report) == [
        ("a.py", "schema/maximum", 2, 7),
        ("a.py", "schema/type", 4, 61),
        ("a.py", "schema/type", 5, 61),
    ]


BATCH = """\
import anthropic
client = anthropic.Anthropic()
client.messages.batches.create(requests={requests})
"""
ITEM = '{"custom_id": "a", "params": {"model": "claude-haiku-4-5", "max_tokens": 1, "messages": messages}}'


@pytest.mark.parametrize(
    ("requests", "number"),
    [
        ("[]", 1),
        (f"[{ITEM}]", 1),
        (f"[{ITEM}, {ITEM.replace('a', 'b', 1)}]", 2),
        (f"[{ITEM} for m in x]", 1),
        ("rows", 1),
    ],
)
def test_each_item_of_a_batch_that_is_spelled_out_is_a_request(requests: str, number: int) -> None:
    assert check_text("a.py", BATCH.replace("{requests}", requests).encode(), LINTER).requests == number


def test_what_a_call_says_about_how_it_is_sent_comes_before_the_options(tmp_path: Path) -> None:
    counting = ASK.replace("create", "count_tokens").replace("    max_tokens=64,\n    temperature=1.5,\n", "")
    server = 'mcp_servers=[{"type": "url", "url": "https://example.com", "name": "a"}]'
    tools = 'tools=[{"type": "mcp_toolset", "mcp_server_name": "a"}]'
    silent = ASK.replace("messages.create", "beta.messages.create").replace("temperature=1.5", f"{server}, {tools}")
    told = silent.replace("mcp_servers=", 'betas=["mcp-client-2025-11-20"], mcp_servers=')
    write(tmp_path, {"a.py": counting, "b.py": silent, "c.py": told})
    write(tmp_path, {"msglint.toml": 'endpoint = "batches"\nbetas = []\n'})
    assert {name for name, *_ in places(found_in(tmp_path))} == {"b.py"}
    assert [each.rule for each in check_text("a.py", counting.encode(), Linter()).violations] == []


def test_overrides_and_baselines_apply_to_calls(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert run("check", ".", "--write-baseline", cwd=tmp_path).returncode == 0
    assert run("check", ".", cwd=tmp_path).out == ""
    (tmp_path / "ask.py").write_text("# moved\n" + ASK)
    assert run("check", ".", cwd=tmp_path).out == ""
    (tmp_path / "msglint-baseline.json").unlink()
    override = '[[overrides]]\nfiles = ["*.py#/temperature"]\nignore = ["schema"]\nreason = "scaled"\n'
    write(tmp_path, {"msglint.toml": override})
    names = {name for name, *_ in places(found_in(".", cwd=tmp_path))}
    assert names == FILES.keys() - {"ask.py"}


@pytest.mark.parametrize(
    "format_name", ["full", "concise", "jsonl", "github", "gitlab", "sarif", "junit", "rdjson", "html"]
)
def test_every_format_reports_calls(format_name: str, tmp_path: Path) -> None:
    done = run("check", write(tmp_path, FILES), "--format", format_name)
    assert done.returncode == 1
    assert "temperature" in done.out


def test_places_in_a_notebook_are_those_in_its_cells(tmp_path: Path) -> None:
    write(tmp_path, {"ask.ipynb": FILES["ask.ipynb"]})
    (found,) = found_in("ask.ipynb", cwd=tmp_path)["violations"]
    assert (found["cell"], found["cell_line"], found["cell_column"]) == (2, 4, 17)
    line = FILES["ask.ipynb"].split("\n")[found["line"] - 1]
    assert line[found["column"] - 1 : found["end_column"] - 1] == "1.5"
    (record,) = run("check", "ask.ipynb", "--format", "jsonl", cwd=tmp_path).out.splitlines()
    assert json.loads(record)["cell"] == 2
    assert run("check", "ask.ipynb", cwd=tmp_path).out == (
        "error[schema/maximum]: `temperature` is 1.5, but must be at most 1\n"
        " --> ask.ipynb:cell 2:4:17 at /temperature\n"
        "  |\n"
        '4 |     "    temperature=1.5,\\n",\n'
        "  |                      ^^^\n"
        "  |\n"
        "  = help: lower it to 1 or less\n"
        "\n"
    )
    assert run("check", "ask.ipynb", "--format", "concise", cwd=tmp_path).out.startswith("ask.ipynb:cell 2:4:17: ")
    assert "cell 2:4:17" in run("check", "ask.ipynb", "--format", "html", cwd=tmp_path).out
    assert f"line={found['line']}," in run("check", "ask.ipynb", "--format", "github", cwd=tmp_path).out


def test_only_places_in_notebooks_have_a_cell(tmp_path: Path) -> None:
    assert all("cell" not in each for each in found_in(write(tmp_path, {"a.py": ASK}))["violations"])


def test_line_ends_and_encodings_do_not_move_places(tmp_path: Path) -> None:
    text = ASK.replace("import anthropic", '"é😀\u2028\x0c"; import anthropic').replace("64,\n", "64, # ß\n")
    expected = [("schema/maximum", 7, 17)]
    for data in (
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
        ("# coding: cp1252\n" + ASK.replace("Hello", "é"))
        .replace("import anthropic\n", "import anthropic;")
        .encode("cp1252"),
    ):
        (tmp_path / "a.py").write_bytes(data)
        assert [place[1:] for place in places(found_in(tmp_path))] == expected


@pytest.fixture
def without_parser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Return an environment in which the parser of TypeScript cannot be imported."""
    missing = tmp_path / "missing"
    write(missing, {"tree_sitter.py": "raise ImportError\n", "tree_sitter_typescript.py": "raise ImportError\n"})
    monkeypatch.syspath_prepend(str(missing))
    return {"PYTHONPATH": f"{missing}:{Path(files_checking.__file__).parents[2]}"}


def test_without_a_parser_a_walk_goes_on_and_says_how_to_get_it(tmp_path: Path, without_parser: dict[str, str]) -> None:
    write(tmp_path / "x", {"a.ts": TS, "b.js": TS, "c.ts": "export {}\n", "d.py": ASK.replace("1.5", "1")})
    done = run("check", "x", cwd=tmp_path, environment=without_parser)
    assert (done.returncode, done.out) == (0, "")
    assert done.err == (
        "msglint: skipped 2 files of TypeScript or JavaScript: its parser is not installed, "
        "`pip install 'msglint[code]'` brings it\n"
        "checked 1 request in 1 file: no violations\n"
    )


def test_without_a_parser_a_named_file_is_an_error(tmp_path: Path, without_parser: dict[str, str]) -> None:
    write(tmp_path / "x", {"a.ts": TS})
    done = run("check", "x/a.ts", cwd=tmp_path, environment=without_parser)
    assert done.returncode == 2
    assert "pip install 'msglint[code]'" in done.err
    shown = run("check", "--show-files", "x", cwd=tmp_path, environment=without_parser)
    assert shown.out.startswith("- x/a.ts: ")
    stdin = run("check", "-", "--stdin-filename", "a.ts", stdin=TS.encode(), environment=without_parser)
    assert (stdin.returncode, "pip install" in stdin.err, "internal error" in stdin.err) == (2, True, False)


def test_standard_input_and_the_library_read_source_code(tmp_path: Path) -> None:
    done = run("check", "-", "--stdin-filename", "a.py", "--format", "concise", stdin=ASK.encode())
    assert done.out.startswith("a.py:7:17: error[schema/maximum]")
    write(tmp_path, {"a.py": ASK})
    assert [each.rule for each in validate_file(tmp_path / "a.py").violations] == ["schema/maximum"]


def test_a_retired_model_in_code_that_is_run_is_an_error_and_counted(tmp_path: Path) -> None:
    old = ASK.replace("claude-haiku-4-5", "claude-3-opus-20240229").replace("    temperature=1.5,\n", "")
    write(tmp_path, {"a.py": old, "b.md": f"```python\n{old}```\n"})
    body = {"model": "claude-3-opus-20240229", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}
    write(tmp_path, {"c.json": json.dumps(body)})
    done = run("check", tmp_path, "--format", "concise", "--today", "2026-11-29")
    severities = {Path(line.partition(":")[0]).name: line.split(" ")[1] for line in done.out.splitlines()}
    assert severities == {
        "a.py": "error[models/retired]",
        "b.md": "warning[models/retired]",
        "c.json": "warning[models/retired]",
    }
    assert done.err == "checked 3 requests in 3 files: 1 error, 2 warnings; 1 request names a retired model\n"
    ignored = run("check", tmp_path, "--ignore", "models", "--today", "2026-11-29")
    assert (ignored.returncode, ignored.err) == (0, "checked 3 requests in 3 files: no violations\n")


def test_source_code_is_not_read_out_of_compressed_files() -> None:
    assert format_of("a.py.gz") is None
    assert format_of("a.json.gz") is not None
    assert issubclass(MissingParserError, Exception)


def test_a_fault_of_a_reader_is_reported_for_that_file_alone(tmp_path: Path) -> None:
    deep = "import anthropic\nclient.messages.create(x=" + "[" * 5000 + "]" * 5000 + ")\n"
    report = found_in(write(tmp_path, {"a.py": deep, "b.py": ASK}))
    assert report["errors"] == []
    assert places(report)[-1] == ("b.py", "schema/maximum", 7, 17)


PROMPTFOO = """\
prompts: [a]
providers:
  - id: anthropic:messages:claude-haiku-4-5
    config:
      temperature: 1.5
"""


def test_comments_suppress_what_is_found_in_a_configuration_of_promptfoo(tmp_path: Path) -> None:
    path = write(tmp_path, {"promptfooconfig.yaml": PROMPTFOO}) / "promptfooconfig.yaml"
    assert run("check", path, "--fix", "--unsafe-fixes").returncode == 1
    assert path.read_text() == PROMPTFOO
    assert run("check", path, "--add-ignores", "--reason", "as before").returncode == 0
    assert path.read_text() == PROMPTFOO.replace("1.5", "1.5  # msglint: ignore[schema/maximum] as before")
    assert run("check", path).err == "checked 1 request in 1 file: no violations; 1 suppressed\n"


def test_recordings_are_checked_if_an_option_or_the_configuration_says_so(tmp_path: Path) -> None:
    body = json.dumps({"model": "claude-haiku-4-5", "max_tokens": 64, "messages": [{"role": "tool", "content": "4"}]})
    cassette = f"interactions:\n- request:\n    body: '{body}'\n    uri: https://api.anthropic.com/v1/messages\n"
    files = {f"c{number}.yaml": cassette + "  response: {}\n" * (number == 1) for number in range(30)}
    write(tmp_path, files)
    assert run("check", ".", cwd=tmp_path).err.startswith("msglint: no request was found")
    expected = [(name, "schema/enum", 3, cassette.split("\n")[2].index('"tool"') + 1) for name in sorted(files)]
    for jobs in ("1", "2"):
        assert places(found_in(".", "--recordings", "--jobs", jobs, cwd=tmp_path)) == expected
    done = run("check", "c1.yaml", cwd=tmp_path)
    assert (done.returncode, done.err) == (0, "checked 1 request in 1 file: no violations\n")
    write(tmp_path, {"msglint.toml": "recordings = true\n"})
    assert places(found_in(".", "--jobs", "2", cwd=tmp_path)) == expected


def test_only_the_beginning_of_a_recording_is_read_in_a_walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.yaml": "---\nversion: 1\ninteractions:\n- request:\n    body: messages\n" + "# x\n" * 10_000})

    def read_whole(_source: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(files_checking, "read_whole", read_whole)
    assert files_checking.check_file(str(tmp_path / "a.yaml"), LINTER, is_named=False) is None


@pytest.mark.parametrize("option", ["--tests", "--recordings"])
def test_a_configuration_with_a_flag_that_is_no_boolean_is_refused(option: str, tmp_path: Path) -> None:
    key = option.removeprefix("--")
    write(tmp_path, {"msglint.toml": f'{key} = "yes"\n', "a.py": ASK})
    done = run("check", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert f'`{key}` is "yes", but must be `true` or `false`' in done.err


def test_a_tool_that_is_only_partly_known_is_told_which_version_to_use(tmp_path: Path) -> None:
    tool = '{**more, "type": "text_editor_20250124", "name": name}'
    source = f'client.messages.create(model="claude-opus-4-6", max_tokens=9, messages=messages, tools=[{tool}])'
    report = found_in(write(tmp_path, {"ask.py": f"def ask(client, messages, name, more):\n    {source}\n"}))
    (found,) = report["violations"]
    assert found["help"] == 'use `text_editor_20250728`, with `name` "str_replace_based_edit_tool"'
