"""The conversation as the API reads it: messages of one role in a row are one turn."""

from __future__ import annotations
