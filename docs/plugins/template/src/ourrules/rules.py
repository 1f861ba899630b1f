"""Our rules in Python: what a JSON Schema cannot say."""

from __future__ import annotations

from validator.plugin import Example, Node, Request, Severity, body, remove, rule, safe

TOOL = {"name": "shop_search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}


@rule(
    "ours/unused-tool-choice",
    on="/tool_choice",
    severity=Severity.WARNING,
    bad=(Example(body(tools=[TOOL], tool_choice={"type": "auto"}), at="/tool_choice"),),
    good=(
        Example(body(tools=[TOOL])),
        Example(body(tools=[TOOL], tool_choice={"type": "any"})),
    ),
)
def unused_tool_choice(node: Node, request: Request) -> None:
    """The request sets `tool_choice` to what it is by default.

    Why: It reads as if somebody had decided something.

    Fix: Removes it; safe, because the API does the same without it.
    """
    if node.value == {"type": "auto"}:
        node.report(
            "`tool_choice` is `auto`, which is the default",
            help="remove it",
            fix=safe("Remove `tool_choice`", remove(node.path)),
        )


@rule(
    "ours/tool-never-named",
    on="/tools/*",
    bad=(Example(body(system="Use what you have.", tools=[TOOL]), at="/tools/0/name"),),
    good=(
        Example(body(system="Look it up with shop_search.", tools=[TOOL])),
        Example(body(tools=[TOOL])),
    ),
)
def tool_never_named(tool: Node, request: Request) -> None:
    """A tool is not named in the system prompt, which tells the model when to use which tool.

    Why: Our prompts explain every tool; one that is not explained was forgotten.
    """
    name, system = tool.text("name"), request.root.text("system")
    if name is not None and system is not None and name not in system:
        tool.at("name").report(
            f"the system prompt does not say when to use `{name}`", help=f"write when to use `{name}` into `system`"
        )
