"""The options of a policy from the configuration of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..config import config_for, load
from ..config.names import OFF
from ..own.installed import loaded

if TYPE_CHECKING:
    from ..config import Config

_OF_FILES: Final = ("select", "extend-select", "ignore", "severity", "edition", "api-version", "betas")
"""The settings for files that hold for requests that are sent, too."""
_NAMES: Final = {"fail-on": "fail_on", "api-version": "api_version", "max-bytes": "max_bytes"}


def policy_options(folder: Path) -> dict[str, Any]:
    """Return the options of `Policy` that the configuration closest to a folder sets.

    Raises:
        ConfigError: if it is invalid; lists every mistake with its place.
    """
    return options_of(config_for(folder))


def options_below(given: dict[str, Any], *, config_file: str | None, isolated: bool) -> dict[str, Any]:
    """Return the options of a command above those of a configuration: the named one, or that of the current folder.

    Raises:
        ConfigError: as `policy_options`.
    """
    options: dict[str, Any] = {}
    if config_file is not None:
        options = options_of(load(config_file))
    elif not isolated:
        options = policy_options(Path.cwd())
    ignored = (*options.get("ignore", ()), *(given.pop("ignore", None) or ()))
    return {**options, **{name: value for name, value in given.items() if value is not None}, "ignore": ignored}


def options_of(config: Config) -> dict[str, Any]:
    """Return the options of `Policy` that a configuration sets: those for files, and those of its table `wire`."""
    of_files = {name: config.values[name] for name in _OF_FILES if name in config.values}
    if "select" in of_files:
        of_files["select"] = [*of_files["select"], *of_files.get("extend-select", ())]
    of_files.pop("extend-select", None)
    wire = config.values.get("wire", {})
    options = {**of_files, **{name: value for name, value in wire.items() if name != "overrides"}}
    options["ignore"] = [*of_files.get("ignore", ()), *wire.get("ignore", ())]
    options["rules"] = config.values.get("rules", ())
    options["plugins"] = [each.name for each in loaded(config.values.get("plugins", ())) if each.error is None]
    options["severity"] = {**of_files.get("severity", {}), **wire.get("severity", {})}
    overrides = [_named(override) for override in wire.get("overrides", ())]
    return {**_named(options), "overrides": overrides}


def _named(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings under the names of options; a severity `off` is a rule to ignore."""
    options = {_NAMES.get(name, name): value for name, value in settings.items() if name != "severity"}
    severities = settings.get("severity", {})
    options["ignore"] = [*options.get("ignore", ()), *(rule for rule, level in severities.items() if level == OFF)]
    options["severities"] = {rule: level for rule, level in severities.items() if level != OFF}
    return options
