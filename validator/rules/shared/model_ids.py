"""Model ids that certainly do not exist on Anthropic's own API, and the models they were meant to name.

The ids and aliases of a released model are a closed list, so no other spelling of it exists: parts in another order,
other separators, another date, `latest`. For an unknown model only two forms are refused, which no id has had since
Claude 3: a dot in the version, and since Claude 4 the version before the family. Any other id may belong to a new model
or to a gateway.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from ...common.lazy_regex import regex
from ...facts import Model, models

_FAMILIES: Final = ("fable", "haiku", "instant", "mythos", "opus", "sonnet")
_FIRST_WITH_FAMILY_FIRST: Final = 4
_DATE: Final = regex(r"\d{3,}")
"""A date, or what is left of one."""
_NUMBER: Final = regex(r"\d{1,2}")
_SEPARATORS: Final = regex(r"[-._ ]")
_DOTTED: Final = regex(r"\d\.\d")
_DOTTED_FAMILY: Final = "instant"
"""The only family with dots in its versions."""
_LATEST: Final = "latest"

_OTHERS: Final = regex(r"(?:chat)?gpt-.+|o[134](?:-.+)?|text-(?:davinci|embedding)-.+|gemini-.+")
"""Ids of vendors that, unlike some others, have no endpoint of this API."""


class _Id(NamedTuple):
    """The parts of one of Anthropic's ids."""

    family: str
    version: tuple[str, ...]
    date: str | None
    is_latest: bool
    in_order: bool
    """Whether it has today's form: `claude-family-version-date`, with hyphens."""


def is_another_vendors(name: str) -> bool:
    """Whether an id certainly names another vendor's model."""
    return _OTHERS.fullmatch(name) is not None


def misspelt(name: str) -> Model | None:
    """Return the model that an id misspells; None if the id may exist.

    For an unknown model, the newest one of its family is returned.
    """
    parts = _parsed(name)
    if parts is None or name in _names():
        return None
    released = _released().get((parts.family, parts.version))
    if released is not None:
        is_undated = not any(_DATE.search(each) for each in released.names)
        return None if is_undated and parts.in_order and not parts.is_latest else released
    is_old_order = bool(parts.version) and name.split("-")[1:2] == [parts.version[0]]
    is_new = bool(parts.version) and int(parts.version[0]) >= _FIRST_WITH_FAMILY_FIRST
    if (
        (_DOTTED.search(name) and parts.family != _DOTTED_FAMILY)
        or (is_old_order and is_new)
        or (parts.is_latest and not parts.version)
    ):
        return _newest_of(parts.family)
    return None


def family_alone(name: str) -> Model | None:
    """Return the newest model of the family that a name consists of, as in "sonnet" or "claude-sonnet"."""
    family = name.removeprefix("claude-")
    return _newest_of(family) if family in _FAMILIES and family != _DOTTED_FAMILY else None


def best_name(model: Model) -> str:
    """Return the shortest id of a model: its alias, if it has one."""
    return min(model.names, key=len)


def _parsed(name: str) -> _Id | None:
    first, *parts = _SEPARATORS.split(name)
    families = [part for part in parts if part in _FAMILIES]
    version = tuple(part for part in parts if _NUMBER.fullmatch(part))
    dates = [part for part in parts if _DATE.fullmatch(part)]
    latest = [part for part in parts if part == _LATEST]
    if first != "claude" or len(families) != 1 or len(dates) > 1:
        return None
    if len(parts) != len(families) + len(version) + len(dates) + len(latest):
        return None
    in_order = name == "-".join(["claude", families[0], *version, *dates])
    return _Id(families[0], version, dates[0] if dates else None, bool(latest), in_order)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(name for model in models() for name in model.names)


@lru_cache(maxsize=1)
def _released() -> dict[tuple[str, tuple[str, ...]], Model]:
    """Return the models by family and version; the newest, if several share them."""
    found: dict[tuple[str, tuple[str, ...]], Model] = {}
    for model in models():
        for name in model.names:
            parts = _parsed(name)
            if parts is not None:
                found.setdefault((parts.family, parts.version), model)
    return found


def _newest_of(family: str) -> Model | None:
    return next((model for model in models() if _family_of(model) == family), None)


def _family_of(model: Model) -> str | None:
    parts = _parsed(model.id)
    return parts.family if parts is not None else None
