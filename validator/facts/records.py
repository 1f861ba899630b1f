"""The form of a record in `models.json`: every fact about a model, with its type and meaning."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Effort = Literal["low", "medium", "high", "xhigh", "max"]
Thinking = Literal["enabled", "adaptive", "disabled", "between_tools"]


class ImageSize(TypedDict):
    """The size above which the API makes an image smaller before the model sees it."""

    edge: int
    """Pixels of the longer edge."""
    tokens: int


class ModelFacts(TypedDict, total=False):
    """The facts about a model. An unknown fact, or one on which sources disagree, is left out."""

    id: str
    """The id on Anthropic's own API."""
    aliases: list[str]
    """Other names there."""
    platforms: dict[str, list[str]]
    """The ids on other platforms, by platform; the usual one first."""
    elsewhere: dict[str, dict[str, Any]]
    """The facts that differ on another platform, by platform; null for one that is unknown there."""
    sources: dict[str, str]
    """The source of each fact, by its name."""
    doubt: str
    """A note on what is uncertain, and why a fact is left out."""
    inferred: list[str]
    """The facts that are inferred from those of other models."""

    deprecated: str
    """The first day on which the model is deprecated."""
    retires: str
    """The day of retirement; later requests get a 404."""
    retires_tentatively: bool
    """Whether that day may still change; false if this is left out."""
    retires_not_before: str
    """For a model that is not deprecated: the day before which it is not retired."""
    successor: str
    """The replacement that the deprecation names."""
    recommended: str
    """For a model that is not deprecated: the newest model of its line that the documentation recommends."""

    context: int
    """Tokens of the window."""
    max_output: int
    """Most tokens of a response."""
    max_output_betas: dict[str, int]
    """Headers that raise this in batches, with the tokens they raise it to."""
    tokenizer: int
    """The generation of the tokenizer. Texts have about as many tokens with one as with another of one generation."""
    cache_minimum: int
    """Fewest tokens of a prompt that can be cached."""
    images: int
    """Most images in a request."""
    image_size: ImageSize
    pdf_pages: int
    """Most pages of PDF documents in a request."""

    thinking: list[Thinking]
    """The values of `thinking.type` that are accepted; left out for models that cannot think."""
    thinking_deprecated: list[Thinking]
    """The accepted values that are deprecated."""
    thinking_default: Literal["off", "on", "always"]
    """Whether the model thinks when the request has no `thinking`; `always` where it cannot be switched off either."""
    disabled_thinking_max_effort: Effort
    """The highest effort that is accepted while thinking is off."""
    display_default: Literal["full", "summarized", "omitted"]
    """The default of `thinking.display`; `full` for a model that always shows everything."""
    reads_thinking_of: list[str]
    """The ids of the models whose thinking blocks it reads in a history, its own among them; it skips all others."""
    thinking_bound: bool
    """Whether its thinking blocks are signed together with everything before them in the request."""
    notes_in_thinking: bool
    """Whether what it says between calls of tools comes as thinking instead of text."""
    effort: list[Effort]
    """The levels of `output_config.effort`; empty where the model has none."""
    effort_default: Effort
    effort_scale: int
    """The generation of the levels: one level of two generations is not the same amount of work."""
    turn_effort: bool
    """Whether a system message can change the effort."""

    sampling: Literal["any", "not-both", "defaults"]
    """Which sampling parameters are accepted: any, not `temperature` beside `top_p`, or default values only."""
    sampling_values: dict[str, float]
    """Where only certain values are accepted: these, by the parameter."""
    prefill: bool
    """Whether the conversation may end with the beginning of the response."""
    forced_tool_choice: bool
    """Whether `tool_choice` may be `any` or `tool`."""
    forced_without_thinking: bool
    """Whether it does not think before a call that `tool_choice` forces."""
    system_messages: bool
    """Whether the conversation may contain system messages."""
    stop_reasons: list[Literal["refusal", "model_context_window_exceeded"]]
    """The values of `stop_reason` that models had not from the beginning."""
    tool_input: int
    """How it writes the input of tools: 1 as models before 4.5, 2 with newlines at the end of strings kept, 3 also with
    other escapes of JSON."""
    retention_days: int
    """For how many days an organisation has to let its requests be kept, at least; else they are refused."""
    compaction: bool
    task_budget: bool
    inference_geo: bool
    """Whether `inference_geo` is accepted."""
    speed_fast: bool
    """Whether `speed` may be `fast`."""
    speed_betas: list[str]
    """Headers of which fast mode needs one."""
    speed_deprecated: str
    """The first day on which fast mode is deprecated."""
    speed_removed: str
    """The first day on which fast mode is refused."""
    fallbacks: bool
    """Whether `fallbacks` may be a list."""
    refused_fallbacks: list[str]
    """Models that are refused in that list."""

    computer_tool: list[str]
    """The versions of the computer tool that are accepted, oldest first; likewise for the tools below."""
    text_editor: list[str]
    browser_tool: list[str]
    code_execution: list[str]
    programmatic_calls: bool
    """Whether code that the model runs can call tools."""
    advises: bool
    """Whether the model may be the `model` of the advisor tool."""
    advisors: list[str]
    """The models that may be its advisors, if the list is known to be complete."""
    refused_advisors: list[str]
    """Models that may not be its advisors."""
    missing_on: dict[str, list[str]]
    """By platform: `strict` where strict tools are refused, `format` where structured outputs are."""
