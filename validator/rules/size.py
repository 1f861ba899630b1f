"""How large a request is."""

from __future__ import annotations
