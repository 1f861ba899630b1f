"""Write the requests of the project's own material with what is known of them, one on each line, for `msglint eval`.

Usage: python scripts/corpus.py | msglint eval - --today 2026-11-22

All of it may be published: the requests were written for this project, or their texts were replaced by filler. The
examples of the rules are not in it, because they show what a rule says of itself; `msglint rules --test` runs them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

from validator.facts.api import EDITIONS  # noqa: E402
from validator.report import Severity  # noqa: E402
from validator.rules import RULES  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY: Final = "2026-11-22"
"""The day for which the material was judged."""
_DISPUTED: Final = frozenset({"sampling-out-of-range.json"})
"""The fixtures with a mistake that the API was seen to accept as well."""
_HOW: Final = ("endpoint", "betas", "api_version", "platform", "edition")

Record = dict[str, Any]


def corpus() -> Iterator[Record]:
    """Yield every labelled request."""
    yield from _refusals()
    yield from _looking_wrong()
    yield from _accepted()
    yield from _fixtures()


def _lines(name: str) -> Iterator[Record]:
    for line in (ROOT / "tests" / "data" / name).read_text("utf-8").splitlines():
        yield json.loads(line)


def _sent(record: Record) -> Record:
    return {"request": record["request"], **{key: record[key] for key in _HOW if key in record}}


def _refusals() -> Iterator[Record]:
    for record in _lines("refusals.jsonl"):
        label = {"refused": True, "pointer": record["at"], "area": record["area"], "only": True}
        yield {"name": record["name"], **_sent(record), **label, "disputed": "disputed" in record}


def _looking_wrong() -> Iterator[Record]:
    for record in _lines("looks-wrong.jsonl"):
        yield {"name": record["name"], **_sent(record), "refused": False}


def _accepted() -> Iterator[Record]:
    for number, record in enumerate(_lines("accepted-requests.jsonl"), start=1):
        yield {"name": f"accepted-requests.jsonl:{number}", **_sent(record), "refused": False}


def _fixtures() -> Iterator[Record]:
    """Yield the fixtures that are one request as JSON, the bad ones for each mistake that makes the API refuse them."""
    for path in sorted((ROOT / "fixtures").rglob("*.json")):
        kind, folder = path.relative_to(ROOT / "fixtures").parts[0], path.parent.name
        if path.name.endswith(".expect.json") or kind not in {"good", "bad"}:
            continue
        how = {"endpoint": "count_tokens" if folder == "count_tokens" else "auto"}
        how |= {"edition": folder} if folder in EDITIONS else {}
        name = path.relative_to(ROOT).as_posix()
        record = {"name": name, "text": path.read_bytes().decode(errors="surrogateescape"), **how}
        if kind == "good":
            yield {**record, "refused": False}
            continue
        for each in json.loads(path.with_suffix(".expect.json").read_text("utf-8")):
            rule = RULES[each["rule"]]
            if rule.severity is Severity.ERROR:
                label = {"refused": True, "pointer": each["pointer"], "rule": rule.id}
                yield {**record, **label, "disputed": path.name in _DISPUTED}


def main() -> None:
    """Print the corpus."""
    for record in corpus():
        sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
