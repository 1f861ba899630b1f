"""The rules: a module for each area, found by the first half of an id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..common.wording import code, either, nearest
from ..engine.rule import BY_KEYWORD, Example, Rule
from ..report import Severity
from . import (
    batches,
    betas,
    caching,
    citations,
    context,
    internal,
    mcp,
    media,
    models,
    pairing,
    request,
    sampling,
    schema,
    server_tools,
    size,
    suppressions,
    syntax,
    text,
    thinking,
    tool_choice,
    values,
    yaml,
)
from .messages import conversation as message_turns
from .messages import system as system_messages
from .output import fallbacks as output_fallbacks
from .output import schemas as output_schemas
from .output import settings as output_settings
from .tools import advisor as advisor_tool
from .tools import callers as tool_callers
from .tools import definitions as tool_definitions
from .tools import schemas as tool_schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

_MODULES: Final = (
    syntax,
    values,
    yaml,
    schema,
    request,
    message_turns,
    system_messages,
    text,
    pairing,
    tool_definitions,
    tool_callers,
    advisor_tool,
    tool_schemas,
    tool_choice,
    thinking,
    sampling,
    output_settings,
    output_fallbacks,
    output_schemas,
    caching,
    media,
    citations,
    server_tools,
    mcp,
    context,
    models,
    betas,
    batches,
    size,
    suppressions,
    internal,
)

RULES: Final[dict[str, Rule]] = {
    found.id: found for module in _MODULES for found in vars(module).values() if isinstance(found, Rule)
}
"""Every rule by its id, in the order of the areas and their modules."""

_READING: Final = frozenset({"syntax", "values", "yaml"})
"""The areas of the rules about unreadable input."""
_INTERNAL: Final = "internal"
"""The area of msglint's own failures."""

_IDS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(rule.id for rule in RULES.values() if name in {rule.id, rule.area})
    for each in RULES.values()
    for name in (each.id, each.area)
}
"""The ids of the rules that an id or an area selects."""

AREAS: Final = tuple(dict.fromkeys(rule.area for rule in RULES.values()))
"""Every area, which is the first half of an id."""


class UnknownRuleError(ValueError):
    """An id that is neither a rule nor an area; the message has a did-you-mean."""

    def __init__(self, name: str) -> None:
        meant = nearest(name, [*RULES, *AREAS])
        longer = [rule for rule in RULES if "/" in name and name[-1] != "/" and rule.startswith(name)]
        area = name.partition("/")[0]
        if meant or longer:
            hint = f", did you mean {code(meant) if meant else either(longer)}?"
        else:
            hint = f"; `msglint rules {area}` lists those of its area" if area in AREAS else ""
            hint = hint or "; `msglint rules` lists them all"
        super().__init__(f"there is no rule or area {code(name)}{hint}")
        self.name = name


def selected(select: Iterable[str] | None, ignore: Iterable[str]) -> frozenset[str]:
    """Return the ids of the rules in `select`, or of all rules if it is None, without those in `ignore`.

    Errors of the areas `syntax`, `values` and `yaml` are always included: the input they report could not be checked.
    `internal/rule-failed` is included unless it is ignored.

    Raises:
        UnknownRuleError: for a name that is neither a rule nor an area.
    """
    chosen = set(RULES) if select is None else {rule for name in (*select, _INTERNAL) for rule in named(name)}
    dropped = {rule for name in ignore for rule in named(name)}
    always = {rule.id for rule in RULES.values() if rule.area in _READING and rule.severity is Severity.ERROR}
    return frozenset(chosen - dropped | always)


def named(name: str) -> tuple[str, ...]:
    """Return the ids of the rules that an id or an area selects.

    Raises:
        UnknownRuleError: for a name that is neither a rule nor an area.
    """
    ids = _IDS.get(name)
    if ids is None:
        raise UnknownRuleError(name)
    return ids


__all__ = ["AREAS", "BY_KEYWORD", "RULES", "Example", "Rule", "UnknownRuleError", "named", "selected"]
