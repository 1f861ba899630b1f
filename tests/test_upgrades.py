"""Moving requests to newer models."""

from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

import validator
from scripts.upgrade_pages import DAY, PAIRS, Pair, page
from tests.material import DATA, TODAY, fixtures, hello
from validator import facts
from validator.checking.linter import shared_linter
from validator.common.pointer import path_in
from validator.facts import Model, model_named, models
from validator.fixing.values import patched
from validator.report import Severity
from validator.rules import RULES
from validator.upgrades import Kind, upgrade
from validator.upgrades.models import State, name_like, state_of, successor_of
from validator.upgrades.moves import _MOVES
from validator.upgrades.recipes import _RECIPES
from validator.upgrades.step import Example, Step, changes_of
from validator.upgrades.steps import STEPS
from validator.upgrades.subject import Subject

EXAMPLES = [
    pytest.param(step, example, id=f"{step.id}-{number}")
    for step in STEPS
    for number, example in enumerate(step.examples)
]
OLD = [model for model in models() if state_of(model, TODAY) in {State.DEPRECATED, State.RETIRED}]
NEW = [model for model in models() if state_of(model, TODAY) is State.CURRENT]
BY_HAND = {
    "context/compact-unsupported-model",
    "messages/prefill-unsupported",
    "messages/system-role-unsupported",
    "output/effort-level-unsupported",
    "output/effort-unsupported-model",
    "output/task-budget-unsupported-model",
    "request/inference-geo-unsupported-model",
    "request/max-tokens-above-model",
    "sampling/temperature-top-p-both",
    "sampling/unsupported-model",
    "server-tools/needs-direct-caller",
    "thinking/adaptive-unsupported",
    "thinking/disabled-unsupported",
    "tool-choice/forced-unsupported-model",
    "tools/type-unsupported-model",
}
"""The rules of what a program cannot do for a person, not even nearly."""


def _shapes() -> list[dict[str, Any]]:
    """Return the bodies of good fixtures and of shapes that the API accepted."""
    lines = (DATA / "accepted-requests.jsonl").read_text("utf-8").splitlines()
    found = [shape["request"] for line in lines if (shape := json.loads(line))["endpoint"] == "messages"]
    files = [path for path in fixtures("good") if path.suffix == ".json" and path.parent.name == "good"]
    found += [json.loads(path.read_text("utf-8")) for path in files]
    return [shape for shape in found if isinstance(shape.get("model"), str)]


SHAPES = _shapes()


def _texts(value: Any) -> Counter[str]:
    """Count the texts of a request: everything that people or tools wrote into it."""
    found: Counter[str] = Counter()
    waiting = [value.get(name) for name in ("system", "messages", "tools", "output_config", "output_format")]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += [item for key, item in each.items() if key not in {"type", "name", "effort"}]
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str):
            found[each] += 1
    return found


def applied(value: Any, patch: list[dict[str, Any]]) -> Any:
    """Apply a JSON Patch, one operation after the other, as any program does."""
    value = deepcopy(value)
    for operation in patch:
        *parents, last = operation["path"].split("/")[1:]
        holder = value
        for step in path_in(value, "".join(f"/{each}" for each in parents)):
            holder = holder[step]
        key: Any = int(last) if isinstance(holder, list) else last.replace("~1", "/").replace("~0", "~")
        if operation["op"] == "remove":
            del holder[key]
        else:
            assert operation["op"] == "add" or key in holder or isinstance(holder, list)
            holder[key] = operation["value"]
    return value


@pytest.mark.parametrize(("step", "example"), EXAMPLES)
def test_a_step_does_what_its_example_says(step: Step, example: Example) -> None:
    before, after = model_named(example.model), model_named(example.to)
    assert before is not None
    assert after is not None
    changes = changes_of(step, Subject(example.before, before, after))
    if example.after is None:
        assert changes == []
        return
    assert {change.kind for change in changes} == {step.kind}
    assert patched(example.before, [each for change in changes for each in change.operations]) == example.after
    assert all(change.source and change.why and change.title for change in changes)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_a_step_has_examples_and_says_what_it_does(step: Step) -> None:
    assert any(example.after is not None for example in step.examples)
    assert step.summary.endswith(".")


def test_a_recipe_is_for_a_rule() -> None:
    assert _RECIPES.keys() <= RULES.keys()


@pytest.mark.parametrize("old", OLD, ids=lambda model: model.id)
def test_each_upgrade_is_accepted_but_for_what_it_leaves_to_a_person(old: Model) -> None:
    """Every shape goes to some model, and every model gets some shapes."""
    first = OLD.index(old)
    bodies = [{**body, "model": old.id} for body in SHAPES[first % 3 :: 3]]
    linter = shared_linter({"today": TODAY, "max_violations": None})
    accepted = [body for body in bodies if linter.validate(body).ok]
    assert accepted
    for number, body in enumerate(accepted):
        new = NEW[(number + first) % len(NEW)]
        made = upgrade(body, new.id, pin=True, unsafe=True, today=TODAY)
        assert made.request["model"] == new.id
        errors = Counter(v.rule for v in made.report.violations if v.severity is Severity.ERROR)
        assert errors == Counter(left.rule for left in made.left)
        assert errors.keys() <= BY_HAND, (body, made.left)
        safe = upgrade(body, new.id, today=TODAY)
        assert not errors - Counter(left.rule or "" for left in safe.left)
        assert applied(body, made.patch) == made.request
        assert not _texts(body) - _texts(made.request)
        again = upgrade(made.request, new.id, pin=True, unsafe=True, today=TODAY)
        assert again.patch == []
        assert again.request == made.request


@pytest.mark.parametrize("new", NEW, ids=lambda model: model.id)
@pytest.mark.parametrize("old", OLD, ids=lambda model: model.id)
def test_a_plain_request_moves_between_any_two_models(old: Model, new: Model) -> None:
    body = hello(model=old.id, max_tokens=4000, temperature=1)
    if old.fact("sampling") == "any":
        body["top_p"] = 1
    for is_more in (False, True):
        made = upgrade(body, new.id, today=TODAY, pin=is_more, unsafe=is_more)
        assert made.ok, made.left
        assert made.report.ok
        assert made.request["messages"] == body["messages"]


def test_nothing_is_changed_in_the_given_request() -> None:
    body = hello(model="claude-opus-4-5", temperature=1, betas=["effort-2025-11-24"])
    copy = deepcopy(body)
    made = validator.upgrade(body, "claude-opus-5-5", pin=True, today=TODAY)
    assert body == copy
    assert made.request == hello(model="claude-opus-5-5", output_config={"effort": "high"})
    assert isinstance(made, validator.Upgrade)


def test_without_a_target_a_retired_model_goes_to_its_successor_and_a_current_one_stays() -> None:
    made = upgrade(hello(model="claude-3-opus-20240229"), today=TODAY)
    assert made.request["model"] == "claude-opus-4-8"
    stays = upgrade(hello(model="claude-opus-4-8"), today=TODAY)
    assert stays.patch == []
    assert stays.moved == ()
    assert stays.notes == ()


def test_a_model_that_is_not_yet_deprecated_on_a_day_stays() -> None:
    body = hello(model="claude-opus-4-5")
    assert upgrade(body, today=date(2026, 11, 22)).patch == []
    assert upgrade(body, today=date(2026, 11, 23)).request["model"] == "claude-opus-5-5"


def test_a_deprecated_model_without_a_successor_is_left_to_a_person() -> None:
    made = upgrade(hello(model="claude-mythos-preview"), today=TODAY)
    assert made.patch == []
    assert [(left.pointer, left.is_new) for left in made.left] == [("/model", True)]


def test_an_unknown_target_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ValueError, match="did you mean 'claude-opus-5-5'"):
        upgrade(hello(), "claude-opus-55")


def test_an_unknown_model_stays() -> None:
    made = upgrade(hello(model="our-own"), "claude-opus-5-5", today=TODAY)
    assert made.patch == []


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("claude-sonnet-4-5", "claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("claude-3-haiku-20240307", "claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        ("claude-3-5-haiku-latest", "claude-haiku-4-5", "claude-haiku-4-5"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-5-5", "us.anthropic.claude-sonnet-5-5"),
        ("anthropic.claude-opus-4-1-20250805-v1:0", "claude-opus-4-6", "anthropic.claude-opus-4-6-v1"),
        ("claude-sonnet-4-5@20250929", "claude-haiku-4-5", "claude-haiku-4-5@20251001"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("claude-sonnet-4-5@20250929", "claude-mythos-5-2", None),
    ],
)
def test_a_name_keeps_the_form_of_its_platform(old: str, new: str, name: str | None) -> None:
    model = model_named(new)
    assert model is not None
    assert name_like(old, model) == name


def test_the_name_by_which_a_model_was_chosen_is_written_if_it_has_that_form() -> None:
    assert upgrade(hello(model="claude-3-haiku-20240307"), "claude-haiku-4-5").request["model"] == "claude-haiku-4-5"
    made = upgrade(hello(model="claude-3-haiku-20240307"), "us.anthropic.claude-haiku-5-5")
    assert made.request["model"] == "claude-haiku-5-5"


def test_a_platform_without_the_model_leaves_it_to_a_person() -> None:
    made = upgrade(hello(model="claude-sonnet-4-5@20250929"), "claude-mythos-5-2", today=TODAY)
    assert made.patch == []
    assert made.left[0].rule is None


def test_old_mistakes_are_told_from_new_ones() -> None:
    body = hello(model="claude-sonnet-4-5", temperature=0.2, max_tokens=0.5, tool_choice={"type": "any"})
    made = upgrade(body, "claude-sonnet-5-5", today=TODAY)
    old = {left.pointer for left in made.left if not left.is_new}
    new = {left.pointer for left in made.left if left.is_new}
    assert "/max_tokens" in old
    assert "/temperature" in new
    assert not old & new


def test_what_is_left_stands_at_its_place_of_today() -> None:
    tools = [{"name": "go", "input_schema": {"type": "object"}, "surplus": 1}]
    body = hello(
        model="claude-opus-4-5", betas=["effort-2025-11-24", "context-management-2025-06-27", "x y"], tools=tools
    )
    made = upgrade(body, "claude-opus-5-5", today=TODAY)
    assert made.request["betas"] == ["context-management-2025-06-27", "x y"]
    assert all(path_in(body, left.pointer) == left.path for left in made.left)


def test_every_request_of_a_batch_moves_on_its_own() -> None:
    params = [hello(model=name, temperature=1) for name in ("claude-opus-4-1", "claude-opus-5", "our-own")]
    batch = {"requests": [{"custom_id": str(number), "params": body} for number, body in enumerate(params)]}
    made = upgrade(batch, endpoint="batches", today=TODAY)
    assert [moved.path for moved in made.moved] == [("requests", 0, "params")]
    assert [item["params"]["model"] for item in made.request["requests"]] == [
        "claude-opus-4-8",
        "claude-opus-5",
        "our-own",
    ]
    assert applied(batch, made.patch) == made.request


def _conversation(model: str) -> dict[str, Any]:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "EqQBCkYIBxgCKkA="}
    return hello(
        model=model,
        tools=[{"type": "text_editor_20250429", "name": "str_replace_based_edit_tool"}],
        messages=[
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": [thought, {"type": "text", "text": "Hi"}]},
            {"role": "user", "content": "Edit the file"},
        ],
    )


def test_tools_before_signed_thinking_are_not_changed_as_if_that_were_safe() -> None:
    bound = upgrade(_conversation("claude-fable-5-1"), "claude-fable-5-2", today=TODAY)
    assert [each.kind for each in bound.suggestions if each.step == "same-tool"] == [Kind.NEAR]
    older = upgrade(_conversation("claude-opus-4-5"), "claude-opus-5-5", today=TODAY)
    assert [each.kind for each in older.suggestions if each.step == "same-tool"] == [Kind.NEAR]
    body = _conversation("claude-opus-4-5")
    del body["messages"][1]["content"][0]
    free = upgrade(body, "claude-opus-5-5", today=TODAY)
    assert [each.kind for each in free.changes if each.step == "same-tool"] == [Kind.SAFE]


def test_what_json_cannot_hold_is_not_lost() -> None:
    odd = [
        {"name": "a", "input_schema": {"type": "object", "default": ["cut \ud83d", float("inf"), b"raw", {1: "one"}]}}
    ]
    body = hello(model="claude-opus-4-5", temperature=1, tools=odd)
    made = upgrade(body, "claude-opus-5-5", today=TODAY)
    assert made.request["tools"] == odd
    assert {left.is_new for left in made.left} == {False}
    assert len(made.left) == len([each for each in made.report.violations if each.severity is Severity.ERROR])
    assert "temperature" not in made.request
    assert applied(body, made.patch) == made.request


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("claude-opus-4@20250514", State.DEPRECATED),
        ("us.anthropic.claude-3-opus-20240229-v1:0", State.DEPRECATED),
        ("claude-3-5-haiku@20241022", State.RETIRED),
        ("claude-opus-4-8", State.CURRENT),
        ("anthropic.claude-opus-4-5-20251101-v1:0", State.CURRENT),
    ],
)
def test_a_platform_of_unknown_days_is_not_said_to_keep_a_model_that_is_retired_elsewhere(
    name: str, state: State
) -> None:
    assert state_of(model_named(name), TODAY) is state


def notes(body: dict[str, Any], to: str, **options: Any) -> list[str]:
    return [note.id for note in upgrade(body, to, today=TODAY, **options).notes]


def _marked(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]


_TOOLS = [{"name": "a", "input_schema": {"type": "object"}}]
_IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}


@pytest.mark.parametrize(
    ("note", "to", "body", "other"),
    [
        ("thinking-default", "claude-opus-5-5", {}, {"model": "claude-opus-5"}),
        ("cache-minimum", "claude-opus-5-5", {"system": _marked("a")}, {}),
        ("images", "claude-opus-5-5", {"messages": [{"role": "user", "content": [_IMAGE]}]}, {}),
        ("tokenizer", "claude-opus-5-5", {}, {"model": "claude-opus-4-7"}),
        ("effort-default", "claude-opus-5-5", {}, {"output_config": {"effort": "low"}}),
        ("effort-scale", "claude-opus-5-5", {"output_config": {"effort": "low"}}, {"model": "claude-opus-4-1"}),
        ("tool-input", "claude-opus-5-5", {"tools": _TOOLS}, {"tools": _TOOLS, "model": "claude-opus-4-6"}),
        ("max-tokens", "claude-opus-5-5", {"max_tokens": 64000}, {"model": "claude-opus-5"}),
        ("thinking-bound", "claude-opus-5-5", {"tools": _TOOLS}, {}),
        (
            "display",
            "claude-opus-4-8",
            {"model": "claude-opus-4-6", "thinking": {"type": "adaptive"}},
            {"model": "claude-opus-4-6", "thinking": {"type": "adaptive", "display": "omitted"}},
        ),
        ("context", "claude-haiku-4-5", {"model": "claude-opus-4-6"}, {}),
        ("notes-in-thinking", "claude-opus-5-5", {"tools": _TOOLS}, {}),
        ("forced-tool", "claude-haiku-5-5", {"tools": _TOOLS, "tool_choice": {"type": "any"}}, {"tools": _TOOLS}),
        ("stop-reasons", "claude-opus-4-8", {"model": "claude-opus-4-1"}, {}),
        ("retention", "claude-fable-5-2", {}, {"model": "claude-fable-5"}),
        (
            "thinking-history",
            "claude-sonnet-5-5",
            _conversation("claude-opus-5"),
            _conversation("claude-opus-4-5"),
        ),
    ],
)
def test_a_note_is_made_only_where_it_concerns_the_request(
    note: str, to: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    base = hello(model="claude-opus-4-5")
    assert note in notes({**base, **body}, to)
    assert note not in notes({**base, **other}, to)


def test_every_kind_of_note_is_tried() -> None:
    (mark,) = test_a_note_is_made_only_where_it_concerns_the_request.pytestmark
    assert {case[0] for case in mark.args[1]} == {name for name, _ in _MOVES}


def test_a_pinned_default_needs_no_note() -> None:
    body = hello(model="claude-haiku-4-5")
    assert "thinking-default" in notes(body, "claude-haiku-5-5")
    assert "thinking-default" not in notes(body, "claude-haiku-5-5", pin=True)


def test_every_note_says_where_its_facts_come_from() -> None:
    for new in NEW:
        for old in OLD:
            body = {**_conversation(old.id), "system": _marked("a")}
            assert all(note.source and note.message for note in upgrade(body, new.id, today=TODAY).notes)


def test_a_difference_of_two_models_is_computed_and_not_written_for_a_pair() -> None:
    """Only the facts decide: a model with the facts of another one does not differ from it."""
    sonnet = model_named("claude-sonnet-5")
    assert sonnet is not None
    same = sonnet._replace(id="another")
    subject = Subject(hello(model="claude-sonnet-5"), sonnet, same)
    from validator.upgrades.moves import notes_of

    assert notes_of(subject) == []
    assert [change for step in STEPS if step.kind is Kind.PIN for change in changes_of(step, subject)] == []


def test_the_chain_of_successors_ends_at_a_model_that_is_not_retired() -> None:
    for model in OLD:
        successor = successor_of(model, TODAY)
        assert successor is None or state_of(successor, TODAY) is not State.RETIRED


def test_tables_name_what_is_known() -> None:
    for name, version in facts.tool_versions().items():
        assert name != version["instead"]
        assert version["source"]
    for beta in facts.betas().values():
        assert all(model_named(name) is not None for name in beta.models or ())
    levels, source = facts.effort_for_budget()
    assert source
    assert [effort for _, effort in levels] == ["low", "medium", "high"]
    assert levels[-1][0] is None


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.old}-{pair.new}")
def test_the_requests_of_a_page_are_what_it_says_they_are(pair: Pair) -> None:
    linter = shared_linter({"today": DAY, "max_violations": None})
    assert linter.validate(pair.before).ok
    assert linter.validate(pair.after).ok
    made = pair.upgraded()
    assert made.request["model"] == pair.new
    text = page(pair)
    assert all(message[1:] in text for message in [left.message for left in made.left])
    assert all(message[1:] in text for message in [note.message for note in made.notes])
    assert all(each.title in text for each in made.changes)


def test_a_page_compares_the_facts_of_both_models() -> None:
    text = page(PAIRS[0])
    assert "| `effort` | none | low, medium, high, xhigh, max | " in text
    assert "| fewest tokens that are cached | 1,024 | 512 | docs: Prompt caching |" in text
