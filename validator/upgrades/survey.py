"""Which models requests name, how often and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..common.unknown import NotKnownError, partial_value
from ..facts import Model, model_named
from ..files.checking import linter_of_document
from .models import State, state_of, successor_of
from .moving import bodies_of
from .texts import Place, documents_in, is_request

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..common.pointer import Path
    from ..documents import Document
    from ..places.lines import LineIndex

Role = Literal["model", "fallback", "advisor"]


class Use(NamedTuple):
    """A place that names a model."""

    name: str
    """The name as it is written."""
    role: Role
    path: Path
    place: Place
    platform: str
    """The platform of the request, unless the name has the form of another one's ids."""


@dataclass(slots=True)
class Used:
    """A model that requests name, on one platform."""

    name: str
    """Its id there, or the name itself if it is unknown."""
    platform: str
    model: Model | None
    state: State
    successor: str | None
    """The documented successor of a deprecated model, or else the newest of its line that is recommended."""
    names: Counter[str] = field(default_factory=Counter)
    """How often each of its names is used."""
    roles: Counter[str] = field(default_factory=Counter)
    places: list[tuple[str, Use]] = field(default_factory=list)
    """The files and places that name it."""

    def day(self, fact: str) -> str | None:
        """Return a day of its life, as in the facts."""
        day = None if self.model is None else self.model.day(fact)
        return None if day is None else day.isoformat()

    @property
    def files(self) -> int:
        """The number of files that name it."""
        return len({name for name, _ in self.places})


@dataclass(slots=True)
class Surveyed:
    """What a text says of models."""

    uses: list[Use] = field(default_factory=list)
    """The places that name one."""
    unparsed: int = 0
    """The number of documents that cannot be parsed."""


def surveyed(name: str, data: bytes, linter: Linter) -> Surveyed:
    """Return the places of a text that name a model."""
    found = Surveyed()
    for document, lines in documents_in(name, data):
        found.unparsed += not document.readable
        found.uses += _uses_in(name, document, lines, linter)
    return found


def _uses_in(name: str, document: Document, lines: LineIndex, linter: Linter) -> Iterator[Use]:
    if is_request(name, document):
        mine = linter_of_document(document, linter)
        found = list(_named_in(document, mine))
        spans = document.locate([path for path, _, _ in found])
        for path, written, role in found:
            if path in spans:
                model = model_named(written, mine.platform)
                platform = mine.platform if model is None else model.platform
                yield Use(written, role, path, Place(*lines.position(spans[path].start)), platform)


def _named_in(document: Document, linter: Linter) -> Iterator[tuple[Path, str, Role]]:
    value = document.value
    if document.unknown is not None:
        value = partial_value(value, document.unknown.values, document.unknown.open)
    for path in bodies_of(document.value, linter.judge.shape_of(document.value)):
        for place, role in _places_in(value, path):
            written = _text(value, place)
            if written is not None:
                yield place, written, role


def _places_in(value: Any, path: Path) -> Iterator[tuple[Path, Role]]:
    yield (*path, "model"), "model"
    for name, role in (("fallbacks", "fallback"), ("tools", "advisor")):
        for index in range(_length(value, (*path, name))):
            yield (*path, name, index, "model"), role  # type: ignore[misc]


def _length(value: Any, path: Path) -> int:
    try:
        for step in path:
            value = value[step]
        return len(value) if isinstance(value, list) else 0
    except (NotKnownError, LookupError, TypeError):
        return 0


def _text(value: Any, path: Path) -> str | None:
    try:
        for step in path:
            value = value[step]
    except (NotKnownError, LookupError, TypeError):
        return None
    return value if isinstance(value, str) else None


def summed(uses: Iterable[tuple[str, Use]], today: date) -> list[Used]:
    """Sum up uses in files by model and platform: the retired ones first, and the most used first among equals."""
    found: dict[tuple[str, str], Used] = {}
    for file, use in uses:
        model = model_named(use.name, use.platform)
        key = use.name if model is None else model.id, use.platform
        if key not in found:
            found[key] = _used(use, model, today)
        used = found[key]
        used.names[use.name] += 1
        used.roles[use.role] += 1
        used.places.append((file, use))
    ranks = (State.RETIRED, State.DEPRECATED, State.UNKNOWN, State.CURRENT)
    return sorted(found.values(), key=lambda used: (ranks.index(used.state), -len(used.places), used.name))


def _used(use: Use, model: Model | None, today: date) -> Used:
    state = state_of(model, today)
    if model is None:
        return Used(use.name, use.platform, None, state, None)
    later = successor_of(model, today) if state in {State.RETIRED, State.DEPRECATED} else None
    if later is None and model.fact("recommended") is not None:
        later = model_named(model.fact("recommended"), use.platform)
    successor = None if later is None else later.name_on(use.platform)
    return Used(model.name_on(use.platform), use.platform, model, state, successor)


def by_folder(used: Iterable[Used]) -> dict[str, Counter[State]]:
    """Count the uses below each folder by the state of their models."""
    totals: dict[str, Counter[State]] = {}
    for each in used:
        for file, _ in each.places:
            totals.setdefault(PurePath(file).parent.as_posix(), Counter())[each.state] += 1
    return dict(sorted(totals.items()))
