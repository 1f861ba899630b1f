"""Thinking that a request asks for, or forbids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from ...common.unknown import NotKnownError
from ...facts import effort_for_budget
from ...fixes import Operation, remove, replace
from ..step import Example, Kind, Proposal, step
from ..subject import Subject
from .output import set_output

EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
"""The levels of effort, from low to high."""
_BUDGET: Final = {"type": "enabled", "budget_tokens": 10000}


def allows_no_thinking(subject: Subject) -> bool:
    """Whether the effort that is set lets the new model go without thinking."""
    effort, most = subject.effort, subject.after.fact("disabled_thinking_max_effort")
    if "between_tools" in (subject.after.fact("thinking") or ()):
        in_force = effort or subject.after.fact("effort_default")
        if any(own != in_force for own in _efforts_of_messages(subject)):
            return False  # it may not change in the conversation
    if effort is None or most is None:
        return True
    return effort in EFFORTS and EFFORTS.index(effort) <= EFFORTS.index(most)


def _efforts_of_messages(subject: Subject) -> Iterator[str]:
    """Yield the efforts that single messages set, as far as they are known."""
    with suppress(NotKnownError):
        for index, _ in subject.items("messages"):
            own = subject.text("messages", index, "output_config", "effort")
            if own is not None:
                yield own


@step(
    "between-tools",
    kind=Kind.SAFE,
    source="docs: migration guide to Sonnet 5.5",
    examples=(
        Example(
            "claude-sonnet-5",
            "claude-sonnet-5-5",
            {"thinking": {"type": "disabled"}},
            {"thinking": {"type": "between_tools"}},
        ),
        Example(
            "claude-sonnet-5",
            "claude-sonnet-5-5",
            {"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}},
            None,
        ),
        Example("claude-sonnet-5", "claude-opus-5-5", {"thinking": {"type": "disabled"}}, None),
    ),
)
def between_tools(subject: Subject) -> Iterator[Proposal]:
    """Replace `disabled` by `between_tools`, the mode without thinking of a model that has no `disabled`."""
    taken = subject.after.fact("thinking") or ()
    if subject.thinking != "disabled" or "disabled" in taken or "between_tools" not in taken:
        return
    if len(subject.at("thinking")) > 1 or not allows_no_thinking(subject):
        return
    yield Proposal(
        ("thinking", "type"),
        'Set `thinking.type` to "between_tools"',
        'the new model has that in place of "disabled"',
        (replace(("thinking", "type"), "between_tools"),),
        ("thinking",),
    )


@step(
    "adaptive-thinking",
    kind=Kind.NEAR,
    source=effort_for_budget()[1],
    examples=(
        Example(
            "claude-sonnet-4-6",
            "claude-sonnet-5-5",
            {"max_tokens": 16000, "thinking": {"type": "enabled", "budget_tokens": 4096}},
            {"max_tokens": 16000, "thinking": {"type": "adaptive"}, "output_config": {"effort": "medium"}},
        ),
        Example(
            "claude-opus-4-5",
            "claude-opus-5-5",
            {"max_tokens": 16000, "thinking": _BUDGET, "output_config": {"effort": "low"}},
            {"max_tokens": 16000, "thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}},
        ),
        Example(
            "claude-sonnet-4-5",
            "claude-sonnet-5-5",
            {"max_tokens": 4000, "thinking": _BUDGET},
            {"max_tokens": 14000, "thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
        ),
        Example("claude-sonnet-4-5", "claude-sonnet-4-6", {"max_tokens": 16000, "thinking": _BUDGET}, None),
    ),
)
def adaptive_thinking(subject: Subject) -> Iterator[Proposal]:
    """Let the model decide how much it thinks, with an effort in place of the budget, if it takes no budget."""
    taken, budget = subject.after.fact("thinking") or (), subject.integer("thinking", "budget_tokens")
    if subject.thinking != "enabled" or "enabled" in taken or "adaptive" not in taken or budget is None:
        return
    operations = [replace(("thinking", "type"), "adaptive"), remove(("thinking", "budget_tokens"))]
    said = ""
    if subject.effort is None and subject.after.fact("effort"):
        effort = next(effort for most, effort in effort_for_budget()[0] if most is None or budget <= most)
        operations.append(set_output(subject, "effort", effort))
        said = f' with `effort` "{effort}"'
    operations += _room_for(subject, budget)
    yield Proposal(
        ("thinking",),
        f"Replace the budget of {budget:,} tokens by adaptive thinking{said}",
        "the new model takes no budget; an effort governs the whole answer, a budget only the thinking",
        tuple(operations),
        ("thinking",),
    )


def _room_for(subject: Subject, budget: int) -> list[Operation]:
    """Return the operation that raises `max_tokens` by a budget beside which it had not to count."""
    limit, most = subject.integer("max_tokens"), subject.after.fact("max_output")
    if limit is None or budget < limit:
        return []
    return [replace(("max_tokens",), budget + limit if most is None else max(limit, min(most, budget + limit)))]
