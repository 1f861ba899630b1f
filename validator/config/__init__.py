"""Configurations: what applies to a file, and from where."""

from __future__ import annotations

from ..common.errors import SettingsError
from .reading import ConfigError
from .settings import Config, Silence, config_for, forget, load

__all__ = ["Config", "ConfigError", "SettingsError", "Silence", "config_for", "forget", "load"]
