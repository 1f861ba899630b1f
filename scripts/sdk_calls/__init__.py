"""What `real_requests.py` does with the SDK: calls as its documentation shows them, each one that the API accepts."""

from __future__ import annotations

from . import content, conversations, methods, parameters, server_tools, tools
from .core import CALLS, Missing, Sdk

__all__ = ["CALLS", "Missing", "Sdk", "content", "conversations", "methods", "parameters", "server_tools", "tools"]
