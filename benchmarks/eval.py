"""Score every rule over the project's own material: what it caught, what it missed, where it cried wolf.

Usage: python benchmarks/eval.py [--json] [--missed]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

from tests.material import violations_of  # noqa: E402
from validator import Linter, Severity, Violation  # noqa: E402
from validator.documents import format_of  # noqa: E402
from validator.facts.api import EDITIONS, LATEST_EDITION  # noqa: E402
from validator.files import check_file  # noqa: E402
from validator.rules import RULES  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TODAY: Final = date(2026, 11, 22)
OPTIONS: Final = ("endpoint", "api_version", "platform", "edition")
NO_RULE: Final = "none"


@dataclass(frozen=True)
class Expected:
    """One mistake of a request: the places where a finding may stand, and the rule or the area it belongs to."""

    places: frozenset[str]
    rule: str | None = None
    area: str = ""


@dataclass(frozen=True)
class Case:
    """A request of the material, what is wrong with it, and what was found."""

    name: str
    expected: tuple[Expected, ...]
    found: tuple[Violation, ...]
    whole: bool = True
    """Whether everything that is wrong with it is expected, so that another error is a false alarm."""


@dataclass
class Score:
    """How a rule, or a kind of material, came off."""

    caught: int = 0
    missed: int = 0
    false_alarms: int = 0
    missed_cases: list[str] = field(default_factory=list)
    false_alarm_cases: list[str] = field(default_factory=list)

    def hit(self) -> None:
        """Count a mistake that was found."""
        self.caught += 1

    def miss(self, name: str) -> None:
        """Count a mistake at whose place nothing was found, or another rule's finding."""
        self.missed += 1
        self.missed_cases.append(name)

    def cry(self, name: str) -> None:
        """Count an error where the API would refuse nothing."""
        self.false_alarms += 1
        self.false_alarm_cases.append(name)


@cache
def linter_with(**options: Any) -> Linter:
    """Return the linter of some options, made once."""
    return Linter(**{"today": TODAY, **options})


def judged(name: str) -> Iterator[Case]:
    """Read requests with one mistake each, or with none, that were judged by hand; a disputed one may be a warning."""
    for line in (ROOT / "tests" / "data" / name).read_text("utf-8").splitlines():
        record = json.loads(line)
        options = {option: record[option] for option in OPTIONS if option in record}
        betas = record["betas"]
        linter = linter_with(**options, betas=None if betas is None else tuple(betas))
        mistakes = (Expected(frozenset(record["at"]), area=record["area"]),) if "at" in record else ()
        found = linter.validate(record["request"]).violations
        if "disputed" in record:
            found = tuple(each for each in found if is_error(each) or each.pointer in record["at"])
        else:
            found = errors(found)
        yield Case(record["name"], mistakes, found)


def fixtures(kind: str) -> Iterator[Case]:
    """Read the fixtures of `good` or `bad`; several requests of one file are one case."""
    for path in sorted((ROOT / "fixtures" / kind).rglob("*")):
        if format_of(path.name) is None or path.name.endswith(".expect.json"):
            continue
        folder = path.parent.name
        linter = linter_with(
            endpoint="count_tokens" if folder == "count_tokens" else "auto",
            edition=folder if folder in EDITIONS else LATEST_EDITION,
        )
        expectations = path.with_name(path.name.removesuffix(".gz")).with_suffix(".expect.json")
        expected = json.loads(expectations.read_text("utf-8")) if kind == "bad" else []
        mistakes = tuple(Expected(frozenset({each["pointer"]}), each["rule"]) for each in expected)
        result = check_file(str(path), linter)
        name = path.relative_to(ROOT).as_posix()
        found = () if result is None else result.violations
        wanted = Counter(mistake.rule for mistake in mistakes)
        yield Case(name, mistakes, tuple(each for each in found if is_error(each) or each.rule in wanted))


def examples() -> Iterator[Case]:
    """Run the examples of the rules; in a bad one only its own rule counts."""
    for rule in RULES.values():
        for kind, cases in (("bad", rule.bad), ("good", rule.good)):
            for number, example in enumerate(cases):
                places = frozenset({"" if example.at is None else example.at})
                mistakes = (Expected(places, rule.id),) if kind == "bad" else ()
                found = tuple(each for each in violations_of(example) if is_error(each) or each.rule == rule.id)
                yield Case(f"{rule.id}: {kind} example {number + 1}", mistakes, found, whole=kind == "good")


def is_error(violation: Violation) -> bool:
    """Whether the API would refuse the request for it."""
    return violation.severity is Severity.ERROR


def errors(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Keep the errors: a warning may stand on any request."""
    return tuple(violation for violation in violations if is_error(violation))


def count(case: Case, rules: dict[str, Score], total: Score) -> None:
    """Add a case to the scores of the rules that spoke or should have, and to the total of its material."""
    rest = list(case.found)
    for mistake in case.expected:
        at_place = [each for each in rest if each.pointer in mistake.places]
        hits = [each for each in at_place if mistake.rule in {None, each.rule}]
        if hits:
            rules[hits[0].rule].hit()
            total.hit()
        else:
            rules.setdefault(mistake.rule or f"{mistake.area}/{NO_RULE}", Score()).miss(case.name)
            total.miss(case.name)
        rest = [each for each in rest if each not in (at_place if mistake.rule is None else hits[:1])]
    if case.whole:
        for each in rest:
            rules[each.rule].cry(case.name)
            total.cry(case.name)


def evaluate() -> tuple[dict[str, Score], dict[str, Score]]:
    """Score the rules, and each kind of material."""
    rules = {rule: Score() for rule in RULES}
    material = {
        "refusals": judged("refusals.jsonl"),
        "looks wrong": judged("looks-wrong.jsonl"),
        "bad fixtures": fixtures("bad"),
        "good fixtures": fixtures("good"),
        "examples of rules": examples(),
    }
    totals: dict[str, Score] = {}
    for name, cases in material.items():
        totals[name] = Score()
        for case in cases:
            count(case, rules, totals[name])
    return dict(sorted(rules.items())), totals


def table(title: str, scores: dict[str, Score]) -> Iterator[str]:
    """Write scores in columns."""
    width = max(len(title), *(len(name) for name in scores))
    yield f"{title:<{width}}  caught  missed  false alarms"
    for name, score in scores.items():
        yield f"{name:<{width}}  {score.caught:>6}  {score.missed or '':>6}  {score.false_alarms or '':>12}"


def summed(scores: Iterable[Score]) -> Score:
    """Add scores up."""
    total = Score()
    for score in scores:
        total.caught += score.caught
        total.missed += score.missed
        total.false_alarms += score.false_alarms
    return total


def as_json(scores: dict[str, Score]) -> dict[str, dict[str, Any]]:
    """Return scores as plain values."""
    return {name: vars(score) for name, score in scores.items()}


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(description="Score every rule over the project's own material.")
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the names of the cases")
    parser.add_argument("--missed", action="store_true", help="after the table, name what was missed or false")
    arguments = parser.parse_args()
    rules, material = evaluate()
    lines: list[str] = []
    if arguments.json:
        total = summed(material.values())
        totals = {"caught": total.caught, "missed": total.missed, "false_alarms": total.false_alarms}
        lines.append(json.dumps({"rules": as_json(rules), "material": as_json(material), "total": totals}, indent=1))
    else:
        lines += table("rule", rules)
        lines += ["", *table("material", {**material, "total": summed(material.values())})]
    if arguments.missed and not arguments.json:
        for name, score in rules.items():
            lines += [f"missed: {name}: {case}" for case in score.missed_cases]
            lines += [f"false alarm: {name}: {case}" for case in score.false_alarm_cases]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
