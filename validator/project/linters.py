"""Make the linter of a file from its configuration and the options of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..checking.linter import Linter, shared_linter
from ..config.keys import _OPTIONS, OFF
from ..own.installed import loaded

if TYPE_CHECKING:
    from ..checking.linter import Options


def linter_of(options: dict[str, Any], **given: Any) -> Linter:
    """Return the linter for the options of a file; equal options share one linter.

    Options `given` by the caller replace those of the file, except `ignore`, `extend_select`, `rules` and `plugins`,
    which add to them. Plugins of the configuration that cannot be used are set aside.
    """
    severity: dict[str, str] = options.get("severity", {})
    merged: dict[str, Any] = {key: options[key] for key in _OPTIONS if key in options}
    if "api-version" in options:
        merged["api_version"] = options["api-version"]
    extended = [*(() if "select" in given else options.get("extend-select", ())), *given.pop("extend_select", ())]
    ignored = [*merged.get("ignore", ()), *given.pop("ignore", ())]
    own = [*merged.get("rules", ()), *given.pop("rules", ())]
    plugins = [each.name for each in loaded(merged.pop("plugins", ())) if each.error is None]
    plugins += given.pop("plugins", ())
    merged |= given
    if own:
        merged["rules"] = own
    if plugins:
        merged["plugins"] = tuple(dict.fromkeys(plugins))
    if merged.get("select") is not None:
        merged["select"] = [*merged["select"], *extended]
    merged["ignore"] = [*ignored, *(name for name, level in severity.items() if level == OFF)]
    merged["severities"] = {name: level for name, level in severity.items() if level != OFF}
    return shared_linter(cast("Options", merged))
