"""Beta headers that a body names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...common.lazy_regex import regex
from ...facts import betas
from ...fixes import remove
from ..models import OWN_API
from ..step import Example, Kind, Proposal, step
from ..subject import Subject

_NOT_NEEDED: Final = regex(r"no header needed any more(?: \(since [\d-]+\))?")
_INTERLEAVED: Final = "interleaved-thinking-2025-05-14"
_STRUCTURED: Final = frozenset({"structured-outputs-2025-09-17", "structured-outputs-2025-11-13"})
_COMPUTER: Final = "computer-use-"
_CODE: Final = "code-execution-2025-08-25"
_ADAPTIVE: Final = {"type": "adaptive"}


@step(
    "needless-betas",
    kind=Kind.SAFE,
    source="docs: migration guides, release notes",
    examples=(
        Example("claude-opus-4-5", "claude-opus-5-5", {"betas": ["effort-2025-11-24", _CODE]}, {}),
        Example(
            "claude-3-7-sonnet-20250219",
            "claude-sonnet-5-5",
            {"betas": ["output-128k-2025-02-19", "context-management-2025-06-27", "token-efficient-tools-2025-02-19"]},
            {"betas": ["context-management-2025-06-27"]},
        ),
        Example(
            "claude-opus-4-6",
            "claude-opus-4-8",
            {"thinking": _ADAPTIVE, "betas": [_INTERLEAVED]},
            {"thinking": _ADAPTIVE},
        ),
        Example(
            "claude-fable-5-1",
            "claude-fable-5-2",
            {"tools": [{"type": "computer_toolset_20260801"}], "betas": ["computer-use-2025-11-24"]},
            {"tools": [{"type": "computer_toolset_20260801"}]},
        ),
        Example("claude-opus-4-5", "claude-sonnet-5-5", {"betas": ["mcp-client-2025-04-04"]}, None),
        Example(
            "claude-sonnet-4-5",
            "claude-opus-5-5",
            {"thinking": {"type": "enabled", "budget_tokens": 2000}, "betas": [_INTERLEAVED]},
            None,
        ),
    ),
)
def needless_betas(subject: Subject) -> Iterator[Proposal]:
    """Remove beta headers that have no effect with the new model."""
    key = subject.betas_key
    if subject.after.platform != OWN_API or not isinstance(subject.at(key), list):
        return
    names = [name for _, name in subject.items(key)]
    needless = [
        (index, name) for index, name in enumerate(names) if isinstance(name, str) and _is_needless(name, subject)
    ]
    if needless and len(needless) == len(names):
        listed = ", ".join(name for _, name in needless)
        yield Proposal((key,), f"Remove {listed} from `{key}`", _WHY, (remove((key,)),))
        return
    for index, name in needless:
        yield Proposal((key, index), f"Remove {name} from `{key}`", _WHY, (remove((key, index)),))


_WHY: Final = "it has no effect any more"


def _is_needless(name: str, subject: Subject) -> bool:
    beta = betas().get(name)
    if beta is None:
        return False
    if name == _INTERLEAVED:
        return subject.thinking != "enabled" and "adaptive" in (subject.after.fact("thinking") or ())
    if name in _STRUCTURED:
        return subject.at("output_format") is None
    if name.startswith(_COMPUTER):
        tags = [tag for _, _, tag in subject.tools()]
        return any(tag.startswith("computer_toolset_") for tag in tags) and not any(map(_needs_computer_beta, tags))
    if beta.models is not None:
        return subject.after.id not in beta.models
    return beta.instead is not None and _NOT_NEEDED.fullmatch(beta.instead) is not None


def _needs_computer_beta(tag: str) -> bool:
    return tag.startswith(("computer_2", "bash_20241022", "text_editor_20241022"))
