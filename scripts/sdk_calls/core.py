"""What the calls are made of: the SDK, and the parts of messages."""

from __future__ import annotations

import base64
import inspect
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.loopback import Loopback

PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==")
PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj trailer<</Root 1 0 R>>"
)


class Missing(Exception):  # noqa: N818 - not an error: the version is older or newer than the call
    """Raised by a call when the version of the SDK does not have what it is about."""


class Sdk:
    """The SDK and the server it talks to, with what the calls need of both."""

    def __init__(self, package: Any, loopback: Loopback, folder: Path) -> None:
        self.package = package
        self.loopback = loopback
        self.folder = folder
        self.client = self.make_client()
        self.modern = self.has("ThinkingConfigAdaptiveParam")
        """Whether the version knows the models of 2026."""
        self.model = "claude-opus-4-8" if self.modern else "claude-sonnet-4-5"
        self.older_model = "claude-haiku-4-5" if self.modern else self.model
        """One that thinks within a budget and lets one begin its answer."""

    def make_client(self, kind: str = "Anthropic", **options: Any) -> Any:
        """Make a client that talks to the server and to nothing else."""
        http_client = getattr(self.package, f"Default{'Async' if kind.startswith('Async') else ''}HttpxClient")
        return getattr(self.package, kind)(
            api_key="unused",
            base_url=self.loopback.url,
            max_retries=0,
            http_client=http_client(trust_env=False),
            **options,
        )

    def has(self, *types: str) -> bool:
        """Tell whether the SDK has all of some types, with or without the `Beta` before their name."""
        places = (self.package.types, self.package.types.beta)
        return all(any(hasattr(place, name) for place in places) for name in types)

    def needs(self, *types: str) -> None:
        """End the call when the SDK lacks one of some types."""
        if not self.has(*types):
            raise Missing

    def call(self, method: str, /, **params: Any) -> Any:
        """Call a method of the client, with a model, a limit and a greeting where they are not given."""
        found: Any = self.client
        for name in method.split("."):
            found = getattr(found, name, None)
            if found is None:
                raise Missing
        known = inspect.signature(found).parameters
        defaults = {"model": self.model, "max_tokens": 1024, "messages": [user("Hello")]}
        params = {**{name: value for name, value in defaults.items() if name in known}, **params}
        takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in known.values())
        if not (takes_any or params.keys() <= known.keys()):
            raise Missing
        return found(**params)

    def create(self, **params: Any) -> Any:
        """Create a message."""
        return self.call("messages.create", **params)

    def beta(self, *betas: str, **params: Any) -> Any:
        """Create a message, with beta features."""
        return self.call("beta.messages.create", **({"betas": list(betas)} if betas else {}), **params)

    def count(self, **params: Any) -> Any:
        """Count the tokens of a message."""
        return self.call("messages.count_tokens", **params)

    def answer(self, *content: dict[str, Any], stop_reason: str = "end_turn", **more: Any) -> None:
        """Let the server answer the next message that is created with some content."""
        self.loopback.answers.append({"content": list(content), "stop_reason": stop_reason, **more})

    def file(self, name: str, data: bytes) -> Path:
        """Write a file to send."""
        path = self.folder / name
        path.write_bytes(data)
        return path


CALLS: Final[dict[str, Callable[[Sdk], None]]] = {}
"""What is done with the SDK, by name."""


def call(function: Callable[[Sdk], None]) -> Callable[[Sdk], None]:
    """Register a call under the name of its function."""
    CALLS[function.__name__] = function
    return function


def user(*content: Any) -> dict[str, Any]:
    """Make a message of the user: a text, or blocks."""
    return {"role": "user", "content": content[0] if isinstance(content[0], str) else list(content)}


def assistant(content: Any) -> dict[str, Any]:
    """Make a message of the assistant, often the content of a response as it is."""
    return {"role": "assistant", "content": content}


def text(words: str, **more: Any) -> dict[str, Any]:
    """Make a text block."""
    return {"type": "text", "text": words, **more}


def tool_use(name: str, arguments: Any, number: int = 1, **more: Any) -> dict[str, Any]:
    """Make a call of a tool that runs on the side of the client."""
    return {"type": "tool_use", "id": f"toolu_{number:024}", "name": name, "input": arguments, **more}


def server_tool_use(name: str, arguments: Any, number: int = 1) -> dict[str, Any]:
    """Make a call of a tool that runs on the side of the API."""
    return {"type": "server_tool_use", "id": f"srvtoolu_{number:024}", "name": name, "input": arguments}


def server_result(kind: str, content: Any, number: int = 1) -> dict[str, Any]:
    """Make the result of a tool that ran on the side of the API."""
    return {"type": kind, "tool_use_id": f"srvtoolu_{number:024}", "content": content}


def results(content: Any, *answers: Any, **more: Any) -> dict[str, Any]:
    """Make the message that answers each call of a tool in the content of a response, with one answer for each."""
    uses = [block for block in content if block.type == "tool_use"]
    return user(
        *(
            {"type": "tool_result", "tool_use_id": block.id, "content": answer, **more}
            for block, answer in zip(uses, answers, strict=True)
        )
    )


CACHED: Final = {"cache_control": {"type": "ephemeral"}}
WEATHER: Final = {
    "name": "get_weather",
    "description": "Get the weather of a place.",
    "input_schema": {
        "type": "object",
        "properties": {
            "location": {"type": "string", "description": "A city"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        },
        "required": ["location"],
    },
}
STRICT: Final = {
    "name": "get_time",
    "description": "Get the time of a place.",
    "strict": True,
    "input_schema": {
        "type": "object",
        "properties": {"zone": {"type": "string"}},
        "required": ["zone"],
        "additionalProperties": False,
    },
}


def base64_png() -> dict[str, Any]:
    """Make a block with a picture that is encoded already."""
    data = base64.b64encode(PNG).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def cached(content: Any, *kinds: str) -> list[dict[str, Any]]:
    """Return the content of a response as dictionaries, with the first block of some kinds marked for caching."""
    blocks = [block.to_dict() for block in content]
    for kind in kinds:
        next(block for block in blocks if block["type"] == kind).update(CACHED)
    return blocks
