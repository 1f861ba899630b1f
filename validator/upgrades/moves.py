"""What changes without a refusal when a request moves to another model, computed from the facts of both.

A note concerns the request that it is made for: one about images is made only for a request with images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from ..common.unknown import NotKnownError
from ..common.wording import code, names
from .steps.thinking import EFFORTS

if TYPE_CHECKING:
    from ..common.pointer import Path
    from .subject import Subject


class Note(NamedTuple):
    """Something that changes silently."""

    id: str
    path: Path
    """The place in the request that it is about."""
    message: str
    source: str

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer."""
        from ..common.pointer import shown_pointer

        return shown_pointer(self.path)


class _Said(NamedTuple):
    path: Path
    message: str
    facts: tuple[str, ...]
    """The facts that differ; their sources are those of the note."""


_Move = Callable[["Subject"], "Iterator[_Said]"]
_MOVES: Final[list[tuple[str, _Move]]] = []
_MUCH: Final = 64000
"""What the documentation advises as `max_tokens` at the highest efforts."""
_TOOL_INPUT: Final = (
    (2, "newlines at the end of strings stay"),
    (3, "characters may be escaped in another way, which only a parser of JSON reads alike"),
)
"""What changed in the way of writing the input of tools, by the generation since which it has been so."""


def _move(name: str) -> Callable[[_Move], _Move]:
    def decorate(move: _Move) -> _Move:
        _MOVES.append((name, move))
        return move

    return decorate


def notes_of(subject: Subject) -> list[Note]:
    """Return what changes silently for a request, after the steps were applied to it."""
    if subject.before.id == subject.after.id and subject.before.platform == subject.after.platform:
        return []
    found: list[Note] = []
    for name, move in _MOVES:
        with suppress(NotKnownError):
            for path, message, facts in move(subject):
                sources = "; ".join(dict.fromkeys(map(subject.source_of_both, facts)))
                found.append(Note(name, path, message, sources))
    return found


@_move("thinking-default")
def _thinking_default(subject: Subject) -> Iterator[_Said]:
    if not subject.starts_to_think:
        return
    always = subject.after.fact("thinking_default") == "always"
    ways = ", and cannot be told not to" if always else " unless `thinking` switches it off"
    yield _Said((), f"{code(subject.after.id)} thinks{ways}; {code(subject.before.id)} does not", ("thinking_default",))


@_move("max-tokens")
def _max_tokens(subject: Subject) -> Iterator[_Said]:
    limit, most = subject.integer("max_tokens"), subject.after.fact("max_output")
    if limit is None:
        return
    if subject.starts_to_think:
        yield _Said(
            ("max_tokens",),
            f"thinking counts towards `max_tokens`: the answer gets what it leaves of {limit:,}",
            ("thinking_default",),
        )
    former = subject.before.fact("max_output")
    if former is not None and most is not None and limit == former < most:
        yield _Said(
            ("max_tokens",),
            f"the limit of output is {most:,} tokens, before {former:,}: `max_tokens` may be raised",
            ("max_output",),
        )
    effort = subject.effort or ""
    if effort in EFFORTS[3:] and limit < _MUCH and effort not in (subject.before.fact("effort") or ()):
        yield _Said(
            ("max_tokens",),
            f'at `effort` "{effort}" {_MUCH:,} tokens are advised for a start; it is {limit:,}',
            ("effort",),
        )


@_move("display")
def _display(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("display_default"), subject.after.fact("display_default")
    is_on = subject.thinking in {"enabled", "adaptive"}
    if is_on and "display" not in subject.at("thinking") and former != later and None not in {former, later}:
        said = {
            "omitted": "its text is left empty",
            "summarized": "it is summarised",
            "full": "all of it is shown",
        }
        yield _Said(("thinking",), f"of thinking without `display`, {said[later]}", ("display_default",))


@_move("effort-default")
def _effort_default(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("effort_default"), subject.after.fact("effort_default")
    if subject.effort is not None or later is None or former == later:
        return
    if former is not None:
        yield _Said((), f'the default `effort` is "{later}", before "{former}"', ("effort_default",))
    elif subject.before.fact("effort") == []:
        yield _Said(
            (), f'the model has an `effort`, by default "{later}": it decides about time and cost', ("effort_default",)
        )


@_move("effort-scale")
def _effort_scale(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("effort_scale"), subject.after.fact("effort_scale")
    if former is None or later is None or former == later:
        return
    path: Path = () if subject.effort is None else ("output_config", "effort")
    level = subject.effort or subject.after.fact("effort_default")
    yield _Said(path, f'the levels of `effort` are set anew: "{level}" is other work than before', ("effort_scale",))


@_move("tokenizer")
def _tokenizer(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("tokenizer"), subject.after.fact("tokenizer")
    if former is None or later is None or former == later:
        return
    more = "up to a third more" if later > former else "fewer"
    limits = [name for name in ("max_tokens",) if subject.at(name) is not None]
    limits += [f"output_config.{name}" for name in ("task_budget",) if subject.at("output_config", name) is not None]
    limits += [name for name in ("context_management",) if subject.at(name) is not None]
    about = f": look at {names(limits)}" if limits else ""
    path: Path = ("max_tokens",) if "max_tokens" in limits else ()
    yield _Said(path, f"texts count {more} tokens with the new tokenizer{about}", ("tokenizer",))


@_move("context")
def _context(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("context"), subject.after.fact("context")
    if former is None or later is None or former == later:
        return
    if later < former:
        yield _Said((), f"the window holds {later:,} tokens, before {former:,}", ("context",))
    elif subject.at("context_management") is not None:
        yield _Said(
            ("context_management",),
            f"the window holds {later:,} tokens, before {former:,}: its triggers may be raised",
            ("context",),
        )


@_move("cache-minimum")
def _cache_minimum(subject: Subject) -> Iterator[_Said]:
    path = _first_mark(subject)
    if path is None:
        return
    former, later = subject.before.fact("cache_minimum"), subject.after.fact("cache_minimum")
    if former is not None and later is not None and former != later:
        effect = "marks that had no effect may begin to write" if later < former else "shorter ones are not cached"
        yield _Said(
            path, f"prompts are cached from {later:,} tokens on, before {former:,}: {effect}", ("cache_minimum",)
        )


def _first_mark(subject: Subject) -> Path | None:
    """Return the place of the first mark of the prompt cache."""
    if subject.at("cache_control") is not None:
        return ("cache_control",)
    for index, tool, _ in subject.tools():
        if tool.get("cache_control") is not None:
            return ("tools", index, "cache_control")
    for index, block in subject.items("system"):
        if isinstance(block, dict) and block.get("cache_control") is not None:
            return ("system", index, "cache_control")
    return ("messages",) if any(block.get("cache_control") is not None for _, block in subject.blocks()) else None


@_move("images")
def _images(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("image_size"), subject.after.fact("image_size")
    if former is None or later is None or former == later:
        return
    if any(block.get("type") == "image" for _, block in subject.blocks()) or _sees_screens(subject):
        yield _Said(
            ("messages",),
            f"an image may have up to {later['edge']:,} pixels and {later['tokens']:,} tokens, before "
            f"{former['edge']:,} and {former['tokens']:,}: a large one costs more, and coordinates in it change",
            ("image_size",),
        )


def _sees_screens(subject: Subject) -> bool:
    return any(tag.startswith(("computer_", "browser_")) for _, _, tag in subject.tools())


@_move("thinking-history")
def _thinking_history(subject: Subject) -> Iterator[_Said]:
    read = subject.after.fact("reads_thinking_of")
    if read is not None and subject.before.id not in read and subject.has_thoughts:
        yield _Said(
            ("messages",),
            f"thinking of {code(subject.before.id)} in the conversation is skipped",
            ("reads_thinking_of",),
        )


@_move("thinking-bound")
def _thinking_bound(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("thinking_bound"), subject.after.fact("thinking_bound")
    if former is False and later is True and (subject.has_thoughts or any(True for _ in subject.tools())):
        yield _Said(
            ("messages",),
            "its thinking is signed together with `system`, `tools` and the messages before it: a conversation that "
            "sends it back must not change them",
            ("thinking_bound",),
        )


@_move("notes-in-thinking")
def _notes_in_thinking(subject: Subject) -> Iterator[_Said]:
    is_new = subject.after.fact("notes_in_thinking") is True and subject.before.fact("notes_in_thinking") is not True
    is_shown = subject.text("thinking", "display") in {"summarized", "updates"}
    if is_new and not is_shown and any(True for _ in subject.tools()):
        yield _Said(
            ("tools",),
            "what the model says between calls of tools comes as thinking: whoever shows it needs `thinking.display` "
            '"summarized", or "updates" with its beta header',
            ("notes_in_thinking",),
        )


@_move("forced-tool")
def _forced_tool(subject: Subject) -> Iterator[_Said]:
    is_forced = subject.text("tool_choice", "type") in {"any", "tool"}
    is_new = subject.after.fact("forced_without_thinking") is True
    if is_forced and is_new and subject.before.fact("forced_without_thinking") is not True:
        yield _Said(
            ("tool_choice",),
            "the model does not think before a call that `tool_choice` forces",
            ("forced_without_thinking",),
        )


@_move("tool-input")
def _tool_input(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("tool_input"), subject.after.fact("tool_input")
    if former is None or later is None or later <= former or not any(True for _ in subject.tools()):
        return
    changes = [change for generation, change in _TOOL_INPUT if former < generation <= later]
    yield _Said(("tools",), f"in the input of tools {' and '.join(changes)}", ("tool_input",))


@_move("stop-reasons")
def _stop_reasons(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("stop_reasons"), subject.after.fact("stop_reasons")
    new = [f'"{reason}"' for reason in later or () if former is not None and reason not in former]
    if new:
        yield _Said((), f"an answer may end with the `stop_reason` {' or '.join(new)}", ("stop_reasons",))


@_move("retention")
def _retention(subject: Subject) -> Iterator[_Said]:
    former, later = subject.before.fact("retention_days"), subject.after.fact("retention_days")
    if later is not None and former is None:
        yield _Said(
            ("model",),
            f"the organisation has to let its requests be kept for {later} days, else each is refused",
            ("retention_days",),
        )
