"""Doing what `help` says, or applying the fix, leaves no other error at that place."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.material import TODAY, edition_of, endpoint_of, fixtures, hello, name_of
from tests.test_schema_files import subschemas
from validator import Linter
from validator.common.pointer import Path as Steps
from validator.common.pointer import to_pointer
from validator.documents import Format, format_of, read
from validator.fixes import add, remove, rename, replace
from validator.fixing.values import patched
from validator.report import Severity, Violation
from validator.rules import RULES, Example
from validator.schema.projection import View
from validator.schema.store import SHAPES, bundle, files

SHOWN = re.compile(r"`([\[{].*?[\]}])`(?=$|[,;: ])")
"""A whole value that a help shows."""
SAID = re.compile(
    r"(?:[^`]*: )?(?:use|did you mean|write|write its `\w+` alone:|(?:put|take) it .* array:) `?(?=[\[{\"])(?!\[…)"
)
"""What a help says to write, and nothing else."""


def at(value: Any, path: Steps) -> Any:
    for step in path:
        value = value[step]
    return value


def path_of(pointer: str, value: Any) -> Steps:
    path: list[str | int] = []
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        path.append(int(name) if isinstance(value, list) else name)
        value = value[path[-1]] if not isinstance(value, dict) or name in value else None
    return tuple(path)


def followed(request: Any, violation: Violation) -> Iterator[tuple[Any, Steps]]:
    """Yield what a request becomes by its fix, and by each thing that the help names, with the place to look at."""
    place = path_of(violation.pointer, request)
    operations = violation.fix.operations if violation.fix is not None else ()
    for operation in operations:
        if operation.op != "remove":
            yield patched(request, operations), operation.path
    advice = (violation.help or "").removesuffix("?")
    shapes = [shape for shape in SHOWN.findall(advice) if "…" not in shape]
    if violation.rule == "schema/unknown-property" and not advice.startswith(("did you mean", "remove", "rename")):
        return  # it shows what goes elsewhere
    first, *others = [advice] if advice.startswith(("remove it", "use")) else advice.split(", and ")
    done = step(request, place, violation.rule, first)
    if done is not None:
        whole = [done]
        for other in others:
            holder = done[1][:-1] if other.startswith(("rename", "add", "remove")) else done[1]
            following = step(whole[-1][0], holder, "", other)
            if following is None:
                return
            whole.append(following)
        yield whole[-1][0], done[1]
    elif violation.rule in {"schema/type", "schema/unknown-type"}:
        where = place[:-1] if violation.rule == "schema/unknown-type" else place
        for shape in shapes:
            yield patched(request, [replace(where, json.loads(shape))]), where


def step(request: Any, place: Steps, rule: str, advice: str) -> tuple[Any, Steps] | None:
    """Do one thing that a help says about the value at a place, if it is one that a machine can do."""
    if renamed := re.match(r"rename `(\w+)` to `(\w+)`", advice):
        source = place if rule else (*place, renamed[1])
        target = (*source[:-1], renamed[2])
        return patched(request, [rename(source, renamed[2])]), target
    if rule == "schema/unknown-property" and (meant := re.match(r"did you mean `(\w+)`$", advice)):
        return patched(request, [rename(place, meant[1])]), (*place[:-1], meant[1])
    if shown := SAID.match(advice):
        value, end = json.JSONDecoder().raw_decode(advice, shown.end())
        if re.split(", which|, and `output", advice[end:].removeprefix("`"))[0] == "" and "…" not in advice:
            where = place[:-1] if isinstance(value, dict) and place[-1] == "type" else place
            return patched(request, [replace(where, value)]), where
    if advice.startswith('add `"') and (added := re.findall(r'(?:add|and) `"(\w+)": (.*?)`(?=$| )', advice)):
        return patched(request, [add((*place, name), json.loads(value)) for name, value in added]), place
    if bound := re.match(r"(?:raise|lower) it to (?:at least )?([\d.]+)\b", advice):
        return patched(request, [replace(place, json.loads(bound[1]))]), place
    if advice == "put it into an array: `[…]`":
        return patched(request, [replace(place, [at(request, place)])]), place
    if unquoted := re.match(r"(?:write it without quotes:|write it in quotes:) `(.*)`$", advice):
        return patched(request, [replace(place, json.loads(unquoted[1]))]), place
    if not rule and (removed := re.match(r"remove `(\w+)`$", advice)):
        return patched(request, [remove((*place, removed[1]))]), place
    if advice.startswith(("remove it", "leave it out")) and isinstance(place[-1], str):
        return patched(request, [remove(place)]), place
    return None


def filled(value: Any) -> Any:
    """Put something that is allowed in the place of each `…`."""
    text = json.dumps(value).replace(json.dumps("…"), '"AAAA"').replace("https://\\u2026", "https://example.com")
    return json.loads(text)


def new_errors(linter: Linter, before: Any, after: Any, old: str, place: Steps) -> list[str]:
    """List the errors at or below a place that were not there before, where it may have had another name."""

    def found(request: Any) -> set[tuple[str, str]]:
        errors = [v for v in linter.validate(request).violations if v.severity is Severity.ERROR]
        return {(v.rule, v.pointer) for v in errors}

    start = to_pointer(place)
    known = {(rule, start + pointer.removeprefix(old)) for rule, pointer in found(before) if pointer.startswith(old)}
    return [
        f"{rule} at {pointer}"
        for rule, pointer in sorted(found(after) - found(before) - known)
        if pointer == start or (pointer.startswith(f"{start}/") and (old == start or rule.startswith("schema/")))
    ]


EXAMPLES = [
    pytest.param(example, id=f"{rule.id}-{number}")
    for rule in RULES.values()
    if rule.area not in {"syntax", "values", "yaml"}
    for number, example in enumerate(rule.bad)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_following_the_help_of_an_example_leaves_no_other_error_there(example: Example) -> None:
    linter, request = Linter(**example.options()), example.made()
    if isinstance(request, bytes):
        pytest.skip("an example that is text is no value to change")
    follow(linter, request)


def follow(linter: Linter, request: Any) -> int:
    """Do everything that the help of every violation says; return how often there was something to do."""
    steps = 0
    for violation in linter.validate(request).violations:
        for after, place in followed(request, violation):
            assert new_errors(linter, request, after, violation.pointer, place) == [], (
                violation.rule,
                violation.help,
                place,
            )
            steps += 1
    return steps


@pytest.mark.parametrize("path", fixtures("bad"), ids=name_of)
def test_following_the_help_of_a_fixture_leaves_no_other_error_there(path: Path) -> None:
    linter = Linter(endpoint=endpoint_of(path), edition=edition_of(path), today=TODAY)
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for document in read(data, format_of(path.name) or Format.JSON):
        if document.readable:
            follow(linter, document.value)


def said(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in hello(**changes).items() if value is not ABSENT}


def with_blocks(*blocks: Any) -> dict[str, Any]:
    return hello(messages=[{"role": "user", "content": list(blocks)}])


ABSENT = object()
PIXEL = "R0lGODlhAQABAAAAACw="
TOOL = {"name": "now", "input_schema": {"type": "object"}}
MISTAKES = [
    said(messages="hello"),
    said(messages={"role": "user", "content": "hello"}),
    said(messages=["hello"]),
    said(messages=ABSENT, mesages=[{"role": "user", "content": "Hello"}]),
    said(messages=ABSENT, mesages="hello"),
    said(system={"type": "text", "text": "Be brief."}),
    said(system={"text": "Be brief."}),
    said(system={"role": "system", "content": "Be brief."}),
    said(system=["Be brief."]),
    said(system=5),
    said(max_tokens=-1),
    said(max_tokens="1024"),
    said(max_tokens=[1024]),
    said(max_tokens=ABSENT, maxTokens=1024),
    said(max_tokens=ABSENT, max_completion_tokens="1024"),
    said(temperature=1.5),
    said(temperature="0.5"),
    said(stop_sequences="END"),
    said(stream="true"),
    said(metadata={"user_id": 31}),
    said(thinking=True, max_tokens=2048),
    said(thinking="enabled", max_tokens=2048),
    said(thinking="adaptive", max_tokens=2048),
    said(thinking=False),
    said(thinking=True, model="claude-opus-5-5"),
    said(thinking="enabled", model="claude-opus-5-5"),
    said(thinking="disabled", model="claude-opus-5-5"),
    said(thinking=False, model="claude-sonnet-5-5"),
    said(thinking=2048, model="claude-sonnet-4-6", max_tokens=4096),
    said(thinking={"type": "enable", "budget_tokens": 1024}, max_tokens=2048),
    said(thinking={"type": "auto"}, model="claude-opus-5"),
    said(thinking={"type": "auto"}, max_tokens=2048),
    said(thinking={"type": "enable", "budget_tokens": 1024}, max_tokens=2048, model="claude-opus-5-5"),
    said(thinking={"budget_tokens": 1024}, max_tokens=2048),
    said(thinking={"type": "enabled", "budget_tokens": 10}, max_tokens=2048),
    said(thinking={"type": "enabled", "budget_tokens": 10}, model="claude-opus-5-5"),
    said(temperature="0.5", model="claude-opus-5"),
    said(temperature=1.5, model="claude-opus-5"),
    said(metadata="u-1"),
    said(output_config="high", model="claude-opus-5"),
    said(output_config={"format": "json_schema"}, model="claude-opus-5"),
    said(output_config={"format": {"type": "json_object"}}, model="claude-opus-5"),
    said(cache_control={"ttl": "1h"}),
    said(mcp_servers={"type": "url", "name": "docs", "url": "https://docs.example.com"}),
    said(betas="files-api-2025-04-14"),
    said(cache_control=True),
    said(cache_control="ephemeral"),
    said(tools=[TOOL], tool_choice={"type": {"type": "auto"}}),
    said(tools=[TOOL], tool_choice="now"),
    said(tools=[TOOL], tool_choice="required"),
    said(tools=[TOOL], tool_choice={"type": "function", "name": "now"}),
    said(tools=[TOOL], tool_choice=["auto"]),
    said(tools=TOOL),
    said(tools=[TOOL | {"type": "function"}]),
    said(tools=[{"type": "function", "name": "now", "parameters": {"type": "object"}}]),
    said(tools=[{"type": "web_search"}]),
    said(tools=[{"type": "web_search", "name": "web_search"}]),
    said(seed=1),
    said(n=1),
    said(stop="END"),
    said(output_config={"effort": "minimal"}, model="claude-opus-5"),
    with_blocks("hello"),
    with_blocks({"text": "hello"}),
    with_blocks({"type": "input_text", "text": "hello"}),
    with_blocks({"type": "output_text", "text": "hello", "annotations": []}),
    with_blocks({"type": "text", "content": "hello"}),
    with_blocks({"type": "text", "text": ["hello"]}),
    with_blocks({"type": "image", "source": "https://example.com/bee.png"}),
    with_blocks({"type": "image", "source": f"data:image/gif;base64,{PIXEL}"}),
    with_blocks({"type": "image", "source": "file_011CNha8iCJcU1wXNR6q4V8w"}),
    with_blocks({"type": "image", "source": {"type": "base64", "media_type": "image/gift", "data": PIXEL}}),
    with_blocks({"type": "image", "source": {"media_type": "image/gif", "data": PIXEL}}),
    with_blocks({"type": "image", "source": {"url": "https://example.com/bee.png"}}),
    with_blocks({"type": "document", "source": "https://example.com/bees.pdf"}),
]


@pytest.mark.parametrize("request_body", MISTAKES, ids=lambda body: json.dumps(body)[:90])
def test_following_the_help_of_a_common_mistake_leaves_no_other_error_there(request_body: dict[str, Any]) -> None:
    linter = Linter(today=TODAY)
    assert len(linter.validate(request_body).violations) == 1
    assert follow(linter, request_body) > 0


PART = re.compile(r'`("\w+": .*?)`(?=$|[,;: ])')
VIEW = View()
DEFINITIONS = {name: schema for shape in SHAPES for name, schema in bundle(shape, VIEW)["$defs"].items()}
HINTS = sorted(
    {
        hint
        for text in files().values()
        for _, schema in subschemas(text)
        for keyword in ("x-hints", "x-untagged", "x-advice")
        for hint in schema.get(keyword, {}).values()
        if SHOWN.search(hint) or PART.search(hint)
    }
)


def accepted_by(value: Any, names: Iterable[str]) -> list[str]:
    everything = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": DEFINITIONS}
    return [
        name
        for name in names
        if jsonschema.Draft202012Validator({**everything, "$ref": f"#/$defs/{name}"}).is_valid(value)
    ]


@pytest.mark.parametrize("hint", HINTS)
def test_what_a_hint_of_the_schemas_shows_is_what_the_schemas_accept(hint: str) -> None:
    for shape in SHOWN.findall(hint):
        assert accepted_by(filled(json.loads(shape)), DEFINITIONS), shape
    for part in PART.findall(hint):
        ((name, value),) = filled(json.loads(f"{{{part}}}")).items()
        known = [
            schema["properties"][name]
            for schema in (*DEFINITIONS.values(), bundle("messages", VIEW))
            if name in schema.get("properties", {})
        ]
        everything = {"$defs": DEFINITIONS}
        assert any(jsonschema.Draft202012Validator({**everything, **schema}).is_valid(value) for schema in known), part


@pytest.mark.parametrize(
    ("effort", "advice"),
    [
        (None, 'raise it to 1024 or more, or set `thinking` to `{"type": "disabled"}`'),
        ("xhigh", 'raise it to 1024 or more, or set `output_config.effort` to "low"'),
    ],
)
def test_thinking_is_not_to_be_switched_off_where_the_effort_forbids_it(effort: str | None, advice: str) -> None:
    settings = {} if effort is None else {"output_config": {"effort": effort}}
    (violation,) = Linter(today=TODAY).validate(hello(model="claude-opus-5", max_tokens=300, **settings)).violations
    assert violation.help == advice


@pytest.mark.parametrize(
    ("budget", "limit", "advice"),
    [
        (4096, 2048, "raise `max_tokens` above 4096, or lower `budget_tokens` below 2048"),
        (4096, 1024, "raise `max_tokens` above 4096"),  # a budget has at least 1024 tokens
        (64000, 2048, "lower `budget_tokens` below 2048"),  # the model writes at most 64000
        (64000, 1000, "raise `max_tokens` above 1024, and lower `budget_tokens` below it"),
    ],
)
def test_a_budget_is_brought_below_max_tokens_by_ways_that_the_api_takes(budget: int, limit: int, advice: str) -> None:
    request = hello(max_tokens=limit, thinking={"type": "enabled", "budget_tokens": budget})
    (found,) = Linter(select=["thinking/budget-not-below-max-tokens"]).validate(request).violations
    assert found.help == advice


def test_the_least_budget_is_not_to_be_lowered() -> None:
    request = hello(max_tokens=1030, thinking={"type": "enabled", "budget_tokens": 1024})
    (found,) = Linter(select=["thinking/little-room"]).validate(request).violations
    assert found.help == "raise `max_tokens` by what the answer may need"


TEXT = {"type": "text", "text": "Hi"}
SCREEN = {"type": "computer_20251124", "name": "computer", "display_width_px": 1024, "display_height_px": 768}


@pytest.mark.parametrize(
    ("model", "tool", "advice"),
    [
        (
            "claude-opus-5-5",
            SCREEN,
            "use `computer_toolset_20260801`, without `name`, `display_width_px` and `display_height_px`",
        ),
        ("claude-opus-4-8", SCREEN | {"type": "computer_20250124"}, "use `computer_20251124`"),
        (
            "claude-opus-4-6",
            {"type": "computer_toolset_20260801", "configs": {}},
            (
                'use `computer_20251124`, with `display_height_px`, `display_width_px` and `name` "computer", '
                "without `configs`"
            ),
        ),
        (
            "claude-opus-4-6",
            {"type": "text_editor_20250124", "name": "str_replace_editor"},
            'use `text_editor_20250728`, with `name` "str_replace_based_edit_tool"',
        ),
    ],
)
def test_another_version_of_a_tool_is_named_with_what_else_it_changes(model: str, tool: Any, advice: str) -> None:
    linter = Linter(select=["tools/type-unsupported-model"])
    (found,) = linter.validate(hello(model=model, max_tokens=2048, tools=[tool])).violations
    assert found.help == advice


@pytest.mark.parametrize(("limit", "room"), [(1024, ", with `max_tokens` above 1024"), (2048, "")])
def test_thinking_is_switched_on_with_the_room_that_it_needs(limit: int, room: str) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "EqQBCkYIBxgCKkA="}
    messages = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": [thought, TEXT]}]
    request = hello(max_tokens=limit, messages=messages)
    (found,) = Linter(select=["thinking/block-when-disabled"]).validate(request).violations
    budget = '`{"type": "enabled", "budget_tokens": 1024}`'
    assert found.help == f"remove the block, or switch thinking on with {budget}{room}"


def test_another_version_of_a_tool_is_named_with_the_header_that_it_needs() -> None:
    request = hello(model="claude-opus-4-6", tools=[SCREEN | {"type": "computer_20250124"}])
    linter = Linter(select=["tools/type-unsupported-model"], betas=("computer-use-2025-01-24",))
    (found,) = linter.validate(request).violations
    assert found.help == "use `computer_20251124`, and send the beta header `computer-use-2025-11-24`"


COMPACT = {"type": "compact_20260112"}
CLEAR_THINKING = {"type": "clear_thinking_20251015", "keep": "all"}


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({"fallbacks": [{"model": "claude-opus-4-8"}]}, "`server-side-fallback-2026-06-01`"),
        ({"fallbacks": "default"}, "`server-side-fallback-2026-07-01`"),
        ({"context_management": {"edits": []}}, "`context-management-2025-06-27`"),
        ({"context_management": {"edits": [COMPACT]}}, "`compact-2026-01-12`"),
        (
            {"context_management": {"edits": [CLEAR_THINKING, COMPACT]}},
            "`context-management-2025-06-27` and `compact-2026-01-12`",
        ),
    ],
)
def test_a_missing_header_is_one_that_unlocks_all_of_the_value(changes: dict[str, Any], headers: str) -> None:
    linter = Linter(select=["betas/missing"], betas=())
    (found,) = linter.validate(hello(model="claude-opus-5", **changes)).violations
    assert found.help == f"send {headers} in the `anthropic-beta` header (`betas` in the SDK), or remove it"


@pytest.mark.parametrize("country", ["D", "Germany"])
def test_a_code_of_fixed_length_is_not_to_be_cut_or_padded(country: str) -> None:
    location = {"type": "approximate", "country": country}
    search = {"type": "web_search_20250305", "name": "web_search", "user_location": location}
    (found,) = Linter().validate(hello(tools=[search])).violations
    assert found.help == "write its usual form: ISO 3166 country code of two letters, such as `DE`"
