"""Make the linter of a file from its configuration and the options of the caller."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from ..checking.linter import Linter, shared_linter
from ..config.names import OFF, OPTIONS
from ..own.installed import loaded
from ..rules import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..checking.options import Options
    from ..own.installed import Plugin


_SELECTIONS: Final = frozenset({"select", "extend_select", "ignore"})


def linter_of(options: dict[str, Any], **given: Any) -> Linter:
    """Return the linter for the options of a file; equal options share one linter.

    Options `given` by the caller replace those of the file, except `ignore`, `extend_select`, `rules` and `plugins`,
    which add to them. Plugins of the configuration that cannot be used are set aside.
    """
    severity: dict[str, str] = options.get("severity", {})
    merged: dict[str, Any] = {key: options[key] for key in OPTIONS if key in options}
    if "api-version" in options:
        merged["api_version"] = options["api-version"]
    own = [*merged.get("rules", ()), *given.pop("rules", ())]
    plugins = [each for each in loaded(merged.pop("plugins", ())) if each.error is None]
    names = [*(each.name for each in plugins), *given.pop("plugins", ())]
    known = partial(_known, _names_of(own, plugins))
    severity = {name: level for name, level in severity.items() if known([name])}
    given = {key: known(value) if key in _SELECTIONS else value for key, value in given.items()}
    merged |= {key: known(merged[key]) for key in _SELECTIONS & merged.keys()}
    extend = () if "select" in given else known(options.get("extend-select", ()))
    extended = [*(extend or ()), *(given.pop("extend_select", None) or ())]
    ignored = [*(merged.get("ignore") or ()), *(given.pop("ignore", None) or ())]
    merged |= given
    if own:
        merged["rules"] = own
    if names:
        merged["plugins"] = tuple(dict.fromkeys(names))
    if merged.get("select") is not None:
        merged["select"] = [*merged["select"], *extended]
    merged["ignore"] = [*ignored, *(name for name, level in severity.items() if level == OFF)]
    merged["severities"] = {name: level for name, level in severity.items() if level != OFF}
    return shared_linter(cast("Options", merged))


def _names_of(own: list[Any], plugins: list[Plugin]) -> set[str]:
    """Return the ids and areas of rules that are not msglint's."""
    ids = [str(rule.get("id")) if isinstance(rule, dict) else rule.id for rule in own]
    ids += [rule.id for plugin in plugins for rule in plugin.rules]
    return {*ids, *(rule_id.partition("/")[0] for rule_id in ids)}


def _known(known: set[str], names: Iterable[str] | None) -> Iterable[str] | None:
    """Leave out the names of rules that only other configurations have, or a plugin that cannot be used."""
    if names is None or isinstance(names, str):
        return names
    names = list(names)
    return [name for name in names if name in known or name.partition("/")[0] in AREAS]
