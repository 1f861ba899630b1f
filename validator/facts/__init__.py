"""Facts about models and beta headers, which change with time: they stand in the data files beside this module.

A fact that is not known is not there, and a rule that would need it is silent.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from ..resources import folder_of

_FOLDER: Final = folder_of(__name__)


class Model(NamedTuple):
    """What is known of a model."""

    id: str
    retires: date | None
    """The day from which Anthropic's own API answers with a 404."""
    successor: str | None
    """The id of the model that is recommended in its place."""
    facts: dict[str, Any]
    """Everything known, by the names of the data file."""

    def fact(self, name: str) -> Any:
        """Return a fact by its name in the data file, None where it is not known."""
        return self.facts.get(name)

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


def model_named(name: str) -> Model | None:
    """Return the model that a request means by `name`: an id, an alias, or an id of Amazon Bedrock or Google Cloud."""
    models = _models()
    if name in models:
        return models[name]
    prefix, _, base = name.partition(".")
    return models.get(base) if f"{prefix}." in _read("models")["bedrock_prefixes"] and "." in base else None


@lru_cache(maxsize=1)
def models() -> tuple[Model, ...]:
    """Return every known model once, newest first."""
    return tuple({model.id: model for model in _models().values()}.values())


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


@lru_cache(maxsize=1)
def _models() -> dict[str, Model]:
    models: dict[str, Model] = {}
    for record in _read("models")["models"]:
        retires = record.get("retires")
        model = Model(record["id"], date.fromisoformat(retires) if retires else None, record.get("successor"), record)
        elsewhere = [name for names in record.get("platforms", {}).values() for name in names]
        models |= dict.fromkeys([record["id"], *record.get("aliases", ()), *elsewhere], model)
    return models


@lru_cache
def _read(name: str) -> Any:
    return orjson.loads((_FOLDER / f"{name}.json").read_bytes())
