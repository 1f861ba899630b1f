"""`msglint check --statistics`: the number of violations of each rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import orjson

from ..rules import RULES
from .rules import headline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..files import FileResult
    from ..formats.style import Style
    from ..report.file_result import DescribedRule


def table(results: Iterable[FileResult], style: Style) -> list[str]:
    """Return a line for each broken rule: number of violations, id and summary; the most frequent first."""
    counted = _counted(results)
    numbers = max((len(f"{number:,}") for _, number, _ in counted), default=0)
    names = max((len(rule.id) for rule, _, _ in counted), default=0)
    return [
        f"{number:>{numbers},}  {style.strong(rule.id.ljust(names))}  "
        f"{style.faint(f'{fixable:,} fixable') + '  ' if fixable else ''}{headline(rule)}\n"
        for rule, number, fixable in counted
    ]


def records(results: Iterable[FileResult]) -> str:
    """Return the same as JSON."""
    found = [
        {"rule": rule.id, "count": number, "fixable": fixable, "summary": rule.summary}
        for rule, number, fixable in _counted(results)
    ]
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _counted(results: Iterable[FileResult]) -> list[tuple[DescribedRule, int, int]]:
    numbers: Counter[str] = Counter()
    fixable: Counter[str] = Counter()
    rules: dict[str, DescribedRule] = dict(RULES)
    for result in results:
        rules = {**result.rules, **rules} if result.rules.keys() - rules.keys() else rules
        numbers.update(violation.rule for violation in result.violations)
        fixable.update(violation.rule for violation in result.violations if violation.fix is not None)
        for kind, number in result.omitted.items():
            numbers[kind.rule] += number
            fixable[kind.rule] += number * (kind.fix is not None)
    order = {rule: place for place, rule in enumerate([*RULES, *rules])}
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], order[item[0]]))
    return [(rules[rule], number, fixable[rule]) for rule, number in ranked]
