"""Redact the secrets in violations."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ..common.redaction import may_hold_secret, redacted

if TYPE_CHECKING:
    from . import Violation


_SHORT: Final = 1000
"""Characters of texts below which it is remembered whether they may hold a secret: most messages come again."""


def without_secrets(violation: Violation) -> Violation:
    """Redact the texts and pointers of a violation, and the title of its fix; what the fix does is unchanged."""
    texts = (violation.pointer, violation.message, violation.help, violation.api_message, violation.missing)
    others = (text for each in violation.related for text in (each.pointer, each.message))
    title = violation.fix.title if violation.fix is not None else ""
    text = "\n".join(filter(None, (*texts, *others, title)))
    if not (_may_hold_secret(text) if len(text) < _SHORT else may_hold_secret(text)):
        return violation
    related = tuple(
        each._replace(pointer=redacted(each.pointer), message=redacted(each.message)) for each in violation.related
    )
    fix = violation.fix
    return violation._replace(
        pointer=redacted(violation.pointer),
        message=redacted(violation.message),
        help=_if_given(violation.help),
        related=related,
        api_message=_if_given(violation.api_message),
        missing=_if_given(violation.missing),
        fix=fix if fix is None else fix._replace(title=redacted(fix.title)),
    )


@lru_cache(maxsize=512)
def _may_hold_secret(text: str) -> bool:
    return may_hold_secret(text)


def _if_given(text: str | None) -> str | None:
    return None if text is None else redacted(text)
