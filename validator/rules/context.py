"""Context management."""

from __future__ import annotations

from ..report import Severity
from ..words import shown
from .node import Node, Request
from .rule import Example, body, rule

_CLEAR_THINKING = "clear_thinking_20251015"


@rule(
    "context/keep-unknown-word",
    on="/context_management",
    severity=Severity.WARNING,
    bad=(
        Example(
            body(context_management={"edits": [{"type": _CLEAR_THINKING, "keep": "everything"}]}),
            at="/context_management/edits/0/keep",
        ),
    ),
    good=(
        Example(body(context_management={"edits": [{"type": _CLEAR_THINKING, "keep": "all"}]})),
        Example(
            body(
                context_management={
                    "edits": [{"type": _CLEAR_THINKING, "keep": {"type": "thinking_turns", "value": 2}}]
                }
            )
        ),
    ),
)
def keep_unknown_word(context_management: Node, request: Request) -> None:
    """`keep` of `clear_thinking_20251015` is a word other than "all".

    Why: The reference knows no other word. It is a warning because requests with other words there were seen to be
    accepted.

    Source: The reference of the edit (`"all"`); request shapes of 2026-07 and 2026-08 that the API accepted.
    """
    for edit in context_management.items("edits"):
        keep = edit.text("keep")
        if edit.text("type") == _CLEAR_THINKING and keep is not None and keep != "all":
            edit.at("keep").report(
                f'`keep` is {shown(keep)}, but must be "all" or an object',
                help='write "all", or `{"type": "thinking_turns", "value": 1}` with the number of turns to keep',
            )
