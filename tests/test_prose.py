"""The check of the prose finds what it should, and docstrings stand where they belong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from scripts.check_prose import found_in_guide, found_in_source
from tests.material import ROOT

SOURCES = sorted(
    path
    for folder in ("validator", "scripts", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if path.parent.name != "_prepared"
)


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):
                yield statements


def is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def stray(source: str) -> list[int]:
    """Return the lines of strings that follow a string, and so document nothing."""
    pairs = [pair for body in bodies(ast.parse(source)) for pair in pairwise(body)]
    return [second.lineno for first, second in pairs if is_text(first) and is_text(second)]


def test_a_docstring_that_follows_another_is_noticed() -> None:
    assert stray('"""Module."""\nA = 1\n"""About A."""\n"""About nothing."""\n') == [4]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_docstring_belongs_to_the_name_above_it(path: Path) -> None:
    assert stray(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('"""Check in so many\nprocesses."""', [1]),
        ('"""One.\n\nWhat stands\naround."""', [3]),
        ("x = 1  # surely", [1]),
        ("x = 'surely'", []),
        ("f(help='surely')", []),
        ('"""The word `surely`, and "surely not" as somebody said."""', []),
        ('"""There is no error, so the data is not longer than the limit."""', []),
    ],
)
def test_phrases_are_found_in_what_documents_something(source: str, lines: list[int]) -> None:
    assert [hit.line for hit in found_in_source("validator/rules/x.py", source)] == lines


def test_the_help_of_options_is_looked_at() -> None:
    assert len(list(found_in_source("validator/cli/x.py", "option(help='Check in so many processes.')"))) == 1


def test_code_in_a_guide_is_left_out() -> None:
    text = "Fine.\n\n```sh\nmend so many\n```\n\nIt is `mend` that mends.\n"
    assert [(hit.line, hit.phrase) for hit in found_in_guide("docs/x.md", text)] == [(7, "mends")]
