"""Move a request to another model: do what a program can do, and tell what is left for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..checking.linter import shared_linter
from ..checking.python_values import make_plain
from ..common.pointer import Path, path_in, shown_pointer
from ..common.unknown import NotKnownError, is_unknown, partial_value
from ..common.wording import code
from ..documents.written import Unknown
from ..engine.encoding import text_of_plain
from ..facts import Model, model_named
from ..fixes import Applicability, Fix, replace
from ..fixing.differences import operations_between, place_after, place_before
from ..fixing.values import patched
from ..report import Severity, Target
from .models import State, name_like, state_of, successor_of, target_named
from .moves import Note, notes_of
from .recipes import recipe_for
from .step import Change, Kind, changes_of
from .steps import STEPS
from .subject import Subject

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..checking.linter import Linter
    from ..checking.options import Options
    from ..fixes import Operation
    from ..report import Report

_BETAS_KEYS: Final = {"bedrock": "anthropic_beta", "google": "anthropic_beta"}
_DEEPEST: Final = 3
"""The longest path to a body: that of a request in a batch."""
_MODEL_STEP: Final = "model"
_NOTHING: Final = Unknown({}, frozenset())
Judge = Callable[[Any, Unknown], "Report"]
"""Checks a value, some of whose parts are unknown."""


class Moved(NamedTuple):
    """A request that moves to another model."""

    path: Path
    """The place of its body."""
    before: str
    """The name of its model today."""
    after: str


class Left(NamedTuple):
    """Something that is left for a person."""

    path: Path
    """Its place in the request of today."""
    rule: str | None
    """The rule that reports it; None if the model itself cannot be replaced."""
    message: str
    help: str | None
    """What to do about it."""
    is_new: bool
    """Whether the API takes it today; False for a mistake that is there already."""
    target: Target = Target.KEY
    """The part of the text that shows it."""

    @property
    def pointer(self) -> str:
        """Its place as a JSON Pointer."""
        return shown_pointer(self.path)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A request that was moved to another model."""

    request: Any
    """The request with all changes made that a program can make."""
    report: Report
    """What is wrong with that: its errors are what the new model refuses."""
    operations: tuple[Operation, ...] = field(repr=False)
    """The operations that make it of the given request."""
    moved: tuple[Moved, ...]
    """The requests that moved: at most one, but for a batch."""
    changes: tuple[Change, ...]
    """The changes that were made. Their paths, and those below, are places in the given request."""
    suggestions: tuple[Change, ...]
    """Changes that were not made, because they write out a default or come only close to what was meant."""
    notes: tuple[Note, ...]
    """What changes without a refusal."""
    left: tuple[Left, ...]
    """What is left for a person."""

    @property
    def ok(self) -> bool:
        """Whether nothing is left for a person."""
        return not self.left

    @property
    def patch(self) -> list[dict[str, Any]]:
        """A JSON Patch that makes `request` of the given one."""
        return Fix("", Applicability.SAFE, self.operations).patch


@dataclass(frozen=True)
class Choice:
    """What a user wants of an upgrade."""

    to: Model | None = None
    """The model to move to; None for the successor of each deprecated or retired model."""
    wanted: str | None = None
    """The name by which the user chose it."""
    only: tuple[str, ...] = ()
    """Globs of the names of models to move; all if it is empty."""
    pins: bool = False
    """Whether to write out old defaults."""
    unsafe: bool = False
    """Whether to make changes that come only close to what was meant."""
    today: date | None = None

    @classmethod
    def of(cls, to: str | None, **options: Any) -> Choice:
        """Return the choice of a model by its name.

        Raises:
            UnknownModelError: a `ValueError`, for a model that is not among the facts.
        """
        return cls(None if to is None else target_named(to), to, **options)

    @property
    def day(self) -> date:
        """The day that the retirement of models is compared with."""
        return self.today or date.today()  # noqa: DTZ011 - a retirement is a matter of days, not of zones

    def covers(self, name: str) -> bool:
        """Whether a model is one of those to move, by its name in the request or its id."""
        model = model_named(name)
        names = {name} if model is None else {name, *model.names}
        return not self.only or any(fnmatchcase(each, glob) for each in names for glob in self.only)

    def kinds(self) -> set[Kind]:
        """Return the kinds of changes to make."""
        return {Kind.SAFE} | ({Kind.PIN} if self.pins else set()) | ({Kind.NEAR} if self.unsafe else set())


def upgrade(
    request: Any, to: str | None = None, *, pin: bool = False, unsafe: bool = False, **options: Unpack[Options]
) -> Upgrade:
    """Move a request to another model, as far as a program can.

    Args:
        request: The body of a request or a batch. It is not changed.
        to: The id of a model; None for the documented successor, if the model is deprecated or retired.
        pin: Whether to write out old defaults, so that they do not change silently.
        unsafe: Whether to make changes whose result is only close to what the request meant.
        options: Those of `Linter`.

    Raises:
        ValueError: for a model that is not among the facts.
    """
    linter = shared_linter({**options, "max_violations": None})
    choice = Choice.of(to, pins=pin, unsafe=unsafe, today=linter.today)
    if text_of_plain(request) is not None:
        return upgraded(request, linter, choice)
    plain = make_plain(request)
    if not plain.refused:
        return upgraded(plain.value, linter, choice)

    def whole(value: Any) -> Any:
        """Return a changed plain copy with the values that JSON cannot hold, which the copy lacks."""
        try:
            return patched(request, operations_between(plain.value, value))
        except (LookupError, TypeError, AttributeError):
            return value

    made = upgraded(plain.value, linter, choice, lambda value, _: linter.validate(whole(value)))
    return replaced(made, request=whole(made.request))


def upgraded(
    value: Any, linter: Linter, choice: Choice, judge: Judge | None = None, unknown: Unknown = _NOTHING
) -> Upgrade:
    """Move the requests in a value to another model.

    Args:
        value: A request or a batch.
        linter: Says what the API refuses.
        choice: What the user wants.
        judge: Checks the value; None for the linter.
        unknown: Its unknown parts.
    """
    judge = judge or (lambda value, _: linter.validate(value))
    work = _Work(linter, choice, value, unknown)
    for path in bodies_of(value, linter.judge.shape_of(value)):
        work.move(path)
    made = work.value()
    before = judge(value, unknown)
    after = judge(made, work.unknown) if work.moved else before
    return Upgrade(
        made,
        after,
        tuple(_below(path, operation) for path in work.bodies for operation in work.operations(path)),
        tuple(work.moved),
        tuple(work.changes),
        tuple(work.suggestions),
        tuple(work.notes),
        (*work.left, *work.refused(before, after, made)),
    )


def bodies_of(value: Any, shape: str) -> list[Path]:
    """Return the places of the bodies of requests in a value of a shape."""
    if shape == "batch_request":
        return [("params",)]
    if shape != "batches":
        return [()]
    requests = value.get("requests") if isinstance(value, dict) else None
    return [("requests", index, "params") for index in range(len(requests))] if isinstance(requests, list) else []


class _Work:
    """A value whose requests are being moved."""

    def __init__(self, linter: Linter, choice: Choice, value: Any, unknown: Unknown) -> None:
        self.linter = linter
        self.choice = choice
        self.original = value
        self.bodies: dict[Path, Any] = {}
        """The bodies that are changed, by their places."""
        self.unknown = unknown
        self.moved: list[Moved] = []
        self.changes: list[Change] = []
        self.suggestions: list[Change] = []
        self.notes: list[Note] = []
        self.left: list[Left] = []
        self._subjects: dict[Path, Subject] = {}
        self._skipped: set[Path] = set()
        """The bodies whose model is not one of those to move."""

    def move(self, path: Path) -> None:
        """Move the request at a path to the model it is to have."""
        body = self._body(path)
        name = _model_of(body)
        if name is None or not self.choice.covers(name):
            self._skipped |= {path} if self.choice.only else set()
            return
        before = model_named(name, self.linter.platform)
        after = None if before is None else self._target_of(path, name, before)
        if before is None or after is None:
            return
        new = name_like(name, after, self.choice.wanted)
        if new is None:
            message = f"{code(after.id)} is not known to exist on the platform of {code(name)}"
            self._leave(path, message, "choose another model with `--to`")
            return
        self.moved.append(Moved(path, name, new))
        operation = replace(("model",), new)
        title, source = f"Replace {code(name)} by {code(new)}", "docs: Model deprecations, Models overview"
        why = "the new model"
        if self.choice.to is None:
            why = "the documented successor"
        self._make(path, [Change(_MODEL_STEP, Kind.SAFE, ("model",), title, why, source, (operation,))])
        for step in STEPS:
            subject = self._subject(path, before, after)
            self._make(path, changes_of(step, subject))
        subject = self._subjects[path] = self._subject(path, before, after)
        former = self.operations(path)
        self.notes += [note._replace(path=(*path, *place_before(note.path, former))) for note in notes_of(subject)]

    def _target_of(self, path: Path, name: str, before: Model) -> Model | None:
        """Return the model that a request moves to; None if it stays."""
        if self.choice.to is not None:
            after = model_named(self.choice.to.id, before.platform)
            return None if after is None or after.id == before.id else after
        state = state_of(before, self.choice.day)
        if state not in {State.DEPRECATED, State.RETIRED}:
            return None
        successor = successor_of(before, self.choice.day)
        if successor is None:
            self._leave(path, f"{code(name)} is {state}, and no successor is documented", "choose one with `--to`")
        return successor

    def _leave(self, path: Path, message: str, advice: str) -> None:
        self.left.append(Left((*path, "model"), None, message, advice, is_new=True))

    def _make(self, path: Path, changes: list[Change]) -> None:
        """Make those changes of a body that the user wants, and keep the others as suggestions."""
        kinds = self.choice.kinds()
        former = self.operations(path)
        operations: list[Operation] = []
        for change in changes:
            placed = change._replace(path=(*path, *place_before(change.path, former)))
            if change.kind in kinds:
                operations += change.operations
                self.changes.append(placed)
            else:
                self.suggestions.append(placed)
        if operations:
            self.bodies[path] = patched(self._now(path), operations)
            below = [_below(path, operation) for operation in operations]
            self.unknown = Unknown(
                {place: kind for old, kind in self.unknown.values.items() for place in place_after(old, below)},
                frozenset(place for old in self.unknown.open for place in place_after(old, below)),
            )

    def operations(self, path: Path) -> list[Operation]:
        """Return the operations that make a body of that of today; their paths begin at the body."""
        return operations_between(self._at(self.original, path), self._now(path))

    def value(self) -> Any:
        """Return the value with the changed bodies."""
        if () in self.bodies or not self.bodies:
            return self.bodies.get((), self.original)
        root = dict(self.original)
        for path, body in self.bodies.items():
            if len(path) == 1:
                root[str(path[0])] = body
                continue
            name, index, key = path
            if root[str(name)] is self.original[name]:
                root[str(name)] = list(self.original[name])
            root[str(name)][index] = {**root[str(name)][index], key: body}
        return root

    def _now(self, path: Path) -> Any:
        """Return the body at a path as it is by now."""
        return self.bodies[path] if path in self.bodies else self._at(self.original, path)

    def _subject(self, path: Path, before: Model, after: Model) -> Subject:
        key = _BETAS_KEYS.get(self.linter.platform, "betas")
        return Subject(self._body(path), before, after, key)

    def _body(self, path: Path) -> Any:
        """Return the body at a path, with its unknown parts."""
        if not self.unknown.values and not self.unknown.open:
            return self._now(path)
        depth = len(path)
        if any(path[:length] in self.unknown.values for length in range(depth + 1)):
            return None
        values = {place[depth:]: kind for place, kind in self.unknown.values.items() if place[:depth] == path}
        opened = frozenset(place[depth:] for place in self.unknown.open if place[:depth] == path)
        return partial_value(self._now(path), values, opened)

    @staticmethod
    def _at(value: Any, path: Path) -> Any:
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            else:
                value = value[step] if isinstance(value, list) and isinstance(step, int) else None
        return value

    def refused(self, before: Report, after: Report, made: Any) -> Iterator[Left]:
        """Yield what the API refuses after the changes, at its place before them."""
        known = {
            (violation.rule, path_in(self.original, violation.pointer))
            for violation in before.violations
            if violation.severity is Severity.ERROR
        }
        for violation in after.violations:
            if violation.severity is not Severity.ERROR:
                continue
            later = path_in(made, violation.pointer)
            starts = [later[:length] for length in range(min(_DEEPEST, len(later)) + 1)]
            if not self._skipped.isdisjoint(starts):
                continue
            body = next((start for start in starts if start in self._subjects), None)
            path = later
            if body is not None:
                path = (*body, *place_before(later[len(body) :], self.operations(body)))
            is_new = (violation.rule, path) not in known
            recipe = recipe_for(violation.rule, self._subjects[body]) if body is not None else None
            yield Left(path, violation.rule, violation.message, recipe or violation.help, is_new, violation.target)


def _below(path: Path, operation: Operation) -> Operation:
    source = None if operation.source is None else (*path, *operation.source)
    return operation._replace(path=(*path, *operation.path), source=source)


def _model_of(body: Any) -> str | None:
    """Return the name of the model of a body; None if it has none, or an unknown one."""
    try:
        if body is None or is_unknown(body) or not isinstance(body, dict):
            return None
        name = body.get("model")
    except NotKnownError:
        return None
    return name if isinstance(name, str) else None
