"""Patience with the short way: it is tried less and less where it leads to nothing."""

from __future__ import annotations

from typing import Final, Protocol

_LONGEST_WAIT: Final = 31


class Patient(Protocol):
    """What the short way is tried for: a setup, or all new ones."""

    waits: int
    waited: int


def note(patient: Patient, *, found: bool) -> None:
    """Note whether something was found the short way."""
    # A useless try costs a part of a check: after each one, the next comes after twice as many requests.
    patient.waited = patient.waits = 0 if found else min(2 * patient.waited + 1, _LONGEST_WAIT)
