"""Defaults that the new model does not share: they can be written out."""

from __future__ import annotations

from collections.abc import Iterator

from ...fixes import add, replace
from ..step import Example, Kind, Proposal, step
from ..subject import Subject
from .output import set_output
from .thinking import allows_no_thinking


@step(
    "pin-no-thinking",
    kind=Kind.PIN,
    source="",
    examples=(
        Example("claude-haiku-4-5", "claude-haiku-5-5", {}, {"thinking": {"type": "disabled"}}),
        Example("claude-sonnet-4-6", "claude-sonnet-5-5", {}, {"thinking": {"type": "between_tools"}}),
        Example("claude-opus-4-8", "claude-opus-5-5", {}, None),
        Example("claude-opus-4-8", "claude-opus-5", {"output_config": {"effort": "max"}}, None),
        Example("claude-sonnet-5", "claude-sonnet-5-5", {}, None),
        Example(
            "claude-sonnet-4-6",
            "claude-sonnet-5-5",
            {"messages": [{"role": "system", "content": "a", "output_config": {"effort": "low"}}]},
            None,
        ),
    ),
)
def pin_no_thinking(subject: Subject) -> Iterator[Proposal]:
    """Switch thinking off, if only the new model thinks by default."""
    taken = subject.after.fact("thinking") or ()
    mode = next((mode for mode in ("disabled", "between_tools") if mode in taken), None)
    if mode is None or not subject.starts_to_think or not allows_no_thinking(subject):
        return
    value = {"type": mode}
    operation = replace(("thinking",), value) if subject.has("thinking") else add(("thinking",), value)
    yield Proposal(
        ("thinking",),
        f'Set `thinking` to `{{"type": "{mode}"}}`',
        "without `thinking` the model of today does not think, and the new one does",
        (operation,),
        ("thinking_default",),
    )


@step(
    "pin-display",
    kind=Kind.PIN,
    source="",
    examples=(
        Example(
            "claude-sonnet-4-6",
            "claude-opus-4-8",
            {"thinking": {"type": "adaptive"}},
            {"thinking": {"type": "adaptive", "display": "summarized"}},
        ),
        Example("claude-opus-4-7", "claude-opus-5-5", {"thinking": {"type": "adaptive"}}, None),
        Example("claude-sonnet-4-6", "claude-opus-4-8", {"thinking": {"type": "disabled"}}, None),
        Example("claude-sonnet-4-6", "claude-opus-4-8", {"thinking": {"type": "adaptive", "display": "omitted"}}, None),
    ),
)
def pin_display(subject: Subject) -> Iterator[Proposal]:
    """Ask for the summary of thinking that the model of today shows by default, and the new one omits."""
    mode = subject.thinking
    if mode not in {"enabled", "adaptive"} or mode not in (subject.after.fact("thinking") or ()):
        return
    former, later = subject.before.fact("display_default"), subject.after.fact("display_default")
    if "display" in subject.at("thinking") or later != "omitted" or former not in {"full", "summarized"}:
        return
    yield Proposal(
        ("thinking",),
        'Set `thinking.display` to "summarized"',
        "the new model sends no text of its thinking by default",
        (add(("thinking", "display"), "summarized"),),
        ("display_default",),
    )


@step(
    "pin-effort",
    kind=Kind.PIN,
    source="",
    examples=(
        Example("claude-opus-5", "claude-opus-5-5", {}, {"output_config": {"effort": "high"}}),
        Example("claude-opus-4-5", "claude-opus-5-5", {"output_config": {"effort": "low"}}, None),
        Example("claude-sonnet-5", "claude-sonnet-5-5", {}, None),
        Example("claude-haiku-4-5", "claude-haiku-5-5", {}, None),
    ),
)
def pin_effort(subject: Subject) -> Iterator[Proposal]:
    """Set the effort that is the default of the model of today, and not of the new one."""
    former, later = subject.before.fact("effort_default"), subject.after.fact("effort_default")
    if former is None or later is None or former == later or former not in subject.after.fact("effort"):
        return
    config = subject.at("output_config")
    if subject.effort is not None or (config is None and subject.has("output_config")):
        return
    if isinstance(config, dict) and "effort" in config:
        return
    yield Proposal(
        ("output_config",),
        f'Set `output_config.effort` to "{former}"',
        f'that is the default today; that of the new model is "{later}"',
        (set_output(subject, "effort", former),),
        ("effort_default",),
    )
