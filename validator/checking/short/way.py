"""The short way of plain messages, from their text or from objects to what is found around them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec import convert

from ...engine.context import Context, JsonText
from ...engine.encoding import is_plain, text_of_known, text_of_plain
from . import patience
from .conversations import Checked, Conversations
from .index import PlainIndex
from .kinds import NOTHING, UnsureError
from .reading import ENCODER, read_messages, see_unsure
from .structs import MOST_MESSAGES, InputMessage, PlainObject

if TYPE_CHECKING:
    from ...engine.engine import Around, Engine
    from ...engine.finding import Finding
    from ...engine.setup import Setup

_MESSAGES: Final = "messages"
_NO_MESSAGES: Final = b"[]"
_MOST_KINDS: Final = 512
"""Most kinds of messages with one setup of which something is kept."""
_NO_CONTEXT: Final = Context()


class _Alike(NamedTuple):
    """What is known of requests with the same setup and messages of one kind."""

    day: date
    """The day for which it is known."""
    around: Around


class Short:
    """The short way of one linter."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._conversations = Conversations(ENCODER)

    def found(
        self, body: dict[str, Any], setup: Setup, context_of: Callable[[bytes], Context]
    ) -> tuple[Finding, ...] | None:
        """Return what the rules find in an object; None if it has to be checked the usual way.

        Args:
            body: The object.
            setup: Its setup, which the schema has accepted.
            context_of: Returns its context, by the text of its messages.
        """
        if setup.waits > 0:
            setup.waits -= 1
            return None
        findings = None
        messages = body[_MESSAGES]
        try:
            if messages.__class__ is list and len(messages) > MOST_MESSAGES:
                data = _certain(text_of_plain(messages))
                findings = self.found_in(data, body, context_of(data), setup, is_own=True)
            else:
                findings = self._found_in_object(body, setup, context_of)
        except Exception as error:  # noqa: BLE001 - as above
            see_unsure(error)
        # One with the SDK's objects in it comes again without them.
        if findings is not None or is_plain(messages):
            patience.note(setup, found=findings is not None)
        return findings

    def _found_in_object(
        self, body: dict[str, Any], setup: Setup, context_of: Callable[[bytes], Context]
    ) -> tuple[Finding, ...] | None:
        """Return what the rules find in an object with few messages, or raise one of `UNSURE`."""
        structs = convert(body, PlainObject).messages
        index = PlainIndex(body, _NO_CONTEXT, setup, structs, is_own=True)
        # Only now is it known that there is an end to them. What msgspec and orjson both take may be a tuple or an
        # enum with a string in it, which the SDK sends as plain values.
        data = text_of_known(body[_MESSAGES])
        index.context = context_of(data)
        around = self._alike(index)
        if around.must_run is not None and not is_plain(body[_MESSAGES]):
            return None
        return self._found(around, index, data, index.context)

    def found_in(
        self,
        data: bytes,
        body: dict[str, Any],
        context: Context,
        setup: Setup,
        *,
        is_own: bool = False,
        rest: dict[str, Any] | None = None,
        read: tuple[list[InputMessage[Any]], bool] | None = None,
    ) -> tuple[Finding, ...] | None:
        """Return the same for a text, or raise one of `UNSURE`.

        The messages of `body` may be unknown. `rest` is the body without messages, and `read` what `read_messages`
        returns of them, if they are at hand.
        """
        if self._conversations.may_know(data):
            return self._found_in_conversation(data, body, context, setup, is_own=is_own, rest=rest, read=read)
        structs, _ = read or read_messages(data, is_trusted=is_own)
        index = PlainIndex(body, context, setup, structs, is_own=is_own, rest=rest)
        return self._found(self._around(index), index, data, context)

    def _found_in_conversation(
        self,
        data: bytes,
        body: dict[str, Any],
        context: Context,
        setup: Setup,
        *,
        is_own: bool,
        rest: dict[str, Any] | None,
        read: tuple[list[InputMessage[Any]], bool] | None,
    ) -> tuple[Finding, ...] | None:
        """Return the same for messages that may go on with those of an earlier request, and remember them."""
        conversations = self._conversations
        known, number, offset = conversations.find(data, setup) if read is None else (None, 0, 0)
        first, before = (0, NOTHING) if known is None else known.noted(number)
        goes_on = data.startswith(b",", offset)
        later = data if known is None else b"[" + data[offset + goes_on :]
        structs, is_compact = read or read_messages(later, is_trusted=is_own and not conversations.takes(data))
        if known is not None:
            if goes_on and not structs:  # a comma at the end
                raise UnsureError
            structs = known.checked.structs[:number] + structs
        index = PlainIndex(body, context, setup, structs, number, first=first, before=before, is_own=is_own, rest=rest)
        around = self._around(index)
        if known is not None and known.checked.plan is not around.plan:
            index, known = PlainIndex(body, context, setup, structs, is_own=is_own, rest=rest), None
        elif known is not None and context.text is not None and context.text.data is data:
            index.context = Context(*context[:7], JsonText(later))
        findings = self._found(around, index, data, context)
        if findings is not None and is_compact and setup.is_seen_again and later != _NO_MESSAGES:
            conversations.keep(data, setup, Checked(structs, index.noted, around.plan), known, number=number)
        return findings

    def _found(self, around: Around, index: PlainIndex, data: bytes, context: Context) -> tuple[Finding, ...] | None:
        """Return what is found around messages; None if the rules may find something in them."""
        for look in around.looks:
            if not look(index):
                return None
        if around.must_run is not None:
            body = index.body_for(data, is_sparse=around.must_run.reads_unusual)
            if not self._engine.finds_nothing(around.must_run, body, context, index):
                return None
        return around.findings

    def _around(self, index: PlainIndex) -> Around:
        """Return what is known of a request without what is in its messages."""
        # With a new setup it is not worth it to find out first what other messages of this kind have in common.
        return self._alike(index) if index.setup.is_seen_again else self._around_new(index)

    def _around_new(self, index: PlainIndex) -> Around:
        """Return what is known of a request with a new setup."""
        setup = index.setup
        if setup.marks is None:
            return self._engine.around(index)
        kind = index.kind, index.is_short, index.context.endpoint, index.context.betas, setup.names, setup.marks
        return self._engine.around_new(index, kind, index.with_settings_alone)

    def _alike(self, index: PlainIndex) -> Around:
        """Return what is known of all requests that the rules see as one with this."""
        context, known = index.context, index.setup.alike
        key = index.kind, index.is_short, context.endpoint, context.betas
        today = context.today or _day_in(time() // 60)
        alike: _Alike | None = known.get(key)
        if alike is None or alike.day != today:
            around = self._engine.around(index.unread())
            if len(known) >= _MOST_KINDS:
                known.clear()
            alike = known[key] = _Alike(today, around)
        return alike.around


@lru_cache(maxsize=1)
def _day_in(_minute: float) -> date:
    """Return the day, asked for once a minute: days begin with a minute everywhere."""
    return date.today()  # noqa: DTZ011 - as the rules do


def _certain(text: bytes | None) -> bytes:
    """Return the text of a plain value."""
    if text is None:
        raise UnsureError
    return text
