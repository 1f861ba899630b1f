"""Edit a text until its documents have the values that they are to have."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ..documents import Document
from ..fixes import Applicability, Fix, remove, replace
from ..fixing.applying import edits_of, edits_of_each
from ..fixing.code_literals import text_edit
from ..fixing.differences import operations_between
from ..fixing.json_edits import Edit, UneditableError, edited

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..documents.written import Written
    from ..fixes import Operation

Reader = Callable[[bytes], "list[Document]"]
_MOST_ROUNDS: Final = 100
"""The most rounds of edits: each adds or removes at most one member of an object or array."""
_ID: Final = re.compile(r"[A-Za-z][\w.:@/-]*", re.ASCII)
_AT_TOP: Final = 2
"""The length of the path of a property in an object at the top of a file."""
_MOST_ALONE: Final = 200
"""The most documents that are tried one by one, if they cannot be edited together."""


def rewritten(
    read: Reader, data: bytes, targets: Sequence[Any], read_whole: Reader | None = None
) -> tuple[bytes, set[int]]:
    """Edit a text until its documents have the values of `targets`.

    Of each document all edits are made or none. A value that several documents share, such as a constant, is edited
    only if it is to be the same for all.

    Args:
        read: Reads the documents.
        data: The text.
        targets: The values.
        read_whole: Reads the documents of JSON or YAML that the documents may be parts of, as in configurations.

    Returns:
        The text, and the numbers of the documents that cannot be edited.
    """
    make = partial(_attempt, read, read_whole)
    documents = read(data)
    wanted = [
        number
        for number, (document, target) in enumerate(zip(documents, targets, strict=True))
        if operations_between(document.value, target)
    ]
    if not wanted:
        return data, set()
    now = [document.value for document in documents]
    changed, stuck = make(data, _chosen(now, targets, wanted))
    if changed is not None:
        return changed, set()
    rest = [number for number in wanted if number not in stuck]
    changed, _ = make(data, _chosen(now, targets, rest)) if rest else (None, stuck)
    if changed is not None:
        return changed, stuck
    # One by one: those that share nothing with others can be edited all the same.
    done: list[int] = []
    for number in wanted[:_MOST_ALONE]:
        alone, _ = make(data, _chosen(now, targets, [*done, number]))
        if alone is not None:
            done.append(number)
    changed, _ = make(data, _chosen(now, targets, done))
    return (data, set(wanted)) if changed is None else (changed, set(wanted).difference(done))


def _chosen(now: list[Any], targets: Sequence[Any], numbers: list[int]) -> list[Any]:
    """Return the values that documents are to have, if only some of them change."""
    chosen = list(now)
    for number in numbers:
        chosen[number] = targets[number]
    return chosen


def _attempt(read: Reader, read_whole: Reader | None, data: bytes, targets: list[Any]) -> tuple[bytes | None, set[int]]:
    """Edit a text until its documents have the values of `targets`.

    The edits are made in rounds, because one may depend on another: removing two neighbours, or a shared value.

    Returns:
        The text, or None if that is impossible; and the numbers of the documents that could not be edited.
    """
    stuck: set[int] = set()
    for _ in range(_MOST_ROUNDS):
        documents = read(data)
        if len(documents) != len(targets) or not all(document.readable for document in documents):
            return None, stuck
        pairs = zip(documents, targets, strict=True)
        wanted = [operations_between(document.value, target) for document, target in pairs]
        stuck = {number for number, operations in enumerate(wanted) if operations}
        if not stuck:
            return data, stuck
        edits = _round(documents, wanted, targets, read_whole)
        if not edits:
            return None, stuck
        data = edited(data, edits)
    return None, stuck


def _round(
    documents: list[Document], wanted: list[list[Operation]], targets: list[Any], read_whole: Reader | None
) -> list[Edit]:
    """Return the edits of as many operations as do not depend on each other, and are possible.

    One that is impossible may be done by then: at an alias, by the edit of its anchor.
    """
    taken: list[Edit] = []
    for document, operations, target in zip(documents, wanted, targets, strict=True):
        editable = _independent(operations)
        for operation, edits in zip(editable, edits_of_each(document, editable), strict=True):
            _take(taken, edits or _other_edits(documents, document, operation, target, read_whole))
    return taken


def _other_edits(
    documents: list[Document], document: Document, operation: Operation, target: Any, read_whole: Reader | None
) -> list[Edit]:
    """Return the edits of an operation that is impossible at its place: of a constant, or of what is around it."""
    if document.written is not None and operation.op == "replace":
        return _edits_of_constant(document, operation)
    key = _key_of(document, operation.path) if operation.op == "remove" else None
    if key is not None and read_whole is not None:
        return _removal_from_whole(documents, key, operation.path, read_whole)
    holder = operation.path[:-1]
    if not holder:
        return []
    for step in holder:
        target = target[step]
    return edits_of(document, Fix("", Applicability.SAFE, (replace(holder, target),)))


def _edits_of_constant(document: Document, operation: Operation) -> list[Edit]:
    """Return the edit of a text that a call takes from a constant elsewhere in the source."""
    written = _written(document.written, operation.path)
    if written is None or not isinstance(written.value, str) or not isinstance(operation.value, str):
        return []
    span = written.start, written.end
    if _ID.fullmatch(written.value) and _ID.fullmatch(operation.value):
        # A name without characters that any language escapes; that it stands for the value is seen afterwards.
        found = [each.span() for each in re.finditer(re.escape(written.value.encode()), document.data[slice(*span)])]
        return [Edit(span[0] + start, span[0] + end, operation.value.encode()) for start, end in found[:1]]
    if document.cell is not None or document.syntax in {None, "json"} or not written.is_editable:
        return []
    try:
        return [text_edit(document.data, span, written.value, operation.value, document.syntax or "python")]
    except UneditableError:
        return []


def _removal_from_whole(documents: list[Document], key: tuple[int, int], path: Path, read_whole: Reader) -> list[Edit]:
    """Return the edits that remove a property where it is written, which may be at an anchor that calls share.

    It is left alone if anything but these calls has it as well, such as the configuration of another vendor's model.
    """
    sharing = [document for document in documents if _key_of(document, path) == key]
    for whole in read_whole(documents[0].data):
        spans = whole.locate(_paths_to(whole.value, path[-1])) if whole.readable else {}
        places = [place for place, span in spans.items() if span.key == key]
        # An anchor at the top of the file is there only to be shared.
        if not places or len([place for place in places if len(place) > _AT_TOP]) != len(sharing):
            continue
        for place in places:
            edits = edits_of(whole, Fix("", Applicability.SAFE, (remove(place),)))
            if edits:
                return edits
    return []


def _key_of(document: Document, path: Path) -> tuple[int, int] | None:
    """Return where the key of a property of a call is written."""
    holder = _written(document.written, path[:-1])
    member = (holder.properties or {}).get(str(path[-1])) if holder is not None else None
    return None if member is None else member.key


def _paths_to(value: Any, name: str | int) -> list[Path]:
    """Return the paths of all properties of a name."""
    found: list[Path] = []
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        for step, item in each.items() if isinstance(each, dict) else enumerate(each):
            if step == name and isinstance(each, dict):
                found.append((*path, step))
            if isinstance(item, (dict, list)):
                waiting.append(((*path, step), item))
    return sorted(found, key=len)


def _written(root: Written | None, path: Path) -> Written | None:
    for step in path:
        if root is None:
            return None
        if root.items is not None:
            root = root.items[step] if isinstance(step, int) and step < len(root.items) else None
        else:
            member = (root.properties or {}).get(str(step))
            root = None if member is None else member.value
    return root


def _take(taken: list[Edit], edits: list[Edit]) -> None:
    """Add edits to sorted ones, unless they meet one of them; those of an anchor are made once for all who share it."""
    for edit in edits:
        place = bisect_left(taken, edit)
        around = taken[max(0, place - 1) : place + 1]
        if edit not in around and any(_meets(edit, other) for other in around):
            return
    for edit in edits:
        place = bisect_left(taken, edit)
        if taken[place : place + 1] != [edit]:
            taken.insert(place, edit)


def _independent(operations: list[Operation]) -> list[Operation]:
    """Return the operations that can be done at once: one that adds or removes a member for each container."""
    changed: set[Path] = set()
    found: list[Operation] = []
    # What is added comes first: an object that loses its only property before it gains one is hard to edit.
    for operation in sorted(operations, key=lambda operation: operation.op != "add"):
        if operation.op != "replace":
            if operation.path[:-1] in changed:
                continue
            changed.add(operation.path[:-1])
        found.append(operation)
    return found


def _meets(edit: Edit, other: Edit) -> bool:
    return edit.start <= other.end and other.start <= edit.end
