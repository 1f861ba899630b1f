"""Message batches."""

from __future__ import annotations

from typing import Any

from ..common.wording import code, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..facts.api import WHOLE_BATCH
from ..report import Severity, Target
from .shared.usual_settings import is_true, is_zero

_BILLED = {"type": "billing_policy", "bill_to": "user_profile"}
_UNSUPPORTED = {
    "speed": "answers of a batch are not waited for",
    "fallbacks": "a batch has no other model to fall back to",
    "thread": "a batch keeps no state between its requests",
}


def _batch(**changes: Any) -> dict[str, Any]:
    """Make a batch of one request for examples."""
    return {"requests": [{"custom_id": "first", "params": body(**changes)}]}


@rule(
    "batches/duplicate-custom-id",
    on="/requests",
    endpoints=(WHOLE_BATCH,),
    bad=(
        Example(
            {
                "requests": [
                    {"custom_id": "letter-1", "params": body()},
                    {"custom_id": "letter-2", "params": body()},
                    {"custom_id": "letter-1", "params": body()},
                ]
            },
            at="/requests/2/custom_id",
            endpoint="batches",
        ),
    ),
    good=(
        Example(
            {
                "requests": [
                    {"custom_id": "letter-1", "params": body()},
                    {"custom_id": "Letter-1", "params": body()},
                ]
            },
            endpoint="batches",
        ),
    ),
    api_messages=("requests: custom_id's must be unique within a batch. Duplicate custom_id found: {custom_id}",),
)
def duplicate_custom_id(requests: Node, request: Request) -> None:
    """Two requests of a batch have the same `custom_id`.

    Why: Results come back in any order and are matched to their requests by `custom_id` alone. The API refuses the
    whole batch. All lines of a JSON Lines file count as one batch.

    Source: The API's refusal, captured live in 2026-09; the reference ("must be unique for each request").
    """
    first: dict[str, int] = {}
    for index, item in enumerate(requests.value if isinstance(requests.value, (list, tuple)) else ()):
        custom_id = item.get("custom_id") if isinstance(item, dict) else None
        if not isinstance(custom_id, str):
            continue
        if custom_id in first:
            earlier = requests.at(first[custom_id], "custom_id")
            message, advice = said_of_repeated(custom_id, f"request {first[custom_id] + 1}")
            requests.at(index, "custom_id").report(
                message, help=advice, related=[(earlier, "first used here")], api={"custom_id": custom_id}
            )
        else:
            first[custom_id] = index


def said_of_repeated(custom_id: str, earlier: str) -> tuple[str, str]:
    """Return the message and the help for a repeated id; `earlier` names the request that has it."""
    return (
        f"`custom_id` is {shown(custom_id)}, which {earlier} has too, but it must be unique in its batch",
        "give each request an id of its own; its result is found by it",
    )


@rule(
    "batches/max-tokens-zero",
    on="/max_tokens",
    endpoints=("batches",),
    if_value=is_zero,
    bad=(Example(_batch(max_tokens=0), at="/requests/0/params/max_tokens", endpoint="batches"),),
    good=(
        Example(_batch(max_tokens=1), endpoint="batches"),
        Example(body(max_tokens=0)),
    ),
    api_messages=("max_tokens: must be greater than or equal to 1",),
)
def max_tokens_zero(max_tokens: Node, request: Request) -> None:
    """`max_tokens` is 0 inside a batch.

    Why: A single request may set `max_tokens` to 0 to fill the prompt cache; a request in a batch may not. The batch
    itself is accepted, and the result of this request is `errored`.

    Source: The row that the API answered, captured live in 2026-09; the documentation of batch processing.
    """
    if max_tokens.integer() == 0:
        max_tokens.report("`max_tokens` is 0, but must be at least 1 in a batch", help="raise it to 1 or more")


@rule(
    "batches/stream",
    on="/stream",
    endpoints=("batches",),
    if_value=is_true,
    bad=(Example(_batch(stream=True), at="/requests/0/params/stream", endpoint="batches"),),
    good=(
        Example(_batch(stream=False), endpoint="batches"),
        Example(body(stream=True)),
    ),
    api_messages=('"stream=True" is not supported in the Message Batches API',),
)
def stream(stream: Node, request: Request) -> None:
    """`stream` is true inside a batch.

    Why: The results of a batch are delivered as a file. The batch itself is accepted, and the result of this request is
    `errored`.

    Source: The row that the API answered, captured live in 2026-09; the documentation of batch processing.
    """
    if stream.flag():
        stream.report("`stream` is true, which a batch does not support", help="remove it", target=Target.KEY)


@rule(
    "batches/unsupported-field",
    on=tuple(f"/{name}" for name in _UNSUPPORTED),
    endpoints=("batches",),
    bad=(
        Example(
            _batch(model="claude-opus-5-5", speed="fast"),
            at="/requests/0/params/speed",
            endpoint="batches",
            betas=("fast-mode-2026-02-01",),
        ),
        Example(
            _batch(model="claude-opus-4-8", fallbacks=[{"model": "claude-sonnet-5"}]),
            at="/requests/0/params/fallbacks",
            endpoint="batches",
        ),
        Example(_batch(thread={"type": "create"}), at="/requests/0/params/thread", endpoint="batches"),
    ),
    good=(
        Example(_batch(speed=None, fallbacks=None, thread=None), endpoint="batches"),
        Example(body(model="claude-opus-5-5", speed="fast")),
    ),
)
def unsupported_field(value: Node, request: Request) -> None:
    """A batch request has a property that batches do not support.

    Why: The batch itself is accepted, and the result of this request is `errored`. For `thread`, and for a `speed`
    other than "fast", this is a warning, because the documentation does not name them.

    Source: The documentation of batch processing, which lists what is not supported, and the documentation of
    fallbacks.
    """
    name = str(value.path[-1])
    if value.value is None:
        return
    named = name == "fallbacks" or value.value == "fast"
    value.report(
        f"{code(name)} is not supported in a batch",
        help=f"remove it; {_UNSUPPORTED[name]}",
        target=Target.KEY,
        severity=None if named else Severity.WARNING,
    )


@rule(
    "batches/billed-to-user-profile",
    on="/billing_policy",
    endpoints=("batches",),
    bad=(Example(_batch(billing_policy=_BILLED), at="/requests/0/params/billing_policy/bill_to", endpoint="batches"),),
    good=(
        Example(_batch(billing_policy={"type": "billing_policy", "bill_to": "self"}), endpoint="batches"),
        Example(body(billing_policy=_BILLED)),
    ),
)
def billed_to_user_profile(billing_policy: Node, request: Request) -> None:
    """A batch request bills the customer behind a user profile.

    Why: Batches cannot be billed to a user profile. The batch itself is accepted, and the result of this request is
    `errored`.

    Source: The reference of `billing_policy`.
    """
    if billing_policy.text("bill_to") == "user_profile":
        billing_policy.at("bill_to").report(
            '`bill_to` is "user_profile", but must be "self" in a batch',
            help="leave `billing_policy` out, or send the request on its own",
        )


@rule(
    "batches/betas-in-params",
    on="/betas",
    endpoints=("batches",),
    severity=Severity.WARNING,
    bad=(
        Example(
            _batch(betas=["context-management-2025-06-27"]), at="/requests/0/params/betas", endpoint="batches", betas=()
        ),
    ),
    good=(
        Example({**_batch(), "betas": ["context-management-2025-06-27"]}, endpoint="batches"),
        Example(body(betas=["context-management-2025-06-27"])),
    ),
    api_messages=("betas: Extra inputs are not permitted",),
)
def betas_in_params(betas: Node, request: Request) -> None:
    """The `params` of a batch request contain `betas`.

    Why: Betas are sent as a header, once for the whole batch. In the SDK, `betas` belongs beside `requests`; inside
    `params` it stays in the body, where the API does not know the property.

    Source: The API's refusal of `betas` in a body; the SDK, which sends the `params` of a batch as they are.
    """
    if isinstance(betas.value, list):
        betas.report(
            "`betas` is in the `params` of a request, but must be set for the batch as a whole",
            help="send it as the `anthropic-beta` header of the batch (in the SDK, `betas` beside `requests`)",
            target=Target.KEY,
        )
