"""Disputes: refusals of the schemas that the API was seen not to share at least once. They are warnings.

`x-disputed` in a schema lists them by keyword: `since` is the first edition of the dispute, `values` the accepted
values, if not all that the keyword refuses, `in` the names in `_PLACES` of the only places, and `advice` the help in
place of the usual one. Such a refusal is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .projection import DISPUTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..common.pointer import Path
    from .explain import Problem

_MESSAGES: Final = "messages"
_ASSISTANT: Final = "assistant"


def advice_of(problem: Problem) -> str | None:
    """Return the help for a disputed refusal, if the schema gives one."""
    advice: str | None = problem.schema[DISPUTED][problem.keyword].get("advice")
    return advice


class Disputes:
    """Decides which refusals in one document are disputed."""

    def __init__(self, document: Any, edition: str, *, is_partial: bool = False) -> None:
        """Take a document and the edition that it is checked against.

        Of a partial document it is not known where a value stands among others, so each place is taken for disputed.
        """
        self._document = document
        self._is_partial = is_partial
        self._edition = edition
        self._last_turns: dict[Path, int] = {}

    def has(self, problem: Problem) -> bool:
        """Whether the API was seen to accept what the schema refuses."""
        dispute = problem.schema.get(DISPUTED, {}).get(problem.keyword)
        if dispute is None or dispute["since"] > self._edition:
            return False
        if "values" in dispute and problem.value not in dispute["values"]:
            return False
        return (
            self._is_partial
            or "in" not in dispute
            or any(_PLACES[place](self, problem.path) for place in dispute["in"])
        )

    def _is_in_earlier_turn_of_assistant(self, path: Path) -> bool:
        """Whether a place is in an assistant message that is not in the last turn."""
        if _MESSAGES not in path[:-1]:
            return False
        start = path.index(_MESSAGES) + 1
        messages, index = self._at(path[:start]), path[start]
        if not isinstance(messages, list) or not isinstance(index, int) or _role(messages[index]) != _ASSISTANT:
            return False
        return index < self._last_turn(path[:start], messages)

    def _is_in_result_without_error(self, path: Path) -> bool:
        """Whether a place is a property of a block that a tool returned which did not fail."""
        *_, holder, _, _ = (None, None, *path)
        result = self._at(path[:-3]) if holder == "content" else None
        return isinstance(result, dict) and result.get("type") == "tool_result" and result.get("is_error") is not True

    def _last_turn(self, path: Path, messages: list[Any]) -> int:
        """Return the index of the first message of the last turn if it is the assistant's, else that of the end."""
        if path not in self._last_turns:
            index = len(messages)
            while index and _role(messages[index - 1]) == _ASSISTANT:
                index -= 1
            self._last_turns[path] = index
        return self._last_turns[path]

    def _at(self, path: Path) -> Any:
        value = self._document
        for step in path:
            value = value[step]
        return value


_PLACES: Final[dict[str, Callable[[Disputes, Path], bool]]] = {
    "an earlier turn of the assistant": Disputes._is_in_earlier_turn_of_assistant,  # noqa: SLF001
    "a result without an error": Disputes._is_in_result_without_error,  # noqa: SLF001
}


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None
