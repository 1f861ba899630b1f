"""Fixes as data: operations on a request, like those of JSON Patch. `validator.fixing` applies them to a text."""

from __future__ import annotations

from .fix import Applicability, Fix, Operation, add, remove, rename, replace

__all__ = ["Applicability", "Fix", "Operation", "add", "remove", "rename", "replace"]
