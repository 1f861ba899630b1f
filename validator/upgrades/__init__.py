"""Upgrades: move requests to a newer model, and say what that changes.

| module | purpose |
|---|---|
| `models` | the state of a model, its successor, and its name on a platform |
| `subject` | one request on its way from one model to another |
| `step`, `steps` | what a program can change, and whether that keeps the meaning |
| `moves` | what changes without a refusal, computed from the facts of the two models |
| `recipes` | what a person can do about a refusal that is left |
| `moving` | applies the steps to a request, and reports what is left |
| `texts`, `rewriting` | the same for the text of a file |
| `survey` | lists the models that requests name |
| `files` | finds the files to look at |
"""

from __future__ import annotations

from .models import UnknownModelError
from .moves import Note
from .moving import Left, Moved, Upgrade, upgrade
from .step import Change, Kind

__all__ = ["Change", "Kind", "Left", "Moved", "Note", "UnknownModelError", "Upgrade", "upgrade"]
