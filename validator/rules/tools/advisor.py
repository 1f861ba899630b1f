"""The advisor tool: which model may advise which, and how much it may say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ...common.numbers import whole
from ...common.wording import code, either
from ...engine.rule import Example, body, rule
from ...facts import Model, model_named

if TYPE_CHECKING:
    from ...engine.request import Node, Request

_TYPES: Final = ("advisor_*",)
_MAX_TOKENS: Final = 128000


def _advised(model: str, advisor: str, **changes: Any) -> dict[str, Any]:
    tool = {"type": "advisor_20260301", "name": "advisor", "model": advisor, **changes}
    return body(model=model, tools=[tool])


@rule(
    "tools/advisor-pair",
    on="/tools/*",
    types=_TYPES,
    platforms=("anthropic",),
    bad=(
        Example(_advised("claude-fable-5", "claude-opus-4-8"), at="/tools/0/model"),
        Example(_advised("claude-fable-5-2", "claude-opus-5"), at="/tools/0/model"),
        Example(_advised("claude-sonnet-5-5", "claude-sonnet-5"), at="/tools/0/model"),
        Example(_advised("claude-sonnet-4-6", "claude-haiku-4-5"), at="/tools/0/model"),
        Example(_advised("claude-opus-4-7", "claude-sonnet-4-6"), at="/tools/0/model"),
        Example(_advised("claude-haiku-4-5", "claude-haiku-4-5"), at="/tools/0/model"),
    ),
    good=(
        Example(_advised("claude-haiku-4-5", "claude-opus-4-6")),
        Example(_advised("claude-sonnet-5-5", "claude-opus-5-5")),
        Example(_advised("claude-fable-5-2", "claude-mythos-5-2")),
        Example(_advised("claude-fable-5-2", "a-model-of-tomorrow")),
        Example(_advised("claude-opus-5", "claude-opus-5")),
    ),
    api_messages=(
        "{place}: '{advisor}' cannot be used as an advisor when the request model is '{model}'",
        "'claude-fable-5' cannot be used as an advisor when the request model is 'claude-fable-5-1'",
    ),
)
def advisor_pair(tool: Node, request: Request) -> None:
    """The advisor tool names a model that may not advise the model of the request.

    Why: An advisor has to be Claude Sonnet 4.6 or better, and at least as capable as the model that asks it, which may
    be the same one. Models that the documentation does not pair are skipped.

    Source: The API's refusal, seen in five public files from 2026-05 to 2026-09; the documentation's pages on the
    advisor tool and on what is new in Claude Sonnet 5.5 and Claude Fable 5.2.
    """
    name = tool.text("model")
    advisor = model_named(name) if name is not None else None
    model = request.model
    if name is None or advisor is None or model is None or not _refused(advisor, model):
        return
    if advisor.retires is not None and advisor.retires <= (request.context.today or date.today()):  # noqa: DTZ011 - a day
        return
    taken = model.fact("advisors")
    tool.at("model").report(
        f"{code(name)} cannot advise {code(str(request.root.at('model').value))}",
        help=f"use {either(taken)} as the advisor" if taken else f"use {code(_stronger(model))} as the advisor",
        related=[(request.root.at("model"), "the model of the request is set here")],
        api={"advisor": name, "model": request.root.at("model").value},
    )


def _refused(advisor: Model, model: Model) -> bool:
    if advisor.fact("advises") is False:
        return True
    taken = model.fact("advisors")
    refused = (
        advisor.id not in taken if isinstance(taken, list) else advisor.id in (model.fact("refused_advisors") or ())
    )
    return refused and advisor.id != model.id


def _stronger(model: Model) -> str:
    """Return an advisor that the model takes: itself where it may advise at all."""
    return "claude-opus-5" if model.fact("advises") is False else model.id


@rule(
    "tools/advisor-max-tokens",
    on="/tools/*",
    types=_TYPES,
    if_value=lambda tool: isinstance(tool, dict) and whole(tool.get("max_tokens")) is not None,
    platforms=("anthropic",),
    rests_on=("/tools/./max_tokens",),
    bad=(Example(_advised("claude-haiku-4-5", "claude-opus-5", max_tokens=_MAX_TOKENS + 1), at="/tools/0/max_tokens"),),
    good=(
        Example(_advised("claude-haiku-4-5", "claude-opus-5", max_tokens=_MAX_TOKENS)),
        Example(_advised("claude-haiku-4-5", "a-model-of-tomorrow", max_tokens=_MAX_TOKENS + 1)),
    ),
)
def advisor_max_tokens(tool: Node, request: Request) -> None:
    """`max_tokens` of the advisor tool is above what its model can write.

    Why: The limit is that of the advisor's model, not of the model of the request.

    Source: The documentation's page on the advisor tool; the text of the refusal was not seen.
    """
    name, most = tool.text("model"), tool.integer("max_tokens")
    advisor = model_named(name) if name is not None else None
    limit = advisor.fact("max_output") if advisor is not None else None
    if name is not None and most is not None and limit is not None and most > limit:
        tool.at("max_tokens").report(
            f"`max_tokens` is {most}, but {code(name)} can write at most {limit} tokens",
            help=f"lower it to {limit} or less",
            related=[(tool.at("model"), "the advisor is set here")],
        )
