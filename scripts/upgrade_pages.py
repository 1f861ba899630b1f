"""The pages about the likeliest moves from one model to another, made of the facts of both, as a hook of mkdocs.

The requests are examples that the tests check: the first is accepted by the old model, the last by the new one, and
between them stands what `msglint upgrade` makes of the first.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from validator.facts import model_named, source_of
from validator.upgrades import Kind, upgrade
from validator.upgrades.models import State, state_of

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from validator.facts import Model
    from validator.upgrades import Upgrade

DAY: Final = date(2026, 11, 30)
_PUMP: Final = [{"role": "user", "content": "The pump in hall 3 leaks."}]
_FILE_PUMP: Final = [{"role": "user", "content": "The pump in hall 3 leaks. File it with file_ticket."}]
_TICKET: Final = {
    "name": "file_ticket",
    "description": "Files a ticket for a repair.",
    "input_schema": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
}
_STRICT: Final = {**_TICKET, "strict": True}
_COLOUR: Final = [{"role": "user", "content": "Red or blue? Answer with one word."}]
_SCREEN: Final = {"type": "computer_20251124", "name": "computer", "display_width_px": 1024, "display_height_px": 768}
_TOOLSET: Final = {"type": "computer_toolset_20260801", "configs": {"zoom": {"enabled": False}}}
_EDITOR: Final = {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}
_FORMAT: Final = {
    "type": "json_schema",
    "schema": {
        "type": "object",
        "properties": {"urgent": {"type": "boolean"}},
        "required": ["urgent"],
        "additionalProperties": False,
    },
}
_OFF: Final = {"type": "disabled"}
_QUIET: Final = {"type": "between_tools"}
_SHOWN: Final = {"type": "adaptive", "display": "summarized"}


class Pair(NamedTuple):
    """A move from one model to another, with an example."""

    before: dict[str, Any]
    """A request that the old model accepts, without `model` and `messages` where those are the usual ones."""
    after: dict[str, Any]
    """A whole way out, decisions of a person included."""

    @property
    def old(self) -> str:
        """The name of the model today."""
        return str(self.before["model"])

    @property
    def new(self) -> str:
        """The name of the model to move to."""
        return str(self.after["model"])

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"upgrades/{self.old}-to-{self.new}.md"

    def upgraded(self) -> Upgrade:
        """Return what a program makes of the request."""
        return upgrade(self.before, self.new, pin=True, unsafe=True, today=DAY)


def _pair(before: dict[str, Any], after: dict[str, Any]) -> Pair:
    return Pair(_whole(**before), _whole(**after))


def _whole(
    *, model: str, max_tokens: int = 4000, messages: list[dict[str, Any]] = _PUMP, **others: Any
) -> dict[str, Any]:
    return {"model": model, "max_tokens": max_tokens, **others, "messages": messages}


PAIRS: Final = (
    _pair(
        {
            "model": "claude-sonnet-4-5",
            "temperature": 0.2,
            "tools": [_TICKET],
            "tool_choice": {"type": "any"},
            "messages": [*_PUMP, {"role": "assistant", "content": "Ticket:"}],
        },
        {
            "model": "claude-sonnet-5-5",
            "thinking": _QUIET,
            "output_config": {"effort": "low"},
            "tools": [_STRICT],
            "tool_choice": {"type": "auto"},
            "messages": _FILE_PUMP,
        },
    ),
    _pair(
        {
            "model": "claude-haiku-4-5",
            "max_tokens": 6000,
            "thinking": {"type": "enabled", "budget_tokens": 2000},
            "top_p": 0.95,
        },
        {
            "model": "claude-haiku-5-5",
            "max_tokens": 6000,
            "thinking": _SHOWN,
            "output_config": {"effort": "low"},
        },
    ),
    _pair(
        {
            "model": "claude-opus-4-5",
            "max_tokens": 16000,
            "thinking": {"type": "enabled", "budget_tokens": 10000},
            "tools": [{"type": "text_editor_20250429", "name": "str_replace_based_edit_tool"}, _SCREEN],
        },
        {
            "model": "claude-opus-5-5",
            "max_tokens": 16000,
            "thinking": _SHOWN,
            "output_config": {"effort": "high"},
            "tools": [_EDITOR, _TOOLSET],
        },
    ),
    _pair(
        {
            "model": "claude-sonnet-4-6",
            "max_tokens": 8000,
            "thinking": {"type": "enabled", "budget_tokens": 4096},
            "temperature": 1,
        },
        {
            "model": "claude-sonnet-5-5",
            "max_tokens": 8000,
            "thinking": _SHOWN,
            "output_config": {"effort": "medium"},
        },
    ),
    _pair(
        {"model": "claude-sonnet-5", "thinking": _OFF, "output_config": {"effort": "xhigh"}},
        {"model": "claude-sonnet-5-5", "thinking": _QUIET, "output_config": {"effort": "high"}},
    ),
    _pair(
        {
            "model": "claude-opus-4-8",
            "tools": [_TICKET],
            "tool_choice": {"type": "tool", "name": "file_ticket"},
        },
        {
            "model": "claude-opus-5-5",
            "output_config": {"effort": "low"},
            "tools": [_STRICT],
            "tool_choice": {"type": "auto"},
            "messages": _FILE_PUMP,
        },
    ),
    _pair(
        {"model": "claude-opus-5", "max_tokens": 3000, "thinking": _OFF},
        {"model": "claude-opus-5-5", "max_tokens": 3000, "output_config": {"effort": "low"}},
    ),
    _pair(
        {"model": "claude-opus-4-1", "temperature": 0.7, "output_format": _FORMAT},
        {"model": "claude-opus-4-8", "output_config": {"format": _FORMAT}},
    ),
    _pair(
        {
            "model": "claude-3-7-sonnet-20250219",
            "temperature": 0.5,
            "top_p": 0.9,
            "tools": [{"type": "text_editor_20250124", "name": "str_replace_editor"}],
            "betas": ["output-128k-2025-02-19", "token-efficient-tools-2025-02-19"],
        },
        {"model": "claude-sonnet-5-5", "thinking": _QUIET, "tools": [_EDITOR]},
    ),
    _pair(
        {
            "model": "claude-3-5-haiku-20241022",
            "temperature": 0,
            "messages": [*_COLOUR, {"role": "assistant", "content": "Answer:"}],
        },
        {"model": "claude-haiku-5-5", "thinking": _OFF, "messages": _COLOUR},
    ),
    _pair(
        {
            "model": "claude-fable-5-1",
            "tools": [_SCREEN, {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-5"}],
        },
        {
            "model": "claude-fable-5-2",
            "tools": [_TOOLSET, {"type": "advisor_20260301", "name": "advisor", "model": "claude-fable-5-2"}],
        },
    ),
)
"""The likeliest moves."""

_NAVIGATION: Final = "Newer models"
_LIST: Final = "<!-- upgrades -->"
_FACTS: Final = {
    "thinking": "`thinking.type`",
    "thinking_default": "thinks without `thinking`",
    "display_default": "`display` of thinking, by default",
    "effort": "`effort`",
    "effort_default": "`effort`, by default",
    "effort_scale": "generation of the levels of `effort`",
    "sampling": "sampling parameters",
    "prefill": "the last message may be the assistant's",
    "forced_tool_choice": "`tool_choice` may force a call",
    "system_messages": "system messages in the conversation",
    "max_output": "most tokens of an answer",
    "context": "tokens of the window",
    "tokenizer": "generation of the tokenizer",
    "cache_minimum": "fewest tokens that are cached",
    "images": "most images",
    "image_size": "size of images",
    "pdf_pages": "most pages of PDF documents",
    "computer_tool": "computer tool",
    "text_editor": "text editor",
    "code_execution": "code execution",
    "notes_in_thinking": "what it says between calls of tools comes as thinking",
    "stop_reasons": "stop reasons that are not of old",
    "retention_days": "days for which requests have to be kept",
    "thinking_bound": "thinking is signed with everything before it",
}
"""The facts that a page compares, with their names for readers."""
_KINDS: Final = {
    Kind.SAFE: "safe",
    Kind.PIN: "only with `--pin`",
    Kind.NEAR: "only with `--unsafe-fixes`",
}


def pages() -> dict[str, str]:
    """Return the pages, by their paths below the folder of the documentation."""
    return {pair.path: page(pair) for pair in PAIRS}


def navigation() -> list[Any]:
    """Return the part of the navigation with the guide and the pages."""
    return ["upgrades.md", *({_title(pair): pair.path} for pair in PAIRS)]


def listed() -> str:
    """Return the list of the pages for the guide."""
    return "\n".join(f"- [{_title(pair)}]({pair.path})" for pair in PAIRS)


def page(pair: Pair) -> str:
    """Return the page of a move."""
    old, new = _model(pair.old), _model(pair.new)
    made = pair.upgraded()
    parts = [
        f"# {_title(pair)}",
        _introduction(pair, old),
        "## What differs",
        _differences(old, new),
        "## A request today",
        _code(pair.before),
        "## What `msglint upgrade` makes of it",
        f"This is with `--to {pair.new} --pin --unsafe-fixes`.",
        _code(made.request),
        "\n".join(f"- {each.title} ({_KINDS[each.kind]}): {each.why}. *{each.source}*" for each in made.changes),
    ]
    if made.notes:
        parts += ["## What changes silently", "\n".join(f"- {_sentence(n.message)} *{n.source}*" for n in made.notes)]
    if made.left:
        left = [f"- {_sentence(each.message)}  \n  {_sentence(each.help or '')}" for each in made.left]
        parts += ["## What is left to do by hand", "\n".join(left)]
    parts += ["## The request afterwards", "One whole way out, with the decisions of a person:", _code(pair.after)]
    return "\n\n".join(parts) + "\n"


def _introduction(pair: Pair, old: Model) -> str:
    state = state_of(old, DAY)
    if state is State.CURRENT:
        return f"`{pair.old}` is not deprecated."
    day = f" on {old.retires.isoformat()}" if old.retires is not None else ""
    verb = "was retired" if state is State.RETIRED else "is deprecated, and will be retired"
    named = f" The documentation names `{old.successor}` as its successor." if old.successor is not None else ""
    return f"`{pair.old}` {verb}{day}.{named}"


def _differences(old: Model, new: Model) -> str:
    rows = ["| | today | then | source |", "|---|---|---|---|"]
    for fact, label in _FACTS.items():
        former, later = old.fact(fact), new.fact(fact)
        if former != later and later is not None:
            rows.append(f"| {label} | {_shown(former)} | {_shown(later)} | {source_of(new, fact)} |")
    return "\n".join(rows)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{_shown(each)} {name}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _title(pair: Pair) -> str:
    return f"{pair.old} to {pair.new}"


def _model(name: str) -> Model:
    model = model_named(name)
    if model is None:
        raise LookupError(name)
    return model


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def _code(request: dict[str, Any]) -> str:
    """Return a request with a line for each property."""
    lines = [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in request.items()]
    return "```json\n{\n" + ",\n".join(lines) + "\n}\n```"


def on_config(config: MkDocsConfig) -> None:
    """Put the pages into the navigation."""
    config.nav = [
        {_NAVIGATION: navigation()} if isinstance(item, dict) and _NAVIGATION in item else item
        for item in config.nav or ()
    ]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages."""
    from mkdocs.structure.files import File

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:  # noqa: ARG001 - the signature of mkdocs
    """Put the list of the pages where the guide wants it."""
    return markdown.replace(_LIST, listed()) if _LIST in markdown else markdown
