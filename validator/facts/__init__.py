"""Facts about models, beta headers and the names of other APIs: they stand in the data files beside this module.

A fact that is not known is not there, and a rule that would need it is silent.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ..common.resources import folder_of
from .records import ModelFacts, on_platform

_OWN_API: Final = "anthropic"
_FOLDER: Final = folder_of(__name__)
_NO_BODIES: Final = frozenset({"SDK calls, beside the body", "the older completions of this API"})
"""The names among those of other APIs that do not tell another API's body."""


class Model(NamedTuple):
    """What is known of a model on one platform."""

    id: str
    """Its id on Anthropic's own API."""
    retires: date | None
    """The day of its retirement; later requests get a 404."""
    successor: str | None
    """The id of the model that is recommended in its place."""
    facts: ModelFacts
    """Everything known; `ModelFacts` has the names, and what each means."""
    platform: str = _OWN_API
    """The platform that the facts are of."""

    def fact(self, name: str) -> Any:
        """Return a fact by its name in the data file, None where it is not known."""
        return self.facts.get(name)

    def day(self, name: str) -> date | None:
        """Return a fact that is a day, None where it is not known."""
        day = self.fact(name)
        return date.fromisoformat(day) if day is not None else None

    def name_on(self, platform: str) -> str:
        """Return the id by which another platform knows the model; its own id where that is not known."""
        return next(iter(self.facts.get("platforms", {}).get(platform, ())), self.id)

    @property
    def names(self) -> tuple[str, ...]:
        """Its id on Anthropic's own API, and its aliases there."""
        return self.id, *self.facts.get("aliases", ())


class Beta(NamedTuple):
    """What is known of a value of the `anthropic-beta` header."""

    name: str
    description: str
    instead: str | None
    """What replaces it, if it is deprecated."""


def model_named(name: str, platform: str = _OWN_API) -> Model | None:
    """Return the model that a request means by `name`: an id, an alias, or an id of Amazon Bedrock or Google Cloud.

    Its facts are those of the platform that the form of the id tells, or else of `platform`.
    """
    model = _models().get(name) or _model_of_region(name)
    if model is None or model.platform != _OWN_API or platform == _OWN_API:
        return model
    return _elsewhere(model.id, platform)


def _model_of_region(name: str) -> Model | None:
    """Return the model that is meant by an id of Amazon Bedrock with a region before it."""
    prefix, _, base = name.partition(".")
    return _models().get(base) if f"{prefix}." in _read("models")["bedrock_prefixes"] and "." in base else None


@lru_cache(maxsize=1)
def models() -> tuple[Model, ...]:
    """Return every known model once, newest first, as it is on Anthropic's own API."""
    return tuple(_made(record, _OWN_API) for record in _read("models")["models"])


@lru_cache(maxsize=1)
def model_ids() -> tuple[str, ...]:
    """Return the ids and aliases of the models on Anthropic's own API."""
    return tuple(name for record in _read("models")["models"] for name in (record["id"], *record.get("aliases", ())))


@lru_cache(maxsize=1)
def betas() -> dict[str, Beta]:
    """Return every known value of the `anthropic-beta` header by its name."""
    return {
        name: Beta(name, record["description"], record.get("instead"))
        for name, record in _read("betas")["betas"].items()
    }


@lru_cache(maxsize=2)
def foreign_properties(*, of_bodies: bool = False) -> frozenset[str]:
    """Return the names of properties that other APIs are known to have, which are never a misspelt one of ours.

    With `of_bodies` these are the ones that other APIs have in their bodies, without what SDKs take beside them.
    """
    groups = _read("foreign")["properties"]
    return frozenset(
        name for group, names in groups.items() if not of_bodies or group not in _NO_BODIES for name in names
    )


@lru_cache(maxsize=1)
def foreign_values() -> frozenset[str]:
    """Return values that other APIs or programs are known to have, which are never a misspelt one of ours."""
    return frozenset(value for values in _read("foreign")["values"].values() for value in values)


@lru_cache(maxsize=1)
def _models() -> dict[str, Model]:
    """Return the models by every name; one by its name on another platform with the facts of that platform."""
    named: dict[str, Model] = {}
    for model in models():
        for platform, names in model.facts.get("platforms", {}).items():
            named |= dict.fromkeys(names, _elsewhere(model.id, platform))
        named |= dict.fromkeys(model.names, model)
    return named


@lru_cache
def _elsewhere(model_id: str, platform: str) -> Model:
    """Return a model as it is on another platform than Anthropic's own."""
    record = next(model.facts for model in models() if model.id == model_id)
    return _made(on_platform(record, platform), platform)


def _made(record: ModelFacts, platform: str) -> Model:
    retires = record.get("retires")
    day = date.fromisoformat(retires) if retires else None
    return Model(record["id"], day, record.get("successor"), record, platform)


@lru_cache
def _read(name: str) -> Any:
    import orjson  # the names of editions and platforms are here too, and need none of the files

    return orjson.loads((_FOLDER / f"{name}.json").read_bytes())
