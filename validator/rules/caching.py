"""Prompt caching: the number, the order and the use of breakpoints."""

from __future__ import annotations

from typing import Any, Final

from ..common.wording import code, count, shown
from ..engine.index import Index
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..engine.setup import SetupView
from ..engine.vocabulary import UNTIDY
from ..fixes import Fix, remove
from ..report import Severity, Target
from .shared.breakpoints import (
    SHORT,
    Breakpoint,
    blocks_before,
    breakpoints,
    is_mark,
    items,
    longest_prefix,
    mark_at_the_end,
)
from .shared.fixes import unsafe
from .shared.present_time import may_have_time, present_time

_MOST: Final = 4
_A_PAIR: Final = 2
_LOOK_BACK: Final = 20
"""The blocks over which the API looks back from a breakpoint."""
_LONG: Final = "1h"


_MARK: Final = {"type": "ephemeral"}
_MARK_LONG: Final = {"type": "ephemeral", "ttl": "1h"}
_ANY: Final = "my-gateways-own"
"""A model of which no facts are known."""
_TOOL: Final = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_CALL: Final = {"type": "tool_use", "id": "toolu_01", "name": "search", "input": {}}


def _node(found: Breakpoint, request: Request) -> Node:
    return Node(found.mark, found.path, request)


def _texts(*marks: Any) -> list[dict[str, Any]]:
    """Return text blocks for examples, one for each mark."""
    return [
        {"type": "text", "text": f"Part {number} of the manual."} | ({"cache_control": mark} if mark else {})
        for number, mark in enumerate(marks, start=1)
    ]


def _ask(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def _marks_are_few(index: Index) -> bool:
    in_thread = isinstance(index.body.get("thread"), dict)
    return len(index.cache_marks) < _MOST if in_thread else len(index.cache_marks) <= _MOST


def _marks_stand_outside(index: Index) -> bool:
    return not index.cache_marks_inside


def _are_long(index: Index) -> list[bool]:
    """Tell of each mark, and of that of the request itself at the end, whether it lives longer than the default."""
    marks = [holder.get("cache_control") for holder in (*index.cache_marks, index.body)]
    return [mark.get("ttl") == _LONG for mark in marks if isinstance(mark, dict)]


def _no_mark_outlives_an_earlier_one(index: Index) -> bool:
    are_long = _are_long(index)
    # Marks inside other blocks come last in the index, wherever they are, and those of a malformed message first.
    is_in_order = not index.cache_marks_inside and UNTIDY not in index.names
    return True not in are_long or (is_in_order and are_long == sorted(are_long, reverse=True))


def _leave_room_for_one(index: Index) -> bool:
    return len(index.cache_marks) < _MOST and len(set(_are_long(index))) <= 1


def _is_marked_late(index: Index) -> bool:
    """Whether a block of the messages can have a mark: the cached prefix then has no known length."""
    return index.may_be_marked


def _tells_no_time(view: SetupView) -> bool:
    return view.cached(_has_no_time_in_prompt)


def _has_no_time_in_prompt(body: dict[str, Any]) -> bool:
    for block in items(body.get("system")):
        text = block.get("text") if isinstance(block, dict) else None
        if isinstance(text, str) and may_have_time(text):
            return False
    return True


@rule(
    "caching/too-many-breakpoints",
    on="",
    mentions=("cache_control",),
    skip_if=_marks_are_few,
    bad=(
        Example(
            body(
                tools=[_TOOL | {"cache_control": _MARK}],
                system=_texts(_MARK, _MARK),
                messages=[_ask(*_texts(_MARK, _MARK, _MARK))],
            ),
            at="/messages/0/content/1/cache_control",
        ),
        Example(
            body(
                tools=[_TOOL],
                messages=[
                    _ask(*_texts(_MARK, _MARK)),
                    {"role": "assistant", "content": [_CALL]},
                    _ask(
                        {"type": "tool_result", "tool_use_id": "toolu_01", "content": _texts(None, _MARK)},
                        *_texts(_MARK, _MARK),
                    ),
                ],
            ),
            at="/messages/2/content/2/cache_control",
        ),
        Example(
            body(thread={"type": "create"}, messages=[_ask(*_texts(_MARK, _MARK, _MARK, _MARK))]),
            at="/messages/0/content/3/cache_control",
        ),
    ),
    good=(
        Example(body(tools=[_TOOL | {"cache_control": _MARK}], messages=[_ask(*_texts(_MARK, None, _MARK, _MARK))])),
        Example(body(thread={"type": "create"}, messages=[_ask(*_texts(_MARK, _MARK, _MARK))])),
        Example(body(messages=[_ask(*_texts(_MARK, _MARK, _MARK, _MARK), {**_texts(None)[0], "cache_control": None})])),
    ),
    api_messages=(
        "A maximum of 4 blocks with cache_control may be provided. Found {found}.",
        "thread: a maximum of 3 blocks with cache_control may be provided when thread is set … Found 4.",
    ),
)
def too_many_breakpoints(root: Node, request: Request) -> None:
    """More than four blocks of a request have a `cache_control`.

    Why: A request has four cache breakpoints, over tools, system prompt and messages together; those inside tool
    results count too, `null` does not. In a thread it has three, as the API sets one itself.

    Fix: Removes the oldest ones in the messages, and then the oldest of the rest; unsafe, as it changes what is cached.

    Source: The API's refusal, seen in eight places from 2024-08 to 2026-09; for threads seen once, in 2026-09.
    """
    found = request.cached(breakpoints).valid
    in_thread = isinstance(request.body.get("thread"), dict)
    most = _MOST - 1 if in_thread else _MOST
    if len(found) <= most:
        return
    surplus = len(found) - most
    earlier = [(_node(each, request), f"breakpoint {number}") for number, each in enumerate(found[:most], start=1)]
    _node(found[most], request).report(
        f"{len(found)} blocks have `cache_control`, but at most {most} may{' in a thread' if in_thread else ''}",
        help=f"remove `cache_control` from {count(surplus, 'block')}; "
        "a breakpoint caches all that comes before it, so the last ones are enough",
        related=earlier,
        target=Target.KEY,
        api=None if in_thread else {"found": len(found)},
        fix=_without_surplus(found, surplus, request),
    )


def _without_surplus(found: list[Breakpoint], surplus: int, request: Request) -> Fix:
    start = len(request.path)
    oldest = sorted(found, key=lambda each: each.path[start] != "messages")[:surplus]
    operations = [remove(each.path) for each in oldest]
    return unsafe(f"Remove `cache_control` from {count(surplus, 'block')}", *operations)


@rule(
    "caching/ttl-order",
    on="",
    mentions=("cache_control",),
    skip_if=_no_mark_outlives_an_earlier_one,
    rests_on=("/tools/*/cache_control/ttl", "/system/*/cache_control/ttl", "/messages/*/content/*/cache_control/ttl"),
    bad=(
        Example(
            body(system=_texts(_MARK), messages=[_ask(*_texts(_MARK_LONG))]),
            at="/messages/0/content/0/cache_control/ttl",
        ),
        Example(
            body(
                model=_ANY,
                tools=[_TOOL | {"cache_control": {"type": "ephemeral", "ttl": "5m"}}],
                system=_texts(_MARK_LONG),
            ),
            at="/system/0/cache_control/ttl",
        ),
        Example(
            body(cache_control=_MARK_LONG, tools=[_TOOL], system=_texts(_MARK)),
            at="/cache_control/ttl",
        ),
    ),
    good=(
        Example(
            body(tools=[_TOOL | {"cache_control": _MARK_LONG}], system=_texts(_MARK), messages=[_ask(*_texts(_MARK))])
        ),
        Example(body(cache_control=_MARK, tools=[_TOOL], system=_texts(_MARK_LONG))),
    ),
    api_messages=(
        (
            "{block}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
            "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
        ),
    ),
)
def ttl_order(root: Node, request: Request) -> None:
    """A breakpoint that lives an hour comes after one that lives five minutes.

    Why: The longer one would rest on a part of the prompt that expires before it. The order is that of tools,
    system prompt and messages, whatever their order in the request; without `ttl` a breakpoint lives five minutes.
    For the one that a `cache_control` of the request itself sets it is a warning: the documentation says that the
    same order holds for it, but it was not seen to be refused.

    Source: The API's refusal, seen in three places up to 2026-08; the documentation of prompt caching.
    """
    found = request.cached(breakpoints).valid
    short: Breakpoint | None = None
    for each in found:
        if each.ttl == SHORT:
            short = each
        elif each.ttl == _LONG and short is not None:
            late = _node(each, request)
            _report_order(late, short, request, {"block": late.place})
            return
    whole = request.root.at("cache_control")
    last = mark_at_the_end(request)
    if short is not None and last is None and is_mark(whole.value) and whole.text("ttl") == _LONG:
        _report_order(whole, short, request, None, Severity.WARNING)


def _report_order(
    mark: Node, short: Breakpoint, request: Request, api: dict[str, str] | None, severity: Severity | None = None
) -> None:
    mark.at("ttl").report(
        '`ttl` is "1h", but must not be longer than that of a breakpoint before it, which is "5m"',
        help='set `"ttl": "1h"` on the earlier breakpoint too, or leave this `ttl` out; '
        "blocks are read in the order `tools`, `system`, `messages`",
        related=[(_node(short, request), "this one lives five minutes")],
        severity=severity,
        api=api,
    )


@rule(
    "caching/nested-position",
    on="/messages",
    types=("tool_result", "document"),
    mentions=("cache_control",),
    skip_if=_marks_stand_outside,
    bad=(
        Example(
            body(
                tools=[_TOOL],
                messages=[
                    _ask(*_texts(None)),
                    {"role": "assistant", "content": [_CALL]},
                    _ask({"type": "tool_result", "tool_use_id": "toolu_01", "content": _texts(_MARK, None)}),
                ],
            ),
            at="/messages/2/content/0/content/0/cache_control",
        ),
        Example(
            body(
                messages=[
                    _ask(
                        {"type": "document", "source": {"type": "content", "content": _texts(_MARK, _MARK)}},
                        *_texts(None),
                    )
                ]
            ),
            at="/messages/0/content/0/source/content/0/cache_control",
        ),
    ),
    good=(
        Example(
            body(
                tools=[_TOOL],
                messages=[
                    _ask(*_texts(None)),
                    {"role": "assistant", "content": [_CALL]},
                    _ask({"type": "tool_result", "tool_use_id": "toolu_01", "content": _texts(None, _MARK)}),
                ],
            )
        ),
        Example(
            body(
                messages=[
                    _ask(
                        {
                            "type": "document",
                            "source": {"type": "content", "content": _texts(None, None)},
                            "cache_control": _MARK,
                        },
                        *_texts(None),
                    )
                ]
            )
        ),
    ),
)
def nested_position(messages: Node, request: Request) -> None:
    """A block inside a tool result or a document has a `cache_control`, and is not the last one there.

    Why: A breakpoint belongs to the tool result or the document itself. On the last block inside it is taken as one of
    the block around it, for older programs; anywhere else inside it is refused.

    Source: The API's release notes of 2025-05-01, and the documentation of prompt caching.
    """
    for each in request.cached(breakpoints).misplaced:
        holder = "document" if each.path[-4] == "source" else "tool_result"
        _node(each, request).report(
            f"`cache_control` is on a block inside a `{holder}` that is not the last one there",
            help=f"move it to the `{holder}` itself",
            target=Target.KEY,
        )


@rule(
    "caching/auto-conflict",
    on="/cache_control",
    skip_if=_leave_room_for_one,
    endpoints=("messages", "batches"),
    bad=(
        Example(
            body(cache_control=_MARK, tools=[_TOOL], messages=[_ask(*_texts(_MARK, _MARK, _MARK, _MARK, None))]),
            at="/cache_control",
        ),
        Example(body(cache_control=_MARK_LONG, messages=[_ask(*_texts(None, _MARK))]), at="/cache_control"),
    ),
    good=(
        Example(body(cache_control=_MARK, messages=[_ask(*_texts(_MARK, _MARK, _MARK, None))])),
        Example(body(cache_control=_MARK, messages=[_ask(*_texts(None, {"type": "ephemeral", "ttl": "5m"}))])),
        Example(body(cache_control=None, messages=[_ask(*_texts(_MARK, _MARK, _MARK, _MARK, None))])),
    ),
)
def auto_conflict(cache_control: Node, request: Request) -> None:
    """The `cache_control` of the request itself cannot be followed beside those of its blocks.

    Why: It sets a breakpoint at the last block. That is one of the four, so at most three blocks can have their
    own; and if the last block has its own, both must live equally long.

    Source: The documentation of prompt caching (automatic caching), which says that the API answers with a 400.
    """
    if not is_mark(cache_control.value):
        return
    ttl = cache_control.value.get("ttl", SHORT)
    found = request.cached(breakpoints).valid
    last = mark_at_the_end(request)
    if last is not None:
        if (ttl, last.ttl) in ((SHORT, _LONG), (_LONG, SHORT)):
            cache_control.report(
                f"`cache_control` lives {shown(ttl)}, but that of the last block lives {shown(last.ttl)}",
                help="remove one of the two, or give both the same `ttl`",
                related=[(_node(last, request), "the last block has its own")],
                target=Target.KEY,
            )
    elif len(found) == _MOST and not isinstance(request.body.get("thread"), dict):
        cache_control.report(
            f"`cache_control` needs a breakpoint of its own, but {_MOST} blocks have taken all {_MOST} there are",
            help="remove it, or the `cache_control` of one of the blocks",
            related=[(_node(each, request), f"breakpoint {number}") for number, each in enumerate(found, start=1)],
            target=Target.KEY,
        )


def _marks_one_message(index: Index) -> bool:
    """Whether at most one block of the messages has a mark."""
    return len(index.cache_marks) + len(index.cache_marks_inside) - len(index.setup.cache_marks) < _A_PAIR


def _far_apart(between: int) -> dict[str, Any]:
    first, last = _texts(_MARK), _texts(_MARK)
    return body(model=_ANY, messages=[_ask(*first, *_texts(*[None] * between), *last)])


@rule(
    "caching/beyond-look-back",
    on="",
    mentions=("cache_control",),
    skip_if=_marks_one_message,
    severity=Severity.INFO,
    bad=(Example(_far_apart(21), at="/messages/0/content/22/cache_control"),),
    good=(
        Example(_far_apart(20)),
        Example(body(model=_ANY, messages=[_ask(*_texts(*[None] * 30, _MARK))])),
    ),
)
def beyond_look_back(root: Node, request: Request) -> None:
    """Two cache breakpoints of the messages are more than 20 blocks apart.

    Why: From each breakpoint the API looks back over 20 blocks for what is cached already. An entry of an earlier
    request that ends further back is not found, and all is written and paid for again.

    Source: The documentation's page on prompt caching.
    """
    before: tuple[int, Breakpoint] | None = None
    counts = blocks_before(request)
    for each in breakpoints(request).valid:
        steps = each.path[len(request.path) :]
        if steps[0] != "messages":
            continue
        number = counts[int(steps[1])] + int(steps[3])
        if before is not None and number - before[0] - 1 > _LOOK_BACK:
            _node(each, request).report(
                f"{count(number - before[0] - 1, 'block')} stand between this breakpoint and the one before it, but "
                f"only {_LOOK_BACK} are looked back over",
                help=f"set a breakpoint at least every {_LOOK_BACK} blocks",
                related=[(_node(before[1], request), "the breakpoint before it")],
            )
        before = number, each


@rule(
    "caching/prefix-too-short",
    on=("/system", "/tools"),
    mentions=("cache_control",),
    skip_if=_is_marked_late,
    severity=Severity.WARNING,
    models=lambda model: model.fact("cache_minimum") is not None,
    rests_on=(
        "/tools/*/type",
        "/system/*/type",
        "/system/*/text",
        "/messages/*/role",
        "/messages/*/content/*/type",
        "/messages/*/content/*/cache_control",
        "/cache_control",
    ),
    bad=(
        Example(
            body(system=[{"type": "text", "text": "Be brief.", "cache_control": _MARK}]),
            at="/system/0/cache_control",
        ),
        Example(body(tools=[{**_TOOL, "cache_control": _MARK}]), at="/tools/0/cache_control"),
    ),
    good=(
        Example(body(system=[{"type": "text", "text": "The manual follows. " * 250, "cache_control": _MARK}])),
        Example(
            body(
                system=[{"type": "text", "text": "Be brief.", "cache_control": _MARK}],
                messages=[{"role": "user", "content": [{"type": "text", "text": "Hello", "cache_control": _MARK}]}],
            )
        ),
        Example(body(model=_ANY, system=[{"type": "text", "text": "Be brief.", "cache_control": _MARK}])),
    ),
)
def prefix_too_short(holder: Node, request: Request) -> None:
    """The prefix before the last breakpoint is shorter than the model's minimum for caching.

    Why: A prefix below the model's minimum is not cached, and nothing says so: the answer's usage merely counts no
    cached tokens. It is reported only if it is certain, as a token is at least one byte, and if all breakpoints are on
    tools and the system prompt: one on a message moves on with the conversation, which grows.

    Source: The documentation of prompt caching, which has the minimum of each model; they are in
    `validator/facts/models.json`.
    """
    found = request.cached(breakpoints).valid
    if not found or request.body.get("cache_control") is not None or request.body.get("thread") is not None:
        return
    last = found[-1]
    if holder.path != last.path[: len(holder.path)] or request.may_be_marked:
        return
    least: int = request.fact("cache_minimum")
    most = longest_prefix(request, last)
    if most is not None and most < least:
        _node(last, request).report(
            f"what is cached here has at most {count(most, 'token')}, but {code(request.model_name)} caches "
            f"{least:,} or more",
            help="remove `cache_control`, or set it behind more that stays the same",
            target=Target.KEY,
        )


@rule(
    "caching/changing-prefix",
    on="/system",
    mentions=("cache_control",),
    skip_if_setup=_tells_no_time,
    severity=Severity.WARNING,
    bad=(
        Example(
            body(
                model=_ANY,
                tools=[_TOOL],
                system=[
                    {"type": "text", "text": "You are a clerk.\nCurrent time: 2026-11-22T15:30:12Z"},
                    {"type": "text", "text": "The manual follows.", "cache_control": _MARK},
                ],
            ),
            at="/system/0/text",
        ),
    ),
    good=(
        Example(
            body(
                model=_ANY,
                tools=[_TOOL],
                system=[
                    {"type": "text", "text": "The manual follows.", "cache_control": _MARK},
                    {"type": "text", "text": "Current time: 2026-11-22T15:30:12Z"},
                ],
            )
        ),
        Example(
            body(
                model=_ANY,
                tools=[_TOOL],
                system=[
                    {
                        "type": "text",
                        "text": "Give the current time in ISO format, like 2026-11-22T15:30:12Z.",
                        "cache_control": _MARK,
                    },
                ],
            )
        ),
    ),
)
def changing_prefix(system: Node, request: Request) -> None:
    """The system prompt states the current time before a breakpoint.

    Why: A cache entry is found again only if every byte before the breakpoint is the same. With the time among them,
    each request writes an entry, which costs more than none, and no other reads it.

    Source: The documentation of prompt caching, which advises to end the cached part before what varies, such as
    timestamps.
    """
    found = [each for each in request.cached(breakpoints).valid if each.path[len(request.path)] == "system"]
    if not found:
        return
    for block in system.items()[: int(found[-1].path[-2]) + 1]:
        time = present_time(block.text("text") or "")
        if time is not None:
            block.at("text").report(
                f"the text has the time {shown(time)} in it, but stands before a breakpoint",
                help="move what changes with each request behind the last `cache_control` of `system`, "
                "or into a message",
                related=[(_node(found[-1], request), "what is cached ends here")],
            )
            return
