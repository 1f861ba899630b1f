"""The guide to installing: every way in its table is tried somewhere, and its facts are those of the package."""

from __future__ import annotations

import re
import sys

from scripts.build_npm import targets
from scripts.check_install import ELSEWHERE, GUIDE, tried, ways
from tests.material import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEXT = GUIDE.read_text("utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]


def test_every_way_is_tried_or_leads_to_a_guide_with_a_test() -> None:
    assert {way.name for way in ways()} == {*ELSEWHERE, *(way.name for way in tried())}
    assert all((ROOT / file).is_file() for file in ELSEWHERE.values())
    for way in ways():
        assert (way.check.startswith("[")) is (way.name in ELSEWHERE), way
    assert [way.name for way in tried()][:2] == ["pip", "uv"]


def test_the_image_is_built_by_the_command_that_its_file_names() -> None:
    (command,) = (way.install for way in ways() if way.name == "Docker")
    assert command in (ROOT / "Dockerfile").read_text("utf-8")


def test_the_extras_are_those_for_users() -> None:
    (words,) = EXTRAS["all"]
    described = set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE))
    assert described - {"arrow"} == set(re.findall(r"\w+", words.partition("[")[2]))
    assert "arrow" in described & EXTRAS.keys()


def test_the_systems_are_those_of_the_packages() -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith("`SYSTEM` is"))
    assert set(re.findall(r"`(\w+-\w+)`", line)) == set(targets())
