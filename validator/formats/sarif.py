"""The format `sarif`: SARIF 2.1.0 for GitHub code scanning, with the help of every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from .._version import __version__
from ..common.wording import count
from ..report import Severity
from ..report.file_result import Means
from ..rules import RULES
from .identity import NOT_CHECKED, Digests, json_text, project_path, readable
from .rest import LEFT_OUT, said_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..report import Range, Related, Violation
    from ..report.file_result import DescribedRule, Suppressed
    from .style import Style

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MOST_RESULTS: Final = 25_000
"""The limit of code scanning for the results of a run; it rejects a log with more."""
_LONGEST_TEXT: Final = 1024
"""The most characters of a description that are shown."""
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_ORDER: Final = {level: rank for rank, level in enumerate(_LEVELS.values())}


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield one log with one run; beyond the limit of results, the least severe are omitted."""
    found: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    digests = Digests()
    rules: dict[str, DescribedRule] = dict(RULES)
    indices = {rule_id: index for index, rule_id in enumerate(rules)}
    for result in results:
        for rule_id, rule in result.rules.items():
            if rules.setdefault(rule_id, rule) is rule:
                indices.setdefault(rule_id, len(indices))
        path = project_path(result)
        uri = _uri(path)
        if result.error is not None:
            notes.append(_note(NOT_CHECKED, "error", f"{result.name}: {result.error}", uri))
        rest = said_of_rest(result)
        if rest is not None:
            notes.append(_note(LEFT_OUT, "warning", f"{result.name}: {rest}", uri))
        for violation, digest, times in digests.of(readable(path), result):
            found.append(_result(violation, uri, indices[violation.rule], f"{digest}:{times + 1}"))
        for each in result.suppressed:
            digest, times = digests.of_one(readable(path), each.fingerprint)
            entry = _result(each.violation, uri, indices[each.violation.rule], f"{digest}:{times + 1}")
            found.append({**entry, "suppressions": [_suppression(each)]})
    successful = not any(note["level"] == "error" for note in notes)
    if len(found) > _MOST_RESULTS:
        notes.append(_note(LEFT_OUT, "warning", f"{count(len(found) - _MOST_RESULTS, 'result')} left out"))
        found = sorted(found, key=lambda item: ("suppressions" in item, _ORDER[item["level"]]))[:_MOST_RESULTS]
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(found, notes, rules.values(), successful=successful)]}
    yield json_text(log)


def _run(
    found: list[dict[str, Any]], notes: list[dict[str, Any]], rules: Iterable[DescribedRule], *, successful: bool
) -> dict[str, Any]:
    driver = {
        "name": "msglint",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
        "notifications": [
            _notification(NOT_CHECKED, "A file could not be checked."),
            _notification(LEFT_OUT, "There are more results than are listed."),
        ],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": "msglint/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": successful, "toolExecutionNotifications": notes}],
        "results": found,
    }


def _rule(rule: DescribedRule) -> dict[str, Any]:
    sentence, stop, _ = rule.summary.partition(". ")
    said = [f"`{message}`" for message in rule.api_messages if "`" not in message]
    advice = [("Why", rule.why), ("Source", rule.source), ("More", f"`msglint explain {rule.id}`")]
    return {
        "id": rule.id,
        "shortDescription": {"text": _cut(sentence + stop.strip())},
        "fullDescription": {"text": _cut(f"{rule.summary} {rule.why}")},
        "help": {
            "text": "\n\n".join([rule.summary, *(f"{label}: {text}" for label, text in advice)]),
            "markdown": "\n\n".join(
                [
                    rule.summary,
                    *(f"**{label}:** {text}" for label, text in advice),
                    *([f"**The API answers:** {said[0]}"] if said else []),
                ]
            ),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.area], "precision": "high", "problem.severity": _PROBLEMS[rule.severity]},
    }


def _notification(name: str, text: str) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": text}}


def _note(name: str, level: str, text: str, uri: str | None = None) -> dict[str, Any]:
    note: dict[str, Any] = {"descriptor": {"id": name}, "level": level, "message": {"text": text}}
    return note if uri is None else {**note, "locations": [_location(uri, None, "")]}


def _result(violation: Violation, uri: str, index: int, digest: str) -> dict[str, Any]:
    advice = f"\nhelp: {violation.help}" if violation.help else ""
    return {
        "ruleId": violation.rule,
        "ruleIndex": index,
        "level": _LEVELS[violation.severity],
        "message": {"text": violation.message + advice},
        "locations": [_location(uri, violation.range, violation.pointer)],
        "relatedLocations": [_related(uri, related, number) for number, related in enumerate(violation.related, 1)],
        "partialFingerprints": {"primaryLocationLineHash": digest},
    }


def _suppression(suppressed: Suppressed) -> dict[str, str]:
    """Return how a result is suppressed, and why."""
    kind = "inSource" if suppressed.means is Means.COMMENT else "external"
    reason = suppressed.reason or ("it is in the baseline" if suppressed.means is Means.BASELINE else None)
    return {"kind": kind, **({"justification": reason} if reason is not None else {})}


def _related(uri: str, related: Related, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": related.message},
        **_location(uri, related.range, related.pointer),
    }


def _location(uri: str, place: Range | None, pointer: str) -> dict[str, Any]:
    artifact = {"uri": uri} if ":" in uri else {"uri": uri, "uriBaseId": "%SRCROOT%"}
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if place is not None:
        physical["region"] = _region(place)
    logical = {"logicalLocations": [{"fullyQualifiedName": pointer}]} if pointer else {}
    return {"physicalLocation": physical, **logical}


def _region(place: Range) -> dict[str, int]:
    """Return a region that is never empty, because viewers do not show empty ones."""
    empty = (place.line, place.column) == (place.end_line, place.end_column)
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column + empty,
    }


def _uri(path: str) -> str:
    """Return a relative path as a relative reference, an absolute one as a URI."""
    quoted = quote(path.encode(errors="surrogateescape"), safe="/")
    return f"file://{quoted}" if path.startswith("/") else quoted


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
