"""What a build prepares for the start: that it changes nothing, and that it is left alone once anything differs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.material import FIXTURES, copy_sources

CURRENT = """
from validator import rules
from validator.common.prepared import prepared
from validator.schema import gate
print(bool(prepared(rules.PREPARED, rules.FOLDERS)), bool(prepared(gate.PREPARED, gate.folders())))
"""
SAME_RULES = """
import sys
from dataclasses import fields
from importlib import import_module
from validator.engine.promised import described
from validator.engine.rule import BY_KEYWORD, Rule
from validator.facts import model_named, models
from validator.facts.api import PLATFORMS, REQUEST_ENDPOINTS, WHOLE_BATCH
from validator.rules import AREAS, RULES, imported

known = [None, *(model_named(model.id, platform) for model in models() for platform in PLATFORMS)]
endpoints = (*REQUEST_ENDPOINTS, WHOLE_BATCH)
names = [each.name for each in fields(Rule)]

def told(rule):
    answers = [rule.applies(endpoint, model) for endpoint in endpoints for model in known]
    parts = {name: vars(rule).get(name, getattr(Rule, name, None)) for name in names}
    return answers, {name: value for name, value in parts.items() if isinstance(value, (str, tuple)) or value is None}

before, keywords = {name: told(rule) for name, rule in RULES.items()}, dict(BY_KEYWORD)
assert not any(type(rule) is Rule for rule in RULES.values())
loaded = {rule.check.__module__ for rule in RULES.values()}
assert all(type(rule) is Rule for rule in RULES.values())
real = imported()
assert list(real) == list(RULES) and all(real[name] is RULES[name] for name in real)
assert keywords == BY_KEYWORD and list(keywords) == list(BY_KEYWORD)
for name, rule in RULES.items():
    answers, parts = told(rule)
    assert before[name][0] == answers, name
    for part, value in before[name][1].items():
        if part in ("api_messages", "bad", "good", "check") or (value is None and callable(getattr(rule, part))):
            continue
        assert getattr(rule, part) == value, (name, part)
"""
ONLY_WHAT_IS_NEEDED = """
import sys
from validator.__main__ import run
sys.argv = ["msglint", "check", sys.argv[1]]
try:
    run()
except SystemExit as end:
    assert not end.code
print(*sorted(name for name in sys.modules if name.startswith("validator.")))
"""
MADE_IN_THE_SLOW_WAY = """
import sys
import typing
from validator.__main__ import run

names, make = [], typing.NamedTupleMeta.__new__

def noted(kind, name, bases, body):
    names.append(f"{body['__module__']}.{name}")
    return make(kind, name, bases, body)

typing.NamedTupleMeta.__new__ = noted
sys.argv = ["msglint", "check", sys.argv[1]]
try:
    run()
except SystemExit:
    print(*(name for name in names if name.startswith("validator.")))
"""
NEVER_FOR_A_CLEAN_FILE = (
    "checking.python_values",
    "checking.violations",
    "code.call",
    "code.lexing",
    "common.kinds",
    "config.keys",
    "documents.written",
    "documents.yaml",
    "files.parquet",
    "files.parquet_pages",
    "files.tables",
    "fixing",
    "own.definition",
    "own.rules",
    "rules.batches",
    "rules.internal",
    "rules.media",
    "rules.pairing",
    "rules.schema",
    "rules.server_tools",
    "rules.shared.schema_fixes",
    "rules.syntax",
    "rules.thinking",
    "rules.tools.schemas",
    "rules.yaml",
    "schema.explain",
    "suppressions.writing",
)
"""The modules that a check of a small JSON file that is in order does without."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the package, and prepare it as a build does."""
    folder = tmp_path_factory.mktemp("prepared")
    run(folder, str(copy_sources(folder)))
    return folder


@pytest.fixture
def own(prepared: Path, tmp_path: Path) -> Path:
    """Copy the prepared package, to change it."""
    shutil.copytree(prepared, tmp_path / "own")
    return tmp_path / "own"


def run(package: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, cwd=package.parent, env=environment, check=False
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    return done.stdout.decode()


def program(package: Path, code: str, *arguments: str) -> str:
    output = run(package, "-c", f"{code}\nprint('done')", *arguments)
    assert output.endswith("done\n")
    return output.removesuffix("done\n").strip()


def test_the_rules_are_those_of_the_modules(prepared: Path) -> None:
    assert program(prepared, CURRENT) == "True True"
    program(prepared, SAME_RULES)


@pytest.mark.parametrize("command", [["check", "--isolated", "--format", "json", str(FIXTURES)], ["rules"]], ids=str)
def test_every_report_is_the_same(command: list[str], own: Path) -> None:
    output = run(own, "-m", "validator", *command)
    shutil.rmtree(own / "validator" / "_prepared")
    assert program(own, CURRENT) == "False False"
    assert run(own, "-m", "validator", *command) == output


def swap(path: Path, old: str, new: str) -> None:
    """Change a file, but not its size nor its time."""
    before, text = path.stat(), path.read_text("utf-8")
    assert old in text
    assert len(old) == len(new)
    path.write_text(text.replace(old, new), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("path", "old", "new", "left"),
    [
        ("validator/rules/sampling.py", "The ", "Any ", "False True"),
        ("validator/rules/shared/toolbox.py", "return ", "return\t", "False True"),
        ("validator/facts/models.json", "haiku", "hiaku", "False True"),
        ("schemas/tools.json", "description", "discription", "True False"),
    ],
)
def test_nothing_is_used_that_was_made_of_something_else(path: str, old: str, new: str, left: str, own: Path) -> None:
    swap(own / path, old, new)
    assert program(own, CURRENT) == left


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}"])
def test_what_cannot_be_read_is_worked_out(text: str | None, own: Path) -> None:
    for name in ("rules", "schema"):
        path = own / "validator" / "_prepared" / f"{name}.json"
        path.unlink() if text is None else path.write_text(text, "utf-8")
    assert program(own, CURRENT) == "False False"
    assert "schema/" in run(own, "-m", "validator", "rules")


def test_a_rule_that_was_changed_since_is_checked_as_it_is_now(own: Path, tmp_path: Path) -> None:
    request = tmp_path / "hot.json"
    body = {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
    request.write_text(json.dumps({**body, "top_p": 0.9, "temperature": 0.9}))
    check = ("-m", "validator", "check", "--isolated", "--format", "concise", str(request))
    assert "sampling/" in run(own, *check)
    swap(own / "validator/rules/sampling.py", '@rule(\n    "sampling/', '@rule(\n    "samplinx/')
    assert "samplinx/" in run(own, *check)


def test_checking_a_small_file_imports_the_modules_alone_that_can_find_something(prepared: Path) -> None:
    imported = program(prepared, ONLY_WHAT_IS_NEEDED, str(FIXTURES / "good" / "hello.json")).split()
    unwanted = {f"validator.{name}" for name in NEVER_FOR_A_CLEAN_FILE}
    assert unwanted.isdisjoint(imported)
    assert "validator.rules.request" in imported


def test_checking_a_small_file_makes_no_named_tuple_in_the_slow_way(prepared: Path) -> None:
    assert program(prepared, MADE_IN_THE_SLOW_WAY, str(FIXTURES / "good" / "hello.json")) == ""
