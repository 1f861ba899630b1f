"""The `anthropic-beta` header."""

from __future__ import annotations

from ..schema.explain import MISSING_BETA, Problem
from ..words import code, shown
from .rule import Example, body, schema_rule

_MCP = "mcp-client-2025-04-04"
_SERVER = {"type": "url", "name": "docs", "url": "https://docs.example.com"}


@schema_rule(
    "betas/missing",
    keywords=(MISSING_BETA,),
    bad=(
        Example(body(mcp_servers=[_SERVER]), at="/mcp_servers", betas=()),
        Example(
            body(
                tools=[
                    {
                        "type": "computer_20250124",
                        "name": "computer",
                        "display_width_px": 1024,
                        "display_height_px": 768,
                    }
                ]
            ),
            at="/tools/0/type",
            betas=(_MCP,),
        ),
    ),
    good=(
        Example(body(mcp_servers=[_SERVER]), betas=(_MCP,)),
        Example(body(mcp_servers=[_SERVER], betas=[_MCP])),
        Example(body(mcp_servers=[_SERVER])),
    ),
    api_messages=(
        "mcp_servers: Extra inputs are not permitted",
        "tools.0: Input tag 'computer_20250124' found using 'type' does not match any of the expected tags: …",
    ),
)
def missing(problem: Problem) -> tuple[str, str | None]:
    """Something in the request needs an `anthropic-beta` header that does not go with it.

    Why: To the API a beta feature without its header is unknown, and it refuses it like a typo. Where it is not known
    which headers go with a request, nothing is said.

    Source: The annotations of the API's OpenAPI document of 2026-09-04 (`x-anthropic-beta-required`) and the notes of
    the SDK, recorded beside each property and member in the schemas as `x-betas`.
    """
    headers = " or ".join(code(header) for header in problem.limit)
    what = code(problem.name) if problem.name else shown(problem.value)
    return (
        f"{what} needs the beta header {headers}, which does not go with the request",
        f"send {code(problem.limit[-1])} in the `anthropic-beta` header (`betas` in the SDK), or remove it",
    )
