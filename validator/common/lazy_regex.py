"""Regular expressions that are compiled when they are first used: a run uses a few of all that there are."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, AnyStr, cast


def regex(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what behaves as `re.compile(expression, flags)` does, but for errors, which come with the first use."""
    return cast("re.Pattern[AnyStr]", _Uncompiled(expression, flags))


class _Uncompiled:
    """Stands for a compiled expression, and takes over each of its methods when that is first asked for."""

    def __init__(self, expression: Any, flags: int) -> None:
        self._compile = partial(re.compile, expression, flags)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._compile(), name)
        setattr(self, name, method)
        return method
