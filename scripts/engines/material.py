"""Make requests for the engines: each with texts of its own, some broken on purpose, and the same in each run.

Usage, in the folder of the project: PYTHON -m scripts.engines.material FOLDER REQUESTS

PYTHON is the interpreter of an environment that has pyarrow. Four of five requests are those of an agent, about 6 kB;
the others are short questions. The folder then has

    requests/*.parquet    columns `id` and `body`, in row groups of 5,000
    lines/*.jsonl         the same: `{"id": …, "body": …}`, with the body as an object, or as a string if it is broken
    planted.json          `[id, rule]` for each violation
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

ROW_GROUP: Final = 5_000
MOST_IN_FILE: Final = 25_000
PLANTED_EVERY: Final = 331
"""One request in this many is wrong."""
SMALL_EVERY: Final = 5
OF_THE_DAY: Final = frozenset({"models/retired", "models/retiring"})
"""Rules whose findings depend on the day; they are not planted, and come by themselves one day."""
APPLICATIONS: Final = 20
"""Each has tools and a system prompt of its own."""

_MODELS: Final = ("claude-haiku-4-5", "claude-sonnet-4-6", "claude-opus-4-8")
_HOLE: Final = re.compile(r"<(\d)>")
"""Where a text goes, and how many sentences it has."""
_UNKNOWN_TOOL: Final = {"type": "tool", "name": "fly"}


class Mistake(NamedTuple):
    """A way to break a request, and what is reported of it."""

    rules: tuple[str, ...]
    of: Callable[[dict[str, Any]], object]
    needs_tools: bool = False


def _without_results(body: dict[str, Any]) -> None:
    body["messages"][2]["content"][0] = {"type": "text", "text": "<2>"}


MISTAKES: Final = (
    Mistake(("schema/unknown-property",), lambda body: body.update(stop=["END"])),
    Mistake(("tools/duplicate-name",), lambda body: body["tools"].append(body["tools"][0]), needs_tools=True),
    Mistake(("schema/type",), lambda body: body.update(max_tokens="1024")),
    Mistake(("pairing/tool-use-without-result",), _without_results, needs_tools=True),
    Mistake(("schema/maximum",), lambda body: body.update(temperature=2)),
    Mistake(("models/no-such-model",), lambda body: body.update(model="gpt-4")),
    Mistake(
        ("request/stop-sequence-whitespace", "sampling/temperature-top-p-both"),
        lambda body: body.update(model="claude-sonnet-4-6", stop_sequences=[" "], temperature=0.5, top_p=0.5),
    ),
    Mistake(("tool-choice/unknown-tool",), lambda body: body.update(tool_choice=_UNKNOWN_TOOL), needs_tools=True),
    Mistake(("syntax/truncated",), lambda _: None),
)


def requests(number: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield a number of requests: the id, the JSON text, and the rules that report it."""
    sentences = _sentences()
    for n in range(number):
        small = n % SMALL_EVERY == 0
        turn, wrong = divmod(n, PLANTED_EVERY)
        mistake = turn % len(MISTAKES) if wrong == PLANTED_EVERY // 2 else None
        if mistake is not None and MISTAKES[mistake].needs_tools:
            small = False
        parts = _parts(None if small else n % APPLICATIONS, n % len(_MODELS), mistake)
        seed = n * 2_654_435_761
        texts = []
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
            else:
                for _ in range(part):
                    seed = (seed * 1_103_515_245 + 12_345) & 0xFFFFFFFF
                    texts.append(sentences[seed >> 20])
        text = "".join(texts)
        rules = () if mistake is None else MISTAKES[mistake].rules
        if rules == ("syntax/truncated",):
            text = text[: len(text) // 2]
        yield f"request-{n:09}", text, rules


def write(folder: Path, number: int) -> None:
    """Write the requests into a folder."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name in ("requests", "lines"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    schema = pa.schema({"id": pa.string(), "body": pa.string()})
    planted: list[tuple[str, str]] = []
    made = requests(number)
    size = min(MOST_IN_FILE, -(-number // 8))
    for first in range(0, number, size):
        name = f"part-{first // size:04}"
        with (
            pq.ParquetWriter(folder / "requests" / f"{name}.parquet", schema, compression="zstd") as parquet,
            (folder / "lines" / f"{name}.jsonl").open("w", encoding="utf-8") as lines,
        ):
            for start in range(first, min(first + size, number), ROW_GROUP):
                group = [next(made) for _ in range(min(ROW_GROUP, first + size - start, number - start))]
                ids, bodies, _ = zip(*group, strict=True)
                parquet.write_table(pa.table([ids, bodies], schema=schema))
                for request_id, body, rules in group:
                    value = json.dumps(body) if "syntax/truncated" in rules else body
                    lines.write(f'{{"id":"{request_id}","body":{value}}}\n')
                    planted += [(request_id, rule) for rule in rules]
    (folder / "planted.json").write_text(json.dumps(planted), "utf-8")


@cache
def _parts(application: int | None, model: int, mistake: int | None) -> tuple[str | int, ...]:
    """Return the JSON text of a request, with the number of sentences where a text goes."""
    body: dict[str, Any] = {"model": _MODELS[model], "max_tokens": 1024, "messages": [_said("user", "<2>")]}
    if application is not None:
        body |= _agent(application)
    if mistake is not None:
        MISTAKES[mistake].of(body)
    pieces = _HOLE.split(json.dumps(body, separators=(",", ":")))
    return tuple(int(piece) if index % 2 else piece for index, piece in enumerate(pieces))


def _agent(application: int) -> dict[str, Any]:
    tools = [_tool(application, number) for number in range(6)]
    messages = [_said("user", "<4>")]
    for number, tool in enumerate(tools):
        call_id = f"toolu_{application:04}{number:020}"
        call = {"type": "tool_use", "id": call_id, "name": tool["name"], "input": {"path": "<1>", "limit": number}}
        result = {"type": "tool_result", "tool_use_id": call_id, "content": "<4>"}
        messages += [_said("assistant", [{"type": "text", "text": "<1>"}, call]), _said("user", [result])]
    return {"max_tokens": 4096, "system": f"You are number {application}. " * 10, "tools": tools, "messages": messages}


def _said(role: str, content: object) -> dict[str, Any]:
    return {"role": role, "content": content}


def _tool(application: int, number: int) -> dict[str, Any]:
    described = f"Tool {number} of application {application}: reads what is at a path, and returns its lines."
    properties = {"path": {"type": "string", "description": described}, "limit": {"type": "integer", "minimum": 0}}
    schema = {"type": "object", "properties": properties, "required": ["path"]}
    return {"name": f"read_{application}_{number}", "description": described, "input_schema": schema}


def _sentences() -> list[str]:
    """Return 4,096 sentences, written as they stand in a JSON string."""
    draw = random.Random(20)  # noqa: S311 - the same in each run
    syllables = [first + vowel for first in "bdfgklmnprstvz" for vowel in ("a", "e", "i", "o", "u", "é")]
    words = ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(3_000)]
    ends = (". ", "? ", ".\n", ': "yes". ', " — ")
    made = [" ".join(draw.choices(words, k=draw.randint(6, 18))) + draw.choice(ends) for _ in range(4_096)]
    return [json.dumps(sentence, ensure_ascii=False)[1:-1] for sentence in made]


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
