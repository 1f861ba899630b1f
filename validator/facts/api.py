"""Endpoints and versions of the API whose bodies are checked."""

from __future__ import annotations

from typing import Final, Literal, get_args

Endpoint = Literal["auto", "messages", "count_tokens", "batches"]
"""The endpoint whose bodies are checked; `auto` decides by the content of each document."""

ENDPOINTS: Final[tuple[Endpoint, ...]] = get_args(Endpoint)

ApiVersion = Literal["2023-06-01", "2026-10-21"]
"""A value of the `anthropic-version` header, oldest first."""
API_VERSIONS: Final[tuple[ApiVersion, ...]] = get_args(ApiVersion)
FIRST_API_VERSION: Final[ApiVersion] = "2023-06-01"

Edition = Literal["2025-10", "2026-11"]
"""A dated snapshot of the API reference, oldest first."""

EDITIONS: Final[tuple[Edition, ...]] = get_args(Edition)

LATEST_EDITION: Final[Edition] = "2026-11"

Platform = Literal["anthropic", "bedrock", "google"]
"""Whose API the body is for: Anthropic's own, Amazon Bedrock or Google Cloud."""

PLATFORMS: Final[tuple[Platform, ...]] = get_args(Platform)

OWN_PLATFORM: Final[Platform] = "anthropic"

REQUEST_ENDPOINTS: Final = ("messages", "count_tokens", "batches")
"""The endpoints of single requests; those of `batches` are in the `params` of a batch."""

WHOLE_BATCH: Final = "batch"
"""In place of an endpoint: the body of a batch itself, not its requests."""
