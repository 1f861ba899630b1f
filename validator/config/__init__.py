"""Configurations: what applies to a file, and from where."""

from __future__ import annotations

from .reading import ConfigError, SettingsError
from .settings import Config, Silence, config_for, forget, load

__all__ = ["Config", "ConfigError", "SettingsError", "Silence", "config_for", "forget", "load"]
