"""`msglint serve`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click
import orjson

from ..common.redaction import redacted
from ..common.wording import nearest
from .options import given_options, linter_options
from .sections import Sectioned

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..report import Report
    from ..wire import Policy
    from .serve_calls import Calls

_OPTIONS: Final = ("endpoint", "betas", "api_version", "platform")
"""The options that a line may set for its request."""
_KNOWN: Final = ("id", "request", "text", "call", *_OPTIONS)
_OF_URL: Final = ("endpoint", "platform")
"""The options that the URL of a call tells."""
_OF_POLICY: Final = ("select", "ignore", "betas", "edition", "api_version")
"""The options of the command that hold for calls as well."""
_LONGEST: Final = 2**28
"""The most bytes of a line: as many as the largest body that the API takes, a batch, may have."""
_REQUEST_FILE: Final = "request.json"


class _LineError(Exception):
    """A line cannot be answered; the message says why."""


@click.command(
    name="serve",
    cls=Sectioned,
    sections={
        "Rules": ("select", "extend_select", "ignore"),
        "The API": ("endpoint", "betas", "edition", "api_version", "platform", "today"),
        "Configuration": ("config_file", "isolated"),
    },
    epilog="""\b
A line of the input:
  {"id": 1, "request": {"model": …}, "betas": ["…"], "api_version": "2023-06-01"}
  {"id": 2, "text": "{\\"model\\": …}", "endpoint": "count_tokens", "platform": "bedrock"}
A call that is about to be sent, judged with its URL and headers as `msglint guard` does:
  {"id": 3, "text": "…", "call": {"url": "…/v1/messages", "headers": {"anthropic-version": "2023-06-01"}}}
The line that answers it:
  {"id": 1, "ok": false, "violations": [{"rule": …, "severity": …, "pointer": …, "message": …, …}]}
A line that cannot be read is answered with {"id": null, "error": "…"}.
""",
)
@linter_options
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Read a JSON object from each line of standard input, check its request, and answer with a line of JSON.

    The process answers until the input ends, so that a program in any language starts it once and asks it before each
    call. The options here hold for every request that does not set its own.
    """
    from ..config import SettingsError
    from ..rules import UnknownRuleError
    from .serve_calls import Calls

    try:
        linter = _linter(context, options)
    except (SettingsError, UnknownRuleError) as error:
        raise click.UsageError(str(error)) from error
    serve(linter, sys.stdin.buffer, sys.stdout.buffer, Calls(partial(_policy, context, options)))


def serve(linter: Linter, requests: BinaryIO, answers: BinaryIO, calls: Calls | None = None) -> None:
    """Answer each line of `requests` with a line in `answers`, until the input ends."""
    for line in _lines(requests):
        answers.write(answer(line, linter, calls))
        answers.write(b"\n")
        answers.flush()


def answer(line: bytes, linter: Linter, calls: Calls | None = None) -> bytes:
    """Return the answer to a line, as JSON; never raises."""
    number: Any = None
    details: dict[str, Any] = {}
    try:
        question = _question(line)
        number = question.get("id")
        said = _said(question)
        if "call" in question and calls is not None:
            report, details = _judged(question, said, calls)
        else:
            report = _report(question, linter, said)
    except _LineError as error:
        return _encoded({"id": number, "error": redacted(str(error))})
    except Exception as error:  # noqa: BLE001 - a bug must not end the process that others wait for
        return _encoded({"id": number, "error": redacted(f"internal error: {type(error).__name__}: {error}")})
    from ..formats.json import violation_object

    found = [{**violation_object("", violation), "path": None} for violation in report.violations]
    return _encoded({"id": number, "ok": report.ok, "violations": found, **details})


def _encoded(value: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # half of a surrogate pair, or an integer beyond 64 bits
        return json.dumps(value).encode()


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield the lines that are not blank, each with its end; of a line that is too long only the start."""
    while line := source.readline(_LONGEST + 1):
        is_too_long = len(line) > _LONGEST
        yield from () if not line.strip() else (line,)
        while is_too_long and not line.endswith(b"\n") and line:
            line = source.readline(_LONGEST)


def _question(line: bytes) -> dict[str, Any]:
    if len(line) > _LONGEST:
        msg = f"the line is longer than {_LONGEST:,} bytes"
        raise _LineError(msg)
    try:
        question = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        msg = f"the line is not JSON: {error.msg} at character {error.pos + 1}"
        raise _LineError(msg) from error
    if not isinstance(question, dict):
        msg = "the line is not a JSON object"
        raise _LineError(msg)
    return question


def _said(question: dict[str, Any]) -> dict[str, Any]:
    """Return the options that a line sets; everything but the request itself is looked at."""
    for name in sorted(question.keys() - set(_KNOWN)):
        meant = nearest(name, _KNOWN)
        hint = f"did you mean {meant!r}?" if meant else f"it may have {', '.join(_KNOWN)}"
        msg = f"a line has no {name!r}; {hint}"
        raise _LineError(msg)
    if ("request" in question) == ("text" in question):
        msg = "the line must have either 'request' or 'text'"
        raise _LineError(msg)
    said = {name: question[name] for name in _OPTIONS if question.get(name) is not None}
    for name, value in said.items():
        texts = value if name == "betas" else [value]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            msg = f"{name!r} must be {'a list of strings' if name == 'betas' else 'a string'}"
            raise _LineError(msg)
    if "text" in question and not isinstance(question["text"], str):
        msg = "'text' must be a string"
        raise _LineError(msg)
    return said


def _judged(question: dict[str, Any], said: dict[str, Any], calls: Calls) -> tuple[Report, dict[str, Any]]:
    """Judge the call of a line, and return what is found with what is to be done about it."""
    for name in _OF_URL:
        if name in said:
            msg = f"a line with a 'call' has no {name!r}, because its URL tells"
            raise _LineError(msg)
    body = question["text"] if "text" in question else question["request"]
    try:
        judged = calls.judge(question["call"], body if isinstance(body, (dict, str)) else json.dumps(body), said)
    except (TypeError, ValueError) as error:
        raise _LineError(str(error)) from error
    return judged.report, judged.details


def _report(question: dict[str, Any], linter: Linter, said: dict[str, Any]) -> Report:
    """Check the request of a line."""
    try:
        linter = linter.with_options(said) if said else linter
    except (TypeError, ValueError) as error:
        raise _LineError(str(error)) from error
    if "request" in question:
        return linter.validate(question["request"])
    return linter.validate_json(question["text"])


def _linter(context: click.Context, options: dict[str, Any]) -> Linter:
    """Return the linter of the command's options and of the configuration of the current folder.

    Raises:
        SettingsError: if a configuration is invalid.
        UnknownRuleError: for a rule that does not exist.
    """
    from ..config import Config, load
    from ..project import Project

    config = None
    if options["isolated"]:
        config = Config()
    elif options["config_file"] is not None:
        config = load(options["config_file"])
    given = given_options(context, options)
    linter = Project(given, config=config).linter_for(_REQUEST_FILE)
    for key in ("select", "extend_select", "ignore"):
        for name in given.get(key) or ():
            linter.rules.named(name)
    return linter


def _policy(context: click.Context, options: dict[str, Any]) -> Policy:
    """Return the policy for calls: that of the configuration, and above it the options of the command."""
    from ..wire import Policy
    from ..wire.configured import options_below

    given = given_options(context, options)
    added = given.pop("extend_select", ())
    known = {name: value for name, value in given.items() if name in _OF_POLICY}
    made = options_below(known, config_file=options["config_file"], isolated=options["isolated"])
    if added and made.get("select") is not None:
        made["select"] = [*made["select"], *added]
    return Policy(**made)
