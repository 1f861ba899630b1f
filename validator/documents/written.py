"""Values as source code writes them: where each one stands, and which of them are not spelled out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from ..facts.api import ApiVersion, Platform
from ..places.locate import Span

if TYPE_CHECKING:
    from ..common.pointer import Path

UnknownKind = Literal["text", "number", "array", "object", "any"]
"""What is known of a value that is not spelled out: its JSON type, or `any` for nothing at all, not even that it is
sent."""

Syntax = Literal["python", "javascript", "json"]
"""The language in which a value is written."""

MOST_VALUES: Final = 100_000
"""The most values of one request; a request that has more through its constants is unknown."""


class Unknown(NamedTuple):
    """The parts of a value that its source does not spell out."""

    values: Mapping[Path, UnknownKind]
    """The values that are unknown: a place holder of None stands for each in the document's value."""
    open: frozenset[Path]
    """The arrays and objects that may have more items or properties than are spelled out."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How a request is sent, as far as its source says; None for what it does not say."""

    endpoint: str | None = None
    """`"messages"`, `"count_tokens"` or `"batches"`."""
    platform: Platform | None = None
    betas: frozenset[str] | None = None
    """All values of the `anthropic-beta` header."""
    api_version: ApiVersion | None = None
    is_run: bool = True
    """Whether it stands in code that is run, not in a documentation."""


class Property(NamedTuple):
    """A property of an object, or a keyword of a call."""

    key: tuple[int, int]
    """The byte range of its key, with its quotes if it has some."""
    value: Written


@dataclass(eq=False, slots=True)
class Written:
    """A value in source code: a scalar, an array, an object, or one that is unknown."""

    start: int
    end: int
    """Its byte range in the text that was read."""
    value: str | float | bool | None = None
    """The value of a scalar."""
    items: list[Written] | None = None
    """The items of an array."""
    properties: dict[str, Property] | None = None
    """The properties of an object, by name."""
    unknown: UnknownKind | None = None
    """Set if the value is not spelled out."""
    is_open: bool = False
    """Whether an array or object may have more than is spelled out."""
    is_editable: bool = True
    """Whether its byte range holds its literal and nothing else, spelled in the language of the source."""

    @property
    def kind(self) -> UnknownKind:
        """What is known of its JSON type; `any` for null and booleans, which need no more."""
        if self.unknown is not None:
            return self.unknown
        if self.items is not None:
            return "array"
        if self.properties is not None:
            return "object"
        if isinstance(self.value, str):
            return "text"
        return "any" if self.value is None or isinstance(self.value, bool) else "number"

    def texts(self) -> frozenset[str] | None:
        """Return the texts of an array; None if it is not one, or not all of them are known."""
        if self.items is None or self.is_open:
            return None
        texts = [item.value for item in self.items if isinstance(item.value, str)]
        return frozenset(texts) if len(texts) == len(self.items) else None

    def inner(self) -> Iterable[Written]:
        """Return the values directly inside it."""
        if self.items is not None:
            return self.items
        return [member.value for member in self.properties.values()] if self.properties is not None else ()


@dataclass(slots=True)
class Spelled:
    """A written value in the form that a document needs."""

    value: Any
    unknown: Unknown
    spans: dict[Path, Span] = field(default_factory=dict)

    def find(self, paths: Iterable[Path]) -> dict[Path, Span]:
        """Return the spans of the values at `paths`; paths that do not exist are omitted."""
        return {path: self.spans[path] for path in paths if path in self.spans}


def spelled(root: Written) -> Spelled:
    """Return the value of a written value with its unknown parts and its places."""
    values: dict[Path, UnknownKind] = {}
    opened: set[Path] = set()
    spans: dict[Path, Span] = {}
    holder: list[Any] = [None]
    waiting: list[tuple[Written, Path, Any, Any, tuple[int, int] | None]] = [(root, (), holder, 0, None)]
    number = 0
    while waiting:
        written, path, target, step, key = waiting.pop()
        number += 1
        if number > MOST_VALUES:
            return Spelled(None, Unknown({(): "any"}, frozenset()), {(): Span(root.start, root.end, None)})
        spans[path] = Span(written.start, written.end, key)
        if written.unknown is not None:
            values[path] = written.unknown
            target[step] = None
            continue
        if written.is_open:
            opened.add(path)
        if written.items is not None:
            made: Any = [None] * len(written.items)
            waiting += [(item, (*path, index), made, index, None) for index, item in enumerate(written.items)]
        elif written.properties is not None:
            made = dict.fromkeys(written.properties)
            waiting += [
                (member.value, (*path, name), made, name, member.key) for name, member in written.properties.items()
            ]
        else:
            made = written.value
        target[step] = made
    return Spelled(holder[0], Unknown(values, frozenset(opened)), spans)


def moved(
    root: Written, start_of: Callable[[int], int], end_of: Callable[[int], int], is_plain: Callable[[int, int], bool]
) -> Written:
    """Return a written value with its places in another text, from which its own text was taken.

    Args:
        root: The value.
        start_of: Returns where a byte of its text stands in the other text.
        end_of: Returns where the text before an offset ends in the other text.
        is_plain: Whether a range of its text stands in the other text byte for byte.
    """
    done: dict[int, Written] = {}
    order: list[Written] = []
    waiting = [root]
    while waiting:
        written = waiting.pop()
        if id(written) not in done:
            done[id(written)] = Written(
                start_of(written.start),
                end_of(written.end),
                written.value,
                unknown=written.unknown,
                is_open=written.is_open,
                is_editable=written.is_editable and is_plain(written.start, written.end),
            )
            order.append(written)
            waiting.extend(written.inner())
    for written in order:
        copy = done[id(written)]
        if written.items is not None:
            copy.items = [done[id(item)] for item in written.items]
        elif written.properties is not None:
            copy.properties = {
                name: Property((start_of(member.key[0]), end_of(member.key[1])), done[id(member.value)])
                for name, member in written.properties.items()
            }
    return done[id(root)]
