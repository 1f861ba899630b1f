"""The rules: a module for each area, found by the first half of an id."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from ..common.prepared import PACKAGE, prepared
from ..common.records import NamedTuple
from ..common.wording import code, either, nearest
from ..engine.promised import promised
from ..engine.rule import BY_KEYWORD, Example, Rule
from ..report import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_MODULES: Final = (
    "syntax",
    "values",
    "yaml",
    "schema",
    "request",
    "messages.conversation",
    "messages.system",
    "text",
    "pairing",
    "tools.definitions",
    "tools.callers",
    "tools.advisor",
    "tools.schemas",
    "tool_choice",
    "thinking",
    "sampling",
    "output.settings",
    "output.fallbacks",
    "output.schemas",
    "caching",
    "media",
    "citations",
    "server_tools",
    "mcp",
    "context",
    "models",
    "betas",
    "batches",
    "size",
    "suppressions",
    "internal",
)
PREPARED: Final = "rules"
"""The name of the descriptions of the rules that a build prepares."""
FOLDERS: Final = {"package": PACKAGE}


def imported() -> dict[str, Rule]:
    """Import every rule; the order is that of the areas and their modules."""
    modules = [import_module(f"{__name__}.{name}") for name in _MODULES]
    return {found.id: found for module in modules for found in vars(module).values() if isinstance(found, Rule)}


def _known() -> dict[str, Rule]:
    """Return every rule: of their descriptions if they are there and current, or else of their modules."""
    descriptions = prepared(PREPARED, FOLDERS)
    return imported() if descriptions is None else promised(descriptions)


RULES: Final[dict[str, Rule]] = _known()
"""Every rule by its id, in the order of the areas and their modules."""
_READING: Final = frozenset({"syntax", "values", "yaml"})
"""The areas of the rules about unreadable input."""
_INTERNAL: Final = "internal"
"""The area of msglint's own failures."""

AREAS: Final = tuple(dict.fromkeys(rule.area for rule in RULES.values()))
"""Every area, which is the first half of an id."""


class UnknownRuleError(ValueError):
    """An id that is neither a rule nor an area; the message has a did-you-mean."""

    def __init__(self, name: str, registry: Registry | None = None) -> None:
        rules, areas = (RULES, AREAS) if registry is None else (registry.rules, registry.areas)
        meant = nearest(name, [*rules, *areas])
        longer = [rule for rule in rules if "/" in name and name[-1] != "/" and rule.startswith(name)]
        area = name.partition("/")[0]
        if meant or longer:
            hint = f", did you mean {code(meant) if meant else either(longer)}?"
        else:
            hint = f"; `msglint rules {area}` lists those of its area" if area in areas else ""
            hint = hint or "; `msglint rules` lists them all"
        super().__init__(f"there is no rule or area {code(name)}{hint}")
        self.name = name


class Registry:
    """The rules that a linter knows: msglint's, and those of a team or of plugins."""

    def __init__(self, others: Iterable[Rule] = ()) -> None:
        """Take the rules beside msglint's own."""
        self.others: Final[dict[str, Rule]] = {rule.id: rule for rule in others}
        """Those that are not msglint's."""
        self.rules: Final[dict[str, Rule]] = {**RULES, **self.others}
        """Every rule by its id."""
        self.areas: Final[tuple[str, ...]] = tuple(dict.fromkeys(rule.area for rule in self.rules.values()))
        """Every area, which is the first half of an id."""
        self._ids: dict[str, tuple[str, ...]] = {}

    def __contains__(self, name: str) -> bool:
        """Whether a name is that of a rule or an area."""
        return name in self.rules or name in self.areas

    def named(self, name: str) -> tuple[str, ...]:
        """Return the ids of the rules that an id or an area selects.

        Raises:
            UnknownRuleError: for a name that is neither a rule nor an area.
        """
        if not self._ids:
            ids: dict[str, list[str]] = {}
            for rule in self.rules.values():
                ids.setdefault(rule.area, []).append(rule.id)
                ids[rule.id] = [rule.id]
            self._ids = {each: tuple(found) for each, found in ids.items()}
        if name not in self._ids:
            raise UnknownRuleError(name, self)
        return self._ids[name]

    def selected(self, select: Iterable[str] | None, ignore: Iterable[str]) -> frozenset[str]:
        """Return the ids of the rules in `select`, or of all rules if it is None, without those in `ignore`.

        Errors of the areas `syntax`, `values` and `yaml` are always included: the input they report could not be
        checked. `internal/rule-failed` is included unless it is ignored.

        Raises:
            UnknownRuleError: for a name that is neither a rule nor an area.
        """
        chosen = (
            set(self.rules) if select is None else {id_ for name in (*select, _INTERNAL) for id_ in self.named(name)}
        )
        dropped = {rule for name in ignore for rule in self.named(name)}
        always = {rule.id for rule in RULES.values() if rule.area in _READING and rule.severity is Severity.ERROR}
        return frozenset(chosen - dropped | always)


OURS: Final = Registry()
"""The rules of msglint itself."""


class Chosen(NamedTuple):
    """The rules that a linter checks."""

    ids: frozenset[str]
    """Those that are selected; see `Registry.selected`."""
    rules: tuple[Rule, ...]
    """Those of them that report what the API of the linter's platform, edition and version refuses."""


@lru_cache(maxsize=16)
def chosen(  # noqa: PLR0917 - they are the key
    registry: Registry,
    select: tuple[str, ...] | None,
    ignore: tuple[str, ...],
    platform: str,
    edition: str,
    api_version: str,
) -> Chosen:
    """Choose rules for a linter; linters with the same options share the answer."""
    ids = registry.selected(select, ignore)
    rules = (rule for rule in registry.rules.values() if rule.id in ids)
    return Chosen(ids, tuple(rule for rule in rules if rule.concerns(platform, edition, api_version)))


__all__ = [
    "AREAS",
    "BY_KEYWORD",
    "OURS",
    "RULES",
    "Chosen",
    "Example",
    "Registry",
    "Rule",
    "UnknownRuleError",
    "chosen",
]
