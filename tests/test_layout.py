"""The order of the folders of the package: each imports only from those before it, and no two modules each other."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.material import ROOT
from validator.engine.rule import Rule
from validator.rules import RULES

PACKAGE = ROOT / "validator"
FOLDERS = (
    "common",
    "facts",
    "filesystem",
    "schema",
    "places",
    "fixes",
    "report",
    "inspect",
    "engine",
    "rules",
    "own",
    "documents",
    "code",
    "config",
    "checking",
    "arrow",
    "wire",
    "integrations",
    "suppressions",
    "fixing",
    "files",
    "project",
    "upgrades",
    "explain",
    "formats",
    "lsp",
    "guard",
    "cli",
)
"""The folders, from the ground up."""
ANYWHERE = "validator._version"


@cache
def modules() -> dict[str, Path]:
    """Return the modules of the package by their names."""
    names = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imported(module: str) -> set[str]:
    """Return the modules of the package that a module imports, also for its types alone."""
    path = modules()[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            home = ".".join([*above, *([node.module] if node.module else [])])
            for name in node.names:
                inner = f"{home}.{name.name}"
                found.add(inner if inner in modules() else home)
    return {name for name in found if name.split(".")[0] == "validator"} - {module, ANYWHERE}


def folder(module: str) -> str:
    return [*module.split("."), ""][1]


def test_the_list_names_every_folder_and_nothing_lies_beside_them() -> None:
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(FOLDERS)
    assert {path.stem for path in PACKAGE.glob("*.py")} == {"__init__", "__main__", "_version", "plugin"}


def test_the_readme_lists_the_folders_in_this_order_and_says_what_each_holds() -> None:
    layout = (ROOT / "README.md").read_text("utf-8").partition("| folder | what is in it |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", layout, re.MULTILINE)
    assert tuple(name for name, _ in rows) == FOLDERS
    assert all(len(phrase) < 120 for _, phrase in rows)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_imports_only_from_those_before_it(name: str) -> None:
    allowed = set(FOLDERS[: FOLDERS.index(name) + 1])
    upwards = {
        f"{module} imports {other}"
        for module in modules()
        if folder(module) == name
        for other in imported(module)
        if folder(other) not in allowed
    }
    assert upwards == set()


def test_no_two_modules_import_each_other() -> None:
    graph = {module: imported(module) for module in modules()}
    done: set[str] = set()

    def walk(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, f"a circle: {' -> '.join((*above[above.index(module) :], module))}"
        if module not in done:
            for other in sorted(graph[module]):
                walk(other, (*above, module))
            done.add(module)

    for module in sorted(graph):
        walk(module, ())


def test_the_folder_of_rules_holds_rules_and_what_they_share() -> None:
    homes = {rule.check.__module__ for rule in RULES.values()}
    helpers = {"examples"}
    for module, path in modules().items():
        if folder(module) == "rules" and path.name != "__init__.py" and ".shared" not in module:
            assert module in homes or module.rpartition(".")[2] in helpers, f"{module} has no rule"
    for rule_id, rule in RULES.items():
        assert isinstance(rule, Rule)
        area = rule_id.partition("/")[0].replace("-", "_")
        assert rule.check.__module__.split(".")[2] == area, rule_id
