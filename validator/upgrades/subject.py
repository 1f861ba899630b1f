"""A request on its way from one model to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..common.numbers import whole
from ..common.unknown import NotKnownError
from ..facts import source_of

if TYPE_CHECKING:
    from ..facts import Model

_THOUGHTS: Final = frozenset({"thinking", "redacted_thinking"})
_ON: Final = frozenset({"enabled", "adaptive"})


@dataclass(frozen=True)
class Subject:
    """A request, and the models that it moves from and to.

    Its parts may be unknown; a question whose answer depends on one raises `NotKnownError`.
    """

    body: Any
    """The body of the request, as far as it was changed already."""
    before: Model
    after: Model
    betas_key: str = "betas"
    """The property in which it names its betas."""

    def at(self, *path: str | int) -> Any:
        """Return the value at a path; None if there is none."""
        value = self.body
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int):
                value = value[step]
            else:
                return None
        return value

    def text(self, *path: str | int) -> str | None:
        """Return the string at a path; None for anything else."""
        value = self.at(*path)
        return value if isinstance(value, str) else None

    def integer(self, *path: str | int) -> int | None:
        """Return the integer at a path; None for anything else."""
        return whole(self.at(*path))

    def has(self, name: str) -> bool:
        """Whether the body has a property."""
        return name in self.body

    def items(self, *path: str | int) -> Iterator[tuple[int, Any]]:
        """Yield the items of an array with their indices."""
        value = self.at(*path)
        if isinstance(value, list):
            yield from enumerate(value)

    def tools(self) -> Iterator[tuple[int, dict[str, Any], str]]:
        """Yield the tools with their indices and types; those of a custom tool is empty."""
        for index, tool in self.items("tools"):
            if isinstance(tool, dict):
                tag = tool.get("type")
                yield index, tool, tag if isinstance(tag, str) else ""

    def blocks(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the content blocks of all messages with the role of their message, those in results of tools too."""
        for _, message in self.items("messages"):
            if not isinstance(message, dict):
                continue
            role = message.get("role")
            waiting = [message.get("content")]
            while waiting:
                content = waiting.pop()
                for block in content if isinstance(content, list) else ():
                    if isinstance(block, dict):
                        yield role if isinstance(role, str) else "", block
                        waiting.append(block.get("content"))

    @property
    def thinking(self) -> str | None:
        """The `type` of its thinking."""
        return self.text("thinking", "type")

    @property
    def effort(self) -> str | None:
        """The effort that it sets for all messages."""
        return self.text("output_config", "effort")

    @property
    def thinks_today(self) -> bool:
        """Whether the model that it has today thinks; False if that is unknown."""
        if self.has("thinking") and self.at("thinking") is not None:
            return self.thinking in _ON
        return self.before.fact("thinking_default") in {"on", "always"}

    @property
    def starts_to_think(self) -> bool:
        """Whether the new model thinks only because the request does not say that it should not."""
        return (
            self.at("thinking") is None
            and self.at("thread") is None
            and self.before.fact("thinking_default") == "off"
            and self.after.fact("thinking_default") in {"on", "always"}
        )

    @property
    def has_thoughts(self) -> bool:
        """Whether the conversation holds thinking blocks."""
        return any(role == "assistant" and block.get("type") in _THOUGHTS for role, block in self.blocks())

    @property
    def may_be_signed(self) -> bool:
        """Whether the conversation may hold thinking blocks that are signed together with everything before them.

        A block does not say which model it is of: a fallback or an earlier turn may have been another than today's.
        """
        try:
            return self.has_thoughts
        except NotKnownError:
            return True

    def source(self, fact: str) -> str:
        """Return the source of a fact about the new model."""
        return source_of(self.after, fact)

    def source_of_both(self, fact: str) -> str:
        """Return the sources of a fact about both models."""
        return "; ".join(dict.fromkeys((source_of(self.before, fact), source_of(self.after, fact))))
