"""Text: blocks that are empty or blank."""

from __future__ import annotations
