"""A cache of request setups: everything in a request but its messages.

Most requests of a process share a setup, so it is analysed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from ..common.records import NamedTuple
from ..common.unknown import UnknownValue
from .encoding import are_plain, packed, text_of_plain
from .vocabulary import BLANK, note, tag_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ..facts import Model

Answer = TypeVar("Answer")

_MOST: Final = 128
_FEW_SETUPS: Final = 8
LONGEST: Final = 64 * 1024
"""Bytes of the longest setup that is cached."""
_LONGEST_MARKS: Final = 1024
"""Bytes of the longest marks of a setup that are kept; four, which the API allows, have fewer."""
_TOOLS: Final = "tools"
_SYSTEM: Final = "system"
_MESSAGES: Final = "messages"
NO_SETTINGS: Final = (_TOOLS, _SYSTEM)
_CUSTOM: Final = "custom"
_OBJECTS: Final = frozenset({dict})
PLACEHOLDER: Final = 72_943_058_116_732
"""A number in place of messages, which is in few requests."""


class Settings:
    """What the settings of a request tell: the properties of its body beside tools, system prompt and messages."""

    __slots__ = ("found", "kinds", "model", "names", "times_seen")

    def __init__(self, model: Model | None = None, names: frozenset[str] = frozenset()) -> None:
        self.model: Final = model
        self.names: Final = names
        """The names of an `Index` that occur in them."""
        self.times_seen = 0
        """How many setups had them."""
        self.found: Final[dict[tuple[Any, ...], Any]] = {}
        """What the engine finds in all requests with them, by rule; None for rules that read more."""
        self.kinds: Final[dict[Any, Any]] = {}
        """What the engine asks about requests with them, by the kind of these."""

    @property
    def come_often(self) -> bool:
        """Whether it pays to find out what holds for all requests with them."""
        return self.times_seen > _FEW_SETUPS


class Setup:
    """A request without its messages: settings, tools, system prompt."""

    __slots__ = (
        "_answers",
        "alike",
        "cache_marks",
        "found",
        "found_by_rule",
        "marks",
        "model",
        "names",
        "opening",
        "plans",
        "reports",
        "settings",
        "times_seen",
        "waited",
        "waits",
    )

    def __init__(self, body: dict[str, Any], settings: Settings | None = None) -> None:
        """Analyse a body without its messages; `settings` are what its settings tell."""
        settings = settings or Settings()
        self.model: Final = settings.model
        """The model the request is for; None for an unknown one."""
        self.plans: Final[dict[tuple[str, frozenset[str]], Any]] = {}
        """The engine's plans for requests with this setup, by endpoint and the names in their messages."""
        self.times_seen = 0
        """How many earlier requests had it."""
        self.found: Final[dict[tuple[Any, ...], Any]] = {}
        """What the engine finds in all requests with this setup, by plan, betas and day."""
        self.found_by_rule: Final[dict[tuple[Any, ...], Any]] = {}
        """The same by rule, for those that read nothing of the messages; None for the others."""
        self.alike: Final[dict[tuple[Any, ...], Any]] = {}
        """What the short way for plain messages knows of them, by their kind, endpoint and betas."""
        self.waits = self.waited = 0
        """For how many requests the short way for plain messages is not tried, and for how many it was not before."""
        self.reports: dict[int, Any] = {}
        """The violations of all that is found in such requests, by the identity of what is found."""
        self.opening = b""
        """The JSON text of such a request up to its messages; empty if it was not made from a Python object."""
        self.settings: Final = settings
        """What its settings tell."""
        self.names: AbstractSet[str] = frozenset()
        """The names of an `Index` that occur in the rest of it, and of its settings."""
        self.cache_marks: list[dict[str, Any]] = []
        """The tools, and the blocks of the system prompt, with a `cache_control`."""
        self.marks: bytes | None = None
        """The JSON of their marks; None for so many that nothing is kept of them."""
        self._answers: dict[Callable[[dict[str, Any]], Any], Any] = {}
        self._note_names(body)

    @property
    def is_seen_again(self) -> bool:
        """Whether an earlier request had it."""
        return self.times_seen > 0

    def unread(self) -> Setup:
        """Return a setup with the same names and marks, of whose tools and system prompt nothing else is known."""
        setup = copy(self)
        setup._answers = {}  # noqa: SLF001 - its own
        return setup

    def cached(self, find: Callable[[dict[str, Any]], Answer], body: dict[str, Any]) -> Answer:
        """Return `find(body)`, which is called once for all bodies that differ in their messages alone.

        `find` gets the body without its messages, so it cannot read what its cached answer must not depend on.
        """
        if find not in self._answers:
            return self.kept(find, without(body, _MESSAGES))
        answer: Answer = self._answers[find]
        return answer

    def kept(self, find: Callable[[dict[str, Any]], Answer], rest: dict[str, Any]) -> Answer:
        """Return the same for a body that is given without its messages."""
        if find not in self._answers:
            self._answers[find] = find(rest)
        answer: Answer = self._answers[find]
        return answer

    def _note_names(self, body: dict[str, Any]) -> None:
        system = body.get(_SYSTEM)
        tools, blocks = _items_of(body.get(_TOOLS)), _items_of(system)
        if _OBJECTS.issuperset(map(type, tools)) and _OBJECTS.issuperset(map(type, blocks)):
            names = {*body}.union(*tools, *blocks)
            names.update([tag if (tag := tool.get("type")).__class__ is str else _CUSTOM for tool in tools])
            names.update([tag if (tag := block.get("type")).__class__ is str else "" for block in blocks])
            if "cache_control" in names:
                self.cache_marks = [item for item in (*tools, *blocks) if "cache_control" in item]
        else:
            names = {*body}
            for items, default in ((tools, _CUSTOM), (blocks, "")):
                for item in items:
                    note(item, names, self.cache_marks, default)
        if may_be_blank(system):
            names.add(BLANK)
        self.names = names


class SetupView(NamedTuple):
    """What a rule's `skip_if_setup` is given: its answer is cached, so it gets nothing that may differ."""

    body: dict[str, Any]
    """The request without its messages."""
    setup: Setup
    endpoint: str
    edition: str
    platform: str

    def cached(self, find: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Return `find(body)`, which is called once for each setup."""
        return self.setup.kept(find, self.body)


SetupLook = Callable[[SetupView], bool]
"""Whether rules can be skipped, by the setup of a request."""


class SetupCache:
    """The setups of recent requests, by their encoding.

    They share nothing with the requests, which may change.
    """

    def __init__(self, make: Callable[[dict[str, Any]], Setup]) -> None:
        """Take the function that makes a setup of a body without its messages."""
        self._make = make
        self._kept: dict[bytes, Setup] = {}
        self._plain: tuple[Any, Any] = None, None
        """The tools and the system prompt that were found plain last; most requests of a process have these objects."""

    def of(self, body: dict[str, Any]) -> Setup:
        """Return the setup of a body."""
        return self.written(without(body, _MESSAGES))[0]

    def written(self, rest: dict[str, Any]) -> tuple[Setup, bytes]:
        """Return the setup of a body without messages, and its JSON with `PLACEHOLDER` in their place.

        The JSON is empty if it cannot be encoded.
        """
        try:
            text = orjson.dumps({**rest, _MESSAGES: PLACEHOLDER})
        except (TypeError, ValueError, RecursionError):
            return self._make(rest), b""
        return self._again(text) or self._made(rest, text), text

    def _again(self, key: bytes) -> Setup | None:
        setup = self._kept.get(key)
        if setup is not None:
            setup.times_seen += 1
        return setup

    def of_object(self, body: dict[str, Any]) -> Setup | None:
        """Return the setup of a Python object, with its `opening`; None if it is not plain without its messages."""
        # The identity of tools and prompt only saves testing them for "plain" again. The key is made of their values,
        # so a list that was changed in place is another setup, or not plain any more, and then has no key.
        rest = without(body, _MESSAGES)
        tools, system = self._plain
        if not are_plain([value for value in rest.values() if value is not tools and value is not system]):
            return None
        self._plain = rest.get(_TOOLS), rest.get(_SYSTEM)
        key = packed(rest)
        if key is None:
            return None
        setup = self._again(key)
        if setup is None:
            text = text_of_plain(rest)
            if text is None:
                return None
            setup = self._made(rest, key, b'%s%s"messages":' % (text[:-1], b"," if rest else b""))
        return setup

    def _made(self, rest: dict[str, Any], key: bytes, opening: bytes = b"") -> Setup:
        setup = self._make(rest)
        setup.opening = opening
        marks = orjson.dumps([holder["cache_control"] for holder in setup.cache_marks])
        if len(marks) <= _LONGEST_MARKS:
            setup.marks, setup.cache_marks = marks, _shared(marks)
        else:
            setup.cache_marks = _copied(marks)
        if len(key) <= LONGEST:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = setup
        return setup


def _copied(marks: bytes) -> list[dict[str, Any]]:
    """Return objects with nothing but the marks in a text."""
    return [{"cache_control": mark} for mark in orjson.loads(marks)]


_shared: Final = lru_cache(maxsize=_MOST)(_copied)
"""The same, which nobody changes: many setups have the same marks."""


def names_in(setting: Any) -> Iterable[str]:
    """Return the names of an `Index` that occur in the value of a setting."""
    if isinstance(setting, dict):
        return [*setting, tag_of(setting)]
    items = setting if isinstance(setting, (list, tuple)) else ()
    return {name for item in items if isinstance(item, dict) for name in item}


def without(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a copy of an object without one of its properties."""
    rest = value.copy()
    rest.pop(name, None)
    return rest


def _items_of(array: Any) -> list[Any] | tuple[Any, ...]:
    """Return the items of an array; anything else, but a text, counts as one, as it may hide names."""
    return array if isinstance(array, (list, tuple)) else [array] if array and not isinstance(array, str) else ()


def settings_alone(rest: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a partial body without messages: of tools and prompt only that they are there is known."""
    return {name: UnknownValue("array") if name in NO_SETTINGS else value for name, value in dict.items(rest)}


def may_be_blank(system: Any) -> bool:
    """Whether a text of a system prompt is only white space, or malformed."""
    try:
        if isinstance(system, str):
            return system.isspace()
        for block in system or ():
            if block["text"].isspace():
                return True
    except (AttributeError, KeyError, TypeError):
        return True
    return False
