"""The npm package says what Python says: modes, fields, options, and the headers that decide."""

from __future__ import annotations

import json
import platform
import re
import shutil
from pathlib import Path

import pytest

from scripts import build_npm, build_vscode
from scripts.build_npm import PACKAGE, of_target, stamped, targets
from tests.material import ROOT, TODAY, hello
from validator import __version__, validate
from validator.config.keys import MODES
from validator.facts.api import ENDPOINTS
from validator.formats.json import violation_object
from validator.wire.headers import _WANTED

TYPES = (PACKAGE / "index.d.cts").read_text("utf-8")
GUARD = (PACKAGE / "lib" / "guard.cjs").read_text("utf-8")


def listed(name: str, text: str) -> list[str]:
    """Return the strings of a list, or of a union of types."""
    found = re.search(rf"(?:const|type) {name} = \[?(.*?)\]?;", text, re.DOTALL)
    assert found is not None, name
    return re.findall(r'"([^"]+)"', found[1])


def test_the_modes_and_the_endpoints_are_those_of_python() -> None:
    assert listed("MODES", GUARD) == listed("Mode", TYPES) == list(MODES)
    assert sorted(listed("Endpoint", TYPES)) == sorted(ENDPOINTS)


def test_the_guard_passes_on_every_header_that_decides() -> None:
    wanted = {name for name in _WANTED if isinstance(name, str)}
    assert {*listed("HEADERS", GUARD), "content-encoding"} == wanted


def test_the_type_of_a_violation_has_every_field() -> None:
    (violation,) = validate(hello(max_tokens=-1), today=TODAY).violations
    described = re.findall(r"interface (?:Place|Violation)\b.*?\n}", TYPES, re.DOTALL)
    assert len(described) == 2
    fields = set(re.findall(r"^  readonly (\w+):", "\n".join(described), re.MULTILINE))
    assert fields == violation_object("", violation).keys()


def test_every_package_gets_the_version_of_python() -> None:
    package = stamped(json.loads((PACKAGE / "package.json").read_text("utf-8")))
    assert package["version"] == __version__
    assert package["optionalDependencies"] == {f"@msglint/{name}": __version__ for name in targets()}
    assert package.get("dependencies") is None
    assert {of_target(name)["version"] for name in targets()} == {__version__}


@pytest.mark.parametrize("name", targets())
def test_a_package_is_only_for_its_system(name: str) -> None:
    package = of_target(name)
    assert f"{package['os'][0]}-{package['cpu'][0]}" == name
    assert package.get("libc") == (["glibc"] if name.startswith("linux") else None)
    assert f"`@msglint/{name}`" in (ROOT / "docs" / "javascript.md").read_text("utf-8")


def test_a_processor_without_a_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    monkeypatch.setattr(build_npm, "pack_main", lambda _: tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name, **_: name)
    monkeypatch.setattr(build_vscode, "EXTENSION", tmp_path)
    for script in (build_npm, build_vscode):
        assert script.main(["--out", str(tmp_path / "out")]) == 2
        assert f"{script.__name__.rpartition('.')[2]}: there is no name for" in capsys.readouterr().err
