"""The judge: all that the schema and the rules find in a value, before any of it is kept, worded or placed."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, cast

from ..common.pointer import Path, existing
from ..common.records import NamedTuple
from ..common.unknown import (
    NotKnownError,
    PartialArray,
    PartialObject,
    UnknownValue,
    is_unknown,
    partial_value,
)
from ..documents import Document, SyntaxFinding, Unread
from ..documents.duplicates import are_told_apart, repeated_keys
from ..engine.context import Context, JsonText
from ..engine.encoding import text_of_plain
from ..engine.engine import Engine
from ..engine.finding import Draft, Finding, apart
from ..engine.setup import without
from ..facts.api import PLATFORMS, REQUEST_ENDPOINTS, WHOLE_BATCH, ApiVersion, Edition, Endpoint, Platform
from ..report import Severity, Target
from ..rules import BY_KEYWORD, RULES, Chosen, Registry, Rule
from ..schema.disputes import Disputes
from ..schema.gate import Gate, gate_for
from ..schema.projection import View
from ..schema.store import header_names
from .cascades import AnyFinding, beside, beside_refused, causes_among, unsettled, without_refused
from .options import split_betas
from .yaml_readings import advised, held

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from ..documents.written import Sent, Unknown
    from ..engine.index import Index
    from ..engine.setup import Setup
    from ..own.rules import OwnRule, OwnRules
    from ..schema.explain import Problem
    from .refusals import Refusals

_BETAS_KEYS: Final = {"bedrock": "anthropic_beta", "google": "anthropic_beta"}
"""The property in which a body names its betas, by platform; elsewhere it is the SDK's `betas`."""
BODIES: Final = {"messages", "count_tokens"}
"""The shapes that are the body of one request."""
FAILED: Final = RULES["internal/rule-failed"]
_UNKNOWN_PROPERTY: Final = BY_KEYWORD["additionalProperties"].id
_REPEATED: Final = RULES["syntax/duplicate-key"]
_OF_WHOLE: Final = {"required", "minItems"}
"""The keywords by which an object or array is refused that may still have what is missed."""
_BATCH_KEYS: Final = {"custom_id", "params"}


class Api(NamedTuple):
    """The API that requests are for, and what is known of all of them; see `Linter`."""

    endpoint: Endpoint
    edition: Edition
    api_version: ApiVersion
    platform: Platform
    betas: frozenset[str] | None
    model: str | None
    today: date | None


class Line(NamedTuple):
    """A line of a file with one document on each line."""

    number: int
    ids: dict[str, int]
    """The line number of each `custom_id` on earlier lines of a batch file; that of this line is added."""


class Judged:
    """All findings of one document, before the first N are selected and worded."""

    __slots__ = ("failures", "found", "setup")

    def __init__(self, found: list[Finding] | None = None, failures: list[Finding] | None = None) -> None:
        self.found: Final[list[Finding | Draft]] = [*(found or ())]
        """Findings of rules and drafts of the schema's refusals, which are worded only if they are kept."""
        self.failures: Final[list[Finding]] = failures or []
        """The rules that raised on it; reported whatever the limit on violations."""
        self.setup: Setup | None = None
        """The setup of a body that the schema accepts."""


class Judge:
    """Finds what is wrong in a value, by the rules and the API that one linter was given."""

    def __init__(
        self,
        api: Api,
        rules: Registry,
        chosen: Chosen,
        severities: Mapping[str, Severity],
        others: Sequence[OwnRule | Rule],
    ) -> None:
        """Prepare the rules.

        Args:
            api: The API that the requests are for.
            rules: All rules that are known.
            chosen: Those to check.
            severities: Severities that replace those of the rules, by their ids.
            others: The rules that are not msglint's.
        """
        self.api: Final = api
        self._rules: Final = rules
        self._selected: Final = chosen.ids
        self._severities: Final = severities
        self.gates: Final = {endpoint: partial(self._gate_of_setup, endpoint) for endpoint in REQUEST_ENDPOINTS}
        """What tells, by endpoint, the gate for a body that the schema accepts without its messages; else None."""
        self._refusals: Final = {shape: partial(self._refusals_of_setup, shape) for shape in BODIES}
        gate = gate_for("messages", View(api.edition, api.platform))
        self.engine: Final = Engine(
            chosen.rules,
            tool_types=gate.tool_types,
            block_types=gate.block_types,
            platform=api.platform,
            model=api.model,
            failure=self._failure,
        )
        ids = {rule.id for rule in chosen.rules} if others else ()
        self._own: Final = _own_rules([each for each in others if not isinstance(each, Rule) and each.id in ids])

    def _failure(self, rule_id: str, error: Exception, path: Path = ()) -> Finding:
        """Make a finding of the error that a rule raised."""
        from ..rules.internal import failure_of_plugin

        plugin = self._rules.rules[rule_id].origin
        return _failure(rule_id, error, path) if plugin is None else failure_of_plugin(rule_id, plugin, error, path)

    def around(
        self, rest: dict[str, Any], around: bytes, text: JsonText, *, is_record: bool
    ) -> tuple[Setup, Context] | None:
        """Return the setup and the context of a body without a mistake of syntax or schema around its messages.

        Args:
            rest: The body without messages.
            around: The text of the body with `PLACEHOLDER` as messages.
            text: The text of the document.
            is_record: Whether that is a line of a batch file.
        """
        if not is_record and self.shape_of(rest) not in BODIES:
            return None
        endpoint = "batches" if is_record else self.api.endpoint if self.api.endpoint in BODIES else "messages"
        setup, written = self.engine.setups.written(rest)
        if not are_told_apart(around, written) or setup.kept(self.gates[endpoint], rest) is None:
            return None
        return setup, self.context(endpoint, rest, self.api.betas, len(text.data), text)

    def judged_document(
        self, document: Document, shape: str | None, line: Line | None
    ) -> tuple[Judged, list[SyntaxFinding]]:
        """Return the findings of a document, and those of its syntax."""
        shape = shape if shape is not None and self.api.endpoint == "auto" else self.shape_of(document.value)
        syntax = [finding for finding in document.findings if finding.rule.id in self._selected]
        judged = Judged()
        if document.readable:
            if document.unknown is not None:
                judge = self._judged_code
            else:
                judge = self._judged_json if document.finder is None else self._judged_yaml
            judged = judge(document, shape)
            if line is not None and shape == "batch_request":
                judged.found.extend(self._repeated_id(document.value, judged.found, line))
        return judged, syntax

    def chooses(self, name: str) -> bool:
        """Whether the linter checks a rule, or all rules of an area, by their id."""
        return self._selected.issuperset(self._rules.named(name))

    def severity_of(self, rule_id: str) -> Severity:
        """Return the severity of a rule for this linter."""
        return self._severities.get(rule_id, self._rules.rules[rule_id].severity)

    def _repeated_id(self, value: Any, found: list[Finding | Draft], line: Line) -> list[Finding]:
        """Return the finding of a `custom_id` that an earlier line has as well, and record the id of this one."""
        custom_id = value.get("custom_id")
        path = ("custom_id",)
        if not isinstance(custom_id, str) or any(finding.path == path for finding in found):
            return []
        earlier = line.ids.setdefault(custom_id, line.number)
        rule = RULES["batches/duplicate-custom-id"]
        if earlier == line.number or rule.id not in self._selected:
            return []
        from ..rules.batches import said_of_repeated

        message, advice = said_of_repeated(custom_id, f"line {earlier}")
        return [Finding(rule, path, message, advice, api_message=rule.api_messages[0].format(custom_id=custom_id))]

    def _judged_json(self, document: Document, shape: str) -> Judged:
        """Return the findings of a JSON text beside its syntax."""
        value, text = document.value, document.text
        judged = self.judged(value, len(document.data), JsonText(text), shape)
        if document.holes or document.doubtful:
            from .violations import without_doubtful

            found = _beside_holes(self.worded_all(judged, value), document, self._rules)
            judged.found[:] = without_doubtful(found, document)
            return judged
        if _REPEATED.id in self._selected:
            # Others are in values that do not count.
            repeated = [path for path in repeated_keys(text, value) if existing(path, value) == path]
            judged.found[:0] = self.weighed(_said_of_repeated_key(path) for path in repeated)
        return judged

    def _judged_yaml(self, document: Document, shape: str) -> Judged:
        """Return the findings of a YAML text beside its syntax that hold for YAML 1.1 and 1.2 alike."""
        value, size = document.value, len(document.data)
        judged = self.judged(value, size, None, shape)
        otherwise = value if document.otherwise is Unread.SAME else document.otherwise
        if otherwise is value and not document.doubts and not document.refused:
            return judged
        found = others = self.worded_all(judged, value)
        if otherwise is not value:
            judged_otherwise = self.judged(otherwise, size, None, shape)
            others = self.worded_all(judged_otherwise, otherwise)
            judged.failures.extend(judged_otherwise.failures)
        chosen = [doubt for doubt in document.doubts if doubt.rule.id in self._selected]
        doubts = advised(chosen, found, others, (value, otherwise))
        certain = found if otherwise is value else held(found, others)
        refused = [finding for finding in document.refused if finding.rule.id in self._selected]
        judged.found[:] = self.weighed(doubts + refused) + beside_refused(document.refused, certain)
        return judged

    def _judged_code(self, document: Document, shape: str) -> Judged:
        """Return the findings of a request in code that hold whatever its unknown parts are."""
        from ..documents.written import Sent, Unknown
        from .python_values import make_plain

        value, (values, opened) = document.value, document.unknown or Unknown({}, frozenset())
        refused: list[Finding] = []
        if text_of_plain(value) is None:
            value, refused, _, paths = make_plain(value)
            values = {**values, **dict.fromkeys(paths, "any")}
        root = partial_value(value, values, opened)
        if is_unknown(root) or not isinstance(root, dict):
            return Judged() if is_unknown(root) else self.judged(value, None, None, shape)
        if not isinstance(root, PartialObject):
            root = PartialObject(root, is_open=False)
        judged = self._judged_partial(root, shape, Unknown(values, opened), document.sent or Sent(is_run=False))
        judged.found[:0] = self.weighed(finding for finding in refused if finding.rule.id in self._selected)
        return judged

    def _judged_partial(self, root: PartialObject, shape: str, unknown: Unknown, sent: Sent) -> Judged:
        """Return the findings of a request with unknown parts; `sent` is what its source says beside it."""
        from ..schema.explain import explainer_for

        # What the source says in the end goes before the argument of the call, which a header may replace or add to.
        betas = self.api.betas if sent.betas is not None else self._known_betas_of(root, self.api.betas)
        found: list[Finding] = []
        bodies: list[tuple[str, Any, Path]] = [(shape, root, ())]
        if shape == "batches":
            found += self.engine.run_known(root, self._known_context(WHOLE_BATCH, betas, sent))
            items = enumerate(_items_of(root.peek("requests")))
            bodies = [("batches", _params_of(item), ("requests", index, "params")) for index, item in items]
        elif shape == "batch_request":
            bodies = [("batches", root.peek("params"), ("params",))]
        for endpoint, body, path in bodies:
            if body is not None and not is_unknown(body):
                own = betas if body is root else self._known_betas_of(body, betas)
                context = self._known_context(endpoint, own, sent)
                found += self.engine.run_known(body, context, path)
                if self._own is not None:
                    found += self._own.run_known(body, endpoint, path)
        judged = Judged([], [finding for finding in found if finding.rule is FAILED])
        sound = [finding for finding in found if finding.rule is not FAILED]
        all_betas = betas if shape in BODIES and not is_unknown(betas) else None
        # The SDKs take the same arguments for every platform, and write the body that a platform wants.
        view = self._view(all_betas)._replace(platform=PLATFORMS[0])
        explainer = explainer_for(shape, view)
        problems = unsettled(explainer.certain_problems(root), sound)
        disputes = Disputes(problems[0].root if problems else {}, self.api.edition, is_partial=True)
        self._join(judged, problems, sound, disputes, unknown)
        return judged

    def _join(
        self,
        judged: Judged,
        problems: list[Problem],
        sound: list[Finding],
        disputes: Disputes,
        unknown: Unknown | None = None,
    ) -> None:
        """Join what the schema and the rules have found, without what only follows from something else.

        For a call in code `unknown` are its unknown parts; there both a missing and a misspelt argument are reported.
        """
        from .refusals import drafted

        causes, spoilt = self._causes_among(problems, judged, report_missing=unknown is not None)
        if unknown is not None:
            direct = set(map(id, problems))
            causes = [each for each in causes if id(each) in direct or _is_certain(each, unknown)]
        spoilt.difference_update(problem.path for problem in problems if disputes.has(problem))
        drafts = [drafted(each, disputes) for each in causes if BY_KEYWORD[each.keyword].id in self._selected]
        self._add_joined(judged, drafts, spoilt, sound)

    def _add_joined(
        self, judged: Judged, refused: list[AnyFinding], spoilt: AbstractSet[Path], sound: list[Finding]
    ) -> None:
        """Add what the schema refuses and what the rules find, but for what follows from spoilt places."""
        sound = beside(spoilt, sound)
        judged.found.extend(self.weighed(without_refused(refused, sound)))
        judged.found.extend(self.weighed(sound))

    def _known_betas_of(self, body: Any, otherwise: frozenset[str] | None) -> frozenset[str] | None:
        """Return the betas of a body that is known in part; if they are unknown, a rule that asks gets no further."""
        try:
            return self.betas_of(body, otherwise)
        except NotKnownError:
            return cast("None", UnknownValue("any"))

    def _known_context(self, endpoint: str, betas: frozenset[str] | None, sent: Sent) -> Context:
        return Context(
            endpoint,
            self.api.edition,
            betas,
            self.api.api_version,
            self.api.platform,
            self.api.today,
            is_call=True,
            is_run=sent.is_run,
        )

    def judged(
        self,
        value: Any,
        size: int | None,
        text: JsonText | None,
        shape: str,
        setup: Setup | None = None,
    ) -> Judged:
        """Return what the schema and the rules find in a plain value; `size` is that of its text, in bytes."""
        if shape == "batches":
            is_sound = gate_for(shape, self.view_of(value, shape)).accepts(value)
            found = self._run_batch(value, size, text)
        elif shape == "batch_request":
            body = value.get("params") if isinstance(value, dict) else None
            gate, found, setup = self._run(body, self.context("batches", body, self.api.betas, size, text), ("params",))
            is_sound = gate is not None and gate.accepts_record(without(value, "params"))
        else:
            gate, found, setup = self._run(value, self.context(shape, value, self.api.betas, size, text), (), setup)
            is_sound = gate is not None
        if is_sound and not found:
            judged = Judged()
            judged.setup = setup
            return judged
        judged = Judged([], [finding for finding in found if finding.rule is FAILED])
        sound = [finding for finding in found if finding.rule is not FAILED] if judged.failures else found
        known = None if is_sound else self._refused_around(value, shape, setup)
        if known is not None and unsettled(known.problems, sound) is known.problems:
            self._add_joined(judged, [apart(each) for each in known.findings], known.spoilt, sound)
        elif not is_sound:
            problems = unsettled(self._explained(value, shape, judged, setup), sound)
            self._join(judged, problems, sound, Disputes(value, self.api.edition))
        else:
            judged.setup = None if judged.failures else setup
            judged.found.extend(self.weighed(sound))
        return judged

    def _refused_around(self, value: Any, shape: str, setup: Setup | None) -> Refusals | None:
        """Return what the schema refuses around messages that it accepts, kept with the setup; None if unknown."""
        if setup is None or not setup.is_seen_again or shape not in BODIES or "messages" not in value:
            return None
        known = setup.cached(self._refusals[shape], value)
        accepts = gate_for(shape, self.view_of(value, shape)).accepts_messages
        return known if known is not None and accepts(value["messages"]) else None

    def _refusals_of_setup(self, shape: str, body: dict[str, Any]) -> Refusals | None:
        """Return what the schema refuses in a body without its messages; None if that cannot be told without them."""
        if self.gates[shape](body) is not None:
            return None
        from ..schema.explain import explainer_for
        from .refusals import around_messages as refused_around

        explainer = explainer_for(shape, self.view_of(body, shape))
        return refused_around(body, explainer, self._selected, self.api.edition)

    def _explained(self, value: Any, shape: str, judged: Judged, setup: Setup | None) -> list[Problem]:
        """Return the schema's refusals; if the explainer raises, the bare fact that it refuses."""
        from ..schema.explain import UNEXPLAINED, explainer_for

        explainer = explainer_for(shape, self.view_of(value, shape))
        around = setup if setup is not None and shape in BODIES and "messages" in value else None
        is_around_sound = around is not None and around.cached(self.gates[shape], value) is not None
        try:
            return explainer.problems(value, "messages" if is_around_sound else None)
        except Exception as error:  # noqa: BLE001 - that the schema refuses the request is known all the same
            judged.failures.append(_failure(BY_KEYWORD[UNEXPLAINED].id, error))
            return [explainer.unexplained(value)]

    def _causes_among(
        self, problems: list[Problem], judged: Judged, *, report_missing: bool
    ) -> tuple[list[Problem], set[Path]]:
        """Return the problems to report, and the places where nothing else can be reported because of them."""
        try:
            is_selected = _UNKNOWN_PROPERTY in self._selected
            return causes_among(problems, report_misspelt=is_selected, report_missing=report_missing)
        except Exception as error:  # noqa: BLE001 - what the schema refuses is known all the same
            judged.failures.append(_failure(_UNKNOWN_PROPERTY, error))
            return problems, {problem.path for problem in problems}

    def kept(self, judged: Judged, most: int | None, value: Any) -> tuple[list[Finding], int]:
        """Return the findings that are kept, worded, and the number of the others."""
        from .violations import foremost

        foremost_ones = foremost(judged.found, most, value)
        kept = [self._worded(found, judged, value) for found in foremost_ones]
        if judged.failures and FAILED.id in self._selected:
            from ..rules.internal import once_each

            return [*kept, *self.weighed(once_each(judged.failures))], len(judged.found) - len(kept)
        return kept, len(judged.found) - len(kept)

    def worded_all(self, judged: Judged, value: Any) -> list[Finding]:
        """Return all findings, worded."""
        return [self._worded(found, judged, value) for found in judged.found]

    def _run(
        self, body: Any, context: Context, path: Path, setup: Setup | None = None
    ) -> tuple[Gate | None, list[Finding], Setup | None]:
        """Return the gate for the body of a request if the schema accepts it, what the rules find, and its setup."""
        if not isinstance(body, dict):
            return None, [], None
        index = self.engine.index_of(body, context, setup)
        gate = index.cached(self.gates[context.endpoint])
        if gate is not None:
            accepts = gate.accepts_messages if index.may_hold_data else gate.accepts_messages_without_data
            gate = gate if accepts(body.get("messages")) else None
        return gate, self._found_in(index, path), index.setup

    def _gate_of_setup(self, endpoint: str, body: dict[str, Any]) -> Gate | None:
        """Return the gate for a request; None where it refuses the request without its messages."""
        shape = "batch_request" if endpoint == "batches" else endpoint
        gate = gate_for(shape, self._view(self.betas_of(body, self.api.betas)))
        return gate if gate.accepts_setup(body) else None

    def weighed(self, findings: Iterable[AnyFinding]) -> list[AnyFinding]:
        """Replace the severities of findings by the configured ones."""
        chosen = self._severities
        if not chosen:
            return list(findings)
        return [
            finding._replace(severity=chosen[finding.rule.id]) if finding.rule.id in chosen else finding
            for finding in findings
        ]

    def _worded(self, found: Finding | Draft, judged: Judged, document: Any) -> Finding:
        """Word a refusal of the schema; if a part of the wording raises, the rest is reported."""
        if isinstance(found, Finding):
            return found
        from .refusals import worded

        return worded(found, document, lambda error: judged.failures.append(_failure(found.rule.id, error)))

    def shape_of(self, value: Any) -> str:
        """Return the shape a document is checked against, by its content where the endpoint leaves that open."""
        if self.api.endpoint in {"auto", "batches"}:
            if isinstance(value, dict) and "messages" not in value and not _BATCH_KEYS.isdisjoint(value):
                return "batch_request"
            if self.api.endpoint == "auto":
                return "batches" if isinstance(value, dict) and "requests" in value else "messages"
        return self.api.endpoint

    def _run_batch(self, value: Any, size: int | None, text: JsonText | None) -> list[Finding]:
        requests = value.get("requests") if isinstance(value, dict) else None
        if not isinstance(requests, list):
            return []
        betas = self.betas_of(value, self.api.betas)
        found = self.engine.run(value, self.context(WHOLE_BATCH, value, betas, size, text))
        for index, item in enumerate(requests):
            body = item.get("params") if isinstance(item, dict) else None
            context = self.context("batches", body, betas, size, text)
            if isinstance(body, dict):
                found += self._found_in(self.engine.index_of(body, context), ("requests", index, "params"))
        return found

    def _found_in(self, index: Index, path: Path) -> list[Finding]:
        """Return what the rules find in an indexed body."""
        found = self.engine.run_over(index, path)
        if self._own is not None:
            found += self._own.run(index.body, index.context.endpoint, path, index.cached)
        return found

    def context(
        self, endpoint: str, body: Any, betas: frozenset[str] | None, size: int | None, text: JsonText | None
    ) -> Context:
        """Return the context of a body; `betas` apply to a body that does not name its own."""
        own = self.betas_of(body, betas)
        return Context(
            endpoint, self.api.edition, own, self.api.api_version, self.api.platform, self.api.today, size, text
        )

    def view_of(self, value: Any, shape: str) -> View:
        """Return the view for a document; for a batch, one that allows what any of its requests may use."""
        betas = self.betas_of(value, self.api.betas)
        if shape in {"batches", "batch_request"} and isinstance(value, dict):
            records = value.get("requests") if shape == "batches" else [value]
            bodies = [record.get("params") for record in _list(records) if isinstance(record, dict)]
            each = [self.betas_of(body, betas) for body in bodies] or [betas]
            betas = None if None in each else frozenset[str]().union(*(known for known in each if known is not None))
        return self._view(betas)

    def _view(self, betas: frozenset[str] | None) -> View:
        return self._usual_view if betas is self.api.betas else self._view_with(betas)

    @cached_property
    def _usual_view(self) -> View:
        """The view for bodies that name no betas."""
        return self._view_with(self.api.betas)

    def _view_with(self, betas: frozenset[str] | None) -> View:
        return View(self.api.edition, self.api.platform, None if betas is None else betas & header_names())

    def betas_of(self, body: Any, otherwise: frozenset[str] | None) -> frozenset[str] | None:
        """Return the betas that a body names itself, or else `otherwise`."""
        own = body.get(_BETAS_KEYS.get(self.api.platform, "betas")) if isinstance(body, dict) else None
        return split_betas(beta for beta in own if isinstance(beta, str)) if isinstance(own, list) else otherwise


def _failure(rule_id: str, error: Exception, path: Path = ()) -> Finding:
    """Make a finding of the error that a rule raised."""
    from ..rules.internal import failure  # few requests need it

    return failure(rule_id, error, path)


def _said_of_repeated_key(path: Path) -> Finding:
    message, advice = _REPEATED.check(path[-1])
    return Finding(_REPEATED, path, message, advice, Target.KEY)


def _beside_holes(found: list[Finding], document: Document, rules: Registry) -> list[Finding]:
    """Drop findings about something missing that may still be written, and findings that rest on it."""
    holes, value = document.holes, document.value
    unknown = set(holes)
    if () in holes and isinstance(value, dict):
        needed = {steps[0] for rule in rules.rules.values() for steps in rule.rests_on_steps}
        unknown |= {(name,) for name in needed - value.keys()}
    return beside(frozenset(), [finding for finding in found if not _rests_on_hole(finding, holes, value)], unknown)


def _rests_on_hole(finding: Finding, holes: frozenset[Path], value: Any) -> bool:
    """Whether a finding reports something as missing that may still be written."""
    if finding.rule.id == "betas/missing":
        return any(path[-1:] == (name,) for path in holes for name in ("betas", *_BETAS_KEYS.values()))
    if finding.path not in holes or finding.target is Target.KEY:
        return False
    for step in finding.path:
        value = value[step]
    return not value or finding.missing is not None or finding.target is Target.HOLDER


def _own_rules(rules: Sequence[OwnRule]) -> OwnRules | None:
    """Return what checks the rules of a team's own; None if there is none."""
    if not rules:
        return None
    from ..own.rules import OwnRules  # few linters have such rules

    return OwnRules(rules, _failure)


def _is_certain(problem: Problem, unknown: Unknown) -> bool:
    """Whether a problem inside a property of another name does not rest on something unknown."""
    if any(problem.path[:length] in unknown.values for length in range(len(problem.path) + 1)):
        return False
    return problem.path not in unknown.open or problem.keyword not in _OF_WHOLE


def _items_of(value: Any) -> Iterable[Any]:
    """Return the items of an array that is known in part, unknown ones too; nothing for any other value."""
    if is_unknown(value):
        return []
    return value.peek() if isinstance(value, PartialArray) else _list(value)


def _params_of(item: Any) -> Any:
    """Return the body in a request of a batch that is known in part; None if it has none."""
    if is_unknown(item) or not isinstance(item, dict):
        return None
    return item.peek("params") if isinstance(item, PartialObject) else item.get("params")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
