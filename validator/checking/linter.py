"""The linter: from a request, as a Python object or as text, to a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from .. import facts
from ..common.gc_pause import LARGE, Pause
from ..common.redaction import redacted
from ..common.wording import Sparing
from ..documents import Document
from ..documents.strict import read
from ..engine.context import Context, JsonText
from ..engine.encoding import text_of_plain
from ..engine.finding import Finding, apart
from ..facts.api import (
    API_VERSIONS,
    EDITIONS,
    ENDPOINTS,
    FIRST_API_VERSION,
    LATEST_EDITION,
    PLATFORMS,
    ApiVersion,
    Edition,
    Endpoint,
    Platform,
)
from ..places.lines import LineIndex
from ..report import MOST_KEPT, Report, RequestError, Severity, SeverityName, Violation
from ..report.redaction import without_secrets
from ..rules import OURS, Registry, Rule, chosen
from ..rules.shared.secrets import may_leak
from .cascades import beside_refused
from .judge import BODIES, FAILED, Api, Judge, Judged, Line
from .options import Options, names_of, one_of, others_of, split_betas

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from typing_extensions import Unpack

    from ..documents.written import Sent
    from ..engine.setup import Setup
    from ..own.definition import RuleDict
    from ..own.rules import OwnRule
    from .short.frames import Frames, Known
    from .short.way import Short

_RECORD: Final = b'{"custom_id"'
"""The beginning of most lines of batch files."""
_FEW: Final = 64
"""How many texts with different setups a linter reads without the short way for plain messages, whose import takes as
long as they do."""
_MOST_REPORTS: Final = 64
"""Most reports that are kept for a setup: there is one for each kind of messages and day."""
_BODIES_TO_WARM: Final[tuple[dict[str, Any], ...]] = (
    {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]},
    {"model": "claude-haiku-4-6", "max_token": 9, "messages": [{"role": "usr", "content": [{"type": "txt"}]}]},
)
"""A valid request, and one with mistakes: their wording is imported late."""


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
        self.endpoint: Final = one_of("endpoint", endpoint, ENDPOINTS)
        self.edition: Final = one_of("edition", edition, EDITIONS)
        self.api_version: Final = one_of("API version", api_version, API_VERSIONS)
        self.platform: Final = PLATFORMS[0] if platform is None else one_of("platform", platform, PLATFORMS)
        self.told_platform: Final = platform
        self.model: Final = model
        if today is not None and not isinstance(today, date):
            msg = f"today must be a date, not {redacted(repr(today))}"
            raise TypeError(msg)
        self.today: Final = today.date() if isinstance(today, datetime) else today
        self.betas: Final = None if betas is None else split_betas(names_of("betas", betas))
        if max_violations is not None and max_violations < 1:
            msg = f"max_violations must be 1 or more, or None, not {redacted(repr(max_violations))}"
            raise ValueError(msg)
        self.max_violations: Final = max_violations
        others = others_of(rules, plugins)
        selection = select if select is None else names_of("select", select)
        left_out = names_of("ignore", ignore)
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
        levels = {
            rule: Severity(level) for name, level in dict(severities or {}).items() for rule in self.rules.named(name)
        }
        self.judge: Final = Judge(
            Api(self.endpoint, self.edition, self.api_version, self.platform, self.betas, model, self.today),
            self.rules,
            chosen(self.rules, selection, left_out, self.platform, self.edition, self.api_version),
            levels,
            others,
        )
        self._is_quick: Final = not others
        """Whether plain messages may go the short way: what a rule of others reads is not known."""
        self._unhurried = _FEW
        """How many more texts are read without it."""

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
        report = self._report_on_plain(request)
        if report is None and type(request) is dict:
            from .python_values import with_objects_dumped

            dumped = with_objects_dumped(request)
            report = None if dumped is None else self._report_on_plain(dumped)
        return self._report_on_foreign(request) if report is None else report

    def _report_on_plain(self, request: Any) -> Report | None:
        """Report on a request that consists of JSON's types alone; None for another."""
        shape, setup = self._setup_of(request)
        report = self._report_on_known(request, shape, setup)
        if report is not None:
            return report
        text = self._written(request, setup)
        if text is None:
            return None
        with Sparing():
            judged = self.judge.judged(request, len(text), JsonText(text), shape, setup)
            if not judged.found and not judged.failures and not self.betas:
                return _CLEAN
            kept, omitted = self.judge.kept(judged, self.max_violations, request)
        # What the rules have found may have parts of the request in it, which may change.
        return self._report_on_value([apart(finding) for finding in kept], request, omitted)

    def _report_on_foreign(self, request: Any) -> Report:
        """Report on a request with other objects than JSON has."""
        from ..rules.size import written_size
        from .python_values import make_plain

        value, refused, more, paths = make_plain(request)
        with Sparing():
            judged = self.judge.judged(value, written_size(value), None, self.judge.shape_of(value))
            if refused:
                worded = self.judge.worded_all(judged, value)
                judged.found[:] = [*refused, *beside_refused(refused, worded, paths)]
            kept, omitted = self.judge.kept(judged, self.max_violations, value)
        return self._report_on_value(kept, value, omitted + more)

    def _report_on_value(self, kept: list[Finding], value: Any, omitted: int) -> Report:
        from .violations import in_value

        return _report((*self._of_headers(value), *in_value(kept, value)), omitted)

    def _setup_of(self, request: Any) -> tuple[str, Setup | None]:
        """Return a request's shape, and its setup if it is a body that is plain without its messages."""
        try:
            shape = self.judge.shape_of(request)
            is_body = type(request) is dict and shape in BODIES and "messages" in request
            return shape, self.judge.engine.setups.of_object(request) if is_body else None
        except Exception:  # noqa: BLE001 - a foreign object may be a key, and raise anything when it is compared
            return "", None

    def _written(self, request: Any, setup: Setup | None) -> bytes | None:
        """Return a request's JSON text if it is plain."""
        if setup is None:
            return text_of_plain(request)
        messages = text_of_plain(request["messages"])
        return None if messages is None else b"%b%b}" % (setup.opening, messages)

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

    @cached_property
    def _frames(self) -> Frames:
        """The texts around plain messages."""
        from .short.frames import Frames

        return Frames(self._short, self.judge)

    @cached_property
    def _short(self) -> Short:
        """The short way for plain messages; imported late, as a command on a few files needs none."""
        from .short.way import Short

        return Short(self.judge.engine)

    def _report_on_known(self, body: Any, shape: str, setup: Setup | None) -> Report | None:
        """Report on an object with plain messages and a setup that came before; None if it is not certain."""
        if setup is None or not setup.is_seen_again or not self._is_quick:
            return None
        if setup.cached(self.judge.gates[shape], body) is None:
            return None

        def context_of(messages: bytes) -> Context:
            text = messages if not setup.cached(may_leak, body) else b"%b%b}" % (setup.opening, messages)
            size = len(setup.opening) + len(messages) + 1
            return self.judge.context(shape, body, self.betas, size, JsonText(text))

        found = self._short.found(body, setup, context_of)
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
            if any(finding.rule is FAILED for finding in found):
                return None
            kept, omitted = self.judge.kept(Judged(self.judge.weighed(found)), self.max_violations, value)
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
            judged, syntax = self.judge.judged_document(document, shape, line)
            if judged.setup is not None and judged.setup.is_seen_again and document.finder is None:
                self._unhurried = 0
            if not syntax and not judged.found and not judged.failures:
                return _CLEAN
            kept, omitted = self.judge.kept(judged, most, document.value)
        from .violations import in_text, of_syntax, severity_of

        if rest is not None and omitted:
            rest.update((found.rule.id, severity_of(found)) for found in judged.found)
            rest.subtract((found.rule.id, severity_of(found)) for found in kept if found.rule is not FAILED)
        text_lines = lines or LineIndex(document.data)
        violations = [
            of_syntax(finding, self.judge.severity_of(finding.rule.id), text_lines, document.data) for finding in syntax
        ]
        return _report((*violations, *in_text(kept, document, text_lines)), omitted)

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
        return self._header_violations if self.betas and self.judge.betas_of(value, None) is None else ()

    @cached_property
    def _header_violations(self) -> tuple[Violation, ...]:
        from ..rules.betas import complaint_about

        said = [(name, complaint_about(name, self.edition)) for name in sorted(self.betas or ())]
        return tuple(
            without_secrets(
                Violation(
                    rule.id,
                    self.judge.severity_of(rule.id),
                    "",
                    message,
                    advice,
                    api_message=rule.api_messages[0].format(name=name) if rule.api_messages else None,
                )
            )
            for name, complaint in said
            if complaint is not None
            for rule, (message, advice) in [complaint]
            if self.judge.chooses(rule.id)
        )


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
