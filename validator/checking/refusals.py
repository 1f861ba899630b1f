"""The refusals of the schema as findings; those around the messages are explained and worded once for each setup."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import orjson

from ..common.records import NamedTuple
from ..common.unknown import PartialObject, UnknownValue, holds_unwritten
from ..engine.finding import Draft, Finding
from ..report import Severity, Target
from ..rules import BY_KEYWORD
from ..rules.schema import mistyped_for
from ..rules.shared.schema_api_messages import as_the_api_says
from ..schema.disputes import Disputes, advice_of
from ..schema.explain import MISSING_BETA, UNEXPLAINED, Explainer, Problem
from .cascades import causes_among

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ..common.pointer import Path

Answer = TypeVar("Answer")

_UNKNOWN_PROPERTY: Final = BY_KEYWORD["additionalProperties"].id
_TARGETS: Final = {"required": Target.HOLDER, "additionalProperties": Target.KEY}
"""The target of a finding by the keyword that refuses, where it is not the value."""
_FEW: Final = 8
"""Most refusals that are kept: the did-you-means of more could spend much of what a document may cost."""


def drafted(problem: Problem, disputes: Disputes) -> Draft:
    """Make a draft of a refusal."""
    target = _TARGETS.get(problem.keyword, Target.VALUE)
    if problem.keyword == MISSING_BETA and problem.name:
        target = Target.KEY
    is_disputed = disputes.has(problem)
    severity = Severity.WARNING if is_disputed else None
    return Draft(BY_KEYWORD[problem.keyword], problem.path, target, severity, problem, is_disputed)


def worded(draft: Draft, document: Any, failed: Callable[[Exception], object]) -> Finding:
    """Word a draft; if a part of the wording raises, `failed` is called, and the rest is worded."""
    rule, problem = draft.rule, draft.problem

    def attempt(make: Callable[[], Answer], otherwise: Answer) -> Answer:
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - a bug in one rule must not take the report with it
            failed(error)
            return otherwise

    message, advice = attempt(lambda: rule.check(problem), ("the schema of the API does not allow this", None))
    if draft.is_disputed:
        advice = advice_of(problem) or advice
    mistyped = attempt(lambda: mistyped_for(problem), None)
    related = () if mistyped is None else (((*problem.path, mistyped), "this may be meant"),)
    said = attempt(lambda: as_the_api_says(problem, document), None)
    mend = rule.mend
    fix = None if mend is None else attempt(lambda: mend(problem, document), None)
    if fix is not None and any(holds_unwritten(operation.value) for operation in fix.operations):
        fix = None
    missing = problem.name if problem.keyword == "required" else None
    return Finding(rule, draft.path, message, advice, draft.target, related, draft.severity, said, missing, fix)


class Refusals(NamedTuple):
    """What the schema refuses in all requests with one setup whose messages it accepts."""

    problems: list[Problem]
    findings: list[Finding]
    spoilt: frozenset[Path]
    """The places where nothing else can be reported because of them."""


def around_messages(
    body: dict[str, Any], explainer: Explainer, selected: AbstractSet[str], edition: str
) -> Refusals | None:
    """Explain and word what the schema refuses in a body that is given without its messages.

    None if any of it depends on the messages: whoever asks for them there ends with an error.
    """
    try:
        # A copy, as what is found is kept, and must share nothing with the request.
        root = PartialObject(orjson.loads(orjson.dumps(body)), is_open=False)
        dict.__setitem__(root, "messages", UnknownValue("array"))
        problems = explainer.problems(root)
        if len(problems) > _FEW or problems[0].keyword == UNEXPLAINED:
            return None
        disputes = Disputes(root, edition)
        causes, spoilt = causes_among(problems, report_misspelt=_UNKNOWN_PROPERTY in selected)
        spoilt.difference_update(problem.path for problem in problems if disputes.has(problem))
        drafts = [drafted(each, disputes) for each in causes if BY_KEYWORD[each.keyword].id in selected]
        findings = [worded(draft, root, _raise) for draft in drafts]
    except Exception:  # noqa: BLE001 - it is explained with the messages then, where errors are reported
        return None
    return Refusals(problems, findings, frozenset(spoilt))


def _raise(error: Exception) -> NoReturn:
    raise error
