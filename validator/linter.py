"""The linter: from a request, as a Python object or as text, to a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, get_args

from .decode import decode
from .findings import Finding, Target
from .places.lines import LineIndex
from .places.locate import Span, locate
from .plain import is_plain, make_plain
from .pointer import DocumentOrder, to_pointer
from .report import Range, Related, Report, RequestError, Violation
from .rules import BY_KEYWORD, RULES, selected
from .rules.engine import Engine
from .rules.node import Known
from .schema.explain import MISSING_BETA, Problem, explainer_for
from .schema.gate import gate_for
from .schema.projection import EDITIONS, LATEST_EDITION, PLATFORMS, View
from .schema.store import header_names
from .words import any_of, nearest

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .decode import SyntaxFinding
    from .pointer import Path

Endpoint = Literal["auto", "messages", "count_tokens", "batches"]
"""Which endpoint's body is checked; `auto` decides by the content of each document."""

ENDPOINTS: Final = get_args(Endpoint)
API_VERSIONS: Final = ("2023-06-01", "2026-10-21")
"""The values of the `anthropic-version` header that are known, oldest first."""

_BETAS_KEYS: Final = {"bedrock": "anthropic_beta"}
"""Where a body says its betas itself; elsewhere it is the SDK's `betas`."""
_BATCH_KEYS: Final = {"custom_id", "params"}


class Options(TypedDict, total=False):
    """The options of `Linter`, for the functions that take the same."""

    endpoint: Endpoint
    edition: str
    api_version: str
    betas: Iterable[str] | None
    platform: str
    today: date | None
    select: Iterable[str] | None
    ignore: Iterable[str]


class Linter:
    """Checks requests; configured once, used for any number of them, from any number of threads."""

    def __init__(
        self,
        *,
        endpoint: Endpoint = "messages",
        edition: str = LATEST_EDITION,
        api_version: str = API_VERSIONS[0],
        betas: Iterable[str] | None = None,
        platform: str = PLATFORMS[0],
        today: date | None = None,
        select: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
    ) -> None:
        """Configure a linter.

        Args:
            endpoint: `"messages"`, `"count_tokens"`, `"batches"`, or `"auto"` to decide by the content: an object with
                `requests` is a batch, one with `custom_id` and `params` a line of a batch file.
            edition: The dated snapshot of the API reference to check against.
            api_version: The `anthropic-version` header that goes with the requests.
            betas: The values of the `anthropic-beta` header; None when they are not known. The `betas` that a
                request carries itself, as the SDK takes them, go before these.
            platform: Whose API the requests are for: `"anthropic"`, `"bedrock"` (Amazon), `"google"` (Google Cloud).
            today: The day that the retirement of models is compared with; None for the day it is.
            select: Ids of rules and areas to check; None for all.
            ignore: Ids of rules and areas to leave out.

        Raises:
            ValueError: for an endpoint, an edition, an API version, a platform or a rule that does not exist.
            TypeError: for a string in place of a list of names.
        """
        self.endpoint: Final = _one_of("endpoint", endpoint, ENDPOINTS)
        self.edition: Final = _one_of("edition", edition, EDITIONS)
        self.api_version: Final = _one_of("API version", api_version, API_VERSIONS)
        self.platform: Final = _one_of("platform", platform, PLATFORMS)
        self.today: Final = today
        self.betas: Final = None if betas is None else frozenset(_names("betas", betas))
        self._selected = selected(None if select is None else _names("select", select), _names("ignore", ignore))
        explainer = explainer_for("messages", View(self.edition, self.platform))
        self._engine = Engine(
            (rule for rule in RULES.values() if rule.id in self._selected),
            tool_types=explainer.union_tags("Tool"),
            block_types=explainer.union_tags("ContentBlock"),
        )

    def validate(self, request: Any) -> Report:
        """Check a request that is a Python object, and report what is wrong with it; any object may be given."""
        refused: list[Finding] = []
        if not is_plain(request):
            request, refused = make_plain(request)
        found = _beside(refused, self._findings(request))
        return Report(tuple(_violation(finding) for finding in _in_order(refused + found, request)))

    def validate_json(self, data: bytes | bytearray | memoryview | str) -> Report:
        """Check a request that is JSON text; the violations have their places in it.

        Raises:
            TypeError: when `data` is neither bytes nor a string.
        """
        return self.lint_text(data)

    def lint_text(self, data: bytes | bytearray | memoryview | str, *, first_line: int = 1) -> Report:
        """Check JSON text whose first line is counted as `first_line`: a record in a file of many."""
        text = data.encode(errors="surrogatepass") if isinstance(data, str) else bytes(memoryview(data))
        decoded = decode(text)
        lines = LineIndex(decoded.data, first_line)
        violations = [_syntax_violation(finding, lines) for finding in decoded.findings]
        if decoded.readable:
            violations += _located(self._findings(decoded.value), decoded.data, lines)
        return Report(tuple(violations))

    def check(self, request: Any) -> None:
        """Check a request that is a Python object.

        Raises:
            RequestError: when the API would refuse it.
        """
        report = self.validate(request)
        if not report.ok:
            raise RequestError(report)

    def _findings(self, value: Any) -> list[Finding]:
        """Return what the schema and the rules find in a plain value."""
        shape = self._shape_of(value)
        structural: list[Finding] = []
        view = self._view_of(value)
        if not gate_for(shape, view).accepts(value):
            structural = [_worded(problem) for problem in explainer_for(shape, view).problems(value)]
        found = _beside([finding for finding in structural if _spoils(finding)], self._run_rules(value, shape))
        return [finding for finding in structural if finding.rule.id in self._selected] + found

    def _shape_of(self, value: Any) -> str:
        if self.endpoint in {"auto", "batches"}:
            if isinstance(value, dict) and value.keys() >= _BATCH_KEYS:
                return "batch_request"
            if self.endpoint == "auto":
                return "batches" if isinstance(value, dict) and "requests" in value else "messages"
        return self.endpoint

    def _run_rules(self, value: Any, shape: str) -> list[Finding]:
        if shape == "batches":
            requests = value.get("requests") if isinstance(value, dict) else None
            if not isinstance(requests, list):
                return []
            return [
                finding
                for index, item in enumerate(requests)
                for finding in self._run_batch_request(item, ("requests", index))
            ]
        if shape == "batch_request":
            return self._run_batch_request(value, ())
        return self._engine.run(value, self._known_of(value, shape))

    def _run_batch_request(self, value: Any, path: Path) -> list[Finding]:
        body = value.get("params") if isinstance(value, dict) else None
        return self._engine.run(body, self._known_of(body, "batches"), (*path, "params"))

    def _known_of(self, body: Any, endpoint: str) -> Known:
        return Known(endpoint, self.edition, self._betas_of(body), self.api_version, self.platform, self.today)

    def _view_of(self, value: Any) -> View:
        betas = self._betas_of(value)
        return View(self.edition, self.platform, None if betas is None else betas & header_names())

    def _betas_of(self, body: Any) -> frozenset[str] | None:
        own = body.get(_BETAS_KEYS.get(self.platform, "betas")) if isinstance(body, dict) else None
        if isinstance(own, (list, tuple)):
            return frozenset(beta for beta in own if isinstance(beta, str))
        return self.betas


def validate(request: Any, **options: Unpack[Options]) -> Report:
    """Check a request that is a Python object; the options are those of `Linter`."""
    return _linter(options).validate(request)


def validate_json(data: bytes | bytearray | memoryview | str, **options: Unpack[Options]) -> Report:
    """Check a request that is JSON text; the violations have their places in it. The options are those of `Linter`.

    Raises:
        TypeError: when `data` is neither bytes nor a string.
    """
    return _linter(options).validate_json(data)


def check(request: Any, **options: Unpack[Options]) -> None:
    """Check a request that is a Python object; the options are those of `Linter`.

    Raises:
        RequestError: when the API would refuse it; its `report` has every violation.
    """
    _linter(options).check(request)


def _linter(options: Options) -> Linter:
    """Return the linter of some options, made once for each choice of them."""
    lists = {name: tuple(value) for name, value in options.items() if isinstance(value, (list, set, frozenset))}
    return _shared_linter(**{**options, **lists})


@lru_cache(maxsize=64)
def _shared_linter(**options: Any) -> Linter:
    return Linter(**options)


def _names(option: str, names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        msg = f"{option} must be a list of names, not the string {names!r}"
        raise TypeError(msg)
    return tuple(names)


def _one_of(noun: str, name: str, allowed: Sequence[str]) -> str:
    if name in allowed:
        return name
    meant = nearest(str(name), allowed)
    hint = (
        f", did you mean {meant!r}?" if meant else f"; there {'is' if len(allowed) == 1 else 'are'} {any_of(allowed)}"
    )
    msg = f"there is no {noun} {name!r}{hint}"
    raise ValueError(msg)


def _worded(problem: Problem) -> Finding:
    rule = BY_KEYWORD[problem.keyword]
    message, advice = rule.check(problem)
    target = {"required": Target.HOLDER, "additionalProperties": Target.KEY}.get(problem.keyword, Target.VALUE)
    if problem.keyword == MISSING_BETA and problem.name:
        target = Target.KEY
    return Finding(rule, problem.path, message, advice, target)


def _spoils(finding: Finding) -> bool:
    """Whether a finding means that the value at its path cannot be relied on."""
    return finding.target is Target.VALUE


def _beside(spoilt: list[Finding], findings: list[Finding]) -> list[Finding]:
    """Keep the findings that do not speak of a value in which something is wrong already."""
    if not spoilt:
        return findings
    paths = {finding.path for finding in spoilt}

    def reliable(path: Path) -> bool:
        return not any(path[:length] in paths for length in range(len(path) + 1))

    return [
        finding for finding in findings if reliable(finding.path) and all(reliable(path) for path, _ in finding.related)
    ]


def _in_order(findings: list[Finding], root: Any) -> list[Finding]:
    order = DocumentOrder(root)
    return sorted(findings, key=lambda finding: order.key(finding.path))


def _violation(finding: Finding, place: Range | None = None, related: tuple[Related, ...] | None = None) -> Violation:
    if related is None:
        related = tuple(Related(to_pointer(path), message) for path, message in finding.related)
    return Violation(
        rule=finding.rule.id,
        severity=finding.severity or finding.rule.severity,
        pointer=to_pointer(finding.path),
        message=finding.message,
        help=finding.help,
        range=place,
        related=related,
    )


def _syntax_violation(finding: SyntaxFinding, lines: LineIndex) -> Violation:
    fault = finding.fault
    return Violation(
        rule=finding.rule.id,
        severity=finding.rule.severity,
        pointer="",
        message=fault.message,
        help=fault.help,
        range=Range(*lines.position(fault.start), *lines.position(fault.end)),
    )


def _located(findings: list[Finding], data: bytes, lines: LineIndex) -> list[Violation]:
    """Give every finding its place, and put them into the order of the text."""
    if not findings:
        return []
    paths = {finding.path for finding in findings} | {path for finding in findings for path, _ in finding.related}
    spans = locate(data, paths)
    stretches = {(finding.path, finding.target): _stretch(spans, finding.path, finding.target) for finding in findings}
    stretches |= {
        (path, Target.VALUE): _stretch(spans, path, Target.VALUE) for finding in findings for path, _ in finding.related
    }
    offsets = sorted({offset for stretch in stretches.values() for offset in stretch})
    positions = {offset: lines.position(offset) for offset in offsets}
    ranges = {place: Range(*positions[start], *positions[end]) for place, (start, end) in stretches.items()}
    return [
        _violation(
            finding,
            ranges[finding.path, finding.target],
            tuple(Related(to_pointer(path), message, ranges[path, Target.VALUE]) for path, message in finding.related),
        )
        for finding in sorted(findings, key=lambda finding: stretches[finding.path, finding.target])
    ]


def _stretch(spans: dict[Path, Span], path: Path, target: Target) -> tuple[int, int]:
    """Return the bytes to point at; where a path leads nowhere, those of the nearest value around it."""
    while path not in spans:
        path = path[:-1]
    span = spans[path]
    if target is not Target.VALUE and span.key is not None:
        return span.key
    if target is Target.HOLDER:
        return span.start, span.start + 1
    return span.start, span.end
