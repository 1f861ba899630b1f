"""The structs of plain messages. `scripts/write_structs.py` writes this module from the schemas: do not edit it."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

ID: Final = r"[a-zA-Z0-9_-]+"
"""The pattern of the ids of calls."""

CUSTOM_ID: Final = r"[a-zA-Z0-9_-]{1,64}"
"""The pattern of the ids in a batch."""


class CacheControl(
    Struct,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    gc=False,
):
    """A cache breakpoint: what comes before it can be reused by later requests."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | UnsetType = UNSET


class ResultText(
    Struct,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    gc=False,
):
    """Text in a result."""

    type: Literal["text"]
    text: Annotated[str, Meta(min_length=1)]


class TextBlock(
    Struct,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    gc=False,
    tag_field="type",
    tag="text",
):
    """Plain text."""

    text: Annotated[str, Meta(min_length=1)]
    cache_control: CacheControl | UnsetType | None = UNSET


class ThinkingBlock(
    Struct,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    gc=False,
    tag_field="type",
    tag="thinking",
):
    """Claude's thinking from an earlier answer, handed back unchanged."""

    signature: str
    thinking: str


class ToolUseBlock(
    Struct,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    gc=False,
    tag_field="type",
    tag="tool_use",
):
    """A call of one of your tools, as Claude made it in an earlier answer."""

    id: Annotated[str, Meta(min_length=1)]
    input: Raw
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    cache_control: CacheControl | UnsetType | None = UNSET


class ToolResultBlock(
    Struct,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    gc=False,
    tag_field="type",
    tag="tool_result",
):
    """What one of your tools returned."""

    tool_use_id: Annotated[str, Meta(min_length=1)]
    cache_control: CacheControl | UnsetType | None = UNSET
    content: str | list[ResultText] | UnsetType = UNSET
    is_error: bool | UnsetType = UNSET


class InputMessage(
    Struct,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
    gc=False,
):
    """One turn of the conversation, spoken by the user or by Claude."""

    content: str | list[TextBlock | ThinkingBlock | ToolUseBlock | ToolResultBlock]
    role: Literal["user", "assistant"]
