"""What stands around the messages of a request, which is mostly that of a request seen before: it is looked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import orjson

from ..facts import model_named
from ..facts.api import PLATFORMS
from .encoding import is_plain, packed, text_of_plain
from .vocabulary import BLANK, note, tag_of

Answer = TypeVar("Answer")

_MOST: Final = 128
_LONGEST: Final = 64 * 1024
"""Bytes of what stands around the messages that are worth keeping what is known of it."""
_TOOLS: Final = "tools"
_SYSTEM: Final = "system"
_MESSAGES: Final = "messages"
_NO_SETTINGS: Final = (_TOOLS, _SYSTEM)
_CUSTOM: Final = "custom"


class Setup:
    """What stands around the messages of a request: settings, tools, system prompt. Most requests have a known one."""

    __slots__ = ("_answers", "marked", "model", "opening", "plans", "words")

    def __init__(self, body: dict[str, Any], platform: str = PLATFORMS[0]) -> None:
        """Look at a body for a platform, but not at its messages."""
        name = body.get("model")
        self.model: Final = model_named(name, platform) if isinstance(name, str) else None
        """The model the request is for; None for one that is not known."""
        self.plans: Final[dict[tuple[str, frozenset[str]], Any]] = {}
        """What the engine plans for requests that have this around their messages, by endpoint and words of these."""
        self.opening = b""
        """The text of such a request, as JSON, up to its messages; empty where that was not asked for."""
        self.words: set[str] = set(body)
        """Those of an `Index` that stand here."""
        self.marked: list[dict[str, Any]] = []
        """The tools, and the blocks of the system prompt, with a `cache_control`."""
        self._answers: dict[Callable[[dict[str, Any]], Any], Any] = {}
        for name, value in body.items():
            if name not in _NO_SETTINGS:
                self._note_setting(value)
        self._note_array(body.get(_TOOLS), _CUSTOM)
        self._note_array(body.get(_SYSTEM), "")
        if may_be_blank(body.get(_SYSTEM)):
            self.words.add(BLANK)

    def cached(self, find: Callable[[dict[str, Any]], Answer], body: dict[str, Any]) -> Answer:
        """Return what `find(body)` answers, which is asked once for all bodies that differ in their messages alone."""
        if find not in self._answers:
            self._answers[find] = find(body)
        answer: Answer = self._answers[find]
        return answer

    def _note_setting(self, value: Any) -> None:
        if isinstance(value, dict):
            self.words.update(value, [tag_of(value)])
        elif isinstance(value, (list, tuple)):
            self.words.update(*(item for item in value if isinstance(item, dict)))

    def _note_array(self, array: Any, default: str) -> None:
        try:
            items = array or ()
            tags = [tag if (tag := item.get("type")).__class__ is str else default for item in items]
            self.words.update(tags, *items)
            self.marked += [item for item in items if "cache_control" in item]
        except (AttributeError, TypeError):
            for item in array if isinstance(array, (list, tuple)) else [array]:
                note(item, self.words, self.marked, default)


class SetupCache:
    """The setups of the last requests, found again by what is written around their messages.

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
            marks = [{"cache_control": holder["cache_control"]} for holder in setup.marked]
            setup.marked = orjson.loads(orjson.dumps(marks)) if marks else []
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
