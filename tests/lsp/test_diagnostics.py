"""Diagnostics: the same as the command's, as editors show them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types

from tests.lsp.marks import FILES, MARK, opened, with_marks
from tests.material import hello, name_of
from tests.test_command import run
from validator.lsp import rule_pages
from validator.lsp.diagnostics import diagnostics
from validator.lsp.open_document import OpenDocument
from validator.rules import RULES, Rule

HEAD = '{"model": "claude-opus-4-6", "max_tokens": 5, "messages": '
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


def no_address(rule: Rule) -> None:
    return None


def diagnosed(text: str, name: str = "request.json") -> list[types.Diagnostic]:
    return diagnostics(opened(text, name), rule_pages.address_of)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the fixtures into a folder in which all files are taken for requests."""
    folder = tmp_path_factory.mktemp("copies")
    for path in FILES:
        copy = folder / name_of(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (folder / "msglint.toml").write_text('include = ["**"]\n')
    return folder


@pytest.fixture(scope="module")
def reported(copies: Path) -> dict[str, list[dict[str, Any]]]:
    """Check all fixtures with the command, and return what it says of each."""
    done = run("check", "--format", "json", *(name_of(path) for path in FILES), cwd=copies)
    found: dict[str, list[dict[str, Any]]] = {name_of(path): [] for path in FILES}
    for violation in json.loads(done.out)["violations"]:
        found[violation["path"]].append(violation)
    assert sum(map(bool, found.values())) > len(FILES) // 3
    return found


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_editor_sees_what_the_command_sees(
    path: Path, copies: Path, reported: dict[str, list[dict[str, Any]]]
) -> None:
    document = opened(path.read_bytes().decode(), name_of(path), folder=copies, encoding="utf-32")
    shown = [seen(document, each) for each in diagnostics(document, no_address)]
    expected = [as_seen(document, each) for each in reported[name_of(path)]]
    if any(part.document.findings for part in document.parts):  # the editor goes on behind what cannot be read
        shown = [each for each in shown if each in expected]
    assert shown == expected


def seen(document: OpenDocument, diagnostic: types.Diagnostic) -> tuple[Any, ...]:
    assert diagnostic.source == "msglint"
    place = diagnostic.range
    return diagnostic.code, diagnostic.severity, diagnostic.message, place.start.line, place.start.character


def as_seen(document: OpenDocument, violation: dict[str, Any]) -> tuple[Any, ...]:
    message = "\n".join(filter(None, [violation["message"], violation["help"]]))
    start = types.Position(violation["line"] - 1, violation["column"] - 1)
    mark = document.text.text.startswith("\ufeff") and start.line == 0
    return violation["rule"], SEVERITIES[violation["severity"]], message, start.line, start.character + mark


@pytest.mark.parametrize(
    ("text", "rule", "around"),
    [
        (f'{HEAD}[], "é😀": 1}}', "schema/unknown-property", f'{HEAD}[], ‸"é😀"‸: 1}}'),
        (
            '{"messages": [],\n"model": "claude-opus-4-6"}',
            "schema/required",
            '‸{‸"messages": [],\n"model": "claude-opus-4-6"}',
        ),
        (f"{HEAD}{{\n}}}}", "schema/type", f"{HEAD}‸{{‸\n}}}}"),
        (f'{HEAD}[{{"role": "𠀋", "content": "a"}}]}}', "schema/enum", f'{HEAD}[{{"role": ‸"𠀋"‸, "content": "a"}}]}}'),
        (f'{HEAD}[{{"role": "user", "con', "syntax/truncated", None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_finding_is_underlined_but_not_over_many_lines(
    text: str, rule: str, around: str | None, encoding: str
) -> None:
    document = opened(text, encoding=encoding)
    places = {str(each.code): each.range for each in diagnostics(document, no_address)}
    assert rule in places
    assert places[rule].start.line == places[rule].end.line
    if around is not None:
        assert with_marks(document, places[rule]) == around


def test_a_second_place_is_told_with_the_first() -> None:
    tools = ", ".join(['{"name": "clock", "input_schema": {"type": "object"}}'] * 2)
    document = opened(f'{HEAD}[{{"role": "user", "content": "a"}}],\n "tools": [{tools}]}}')
    (diagnostic,) = [each for each in diagnostics(document, no_address) if each.code == "tools/duplicate-name"]
    assert diagnostic.related_information is not None
    (related,) = diagnostic.related_information
    assert related.location.uri == document.uri
    assert related.message
    first, second = (with_marks(document, place).index(MARK) for place in (related.location.range, diagnostic.range))
    assert first < second


@pytest.mark.parametrize(
    ("value", "rule", "tag"),
    [
        (hello(betas=["files-api-2025-04-14"]), "betas/deprecated", types.DiagnosticTag.Deprecated),
        (hello(model="claude-3-opus-20240229"), "models/retired", types.DiagnosticTag.Deprecated),
        (hello(max_tokes=1), "schema/unknown-property", None),
    ],
)
def test_what_is_deprecated_is_struck_through(value: Any, rule: str, tag: types.DiagnosticTag | None) -> None:
    (diagnostic,) = [each for each in diagnosed(json.dumps(value)) if each.code == rule]
    assert diagnostic.tags == (None if tag is None else [tag])


def test_what_silences_nothing_is_shown_as_unnecessary() -> None:
    text = json.dumps(hello(), indent=1).replace("{", "{ // msglint: ignore[schema/enum]", 1)
    (diagnostic,) = diagnosed(text, "request.jsonc")
    assert diagnostic.code == "suppressions/unused"
    assert diagnostic.tags == [types.DiagnosticTag.Unnecessary]


def test_without_a_home_folder_there_are_diagnostics_without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(*_: object, **__: object) -> Path:
        raise RuntimeError

    monkeypatch.setattr(rule_pages, "user_cache_path", homeless)
    found = diagnosed(json.dumps(hello(max_tokens=-1)))
    assert found
    assert {each.code_description for each in found} == {None}


@pytest.mark.parametrize(
    "rule", ["schema/unknown-property", "models/retired", "syntax/truncated", "thinking/budget-not-below-max-tokens"]
)
def test_the_code_links_to_a_page_of_the_rule(rule: str) -> None:
    assert rule_pages.written(RULES[rule])
    page = Path(unquote(urlsplit(rule_pages.address_of(RULES[rule]) or "").path)).read_text("utf-8")
    assert page.startswith(f"# {rule}\n")
    assert RULES[rule].why in page
    assert RULES[rule].source in page
    for heading in ("## Why", "## Bad", "## Good", "## Source"):
        assert heading in page


def test_every_diagnostic_links_to_its_rule() -> None:
    found = diagnosed('{"model": "claude-opus-4-6", "max_tokes": 5, "messages": []}')
    assert found
    for each in found:
        assert each.code_description is not None
        assert each.code_description.href == rule_pages.address_of(RULES[str(each.code)])


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    rule_pages.written.cache_clear()
    assert not rule_pages.written(RULES["schema/enum"])
    rule_pages.written.cache_clear()


@pytest.mark.parametrize(
    ("name", "text", "is_request", "reason"),
    [
        ("a.json", '{"name": "package", "version": "1"}', False, "it has no `messages`"),
        ("a.json", json.dumps(hello(model="gpt-5")), False, "its model is"),
        ("a.json", json.dumps(hello()), True, "it has `messages` and the model `claude-haiku-4-5`"),
        ("a.json", json.dumps(hello())[:-1], True, "it has `messages` and the model `claude-haiku-4-5`"),
        ("a.jsonl", "\n" + json.dumps({"custom_id": "a", "params": hello()}) + "\n{", True, "it has `custom_id`"),
        ("a.yaml", "model: claude-haiku-4-5\nmessages: []\n", True, "it has `messages` and the model"),
        ("a.txt", json.dumps(hello()), True, "it has `messages`"),
        ("a.json", "", False, "it has no `messages`"),
    ],
)
def test_what_is_a_request_is_told_by_what_it_holds(name: str, text: str, is_request: bool, reason: str) -> None:  # noqa: FBT001
    verdict = opened(text, name).verdict
    assert verdict.is_request == is_request
    assert verdict.reason.startswith(reason)


@pytest.mark.parametrize(
    ("config", "is_request", "reason"),
    [
        ('include = ["*.json"]', True, "the configuration includes it"),
        ('exclude = ["a.*"]', False, "msglint.toml excludes it"),
        ("", False, "it has no `messages`"),
    ],
)
def test_what_is_a_request_is_told_by_the_configuration_first(
    config: str,
    is_request: bool,  # noqa: FBT001
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "msglint.toml").write_text(config)
    verdict = opened('{"a": 1}', "a.json", folder=tmp_path).verdict
    assert (verdict.is_request, verdict.reason) == (is_request, reason)


def test_a_request_stays_one_while_it_is_broken_and_only_then() -> None:
    for text, stays in (('{"messages', True), ('{"messages": 1}', False)):
        document = opened(text)
        document.was_request = True
        assert document.verdict.is_request == stays


def test_the_folder_of_fixtures_has_files_of_every_format() -> None:
    assert {path.suffix for path in FILES} == {".json", ".jsonc", ".jsonl", ".yaml"}
