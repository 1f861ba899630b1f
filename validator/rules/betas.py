"""The `anthropic-beta` header."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from .. import facts
from ..common.lazy_regex import regex
from ..common.wording import code, either, joined, nearest, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, Rule, body, rule, schema_rule
from ..facts.api import PLATFORMS, REQUEST_ENDPOINTS, WHOLE_BATCH
from ..fixes import Fix, remove, replace
from ..report import Severity
from ..schema.explain import MISSING_BETA, Problem
from ..schema.projection import WITHHELD
from ..schema.store import headers_by_tag
from .shared.fixes import meant_instead, safe, unsafe

_CONTEXT_MANAGEMENT = "context-management-2025-06-27"
_EDITING = {"edits": [{"type": "clear_tool_uses_20250919"}]}
_PLACES = ("/betas", "/anthropic_beta")
_DEPRECATED_SINCE = "2026-11"
_NOT_NEEDED = regex(r"no header needed any more(?: \(since [\d-]+\))?")
_NAME = regex(r"[a-z0-9-]+-\d{4}-\d\d-\d\d")
_DATED = regex(r"([a-z0-9-]+)-(\d{4}-\d\d-\d\d)")
_NEEDLESS = ("no header", "no effect")
"""Prefixes of `instead` in the data for a header that can simply be removed."""
_MOST_ITEMS = 64
"""Items of an array that are looked at for what needs a header of its own."""
_INTERLEAVED = "interleaved-thinking-2025-05-14"


@schema_rule(
    "betas/missing",
    keywords=(MISSING_BETA,),
    bad=(
        Example(body(context_management=_EDITING), at="/context_management", betas=()),
        Example(
            body(
                tools=[
                    {
                        "type": "computer_20250124",
                        "name": "computer",
                        "display_width_px": 1024,
                        "display_height_px": 768,
                    }
                ]
            ),
            at="/tools/0/type",
            betas=(_CONTEXT_MANAGEMENT,),
        ),
    ),
    good=(
        Example(body(context_management=_EDITING), betas=(_CONTEXT_MANAGEMENT,)),
        Example(body(context_management=_EDITING, betas=[_CONTEXT_MANAGEMENT])),
        Example(body(context_management=_EDITING)),
    ),
    api_messages=(
        "context_management: Extra inputs are not permitted",
        "tools.0: Input tag 'computer_20250124' found using 'type' does not match any of the expected tags: …",
    ),
)
def missing(problem: Problem) -> tuple[str, str | None]:
    """The request uses a beta feature without its `anthropic-beta` header.

    Why: Without its header a beta feature is unknown to the API, which refuses it like a typo. If the beta headers of a
    request are not known, nothing is reported.

    Source: The annotations of the API's OpenAPI document of 2026-09-04 (`x-anthropic-beta-required`) and the notes of
    the SDK, recorded beside each property and member in the schemas as `x-betas`.
    """
    known = facts.betas()
    current = [header for header in problem.limit if header in known and known[header].instead is None]
    what = code(problem.name) if problem.name else shown(problem.value)
    instead = problem.schema.get(WITHHELD, {}).get(problem.name, {}).get("instead")
    headers = _to_send(problem, current or problem.limit)
    advice = f"send {headers} in the `anthropic-beta` header (`betas` in the SDK), or remove it"
    if instead is not None:
        advice = f"use {instead}, which has replaced it"
    return f"{what} needs the beta header {either(problem.limit)}, which does not go with the request", advice


def _to_send(problem: Problem, headers: list[str]) -> str:
    """Name the headers to send: those that what is in the value needs as well, or else the first."""
    inside = _needed_in(dict.get(problem.value, problem.name)) if problem.name else ()
    sent: list[str] = []
    for needed in inside:
        fitting = [header for header in headers if header in needed]
        if fitting and needed.isdisjoint(sent):
            sent.append(fitting[0])
    return joined([code(header) for header in sent or headers[:1]], "and")


def _needed_in(value: Any, depth: int = 4) -> Iterator[frozenset[str]]:
    """Yield the headers of which a text, or each `type` in an array or object, needs one."""
    if type(value) is str and value in headers_by_tag():
        yield headers_by_tag()[value]
    elif depth and issubclass(type(value), dict):
        kind = dict.get(value, "type")
        for item in (kind, *(item for item in dict.values(value) if type(item) is not str)):
            yield from _needed_in(item, depth - 1)
    elif depth and issubclass(type(value), list):
        for item in islice(list.__iter__(value), _MOST_ITEMS):
            yield from _needed_in(item, depth - 1)


@rule(
    "betas/unknown",
    on=_PLACES,
    endpoints=(*REQUEST_ENDPOINTS, WHOLE_BATCH),
    severity=Severity.WARNING,
    bad=(Example(body(betas=[_CONTEXT_MANAGEMENT, "interleaved-thinkng-2025-05-14"]), at="/betas/1"),),
    good=(Example(body(betas=[_CONTEXT_MANAGEMENT, _INTERLEAVED])),),
    api_messages=("Unexpected value(s) `{name}` for the `anthropic-beta` header.",),
)
def unknown(betas: Node, request: Request) -> None:
    """An entry of `betas` is not a known value of the `anthropic-beta` header.

    Why: The API refuses names that it does not know. New names keep coming and some are never announced, so this is a
    warning.

    Fix: Replaces the name with the likely one; unsafe, because the name may be a new one.

    Source: The API's refusal, seen in at least six places; the names are in `validator/facts/betas.json`.
    """
    for beta in betas.items():
        words = _unknown_wording(beta.text() or "")
        if words is not None:
            meant = nearest(beta.value, facts.betas())
            beta.report(words[0], help=words[1], api={"name": beta.value}, fix=meant_instead(beta, meant))


@rule(
    "betas/unknown-date",
    on=_PLACES,
    endpoints=(*REQUEST_ENDPOINTS, WHOLE_BATCH),
    bad=(Example(body(betas=[_CONTEXT_MANAGEMENT, "interleaved-thinking-2025-04-14"]), at="/betas/1"),),
    good=(
        Example(body(betas=[_CONTEXT_MANAGEMENT, _INTERLEAVED])),
        Example(body(betas=["mcp-client-2025-11-20", "mcp-client-2026-09-15"])),
    ),
    api_messages=("Unexpected value(s) `{name}` for the `anthropic-beta` header.",),
)
def unknown_date(betas: Node, request: Request) -> None:
    """An entry of `betas` is a known beta with a date it never had.

    Why: The date is part of the name, and the API refuses names that it does not know. A date later than those of all
    known betas may be new, and is reported as a warning (`betas/unknown`).

    Fix: Replaces the name with the likely one; unsafe, because another version may be meant.

    Source: The API's refusal, seen in at least six places; the names are in `validator/facts/betas.json`.
    """
    for beta in betas.items():
        words = _date_wording(beta.text() or "")
        if words is not None:
            meant = nearest(beta.value, facts.betas())
            beta.report(words[0], help=words[1], api={"name": beta.value}, fix=meant_instead(beta, meant))


@rule(
    "betas/deprecated",
    on=_PLACES,
    endpoints=(*REQUEST_ENDPOINTS, WHOLE_BATCH),
    severity=Severity.WARNING,
    tag="deprecated",
    bad=(Example(body(betas=["prompt-caching-2024-07-31"]), at="/betas/0"),),
    good=(Example(body(betas=[_INTERLEAVED])),),
)
def deprecated(betas: Node, request: Request) -> None:
    """An entry of `betas` is deprecated.

    Why: The feature it enabled no longer needs a header, or has a new one. In source code this is only a note, because
    the header does no harm and calls are often copied with it.

    Fix: Removes a name that is no longer needed, which is safe on Anthropic's own API if nothing else has to change;
    replaces a name that has a successor, which is unsafe, because the new one may behave differently.

    Source: The notes of the SDK (2.9.0 and later); `validator/facts/betas.json` says what replaces each.
    """
    severity = Severity.INFO if request.context.is_call else None
    for beta in betas.items():
        words = _deprecated_wording(beta.text() or "", request.context.edition)
        if words is not None:
            beta.report(words[0], help=words[1], severity=severity, fix=_fix_of_deprecated(beta, betas, request))


@rule(
    "betas/duplicate",
    on=_PLACES,
    endpoints=(*REQUEST_ENDPOINTS, WHOLE_BATCH),
    severity=Severity.WARNING,
    tag="unnecessary",
    bad=(Example(body(betas=[_INTERLEAVED, _CONTEXT_MANAGEMENT, _INTERLEAVED]), at="/betas/2"),),
    good=(Example(body(betas=[_INTERLEAVED, _CONTEXT_MANAGEMENT])),),
)
def duplicate(betas: Node, request: Request) -> None:
    """`betas` lists the same name more than once.

    Why: The repetition has no effect; often another name was meant.

    Fix: Removes all but the first; safe.

    Source: The reference of the `anthropic-beta` header, a list of the features to enable.
    """
    first: dict[str, Node] = {}
    for beta in betas.items():
        name = (beta.text() or "").strip()
        if name and name in first:
            beta.report(
                f"{code(name)} is listed twice",
                help="remove one of the two",
                related=[(first[name], "first listed here")],
                fix=safe("Remove it", remove(beta.path)),
            )
        first.setdefault(name, beta)


@rule(
    "betas/empty-name",
    on=_PLACES,
    endpoints=(*REQUEST_ENDPOINTS, WHOLE_BATCH),
    severity=Severity.WARNING,
    tag="unnecessary",
    bad=(Example(body(betas=[""]), at="/betas/0"), Example(body(betas=[_INTERLEAVED, " "]), at="/betas/1")),
    good=(Example(body(betas=[_INTERLEAVED])), Example(body(betas=[]))),
    api_messages=("Unexpected value(s) `` for the `anthropic-beta` header.",),
)
def empty_name(betas: Node, request: Request) -> None:
    """An entry of `betas` is empty or blank.

    Why: The API refuses a header without a name. This is a warning, because the refusal was seen long ago and never for
    an empty name beside others.

    Fix: Removes it; safe.

    Source: The API's refusal, seen in 2025-03.
    """
    for beta in betas.items():
        name = beta.text()
        if name is not None and not name.strip():
            beta.report(
                f"{shown(name)} is not the name of a beta",
                help="remove it, or write the name of a beta",
                fix=safe("Remove it", remove(beta.path)),
            )


def _fix_of_deprecated(beta: Node, betas: Node, request: Request) -> Fix | None:
    """Make the fix that follows the `instead` of a deprecated header, if it can be followed."""
    instead = facts.betas()[beta.value].instead or ""
    name = next((name for name in _NAME.findall(instead) if name in facts.betas() and name != beta.value), None)
    if name is not None:
        return unsafe(f"Replace it with {code(name)}", replace(beta.path, name))
    if not instead.startswith(_NEEDLESS):
        return None
    is_all = _NOT_NEEDED.fullmatch(instead) is not None and request.context.platform == PLATFORMS[0]
    if len(betas.items()) == 1:
        return (safe if is_all else unsafe)(f"Remove {code(str(betas.path[-1]))}", remove(betas.path))
    return (safe if is_all else unsafe)("Remove it", remove(beta.path))


def complaint_about(name: str, edition: str) -> tuple[Rule, tuple[str, str]] | None:
    """Return the rule that a header violates in an edition, with message and help, or None."""
    words = _date_wording(name)
    if words is not None:
        return unknown_date, words
    words = _unknown_wording(name)
    if words is not None:
        return unknown, words
    words = _deprecated_wording(name, edition)
    return (deprecated, words) if words is not None else None


def _unknown_wording(name: str) -> tuple[str, str] | None:
    """Return the message and the help for an unknown header; None if it is known or empty."""
    if not name.strip() or name in facts.betas() or _date_wording(name) is not None:
        return None
    meant = nearest(name, facts.betas())
    advice = f"did you mean {code(meant)}?" if meant else "check its spelling, or leave it out"
    return f"{code(name)} is not a known beta header", advice


def _date_wording(name: str) -> tuple[str, str] | None:
    """Return the message and the help for a known beta with a date it never had; None for any other header."""
    if name in facts.betas():
        return None
    stem, date = _split_date(name)
    dates = _dates().get(stem)
    if date is None or dates is None or date > max(max(known) for known in _dates().values()):
        return None
    known = [f"{stem}-{each}" for each in dates]
    meant = nearest(name, known)
    advice = f"did you mean {code(meant)}?" if meant is not None else f"write {either(known)}"
    return f"{code(name)} is not a beta header: {code(stem)} never had that date", advice


def _split_date(name: str) -> tuple[str, str | None]:
    found = _DATED.fullmatch(name)
    return (found[1], found[2]) if found is not None else (name, None)


@lru_cache(maxsize=1)
def _dates() -> dict[str, list[str]]:
    """Return the dates of the known betas, by name without the date."""
    found: dict[str, list[str]] = {}
    for name in facts.betas():
        stem, date = _split_date(name)
        if date is not None:
            found.setdefault(stem, []).append(date)
    return found


def _deprecated_wording(name: str, edition: str) -> tuple[str, str] | None:
    """Return the message and the help for a header that is deprecated in an edition; None for any other header."""
    known = facts.betas().get(name)
    if known is None or known.instead is None or edition < _DEPRECATED_SINCE:
        return None
    is_needless = known.instead.startswith(_NEEDLESS)
    advice = f"remove it: {known.instead}" if is_needless else f"use {known.instead}"
    return f"{code(name)} is a deprecated beta header", advice
