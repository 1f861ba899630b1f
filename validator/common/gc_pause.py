"""Pause garbage collection while a large document is read.

Parsing millions of values makes the collector visit all of them repeatedly, for cycles that JSON cannot have.
"""

from __future__ import annotations

import gc
from threading import Lock
from typing import Final

LARGE: Final = 64 * 1024
"""Documents of at least this many bytes are read with garbage collection off."""


class Pause:
    """A context without automatic collection. The last thread to leave turns it on again, if it was on before."""

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
