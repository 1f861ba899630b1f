"""Check requests on the wire, and act on what is found; a fault of the check never breaks a call."""

from __future__ import annotations

import inspect
import warnings
from functools import cache
from itertools import count
from math import floor
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import orjson

from ..checking.linter import Linter
from ..facts import model_named
from ..facts.api import API_VERSIONS, FIRST_API_VERSION, OWN_PLATFORM, ApiVersion
from ..report import Report
from .bodies import UnreadableBodyError, text_of
from .checked import Checked, Outcome, Refusal, RefusedError, noted, refusal_of, severe
from .headers import Headers, read_headers
from .policy import Override, Policy
from .routes import Route, path_of, route_of

_MOST_LINTERS: Final = 256
_SIGN_ON_BEDROCK: Final = "anthropic_version"
_SIGNS: Final = frozenset({"model", "messages", "max_tokens", "requests"})
"""Properties one of which every body of the Messages API has, as wrong as the rest of it may be."""
_VERSIONED: Final = len(FIRST_API_VERSION)


class RequestWarning(UserWarning):
    """Issued in mode `warn` for a request that the API would refuse."""


class Call(NamedTuple):
    """A call of the Messages API without its body."""

    route: Route
    headers: Headers
    url: str
    are_headers_known: bool = True
    """Whether these are all headers; if not, a missing `anthropic-beta` says nothing."""


class Checker:
    """Checks requests under one policy; safe to share between threads."""

    def __init__(self, policy: Policy) -> None:
        self.policy: Final = policy
        self._overrides = tuple(each for each in policy.overrides if isinstance(each, Override))
        self._policies: dict[tuple[int, ...], Policy] = {(): policy.under(()) if self._overrides else policy}
        self._linters: dict[tuple[Any, ...], Linter] = {}
        self._calls = count()
        self._has_failed = False

    def warm(self) -> Checker:
        """Read every file that a check may need, so that none blocks an event loop; never raises."""
        try:
            self._linter(self.policy, Call(Route("messages"), Headers(), "")).warm()
            for endpoint in ("messages", "count_tokens", "batches"):
                for version in API_VERSIONS:
                    call = Call(Route(endpoint), Headers(version), "")
                    self._linter(self.policy, call).validate({"messages": []})
        except Exception as error:  # noqa: BLE001 - the first check does what is left
            self.report_failure(error)
        return self

    def check(self, method: str, url: Any, headers: Any, body: Any) -> Checked | None:
        """Check one request; None if it is not a call of the Messages API. Never raises."""
        call = self.call_of(method, url, headers)
        return None if call is None else self.judge(call, body)

    def call_of(self, method: Any, url: Any, headers: Any) -> Call | None:
        """Return the call of the Messages API that a request is; None if it is none. Never raises."""
        try:
            name = method.decode("latin-1") if isinstance(method, (bytes, bytearray)) else str(method)
            route = route_of(url) if name.upper() == "POST" else None
            if route is None:
                return None
            read = read_headers(headers)
            text = url.decode("latin-1") if isinstance(url, (bytes, bytearray)) else str(url)
            return None if read.content_type.startswith("multipart/") else Call(route, read, text)
        except Exception as error:  # noqa: BLE001 - what is passed may be anything
            self.report_failure(error)
            return None

    def refusal(self, method: Any, url: Any, headers: Any, body: Any) -> Refusal | None:
        """Check one request, act on what is found, and return the answer to give in place of the API's.

        Raises:
            RequestError: for a request with violations, in mode `raise` only.
        """
        call = self.call_of(method, url, headers)
        return None if call is None else self.refusal_of_call(call, body)

    def refusal_of_call(self, call: Call, body: Any) -> Refusal | None:
        """Do the same for a call whose URL and headers have been read; a body may also be a dict.

        Raises:
            RequestError: for a request with violations, in mode `raise` only.
        """
        checked = self.judge(call, body, may_skip=True)
        return None if checked is None else self.act(checked)

    def judge(self, call: Call, body: Any, *, may_skip: bool = False) -> Checked | None:
        """Check the body of a call; None if it shows that it is not one. Never raises.

        `may_skip` leaves out what the policy says: modes and samples, and what the SDK sends again.
        """
        started = perf_counter()
        policy = self.policy
        try:
            model = self._model_of(call, body) if policy.depends_on_model or policy.on_check else call.route.model
            policy = self._policy_for(call, model)
            if may_skip:
                why = self._why_to_skip(policy, call)
                if why is not None:
                    return _checked(call, policy, model, "skipped", why=why)
            report = self._report_of(call, body, policy)
            if report is None:
                return None
        except UnreadableBodyError as error:
            return _checked(call, policy, None, "skipped", why=str(error))
        except Exception as error:  # noqa: BLE001 - a fault of the check never breaks a call
            self.report_failure(error)
            return _checked(call, policy, None, "failed", why=type(error).__name__)
        found = severe(report, policy.fail_on) if report.violations else ()
        return Checked(
            outcome="found" if found else "passed",
            path=path_of(call.url),
            endpoint=call.route.endpoint,
            platform=call.route.platform,
            mode=policy.mode,
            model=model,
            report=report,
            found=found,
            seconds=perf_counter() - started,
        )

    def act(self, checked: Checked) -> Refusal | None:
        """Do about a result what the policy says, and return the answer to give in place of the API's.

        Raises:
            RequestError: for a request with violations, in mode `raise` only.
        """
        try:
            refusal = self._acted(checked)
        except Exception as error:  # noqa: BLE001 - as above
            self.report_failure(error)
            return None
        if checked.found and checked.mode == "raise" and checked.report is not None:
            raise RefusedError(checked.report, checked.found)
        return refusal

    def _acted(self, checked: Checked) -> Refusal | None:
        if self.policy.on_check is not None:
            try:
                self.policy.on_check(checked)
            except Exception as error:  # noqa: BLE001 - a callback of the user must not break a call
                self.report_failure(error)
        if not checked.found:
            return None
        if checked.mode == "refuse":
            return refusal_of(checked)
        if checked.mode == "warn":
            said = noted(checked, show_values=self.policy.show_values)
            warnings.warn(said, RequestWarning, stacklevel=_level_of_caller())
        elif checked.mode == "log":
            self.policy.logger.warning("%s", noted(checked, show_values=self.policy.show_values))
        return None

    def _why_to_skip(self, policy: Policy, call: Call) -> str | None:
        if policy.mode == "off":
            return "the mode is off"
        # What is raised looks like a broken connection to an SDK: it was not sent, and the SDK tries once more.
        if call.headers.is_retry and policy.mode != "raise":
            return "it is sent again"
        if policy.sample < 1:
            number = next(self._calls)
            if floor(number * policy.sample) == floor((number - 1) * policy.sample):
                return "it is not in the sample"
        return None

    def _policy_for(self, call: Call, model: str | None) -> Policy:
        if not self._overrides:
            return self.policy
        matching = tuple(index for index, each in enumerate(self._overrides) if each.matches(call.url, model))
        policy = self._policies.get(matching)
        if policy is None:
            policy = self._policies[matching] = self.policy.under([self._overrides[index] for index in matching])
        return policy

    def _model_of(self, call: Call, body: Any) -> str | None:
        """Return the model of a request, from its URL or body; None if it has none."""
        if call.route.model is not None:
            return call.route.model
        try:
            value = body if isinstance(body, dict) else orjson.loads(text_of(body, call.headers.encodings, None))
            model = value.get("model")
        except (AttributeError, TypeError, ValueError):
            return None
        return model if isinstance(model, str) else None

    def _report_of(self, call: Call, body: Any, policy: Policy) -> Report | None:
        linter = self._linter(policy, call)
        if isinstance(body, dict):
            report = linter.validate(body)
        else:
            body = text_of(body, call.headers.encodings, policy.max_bytes)
            report = linter.validate_json(body)
        return None if report.violations and _is_of_others(call, body) else report

    def _linter(self, policy: Policy, call: Call) -> Linter:
        route, headers = call.route, call.headers
        version = _version_of(policy, call)
        betas = headers.betas if headers.betas is not None else policy.betas
        # The API requires the version: headers without one are incomplete, as in recordings, or a gateway adds to them.
        is_complete = call.are_headers_known and headers.version is not None
        if betas is None and is_complete and route.platform == OWN_PLATFORM:
            betas = ()
        key = (id(policy), route.endpoint, route.platform, route.model, version, betas)
        linter = self._linters.get(key)
        if linter is None:
            is_known = route.model is not None and model_named(route.model, route.platform) is not None
            linter = Linter(
                endpoint=route.endpoint,
                platform=route.platform,
                model=route.model if is_known else None,
                edition=policy.edition,
                api_version=version,
                betas=betas,
                **policy.linter_options(),
            )
            if len(self._linters) >= _MOST_LINTERS:
                self._linters.clear()
            self._linters[key] = linter
        return linter

    def report_failure(self, error: Exception) -> None:
        """Log a fault of the check, the first time only; with its type and place, never with a value."""
        if self._has_failed:
            return
        self._has_failed = True
        try:
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            place = "" if frame is None else f" at {frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}"
            name = type(error).__name__
            self.policy.logger.error(
                "msglint could not check a request (%s%s); requests are sent unchecked, and this is not logged again",
                name,
                place,
            )
        except Exception:  # noqa: BLE001 - a broken logger must not break a call either
            return


def _is_of_others(call: Call, body: Any) -> bool:
    """Whether a body that is wrong as one of the Messages API shows that it is one of another service."""
    is_bedrock = call.route.platform == "bedrock"
    has_headers = call.headers.version is not None or call.headers.betas is not None
    if call.route.is_certain or (has_headers and not is_bedrock):
        return False
    try:
        value = body if isinstance(body, dict) else orjson.loads(body)
    except ValueError:
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        return is_bedrock and _SIGN_ON_BEDROCK not in text
    if is_bedrock:
        return not isinstance(value, dict) or _SIGN_ON_BEDROCK not in value
    return isinstance(value, dict) and bool(value) and not _SIGNS & value.keys()


@cache
def _libraries() -> tuple[str, ...]:
    """Return the beginnings of the paths of modules that are not the user's."""
    import sysconfig  # only warnings need it: to ask it for the folders takes a millisecond

    return (str(Path(__file__).parents[1]), *{sysconfig.get_path(name) for name in ("stdlib", "purelib")}, "<")


def _level_of_caller() -> int:
    """Return the level, for a warning of the calling function, of the code that is not a library: whose call it is."""
    frame, level = inspect.currentframe(), 0
    while frame is not None and frame.f_code.co_filename.startswith(_libraries()):
        frame, level = frame.f_back, level + 1
    return 2 if frame is None else level


def _checked(call: Call, policy: Policy, model: str | None, outcome: Outcome, *, why: str) -> Checked:
    """Return the result for a request that was not checked."""
    return Checked(
        outcome=outcome,
        path=path_of(call.url),
        endpoint=call.route.endpoint,
        platform=call.route.platform,
        mode=policy.mode,
        model=model,
        why=why,
    )


def _version_of(policy: Policy, call: Call) -> ApiVersion:
    """Return the API version of a call: the newest known one that is not newer than its header."""
    if call.route.platform != OWN_PLATFORM:
        return FIRST_API_VERSION
    given = call.headers.version
    if given is None or len(given) != _VERSIONED:
        return policy.api_version
    return max((version for version in API_VERSIONS if version <= given), default=FIRST_API_VERSION)
