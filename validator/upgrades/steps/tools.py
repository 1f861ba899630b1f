"""Dated tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ...facts import tool_versions
from ...fixes import add, remove, replace
from ..step import Example, Kind, Proposal, step
from ..subject import Subject

_OLD_EDITOR: Final = "str_replace_editor"
_EDITOR: Final = "str_replace_based_edit_tool"
_OLD_EDITORS: Final = frozenset({"text_editor_20241022", "text_editor_20250124"})
_TOOLSET: Final = "computer_toolset_20260801"
_COMPUTER: Final = "computer_20251124"
_OF_DISPLAY: Final = ("name", "display_width_px", "display_height_px", "display_number", "enable_zoom")
"""The properties of the computer tool that its toolset does not have."""
_SCREEN: Final = {"type": _COMPUTER, "name": "computer", "display_width_px": 1024, "display_height_px": 768}


def _calls(subject: Subject, name: Any) -> bool:
    """Whether the conversation calls a tool."""
    return any(block.get("type") == "tool_use" and block.get("name") == name for _, block in subject.blocks())


@step(
    "same-tool",
    kind=Kind.SAFE,
    source="docs: Text editor tool, migration guides",
    examples=(
        Example(
            "claude-opus-4-5",
            "claude-opus-5-5",
            {"tools": [{"type": "text_editor_20250429", "name": _EDITOR}]},
            {"tools": [{"type": "text_editor_20250728", "name": _EDITOR}]},
        ),
        Example(
            "claude-sonnet-4-0",
            "claude-sonnet-4-5",
            {"tools": [{"type": "text_editor_20250429", "name": _EDITOR}]},
            None,
        ),
    ),
)
def same_tool(subject: Subject) -> Iterator[Proposal]:
    """Raise the version of a tool that the new model does not take, if the newer one has the same shape."""
    for index, _, tag in subject.tools():
        version = tool_versions().get(tag)
        taken = subject.after.fact(version["fact"]) if version is not None else None
        if version is not None and taken is not None and tag not in taken and version["instead"] in taken:
            path = ("tools", index, "type")
            title = f"Replace {tag} by {version['instead']}"
            why = "the new model takes only that version, of the same shape"
            yield Proposal(path, title, why, (replace(path, version["instead"]),), (version["fact"],))


@step(
    "editor",
    kind=Kind.NEAR,
    source="docs: Text editor tool, migration guides",
    examples=(
        Example(
            "claude-3-7-sonnet-20250219",
            "claude-sonnet-5-5",
            {"tools": [{"type": "text_editor_20250124", "name": _OLD_EDITOR}]},
            {"tools": [{"type": "text_editor_20250728", "name": _EDITOR}]},
        ),
    ),
)
def editor(subject: Subject) -> Iterator[Proposal]:
    """Replace the first text editors, whose name and commands differ."""
    taken = subject.after.fact("text_editor")
    for index, tool, tag in subject.tools():
        if not taken or tag not in _OLD_EDITORS or tag in taken or tool.get("name") != _OLD_EDITOR:
            continue
        if not _calls(subject, _OLD_EDITOR):
            path = ("tools", index)
            yield Proposal(
                path,
                f"Replace {tag} by {taken[-1]}, which is called `{_EDITOR}`",
                "the new model takes only that version; it has no `undo_edit`, so the code that answers it changes too",
                (replace((*path, "type"), taken[-1]), replace((*path, "name"), _EDITOR)),
                ("text_editor",),
            )


@step(
    "computer-toolset",
    kind=Kind.NEAR,
    source="docs: Computer use",
    examples=(
        Example(
            "claude-fable-5-1",
            "claude-fable-5-2",
            {"tools": [_SCREEN]},
            {"tools": [{"type": _TOOLSET, "configs": {"zoom": {"enabled": False}}}]},
        ),
        Example(
            "claude-fable-5-1", "claude-fable-5-2", {"tools": [{**_SCREEN, "enable_zoom": True}]},
            {"tools": [{"type": _TOOLSET}]},
        ),
        Example("claude-opus-4-8", "claude-opus-5", {"tools": [_SCREEN]}, None),
    ),
)  # fmt: skip
def computer_toolset(subject: Subject) -> Iterator[Proposal]:
    """Replace the computer tool by its toolset, if the new model takes no other."""
    taken = subject.after.fact("computer_tool") or ()
    for index, tool, tag in subject.tools():
        if tag != _COMPUTER or tag in taken or _TOOLSET not in taken or _calls(subject, tool.get("name")):
            continue
        if not set(tool) <= {"type", "cache_control", *_OF_DISPLAY}:
            continue
        path = ("tools", index)
        operations = [replace((*path, "type"), _TOOLSET)]
        operations += [remove((*path, name)) for name in _OF_DISPLAY if name in tool]
        if tool.get("enable_zoom") is not True:
            operations.append(add((*path, "configs"), {"zoom": {"enabled": False}}))
        yield Proposal(
            path,
            f"Replace {tag} by {_TOOLSET}",
            "the new model takes only the toolset; its calls have the action as their name, so the code that answers "
            "them changes too",
            tuple(operations),
            ("computer_tool",),
        )
