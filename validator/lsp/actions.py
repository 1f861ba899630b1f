"""Code actions: fix a violation, suppress it, or open the page of its rule."""

from __future__ import annotations

import json
import os
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types

from ..common.pointer import path_in
from ..common.redaction import redacted
from ..common.wording import count
from ..config.reading import header_of_override
from ..documents import CODE, Format
from ..filesystem.lookups import path_bytes, read_regular
from ..fixes.fix import Applicability
from ..rules import RULES
from .text import Text, alike, alike_at_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..common.pointer import Path as Place
    from ..report import Violation
    from .open_document import OpenDocument, Part

FIX_ALL: Final = "source.fixAll.msglint"
OPEN_PAGE: Final = "msglint.openRulePage"
_ENDING: Final = frozenset({"models/retired", "models/retiring"})
"""The rules that report a model that is deprecated or retired."""
_LONG: Final = 1_000_000
"""The most characters of a text whose requests are moved to see what to offer."""
_MOST_ABOUT: Final = 20
"""The most violations in a range to offer actions for; a menu of more is useless and slow to compute."""
_WILD: Final = re.compile(r"[*?#\[\\]|\A!")
_INLINE: Final = re.compile(r"^\s*(?:[\w.]+\.)?overrides\s*=", re.MULTILINE)
"""`overrides` written as an inline array, to which TOML does not allow adding a table."""
_SIGNS: Final = {Format.JSONC: "//", Format.YAML: "#"}
"""The start of a comment, in the formats that have comments."""


def actions(
    document: OpenDocument, wanted: types.Range, shown: Iterable[types.Diagnostic], only: list[str] | None
) -> list[types.CodeAction]:
    """Return the code actions for a range of a document.

    Args:
        document: The document.
        wanted: The range.
        shown: The diagnostics that the client shows there.
        only: The kinds of actions that the client requests; None for all.
    """
    text = document.text
    found: list[types.CodeAction] = []
    if _wants(only, types.CodeActionKind.QuickFix.value):
        touched = document.violations_in(text.offset(wanted.start), text.offset(wanted.end))
        for violation, (start, _) in islice(touched, _MOST_ABOUT):
            place = document.location(text.range_of(start, start)).range.start
            about = [each for each in shown if each.code == violation.rule and each.range.start == place]
            for action in _about(document, violation, start):
                action.kind = types.CodeActionKind.QuickFix
                action.title = redacted(action.title)
                action.diagnostics = about or None
                found.append(action)
    if _wants(only, FIX_ALL):
        found += _fix_all(document)
    return sorted(found, key=lambda action: not action.is_preferred)


def _wants(only: list[str] | None, kind: str) -> bool:
    """Whether a client requests a kind of action: by itself, by a parent kind, or by requesting all."""
    return only is None or any(each in {kind, ""} or kind.startswith(f"{each}.") for each in only)


def _about(document: OpenDocument, violation: Violation, start: int) -> Iterator[types.CodeAction]:
    yield from _fixes(document, violation, start)
    yield from _upgrades(document, violation, start)
    yield from _suppressions(document, violation, start)
    told = violation.rule if violation.rule in RULES else f"{violation.rule} {document.uri}"
    title = f"Open the page of {violation.rule}"
    yield types.CodeAction(title, command=types.Command(title, OPEN_PAGE, arguments=[told]))


def _fixes(document: OpenDocument, violation: Violation, start: int) -> Iterator[types.CodeAction]:
    fix, text = violation.fix, document.text
    part = document.part_at(text.byte(start))
    if fix is None or part is None:
        return
    edits = document.with_fix(part.document, fix)
    if edits:
        changes = [
            types.TextEdit(
                text.range_of_bytes(part.start + edit.start, part.start + edit.end),
                edit.text.decode(errors="surrogatepass"),
            )
            for edit in edits
        ]
        is_safe = fix.applicability is Applicability.SAFE
        title = fix.title if is_safe else f"{fix.title} (may change the meaning)"
        yield types.CodeAction(title, is_preferred=is_safe or None, edit=_edit(document, changes))


def _upgrades(document: OpenDocument, violation: Violation, start: int) -> Iterator[types.CodeAction]:
    """Offer to move the requests of a text that name a deprecated or retired model to its successor."""
    if document.uris != [document.uri]:
        return  # a notebook, whose text is not that of a file
    text = document.text
    part = _part_with(document, violation, text.byte(start)) if violation.rule in _ENDING else None
    if part is None or part.document.holes or part.document.doubtful or len(text.text) > _LONG:
        return
    path = path_in(part.document.value, violation.pointer)
    name = _at(part.document.value, path)
    if path[-1:] != ("model",) or not isinstance(name, str):
        return
    from ..upgrades.moving import Choice
    from ..upgrades.texts import upgrade_text

    linter = document.project.linter_for(document.name)
    data = part.document.data if document.format is Format.LINES else text.data
    made = upgrade_text(document.name, data, linter, Choice(only=(name,), today=linter.today))
    done = [request.upgrade for request in made.requests if request.is_editable]
    moved = [each for upgrade in done for each in upgrade.moved]
    if made.changed == data or not any(each.path == path[:-1] for each in moved):
        return
    changes = sum(len(upgrade.changes) for upgrade in done)
    left = sum(len(request.upgrade.left) + (not request.is_editable) for request in made.requests)
    by_hand = f", {left} left to do by hand" if left else ""
    what = f"Upgrade {len(moved)} requests" if len(moved) > 1 else "Upgrade"
    first = text.data[: part.start] if document.format is Format.LINES else b""
    change = _change(text, len(first.decode(errors="surrogatepass")), data, made.changed)
    edit = _edit(document, [change])
    yield types.CodeAction(f"{what} to {moved[0].after}, {count(changes, 'change')}{by_hand}", edit=edit)


def _part_with(document: OpenDocument, violation: Violation, byte: int) -> Part | None:
    """Return the request of a violation, also that of a call whose model is a constant elsewhere."""
    part = document.part_at(byte)
    if part is not None or not document.holds_calls:
        return part
    for each in document.parts:
        path = path_in(each.document.value, violation.pointer)
        span = each.document.locate([path]).get(path)
        if span is not None and span.start == byte - each.start:
            return each
    return None


def _at(value: Any, path: Place) -> Any:
    for step in path:
        value = value[step]
    return value


def _fix_all(document: OpenDocument) -> Iterator[types.CodeAction]:
    if not document.is_fixable:
        return
    text = document.text
    if document.fixed != text.data:
        edit = _edit(document, [_change(text, 0, text.data, document.fixed)])
        yield types.CodeAction("Apply all safe fixes", kind=FIX_ALL, edit=edit)


def _change(text: Text, first: int, before: bytes, after: bytes) -> types.TextEdit:
    """Return the edit that replaces a part of a text, which begins at the character `first`, where it differs."""
    old, new = before.decode(errors="surrogatepass"), after.decode(errors="surrogatepass")
    start = alike(old, new)
    tail = alike_at_end(old, new, min(len(old), len(new)) - start)
    place = text.range_of(first + start, first + len(old) - tail)
    return types.TextEdit(place, new[start : len(new) - tail])


def _suppressions(document: OpenDocument, violation: Violation, start: int) -> Iterator[types.CodeAction]:
    """Offer to suppress a violation: by a comment if the format has some, and in the configuration if there is one."""
    text = document.text
    if document.format in _SIGNS:
        number = text.position(start).line
        line = text.line(number)
        indentation = line[: len(line) - len(line.lstrip())]
        comment = f"{indentation}{_SIGNS[document.format]} msglint: ignore[{violation.rule}]{text.newline}"
        place = types.Position(number, 0)
        edit = _edit(document, [types.TextEdit(types.Range(place, place), comment)])
        yield types.CodeAction(f"Suppress {violation.rule} here with a comment", edit=edit)
    elif document.format in CODE and (commented := document.with_ignore(violation)) is not None:
        change = _change(text, 0, text.data, commented)
        edit = _edit(document, [change])
        yield types.CodeAction(f"Suppress {violation.rule} here with a comment", edit=edit)
    config = document.project.config_of(document.path).file
    if config is None or not document.is_file:
        return
    name = path_bytes(os.path.relpath(document.path, config.parent)).decode(errors="replace").replace(os.sep, "/")
    if not name.startswith("../") and name.isprintable():
        name = _WILD.sub(r"\\\g<0>", name if "/" in name else f"/{name}")
        said = Text(read_regular(config).decode(), text.encoding)
        if _INLINE.search(said.text):
            return
        suppress = f"Suppress {violation.rule}"
        where = "here" if document.is_one_request else f"at {violation.pointer} of every request"
        if violation.pointer or document.is_one_request:
            glob = f"{name}#{violation.pointer}"
            yield _override(said, config, f"{suppress} {where}, in {config.name}", glob, violation.rule)
        yield _override(said, config, f"{suppress} in this file, in {config.name}", name, violation.rule)


def _override(config: Text, file: Path, title: str, glob: str, rule: str) -> types.CodeAction:
    """Return the action that appends an override to a configuration."""
    end = config.position(len(config.text))
    files = json.dumps(glob, ensure_ascii=False)
    added = ["", header_of_override(file), f"files = [{files}]", f"ignore = [{json.dumps(rule)}]", ""]
    text = config.newline.join([*([""] if end.character else []), *added])
    return types.CodeAction(
        title, edit=types.WorkspaceEdit(changes={file.as_uri(): [types.TextEdit(types.Range(end, end), text)]})
    )


def _edit(document: OpenDocument, changes: list[types.TextEdit]) -> types.WorkspaceEdit:
    parted: dict[str, list[types.TextEdit]] = {}
    for change in changes:
        place = document.location(change.range)
        parted.setdefault(place.uri, []).append(types.TextEdit(place.range, change.new_text))
    return types.WorkspaceEdit(changes=parted)
