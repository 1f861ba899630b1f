"""What a person can do about a refusal that no step can fix, by the rule that reports it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..common.unknown import NotKnownError

if TYPE_CHECKING:
    from .subject import Subject

_JSON: Final = ("{", "[", "```")


def recipe_for(rule: str, subject: Subject) -> str | None:
    """Return what a person can do about a refusal; None if there is no more to say than the rule's own help."""
    made = _RECIPES.get(rule)
    try:
        return made(subject) if callable(made) else made
    except (NotKnownError, LookupError):
        return None


def _prefill(subject: Subject) -> str:
    text = _last_text(subject).strip()
    missing = subject.after.fact("missing_on") or {}
    if text.startswith(_JSON):
        if "format" in missing.get(subject.after.platform, ()):
            return "remove the last message, and let the model call a tool whose `input_schema` describes the answer"
        return "remove the last message, and describe the JSON in `output_config.format`"
    if text.endswith(":"):
        return (
            "remove the last message; let `output_config.format` name the allowed answers in an `enum`, or say in the "
            "prompt what the answer consists of"
        )
    return (
        "remove the last message, and say in `system` how the answer begins; to continue an answer that was cut off, "
        "quote its end in a user message and ask to go on there"
    )


def _last_text(subject: Subject) -> str:
    content: Any = subject.at("messages")[-1].get("content")
    if isinstance(content, list) and content:
        content = content[-1].get("text") if isinstance(content[-1], dict) else None
    return content if isinstance(content, str) else ""


def _sampling(subject: Subject) -> str:
    if subject.at("temperature") == 0:
        return (
            "remove it; no model promises the same answer twice, but an exact prompt, examples and "
            "`output_config.format` keep answers alike"
        )
    return (
        "remove it; say in the prompt how varied the answers should be, and ask for several where you sampled several"
    )


_ONE_SAMPLING: Final = "keep one of `temperature` and `top_p`, the one that was tuned"
_NO_ADAPTIVE: Final = 'set `thinking` to `{"type": "enabled", "budget_tokens": N}`, with N below `max_tokens`'


def _budget(subject: Subject) -> str:
    if subject.integer("thinking", "budget_tokens") is None:
        return 'set `thinking` to `{"type": "adaptive"}`'
    return (
        'set `thinking` to `{"type": "adaptive"}` and choose `output_config.effort` by trying it: there is no mapping '
        "from a budget, as the effort governs the whole answer; `--unsafe-fixes` writes a first guess"
    )


def _always_thinks(subject: Subject) -> str:
    if "between_tools" in (subject.after.fact("thinking") or ()):
        return (
            'set `thinking` to `{"type": "between_tools"}`; the `effort` has to be "high" at most, and the same '
            "for all messages"
        )
    return (
        'remove `thinking`: the model cannot be told not to think; `output_config.effort` "low" is the nearest, and '
        "`max_tokens` needs room for what it thinks"
    )


def _forced(subject: Subject) -> str:
    name = subject.text("tool_choice", "name")
    tool = f"`{name}`" if name is not None else "a tool"
    strict = "strict" not in (subject.after.fact("missing_on") or {}).get(subject.after.platform, ())
    and_strict = '; `"strict": true` on the tool keeps its input to the schema' if strict else ""
    return f'set `tool_choice` to `{{"type": "auto"}}`, and say in the prompt when to call {tool}{and_strict}'


def _tool(subject: Subject) -> str:
    taken = [
        version
        for fact in ("computer_tool", "text_editor", "browser_tool", "code_execution")
        for version in subject.after.fact(fact) or ()
    ]
    if any(tag.startswith("computer_") for _, _, tag in subject.tools()):
        newest = next(iter(reversed(subject.after.fact("computer_tool") or ())), None)
        if newest is not None:
            return (
                f"move the loop to {newest}: its calls have the action as their `name`, and screenshots that are too "
                "large are refused; calls in the conversation keep their old name"
            )
    versions = f"; the model takes {', '.join(taken)}" if taken else ""
    return f"move the code that answers the tool to a version that the model takes{versions}"


_RECIPES: Final[dict[str, str | Callable[[Subject], str]]] = {
    "messages/prefill-unsupported": _prefill,
    "sampling/unsupported-model": _sampling,
    "sampling/temperature-top-p-both": _ONE_SAMPLING,
    "thinking/enabled-unsupported": _budget,
    "thinking/disabled-unsupported": _always_thinks,
    "thinking/adaptive-unsupported": _NO_ADAPTIVE,
    "tool-choice/forced-unsupported-model": _forced,
    "tools/type-unsupported-model": _tool,
}
