"""The steps, in the order in which they are applied. Each has its examples beside it, which are its tests.

A step function receives a `Subject` and yields proposals. It reads the request through the subject, so that it ends
where something is unknown.
"""

from __future__ import annotations

from . import betas, defaults, output, sampling, thinking, tools  # noqa: F401 - the order in which they apply
