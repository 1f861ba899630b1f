"""Findings of a YAML text that YAML 1.1 and YAML 1.2 read differently.

The two versions read some words as different values. A violation is certain where both values have it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..common.wording import code, shown
from ..engine.finding import Finding
from ..report import Severity, Target

if TYPE_CHECKING:
    from ..common.pointer import Path

Values = tuple[Any, Any]


def held(found: list[Finding], others: list[Finding]) -> list[Finding]:
    """Keep the findings of one reading that hold in the other one as well.

    A value that is an error in both is reported even if the two errors differ, in the words of the first reading.
    """
    same = {_sign(finding) for finding in found} & {_sign(finding) for finding in others}
    shared = {path for _, path, _, _ in same}
    wrong = _wrong_values(others)
    return [
        finding
        for finding in found
        if _sign(finding) in same or (finding.path not in shared and _is_wrong_value(finding) and finding.path in wrong)
    ]


def advised(doubts: list[Finding], found: list[Finding], others: list[Finding], values: Values) -> list[Finding]:
    """Name the allowed value in the help about an ambiguous word, if only one of its two values is allowed.

    Args:
        doubts: The findings about ambiguous words.
        found: The findings of one reading.
        others: The findings of the other one.
        values: The document in the two readings.
    """
    wrong = [_wrong_values(each) for each in (found, others)]
    return [_advised(doubt, [doubt.path in places for places in wrong], values) for doubt in doubts]


def _advised(doubt: Finding, is_wrong: list[bool], values: Values) -> Finding:
    if doubt.target is not Target.VALUE or not any(is_wrong):
        return doubt
    meant = [_value_at(value, doubt.path) for value in values]
    if not all(is_wrong):
        return doubt._replace(help=f"write {code(_spelled(meant[is_wrong.index(False)]))}")
    is_text = any(isinstance(value, str) for value in meant)
    advice = "write a value that is allowed here" if is_text else "put it into quotes if a text is meant"
    return doubt._replace(help=advice)


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else shown(value)


def _sign(finding: Finding) -> tuple[str, Path, Target, str | None]:
    return finding.rule.id, finding.path, finding.target, finding.missing


def _wrong_values(findings: list[Finding]) -> set[Path]:
    return {finding.path for finding in findings if _is_wrong_value(finding)}


def _is_wrong_value(finding: Finding) -> bool:
    severity = finding.severity or finding.rule.severity
    return finding.target is Target.VALUE and severity is Severity.ERROR


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
