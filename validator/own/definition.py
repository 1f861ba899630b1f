"""Read a team's own rules: what the table of one may hold, its mistakes, and the rule that is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypedDict

from ..common.kinds import AnyString, AnyTable, Flag, Key, KeyPath, ListOf, Mistake, OneOf, Table
from ..common.lazy_regex import regex
from ..common.wording import code, is_slip, shown
from ..engine.rule import Rule
from ..facts.api import LATEST_EDITION, REQUEST_ENDPOINTS
from ..report import SEVERITIES, Severity
from ..rules import AREAS
from .ids import PATTERN, is_id
from .places import BadGlobError, misspelt, platforms_with, steps_of
from .rules import Origin, OwnRule
from .schemas import faults, not_json
from .wording import BRACES, PLACE_HOLDERS

_SIGNS: Final = regex(r"[^a-z0-9_./-]+")
_EXAMPLE_ID: Final = "team/max-tokens"

RuleDict = TypedDict(
    "RuleDict",
    {
        "id": str,
        "at": str,
        "schema": dict[str, Any],
        "if": dict[str, Any],
        "present": bool,
        "message": str,
        "help": str,
        "severity": str,
        "good": list[dict[str, Any]],
        "bad": list[dict[str, Any]],
    },
    total=False,
)
"""A rule of one's own, with the keys of `[[rules]]`: `id`, `at`, and `schema` or `present` are needed."""


@dataclass(frozen=True, slots=True)
class RuleTable(Table):
    """A table of `[[rules]]`."""

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a rule."""
        found = list(Table.mistakes(self, value, path))
        yield from found
        wrong = {mistake.path[len(path)] for mistake in found if len(mistake.path) > len(path)}
        if isinstance(value, dict):
            for key, check in _CHECKS.items():
                if key in value and key not in wrong:
                    yield from check(value[key], (*path, key))
            if "schema" not in value and value.get("present", False) is False:
                yield Mistake(
                    path, "the rule has neither `schema` nor `present = true`", "add `schema`, or `present = true`"
                )
            elif value.get("present") is True and "at" not in wrong:
                yield from _presence(value.get("at"), (*path, "present"))


@dataclass(frozen=True, slots=True)
class RuleList(ListOf):
    """The array `rules`."""

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in the rules, and each id that an earlier one has."""
        yield from ListOf.mistakes(self, value, path)
        seen: set[str] = set()
        for index, item in enumerate(value if isinstance(value, list) else ()):
            id_ = item.get("id") if isinstance(item, dict) else None
            if isinstance(id_, str):
                if id_ in seen:
                    yield Mistake((*path, index, "id"), f"there is another rule {code(id_)} above", "choose another id")
                seen.add(id_)


def _of_id(value: str, path: KeyPath) -> Iterator[Mistake]:
    area = value.partition("/")[0]
    if not is_id(value):
        better = _SIGNS.sub("-", value.lower()).strip("-/")
        better = better if "/" in better else f"team/{better}"
        meant = better if is_id(better) else _EXAMPLE_ID
        message = f"`id` is {shown(value)}, but must be an area and a name of small letters, digits, `-`, `_` and `.`"
        yield Mistake(path, message, f"did you mean {code(meant)}?")
    elif area in AREAS:
        name = value.partition("/")[2]
        message = f"`id` is {code(value)}, but {code(area)} is an area of msglint's own"
        yield Mistake(path, message, f"choose another area, as in {code(f'team/{name}')}")


def _of_place(value: str, path: KeyPath) -> Iterator[Mistake]:
    try:
        steps = steps_of(value)
    except BadGlobError as error:
        yield Mistake(path, error.message, error.help)
        return
    if not any(platforms_with(steps, endpoint, LATEST_EDITION) for endpoint in REQUEST_ENDPOINTS):
        message = f"`at` is {code(value)}, but no request has such a place"
        yield Mistake(path, message, misspelt(value, steps, LATEST_EDITION))


def _of_schema(value: Any, path: KeyPath) -> Iterator[Mistake]:
    for fault in faults(value):
        yield Mistake((*path, *fault.path), fault.message, fault.help)


def _of_words(value: str, path: KeyPath) -> Iterator[Mistake]:
    if not value.strip():
        key = code(str(path[-1]))
        yield Mistake(path, f"{key} is empty", "write it, or remove it: then it is made of the schema")
    for found in BRACES.finditer(value):
        name = found[1]
        near = next((each for each in PLACE_HOLDERS if each != name and is_slip(name, each)), None)
        if name not in PLACE_HOLDERS and near is not None:
            message = f"{code(path[-1] if isinstance(path[-1], str) else '')} names {code(found[0])}"
            yield Mistake(path, message, f"did you mean {code('{' + near + '}')}?")


def _of_examples(value: list[Any], path: KeyPath) -> Iterator[Mistake]:
    for index, example in enumerate(value):
        for fault in not_json(example):
            yield Mistake((*path, index, *fault.path), fault.message, fault.help)


def _presence(at: Any, path: KeyPath) -> Iterator[Mistake]:
    if isinstance(at, str) and "**" in at.split("/"):
        yield Mistake(path, "`present` cannot go with `**`, which may stand for no step", "say where it has to be")
    elif at in {"", "/"}:
        yield Mistake(path, "`present` is true, but the request itself is always there", "remove it, or name a place")


_CHECKS: Final = {
    "id": _of_id,
    "at": _of_place,
    "schema": _of_schema,
    "if": _of_schema,
    "message": _of_words,
    "help": _of_words,
    "good": _of_examples,
    "bad": _of_examples,
}

RULE: Final = RuleTable(
    (
        Key("id", AnyString(PATTERN), "The id, `area/name`; the area is none of msglint's own.", required=True),
        Key("at", AnyString(), "A glob of JSON Pointers: the places that the rule is about.", required=True),
        Key(
            "schema",
            AnyTable(or_flag=True),
            "The JSON Schema (draft 2020-12) that the value at each place has to satisfy; `false` allows no value.",
        ),
        Key("if", AnyTable(), "A JSON Schema for the whole request; the rule holds only where it is satisfied."),
        Key("present", Flag(), "Whether there has to be such a value."),
        Key(
            "message",
            AnyString(),
            "What is wrong; `{value}` and `{pointer}` stand for the value and its place. By default it is made of the "
            "schema.",
        ),
        Key("help", AnyString(), "What to do about it; may name `{value}` and `{pointer}` as well."),
        Key("severity", OneOf(SEVERITIES, "severity"), "The severity, by default `error`."),
        Key("good", ListOf(AnyTable()), "Requests, or parts of them, in which the rule finds nothing."),
        Key("bad", ListOf(AnyTable()), "Requests, or parts of them, in which the rule finds something."),
    )
)
"""A table of `rules`."""
RULES_KEY: Final = Key("rules", RuleList(RULE), "Rules of your own; `msglint rules --test` runs their examples.")


def made(value: Mapping[str, Any], origin: Origin | None = None) -> OwnRule:
    """Make a rule of its table, which has no mistake."""
    return OwnRule(
        value["id"],
        value["at"],
        value.get("schema", True),
        value.get("if"),
        present=value.get("present", False),
        message=value.get("message"),
        help=value.get("help"),
        severity=Severity(value.get("severity", Severity.ERROR)),
        good=tuple(value.get("good", ())),
        bad=tuple(value.get("bad", ())),
        origin=origin,
    )


def own_rules(rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule]) -> tuple[OwnRule | Rule, ...]:
    """Return the rules that were given to a linter; equal dicts are the same rule.

    Raises:
        ValueError: for a mistake in one of them.
        TypeError: for something else than a list of dicts.
    """
    if isinstance(rules, (str, Mapping)) or not isinstance(rules, Iterable):
        msg = "rules must be a list of dicts, each with the keys of `[[rules]]` in a configuration"
        raise TypeError(msg)
    return tuple(
        each if isinstance(each, (OwnRule, Rule)) else _of_dict(each, index) for index, each in enumerate(rules)
    )


def _of_dict(rule: Any, index: int) -> OwnRule:
    if not isinstance(rule, Mapping):
        msg = f"rules[{index}] is {shown(rule)}, but must be a dict with the keys of `[[rules]]` in a configuration"
        raise ValueError(msg)  # noqa: TRY004 - as below
    try:
        text = json.dumps(rule, sort_keys=True)
        found = _once(text)
    except (TypeError, ValueError, RecursionError):  # what JSON does not have is one of the mistakes
        found = next(RULE.mistakes(rule, ()), None) or Mistake(
            (), "the rule cannot be read", "write it as plain values"
        )
    if isinstance(found, Mistake):
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in (index, *found.path))
        msg = f"rules{place}: {found.message}; {found.help}"
        raise ValueError(msg)  # noqa: TRY004 - the value may be of the right type
    return found


@lru_cache(maxsize=1024)
def _once(text: str) -> OwnRule | Mistake:
    value = json.loads(text)
    mistake = next(RULE.mistakes(value, ()), None)
    return made(value) if mistake is None else mistake
