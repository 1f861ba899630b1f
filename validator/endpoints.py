"""Endpoints and versions of the API whose bodies are checked."""

from __future__ import annotations

from typing import Final, Literal, get_args

Endpoint = Literal["auto", "messages", "count_tokens", "batches"]
"""Which endpoint's body is checked; `auto` decides by the content of each document."""

ENDPOINTS: Final = get_args(Endpoint)
API_VERSIONS: Final = ("2023-06-01", "2026-10-21")
"""The values of the `anthropic-version` header that are known, oldest first."""
