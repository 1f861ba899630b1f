"""The output of `msglint upgrade`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from ..common.pointer import shown_pointer
from ..common.redaction import deeply_redacted, redacted
from ..common.wording import printable
from ..formats.style import Style
from ..upgrades import Left
from ..upgrades.texts import UNEDITABLE

if TYPE_CHECKING:
    from ..upgrades import Change, Note
    from ..upgrades.files import OfFile
    from ..upgrades.texts import Place, Request, UpgradedText

    _File = OfFile[UpgradedText]

_UNPARSED: Final = "it cannot be parsed as a whole; `msglint check` says where it is broken"
_UNDONE: Final = "the text there cannot be edited by a program"
_KINDS: Final = {"pin": "with --pin", "near": "with --unsafe-fixes"}


def render(files: list[_File], format_name: str, *, is_written: bool, coloured: bool) -> Iterator[str]:
    """Yield the report in a format."""
    if format_name == "json":
        yield _json(files, is_written=is_written)
    elif format_name == "markdown":
        yield from _markdown(files)
    else:
        yield from _full(files, Style(coloured))


def _full(files: list[_File], style: Style) -> Iterator[str]:
    for file, request in _requests(files):
        if not request.upgrade.moved:
            continue
        for moved in request.upgrade.moved:
            line, column = request.place(moved.path)
            yield f"{style.strong(f'{file.name}:{line}:{column}')}: {_name(moved.before)} -> {_name(moved.after)}\n"
        for label, items in _sections(request, is_written=file.is_written):
            for place, text in items:
                yield f"  {style.helpful(label):<10} {place}: {text}\n"
        yield "\n"
    yield from what_is_left(files, style)


def _sections(request: Request, *, is_written: bool) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    made = request.upgrade
    done = "changed" if is_written and request.is_editable else "change"
    yield done, [(_place(request, each), f"{each.title}: {each.why}") for each in made.changes]
    suggested = [each for each in made.suggestions if each not in request.by_hand]
    yield (
        "suggest",
        [(_place(request, each), f"{each.title} ({_KINDS[each.kind.value]}): {each.why}") for each in suggested],
    )
    yield "note", [(_place(request, each), f"{each.message} [{each.source}]") for each in made.notes]


class _Item(NamedTuple):
    """Something that is left to do by hand."""

    file: str
    place: str | None
    message: str
    help: str | None = None
    rule: str | None = None


def _left(files: list[_File]) -> Iterator[_Item]:
    """Yield what is left: what cannot be read or edited first, then what the API refuses."""
    for file in files:
        if file.found is not None and file.found.unparsed:
            yield _Item(file.name, None, _UNPARSED)
    for file, request in _requests(files):
        if not request.is_editable:
            line, column = request.place(request.upgrade.moved[0].path)
            yield _Item(file.name, f"{line}:{column}", f"the changes above are not made: {UNEDITABLE}")
        for change in request.by_hand:
            yield _Item(file.name, _place(request, change), f"{change.title}: {_UNDONE}")
    for file, request in _requests(files):
        for each in request.upgrade.left:
            since = "" if each.is_new else " (the API refuses this today as well)"
            yield _Item(file.name, _place(request, each), f"{each.message}{since}", each.help, each.rule)


def what_is_left(files: list[_File], style: Style | None = None) -> Iterator[str]:
    """Yield what is left to do by hand."""
    style = style or Style()
    left = list(_left(files))
    if left:
        yield style.strong("Left to do by hand:") + "\n"
    for item in left:
        place = item.file if item.place is None else f"{item.file}:{item.place}"
        rule = f" [{item.rule}]" if item.rule is not None else ""
        yield f"  {place}: {item.message}{rule}\n"
        if item.help is not None:
            yield f"    {style.helpful('help:')} {item.help}\n"


def _requests(files: list[_File]) -> Iterator[tuple[_File, Request]]:
    for file in files:
        for request in file.found.requests if file.found is not None else ():
            yield file, request


def _place(request: Request, each: Change | Note | Left) -> str:
    line, column = _position(request, each)
    return f"{line}:{column}"


def _position(request: Request, each: Change | Note | Left) -> Place:
    return request.place_of_left(each) if isinstance(each, Left) else request.place(each.path)


def _name(name: str) -> str:
    return printable(redacted(name))


def _json(files: list[_File], *, is_written: bool) -> str:
    """Return one object; places count from 1."""
    report = {
        "version": 1,
        "written": is_written,
        "files": [_file_as_json(file) for file in files if file.found is not None],
    }
    return orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n"


def _file_as_json(file: _File) -> dict[str, Any]:
    found = file.found
    return {
        "path": file.name,
        "changes": found is not None and found.changed != found.data,
        "written": file.is_written and found is not None and found.changed != found.data,
        "unparsed": 0 if found is None else found.unparsed,
        "requests": [_request_as_json(request) for request in (found.requests if found is not None else ())],
    }


def _request_as_json(request: Request) -> dict[str, Any]:
    made = request.upgrade

    def placed(each: Any, **more: Any) -> dict[str, Any]:
        line, column = _position(request, each)
        return {"pointer": shown_pointer(each.path), "line": line, "column": column, **more}

    return {
        "editable": request.is_editable,
        "models": [placed(each, before=_name(each.before), after=each.after) for each in made.moved],
        "changes": [_change(placed, each) for each in made.changes],
        "suggestions": [_change(placed, each) for each in made.suggestions],
        "notes": [placed(each, id=each.id, message=each.message, source=each.source) for each in made.notes],
        "left": [
            placed(each, rule=each.rule, message=each.message, help=each.help, new=each.is_new) for each in made.left
        ],
        "by_hand": [_change(placed, each) for each in request.by_hand],
        "patch": deeply_redacted(made.patch),
    }


def _change(placed: Any, each: Change) -> dict[str, Any]:
    details: dict[str, Any] = placed(
        each, step=each.step, kind=each.kind.value, title=each.title, why=each.why, source=each.source
    )
    return details


def _markdown(files: list[_File]) -> Iterator[str]:
    from ..formats.markdown import escaped, escaped_code

    moved = [(file, request) for file, request in _requests(files) if request.upgrade.moved]
    yield "<!-- msglint upgrade -->\n### Newer models\n\n"
    if not moved:
        yield "No request moves to another model.\n"
    for file, request in moved:
        first = request.upgrade.moved[0]
        yield f"\n#### {escaped_code(file.name)}:{request.place(first.path).line}\n\n"
        for model in request.upgrade.moved:
            yield f"- {escaped_code(model.before)} → {escaped_code(model.after)}\n"
        for label, items in _sections(request, is_written=file.is_written):
            for place, text in items:
                yield f"- {label}, {place}: {escaped(text)}\n"
    left = list(_left(files))
    if left:
        yield "\n### Left to do by hand\n\n"
    for item in left:
        place = "" if item.place is None else f":{item.place}"
        advice = f" — {escaped(item.help)}" if item.help is not None else ""
        yield f"- [ ] {escaped_code(item.file)}{place}: {escaped(item.message)}{advice}\n"
