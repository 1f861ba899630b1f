"""The steps of CONTRIBUTING, done in a copy of the tree: a step that is left out fails the tests that they name."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.material import ROOT
from validator.engine.rule import rule
from validator.facts.api import LATEST_EDITION

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
COPIED = ("validator", "schemas", "tests", "docs/msglint.schema.json", "pyproject.toml")
NOT_COPIED = shutil.ignore_patterns("published", "editors", "lsp", "_schemas", "*.jsonl")
EDITION = f"tests/data/edition-{LATEST_EDITION}.json"

RULE = '''

@rule(
    "request/user-is-root",
    on="/metadata",
    mentions=("metadata",),
    bad=(Example(body(metadata={"user_id": "root"}), at="/metadata/user_id"),),
    good=(Example(body(metadata={"user_id": "u-1"})),),
)
def user_is_root(metadata: Node, request: Request) -> None:
    """The user of the request is root.

    Why: Made up, for the test of the recipe.

    Source: None.
    """
    if metadata.text("user_id") == "root":
        metadata.at("user_id").report("`user_id` is root", help="name another user")
'''
BETA = "mood-2026-12-01"


def section(heading: str) -> str:
    """Return a section of CONTRIBUTING, with the sections inside it."""
    return CONTRIBUTING.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=NOT_COPIED)
        else:
            shutil.copy(source, target)
    return tmp_path


def python(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # The copy comes first on the path, before the checkout that is installed.
    environment = os.environ | {"PYTHONPATH": str(tree)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tree, env=environment)


def failing(tree: Path, recipe: str, *tests: str) -> set[str]:
    """Run tests in the copy, all in files that the recipe names, and return the names of those that fail."""
    commands = "".join(re.findall(r"^```sh\n(.*?)^```", section(recipe), re.DOTALL | re.MULTILINE))
    assert all(test.partition("::")[0] in commands for test in tests)
    done = python(tree, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *tests)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return {re.split(r"[\[ ]", name)[0] for name in re.findall(r"^FAILED \S+::(.+)$", done.stdout, re.MULTILINE)}


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change a JSON file."""
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def test_a_new_rule(tree: Path) -> None:
    tests = (
        "tests/test_rules.py::test_rules_have_bad_and_good_examples",
        "tests/test_rules.py::test_rules_are_found_in_the_module_of_their_area",
        "tests/test_config.py::test_the_published_schema_of_configurations_is_the_one_of_the_definition",
    )
    with (tree / "validator/rules/request.py").open("a", encoding="utf-8") as module:
        module.write(RULE)
    assert failing(tree, "Adding a rule", *tests) == {tests[-1].partition("::")[2]}

    step = "config --schema > docs/msglint.schema.json"
    assert step in section("Adding a rule")
    schema = python(tree, "-m", "validator", "config", "--schema").stdout
    (tree / "docs/msglint.schema.json").write_text(schema, "utf-8")
    odd = "tests/test_engine.py::test_a_rule_bears_odd_values_at_every_place_of_its_examples[request/user-is-root]"
    assert failing(tree, "Adding a rule", *tests, odd) == set()
    assert "request/user-is-root" in python(tree, "-m", "validator", "explain", "request/user-is-root").stdout


def test_a_new_property_with_a_beta(tree: Path) -> None:
    tests = (
        "tests/test_schema_files.py::test_a_body_has_the_properties_of_the_facts_and_the_keywords_of_the_sdk",
        "tests/test_schema_files.py::test_object_types_are_closed_and_describe_every_property",
        "tests/test_facts.py::test_every_header_that_the_schemas_ask_for_is_known",
    )
    mood = {"type": ["string", "null"], "description": "The mood.", "x-since": LATEST_EDITION, "x-betas": [BETA]}
    edit(tree / "schemas/endpoints/messages.json", lambda schema: schema["properties"].update(mood=mood))
    names = [test.partition("::")[2] for test in tests]
    assert failing(tree, "Changing a schema", *tests) == {names[0], names[2]}

    facts = {"required": False, "null": True, "type": "string"}
    body = "MessageCreateParamsNonStreaming"
    edit(tree / EDITION, lambda edition: edition["types"][body]["properties"].update(mood=facts))
    record = {"description": "moods", "source": "made up"}
    edit(tree / "validator/facts/betas.json", lambda betas: betas["betas"].update({BETA: record}))
    accepted = f"tests/test_types.py::test_what_the_reference_allows_is_accepted[{LATEST_EDITION} {body}]"
    assert failing(tree, "Changing a schema", *tests, accepted) == set()


def test_a_new_model(tree: Path) -> None:
    tests = (
        "tests/test_facts.py::test_a_record_is_well_formed",
        "tests/test_facts.py::test_editors_offer_every_model_that_is_not_retired",
        "tests/test_facts.py::test_every_model_that_editors_offer_is_known",
    )
    model = {"id": "claude-limerick-6", "max_output": 64000, "sources": {"max_output": "made up"}}
    edit(tree / "validator/facts/models.json", lambda facts: facts["models"].insert(0, model))
    names = [test.partition("::")[2] for test in tests]
    assert failing(tree, "Adding a model or a beta header", *tests) == {names[1]}

    edit(tree / "schemas/parameters.json", lambda schema: schema["$defs"]["Model"]["examples"].append(model["id"]))
    assert failing(tree, "Adding a model or a beta header", *tests) == set()


def test_contributing_names_only_files_that_there_are() -> None:
    paths = re.findall(
        r"(?<![\w/.-])(?:validator|tests|scripts|schemas|benchmarks|docs|fixtures)/[\w./*-]*", CONTRIBUTING
    )
    assert len(paths) > 40
    assert [path for path in paths if not list(ROOT.glob(path.rstrip(".")))] == []


def test_contributing_has_every_argument_of_a_rule() -> None:
    table = section("Adding a rule").partition("### The arguments of `@rule`")[2].partition("\n\n###")[0]
    documented = [
        name for row in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE) for name in re.findall(r"\w+", row)
    ]
    assert sorted(documented) == sorted(inspect.signature(rule).parameters.keys() - {"rule_id"})
