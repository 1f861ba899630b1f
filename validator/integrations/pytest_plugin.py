"""A plugin for pytest that checks what tests send: `pytest --msglint=fail`.

While a test runs, it only notes the calls of the Messages API that go through `httpx`, `httpx2` and `requests`.
They are checked when the test is over, outside of any event loop, so a test never sees the plugin.
Without a call the engine is not imported, and in mode `off` nothing is patched.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from functools import wraps
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from ..wire import Checker

_MODES: Final = ("fail", "warn", "off")
_NAME: Final = "msglint"
_SIGNS: Final = ("/v1/messages", "/invoke", "awPredict")
"""Parts of the paths of the Messages API, on every platform: others are not even noted."""
_MOST_NOTED: Final = 10_000
_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_LISTED: Final = 5
_OUTSIDE: Final = "outside of tests"


class Sent(NamedTuple):
    """A request that was sent."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: Any


class Noted(NamedTuple):
    """What was found in a test; plain values, which go from a worker of pytest-xdist to its controller."""

    requests: int
    rules: list[str]
    text: str
    fails: bool


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup(_NAME, "msglint: check the requests to the Claude Messages API that tests send")
    group.addoption(
        "--msglint",
        choices=_MODES,
        default=None,
        help="check them: `fail` tests that send a wrong one, only `warn`, or `off` (the default)",
    )
    parser.addini(_NAME, "the mode if --msglint is not given: fail, warn or off", default="off")
    parser.addini(f"{_NAME}_ignore", "rules and areas of msglint to skip", type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and start to listen unless the mode is off."""
    config.addinivalue_line(
        "markers",
        'msglint(mode, ignore=[]): for wrong requests sent on purpose: "off", "warn" or "fail"; rules to ignore',
    )
    mode = config.getoption("--msglint") or config.getini(_NAME)
    if mode not in _MODES:
        msg = f"msglint must be one of {', '.join(_MODES)}, not {mode!r}"
        raise pytest.UsageError(msg)
    if mode != "off":
        config.pluginmanager.register(Plugin(config, mode), f"{_NAME}-active")


class Plugin:
    """The active plugin: notes requests, and reports on them after each test."""

    def __init__(self, config: pytest.Config, mode: str) -> None:
        self._config = config
        self._mode = mode
        self._sent: list[Sent] = []
        self._bytes = 0
        self._checker: Checker | None = None
        self._requests = 0
        self._tests: dict[str, list[str]] = {}
        """The rules that were found, by test."""
        self._texts: list[str] = []
        """What was found in tests that pass, and outside of tests: to be shown at the end."""
        self._has_failed_outside = False
        self._listener = Listener(self._note)
        self._listener.start()

    def pytest_unconfigure(self) -> None:
        """Stop listening."""
        self._listener.stop()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:  # noqa: ARG002 - pytest's signature
        """Check what was sent between tests on its own, not with the next test."""
        self._keep_outside()
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self,
        item: pytest.Item,
        call: pytest.CallInfo[None],
    ) -> Generator[None, Any, None]:
        """Add what was found to the report of the test, or of its tear-down."""
        outcome = yield
        if call.when == "setup" and call.excinfo is None:
            return
        noted = self._noted(item)
        if noted is None:
            return
        report = outcome.get_result()
        report.msglint = list(noted)
        if not noted.text:
            return
        if noted.fails and report.passed and not hasattr(report, "wasxfail"):
            report.outcome = "failed"
            report.longrepr = noted.text
        else:
            report.sections.append((_NAME, noted.text))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what was found, also in the workers of pytest-xdist."""
        if hasattr(report, "msglint"):
            noted = Noted(*report.msglint)
            self._count(report.nodeid, noted)
            if noted.text and report.passed:  # pytest shows the sections of other tests itself
                self._texts.append(f"{report.nodeid}\n{noted.text}")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run for what was sent outside of tests; a worker hands it to its controller."""
        self._keep_outside()
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_NAME] = [self._requests, self._tests.get(_OUTSIDE, []), self._texts, self._has_failed_outside]
        elif self._has_failed_outside and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of pytest-xdist found outside of tests."""
        _, rules, texts, has_failed = getattr(node, "workeroutput", {}).get(_NAME, (0, [], [], False))
        if rules:
            self._tests.setdefault(_OUTSIDE, []).extend(rules)
        self._texts += texts
        self._has_failed_outside |= has_failed

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the rules that were found, and the tests."""
        if not self._requests and not self._tests:
            return
        found = {test: rules for test, rules in self._tests.items() if rules}
        if found or self._mode == "warn":
            terminalreporter.section(_NAME, "-")
        for text in self._texts:
            terminalreporter.write_line(text)
        counts = Counter(rule for rules in found.values() for rule in rules)
        for rule, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            tests = [test for test, rules in found.items() if rule in rules]
            more = f" and {len(tests) - _MOST_LISTED} more" if len(tests) > _MOST_LISTED else ""
            terminalreporter.write_line(f"{number:5} {rule}: {', '.join(tests[:_MOST_LISTED])}{more}")
        from ..common.wording import count

        wrong = f"{count(sum(counts.values()), 'error')} in {count(len(found), 'test')}" if counts else "no errors"
        terminalreporter.write_line(f"msglint checked {count(self._requests, 'request')}: {wrong}")

    def _note(self, sent: Sent) -> None:
        """Keep a request until its test is over."""
        size = len(sent.body) if isinstance(sent.body, (bytes, str)) else 0
        if len(self._sent) < _MOST_NOTED and self._bytes + size <= _MOST_BYTES:
            self._sent.append(sent)
            self._bytes += size

    def _keep_outside(self) -> None:
        noted = self._noted(None)
        if noted is not None:
            self._count(_OUTSIDE, noted)
            if noted.text:
                self._texts.append(noted.text)
                self._has_failed_outside |= noted.fails

    def _count(self, test: str, noted: Noted) -> None:
        self._requests += noted.requests
        if noted.rules:
            self._tests.setdefault(test, []).extend(noted.rules)

    def _noted(self, item: pytest.Item | None) -> Noted | None:
        """Check what was sent since the last time; None for nothing."""
        if not self._sent:
            return None
        sent, self._sent, self._bytes = self._sent, [], 0
        try:
            mode, ignored = _marked(item, self._mode)
            return None if mode == "off" else self._judged(sent, mode, ignored)
        except ValueError as error:
            return Noted(0, [], f"msglint: {error}", fails=True)
        except Exception as error:  # noqa: BLE001 - a fault of the check never fails a test
            return Noted(0, [], f"msglint could not check what was sent: {type(error).__name__}", fails=False)

    def _judged(self, sent: list[Sent], mode: str, ignored: list[str]) -> Noted | None:
        from ..wire.checked import printed

        if self._checker is None:
            self._checker = self._made()
        rules = self._checker.policy.known_rules()
        unwanted = {rule for name in ignored for rule in rules.named(name)}
        requests, found, seen = 0, [], set[tuple[str, str, str]]()
        for request in sent:
            call = self._checker.call_of(request.method, request.url, request.headers)
            checked = None if call is None else self._checker.judge(call, request.body, may_skip=True)
            if checked is None or checked.report is None:
                continue
            requests += 1
            for violation in checked.found:
                identity = (violation.rule, violation.pointer, violation.message)
                if violation.rule not in unwanted and identity not in seen:
                    seen.add(identity)
                    found.append(violation)
        broken = [violation.rule for violation in found]
        names = ", ".join(dict.fromkeys(broken))
        text = f"msglint: {names}: the API would refuse what is sent here\n{printed(tuple(found))}" if found else ""
        return Noted(requests, broken, text, fails=mode == "fail") if requests else None

    def _made(self) -> Checker:
        """Make the checker from the configuration of msglint that belongs to the root of the tests."""
        from ..wire import Checker, Policy
        from ..wire.configured import policy_options

        options = policy_options(self._config.rootpath)
        ignored = [name.strip() for name in self._config.getini(f"{_NAME}_ignore")]
        return Checker(Policy(**{**options, "ignore": (*options.get("ignore", ()), *ignored), "mode": "log"}))


def _marked(item: pytest.Item | None, mode: str) -> tuple[str, list[str]]:
    """Return the mode of a test and the rules that it ignores, by its markers; the closest one sets the mode.

    Raises:
        ValueError: for a marker that says neither.
    """
    ignored: list[str] = []
    chosen = None
    for marker in item.iter_markers(_NAME) if item is not None else ():
        names = marker.kwargs.get("ignore", ())
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, (list, tuple, set, frozenset)) or not all(isinstance(each, str) for each in names):
            msg = f"the marker's `ignore` is {names!r}, but must be a list of rules and areas"
            raise ValueError(msg)
        ignored += names
        given = marker.args[0] if marker.args else marker.kwargs.get("mode")
        if given is not None and given not in _MODES:
            msg = f"the marker's mode is {given!r}, but must be one of {', '.join(_MODES)}"
            raise ValueError(msg)
        if marker.kwargs.keys() - {"mode", "ignore"} or len(marker.args) > 1:
            msg = 'the marker takes a mode and `ignore`, as in `msglint("warn", ignore=["schema"])`'
            raise ValueError(msg)
        chosen = chosen or given
    return chosen or mode, ignored


class Listener:
    """Patches the HTTP libraries, those that are imported and those that will be."""

    def __init__(self, note: Callable[[Sent], None]) -> None:
        self._note = note
        self._finder = _Finder(self._patch)
        self._undo: list[Callable[[], None]] = []

    def start(self) -> None:
        """Patch what is imported, and wait for the rest."""
        for name in _PATCHES:
            if name in sys.modules:
                self._patch(sys.modules[name])
        sys.meta_path.insert(0, self._finder)

    def stop(self) -> None:
        """Undo the patches."""
        with suppress(ValueError):
            sys.meta_path.remove(self._finder)
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()

    def _patch(self, module: ModuleType) -> None:
        for name, read in _PATCHES[module.__name__].items():
            with suppress(Exception):  # another library by that name
                self._wrap(getattr(module, name), read)

    def _wrap(self, owner: Any, read: Callable[[Any], Sent | None]) -> None:
        original = owner.send
        note = self._note

        def watch(request: Any) -> None:
            with suppress(Exception):  # nothing of this may be seen by a test
                sent = read(request)
                if sent is not None:
                    note(sent)

        # The same for coroutines: `send` of an asynchronous client returns one, which is passed on.
        @wraps(original)
        def send(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
            watch(request)
            return original(self, request, *args, **kwargs)

        owner.send = send
        self._undo.append(lambda: setattr(owner, "send", original))


def _of_httpx(request: Any) -> Sent | None:
    url = str(request.url)
    if not any(sign in url for sign in _SIGNS):
        return None
    try:
        body = request.content
    except Exception:  # noqa: BLE001 - `RequestNotRead` of either library: a stream, which must not be consumed
        return None
    return Sent(request.method, url, list(request.headers.multi_items()), body)


def _of_requests(request: Any) -> Sent | None:
    url = str(request.url)
    if not any(sign in url for sign in _SIGNS) or not isinstance(request.body, (str, bytes, type(None))):
        return None
    return Sent(str(request.method), url, list(request.headers.items()), request.body)


_PATCHES: Final[dict[str, dict[str, Callable[[Any], Sent | None]]]] = {
    "httpx": {"Client": _of_httpx, "AsyncClient": _of_httpx},
    "httpx2": {"Client": _of_httpx, "AsyncClient": _of_httpx},
    "requests": {"Session": _of_requests},
}
"""The classes whose `send` is patched, by module."""


class _Finder(MetaPathFinder):
    """Calls a function with each of the libraries right after its import."""

    def __init__(self, patch: Callable[[ModuleType], None]) -> None:
        self._patch = patch
        self._busy: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the signature of the import system
        target: ModuleType | None = None,  # noqa: ARG002 - as above
    ) -> ModuleSpec | None:
        """Find a library as without this finder, and let its loader call the function."""
        if fullname not in _PATCHES or fullname in self._busy:
            return None
        self._busy.add(fullname)
        try:
            spec = find_spec(fullname)
        finally:
            self._busy.discard(fullname)
        if spec is not None and spec.loader is not None:
            execute, patch = spec.loader.exec_module, self._patch

            def exec_module(module: ModuleType) -> None:
                execute(module)
                patch(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
