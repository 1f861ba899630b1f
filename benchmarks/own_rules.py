"""Measure what fifty rules of a team's own cost on a typical request.

Usage: python benchmarks/own_rules.py [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

from material import agent_request, encoded  # noqa: E402
from measuring import Row, Table, compare, show  # noqa: E402

from validator import Linter  # noqa: E402

LIMIT: Final = 1.3
"""The most that fifty rules may cost, times what none cost."""

_KINDS: Final[tuple[dict[str, Any], ...]] = (
    {"at": "/max_tokens", "schema": {"maximum": 8192}},
    {"at": "/model", "schema": {"pattern": "^claude-"}},
    {"at": "/temperature", "schema": False},
    {"at": "/metadata/user_id", "schema": {"type": "string", "format": "uuid"}},
    {"at": "/system", "schema": {"type": "array", "contains": {"required": ["cache_control"]}}, "present": True},
    {"at": "/tools/*/name", "schema": {"pattern": "^[a-z_]+$"}},
    {"at": "/tools/*/description", "schema": {"minLength": 10}, "present": True},
    {"at": "/messages", "schema": {"maxItems": 200}},
    {"at": "/max_tokens", "schema": {"maximum": 8000}, "if": {"required": ["tools"]}},
    {"at": "/messages/*/content/*/source", "schema": {"not": {"required": ["url"]}}},
)
"""Rules as teams write them; a typical request breaks none."""


def rules(number: int) -> list[dict[str, Any]]:
    """Return rules that differ from each other, though they are of few kinds."""
    found = []
    for index in range(number):
        rule = _KINDS[index % len(_KINDS)]
        schema = rule["schema"]
        distinct = schema if schema is False else {**schema, "$comment": f"{index}"}
        found.append({**rule, "id": f"team/rule-{index}", "schema": distinct})
    return found


def measured() -> dict[str, list[Row]]:
    """Measure an object and a text, each without own rules and with fifty."""
    request = agent_request()
    text = encoded(request)
    none, fifty = Linter(), Linter(rules=rules(50))
    if fifty.validate(request).violations or fifty.validate_json(text).violations:
        sys.exit("a rule reports something in the typical request")
    return {
        "an object": compare({"none": lambda: none.validate(request), "fifty": lambda: fifty.validate(request)}),
        "a text": compare({"none": lambda: none.validate_json(text), "fifty": lambda: fifty.validate_json(text)}),
    }


def main() -> None:
    """Print the table; exit with 1 if the rules cost more than they may."""
    parser = argparse.ArgumentParser(description="Measure what fifty rules of a team's own cost.")
    parser.add_argument("--json", action="store_true", help="print the ratios")
    arguments = parser.parse_args()
    found = measured()
    ratios = {what: rows[1].ratio for what, rows in found.items()}
    if arguments.json:
        sys.stdout.write(json.dumps(ratios) + "\n")
    else:
        show([Table(f"What do fifty own rules cost, on {what}?", rows) for what, rows in found.items()])
    if max(ratios.values()) > LIMIT:
        sys.exit(f"fifty rules cost {max(ratios.values()):.2f} times as much as none, more than {LIMIT}")


if __name__ == "__main__":
    main()
