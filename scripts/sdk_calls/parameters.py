"""Requests without tools: parameters, caching, thinking, what an answer is to look like."""

from __future__ import annotations

import importlib
import types
from typing import Any

from .core import CACHED, WEATHER, Missing, Sdk, assistant, call, results, text, tool_use, user


@call
def hello(sdk: Sdk) -> None:
    """Send the shortest request there is."""
    sdk.create()
    sdk.beta()


@call
def many_parameters(sdk: Sdk) -> None:
    """Send the parameters that have plain values."""
    sdk.create(
        system="You are terse.",
        stop_sequences=["END", "STOP"],
        metadata={"user_id": "5f0c8d1e"},
        service_tier="auto",
        max_tokens=2048,
    )
    sdk.beta(metadata={"user_id": None}, service_tier="standard_only", stop_sequences=("END",))


@call
def sampling(sdk: Sdk) -> None:
    """Send the parameters of sampling, which newer versions do not have."""
    sdk.create(temperature=0.5, top_k=40)
    sdk.create(temperature=0.0)
    sdk.beta(top_p=0.9)


@call
def sampling_in_the_extra_body(sdk: Sdk) -> None:
    """Send a parameter of sampling that the version does not know, to a model and an API version that take it."""
    if not sdk.modern:
        raise Missing
    sdk.create(
        model="claude-haiku-4-5", extra_body={"temperature": 0.2}, extra_headers={"anthropic-version": "2023-06-01"}
    )


@call
def turns(sdk: Sdk) -> None:
    """Send a conversation of plain texts, and one that holds what was answered."""
    sdk.create(messages=[user("Hello"), assistant("Hi."), user("How are you?")])
    message = sdk.create()
    sdk.create(messages=[user("Hello"), {"role": message.role, "content": message.content}, user("Go on.")])
    message = sdk.beta()
    sdk.beta(messages=[user("Hello"), assistant(message.content), user("One."), user(text("Two."))])


@call
def prefill(sdk: Sdk) -> None:
    """Begin the answer of a model that lets one do so."""
    sdk.create(model=sdk.older_model, messages=[user("A or B?"), assistant("The answer is (")], stop_sequences=[")"])


@call
def generators(sdk: Sdk) -> None:
    """Send what can be read only once, and tuples."""
    sdk.create(messages=(message for message in (user("Hello"),)), system=(text("Be brief.") for _ in range(2)))
    sdk.create(messages=(user(text("Hello")),), tools=iter([WEATHER]))


@call
def caching(sdk: Sdk) -> None:
    """Mark what is to be cached, for both times to live."""
    sdk.create(
        system=[
            text("You answer questions on a long book.", cache_control={"type": "ephemeral", "ttl": "1h"}),
            text("The book: lorem ipsum.", **CACHED),
        ],
        messages=[user(text("What is it about?", cache_control={"type": "ephemeral", "ttl": "5m"}))],
        tools=[{**WEATHER, "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
    )
    sdk.beta("extended-cache-ttl-2025-04-11", system=[text("Lorem.", cache_control=None), text("Ipsum.", **CACHED)])


@call
def caching_of_the_whole(sdk: Sdk) -> None:
    """Let the API choose the last block that can be cached."""
    sdk.create(cache_control={"type": "ephemeral"})
    sdk.beta(cache_control={"type": "ephemeral", "ttl": "1h"})
    sdk.create(cache_control=None)


@call
def thinking_with_a_budget(sdk: Sdk) -> None:
    """Let a model think within a budget, and put its thoughts back."""
    thoughts = {"type": "thinking", "thinking": "Let me see.", "signature": "RXFRQg=="}
    hidden = {"type": "redacted_thinking", "data": "RXFRQg=="}
    params: dict[str, Any] = {
        "model": sdk.older_model,
        "max_tokens": 4096,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "tools": [WEATHER],
    }
    for create in (sdk.create, sdk.beta):
        sdk.answer(thoughts, hidden, tool_use("get_weather", {"location": "Paris"}), stop_reason="tool_use")
        message = create(**params)
        create(**params, messages=[user("Hello"), assistant(message.content), results(message.content, "Rain")])
    sdk.beta("interleaved-thinking-2025-05-14", **params)
    sdk.create(thinking={"type": "disabled"})


@call
def thinking_of_the_models_own(sdk: Sdk) -> None:
    """Leave it to the model how much it thinks, and say what is shown of it."""
    sdk.needs("ThinkingConfigAdaptiveParam")
    thoughts = {"type": "thinking", "thinking": "", "signature": "RXFRQg=="}
    for create in (sdk.create, sdk.beta):
        sdk.answer(thoughts, text("Yes."))
        message = create(thinking={"type": "adaptive"})
        create(
            thinking={"type": "adaptive", "display": "summarized"},
            output_config={"effort": "high"},
            messages=[user("Hello"), assistant(message.content), user("Are you sure?")],
        )
    sdk.create(thinking={"type": "adaptive", "display": "omitted"})
    sdk.create(thinking={"type": "adaptive", "display": None})
    sdk.create(
        model="claude-sonnet-4-6",
        max_tokens=4096,
        thinking={"type": "enabled", "budget_tokens": 2048, "display": "omitted"},
    )


@call
def thinking_between_tools(sdk: Sdk) -> None:
    """Let a model think between the calls of tools only."""
    sdk.needs("ThinkingConfigBetweenToolsParam")
    sdk.create(model="claude-sonnet-5-5", thinking={"type": "between_tools"}, tools=[WEATHER])
    sdk.beta(model="claude-sonnet-5-5", thinking={"type": "between_tools"}, output_config={"effort": "low"})


@call
def thinking_controls(sdk: Sdk) -> None:
    """Use what is in beta about thinking."""
    sdk.needs("BetaThinkingBlockBindingParam")
    sdk.beta("thinking-display-updates-2026-08-18", thinking={"type": "adaptive", "display": "updates"})
    binding = {"prefix_mismatch_behavior": "drop_block"}
    beta = "thinking-binding-controls-2026-08-01"
    sdk.beta(beta, thinking={"type": "adaptive", "block_binding": binding})
    sdk.beta(
        beta,
        model="claude-sonnet-4-6",
        max_tokens=4096,
        thinking={"type": "enabled", "budget_tokens": 1024, "block_binding": {"prefix_mismatch_behavior": None}},
    )


@call
def structured_outputs(sdk: Sdk) -> None:
    """Ask for JSON by a schema of one's own, and by classes of pydantic, and put the answers back."""
    sdk.needs("JSONOutputFormatParam")
    pydantic: Any = importlib.import_module("pydantic")
    person = pydantic.create_model("Person", name=(str, ...), age=(int, pydantic.Field(ge=0, le=150)))
    people = pydantic.create_model(
        "People",
        people=(types.GenericAlias(list, person), ...),
        note=(str | None, None),
        kind=(str, pydantic.Field(pattern="^a")),
    )
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": False,
    }
    sdk.create(output_config={"format": {"type": "json_schema", "schema": schema}})
    sdk.beta(output_config={"format": {"type": "json_schema", "schema": sdk.package.transform_schema(person)}})
    ada, all_people = '{"name": "Ada", "age": 36}', '{"people": [], "note": null, "kind": "a"}'
    for family in ("messages", "beta.messages"):
        sdk.answer(text(ada))
        content = sdk.call(f"{family}.parse", output_format=person).content
        sdk.answer(text(all_people))
        history = [user("Hello"), assistant(content), user("Go on.")]
        effort = {"effort": "medium"}
        with sdk.call(f"{family}.stream", output_format=people, output_config=effort, messages=history) as stream:
            content = stream.get_final_message().content
        sdk.call(f"{family}.create", messages=[*history, assistant(content), user("Go on.")])


@call
def output_configuration(sdk: Sdk) -> None:
    """Say how much effort an answer is worth, and how many tokens."""
    for effort in ("low", "medium", "high", "xhigh", "max", None):
        sdk.create(output_config={"effort": effort})
    sdk.needs("BetaTokenTaskBudgetParam")
    budget = {"type": "tokens", "total": 50000, "remaining": 20000}
    sdk.beta("task-budgets-2026-03-13", output_config={"effort": "high", "task_budget": budget})


@call
def request_options(sdk: Sdk) -> None:
    """Use the parameters of 2026 that say where and how fast an answer is made."""
    sdk.create(inference_geo="us")
    sdk.create(inference_geo=None, diagnostics={"previous_message_id": None})
    sdk.create(diagnostics={"previous_message_id": "msg_000000000000000000000001"})
    sdk.beta("fast-mode-2026-02-01", speed="fast")
    sdk.create(speed=None)
    sdk.create(max_tokens=0, system=[text("The book: lorem ipsum.", **CACHED)])


@call
def headers(sdk: Sdk) -> None:
    """Give the parameters that travel as headers, and the body's own one on who pays."""
    sdk.create(user_profile_id="uprof_000000000000000000000001", workspace_id="wrkspc_000000000000000000000001")
    sdk.beta(
        "user-profiles-billing-2026-10-01",
        user_profile_id="uprof_000000000000000000000001",
        billing_policy={"type": "billing_policy", "bill_to": "user_profile"},
    )
    sdk.beta("user-profiles-billing-2026-10-01", billing_policy={"type": "billing_policy"})
