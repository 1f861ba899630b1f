"""The state of a model on a day, the model that follows it, and the names under which requests call it."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final

from ..common.lazy_regex import regex
from ..common.redaction import redacted
from ..common.wording import nearest
from ..facts import Model, model_ids, model_named, models

OWN_API: Final = "anthropic"
_DATE: Final = regex(r"\d{8}")


class UnknownModelError(ValueError):
    """Raised for a model that is not among the facts."""

    def __init__(self, name: str) -> None:
        meant = nearest(name, known_names())
        hint = f", did you mean {meant!r}?" if meant is not None else "; `msglint completion` completes the known ones"
        super().__init__(f"there is no model {redacted(repr(name))}{hint}")


class State(str, Enum):
    """What is known of the life of a model."""

    CURRENT = "current"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    UNKNOWN = "unknown"
    """The name is not one of the facts."""

    def __str__(self) -> str:
        return self.value


def known_names() -> list[str]:
    """Return every id and alias of a model, on Anthropic's own API first."""
    elsewhere = (name for model in models() for names in model.facts.get("platforms", {}).values() for name in names)
    return list(dict.fromkeys((*model_ids(), *elsewhere)))


def state_of(model: Model | None, today: date) -> State:
    """Return the state of a model on its platform; a known day of retirement means that it is deprecated by then.

    Where a platform's own days are unknown, a model that is retired on Anthropic's API counts as deprecated: it may
    still be served, but every known schedule ends.
    """
    if model is None:
        return State.UNKNOWN
    if model.platform != OWN_API and model.retires is None and model.day("deprecated") is None:
        return State.DEPRECATED if state_of(model_named(model.id), today) is State.RETIRED else State.CURRENT
    if model.retires is not None and model.retires <= today:
        return State.RETIRED
    deprecated = model.day("deprecated")
    is_deprecated = model.retires is not None if deprecated is None else deprecated <= today
    return State.DEPRECATED if is_deprecated else State.CURRENT


def successor_of(model: Model, today: date) -> Model | None:
    """Return the documented successor of a model; if that is retired as well, the successor of that, and so on."""
    seen = {model.id}
    while model.successor is not None and model.successor not in seen:
        seen.add(model.successor)
        successor = model_named(model.successor, model.platform)
        if successor is None:
            return None
        if state_of(successor, today) is not State.RETIRED:
            return successor
        model = successor
    return None


def target_named(name: str) -> Model:
    """Return the model of a name that a user chose.

    Raises:
        UnknownModelError: if it is not among the facts.
    """
    model = model_named(name)
    if model is None:
        raise UnknownModelError(name)
    return model


def name_like(old: str, model: Model, wanted: str | None = None) -> str | None:
    """Return the name of a model in the form of another name: an id of the same platform, with its prefix of a region.

    Args:
        old: The name that a request has today.
        model: The model.
        wanted: The name by which the user chose it, which is used if it has that form.

    Returns:
        The name; None if the platform is not known to have the model.
    """
    former = model_named(old)
    platform = OWN_API if former is None else former.platform
    names = model.names if platform == OWN_API else tuple(model.facts.get("platforms", {}).get(platform, ()))
    prefix, wanted = _prefix_of(old), wanted[len(_prefix_of(wanted)) :] if wanted is not None else None
    if wanted in names:
        return f"{prefix}{wanted}"
    # A name without a date goes to one without a date, if there is one.
    is_dated = _DATE.search(old) is not None
    alike = [name for name in names if (_DATE.search(name) is not None) == is_dated] or list(names)
    return f"{prefix}{alike[0]}" if alike else None


def _prefix_of(name: str) -> str:
    """Return the prefix of a region that an id of Amazon Bedrock has."""
    start, dot, rest = name.partition(".")
    model = model_named(name)
    is_prefixed = model is not None and model.platform == "bedrock" and model_named(rest) is not None
    return f"{start}{dot}" if is_prefixed else ""
