"""Single properties of the request that no other area has: its limits, stop sequences, metadata, container."""

from __future__ import annotations
