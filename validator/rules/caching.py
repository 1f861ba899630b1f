"""Prompt caching: breakpoints and how long they live."""

from __future__ import annotations
