"""The structs of plain messages. `scripts/write_structs.py` writes this module from the schemas: do not edit it."""

from typing import Annotated, Any, Final, Generic, Literal, TypeAlias, TypeVar

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

ID: Final = r"[a-zA-Z0-9_-]+"
"""The pattern of the ids of calls."""

CUSTOM_ID: Final = r"[a-zA-Z0-9_-]{1,64}"
"""The pattern of the ids in a batch."""

Input = TypeVar("Input")
Content = TypeVar("Content")


class _Plain(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The options of all structs; the collector need not know what cannot be in a circle."""


class CacheControl(_Plain, kw_only=True):
    """A cache breakpoint: what comes before it can be reused by later requests."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | UnsetType = UNSET


class CitationsConfig(_Plain, kw_only=True):
    """Whether the model may cite a source."""

    enabled: bool | UnsetType = UNSET


class PlainText(_Plain, kw_only=True):
    """Text alone."""

    type: Literal["text"]
    text: Annotated[str, Meta(min_length=1)]


class ResultText(_Plain, kw_only=True, tag="text"):
    """Text in a result."""

    text: Annotated[str, Meta(min_length=1)]


class Base64ImageSource(_Plain, kw_only=True, tag="base64"):
    """A picture sent inside the request."""

    data: str
    media_type: Literal["image/jpeg", "image/png", "image/gif", "image/webp"]


class UrlImageSource(_Plain, kw_only=True, tag="url"):
    """A picture that the API loads from the web."""

    url: str


class FileImageSource(_Plain, kw_only=True, tag="file"):
    """A picture uploaded before with the Files API."""

    file_id: str


class Base64PdfSource(_Plain, kw_only=True, tag="base64"):
    """A PDF sent inside the request."""

    data: str
    media_type: Literal["application/pdf"]


class PlainTextSource(_Plain, kw_only=True, tag="text"):
    """A document sent as plain text inside the request."""

    data: str
    media_type: Literal["text/plain"]


class UrlPdfSource(_Plain, kw_only=True, tag="url"):
    """A PDF that the API loads from the web."""

    url: str


class FileDocumentSource(_Plain, kw_only=True, tag="file"):
    """A document uploaded before with the Files API."""

    file_id: str


class ImageBlock(_Plain, kw_only=True, tag="image"):
    """A picture for the model to look at."""

    source: Base64ImageSource | UrlImageSource | FileImageSource
    cache_control: CacheControl | UnsetType | None = UNSET


class DocumentBlock(_Plain, kw_only=True, tag="document"):
    """A PDF or a text for the model to read and, if asked, to cite."""

    source: Base64PdfSource | PlainTextSource | UrlPdfSource | FileDocumentSource
    cache_control: CacheControl | UnsetType | None = UNSET
    citations: CitationsConfig | UnsetType | None = UNSET
    context: Annotated[str, Meta(min_length=1)] | UnsetType | None = UNSET
    title: Annotated[str, Meta(min_length=1, max_length=500)] | UnsetType | None = UNSET


class SearchResultBlock(_Plain, kw_only=True, tag="search_result"):
    """A result of your own search that the model can cite."""

    content: Annotated[list[PlainText], Meta(max_length=32)]
    source: str
    title: str
    cache_control: CacheControl | UnsetType | None = UNSET
    citations: CitationsConfig | UnsetType = UNSET


Media: TypeAlias = ImageBlock | DocumentBlock | SearchResultBlock


class TextBlock(_Plain, kw_only=True, tag="text"):
    """Plain text."""

    text: Annotated[str, Meta(min_length=1)]
    cache_control: CacheControl | UnsetType | None = UNSET


class ThinkingBlock(_Plain, kw_only=True, tag="thinking"):
    """Claude's thinking from an earlier answer, handed back unchanged."""

    signature: str
    thinking: str


class RedactedThinkingBlock(_Plain, kw_only=True, tag="redacted_thinking"):
    """Encrypted thinking from an earlier answer, handed back unchanged."""

    data: str


class ToolUseBlock(_Plain, Generic[Input], kw_only=True, tag="tool_use"):
    """A call of one of your tools, as Claude made it in an earlier answer."""

    id: Annotated[str, Meta(min_length=1)]
    input: Input
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    cache_control: CacheControl | UnsetType | None = UNSET


class ToolResultBlock(_Plain, kw_only=True, tag="tool_result"):
    """What one of your tools returned."""

    tool_use_id: Annotated[str, Meta(min_length=1)]
    cache_control: CacheControl | UnsetType | None = UNSET
    content: str | Annotated[list[ResultText | Media], Meta(max_length=32)] | UnsetType = UNSET
    is_error: bool | UnsetType = UNSET


class InputMessage(_Plain, Generic[Content], kw_only=True):
    """One turn of the conversation, spoken by the user or by Claude."""

    content: Content
    role: Literal["user", "assistant"]


Other: TypeAlias = TextBlock | ThinkingBlock | RedactedThinkingBlock | ToolResultBlock | Media
MessagesInText: TypeAlias = list[InputMessage[str | list[Other | ToolUseBlock[Raw]]]]

MOST_MESSAGES: Final = 128
"""Most messages of an object."""

Blocks: TypeAlias = Annotated[list[Other | ToolUseBlock[Any]], Meta(max_length=64)]


class PlainObject(Struct):
    """An object with plain messages, whatever else it has."""

    messages: Annotated[list[InputMessage[str | Blocks]], Meta(max_length=MOST_MESSAGES)]
