"""Facts about models, beta headers and the names of other APIs, read from the data files beside this module.

An unknown fact is left out, and a rule that needs it is skipped.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..common.records import NamedTuple
from ..common.resources import folder_of
from .platforms import on_platform

if TYPE_CHECKING:
    from .records import ModelFacts

_OWN_API: Final = "anthropic"
_FOLDER: Final = folder_of(__name__)
_NO_BODIES: Final = frozenset({"SDK calls, beside the body", "the older completions of this API"})
"""The groups of foreign names that do not occur in bodies of another API."""


class Model(NamedTuple):
    """A model on one platform."""

    id: str
    """Its id on Anthropic's own API."""
    retires: date | None
    """The day of its retirement; later requests get a 404."""
    successor: str | None
    """The id of the model that is recommended instead."""
    facts: ModelFacts
    """All known facts; `ModelFacts` explains each."""
    platform: str = _OWN_API
    """The platform of these facts."""

    def fact(self, name: str) -> Any:
        """Return a fact by its name in the data file; None if it is unknown."""
        return self.facts.get(name)

    def day(self, name: str) -> date | None:
        """Return a fact that is a day; None if it is unknown."""
        day = self.fact(name)
        return date.fromisoformat(day) if day is not None else None

    def name_on(self, platform: str) -> str:
        """Return the id of the model on another platform; its own id if that is unknown."""
        return next(iter(self.facts.get("platforms", {}).get(platform, ())), self.id)

    @property
    def names(self) -> tuple[str, ...]:
        """Its id on Anthropic's own API, and its aliases there."""
        return self.id, *self.facts.get("aliases", ())


class Beta(NamedTuple):
    """A value of the `anthropic-beta` header."""

    name: str
    description: str
    instead: str | None
    """The replacement, if it is deprecated."""
    models: tuple[str, ...] | None = None
    """The ids of the only models on which it has an effect, if that is known."""


def read_all() -> None:
    """Read every data file, so that no later call does."""
    for name in ("models", "betas", "foreign"):
        _read(name)


def model_named(name: str, platform: str = _OWN_API) -> Model | None:
    """Return the model that a request means by `name`: an id, an alias, or an id of Amazon Bedrock or Google Cloud.

    Its facts are those of the platform whose form the id has, or else of `platform`.
    """
    model = _models().get(name) or _model_of_region(name)
    if model is None or model.platform != _OWN_API or platform == _OWN_API:
        return model
    return _elsewhere(model.id, platform)


def _model_of_region(name: str) -> Model | None:
    """Return the model of an Amazon Bedrock id with a region as prefix."""
    prefix, _, base = name.partition(".")
    return _models().get(base) if f"{prefix}." in _read("models")["bedrock_prefixes"] and "." in base else None


@lru_cache(maxsize=1)
def models() -> tuple[Model, ...]:
    """Return every known model once, newest first, with its facts on Anthropic's own API."""
    return tuple(_made(record, _OWN_API) for record in _read("models")["models"])


@lru_cache(maxsize=1)
def model_ids() -> tuple[str, ...]:
    """Return the ids and aliases of the models on Anthropic's own API."""
    return tuple(name for record in _read("models")["models"] for name in (record["id"], *record.get("aliases", ())))


def source_of(model: Model, fact: str) -> str:
    """Return where a fact about a model comes from."""
    default: str = _read("models")["source"].partition(": ")[2]
    return model.facts.get("sources", {}).get(fact, default)


@lru_cache(maxsize=1)
def tool_versions() -> dict[str, dict[str, Any]]:
    """Return the newer version of each dated tool of the same shape, with the source."""
    versions: dict[str, dict[str, Any]] = _read("tools")["versions"]
    return versions


@lru_cache(maxsize=1)
def effort_for_budget() -> tuple[list[tuple[int | None, str]], str]:
    """Return the effort proposed for a thinking budget, by the largest budget of each level, and the source."""
    table = _read("tools")["effort_for_budget"]
    return [(row["up_to"], row["effort"]) for row in table["levels"]], table["source"]


@lru_cache(maxsize=1)
def betas() -> dict[str, Beta]:
    """Return every known value of the `anthropic-beta` header by its name."""
    return {
        name: Beta(
            name,
            record["description"],
            record.get("instead"),
            tuple(record["models"]) if "models" in record else None,
        )
        for name, record in _read("betas")["betas"].items()
    }


@lru_cache(maxsize=2)
def foreign_properties(*, of_bodies: bool = False) -> frozenset[str]:
    """Return the names of properties of other APIs, which are never taken for a misspelling of ours.

    With `of_bodies`, only those in the bodies of other APIs, without the arguments of their SDKs.
    """
    groups = _read("foreign")["properties"]
    return frozenset(
        name for group, names in groups.items() if not of_bodies or group not in _NO_BODIES for name in names
    )


@lru_cache(maxsize=1)
def foreign_values() -> frozenset[str]:
    """Return values of other APIs or programs, which are never taken for a misspelling of ours."""
    return frozenset(value for values in _read("foreign")["values"].values() for value in values)


@lru_cache(maxsize=1)
def _models() -> dict[str, Model]:
    """Return the models by every name; a name of another platform has the facts of that platform."""
    named: dict[str, Model] = {}
    for model in models():
        for platform, names in model.facts.get("platforms", {}).items():
            named |= dict.fromkeys(names, _elsewhere(model.id, platform))
        named |= dict.fromkeys(model.names, model)
    return named


@lru_cache
def _elsewhere(model_id: str, platform: str) -> Model:
    """Return a model with its facts on a platform other than Anthropic's own."""
    record = next(model.facts for model in models() if model.id == model_id)
    return _made(on_platform(record, platform), platform)


def _made(record: ModelFacts, platform: str) -> Model:
    retires = record.get("retires")
    day = date.fromisoformat(retires) if retires else None
    return Model(record["id"], day, record.get("successor"), record, platform)


@lru_cache
def _read(name: str) -> Any:
    import orjson  # imported late: names of editions and platforms need none of the files

    return orjson.loads((_FOLDER / f"{name}.json").read_bytes())
