"""Configurations: find the one for a file, read it, and work out the settings of that file."""

from __future__ import annotations

from ..common.errors import SettingsError
from .reading import ConfigError
from .settings import Config, PlaceOverride, config_for, forget, load

__all__ = ["Config", "ConfigError", "PlaceOverride", "SettingsError", "config_for", "forget", "load"]
