"""A cache of request setups: everything in a request but its messages.

Most requests of a process share a setup, so it is analysed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from ..common.records import NamedTuple
from .encoding import are_plain, packed, text_of_plain
from .vocabulary import BLANK, note, tag_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ..facts import Model

Answer = TypeVar("Answer")

_MOST: Final = 128
LONGEST: Final = 64 * 1024
"""Bytes of the longest setup that is cached."""
_TOOLS: Final = "tools"
_SYSTEM: Final = "system"
_MESSAGES: Final = "messages"
NO_SETTINGS: Final = (_TOOLS, _SYSTEM)
_CUSTOM: Final = "custom"
PLACEHOLDER: Final = 72_943_058_116_732
"""A number in place of messages, which is in few requests."""


class Settings(NamedTuple):
    """What the settings of a request tell: the properties of its body beside tools, system prompt and messages."""

    model: Model | None = None
    names: frozenset[str] = frozenset()
    """The names of an `Index` that occur in them."""


_NO_SETTINGS: Final = Settings()


class Setup:
    """A request without its messages: settings, tools, system prompt."""

    __slots__ = (
        "_answers",
        "alike",
        "cache_marks",
        "found",
        "found_by_rule",
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

    def __init__(self, body: dict[str, Any], settings: Settings = _NO_SETTINGS) -> None:
        """Analyse a body without its messages; `settings` are what its settings tell."""
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
        self._answers: dict[Callable[[dict[str, Any]], Any], Any] = {}
        names = {*body}
        self._note_array(body.get(_TOOLS), _CUSTOM, names)
        self._note_array(body.get(_SYSTEM), "", names)
        if may_be_blank(body.get(_SYSTEM)):
            names.add(BLANK)
        self.names = names

    @property
    def is_seen_again(self) -> bool:
        """Whether an earlier request had it."""
        return self.times_seen > 0

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

    def _note_array(self, array: Any, default: str, names: set[str]) -> None:
        try:
            items = array or ()
            tags = [tag if (tag := item.get("type")).__class__ is str else default for item in items]
            names.update(tags, *items)
            self.cache_marks += [item for item in items if "cache_control" in item]
        except (AttributeError, TypeError):
            for item in array if isinstance(array, (list, tuple)) else [array]:
                note(item, names, self.cache_marks, default)


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
        return self.written(body)[0]

    def written(self, body: dict[str, Any]) -> tuple[Setup, bytes]:
        """Return the setup of a body, and its JSON with `PLACEHOLDER` as messages; empty if it cannot be encoded."""
        try:
            text = orjson.dumps({**body, _MESSAGES: PLACEHOLDER})
        except (TypeError, ValueError, RecursionError):
            return self._make(without(body, _MESSAGES)), b""
        return self._again(text) or self._made(without(body, _MESSAGES), text), text

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
        if len(key) <= LONGEST:
            marks = [{"cache_control": holder["cache_control"]} for holder in setup.cache_marks]
            setup.cache_marks = _copied(orjson.dumps(marks)) if marks else []
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = setup
        return setup


@lru_cache(maxsize=_MOST)
def _copied(marks: bytes) -> list[dict[str, Any]]:
    """Return the objects with a `cache_control` of a setup, which nobody changes: many have the same."""
    copies: list[dict[str, Any]] = orjson.loads(marks)
    return copies


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


def may_be_blank(system: Any) -> bool:
    """Whether a text of a system prompt is only white space, or malformed."""
    try:
        texts = [system] if isinstance(system, str) else [block["text"] for block in system or ()]
        return any(text.isspace() for text in texts)
    except (AttributeError, KeyError, TypeError):
        return True
