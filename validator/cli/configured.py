"""What the command line and the configurations say of a file: its linter, and what is silenced in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import Config, config_for
from ..config.applying import weighed
from ..config.settings import linter_of

if TYPE_CHECKING:
    from ..config import Silence
    from ..config.reading import Source
    from ..files import FileResult
    from ..linter import Linter


@dataclass
class Configured:
    """Answers for each file; remembers which places in files were silenced for nothing."""

    given: dict[str, Any]
    """The options of a linter that were given on the command line, which go before configurations."""
    config: Config | None = None
    """The configuration of all files; None for the one closest to each."""
    _unused: dict[Source, Silence] = field(default_factory=dict)
    _used: set[Source] = field(default_factory=set)

    def config_of(self, path: str) -> Config:
        """Return the configuration of a file.

        Raises:
            ConfigError: for one that cannot be used.
        """
        return self.config if self.config is not None else config_for(path)

    def linter_for(self, path: str) -> Linter:
        """Return the linter of a file.

        Raises:
            ConfigError: for a configuration that cannot be used.
        """
        return linter_of({"endpoint": "auto", **self.config_of(path).options_for(Path(path))}, **self.given)

    def applied(self, result: FileResult, path: str) -> FileResult:
        """Leave out of a result what the configuration of its file silences."""
        silences = self.config_of(path).silences_for(Path(path))
        if not silences:
            return result
        found = weighed(result.violations, silences)
        self._used |= {each.by.source for each in found if each.by is not None}
        self._unused |= {silence.source: silence for silence in silences}
        kept = [not each.is_silenced for each in found]
        return replace(
            result,
            violations=tuple(each.violation for each in found if not each.is_silenced),
            fingerprints=tuple(compress(result.fingerprints, kept)),
        )

    def unused(self) -> Iterator[Silence]:
        """Yield what silenced nothing in the files that it is for."""
        for source, silence in self._unused.items():
            if source not in self._used:
                yield silence
