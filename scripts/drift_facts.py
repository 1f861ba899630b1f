"""Compare what `validator/facts` knows of models and beta headers with what the `anthropic` package says of them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from validator import facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_ORDINAL: Final = re.compile(r"(?<=\d)(st|nd|rd|th)\b")


class News(NamedTuple):
    """What the SDK says of a model or a header, and the facts do not."""

    about: str
    said: str
    known: str
    """What the facts say of it."""


def compare_facts(description: dict[str, Any]) -> list[News]:
    """Return what the SDK says of models that retire and of beta headers, and the facts do not.

    Raises:
        ValueError: when a day is not written as the SDK writes them.
    """
    return [*_retirements(description.get("deprecated_models", {})), *_headers(description.get("betas", ()))]


def day_of(words: str) -> date:
    """Read a day as the SDK writes it: `January 22nd, 2027`.

    Raises:
        ValueError: when it is written in another way.
    """
    return datetime.strptime(_ORDINAL.sub("", words), "%B %d, %Y").date()  # noqa: DTZ007 - a day has no zone


def _retirements(deprecated: dict[str, str]) -> Iterator[News]:
    for name, words in deprecated.items():
        day, model = day_of(words), facts.model_named(name)
        retires = model.retires if model is not None else None
        if model is None or model.fact("deprecated") is None or retires != day:
            ours = "no such model" if model is None else f"retires {retires}" if retires else "no day of retirement"
            yield News(name, f"retires {day}", ours)


def _headers(names: list[str]) -> Iterator[News]:
    for name in names:
        if name not in facts.betas():
            yield News("betas", name, "no such header")
