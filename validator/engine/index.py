"""An index of the names used in a request: a rule runs only on requests that mention what it is about.

Every request pays for the one pass that builds it, so it does little, and most of that in C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from .setup import without
from .vocabulary import (
    ANSWERED,
    BLANK,
    EMBEDDED,
    EMPTY,
    INSIDE,
    ROLES,
    UNTIDY,
    Lacks,
    ends_with_answer,
    inner_blocks,
    is_embedded,
    may_be_marked,
    note,
    tag_of,
)

if TYPE_CHECKING:
    from .context import Context
    from .setup import Answer, Setup


_ROLE_NAMES: Final = {role: f"{role}/" for role in ROLES}
_SYSTEM: Final = _ROLE_NAMES["system"]
_MARKED: Final = frozenset({"cache_control", "content", "source", "tool_result", EMBEDDED})
"""The names of messages with a block that may be marked; a malformed one comes with `EMBEDDED`."""
_HOLDERS: Final = INSIDE.keys() - {"tool_result"}
"""The types of blocks to look inside; a tool result is one only where it holds more than plain texts."""
_MESSAGES: Final = "messages"
_ROLE_AND_CONTENT: Final = 2
_TYPE_AND_TEXT: Final = 2
_CALL: Final = len(("type", "id", "name", "input"))
_THOUGHT: Final = len(("type", "thinking", "signature"))
_RESULT: Final = len(("type", "tool_use_id", "content"))


class Index:
    """An index of the names used in a request.

    A malformed part counts as using every name it could hide, so no rule is skipped because of it.
    """

    __slots__ = (
        "blank",
        "body",
        "cache_marks",
        "cache_marks_inside",
        "calls",
        "context",
        "names",
        "said",
        "setup",
        "unusual",
    )

    def __init__(self, body: dict[str, Any], context: Context, setup: Setup) -> None:
        """Index the messages of a body with that setup."""
        self.body = body
        self.context = context
        self.setup = setup
        self.names: set[str] = {_MESSAGES}
        """The property names of messages and of blocks at any depth, the `type` of each block, and the role of each
        message followed by a slash. A property that every block of a type has may be missing."""
        self.said: dict[Any, set[str]] = {}
        """The types of the blocks of messages by role, without nested ones; always with `text`."""
        self.calls: list[dict[str, Any]] = []
        """The blocks of type `tool_use`."""
        self.cache_marks: list[dict[str, Any]] = [*setup.cache_marks]
        """The tools and blocks with a `cache_control`."""
        self.cache_marks_inside: list[dict[str, Any]] = []
        """Those of them that are nested in other blocks."""
        self.unusual: list[int] = []
        """The indices of the messages that are malformed or hold a block of another type than `USUAL`, in their order;
        one may come twice."""
        self.blank: list[int] = []
        """The indices of the messages because of which `names` has `BLANK`, in their order; one may come twice."""
        self._note_messages()

    @property
    def lacks(self) -> Lacks:
        """What the messages lack, by their names."""
        return Lacks(_SYSTEM not in self.names, _MARKED.isdisjoint(self.names))

    @property
    def has_only_text_in_errors(self) -> bool:
        """Whether every result that is an error is known to have a text, and nothing but texts."""
        return "is_error" not in self.names

    @property
    def may_hold_data(self) -> bool:
        """Whether a block may hold the data of an image or a document."""
        return EMBEDDED in self.names

    @property
    def rest(self) -> dict[str, Any]:
        """The body without its messages."""
        return without(self.body, _MESSAGES)

    def cached(self, find: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Return `find(body)`, which gets the body without its messages and is called once for each setup."""
        return self.setup.cached(find, self.body)

    @property
    def number_of_messages(self) -> int:
        """The number of messages."""
        messages = self.body.get(_MESSAGES)
        return len(messages) if isinstance(messages, (list, tuple)) else 0

    @property
    def may_be_marked(self) -> bool:
        """Whether a block of the messages may have a `cache_control`, or contain one that has."""
        return len(self.cache_marks) > len(self.setup.cache_marks) or may_be_marked(self.body.get(_MESSAGES))

    def turns(self, first: int = 0) -> Iterable[tuple[Any, list[str] | None]]:
        """Yield the role of each message from a `first` one on, and the types of its blocks: None if malformed."""
        messages: Any = self.body.get(_MESSAGES)
        for message in messages[first:] if isinstance(messages, (list, tuple)) else ():
            role, content = (message.get("role"), message.get("content")) if isinstance(message, dict) else (None, None)
            if isinstance(content, (list, tuple)):
                yield role, [tag_of(block) if isinstance(block, dict) else "" for block in content]
            else:
                yield role, [] if isinstance(content, str) else None

    @property
    def texts(self) -> tuple[int, list[Any]]:
        """The number of characters in plain texts of the messages, and everything else in them."""
        messages: Any = self.body.get(_MESSAGES)
        characters, others = 0, []
        for message in messages if isinstance(messages, (list, tuple)) else [messages]:
            try:
                content = message["content"]
                if content.__class__ is str:
                    characters += len(content)
                    continue
                for block in content:
                    if len(block) == _TYPE_AND_TEXT and block["type"] == "text":
                        characters += len(block["text"])
                    else:
                        others.append(block)
            except (KeyError, TypeError):
                others.append(message)
        return characters, others

    def _note_messages(self) -> None:  # noqa: C901, PLR0912, PLR0915 - every call would cost each block
        """Index the messages in one pass; a block with only its usual properties is done where it is met."""
        # Unrolled by type, and with `try` in place of type checks: this loop sees every block of every request. A
        # message that raises is indexed again by `_note_odd`, which assumes nothing.
        messages: Any = self.body.get(_MESSAGES)
        names, said, calls, unusual, blank = self.names, self.said, self.calls, self.unusual, self.blank
        of_user: set[str] | None = None
        of_assistant: set[str] | None = None
        others: list[dict[str, Any]] = []
        holders: list[dict[str, Any]] = []
        called: list[Any] = []
        answered: list[Any] = []
        waiting = 0
        tidy = True
        for number, message in enumerate(messages if isinstance(messages, (list, tuple)) else ()):
            try:
                content = message["content"]
                role = message["role"]
                if role == "user":
                    tags = of_user = of_user or said.setdefault(role, {"text"})
                elif role == "assistant":
                    tags = of_assistant = of_assistant or said.setdefault(role, {"text"})
                else:
                    tags = said.setdefault(role, {"text"})
                if len(message) != _ROLE_AND_CONTENT:
                    names.update(message)
                if content.__class__ is not list:
                    if waiting:
                        tidy, waiting = False, 0
                    if not content or content.isspace():
                        names.add(EMPTY)
                        blank.append(number)
                    continue
                calls_before, answers_before = len(called), len(answered)
                latest = None
                for block in content:
                    tag = block["type"]
                    if tag == "text":
                        try:
                            if block["text"].isspace():
                                blank.append(number)
                        except (AttributeError, KeyError):  # no text, but perhaps a mark
                            others.append(block)
                            unusual.append(number)
                            continue
                        if len(block) == _TYPE_AND_TEXT:
                            continue
                    elif tag == "tool_use":
                        called.append(block["id"])
                        calls.append(block)
                        if len(block) == _CALL and "name" in block and "input" in block:
                            tags.add("tool_use")
                            continue
                    elif tag == "tool_result":
                        answered.append(block["tool_use_id"])
                        latest = block
                        if "content" in block:
                            inner = block["content"]
                            if inner.__class__ is not str and not _are_plain_texts(inner):
                                holders.append(block)
                                unusual.append(number)
                            if len(block) == _RESULT:
                                tags.add("tool_result")
                                continue
                    elif tag == "thinking":
                        if block["signature"] == "":
                            names.add(EMPTY)
                        if len(block) == _THOUGHT and "thinking" in block:
                            tags.add("thinking")
                            continue
                    tags.add(tag)
                    others.append(block)
                    unusual.append(number)
                answers = len(answered) - answers_before
                if answers != waiting or (answers and content[answers - 1] is not latest):
                    tidy = False
                waiting = len(called) - calls_before
                if waiting > 1 and not _differ(called[calls_before:]):
                    tidy = False
                if not content:
                    names.add(EMPTY)
                    blank.append(number)
            except (AttributeError, KeyError, TypeError):
                unusual.append(number)
                blank.append(number)
                self._note_odd(message)
        if blank:
            names.add(BLANK)
        if not messages or isinstance(messages, dict):
            names.add(EMPTY)
            self._note(messages)
        elif ends_with_answer(messages):
            names.add(ANSWERED)
        for role, tags in said.items():
            names |= tags
            names.add(_ROLE_NAMES.get(role) or f"{role}/")
            if ("tool_use" in tags and role != "assistant") or ("tool_result" in tags and role != "user"):
                tidy = False
        if waiting or not tidy or answered != called:
            names.add(UNTIDY)
        self._note_others(others, holders)

    def _note_others(self, blocks: list[dict[str, Any]], holders: list[dict[str, Any]]) -> None:
        """Index the blocks with unusual properties, and the blocks nested in others."""
        names = self.names
        names.update(*blocks)
        if "cache_control" in names:
            self.cache_marks += [block for block in blocks if "cache_control" in block]
        if "caller" in names and not all(map(_is_direct, blocks)):
            names.add(UNTIDY)
        if "source" in names and any(map(is_embedded, blocks)):
            names.add(EMBEDDED)
        if not names.isdisjoint(_HOLDERS):
            holders += [block for block in blocks if block["type"] in _HOLDERS]
        for block in holders:
            self._note_inside(block)

    def _note_odd(self, message: Any) -> None:
        """Index a malformed message, with every name that it could hide."""
        self.names.update((EMBEDDED, EMPTY, UNTIDY))
        if not isinstance(message, dict):
            return
        self.names.update(message)
        role = message.get("role")
        self.names.update(("text", f"{role}/"))
        said = self.said.setdefault(role if isinstance(role, str) else None, set())
        content = message.get("content")
        for block in content if isinstance(content, (list, tuple)) else ():
            if isinstance(block, dict):
                self._note(block)
                self._note_inside(block)
                said.add(tag_of(block))
                if tag_of(block) == "tool_use":
                    self.calls.append(block)

    def _note(self, value: Any) -> None:
        """Index whatever is in the place of a block."""
        note(value, self.names, self.cache_marks)
        if is_embedded(value):
            self.names.add(EMBEDDED)

    def _note_inside(self, block: dict[str, Any]) -> None:
        """Index the blocks nested in a block, at any depth."""
        holders = [block]
        while holders:
            for item, _ in inner_blocks(holders.pop()):
                self._note(item)
                if isinstance(item, dict):
                    if "cache_control" in item:
                        self.cache_marks_inside.append(item)
                    if tag_of(item) in INSIDE:
                        holders.append(item)


Look = Callable[[Index], bool]
"""Whether rules can be skipped, by the index of a request."""


def _differ(ids: list[Any]) -> bool:
    """Whether all calls of a message have different ids."""
    try:
        return len(set(ids)) == len(ids)
    except TypeError:
        return False


def _is_direct(block: dict[str, Any]) -> bool:
    """Whether the model itself made a call, not code that it runs."""
    if "caller" not in block:
        return True
    caller = block["caller"]
    return caller is None or (isinstance(caller, dict) and caller.get("type") == "direct")


def _are_plain_texts(blocks: Any) -> bool:
    """Whether the content of a result is a list of text blocks with no other property."""
    if blocks.__class__ is not list:
        return False
    for block in blocks:
        if block.__class__ is not dict or len(block) != _TYPE_AND_TEXT or block.get("type") != "text":
            return False
    return True
