"""A cache of request setups: everything in a request but its messages.

Most requests of a process share a setup, so it is analysed once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

import orjson

from ..facts import model_named
from ..facts.api import PLATFORMS
from .encoding import is_plain, packed, text_of_plain
from .vocabulary import BLANK, note, tag_of

Answer = TypeVar("Answer")

_MOST: Final = 128
_LONGEST: Final = 64 * 1024
"""Bytes of a setup; a longer one is not cached."""
_TOOLS: Final = "tools"
_SYSTEM: Final = "system"
_MESSAGES: Final = "messages"
_NO_SETTINGS: Final = (_TOOLS, _SYSTEM)
_CUSTOM: Final = "custom"


class Setup:
    """A request without its messages: settings, tools, system prompt."""

    __slots__ = ("_answers", "cache_marks", "model", "names", "opening", "plans")

    def __init__(self, body: dict[str, Any], platform: str = PLATFORMS[0]) -> None:
        """Look at a body for a platform, but not at its messages."""
        name = body.get("model")
        self.model: Final = model_named(name, platform) if isinstance(name, str) else None
        """The model the request is for; None for one that is not known."""
        self.plans: Final[dict[tuple[str, frozenset[str]], Any]] = {}
        """The engine's plans for requests with this setup, by endpoint and the names in their messages."""
        self.opening = b""
        """The JSON text of such a request up to its messages; empty if nobody asked for it."""
        self.names: set[str] = set(body)
        """The names of an `Index` that occur here."""
        self.cache_marks: list[dict[str, Any]] = []
        """The tools, and the blocks of the system prompt, with a `cache_control`."""
        self._answers: dict[Callable[[dict[str, Any]], Any], Any] = {}
        for name, value in body.items():
            if name not in _NO_SETTINGS:
                self._note_setting(value)
        self._note_array(body.get(_TOOLS), _CUSTOM)
        self._note_array(body.get(_SYSTEM), "")
        if may_be_blank(body.get(_SYSTEM)):
            self.names.add(BLANK)

    def cached(self, find: Callable[[dict[str, Any]], Answer], body: dict[str, Any]) -> Answer:
        """Return `find(body)`, asked once for all bodies that differ in their messages alone.

        `find` gets the body without its messages, so that it cannot read what its answer must not depend on.
        """
        if find not in self._answers:
            self._answers[find] = find(without(body, _MESSAGES))
        answer: Answer = self._answers[find]
        return answer

    def _note_setting(self, value: Any) -> None:
        if isinstance(value, dict):
            self.names.update(value, [tag_of(value)])
        elif isinstance(value, (list, tuple)):
            self.names.update(*(item for item in value if isinstance(item, dict)))

    def _note_array(self, array: Any, default: str) -> None:
        try:
            items = array or ()
            tags = [tag if (tag := item.get("type")).__class__ is str else default for item in items]
            self.names.update(tags, *items)
            self.cache_marks += [item for item in items if "cache_control" in item]
        except (AttributeError, TypeError):
            for item in array if isinstance(array, (list, tuple)) else [array]:
                note(item, self.names, self.cache_marks, default)


class SetupView(NamedTuple):
    """A setup as a rule's `skip_if_setup` sees it: its answer is cached, so it gets nothing that may differ."""

    body: dict[str, Any]
    """The request without its messages."""
    setup: Setup
    endpoint: str
    edition: str
    platform: str

    def cached(self, find: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Return `find(body)`, asked once for each setup."""
        return self.setup.cached(find, self.body)


SetupLook = Callable[[SetupView], bool]
"""Whether rules can be skipped, by the setup of a request."""


class SetupCache:
    """The setups of recent requests, by their encoding.

    They share nothing with the requests, which may change.
    """

    def __init__(self, make: Callable[[dict[str, Any]], Setup]) -> None:
        """Take what makes a setup of the body of a request without its messages."""
        self._make = make
        self._kept: dict[bytes, Setup] = {}
        self._plain_tools: Any = None
        """The tools that were found to have an end last; most requests of a process have the very same."""

    def of(self, body: dict[str, Any]) -> Setup:
        """Return the setup of a body."""
        around = without(body, _MESSAGES)
        try:
            text = orjson.dumps(around)
        except (TypeError, ValueError, RecursionError):
            return self._make(around)
        return self._kept.get(text) or self._made(around, text)

    def of_text(self, around: bytes) -> Setup | None:
        """Return the setup of a text that is known, by all of it but the messages."""
        return self._kept.get(around)

    def keep(self, around: bytes, setup: Setup) -> None:
        """Find a setup again by the text of a body without its messages, which is no JSON and so no other key."""
        if len(around) <= _LONGEST and len(self._kept) < _MOST:
            self._kept[around] = setup

    def of_object(self, body: dict[str, Any]) -> Setup | None:
        """Return the setup of a Python object, with its `opening`; None where not all around its messages is plain."""
        around = without(body, _MESSAGES)
        tools = around.get(_TOOLS)
        known = tools is self._plain_tools
        if not is_plain([value for name, value in around.items() if not (known and name == _TOOLS)]):
            return None
        self._plain_tools = tools
        key = packed(around)
        if key is None:
            return None
        setup = self._kept.get(key)
        if setup is None:
            text = text_of_plain(around)
            if text is None:
                return None
            setup = self._made(around, key, b'%s%s"messages":' % (text[:-1], b"," if around else b""))
        return setup

    def _made(self, around: dict[str, Any], key: bytes, opening: bytes = b"") -> Setup:
        setup = self._make(around)
        setup.opening = opening
        if len(key) <= _LONGEST:
            marks = [{"cache_control": holder["cache_control"]} for holder in setup.cache_marks]
            setup.cache_marks = orjson.loads(orjson.dumps(marks)) if marks else []
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = setup
        return setup


def without(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object without one of its properties."""
    rest = value.copy()
    rest.pop(name, None)
    return rest


def may_be_blank(system: Any) -> bool:
    """Whether a text of a system prompt has nothing visible, or cannot be read."""
    try:
        texts = [system] if isinstance(system, str) else [block["text"] for block in system or ()]
        return any(text.isspace() for text in texts)
    except (AttributeError, KeyError, TypeError):
        return True
