"""Python's collector of garbage, out of the way of large documents.

Reading millions of values makes it look at all of them again and again, for cycles that JSON cannot have.
"""

from __future__ import annotations

import gc
from threading import Lock
from typing import Final

LARGE: Final = 64 * 1024
"""Bytes of a document from which on the pause is worth its price."""


class Pause:
    """A context without automatic collection; it goes on when the last of all threads has left, if it was on before."""

    _lock: Final = Lock()
    _inside = 0
    _was_on = False

    def __enter__(self) -> None:
        with Pause._lock:
            if not Pause._inside:
                Pause._was_on = gc.isenabled()
                gc.disable()
            Pause._inside += 1

    def __exit__(self, *_: object) -> None:
        with Pause._lock:
            Pause._inside -= 1
            if not Pause._inside and Pause._was_on:
                gc.enable()
