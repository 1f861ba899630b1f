"""The content of a rule's page, for the terminal and the documentation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from ..checking.linter import Linter
from ..common.pointer import path_in
from ..common.wording import count, joined, printable, shown
from ..engine.rule import REQUEST_FILE
from ..facts import models
from ..facts.api import PLATFORMS, REQUEST_ENDPOINTS, WHOLE_BATCH
from ..files import FileResult, check_text
from ..places.lines import LineIndex
from ..places.locate import locate
from ..report import Violation

if TYPE_CHECKING:
    from ..rules import Example, Rule

_LONGEST_ARRAY: Final = 4
_LONGEST_STRING: Final = 96
_LONGEST_LINE: Final = 160
_DEEPEST: Final = 12
_MODELS_NAMED: Final = 8
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_LETTER: Final = re.compile(r"[^\W\d_]")
_ENDPOINT_WORDS: Final = {
    "messages": "messages",
    "count_tokens": "count_tokens",
    "batches": "the requests of batches",
    WHOLE_BATCH: "the body of a batch",
}
_PLATFORM_WORDS: Final = {"anthropic": "Anthropic's own API", "bedrock": "Amazon Bedrock", "google": "Google Cloud"}


@dataclass(frozen=True, slots=True)
class Spelled:
    """An example as text, with the result of checking it."""

    text: str
    """Indented JSON, with long and deep parts cut; for a syntax rule the text of the example, cut and escaped."""
    result: FileResult
    """The result of checking the text; if it was cut, that of the whole request, which has no lines."""
    whole: bool
    """Whether the text holds the whole request."""

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The violations of the example."""
        return self.result.violations

    @property
    def marked(self) -> tuple[int, int] | None:
        """The first and last line of the first violation; None if its place is not in the text."""
        if not self.violations:
            return None
        place = self.violations[0].range
        if place is not None:
            return place.line, place.end_line
        data = self.text.encode()
        path = path_in(json.loads(self.text), self.violations[0].pointer)
        span = locate(data, [path]).get(path)
        lines = LineIndex(data)
        return (lines.position(span.start)[0], lines.position(span.end)[0]) if span else None


def page_of(rule_id: str) -> str:
    """Return the path of a rule's page relative to the root of the documentation."""
    return f"rules/{rule_id}/"


def scope(rule: Rule) -> dict[str, str]:
    """Return the limits on the requests that a rule applies to, by label; empty for a rule without limits."""
    limits = {}
    if not set(REQUEST_ENDPOINTS) <= set(rule.endpoints):
        limits["Endpoints"] = joined([_ENDPOINT_WORDS[name] for name in rule.endpoints], "and")
    if set(rule.platforms) != set(PLATFORMS):
        limits["Platforms"] = joined([_PLATFORM_WORDS[name] for name in rule.platforms], "and")
    concerned = models_of(rule)
    if concerned is not None:
        others = [min(model.names, key=len) for model in models() if model.id not in concerned]
        mine = [min(model.names, key=len) for model in models() if model.id in concerned]
        limits["Models"] = _shorter(mine, others)
    if rule.api_version is not None:
        limits["API version"] = f"{rule.api_version} and later"
    limits.update(rule.details or {})
    if rule.since is not None:
        limits["Since"] = f"{rule.since}; older editions do without it"
    return limits


def models_of(rule: Rule) -> tuple[str, ...] | None:
    """Return the ids of the models that a rule applies to; None for all, known or not."""
    broken_with = rule.models
    return None if broken_with is None else tuple(model.id for model in models() if broken_with(model))


def wordings(rule: Rule) -> tuple[str, ...]:
    """Return the API messages of a rule; a message that is only a placeholder is replaced by those of the examples."""
    found = []
    for message in rule.api_messages:
        if _LETTER.search(_PLACEHOLDER.sub("", message)):
            found.append(message)
        else:
            found += [
                violation.api_message
                for example in rule.bad
                for violation in spelled(example).violations
                if violation.rule == rule.id and violation.api_message
            ]
    return tuple(dict.fromkeys(found))


def readable(message: str) -> str:
    """Return a message with its placeholders in angle brackets: `<place>: Field required`."""
    return _PLACEHOLDER.sub(lambda name: f"<{name[1].replace('_', ' ')}>", message)


def conditions(example: Example) -> str:
    """Return the command line options of `msglint check` that an example needs."""
    options = example.options()
    options.pop("rules", None)
    if example.today is None:
        del options["today"]
    for name in options.pop("betas", ()):
        options.setdefault("beta", []).append(name)
    if example.betas == ():
        options["beta"] = ['""']
    if options.get("endpoint") in {"messages", "auto"}:
        del options["endpoint"]
    return " ".join(
        f"--{name.replace('_', '-')} {value}"
        for name, values in options.items()
        for value in (values if isinstance(values, list) else [values])
    )


def spelled(example: Example) -> Spelled:
    """Return an example as text, with long parts cut, and lint it."""
    request = example.made()
    linter = Linter(**example.options())
    if isinstance(request, bytes):
        return Spelled(_printable(request), check_text(example.file, request, linter), whole=True)
    shortened, whole = _shortened(request)
    text = json.dumps(shortened, indent=2, ensure_ascii=False)
    if whole:
        return Spelled(text, check_text(REQUEST_FILE, text.encode(), linter), whole=True)
    return Spelled(text, FileResult(REQUEST_FILE, 1, linter.validate(request).violations), whole=False)


def _shorter(mine: list[str], others: list[str]) -> str:
    """Name the models that a rule applies to, or the exceptions if these are fewer."""
    if not mine:
        return "no known model"
    if not others:
        return "all known models"
    if len(others) <= _MODELS_NAMED < len(mine):
        return f"all known models except {joined(others, 'and')}"
    named = mine if len(mine) <= _MODELS_NAMED + 1 else [*mine[:_MODELS_NAMED], f"{len(mine) - _MODELS_NAMED} more"]
    spared = others[:2] if len(others) > 3 else others  # noqa: PLR2004 - two and a number, or three
    rest = [f"{len(others) - len(spared)} more"] if len(others) > len(spared) else []
    return f"{joined(named, 'and')}; not {joined([*spared, *rest], 'or')}"


def _printable(data: bytes) -> str:
    lines = data.decode(errors="backslashreplace").split("\n")
    return "\n".join(printable(line[:_LONGEST_LINE]) + ("…" if len(line) > _LONGEST_LINE else "") for line in lines)


def _shortened(value: Any, depth: int = 0) -> tuple[Any, bool]:
    """Cut long and deep parts of a value and name Python objects that are not JSON; also whether nothing changed."""
    if isinstance(value, (dict, list, tuple)) and depth == _DEEPEST:
        return "…", False
    if isinstance(value, dict):
        items = {key: _shortened(item, depth + 1) for key, item in value.items()}
        whole = all(isinstance(key, str) and item[1] for key, item in items.items())
        return {str(key): item[0] for key, item in items.items()}, whole
    if isinstance(value, (list, tuple)):
        shortened = [_shortened(item, depth + 1) for item in value[:_LONGEST_ARRAY]]
        rest = len(value) - len(shortened)
        more = [f"… {count(rest, 'more item')}"] if rest else []
        return [*(item[0] for item in shortened), *more], not rest and all(item[1] for item in shortened)
    if isinstance(value, str):
        text = value.encode(errors="backslashreplace").decode()
        return (text, text == value) if len(text) <= _LONGEST_STRING else (shown(text), False)
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and isfinite(value)):
        return value, True
    return f"<a Python float, {value}>" if isinstance(value, float) else f"<a Python {type(value).__name__}>", False
