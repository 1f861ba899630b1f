"""The linter: from a request, as a Python object or as text, to a report."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar, cast

import orjson

from .. import facts
from ..common.gc_pause import LARGE, Pause
from ..common.pointer import Path, existing
from ..common.records import NamedTuple
from ..common.redaction import redacted
from ..common.unknown import (
    NotKnownError,
    PartialArray,
    PartialObject,
    UnknownValue,
    is_unknown,
    partial_value,
)
from ..common.wording import Sparing, any_of, nearest
from ..documents import Document, SyntaxFinding, Unread
from ..documents.duplicates import are_told_apart, repeated_keys
from ..documents.strict import read
from ..engine.context import Context, JsonText
from ..engine.encoding import text_of_plain
from ..engine.engine import Engine
from ..engine.finding import Draft, Finding, apart
from ..engine.setup import without
from ..facts.api import (
    API_VERSIONS,
    EDITIONS,
    ENDPOINTS,
    FIRST_API_VERSION,
    LATEST_EDITION,
    PLATFORMS,
    REQUEST_ENDPOINTS,
    WHOLE_BATCH,
    ApiVersion,
    Edition,
    Endpoint,
    Platform,
)
from ..own.installed import loaded, of_caller
from ..places.lines import LineIndex
from ..report import MOST_KEPT, Report, RequestError, Severity, SeverityName, Target, Violation
from ..report.redaction import without_secrets
from ..rules import BY_KEYWORD, OURS, RULES, Registry, Rule, chosen
from ..rules.shared.secrets import may_leak
from ..schema.disputes import Disputes
from ..schema.gate import Gate, gate_for
from ..schema.projection import View
from ..schema.store import header_names
from .cascades import AnyFinding, beside, beside_refused, causes_among, unsettled, without_refused
from .yaml_readings import advised, held

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from typing_extensions import Unpack

    from ..documents.written import Sent, Unknown
    from ..engine.index import Index
    from ..engine.setup import Setup
    from ..own.definition import RuleDict
    from ..own.rules import OwnRule, OwnRules
    from ..schema.explain import Problem
    from .refusals import Refusals
    from .typed import Frames, Known, Short

_Name = TypeVar("_Name", bound=str)

_BETAS_KEYS: Final = {"bedrock": "anthropic_beta", "google": "anthropic_beta"}
"""The property in which a body names its betas, by platform; elsewhere it is the SDK's `betas`."""
_BODIES: Final = {"messages", "count_tokens"}
"""The shapes that are the body of one request."""
_UNKNOWN_PROPERTY: Final = BY_KEYWORD["additionalProperties"].id
_FAILED: Final = RULES["internal/rule-failed"]
_REPEATED: Final = RULES["syntax/duplicate-key"]
_OF_WHOLE: Final = {"required", "minItems"}
"""The keywords by which an object or array is refused that may still have what is missed."""
_RECORD: Final = b'{"custom_id"'
"""The beginning of most lines of batch files."""
_FEW: Final = 64
"""How many texts with different setups a linter reads without the short way for plain messages, whose import takes as
long as they do."""
_MOST_REPORTS: Final = 64
"""Most reports that are kept for a setup: there is one for each kind of messages and day."""
_BATCH_KEYS: Final = {"custom_id", "params"}
_BODIES_TO_WARM: Final[tuple[dict[str, Any], ...]] = (
    {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]},
    {"model": "claude-haiku-4-6", "max_token": 9, "messages": [{"role": "usr", "content": [{"type": "txt"}]}]},
)
"""A valid request, and one with mistakes: their wording is imported late."""


class Options(TypedDict, total=False):
    """The options of `Linter`, for the functions that take the same."""

    endpoint: Endpoint
    edition: Edition
    api_version: ApiVersion
    betas: Iterable[str] | None
    platform: Platform
    model: str | None
    today: date | None
    select: Iterable[str] | None
    ignore: Iterable[str]
    severities: Mapping[str, SeverityName | Severity] | None
    max_violations: int | None
    rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule]
    plugins: Iterable[str]


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


class Linter:
    """Checks requests; configured once, used for any number of them, from any number of threads."""

    def __init__(
        self,
        *,
        endpoint: Endpoint = "messages",
        edition: Edition = LATEST_EDITION,
        api_version: ApiVersion = FIRST_API_VERSION,
        betas: Iterable[str] | None = None,
        platform: Platform | None = None,
        model: str | None = None,
        today: date | None = None,
        select: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
        severities: Mapping[str, SeverityName | Severity] | None = None,
        max_violations: int | None = MOST_KEPT,
        rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule] = (),
        plugins: Iterable[str] = (),
    ) -> None:
        """Configure a linter.

        Args:
            endpoint: `"messages"`, `"count_tokens"`, `"batches"`, or `"auto"` to decide by the content: an object with
                `requests` is a batch, one with `custom_id` and `params` a line of a batch file.
            edition: The dated snapshot of the API reference to check against.
            api_version: The `anthropic-version` header that goes with the requests.
            betas: The values of the `anthropic-beta` header; None when they are unknown. The `betas` that a
                request carries itself, as the SDK takes them, go before these.
            platform: Whose API the requests are for: `"anthropic"`, `"bedrock"` (Amazon), `"google"` (Google Cloud).
                None for Anthropic's, and in files for the one that the `anthropic_version` of a request names.
            model: The model of the requests that do not name one: Amazon Bedrock and Google Cloud have it in the URL.
            today: The day that the retirement of models is compared with; None for the current day.
            select: Ids of rules and areas to check; None for all.
            ignore: Ids of rules and areas to leave out.
            severities: Severities that replace those of the rules, by ids of rules and areas: `"error"`, `"warning"`
                or `"info"`. Of an area and a rule in it, the later one counts.
            max_violations: The number of violations that a report keeps; the others are only counted, in
                `Report.omitted`. None for all.
            rules: Rules of your own, each a dict with the keys of `[[rules]]` in a configuration.
            plugins: The installed plugins whose rules are checked as well, by the names of their entry points.

        Raises:
            ValueError: for an endpoint, an edition, an API version, a platform, a rule or a plugin that does not
                exist, for a mistake in one of `rules`, or a `max_violations` below 1.
            TypeError: for a string in place of a list of names.
        """
        self.endpoint: Final = _one_of("endpoint", endpoint, ENDPOINTS)
        self.edition: Final = _one_of("edition", edition, EDITIONS)
        self.api_version: Final = _one_of("API version", api_version, API_VERSIONS)
        self.platform: Final = PLATFORMS[0] if platform is None else _one_of("platform", platform, PLATFORMS)
        self.told_platform: Final = platform
        self.model: Final = model
        if today is not None and not isinstance(today, date):
            msg = f"today must be a date, not {redacted(repr(today))}"
            raise TypeError(msg)
        self.today: Final = today.date() if isinstance(today, datetime) else today
        self.betas: Final = None if betas is None else _split(_names("betas", betas))
        if max_violations is not None and max_violations < 1:
            msg = f"max_violations must be 1 or more, or None, not {redacted(repr(max_violations))}"
            raise ValueError(msg)
        self.max_violations: Final = max_violations
        others = _others(rules, plugins)
        selection = select if select is None else _names("select", select)
        left_out = _names("ignore", ignore)
        self.rules: Final = (
            Registry(each if isinstance(each, Rule) else each.rule for each in others) if others else OURS
        )
        """The rules that it knows."""
        self._options: Final[Options] = {
            "endpoint": endpoint,
            "edition": edition,
            "api_version": api_version,
            "betas": self.betas,
            "model": model,
            "today": self.today,
            "select": selection,
            "ignore": left_out,
            "severities": dict(severities or {}),
            "max_violations": max_violations,
            "rules": others,
        }
        self._selected, concerned = chosen(
            self.rules,
            selection,
            left_out,
            platform=self.platform,
            edition=self.edition,
            api_version=self.api_version,
        )
        self._severities = {
            rule: Severity(level) for name, level in dict(severities or {}).items() for rule in self.rules.named(name)
        }
        self._gates = {endpoint: partial(self._gate_of_setup, endpoint) for endpoint in REQUEST_ENDPOINTS}
        self._refusals = {shape: partial(self._refusals_of_setup, shape) for shape in _BODIES}
        gate = gate_for("messages", View(self.edition, self.platform))
        self._engine = Engine(
            concerned,
            tool_types=gate.tool_types,
            block_types=gate.block_types,
            platform=self.platform,
            model=model,
            failure=self._failure,
        )
        concerned_ids = {rule.id for rule in concerned} if others else ()
        self._own: Final = _own_rules(
            [each for each in others if not isinstance(each, Rule) and each.id in concerned_ids]
        )
        self._is_quick: Final = not others
        """Whether plain messages may go the short way: what a rule of others reads is not known."""
        self._unhurried = _FEW
        """How many more texts are read without it."""

    def _failure(self, rule_id: str, error: Exception, path: Path = ()) -> Finding:
        """Make a finding of the error that a rule raised."""
        from ..rules.internal import failure_of_plugin

        plugin = self.rules.rules[rule_id].origin
        return _failure(rule_id, error, path) if plugin is None else failure_of_plugin(rule_id, plugin, error, path)

    def __deepcopy__(self, memo: dict[int, Any]) -> Linter:
        """Return the linter itself, which never changes: what it remembers cannot be copied."""
        return self

    def warm(self) -> Linter:
        """Read every file and import every module that a check may need, and return the linter.

        Call it outside of an event loop: afterwards a check there never blocks on a file.
        """
        from ..inspect.pdf import warm as warm_pdf
        from . import python_values as _values  # noqa: F401 - imported here, not by a check

        facts.read_all()
        warm_pdf()
        for rule in self.rules.rules.values():
            _ = rule.check  # which imports its module
        self._unhurried = 0
        for body in _BODIES_TO_WARM:
            self.validate(body)
            self.validate_json(orjson.dumps(body))

        return self

    def on(self, platform: Platform) -> Linter:
        """Return a linter with the same options for the requests of another platform."""
        return self if platform == self.platform else shared_linter({**self._options, "platform": platform})

    def unlimited(self, endpoint: Endpoint | None = None) -> Linter:
        """Return a linter with the same options that keeps every violation, for an endpoint if one is given."""
        options: Options = {**self._options, "platform": self.platform, "max_violations": None}
        if endpoint is not None:
            options["endpoint"] = endpoint
        return shared_linter(options)

    def for_call(self, sent: Sent) -> Linter:
        """Return a linter with the same options for a call in source code; what the code says about it comes first."""
        betas = None if sent.betas is None else tuple(sorted(sent.betas))
        known = {
            "endpoint": sent.endpoint,
            "platform": sent.platform,
            "betas": betas,
            "api_version": sent.api_version,
        }
        return self.with_options({name: value for name, value in known.items() if value is not None})

    def with_options(self, changes: Mapping[str, Any]) -> Linter:
        """Return a linter with some options changed; equal options share one linter.

        Raises:
            ValueError: as for a linter that is made with these options.
            TypeError: likewise.
        """
        told = {} if self.told_platform is None else {"platform": self.told_platform}
        changed: Any = {**self._options, **told, **changes}
        return shared_linter(changed)

    def validate(self, request: Any) -> Report:
        """Check a request that is a Python object, and report what is wrong with it; any object may be given."""
        with Sparing():
            shape, text, setup = self._written(request)
            if text is None and type(request) is dict:
                from .python_values import with_objects_dumped

                dumped = with_objects_dumped(request)
                if dumped is not None:
                    shape, text, setup = self._written(dumped)
                    request = request if text is None else dumped
            if text is not None and setup is not None:
                report = self._report_on_object(request, text, shape, setup)
                if report is not None:
                    return report
                text = b"%b%b}" % (setup.opening, text)
            refused: list[Finding] = []
            more, paths = 0, set[Path]()
            if text is not None:
                judged = self._judged(request, len(text), JsonText(text), shape, setup)
            else:
                from ..rules.size import written_size
                from .python_values import make_plain

                request, refused, more, paths = make_plain(request)
                judged = self._judged(request, written_size(request), None, self.shape_of(request))
            if refused:
                worded = self._worded_all(judged, request)
                judged.found[:] = [*refused, *beside_refused(refused, worded, paths)]
            if not judged.found and not judged.failures and not self.betas:
                return _CLEAN
            kept, omitted = self._kept(judged, self.max_violations, request)
        from .violations import in_value

        if text is not None:
            kept = [apart(finding) for finding in kept]
        return _report((*self._of_headers(request), *in_value(kept, request)), omitted + more)

    def _written(self, request: Any) -> tuple[str, bytes | None, Setup | None]:
        """Return a request's shape, and its JSON text if it is plain; with a setup only the text of its messages."""
        if type(request) is not dict:
            text = text_of_plain(request)
            return "" if text is None else self.shape_of(request), text, None
        try:
            shape = self.shape_of(request)
            if shape not in _BODIES or "messages" not in request:
                return shape, text_of_plain(request), None
            setup = self._engine.setups.of_object(request)
            messages = None if setup is None else text_of_plain(request["messages"])
        except Exception:  # noqa: BLE001 - a foreign object may be a key, and raise anything when it is compared
            return "", None, None
        return (shape, None, None) if messages is None else (shape, messages, setup)

    def validate_json(self, data: bytes | bytearray | memoryview | str) -> Report:
        """Check a request that is JSON text; the violations have their places in it.

        Raises:
            TypeError: when `data` is neither bytes nor a string.
        """
        if isinstance(data, str):
            text = data.encode(errors="surrogatepass")
        else:
            text = data if type(data) is bytes else bytes(memoryview(data))
        if len(text) >= LARGE:
            with Pause():
                return self._validate_text(text)
        return self._validate_text(text)

    def _validate_text(self, text: bytes) -> Report:
        known = self.known(text)
        if known is not None:
            report = self._report_on_text(known, text)
            if report is not None:
                return report
        document = read(text)
        report = self.lint_document(document, most=self.max_violations)
        headers = self._of_headers(document.value) if self.betas else ()
        return _report((*headers, *report.violations), report.omitted) if headers else report

    def known(self, text: bytes) -> Known | None:
        """Return what is known of a JSON text without parsing it; None for most texts."""
        if not self._is_quick:
            return None
        if self._unhurried > 0:
            self._unhurried -= 1
            return None
        is_record = self.endpoint == "batches" or (self.endpoint == "auto" and text.startswith(_RECORD))
        return self._frames.known(text, is_record=is_record)

    def _judged_around(self, body: dict[str, Any], text: bytes, *, is_record: bool) -> tuple[Setup, Context] | None:
        """Return the setup and the context of a body without a mistake of syntax or schema around its messages."""
        if not is_record and self.shape_of(body) not in _BODIES:
            return None
        endpoint = "batches" if is_record else self.endpoint if self.endpoint in _BODIES else "messages"
        setup, written = self._engine.setups.written(body)
        if not are_told_apart(text, written) or setup.cached(self._gates[endpoint], body) is None:
            return None
        return setup, self._context(endpoint, body, self.betas, None, None)

    @cached_property
    def _frames(self) -> Frames:
        """The texts around plain messages."""
        from .typed import Frames

        return Frames(self._short, self._judged_around)

    @cached_property
    def _short(self) -> Short:
        """The short way for plain messages; imported late, as a command on a few files needs none."""
        from .typed import Short

        return Short(self._engine)

    def _report_on_object(self, body: dict[str, Any], messages: bytes, shape: str, setup: Setup) -> Report | None:
        """Report on an object with plain messages and a setup that came before; None if it is not certain."""
        if not setup.is_seen_again or not self._is_quick or setup.cached(self._gates[shape], body) is None:
            return None
        size = len(setup.opening) + len(messages) + 1
        text = messages if not setup.cached(may_leak, body) else b"%b%b}" % (setup.opening, messages)
        context = self._context(shape, body, self.betas, size, JsonText(text))
        found = self._short.found(messages, body, context, setup)
        if not found:
            return None if found is None else _report(self._of_headers(body))
        from .violations import in_value

        return self._report_kept(found, setup.reports, body, lambda kept: in_value(kept, body))

    def _report_on_text(self, known: Known, text: bytes) -> Report | None:
        """Report on a text of which all is known; None if its violations are not in one line with the messages."""
        frame, found = known.frame, known.findings
        if not found:
            return _report(self._of_headers(frame.body)) if self.betas else _CLEAN
        if known.custom_id is not None:
            return None
        from .violations import in_text

        def placed(kept: list[Finding]) -> list[Violation]:
            document = frame.document
            return in_text(kept, document, LineIndex(document.data))

        report = self._report_kept(found, frame.reports, frame.value, placed)
        if report is None or all(map(frame.is_before, report.violations)):
            return report
        moved = frame.moved(report.violations, text)
        return None if moved is None else Report(moved, report.omitted)

    def _report_kept(
        self,
        found: tuple[Finding, ...],
        reports: dict[int, tuple[Report | None, tuple[Finding, ...]]],
        value: Any,
        placed: Callable[[list[Finding]], list[Violation]],
    ) -> Report | None:
        """Return the report of what the rules find in all requests with a setup; None if one of them has failed."""
        report, _ = reports.get(id(found), (None, None))
        if report is None:
            if any(finding.rule is _FAILED for finding in found):
                return None
            kept, omitted = self._kept(Judged(self._weighed(found)), self.max_violations, value)
            report = Report((*self._of_headers(value), *placed(kept)), omitted)
            if len(reports) >= _MOST_REPORTS:
                reports.clear()
            reports[id(found)] = report, found
        if any(violation.fix is not None for violation in report.violations):
            return Report(tuple(map(apart, report.violations)), report.omitted)
        return report

    def lint_document(
        self,
        document: Document,
        lines: LineIndex | None = None,
        *,
        shape: str | None = None,
        line: Line | None = None,
        most: int | None = None,
        rest: Counter[tuple[str, Severity]] | None = None,
    ) -> Report:
        """Check a document that was read before.

        Does not report on the linter's own `betas`: they are the same for every document.

        Args:
            document: The document.
            lines: The index of its lines, if there is one already.
            shape: The shape that the document names itself; used if the endpoint is `auto`.
            line: Its line, if it is one of a file with one document on each.
            most: The number of violations to keep, those of syntax aside; None for all.
            rest: Where to count the others, by rule and severity.
        """
        with Sparing():
            judged, syntax = self._judged_document(document, shape, line)
            if not syntax and not judged.found and not judged.failures:
                return _CLEAN
            kept, omitted = self._kept(judged, most, document.value)
        from .violations import in_text, of_syntax, severity_of

        if rest is not None and omitted:
            rest.update((found.rule.id, severity_of(found)) for found in judged.found)
            rest.subtract((found.rule.id, severity_of(found)) for found in kept if found.rule is not _FAILED)
        text_lines = lines or LineIndex(document.data)
        violations = [
            of_syntax(finding, self.severity_of(finding.rule.id), text_lines, document.data) for finding in syntax
        ]
        return _report((*violations, *in_text(kept, document, text_lines)), omitted)

    def _judged_document(
        self, document: Document, shape: str | None, line: Line | None
    ) -> tuple[Judged, list[SyntaxFinding]]:
        """Return the findings of a document, and those of its syntax."""
        shape = shape if shape is not None and self.endpoint == "auto" else self.shape_of(document.value)
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
        return self._selected.issuperset(self.rules.named(name))

    def severity_of(self, rule_id: str) -> Severity:
        """Return the severity of a rule for this linter."""
        return self._severities.get(rule_id, self.rules.rules[rule_id].severity)

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

    def check(self, request: Any) -> None:
        """Check a request that is a Python object.

        Raises:
            RequestError: when the API would refuse it.
        """
        report = self.validate(request)
        if not report.ok:
            raise RequestError(report)

    def _of_headers(self, value: Any) -> tuple[Violation, ...]:
        """Return the violations of the linter's own betas, for a request that does not name any itself."""
        return self._header_violations if self.betas and self._betas_of(value, None) is None else ()

    @cached_property
    def _header_violations(self) -> tuple[Violation, ...]:
        from ..rules.betas import complaint_about

        said = [(name, complaint_about(name, self.edition)) for name in sorted(self.betas or ())]
        return tuple(
            without_secrets(
                Violation(
                    rule.id,
                    self.severity_of(rule.id),
                    "",
                    message,
                    advice,
                    api_message=rule.api_messages[0].format(name=name) if rule.api_messages else None,
                )
            )
            for name, complaint in said
            if complaint is not None
            for rule, (message, advice) in [complaint]
            if rule.id in self._selected
        )

    def _judged_json(self, document: Document, shape: str) -> Judged:
        """Return the findings of a JSON text beside its syntax."""
        value, text = document.value, document.text
        judged = self._judged(value, len(document.data), JsonText(text), shape)
        if document.holes or document.doubtful:
            from .violations import without_doubtful

            found = _beside_holes(self._worded_all(judged, value), document, self.rules)
            judged.found[:] = without_doubtful(found, document)
            return judged
        if _REPEATED.id in self._selected:
            # Others are in values that do not count.
            repeated = [path for path in repeated_keys(text, value) if existing(path, value) == path]
            judged.found[:0] = self._weighed(_said_of_repeated_key(path) for path in repeated)
        if judged.setup is not None and judged.setup.is_seen_again:
            self._unhurried = 0
        return judged

    def _judged_yaml(self, document: Document, shape: str) -> Judged:
        """Return the findings of a YAML text beside its syntax that hold for YAML 1.1 and 1.2 alike."""
        value, size = document.value, len(document.data)
        judged = self._judged(value, size, None, shape)
        otherwise = value if document.otherwise is Unread.SAME else document.otherwise
        if otherwise is value and not document.doubts and not document.refused:
            return judged
        found = others = self._worded_all(judged, value)
        if otherwise is not value:
            judged_otherwise = self._judged(otherwise, size, None, shape)
            others = self._worded_all(judged_otherwise, otherwise)
            judged.failures.extend(judged_otherwise.failures)
        selected = [doubt for doubt in document.doubts if doubt.rule.id in self._selected]
        doubts = advised(selected, found, others, (value, otherwise))
        certain = found if otherwise is value else held(found, others)
        refused = [finding for finding in document.refused if finding.rule.id in self._selected]
        judged.found[:] = self._weighed(doubts + refused) + beside_refused(document.refused, certain)
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
            return Judged() if is_unknown(root) else self._judged(value, None, None, shape)
        if not isinstance(root, PartialObject):
            root = PartialObject(root, is_open=False)
        judged = self._judged_partial(root, shape, Unknown(values, opened), document.sent or Sent(is_run=False))
        judged.found[:0] = self._weighed(finding for finding in refused if finding.rule.id in self._selected)
        return judged

    def _judged_partial(self, root: PartialObject, shape: str, unknown: Unknown, sent: Sent) -> Judged:
        """Return the findings of a request with unknown parts; `sent` is what its source says beside it."""
        from ..schema.explain import explainer_for

        # What the source says in the end goes before the argument of the call, which a header may replace or add to.
        betas = self.betas if sent.betas is not None else self._known_betas_of(root, self.betas)
        found: list[Finding] = []
        bodies: list[tuple[str, Any, Path]] = [(shape, root, ())]
        if shape == "batches":
            found += self._engine.run_known(root, self._known_context(WHOLE_BATCH, betas, sent))
            items = enumerate(_items_of(root.peek("requests")))
            bodies = [("batches", _params_of(item), ("requests", index, "params")) for index, item in items]
        elif shape == "batch_request":
            bodies = [("batches", root.peek("params"), ("params",))]
        for endpoint, body, path in bodies:
            if body is not None and not is_unknown(body):
                own = betas if body is root else self._known_betas_of(body, betas)
                context = self._known_context(endpoint, own, sent)
                found += self._engine.run_known(body, context, path)
                if self._own is not None:
                    found += self._own.run_known(body, endpoint, path)
        judged = Judged([], [finding for finding in found if finding.rule is _FAILED])
        sound = [finding for finding in found if finding.rule is not _FAILED]
        all_betas = betas if shape in _BODIES and not is_unknown(betas) else None
        # The SDKs take the same arguments for every platform, and write the body that a platform wants.
        view = self._view(all_betas)._replace(platform=PLATFORMS[0])
        explainer = explainer_for(shape, view)
        problems = unsettled(explainer.certain_problems(root), sound)
        disputes = Disputes(problems[0].root if problems else {}, self.edition, is_partial=True)
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
        judged.found.extend(self._weighed(without_refused(refused, sound)))
        judged.found.extend(self._weighed(sound))

    def _known_betas_of(self, body: Any, otherwise: frozenset[str] | None) -> frozenset[str] | None:
        """Return the betas of a body that is known in part; if they are unknown, a rule that asks gets no further."""
        try:
            return self._betas_of(body, otherwise)
        except NotKnownError:
            return cast("None", UnknownValue("any"))

    def _known_context(self, endpoint: str, betas: frozenset[str] | None, sent: Sent) -> Context:
        return Context(
            endpoint,
            self.edition,
            betas,
            self.api_version,
            self.platform,
            self.today,
            is_call=True,
            is_run=sent.is_run,
        )

    def _judged(
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
            gate, found, setup = self._run(body, self._context("batches", body, self.betas, size, text), ("params",))
            is_sound = gate is not None and gate.accepts_record(without(value, "params"))
        else:
            gate, found, setup = self._run(value, self._context(shape, value, self.betas, size, text), (), setup)
            is_sound = gate is not None
        if is_sound and not found:
            judged = Judged()
            judged.setup = setup
            return judged
        judged = Judged([], [finding for finding in found if finding.rule is _FAILED])
        sound = [finding for finding in found if finding.rule is not _FAILED] if judged.failures else found
        known = None if is_sound else self._refused_around(value, shape, setup)
        if known is not None and unsettled(known.problems, sound) is known.problems:
            self._add_joined(judged, [apart(each) for each in known.findings], known.spoilt, sound)
        elif not is_sound:
            problems = unsettled(self._explained(value, shape, judged, setup), sound)
            self._join(judged, problems, sound, Disputes(value, self.edition))
        else:
            judged.setup = None if judged.failures else setup
            judged.found.extend(self._weighed(sound))
        return judged

    def _refused_around(self, value: Any, shape: str, setup: Setup | None) -> Refusals | None:
        """Return what the schema refuses around messages that it accepts, kept with the setup; None if unknown."""
        if setup is None or not setup.is_seen_again or shape not in _BODIES or "messages" not in value:
            return None
        known = setup.cached(self._refusals[shape], value)
        accepts = gate_for(shape, self.view_of(value, shape)).accepts_messages
        return known if known is not None and accepts(value["messages"]) else None

    def _refusals_of_setup(self, shape: str, body: dict[str, Any]) -> Refusals | None:
        """Return what the schema refuses in a body without its messages; None if that cannot be told without them."""
        if self._gates[shape](body) is not None:
            return None
        from ..schema.explain import explainer_for
        from .refusals import around_messages as refused_around

        explainer = explainer_for(shape, self.view_of(body, shape))
        return refused_around(body, explainer, self._selected, self.edition)

    def _explained(self, value: Any, shape: str, judged: Judged, setup: Setup | None) -> list[Problem]:
        """Return the schema's refusals; if the explainer raises, the bare fact that it refuses."""
        from ..schema.explain import UNEXPLAINED, explainer_for

        explainer = explainer_for(shape, self.view_of(value, shape))
        around = setup if setup is not None and shape in _BODIES and "messages" in value else None
        is_around_sound = around is not None and around.cached(self._gates[shape], value) is not None
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

    def _kept(self, judged: Judged, most: int | None, value: Any) -> tuple[list[Finding], int]:
        """Return the findings that are kept, worded, and the number of the others."""
        from .violations import foremost

        foremost_ones = foremost(judged.found, most, value)
        kept = [self._worded(found, judged, value) for found in foremost_ones]
        if judged.failures and _FAILED.id in self._selected:
            from ..rules.internal import once_each

            return [*kept, *self._weighed(once_each(judged.failures))], len(judged.found) - len(kept)
        return kept, len(judged.found) - len(kept)

    def _worded_all(self, judged: Judged, value: Any) -> list[Finding]:
        return [self._worded(found, judged, value) for found in judged.found]

    def _run(
        self, body: Any, context: Context, path: Path, setup: Setup | None = None
    ) -> tuple[Gate | None, list[Finding], Setup | None]:
        """Return the gate for the body of a request if the schema accepts it, what the rules find, and its setup."""
        if not isinstance(body, dict):
            return None, [], None
        index = self._engine.index_of(body, context, setup)
        gate = index.cached(self._gates[context.endpoint])
        if gate is not None:
            accepts = gate.accepts_messages if index.may_hold_data else gate.accepts_messages_without_data
            gate = gate if accepts(body.get("messages")) else None
        return gate, self._found_in(index, path), index.setup

    def _gate_of_setup(self, endpoint: str, body: dict[str, Any]) -> Gate | None:
        """Return the gate for a request; None where it refuses the request without its messages."""
        shape = "batch_request" if endpoint == "batches" else endpoint
        gate = gate_for(shape, self._view(self._betas_of(body, self.betas)))
        return gate if gate.accepts_setup(body) else None

    def _weighed(self, findings: Iterable[AnyFinding]) -> list[AnyFinding]:
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
        if self.endpoint in {"auto", "batches"}:
            if isinstance(value, dict) and "messages" not in value and not _BATCH_KEYS.isdisjoint(value):
                return "batch_request"
            if self.endpoint == "auto":
                return "batches" if isinstance(value, dict) and "requests" in value else "messages"
        return self.endpoint

    def _run_batch(self, value: Any, size: int | None, text: JsonText | None) -> list[Finding]:
        requests = value.get("requests") if isinstance(value, dict) else None
        if not isinstance(requests, list):
            return []
        betas = self._betas_of(value, self.betas)
        found = self._engine.run(value, self._context(WHOLE_BATCH, value, betas, size, text))
        for index, item in enumerate(requests):
            body = item.get("params") if isinstance(item, dict) else None
            context = self._context("batches", body, betas, size, text)
            if isinstance(body, dict):
                found += self._found_in(self._engine.index_of(body, context), ("requests", index, "params"))
        return found

    def _found_in(self, index: Index, path: Path) -> list[Finding]:
        """Return what the rules find in an indexed body."""
        found = self._engine.run_over(index, path)
        if self._own is not None:
            found += self._own.run(index.body, index.context.endpoint, path, index.cached)
        return found

    def _context(
        self, endpoint: str, body: Any, betas: frozenset[str] | None, size: int | None, text: JsonText | None
    ) -> Context:
        """Return the context of a body; `betas` apply to a body that does not name its own."""
        own = self._betas_of(body, betas)
        return Context(endpoint, self.edition, own, self.api_version, self.platform, self.today, size, text)

    def view_of(self, value: Any, shape: str) -> View:
        """Return the view for a document; for a batch, one that allows what any of its requests may use."""
        betas = self._betas_of(value, self.betas)
        if shape in {"batches", "batch_request"} and isinstance(value, dict):
            records = value.get("requests") if shape == "batches" else [value]
            bodies = [record.get("params") for record in _list(records) if isinstance(record, dict)]
            each = [self._betas_of(body, betas) for body in bodies] or [betas]
            betas = None if None in each else frozenset[str]().union(*(known for known in each if known is not None))
        return self._view(betas)

    def _view(self, betas: frozenset[str] | None) -> View:
        return View(self.edition, self.platform, None if betas is None else betas & header_names())

    def _betas_of(self, body: Any, otherwise: frozenset[str] | None) -> frozenset[str] | None:
        """Return the betas that a body names itself, or else `otherwise`."""
        own = body.get(_BETAS_KEYS.get(self.platform, "betas")) if isinstance(body, dict) else None
        return _split(beta for beta in own if isinstance(beta, str)) if isinstance(own, list) else otherwise


def _failure(rule_id: str, error: Exception, path: Path = ()) -> Finding:
    """Make a finding of the error that a rule raised."""
    from ..rules.internal import failure  # few requests need it

    return failure(rule_id, error, path)


def _said_of_repeated_key(path: Path) -> Finding:
    message, advice = _REPEATED.check(path[-1])
    return Finding(_REPEATED, path, message, advice, Target.KEY)


_CLEAN: Final = Report()


def _report(violations: tuple[Violation, ...], omitted: int = 0) -> Report:
    return Report(violations, omitted) if violations else _CLEAN


def validate(request: Any, **options: Unpack[Options]) -> Report:
    """Check a request that is a Python object; the options are those of `Linter`."""
    return shared_linter(options).validate(request)


def validate_json(data: bytes | bytearray | memoryview | str, **options: Unpack[Options]) -> Report:
    """Check a request that is JSON text; the violations have their places in it. The options are those of `Linter`.

    Raises:
        TypeError: when `data` is neither bytes nor a string.
    """
    return shared_linter(options).validate_json(data)


def check(request: Any, **options: Unpack[Options]) -> None:
    """Check a request that is a Python object; the options are those of `Linter`.

    Raises:
        RequestError: when the API would refuse it; its `report` has every violation.
    """
    shared_linter(options).check(request)


def shared_linter(options: Options) -> Linter:
    """Return the linter of some options, made once for each choice of them."""
    if "rules" in options:
        from ..own.definition import own_rules

        options = {**options, "rules": own_rules(options["rules"])}
    lists = {
        name: tuple(value.items() if isinstance(value, Mapping) else value)
        for name, value in options.items()
        if isinstance(value, Iterable) and not isinstance(value, (str, tuple))
    }
    return _shared_linter(**{**options, **lists})


@lru_cache(maxsize=64)
def _shared_linter(**options: Any) -> Linter:
    return Linter(**options)


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


def _others(
    rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule], plugins: Iterable[str]
) -> tuple[OwnRule | Rule, ...]:
    """Return the rules that are not msglint's, without repetitions: of those with the same id, the last one."""
    found: dict[str, OwnRule | Rule] = {}
    plugins = _names("plugins", plugins)
    if plugins:
        for plugin in loaded(plugins):
            if plugin.is_missing:
                raise ValueError(plugin.error)
            if plugin.error is not None:
                warnings.warn(f"{plugin.error}; its rules are not checked", RuntimeWarning, stacklevel=4)
            found.update((rule.id, rule) for rule in plugin.rules)
    if rules:
        from ..own.definition import own_rules

        for each in own_rules(rules):
            found[each.id] = of_caller(each) if isinstance(each, Rule) and each.origin is None else each
    return tuple(found.values())


def _own_rules(rules: Sequence[OwnRule]) -> OwnRules | None:
    """Return what checks the rules of a team's own; None if there is none."""
    if not rules:
        return None
    from ..own.rules import OwnRules  # few linters have such rules

    return OwnRules(rules, _failure)


def _names(option: str, names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        msg = f"{option} must be a list of names, not the string {redacted(names)!r}"
        raise TypeError(msg)
    return tuple(names)


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


def _split(betas: Iterable[str]) -> frozenset[str]:
    """Split the values of the header, each of which may hold several betas separated by commas."""
    return frozenset(name.strip() for beta in betas for name in str(beta).split(",") if name.strip())


def _one_of(noun: str, name: _Name, allowed: Sequence[_Name]) -> _Name:
    if name in allowed:
        return name
    meant = nearest(str(name), allowed)
    given = redacted(repr(name))
    hint = (
        f", did you mean {meant!r}?" if meant else f"; there {'is' if len(allowed) == 1 else 'are'} {any_of(allowed)}"
    )
    msg = f"there is no {noun} {given}{hint}"
    raise ValueError(msg)
