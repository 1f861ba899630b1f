"""Score the rules over requests of which is known whether the API refused them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from ..checking.linter import shared_linter
from ..common.redaction import redacted
from ..common.wording import code, nearest, printable, shown
from ..facts.api import API_VERSIONS, EDITIONS, ENDPOINTS, PLATFORMS
from ..report import Severity
from ..rules import AREAS, RULES

if TYPE_CHECKING:
    from ..checking.options import Options
    from ..report import Violation

_MOST_NAMED: Final = 100
"""The most cases that are named for each score."""
_LONGEST_NAME: Final = 100
NO_RULE: Final = "no rule"
_CHOICES: Final = {"endpoint": ENDPOINTS, "edition": EDITIONS, "api_version": API_VERSIONS, "platform": PLATFORMS}
_KEYS: Final = (
    "request",
    "text",
    "refused",
    "pointer",
    "betas",
    *_CHOICES,
    "rule",
    "area",
    "only",
    "disputed",
    "name",
)


class BadRecordError(ValueError):
    """Raised for a line that is not a labelled request."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A request, and what the API made of it."""

    request: Any
    is_refused: bool
    name: str
    text: str | None = None
    """Its JSON text, in place of the request."""
    pointers: frozenset[str] = frozenset()
    """The places at which the mistake may be reported; none if they are not known."""
    options: Options = field(default_factory=lambda: cast("Options", {}))
    """The options of its linter."""
    rule: str | None = None
    """The rule or area that ought to report it, where that is known."""
    is_only: bool = False
    """Whether nothing else is wrong with it, so that another error is a false alarm."""
    is_disputed: bool = False
    """Whether the API was seen to accept such a request as well, so that a warning will do."""


def record_of(line: bytes, name: str) -> Labelled:
    """Read a line with a labelled request; `name` is used where it has none.

    Raises:
        BadRecordError: if it is not one.
    """
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            record = json.loads(line)  # which also reads what Python's own writer writes: NaN, half of an emoji
        except (ValueError, RecursionError):
            msg = f"is not JSON: {error.msg.partition(': line ')[0]}"
            raise BadRecordError(msg) from error
    if not isinstance(record, dict):
        msg = f"is {shown(record)}, but must be an object"
        raise BadRecordError(msg)
    mistake = next(_mistakes(record), None)
    if mistake is not None:
        raise BadRecordError(mistake)
    pointer = record.get("pointer")
    options = {key: record[key] for key in _CHOICES if record.get(key) is not None}
    if record.get("betas") is not None:
        options["betas"] = tuple(record["betas"])
    own = record.get("name")
    return Labelled(
        record.get("request"),
        record["refused"],
        printable(redacted(own[:_LONGEST_NAME])) if isinstance(own, str) else name,
        record.get("text"),
        frozenset(pointer if isinstance(pointer, list) else [] if pointer is None else [pointer]),
        cast("Options", options),
        record.get("rule") or record.get("area"),
        is_only=record.get("only") is True,
        is_disputed=bool(record.get("disputed")),
    )


def _mistakes(record: dict[str, Any]) -> Iterator[str]:
    if ("request" in record) == ("text" in record):
        near = next((key for key in record if nearest(key, ("request", "text")) and key not in _KEYS), None)
        yield "needs either `request` or `text`" + (f"; it has {code(near)}" if near is not None else "")
    if "text" in record and not isinstance(record["text"], str):
        yield f"`text` is {shown(record['text'])}, but must be a string"
    if not isinstance(record.get("refused"), bool):
        yield f"`refused` is {shown(record.get('refused'))}, but must be true or false"
    for key, choices in _CHOICES.items():
        if record.get(key) is not None and record[key] not in choices:
            yield f"`{key}` is {shown(record[key])}, but must be one of {', '.join(choices)}"
    if not _are_strings(record.get("betas") or []):
        yield f"`betas` is {shown(record['betas'])}, but must be an array of strings, or null"
    pointer = record.get("pointer")
    if not all(map(_is_pointer, pointer if isinstance(pointer, list) else [] if pointer is None else [pointer])):
        yield f"`pointer` is {shown(pointer)}, but must be a JSON Pointer, or several"


def _is_pointer(value: Any) -> bool:
    return isinstance(value, str) and (not value or value.startswith("/"))


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


@dataclass(slots=True)
class Score:
    """How a rule came off."""

    caught: int = 0
    """Mistakes that it reported where the API refused the request for them."""
    missed: int = 0
    """Mistakes that it ought to have reported."""
    false_alarms: int = 0
    """Errors where the API refused nothing."""
    missed_cases: list[str] = field(default_factory=list)
    false_alarm_cases: list[str] = field(default_factory=list)

    def miss(self, name: str) -> None:
        """Count a mistake that was not reported."""
        self.missed += 1
        if len(self.missed_cases) < _MOST_NAMED:
            self.missed_cases.append(name)

    def cry(self, name: str) -> None:
        """Count a false alarm."""
        self.false_alarms += 1
        if len(self.false_alarm_cases) < _MOST_NAMED:
            self.false_alarm_cases.append(name)

    @property
    def precision(self) -> float | None:
        """The share of its errors that were right; None if it reported none."""
        return _share(self.caught, self.caught + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """The share of its mistakes that it reported; None if there were none."""
        return _share(self.caught, self.caught + self.missed)


@dataclass(slots=True)
class Scores:
    """How all rules came off."""

    rules: dict[str, Score] = field(default_factory=dict)
    """By rule; what no rule reported is counted for the rule or area that the record names, or for none."""
    refused: int = 0
    """The requests that the API refused."""
    found: int = 0
    """Those of them for which an error was reported, at the place if that is known."""
    accepted: int = 0
    """The requests that the API accepted."""
    clean: int = 0
    """Those of them without an error."""

    @property
    def precision(self) -> float | None:
        """The share of all errors that were right."""
        caught = sum(score.caught for score in self.rules.values())
        return _share(caught, caught + sum(score.false_alarms for score in self.rules.values()))

    @property
    def recall(self) -> float | None:
        """The share of the refused requests for which an error was reported."""
        return _share(self.found, self.refused)

    def add(self, labelled: Labelled, found: Iterable[Violation]) -> None:
        """Count what was found in a request."""
        errors = [each for each in found if each.severity is Severity.ERROR or labelled.is_disputed]
        if not labelled.is_refused:
            self.accepted += 1
            self.clean += not errors
            wrong = errors
        else:
            self.refused += 1
            right = [each for each in errors if not labelled.pointers or each.pointer in labelled.pointers]
            self.found += bool(right)
            for rule in dict.fromkeys(each.rule for each in right):
                self._score(rule).caught += 1
            if not right:
                self._score(labelled.rule or NO_RULE).miss(labelled.name)
            wrong = [each for each in errors if each not in right] if labelled.is_only else []
        for rule in dict.fromkeys(each.rule for each in wrong if each.severity is Severity.ERROR):
            self._score(rule).cry(labelled.name)

    def _score(self, rule: str) -> Score:
        return self.rules.setdefault(rule, Score())

    def in_order(self) -> dict[str, Score]:
        """Return the scores in the order of the rules, then those of areas and of none."""
        order = {name: number for number, name in enumerate([*RULES, *AREAS])}
        return dict(sorted(self.rules.items(), key=lambda item: order.get(item[0], len(order))))


def scored(records: Iterable[Labelled], **defaults: Any) -> Scores:
    """Score the rules over labelled requests; `defaults` are the options of a linter, where a record has none."""
    scores = Scores()
    for labelled in records:
        linter = shared_linter(cast("Options", {**defaults, **labelled.options, "max_violations": None}))
        report = linter.validate(labelled.request) if labelled.text is None else linter.validate_json(labelled.text)
        scores.add(labelled, report.violations)
    return scores


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
