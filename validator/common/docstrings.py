"""Docstrings of rules, which msglint shows to users: `python -OO` drops them, so they are read from the source."""

from __future__ import annotations

import inspect
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def docstring_of(function: Callable[..., Any]) -> str:
    """Return the docstring of a module's function; from the source if the interpreter has dropped it."""
    kept = inspect.getdoc(function)
    return kept if kept is not None else _written_in(function.__module__).get(function.__name__, "")


@lru_cache(maxsize=256)
def _written_in(module: str) -> dict[str, str]:
    """Return the docstrings in a module's source by function name; an empty dict without a source."""
    import ast

    spec = getattr(sys.modules.get(module), "__spec__", None)
    source_of = getattr(getattr(spec, "loader", None), "get_source", None)
    source = source_of(module) if source_of is not None else None
    functions = [node for node in ast.parse(source or "").body if isinstance(node, ast.FunctionDef)]
    return {function.name: ast.get_docstring(function) or "" for function in functions}
