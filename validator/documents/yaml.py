"""YAML: read into JSON values event by event, with the place of every key and value.

YAML has more than JSON, and its versions do not agree on what a plain word is. What has no place in JSON, and what
readers of YAML take for different things, is reported; of the latter the value is that of YAML 1.2.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import yaml

from ..findings import Finding, Target
from ..places.locate import Span
from ..rules import syntax
from ..rules import yaml as rules
from . import strict
from .comments import words_of
from .document import Comment, Document, SyntaxFinding
from .yaml_values import Plain, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..pointer import Path
    from ..rules.rule import Rule

_PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE: Final = "tag:yaml.org,2002:"
_CONTAINERS: Final = frozenset({f"{_CORE}map", f"{_CORE}seq", "!", None})
_MERGE: Final = "<<"
_MOST_REPEATED: Final = 1_000_000
"""Values that aliases may repeat; a text of a few lines can ask for more than a machine has memory for."""
_CHARACTERS_A_VALUE: Final = 64
_NOT_PRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COMMENT: Final = re.compile(r"(?:(?<=\s)|^)#+[ \t]*msglint[ \t]*:[^\r\n]*", re.IGNORECASE | re.MULTILINE)


def read(text: bytes) -> list[Document]:
    """Read `text`, which may hold several documents; a text that is no YAML is one document that cannot be read."""
    data = strict.without_mark(text)[0]
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        return [strict.read(data)]
    if not decoded.strip():
        return [strict.read(data)]
    builder = _Builder()
    try:
        for event in yaml.parse(decoded, Loader=_PARSER):
            builder.take(event)
    except yaml.YAMLError as error:
        return [_unreadable(data, _said(error, decoded))]
    except _Refused as error:
        return [_unreadable(data, _fault(decoded, error.rule, *error.place, *error.what))]
    offsets = _Offsets(decoded)
    roots = [root for root in builder.roots if not root.is_empty]
    if not roots:
        return [strict.read(b"")]
    comments = _comments(decoded, builder, offsets)
    return [
        Document(
            data,
            root.node.value,
            readable=True,
            refused=tuple(root.findings),
            comments=comments if not number else (),
            finder=partial(_spans, root, offsets),
        )
        for number, root in enumerate(roots)
    ]


@dataclass(slots=True)
class _Node:
    """A value and the places of what is in it, in characters."""

    start: int
    end: int
    value: Any = None
    members: dict[str | int, _Member] = field(default_factory=dict)
    size: int = 1
    """How many values it is, with all in it."""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class _Member:
    """Where a value stands inside another; by an alias a value stands in several places."""

    node: _Node
    start: int
    end: int
    key: tuple[int, int] | None = None


@dataclass(slots=True)
class _Root:
    """One document of a text."""

    node: _Node
    is_empty: bool
    findings: list[Finding] = field(default_factory=list)


class _Refused(Exception):  # noqa: N818 - it is no error of ours
    """Ends the reading of a text that is YAML, but of a kind that no JSON can be made of."""

    def __init__(self, rule: Rule, start: int, end: int, *what: Any) -> None:
        super().__init__(rule.id)
        self.rule = rule
        self.place = (start, end)
        self.what = what


@dataclass(slots=True)
class _Frame:
    """A container that is being read."""

    node: _Node
    is_mapping: bool
    in_flow: bool
    key: str | None = None
    """The key of a mapping whose value comes next."""
    key_place: tuple[int, int] = (0, 0)
    is_merging: bool = False
    merged: list[_Member] = field(default_factory=list)


class _Builder:
    """Makes nodes of the events of a text, without recursion."""

    def __init__(self) -> None:
        self.roots: list[_Root] = []
        self.scalars: list[tuple[int, int]] = []
        """The places of all scalars, in the order of the text."""
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Node] = {}
        self._version: tuple[int, int] | None = None
        self._repeated = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._enter(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._leave(_index(event.end_mark))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors = {}
            self._version = event.version
            start = _index(event.end_mark)
            self.roots.append(_Root(_Node(start, start), is_empty=True))

    @property
    def _path(self) -> Path:
        """The path of the value that comes next."""
        return tuple(
            (frame.key or "") if frame.is_mapping else len(frame.node.value)
            for frame in self._frames
            if not frame.is_mapping or frame.key is not None
        )

    @property
    def _awaits_key(self) -> bool:
        return bool(self._frames) and self._frames[-1].is_mapping and self._frames[-1].key is None

    def _report(self, rule: Rule, *what: Any, target: Target = Target.VALUE) -> None:
        message, advice = rule.check(*what)
        self.roots[-1].findings.append(Finding(rule, self._path, message, advice, target))

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        self.scalars.append((start, end))
        is_plain = event.implicit[0]
        found = resolve(event.value, None if any(event.implicit) else event.tag, self._version, is_plain=is_plain)
        ends_line = event.style in ("|", ">")
        node = _Node(start, max(start, end - ends_line), found.value)
        node.size += len(event.value) // _CHARACTERS_A_VALUE
        if event.anchor:
            self._anchors[event.anchor] = node
        if self._awaits_key:
            self._key(event.value, found, node, is_merge=is_plain and event.value == _MERGE)
            return
        if found.is_foreign:
            self._report(rules.not_json, event.value if is_plain else event.tag)
        elif found.otherwise is not None:
            self._report(rules.ambiguous_value, event.value, found)
        self._place(_Member(node, start, node.end), is_empty=is_plain and not event.value)

    def _key(self, text: str, found: Plain, node: _Node, *, is_merge: bool) -> None:
        frame = self._frames[-1]
        frame.key, frame.key_place = text, (node.start, node.end)
        frame.is_merging = is_merge
        if is_merge:
            return
        if not isinstance(found.value, str):
            self._report(rules.key_not_a_string, text, target=Target.KEY)
        elif found.otherwise is not None:
            self._report(rules.ambiguous_value, text, found, target=Target.KEY)
        elif text in frame.node.members:
            self._report(rules.duplicate_key, text, target=Target.KEY)

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        node = self._anchors.get(event.anchor)
        if node is None:
            raise _Refused(rules.unknown_alias, start, end, event.anchor)
        if node.is_open:
            raise _Refused(rules.circular_alias, start, end, event.anchor)
        self._repeated += node.size
        if self._repeated > _MOST_REPEATED:
            raise _Refused(rules.too_many_aliases, start, end, _MOST_REPEATED)
        if self._awaits_key:
            if isinstance(node.value, (dict, list)):
                raise _Refused(rules.container_as_key, start, end)
            self._key(str(node.value), Plain(node.value), _Node(start, end), is_merge=False)
        else:
            self._place(_Member(node, start, end))

    def _enter(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if self._awaits_key:
            raise _Refused(rules.container_as_key, start, end)
        if len(self._frames) >= syntax.MAX_DEPTH:
            raise _Refused(rules.nested_too_deeply, start, end, syntax.MAX_DEPTH)
        if event.tag not in _CONTAINERS:
            self._report(rules.not_json, event.tag)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = _Node(start, end, {} if is_mapping else [], is_open=True)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._frames.append(_Frame(node, is_mapping, in_flow=bool(event.flow_style)))

    def _leave(self, end: int) -> None:
        frame = self._frames.pop()
        node = frame.node
        if frame.in_flow:
            node.end = end
        else:  # the reader puts the end of a block where the next token begins
            node.end = max((member.end for member in node.members.values()), default=node.end)
        for member in frame.merged:
            self._merge(member.node, frame.node)
        node.size += sum(member.node.size for member in node.members.values())
        node.is_open = False
        self._place(_Member(node, node.start, node.end))

    def _merge(self, source: _Node, target: _Node) -> None:
        """Take over the members of another mapping, or of several, but for those that the mapping has itself."""
        sources = [member.node for member in source.members.values()] if isinstance(source.value, list) else [source]
        for each in sources:
            if not isinstance(each.value, dict):
                self._report(rules.not_json, _MERGE)
                return
            for key, member in each.members.items():
                if key not in target.members:
                    target.members[key] = member
                    target.value[key] = member.node.value

    def _place(self, member: _Member, *, is_empty: bool = False) -> None:
        """Put a value where it belongs."""
        if not self._frames:
            self.roots[-1].node, self.roots[-1].is_empty = member.node, is_empty
            return
        frame = self._frames[-1]
        if not frame.is_mapping:
            frame.node.members[len(frame.node.value)] = member
            frame.node.value.append(member.node.value)
            return
        key, frame.key = frame.key, None
        if key is None:
            return
        if frame.is_merging:
            frame.merged.append(member)
        else:
            frame.node.members[key] = _Member(member.node, member.start, member.end, frame.key_place)
            frame.node.value[key] = member.node.value


def _index(mark: Any) -> int:
    index: int = mark.index
    return index


class _Offsets:
    """Turns positions that count characters into positions that count bytes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_ascii = text.isascii()
        self._character = 0
        self._byte = 0

    def byte(self, character: int) -> int:
        """Return where a character begins; those that are asked for in rising order cost one pass."""
        if self._is_ascii:
            return character
        if character < self._character:
            self._character = self._byte = 0
        self._byte += len(self._text[self._character : character].encode())
        self._character = character
        return self._byte


def _spans(root: _Root, offsets: _Offsets, paths: Iterable[Path]) -> dict[Path, Span]:
    found: dict[Path, _Member] = {}
    for path in paths:
        member: _Member | None = _Member(root.node, root.node.start, root.node.end)
        for step in path:
            member = member.node.members.get(step) if member is not None else None
        if member is not None:
            found[path] = member
    characters = {place for member in found.values() for place in (member.start, member.end, *(member.key or ()))}
    byte = {character: offsets.byte(character) for character in sorted(characters)}
    return {
        path: Span(
            byte[member.start],
            byte[member.end],
            (byte[member.key[0]], byte[member.key[1]]) if member.key is not None else None,
        )
        for path, member in found.items()
    }


def _comments(text: str, builder: _Builder, offsets: _Offsets) -> tuple[Comment, ...]:
    """Find the comments that speak to msglint: what looks like one inside a scalar is none."""
    starts = [start for start, _ in builder.scalars]
    comments = []
    members: list[tuple[int, int]] | None = None
    for found in _COMMENT.finditer(text):
        before = bisect_right(starts, found.start()) - 1
        if before >= 0 and found.start() < builder.scalars[before][1]:
            continue
        following = None
        line_start = max(text.rfind("\n", 0, found.start()), text.rfind("\r", 0, found.start())) + 1
        if not text[line_start : found.start()].strip():
            members = _members(builder) if members is None else members
            following = next((member for member in members if member[0] >= found.end()), None)
        place = offsets.byte(found.start()), offsets.byte(found.end())
        after = None if following is None else (offsets.byte(following[0]), offsets.byte(following[1]))
        comments.append(Comment(*place, words_of(found[0].encode()), after))
    return tuple(comments)


def _members(builder: _Builder) -> list[tuple[int, int]]:
    """List the places of all properties and items, the outermost first of those that begin alike."""
    places: set[tuple[int, int]] = set()
    waiting = [root.node for root in builder.roots]
    while waiting:
        node = waiting.pop()
        for member in node.members.values():
            start = member.start if member.key is None else member.key[0]
            if (start, member.end) not in places:
                places.add((start, member.end))
                waiting.append(member.node)
    return sorted(places, key=lambda place: (place[0], -place[1]))


def _unreadable(data: bytes, finding: SyntaxFinding) -> Document:
    return Document(data, None, readable=False, findings=(finding,))


def _fault(text: str, rule: Rule, start: int, end: int, *what: Any) -> SyntaxFinding:
    message, advice = rule.check(*what)
    offsets = _Offsets(text)
    return SyntaxFinding(rule, syntax.Fault(offsets.byte(start), offsets.byte(end), message, advice))


def _said(error: yaml.YAMLError, text: str) -> SyntaxFinding:
    """Put what the reader of YAML says into words, at the place that it means."""
    control = _NOT_PRINTABLE.search(text)
    if control is not None:
        return _fault(
            text, rules.invalid, control.start(), control.end(), f"U+{ord(control[0]):04X} stands in it", text, 0
        )
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = min(mark.index if mark is not None else 0, len(text))
    problem = getattr(error, "problem", None) or str(error)
    context = getattr(error, "context", None)
    return _fault(text, rules.invalid, place, min(place + 1, len(text)), problem, text, place, context)
