"""Regular expressions that are compiled on first use: one run uses only a few of them."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, AnyStr, cast


def regex(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a lazy `re.compile(expression, flags)`; an invalid expression raises on first use."""
    return cast("re.Pattern[AnyStr]", _Uncompiled(expression, flags))


class _Uncompiled:
    """A proxy of a compiled expression, which copies each method on first access."""

    def __init__(self, expression: Any, flags: int) -> None:
        self._compile = partial(re.compile, expression, flags)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._compile(), name)
        setattr(self, name, method)
        return method
