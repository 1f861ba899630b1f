"""Sampling parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ...fixes import remove
from ..step import Example, Kind, Proposal, step
from ..subject import Subject

_UNSET: Final = -1
"""What some clients send for a `top_p` or `top_k` that is not set; models of 2025 accept it."""
_DEFAULT_TOP_P: Final = 0.99


def _is_default(name: str, value: Any) -> bool:
    """Whether a value is what the API takes for a parameter that is left out."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    if name == "temperature":
        return value == 1
    return value == _UNSET or (name == "top_p" and _DEFAULT_TOP_P <= value <= 1)


@step(
    "default-sampling",
    kind=Kind.SAFE,
    source="docs: migration guides",
    examples=(
        Example("claude-opus-4-6", "claude-opus-5-5", {"temperature": 1, "top_p": 1}, {}),
        Example("claude-sonnet-4-5", "claude-haiku-5-5", {"top_k": -1, "top_p": 0.99}, {}),
        Example("claude-sonnet-4-5", "claude-opus-5-5", {"temperature": 0.7}, None),
        Example("claude-sonnet-4-5", "claude-opus-4-6", {"temperature": 1}, None),
    ),
)
def default_sampling(subject: Subject) -> Iterator[Proposal]:
    """Remove sampling parameters with default values, if the new model takes no others."""
    if subject.after.fact("sampling") != "defaults":
        return
    for name in ("temperature", "top_p", "top_k"):
        if subject.has(name) and _is_default(name, subject.at(name)):
            yield Proposal(
                (name,), f"Remove `{name}`", "it has its default, and the new model takes no other", (remove((name,)),),
                ("sampling",),
            )  # fmt: skip


@step(
    "one-sampling-parameter",
    kind=Kind.SAFE,
    source="docs: migration guides",
    examples=(
        Example("claude-sonnet-4-0", "claude-sonnet-4-6", {"temperature": 0.2, "top_p": 1}, {"temperature": 0.2}),
        Example("claude-sonnet-4-0", "claude-sonnet-4-6", {"temperature": 1, "top_p": 0.5}, {"top_p": 0.5}),
        Example("claude-sonnet-4-0", "claude-sonnet-4-6", {"temperature": 0.2, "top_p": 0.5}, None),
    ),
)
def one_sampling_parameter(subject: Subject) -> Iterator[Proposal]:
    """Remove the one of `temperature` and `top_p` that has its default, if the new model takes only one of them."""
    if subject.after.fact("sampling") != "not-both" or None in {subject.at("temperature"), subject.at("top_p")}:
        return
    name = next((name for name in ("top_p", "temperature") if _is_default(name, subject.at(name))), None)
    if name is not None:
        why = "it has its default, and the new model does not take both"
        yield Proposal((name,), f"Remove `{name}`", why, (remove((name,)),), ("sampling",))
