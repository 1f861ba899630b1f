"""No output shows a secret, wherever in a request it stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lsp.marks import opened
from tests.material import TODAY, edition_of, endpoint_of, fixtures, hello, name_of
from tests.secrets import BODY, FORMS, shown_in
from tests.test_command import run
from validator import Linter, RequestError, validate, validate_json
from validator.cli.check_fixes import difference
from validator.common.pointer import Path as Place
from validator.documents import Format, format_of, read
from validator.files import FileResult, check_text
from validator.files.recognition import Verdict
from validator.fixing.applying import fix_text
from validator.formats import FORMATS
from validator.formats.style import Style
from validator.lsp.actions import actions
from validator.lsp.completion import Wishes, complete
from validator.lsp.diagnostics import diagnostics
from validator.lsp.hover import hover
from validator.lsp.server import make_server
from validator.lsp.symbols import folds, symbols
from validator.suppressions.baseline import written

KEY = FORMS["Anthropic"]
SMALL = 1_500
"""Bytes of a fixture in which a secret is put at each place in turn; in a larger one, at many places at once."""
EACH = 8
"""Into how many requests the places of a larger fixture are dealt out."""


def places(value: Any, path: Place = ()) -> Iterator[tuple[bool, Place]]:
    """Yield the path of each key and each scalar, with whether the key is meant."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield True, (*path, key)
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))
    elif path:
        yield False, path


def planted(value: Any, wanted: list[tuple[tuple[bool, Place], str]]) -> Any:
    """Return a copy of a value with secrets at some places: in place of a value, or of a key."""
    copy = deepcopy(value)
    for (is_key, (*above, last)), secret in sorted(wanted, key=lambda each: (-len(each[0][1]), each[0][0])):
        holder = copy
        for step in above:
            holder = holder[step]
        if is_key:
            holder[secret] = holder.pop(last)
        else:
            holder[last] = secret
    return copy


def documents(path: Path) -> Iterator[Any]:
    data = path.read_bytes() if not path.name.endswith(".gz") else b""
    if format_of(path.name) is Format.LINES:
        lines = [read(line, Format.JSON)[0] for line in data.split(b"\n")[:2]]
    else:
        lines = read(data, format_of(path.name))[:2]
    yield from (line.value for line in lines if line.readable and isinstance(line.value, dict))


def requests(path: Path) -> Iterator[Any]:
    """Yield what becomes of a fixture with secrets at its places."""
    forms = cycle(FORMS.values())
    for value in documents(path):
        every = list(places(value))
        size = len(json.dumps(value))
        if size > 100 * SMALL:
            continue
        count = EACH if size > SMALL else len(every)
        for number in range(count):
            yield planted(value, [(place, next(forms)) for place in every[number::count]])


WAYS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("a.json", json.dumps),
    ("a.json", lambda value: json.dumps(value, indent=2, ensure_ascii=False)),
    ("a.jsonc", lambda value: "// a request\n" + json.dumps(value, indent=1).replace("sk-", "\\u0073k-")),
    ("a.json", json.dumps),
    ("a.yaml", lambda value: yaml.safe_dump(value, sort_keys=False, width=60)),
    ("a.jsonl", lambda value: json.dumps(value) + "\n"),
    ("a.json", lambda value: json.dumps(value)[:-9]),
    ("a.yaml", lambda value: yaml.safe_dump(value, default_style='"', width=30)),
)
"""The names of files, and how a request is written in them."""


FIXTURES = [path for kind in ("good", "bad") for path in fixtures(kind)]
GROUPS = [FIXTURES[number::8] for number in range(8)]


@pytest.mark.parametrize("group", GROUPS, ids=range(len(GROUPS)))
def test_no_output_shows_a_secret_wherever_it_stands(group: list[Path]) -> None:
    results: list[FileResult] = []
    for path in group:
        linter = Linter(endpoint=endpoint_of(path), edition=edition_of(path), today=TODAY)
        for number, value in enumerate(requests(path)):
            report = linter.validate(value)
            assert not shown_in(f"{report!r} {RequestError(report)}"), (name_of(path), value)
            name, write = WAYS[number % len(WAYS)]
            data = write(value).encode()
            result = check_text(name, data, linter)
            assert not shown_in(f"{result!r}"), (name_of(path), data)
            results.append(result)
            if number % 5 == 0:
                fixed = fix_text(name, data, lambda text: check_text(name, text, linter), unsafe=True)  # noqa: B023
                assert not shown_in("".join(difference(name, data, fixed.data))), (name_of(path), data)
                results.append(fixed.result)
    assert len(results) > 100
    for name, render in FORMATS.items():
        assert not shown_in("".join(render(results, Style()))), name
    entries = {str(number): Counter(result.fingerprints) for number, result in enumerate(results)}
    assert not shown_in(written(entries))


@pytest.mark.parametrize("form", FORMS)
def test_a_language_server_shows_no_secret(form: str) -> None:
    values = [
        hello(**{FORMS[form]: 1, "temprature": 1}),
        hello(model=FORMS[form], max_tokens=FORMS[form]),
        hello(
            tools=[{"name": FORMS[form], "description": FORMS[form], "input_schema": {}}],
            tool_choice={"type": "tool", "name": "x"},
            messages=[
                {"role": "user", "content": [{"type": FORMS[form], "title": FORMS[form]}]},
                {"role": FORMS[form], "content": FORMS[form]},
                {"role": "assistant", "content": [{"type": "tool_use", "id": FORMS[form], "name": "x", "input": 1}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "x"}]},
            ],
        ),
        {"requests": [{"custom_id": FORMS[form], "params": hello(system=FORMS[form])}]},
    ]
    for number, value in enumerate(values):
        for name, text in (("a.json", json.dumps(value, indent=1)), ("a.yaml", yaml.safe_dump(value))):
            document = opened(text, name)
            document.was_request = True
            vars(document)["verdict"] = Verdict(is_request=True, reason="")
            everything = document.text.range_of(0, len(text))
            said: list[Any] = [
                diagnostics(document, lambda _: None),
                [action.title for action in actions(document, everything, [], None)],
            ]
            for part in document.parts:
                said += [symbols(part.document, document.text, part.start), folds(part.document, document.text)]
            for offset in range(0, len(text), 7):
                place = document.place_at(offset)
                found = [(each, document.rules[each.rule]) for each, _ in document.violations_in(offset, offset)]
                said.append(hover(place, found))
                typed = document.place_at(offset, is_typed=True)
                said += complete(typed, Wishes()) if typed is not None else []
            assert len(said) > 3
            assert not shown_in(repr(said)), (number, name)


def test_the_log_of_a_language_server_shows_no_secret() -> None:
    server = make_server()
    logged: list[str] = []
    server.window_log_message = lambda params: logged.append(params.message)  # type: ignore[method-assign]
    server.log_error(f"a bug met {KEY}")
    assert logged == ["a bug met sk-ant-…"]


def test_an_unknown_id_of_a_call_that_is_a_secret_is_not_offered() -> None:
    call = {"type": "tool_use", "id": KEY, "name": "x", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "‸"}
    value = hello(messages=[{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}])
    before, after = json.dumps(value, ensure_ascii=False).split("‸")
    place = opened(before + after).place_at(len(before), is_typed=True)
    assert place is not None
    assert complete(place, Wishes()) == []


COMMANDS: dict[str, tuple[str, ...]] = {
    "explain": ("explain", f"messages.0.{KEY}: Extra inputs are not permitted"),
    "explain nothing like it": ("explain", KEY),
    "explain a rule that is not there": ("explain", f"schema/{KEY}"),
    "a command": (KEY,),
    "an option": ("check", f"--{KEY}"),
    "a value of an option": ("check", "--format", KEY),
    "a rule": ("check", "a.json", "--ignore", KEY),
    "a beta": ("check", "a.json", "--beta", KEY),
    "a day": ("check", "a.json", "--today", KEY),
    "a file that is not there": ("check", f"{KEY}.json"),
    "a folder without requests": ("check", KEY),
    "an output": ("check", "a.json", "--output", f"{KEY}=x"),
    "a folder that is not there": ("check", "a.json", "--output-file", f"{KEY}/x"),
    "a configuration": ("check", "a.json", "--config", f"{KEY}.toml"),
    "a baseline": ("check", "a.json", "--baseline", f"{KEY}.json"),
    "files": ("check", ".", "--show-files"),
    "a file": ("check", f"{KEY}-1.json"),
    "a difference": ("check", f"{KEY}-1.json", "--diff", "--unsafe-fixes"),
    "a configuration that is wrong": ("check", "wrong/a.json"),
    "a configuration that is no TOML": ("check", "broken/a.json"),
    "reasons": ("check", "reasons/a.jsonc", "--format", "sarif"),
    "statistics": ("check", ".", "--statistics"),
    "a configuration shown": ("config", "reasons/a.jsonc"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with secrets in the names of its files, in its requests and in its configurations."""
    place = tmp_path_factory.mktemp("secrets")
    for name in ("wrong", "broken", "reasons"):
        (place / name).mkdir()
        (place / name / "a.json").write_text(json.dumps(hello()))
    (place / "a.json").write_text(json.dumps(hello(model=f"claude-{KEY}")))
    (place / "b.json").write_text(json.dumps(hello(model=KEY)))
    (place / "c.json").write_text(json.dumps(hello())[:-1] + f', "{KEY}": 1}}')
    (place / f"{KEY}-1.json").write_text(json.dumps(hello(temprature=1, system=KEY)))
    (place / "wrong" / "msglint.toml").write_text(f'select = ["{KEY}"]\n"{KEY}" = 1\nendpoint = "{KEY}"\n')
    (place / "broken" / "msglint.toml").write_text(f'["{KEY}"]\n["{KEY}"]\n')
    (place / "reasons" / "msglint.toml").write_text(
        f'betas = ["{KEY}"]\n[[overrides]]\nfiles = ["*.jsonc#/{KEY}"]\nignore = ["schema"]\nreason = "{KEY}"\n'
    )
    request = json.dumps(hello(), indent=1)[:-2] + f',\n "{KEY}": 1,\n // msglint: ignore[schema] {KEY}\n "b": 2\n}}'
    (place / "reasons" / "a.jsonc").write_text(f"// msglint: {KEY}\n// msglint: ignore {KEY}\n{request}")
    return place


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_shows_a_secret(name: str, folder: Path) -> None:
    done = run(*COMMANDS[name], cwd=folder)
    assert done.out + done.err
    assert not shown_in(done.out + done.err)


def test_a_difference_says_when_it_cannot_be_applied(tmp_path: Path) -> None:
    (tmp_path / "near.json").write_text(json.dumps(hello(temprature=1, system=KEY)))
    (tmp_path / "far.json").write_text(json.dumps(hello(temprature=1, stop_sequences=["x"] * 9, system=KEY), indent=1))
    near, far = (run("check", f"{name}.json", "--diff", "--unsafe-fixes", cwd=tmp_path) for name in ("near", "far"))
    assert "cannot be applied" in near.err
    assert "cannot be applied" not in far.err


def test_a_finding_at_a_secret_is_silenced_by_its_pointer(folder: Path) -> None:
    done = run("check", "reasons/a.jsonc", "--format", "json", "--ignore", "suppressions", cwd=folder)
    found = json.loads(done.out)
    assert found["suppressed"] == {"comment": 1, "configuration": 1, "baseline": 0}
    assert [each["rule"] for each in found["violations"]] == ["betas/unknown"]


def test_a_baseline_knows_findings_at_secrets_without_showing_them(tmp_path: Path) -> None:
    (tmp_path / f"{KEY}.json").write_text(json.dumps(hello(**{KEY: 1, f"{KEY}b": 2})))
    baseline = tmp_path / "msglint-baseline.json"
    assert run("check", ".", "--write-baseline", cwd=tmp_path).returncode == 0
    text = baseline.read_text()
    assert not shown_in(text)
    (entry,) = json.loads(text)["findings"][f"sk-{'ant'}-….json"]
    assert (entry["at"], entry["count"]) == ("/sk-ant-…", 2)
    done = run("check", ".", "--format", "json", cwd=tmp_path)
    assert json.loads(done.out)["suppressed"]["baseline"] == 2
    baseline.write_text(text.replace("…", KEY[7:]))  # as it was written before secrets were hidden
    assert run("check", ".", cwd=tmp_path).returncode == 0
    (tmp_path / f"{KEY}.json").write_text(json.dumps(hello(**{KEY: 1, f"{KEY}b": 2, f"{KEY}c": 3})))
    done = run("check", ".", "--format", "json", cwd=tmp_path)
    assert len(json.loads(done.out)["violations"]) == 1


def test_the_place_of_a_secret_is_exact_where_its_pointer_is_redacted() -> None:
    text = json.dumps(hello(**{KEY: 1}))
    (violation,) = validate_json(text).violations
    assert violation.pointer == "/sk-ant-…"
    assert violation.range is not None
    assert text[violation.range.column - 1 : violation.range.end_column - 1] == f'"{KEY}"'


def test_a_value_is_hidden_that_is_a_secret_by_its_name_alone() -> None:
    schema = {"type": "object", "properties": {"password": {"enum": ["a"]}}}
    call = {"type": "tool_use", "id": "toolu_1", "name": "log_in", "input": {"password": "hunter-two"}}
    request = hello(
        tools=[{"name": "log_in", "description": "Logs in.", "input_schema": schema}],
        messages=[
            {"role": "user", "content": "x"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}]},
        ],
    )
    found = validate(request).violations
    assert [violation.rule for violation in found] == ["tools/input-not-matching-schema"]
    assert "hunter" not in repr(found)


def test_a_broken_text_is_explained_without_the_lines_of_a_private_key_in_it() -> None:
    text = FORMS["private key"].replace("\n", "\n\n  ")
    broken = f"a: 1\n# max_tokens: '{text}'\nmessages: []\n"
    result = check_text("a.yaml", broken.encode(), Linter())
    assert [violation.rule for violation in result.violations] == ["yaml/invalid"]
    assert not shown_in(repr(result))


def test_a_domain_is_suggested_without_the_password_before_it() -> None:
    tool = {
        "type": "web_search_20250305",
        "name": "web_search",
        "allowed_domains": ["https://user:secret@example.com/a"],
    }
    (violation,) = validate(hello(tools=[tool])).violations
    assert violation.help == 'write "example.com/a"'
    assert "user:secret" not in repr(violation)


def test_no_name_is_suggested_that_is_made_of_a_secret() -> None:
    secret = f"S{'G'}.{BODY[:22]}.{BODY[:43]}"
    tool = {"name": secret, "description": "x", "input_schema": {"type": "object", "properties": {f"{secret}é": {}}}}
    assert not shown_in(repr(validate(hello(tools=[tool]))))


def test_a_key_in_the_metadata_is_reported() -> None:
    found = validate(hello(metadata={"user_id": f"user with {KEY}"})).violations
    assert [(violation.rule, violation.pointer) for violation in found] == [("request/secret", "/metadata/user_id")]


def test_a_fix_does_what_it_did_though_it_is_not_printed_whole() -> None:
    (violation,) = validate(hello(**{KEY: 1})).violations
    assert violation.fix is not None
    assert violation.fix.patch == [{"op": "remove", "path": f"/{KEY}"}]
    assert violation.fix.title == "Remove `sk-ant-…`"
