"""Fixes: how a mistake is mended in the text it stands in, without touching anything else.

| module | what it does |
|---|---|
| `fix` | what a fix is: operations on a value, as JSON Patch has them |
| `values` | applies operations to a value |
| `edits` | turns operations into edits of JSON; `yaml_edits` into edits of YAML |
| `applying` | applies the fixes of a text until none is left that makes it better, and takes back the others |
"""

from __future__ import annotations

from .fix import Applicability, Fix, Operation, add, remove, rename, replace

__all__ = ["Applicability", "Fix", "Operation", "add", "remove", "rename", "replace"]
