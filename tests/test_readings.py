"""YAML that its readers take for different values: what is wrong for all of them is reported."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.material import hello
from validator import Linter, Violation
from validator.files import check_text

HEAD = "model: claude-haiku-4-5\nmessages: [{role: user, content: Hello}]\n"
WORDS = ["yes", "no", "on", "off", "010", "0o17", "1_000", "1:30", "2026-11-24", "1e3", "~", "null", "true", "12", "a"]
PLACES = {
    "max_tokens": "max_tokens: {}\n",
    "stream": "max_tokens: 9\nstream: {}\n",
    "metadata": "max_tokens: 9\nmetadata: {{user_id: {}}}\n",
    "stop_sequences": "max_tokens: 9\nstop_sequences: [{}]\n",
    "unknown": "max_tokens: 9\nenable_caching: {}\n",
    "near": "max_tokens: 9\nmessage: {}\n",
    "tools": "max_tokens: 9\ntools: {}\n",
    "thinking": "max_tokens: 9\nthinking: {{type: {}}}\n",
}


def found(text: str, **options: object) -> list[Violation]:
    return list(check_text("a.yaml", text.encode(), Linter(endpoint="auto", **options)).violations)  # type: ignore[arg-type]


def errors(violations: list[Violation]) -> set[tuple[str, str]]:
    return {(each.rule, each.pointer) for each in violations if each.severity == "error"}


def read_by(version: str, text: str) -> set[tuple[str, str]]:
    """Return the errors of a text for the readers of one version of YAML."""
    return errors(found(f"%YAML {version}\n---\n{text}"))


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_wrong_exactly_where_it_is_wrong_for_the_readers_of_both_versions(word: str, place: str) -> None:
    text = HEAD + PLACES[place].format(word)
    new, old = read_by("1.2", text), read_by("1.1", text)
    if ("yaml/not-json", next((pointer for rule, pointer in old if rule == "yaml/not-json"), None)) in old:
        old = new  # JSON has no dates; a reader that takes it for one sends a string, or nothing
    pointers = {pointer for _, pointer in new} & {pointer for _, pointer in old}
    said = errors(found(text))
    assert {pointer for _, pointer in said} == pointers
    assert said <= new


@pytest.mark.parametrize("options", [{"ignore": ["yaml"]}, {"select": ["schema"]}])
@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("max_tokens: yes", ("schema/type", "/max_tokens")),
        ("max_tokens: 9\nenable_caching: yes", ("schema/unknown-property", "/enable_caching")),
        ("max_tokens: 9\ntools: off", ("schema/type", "/tools")),
        ("max_tokens: 9\nmax_tokens: nine", ("schema/type", "/max_tokens")),
        ("max_tokens: 9\ntop_k: &k 1\nstop_sequences: [&k 2]", ("schema/type", "/stop_sequences/0")),
    ],
)
def test_an_error_does_not_depend_on_the_rules_of_yaml(
    line: str, error: tuple[str, str], options: dict[str, list[str]]
) -> None:
    assert errors(found(f"{HEAD}{line}\n", **options)) == {error}


def test_an_unknown_property_is_one_whatever_its_value() -> None:
    said = errors(found(f"{HEAD}max_tokens: 9\nenable_caching: !env CACHE\n"))
    assert said == {("yaml/not-json", "/enable_caching"), ("schema/unknown-property", "/enable_caching")}


def test_of_a_key_that_is_no_string_nothing_else_is_said() -> None:
    assert errors(found(f"{HEAD}max_tokens: 9\n1: one\n")) == {("yaml/key-not-a-string", "/1")}


def test_what_an_alias_stands_for_is_read_in_both_ways_at_each_of_its_places() -> None:
    said = errors(found(f"{HEAD}max_tokens: &word yes\nstream: *word\ntop_k: *word\n"))
    assert said == {("schema/type", "/max_tokens"), ("schema/type", "/top_k")}


def test_a_word_inside_of_a_value_that_is_dropped_does_no_harm() -> None:
    said = errors(found(f"{HEAD}max_tokens: 9\nmetadata: {{user_id: {{a: no}}}}\nmetadata: {{user_id: 1}}\n"))
    assert said == {("schema/type", "/metadata/user_id")}


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("max_tokens: 9\nstream: yes", "write `true`"),
        ("max_tokens: 1_000", "write `1000`"),
        ("max_tokens: 010", "write `10` or `8`"),
        ("max_tokens: 9\nstop_sequences: [no]", 'write `"no"`'),
        ("max_tokens: 9\nmetadata: {user_id: 010}", "put it into quotes if a text is meant"),
        ("max_tokens: yes", "write a value that is allowed here"),
        ("max_tokens: 9\nenable_caching: yes", 'write `"yes"` or `true`'),
    ],
)
def test_the_help_names_what_the_place_takes(line: str, advice: str) -> None:
    (doubt,) = [each for each in found(f"{HEAD}{line}\n") if each.rule == "yaml/ambiguous-value"]
    assert doubt.help == advice


@given(st.lists(st.tuples(st.sampled_from(["role", "content", "name", "max_tokens", "top_k"]), st.sampled_from(WORDS))))
def test_many_words_at_once_are_read_twice_and_no_more(words: list[tuple[str, str]]) -> None:
    lines = [f"    {key}: {word}" for key, word in words if key in {"role", "content", "name"}]
    text = "\n".join(["model: claude-haiku-4-5", "max_tokens: 9", "messages:", "  - role: user", *lines, ""])
    text += "".join(f"{key}: {word}\n" for key, word in words if key in {"max_tokens", "top_k"})
    new = read_by("1.2", text)
    assert errors(found(text)) <= new


def test_a_request_that_pyyaml_writes_has_no_ambiguous_words() -> None:
    text = yaml.safe_dump(hello(stop_sequences=["yes", "010", "2026-11-24", "1_000"]))
    assert found(text) == []
