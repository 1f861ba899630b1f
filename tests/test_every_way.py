"""Every way of checking says the same of the same request: library, command, editor, and every format of text.

What differs, and why:

- `syntax/byte-order-mark` and the duplicate keys of a text are not there once a text has become an object;
  YAML reports duplicate keys by a rule of its own.
- Rules of `yaml` are about YAML alone.
- `size/request` counts the bytes of the text as it is written.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from tests.material import TODAY, edition_of, endpoint_of, fixtures, name_of
from validator import Linter, Violation
from validator.cli import cli
from validator.documents.duplicates import repeated_keys
from validator.documents.strict import read
from validator.files import check_file, check_stream, check_text
from validator.lsp.open_document import OpenDocument
from validator.lsp.text import Text
from validator.project import Project

Said = tuple[str, str, str, str, "str | None"]
TEXT_ALONE = {"syntax/byte-order-mark", "syntax/duplicate-key"}


def is_whole(path: Path) -> bool:
    """Whether a fixture is one JSON text that every way can read."""
    if path.suffix != ".json" or edition_of(path) != edition_of(Path("new")) or endpoint_of(path) != "auto":
        return False
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    document = read(text)
    return document.readable and not repeated_keys(text, document.value)


REQUESTS = [path for kind in ("good", "bad") for path in fixtures(kind) if is_whole(path)]


def value_of(path: Path) -> Any:
    return json.loads(path.read_bytes().decode("utf-8-sig"))


def linter() -> Linter:
    return Linter(endpoint="auto", today=TODAY, max_violations=None)


def said(violations: Any) -> set[Said]:
    """Return what is said, without its place and without what is about the text alone."""
    return {
        (each.rule, str(each.severity), each.pointer, each.message, each.help)
        for each in violations
        if each.rule not in TEXT_ALONE and not each.rule.startswith("yaml/")
    }


def places(violations: Any) -> list[tuple[str, Any]]:
    return [(each.rule, each.range) for each in violations]


def in_editor(text: str, name: str) -> tuple[Violation, ...]:
    document = OpenDocument(f"untitled:{name}", name, "", 1, Text(text), _Project(), is_file=False)
    found = document.project.check_documents(name, [part.document for part in document.parts])
    return found.violations


class _Project(Project):
    """A project whose linter is that of the other ways."""

    def linter_for(self, _path: str) -> Linter:
        return linter()


@pytest.mark.parametrize("path", REQUESTS, ids=name_of)
def test_every_way_says_the_same_of_a_fixture(path: Path, tmp_path: Path) -> None:
    value = value_of(path)
    text = json.dumps(value, ensure_ascii=False)
    pretty = json.dumps(value, indent=2)
    expected = said(linter().validate(value).violations)
    ways = {
        "bytes": linter().validate_json(text.encode()).violations,
        "a string": linter().validate_json(pretty).violations,
        "a memoryview": linter().validate_json(memoryview(text.encode())).violations,
        "the file": _checked(path),
        "standard input": check_stream("-", pretty.encode(), linter()).violations,
        "a line": check_text("a.jsonl", text.encode(), linter()).violations,
        "JSON with comments": check_text("a.jsonc", f"// one\n{pretty}\n/* two */".encode(), linter()).violations,
        "block YAML": check_text("a.yaml", _yaml(value, flow=False), linter()).violations,
        "flow YAML": check_text("a.yml", _yaml(value, flow=True), linter()).violations,
        "JSON as YAML": check_text("a.yaml", text.encode(), linter()).violations,
        "gzip": _checked(_packed(tmp_path / "a.json.gz", pretty)),
        "the editor": in_editor(pretty, "a.json"),
        "YAML in the editor": in_editor(_yaml(value, flow=False).decode(), "a.yaml"),
    }
    for way, found in ways.items():
        assert said(found) == expected, way
    assert places(ways["the editor"]) == places(check_text("a.json", pretty.encode(), linter()).violations)
    assert places(ways["gzip"]) == places(ways["a string"])


def _checked(path: Path) -> tuple[Violation, ...]:
    result = check_file(str(path), linter())
    assert result is not None
    return result.violations


def _packed(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


def _yaml(value: Any, *, flow: bool) -> bytes:
    text: str = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=10_000
    )
    return text.encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write every request as a file of each format, in a folder with no other configuration."""
    folder = tmp_path_factory.mktemp("ways")
    (folder / "msglint.toml").write_text("")
    for number, path in enumerate(REQUESTS):
        value = value_of(path)
        name = f"{number:03}"
        (folder / f"{name}.json").write_text(json.dumps(value, indent=1), "utf-8")
        (folder / f"{name}.jsonc").write_text("// one\n" + json.dumps(value), "utf-8")
        (folder / f"{name}.jsonl").write_text(json.dumps(value) + "\n", "utf-8")
        (folder / f"{name}.yaml").write_bytes(_yaml(value, flow=False))
        _packed(folder / f"{name}.json.gz", json.dumps(value))
    return folder


def by_command(folder: Path, *arguments: str, data: bytes | None = None) -> dict[str, set[Said]]:
    """Run the command over the files of a folder, and return what it says of each."""
    files = [] if data is not None else sorted(map(str, folder.glob("[0-9]*")))
    done = CliRunner().invoke(cli, ["check", "--isolated", "--format", "json", *arguments, *files], input=data)
    found: dict[str, set[Said]] = {}
    for each in json.loads(done.stdout)["violations"]:
        if each["rule"] not in TEXT_ALONE and not each["rule"].startswith(("yaml/", "models/")):
            key = Path(each["path"]).name
            of_file = found.setdefault(key, set())
            of_file.add((each["rule"], each["severity"], each["pointer"], each["message"], each["help"]))
    return found


@pytest.fixture(scope="module")
def alone(folder: Path) -> dict[str, set[Said]]:
    return by_command(folder, "--jobs", "1")


def test_the_command_says_the_same_in_every_format(alone: dict[str, set[Said]]) -> None:
    linter_of_today = Linter(endpoint="auto", max_violations=None)
    for number, path in enumerate(REQUESTS):
        found = linter_of_today.validate(value_of(path)).violations
        expected = {each for each in said(found) if not each[0].startswith("models/")}
        for ending in ("json", "jsonc", "jsonl", "yaml", "json.gz"):
            assert alone.get(f"{number:03}.{ending}", set()) == expected, (name_of(path), ending)


def test_two_processes_say_the_same_as_one(folder: Path, alone: dict[str, set[Said]]) -> None:
    assert by_command(folder, "--jobs", "2") == alone


def test_standard_input_says_the_same_as_a_file(alone: dict[str, set[Said]], folder: Path) -> None:
    for name in [name for name in sorted(alone) if not name.endswith(".gz")][:40:7]:
        data = (folder / name).read_bytes()
        found = by_command(folder, "--stdin-filename", name, "-", data=data)
        assert found.get(name, set()) == alone[name]


def test_the_fixtures_are_many_and_most_are_wrong() -> None:
    assert len(REQUESTS) > 50
    assert sum(bool(linter().validate(value_of(path)).violations) for path in REQUESTS) > 30
