"""Endpoints and versions of the API whose bodies are checked."""

from __future__ import annotations

from typing import Final, Literal, get_args

Endpoint = Literal["auto", "messages", "count_tokens", "batches"]
"""Which endpoint's body is checked; `auto` decides by the content of each document."""

ENDPOINTS: Final[tuple[Endpoint, ...]] = get_args(Endpoint)

ApiVersion = Literal["2023-06-01", "2026-10-21"]
"""A value of the `anthropic-version` header, oldest first."""
API_VERSIONS: Final[tuple[ApiVersion, ...]] = get_args(ApiVersion)
FIRST_API_VERSION: Final[ApiVersion] = "2023-06-01"
