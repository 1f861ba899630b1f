"""The MCP connector: servers and their toolsets."""

from __future__ import annotations
