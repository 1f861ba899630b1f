"""Diagnostics: the violations of a document, as the editor shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve
from lsprotocol import types

from ..report import Severity
from ..report.redaction import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..report import Range, Violation
    from ..rules import Rule
    from .open_document import OpenDocument

SOURCE: Final = "msglint"
_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_TAGS: Final = {"deprecated": types.DiagnosticTag.Deprecated, "unnecessary": types.DiagnosticTag.Unnecessary}


def by_uri(document: OpenDocument, found: list[types.Diagnostic]) -> dict[str, list[types.Diagnostic]]:
    """Return the diagnostics of each text that a document consists of, with their places there."""
    if document.uris == [document.uri]:
        return {document.uri: found}
    parted: dict[str, list[types.Diagnostic]] = {uri: [] for uri in document.uris}
    for each in found:
        place = document.location(each.range)
        parted[place.uri].append(evolve(each, range=place.range))
    return parted


def diagnostics(document: OpenDocument, address_of: Callable[[Rule], str | None]) -> list[types.Diagnostic]:
    """Return the diagnostics of a document; `address_of` returns the URI of a rule's page."""
    rules = document.rules if document.violations else {}
    return [_diagnostic(document, each, rules[each.rule], address_of) for each in document.violations]


def _diagnostic(
    document: OpenDocument, violation: Violation, rule: Rule, address_of: Callable[[Rule], str | None]
) -> types.Diagnostic:
    """Convert a violation to a diagnostic."""
    violation = without_secrets(violation)
    address = address_of(rule)
    tag = rule.tag
    related = [
        types.DiagnosticRelatedInformation(document.location(_range(document, each.range)), each.message)
        for each in violation.related
    ]
    return types.Diagnostic(
        range=_range(document, violation.range),
        message=f"{violation.message}\n{violation.help}" if violation.help else violation.message,
        severity=_SEVERITIES[violation.severity],
        code=violation.rule,
        code_description=types.CodeDescription(address) if address is not None else None,
        source=SOURCE,
        tags=[_TAGS[tag]] if tag is not None else None,
        related_information=related or None,
        data={"rule": violation.rule, "pointer": violation.pointer},
    )


def _range(document: OpenDocument, place: Range | None) -> types.Range:
    """Return the range of a place, cut to its first character if it spans lines: underlining all would be too much."""
    if place is None:
        return types.Range(types.Position(0, 0), types.Position(0, 0))
    start, end = document.characters_of(place)
    found = document.text.range_of(start, end)
    return found if found.end.line == found.start.line else document.text.range_of(start, start + 1)
