"""The fixes that rules of all areas make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...common.wording import code, is_slip
from ...fixes import Applicability, Fix, Operation, replace

if TYPE_CHECKING:
    from ...engine.request import Node


def safe(title: str, *operations: Operation) -> Fix:
    """Make a fix that may be applied without review."""
    return Fix(title, Applicability.SAFE, operations)


def unsafe(title: str, *operations: Operation) -> Fix:
    """Make a fix that needs review."""
    return Fix(title, Applicability.UNSAFE, operations)


def of_slip(word: str, meant: str, title: str, *operations: Operation) -> Fix:
    """Make a fix that is safe if the word is certainly a typo of the one meant."""
    return safe(title, *operations) if is_slip(word, meant) else unsafe(title, *operations)


def meant_instead(place: Node, meant: str | None) -> Fix | None:
    """Make the fix that replaces an unknown name with the likely one, if there is one."""
    return unsafe(f"Replace it with {code(meant)}", replace(place.path, meant)) if meant is not None else None
