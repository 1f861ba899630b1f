"""How long a check takes beside the reading of the JSON: `Linter`, with every rule, on small and on large requests.

Usage: python benchmarks/library.py
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

import orjson  # noqa: E402
from measuring import Row, Table, compare, labelled, show, without_collector  # noqa: E402
from msgspec import convert  # noqa: E402
from msgspec.json import Decoder, Encoder  # noqa: E402

from validator import Linter, Report  # noqa: E402
from validator.checking.short.index import PlainIndex  # noqa: E402
from validator.checking.short.structs import MessagesInText, PlainObject  # noqa: E402
from validator.common.pointer import Path as Steps  # noqa: E402
from validator.common.redaction import ANY_SECRET  # noqa: E402
from validator.common.rust_regex import matches  # noqa: E402
from validator.engine.context import Context  # noqa: E402
from validator.engine.encoding import text_of_known  # noqa: E402
from validator.engine.setup import Setup, SetupCache  # noqa: E402
from validator.places.lines import LineIndex  # noqa: E402
from validator.places.locate import locate  # noqa: E402
from validator.rules import RULES  # noqa: E402
from validator.rules.shared.toolbox import calls_fit  # noqa: E402

MANY: Final = 100_000
MISTAKES: Final = 10_000
TURNS: Final = 50
POINTERS: Final = 1000
RETIRED: Final = "claude-sonnet-4-20250514"
EXCHANGES: Final = 10
"""How long the shortest of the conversations is whose work is compared, in rounds of the agent."""
_UNSEEN: Final = 2_000
"""Requests with tools that differ, which are more than a linter remembers."""

_STEPS: Final = (
    ("search", {"pattern": "def total", "glob": "src/**/*.py"}, "src/invoices/totals.py:14: def total(lines):"),
    (
        "read_file",
        {"path": "src/invoices/totals.py", "start": 1, "end": 60},
        "14 def total(lines):\n15     amount = 0.0\n16     for line in lines:\n17         amount += round(line.sum, 2)",
    ),
    ("edit_file", {"path": "src/invoices/totals.py", "old": "0.0", "new": "Decimal(0)"}, "One place was changed."),
    ("edit_file", {"path": "src/invoices/totals.py", "old": "round(line.sum, 2)", "new": "line.sum"}, "Changed."),
    ("run_tests", {"path": "tests/invoices", "verbosity": "quiet"}, "41 passed, 1 failed: NameError: Decimal"),
)
_PROMPT: Final = "You are a careful engineer. You work in the repository of a web shop, whose tests you run often. "


def tool(name: str, description: str, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """Define a tool of one's own."""
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"name": name, "description": description, "input_schema": schema}


def agent() -> dict[str, Any]:
    """Make a typical request of an agent at work, about 5.8 kB: tools, thinking, calls with results, caching."""
    text, line = {"type": "string"}, {"type": "integer", "minimum": 1}
    path = {"type": "string", "description": "Path from the root of the workspace."}
    level = {"type": "string", "enum": ["quiet", "normal", "verbose"]}
    mark = {"type": "ephemeral"}
    tools = [
        tool("read_file", "Return the lines of a file.", {"path": path, "start": line, "end": line}, "path"),
        tool("search", "Search with a regular expression.", {"pattern": text, "glob": text}, "pattern"),
        tool("edit_file", "Replace a stretch of a file.", {"path": path, "old": text, "new": text}, "path", "old"),
        {**tool("run_tests", "Run the tests below a path.", {"path": path, "verbosity": level}), "cache_control": mark},
    ]
    ask = "The totals on the invoice page are off by one cent for some customers. Find out why and mend it, please."
    messages: list[dict[str, Any]] = [{"role": "user", "content": [{"type": "text", "text": ask}]}]
    for number, (name, arguments, result) in enumerate(_STEPS):
        call_id = f"toolu_01A09q90qw90lq91783{number}"
        thought = "The next step is to look at what computes the total, and at how it rounds."
        messages.append(
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": thought, "signature": "EqQBCkYIBxgCKkDx" + "Zk3h" * 16},
                    {"type": "text", "text": f"I will use {name} for this."},
                    {"type": "tool_use", "id": call_id, "name": name, "input": arguments},
                ],
            }
        )
        answer: dict[str, Any] = {
            "type": "tool_result",
            "tool_use_id": call_id,
            "content": [{"type": "text", "text": result}],
        }
        messages.append({"role": "user", "content": [answer]})
    messages[-1]["content"][-1]["cache_control"] = mark
    return {
        "model": "claude-sonnet-4-6",
        "max_tokens": 8192,
        "temperature": 1,
        "stream": True,
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "medium"},
        "tool_choice": {"type": "auto"},
        "metadata": {"user_id": "13803d75-b4b5-4c3e-b2a2-6f21399b021b"},
        "system": [{"type": "text", "text": _PROMPT * 15, "cache_control": mark}],
        "tools": tools,
        "messages": messages,
    }


def with_answers(request: dict[str, Any]) -> dict[str, Any] | None:
    """Return a request whose assistant messages have the SDK's objects in them; None where it is not installed."""
    try:
        from anthropic.types import ContentBlock
        from pydantic import TypeAdapter
    except ImportError:
        return None
    block_of = TypeAdapter(ContentBlock).validate_python
    messages = [
        message if message["role"] == "user" else {**message, "content": list(map(block_of, message["content"]))}
        for message in request["messages"]
    ]
    return {**request, "messages": messages}


def talk(number: int, mistakes: int = 0) -> dict[str, Any]:
    """Make a request with `number` messages of text, the first of which have an unknown property."""
    messages = [
        {"role": ("user", "assistant")[index % 2], "content": [{"type": "text", "text": f"Line {index} of the talk."}]}
        for index in range(number - 1 + number % 2)
    ]
    for message in messages[:mistakes]:
        message["content"][0]["txt"] = ""  # type: ignore[index]
    return {"model": "claude-sonnet-4-6", "max_tokens": 1024, "messages": messages}


def work(number: int) -> dict[str, Any]:
    """Make a request in which the agent's steps come `number` times, with images and documents between them."""
    request = agent()
    request["cache_control"] = {"type": "ephemeral"}
    first, *steps = request["messages"]
    messages = [first]
    for index in range(number):
        for message in orjson.loads(orjson.dumps(steps)):
            for block in message["content"]:
                for key in {"id", "tool_use_id"} & block.keys():
                    block[key] += f"_{index}"
                block.pop("cache_control", None)
            messages.append(message)
        url = {"type": "url", "url": f"https://example.com/{index}.png"}
        messages[-1]["content"] += [{"type": "image", "source": url}, {"type": "document", "source": url}]
    return {**request, "messages": messages}


def typical() -> Table:
    """Compare what is done for a typical request with the reading of its bytes."""
    linter, request = Linter(), agent()
    data = orjson.dumps(request)
    wrong_request = {**request, "max_token": 5, "tool_choice": {"type": "maybe"}}
    wrong = orjson.dumps(wrong_request)
    old_request = {**request, "model": RETIRED}
    for key in ("thinking", "output_config"):
        del old_request[key]
    old = orjson.dumps(old_request)
    expect(linter.validate_json(old), 1)
    expect(linter.validate(request), 0)
    expect(linter.validate_json(wrong), 2)

    misspelt = data.replace(b'"type":"thinking","thinking"', b'"type":"thinking","thinkin"', 1)
    misspelt = misspelt.replace(b'"pattern":"def total"', b'"patern":"def total"', 1)
    expect(linter.validate_json(misspelt), 2)
    answered = with_answers(request)
    with_objects = {}
    if answered is not None:
        expect(linter.validate(answered), 0)
        with_objects["the same, with answers as the SDK's objects, `validate(dict)`"] = lambda: linter.validate(
            answered
        )

    others = cycle([data.replace(b'"description":"', b'"description":"%d ' % number) for number in range(_UNSEEN)])
    expect(linter.validate_json(next(others)), 0)

    rows = compare(
        {
            f"`orjson.loads` ({labelled('orjson')})": lambda: orjson.loads(data),
            "`Linter.validate(dict)`": lambda: linter.validate(request),
            "`Linter.validate_json(bytes)`": lambda: linter.validate_json(data),
            "the same, tools never seen before": lambda: linter.validate_json(next(others)),
            "the same, one warning at `/model`": lambda: linter.validate_json(old),
            "the same, one warning, `validate(dict)`": lambda: linter.validate(old_request),
            "the same, with two mistakes": lambda: linter.validate_json(wrong),
            "the same, two mistakes, `validate(dict)`": lambda: linter.validate(wrong_request),
            "the same, with two mistakes in the messages": lambda: linter.validate_json(misspelt),
            **({} if answered is None else with_objects),
        }
    )
    return Table(f"A typical request of an agent, {len(data):,} bytes", rows)


def parts() -> Table:
    """Compare the parts of a check of a typical request, each by itself."""
    request = agent()
    data, messages = orjson.dumps(request), request["messages"]
    text = orjson.dumps(messages)
    decode, encode = Decoder(MessagesInText).decode, Encoder().encode
    structs = decode(text)
    setups = SetupCache(Setup)
    setup, known = setups.of(request), Context(size=len(data))
    setup.times_seen = TURNS  # only the schemas of tools that come again are compiled
    index = PlainIndex(request, known, setup, structs)
    rows = compare(
        {
            "`orjson.loads`": lambda: orjson.loads(data),
            "the messages of a text, decoded into structs": lambda: decode(text),
            "the same written again, which shows duplicate keys": lambda: encode(structs),
            "the messages of an object, converted into structs": lambda: convert(request, PlainObject),
            "the same written as text": lambda: text_of_known(messages),
            "the setup of an object, from the cache": lambda: setups.of_object(request),
            "the index: one pass over the structs, and the inputs": lambda: PlainIndex(request, known, setup, structs),
            "the inputs of calls compared with the schemas of tools": lambda: calls_fit(index),
            "a search for secrets": lambda: matches(ANY_SECRET, data.decode()),
        }
    )
    note = "Each alone and again and again, with all it needs at hand; one after the other they take longer."
    return Table("What a check of that request is made of", rows, note)


def large() -> Table:
    """Compare what is done for a large request with the reading of its bytes while the collector rests."""
    request = talk(MANY)
    data = orjson.dumps(request)
    warned = orjson.dumps({**request, "metadata": {"user_id": "jane@example.com"}})
    request["messages"][MANY * 6 // 10]["content"][0]["txt"] = ""
    wrong = orjson.dumps(request)
    del request["messages"][MANY * 6 // 10]["content"][0]["txt"]
    picture = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    request["messages"][-1]["content"].append(picture)
    pictured = orjson.dumps(request)
    request["messages"][-1]["content"][-1] = {"type": "text", "text": 1}
    late = orjson.dumps(request)

    def checking(text: bytes, number: int) -> Callable[[], object]:
        # A linter of its own: after messages that are not plain, it tries the short way less often for their setup.
        linter = Linter()
        for _ in range(3):
            expect(linter.validate_json(text), number)
        return lambda: linter.validate_json(text)

    rows = compare(
        {
            "`orjson.loads`, collector off": without_collector(lambda: orjson.loads(data)),
            "`orjson.loads`": lambda: orjson.loads(data),
            "`Linter.validate_json(bytes)`": checking(data, 0),
            "the same, one finding outside of the messages": checking(warned, 1),
            "the same, an image in the last message": checking(pictured, 0),
            "the same, one mistake with its line and column": checking(wrong, 1),
            "the same, refused late: a mistake in the last message": checking(late, 1),
        },
        rounds=5,
    )
    linter = Linter()
    parsed, peak = memory(lambda: orjson.loads(data)), memory(lambda: linter.validate_json(data))
    note = f"Memory: at most {peak / parsed:.2f} times what the parsed value takes."
    return Table(f"{MANY:,} messages, {len(data) / 1e6:.1f} MB", rows, note)


def growing_talk() -> Table:
    """Compare checking with reading the requests of a conversation, each of which has all messages before it."""
    request = agent()
    first, *steps = request["messages"]
    texts = []
    for number in range(TURNS):
        again = orjson.loads(orjson.dumps(steps[2 * (number % 5) : 2 * (number % 5) + 2]))
        for block in (block for message in again for block in message["content"]):
            block.pop("cache_control", None)
            for key in {"id", "tool_use_id"} & block.keys():
                block[key] += f"_{number}"
        request["messages"] = [*(request["messages"] if number else [first]), *again]
        texts.append(orjson.dumps(request))

    def read() -> None:
        for text in texts:
            orjson.loads(text)

    def check() -> None:
        linter = Linter()  # a new one each time, which has seen no message
        for text in texts:
            linter.validate_json(text)

    for text in texts:
        expect(Linter().validate_json(text), 0)
    rows = compare(
        {
            # With the collector it matters most what else the process has made.
            "`orjson.loads` of each": without_collector(read),
            "`Linter.validate_json` of each": without_collector(check),
        }
    )
    note = f"The last has {len(texts[-1]) / 1e3:,.0f} kB. The linter is a new one each time."
    return Table(f"{TURNS} requests of an agent, each with all messages before it", rows, note)


def pointers() -> Table:
    """Compare finding the lines and columns of pointers in a long text with reading the text."""
    data = orjson.dumps(talk(MANY))
    steps = [MANY * number // POINTERS for number in range(POINTERS)]
    wanted: dict[str, list[Steps]] = {
        "one pointer, early: `/model`": [("model",)],
        "one pointer, early: in the fourth message": [("messages", 3, "content", 0, "text")],
        "one pointer, late: in one of the last messages": [("messages", MANY - 10, "content", 0, "text")],
        f"{POINTERS:,} pointers": [("messages", step, "content", 0, "text") for step in steps],
    }
    contenders = {"`orjson.loads`, collector off": without_collector(lambda: orjson.loads(data))}
    contenders |= {name: partial(positions, data, paths) for name, paths in wanted.items()}
    return Table(f"Lines of pointers in {MANY:,} messages, {len(data) / 1e6:.1f} MB", compare(contenders, rounds=7))


def positions(data: bytes, paths: list[Steps]) -> list[tuple[int, int]]:
    """Return the line and column of each value, as a report does it."""
    spans, lines_of = locate(data, paths), LineIndex(data)
    return [lines_of.position(spans[path].start) for path in paths]


def many_mistakes() -> Table:
    """Compare requests with more and more mistakes."""
    linter = Linter()
    texts = {number: orjson.dumps(talk(number, number)) for number in (MISTAKES // 4, MISTAKES // 2, MISTAKES)}
    report = linter.validate_json(texts[MISTAKES])
    expect(report, linter.max_violations or 0)
    contenders = {f"{number:,} mistakes": partial(linter.validate_json, text) for number, text in texts.items()}
    note = f"Of {MISTAKES:,} mistakes {len(report.violations):,} are kept and {report.omitted:,} counted."
    return Table("Many mistakes in one request", compare(contenders, rounds=5), note)


def doubled() -> Table:
    """Compare a conversation with one of twice its length, for each rule by itself, by the lines of Python that run."""
    system = "How long a request is matters to some rules. " * 30_000  # all are longer than they wait for
    texts = [orjson.dumps(work(number) | {"system": system}) for number in (EXCHANGES, 2 * EXCHANGES, 4 * EXCHANGES)]
    rows = []
    for rule in RULES.values():
        if rule.on:
            linter = Linter(select=[rule.id])
            linter.validate_json(texts[0])
            short, longer, longest = (lines(partial(linter.validate_json, text)) for text in texts)
            growth = (longest - longer) / (longer - short)
            start = perf_counter()
            linter.validate_json(texts[-1])
            rows.append(Row(f"`{rule.id}`", perf_counter() - start, growth, growth, growth))
    rows.sort(key=lambda row: -row.ratio)
    note = "By how much what twice the messages add grows when they are doubled again: 2 is linear."
    return Table("Twice the messages: the rules whose work grows most", rows[:5], note)


def lines(call: Callable[[], object]) -> int:
    """Count the lines of Python that run in a call, which no other work of the machine changes."""
    seen = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal seen
        seen += event == "line"
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
    return seen


def memory(call: Callable[[], object]) -> int:
    """Return how many bytes Python holds at the most during a call."""
    gc.collect()
    tracemalloc.start()
    kept = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return peak


def expect(report: Report, number: int) -> None:
    """See that a request has as many violations as it was made with."""
    if len(report.violations) != number:
        msg = f"{len(report.violations)} violations instead of {number}: {report.violations[:3]}"
        raise RuntimeError(msg)


def tables() -> Iterator[Table]:
    """Measure, one question after the other."""
    yield typical()
    yield parts()
    yield growing_talk()
    yield large()
    yield pointers()
    yield many_mistakes()
    yield doubled()


if __name__ == "__main__":
    show(tables())
