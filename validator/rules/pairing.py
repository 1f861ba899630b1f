"""Calls of tools and their results."""

from __future__ import annotations
