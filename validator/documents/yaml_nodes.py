"""Build the values of YAML documents, with their places in characters, from the events of libyaml."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from ..engine.finding import Finding
from ..report import Target
from ..rules import yaml as rules
from ..rules.yaml.values import CORE, Foreign, Special
from .document import Unread
from .yaml_values import Scalar, resolve

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..engine.rule import Rule

_MAPPINGS: Final = frozenset({f"{CORE}map", "!", None})
_SEQUENCES: Final = frozenset({f"{CORE}seq", "!", None})
_MERGE: Final = "<<"
_SPACE: Final = " \t\r\n"
_LINE_END: Final = re.compile(r"[\r\n]")
MAX_DEPTH: Final = 1000
_MOST_REPEATED: Final = 1_000_000
"""The most values that aliases may repeat; otherwise a few lines could ask for more memory than the machine has."""
_CHARACTERS_A_VALUE: Final = 64


class RefusedError(Exception):
    """Raised for YAML that cannot be converted to JSON."""

    def __init__(self, rule: Rule, start: int, end: int, *what: Any, **more: Any) -> None:
        super().__init__(rule.id)
        self.place = (start, end)
        self.rule = rule
        self.words = rule.check(*what, **more)


@dataclass(slots=True)
class YamlNode:
    """A value and the places of its members."""

    start: int
    end: int
    value: Any = None
    otherwise: Any = Unread.SAME
    """Its value in YAML 1.1, if that differs."""
    members: dict[str | int, YamlMember] = field(default_factory=dict)
    size: int = 1
    """The number of values in it, itself included; a long text counts as several."""
    depth: int = 0
    """The number of levels of containers in it, itself included."""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class YamlMember:
    """The place of a value in its container; aliases put one value in several places."""

    node: YamlNode
    start: int
    end: int
    key: tuple[int, int] | None = None


@dataclass(slots=True)
class Root:
    """One document of a text."""

    node: YamlNode
    is_empty: bool = True
    """Whether the document has no content."""
    is_block: bool = True
    """Whether its value is in block style, so that it starts where its first property or item starts."""
    start: int = 0
    """The end of the previous document; comments after it belong to this one."""
    end: int = 0
    refused: list[Finding] = field(default_factory=list)
    """Values that JSON does not have."""
    doubts: list[Finding] = field(default_factory=list)
    """Values that parsers disagree on or reject; the value used is that of YAML 1.2."""


@dataclass(slots=True)
class _Anchored:
    """The value of an anchor, and its text if it is used as a key."""

    node: YamlNode
    text: str = ""
    plain: Scalar | None = None


@dataclass(slots=True)
class _Frame:
    """A container that is being built."""

    node: YamlNode
    is_mapping: bool
    in_flow: bool
    end: int
    """The end of its last member so far."""
    key: str | None = None
    """In a mapping, the key whose value comes next."""
    key_place: tuple[int, int] = (0, 0)
    is_merging: bool = False
    """Whether that key is `<<`, which merges other mappings."""
    merged: list[YamlNode] = field(default_factory=list)


def _otherwise(found: Scalar) -> Any:
    """Return the YAML 1.1 value of a scalar, if it differs and JSON has it."""
    return Unread.SAME if found.otherwise is None or isinstance(found.otherwise, Special) else found.otherwise


def _with_others(node: YamlNode) -> Any:
    """Return the YAML 1.1 value of a container."""
    others = {step: member.node.otherwise for step, member in node.members.items()}
    others = {step: other for step, other in others.items() if other is not Unread.SAME}
    if isinstance(node.value, dict):
        return node.value | others
    return [others.get(index, item) for index, item in enumerate(node.value)]


def _index(mark: Any) -> int:
    index: int = mark.index
    return index


def _block(written: str, value: str) -> str:
    """Return a block scalar without its final line end and without trailing empty lines that its value drops."""
    if value.endswith("\n\n"):
        return written.removesuffix("\n").removesuffix("\r")
    last_line = _LINE_END.search(written, len(written.rstrip(_SPACE)))
    return written[: last_line.start()] if last_line else written


class Builder:
    """Builds nodes from parser events, without recursion."""

    def __init__(self, text: str) -> None:
        self.roots: list[Root] = []
        """The documents so far."""
        self.whole = 0
        """The number of complete ones: those followed by another document or the end of the text."""
        self.scalars: list[tuple[int, int]] = []
        """The ranges of all scalars, in text order."""
        self.closings: list[int] = []
        """The offsets of closing brackets, in text order."""
        self._text = text
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._version: tuple[int, int] | None = None
        self._repeated = 0
        self._last = 0
        """The end of the last scalar, alias or closing bracket."""

    def take(self, event: Any) -> None:
        """Process the next event.

        Raises:
            RefusedError: for a value that cannot be converted to JSON.
        """
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._enter(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._leave(_index(event.end_mark))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._begin_document(event)
        elif isinstance(event, yaml.DocumentEndEvent):
            self.roots[-1].end = _index(event.end_mark)
        elif isinstance(event, yaml.StreamEndEvent):
            self.whole = len(self.roots)

    def _begin_document(self, event: Any) -> None:
        self.whole = len(self.roots)
        self._anchors = {}
        self._version = event.version
        start = _index(event.end_mark)
        self.roots.append(Root(YamlNode(start, start), start=self.roots[-1].end if self.roots else 0))

    @property
    def _path(self) -> Path:
        """The path of the next value; for a merged value, that of the mapping it is merged into."""
        path: list[str | int] = []
        for frame in self._frames:
            if frame.is_merging:
                break
            if not frame.is_mapping:
                path.append(len(frame.node.value))
            elif frame.key is not None:
                path.append(frame.key)
        return tuple(path)

    @property
    def _awaits_key(self) -> bool:
        return bool(self._frames) and self._frames[-1].is_mapping and self._frames[-1].key is None

    def _refuse(self, rule: Rule, *what: Any, target: Target = Target.VALUE) -> None:
        self.roots[-1].refused.append(self._finding(rule, what, target))

    def _question(self, rule: Rule, *what: Any, target: Target = Target.VALUE) -> None:
        self.roots[-1].doubts.append(self._finding(rule, what, target))

    def _finding(self, rule: Rule, what: tuple[Any, ...], target: Target) -> Finding:
        message, advice = rule.check(*what)
        return Finding(rule, self._path, message, advice, target)

    def _scalar(self, event: Any) -> None:
        start, end = self._place_of(event)
        text, is_plain = event.value, event.implicit[0]
        found = resolve(text, None if any(event.implicit) else event.tag, self._version, is_plain=is_plain)
        node = YamlNode(start, end, found.value, _otherwise(found), size=1 + len(text) // _CHARACTERS_A_VALUE)
        self._anchor(event, _Anchored(node, text, found))
        if self._awaits_key:
            self._key(text, found, start, end, tag=event.tag, is_merge=is_plain and text == _MERGE)
            return
        self._doubt(text, found, event.tag)
        self._put(YamlMember(node, start, end), is_empty=is_plain and not text)

    def _anchor(self, event: Any, what: _Anchored) -> None:
        """Record the value of an anchor."""
        if event.anchor in self._anchors:
            self._question(rules.duplicate_anchor, event.anchor)
        if event.anchor is not None:
            self._anchors[event.anchor] = what

    def _place_of(self, event: Any) -> tuple[int, int]:
        """Return the range of a scalar."""
        start, end = event.start_mark.index, _index(event.end_mark)
        # libyaml places an absent value (`key:`) at the next token, which may be lines below, and ends a block scalar
        # at the next token too.
        if start == end:
            if any(break_ in self._text[self._last : start] for break_ in "\r\n"):
                start = end = self._last
        else:
            self.scalars.append((start, end))
            if event.style in {"|", ">"}:
                end = start + len(_block(self._text[start:end], event.value))
        self._last = end
        return start, end

    def _doubt(self, text: str, found: Scalar, tag: str | None, target: Target = Target.VALUE) -> None:
        """Report a scalar that JSON does not have or that parsers disagree on."""
        if found.foreign is not None:
            self._refuse(rules.not_json, text, found.foreign, tag or "", target=target)
        elif found.otherwise is not None:
            self._question(rules.ambiguous_value, text, found.value, found.otherwise, target=target)

    def _key(self, text: str, found: Scalar, start: int, end: int, *, tag: str | None, is_merge: bool = False) -> None:
        frame = self._frames[-1]
        frame.key, frame.key_place, frame.is_merging = text, (start, end), is_merge
        frame.end = end
        if is_merge:
            if frame.merged:
                self._question(rules.duplicate_key, text, target=Target.KEY)
            return
        if not isinstance(found.value, str):
            self._refuse(rules.key_not_a_string, text, found.value, target=Target.KEY)
        elif found.foreign is not None or found.otherwise is not None:
            self._doubt(text, found, tag, Target.KEY)
        elif text in frame.node.members:
            self._question(rules.duplicate_key, text, target=Target.KEY)

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, _index(event.end_mark)
        self._last = end
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise RefusedError(rules.unknown_alias, start, end, event.anchor)
        node = anchored.node
        if node.is_open:
            raise RefusedError(rules.circular_alias, start, end, event.anchor)
        self._repeated += node.size
        if self._repeated > _MOST_REPEATED:
            raise RefusedError(rules.too_many_aliases, start, end, _MOST_REPEATED)
        if len(self._frames) + node.depth > MAX_DEPTH:
            raise RefusedError(rules.nested_too_deeply, start, end, MAX_DEPTH)
        if not self._awaits_key:
            self._put(YamlMember(node, start, end))
        elif anchored.plain is None:
            raise RefusedError(rules.container_as_key, start, end, is_placeholder=False)
        else:
            self._key(anchored.text, anchored.plain, start, end, tag=None)

    def _enter(self, event: Any) -> None:
        start, end = event.start_mark.index, _index(event.end_mark)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if self._awaits_key:
            placeholder = self._text.find("{{", max(0, start - 1), start + 2)
            first = start if placeholder < 0 else placeholder
            is_placeholder = placeholder >= 0
            raise RefusedError(rules.container_as_key, first, first + 1 + is_placeholder, is_placeholder=is_placeholder)
        if len(self._frames) >= MAX_DEPTH:
            raise RefusedError(rules.nested_too_deeply, start, end, MAX_DEPTH)
        if event.tag not in (_MAPPINGS if is_mapping else _SEQUENCES):
            is_of_json = event.tag in _MAPPINGS | _SEQUENCES
            self._refuse(rules.not_json, "", Foreign.NOT_OF_TAG if is_of_json else Foreign.TAG, event.tag)
        node = YamlNode(start, end, {} if is_mapping else [], is_open=True)
        self._anchor(event, _Anchored(node))
        if not self._frames:
            self.roots[-1].is_block = not event.flow_style
        self._frames.append(_Frame(node, is_mapping, bool(event.flow_style), end))

    def _leave(self, end: int) -> None:
        frame = self._frames.pop()
        node = frame.node
        if frame.in_flow:
            self._last = node.end = end
            self.closings.append(end)
        else:  # libyaml ends a block collection at the next token, which may be lines below
            node.end = frame.end
        for source in frame.merged:
            self._merge(source, node)
        members = [member.node for member in node.members.values()]
        if any(member.otherwise is not Unread.SAME for member in members):
            node.otherwise = _with_others(node)
        node.size += sum(member.size for member in members)
        node.depth = 1 + max((member.depth for member in members), default=0)
        node.is_open = False
        self._put(YamlMember(node, node.start, node.end))

    def _merge(self, source: YamlNode, target: YamlNode) -> None:
        """Add the members of one or several other mappings, except those that the mapping has already."""
        sources = [member.node for member in source.members.values()] if isinstance(source.value, list) else [source]
        for each in sources:
            if not isinstance(each.value, dict):
                self._refuse(rules.merge_of_no_mapping)
                return
            for key, member in each.members.items():
                if key not in target.members:
                    target.members[key] = member
                    target.value[key] = member.node.value

    def _put(self, member: YamlMember, *, is_empty: bool = False) -> None:
        """Add a value to its container, or make it the root."""
        if not self._frames:
            self.roots[-1].node, self.roots[-1].is_empty = member.node, is_empty
            return
        frame = self._frames[-1]
        frame.end = max(frame.end, member.end)
        if not frame.is_mapping:
            frame.node.members[len(frame.node.value)] = member
            frame.node.value.append(member.node.value)
        elif frame.is_merging:
            frame.merged.append(member.node)
            frame.key, frame.is_merging = None, False
        elif frame.key is not None:
            frame.node.members[frame.key] = YamlMember(member.node, member.start, member.end, frame.key_place)
            frame.node.value[frame.key] = member.node.value
            frame.key = None
