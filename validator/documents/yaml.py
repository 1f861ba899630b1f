"""YAML: build JSON values, with the place of every key and value, from the events of libyaml.

YAML has values that JSON does not have, and its versions disagree on plain scalars such as `yes`. Both are reported; of
an ambiguous scalar the value is that of YAML 1.2.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import yaml

from ..places.characters import ByteOffsets
from ..places.locate import Span
from ..rules import yaml as rules
from ..rules.syntax import Fault
from ..rules.yaml.reading import Trouble
from . import strict
from .document import Document, SyntaxFinding
from .yaml_comments import YamlComments
from .yaml_nodes import MAX_DEPTH, Builder, RefusedError, YamlMember

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..common.pointer import Path
    from .yaml_nodes import Root

_PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOO_DEEP: Final = "exceeded maximum nesting depth"
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_DIRECTIVES: Final = 100
_DIRECTIVES: Final = re.compile(rf"(?:^%[^\r\n]*[\r\n]+){{{_MOST_DIRECTIVES}}}", re.MULTILINE)
_OLD_LINE_END: Final = re.compile("[\x85\u2028\u2029]")


def read(text: bytes) -> list[Document]:
    """Parse `text`, which may hold several documents; one with a syntax error is the last, and unreadable."""
    data = strict.without_mark(text)[0]
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        return [strict.read(data)]
    builder = Builder(decoded)
    fault = _fault(builder, decoded)
    offsets = ByteOffsets(decoded)
    yaml_comments = YamlComments(decoded, builder, offsets)
    documents = [
        Document(
            data,
            root.node.value,
            readable=True,
            findings=_of_line_ends(decoded, root, offsets),
            refused=tuple(root.refused),
            doubts=tuple(root.doubts),
            otherwise=root.node.otherwise,
            comments=yaml_comments.of(root),
            finder=partial(_spans, root, offsets),
        )
        for root in builder.roots[: builder.whole]
        if not root.is_empty
    ]
    if fault is not None:
        documents.append(Document(data, None, readable=False, findings=(_placed(fault, offsets),)))
    return documents or [strict.read(b"")._replace(data=data)]


def _fault(builder: Builder, text: str) -> SyntaxFinding | None:
    """Feed a text to the builder, and return the error that ends the parsing, if any, with places in characters."""
    directives = _DIRECTIVES.search(text)
    if directives is not None:  # libyaml compares each directive with all others, which is quadratic
        trouble = Trouble(text, directives.start(), f"more than {_MOST_DIRECTIVES} directives")
        return SyntaxFinding(rules.invalid, rules.invalid.check(trouble))
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except RefusedError as error:
        return SyntaxFinding(error.rule, Fault(*error.place, *error.words))
    except yaml.YAMLError as error:
        trouble = _trouble(error, text)
        if trouble.problem == _TOO_DEEP:
            words = rules.nested_too_deeply.check(MAX_DEPTH)
            return SyntaxFinding(rules.nested_too_deeply, Fault(trouble.place, trouble.place + 1, *words))
        return SyntaxFinding(rules.invalid, rules.invalid.check(trouble))
    return None


def _trouble(error: yaml.YAMLError, text: str) -> Trouble:
    if not isinstance(error, yaml.MarkedYAMLError):
        unprintable = _UNPRINTABLE.search(text)
        return Trouble(text, unprintable.start() if unprintable else 0, str(error).partition("\n")[0])
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    return Trouble(
        text,
        mark.index if mark is not None else 0,
        error.problem or "",
        error.context or "",
        context.index if context is not None else 0,
    )


def _of_line_ends(text: str, root: Root, offsets: ByteOffsets) -> tuple[SyntaxFinding, ...]:
    """Report the first character of a document that only some parsers take for a line end."""
    found = _OLD_LINE_END.search(text, root.start, root.end)
    if found is None:
        return ()
    fault = rules.ambiguous_line_break.check(Trouble(text, found.start()))
    return (_placed(SyntaxFinding(rules.ambiguous_line_break, fault), offsets),)


def _placed(finding: SyntaxFinding, offsets: ByteOffsets) -> SyntaxFinding:
    """Convert the place of a finding from characters to bytes."""
    fault = finding.fault
    return finding._replace(fault=fault._replace(start=offsets.of(fault.start), end=offsets.of(fault.end)))


def _spans(root: Root, offsets: ByteOffsets, paths: Iterable[Path]) -> dict[Path, Span]:
    spans: dict[Path, Span] = {}
    for path in paths:
        member: YamlMember | None = YamlMember(root.node, root.node.start, root.node.end)
        for step in path:
            member = member.node.members.get(step) if member is not None else None
        if member is not None:
            key = None if member.key is None else (offsets.of(member.key[0]), offsets.of(member.key[1]))
            spans[path] = Span(offsets.of(member.start), offsets.of(member.end), key)
    return spans
