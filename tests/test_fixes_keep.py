"""Fixes never lose what somebody wrote, whatever is wrong with a request, and leave it better than it was."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.material import DATA, FIXTURES, TODAY, hello
from tests.strategies import paths
from tests.test_refusals import REFUSALS
from validator import Linter, validate
from validator.documents import format_of, read
from validator.facts import foreign_properties
from validator.files import FileResult, check_text
from validator.fixes import Applicability
from validator.fixing.applying import fix_text
from validator.fixing.values import patched
from validator.report import Severity, Violation

LINTER = Linter(endpoint="messages", today=TODAY)
SAID = re.compile(r"\b(remove|leave\b.*\bout)\b")
"""The words of a finding that say that its fix takes something away."""
NOTE = re.compile(r"note-\d+-end")
LONG = 20
PROMPT = "an important prompt that took a week to write"
HELPED = [{"role": "user", "content": "Where is the station, please?"}]
MISSPELT = (
    ("system", "sytem"),
    ("max_tokens", "maxTokens"),
    ("max_tokens", "max_token"),
    ("messages", "mesages"),
    ("stop_sequences", "stop"),
    ("content", "conten"),
    ("content", "parts"),
    ("text", "txt"),
    ("source", "sorce"),
    ("input_schema", "inputSchema"),
    ("input_schema", "parameters"),
    ("temperature", "temprature"),
    ("type", "tpye"),
    ("description", "desription"),
)
NAMES = sorted({*(name for pair in MISSPELT for name in pair), *foreign_properties(), "zzz", "id", "tool_use_id"})


@lru_cache
def originals() -> list[Any]:
    """Return requests of every kind: good and bad fixtures, those that were accepted, and those that were refused."""
    files = [path for kind in ("good", "bad") for path in sorted((FIXTURES / kind).glob("*.json"))]
    found = [read(path.read_bytes(), format_of(path.name))[0].value for path in files if "expect" not in path.name]
    lines = (DATA / "accepted-requests.jsonl").read_text("utf-8").splitlines()
    found += [json.loads(line)["request"] for line in lines]
    found += [case["request"] for case in REFUSALS]
    return [value for value in found if isinstance(value, dict) and len(json.dumps(value)) < 20_000]


def texts(value: Any) -> Iterator[str]:
    """Yield the texts inside a value that somebody wrote: long ones of several words, also those in JSON in strings."""
    if isinstance(value, str):
        inner = _json_in(value)
        if inner is not None:
            yield from texts(inner)
        elif len(value.strip()) > LONG and " " in value.strip():
            yield value.strip()
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def _json_in(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def lost(before: Any, after: Any) -> list[str]:
    left = list(texts(after))
    return [text for text in texts(before) if not any(text in other for other in left)]


def says_so(violation: Violation) -> bool:
    return SAID.search(f"{violation.message} {violation.help}") is not None


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """Take a request and spoil it in one to three places as people do."""
    value = copy.deepcopy(draw(st.sampled_from(originals())))
    for number in range(draw(st.integers(1, 3))):
        path: tuple[Any, ...] = draw(st.sampled_from(sorted(paths(value), key=repr)))
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        old = holder[path[-1]] if path else value
        said = f"{PROMPT}, number {number}"
        kind = draw(st.sampled_from(["misspell", "convert", "swap", "add", "move", "double"]))
        if kind == "misspell" and path and isinstance(holder, dict):
            pairs = [wrong for right, wrong in MISSPELT if right == path[-1]]
            name = draw(st.sampled_from([*pairs, _slip(str(path[-1]), draw(st.integers(0, 30)))]))
            items = list(holder.items())
            holder.clear()
            holder.update((name if key == path[-1] else key, item) for key, item in items)
        elif kind == "convert" and path:
            forms: list[Any] = [
                None,
                [old],
                {"text": old},
                {"text": said},
                [said],
                said,
                str(old),
                json.dumps(old),
                [],
                {},
            ]
            holder[path[-1]] = draw(st.sampled_from(forms))
        elif kind == "swap" and path and isinstance(holder, dict) and len(holder) > 1:
            other = draw(st.sampled_from(sorted(map(str, holder.keys() - {path[-1]})) or [path[-1]]))
            if other in holder:
                holder[path[-1]], holder[other] = holder[other], holder[path[-1]]
        elif kind == "add" and isinstance(old, dict):
            forms = [
                None,
                said,
                {"text": said},
                [said],
                [{"type": "text", "text": said}],
                HELPED,
                5,
                json.dumps([said]),
            ]
            old.setdefault(draw(st.sampled_from(NAMES)), draw(st.sampled_from(forms)))
        elif kind == "move" and path and isinstance(holder, list) and len(holder) > 1:
            holder.insert(draw(st.integers(0, len(holder) - 1)), holder.pop(path[-1]))
        elif kind == "double" and path and isinstance(holder, list):
            holder.insert(path[-1], copy.deepcopy(old))
    return value


def _slip(name: str, at: int) -> str:
    """Misspell a name: drop a letter, swap two, write it in camel case or in the plural."""
    place = at % max(1, len(name))
    head, *rest = name.split("_")
    return (
        name[:place] + name[place + 1 :] or "x",
        name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
        head + "".join(part.title() for part in rest),
        f"{name}s",
    )[at % 4]


@settings(max_examples=150)
@given(mutated())
def test_no_fix_loses_a_text_unless_the_finding_says_to_remove_it(value: Any) -> None:
    for violation in LINTER.validate(value).violations:
        if violation.fix is not None:
            after = patched(value, violation.fix.operations)
            assert says_so(violation) or lost(value, after) == [], (violation, value)
            json.dumps(after, allow_nan=False).encode()


def weight(result: FileResult) -> list[int]:
    return [sum(found.severity is severity for found in result.violations) for severity in Severity]


def noted_json(value: Any) -> str:
    """Write a request with a comment behind each line that ends a property or an item."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return "\n".join(f"{line} // note-{number}-end" for number, line in enumerate(lines))


def noted_yaml(value: Any) -> str:
    """Write a request as YAML with a comment behind each line that is whole, as far as it still means the same."""
    lines = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=10**6).split("\n")
    noted = "\n".join(f"{line}  # note-{n}-end" if _is_whole(line) else line for n, line in enumerate(lines))
    documents = read(noted.encode(), format_of("a.yaml"))
    return noted if len(documents) == 1 and documents[0].value == value else "\n".join(lines)


def _is_whole(line: str) -> bool:
    return re.fullmatch(r"[ -]*[a-z_]+:( [\w.-]+)?", line) is not None


WAYS = {
    "a.json": lambda value: json.dumps(value, indent=2),
    "b.json": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    "a.jsonc": noted_json,
    "a.yaml": noted_yaml,
}


@settings(max_examples=60)
@given(mutated(), st.sampled_from(sorted(WAYS)), st.booleans())
def test_a_fixed_text_has_fewer_errors_and_all_that_was_written_and_stays_as_it_is(
    value: Any,
    name: str,
    unsafe: bool,  # noqa: FBT001
) -> None:
    try:
        data = WAYS[name](value).encode()
    except UnicodeEncodeError:
        return
    (document,) = read(data, format_of(name))
    if not document.readable or document.value != value:
        return

    def check(text: bytes) -> FileResult:
        return check_text(name, text, LINTER)

    before, after = check(data), fix_text(name, data, check, unsafe=unsafe)
    (found,) = read(after.data, format_of(name))
    assert found.readable
    errors = [each for each in after.applied if each.severity is Severity.ERROR]
    assert weight(after.result)[0] <= weight(before)[0] - len(errors)
    assert (weight(after.result) < weight(before)) == bool(after.applied)
    again = fix_text(name, after.data, check, unsafe=unsafe)
    assert (again.data, again.applied) == (after.data, [])
    if not any(map(says_so, after.applied)):
        assert lost(value, found.value) == []
        assert NOTE.findall(after.data.decode()) == NOTE.findall(data.decode())


H = hello()
BLOCK = {"type": "image", "source": {"type": "url", "url": "https://example.com/station.png"}}
TOOL = {"name": "a", "description": "Finds a station."}
KEPT: list[tuple[dict[str, Any], str | None]] = [
    (hello(sytem={"text": PROMPT}), None),
    ({**hello(), "maxTokens": "1024"}, None),
    ({key: item for key, item in H.items() if key != "max_tokens"} | {"maxTokens": "1024"}, "max_tokens"),
    (hello(stop="END"), "stop_sequences"),
    ({key: item for key, item in H.items() if key != "messages"} | {"mesages": PROMPT}, None),
    (hello(tools=[TOOL | {"inputSchema": '{"type": "object"}'}]), "tools"),
    (hello(tools=[TOOL | {"inputSchema": '{"type": "object", "a": 1, "a": 2}'}]), None),
    (hello(tools=[TOOL | {"inputSchema": '{"type": "object", "title": "\\ud800"}'}]), None),
    (hello(messages=[{"role": "user", "content": [{"type": "image", "sorce": "https://example.com/a.png"}]}]), None),
    (hello(messages=[{"role": "user", "content": [{"type": "text", "txt": [PROMPT]}]}]), None),
    (hello(messages=[{"role": "user", "conten": {"text": PROMPT}}]), None),
    (hello(messages=[{"role": "user", "text": PROMPT}]), None),
    ({"model": "claude-haiku-4-5", "max_tokens_to_sample": 5, "prompt": PROMPT}, None),
    (hello(system="Be brief.", sytem=PROMPT), None),
    (hello(functions=[{"name": "a", "description": PROMPT}], tools=[TOOL]), None),
]


@pytest.mark.parametrize(("request_", "renamed"), KEPT, ids=[str(number) for number in range(len(KEPT))])
def test_what_is_to_be_renamed_is_renamed_or_left(request_: dict[str, Any], renamed: str | None) -> None:
    found = [each for each in validate(request_).violations if each.rule == "schema/unknown-property"]
    assert found
    assert all(not says_so(each) or each.fix is not None for each in found)
    named = [operation.op for each in found if each.fix is not None for operation in each.fix.operations]
    assert "remove" not in named
    if renamed is not None:
        (fix,) = [each.fix for each in found if each.fix is not None]
        left = validate(patched(request_, fix.operations)).violations
        assert [each for each in left if each.severity is Severity.ERROR] == []


@pytest.mark.parametrize("name", sorted(foreign_properties()))
@pytest.mark.parametrize("value", [None, 5, "auto", [], ["END"], True])
def test_a_name_of_another_api_is_never_taken_for_a_misspelt_one(name: str, value: Any) -> None:
    for violation in validate(hello(**{name: value})).violations:
        if violation.fix is not None and violation.pointer == f"/{name}":
            assert violation.fix.applicability is Applicability.UNSAFE
            moved = [operation.path[-1] for operation in violation.fix.operations if operation.op == "move"]
            assert set(moved) <= {"stop_sequences", "max_tokens", "messages", "system", "thinking", "tools", "model"}


@pytest.mark.parametrize(
    ("name", "meant", "value", "is_safe"),
    [
        ("tool", "tools", [], False),
        ("sped", "speed", "fast", False),
        ("speedd", "speed", "fast", True),
        ("spede", "speed", "standard", True),
        ("temprature", "temperature", None, False),
        ("temprature", "temperature", 1, True),
        ("topK", "top_k", 5, True),
    ],
)
def test_a_rename_is_safe_where_nothing_else_can_be_meant(name: str, meant: str, value: Any, is_safe: bool) -> None:  # noqa: FBT001
    fixes = [each.fix for each in validate(hello(**{name: value})).violations if each.pointer == f"/{name}"]
    for fix in fixes:
        if fix is not None and fix.operations[0].op == "move":
            assert fix.operations[0].path == (meant,)
            assert (fix.applicability is Applicability.SAFE) == is_safe


@pytest.mark.parametrize("media_type", ["image/bmp", "image/tiff", "image/svg+xml", "image/heic"])
def test_another_format_of_images_is_not_taken_for_a_misspelt_one(media_type: str) -> None:
    source = {"type": "base64", "media_type": media_type, "data": "R0lGODlhAQABAAAAACw="}
    found = validate(hello(messages=[{"role": "user", "content": [{"type": "image", "source": source}]}])).violations
    assert [each.fix for each in found if each.pointer.endswith("media_type")] == [None]


def test_comments_inside_of_what_is_moved_keep_it_from_being_moved() -> None:
    plain = "model: claude-haiku-4-5\nmax_tokens: 5\nmessages:\n- role: system\n  content: Be brief.{}\n"
    plain += "- role: user\n  content: Hi\n"

    def fixed(text: str) -> str:
        return fix_text("a.yaml", text.encode(), lambda data: check_text("a.yaml", data, LINTER)).data.decode()

    assert "system: Be brief" in fixed(plain.format("")).replace('"', "")
    noted = plain.format("  # agreed with legal")
    assert fixed(noted) == noted


def test_a_placeholder_in_words_is_not_turned_into_base64_unasked() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "put-the-picture-of-the-station-here_"}
    found = validate(hello(messages=[{"role": "user", "content": [{"type": "image", "source": source}]}])).violations
    assert not any(each.fix and each.fix.applicability is Applicability.SAFE for each in found)


@pytest.mark.parametrize(
    ("said", "prefix", "after"),
    [
        ("image/gif", "image/gif", "image/gif"),
        ("image/png", "image/gif", "image/gif"),
        (None, "image/gif", "image/gif"),
        ("image/gif", "", "image/gif"),
        (None, "image/tiff", None),
    ],
)
def test_the_media_type_of_a_data_url_is_kept(said: str | None, prefix: str, after: str | None) -> None:
    source = {"type": "base64", "data": f"data:{prefix};base64,R0lGODlhAQABAAAAACw="} | (
        {} if said is None else {"media_type": said}
    )
    request = hello(messages=[{"role": "user", "content": [{"type": "image", "source": source}]}])
    fixes = [each.fix for each in validate(request).violations if each.pointer.endswith("/data") and each.fix]
    assert len(fixes) == (after is not None)
    for fix in fixes:
        mended = patched(request, fix.operations)
        assert mended["messages"][0]["content"][0]["source"]["media_type"] == after
        assert validate(mended).violations == ()
